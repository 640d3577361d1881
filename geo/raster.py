"""A raster of polygons in two levels, exact where it answers and silent where it cannot.

A square grid lies over all areas. A cell that no edge touches belongs to one area as a whole
(or to none) and says which. A cell that one edge alone touches, as most others are, knows that
edge and the areas to its left and right: a point's side of it is the answer, where rounding
cannot turn it. Each cell that several edges touch is divided into 32 x 32 fine cells, which say
their area as the coarse ones do, or `ASK` where an edge touches them: there the polygons
themselves have to be asked. With 1024 x 1024 cells over Balochistan a cell is about 1 km wide;
one point in sixty meets an edge, and one in ten thousand is left to ask for.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon

from geo.edges import (
    FINE,
    NO_AREA,
    Areas,
    Edges,
    Floats,
    Frame,
    Integers,
    Touched,
    crossings,
    find_edges,
    touched_cells,
)

OUTSIDE = -1
ASK = -2
LARGEST_SIDE = 1024
MAX_AREAS = np.iinfo(np.int16).max - 1
_MAX_NUMBERS = -int(np.iinfo(np.int16).min) + ASK


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
        Shape (side * side,): position of the cell's area, `OUTSIDE`, or `ASK - number` of a cell
        that edges touch.
    lines
        Shape (numbers, 3): of the only edge that touches the cell of a number the line it lies
        on, as a, b, c: a x + b y + c is how far a point lies to the right of the upward edge, in
        degrees; NaN where several edges do.
    beside
        Shape (2 * numbers,): at 2 * number the area to the left of that edge, then to its right.
    block_of
        Shape (numbers,): where several edges touch a cell, the number of its block; else -1.
    blocks
        Shape (blocks * FINE * FINE,): for fine cells what `cells` says, `ASK` where only the
        polygons know.
    """

    west: float
    south: float
    columns_per_degree: float
    rows_per_degree: float
    side: int
    cells: NDArray[np.int16]
    lines: Floats
    beside: NDArray[np.int16]
    block_of: NDArray[np.int32]
    blocks: NDArray[np.int16]


def build_raster(areas: Areas, largest_side: int = LARGEST_SIDE) -> Raster:
    """Return the raster of some areas; where they overlap, the first one counts.

    Parameters
    ----------
    areas
        Array of shapely polygons, longitude and latitude in degrees (EPSG:4326).
    largest_side
        Cells along a side, a power of two; halved until those that edges touch can be numbered.

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
    apart = bool(shapely.coverage_is_valid(areas))
    alone = areas if apart else _first_wins(areas)
    side = largest_side
    while True:
        frame = _frame(areas, side)
        edges = drawn = find_edges(alone, frame)
        if not apart:
            # The polygons asked in the end are the areas themselves: their edges count as well.
            drawn = edges.with_lines_of(find_edges(areas, frame))
        touched = touched_cells(drawn.fine)
        numbers = _number_cells(touched, side)
        if numbers.max() < _MAX_NUMBERS:
            break
        side //= 2
    lines, beside = _lone_lines(drawn, touched, numbers)
    several = np.isnan(lines[:, 0])
    block_of = np.where(several, np.cumsum(several) - 1, -1).astype(np.int32)
    cells, blocks = _fill(crossings(edges), touched, numbers, block_of)
    return Raster(*frame, side, cells, lines, beside, block_of, blocks)


def _first_wins(areas: Areas) -> Areas:
    """Return the areas, each without what an earlier one already holds."""
    taken: Polygon | MultiPolygon = Polygon()
    alone = []
    for area in areas:
        alone.append(shapely.difference(area, taken))
        taken = shapely.union(taken, area)
    return np.array(alone, dtype=object)


def _frame(areas: Areas, side: int) -> Frame:
    """Return west, south, and cells to a degree, with one empty cell all round."""
    west, south, east, north = shapely.total_bounds(areas)
    width = max(east - west, 1e-6) / (side - 3)
    height = max(north - south, 1e-6) / (side - 3)
    return float(west - 1.5 * width), float(south - 1.5 * height), 1 / width, 1 / height


def _lone_lines(
    edges: Edges, touched: Touched, numbers: Integers
) -> tuple[Floats, NDArray[np.int16]]:
    """Return the line of the only edge in each numbered cell, and the areas beside the edge."""
    order = np.lexsort(edges.degrees.T)
    in_order = edges.degrees[order]
    is_new = np.append(True, (in_order[1:] != in_order[:-1]).any(axis=1))
    line = np.empty(len(order), np.int64)
    line[order] = np.cumsum(is_new) - 1
    ends = in_order[is_new]
    beside = np.full((len(ends), 2), OUTSIDE, np.int16)
    bounds = edges.area != NO_AREA
    side = np.where(edges.lies_left, 0, 1)
    beside[line[bounds], side[bounds]] = edges.area[bounds]
    # On one side of an edge lies one area. A spike, an edge there and back, has two on both.
    times = np.bincount((2 * line + side)[bounds], minlength=2 * len(ends)).reshape(-1, 2)
    is_plain = times.max(axis=1) == 1

    cell = numbers[touched.row // FINE, touched.column // FINE]
    first, last = np.full(numbers.max() + 1, len(ends)), np.full(numbers.max() + 1, -1)
    np.minimum.at(first, cell, line[touched.edge])
    np.maximum.at(last, cell, line[touched.edge])
    x, y, x1, y1 = ends[first].T
    length = np.hypot(x1 - x, y1 - y)
    length[(first != last) | ~is_plain[first] | (length == 0)] = np.nan
    a, b = (y1 - y) / length, (x - x1) / length
    return np.column_stack([a, b, -(a * x + b * y)]), beside[first].ravel()


def _number_cells(touched: Touched, side: int) -> Integers:
    """Return, shape (side, side), the number of each touched cell, -1 for the others."""
    hit = np.zeros((side, side), dtype=bool)
    hit[touched.row // FINE, touched.column // FINE] = True
    numbers = np.full((side, side), -1)
    numbers[hit] = np.arange(np.count_nonzero(hit))
    return numbers


def _fill(
    steps_at: tuple[Integers, Integers, Integers],
    touched: Touched,
    numbers: Integers,
    block_of: NDArray[np.int32],
) -> tuple[NDArray[np.int16], NDArray[np.int16]]:
    """Sum the steps along each fine row into area numbers; return flat cells and blocks."""
    side = len(numbers)
    row, column, step = steps_at
    # Sums wrap around at 2**16 on their way and are right again at its end.
    steps = step.astype(np.int16)
    along = np.zeros((side * FINE, side), dtype=np.int16)
    np.add.at(along, (row, column // FINE), steps)
    np.cumsum(along, axis=1, out=along)
    is_touched = numbers >= 0
    cells = along[FINE // 2 :: FINE] - np.int16(1)
    cells[is_touched] = ASK - numbers[is_touched]

    # -1 is its last entry: a cell that nothing touches has no block either.
    block = np.append(block_of, -1)[numbers]
    block_row, block_column = np.nonzero(block >= 0)
    blocks = np.zeros((len(block_row), FINE, FINE), dtype=np.int16)
    number = block[row // FINE, column // FINE]
    inside = number >= 0
    where = (number[inside], row[inside] % FINE, column[inside] % FINE)
    np.add.at(blocks, where, steps[inside])
    blocks[:, :, 0] += along.reshape(side, FINE, side)[block_row, :, block_column - 1]
    np.cumsum(blocks, axis=2, out=blocks)
    blocks -= np.int16(1)
    number = block[touched.row // FINE, touched.column // FINE]
    inside = number >= 0
    blocks[number[inside], touched.row[inside] % FINE, touched.column[inside] % FINE] = ASK
    return cells.ravel(), blocks.ravel()
