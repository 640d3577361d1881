"""Rows of datasets on the page: a few at a time, each an incident that opens to its claims."""

from __future__ import annotations

import streamlit as st

from dashboard.markup import element, show
from dashboard.paging import ask_page
from dashboard.panels.claim_cards import Link
from dashboard.panels.incident_cards import folded_incident
from dashboard.wording import count
from incidents.view import View

ROWS_A_PAGE = 10


def offer_rows(view: View, area: str | None, link: Link, *, key: str) -> None:
    """Show rows of an area, or of all, once they are asked for: few readers go through them."""
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
    part = ask_page("Rows of datasets", most, ROWS_A_PAGE, key=f"{key}/{area}")
    opened = view.opened(area, part)
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
                    f" ({dataset_id}): rows {part.start + 1:,}–{part.start + len(ours):,} of "
                    f"{count(view.rows_in(dataset_id, area), 'row')}, most people first",
                    css="im-hint",
                ),
                *(folded_incident(opened, incident, link) for incident in ours),
            )
