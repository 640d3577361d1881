"""A grid of cells over some areas that a sum finds: no product, no division, no rounding error.

There are a power of two of columns and of rows to a degree. A double has 53 binary digits: added
to a number so large that its last digit stands for one cell, a longitude is rounded to a whole
cell, and that cell's number is what the last digits of the sum say (a tie goes to the even cell).
Read as integers, the sum of the latitude moved to the left by `ROW_BITS` and that of the
longitude add up to the cell's number in the table of all cells: the large numbers are chosen so
that their own digits cancel, modulo 2**64.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Bbox = tuple[float, float, float, float]

OUTSIDE = -1
"""Stands for no area."""
FINE = 32
"""Fine cells along a side of a cell."""
# As many as the digits of a double that are its sign and exponent: moved out to the left.
ROW_BITS = 12
STRIDE = 1 << ROW_BITS
"""Cells in a row of the table, more than any grid has columns; what is left over is empty."""
_DIGITS = 52
_EXPONENT_OF_ONE = 1023
# Between the areas and the outermost cells, which stay empty.
_MARGIN = 2
# Narrower areas than this have a grid as if they were so wide.
_NARROWEST_DEGREES = 1e-6


@dataclass(frozen=True)
class Grid:
    """Where the cells lie; made by `grid_over`.

    The cell of a number, counted from longitude or latitude 0, reaches half a cell to either side
    of that number.

    Attributes
    ----------
    column_power, row_power
        There are 2**power columns, and rows, to a degree.
    first_column, first_row
        The number of the grid's first column and row; even, so that a tie goes to the same cell
        whether it is counted from there or from 0.
    columns, rows
        How many there are; the outermost ones are empty.
    """

    column_power: int
    row_power: int
    first_column: int
    first_row: int
    columns: int
    rows: int

    @property
    def columns_per_degree(self) -> float:
        """How many columns there are to a degree."""
        return math.ldexp(1, self.column_power)

    @property
    def rows_per_degree(self) -> float:
        """How many rows there are to a degree."""
        return math.ldexp(1, self.row_power)

    @property
    def before(self) -> int:
        """How many cells of the table's rows lie to the west of the grid: about half that are left.

        An even number, see `first_column`.
        """
        return (STRIDE - self.columns) // 4 * 2

    @cached_property
    def column_sum(self) -> float:
        """What a longitude is added to; the sum is the table's column, beside constant digits."""
        column = self.first_column - self.before
        return math.ldexp(1.5, _DIGITS - self.column_power) - math.ldexp(column, -self.column_power)

    @cached_property
    def row_sum(self) -> float:
        """What a latitude is added to; the sum is the row, beside digits that cancel the others."""
        exponent = _EXPONENT_OF_ONE + _DIGITS - self.column_power
        of_columns = (exponent << _DIGITS) + (1 << (_DIGITS - 1))
        digits = (-of_columns % (1 << 64)) >> ROW_BITS
        cells = (1 << _DIGITS) + digits - self.first_row
        return math.ldexp(cells, -self.row_power)

    def in_fine_cells(self, points: Floats) -> Floats:
        """Return points, longitude and latitude, in fine cells from the grid's south-west corner."""
        cells = points * (self.columns_per_degree, self.rows_per_degree)
        return (cells - (self.first_column - 0.5, self.first_row - 0.5)) * FINE

    def within_cells(self, longitude: Floats, latitude: Floats) -> tuple[Integers, Integers]:
        """Return the fine column and row of points, each counted in the cell it lies in."""
        column = _within(longitude * self.columns_per_degree)
        return column, _within(latitude * self.rows_per_degree)


def grid_over(bbox: Bbox, side: int) -> Grid:
    """Return a grid over some areas.

    Parameters
    ----------
    bbox
        West, south, east, north of the areas in degrees (EPSG:4326).
    side
        About how many cells there are along each side: three quarters to one and a half times
        as many.

    Examples
    --------
    >>> grid = grid_over((66, 30, 67, 31), side=8)
    >>> grid.columns_per_degree, grid.columns, grid.first_column / grid.columns_per_degree
    (8.0, 13, 65.75)
    """
    west, south, east, north = bbox
    column_power, first_column, columns = _along(west, east, side)
    row_power, first_row, rows = _along(south, north, side)
    return Grid(column_power, row_power, first_column, first_row, columns, rows)


def _along(start: float, end: float, side: int) -> tuple[int, int, int]:
    """Return the power, the first cell's number and how many cells there are along one axis."""
    power = math.floor(math.log2(1.5 * side / max(end - start, _NARROWEST_DEGREES)))
    first = 2 * math.floor(math.ldexp(start, power - 1)) - _MARGIN
    last = math.ceil(math.ldexp(end, power)) + _MARGIN
    return power, first, last - first + 1


def _within(cells: Floats) -> Integers:
    # Half a cell to the east of its middle, a point may still be in a cell: it is in the last.
    fine = (cells - np.rint(cells) + 0.5) * FINE
    within: Integers = np.minimum(fine, FINE - 1).astype(np.int64)
    return within
