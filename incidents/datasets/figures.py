"""Casualty figures of rows: read, held against each other, and the parts of UCDP's best."""

from __future__ import annotations

from collections.abc import Mapping as Lookup
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from incidents.datasets.formats import Format
from incidents.datasets.mapping import Figure
from incidents.datasets.numerals import UNKNOWN, read_count
from incidents.datasets.schema import FigureName

if TYPE_CHECKING:
    from incidents.datasets.coding import Rows

Counts = NDArray[np.int32]
_PART_GROUPS = ("security_forces", "militants", "civilians", "unknown")


def figure_names(made_for: Format) -> tuple[FigureName, ...]:
    """Return the figures that rows of a format have, totals first.

    Examples
    --------
    >>> from incidents.datasets.formats import published_format
    >>> [name.victim_group for name in figure_names(published_format("ucdp"))]
    ['total', 'security_forces', 'militants', 'civilians', 'unknown']
    """
    said = [
        FigureName(f.casualty_type, f.victim_group, f.count is None)
        for f in made_for.mapping.figures
    ]
    if made_for.parts:
        said += [FigureName("killed", group, has_bounds=False) for group in _PART_GROUPS]
    return tuple(said)


def code_figures(rows: Rows, made_for: Format, names: tuple[FigureName, ...]) -> dict[str, Counts]:
    """Return a column of counts for each figure's column; `UNKNOWN` where the cell is empty."""
    coded: dict[str, Counts] = {}
    for figure, name in zip(made_for.mapping.figures, names, strict=False):
        coded |= dict(zip(name.columns, _bounds(rows, made_for, figure), strict=True))
    if made_for.parts and made_for.side_groups:
        parts = _parts(rows, made_for, made_for.parts, made_for.side_groups)
        coded |= {f"killed_{group}": counts for group, counts in parts.items()}
        _doubt_sum(rows, coded, parts)
    return coded


def _read(rows: Rows, made_for: Format, column: str | None) -> Counts:
    if column is None or column not in rows.block.table.column_names:
        return np.full(rows.size, UNKNOWN, np.int32)
    read = partial(read_count, numerals=made_for.mapping.reading.numerals)
    return rows.read_column(column, read, UNKNOWN).astype(np.int32)


def _bounds(rows: Rows, made_for: Format, figure: Figure) -> tuple[Counts, ...]:
    if figure.count:
        return (_read(rows, made_for, figure.count),)
    named = {"low": figure.low, "best": figure.best, "high": figure.high}
    counts = {bound: _read(rows, made_for, column) for bound, column in named.items()}
    for lesser, greater in (("low", "best"), ("best", "high"), ("low", "high")):
        one, other = counts[lesser], counts[greater]
        for row in np.flatnonzero((one > other) & (other != UNKNOWN)).tolist():
            rows.refuse(
                row, named[lesser] or lesser, str(one[row]),
                f"{named[lesser]} {one[row]} is more than {named[greater]} {other[row]}; "
                "expected low ≤ best ≤ high. Correct one of them",
            )  # fmt: skip
    return tuple(counts.values())


def _parts(
    rows: Rows, made_for: Format, columns: Lookup[str, str], sides: Lookup[str, str]
) -> dict[str, Counts]:
    """Return the dead by group: whose a side's are depends on who the side is."""
    read = {column: _read(rows, made_for, column) for column in columns}
    group_of = {name: number for number, name in enumerate(_PART_GROUPS)}
    found = {group: np.full(rows.size, UNKNOWN, np.int32) for group in _PART_GROUPS}
    for column, whose in columns.items():
        if whose in ("side_a", "side_b"):
            side = rows.column("side_a") if whose == "side_a" else rows.column("side_b")
            names = [""] * rows.size if side is None else side.dictionary_encode()
            groups = _groups_of(names, sides, group_of)
        else:
            groups = np.full(rows.size, group_of[whose])
        for group in np.unique(groups).tolist():
            here = (groups == group) & (read[column] != UNKNOWN)
            target = found[_PART_GROUPS[group]]
            target[here] = np.maximum(target[here], 0) + read[column][here]
    return found


def _groups_of(
    names: object, sides: Lookup[str, str], group_of: dict[str, int]
) -> NDArray[np.int64]:
    def group(name: str) -> int:
        if name.strip() == sides["civilians_named"]:
            return group_of["civilians"]
        is_government = name.strip().startswith(sides["government_begins_with"])
        return group_of[sides["government" if is_government else "other"]]

    if isinstance(names, list):
        return np.array([group(name) for name in names], np.int64)
    codes = np.array([group(name) for name in names.dictionary.to_pylist()], np.int64)  # type: ignore[attr-defined]
    found: NDArray[np.int64] = codes[names.indices.to_numpy(zero_copy_only=False)]  # type: ignore[attr-defined]
    return found


def _doubt_sum(rows: Rows, coded: dict[str, Counts], parts: dict[str, Counts]) -> None:
    best = coded.get("killed_total_best")
    if best is None or not rows.size:
        return
    known = np.all([counts != UNKNOWN for counts in parts.values()], axis=0) & (best != UNKNOWN)
    total = np.sum(list(parts.values()), axis=0)
    for row in np.flatnonzero(known & (total != best) & ~rows.bad).tolist():
        rows.doubt(row, "best", str(best[row]), f"its parts add up to {total[row]}; both are kept")
