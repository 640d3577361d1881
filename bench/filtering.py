"""A changed filter on an imported dataset: counts and sums by district, beside pandas.

Rows are those of a made-up ACLED-like file, imported, its columns then repeated in memory to the
size asked for, with a column of injured. "ACLED-like" has one figure of killed a row, "UCDP-like"
a low, best and high and four parts.
Each round changes the filter, so that nothing is answered from memory; pandas gets the same rows
with categories for words, and sums one figure. Times are the processor's: work of others beside
does not count.

Example: python -m bench.filtering --rows 1000000
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from bench.imports import write_acled_like
from incidents.datasets.columns import Columns
from incidents.datasets.dataset import Dataset, open_dataset
from incidents.datasets.days import day_number, day_of
from incidents.datasets.importing import import_files
from incidents.datasets.numerals import UNKNOWN
from incidents.datasets.schema import EVENT_TYPE_WORDS
from incidents.filters import Filter

SIZES = (1_000_000, 10_000_000)
ROUNDS = 15
IMPORTED = 100_000
SEED = 20260131
TYPES = frozenset({"Battles", "Protests"})
GROUPS = frozenset({"total"})


@dataclass(frozen=True)
class Figure:
    """Milliseconds of the processor, medians over the rounds; `times_pandas` of the rounds, one by one.

    `whole` is the work of one view with nearly every row left in, `half` with days that leave
    about half of the rows, which is the most work, `filtered` after a change of days and event
    types that leaves about a tenth, `groups` after a change of victim groups as well.
    """

    rows: int
    kind: str
    ready_ms: float
    whole_ms: float
    half_ms: float
    filtered_ms: float
    groups_ms: float
    pandas_ms: float
    times_pandas: float


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="*", default=SIZES)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    given = parser.parse_args()
    print("rows, kind; ms: made ready once, no filter, half, changed filter, with groups; pandas")
    for figure in run(tuple(given.rows), given.rounds):
        print(
            f"{figure.rows:>10,} {figure.kind:<10} {figure.ready_ms:8.1f} {figure.whole_ms:8.1f} "
            f"{figure.half_ms:8.1f} {figure.filtered_ms:8.1f} {figure.groups_ms:8.1f} "
            f"{figure.pandas_ms:8.1f} ({figure.times_pandas:.1f} times)"
        )


def run(sizes: tuple[int, ...] = SIZES, rounds: int = ROUNDS) -> list[Figure]:
    """Return one figure for each size and kind of dataset."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "acled-like.csv"
        write_acled_like(path, IMPORTED)
        imported = import_files([path], "acled", library=Path(folder) / "library").folder
        return [
            _measure(make(open_dataset(imported), size), kind, rounds)
            for size in sizes
            for kind, make in (("ACLED-like", _repeated), ("UCDP-like", _with_parts))
        ]


def _repeated(dataset: Dataset, size: int) -> Dataset:
    rows = np.resize(np.arange(dataset.size), size)
    dataset.positions = dataset.positions[rows]
    dataset.codes = {name: column[rows] for name, column in dataset.codes.items()}
    figures = {}
    for name, columns in dataset.figures.items():
        column = columns[0][rows]
        figures[name] = (column, column, column)
    injured = np.random.default_rng(SEED).integers(UNKNOWN, 9, size, dtype=np.int32)
    dataset.figures = figures | {("injured", "total"): (injured, injured, injured)}
    return dataset


def _with_parts(dataset: Dataset, size: int) -> Dataset:
    dataset = _repeated(dataset, size)
    rng = np.random.default_rng(SEED)
    parts = {
        group: rng.integers(UNKNOWN, 4, size, dtype=np.int32)
        for group in ("security_forces", "militants", "civilians", "unknown")
    }
    best = sum(np.maximum(counts, 0) for counts in parts.values()).astype(np.int32)
    dataset.figures["killed", "total"] = (np.maximum(best - 2, 0), best, best + 3)
    dataset.figures |= {("killed", group): (n, n, n) for group, n in parts.items()}
    return dataset


def _measure(dataset: Dataset, kind: str, rounds: int) -> Figure:
    # What does not depend on days or types of event is worked out with the first view.
    columns = Columns(dataset)
    ready = _milliseconds(lambda: columns.sums(Filter()))
    columns.sums(Filter(victim_groups=GROUPS))
    frame = _frame(dataset)
    whole, half, filtered, groups, pandas = [], [], [], [], []
    days = np.sort(dataset.codes["day_last"])
    for number in range(rounds):
        # The first days are left out, so that each round has another answer to work out.
        everything = Filter(date_from=date(2010, 1, 3 + number))
        middle = Filter(date_from=day_of(days[len(days) * (45 + number) // 100]))
        changed = Filter(
            date_from=date(2010 + number % 10, 1, 1),
            date_to=date(2014 + number % 10, 1, 2 + number // 10),
            event_types=TYPES,
        )
        narrowed = replace(changed, victim_groups=GROUPS)
        whole.append(_milliseconds(lambda f=everything: columns.sums(f)))
        half.append(_milliseconds(lambda f=middle: columns.sums(f)))
        filtered.append(_milliseconds(lambda f=changed: columns.sums(f)))
        groups.append(_milliseconds(lambda f=narrowed: columns.sums(f)))
        pandas.append(_milliseconds(lambda f=changed: _by_pandas(frame, f)))
    return Figure(
        rows=dataset.size,
        kind=kind,
        ready_ms=ready,
        whole_ms=statistics.median(whole),
        half_ms=statistics.median(half),
        filtered_ms=statistics.median(filtered),
        groups_ms=statistics.median(groups),
        pandas_ms=statistics.median(pandas),
        times_pandas=statistics.median(p / f for p, f in zip(pandas, filtered, strict=True)),
    )


def _frame(dataset: Dataset) -> pd.DataFrame:
    codes = dataset.codes
    return pd.DataFrame(
        {
            "district": pd.Categorical.from_codes(codes["district"], list(dataset.pcodes)),
            "event_type": pd.Categorical.from_codes(codes["event_type"], list(EVENT_TYPE_WORDS)),
            "first": codes["day_first"],
            "last": codes["day_last"],
            "killed": dataset.figures["killed", "total"][1],
        }
    )


def _by_pandas(frame: pd.DataFrame, chosen: Filter) -> pd.DataFrame:
    assert chosen.date_from
    assert chosen.date_to
    left = frame[
        (frame["last"] >= day_number(chosen.date_from))
        & (frame["first"] <= day_number(chosen.date_to))
        & frame["event_type"].isin(chosen.event_types)
    ]
    return left.groupby("district", observed=False)["killed"].agg(["size", "count", "sum"])


def _milliseconds(work: Callable[[], object]) -> float:
    # The processor's, of all threads: other work on the machine disturbs them less.
    start = time.process_time()
    work()
    return (time.process_time() - start) * 1e3


if __name__ == "__main__":
    main()
