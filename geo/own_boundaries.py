"""A user's areas as they are kept: GeoJSON that this program wrote, and reads again."""

from __future__ import annotations

import json
from collections.abc import Iterable

from shapely.geometry import shape

from geo import geojson
from geo.boundaries import OwnArea, as_polygonal


def to_geojson(areas: Iterable[OwnArea], **about: str) -> bytes:
    """Return areas as RFC 7946 GeoJSON, with what is said about them as foreign members.

    Examples
    --------
    >>> from shapely import box
    >>> kept = to_geojson([OwnArea("A-1", "North", 1.0, box(0, 0, 1, 1))], licence="CC0")
    >>> from_geojson(kept)[0].name
    'North'
    """
    features = [
        geojson.feature(
            area.geometry, {"code": area.pcode, "name": area.name, "area_km2": area.area_km2}
        )
        for area in areas
    ]
    return geojson.dumps(geojson.feature_collection(features, bbox=True, **about)).encode()


def from_geojson(content: bytes) -> tuple[OwnArea, ...]:
    """Return the areas of a file that `to_geojson` wrote, in the order of their codes."""
    areas = [
        OwnArea(
            pcode=one["properties"]["code"],
            name=one["properties"]["name"],
            area_km2=one["properties"]["area_km2"],
            geometry=as_polygonal(shape(one["geometry"])),
        )
        for one in json.loads(content)["features"]
    ]
    return tuple(sorted(areas, key=lambda area: area.pcode))
