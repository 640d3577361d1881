"""Write GeoJSON that every reader takes (RFC 7946): strict, small, the same bytes each time.

Rings are right-handed, there is no crs member, no NaN and no Infinity, integers that a
JavaScript reader would round are text, and so are dates. What has no place has a null geometry.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

DECIMALS = 7  # about 1 cm
_MAX_SAFE_INTEGER = 2**53  # beyond it a double skips integers (RFC 8259, section 6)
_RESERVED = frozenset(
    {"type", "features", "bbox", "crs", "geometry", "geometries", "properties", "coordinates"}
)
_UNWRITABLE = re.compile("[\x00\ud800-\udfff]")


def feature(
    geometry: BaseGeometry | None,
    properties: Mapping[str, object],
    feature_id: str | None = None,
) -> dict[str, object]:
    """Return one GeoJSON feature.

    Parameters
    ----------
    geometry
        Longitude and latitude in degrees (EPSG:4326); None or empty becomes null.
    properties
        Text, numbers, booleans, dates, None, and lists or mappings of these. NaN becomes null.
    feature_id
        Stable id of the feature, if it has one.

    Raises
    ------
    ValueError
        If a number is infinite, or a coordinate not finite or out of range.
    TypeError
        If a value is of another kind.

    Examples
    --------
    >>> from shapely import Point
    >>> feature(Point(67.0, 30.2), {"name": "Quetta", "population": None})
    {'type': 'Feature', 'geometry': {'type': 'Point', 'coordinates': [67.0, 30.2]},
     'properties': {'name': 'Quetta', 'population': None}}
    """
    made: dict[str, object] = {"type": "Feature"}
    if feature_id is not None:
        made["id"] = _clean(str(feature_id), "id")
    made["geometry"] = _geometry(geometry)
    made["properties"] = _clean(properties, "properties")
    return made


def feature_collection(
    features: Iterable[Mapping[str, object]], *, bbox: bool = False, **foreign_members: object
) -> dict[str, object]:
    """Return a feature collection; keywords become foreign members (attribution, filters ...).

    Parameters
    ----------
    features
        What `feature` returned, in the order wanted.
    bbox
        Whether to add west, south, east, north of all geometries, if there are any.
    **foreign_members
        Further members of the collection; they stand before its features.

    Raises
    ------
    ValueError
        If a foreign member has a name that GeoJSON itself uses or forbids.

    Examples
    --------
    >>> feature_collection([], attribution="Boundaries: OCHA COD-AB Pakistan, CC BY-IGO")
    {'type': 'FeatureCollection', 'attribution': 'Boundaries: OCHA COD-AB Pakistan, CC BY-IGO',
     'features': []}
    """
    taken = sorted(_RESERVED & foreign_members.keys())
    if taken:
        message = f"{', '.join(taken)}: GeoJSON reserves this name; choose another for the member."
        raise ValueError(message)
    listed = [dict(one) for one in features]
    made: dict[str, object] = {"type": "FeatureCollection"}
    if bbox and (bounds := _bounds(listed)):
        made["bbox"] = bounds
    made.update({name: _clean(value, name) for name, value in foreign_members.items()})
    made["features"] = listed
    return made


def pieces(features: Iterable[Mapping[str, object]], **foreign_members: object) -> Iterator[str]:
    """Yield the text of a feature collection piece by piece, as `dumps` writes it whole.

    Examples
    --------
    >>> one = feature(None, {"name": "Balochistan"})
    >>> "".join(pieces([one], source="x")) == dumps(feature_collection([one], source="x"))
    True
    """
    head, tail = dumps(feature_collection([], bbox=False, **foreign_members)).split("\n", 1)
    yield f"{head}\n"
    separator = ""
    for one in features:
        yield separator + _json(one)
        separator = ",\n"
    yield tail


def dumps(collection: Mapping[str, object]) -> str:
    """Return a feature collection as text, one feature a line, so that a diff can be read.

    Examples
    --------
    >>> print(dumps(feature_collection([feature(None, {"name": "Balochistan"})])), end="")
    {"type":"FeatureCollection","features":[
    {"type":"Feature","geometry":null,"properties":{"name":"Balochistan"}}
    ]}
    """
    features = collection["features"]
    if not isinstance(features, list):
        message = f"features is {type(features).__name__}; expected a list of features."
        raise TypeError(message)
    head = _json({name: value for name, value in collection.items() if name != "features"})
    lines = ",\n".join(_json(one) for one in features)
    return f'{head[:-1]},"features":[\n{lines}\n]}}\n'


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _geometry(geometry: BaseGeometry | None) -> dict[str, object] | None:
    if geometry is None or geometry.is_empty:
        return None
    flat = shapely.orient_polygons(shapely.force_2d(geometry))
    west, south, east, north = flat.bounds
    if not (west >= -180 and east <= 180 and south >= -90 and north <= 90):
        message = (
            f"coordinates reach from {west}, {south} to {east}, {north}; expected longitude from "
            "-180 to 180 and latitude from -90 to 90. Reproject to EPSG:4326 first."
        )
        raise ValueError(message)
    if "Collection" in flat.geom_type:
        parts = [_geometry(part) for part in flat.geoms]  # type: ignore[attr-defined]
        return {"type": flat.geom_type, "geometries": parts}
    mapped = flat.__geo_interface__
    return {"type": mapped["type"], "coordinates": _rounded(mapped["coordinates"])}


def _rounded(coordinates: object) -> object:
    if isinstance(coordinates, float):
        return round(coordinates, DECIMALS) + 0.0  # no minus zero
    assert isinstance(coordinates, tuple | list)  # noqa: S101 (shapely's own nesting)
    return [_rounded(one) for one in coordinates]


def _bounds(features: list[dict[str, object]]) -> list[float] | None:
    points = [
        point
        for one in features
        if isinstance(one["geometry"], dict)
        for point in _positions(one["geometry"].get("coordinates", ()))
    ]
    if not points:
        return None
    lon, lat = zip(*points, strict=True)
    return [min(lon), min(lat), max(lon), max(lat)]


def _positions(coordinates: list[object]) -> Iterable[list[float]]:
    if coordinates and isinstance(coordinates[0], float):
        yield coordinates  # type: ignore[misc]
    else:
        for one in coordinates:
            yield from _positions(one)  # type: ignore[arg-type]


def _clean(value: object, where: str) -> object:
    """Return a value as JSON may hold it; `where` names it in an error."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", value)
    if isinstance(value, int):
        return value if abs(value) <= _MAX_SAFE_INTEGER else str(value)
    if isinstance(value, float):
        return _finite(value, where)
    if isinstance(value, date):
        return value.isoformat()
    return _clean_many(value, where)


def _finite(value: float, where: str) -> float | None:
    if math.isinf(value):
        message = f"{where} is {value}; GeoJSON has no infinity. Leave the value empty (None)."
        raise ValueError(message)
    return None if math.isnan(value) else value


def _clean_many(value: object, where: str) -> object:
    if isinstance(value, Mapping):
        return {str(_clean(str(k), where)): _clean(v, f"{where}.{k}") for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(one, f"{where}[{position}]") for position, one in enumerate(value)]
    if isinstance(value, set | frozenset):
        return [_clean(one, where) for one in sorted(value, key=str)]
    message = (
        f"{where} is {type(value).__name__}; expected text, a number, a date, None, or a list "
        "or mapping of these."
    )
    raise TypeError(message)
