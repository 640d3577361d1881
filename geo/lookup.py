"""Look points up in a raster, chunk by chunk, with little work space and few steps a point.

A chunk's numbers stay in a core's cache from step to step. Points in cells that edges touch are
one in sixty or so: they wait until there are many, since a step costs the same for few.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.edges import FINE
from geo.raster import ASK, Raster

# So near an edge's line, a tenth of a micrometre, rounding may turn a point's side of it (by
# 16 times 2**-53 of 360 degrees at the most), and the polygons are asked.
_SURE_DEGREES = 1e-12


class Waiting:
    """Columns of points that wait until they are many enough to be worth many steps."""

    def __init__(self, enough: int) -> None:
        self._enough = enough
        self._waiting: list[tuple[NDArray[Any], ...]] = []
        self._size = 0

    def add(self, columns: tuple[NDArray[Any], ...]) -> None:
        """Let some more points wait."""
        self._waiting.append(columns)
        self._size += len(columns[0])

    def ready(self, is_last: bool) -> Iterator[tuple[NDArray[Any], ...]]:
        """Yield the columns where there are points enough, or where no more will come."""
        if self._size >= self._enough or (is_last and self._size):
            yield tuple(np.concatenate(parts) for parts in zip(*self._waiting, strict=True))
            self._waiting, self._size = [], 0


class Lookup:
    """The work space of one thread, and the lookup of points in a raster.

    Parameters
    ----------
    raster
        Where to look.
    size
        How many points a chunk has at the most.
    refuse_faults
        Is given longitude, latitude, column and row of the cells, and the first row's number, of
        a chunk with points outside the raster, and raises where they are no points.
    """

    def __init__(self, raster: Raster, size: int, refuse_faults: Callable[..., None]) -> None:
        self._raster = raster
        self._refuse_faults = refuse_faults
        self._float = np.empty(size)
        # The cells' numbers take the place of the numbers they were made of.
        self._cell = self._float.view(np.int64)
        self._column, self._row = np.empty(size, np.int32), np.empty(size, np.int32)

    def __call__(
        self, lon: NDArray[Any], lat: NDArray[Any], located: NDArray[np.int16], start: int
    ) -> tuple[NDArray[Any], ...]:
        """Write the answers of a chunk; return its points in cells that edges touch.

        They come as their rows, longitude, latitude, and the number of their cell.
        """
        raster, size = self._raster, len(lon)
        number, cell = self._float[:size], self._cell[:size]
        column, row = self._column[:size], self._row[:size]
        # What is no number becomes some number far outside here, and is refused just below.
        with np.errstate(invalid="ignore"):
            for degrees, origin, per_degree, whole in (
                (lon, raster.west, raster.columns_per_degree, column),
                (lat, raster.south, raster.rows_per_degree, row),
            ):
                np.subtract(degrees, origin, out=number, dtype=np.float64)
                np.multiply(number, per_degree, out=number)
                np.copyto(whole, number, casting="unsafe")
        # Read as unsigned, negative numbers are huge: one maximum says whether all are inside.
        axes = column.view(np.uint32), row.view(np.uint32)
        if any(axis.max() >= raster.side for axis in axes):
            self._refuse_faults(lon, lat, (column, row), start)
            # The outermost cells are empty: what lies beyond them may count as lying in them.
            for axis in axes:
                np.minimum(axis, np.uint32(raster.side - 1), out=axis)
        np.multiply(row, raster.side, out=row)
        np.add(row, column, out=row)
        np.copyto(cell, row)
        np.take(raster.cells, cell, out=located, mode="clip")
        rows = np.flatnonzero(located <= ASK)
        # Now, while they are in the cache.
        return rows + start, lon.take(rows), lat.take(rows), located.take(rows)

    def beside_edges(
        self,
        points: tuple[NDArray[Any], ...],
        located: NDArray[np.int16],
    ) -> NDArray[np.int64]:
        """Decide points in cells that edges touch; return the rows left to the polygons."""
        rows, longitude, latitude, found = points
        raster = self._raster
        x, y = (one.astype(np.float64, copy=False) for one in (longitude, latitude))
        touched = ASK - found.astype(np.int64)
        a, b, c = raster.lines.take(touched, axis=0).T
        rightward = a * x
        rightward += b * y
        rightward += c
        located[rows] = raster.beside.take(2 * touched + (rightward > 0))
        # NaN, of a cell with several edges, fails every comparison.
        unsure = np.flatnonzero(~(np.abs(rightward) > _SURE_DEGREES))
        rows, x, y = rows[unsure], x[unsure], y[unsure]
        block = raster.block_of.take(touched[unsure]).astype(np.int64)
        # Just as the coarse cell was found. Times a power of two is exact: the fine cell lies
        # in the coarse one.
        column = ((x - raster.west) * raster.columns_per_degree * FINE).astype(np.int64)
        row = ((y - raster.south) * raster.rows_per_degree * FINE).astype(np.int64)
        fine = (block * FINE + (row & (FINE - 1))) * FINE + (column & (FINE - 1))
        inside = np.full(rows.shape, ASK, np.int16)
        several = block >= 0
        inside[several] = raster.blocks.take(fine[several])
        located[rows] = inside
        asked: NDArray[np.int64] = rows[inside == ASK]
        return asked
