"""What a file seems to be, by its columns: UCDP GED, ACLED, or another table."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path

from incidents.datasets.formats import PUBLISHED, Kind, canonical_name, published_format
from incidents.datasets.mapping import Reading
from incidents.datasets.reading_text import TextTable
from incidents.datasets.tables import open_table


def guess_kind(path: Path, encoding: str = "") -> Kind:
    """Return what a file seems to be; it can be read at least at its beginning then.

    Raises
    ------
    FileRefusedError
        If the file cannot be read at all.
    """
    reading = Reading(encoding=encoding)
    # With UCDP's columns at hand a candidate release without a header can be told.
    table = open_table(path, published_format("ucdp").header, reading, beginning=True)
    with contextlib.closing(table.blocks()) as blocks:  # type: ignore[type-var]
        block = next(blocks, None)
    if isinstance(table, TextTable) and not table.has_header:
        first = block.table.slice(0, 1).to_pylist() if block is not None else []
        if first and first[0]["id"].isdigit() and first[0]["year"].isdigit():
            return "ucdp"
        # Not by UCDP's names: whatever is wrong with its own header is said now.
        table = open_table(path, (), reading, beginning=True)
    return kind_of(table.header)


def kind_of(header: Sequence[str]) -> Kind:
    """Return the kind of dataset that has all the columns it needs in a header.

    Examples
    --------
    >>> kind_of(["Event_ID_cnty", "event_date", "event_type", "sub_event_type", "fatalities"])
    'acled'
    >>> kind_of(["id", "date", "killed"])
    'table'
    """
    for kind in PUBLISHED:
        made_for = published_format(kind)
        there = {canonical_name(name, made_for) for name in header}
        if there >= set(made_for.required):
            return kind
    return "table"
