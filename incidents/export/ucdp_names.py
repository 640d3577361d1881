"""The layers with UCDP's names beside our own, for readers who know its event dataset.

Where UCDP's Georeferenced Event Dataset has a column for what we hold, the sealed export
carries it under that name too. UCDP counts deaths alone, so `low`, `best` and `high` are
of people killed and empty elsewhere; an unknown number is empty, never 0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from incidents.export.layers import FieldType, Layer, LayerName
from incidents.figures.reconcile import printed
from incidents.figures.tolls import Toll, toll
from incidents.view import View

Row = dict[str, Any]

_DEATHS: dict[str, FieldType] = {"low": "integer", "best": "integer", "high": "integer"}
_PLACE: dict[str, FieldType] = {
    "where_coordinates": "text",
    "adm_1": "text",
    "adm_2": "text",
    "country": "text",
}
UCDP_FIELDS: Mapping[LayerName, dict[str, FieldType]] = {
    "districts": {},
    "incidents": {**_DEATHS, **_PLACE, "number_of_sources": "integer"},
    "claims": {
        **_DEATHS,
        **_PLACE,
        "source_article": "text",
        "source_office": "text",
        "source_date": "text",
        "source_headline": "text",
        "source_original": "text",
    },
}


def with_ucdp_names(layer: Layer, view: View) -> Layer:
    """Return a layer of a view with UCDP's columns after its own."""
    rows_of: dict[LayerName, Callable[[View, Row], Row]] = {
        "districts": lambda _view, _row: {},
        "incidents": _incident,
        "claims": _claim,
    }
    further = rows_of[layer.name]
    return replace(
        layer,
        fields=layer.fields | UCDP_FIELDS[layer.name],
        rows=tuple(row | further(view, row) for row in layer.rows),
    )


def _incident(view: View, row: Row) -> Row:
    deaths = _deaths(view, row["incident_id"])
    return {
        "low": deaths.low,
        "best": deaths.best,
        "high": deaths.high,
        **_place(row),
        "number_of_sources": row["source_count"],
    }


def _deaths(view: View, incident_id: str) -> Toll:
    """Return an incident's killed: its province's claims where there are any, else its places'.

    The two are never added: the province's figure may hold the places'.
    """
    claims = [c for c in view.claims_of_incident(incident_id) if c.casualty_type == "killed"]
    whole = [c for c in claims if c.is_province_wide]
    return toll(whole or claims, "killed", view.rule, view.atlas.reporting)


def _claim(view: View, row: Row) -> Row:
    claim = view.atlas.catalogue.claim[row["claim_id"]]
    source = view.atlas.catalogue.source[claim.source_id]
    of_deaths = claim.casualty_type == "killed"
    return {
        "low": claim.count_low if of_deaths else None,
        "best": printed(claim) if of_deaths else None,
        "high": claim.count_high if of_deaths else None,
        **_place(row),
        "source_article": row["citation"],
        "source_office": source.outlet if source.outlet != "unknown" else source.agency,
        "source_date": source.reported_on.isoformat() if source.reported_on else None,
        "source_headline": source.title,
        "source_original": claim.claimant,
    }


def _place(row: Row) -> Row:
    # A claim known to its country only (6) or to the sea (7) names no province.
    is_here = row["adm2_pcode"] is not None or row["where_prec"] == 4
    return {
        "where_coordinates": row["place_name"],
        "adm_1": "Balochistan" if is_here else None,
        "adm_2": row["adm2_name"],
        "country": "Pakistan" if is_here else None,
    }
