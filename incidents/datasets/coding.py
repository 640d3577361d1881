"""Rows of text as columns of codes: every cell that means something is read, or says why not."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any, TypeVar, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from incidents.datasets import event_words, locating
from incidents.datasets.blocks import Block
from incidents.datasets.days import (
    NO_DAY,
    Span,
    check_year,
    day_in_pieces,
    day_number,
    read_day,
    read_iso_days,
)
from incidents.datasets.figures import code_figures, figure_names
from incidents.datasets.formats import Format
from incidents.datasets.mapping import FieldName
from incidents.datasets.numerals import (
    UNKNOWN,
    Numerals,
    plain,
    read_code,
    read_count,
    read_degrees,
)
from incidents.datasets.refusals import BadValueError, Refusal, shown
from incidents.datasets.schema import NO_FIGURE, FigureName
from incidents.datasets.seen import checksums, hash_ids, strong_hashes

T = TypeVar("T", bound=Hashable)
MAX_DOUBTS = 1_000
_UNIT = "\x1f"
# A hashtag with attributes, as the Humanitarian Exchange Language writes them.
_HXL_TAG = re.compile(r"#[a-z][a-z0-9_]*(?:\s*\+\s*[a-z][a-z0-9_]*)*", re.IGNORECASE)
_CLEAN_DEGREES = r"^[+-]?[0-9]{1,3}(\.[0-9]+)?$"


@dataclass
class Coder:
    """Reads blocks of one import; knows how the format writes and what day it is."""

    format: Format
    today: date
    figures: tuple[FigureName, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.figures = figure_names(self.format)
        way = self.format.way_of_reading
        self._way_of_reading = np.uint64(
            int.from_bytes(hashlib.blake2b(way.encode(), digest_size=8).digest()) if way else 0
        )

    def code(self, block: Block) -> Coded:
        """Return the codes of a block's rows, and which rows are refused."""
        rows = Rows(block, self.format)
        rows.refuse_nul()
        rows.refuse_tags()
        codes: dict[str, NDArray[Any]] = {}
        ids = self._ids(rows)
        self._code_days(rows, codes)
        counts = code_figures(rows, self.format, self.figures)
        codes |= event_words.code_events(rows, self.format)
        place_ids = locating.code_places(rows, self.format, codes)
        codes["cited"] = _items(rows.column("cited"), rows.size)
        no_figure = np.ones(rows.size, bool)
        for values in counts.values():
            no_figure &= values == UNKNOWN
        codes["flags"] |= (no_figure * NO_FIGURE).astype(np.uint8)
        content = self._content(rows)
        if ids is None:
            # What has no id is the same row where all its cells are.
            digests = strong_hashes(content)
            ids = pa.array([f"{digest:016x}" for digest in digests.tolist()], pa.string())
        else:
            digests = checksums(content)
        # The same cells read in another way are a revision: what a corrected mapping changes
        # must not be taken for a duplicate.
        digests = digests ^ self._way_of_reading
        return Coded(codes | counts, ids, hash_ids(ids), digests, place_ids, rows)

    def _ids(self, rows: Rows) -> pa.Array | None:
        column = rows.column("id")
        if column is None:
            return None
        trimmed = pc.utf8_trim_whitespace(column)
        if pc.any(pc.equal(trimmed, "")).as_py():
            for row in np.flatnonzero(pc.equal(trimmed, "").to_numpy(zero_copy_only=False)):
                rows.refuse(int(row), rows.name("id"), "", "the row's id is empty; give it one")
        return trimmed

    def _content(self, rows: Rows) -> pa.Array:
        """Return each row's content as one text, the same for any order of the columns."""
        there = rows.block.table.column_names
        names = [n for n in self.format.header or sorted(there) if n in there]
        columns = [rows.cells(name) for name in names]
        joined = pc.binary_join_element_wise(*columns, _UNIT)
        return cast("pa.Array", joined)

    def _code_days(self, rows: Rows, codes: dict[str, NDArray[Any]]) -> None:
        reading = self.format.mapping.reading
        read = partial(read_day, form=reading.date_format, today=self.today, empty=reading.empty)
        starts: tuple[FieldName, ...] = ("date_start", "date", "year")
        start_field: FieldName = next((name for name in starts if rows.has(name)), "date")
        if start_field == "year" and rows.has("month"):
            first, last, prec = _spans_in_pieces(rows, reading.numerals, self.today)
        else:
            first, last, prec = self._spans(rows, start_field, read)
        if rows.has("date_end"):
            end_first, end_last, end_prec = self._spans(rows, "date_end", read)
            no_end = end_first == NO_DAY
            end_last = np.where(no_end, last, end_last)
            backwards = (first != NO_DAY) & (end_last < first)
            for row in np.flatnonzero(backwards).tolist():
                rows.refuse(
                    row, rows.name("date_end"), rows.cell("date_end", row),
                    f"it lies before {rows.name(start_field)} "
                    f"{rows.cell(start_field, row)}; correct one of them",
                )  # fmt: skip
            prec = np.maximum(prec, np.where(no_end, prec, end_prec))
            prec = np.where((prec == 1) & (end_last > first), _length_prec(end_last - first), prec)
            last = end_last
        for row in np.flatnonzero((first == NO_DAY) & ~rows.bad).tolist():
            name = rows.name(start_field) or "date"
            rows.refuse(row, name, "", "the row has no date; give at least its year")
        self._check_years(rows)
        given = rows.read(
            "date_prec",
            code_reader(self.format.mapping.date_prec, 5, reading.numerals),
            UNKNOWN,
            "int8",
        )
        codes["day_first"] = first.astype(np.int32)
        codes["day_last"] = last.astype(np.int32)
        codes["date_prec"] = np.where(given > 0, given, prec).astype(np.int8)

    def _spans(
        self, rows: Rows, field_name: FieldName, read: Callable[[str], Span | None]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        if not rows.has(field_name):
            none = np.full(rows.size, NO_DAY, np.int64)
            return none, none, np.ones(rows.size, np.int64)
        declared = self.format.mapping.reading.date_format
        last_day = -1 if declared else day_number(self.today)
        return rows.read_spans(rows.name(field_name), read, last_day)

    def _check_years(self, rows: Rows) -> None:
        def read(text: str) -> int:
            year = read_code(text, self.format.mapping.reading.numerals)
            if year != UNKNOWN:
                check_year(year)
                if year > self.today.year:
                    raise BadValueError(f"{year} lies in the future; correct the year")
            return year

        rows.read("year", read, UNKNOWN, "int32")


@dataclass
class Coded:
    """A block's rows as codes, beside their text.

    `codes` holds a column for each of `schema.CODE_TYPES` and of the format's figures.
    """

    codes: dict[str, NDArray[Any]]
    ids: pa.Array
    keys: NDArray[np.uint64]
    digests: NDArray[np.uint64]
    place_ids: pa.Array
    rows: Rows


class Rows:
    """The rows of a block while they are read: cells by field, and the faults found."""

    def __init__(self, block: Block, made_for: Format) -> None:
        self.block = block
        self.size = block.table.num_rows
        self.bad = np.zeros(self.size, bool)
        self.refused: list[Refusal] = list(block.refused)
        self.doubts: list[Refusal] = list(block.doubts)
        self._arrays: dict[str, pa.Array] = {}
        self._columns = made_for.mapping.columns
        self._there = set(block.table.column_names)

    def has(self, field_name: FieldName) -> bool:
        """Whether the table has a column for a field."""
        return self._columns.get(field_name) in self._there

    def name(self, field_name: FieldName) -> str:
        """Return the name of a field's column, as the file has it."""
        return self._columns.get(field_name, "")

    def column(self, field_name: FieldName) -> pa.Array | None:
        """Return the cells of a field, or None where the table has no such column."""
        return self.cells(self.name(field_name)) if self.has(field_name) else None

    def cells(self, column: str) -> pa.Array:
        """Return the cells of a column by its name."""
        if column not in self._arrays:
            self._arrays[column] = self.block.table[column].combine_chunks()
        return self._arrays[column]

    def cell(self, field_name: FieldName, row: int) -> str:
        """Return one cell of a field, empty where the table has no such column."""
        column = self.column(field_name)
        return "" if column is None else str(column[row].as_py())

    def refuse(self, row: int, column: str, value: str, reason: str) -> None:
        """Refuse a row, unless it is refused already: the first fault is named."""
        if not self.bad[row]:
            self.bad[row] = True
            number = int(self.block.numbers[row])
            self.refused.append(Refusal(number, column, shown(value), reason))

    def doubt(self, row: int, column: str, value: str, reason: str) -> None:
        """Note that a cell is read but may be wrong."""
        if len(self.doubts) < MAX_DOUBTS:
            number = int(self.block.numbers[row])
            self.doubts.append(Refusal(number, column, shown(value), reason))

    def read(
        self, field_name: FieldName, read: Callable[[str], int], missing: int, dtype: str
    ) -> NDArray[Any]:
        """Return a field's cells as numbers, `missing` where there is no such column."""
        if not self.has(field_name):
            return np.full(self.size, missing, dtype)
        return self.read_column(self.name(field_name), read, missing).astype(dtype)

    def read_column(self, column: str, read: Callable[[str], int], missing: int) -> NDArray[Any]:
        """Return a column's cells as whole numbers; each distinct text is read once."""
        texts, code = self.distinct(column)
        values = np.array(
            [missing if v is None else v for v in self._read_all(column, texts, code, read)],
            np.int64,
        )
        return values[code]

    def distinct(self, column: str) -> tuple[list[str], NDArray[np.int32]]:
        """Return the distinct texts of a column, and for each row which of them it holds."""
        encoded = self.cells(column).dictionary_encode()
        return encoded.dictionary.to_pylist(), encoded.indices.to_numpy(zero_copy_only=False)

    def _read_all(
        self,
        column: str,
        texts: list[str],
        code: NDArray[np.int32],
        read: Callable[[str], T],
    ) -> list[T | None]:
        values: list[T | None] = []
        reasons: dict[int, str] = {}
        for number, text in enumerate(texts):
            try:
                values.append(read(text))
            except BadValueError as error:
                values.append(None)
                reasons[number] = str(error)
        for row in self.rows_of(code, reasons):
            number = int(code[row])
            self.refuse(row, column, texts[number], reasons[number])
        foreign = [n for n, text in enumerate(texts) if not text.isascii() and n not in reasons]
        for row in self.rows_of(code, foreign, first_only=True):
            text = texts[int(code[row])]
            self.doubt(row, column, text, f"read as {plain(text)!r}")
        return values

    @staticmethod
    def rows_of(
        code: NDArray[np.int32], wanted: Iterable[int], *, first_only: bool = False
    ) -> list[int]:
        """Return the rows, in order, that hold one of some distinct texts."""
        numbers = list(wanted)
        if not numbers:
            return []
        rows = np.flatnonzero(np.isin(code, numbers))
        if first_only:
            rows = rows[np.sort(np.unique(code[rows], return_index=True)[1])]
        found: list[int] = rows.tolist()
        return found

    def read_spans(
        self, column: str, read: Callable[[str], Span | None], last_day: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Return first day, last day and date_prec of a column's cells, `NO_DAY` where empty.

        Cells that are all plain ISO days up to `last_day` are read together.
        """
        if (days := read_iso_days(self.cells(column))) is not None and (
            not days.size or int(days.max()) <= last_day
        ):
            return days, days, np.ones(self.size, np.int64)
        texts, code = self.distinct(column)
        none = Span(NO_DAY, NO_DAY, 1)
        spans = [span or none for span in self._read_all(column, texts, code, read)]
        table = np.array(spans, np.int64).reshape(-1, 3)[code]
        return table[:, 0], table[:, 1], table[:, 2]

    def read_degrees(self, field_name: FieldName, made_for: Format) -> NDArray[np.float64]:
        """Return a coordinate's cells in degrees, NaN where empty; plain numbers go together."""
        column = self.column(field_name)
        if column is None:
            return np.full(self.size, np.nan)
        clean = pc.match_substring_regex(column, _CLEAN_DEGREES)
        numbers = pc.if_else(clean, column, None).cast(pa.float64())
        values: NDArray[np.float64] = (
            numbers.fill_null(np.nan).to_numpy(zero_copy_only=False).copy()
        )
        rest = np.flatnonzero(~clean.to_numpy(zero_copy_only=False))
        for row, text in zip(rest.tolist(), column.take(rest).to_pylist(), strict=True):
            try:
                values[row] = read_degrees(text, made_for.mapping.reading.numerals)
            except BadValueError as error:
                self.refuse(row, self.name(field_name), text, str(error))
                continue
            if not text.isascii():
                self.doubt(row, self.name(field_name), text, f"read as {plain(text)!r}")
        return values

    def refuse_tags(self) -> None:
        """Refuse a row of HXL tags, which some publishers put below the header."""
        if not self.size or int(self.block.numbers[0]) != 1:
            return
        first = {name: str(self.cells(name)[0].as_py()).strip() for name in self._there}
        filled = {name: text for name, text in first.items() if text}
        if filled and all(_HXL_TAG.fullmatch(text) for text in filled.values()):
            name = next(name for name in self.block.table.column_names if name in filled)
            self.refuse(
                0, name, filled[name],
                "the row holds HXL tags, which say what the columns mean, and no event; "
                "nothing is lost, leave it in or take it out",
            )  # fmt: skip

    def refuse_nul(self) -> None:
        """Refuse rows with a NUL in a cell, naming its position."""
        if not self.block.may_hold_nul:
            return
        for name in self.block.table.column_names:
            cells = self.cells(name)
            for row in np.flatnonzero(
                pc.match_substring(cells, "\0").to_numpy(zero_copy_only=False)
            ):
                text = cells[int(row)].as_py()
                self.refuse(
                    int(row), name, text,
                    f"a NUL stands at character {text.index(chr(0)) + 1}; take it out",
                )  # fmt: skip


def _spans_in_pieces(
    rows: Rows, numerals: Numerals, today: date
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return first day, last day and date_prec of rows whose year, month and day stand apart.

    A month or day that is empty or 0 is not known.
    """
    read = partial(read_code, numerals=numerals)
    year, month, day = (
        rows.read(name, read, UNKNOWN, "int64") for name in ("year", "month", "day")
    )
    pieces, code = np.unique(np.stack([year, month, day], axis=1), axis=0, return_inverse=True)
    none = Span(NO_DAY, NO_DAY, 1)
    spans, reasons = [], {}
    for number, (y, m, d) in enumerate(pieces.tolist()):
        try:
            spans.append(day_in_pieces(y, m, d, today) if y != UNKNOWN else none)
        except BadValueError as error:
            spans.append(none)
            reasons[number] = str(error)
    which: NDArray[np.int32] = code.ravel().astype(np.int32)
    for row in rows.rows_of(which, reasons):
        said = "-".join(rows.cell(name, row) for name in ("year", "month", "day") if rows.has(name))
        rows.refuse(row, rows.name("year"), said, reasons[int(which[row])])
    table = np.array(spans, np.int64).reshape(-1, 3)[which]
    return table[:, 0], table[:, 1], table[:, 2]


def _length_prec(days: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return UCDP's date_prec for a span: 2 up to six days, 3 a week, 4 a month, 5 more."""
    return np.select([days < 6, days < 7, days < 31], [2, 3, 4], 5)


def code_reader(table: dict[str, int], most: int, numerals: Numerals) -> Callable[[str], int]:
    """Return a reader of precision codes from 1, through the format's own table if it has one."""

    def read(text: str) -> int:
        code = read_count(text, numerals)
        if code == UNKNOWN:
            return UNKNOWN
        if table:
            if str(code) not in table:
                raise BadValueError(f"{text} is no code here; expected one of {', '.join(table)}")
            return table[str(code)]
        if not 1 <= code <= most:
            raise BadValueError(f"{text} is no code here; expected 1 to {most}, or empty")
        return code

    return read


def _items(column: pa.Array | None, size: int) -> NDArray[np.int16]:
    """Return how many things a list of a column holds, with semicolons between them."""
    if column is None:
        return np.zeros(size, np.int16)
    filled = pc.not_equal(pc.utf8_trim_whitespace(column), "").cast(pa.int32())
    counted = pc.multiply(filled, pc.add(pc.count_substring(column, ";"), 1))
    found: NDArray[np.int16] = counted.to_numpy(zero_copy_only=False).astype(np.int16)
    return found
