"""What rows of a dataset add up to: by area, and by group."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from incidents.datasets.dataset import Counts, Dataset
from incidents.datasets.numerals import UNKNOWN

Mask = NDArray[np.bool_]
Integers = NDArray[np.int64]
S = TypeVar("S", bound=np.generic)
_BLOCK = 32_768
# Doubles hold whole numbers exactly up to 2**53: a block's rows, times a block of values below.
_LARGE = 1 << 20


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
    wider: Sum


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
        Rows with a point that lies in no area.
    wider
        Rows known only to something wider than an area, as to a district among tehsils.
    wider_around
        How many claims of such rows may lie in an area, by its code.
    wider_figures
        How many of them are figures of a casualty type, by that and the area's code.
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
    wider: AreaSums
    wider_around: Mapping[str, int]
    wider_figures: Mapping[str, Mapping[str, int]]
    groups: dict[tuple[str, str], GroupSums]
    parts: frozenset[tuple[str, str]]
    first_day: date | None
    last_day: date | None

    @property
    def beside(self) -> dict[str, AreaSums]:
        """What belongs to no area, by the names of `row_areas.BESIDE`."""
        return {"not_placed": self.not_placed, "outside": self.outside, "wider": self.wider}


class Left:
    """The rows that a filter leaves, counted and added up by area.

    They are gone through block by block, so that what is made of each on the way stays in a
    core's cache. What is not to be counted weighs 0: to leave single rows out of a column takes
    longer than to add them all.

    Parameters
    ----------
    bins
        How many areas there are.
    rows
        The rows left, None for all.
    area
        For every row, also of those not left, its area's number.
    """

    def __init__(self, bins: int, rows: NDArray[np.int64] | None, area: NDArray[np.int16]) -> None:
        self._bins = bins
        self._rows = rows
        self._area = self.of(area)
        self._summed: dict[int, tuple[Bounds, list[Sum]]] = {}

    @property
    def size(self) -> int:
        """How many rows are left."""
        return len(self._area)

    @cached_property
    def counted(self) -> Integers:
        """How many rows lie in each area."""
        counted = np.zeros(self._bins, np.int64)
        for _, area in self._blocks():
            counted += np.bincount(area, minlength=self._bins)
        return counted

    def of(self, column: NDArray[S], part: slice = slice(None)) -> NDArray[S]:
        """Return the values of the rows that are left, or of a part of them."""
        return column[part] if self._rows is None else column.take(self._rows[part])

    def counted_with(self, codes: NDArray[Any], size: int) -> Integers:
        """Return counts by area and by another code, given for all rows."""
        if size == 1:
            return self.counted[:, np.newaxis]
        counted = np.zeros(self._bins * size, np.int64)
        for part, area in self._blocks():
            pair = area * size + self.of(codes, part)
            counted += np.bincount(pair, minlength=len(counted))
        return counted.reshape(self._bins, size)

    def figures(self, stated: NDArray[np.int8]) -> tuple[Integers, Integers]:
        """Return how many figures the rows of each area state, and how many rows state none."""
        figures, silent = self.counted.astype(np.float64), np.zeros(self._bins)
        for part, area in self._blocks():
            more = self.of(stated, part) - np.int8(1)
            if more.any():
                added, without = self._added_apart(area, more, more < 0)
                figures += added - without
                silent += without
        return figures.astype(np.int64), silent.astype(np.int64)

    def sums(self, bounds: Bounds | None) -> list[Sum]:
        """Return the sum of figures in each area; of the same bounds, the same list."""
        if bounds is None:
            return [NOTHING] * self._bins
        if id(bounds) not in self._summed:
            self._summed[id(bounds)] = bounds, self._sum_up(bounds)
        return self._summed[id(bounds)][1]

    def _sum_up(self, bounds: Bounds) -> list[Sum]:
        distinct = {id(column): column for column in bounds[:3]}
        added = {which: np.zeros(self._bins) for which in distinct}
        unknown, opened, ceilings = np.zeros((3, self._bins))
        for part, area in self._blocks():
            for which, column in distinct.items():
                counts = self.of(column, part)
                sums, missing = self._added_apart(area, counts, counts == UNKNOWN)
                added[which] += sums
                # A row has all three or none of them.
                if column is bounds.low:
                    unknown += missing
            if bounds.is_open is not None:
                opened += self._added(area, self.of(bounds.is_open, part))
            if bounds.is_ceiling is not None:
                ceilings += self._added(area, self.of(bounds.is_ceiling, part))
        rows = self.counted - unknown
        lows, bests, highs = (added[id(column)] for column in bounds[:3])
        return [
            Sum(
                int(lows[i]), int(bests[i]), int(highs[i]),
                bool(opened[i]), bool(ceilings[i]), int(rows[i]),
            )
            if rows[i]
            else NOTHING
            for i in range(self._bins)
        ]  # fmt: skip

    def _blocks(self) -> Iterator[tuple[slice, Integers]]:
        """Yield parts of the rows left, each with the areas of its rows."""
        for start in range(0, self.size, _BLOCK):
            part = slice(start, start + _BLOCK)
            yield part, self._area[part].astype(np.int64)

    def _added_apart(
        self, area: Integers, values: NDArray[Any], apart: Mask
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the sum of a block's values in each area, and how many values are set apart."""
        if not apart.any():
            return self._added(area, values), np.zeros(self._bins)
        if values.max() >= _LARGE:
            return self._added(area, np.where(apart, 0, values)), self._added(area, apart)
        # Both in one go: what is set apart is counted above all that the values can add up to.
        both = self._added(area, np.where(apart, float(_BLOCK * _LARGE), values))
        number = np.floor(both / (_BLOCK * _LARGE))
        return both - number * (_BLOCK * _LARGE), number

    def _added(self, area: Integers, values: NDArray[Any]) -> NDArray[np.float64]:
        # Doubles hold whole numbers exactly up to 2**53, far beyond any toll.
        found = np.bincount(area, values, self._bins)
        return found.astype(np.float64, copy=False)


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
