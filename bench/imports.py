"""Import of an ACLED-like file end to end, beside what pandas.read_csv alone takes on it.

Both run in a process of their own, so that the peak of memory is theirs alone; beside the clock
stand the seconds of processor that each had, its threads and children together, which other work
on the machine disturbs less. Then the filters and sums of the map on the imported rows. pandas
holds 2.2 KB for each row, so that beyond a few million rows only the import runs.

Example: python -m bench.imports --rows 1000000 10000000
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from incidents.datasets.columns import Columns
from incidents.datasets.dataset import open_dataset
from incidents.datasets.formats import published_format
from incidents.filters import Filter
from incidents.model import EVENT_TYPES

ROWS = 1_000_000
ROUNDS = 1
FILTER_ROUNDS = 21
SEED = 20260131
MOST_FOR_PANDAS = 3_000_000
ROW_BYTES = 844
"""Bytes of a row with its notes, as in a real export of a country over years."""
WORDS = """
    on that day an armed group of men attacked a check post near the road in the district
    with rockets and automatic weapons; according to officials, the exchange lasted hours,
    vehicles were burnt and a search operation began in the mountains around the town
""".split()


@dataclass(frozen=True)
class Figure:
    """One run. Seconds by the clock and of processor; megabytes of a process at its peak.

    Without pandas its figures are 0.
    """

    rows: int
    file_mb: float
    pandas_s: float
    import_s: float
    times_pandas: float
    pandas_processor_s: float
    import_processor_s: float
    processor_times_pandas: float
    pandas_peak_mb: float
    import_peak_mb: float
    open_ms: float
    filter_ms: float
    report: str


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="*", default=[ROWS])
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    given = parser.parse_args()
    for rows in given.rows:
        figure = run(rows, given.rounds)
        print(
            f"{figure.rows:>10,} rows, {figure.file_mb:,.0f} MB: pandas.read_csv "
            f"{figure.pandas_s:.1f} s (processor {figure.pandas_processor_s:.1f} s, "
            f"{figure.pandas_peak_mb:,.0f} MB), import {figure.import_s:.1f} s (processor "
            f"{figure.import_processor_s:.1f} s, {figure.import_peak_mb:,.0f} MB), "
            f"{figure.times_pandas:.2f} times, of processor "
            f"{figure.processor_times_pandas:.2f}; open {figure.open_ms:.1f} ms, "
            f"filter and sums {figure.filter_ms:.1f} ms\n           {figure.report}",
            flush=True,
        )


def run(rows: int, rounds: int = ROUNDS) -> Figure:
    """Return the figure for one number of rows, medians over rounds."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "acled-like.csv"
        write_acled_like(path, rows)
        pandas, imported = [], []
        for number in range(rounds):
            if rows <= MOST_FOR_PANDAS:
                pandas.append(_apart(_PANDAS, str(path)))
            library = Path(folder) / f"library-{number}"
            imported.append(_apart(_IMPORT, str(path), str(library)))
        opened, filtered = _measure_filters(library / "datasets" / "acled")
        return Figure(
            rows=rows,
            file_mb=path.stat().st_size / 1e6,
            pandas_s=_median(pandas, "seconds"),
            import_s=_median(imported, "seconds"),
            times_pandas=_times(imported, pandas, "seconds"),
            pandas_processor_s=_median(pandas, "processor"),
            import_processor_s=_median(imported, "processor"),
            processor_times_pandas=_times(imported, pandas, "processor"),
            pandas_peak_mb=max((float(p["peak_mb"]) for p in pandas), default=0.0),
            import_peak_mb=max(float(p["peak_mb"]) for p in imported),
            open_ms=opened,
            filter_ms=filtered,
            report=str(imported[0]["said"]),
        )


def _median(runs: list[dict[str, Any]], what: str) -> float:
    return statistics.median(float(run[what]) for run in runs) if runs else 0.0


def _times(runs: list[dict[str, Any]], beside: list[dict[str, Any]], what: str) -> float:
    """Return what runs took as a multiple of those beside them, round by round."""
    ratios = [float(a[what]) / float(b[what]) for a, b in zip(runs, beside, strict=False)]
    return statistics.median(ratios) if ratios else 0.0


def write_acled_like(path: Path, rows: int, row_bytes: int = ROW_BYTES) -> None:
    """Write made-up rows in ACLED's 31 columns, about 844 bytes each; one in 1,000 is dirty.

    With less than some 350 bytes a row, its notes are left empty.
    """
    rng = random.Random(SEED)
    kinds = [(kind, sub) for kind, subs in EVENT_TYPES.items() for sub in subs]
    first = date(2010, 1, 1)
    notes = [" ".join(rng.choices(WORDS, k=80)) for _ in range(2_000)]
    places = [(f"Town {i}", rng.uniform(60.9, 70.3), rng.uniform(24.9, 32.1)) for i in range(5_000)]
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(",".join(published_format("acled").header) + "\n")
        for i in range(rows):
            kind, sub = kinds[i % len(kinds)]
            day = first + timedelta(days=rng.randrange(5_400))
            town, lon, lat = places[rng.randrange(len(places))]
            if i % 1_000 == 999:
                lat = 190.0
            note = notes[rng.randrange(len(notes))]
            row = (
                f'PAK{i},{day},{day.year},{1 + (i % 10 == 0)},"Political violence",{kind},{sub},'
                f"Group {i % 90},,Rebel group,Military Forces of Pakistan,Police Forces,"
                f"State forces,State forces-Rebel group,,586,South Asia,Pakistan,Balochistan,,,"
                f'{town},{lat:.4f},{lon:.4f},{1 + i % 3},"Paper {i % 40} (Pakistan); Agency {i % 7}",'
                f'National,"{i}: '
            )
            tail = f'",{i % 13},,17{i % 100_000_000:08d}\n'
            note = (note * 2)[: max(0, row_bytes - len(row) - len(tail))]
            file.write(row + note + tail)


_PANDAS = "import pandas; frame = pandas.read_csv(sys.argv[1], low_memory=False); said = len(frame)"
_IMPORT = (
    "from pathlib import Path; from incidents.datasets.importing import import_files; "
    "said = import_files([Path(sys.argv[1])], 'acled', library=Path(sys.argv[2])).sentence()"
)
_AROUND = """
import json, os, resource, sys, time
start = time.perf_counter()
{work}
seconds = time.perf_counter() - start
processor = sum(os.times()[:4])
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / {unit}
print(json.dumps({{"seconds": seconds, "processor": processor, "peak_mb": peak, "said": said}}))
"""


def _apart(work: str, *arguments: str) -> dict[str, Any]:
    # Linux counts kilobytes, macOS bytes.
    unit = 1e6 if sys.platform == "darwin" else 1e3
    done = subprocess.run(
        [sys.executable, "-c", _AROUND.format(work=work, unit=unit), *arguments],
        check=True,
        capture_output=True,
        text=True,
    )
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return said


def _measure_filters(folder: Path) -> tuple[float, float]:
    """Return milliseconds to open a dataset, and for one changed filter with its sums."""
    opened = _milliseconds(lambda: Columns(open_dataset(folder)))
    table = Columns(open_dataset(folder))
    filters = [
        Filter(
            # Another day each time, so that none is answered from memory.
            date_from=date(2010 + i % 10, 1, 1 + i),
            date_to=date(2014 + i % 10, 1, 1),
            event_types=frozenset({"Battles", "Protests"}),
        )
        for i in range(FILTER_ROUNDS)
    ]
    table.sums(Filter())
    times = [_milliseconds(lambda f=f: table.sums(f)) for f in filters]  # type: ignore[misc]
    return opened, statistics.median(
        [*times, _milliseconds(lambda: table.sums(Filter(date_from=date(1990, 1, 1))))]
    )


def _milliseconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1e3


if __name__ == "__main__":
    main()
