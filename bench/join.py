"""Points per second of the join, beside geopandas.sjoin and a bare np.take in the same run.

Example: python -m bench.join --points 10000000 --rounds 3
"""

from __future__ import annotations

import argparse
import statistics
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass

import geopandas
import numpy as np
import shapely
from numpy.typing import NDArray

from geo.boundaries import District, load_districts
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


@dataclass(frozen=True)
class Figure:
    """Medians for one number and spread of points; ratios are of the rounds, one by one.

    The join is timed twice: as it comes, with a thread a core, and on one thread. `share_of_take`
    is of the one thread.
    """

    points: int
    spread: str
    join_per_s: float
    one_thread_per_s: float
    sjoin_per_s: float
    take_per_s: float
    times_sjoin: float
    share_of_take: float
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
        "points, spread; M/s: join, on one thread, sjoin, np.take;",
        "times sjoin, share of np.take, extra MB, answers that differ",
    )
    for figure in run(tuple(given.points), given.rounds, given.sjoin_points):
        rates = [figure.join_per_s, figure.one_thread_per_s, figure.sjoin_per_s, figure.take_per_s]
        print(
            f"{figure.points:>10,} {figure.spread:<9}",
            " ".join(f"{rate / 1e6:8.2f}" for rate in rates),
            f"{figure.times_sjoin:7.0f} {figure.share_of_take:6.2f}",
            f"{figure.extra_mb:6.1f} {figure.differing}",
        )


def run(
    sizes: tuple[int, ...] = SIZES, rounds: int = ROUNDS, sjoin_points: int = SJOIN_POINTS
) -> list[Figure]:
    """Return one figure for each size and spread of points."""
    index = DistrictIndex(load_districts())
    rng = np.random.default_rng(SEED)
    return [
        _measure(index, spread, scatter(rng, size), rounds, sjoin_points)
        for size in sizes
        for spread, scatter in (("uniform", _uniform), ("clustered", _clustered))
    ]


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
    index: DistrictIndex[District],
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
    areas = load_districts().areas
    polygons = geopandas.GeoDataFrame(
        {"area": range(len(areas))}, geometry=[area.geometry for area in areas], crs=4326
    )
    # A bare np.take: a table of cells, with the cell of each point known beforehand.
    cells = np.zeros(TAKE_SIDE * TAKE_SIDE, dtype=np.int16)
    numbers = _cell_numbers(longitude, latitude)
    join, alone, take, sjoin = [], [], [], []
    for _ in range(rounds):
        join.append(_seconds(lambda: index.locate(longitude, latitude)) / size)
        alone.append(_seconds(lambda: index.locate(longitude, latitude, workers=1)) / size)
        take.append(_seconds(lambda: np.take(cells, numbers)) / size)
        sjoin.append(
            _seconds(lambda: geopandas.sjoin(points, polygons, predicate="within")) / len(points)
        )
    located, extra = _extra_bytes(index, longitude, latitude)
    joined = geopandas.sjoin(points, polygons, predicate="within", how="left")
    expected = joined["area"].fillna(-1).to_numpy().astype(np.int16)
    return Figure(
        points=size,
        spread=spread,
        join_per_s=1 / statistics.median(join),
        one_thread_per_s=1 / statistics.median(alone),
        sjoin_per_s=1 / statistics.median(sjoin),
        take_per_s=1 / statistics.median(take),
        times_sjoin=statistics.median(s / j for s, j in zip(sjoin, join, strict=True)),
        share_of_take=statistics.median(t / j for t, j in zip(take, alone, strict=True)),
        extra_mb=extra / 1e6,
        differing=int(np.count_nonzero(expected != located[some])),
    )


def _cell_numbers(longitude: Column, latitude: Column) -> NDArray[np.int64]:
    west, south, east, north = load_districts().bbox
    column = (longitude - west) / (east - west) * TAKE_SIDE
    row = (latitude - south) / (north - south) * TAKE_SIDE
    last = TAKE_SIDE - 1
    numbers: NDArray[np.int64] = row.astype(np.int64).clip(0, last) * TAKE_SIDE
    return numbers + column.astype(np.int64).clip(0, last)


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _extra_bytes(
    index: DistrictIndex[District], longitude: Column, latitude: Column
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
