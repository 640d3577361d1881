"""What rows of a dataset add up to: by area, and by group."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from incidents.datasets.dataset import Counts, Dataset
from incidents.datasets.numerals import UNKNOWN

Mask = NDArray[np.bool_]


class Bounds(NamedTuple):
    """What the rows say for one casualty type, groups already added; negative is unknown.

    `is_open` tells rows whose upper end nobody gives, `is_ceiling` those that give it alone.
    """

    low: Counts
    best: Counts
    high: Counts
    is_open: Mask | None = None
    is_ceiling: Mask | None = None


class Sum(NamedTuple):
    """The toll of some rows for one casualty type; None where nothing numbered is said."""

    low: int | None
    best: int | None
    high: int | None
    high_open: bool = False
    low_open: bool = False
    rows: int = 0
    """How many rows state a number."""


NOTHING = Sum(None, None, None)


@dataclass(frozen=True)
class AreaSums:
    """What the rows left by a filter say of one area, as `tolls.DistrictSummary` does."""

    incidents: int
    claims: int
    source_ids: tuple[str, ...]
    sums: dict[str, Sum]
    """For each casualty type, over the groups that do not overlap."""

    @property
    def has_figure(self) -> bool:
        """Whether any row gives a number; zero is a number."""
        return any(one.rows for one in self.sums.values())


class GroupSums(NamedTuple):
    """The figures of one casualty type and one victim group, by what is known of the place."""

    districts: Sum
    not_placed: Sum
    outside: Sum


@dataclass(frozen=True)
class RowSums:
    """What a filter leaves of a dataset, summed.

    Attributes
    ----------
    rows
        How many rows are left; each is an incident.
    figures, happenings
        How many claims they make: figures, and rows without one.
    districts
        A sum for each P-code, also where no row lies.
    not_placed
        Rows known to the province or less exactly; they belong to no district.
    outside
        Rows with a point that lies in no district.
    groups
        By casualty type and victim group, each group alone.
    parts
        Those casualty types and groups that only ever are a part of a total that is left too.
    first_day, last_day
        The days that the rows span; None where no row is left.
    """

    dataset: Dataset
    rows: int
    figures: int
    happenings: int
    districts: dict[str, AreaSums]
    not_placed: AreaSums
    outside: AreaSums
    groups: dict[tuple[str, str], GroupSums]
    parts: frozenset[tuple[str, str]]
    first_day: date | None
    last_day: date | None


class Left:
    """The rows that a filter leaves, counted and added up by area."""

    def __init__(self, bins: int, rows: NDArray[np.int64] | None, area: NDArray[np.int64]) -> None:
        self._bins = bins
        self._rows = rows
        self._area = area if rows is None else area[rows]

    @property
    def size(self) -> int:
        """How many rows are left."""
        return len(self._area)

    def of(self, column: NDArray[Any]) -> NDArray[Any]:
        """Return the values of the rows that are left."""
        return column if self._rows is None else column[self._rows]

    def counted(self, which: Mask | None = None) -> NDArray[np.int64]:
        """Return how many rows lie in each area, or how many of some of them."""
        area = self._area if which is None else self._area[which]
        return np.bincount(area, minlength=self._bins)

    def counted_with(self, codes: NDArray[Any], size: int) -> NDArray[np.int64]:
        """Return counts by area and by another code."""
        pair = self._area * size + codes if size > 1 else self._area
        return np.bincount(pair, minlength=self._bins * size).reshape(self._bins, size)

    def added(
        self, values: NDArray[Any], area: NDArray[np.int64] | None = None
    ) -> NDArray[np.float64]:
        """Return the sum of values in each area."""
        # Doubles hold whole numbers exactly up to 2**53, far beyond any toll.
        where = self._area if area is None else area
        found: NDArray[np.float64] = np.bincount(
            where, weights=values, minlength=self._bins
        ).astype(np.float64, copy=False)
        return found

    def sums(self, bounds: Bounds | None) -> list[Sum]:
        """Return the sum of figures in each area."""
        if bounds is None:
            return [NOTHING] * self._bins
        low = self.of(bounds.low)
        known = low != UNKNOWN
        all_known = bool(known.all())
        area = self._area if all_known else self._area[known]
        rows = np.bincount(area, minlength=self._bins)

        def total(counts: Counts) -> NDArray[np.float64]:
            left = self.of(counts)
            return self.added(left if all_known else left[known], area)

        lows = total(bounds.low)
        bests = lows if bounds.best is bounds.low else total(bounds.best)
        highs = lows if bounds.high is bounds.low else total(bounds.high)

        def marked(which: Mask | None) -> NDArray[np.int64]:
            if which is None:
                return np.zeros(self._bins, np.int64)
            return np.bincount(area[self.of(which)[known]], minlength=self._bins)

        opened, ceilings = marked(bounds.is_open), marked(bounds.is_ceiling)
        return [
            Sum(
                int(lows[i]), int(bests[i]), int(highs[i]),
                bool(opened[i]), bool(ceilings[i]), int(rows[i]),
            )
            if rows[i]
            else NOTHING
            for i in range(self._bins)
        ]  # fmt: skip


def together(sums: Iterable[Sum]) -> Sum:
    """Return the sum of sums."""
    known = [one for one in sums if one.rows]
    if not known:
        return NOTHING
    return Sum(
        sum(one.low or 0 for one in known),
        sum(one.best or 0 for one in known),
        sum(one.high or 0 for one in known),
        any(one.high_open for one in known),
        any(one.low_open for one in known),
        sum(one.rows for one in known),
    )
