"""The edges of areas on a grid: which of its cells they touch, and where they cross its rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.grid import OUTSIDE, Floats, Grid, Integers

Areas = NDArray[np.object_]

NO_AREA = -2
# How far from an edge, in fine cells, its cells still count as touched: far more than rounding
# can move an edge (1e-10) and far less than would cost time.
_SLACK = 1e-6


@dataclass(frozen=True, eq=False)
class Edges:
    """All edges of some areas, turned upwards, so that a common edge of neighbours is the same.

    Attributes
    ----------
    degrees
        Shape (n, 4): x0, y0, x1, y1 as the areas have them (y0 <= y1).
    fine
        Shape (n, 4): the same as u0, v0, u1, v1, in fine cells of the grid.
    area
        Position of the area that an edge bounds; `NO_AREA` where it only has to be drawn.
    lies_left
        Whether the area lies to the left of the upward edge.
    """

    degrees: Floats
    fine: Floats
    area: Integers
    lies_left: NDArray[np.bool_]

    @property
    def step(self) -> Integers:
        """What the area's number, from 1, changes by where an edge is crossed towards the east."""
        return np.where(self.lies_left, -1, 1) * (self.area + 1)

    def with_lines_of(self, other: Edges) -> Edges:
        """Return these edges, and others that say nothing of the areas beside them."""
        return Edges(
            np.concatenate([self.degrees, other.degrees]),
            np.concatenate([self.fine, other.fine]),
            np.concatenate([self.area, np.full(len(other.area), NO_AREA)]),
            np.concatenate([self.lies_left, other.lies_left]),
        )


class Lines(NamedTuple):
    """The lines that edges lie on; edges with the same ends lie on one.

    `of_edge` is the line of each edge. `coefficients`, shape (3, lines), are its a, b, c: a x + b y
    + c is how far a point lies to the right of the upward line, in degrees. `beside`, shape
    (lines, 2), is the area to the left of its edge and to its right. Where more than one area lies
    on a side the line is not plain: it does not tell.
    """

    of_edge: Integers
    coefficients: Floats
    beside: NDArray[np.int16]
    is_plain: NDArray[np.bool_]


class Touched(NamedTuple):
    """For each fine cell that an edge touches its row and column, and the edge."""

    edge: Integers
    row: Integers
    column: Integers


def find_edges(areas: Areas, grid: Grid) -> Edges:
    """Return the edges of areas.

    Parameters
    ----------
    areas
        Array of shapely polygons, longitude and latitude in degrees (EPSG:4326).
    grid
        The cells that the edges are held against.
    """
    parts, owner = shapely.get_parts(areas, return_index=True)
    keep = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    polygons = shapely.orient_polygons(parts[keep])
    rings, of_part = shapely.get_rings(polygons, return_index=True)
    area = owner[keep][of_part]
    points, of_ring = shapely.get_coordinates(rings, return_index=True)
    same = of_ring[1:] == of_ring[:-1]
    start, end = points[:-1][same], points[1:][same]
    level = end[:, 1] == start[:, 1]
    rises = np.where(level, end[:, 0] > start[:, 0], end[:, 1] > start[:, 1])
    lower, upper = np.where(rises[:, None], start, end), np.where(rises[:, None], end, start)
    fine = [grid.in_fine_cells(points) for points in (lower, upper)]
    # The inside of a polygon lies to the left of its rings.
    return Edges(np.hstack([lower, upper]), np.hstack(fine), area[of_ring[:-1][same]], rises)


def find_lines(edges: Edges) -> Lines:
    """Return the lines that edges lie on."""
    order = np.lexsort(edges.degrees.T)
    in_order = edges.degrees[order]
    is_new = np.append(True, (in_order[1:] != in_order[:-1]).any(axis=1))
    line = np.empty(len(order), np.int64)
    line[order] = np.cumsum(is_new) - 1
    x, y, x1, y1 = in_order[is_new].T
    beside = np.full((len(x), 2), OUTSIDE, np.int16)
    bounds = edges.area != NO_AREA
    side = np.where(edges.lies_left, 0, 1)
    beside[line[bounds], side[bounds]] = edges.area[bounds]
    # On one side of an edge lies one area. A spike, an edge there and back, has two on both.
    times = np.bincount((2 * line + side)[bounds], minlength=beside.size).reshape(-1, 2)
    length = np.hypot(x1 - x, y1 - y)
    is_plain = (times.max(axis=1) == 1) & (length > 0)
    length[length == 0] = 1
    a, b = (y1 - y) / length, (x - x1) / length
    return Lines(line, np.stack([a, b, -(a * x + b * y)]), beside, is_plain)


def touched_cells(edges: Floats) -> Touched:
    """Return the fine cells that edges touch, given in fine cells."""
    u0, v0, u1, v1 = edges.T
    first, last = np.floor(v0 - _SLACK), np.floor(v1 + _SLACK)
    edge, row = _spread(first, last)
    slope = _slope(edges)[edge]
    at_bottom = u0[edge] + (np.clip(row - _SLACK, v0[edge], v1[edge]) - v0[edge]) * slope
    at_top = u0[edge] + (np.clip(row + 1 + _SLACK, v0[edge], v1[edge]) - v0[edge]) * slope
    level = v0[edge] == v1[edge]
    at_top[level] = u1[edge][level]
    west, east = np.minimum(at_bottom, at_top), np.maximum(at_bottom, at_top)
    strip, column = _spread(np.floor(west - _SLACK), np.floor(east + _SLACK))
    return Touched(edge[strip], row[strip].astype(np.int64), column.astype(np.int64))


def crossings(edges: Edges) -> tuple[Integers, Integers, Integers]:
    """Return where edges cross the middle lines of the fine rows.

    Row, the first column whose middle lies east of the crossing, and the step there.
    """
    u0, v0, _, v1 = edges.fine.T
    # Half open (v0 <= middle < v1): a corner on a middle line is crossed once, not twice.
    edge, row = _spread(np.ceil(v0 - 0.5), np.ceil(v1 - 0.5) - 1)
    u = u0[edge] + (row + 0.5 - v0[edge]) * _slope(edges.fine)[edge]
    return row.astype(np.int64), np.ceil(u - 0.5).astype(np.int64), edges.step[edge]


def _slope(edges: Floats) -> Floats:
    u0, v0, u1, v1 = edges.T
    height = v1 - v0
    slope: Floats = np.divide(u1 - u0, height, out=np.zeros_like(height), where=height > 0)
    return slope


def _spread(first: Floats, last: Floats) -> tuple[Integers, Floats]:
    """Return each whole number from first to last of every range, and the range it is of."""
    lengths = np.maximum(last - first + 1, 0).astype(np.int64)
    owner = np.repeat(np.arange(len(first)), lengths)
    before = np.cumsum(lengths) - lengths
    return owner, first[owner] + (np.arange(len(owner)) - before[owner])
