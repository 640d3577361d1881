"""A file as a table of text, whatever its format: one way in for all readers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

from incidents.datasets.blocks import Block
from incidents.datasets.mapping import Reading
from incidents.datasets.reading_text import TextTable
from incidents.datasets.refusals import FileRefusedError

BEGINNING = 2_000
"""Rows that are looked at before an import."""


class Table(Protocol):
    """What every reader offers."""

    @property
    def header(self) -> Sequence[str]:
        """The columns' names."""

    def blocks(self) -> Iterator[Block]:
        """Yield the rows in their order."""

    @property
    def done(self) -> int:
        """How many bytes of the file are read."""

    @property
    def sha256(self) -> str:
        """Of the file's bytes, once they are read."""


def open_table(
    path: Path, known: Sequence[str], reading: Reading, *, beginning: bool = False
) -> Table:
    """Return a file as a table.

    Parameters
    ----------
    path
        Its ending says the format: .csv, .tsv, .txt, .xlsx, .parquet, .geojson, .json, .gpkg.
    known
        The columns of the format that it should have, if any.
    reading
        What was declared of its encoding and separator.
    beginning
        Whether only the first rows are wanted.

    Raises
    ------
    FileRefusedError
        If it is not there, or no table.
    """
    from incidents.datasets.reading_apart import ApartTable  # noqa: PLC0415
    from incidents.datasets.reading_typed import GeoJsonTable, ParquetTable  # noqa: PLC0415

    if not path.is_file():
        raise FileRefusedError(str(path), "not there", "a file", "Check the name.")
    match path.suffix.casefold():
        case ".parquet" | ".geoparquet":
            # A few bytes can unpack to very many: no more rows than are looked at.
            return ParquetTable(path, BEGINNING) if beginning else ParquetTable(path)
        case ".geojson" | ".json":
            return GeoJsonTable(path)
        case ".xlsx" | ".xlsm" | ".gpkg":
            return ApartTable(path)
        case _:
            return TextTable(path, known, reading.encoding, reading.separator)
