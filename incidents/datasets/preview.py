"""What a mapping makes of a file's first rows, to be looked at before anything is imported."""

from __future__ import annotations

import contextlib
import math
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from incidents.datasets.blocks import without_guards
from incidents.datasets.coding import Coded, Coder
from incidents.datasets.days import day_of
from incidents.datasets.formats import dataset_name, table_format
from incidents.datasets.mapping import Mapping, Reading, guess_mapping, missing_columns
from incidents.datasets.numerals import UNKNOWN
from incidents.datasets.placing import district_codes
from incidents.datasets.refusals import Refusal
from incidents.datasets.tables import open_table

PREVIEW_ROWS = 5
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
    unread
        Columns that it does not name; their cells are kept all the same.
    missing
        Columns that it names and the file has not.
    cells
        The first rows as they stand, in the order of `header`.
    read
        What each of these rows is read as: id, dates, district, precision, figures.
    refused
        Of the first block of rows, those that would be refused.
    """

    mapping: Mapping
    header: tuple[str, ...]
    unread: tuple[str, ...]
    missing: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]
    read: tuple[dict[str, object], ...]
    refused: tuple[Refusal, ...]


def preview_table(
    path: Path, mapping: Mapping | None = None, encoding: str = "", today: date = date.max
) -> Preview:
    """Return how a table would be read, by its first rows; nothing is stored.

    Raises
    ------
    FileRefusedError
        If the file cannot be read at all.
    """
    reading = (mapping.reading if mapping else Reading()).model_copy(
        update={"encoding": encoding} if encoding else {}
    )
    table = open_table(path, (), reading)
    mapping = mapping or guess_mapping(dataset_name(path.stem), table.header)
    with contextlib.closing(table.blocks()) as blocks:  # type: ignore[type-var]
        block = next(blocks, None)
    header = tuple(table.header)
    unread = tuple(name for name in header if name not in mapping.named)
    missing = tuple(missing_columns(mapping, header))
    if block is None:
        return Preview(mapping, header, unread, missing, (), (), ())
    block.table = without_guards(block.table)
    first = block.table.slice(0, PREVIEW_ROWS)
    coded = Coder(table_format(mapping), today).code(block)
    return Preview(
        mapping,
        header,
        unread,
        missing,
        tuple(tuple(row[name] for name in header) for row in first.to_pylist()),
        tuple(_as_read(coded, row) for row in range(first.num_rows)),
        tuple(sorted(coded.rows.refused)),
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
