"""The panel beside the map: one area's incidents, and under each its claims."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.markup import Element, element, show
from dashboard.page_part import page_part
from dashboard.paging import ask_page
from dashboard.panels.claim_cards import Link, claim_cards
from dashboard.panels.dataset_rows import offer_rows, show_rows
from dashboard.panels.incident_cards import incident_body, offer_incidents
from dashboard.wording import MAY_OVERLAP, count, range_text, voices_of
from incidents.figures.reconcile import printed
from incidents.figures.tolls import DistrictSummary, count_voices
from incidents.model import Claim
from incidents.view import View

INCIDENTS_A_PAGE = 10


@page_part
def show_area(view: View, selected: str | None, link: Link) -> None:
    """Show the selected district, or every incident of the province."""
    if selected is None:
        word = view.atlas.area_word
        article = "an" if word == "area" else "a"
        said = f"Choose {article} {word} on the map or above."
        show(element("p", said + " All incidents:" * bool(view.incidents), css="im-hint"))
        offer_incidents(view, view.incidents, link, key="incidents")
        offer_rows(view, None, link, key="rows_of_all")
        return
    summary = view.districts[selected]
    show(*_head(view, summary))
    _incidents(view, summary, link)
    show(*_wider(view, selected, link))
    show_rows(view, selected, link, key="rows_of_area")


def _head(view: View, summary: DistrictSummary) -> list[Element | None]:
    name = view.atlas.district_names[summary.adm2_pcode]
    voices = count_voices(summary.claims, view.atlas.reporting)
    figures = [
        f"{toll.casualty_type} {range_text(toll) or 'without a number'}"
        for toll in summary.tolls.values()
        if toll.is_reported
    ]
    head = element("h3", f"{name} ", element("span", summary.adm2_pcode, css="im-kind"))
    if not summary.is_reported:
        return [
            head,
            element(
                "p",
                f"No report names a place in this {view.atlas.area_word} under these filters. That "
                "is not a report of zero: claims about the whole province stand below the map.",
            ),
        ]
    return [
        head,
        element("p", " · ".join(figures) or "Reported without a figure", css="im-area-figures"),
        element(
            "p",
            f"{count(summary.incident_count, 'incident')}, {count(summary.claim_count, 'claim')}: "
            f"{voices_of(voices, summary.rows)}.",
            css="im-hint",
        ),
        element("p", MAY_OVERLAP, css="im-note") if summary.may_count_twice else None,
    ]


def _incidents(view: View, summary: DistrictSummary, link: Link) -> None:
    """Show a district's incidents with their claims, those of the largest figures first."""
    by_incident: dict[str, list[Claim]] = {}
    for claim in summary.claims:
        by_incident.setdefault(claim.incident_id, []).append(claim)
    largest = sorted(by_incident.items(), key=lambda item: _largest(item[1]))
    part = ask_page(
        "Incidents", len(largest), INCIDENTS_A_PAGE, key=f"incidents/{summary.adm2_pcode}"
    )
    parts = []
    for incident_id, claims in largest[part]:
        incident = view.atlas.catalogue.incident[incident_id]
        inside = incident_body(view, incident, claims, link)
        parts.append(element("section", element("h4", incident.title), *inside, css="im-incident"))
    show(*parts)


def _wider(view: View, code: str, link: Link) -> list[Element]:
    """Return the claims that may be of an area, known only to something wider around it."""
    number = view.wider_count_around(code)
    if not number:
        return []
    area = view.atlas.area_word
    known = f"{count(number, 'claim')} known only to the district may be of this {area}:"
    cards = claim_cards(view, view.known_wider_around(code), link)
    return [element("p", known, css="im-hint"), *cards]


def _largest(claims: Sequence[Claim]) -> int:
    """Sort key: incidents with the largest figure first, happenings last."""
    return -max((printed(c) or 0) + c.is_figure for c in claims)
