"""Counts and coordinates as they stand in cells: read strictly, refused with a reason."""

from __future__ import annotations

import math
import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from incidents.datasets.refusals import BadValueError

MAX_COUNT = 10_000_000
UNKNOWN = -1
"""Stands for an empty cell in arrays of counts; 0 is zero."""


class Numerals(NamedTuple):
    """How numbers are written, as far as it was declared."""

    decimal_comma: bool = False
    thousands: str = ""
    empty: tuple[str, ...] = ()
    """Words that stand for an empty cell, such as NA."""


_SPACES = re.compile(r"\s+")
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_MINUSES = str.maketrans(
    "\N{MINUS SIGN}\N{FULLWIDTH HYPHEN-MINUS}\N{FULLWIDTH FULL STOP}\N{ARABIC DECIMAL SEPARATOR}",
    "--..",
)
_WHOLE = re.compile(r"\+?(\d+)(?:\.0*)?")
_DECIMAL = re.compile(r"[+-]?\d+(?:\.\d*)?|[+-]?\.\d+")
_ANGLE = re.compile(
    r"(?P<sign>[-+]?)(?P<before>[NSEW]?)\s*(?P<deg>\d+(?:\.\d+)?)\s*°?\s*"
    r"(?:(?P<min>\d+(?:\.\d+)?)\s*['′’]?\s*)?(?:(?P<sec>\d+(?:\.\d+)?)\s*(?:\"|″|”|'')?\s*)?"
    r"(?P<after>[NSEW]?)",
    re.IGNORECASE,
)


@lru_cache(maxsize=65_536)
def plain(text: str) -> str:
    """Return a number or date in ASCII digits, with a plain minus and plain spaces.

    Examples
    --------
    >>> plain(" ۱۲ "), plain("−３"), plain("5\u00a0000")
    ('12', '-3', '5 000')
    """
    if text.isascii():
        return text.strip()
    text = _INVISIBLE.sub("", text.translate(_MINUSES))
    digits = "".join(
        str(unicodedata.digit(c)) if unicodedata.category(c) == "Nd" else c for c in text
    )
    return _SPACES.sub(" ", digits).strip()


@lru_cache(maxsize=65_536)
def read_count(text: str, numerals: Numerals = Numerals()) -> int:  # noqa: B008 (immutable)
    """Return a count of people; `UNKNOWN` for an empty cell.

    Raises
    ------
    BadValueError
        If it is no whole number from 0 to `MAX_COUNT`.

    Examples
    --------
    >>> read_count("12"), read_count("0"), read_count("")
    (12, 0, -1)
    >>> read_count("2.5")
    Traceback (most recent call last):
    ...
    incidents.datasets.refusals.BadValueError: 2.5 is not a whole number; people are counted whole
    """
    came = plain(text)
    if not came or came in numerals.empty:
        return UNKNOWN
    found = _WHOLE.fullmatch(_undressed(came, numerals))
    if not found:
        raise BadValueError(_why_no_count(came))
    count = int(found[1]) if len(found[1]) < 20 else MAX_COUNT + 1
    if count > MAX_COUNT:
        raise BadValueError(f"{came} is more than {MAX_COUNT:,} people; check the cell")
    return count


@lru_cache(maxsize=65_536)
def read_code(text: str, numerals: Numerals = Numerals()) -> int:  # noqa: B008 (immutable)
    """Return a small whole number such as a year; `UNKNOWN` for an empty cell."""
    return read_count(text, numerals)


@lru_cache(maxsize=65_536)
def read_degrees(text: str, numerals: Numerals = Numerals()) -> float:  # noqa: B008 (immutable)
    """Return decimal degrees; NaN for an empty cell. The range is checked elsewhere.

    Raises
    ------
    BadValueError
        If it is no plain decimal number; degrees and minutes are proposed in decimal.

    Examples
    --------
    >>> read_degrees("66.99")
    66.99
    >>> read_degrees("30°11'24\\"N")
    Traceback (most recent call last):
    ...
    incidents.datasets.refusals.BadValueError: 30°11'24"N is in degrees and minutes; write 30.19
    """
    came = plain(text)
    if not came or came in numerals.empty:
        return math.nan
    undressed = _undressed(came, numerals)
    if _DECIMAL.fullmatch(undressed):
        return float(undressed)
    raise BadValueError(_why_no_degrees(came))


def _undressed(text: str, numerals: Numerals) -> str:
    """Return a number without its thousands separators, with a decimal point."""
    if numerals.thousands and re.fullmatch(
        rf"[+-]?\d{{1,3}}(?:{re.escape(numerals.thousands)}\d{{3}})+(?:[.,]\d+)?", text
    ):
        text = text.replace(numerals.thousands, "")
    return text.replace(",", ".") if numerals.decimal_comma else text


def _why_no_count(text: str) -> str:
    for pattern, reason in _COUNT_REASONS:
        if pattern.fullmatch(text):
            return reason.format(text)
    return f"{text!r} is no number; write digits, or leave the cell empty"


_COUNT_REASONS = (
    (re.compile(r"-\d+(\.\d+)?"), "{} is negative; a count is 0 or more, or empty"),
    (re.compile(r"\d*\.\d+"), "{} is not a whole number; people are counted whole"),
    (
        re.compile(r"[+-]?\d+(\.\d+)?e[+-]?\d+", re.I),
        "{} is written with an exponent; write all digits",
    ),
    (re.compile(r"0x[0-9a-f]+", re.I), "{} is hexadecimal; write decimal digits"),
    (re.compile(r"[+-]?(inf(inity)?|nan)", re.I), "{} is no number; leave an unknown count empty"),
    (
        re.compile(r"na|n/a|none|null|nil|#n/a|-", re.I),
        "{!r} is no number; leave the cell empty, or name it under `empty` in the mapping",
    ),
    (
        re.compile(r"\d{1,3}([,. ']\d{3})+"),
        "{} has thousands separators; declare `thousands` in the mapping, or take them out",
    ),
    (re.compile(r"\d+,\d+"), "{} has a decimal comma; declare `decimal_comma` in the mapping"),
    (
        re.compile(r"\d+\s*(-|–|to)\s*\d+", re.I),
        "{} is a range; give its ends in columns of their own (low and high)",
    ),
)


def _why_no_degrees(text: str) -> str:
    if re.fullmatch(r"[+-]?\d+,\d+", text):
        return f"{text} has a decimal comma; declare `decimal_comma` in the mapping"
    if re.fullmatch(r"[+-]?(inf(inity)?|nan)", text, re.IGNORECASE):
        return f"{text} is no place; leave an unknown coordinate empty"
    if re.fullmatch(r"na|n/a|none|null|nil|#n/a", text, re.IGNORECASE):
        return (
            f"{text!r} is no number; leave the cell empty, or name it under `empty` in the mapping"
        )
    if re.fullmatch(r"[+-]?\d+(\.\d+)?e[+-]?\d+", text, re.IGNORECASE):
        return f"{text} is written with an exponent; write decimal degrees"
    angle = _ANGLE.fullmatch(text)
    if angle:
        degrees = (
            float(angle["deg"]) + float(angle["min"] or 0) / 60 + float(angle["sec"] or 0) / 3600
        )
        if angle["sign"] == "-" or (angle["before"] + angle["after"]).upper() in ("S", "W"):
            degrees = -degrees
        return f"{text} is in degrees and minutes; write {round(degrees, 5):g}"
    return f"{text!r} is no number of degrees; write decimal degrees such as 30.19"
