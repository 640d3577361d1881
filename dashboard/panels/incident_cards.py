"""An incident as people see it: its title, and under it the claims that point to it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard.markup import Element, element, escape_markdown, show
from dashboard.paging import ask_page
from dashboard.panels.claim_cards import Link, claim_cards
from dashboard.wording import count, days, incident_line, what
from incidents.model import Claim, Incident
from incidents.view import View

INCIDENTS_A_PAGE = 20


def offer_incidents(view: View, incidents: Sequence[Incident], link: Link, *, key: str) -> None:
    """Show incidents by their titles, a page at a time; the claims of one come when it is opened.

    Parameters
    ----------
    key
        Begins the names of the widgets.
    """
    for incident in incidents[ask_page("Incidents", len(incidents), INCIDENTS_A_PAGE, key=key)]:
        claims = view.claims_of_incident(incident.incident_id)
        label = f"**{escape_markdown(incident.title)}** {escape_markdown(in_short(view, claims))}"
        opened = st.expander(
            label, key=f"{key}/{incident.incident_id}", type="compact", on_change="rerun"
        )
        if opened.open:
            with opened:
                show(*incident_body(view, incident, claims, link))


def folded_incident(view: View, incident: Incident, link: Link) -> Element:
    """Return an incident that opens to its claims, with its first figure and its days."""
    claims = view.claims_of_incident(incident.incident_id)
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


def in_short(view: View, claims: Sequence[Claim]) -> str:
    """Return where an incident is said to have been, and how many claims say something of it."""
    return f"{_where(view, claims)} · {count(len(claims), 'claim')}"


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
