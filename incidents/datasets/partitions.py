"""A file in parts that are read apart and give the same rows, block by block, as the whole.

A text file is cut where the one-machine reader has read so many pieces: what is left over there
(the beginning of a record that is not yet whole) and the number of the next row go with the part.
So a quoted line end never cuts a record, and faulty quotes are met in the same blocks. To find
the cuts each file is gone through once, counting quotes and line ends only.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from incidents.datasets import storage
from incidents.datasets.blocks import Block, text_table
from incidents.datasets.mapping import Reading
from incidents.datasets.reading_text import TextTable
from incidents.datasets.tables import open_table

if TYPE_CHECKING:
    from numpy.typing import NDArray

PART_BYTES = 64 << 20


@dataclass(frozen=True)
class Part:
    """Some bytes of a file, from the beginning of a record.

    Attributes
    ----------
    file
        Number of the file, from 1.
    address
        Where it lies.
    start, first_piece, end
        Bytes: where the first record begins, where the first whole piece begins that the reader
        would take next, where the last one ends. A file that is read whole has no end.
    piece
        Bytes of a piece.
    row
        Number of the first row, from 1.
    rows
        How many rows the plan counted, refused ones too; None where they are not known.
    last
        Whether the file ends here.
    """

    file: int
    address: str
    start: int = 0
    first_piece: int = 0
    end: int | None = None
    piece: int = 0
    row: int = 1
    rows: int | None = None
    last: bool = True


@dataclass(frozen=True)
class FilePlan:
    """A file, how it is to be read, and its parts."""

    name: str
    header: tuple[str, ...]
    separator: str
    size: int
    sha256: str
    """Empty where only reading the whole will tell."""
    parts: tuple[Part, ...]

    def whole(self) -> Part:
        """Return the file as one part, for when a cut turns out not to hold."""
        one = self.parts[0]
        return Part(one.file, one.address)


def plan_file(
    file: int, address: str, known: Sequence[str], reading: Reading, part_bytes: int = PART_BYTES
) -> FilePlan:
    """Return the parts of a file.

    Raises
    ------
    FileRefusedError
        If no table can be read from it.
    """
    with storage.at_hand(address) as path:
        table = open_table(path, known, reading)
        size, name = path.stat().st_size, storage.file_name(address)
        header = tuple(table.header)
        if not isinstance(table, TextTable) or not table.stream.as_it_lies:
            return FilePlan(name, header, "", size, "", (Part(file, address),))
        counter = _Counter(path, known, reading.encoding, reading.separator)
        parts = tuple(counter.parts(file, address, part_bytes))
        return FilePlan(name, header, counter.separator, size, counter.sha256, parts)


class _Counter(TextTable):
    """Goes through a file as its reader does, but only counts the records."""

    def parts(self, file: int, address: str, part_bytes: int) -> Iterator[Part]:
        """Yield the parts, each of some pieces."""
        with self.path.open("rb") as opened:
            mark = opened.read(3) == codecs.BOM_UTF8
        # The first piece is in hand already; without its mark it is shorter than it lies.
        read = self.stream.done
        rest, row = self._head[self._skip :], 1
        start, first_piece, first_row = 3 * mark + self._skip, read, row
        for piece in self._chunks:
            if read - start >= part_bytes:
                yield Part(file, address, start, first_piece, read, self.stream.piece,
                           first_row, row - first_row, last=False)  # fmt: skip
                start, first_piece, first_row = read - len(rest), read, row
            _, rest, row = self._take(rest, row, last=False)
            rest += piece
            read = self.stream.done
        while rest:
            before = len(rest)
            _, rest, row = self._take(rest, row, last=True)
            if len(rest) == before:
                break
        yield Part(
            file, address, start, first_piece, read, self.stream.piece, first_row, row - first_row
        )

    def _parse(self, data: bytes, ends: NDArray[np.int64], row: int) -> Block | None:
        numbers = np.arange(row, row + self.count_filled(data, ends))
        return Block(text_table((), ()), numbers)


def read_part(
    part: Part, plan: FilePlan, known: Sequence[str], reading: Reading
) -> Iterator[Block]:
    """Yield the rows of a part as the blocks that the whole file's reader gives.

    Raises
    ------
    FileRefusedError
        If the file turns out not to be what it seemed.
    """
    if part.end is None:
        with storage.at_hand(part.address) as path:
            yield from open_table(path, known, reading).blocks()
        return
    data = storage.read_range(part.address, part.start, part.end)
    table = TextTable.of_part(Path(plan.name), plan.header, plan.separator)
    first = part.first_piece - part.start
    pieces = (data[at : at + part.piece] for at in range(first, len(data), part.piece))
    yield from table.blocks_of(pieces, data[:first], part.row, last=part.last)
