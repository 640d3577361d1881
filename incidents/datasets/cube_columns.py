"""Filters and sums over a cube: what `columns.Columns` tells of the rows, told from their sums.

Single rows are not here: a cube colours the map, fills the tables and the tolls, and has no claim
to open. The rows are in the GeoParquet beside it.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from incidents.datasets.columns import ALL, Columns, groups_of
from incidents.datasets.cube import Cube, open_cube
from incidents.datasets.dataset import Dataset, open_dataset
from incidents.datasets.days import day_of
from incidents.datasets.library import read_manifest
from incidents.datasets.row_areas import BESIDE
from incidents.datasets.row_figures import Claims
from incidents.datasets.row_sums import NOTHING, AreaSums, GroupSums, Mask, RowSums, Sum, together
from incidents.datasets.schema import UNKNOWN_SIDE
from incidents.figures.tolls import COVERED_BY
from incidents.filters import Filter
from incidents.grid import NO_PLACES, Places
from incidents.model import CASUALTY_TYPES, Catalogue

Integers = NDArray[np.int64]


class CubeColumns(Columns):
    """A cube made ready for filters; gives the same `RowSums` as the rows that it sums."""

    dataset: Cube

    def stated(self, types: frozenset[str], groups: frozenset[str]) -> Claims:
        """Return how many figures of some types and groups each row of a cell states."""
        found = np.zeros(self.dataset.size, np.int8)
        for at, figure in enumerate(self.dataset.figure_names):
            group = figure.victim_group
            # Victims of an unknown side are a claim of the total's group.
            shown = "total" if group == UNKNOWN_SIDE else group
            chosen = not types or figure.casualty_type in types
            if chosen and (not groups or shown in groups):
                found += self._has(at).astype(np.int8)
        return found

    def rows(
        self,
        chosen: Filter,  # noqa: ARG002
        area: str | None = None,  # noqa: ARG002
        most: int | None = None,  # noqa: ARG002
    ) -> NDArray[np.int64]:
        """Return no rows: a cube has none."""
        return np.zeros(0, np.int64)

    def places(self, chosen: Filter) -> tuple[Places, int]:
        """Return no places, and how many rows the filter leaves: a cube has no points."""
        nowhere = int(self.dataset.weights[self.select(chosen)].sum())
        return NO_PLACES, nowhere

    def records(self, chosen: Filter, area: str | None = None, part: slice = ALL) -> Catalogue:  # noqa: ARG002
        """Return no records: a cube has no row to make them of."""
        return Catalogue((), (), ())

    def records_of_claim(self, claim_id: str) -> None:
        """Return None: no claim is made of a cell."""

    def _has(self, figure: int) -> Mask:
        found: Mask = (self.dataset.stated >> figure & 1).astype(bool)
        return found

    def _sum_up(self, chosen: Filter) -> RowSums:
        cube, mask = self.dataset, self.select(chosen)
        cells = np.flatnonzero(mask)
        left = _Cells(self._bins, self.areas.numbers[cells].astype(np.int64), cube, cells)
        groups = groups_of(chosen.victim_groups)
        stated = self.stated(chosen.casualty_types, groups)
        rows = left.added(cube.weights)
        figures = left.added(cube.weights * stated)
        silent = left.added(cube.weights * (stated == 0))
        types = {
            t for t, _ in cube.measures if not chosen.casualty_types or t in chosen.casualty_types
        }
        sums = {t: self._sums(left, t, groups) for t in CASUALTY_TYPES if t in types}
        met = [left.met(cube.codes["release"] == at) for at in range(len(cube.source_ids))]
        areas = [
            AreaSums(
                int(rows[i]),
                int(figures[i]) + int(silent[i]),
                tuple(sorted(cube.source_ids[at] for at, seen in enumerate(met) if seen[i])),
                {t: sums[t][i] if t in sums else NOTHING for t in CASUALTY_TYPES},
            )
            for i in range(self._bins)
        ]
        first, last = cube.codes["day_first"][cells], cube.codes["day_last"][cells]
        size = len(self.areas.codes)
        return RowSums(
            dataset=cube,
            rows=int(rows.sum()),
            figures=int(figures.sum()),
            happenings=int(silent.sum()),
            districts=dict(zip(self.areas.codes, areas[:size], strict=True)),
            not_placed=areas[-3],
            outside=areas[-2],
            wider=areas[-1],
            wider_around=self._wider_around(mask, np.maximum(stated, 1) * cube.weights),
            wider_figures=self._wider_figures(mask, types, groups, cube.weights),
            groups=self._cells_by_group(left, types, groups),
            parts=frozenset() if groups and "total" not in groups else self._only_parts(),
            first_day=day_of(first.min()) if len(cells) else None,
            last_day=day_of(last.max()) if len(cells) else None,
        )

    def _sums(self, left: _Cells, casualty_type: str, groups: frozenset[str]) -> list[Sum]:
        """Return a type's sums in each area, over the groups that do not overlap in a cell."""
        alone = {
            figure.victim_group: self._has(at)
            for at, figure in enumerate(self.dataset.figure_names)
            if figure.casualty_type == casualty_type
            and figure.victim_group != UNKNOWN_SIDE
            and (not groups or figure.victim_group in groups)
        }
        counted = {group: _not_covered(group, alone) for group in alone}
        return left.sums(casualty_type, counted)

    def _cells_by_group(
        self, left: _Cells, types: Iterable[str], groups: frozenset[str]
    ) -> dict[tuple[str, str], GroupSums]:
        found = {}
        for casualty_type, group in self.dataset.measures:
            if casualty_type in types and group != UNKNOWN_SIDE and (not groups or group in groups):
                sums = self._sums(left, casualty_type, frozenset({group}))
                by_place = GroupSums(together(sums[: -len(BESIDE)]), *sums[-len(BESIDE) :])
                if any(one.rows for one in by_place):
                    found[casualty_type, group] = by_place
        return found

    def _only_parts(self) -> frozenset[tuple[str, str]]:
        """Return the types and groups whose rows all have a total as well."""
        at = {(f.casualty_type, f.victim_group): n for n, f in enumerate(self.dataset.figure_names)}
        return frozenset(
            key
            for key, number in at.items()
            if key[1] != "total"
            and (total := at.get((key[0], "total"))) is not None
            and not (self._has(number) & ~self._has(total)).any()
        )


class _Cells:
    """The cells that a filter leaves, added up by area."""

    def __init__(self, bins: int, area: Integers, cube: Cube, cells: Integers) -> None:
        self._bins, self._area, self._cube, self._cells = bins, area, cube, cells

    def added(self, values: NDArray[Any]) -> Integers:
        """Return the sum in each area of a number that every cell of the cube has."""
        # Whole numbers are added as such: a cell may hold more than a double tells apart.
        found = np.zeros(self._bins, np.int64)
        np.add.at(found, self._area, values[self._cells].astype(np.int64))
        return found

    def met(self, cells: Mask) -> Mask:
        """Return whether an area has any of some cells."""
        return self.added(cells) > 0

    def sums(self, casualty_type: str, counted: dict[str, Mask]) -> list[Sum]:
        """Return the sums of the groups that count, each where it does."""
        low, best, high, opened, ceilings = np.zeros((5, self._bins), np.int64)
        known = np.zeros(self._cube.size, bool)
        for group, where in counted.items():
            known |= where
            measures = self._cube.measures[casualty_type, group]
            for total, column in zip((low, best, high, opened, ceilings), measures, strict=True):
                np.add(total, self.added(np.where(where, column, 0)), out=total)
        rows = self.added(np.where(known, self._cube.weights, 0))
        return [
            Sum(
                int(low[i]), int(best[i]), int(high[i]),
                bool(opened[i]), bool(ceilings[i]), int(rows[i]),
            )
            if rows[i]
            else NOTHING
            for i in range(self._bins)
        ]  # fmt: skip


def _not_covered(group: str, stated: dict[str, Mask]) -> Mask:
    counted = stated[group].copy()
    for other in ({"total", *COVERED_BY.get(group, frozenset())} - {group}) & stated.keys():
        counted &= ~stated[other]
    return counted


def open_columns(folder: Path) -> Columns:
    """Open a dataset: its rows, or the cube where several machines wrote it.

    Raises
    ------
    DatasetError
        If there is none, or its files are not as its manifest says.
    """
    if any(release.parts for release in read_manifest(folder).releases):
        return CubeColumns(open_cube(folder))
    dataset: Dataset = open_dataset(folder)
    return Columns(dataset)
