"""The child process: reads one file of areas, checks it, and prints what it found as JSON."""

from __future__ import annotations

import json
import os
import sqlite3
import sys
from pathlib import Path
from typing import Any

import shapely
from shapely import MultiPolygon, Polygon

from geo.area_checks import AreasRead, checked_areas
from geo.boundary_file import (
    EXPECTED,
    MAX_BYTES,
    BoundaryFileError,
    RawArea,
    kind_of,
    not_an_area,
    read_geojson,
)
from incidents import confined, geopackage

MEMORY_BYTES = 4 << 30
SECONDS = 300
"""Both of processor time and by the clock."""
_BEGINNING = 4096
_REMEDY = "Export one layer of polygons in EPSG:4326, or GeoJSON."


def main() -> None:
    """Read the job on standard input: path, code and name fields, and the two options."""
    job = json.load(sys.stdin)
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    confined.limit_resources(MEMORY_BYTES, SECONDS)
    # What is loaded late would need doors that are closed now.
    shapely.coverage_simplify([shapely.box(0, 0, 1, 1)], 0.1)
    confined.close_doors()
    try:
        answer = as_json(read_areas(**{**job, "path": Path(job["path"])}))
    except BoundaryFileError as error:
        answer = {"refused": error.args}
    json.dump(answer, out)
    out.flush()
    # What libraries left open must not keep the child alive.
    os._exit(0)


def read_areas(
    path: Path, code_field: str, name_field: str, *, repair: bool, axes_are_right: bool
) -> AreasRead:
    """Return the checked areas of a GeoJSON file or GeoPackage.

    Raises
    ------
    BoundaryFileError
        If the file is not taken.
    """
    with path.open("rb") as file:
        kind = kind_of(path.name, file.read(_BEGINNING))
    if path.stat().st_size > MAX_BYTES:
        raise BoundaryFileError(
            path.name,
            f"more than {MAX_BYTES // 1_000_000} MB",
            "a smaller file",
            "Simplify the boundaries first, or split them by region.",
        )
    if kind == "geojson":
        raw = read_geojson(path.name, path.read_bytes(), name_field)
    else:
        raw = _geopackage(path, name_field)
    return checked_areas(
        path.name, raw, code_field, name_field, repair=repair, axes_are_right=axes_are_right
    )


def as_json(read: AreasRead) -> dict[str, Any]:
    """Return what was read as plain values, polygons as WKB in hexadecimal."""
    return {
        "areas": [(a.pcode, a.name, a.area_km2, shapely.to_wkb(a.geometry, hex=True)) for a in read.areas],
        "notes": read.notes,
        "faults": read.faults,
        "overlap_km2": read.overlap_km2,
        "gap_km2": read.gap_km2,
    }  # fmt: skip


def _geopackage(path: Path, name_field: str) -> list[RawArea]:
    try:
        layer = geopackage.open_layer(path, EXPECTED, _REMEDY)
        rows = list(layer.rows())
    except geopackage.Refused as refused:
        raise BoundaryFileError(path.name, *refused.args) from None
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        raise BoundaryFileError(path.name, f"no GeoPackage ({error})", EXPECTED, _REMEDY) from None
    if not rows:
        raise BoundaryFileError(path.name, "no features", "one feature an area", _REMEDY)
    return [_area(path, row, n, layer.fields, name_field) for n, row in enumerate(rows, start=1)]


def _area(
    path: Path, row: tuple[Any, ...], number: int, fields: list[str], name_field: str
) -> RawArea:
    properties = {name: _plain(value) for name, value in zip(fields, row[1:], strict=True)}
    placeholder = RawArea(number, properties, Polygon())
    where = f"{path.name}, {placeholder.where(name_field)}"
    if row[0] is None:
        raise not_an_area(where, None)
    try:
        geometry = shapely.force_2d(geopackage.geometry_of(row[0]))
    except ValueError as error:
        raise BoundaryFileError(where, str(error), "a polygon", _REMEDY) from None
    if not isinstance(geometry, Polygon | MultiPolygon):
        raise not_an_area(where, geometry.geom_type)
    if not shapely.is_empty(geometry) and not _finite(geometry):
        raise BoundaryFileError(
            where, "a coordinate that is no finite number", "finite numbers", _REMEDY
        )
    return RawArea(number, properties, geometry)


def _finite(geometry: Polygon | MultiPolygon) -> bool:
    coordinates = shapely.get_coordinates(geometry)
    return bool((abs(coordinates) < float("inf")).all())


def _plain(value: object) -> object:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value if value is None or isinstance(value, str) else str(value)
