"""A raster of polygons in two levels, exact where it answers and silent where it cannot.

A grid lies over all areas. A cell that no edge touches belongs to one area as a whole (or to
none) and says which. A cell that one edge alone touches, as most others are, knows that edge and
the areas to its left and right: a point's side of it is the answer, where rounding cannot turn
it. Each cell that several edges touch is divided into 32 x 32 fine cells, which say the same in
the same way, or `ASK` where several edges touch them as well: there the polygons themselves have
to be asked. Over Balochistan there are 128 cells to a degree, each less than 1 km wide; one point
in sixty meets an edge, and one in a hundred thousand is left to ask for.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon

from geo.edges import Areas, Lines, Touched, crossings, find_edges, find_lines, touched_cells
from geo.grid import FINE, OUTSIDE, STRIDE, Floats, Grid, Integers, grid_over

ASK = -2
LARGEST_SIDE = 1024
MAX_AREAS = np.iinfo(np.int16).max - 1
_MAX_NUMBERS = -int(np.iinfo(np.int16).min) + ASK


@dataclass(frozen=True, eq=False)
class Raster:
    """Two levels of cells over a set of areas; made by `build_raster`.

    Attributes
    ----------
    grid
        Where the cells lie.
    cells
        Shape (rows * STRIDE,): position of the cell's area, `OUTSIDE`, or `ASK - number` of a
        cell that edges touch.
    lone
        Cells that one edge alone touches have the numbers before this one, which are also those
        of their lines; those after it, less this one, are the blocks'.
    lines
        Shape (3, lines): of an edge the line it lies on, as a, b, c: a x + b y + c is how far a
        point lies to the right of the upward edge, in degrees. The last one is NaN.
    beside
        Shape (2 * lines,): at 2 * line the area to the left of that edge, then to its right.
    first_line
        Shape (blocks,): the first of the lines of a block.
    blocks
        Shape (blocks * FINE * FINE,): for fine cells what `cells` says, with numbers from 1 that
        count the block's lines; `ASK` where only the polygons know.
    """

    grid: Grid
    cells: NDArray[np.int16]
    lone: int
    lines: Floats
    beside: NDArray[np.int16]
    first_line: Integers
    blocks: NDArray[np.int16]


def build_raster(areas: Areas, largest_side: int = LARGEST_SIDE) -> Raster:
    """Return the raster of some areas; where they overlap, the first one counts.

    Parameters
    ----------
    areas
        Array of shapely polygons, longitude and latitude in degrees (EPSG:4326).
    largest_side
        About so many cells along a side; halved until those that edges touch can be numbered.

    Raises
    ------
    ValueError
        If there is no area, or there are more than 32,766.

    Examples
    --------
    >>> from shapely import box
    >>> raster = build_raster(np.array([box(66, 30, 67, 31)]), largest_side=8)
    >>> row = raster.cells.reshape(-1, STRIDE)[6, raster.grid.before :][: raster.grid.columns]
    >>> print(np.maximum(row, ASK))
    [-1 -1 -2  0  0  0  0  0  0  0 -2 -1 -1]
    """
    if not 0 < len(areas) <= MAX_AREAS:
        message = f"{len(areas)} areas; expected 1 to {MAX_AREAS}. Split them by region."
        raise ValueError(message)
    apart = bool(shapely.coverage_is_valid(areas))
    alone = areas if apart else _first_wins(areas)
    side = largest_side
    while True:
        grid = grid_over(tuple(shapely.total_bounds(areas).tolist()), side)
        edges = drawn = find_edges(alone, grid)
        if not apart:
            # The polygons asked in the end are the areas themselves: their edges count as well.
            drawn = edges.with_lines_of(find_edges(areas, grid))
        touched = touched_cells(drawn.fine)
        lines = find_lines(drawn)
        line = lines.of_edge[touched.edge]
        cell = touched.row // FINE * grid.columns + touched.column // FINE
        hit, only = _only_lines(cell, line, lines)
        if len(hit) <= _MAX_NUMBERS:
            break
        side //= 2
    is_lone = only >= 0
    lone = int(np.count_nonzero(is_lone))
    numbers = np.full(grid.rows * grid.columns, -1)
    numbers[hit[is_lone]] = np.arange(lone)
    numbers[hit[~is_lone]] = np.arange(lone, len(hit))
    cells, blocks = _fill(crossings(edges), numbers.reshape(grid.rows, -1), lone)
    first_line, of_blocks = _into_blocks(blocks, numbers[cell] - lone, touched, line, lines)
    used = np.concatenate([only[is_lone], of_blocks])
    table = np.full((grid.rows, STRIDE), OUTSIDE, np.int16)
    table[:, grid.before : grid.before + grid.columns] = cells
    return Raster(
        grid=grid,
        cells=table.ravel(),
        lone=lone,
        lines=np.hstack([lines.coefficients[:, used], np.full((3, 1), np.nan)]),
        beside=np.append(lines.beside[used].ravel(), [np.int16(OUTSIDE)] * 2),
        first_line=lone + first_line,
        blocks=blocks.ravel(),
    )


def _first_wins(areas: Areas) -> Areas:
    """Return the areas, each without what an earlier one already holds."""
    taken: Polygon | MultiPolygon = Polygon()
    alone = []
    for area in areas:
        alone.append(shapely.difference(area, taken))
        taken = shapely.union(taken, area)
    return np.array(alone, dtype=object)


def _only_lines(place: Integers, line: Integers, lines: Lines) -> tuple[Integers, Integers]:
    """Return the places that lines touch, and for each its only line; -1 where that will not do."""
    order = np.argsort(place, kind="stable")
    place, line = place[order], line[order]
    first = np.flatnonzero(np.diff(place, prepend=-1))
    least, most = np.minimum.reduceat(line, first), np.maximum.reduceat(line, first)
    return place[first], np.where((least == most) & lines.is_plain[least], least, -1)


def _fill(
    steps_at: tuple[Integers, Integers, Integers], numbers: Integers, lone: int
) -> tuple[NDArray[np.int16], NDArray[np.int16]]:
    """Sum the steps along each fine row into area numbers; return cells, and blocks of them."""
    rows, columns = numbers.shape
    row, column, step = steps_at
    # Sums wrap around at 2**16 on their way and are right again at its end.
    steps = step.astype(np.int16)
    along = np.zeros((rows * FINE, columns), dtype=np.int16)
    np.add.at(along, (row, column // FINE), steps)
    np.cumsum(along, axis=1, out=along)
    is_touched = numbers >= 0
    cells = along[FINE // 2 :: FINE] - np.int16(1)
    cells[is_touched] = ASK - numbers[is_touched]

    block_row, block_column = np.nonzero(numbers >= lone)
    blocks = np.zeros((len(block_row), FINE, FINE), dtype=np.int16)
    number = numbers[row // FINE, column // FINE] - lone
    inside = number >= 0
    where = (number[inside], row[inside] % FINE, column[inside] % FINE)
    np.add.at(blocks, where, steps[inside])
    blocks[:, :, 0] += along.reshape(rows, FINE, columns)[block_row, :, block_column - 1]
    np.cumsum(blocks, axis=2, out=blocks)
    blocks -= np.int16(1)
    return cells, blocks


def _into_blocks(
    blocks: NDArray[np.int16], block: Integers, touched: Touched, line: Integers, lines: Lines
) -> tuple[Integers, Integers]:
    """Write into blocks which fine cells lines touch, given for each of those its block or less.

    Return for each block where its lines begin among the lines of all, and those.
    """
    inside = block >= 0
    block, line = block[inside], line[inside]
    count = len(lines.is_plain)
    pairs = np.unique(block * count + line)
    first = np.searchsorted(pairs, np.arange(len(blocks)) * count)
    row, column = touched.row[inside] % FINE, touched.column[inside] % FINE
    place, only = _only_lines((block * FINE + row) * FINE + column, line, lines)
    of_place = place // FINE**2
    number = np.searchsorted(pairs, of_place * count + only) - first[of_place] + 1
    blocks.ravel()[place] = np.where((only >= 0) & (number < _MAX_NUMBERS), ASK - number, ASK)
    return first, pairs % count
