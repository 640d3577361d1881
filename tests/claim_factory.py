"""Small claims, sources and incidents for tests; what a test does not name is plain."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any

from incidents.model import Catalogue, Claim, Incident, Source

_numbers = count(1)
DAY = date(2026, 1, 31)


def make_claim(low: int | None = 5, **fields: Any) -> Claim:
    number = next(_numbers)
    qualifier = fields.get("qualifier", "exact")
    closed = qualifier in ("exact", "about")
    return Claim.model_validate(
        {
            "claim_id": f"s1.{number:04}",
            "source_id": "s1",
            "incident_id": "i1",
            "quote": "five soldiers were killed",
            "casualty_type": "killed",
            "victim_group": "security_forces",
            "count_low": low,
            "count_high": low if closed else None,
            "qualifier": qualifier,
            "where_prec": 4,
            "date_start": DAY,
            "date_end": DAY,
            "date_prec": 1,
            "claimant": "an official",
            "claimant_id": "an-official",
            "claimant_type": "state",
        }
        | fields
    )


def make_happening(**fields: Any) -> Claim:
    return make_claim(
        None, casualty_type=None, victim_group=None, qualifier=None, happening="an attack", **fields
    )


def in_gwadar(**fields: Any) -> dict[str, Any]:
    return {
        "place_name": "Gwadar",
        "place_id": "pcode:PK205",
        "adm2_pcode": "PK205",
        "adm2_name": "Gwadar",
        "where_prec": 3,
    } | fields


def make_source(source_id: str = "s1", **fields: Any) -> Source:
    return Source.model_validate(
        {"source_id": source_id, "title": "A report", "published_on": DAY, "sha256": "0" * 64}
        | fields
    )


def make_incident(incident_id: str = "i1", **fields: Any) -> Incident:
    return Incident.model_validate(
        {
            "incident_id": incident_id,
            "title": "An attack",
            "event_type": "Battles",
            "sub_event_type": "Armed clash",
            "date_start": DAY,
            "date_end": DAY,
            "date_prec": 1,
            "where_prec": 3,
            "place_id": "pcode:PK205",
        }
        | fields
    )


def make_catalogue(*claims: Claim) -> Catalogue:
    return Catalogue(
        tuple(make_source(s) for s in dict.fromkeys(c.source_id for c in claims)),
        tuple(make_incident(i) for i in dict.fromkeys(c.incident_id for c in claims)),
        claims,
    )
