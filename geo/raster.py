"""A raster of polygons in two levels, exact where it answers and silent where it cannot.

A square grid lies over all areas. A cell that no edge touches belongs to one area as a whole
(or to none) and says which; each cell that an edge touches is divided into 32 x 32 fine cells,
which do the same. A fine cell that an edge touches answers `ASK`: there the polygons themselves
have to be asked. With 512 x 512 cells over Balochistan a fine cell is about 60 m wide, so that
one point in a thousand is left to ask for; and the cells, half a megabyte, stay in a cache
that 1024 x 1024 would leave.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon

Areas = NDArray[np.object_]
Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

OUTSIDE = -1
ASK = -2
FINE = 32
LARGEST_SIDE = 512
MAX_AREAS = np.iinfo(np.int16).max - 1
_MAX_BLOCKS = -int(np.iinfo(np.int16).min) + ASK
# How far from an edge, in fine cells, its cells still count as touched: far more than rounding
# can move a point (1e-10) and far less than would cost time.
_SLACK = 1e-6


@dataclass(frozen=True, eq=False)
class Raster:
    """Two levels of cells over a set of areas; made by `build_raster`.

    Attributes
    ----------
    west, south
        The grid's corner in degrees (EPSG:4326).
    columns_per_degree, rows_per_degree
        How many cells there are to a degree.
    side
        Cells along each side of the grid, a power of two; the outermost ones are empty.
    cells
        Shape (side * side,): position of the cell's area, `OUTSIDE`, or `ASK - number` of the
        block of fine cells to look into.
    blocks
        Shape (blocks * FINE * FINE,): the same for fine cells, `ASK` where only the polygons know.
    """

    west: float
    south: float
    columns_per_degree: float
    rows_per_degree: float
    side: int
    cells: NDArray[np.int16]
    blocks: NDArray[np.int16]


def build_raster(areas: Areas, largest_side: int = LARGEST_SIDE) -> Raster:
    """Return the raster of some areas; where they overlap, the first one counts.

    Parameters
    ----------
    areas
        Array of shapely polygons, longitude and latitude in degrees (EPSG:4326).
    largest_side
        Cells along a side, a power of two; halved until the blocks can be numbered.

    Raises
    ------
    ValueError
        If there is no area, or there are more than 32,766.

    Examples
    --------
    >>> from shapely import box
    >>> raster = build_raster(np.array([box(66, 30, 67, 31)]), largest_side=8)
    >>> print(np.maximum(raster.cells, ASK).reshape(8, 8)[4])
    [-1 -2  0  0  0  0 -2 -1]
    """
    if not 0 < len(areas) <= MAX_AREAS:
        message = f"{len(areas)} areas; expected 1 to {MAX_AREAS}. Split them by region."
        raise ValueError(message)
    alone = areas if shapely.coverage_is_valid(areas) else _first_wins(areas)
    side = largest_side
    while True:
        frame = _frame(areas, side)
        edges = _edges(alone, frame)
        # The polygons asked in the end are the areas themselves: their edges count as well.
        drawn = edges if alone is areas else np.concatenate([edges, _edges(areas, frame)])
        touched = _touched_cells(drawn)
        numbers = _number_blocks(touched, side)
        if numbers.max() < _MAX_BLOCKS:
            break
        side //= 2
    cells, blocks = _fill(_crossings(edges), touched, numbers)
    return Raster(*frame, side, cells, blocks)


def _first_wins(areas: Areas) -> Areas:
    """Return the areas, each without what an earlier one already holds."""
    taken: Polygon | MultiPolygon = Polygon()
    alone = []
    for area in areas:
        alone.append(shapely.difference(area, taken))
        taken = shapely.union(taken, area)
    return np.array(alone, dtype=object)


def _frame(areas: Areas, side: int) -> tuple[float, float, float, float]:
    """Return west, south, and cells to a degree, with one empty cell all round."""
    west, south, east, north = shapely.total_bounds(areas)
    width = max(east - west, 1e-6) / (side - 3)
    height = max(north - south, 1e-6) / (side - 3)
    return float(west - 1.5 * width), float(south - 1.5 * height), 1 / width, 1 / height


def _edges(areas: Areas, frame: tuple[float, float, float, float]) -> Floats:
    """Return every edge as a row u0, v0, u1, v1, step, in fine cells and upwards (v0 <= v1).

    `step` is what the number of the area, counted from 1, changes by when the edge is crossed
    towards the east. Turning all edges upwards makes neighbours' common edges identical.
    """
    west, south, columns_per_degree, rows_per_degree = frame
    parts, owner = shapely.get_parts(areas, return_index=True)
    keep = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    polygons = shapely.orient_polygons(parts[keep])
    rings, of_part = shapely.get_rings(polygons, return_index=True)
    number = owner[keep][of_part] + 1
    points, of_ring = shapely.get_coordinates(rings, return_index=True)
    # Just as a point is looked up, so that rounding treats both alike.
    u = (points[:, 0] - west) * columns_per_degree * FINE
    v = (points[:, 1] - south) * rows_per_degree * FINE
    same = of_ring[1:] == of_ring[:-1]
    start = np.column_stack([u, v])[:-1][same]
    end = np.column_stack([u, v])[1:][same]
    rises = end[:, 1] > start[:, 1]
    lower, upper = np.where(rises[:, None], start, end), np.where(rises[:, None], end, start)
    # The inside lies to the left: a rising edge is the area's eastern border.
    step = np.where(rises, -1, 1) * number[of_ring[:-1][same]]
    return np.column_stack([lower, upper, step])


def _touched_cells(edges: Floats) -> tuple[Integers, Integers]:
    """Return rows and columns of all fine cells that an edge touches; some stand repeatedly."""
    u0, v0, u1, v1 = edges[:, :4].T
    first, last = np.floor(v0 - _SLACK), np.floor(v1 + _SLACK)
    edge, row = _spread(first, last)
    slope = _slope(edges)[edge]
    at_bottom = u0[edge] + (np.clip(row - _SLACK, v0[edge], v1[edge]) - v0[edge]) * slope
    at_top = u0[edge] + (np.clip(row + 1 + _SLACK, v0[edge], v1[edge]) - v0[edge]) * slope
    level = v0[edge] == v1[edge]
    at_top[level] = u1[edge][level]
    west, east = np.minimum(at_bottom, at_top), np.maximum(at_bottom, at_top)
    strip, column = _spread(np.floor(west - _SLACK), np.floor(east + _SLACK))
    return row[strip].astype(np.int64), column.astype(np.int64)


def _crossings(edges: Floats) -> tuple[Integers, Integers, Integers]:
    """Return where edges cross the middle lines of the fine rows.

    Row, the first column whose middle lies east of the crossing, and the step there.
    """
    u0, v0, _, v1, step = edges.T
    # Half open (v0 <= middle < v1): a corner on a middle line is crossed once, not twice.
    edge, row = _spread(np.ceil(v0 - 0.5), np.ceil(v1 - 0.5) - 1)
    u = u0[edge] + (row + 0.5 - v0[edge]) * _slope(edges)[edge]
    return row.astype(np.int64), np.ceil(u - 0.5).astype(np.int64), step[edge].astype(np.int64)


def _slope(edges: Floats) -> Floats:
    u0, v0, u1, v1 = edges[:, :4].T
    height = v1 - v0
    slope: Floats = np.divide(u1 - u0, height, out=np.zeros_like(height), where=height > 0)
    return slope


def _spread(first: Floats, last: Floats) -> tuple[Integers, Floats]:
    """Return each whole number from first to last of every range, and the range it is of."""
    lengths = np.maximum(last - first + 1, 0).astype(np.int64)
    owner = np.repeat(np.arange(len(first)), lengths)
    before = np.cumsum(lengths) - lengths
    return owner, first[owner] + (np.arange(len(owner)) - before[owner])


def _number_blocks(touched: tuple[Integers, Integers], side: int) -> Integers:
    """Return, shape (side, side), the number of each touched cell's block, -1 for the others."""
    row, column = touched
    hit = np.zeros((side, side), dtype=bool)
    hit[row // FINE, column // FINE] = True
    numbers = np.full((side, side), -1)
    numbers[hit] = np.arange(np.count_nonzero(hit))
    return numbers


def _fill(
    crossings: tuple[Integers, Integers, Integers],
    touched: tuple[Integers, Integers],
    numbers: Integers,
) -> tuple[NDArray[np.int16], NDArray[np.int16]]:
    """Sum the steps along each fine row into area numbers; return flat cells and blocks."""
    side = len(numbers)
    row, column, step = crossings
    # Sums wrap around at 2**16 on their way and are right again at its end.
    steps = step.astype(np.int16)
    along = np.zeros((side * FINE, side), dtype=np.int16)
    np.add.at(along, (row, column // FINE), steps)
    np.cumsum(along, axis=1, out=along)
    is_block = numbers >= 0
    cells = along[FINE // 2 :: FINE] - np.int16(1)
    cells[is_block] = ASK - numbers[is_block]

    block_row, block_column = np.nonzero(is_block)
    blocks = np.zeros((len(block_row), FINE, FINE), dtype=np.int16)
    number = numbers[row // FINE, column // FINE]
    inside = number >= 0
    where = (number[inside], row[inside] % FINE, column[inside] % FINE)
    np.add.at(blocks, where, steps[inside])
    blocks[:, :, 0] += along.reshape(side, FINE, side)[block_row, :, block_column - 1]
    np.cumsum(blocks, axis=2, out=blocks)
    blocks -= np.int16(1)
    row, column = touched
    blocks[numbers[row // FINE, column // FINE], row % FINE, column % FINE] = ASK
    return cells.ravel(), blocks.ravel()
