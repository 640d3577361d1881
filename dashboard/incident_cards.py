"""An incident as people see it: its title, and under it the claims that point to it."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.claim_cards import Link, claim_cards
from dashboard.markup import Element, element
from dashboard.wording import count, days, incident_line, what
from incidents.model import Claim, Incident
from incidents.view import View


def folded_incident(
    view: View, incident: Incident, link: Link, *, with_figure: bool = False
) -> Element:
    """Return an incident that opens to its claims; with its first figure and its days if asked."""
    claims = view.claims_of_incident(incident.incident_id)
    said = [_where(view, claims), count(len(claims), "claim")]
    if with_figure:
        said = [what(claims[0]), days(incident.date_start, incident.date_end), _where(view, claims)]
    return element(
        "details",
        element(
            "summary",
            element("strong", incident.title),
            element("span", " " + " · ".join(said), css="im-kind"),
        ),
        *incident_body(view, incident, claims, link),
        css="im-incident",
    )


def incident_body(
    view: View, incident: Incident, claims: Sequence[Claim], link: Link
) -> list[Element | None]:
    """Return what stands under an incident's title: what kind it is, and its claims."""
    return [
        element("p", incident_line(incident), css="im-hint"),
        element("p", incident.note, css="im-note") if incident.note else None,
        *claim_cards(view, claims, link),
    ]


def _where(view: View, claims: Sequence[Claim]) -> str:
    """Name the areas that claims of an incident lie in, or say that there is none.

    Of a claim known only to its district, where areas are smaller, it is the district.
    """
    standing = {c.claim_id: view.atlas.claim_areas[c.claim_id].standing for c in claims}
    areas = {view.atlas.area_name_of(c.claim_id) for c in claims}
    districts = {c.adm2_name for c in claims if standing[c.claim_id] == "wider"}
    places = sorted(name for name in areas | districts if name)
    if "outside" in standing.values():
        places.append("outside the boundaries")
    return ", ".join(places) or "province"
