"""A block: some rows of a file as columns of text, whatever the file's format."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from incidents.datasets.refusals import FORMULA_STARTS, FileRefusedError, Refusal, shown

MAX_COLUMNS = 2_000
_GUARDED = f"^'([{re.escape(''.join(FORMULA_STARTS))}])"


@dataclass
class Block:
    """Rows of one file, in their order, as text; nothing was converted.

    Attributes
    ----------
    table
        A column of strings for each of the header's names.
    numbers
        The rows' numbers in the file, counted from 1.
    refused
        Rows of this part of the file that have no cells to read.
    doubts
        What is read but may be wrong.
    may_hold_nul
        Whether a NUL stands somewhere in the cells.
    """

    table: pa.Table
    numbers: NDArray[np.int64]
    refused: list[Refusal] = field(default_factory=list)
    doubts: list[Refusal] = field(default_factory=list)
    may_hold_nul: bool = False


def text_table(names: Sequence[str], columns: Sequence[Any]) -> pa.Table:
    """Return columns of text as a table; None becomes an empty cell."""
    arrays = [pa.array(column, pa.string()) for column in columns]
    return pa.table([array.fill_null("") for array in arrays], names=list(names))


def check_header(where: str, header: Sequence[str]) -> None:
    """Refuse a header whose names repeat, are empty, too many, or no text.

    Raises
    ------
    FileRefusedError
        Saying which columns.
    """
    if len(header) > MAX_COLUMNS:
        raise FileRefusedError(
            where,
            f"a table of {len(header):,} columns",
            f"at most {MAX_COLUMNS:,}",
            "Export only the columns that are needed.",
        )
    empty = [i for i, name in enumerate(header, 1) if not name.strip()]
    if empty:
        raise FileRefusedError(
            where,
            f"a table whose column {empty[0]} has no name in the header",
            "a name for every column",
            "Name the column, or take it out.",
        )
    for number, name in enumerate(header, 1):
        for at, character in enumerate(name, 1):
            if character < " " and character not in "\t\r\n":
                what = "a NUL" if character == "\0" else f"the control U+{ord(character):04X}"
                raise FileRefusedError(
                    where,
                    f"a table whose header holds {what} (column {number}, character {at})",
                    "names of columns as text",
                    "Take it out; if there are many, the file is no text: export it as CSV.",
                )
    first: dict[str, int] = {}
    for number, name in enumerate(header, 1):
        if name in first:
            raise FileRefusedError(
                where,
                f"a table whose header names {shown(name)!r} twice (columns {first[name]} and {number})",
                "a name of its own for every column",
                "Rename one of them.",
            )
        first[name] = number


def without_guards(table: pa.Table) -> pa.Table:
    """Take off the apostrophe that an export puts before cells which a spreadsheet might run.

    Examples
    --------
    >>> without_guards(pa.table({"a": ["'=1", "'Abd", "x"]}))["a"].to_pylist()
    ['=1', "'Abd", 'x']
    """
    for number, name in enumerate(table.column_names):
        column = table[name]
        if pc.any(pc.starts_with(column, "'")).as_py():
            plain = pc.replace_substring_regex(column, _GUARDED, r"\1")
            table = table.set_column(number, name, plain)
    return table
