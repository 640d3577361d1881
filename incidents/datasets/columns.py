"""Filters and sums over the columns of a dataset: the flat twin of `filters` and `tolls`.

`incidents.figures.tolls` works on claims, each with its source and its words; a million rows are too
many for that. A row of a dataset is an incident of its own whose figures come from one source,
so the same rules become sums of columns: a total replaces the sum of its groups, the police
count only where a row has no security forces, women, children and men only where it has no
civilians, and victims of an unknown side are only ever a part of the total. A row is one claim
of each figure, so every rule names the same best but "official", which a dataset is not. For any
rows, `Columns.sums` and `incidents.figures.tolls.by_district` of the same rows as claims
(`as_claims.rows_as_claims`) give the same counts and sums; a property test holds that.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gazetteer.resolve import Gazetteer
from geo.boundaries import Area, Boundaries, load_districts
from incidents.datasets.as_claims import row_of_claim, rows_as_claims
from incidents.datasets.dataset import Dataset
from incidents.datasets.days import day_number, day_of
from incidents.datasets.keeping import kept
from incidents.datasets.numerals import UNKNOWN
from incidents.datasets.row_areas import BESIDE, RowAreas, row_areas
from incidents.datasets.row_figures import Bounds, Claims, Counts
from incidents.datasets.row_sums import (
    MOST_CELLS,
    NOTHING,
    AreaSums,
    CountedRows,
    GroupSums,
    Integers,
    Mask,
    RowsOfKinds,
    RowSums,
    SingleRows,
    Sum,
    days_spanned,
    paired,
    sums_of,
    together,
    values_of,
)
from incidents.datasets.schema import EVENT_TYPE_WORDS, UNKNOWN_SIDE
from incidents.filters import INCLUDED_GROUPS, Filter
from incidents.grid import Places
from incidents.model import CASUALTY_TYPES, KARACHI, Catalogue

ALL = slice(None)
# Up to so many words a comparison for each is quicker than a table.
_MANY_WORDS = 16


class Columns:
    """A dataset made ready for filters: what does not depend on them is worked out once."""

    def __init__(self, dataset: Dataset, areas: RowAreas | None = None) -> None:
        self.dataset = dataset
        self.areas = areas or row_areas(dataset, load_districts(), Gazetteer.default())
        self._bins = len(self.areas.codes) + len(BESIDE)
        self._summed: OrderedDict[Filter, RowSums] = OrderedDict()
        self._masks: OrderedDict[Filter, Mask] = OrderedDict()
        # What every row counts as, 4 bytes a row, and how often that is there among all rows.
        self._pairs: OrderedDict[str, Counts] = OrderedDict()
        self._of_all: OrderedDict[str, Integers] = OrderedDict()
        self._orders: OrderedDict[frozenset[str], NDArray[np.int64]] = OrderedDict()

    def on(self, boundaries: Boundaries[Area], gazetteer: Gazetteer) -> Columns:
        """Return the same dataset on the areas of another level; see `row_areas`."""
        there = type(self)(self.dataset, row_areas(self.dataset, boundaries, gazetteer))
        there._orders = self._orders
        return there

    def stated(self, types: frozenset[str], groups: frozenset[str]) -> Claims:
        """Return how many figures of some types and groups each row states (empty means all)."""
        figures = self.dataset.row_figures
        return figures.stated(types, groups).take(figures.kind)

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
        return kept(self._summed, chosen, lambda: self._sum_up(chosen))

    def places(self, chosen: Filter) -> tuple[Places, int]:
        """Return the exact places of the rows that a filter leaves, and how many rows have none."""
        mask = kept(self._masks, chosen, lambda: self.select(chosen), 2)
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
        mask = kept(self._masks, chosen, lambda: self.select(chosen), 2)
        order = kept(
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
        figures = self.dataset.row_figures
        people = np.full(figures.size, UNKNOWN, np.int32)
        for casualty_type in CASUALTY_TYPES:
            bounds = figures.bounds(casualty_type, groups_of(victim_groups))
            if bounds is not None:
                people = np.maximum(people, bounds.high)
        return np.lexsort((-self.dataset.codes["day_first"], -people.take(figures.kind)))

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
        mask = kept(self._masks, chosen, lambda: self.select(chosen), 2)
        some, groups = _fewer(mask), groups_of(chosen.victim_groups)
        figures = self.dataset.row_figures
        types = [
            t
            for t in CASUALTY_TYPES
            if any(t == kind for kind, _ in figures.figures)
            and (not chosen.casualty_types or t in chosen.casualty_types)
        ]
        alone = [
            (t, group)
            for t, group in figures.figures
            if t in types and group != UNKNOWN_SIDE and (not groups or group in groups)
        ]
        stated = figures.stated(chosen.casualty_types, groups)
        (rows, claims, silent), sums = self._added(
            some,
            [np.ones(figures.size, np.int8), stated, stated == 0],
            [figures.bounds(t, groups) for t in types]
            + [figures.bounds(t, frozenset({group})) for t, group in alone],
        )
        sources = self._sources(some, rows)
        by_type: dict[str, list[Sum]] = dict(zip(types, sums, strict=False))
        areas = [
            AreaSums(
                rows[i],
                claims[i] + silent[i],
                sources[i],
                {t: by_type[t][i] if t in by_type else NOTHING for t in CASUALTY_TYPES},
            )
            for i in range(self._bins)
        ]
        codes, among = self.dataset.codes, self.areas.among
        days = days_spanned(codes["day_first"], codes["day_last"], mask)
        return RowSums(
            dataset=self.dataset,
            rows=sum(rows),
            figures=sum(claims),
            happenings=sum(silent),
            districts=dict(zip(self.areas.codes, areas[: len(self.areas.codes)], strict=True)),
            not_placed=areas[-3],
            outside=areas[-2],
            wider=areas[-1],
            # A row without a figure is one claim, of what happened.
            wider_around=self._wider_around(mask, np.maximum(stated, 1).take(figures.kind))
            if among
            else {},
            wider_figures=self._wider_figures(mask, types, groups, 1),
            groups=_by_place(dict(zip(alone, sums[len(types) :], strict=True))),
            parts=frozenset() if groups and "total" not in groups else figures.parts,
            first_day=day_of(days[0]) if days else None,
            last_day=day_of(days[1]) if days else None,
        )

    def _added(
        self, some: SomeRows, measures: list[NDArray[Any]], bounds: list[Bounds | None]
    ) -> tuple[list[list[int]], list[list[Sum]]]:
        """Return measures of kinds added up over the rows left in each area, and sums of bounds."""
        none = np.zeros(self.dataset.row_figures.size, bool)
        values = {id(one): values_of(one, none) for one in bounds if one is not None}
        columns = [
            *measures,
            *(column for some_values in values.values() for column in some_values),
        ]
        # A column once: most figures have no bounds.
        distinct = {id(column): column for column in columns}
        at = {which: number for number, which in enumerate(distinct)}
        added = self._left(some).added(np.stack(list(distinct.values())).astype(np.int64))
        sums = {
            which: sums_of(added[[at[id(column)] for column in some_values]])
            for which, some_values in values.items()
        }
        nothing = [NOTHING] * self._bins
        return (
            added[[at[id(column)] for column in measures]].tolist(),
            [sums.get(id(one), nothing) for one in bounds],
        )

    def _left(self, some: SomeRows) -> RowsOfKinds:
        """Return the rows left, counted by area and kind."""
        figures, numbers = self.dataset.row_figures, self.areas.numbers
        if self._bins * figures.size <= MOST_CELLS:
            return CountedRows(self._counted("kinds", figures.kind, figures.size, some))
        rows = some.left(self.dataset.size)
        return SingleRows(self._bins, numbers.take(rows), figures.kind.take(rows))

    def _sources(self, some: SomeRows, rows: list[int]) -> list[tuple[str, ...]]:
        ids, release = self.dataset.source_ids, self.dataset.codes["release"]
        if len(ids) == 1:
            return [ids if count else () for count in rows]
        met = self._counted("releases", release, len(ids), some) > 0
        return [tuple(sorted(ids[i] for i in np.flatnonzero(row))) for row in met]

    def _counted(self, what: str, codes: NDArray[Any], size: int, some: SomeRows) -> Integers:
        """Return how many rows left each area has of each of some codes.

        Where most are left, all less the others: both are whole numbers.
        """
        pairs = kept(self._pairs, what, lambda: paired(self.areas.numbers, codes, size))

        def count(rows: Counts) -> Integers:
            return np.bincount(rows, minlength=self._bins * size).reshape(self._bins, size)

        if not some.are_left_out:
            return count(pairs.take(some.rows))
        return kept(self._of_all, what, lambda: count(pairs)) - count(pairs.take(some.rows))


class SomeRows(NamedTuple):
    """The rows that a filter leaves or those that it leaves out, whichever are fewer."""

    rows: NDArray[np.int64]
    are_left_out: bool

    def left(self, size: int) -> NDArray[np.int64]:
        """Return the rows left of so many."""
        return np.delete(np.arange(size), self.rows) if self.are_left_out else self.rows


def _fewer(mask: Mask) -> SomeRows:
    most = bool(2 * np.count_nonzero(mask) > mask.size)
    return SomeRows(np.flatnonzero(~mask if most else mask), most)


def _by_place(sums: dict[tuple[str, str], list[Sum]]) -> dict[tuple[str, str], GroupSums]:
    """Return sums of each area by what is known of the place, where there are any."""
    found = {
        key: GroupSums(together(areas[: -len(BESIDE)]), *areas[-len(BESIDE) :])
        for key, areas in sums.items()
    }
    return {key: by_place for key, by_place in found.items() if any(one.rows for one in by_place)}


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
