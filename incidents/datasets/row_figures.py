"""What the rows of a dataset say in figures, worked out once for all rows that say the same.

Of a million rows most give the same few figures: some thousand kinds of rows are told apart.
Whatever follows from the figures alone is worked out for each kind, and rows are counted.
"""

from __future__ import annotations

from collections import OrderedDict
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from incidents.datasets.keeping import kept
from incidents.datasets.numerals import UNKNOWN
from incidents.datasets.schema import UNKNOWN_SIDE
from incidents.figures.tolls import COVERED_BY

Counts = NDArray[np.int32]
Claims = NDArray[np.int8]
Mask = NDArray[np.bool_]
Figures = dict[tuple[str, str], tuple[Counts, Counts, Counts]]
"""By casualty type and victim group the columns low, best and high; negative is unknown."""
# Codes are whole numbers modulo 2**64: what columns begin with moves all of them alike.
_MOST_CODES = 1 << 63
_BLOCK = 32_768


class Bounds(NamedTuple):
    """What is said for one casualty type, groups already added; negative is unknown.

    `is_open` tells kinds of rows whose upper end nobody gives, `is_ceiling` those that give it
    alone.
    """

    low: Counts
    best: Counts
    high: Counts
    is_open: Mask | None = None
    is_ceiling: Mask | None = None


class RowFigures:
    """The figures of some rows, by kind.

    Parameters
    ----------
    figures
        Those of each row.
    size
        How many rows there are.

    Attributes
    ----------
    kind
        The kind of each row.
    size
        How many kinds there are.
    figures
        Those of each kind.
    """

    def __init__(self, figures: Figures, size: int) -> None:
        self.kind, row_of = _kinds(figures, size)
        self.size = len(row_of)
        columns = _distinct(figures)
        taken = {which: column[row_of] for which, column in columns.items()}
        self.figures: Figures = {
            name: (taken[id(low)], taken[id(best)], taken[id(high)])
            for name, (low, best, high) in figures.items()
        }
        self._filled: dict[tuple[str, str], Bounds] = {}
        self._bounds: OrderedDict[tuple[str, frozenset[str]], Bounds] = OrderedDict()

    def bounds(self, casualty_type: str, groups: frozenset[str]) -> Bounds | None:
        """Return the figures of a casualty type under a filter by group; None if there are none."""
        alone = {
            group: self._alone(casualty_type, group)
            for kind, group in self.figures
            if kind == casualty_type and group != UNKNOWN_SIDE and (not groups or group in groups)
        }
        if not alone:
            return None
        if len(alone) == 1:
            return next(iter(alone.values()))
        return kept(self._bounds, (casualty_type, groups), lambda: _added(alone))

    def _alone(self, casualty_type: str, group: str) -> Bounds:
        key = casualty_type, group
        if key not in self._filled:
            self._filled[key] = filled(self.figures[key])
        return self._filled[key]

    def stated(self, types: frozenset[str], groups: frozenset[str]) -> Claims:
        """Return how many figures of some types and groups each kind states (empty means all)."""
        found = np.zeros(self.size, np.int8)
        for casualty_type, group in self.figures:
            # Victims of an unknown side are a claim of the total's group.
            shown = "total" if group == UNKNOWN_SIDE else group
            if (not types or casualty_type in types) and (not groups or shown in groups):
                found += _stated(self.figures, casualty_type, group)
        return found

    @cached_property
    def parts(self) -> frozenset[tuple[str, str]]:
        """The types and groups whose rows all have a total as well."""
        found = set()
        for casualty_type, group in self.figures:
            if group == "total" or (casualty_type, "total") not in self.figures:
                continue
            stated = _stated(self.figures, casualty_type, group)
            if not (stated & ~_stated(self.figures, casualty_type, "total")).any():
                found.add((casualty_type, group))
        return frozenset(found)


def _distinct(figures: Figures) -> dict[int, Counts]:
    """Return the columns by their identity: a figure without bounds is one column three times."""
    return {id(column): column for columns in figures.values() for column in columns}


def _kinds(figures: Figures, size: int) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Return the kind of each row, and a row of each kind."""
    code, codes = np.zeros(size, np.int64), 1
    if size:
        columns = list(_distinct(figures).values())
        spans = [int(column.max()) - int(column.min()) + 1 for column in columns]
        together: list[tuple[Counts, int]] = []
        for column, span in zip(columns, spans, strict=True):
            if codes * span > _MOST_CODES:
                _append(code, together)
                kind, codes = _numbered(code)
                code, together = kind.astype(np.int64), []
            codes *= span
            together.append((column, span))
        _append(code, together)
    kind, kinds = _numbered(code)
    row_of = np.empty(kinds, np.int64)
    # Whichever of its rows is written last: they all say the same.
    row_of[kind] = np.arange(size)
    return kind, row_of


def _append(code: NDArray[np.int64], columns: list[tuple[Counts, int]]) -> None:
    """Make codes of rows tell their values in columns as well, each of so many in a row."""
    for start in range(0, len(code), _BLOCK):
        block = code[start : start + _BLOCK]
        for column, span in columns:
            block *= span
            block += column[start : start + _BLOCK].astype(np.int64)


def _numbered(code: NDArray[np.int64]) -> tuple[NDArray[np.int32], int]:
    """Return codes numbered from 0, and how many different ones there are."""
    encoded = pa.array(code).dictionary_encode()
    return encoded.indices.to_numpy(), len(encoded.dictionary)


def _stated(figures: Figures, casualty_type: str, group: str) -> Mask:
    """Return which rows have a claim for one figure."""
    low, best, high = figures[casualty_type, group]
    found: Mask = low != UNKNOWN
    if best is not low:
        found = found | (best != UNKNOWN) | (high != UNKNOWN)
    if group == UNKNOWN_SIDE:
        # Without a total it is a part of nothing, and makes no claim.
        if (casualty_type, "total") not in figures:
            return np.zeros(len(low), bool)
        found = found & _stated(figures, casualty_type, "total")
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
