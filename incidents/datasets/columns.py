"""Filters and sums over the columns of a dataset: the flat twin of `filters` and `tolls`.

`incidents.tolls` works on claims, each with its source and its words; a million rows are too
many for that. A row of a dataset is an incident of its own whose figures come from one source,
so the same rules become sums of columns: a total replaces the sum of its groups, the police
count only where a row has no security forces, women, children and men only where it has no
civilians, and victims of an unknown side are only ever a part of the total. A row is one claim
of each figure, so every rule names the same best but "official", which a dataset is not. For any
rows, `Columns.sums` and `incidents.tolls.by_district` of the same rows as claims
(`as_claims.rows_as_claims`) give the same counts and sums; a property test holds that.
"""

from __future__ import annotations

import copy
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from gazetteer.resolve import Gazetteer
from geo.boundaries import Area, Boundaries, load_districts
from incidents.datasets.as_claims import row_of_claim, rows_as_claims
from incidents.datasets.dataset import Counts, Dataset
from incidents.datasets.days import day_number, day_of
from incidents.datasets.numerals import UNKNOWN
from incidents.datasets.row_areas import BESIDE, RowAreas, row_areas
from incidents.datasets.row_sums import (
    NOTHING,
    AreaSums,
    Bounds,
    GroupSums,
    Left,
    Mask,
    RowSums,
    together,
)
from incidents.datasets.schema import EVENT_TYPE_WORDS, UNKNOWN_SIDE
from incidents.filters import INCLUDED_GROUPS, Filter
from incidents.grid import Places
from incidents.model import CASUALTY_TYPES, KARACHI, Catalogue
from incidents.tolls import COVERED_BY

Claims = NDArray[np.int8]
K = TypeVar("K")
V = TypeVar("V")
ALL = slice(None)
_KEPT = 16
# Figures added up over groups take 14 bytes a row; of ten million rows fewer are kept.
_KEPT_BYTES = 256_000_000
_BOUNDS_BYTES = 14
# Up to so many words a comparison for each is quicker than a table.
_MANY_WORDS = 16


class Columns:
    """A dataset made ready for filters: what does not depend on them is worked out once."""

    def __init__(self, dataset: Dataset, areas: RowAreas | None = None) -> None:
        self.dataset = dataset
        self.areas = areas or row_areas(dataset, load_districts(), Gazetteer.default())
        self._bins = len(self.areas.codes) + len(BESIDE)
        self._filled: dict[tuple[str, str], Bounds] = {}
        self._bounds: OrderedDict[tuple[str, frozenset[str]], Bounds] = OrderedDict()
        self._figured: OrderedDict[tuple[frozenset[str], frozenset[str]], Claims] = OrderedDict()
        self._summed: OrderedDict[Filter, RowSums] = OrderedDict()
        self._masks: OrderedDict[Filter, Mask] = OrderedDict()
        self._orders: OrderedDict[frozenset[str], NDArray[np.int64]] = OrderedDict()

    def on(self, boundaries: Boundaries[Area], gazetteer: Gazetteer) -> Columns:
        """Return the same dataset on the areas of another level; see `row_areas`."""
        there = copy.copy(self)
        there.areas = row_areas(self.dataset, boundaries, gazetteer)
        there._bins = len(there.areas.codes) + len(BESIDE)
        there._summed, there._masks = OrderedDict(), OrderedDict()
        return there

    def bounds(self, casualty_type: str, groups: frozenset[str]) -> Bounds | None:
        """Return the figures of a casualty type under a filter by group; None if there are none."""
        alone = {
            group: self._alone(casualty_type, group)
            for kind, group in self.dataset.figures
            if kind == casualty_type and group != UNKNOWN_SIDE and (not groups or group in groups)
        }
        if not alone:
            return None
        if len(alone) == 1:
            return next(iter(alone.values()))
        return _kept(
            self._bounds,
            (casualty_type, groups),
            lambda: _added(alone),
            max(2, _KEPT_BYTES // (_BOUNDS_BYTES * max(1, self.dataset.size))),
        )

    def _alone(self, casualty_type: str, group: str) -> Bounds:
        key = casualty_type, group
        if key not in self._filled:
            self._filled[key] = filled(self.dataset.figures[key])
        return self._filled[key]

    def stated(self, types: frozenset[str], groups: frozenset[str]) -> Claims:
        """Return how many figures of some types and groups each row states (empty means all)."""

        def counted() -> Claims:
            found = np.zeros(self.dataset.size, np.int8)
            for (casualty_type, group), columns in self.dataset.figures.items():
                # Victims of an unknown side are a claim of the total's group.
                shown = "total" if group == UNKNOWN_SIDE else group
                if (not types or casualty_type in types) and (not groups or shown in groups):
                    found += _stated(self.dataset, casualty_type, group, columns)
            return found

        return _kept(self._figured, (types, groups), counted)

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
            mask &= _is_chosen(codes["district"], dataset.pcodes, chosen.districts) | _is_chosen(
                self.areas.numbers, self.areas.codes, chosen.districts
            )
        if chosen.event_types:
            mask &= _is_chosen(codes["event_type"], EVENT_TYPE_WORDS, chosen.event_types)
        if chosen.casualty_types or chosen.victim_groups:
            mask &= self.stated(chosen.casualty_types, groups_of(chosen.victim_groups)) > 0
        return mask

    def sums(self, chosen: Filter) -> RowSums:
        """Return what a filter leaves, summed by area and by group; the last few are kept."""
        return _kept(self._summed, chosen, lambda: self._sum_up(chosen))

    def places(self, chosen: Filter) -> tuple[Places, int]:
        """Return the exact places of the rows that a filter leaves, and how many rows have none."""
        mask = _kept(self._masks, chosen, lambda: self.select(chosen), 2)
        return self.dataset.places.counted(mask)

    def rows(
        self, chosen: Filter, area: str | None = None, most: int | None = None
    ) -> NDArray[np.int64]:
        """Return the rows that a filter leaves, those with the most people first, then the newest.

        Parameters
        ----------
        chosen
            The filter.
        area
            An area's code, or one of `BESIDE`; every area if not given.
        most
            How many are asked for; all if not given.
        """
        mask = _kept(self._masks, chosen, lambda: self.select(chosen), 2)
        order = _kept(
            self._orders,
            groups_of(chosen.victim_groups),
            lambda: self._order(chosen.victim_groups),
            2,
        )
        found: list[NDArray[np.int64]] = []
        # Few are asked for mostly, and they stand at the beginning of the order.
        start, size = 0, len(order) if most is None else 4 * most + 1_000
        while start < len(order) and (most is None or sum(map(len, found)) < most):
            rows = order[start : start + size]
            left = mask[rows]
            if area is not None:
                left &= self.areas.numbers[rows] == self._number_of(area)
            found.append(rows[left])
            start, size = start + size, 4 * size
        return np.concatenate(found)[:most] if found else order[:0]

    def _order(self, victim_groups: frozenset[str]) -> NDArray[np.int64]:
        """Return all rows, those with the most people first, then the newest."""
        people = np.full(self.dataset.size, UNKNOWN, np.int32)
        for casualty_type in CASUALTY_TYPES:
            bounds = self.bounds(casualty_type, groups_of(victim_groups))
            if bounds is not None:
                people = np.maximum(people, bounds.high)
        return np.lexsort((-self.dataset.codes["day_first"], -people))

    def records(self, chosen: Filter, area: str | None = None, part: slice = ALL) -> Catalogue:
        """Return rows that a filter leaves as sources, incidents and claims, in `rows`' order."""
        return rows_as_claims(self.dataset, self.rows(chosen, area, part.stop)[part])

    def records_in_parts(self, chosen: Filter, most: int) -> Iterator[Catalogue]:
        """Yield all rows that a filter leaves as records, in the order stored, so many a part."""
        rows = np.flatnonzero(self.select(chosen))
        for start in range(0, len(rows), most):
            yield rows_as_claims(self.dataset, rows[start : start + most])

    def records_of_claim(self, claim_id: str) -> Catalogue | None:
        """Return the row that makes a claim as records, None where no row here does."""
        row = row_of_claim(self.dataset, claim_id)
        if row is None:
            return None
        records = rows_as_claims(self.dataset, [row])
        return records if claim_id in records.claim else None

    @cached_property
    def _parts(self) -> frozenset[tuple[str, str]]:
        """The types and groups whose rows all have a total as well."""
        found = set()
        for (casualty_type, group), columns in self.dataset.figures.items():
            total = self.dataset.figures.get((casualty_type, "total"))
            if group == "total" or total is None:
                continue
            stated = _stated(self.dataset, casualty_type, group, columns)
            has_total = _stated(self.dataset, casualty_type, "total", total)
            if not (stated & ~has_total).any():
                found.add((casualty_type, group))
        return frozenset(found)

    def _number_of(self, area: str) -> int:
        if area in BESIDE:
            return len(self.areas.codes) + BESIDE.index(area)
        return self.areas.codes.index(area)

    def _wider_figures(
        self,
        mask: Mask,
        types: Collection[str],
        groups: frozenset[str],
        weights: NDArray[Any] | int,
    ) -> dict[str, dict[str, int]]:
        """Return how many figures known only to a district may lie in an area, by type and code."""
        if not self.areas.among:
            return {}
        return {
            t: self._wider_around(mask, self.stated(frozenset({t}), groups) * weights)
            for t in types
        }

    def _wider_around(self, mask: Mask, claims_of_row: NDArray[Any]) -> dict[str, int]:
        """Return how many claims known only to a district may lie in an area, by its code."""
        if not self.areas.among:
            return {}
        rows = np.flatnonzero(mask & (self.areas.numbers == self._number_of("wider")))
        district = self.dataset.codes["district"][rows]
        claims = np.bincount(district, claims_of_row[rows], len(self.dataset.pcodes))
        around: dict[str, int] = {}
        for pcode, number in zip(self.dataset.pcodes, claims.astype(int).tolist(), strict=True):
            for code in self.areas.among.get(pcode, ()) if number else ():
                around[code] = around.get(code, 0) + number
        return around

    def _sum_up(self, chosen: Filter) -> RowSums:
        mask = _kept(self._masks, chosen, lambda: self.select(chosen), 2)
        # Days and the like that leave every row in change nothing but what is asked.
        whole = Filter(casualty_types=chosen.casualty_types, victim_groups=chosen.victim_groups)
        if chosen != whole and mask.all():
            return self.sums(whole)
        left = Left(self._bins, None if mask.all() else np.flatnonzero(mask), self.areas.numbers)
        groups = groups_of(chosen.victim_groups)
        stated = self.stated(chosen.casualty_types, groups)
        figures, silent = left.figures(stated)
        incidents = left.counted
        sources = self._sources(left)
        types = {
            t
            for t, _ in self.dataset.figures
            if not chosen.casualty_types or t in chosen.casualty_types
        }
        sums = {t: left.sums(self.bounds(t, groups)) for t in CASUALTY_TYPES if t in types}
        areas = [
            AreaSums(
                int(incidents[i]),
                int(figures[i]) + int(silent[i]),
                sources[i],
                {t: sums[t][i] if t in sums else NOTHING for t in CASUALTY_TYPES},
            )
            for i in range(self._bins)
        ]
        first, last = (
            left.of(self.dataset.codes["day_first"]),
            left.of(self.dataset.codes["day_last"]),
        )
        return RowSums(
            dataset=self.dataset,
            rows=left.size,
            figures=int(figures.sum()),
            happenings=int(silent.sum()),
            districts=dict(zip(self.areas.codes, areas[: len(self.areas.codes)], strict=True)),
            not_placed=areas[-3],
            outside=areas[-2],
            wider=areas[-1],
            # A row without a figure is one claim, of what happened.
            wider_around=self._wider_around(mask, np.maximum(stated, 1)),
            wider_figures=self._wider_figures(mask, types, groups, 1),
            groups=self._by_group(left, types, groups),
            parts=frozenset() if groups and "total" not in groups else self._parts,
            first_day=day_of(first.min()) if left.size else None,
            last_day=day_of(last.max()) if left.size else None,
        )

    def _by_group(
        self, left: Left, types: Collection[str], groups: frozenset[str]
    ) -> dict[tuple[str, str], GroupSums]:
        found = {}
        for casualty_type, group in self.dataset.figures:
            if casualty_type in types and group != UNKNOWN_SIDE and (not groups or group in groups):
                sums = left.sums(self.bounds(casualty_type, frozenset({group})))
                by_place = GroupSums(together(sums[: -len(BESIDE)]), *sums[-len(BESIDE) :])
                if any(one.rows for one in by_place):
                    found[casualty_type, group] = by_place
        return found

    def _sources(self, left: Left) -> list[tuple[str, ...]]:
        ids = self.dataset.source_ids
        met = left.counted_with(self.dataset.codes["release"], len(ids)) > 0
        return [tuple(sorted(ids[i] for i in np.flatnonzero(row))) for row in met]


def _is_chosen(codes: NDArray[Any], words: tuple[str, ...], chosen: frozenset[str]) -> Mask:
    """Return which codes stand for chosen words; -1 stands for none."""
    if len(chosen) > _MANY_WORDS:
        found: Mask = np.array([*(word in chosen for word in words), False])[codes]
        return found
    found = np.zeros(len(codes), bool)
    for number, word in enumerate(words):
        if word in chosen:
            found |= codes == number
    return found


def _kept(store: OrderedDict[K, V], key: K, make: Callable[[], V], most: int = _KEPT) -> V:
    """Return what is kept under a key, made where it is not; only the newest few are kept."""
    try:
        return store[key]
    except KeyError:  # not asked before, so that another session's thread may drop it meanwhile
        made = store[key] = make()
    while len(store) > most:
        store.popitem(last=False)
    return made


def groups_of(chosen: frozenset[str]) -> frozenset[str]:
    """Return the groups that a filter by group lets through: police are security forces."""
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


def _added(alone: dict[str, Bounds]) -> Bounds:
    """Return low, best and high of each row over the groups that do not overlap in it."""
    stated = {group: bounds.low != UNKNOWN for group, bounds in alone.items()}
    counts = {group: _not_covered(group, stated) for group in alone}
    counting = [group for group, counted in counts.items() if counted.any()]
    if len(counting) == 1 and (counts[counting[0]] == stated[counting[0]]).all():
        return alone[counting[0]]
    size = len(next(iter(stated.values())))
    sums = [np.zeros(size, np.int32) for _ in range(3)]
    known, opened, ceilings = (np.zeros(size, bool) for _ in range(3))
    for group in counting:
        bounds, counted = alone[group], counts[group]
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


def _not_covered(group: str, stated: dict[str, Mask]) -> Mask:
    """Return which rows count a group: those that state it and no figure that holds it."""
    counted = stated[group].copy()
    covering = {"total", *COVERED_BY.get(group, frozenset())} - {group}
    for other in covering & stated.keys():
        counted &= ~stated[other]
    return counted


def _if_any(rows: Mask) -> Mask | None:
    return rows if rows.any() else None


def filled(columns: tuple[Counts, Counts, Counts]) -> Bounds:
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
