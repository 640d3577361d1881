"""Fewer corners for many: polygons simplified together, so that common borders stay common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon

# About 11 m, the grid that our own boundaries lie on; each further try is twice as coarse.
_FIRST_TOLERANCE_DEGREES = 1e-4
_TRIES = 16


class Simplified(NamedTuple):
    """Polygons with fewer corners."""

    polygons: list[Polygon | MultiPolygon]
    vertices: int
    tolerance_degrees: float
    """The tolerance of `shapely.coverage_simplify`; 0 where nothing had to be done."""


def count_vertices(polygons: Sequence[Polygon | MultiPolygon]) -> int:
    """Return how many corners polygons have, the closing one of each ring counted.

    Examples
    --------
    >>> count_vertices([shapely.box(0, 0, 1, 1)])
    5
    """
    return int(shapely.get_num_coordinates(np.asarray(polygons, dtype=object)).sum())


def simplify_together(polygons: Sequence[Polygon | MultiPolygon], at_most: int) -> Simplified:
    """Return copies with at most so many corners; neighbours keep their common borders.

    Where no tolerance reaches the number (thousands of triangles have three corners each),
    the coarsest try is returned.

    Parameters
    ----------
    polygons
        Longitude and latitude in degrees (EPSG:4326).
    at_most
        Corners of all polygons together.

    Examples
    --------
    >>> disc = shapely.Point(66, 29).buffer(1, quad_segs=1000)
    >>> made = simplify_together([disc], at_most=500)
    >>> made.vertices <= 500, round(made.polygons[0].area / disc.area, 3)
    (True, 1.0)
    """
    given = np.asarray(polygons, dtype=object)
    vertices, tolerance = count_vertices(polygons), 0.0
    made = given
    for step in range(_TRIES):
        if vertices <= at_most:
            break
        tolerance = _FIRST_TOLERANCE_DEGREES * 2**step
        tried = shapely.coverage_simplify(given, tolerance)
        # Polygons that are no coverage may be spoilt by it; those stay as they are.
        sound = shapely.is_valid(tried) & ~shapely.is_empty(tried)
        made = np.where(sound, tried, made)
        vertices = count_vertices(made.tolist())
    return Simplified(made.tolist(), vertices, tolerance)
