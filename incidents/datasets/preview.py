"""What a file's first rows are read as, to be looked at before anything is imported."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from incidents.datasets.blocks import Block, without_guards
from incidents.datasets.coding import Coded, Coder
from incidents.datasets.days import day_of
from incidents.datasets.event_words import strange_words
from incidents.datasets.formats import (
    Format,
    Kind,
    Licence,
    canonical_name,
    dataset_name,
    declared_format,
    published_format,
    table_format,
)
from incidents.datasets.mapping import Mapping, Reading, guess_mapping, missing_columns
from incidents.datasets.numerals import UNKNOWN
from incidents.datasets.placing import district_codes
from incidents.datasets.refusals import Refusal
from incidents.datasets.tables import BEGINNING, open_table

PREVIEW_ROWS = 5
CHECKED_ROWS = BEGINNING
_NOT_SHOWN = frozenset(
    {"event_type", "sub_event_type", "flags", "cited", "district", "day_first", "day_last"}
)


@dataclass(frozen=True)
class Preview:
    """A mapping and what it makes of some rows.

    Attributes
    ----------
    mapping
        The one given, or guessed from the header.
    licence
        What must be said of the rows, as far as kind and columns tell.
    unread
        Columns that it does not name; their cells are kept all the same.
    missing
        Columns that it names and the file has not.
    cells
        The first rows as they stand, in the order of `header`.
    read
        What each of these rows is read as: id, dates, district, precision, figures.
    checked
        How many rows were looked at, at most `CHECKED_ROWS`.
    refused
        Of these, those that would be refused.
    doubts
        Of these, what would be kept and noted.
    strange_words
        Of these, words for the kind of event that nobody has said the meaning of.
    """

    mapping: Mapping
    licence: Licence
    header: tuple[str, ...]
    unread: tuple[str, ...]
    missing: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]
    read: tuple[dict[str, object], ...]
    refused: tuple[Refusal, ...]
    checked: int = 0
    doubts: tuple[Refusal, ...] = ()
    strange_words: tuple[str, ...] = ()


def preview_table(
    path: Path,
    mapping: Mapping | None = None,
    encoding: str = "",
    today: date = date.max,
    as_: Kind = "table",
) -> Preview:
    """Return how a file would be read, by its first rows; nothing is stored.

    Raises
    ------
    FileRefusedError
        If the file cannot be read at all.
    """
    reading = (mapping.reading if mapping else Reading()).model_copy(
        update={"encoding": encoding} if encoding else {}
    )
    known = published_format(as_).header if as_ != "table" else ()
    table = open_table(path, known, reading, beginning=True)
    with contextlib.closing(table.blocks()) as blocks:  # type: ignore[type-var]
        block = next(blocks, None)
    header = tuple(table.header)
    if as_ == "table":
        made_for = table_format(mapping or guess_mapping(dataset_name(path.stem), header), header)
    else:
        made_for = declared_format(as_, mapping)
    mapping = made_for.mapping
    names = [canonical_name(name, made_for) for name in header]
    unread = tuple(name for name in names if name not in mapping.named)
    missing = tuple(missing_columns(mapping, names))
    if block is None:
        return Preview(mapping, made_for.licence, header, unread, missing, (), (), ())
    return _of_rows(_beginning(block, names, made_for), made_for, header, unread, missing, today)


def _beginning(block: Block, names: Sequence[str], made_for: Format) -> Block:
    """Return the first rows of a block, named as the format names them."""
    table = block.table.slice(0, CHECKED_ROWS).rename_columns(names)
    numbers = block.numbers[:CHECKED_ROWS]
    last = CHECKED_ROWS if not len(numbers) else max(int(numbers[-1]), CHECKED_ROWS)
    return Block(
        without_guards(table) if made_for.kind == "table" else table,
        numbers,
        [one for one in block.refused if one.row <= last],
        [one for one in block.doubts if one.row <= last],
        block.may_hold_nul,
    )


def _of_rows(
    block: Block,
    made_for: Format,
    header: tuple[str, ...],
    unread: tuple[str, ...],
    missing: tuple[str, ...],
    today: date,
) -> Preview:
    first = block.table.slice(0, PREVIEW_ROWS)
    coded = Coder(made_for, today).code(block)
    return Preview(
        made_for.mapping,
        made_for.licence,
        header,
        unread,
        missing,
        tuple(tuple(row[name] for name in first.column_names) for row in first.to_pylist()),
        tuple(_as_read(coded, row) for row in range(first.num_rows)),
        tuple(sorted(coded.rows.refused)),
        block.table.num_rows + len(block.refused),
        tuple(sorted(coded.rows.doubts)),
        strange_words(coded.rows, made_for),
    )


def _as_read(coded: Coded, row: int) -> dict[str, object]:
    said: dict[str, object] = {"id": coded.ids[row].as_py()}
    if coded.rows.bad[row]:
        number = int(coded.rows.block.numbers[row])
        refused = next(one for one in coded.rows.refused if one.row == number)
        return said | {"refused": f"{refused.field}: {refused.reason}"}
    values = {name: column[row].item() for name, column in coded.codes.items()}
    pcodes = {code: pcode for pcode, code in district_codes().items()}
    said |= {
        "date_start": day_of(values["day_first"]).isoformat(),
        "date_end": day_of(values["day_last"]).isoformat(),
        "adm2_pcode": pcodes.get(values["district"]),
    }
    for name, value in values.items():
        if name not in _NOT_SHOWN and value != UNKNOWN and not math.isnan(value):
            said[name] = value
    return said
