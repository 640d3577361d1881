"""What stands below the map: claims not placed, the table of claims, sources, method."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd
import streamlit as st

from dashboard.markup import Element, element, show, table
from dashboard.page_part import page_part
from dashboard.paging import ask_page
from dashboard.panels.claim_cards import Link, claim_cards, figures_first
from dashboard.panels.dataset_rows import offer_rows
from dashboard.panels.method_page import show_method
from dashboard.panels.notice_list import notice_list
from dashboard.panels.origins_panel import show_origins
from dashboard.panels.toll_chart import show_chart
from dashboard.wording import SCOPES, WHERE_PREC, count, days, range_text, what, words
from incidents.citations import bibtex, csl, csl_json
from incidents.model import CASUALTY_TYPES, Claim
from incidents.sources import source_rows
from incidents.view import View

ROWS_IN_TABLE = 100
CLAIMS_A_PAGE = 48


def show_below(view: View, link: Link) -> None:
    """Show the sections under the map."""
    _not_placed(view, link)
    _sections(view)


@page_part
def _sections(view: View) -> None:
    """Show the section that is chosen; the others are neither made nor sent."""
    sections: dict[str, Callable[[View], None]] = {
        "Claims": _claims_table,
        view.atlas.areas_word.capitalize(): _districts,
        "The toll over time": show_chart,
        "Sources": _sources,
        "Method": show_method,
    }
    tabs = st.tabs(list(sections), key="section", bind="query-params")
    for tab, show_section in zip(tabs, sections.values(), strict=True):
        if tab.open:
            with tab:
                show_section(view)


@page_part
def _not_placed(view: View, link: Link) -> None:
    show(
        element("h3", f"Reported, not placed ({view.not_placed_count:,})", id="not-placed"),
        element(
            "p",
            "Said of the whole province, or of no place in particular. "
            f"These claims colour no {view.atlas.area_word}.",
            css="im-hint",
        ),
    )
    _cards(view, view.not_placed, link, "Claims that are not placed", key="not_placed")
    offer_rows(view, "not_placed", link, key="rows_not_placed")
    if view.known_wider_count:
        show(
            element("h3", f"Known only to the district ({view.known_wider_count:,})"),
            element(
                "p",
                f"No place in one {view.atlas.area_word} is named; these claims colour none.",
                css="im-hint",
            ),
        )
        _cards(view, view.known_wider, link, "Claims known only to the district", key="wider")
        offer_rows(view, "wider", link, key="rows_wider")
    if view.outside_count:
        show(element("h3", f"Outside the boundaries ({view.outside_count:,})"))
        _cards(view, view.outside, link, "Claims outside the boundaries", key="outside")
        offer_rows(view, "outside", link, key="rows_outside")


def _cards(view: View, claims: Sequence[Claim], link: Link, called: str, *, key: str) -> None:
    """Show cards of claims, a page at a time."""
    if not claims:
        return
    part = ask_page("Claims", len(claims), CLAIMS_A_PAGE, key=key)
    show(
        element(
            "div",
            *claim_cards(view, figures_first(claims)[part], link, all_citations=False),
            css="im-cards im-scroll",
            tabindex="0",
            role="region",
            aria_label=called,
        )
    )


def _districts(view: View) -> None:
    show(districts_table(view))


def _claims_table(view: View) -> None:
    view, left_out = _with_first_rows(view)
    if left_out:
        show(element("p", left_out, css="im-hint"))
    st.dataframe(claims_frame(view), hide_index=True, key="claims_table", placeholder="")


def claims_frame(view: View) -> pd.DataFrame:
    """Return a view's claims as a table; numbers stay numbers, unknown stays empty.

    A claim's area is named as the map has it; of Balochistan's tehsils also the district.
    """
    source = view.atlas.catalogue.source
    incident = view.atlas.catalogue.incident
    where = {"district": [c.adm2_name or "" for c in view.claims]} if view.atlas.is_home else {}
    where[view.atlas.area_word] = [view.atlas.area_name_of(c.claim_id) or "" for c in view.claims]
    return pd.DataFrame(
        {
            "claim": [c.claim_id for c in view.claims],
            "what": [what(c) for c in view.claims],
            "low": pd.array([c.count_low for c in view.claims], dtype="Int64"),
            "high": pd.array([c.count_high for c in view.claims], dtype="Int64"),
            **where,
            "place as written": [c.place_name or "" for c in view.claims],
            "precision": [WHERE_PREC[c.where_prec] for c in view.claims],
            "date": [days(c.date_start, c.date_end) for c in view.claims],
            "scope": [SCOPES[c.scope] for c in view.claims],
            "said by": [c.claimant for c in view.claims],
            "outlet": [source[c.source_id].outlet for c in view.claims],
            "agency": [source[c.source_id].agency or "" for c in view.claims],
            "origin": [view.atlas.reporting.origin_of[c.source_id] for c in view.claims],
            "reported": [str(source[c.source_id].reported_on or "") for c in view.claims],
            "quote": [c.quote for c in view.claims],
            "incident": [incident[c.incident_id].title for c in view.claims],
            "note": [c.note or "" for c in view.claims],
        }
    )


def _with_first_rows(view: View) -> tuple[View, str]:
    """Return the view with the first rows of datasets as claims, and what is not in it."""
    if not view.rows:
        return view, ""
    most = max(sums.rows for sums in view.rows.values())
    if not st.toggle("Rows of datasets in this table, too", key="rows_in_table"):
        return view, f"Without the {count(view.row_count, 'row')} of datasets; an export holds all."
    said = (
        f"Of each dataset the first {ROWS_IN_TABLE:,} rows, most people first; an export holds all."
        if most > ROWS_IN_TABLE
        else ""
    )
    elsewhere = [f"{one}." for sums in view.rows.values() if (one := sums.dataset.rows_elsewhere)]
    return view.opened(part=slice(ROWS_IN_TABLE)), " ".join([said, *elsewhere]).strip()


def districts_table(view: View) -> Element:
    """Return the map's content as a table, for the keyboard and for screen readers."""
    rows = []
    for pcode, summary in view.districts.items():
        tolls = {t: summary.tolls[t] for t in CASUALTY_TYPES}
        rows.append(
            element(
                "tr",
                element("th", view.atlas.district_names[pcode], scope="row"),
                element("td", words(view.report_status(pcode))),
                element("td", str(summary.incident_count or "")),
                element("td", str(summary.claim_count or "")),
                element("td", str(len(summary.source_ids) or "")),
                *(
                    element("td", range_text(toll) or ("no number" if toll.is_reported else ""))
                    for toll in tolls.values()
                ),
            )
        )
    head = [view.atlas.area_word, "Report", "Incidents", "Claims", "Sources", *CASUALTY_TYPES]
    return table(
        head,
        rows,
        tabindex="0",
        role="region",
        aria_label=f"{view.atlas.areas_word.capitalize()} with their figures",
    )


def _sources(view: View) -> None:
    show_origins(view)
    left = set(view.source_ids)
    for row in source_rows(view.atlas):
        source = view.atlas.catalogue.source[row["source_id"]]
        claims: list[Claim] = [c for c in view.claims if c.source_id == source.source_id]
        show(
            element(
                "article",
                element("h4", source.title),
                element("p", row["citation"], css="im-who"),
                element(
                    "p",
                    ("" if row["rows"] is None else f"{count(row['rows'], 'row')}: ")
                    + f"{count(row['figures'], 'figure')}, {count(row['happenings'], 'happening')}"
                    + (
                        f"; {len(claims)} shown now"
                        if claims
                        else "; shown now"
                        if source.source_id in left
                        else "; none shown now"
                    )
                    + f". Origin: {row['origin_id']}. Agency credited: {source.agency or 'none'}."
                    + (
                        f" Known from: {source.known_from_reason}"
                        if source.known_from_reason
                        else ""
                    ),
                    css="im-remark",
                ),
                element("p", source.note, css="im-note") if source.note else None,
                notice_list(n for n in view.notices if n.source_id == source.source_id),
                element("p", f"sha256 of the text {source.sha256}", css="im-hash"),
                element("a", "Open the document", href=source.url, rel="noreferrer noopener")
                if source.url
                else None,
                element(
                    "details",
                    element("summary", "Cite"),
                    element("pre", row["citation"], css="im-copy", tabindex="0"),
                    element("pre", bibtex(source), css="im-copy", tabindex="0"),
                    element("pre", csl_json([csl(source)]), css="im-copy", tabindex="0"),
                    css="im-cite",
                ),
                css="im-claim",
            )
        )
