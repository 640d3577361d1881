"""What an export holds: the rows and fields of each layer, independent of any file format."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, get_args

from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from gazetteer.places import Place
from incidents import __version__
from incidents.citations import cite, cite_source
from incidents.figures.reconcile import RULE_MEANINGS
from incidents.model import CasualtyType, Claim, Incident
from incidents.place_notes import place_note
from incidents.view import View

LayerName = Literal["districts", "incidents", "claims"]
LAYERS: tuple[LayerName, ...] = get_args(LayerName)

FieldType = Literal["text", "integer", "real", "boolean", "list"]
GeometryType = Literal["MultiPolygon", "Point"]

# The casualty types whose figures the districts carry.
EXPORTED_TYPES: tuple[CasualtyType, ...] = (
    "killed",
    "injured",
    "abducted",
    "freed",
    "arrested",
    "missing",
)


Row = dict[str, Any]


class RowsInParts(Collection[Row]):
    """Rows that are made as they are read: a dataset has more than fit at once.

    Parameters
    ----------
    size
        How many there are.
    make
        Makes them from the beginning, each time it is called.
    """

    def __init__(self, size: int, make: Callable[[], Iterator[Row]]) -> None:
        self._size, self._make = size, make

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[Row]:
        return self._make()

    def __contains__(self, row: object) -> bool:
        return any(row == one for one in self)


@dataclass(frozen=True)
class Layer:
    """Rows with declared field types and, per row, a geometry in EPSG:4326 or None.

    `polygons` has a geometry for each row; without it a row's point is its geometry.
    """

    name: LayerName
    fields: dict[str, FieldType]
    geometry_type: GeometryType
    rows: Collection[Row]
    about: dict[str, Any]
    polygons: tuple[BaseGeometry, ...] | None = None

    def features(self) -> Iterator[tuple[Row, BaseGeometry | None]]:
        """Yield each row with its geometry."""
        if self.polygons is not None:
            yield from zip(self.rows, self.polygons, strict=True)
        else:
            yield from ((row, _point_of(row)) for row in self.rows)


def build_layer(name: LayerName, view: View) -> Layer:
    """Return one layer of a view.

    Every number in it comes from claims: districts name their sources, incidents carry
    their claims with citations, claims carry their quote and where it stands.
    """
    builders: dict[LayerName, Callable[[View], Layer]] = {
        "districts": _districts,
        "incidents": _incidents,
        "claims": _claims,
    }
    return builders[name](view)


def about(name: LayerName, view: View) -> dict[str, Any]:
    """Return what a reader of the file must know: filters, rule, attribution, versions."""
    boundaries = view.atlas.boundaries
    return {
        "title": f"Incident Map: {name}",
        "layer": name,
        "filters": view.filter.as_dict(),
        "rule": view.rule,
        "rule_meaning": RULE_MEANINGS[view.rule],
        "attribution": boundaries.attribution,
        "boundary_source": boundaries.source,
        "boundary_vintage": boundaries.vintage,
        "places_attribution": "Places: GeoNames, CC BY 4.0; OCHA COD-AB Pakistan, CC BY-IGO",
        "sources": [cite_source(view.atlas.catalogue.source[s]) for s in view.source_ids],
        "datasets": [_dataset(view, name) for name in view.rows],
        "region": view.atlas.region_title,
        "level": view.atlas.level,
        "claims_not_placed": view.not_placed_count,
        "claims_known_only_to_a_wider_area": view.known_wider_count,
        "claims_outside_the_boundaries": view.outside_count,
        "software": f"incident-map {__version__}",
    }


def _dataset(view: View, dataset_id: str) -> dict[str, Any]:
    sums = view.rows[dataset_id]
    manifest = sums.dataset.manifest
    return {
        "dataset_id": dataset_id,
        "title": manifest.title,
        "rows": sums.rows,
        "versions": [release.version for release in manifest.releases],
        "licence": manifest.licence,
        "licence_url": manifest.licence_url,
        "attribution": manifest.attribution,
    }


def _boundary_fields(view: View) -> dict[str, str]:
    return {
        "boundary_source": view.atlas.boundaries.source,
        "boundary_vintage": view.atlas.boundaries.vintage,
    }


def _districts(view: View) -> Layer:
    areas = view.atlas.boundaries.areas
    fields: dict[str, FieldType] = {
        **dict.fromkeys(areas[0].labels, "text"),
        "report_status": "text",
        "incident_count": "integer",
        "claim_count": "integer",
        "source_count": "integer",
        "origin_count": "integer",
        "sources": "list",
        "rule": "text",
    }
    for kind in EXPORTED_TYPES:
        fields |= {
            f"{kind}_low": "integer",
            f"{kind}_best": "integer",
            f"{kind}_high": "integer",
            f"{kind}_high_open": "boolean",
            f"{kind}_low_open": "boolean",
        }
    fields |= {"area_km2": "real", "boundary_source": "text", "boundary_vintage": "text"}
    rows = []
    for area in areas:
        summary = view.districts[area.pcode]
        row: dict[str, Any] = {
            **area.labels,
            "report_status": view.report_status(area.pcode),
            "incident_count": summary.incident_count,
            "claim_count": summary.claim_count,
            "source_count": len(summary.source_ids),
            "origin_count": len({view.atlas.reporting.origin_of[s] for s in summary.source_ids}),
            "sources": list(summary.source_ids),
            "rule": view.rule,
        }
        for kind in EXPORTED_TYPES:
            toll = summary.tolls[kind]
            row |= {
                f"{kind}_low": toll.low,
                f"{kind}_best": toll.best,
                f"{kind}_high": toll.high,
                f"{kind}_high_open": toll.high_open if toll.has_figure else None,
                f"{kind}_low_open": toll.low_open if toll.has_figure else None,
            }
        row |= {"area_km2": area.area_km2} | _boundary_fields(view)
        rows.append(row)
    return Layer(
        "districts",
        fields,
        "MultiPolygon",
        tuple(rows),
        about("districts", view),
        tuple(area.geometry for area in areas),
    )


def _incidents(view: View) -> Layer:
    fields: dict[str, FieldType] = {
        "incident_id": "text",
        "title": "text",
        "event_type": "text",
        "sub_event_type": "text",
        "date_start": "text",
        "date_end": "text",
        "date_prec": "integer",
        "where_prec": "integer",
        "place_id": "text",
        "place_name": "text",
        "latitude": "real",
        "longitude": "real",
        "adm2_pcode": "text",
        "adm2_name": "text",
        "source_count": "integer",
        "sources": "list",
        "claims": "list",
        "note": "text",
        "place_note": "text",
        "boundary_source": "text",
        "boundary_vintage": "text",
    }
    size = len(view.incidents) + view.row_count
    rows = _rows(view, size, lambda part: (_incident_row(part, i) for i in part.incidents))
    return Layer("incidents", fields, "Point", rows, about("incidents", view))


def _rows(view: View, size: int, rows_of: Callable[[View], Iterable[Row]]) -> Collection[Row]:
    """Return a layer's rows, those of datasets among them, if they may leave."""
    if not view.rows:
        return tuple(rows_of(view))
    view.check_rows_may_leave()
    return RowsInParts(size, lambda: (row for part in view.in_parts() for row in rows_of(part)))


def _incident_row(view: View, incident: Incident) -> dict[str, Any]:
    claims = view.claims_of_incident(incident.incident_id)
    place = view.atlas.gazetteer.place(incident.place_id) if incident.place_id else None
    named = next((c for c in claims if c.adm2_pcode), None) if place is None else None
    sources = sorted({c.source_id for c in claims})
    return {
        "incident_id": incident.incident_id,
        "title": incident.title,
        "event_type": incident.event_type,
        "sub_event_type": incident.sub_event_type,
        "date_start": incident.date_start.isoformat(),
        "date_end": incident.date_end.isoformat(),
        "date_prec": incident.date_prec,
        "where_prec": incident.where_prec,
        "place_id": incident.place_id,
        "place_name": place.name if place else claims[0].place_name if claims else None,
        **_coordinates(incident, place),
        "adm2_pcode": place.adm2_pcode if place else named.adm2_pcode if named else None,
        "adm2_name": place.adm2_name if place else named.adm2_name if named else None,
        "source_count": len(sources),
        "sources": sources,
        "claims": [
            {"claim_id": c.claim_id, "citation": cite(c, view.atlas.catalogue.source[c.source_id])}
            for c in claims
        ],
        "note": incident.note,
        "place_note": place_note(incident.place_id, None, view.atlas.gazetteer),
        **_boundary_fields(view),
    }


def _coordinates(record: Incident | Claim, place: Place | None) -> dict[str, float | None]:
    """Return a point only where the place is a point: a district's claim has none."""
    point = record if record.latitude is not None else place
    if point is None or record.where_prec > 2:
        return {"latitude": None, "longitude": None}
    return {"latitude": point.latitude, "longitude": point.longitude}


def _point_of(row: dict[str, Any]) -> Point | None:
    return None if row["latitude"] is None else Point(row["longitude"], row["latitude"])


CLAIM_FIELDS: dict[str, FieldType] = {
    "claim_id": "text",
    "source_id": "text",
    "incident_id": "text",
    "quote": "text",
    "paragraph": "integer",
    "char_start": "integer",
    "char_end": "integer",
    "happening": "text",
    "count_low": "integer",
    "count_best": "integer",
    "count_high": "integer",
    "qualifier": "text",
    "casualty_type": "text",
    "victim_group": "text",
    "place_name": "text",
    "place_id": "text",
    "latitude": "real",
    "longitude": "real",
    "adm2_pcode": "text",
    "adm2_name": "text",
    "where_prec": "integer",
    "date_start": "text",
    "date_end": "text",
    "date_prec": "integer",
    "scope": "text",
    "claimant": "text",
    "claimant_id": "text",
    "claimant_type": "text",
    "claimant_kind": "text",
    "outlet": "text",
    "agency": "text",
    "origin_id": "text",
    "published_on": "text",
    "known_from": "text",
    "part_of": "text",
    "note": "text",
    "place_note": "text",
    "citation": "text",
    "boundary_source": "text",
    "boundary_vintage": "text",
}


def _claims(view: View) -> Layer:
    fields = _claim_fields(view)
    size = view.figure_count + view.happening_count
    rows = _rows(
        view,
        size,
        lambda part: (_in_area(part, c, fields) | _boundary_fields(part) for c in part.claims),
    )
    return Layer("claims", fields, "Point", rows, about("claims", view))


def _claim_fields(view: View) -> dict[str, FieldType]:
    """Return the fields of a claim, with those of its area where areas are not districts."""
    fields: dict[str, FieldType] = {}
    for name, kind in CLAIM_FIELDS.items():
        fields[name] = kind
        if name == "adm2_name":
            own = view.atlas.boundaries.areas[0].labels
            fields |= {label: "text" for label in own if label not in CLAIM_FIELDS}
    return fields


def _in_area(view: View, claim: Claim, fields: dict[str, FieldType]) -> dict[str, Any]:
    code = view.atlas.area_of[claim.claim_id]
    labels = view.atlas.boundaries.by_pcode[code].labels if code is not None else {}
    further = {name: labels.get(name) for name in fields if name not in CLAIM_FIELDS}
    return claim_row(view, claim) | further


def claim_row(view: View, claim: Claim) -> dict[str, Any]:
    """Return one claim with the fields of its source that a reader needs beside it."""
    source = view.atlas.catalogue.source[claim.source_id]
    place = view.atlas.gazetteer.place(claim.place_id) if claim.place_id else None
    stated = claim.model_dump(mode="json")
    return {name: stated[name] for name in CLAIM_FIELDS if name in stated} | {
        **_coordinates(claim, place),
        "outlet": source.outlet,
        "agency": source.agency,
        "origin_id": view.atlas.reporting.origin_of[claim.source_id],
        "published_on": source.published_on.isoformat() if source.published_on else None,
        "known_from": source.known_from.isoformat() if source.known_from else None,
        "place_note": place_note(claim.place_id, claim.place_name, view.atlas.gazetteer),
        "citation": cite(claim, source),
    }
