"""CSV and TSV as blocks of text columns: shape checked, every record numbered, none lost."""

from __future__ import annotations

import contextlib
import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Self

import numpy as np
import pyarrow as pa
import pyarrow.csv
from numpy.typing import NDArray

from incidents.datasets.ahead import read_ahead
from incidents.datasets.blocks import Block, check_header, text_table
from incidents.datasets.encodings import ByteStream, find_garbled, not_utf8
from incidents.datasets.records import LF, read_strictly, scan
from incidents.datasets.refusals import FileRefusedError, Refusal, shown

SEPARATORS = (",", ";", "\t", "|")
MAX_RECORD_BYTES = 32 << 20
"""A record longer than this is a damaged file, or no table."""
GARBLED_SHOWN = 3
SWALLOWED_SHOWN = 100
_SAMPLE_RECORDS = 50


class TextTable:
    """One CSV or TSV file, ready to be read block by block.

    Parameters
    ----------
    path
        The file.
    known
        The columns of the format that it should have, if any: they tell the separator, and
        stand in for a header that is not there.
    encoding, separator
        As declared, or empty.

    Attributes
    ----------
    header
        The columns' names.
    separator
        The one found.
    has_header
        Whether the file's first line names its columns.

    Raises
    ------
    FileRefusedError
        If no table can be read from it.
    """

    def __init__(
        self, path: Path, known: Sequence[str] = (), encoding: str = "", separator: str = ""
    ) -> None:
        self.path = path
        self.stream = ByteStream(path, encoding)
        self._chunks = iter(self.stream)
        self._head = next(self._chunks)
        self._skip = 0
        sample = self._sample()
        first_line = sample.partition("\n")[0].rstrip("\r")
        if len(first_line) == 5 and first_line.lower().startswith("sep="):
            separator = separator or first_line[4]
            self._skip = len((sample.partition("\n")[0] + "\n").encode())
            sample = sample.partition("\n")[2]
        if not sample.strip():
            raise FileRefusedError(path.name, "empty", "a header and rows", "Export it again.")
        self.separator = separator or _separator(sample, known)
        self._read_header(sample, known)

    @classmethod
    def of_part(cls, path: Path, header: Sequence[str], separator: str) -> Self:
        """Return the reader of a part of a file whose header and separator are known."""
        table = cls.__new__(cls)
        table.path, table.header, table.separator = path, list(header), separator
        return table

    @property
    def done(self) -> int:
        """How many bytes of the file are read."""
        return self.stream.done

    @property
    def sha256(self) -> str:
        """Of the file's bytes, once they are read."""
        return self.stream.hash.hexdigest()

    def _sample(self) -> str:
        """Return the first records as text, replacing what is no UTF-8."""
        return self._head[: 1 << 20].decode(errors="replace")

    def _read_header(self, sample: str, known: Sequence[str]) -> None:
        records = read_strictly(sample, self.separator, last=len(self._head) < 1 << 20)
        first, end = next(records, (None, 0))
        if first is None or first.fault:
            raise FileRefusedError(
                self.path.name,
                f"a file whose first line is no header ({first.fault if first else 'it never ends'})",
                "the columns' names in the first line",
                "Correct the quotes of the first line.",
            )
        names = [name.strip() for name in first.cells]
        without_header = (
            bool(known)
            and len(names) == len(known)
            and not set(map(str.casefold, names)) & set(known)
        )
        self.has_header = not without_header
        if without_header:
            self.header = list(known)
            return
        check_header(self.path.name, names)
        self.header = names
        blank = len(sample) - len(sample.lstrip("\r\n"))
        self._skip += len(sample[: max(end, blank)].encode())
        following = [line for line, _ in zip(records, range(_SAMPLE_RECORDS), strict=False)]
        self._refuse_shifted([len(line.cells) for line, _ in following if not line.fault])

    def _refuse_shifted(self, widths: list[int]) -> None:
        """Refuse a table whose every row has more cells than its header."""
        expected = len(self.header)
        if expected == 1 and len(widths) > 1 and min(widths[:2]) > 2:
            raise FileRefusedError(
                self.path.name,
                f"a table whose first line is no header but {shown(self.header[0])!r}",
                f"the columns' names in the first line; below it are {widths[0]} cells",
                "Take out the lines above the names.",
            )
        if widths and min(widths) == max(widths) and widths[0] > expected:
            raise FileRefusedError(
                self.path.name,
                f"a table whose every row has {widths[0]} cells under {expected} names",
                "a name for every cell",
                "Add the name that is missing, or take out the separator at the lines' ends.",
            )

    def blocks(self) -> Iterator[Block]:
        """Yield the rows; nothing between them is left out.

        Raises
        ------
        FileRefusedError
            If the file turns out not to be UTF-8, or a record never ends.
        """
        rest = self._head[self._skip :]
        row = 1
        with contextlib.closing(read_ahead(self._chunks)) as chunks:
            yield from self.blocks_of(chunks, rest, row)

    def blocks_of(
        self, chunks: Iterable[bytes], rest: bytes, row: int, *, last: bool = True
    ) -> Iterator[Block]:
        """Yield the rows of some chunks.

        Parameters
        ----------
        chunks
            Pieces of the file as they follow each other.
        rest
            What precedes them, from the beginning of a record.
        row
            The number of the first row.
        last
            Whether the file ends with them; else what is left is not read.
        """
        for chunk in chunks:
            block, rest, row = self._take(rest, row, last=False)
            if block:
                yield block
            rest += chunk
        while last and rest:
            before = len(rest)
            block, rest, row = self._take(rest, row, last=True)
            if block:
                yield block
            if len(rest) == before:
                break

    def _take(self, data: bytes, row: int, *, last: bool) -> tuple[Block | None, bytes, int]:
        """Return a block of the whole records in some bytes, what is left, and the next row."""
        if last and not data.endswith(b"\n"):
            data += b"\n"
        scanned = scan(data, self.separator)
        end = int(scanned.ends[-1]) if scanned.ends.size else 0
        if scanned.clean and (end or not last) and not (last and end < len(data)):
            if len(data) - end > MAX_RECORD_BYTES:
                # A quote that never closes, or a line that never ends.
                return self._take_strictly(data, row, last=False, give_up=True)
            block = self._parse(data[:end], scanned.ends, row) if end else None
            if block is not None or not end:
                return block, data[end:], row + _rows_of(block)
        return self._take_strictly(data, row, last=last)

    def _parse(self, data: bytes, ends: NDArray[np.int64], row: int) -> Block | None:
        """Return the block that pyarrow reads, or None if it counts records differently."""
        wrong: list[pyarrow.csv.InvalidRow] = []

        def note(found: pyarrow.csv.InvalidRow) -> str:
            wrong.append(found)
            return "skip"

        try:
            table = self._read(data)
        except pa.ArrowInvalid:
            self._check_utf8(data, ends, row)
            table = self._read(data, note)
        is_row = _filled_records(data, ends)
        filled = int(np.count_nonzero(is_row))
        if len(table) + len(wrong) != filled:
            return None
        numbers = np.arange(row, row + filled)
        number_of = row + np.cumsum(is_row) - 1
        if wrong:
            lost = np.array([found.number - 1 for found in wrong])
            numbers = np.delete(numbers, lost)
        refused = [self._wrong_width(row + w.number - 1, w.actual_columns, w.text) for w in wrong]
        return Block(
            table,
            numbers,
            refused,
            [*self._garbled(data, ends, number_of), *self._swallowed(data, ends, number_of)],
            may_hold_nul=b"\0" in data,
        )

    @staticmethod
    def count_filled(data: bytes, ends: NDArray[np.int64]) -> int:
        """Return how many of the records in some bytes are more than an empty line."""
        return int(np.count_nonzero(_filled_records(data, ends)))

    def _read(self, data: bytes, handler: object = None) -> pa.Table:
        return pyarrow.csv.read_csv(
            pa.BufferReader(data),
            read_options=pyarrow.csv.ReadOptions(
                column_names=self.header,
                # One chunk, on this thread: the other cores have the blocks before and after.
                use_threads=False,
                block_size=len(data) + 1,
            ),
            parse_options=pyarrow.csv.ParseOptions(
                delimiter=self.separator, newlines_in_values=True, invalid_row_handler=handler
            ),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(self.header, pa.string()), strings_can_be_null=False
            ),
        )

    def _take_strictly(
        self, data: bytes, row: int, *, last: bool, give_up: bool = False
    ) -> tuple[Block | None, bytes, int]:
        """Read record by record where quotes are at fault; refuse the lines that are."""
        self._check_utf8(data, np.flatnonzero(np.frombuffer(data, np.uint8) == 10) + 1, row)
        text = data.decode(errors="ignore" if not last else "strict")
        cells: list[tuple[str, ...]] = []
        numbers: list[int] = []
        refused: list[Refusal] = []
        at, first = 0, row
        for line, end in read_strictly(text, self.separator, last=last or give_up):
            if give_up and end - at > MAX_RECORD_BYTES:
                raise FileRefusedError(
                    f"{self.path.name}, row {row},",
                    f"longer than {MAX_RECORD_BYTES >> 20} MB",
                    "rows of text",
                    "The file is damaged, or no table; export it again.",
                )
            if line.fault:
                refused.append(self._refusal(row, line.column, line.text, line.fault))
            elif len(line.cells) != len(self.header):
                refused.append(self._wrong_width(row, len(line.cells), line.text))
            else:
                cells.append(line.cells)
                numbers.append(row)
            row, at = row + 1, end
            if give_up and line.fault:
                break
        rest = data[len(text[:at].encode()) :]
        columns = list(zip(*cells, strict=True)) if cells else [()] * len(self.header)
        block = Block(
            text_table(self.header, columns),
            np.array(numbers, np.int64),
            refused,
            may_hold_nul="\0" in text[:at],
        )
        if row == first and last and not text[:at].strip():
            return None, b"", row
        return (block if row > first else None), rest, row

    def _check_utf8(self, data: bytes, ends: NDArray[np.int64], row: int) -> None:
        try:
            data.decode()
        except UnicodeDecodeError as error:
            if error.end == len(data) and "unexpected end" in error.reason:
                return
            number = row + int(np.searchsorted(ends, error.start, side="right"))
            raise not_utf8(self.path, data, error, f"row {number}") from None

    def _garbled(
        self, data: bytes, ends: NDArray[np.int64], number_of: NDArray[np.int64]
    ) -> Iterator[Refusal]:
        for at, text, meant in find_garbled(data, GARBLED_SHOWN):
            number = int(number_of[np.searchsorted(ends, at, side="right")])
            reason = "looks garbled: text saved in one encoding and read in another"
            if meant and meant != text:
                reason += f"; it may have been {meant!r}"
            yield Refusal(number, "", shown(text), reason + ". It is kept as it came")

    def _swallowed(
        self, data: bytes, ends: NDArray[np.int64], number_of: NDArray[np.int64]
    ) -> Iterator[Refusal]:
        """Note records of several lines of which one looks like a whole record of its own."""
        if data.count(b"\n") == len(ends):
            return
        starts = np.concatenate(([0], ends[:-1]))
        line_ends = np.flatnonzero(np.frombuffer(data, np.uint8) == LF)
        lines = np.searchsorted(line_ends, ends) - np.searchsorted(line_ends, starts)
        separators = len(self.header) - 1
        for record in np.flatnonzero(lines > 1)[:SWALLOWED_SHOWN].tolist():
            text = data[starts[record] : ends[record]].decode(errors="replace")
            inner = text.splitlines()[1:]
            if separators and any(line.count(self.separator) == separators for line in inner):
                yield Refusal(
                    int(number_of[record]), "", shown(text),
                    "a cell holds line ends, and one of its lines looks like a row of its own: "
                    "a quote that is not closed may have swallowed rows",
                )  # fmt: skip

    def _wrong_width(self, row: int, cells: int, text: str) -> Refusal:
        expected = len(self.header)
        reason = f"{cells} cell{'' if cells == 1 else 's'} where the header has {expected}"
        if cells > expected:
            reason += f"; a text that holds {_name(self.separator)} must stand in quotes"
        elif cells == 1:
            reason += "; it looks like a footer or a note: take it out"
        else:
            reason += "; the row is cut short"
        return Refusal(row, "", shown(text), reason)

    def _refusal(self, row: int, column: int, text: str, fault: str) -> Refusal:
        name = self.header[column - 1] if column <= len(self.header) else f"cell {column}"
        return Refusal(
            row, name, shown(text), f"{fault}; put texts in quotes and double those inside"
        )


def _filled_records(data: bytes, ends: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which records are more than an empty line."""
    is_row: NDArray[np.bool_] = np.diff(ends, prepend=0) > 2
    for line in np.flatnonzero(~is_row).tolist():
        is_row[line] = bool(data[ends[line - 1] if line else 0 : ends[line]].strip(b"\r\n"))
    return is_row


def _rows_of(block: Block | None) -> int:
    return 0 if block is None else len(block.numbers) + len(block.refused)


def _name(separator: str) -> str:
    return {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a bar"}.get(
        separator, repr(separator)
    )


def _separator(sample: str, known: Sequence[str]) -> str:
    """Return the separator under which the first line has most known names, else most cells."""
    first_line = next((line for line in sample.splitlines() if line.strip()), "")

    def fits(separator: str) -> tuple[int, int]:
        try:
            cells = next(csv.reader(io.StringIO(first_line), delimiter=separator), [])
        except csv.Error:
            return 0, 0
        names = {cell.strip().casefold() for cell in cells}
        return len(names & set(known)), len(cells)

    return max(SEPARATORS, key=fits)
