"""What rows of a dataset add up to: by area, and by group."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from incidents.datasets.dataset import Dataset
from incidents.datasets.numerals import UNKNOWN
from incidents.datasets.row_figures import Bounds, Counts

Mask = NDArray[np.bool_]
Integers = NDArray[np.int64]
_BLOCK = 32_768
# More days than any calendar has, and few enough to be added to a day.
_FAR = np.int32(1 << 30)
# Areas by kinds of rows: more than so many, 16 MB of counts, are slower than the rows.
MOST_CELLS = 1 << 21


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


class RowsOfKinds(Protocol):
    """Some rows by the area they lie in and the kind they are of."""

    def added(self, values: Integers) -> Integers:
        """Return values of kinds added up over the rows of each area.

        Parameters
        ----------
        values
            Shape (measures, kinds).

        Returns
        -------
        added
            Shape (measures, areas).
        """


class CountedRows:
    """Rows of which each area has so many of a kind: `counts` has shape (areas, kinds)."""

    def __init__(self, counts: Integers) -> None:
        self._counts = counts

    def added(self, values: Integers) -> Integers:
        """Return values added up; see `RowsOfKinds`."""
        # A product of doubles would be shared out among threads, which wait busily for each other.
        added: Integers = np.einsum("ak,mk->ma", self._counts, values)
        return added


class SingleRows:
    """Rows of so many kinds that they are not worth counting: `area` and `kind` of each."""

    def __init__(self, areas: int, area: NDArray[np.int16], kind: Counts) -> None:
        self._areas, self._area, self._kind = areas, area, kind

    def added(self, values: Integers) -> Integers:
        """Return values added up; see `RowsOfKinds`."""
        # Doubles hold whole numbers exactly up to 2**53, far beyond any toll.
        added = np.zeros((len(values), self._areas))
        # Block by block, so that what is made of each on the way stays in a core's cache.
        for start in range(0, len(self._area), _BLOCK):
            area = self._area[start : start + _BLOCK].astype(np.int64)
            kind = self._kind[start : start + _BLOCK].astype(np.int64)
            for number, of_kind in enumerate(values):
                added[number] += np.bincount(area, of_kind.take(kind), self._areas)
        return added.astype(np.int64)


def paired(area: NDArray[np.int16], codes: NDArray[Any], size: int) -> Counts:
    """Return for each row its area and a code from 0 to before `size` as one number."""
    pairs = area.astype(np.int32)
    pairs *= size
    pairs += codes
    return pairs


def values_of(bounds: Bounds, none: Mask) -> list[NDArray[Any]]:
    """Return what `sums_of` makes sums of, for each kind of rows.

    They are low, best and high, and whether it leaves the upper end open, gives it alone, and
    states a number; `none` stands in where no kind does. What is the same is the same array.
    """
    # A kind has all three or none of them.
    known = bounds.low != UNKNOWN
    counts = {id(column): np.where(known, column, 0) for column in bounds[:3]}
    is_open, is_ceiling = (none if mark is None else mark for mark in bounds[3:])
    return [*(counts[id(column)] for column in bounds[:3]), is_open, is_ceiling, known]


def sums_of(totals: Integers) -> list[Sum]:
    """Return the sum of each area, made of what `values_of` adds up to."""
    return [
        Sum(low, best, high, opened > 0, ceilings > 0, rows) if rows else NOTHING
        for low, best, high, opened, ceilings, rows in totals.T.tolist()
    ]


def days_spanned(
    first: NDArray[np.int32], last: NDArray[np.int32], mask: Mask
) -> tuple[int, int] | None:
    """Return the first and the last day of the rows that a mask leaves; None if it leaves none.

    Parameters
    ----------
    first, last
        Each row's first and last day.
    """
    if not mask.any():
        return None
    firsts, lasts = [], []
    for start in range(0, len(mask), _BLOCK):
        block = slice(start, start + _BLOCK)
        # Rows left out have days beyond all: quicker than to take the others out.
        beyond = np.multiply(~mask[block], _FAR, dtype=np.int32)
        firsts.append((first[block] + beyond).min())
        lasts.append((last[block] - beyond).max())
    return int(min(firsts)), int(max(lasts))


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
