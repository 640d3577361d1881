"""Rows of datasets on the page: a few at a time, each an incident that opens to its claims."""

from __future__ import annotations

import math

import streamlit as st

from dashboard.claim_cards import Link
from dashboard.incident_cards import folded_incident
from dashboard.markup import element, show
from dashboard.wording import count
from incidents.view import View

ROWS_A_PAGE = 10


def offer_rows(view: View, area: str, link: Link, *, key: str) -> None:
    """Show rows of an area once they are asked for: few readers go through them."""
    rows = sum(view.rows_in(name, area) for name in view.rows)
    if rows and st.toggle(f"Show the {count(rows, 'row')} of datasets", key=f"{key}/shown"):
        show_rows(view, area, link, key=key)


def show_rows(view: View, area: str | None, link: Link, *, key: str) -> None:
    """Show rows of an area, those with the most people first.

    Parameters
    ----------
    area
        An area's code, "not_placed", "outside" or "wider"; None is everywhere.
    key
        Names the widget that turns the pages.
    """
    if not any(view.rows_in(name, area) for name in view.rows):
        return
    most = max(
        (view.rows_in(n, area) for n, s in view.rows.items() if not s.dataset.rows_elsewhere),
        default=0,
    )
    pages = math.ceil(most / ROWS_A_PAGE)
    page = 1
    if pages > 1:
        page = st.number_input(
            f"Rows of datasets, page of {pages:,}", 1, pages, key=f"{key}/{area}", width=260
        )
    first = (page - 1) * ROWS_A_PAGE
    opened = view.opened(area, slice(first, first + ROWS_A_PAGE))
    for dataset_id, sums in view.rows.items():
        if sums.dataset.rows_elsewhere:
            show(element("p", sums.dataset.rows_elsewhere, ".", css="im-hint"))
            continue
        title = sums.dataset.manifest.title
        sources = set(sums.dataset.source_ids)
        ours = [
            i
            for i in opened.incidents
            if any(c.source_id in sources for c in opened.claims_of_incident(i.incident_id))
        ]
        if ours:
            show(
                element(
                    "p",
                    element("strong", title),
                    f" ({dataset_id}): rows {first + 1:,}–{first + len(ours):,} of "
                    f"{count(view.rows_in(dataset_id, area), 'row')}, most people first",
                    css="im-hint",
                ),
                *(folded_incident(opened, incident, link, with_figure=True) for incident in ours),
            )
