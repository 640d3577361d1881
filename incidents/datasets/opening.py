"""Files opened as what they are said to be, or refused as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePath

from incidents.datasets.blocks import Block, check_header, without_guards
from incidents.datasets.formats import (
    Format,
    Kind,
    canonical_name,
    dataset_name,
    declared_format,
    published_format,
    table_format,
)
from incidents.datasets.mapping import Mapping, Reading, guess_mapping, missing_columns
from incidents.datasets.refusals import FileRefusedError
from incidents.datasets.tables import Table, open_table


def open_files(
    files: Sequence[Path],
    called: Sequence[str],
    as_: Kind,
    mapping: Mapping | None,
    dataset: str,
    encoding: str,
) -> tuple[Format, list[Table]]:
    """Return how files are read, and each as a table whose columns fit that.

    Parameters
    ----------
    called
        What people call the files.

    Raises
    ------
    FileRefusedError
        If one cannot be read, or lacks what has to be there.
    """
    known, reading = how_to_read(as_, mapping, encoding)
    tables: list[Table] = [open_table(path, known, reading) for path in files]
    headers = [table.header for table in tables]
    return format_of(as_, mapping, dataset, called, [p.name for p in files], headers), tables


def how_to_read(
    as_: Kind, mapping: Mapping | None, encoding: str
) -> tuple[tuple[str, ...], Reading]:
    """Return the columns that a kind of file is known to have, none for a table, and how it is read.

    Parameters
    ----------
    encoding
        Goes before the mapping's, unless it is empty.
    """
    known = published_format(as_).header if as_ != "table" else ()
    reading = mapping.reading if mapping else Reading()
    return known, reading.model_copy(update={"encoding": encoding}) if encoding else reading


def format_of(
    as_: Kind,
    mapping: Mapping | None,
    dataset: str,
    called: Sequence[str],
    files: Sequence[str],
    headers: Sequence[Sequence[str]],
) -> Format:
    """Return the format that all files of an import are read in.

    Parameters
    ----------
    as_, mapping, dataset
        As for `import_files`.
    called, files
        What people call the files, and their names where they lie.
    headers
        The columns of each.

    Raises
    ------
    FileRefusedError
        If a file lacks a column that must be there.
    """
    if as_ == "table":
        found = mapping or guess_mapping(dataset_name(PurePath(called[0]).stem), headers[0])
        made_for = table_format(_named(found, dataset), [n for header in headers for n in header])
    else:
        made_for = declared_format(as_, mapping)
        if dataset:
            made_for = replace(made_for, mapping=_named(made_for.mapping, dataset))
    for name, header in zip(files, headers, strict=True):
        _check_columns(name, header, made_for, guessed=mapping is None)
    return made_for


def _named(mapping: Mapping, dataset: str) -> Mapping:
    return Mapping.model_validate(mapping.model_dump() | ({"dataset": dataset} if dataset else {}))


def _check_columns(file: str, header: Sequence[str], made_for: Format, *, guessed: bool) -> None:
    named = [canonical_name(name, made_for) for name in header]
    check_header(file, named)
    there = set(named)
    if made_for.required:
        lacking = [name for name in made_for.required if name not in there]
        if lacking:
            raise FileRefusedError(
                file,
                f"a table without the column{'s' * (len(lacking) > 1)} {', '.join(lacking)}",
                f"the columns of {made_for.title}",
                "Export it again with all columns, or import it as a table with a mapping.",
            )
        return
    columns = made_for.mapping.columns
    if not guessed and (absent := missing_columns(made_for.mapping, header)):
        raise FileRefusedError(
            file, f"a table without {', '.join(map(repr, absent))}, which the mapping names",
            f"the mapping's columns; it has {', '.join(map(repr, header))}", "Correct the mapping.",
        )  # fmt: skip
    if not {"date", "date_start", "year"} & columns.keys():
        raise FileRefusedError(
            file, f"a table with no column that is known for a date ({', '.join(header)})",
            "a column such as date, event_date or date_start",
            "Give a mapping that says which column holds the date.",
        )  # fmt: skip


def prepared(block: Block, made_for: Format) -> Block:
    """Return a block under the format's own names, as the coder takes it."""
    names = [canonical_name(name, made_for) for name in block.table.column_names]
    block.table = block.table.rename_columns(names)
    if made_for.kind == "table":
        block.table = without_guards(block.table)
    return block
