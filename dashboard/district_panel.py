"""The panel beside the map: one area's incidents, and under each its claims."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.claim_cards import Link, claim_cards
from dashboard.markup import Element, element, show
from dashboard.wording import count, incident_line, range_text
from incidents.model import Claim, Incident
from incidents.reconcile import printed
from incidents.tolls import DistrictSummary, count_voices
from incidents.view import View


def show_area(view: View, selected: str | None, link: Link) -> None:
    """Show the selected district, or every incident of the province."""
    if selected is None:
        show(*_province(view, link))
    else:
        show(*_district(view, view.districts[selected], link))


def _province(view: View, link: Link) -> list[Element]:
    parts = [element("p", "Choose a district on the map or above. All incidents:", css="im-hint")]
    for incident in view.incidents:
        claims = view.claims_of_incident(incident.incident_id)
        parts.append(_incident(view, incident, claims, link, folded=True, where=_where(claims)))
    return parts


def _district(view: View, summary: DistrictSummary, link: Link) -> list[Element]:
    name = view.atlas.district_names[summary.adm2_pcode]
    voices = count_voices(summary.claims, view.atlas.reporting)
    figures = [
        f"{toll.casualty_type} {range_text(toll) or 'without a number'}"
        for toll in summary.tolls.values()
        if toll.claims
    ]
    head = element("h3", f"{name} ", element("span", summary.adm2_pcode, css="im-kind"))
    if not summary.claims:
        return [
            head,
            element(
                "p",
                "No report names a place in this district under these filters. That is not a report "
                "of zero: claims about the whole province stand below the map.",
            ),
        ]
    parts = [
        head,
        element("p", " · ".join(figures) or "Reported without a figure", css="im-area-figures"),
        element(
            "p",
            f"{count(len(summary.incident_ids), 'incident')}, {count(len(summary.claims), 'claim')}: "
            f"{count(voices.sources, 'source')}, {count(voices.origins, 'origin')}, "
            f"{count(voices.claimants, 'claimant')}.",
            css="im-hint",
        ),
    ]
    by_incident = {
        i: [c for c in summary.claims if c.incident_id == i] for i in summary.incident_ids
    }
    for incident_id, claims in sorted(by_incident.items(), key=lambda item: _largest(item[1])):
        incident = view.atlas.catalogue.incident[incident_id]
        parts.append(_incident(view, incident, claims, link, folded=False))
    return parts


def _where(claims: Sequence[Claim]) -> str:
    """Name the districts that claims of an incident name, or say that there is none."""
    places = sorted({c.adm2_name for c in claims if c.adm2_name})
    if any(c.is_outside for c in claims):
        places.append("outside the boundaries")
    return ", ".join(places) or "province"


def _largest(claims: Sequence[Claim]) -> int:
    """Sort key: incidents with the largest figure first, happenings last."""
    return -max((printed(c) or 0) + c.is_figure for c in claims)


def _incident(
    view: View,
    incident: Incident,
    claims: Sequence[Claim],
    link: Link,
    *,
    folded: bool,
    where: str = "",
) -> Element:
    inside = [
        element("p", incident_line(incident), css="im-hint"),
        element("p", incident.note, css="im-note") if incident.note else None,
        *claim_cards(view, claims, link),
    ]
    if folded:
        return element(
            "details",
            element(
                "summary",
                element("strong", incident.title),
                element("span", f" {where} · {count(len(claims), 'claim')}", css="im-kind"),
            ),
            *inside,
            css="im-incident",
        )
    return element("section", element("h4", incident.title), *inside, css="im-incident")
