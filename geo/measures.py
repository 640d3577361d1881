"""Areas and distances on the WGS 84 ellipsoid, from degrees (EPSG:4326) to metres."""

from __future__ import annotations

from geopy.distance import geodesic
from pyproj import Geod
from shapely import MultiPolygon, Polygon

from geo.coordinates import as_lat_lon, check_points

_WGS84 = Geod(ellps="WGS84")
_M2_PER_KM2 = 1_000_000


def area_km2(polygon: Polygon | MultiPolygon) -> float:
    """Return the geodesic area of a polygon in square kilometres.

    Rings count by what they are, not by how they turn: an outer ring adds, a hole takes
    away. An edge is the geodesic between its two corners.

    Parameters
    ----------
    polygon
        Polygon or MultiPolygon, longitude and latitude in degrees (EPSG:4326).

    Returns
    -------
    area_km2
        Square kilometres, 0 for an empty polygon.

    Examples
    --------
    >>> from shapely import box
    >>> round(area_km2(box(66.0, 30.0, 67.0, 31.0)))
    10642
    """
    parts = polygon.geoms if isinstance(polygon, MultiPolygon) else (polygon,)
    return sum(_part_m2(part) for part in parts) / _M2_PER_KM2


def distance_m(
    from_longitude: float, from_latitude: float, to_longitude: float, to_latitude: float
) -> float:
    """Return the geodesic distance between two points in metres.

    Parameters
    ----------
    from_longitude, from_latitude, to_longitude, to_latitude
        Degrees (EPSG:4326).

    Returns
    -------
    distance_m
        Metres along the WGS 84 ellipsoid.

    Raises
    ------
    CoordinateError
        If a coordinate is missing, not finite or out of range.

    Examples
    --------
    Quetta to Gwadar:

    >>> round(distance_m(67.0, 30.19, 62.33, 25.12) / 1000)
    726
    """
    check_points([from_longitude, to_longitude], [from_latitude, to_latitude])
    start = as_lat_lon(from_longitude, from_latitude)
    end = as_lat_lon(to_longitude, to_latitude)
    return float(geodesic(start, end, ellipsoid="WGS-84").m)


def _part_m2(part: Polygon) -> float:
    outer = _ring_m2(part.exterior.coords.xy)
    return outer - sum(_ring_m2(hole.coords.xy) for hole in part.interiors)


def _ring_m2(xy: tuple[object, object]) -> float:
    area, _ = _WGS84.polygon_area_perimeter(*xy)
    return abs(float(area))
