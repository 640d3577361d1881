"""Join points onto areas: for each point the area it lies in, or none.

The rule for edges: a point on an edge or corner belongs to the first of the areas that touch
it, in the order of the boundaries, which is that of their P-codes. So PK203 goes before PK212,
in any order of the points and however they are divided up. Off the edges the answer is that of
`geopandas.sjoin(predicate="within")`.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import pairwise
from typing import Any, Generic

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from geo.boundaries import AreaT_co, Boundaries, District, load_districts
from geo.coordinates import (
    MAX_LATITUDE,
    MAX_LONGITUDE,
    CoordinateError,
    as_arrays,
    as_lat_lon,
    find_faults,
    swapped,
    within_range,
)
from geo.grid import OUTSIDE, Bbox
from geo.lookup import Lookup, Waiting
from geo.raster import LARGEST_SIDE, build_raster

# Within so many degrees of the boundaries a point is a neighbour, however it reads exchanged.
_NEIGHBOUR_DEGREES = 5.0
# The work space for so many points, a megabyte, stays in a core's own cache.
CHUNK = 65_536
MAX_WORKERS = 4
ROWS_PER_WORKER = 250_000
# So many points wait before they are held against edges, and before the polygons are asked.
_DECIDED_TOGETHER = 16_384
_ASKED_TOGETHER = 65_536


class DistrictIndex(Generic[AreaT_co]):
    """Answers which area each point lies in; made once for some boundaries, then only read.

    Parameters
    ----------
    boundaries
        The areas to join onto. Where they overlap, the first one counts.
    largest_side
        About how many cells there are along a side of the raster: fewer are made sooner and answer
        the same, later.

    Examples
    --------
    >>> index = DistrictIndex(load_districts())
    >>> located = index.locate([67.0, 62.33, 0.0], [30.19, 25.13, 0.0])
    >>> [index.boundaries.areas[i].name if i >= 0 else None for i in located]
    ['Quetta', 'Gwadar', None]
    """

    def __init__(self, boundaries: Boundaries[AreaT_co], largest_side: int = LARGEST_SIDE) -> None:
        self.boundaries = boundaries
        self._polygons = np.array([area.geometry for area in boundaries.areas], dtype=object)
        self._raster = build_raster(self._polygons, largest_side)
        self._tree = shapely.STRtree(self._polygons)
        shapely.prepare(self._polygons)
        west, south, east, north = shapely.total_bounds(self._polygons).tolist()
        self._bbox: Bbox = (west, south, east, north)
        self._mirror: Bbox = (*as_lat_lon(west, south), *as_lat_lon(east, north))
        self._sure = self._sure_degrees()

    def locate(
        self, longitude: ArrayLike, latitude: ArrayLike, workers: int | None = None
    ) -> NDArray[np.int16]:
        """Return for each point the position of its area in `boundaries.areas`.

        Parameters
        ----------
        longitude, latitude
            Degrees (EPSG:4326), one value a row, equally long.
        workers
            Threads that share the rows; by default one for a few rows, up to four for many,
            and never more than there are cores. The answer is the same.

        Returns
        -------
        located
            Shape (n,), the rows in their order; -1 is outside the boundaries.

        Raises
        ------
        CoordinateError
            For the first row that is empty, not finite, out of range, or looks swapped: far
            outside, but inside the boundaries' bbox with its two values exchanged.
        ValueError
            If the two are not equally long.
        """
        lon, lat = as_arrays(longitude, latitude)
        located = np.empty(lon.shape, dtype=np.int16)
        workers = workers or min(MAX_WORKERS, _cores(), lon.size // ROWS_PER_WORKER) or 1
        ends = np.linspace(0, lon.size, workers + 1).astype(int).tolist()
        if workers == 1:
            self._locate_rows(lon, lat, located, 0, lon.size)
            return located
        with ThreadPoolExecutor(workers) as pool:
            parts = [
                pool.submit(self._locate_rows, lon, lat, located, first, last)
                for first, last in pairwise(ends)
            ]
        for part in parts:  # in the order of the rows: the first bad one is named
            part.result()
        return located

    def pcodes(self, longitude: ArrayLike, latitude: ArrayLike) -> NDArray[np.object_]:
        """Return for each point its area's P-code, None outside the boundaries.

        Parameters and errors are those of `locate`.

        Examples
        --------
        >>> district_index().pcodes([67.0, 0.0], [30.19, 0.0]).tolist()
        ['PK226', None]
        """
        # The last entry is also number -1.
        codes = [*(area.pcode for area in self.boundaries.areas), None]
        found: NDArray[np.object_] = np.array(codes, dtype=object)[self.locate(longitude, latitude)]
        return found

    def looks_swapped(self, longitude: ArrayLike, latitude: ArrayLike) -> NDArray[np.bool_]:
        """Return for each row whether it looks swapped: outside, but inside once exchanged.

        For an import that refuses single rows and goes on. Where the region's longitudes are
        nearly its latitudes, a point and its mirror image may both be meant: no row is named.

        Examples
        --------
        >>> district_index().looks_swapped([67.0, 30.19], [30.19, 67.0]).tolist()
        [False, True]
        """
        lon, lat = as_arrays(longitude, latitude)
        if _near(self._bbox, self._mirror):
            return np.zeros(lon.shape, dtype=bool)
        west, south, east, north = self._mirror
        return (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)

    def _locate_rows(
        self,
        lon: NDArray[Any],
        lat: NDArray[Any],
        located: NDArray[np.int16],
        first: int,
        last: int,
    ) -> None:
        """Write the answers for the rows from `first` to before `last` into `located`."""
        size = last - first
        chunk, together = min(CHUNK, size), min(_DECIDED_TOGETHER, size)
        look_up = Lookup(self._raster, chunk, self._sure, self._refuse_faults)
        touched = Waiting(together, together + chunk, np.int64, lon.dtype, lat.dtype, np.int16)
        asked = Waiting(_ASKED_TOGETHER, _ASKED_TOGETHER + together + chunk, np.int64)
        for start in range(first, last, CHUNK):
            rows = slice(start, min(start + CHUNK, last))
            look_up(lon[rows], lat[rows], located[rows], start, touched)
            is_last = rows.stop == last
            for some in touched.ready(is_last):
                unsure = look_up.beside_edges(some, located)
                asked.add(len(unsure))[0][:] = unsure
            for (some_rows,) in asked.ready(is_last):
                self._ask(lon, lat, some_rows, located)

    def _ask(
        self,
        lon: NDArray[Any],
        lat: NDArray[Any],
        rows: NDArray[np.int64],
        located: NDArray[np.int16],
    ) -> None:
        """Decide some rows by the polygons themselves and write the answers into `located`."""
        x, y = lon[rows].astype(np.float64), lat[rows].astype(np.float64)
        point, area = self._tree.query(shapely.points(x, y))
        # The border is part of a polygon here, so a point on an edge meets several areas.
        meets = shapely.intersects_xy(self._polygons[area], x[point], y[point])
        first = np.full(len(rows), len(self._polygons))
        np.minimum.at(first, point[meets], area[meets])
        first[first == len(self._polygons)] = OUTSIDE
        located[rows] = first

    def _sure_degrees(self) -> Bbox:
        """Return degrees between which points are neither faulty nor suspect.

        They reach far beyond the areas; a mirror image lies to the north or south of its region.
        """
        south, north = -MAX_LATITUDE, MAX_LATITUDE
        if not _near(self._bbox, self._mirror):
            if self._mirror[1] > self._bbox[3]:
                north = self._mirror[1]
            else:
                south = self._mirror[3]
        return -MAX_LONGITUDE, south, MAX_LONGITUDE, north

    def _refuse_faults(self, lon: NDArray[Any], lat: NDArray[Any], start: int) -> None:
        """Raise for the first row of a chunk that is no point or looks swapped."""
        faults = [] if within_range(lon, lat) else [next(find_faults(lon, lat))]
        suspects = np.flatnonzero(self.looks_swapped(lon, lat))
        if suspects.size:
            row = int(suspects[0])
            problem = "outside the boundaries, but inside them once exchanged; it looks swapped"
            faults.append(swapped(row, float(lon[row]), float(lat[row]), problem))
        if faults:
            fault: CoordinateError = min(faults, key=lambda one: one.row)
            fault.row += start
            raise fault


@cache
def district_index() -> DistrictIndex[District]:
    """Return the index of Balochistan's districts, built once."""
    return DistrictIndex(load_districts())


def count_outside(located: NDArray[np.int16]) -> int:
    """Return how many points lie outside the boundaries.

    Examples
    --------
    >>> count_outside(district_index().locate([67.0, 0.0], [30.19, 0.0]))
    1
    """
    return int(np.count_nonzero(located == OUTSIDE))


def _cores() -> int:
    """Return the number of cores that this process may use, where the system tells."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _near(one: Bbox, other: Bbox) -> bool:
    east_west = max(one[0] - other[2], other[0] - one[2])
    north_south = max(one[1] - other[3], other[1] - one[3])
    return max(east_west, north_south) < _NEIGHBOUR_DEGREES
