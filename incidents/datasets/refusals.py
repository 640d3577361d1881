"""Why a file or a row was not imported, and what is kept but doubtful."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

# A spreadsheet may run a cell that begins with one of these, full-width forms included.
FORMULA_STARTS = tuple("=+-@\t\r\n'%|＝＋－＠％｜＇")
MAX_SHOWN = 200
"""Characters of a value that a message shows."""


class FileRefusedError(ValueError):
    """A file was not read at all, and nothing of it is kept.

    Parameters
    ----------
    where
        Which file, with the row or column where it is known.
    came
        What came: "an Excel workbook".
    expected
        What was expected instead.
    remedy
        What to do, a whole sentence.

    Examples
    --------
    >>> print(FileRefusedError("a.csv", "empty", "a header and rows", "Export it again."))
    a.csv is empty; expected a header and rows. Export it again.
    """

    def __init__(self, where: str, came: str, expected: str, remedy: str) -> None:
        super().__init__(where, came, expected, remedy)
        self.where, self.came, self.expected, self.remedy = where, came, expected, remedy

    def renamed(self, old: str, new: str) -> FileRefusedError:
        """Speak of the file by the name that people gave it; return the same error."""
        if self.where.startswith(old):
            self.where = new + self.where.removeprefix(old)
        return self

    def __str__(self) -> str:
        return f"{self.where} is {self.came}; expected {self.expected}. {self.remedy}"


class EncodingUnknownError(FileRefusedError):
    """A file is not UTF-8, and nobody said what it is.

    Attributes
    ----------
    readings
        What its doubtful cells say in each of the code pages that are offered.
    """

    def __init__(
        self,
        where: str,
        came: str,
        expected: str,
        remedy: str,
        readings: dict[str, tuple[str, ...]],
    ) -> None:
        super().__init__(where, came, expected, remedy)
        self.args = (where, came, expected, remedy, readings)
        self.readings = readings


class BadValueError(ValueError):
    """A cell cannot be read; the message is the reason, with what to do."""


class Refusal(NamedTuple):
    """One row that was refused (or, among the doubts, kept) and why.

    `row` counts the data rows of its file from 1, the header and empty lines left out; 0 is the
    file as a whole.
    """

    row: int
    field: str
    value: str
    reason: str
    file: str = ""

    def as_dict(self, *, with_file: bool = False) -> dict[str, object]:
        """Return row, field, value and reason, and the file where there are several."""
        said: dict[str, object] = {
            "row": self.row,
            "field": self.field,
            "value": self.value,
            "reason": self.reason,
        }
        return said | ({"file": self.file} if with_file else {})


def shown(text: str) -> str:
    """Return a value as a message may show it: plain spaces, no controls, not too long.

    Examples
    --------
    >>> shown("a\\x00b")
    'a\ufffdb'
    """
    if text.isprintable() and len(text) <= MAX_SHOWN:
        return text
    spaced = (" " if unicodedata.category(c) == "Zs" else c for c in text)
    plain = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in spaced)
    return plain if len(plain) <= MAX_SHOWN else plain[:MAX_SHOWN] + "…"


def safe_name(text: str) -> str:
    """Return a text as part of a file's name: ASCII letters, digits and a few marks.

    Examples
    --------
    >>> safe_name("../Fälle (neu)"), safe_name("رپورٹ")
    ('F-lle-neu', 'table')
    """
    return re.sub(r"[^A-Za-z0-9_]+", "-", text)[:60].strip("-") or "table"


def write_refusals(path: Path, refusals: Iterable[Refusal]) -> None:
    """Write refused rows as CSV for a spreadsheet: UTF-8 with BOM, all cells quoted."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        writer.writerow(("file", "row", "field", "value", "reason"))
        for one in refusals:
            writer.writerow((_cell(one.file), one.row, *map(_cell, one[1:4])))


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
