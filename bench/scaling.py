"""Import on several machines: time and memory against rows and workers, on this machine's cores.

Each worker is a process with one thread, as it would be on a machine of its own; a new cluster is
started for each figure, so that peaks of memory are its own. The same import on one machine
without Dask stands beside it, and what the way of the cluster costs by itself: the pass that finds
the parts, and the cube.

Example: python -m bench.scaling --rows 100000 400000 --workers 1 2
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from distributed import Client, LocalCluster

from bench.imports import _IMPORT, _apart, write_acled_like
from geo.join import district_index
from incidents.datasets.formats import published_format
from incidents.datasets.library import Manifest
from incidents.datasets.mapping import Reading
from incidents.datasets.partitions import plan_file
from incidents.datasets.several_machines import import_on_cluster

ROWS = (100_000, 400_000)
WORKERS = (1, 2)


@dataclass(frozen=True)
class Figure:
    """One import. Seconds; megabytes; `peak_mb` is of the worker that needed most.

    `cpu_s` is the processors' time of all workers together: other work does not change it much.
    """

    rows: int
    workers: int
    parts: int
    seconds: float
    cpu_s: float
    peak_mb: float
    client_mb: float
    rows_mb: float
    cube_mb: float


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="*", default=list(ROWS))
    parser.add_argument("--workers", type=int, nargs="*", default=list(WORKERS))
    given = parser.parse_args()
    for rows in given.rows:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "acled-like.csv"
            write_acled_like(path, rows)
            start = time.perf_counter()
            plan = plan_file(1, str(path), published_format("acled").header, Reading())
            planned = time.perf_counter() - start
            alone = _apart(_IMPORT, str(path), f"{folder}/alone")
            print(
                f"{rows:>9,} rows, {plan.size / 1e6:,.0f} MB: one machine without Dask "
                f"{float(alone['seconds']):.1f} s, {float(alone['peak_mb']):,.0f} MB; to find "
                f"{len(plan.parts)} parts {planned:.2f} s"
            )
            for workers in given.workers:
                one = run(path, rows, workers, Path(folder) / f"with-{workers}")
                print(
                    f"{'':>9}  {one.workers} worker{'s' * (workers > 1)}: {one.seconds:.1f} s, "
                    f"{one.rows / one.seconds:,.0f} rows a second; "
                    f"{one.cpu_s:.1f} s of the workers' processors; a worker at most "
                    f"{one.peak_mb:,.0f} MB, the client {one.client_mb:,.0f} MB; stored "
                    f"{one.rows_mb:,.1f} MB of rows, {one.cube_mb:,.2f} MB of cube",
                    flush=True,
                )


def run(path: Path, rows: int, workers: int, folder: Path) -> Figure:
    """Import a file on a new cluster of so many workers."""
    folder.mkdir()
    said = _apart(_ON_CLUSTER, str(path), str(folder), str(workers))["said"]
    seconds, cpu_s, peak_mb, client_mb = (float(number) for number in str(said).split())
    home = folder / "acled"
    manifest = Manifest.model_validate_json((home / "manifest.json").read_bytes())
    release = home / "releases/0001"
    parts = manifest.releases[0].parts
    return Figure(
        rows,
        workers,
        len(parts),
        seconds,
        cpu_s,
        peak_mb,
        client_mb,
        sum((release / name).stat().st_size for name in parts) / 1e6,
        (release / "cube.parquet").stat().st_size / 1e6,
    )


def import_with(path: str, folder: str, workers: int) -> str:
    """Import a file; return seconds, those of the processors, and peaks of a worker and here in MB."""
    with (
        LocalCluster(
            n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster,
        Client(cluster) as client,
    ):
        # A machine that is up has the program loaded.
        client.run(_load)
        start, before = time.perf_counter(), sum(client.run(time.process_time).values())
        import_on_cluster([path], "acled", cluster.scheduler_address, folder)
        seconds = time.perf_counter() - start
        cpu = sum(client.run(time.process_time).values()) - before
        peak = max(client.run(_peak_mb).values())
    return f"{seconds} {cpu} {peak} {_peak_mb()}"


def _load() -> None:
    district_index()


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


_ON_CLUSTER = (
    "from bench.scaling import import_with; "
    "said = import_with(sys.argv[1], sys.argv[2], int(sys.argv[3]))"
)


if __name__ == "__main__":
    main()
