"""A user's file of areas: which kind it is, and GeoJSON read strictly.

GDAL believes a file's content, whatever its name: a "boundary" can make it read other files,
ask other machines, or hang. So GeoJSON is read here, with nothing but a JSON parser; of every
other kind but GeoPackage it is only said what it is.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from shapely import MultiPolygon, Polygon

from geo import strict_json

MAX_BYTES = 200_000_000
EXPECTED = "areas as GeoJSON (RFC 7946) or GeoPackage, in longitude and latitude (EPSG:4326)"
MIN_RING = 4
_EXPORT = "Export it again, in EPSG:4326, for example from QGIS."
# What writers put there for plain longitude and latitude (RFC 7946 has no crs at all).
PLAIN_CRS = frozenset(
    {
        "urn:ogc:def:crs:OGC:1.3:CRS84",
        "urn:ogc:def:crs:OGC::CRS84",
        "urn:ogc:def:crs:EPSG::4326",
        "EPSG:4326",
        "CRS84",
        "OGC:CRS84",
    }
)
# By what a file begins with, or holds near its beginning.
_FOREIGN: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "a zip archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x00\x00\x27\x0a", "a shapefile"),
)
_XML: tuple[tuple[bytes, str], ...] = (
    (b"<ogrvrt", "a GDAL virtual file (VRT), which opens other files"),
    (b"<gdal_wfs", "the description of a web service (WFS), which opens addresses"),
    (b"wfs_capabilities", "the description of a web service (WFS), which opens addresses"),
    (b"<ogrwfs", "the description of a web service (WFS), which opens addresses"),
    (b"<kml", "KML"),
    (b"opengis.net/gml", "GML"),
    (b"<gml", "GML"),
    (b"<html", "a web page"),
)
_ADDRESSES = tuple("/vsi wfs: pg: mysql: oapif: s3: gs: ftp: file: http: https:".split())
FileKind = Literal["geojson", "geopackage"]


class BoundaryFileError(ValueError):
    """A file of areas that is not taken; nothing of it is kept.

    Parameters
    ----------
    where
        Which file, and which of its features.
    came
        What came: "a zip archive".
    expected
        What was expected instead.
    remedy
        What to do, a whole sentence.

    Examples
    --------
    >>> print(BoundaryFileError("a.zip", "a zip archive", "GeoJSON", "Take the file out of it."))
    a.zip: a zip archive; expected GeoJSON. Take the file out of it.
    """

    def __init__(self, where: str, came: str, expected: str, remedy: str) -> None:
        super().__init__(where, came, expected, remedy)
        self.where, self.came, self.expected, self.remedy = where, came, expected, remedy

    def __str__(self) -> str:
        return f"{self.where}: {self.came}; expected {self.expected}. {self.remedy}"


@dataclass(frozen=True)
class RawArea:
    """A feature as it stands in the file; `number` counts from 1."""

    number: int
    properties: Mapping[str, object]
    geometry: Polygon | MultiPolygon

    def where(self, field: str = "") -> str:
        """Return how a message names it: by its number, and by what stands in a field."""
        named = self.properties.get(field)
        return f"feature {self.number}" + (f" ({shown(named)})" if named is not None else "")


def refuse_address(given: str) -> None:
    """Refuse what is an address or a driver's word instead of a file.

    Raises
    ------
    BoundaryFileError
        If it is.

    Examples
    --------
    >>> refuse_address("/vsicurl/https://example.org/a.geojson")
    Traceback (most recent call last):
    ...
    geo.boundary_file.BoundaryFileError: /vsicurl/https://example.org/a.geojson: an address; ...
    """
    if given.casefold().startswith(_ADDRESSES) or given.lstrip().startswith(("{", "<")):
        raise BoundaryFileError(
            shown(given),
            "an address",
            "the path of a file on this machine",
            "Download it first; addresses are never opened.",
        )


def kind_of(name: str, beginning: bytes) -> FileKind:
    """Return of which kind a file is, by its first bytes.

    Raises
    ------
    BoundaryFileError
        If it is of none that is read; it says of which it is.

    Examples
    --------
    >>> kind_of("a.geojson", b'{"type": "FeatureCollection"')
    'geojson'
    """
    if beginning.startswith(b"SQLite format 3\x00"):
        return "geopackage"
    text = beginning.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"{"):
        return "geojson"
    raise BoundaryFileError(name, _foreign(beginning, text), EXPECTED, _EXPORT)


def _foreign(beginning: bytes, text: bytes) -> str:
    if not text:
        return "an empty file"
    lowered = text.lower()
    for start, kind in _FOREIGN:
        if beginning.startswith(start):
            return kind
    if text.startswith(b"<"):
        return next((kind for mark, kind in _XML if mark in lowered), "XML")
    if lowered.lstrip(b"\"'").startswith(tuple(a.encode() for a in _ADDRESSES)):
        return "an address or a path to something else"
    if text[:1] in (b"/", b"\\") and b"\n" not in text.strip():
        return "an address or a path to something else"
    return "neither GeoJSON nor GeoPackage"


def read_geojson(name: str, content: bytes, label_field: str = "") -> list[RawArea]:
    """Return the features of a GeoJSON file, all of them areas.

    Parameters
    ----------
    name
        The file's, for messages.
    content
        Its bytes.
    label_field
        The property that names a feature in messages.

    Raises
    ------
    BoundaryFileError
        If it is no feature collection of polygons in longitude and latitude: a key stands
        twice, a ring is not closed, a number is not finite, another reference system is named.
    """
    try:
        read = strict_json.loads(content, "GeoJSON")
    except strict_json.StrictJsonError as error:
        raise BoundaryFileError(name, str(error), EXPECTED, _EXPORT) from None
    if not isinstance(read, dict) or read.get("type") != "FeatureCollection":
        kind = read.get("type") if isinstance(read, dict) else type(read).__name__
        raise BoundaryFileError(
            name, f"JSON of the type {shown(kind)}", "a GeoJSON FeatureCollection", _EXPORT
        )
    _check_crs(name, read)
    features = read.get("features")
    if not isinstance(features, list) or not features:
        raise BoundaryFileError(name, "no features", "one feature an area", _EXPORT)
    return [_area(name, one, number, label_field) for number, one in enumerate(features, start=1)]


def _check_crs(name: str, read: Mapping[str, Any]) -> None:
    crs = read.get("crs")
    if crs is None:
        return
    properties = crs.get("properties", {}) if isinstance(crs, dict) else {}
    named = properties.get("name") if isinstance(properties, dict) else None
    if isinstance(crs, dict) and crs.get("type") == "name" and named in PLAIN_CRS:
        return
    if isinstance(crs, dict) and crs.get("type") in ("link", "url"):
        raise BoundaryFileError(
            name,
            f"a link as reference system, {shown(crs)}",
            "longitude and latitude (EPSG:4326)",
            "Export it in EPSG:4326; links are never followed.",
        )
    raise BoundaryFileError(
        name,
        f"the reference system {shown(named if named is not None else crs)}",
        "longitude and latitude (EPSG:4326)",
        "Reproject it to EPSG:4326.",
    )


def _area(name: str, feature: object, number: int, label_field: str) -> RawArea:
    where = f"{name}, feature {number}"
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise BoundaryFileError(where, "no GeoJSON feature", "a feature", _EXPORT)
    properties = feature.get("properties") or {}
    if not isinstance(properties, dict):
        raise BoundaryFileError(where, "properties that are no object", "an object", _EXPORT)
    if "id" not in properties and isinstance(feature.get("id"), str):
        properties = {"id": feature["id"]} | properties
    if (label := properties.get(label_field)) is not None:
        where = f"{where} ({shown(label)})"
    geometry = feature.get("geometry")
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if not isinstance(geometry, dict) or kind not in ("Polygon", "MultiPolygon"):
        raise not_an_area(where, kind if isinstance(kind, str) else None)
    parts = geometry.get("coordinates")
    if kind == "Polygon":
        parts = [parts]
    if (
        not isinstance(parts, list)
        or not parts
        or not all(isinstance(p, list) and p for p in parts)
    ):
        raise BoundaryFileError(where, f"a {kind} without rings", "rings", _EXPORT)
    polygons = []
    for part in parts:
        rings = [_ring(where, ring, at) for at, ring in enumerate(part, start=1)]
        polygons.append(Polygon(rings[0], rings[1:]))
    shape = polygons[0] if kind == "Polygon" else MultiPolygon(polygons)
    return RawArea(number, properties, shape)


def not_an_area(where: str, kind: str | None) -> BoundaryFileError:
    """Return the error for a feature that is no polygon."""
    came = f"a {shown(kind)}" if kind else "no geometry"
    remedy = (
        "Points are places: incident-map gazetteer add."
        if kind in ("Point", "MultiPoint")
        else "Take it out of the file, or give it its polygon."
    )
    return BoundaryFileError(where, came, "a Polygon or MultiPolygon", remedy)


def _ring(where: str, ring: object, at: int) -> list[tuple[float, float]]:
    if not isinstance(ring, list) or not all(
        isinstance(p, list) and len(p) in (2, 3, 4) for p in ring
    ):
        raise BoundaryFileError(
            where, f"ring {at} is no list of positions", "[longitude, latitude] pairs", _EXPORT
        )
    points = [(_number(where, p[0]), _number(where, p[1])) for p in ring]
    for p in ring:
        for further in p[2:]:
            _number(where, further)
    if not points or points[0] != points[-1]:
        ends = f": it begins at {points[0]} and ends at {points[-1]}" if points else ""
        raise BoundaryFileError(
            where,
            f"ring {at} is not closed{ends}",
            "a ring that ends where it begins",
            "Repeat its first position at its end.",
        )
    if len(points) < MIN_RING:
        raise BoundaryFileError(
            where, f"ring {at} has {len(points)} positions", f"at least {MIN_RING}", _EXPORT
        )
    return points


def _number(where: str, written: object) -> float:
    value = float(written) if isinstance(written, strict_json.Number) else math.nan
    if not math.isfinite(value):
        raise BoundaryFileError(
            where, f"the coordinate {shown(written)}", "a finite number", _EXPORT
        )
    return value


def fields_of(areas: Iterable[RawArea]) -> list[str]:
    """Return the names of all properties, in the order of their first mention."""
    return list(dict.fromkeys(name for area in areas for name in area.properties))


def shown(value: object) -> str:
    """Return a value as a message may show it: on one line, without controls, not too long.

    Examples
    --------
    >>> shown("a\\x1bb"), shown({"a": 1})
    ('a b', '{"a": 1}')
    """
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    plain = "".join(c if c.isprintable() else " " for c in text)
    return plain if len(plain) <= 80 else f"{plain[:79]}…"
