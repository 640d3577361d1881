"""Filters and sums over the columns of a dataset: the flat twin of `filters` and `tolls`.

`incidents.tolls` works on claims, each with its source and its words; a million rows are too
many for that. A row of a dataset is an incident of its own whose figures come from one source,
so the same rules become sums of columns: a total replaces the sum of its groups, the police
count only where a row has no security forces, women, children and men only where it has no
civilians, and victims of an unknown side are only ever a part of the total. Low, best and high
are those of the rule "range". For any rows, `by_district` here and
`incidents.tolls.by_district` of the same rows as claims (`as_claims.rows_as_claims`) give the
same counts and sums; a property test holds that.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from incidents.datasets.dataset import Counts, Dataset
from incidents.datasets.days import day_number
from incidents.datasets.numerals import UNKNOWN
from incidents.datasets.schema import EVENT_TYPE_WORDS
from incidents.filters import INCLUDED_GROUPS, Filter
from incidents.model import CASUALTY_TYPES, KARACHI
from incidents.tolls import COVERED_BY

Mask = NDArray[np.bool_]
UNKNOWN_SIDE = "unknown"
_KEPT = 32


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
    """The toll of one casualty type in one district; None where nothing numbered is said."""

    low: int | None
    best: int | None
    high: int | None
    high_open: bool = False
    low_open: bool = False


@dataclass(frozen=True)
class DistrictSums:
    """What the rows left by a filter say of one district, as `tolls.DistrictSummary` does."""

    adm2_pcode: str
    incidents: int
    sources: int
    sums: dict[str, Sum]

    @property
    def report_status(self) -> str:
        """reported_with_figure, reported_without_figure or no_report."""
        if not self.incidents:
            return "no_report"
        numbered = any(one.low is not None for one in self.sums.values())
        return "reported_with_figure" if numbered else "reported_without_figure"


class Columns:
    """A dataset made ready for filters: what does not depend on them is worked out once."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        # One more than the code: -1, no district, becomes the first bin.
        self._bin = (dataset.codes["district"] + 1).astype(np.int64)
        self._bins = len(dataset.pcodes) + 1
        self._bounds: OrderedDict[tuple[str, frozenset[str]], Bounds | None] = OrderedDict()
        self._figured: OrderedDict[tuple[frozenset[str], frozenset[str]], Mask] = OrderedDict()

    def bounds(self, casualty_type: str, groups: frozenset[str]) -> Bounds | None:
        """Return the figures of a casualty type under a filter by group; None if there are none."""
        key = (casualty_type, groups)
        if key not in self._bounds:
            self._bounds[key] = _added(self.dataset, casualty_type, groups)
            while len(self._bounds) > _KEPT:
                self._bounds.popitem(last=False)
        return self._bounds[key]

    def with_figure(self, types: frozenset[str], groups: frozenset[str]) -> Mask:
        """Return which rows state a figure of some casualty types and groups (empty means all)."""
        key = (types, groups)
        if key not in self._figured:
            found = np.zeros(self.dataset.size, bool)
            for (casualty_type, group), (low, best, high) in self.dataset.figures.items():
                # Victims of an unknown side are a claim of the total's group.
                shown = "total" if group == UNKNOWN_SIDE else group
                if (not types or casualty_type in types) and (not groups or shown in groups):
                    stated = _stated(self.dataset, casualty_type, group, (low, best, high))
                    found |= stated
            self._figured[key] = found
            while len(self._figured) > _KEPT:
                self._figured.popitem(last=False)
        return self._figured[key]

    def select(self, chosen: Filter) -> Mask:
        """Return which rows still have a claim under a filter, as `filters.select` decides."""
        dataset, codes = self.dataset, self.dataset.codes
        mask = np.ones(dataset.size, bool)
        if chosen.scopes and "event" not in chosen.scopes:
            mask[:] = False
            return mask
        if chosen.sources or chosen.known_at:
            known = [
                (not chosen.sources or source in chosen.sources)
                and _known_by(release.imported_at, chosen.known_at)
                for source, release in zip(
                    dataset.source_ids, dataset.manifest.releases, strict=True
                )
            ]
            mask &= np.array(known, bool)[codes["release"]]
        if chosen.date_from is not None:
            mask &= codes["day_last"] >= day_number(chosen.date_from)
        if chosen.date_to is not None:
            mask &= codes["day_first"] <= day_number(chosen.date_to)
        if chosen.districts:
            wanted = np.array([False, *(p in chosen.districts for p in dataset.pcodes)])
            mask &= wanted[self._bin]
        if chosen.event_types:
            wanted = np.array([word in chosen.event_types for word in EVENT_TYPE_WORDS])
            mask &= wanted[codes["event_type"]]
        if chosen.casualty_types or chosen.victim_groups:
            mask &= self.with_figure(chosen.casualty_types, _groups(chosen.victim_groups))
        return mask

    def by_district(
        self, chosen: Filter, casualty_types: Iterable[str] = CASUALTY_TYPES
    ) -> dict[str, DistrictSums]:
        """Return the sums of every district under a filter, also where nothing is reported.

        Parameters
        ----------
        chosen
            The filter.
        casualty_types
            Those to sum; the map needs one, a table all.
        """
        mask = self.select(chosen)
        places = self._bin if mask.all() else self._bin[mask]
        incidents = np.bincount(places, minlength=self._bins)
        sources = self._sources(mask, places)
        sums = {
            casualty_type: self._sums(casualty_type, chosen, mask, places)
            for casualty_type in casualty_types
            if not chosen.casualty_types or casualty_type in chosen.casualty_types
        }
        nothing = Sum(None, None, None)
        return {
            pcode: DistrictSums(
                pcode,
                int(incidents[number]),
                int(sources[number]),
                {t: sums[t][number] if t in sums else nothing for t in casualty_types},
            )
            for number, pcode in enumerate(self.dataset.pcodes, 1)
        }

    def _sources(self, mask: Mask, places: NDArray[np.int64]) -> NDArray[np.int64]:
        releases = len(self.dataset.manifest.releases)
        if releases <= 1:
            return (np.bincount(places, minlength=self._bins) > 0).astype(np.int64)
        pair = places * releases + self.dataset.codes["release"][mask]
        met = np.bincount(pair, minlength=self._bins * releases).reshape(-1, releases) > 0
        counted: NDArray[np.int64] = met.sum(axis=1)
        return counted

    def _sums(
        self, casualty_type: str, chosen: Filter, mask: Mask, places: NDArray[np.int64]
    ) -> list[Sum]:
        bounds = self.bounds(casualty_type, _groups(chosen.victim_groups))
        if bounds is None:
            return [Sum(None, None, None)] * self._bins
        everything = len(places) == len(mask)
        low = bounds.low if everything else bounds.low[mask]
        known = low != UNKNOWN
        if not known.all():
            places = places[known]
        stated = np.bincount(places, minlength=self._bins)

        def total(counts: Counts) -> NDArray[np.float64]:
            left = counts if everything else counts[mask]
            left = left if known.all() else left[known]
            # Doubles hold whole numbers exactly up to 2**53, far beyond any toll.
            added: NDArray[np.float64] = np.bincount(
                places, weights=left, minlength=self._bins
            ).astype(np.float64)
            return added

        lows = total(bounds.low)
        bests = lows if bounds.best is bounds.low else total(bounds.best)
        highs = lows if bounds.high is bounds.low else total(bounds.high)

        def marked(rows: Mask | None) -> NDArray[np.int64]:
            if rows is None:
                return np.zeros(self._bins, np.int64)
            left = rows if everything else rows[mask]
            return np.bincount(places[left[known]], minlength=self._bins)

        opened, ceilings = marked(bounds.is_open), marked(bounds.is_ceiling)
        return [
            Sum(int(lows[i]), int(bests[i]), int(highs[i]), bool(opened[i]), bool(ceilings[i]))
            if stated[i]
            else Sum(None, None, None)
            for i in range(self._bins)
        ]


def select(dataset: Dataset, chosen: Filter) -> Mask:
    """Return which rows of a dataset a filter leaves; keep a `Columns` to ask more than once."""
    return Columns(dataset).select(chosen)


def by_district(dataset: Dataset, chosen: Filter) -> dict[str, DistrictSums]:
    """Return the sums of every district; keep a `Columns` to ask more than once."""
    return Columns(dataset).by_district(chosen)


def _groups(chosen: frozenset[str]) -> frozenset[str]:
    groups = set(chosen)
    for group in chosen:
        groups |= INCLUDED_GROUPS.get(group, frozenset())
    return frozenset(groups)


def _known_by(imported_at: datetime, moment: datetime | None) -> bool:
    """Return whether a release was known: from the beginning of the day of its import."""
    if moment is None:
        return True
    return imported_at.astimezone(KARACHI).date() <= moment.astimezone(KARACHI).date()


def _stated(
    dataset: Dataset, casualty_type: str, group: str, columns: tuple[Counts, Counts, Counts]
) -> Mask:
    """Return which rows have a claim for one figure."""
    low, best, high = columns
    found: Mask = low != UNKNOWN
    if best is not low:
        found = found | (best != UNKNOWN) | (high != UNKNOWN)
    if group == UNKNOWN_SIDE:
        # Without a total it is a part of nothing, and makes no claim.
        total = dataset.figures.get((casualty_type, "total"))
        if total is None:
            return np.zeros(dataset.size, bool)
        found = found & _stated(dataset, casualty_type, "total", total)
    return found


def _added(dataset: Dataset, casualty_type: str, groups: frozenset[str]) -> Bounds | None:
    """Return low, best and high of each row over the groups that do not overlap in it."""
    figures = {
        group: _filled(columns)
        for (kind, group), columns in dataset.figures.items()
        if kind == casualty_type and group != UNKNOWN_SIDE and (not groups or group in groups)
    }
    if not figures:
        return None
    if len(figures) == 1:
        return next(iter(figures.values()))
    stated = {group: bounds.low != UNKNOWN for group, bounds in figures.items()}
    size = dataset.size
    sums = [np.zeros(size, np.int32) for _ in range(3)]
    known, opened, ceilings = (np.zeros(size, bool) for _ in range(3))
    has_total = stated.get("total", np.zeros(size, bool))
    for group, bounds in figures.items():
        counted = stated[group].copy()
        if group != "total":
            counted &= ~has_total
        for other in COVERED_BY.get(group, frozenset()):
            if other in stated:
                counted &= ~stated[other]
        for total, column in zip(sums, bounds[:3], strict=True):
            np.add(total, column, out=total, where=counted)
        if bounds.is_open is not None:
            opened |= counted & bounds.is_open
        if bounds.is_ceiling is not None:
            ceilings |= counted & bounds.is_ceiling
        known |= counted
    for total in sums:
        total[~known] = UNKNOWN
    return Bounds(sums[0], sums[1], sums[2], _if_any(opened), _if_any(ceilings))


def _if_any(rows: Mask) -> Mask | None:
    return rows if rows.any() else None


def _filled(columns: tuple[Counts, Counts, Counts]) -> Bounds:
    """Return a figure's bounds as the rule "range" reads them, where some are not given.

    The lower end is the least that is given, the upper the most; the best stands in where it is
    given, else the low. A row that gives a low alone leaves its upper end open.
    """
    low, best, high = columns
    if best is low and high is low:
        return Bounds(low, best, high)
    whole = (low != UNKNOWN) & (best != UNKNOWN) & (high != UNKNOWN)
    if whole.all():
        return Bounds(low, best, high)
    least = np.where(low != UNKNOWN, low, np.where(best != UNKNOWN, best, high))
    middle = np.where(best != UNKNOWN, best, least)
    most = np.maximum(np.maximum(high, best), low)
    is_open = (low != UNKNOWN) & (best == UNKNOWN) & (high == UNKNOWN)
    is_ceiling = (low == UNKNOWN) & (best == UNKNOWN) & (high != UNKNOWN)
    return Bounds(
        least.astype(np.int32),
        middle.astype(np.int32),
        most.astype(np.int32),
        _if_any(is_open),
        _if_any(is_ceiling),
    )
