"""Points per second of the join, beside geopandas.sjoin and two bare lookups in the same run.

The bare np.take reads a table of 1024 x 1024 codes by cell numbers that are known beforehand: no
coordinate is read, so no join can reach it, and least of all where points are clustered and the
few cells they lie in stay in the nearest cache. The codes are written to the table once: a table
of zeros that nobody wrote to is one page of memory that the system shows everywhere, so that it
always lies in the nearest cache. The bare lookup computes those numbers from the
points, as one writes it down in numpy, and takes: what a join does that checks no point and
knows no edge. Each contender has its turn in each round; ratios are taken round by round, those to
sjoin by the clock, those of one thread by the processor's time, which other work disturbs less.

"many" are made-up boundaries over the same region: 400 areas with 200,400 vertices.

Example: python -m bench.join --points 10000000 --rounds 3
"""

from __future__ import annotations

import argparse
import statistics
import time
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import geopandas
import numpy as np
import shapely
from numpy.typing import NDArray

from geo.boundaries import Boundaries, District, load_districts, load_tehsils
from geo.join import DistrictIndex

Column = NDArray[np.float64]

SIZES = (1_000_000, 10_000_000)
ROUNDS = 5
# Of ten million points sjoin is given the first million, unless asked for all: it takes half a
# minute and gigabytes, and is up to twice as slow a point then.
SJOIN_POINTS = 1_000_000
SEED = 20260131
# Cells along each side of the table that the bare np.take reads.
TAKE_SIDE = 1024
# Longitude, latitude of the towns that most reports name; points scatter 0.1 degrees around.
TOWNS = np.array(
    [
        (67.00, 30.19),
        (66.85, 29.80),
        (66.02, 29.55),
        (62.33, 25.13),
        (63.47, 25.26),
        (65.42, 28.58),
        (64.40, 28.89),
        (63.05, 26.00),
        (66.61, 27.81),
        (67.33, 29.86),
    ]
)
TOWN_DEGREES = 0.1
# Areas along each side of the made-up boundaries, and edges along each side of an area.
AREAS_ALONG, EDGES_ALONG = 20, 125


@dataclass(frozen=True)
class Figure:
    """Medians for one number and spread of points; ratios are of the rounds, one by one.

    The join is timed twice: as it comes, with a thread a core, and on one thread. The shares
    are of the one thread. `extra_mb` is what numpy held at the most beyond input and answer.
    """

    level: str
    points: int
    spread: str
    join_per_s: float
    one_thread_per_s: float
    sjoin_per_s: float
    take_per_s: float
    lookup_per_s: float
    times_sjoin: float
    share_of_take: float
    share_of_lookup: float
    extra_mb: float
    differing: int


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--points", type=int, nargs="*", default=SIZES)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--sjoin-points", type=int, default=SJOIN_POINTS)
    given = parser.parse_args()
    print(
        "points, level, spread; M/s: join, on one thread, sjoin, bare np.take, bare lookup;",
        "times sjoin, share of np.take, of the lookup; extra MB; answers that differ",
    )
    for figure in run(tuple(given.points), given.rounds, given.sjoin_points):
        rates = [
            figure.join_per_s,
            figure.one_thread_per_s,
            figure.sjoin_per_s,
            figure.take_per_s,
            figure.lookup_per_s,
        ]
        print(
            f"{figure.points:>10,} {figure.level:<9} {figure.spread:<9}",
            " ".join(f"{rate / 1e6:7.2f}" for rate in rates),
            f"{figure.times_sjoin:6.0f} {figure.share_of_take:5.2f} {figure.share_of_lookup:5.2f}",
            f"{figure.extra_mb:6.1f} {figure.differing}",
            flush=True,
        )


def run(
    sizes: tuple[int, ...] = SIZES, rounds: int = ROUNDS, sjoin_points: int = SJOIN_POINTS
) -> Iterator[Figure]:
    """Yield one figure for each size, level and spread of points."""
    rng = np.random.default_rng(SEED)
    levels: dict[str, Boundaries[Any]] = {
        "districts": load_districts(),
        "tehsils": load_tehsils(),
        "many": _many_areas(),
    }
    indices = {}
    for level, boundaries in levels.items():
        start = time.perf_counter()
        indices[level] = DistrictIndex(boundaries)
        geometries = [area.geometry for area in boundaries.areas]
        print(
            f"{level}: {len(geometries)} areas, {shapely.get_num_coordinates(geometries).sum():,} "
            f"vertices; the raster is made in {time.perf_counter() - start:.2f} s"
        )
    for size in sizes:
        for spread, scatter in (("uniform", _uniform), ("clustered", _clustered)):
            points = scatter(rng, size)
            for level, index in indices.items():
                yield _measure(index, level, spread, points, rounds, sjoin_points)


def _many_areas() -> Boundaries[Any]:
    """Return made-up boundaries over the same region, of many areas with many short edges."""
    west, south, east, north = load_districts().bbox
    column, row = (one.ravel() for one in np.meshgrid(*2 * [np.arange(AREAS_ALONG)]))
    squares = shapely.segmentize(shapely.box(column, row, column + 1, row + 1), 1 / EDGES_ALONG)

    def bent(corners: NDArray[np.float64]) -> NDArray[np.float64]:
        # Neighbours cut their common edge from either end: rounding makes the cuts one.
        x, y = np.round(corners, 6).T
        wave = 0.015 * (np.sin(7 * x + 13 * y) + np.sin(31 * x - 17 * y))
        scale = (east - west) / AREAS_ALONG, (north - south) / AREAS_ALONG
        return np.column_stack([x + wave, y - wave]) * scale + (west, south)

    areas = tuple(
        District(f"A{number:03}", str(number), "", "", 0.0, geometry)
        for number, geometry in enumerate(shapely.transform(squares, bent))
    )
    return Boundaries("made up", "none", "", "", areas)


def _uniform(rng: np.random.Generator, size: int) -> tuple[Column, Column]:
    west, south, east, north = load_districts().bbox
    return rng.uniform(west, east, size), rng.uniform(south, north, size)


def _clustered(rng: np.random.Generator, size: int) -> tuple[Column, Column]:
    town = rng.integers(0, len(TOWNS), size)
    longitude, latitude = (
        TOWNS[town, axis] + rng.normal(0, TOWN_DEGREES, size) for axis in range(2)
    )
    return longitude, latitude


def _measure(
    index: DistrictIndex[Any],
    level: str,
    spread: str,
    columns: tuple[Column, Column],
    rounds: int,
    sjoin_points: int,
) -> Figure:
    longitude, latitude = columns
    size = len(longitude)
    some = slice(0, min(size, sjoin_points))
    points = geopandas.GeoDataFrame(
        geometry=shapely.points(longitude[some], latitude[some]), crs=4326
    )
    areas = index.boundaries.areas
    polygons = geopandas.GeoDataFrame(
        {"area": range(len(areas))}, geometry=[area.geometry for area in areas], crs=4326
    )
    table = np.arange(TAKE_SIDE * TAKE_SIDE).astype(np.int16)
    numbers = _cell_numbers(longitude, latitude)
    contenders: dict[str, Callable[[], object]] = {
        "join": lambda: index.locate(longitude, latitude),
        "alone": lambda: index.locate(longitude, latitude, workers=1),
        "take": lambda: np.take(table, numbers),
        "lookup": lambda: np.take(table, _cell_numbers(longitude, latitude), mode="clip"),
        "sjoin": lambda: geopandas.sjoin(points, polygons, predicate="within"),
    }
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, work in contenders.items():
            done = len(points) if name == "sjoin" else size
            clock = time.perf_counter if name in {"join", "sjoin"} else time.thread_time
            seconds[name].append(_seconds(work, clock) / done)

    def times(slower: str, faster: str) -> float:
        pairs = zip(seconds[slower], seconds[faster], strict=True)
        return statistics.median(one / other for one, other in pairs)

    located, extra = _extra_bytes(index, longitude, latitude)
    joined = geopandas.sjoin(points, polygons, predicate="within", how="left")
    expected = joined["area"].fillna(-1).to_numpy().astype(np.int16)
    rate = {name: 1 / statistics.median(taken) for name, taken in seconds.items()}
    return Figure(
        level=level,
        points=size,
        spread=spread,
        join_per_s=rate["join"],
        one_thread_per_s=rate["alone"],
        sjoin_per_s=rate["sjoin"],
        take_per_s=rate["take"],
        lookup_per_s=rate["lookup"],
        times_sjoin=times("sjoin", "join"),
        share_of_take=times("take", "alone"),
        share_of_lookup=times("lookup", "alone"),
        extra_mb=extra / 1e6,
        differing=int(np.count_nonzero(expected != located[some])),
    )


def _cell_numbers(longitude: Column, latitude: Column) -> NDArray[np.int64]:
    west, south, east, north = load_districts().bbox
    column = ((longitude - west) * (TAKE_SIDE / (east - west))).astype(np.int64)
    row = ((latitude - south) * (TAKE_SIDE / (north - south))).astype(np.int64)
    return row * TAKE_SIDE + column


def _seconds(work: Callable[[], object], clock: Callable[[], float]) -> float:
    start = clock()
    work()
    return clock() - start


def _extra_bytes(
    index: DistrictIndex[Any], longitude: Column, latitude: Column
) -> tuple[NDArray[np.int16], int]:
    """Return the answer, and the most memory held at once beyond input and answer."""
    tracemalloc.start()
    try:
        located = index.locate(longitude, latitude)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return located, peak - located.nbytes


if __name__ == "__main__":
    main()
