"""Look points up in a raster, chunk by chunk, with little work space and few steps a point.

A chunk's numbers stay in a core's cache from step to step. Points in cells that edges touch are
one in sixty or so: they wait until there are many, since a step costs the same for few.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from geo.grid import FINE, ROW_BITS, STRIDE, Bbox
from geo.raster import ASK, Raster

# So near an edge's line, a tenth of a micrometre, rounding may turn a point's side of it (by
# 16 times 2**-53 of 360 degrees at the most), and the polygons are asked.
_SURE_DEGREES = 1e-12
_LEAST, _GREATEST = np.minimum.reduce, np.maximum.reduce


class Waiting:
    """Columns of points that wait until they are many enough to be worth many steps.

    Parameters
    ----------
    enough
        How many that is.
    room
        How many there is room for.
    kinds
        The type of each column.
    """

    def __init__(self, enough: int, room: int, *kinds: DTypeLike) -> None:
        self._enough = enough
        self._columns = tuple(np.empty(room, kind) for kind in kinds)
        self._size = 0

    def add(self, size: int) -> tuple[NDArray[Any], ...]:
        """Return columns for so many more points, to be filled."""
        start, self._size = self._size, self._size + size
        return tuple(column[start : self._size] for column in self._columns)

    def ready(self, is_last: bool) -> Iterator[tuple[NDArray[Any], ...]]:
        """Yield the columns where there are points enough, or where no more will come."""
        if self._size >= self._enough or (is_last and self._size):
            yield tuple(column[: self._size] for column in self._columns)
            self._size = 0


class Lookup:
    """The work space of one thread, and the lookup of points in a raster.

    Parameters
    ----------
    raster
        Where to look.
    size
        How many points a chunk has at the most.
    sure
        West, south, east, north in degrees, ends left out: points in between are no faults.
    refuse_faults
        Is given longitude, latitude, and the first row's number, of a chunk with other points,
        and raises where they are faults.
    """

    def __init__(
        self, raster: Raster, size: int, sure: Bbox, refuse_faults: Callable[..., None]
    ) -> None:
        self._raster = raster
        self._refuse_faults = refuse_faults
        grid = raster.grid
        # Of a type, a scalar is not looked at anew for each chunk.
        self._column_sum, self._row_sum = np.array(grid.column_sum), np.array(grid.row_sum)
        self._row_bits, self._ask = np.array(ROW_BITS), np.array(ASK, np.int16)
        self._column, self._row = np.empty(size), np.empty(size)
        self._is_edge = np.empty(size, bool)
        west, south, east, north = sure
        # A sum never falls where the other summand grows: what holds for sums holds for degrees.
        self._sure_columns = west + grid.column_sum, east + grid.column_sum
        self._sure_rows = south + grid.row_sum, north + grid.row_sum
        first = grid.column_sum + (grid.first_column - grid.before) / grid.columns_per_degree
        self._table_columns = first, first + (STRIDE - 1) / grid.columns_per_degree

    def __call__(
        self,
        lon: NDArray[Any],
        lat: NDArray[Any],
        located: NDArray[np.int16],
        start: int,
        touched: Waiting,
    ) -> None:
        """Write the answers of a chunk; let its points in cells that edges touch wait.

        They wait as their rows, longitude, latitude, and the number of their cell.
        """
        size = len(lon)
        column, row, is_edge = self._column[:size], self._row[:size], self._is_edge[:size]
        np.add(lat, self._row_sum, out=row, dtype=np.float64)
        np.add(lon, self._column_sum, out=column, dtype=np.float64)
        # NaN becomes the least and the greatest, and fails every comparison.
        west, east = _LEAST(column), _GREATEST(column)
        first, last = self._sure_rows
        if not (first < _LEAST(row) and _GREATEST(row) < last):
            self._refuse_faults(lon, lat, start)
        first, last = self._table_columns
        if not (first <= west and east <= last):
            if not (self._sure_columns[0] < west and east < self._sure_columns[1]):
                self._refuse_faults(lon, lat, start)
            # The outermost cells are empty: what lies beyond them may count as lying in them.
            np.clip(column, first, last, out=column)
        cell = row.view(np.int64)
        np.left_shift(cell, self._row_bits, out=cell)
        np.add(cell, column.view(np.int64), out=cell)
        # Rows beyond the table become its first or last cell.
        self._raster.cells.take(cell, out=located, mode="clip")
        np.less_equal(located, self._ask, out=is_edge)
        rows = is_edge.nonzero()[0]
        their_rows, *theirs = touched.add(len(rows))
        np.add(rows, start, out=their_rows)
        # Now, while they are in the cache.
        for column, their_column in zip((lon, lat, located), theirs, strict=True):
            column.take(rows, out=their_column, mode="clip")

    def beside_edges(
        self,
        points: tuple[NDArray[Any], ...],
        located: NDArray[np.int16],
    ) -> NDArray[np.int64]:
        """Decide points in cells that edges touch; return the rows left to the polygons."""
        rows, longitude, latitude, found = points
        raster = self._raster
        x, y = (one.astype(np.float64, copy=False) for one in (longitude, latitude))
        line = ASK - found.astype(np.int64)
        several = np.flatnonzero(line >= raster.lone)
        block = line[several] - raster.lone
        fine_column, fine_row = raster.grid.within_cells(x[several], y[several])
        inside = raster.blocks.take((block * FINE + fine_row) * FINE + fine_column)
        # The last line decides nothing.
        line[several] = np.where(inside < ASK, raster.first_line[block] + ASK - 1 - inside, -1)
        a, b, c = (digits.take(line) for digits in raster.lines)
        # How far to the right of their edges they lie.
        a *= x
        b *= y
        a += b
        a += c
        answer = raster.beside.take(2 * line + (a > 0))
        # NaN fails every comparison.
        is_sure = np.abs(a) > _SURE_DEGREES
        as_a_whole = inside > ASK
        answer[several[as_a_whole]] = inside[as_a_whole]
        is_sure[several[as_a_whole]] = True
        located[rows] = answer
        asked: NDArray[np.int64] = rows[~is_sure]
        return asked
