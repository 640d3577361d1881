"""Days as they stand in cells: read in a declared or unmistakable form, or refused with a reason."""

from __future__ import annotations

import re
from calendar import month_abbr, month_name, monthrange
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from incidents.datasets.numerals import plain
from incidents.datasets.refusals import BadValueError

EPOCH = date(1970, 1, 1)
FIRST_YEAR = 1900
NO_DAY = -(2**31)
"""Stands for an empty cell in arrays of days."""
EXCEL = "excel"
"""The declared form of days as Excel's serial numbers (1900 system)."""
_EXCEL_EPOCH = date(1899, 12, 30)
# The Solar Hijri calendar counts from 622; no report of events is as old as its present years.
_SOLAR_HIJRI_YEARS = range(1300, 1500)

_MONTHS = {
    name.casefold(): number
    for names in (month_name, month_abbr)
    for number, name in enumerate(names)
    if name
} | {"sept": 9}
_ISO = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ]\d{1,2}:\d{2}.*)?")
_ISO_MONTH = re.compile(r"(\d{4})[-/](\d{1,2})")
_YEAR = re.compile(r"\d{4}")
_DAY_NAMED = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[ -]([A-Za-z]+)\.?,?[ -](\d{4})")
_NAMED_DAY = re.compile(r"([A-Za-z]+)\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})")
_SHORT_YEAR = re.compile(r"\d{1,2}[ -][A-Za-z]{3,}[ -]\d{2}")
_NAMED_MONTH = re.compile(r"([A-Za-z]+)\.?[ -](\d{4})")
_UNDECLARED = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})(?: .*)?")
_FIGURES = (0, 1, 2, 3, 5, 6, 8, 9)
_MIDNIGHTS = {10: b"", 19: b" 00:00:00", 23: b" 00:00:00.000"}
_SERIAL = re.compile(r"[1-6]\d{4}(?:\.\d+)?")


class Span(NamedTuple):
    """First and last day, as days since 1970-01-01, and UCDP's `date_prec`."""

    first: int
    last: int
    date_prec: int


def day_number(day: date) -> int:
    """Return a day as days since 1970-01-01.

    Examples
    --------
    >>> day_number(date(1970, 1, 2))
    1
    """
    return (day - EPOCH).days


def day_of(number: int) -> date:
    """Return the day of a day number."""
    return EPOCH + timedelta(days=int(number))


@lru_cache(maxsize=65_536)
def read_day(
    text: str, form: str = "", today: date = date.max, empty: tuple[str, ...] = ()
) -> Span | None:
    """Return the day, month or year that a cell names; None where it is empty.

    The day is the one written: a time of day or an offset from UTC never moves it.

    Parameters
    ----------
    text
        The cell.
    form
        A declared form as for `strptime` ("%d/%m/%Y"), or "excel". Without one: 2024-01-31,
        2024-01, 2024, and forms with the month's name in English.
    today
        Later days are refused.
    empty
        Words that stand for an empty cell.

    Raises
    ------
    BadValueError
        If no day can be read for sure, or it lies before 1900 or after `today`.

    Examples
    --------
    >>> read_day("2024-01-31T23:30:00+05:00"), read_day("Jan 2024")
    (Span(first=19753, last=19753, date_prec=1), Span(first=19723, last=19753, date_prec=4))
    """
    came = plain(text)
    if not came or came in empty:
        return None
    span = _declared(came, form) if form else _unmistakable(came)
    return _not_after(span, came, today)


def _not_after(span: Span, text: str, today: date) -> Span:
    if span.first > day_number(today):
        raise BadValueError(f"{text} lies in the future; today is {today}. Correct the date")
    return span


def day_in_pieces(year: int, month: int, day: int, today: date = date.max) -> Span:
    """Return the day, month or year that numbers say; a month or day below 1 is not known.

    Raises
    ------
    BadValueError
        If there is no such day, or it lies before 1900 or after `today`.

    Examples
    --------
    >>> day_in_pieces(2024, 1, 31), day_in_pieces(2024, 1, 0)
    (Span(first=19753, last=19753, date_prec=1), Span(first=19723, last=19753, date_prec=4))
    """
    text = "-".join(str(piece) for piece in (year, month, day) if piece >= 0)
    if month < 1:
        span = _year(year, text)
    elif day < 1:
        span = _month(year, month, text)
    else:
        span = _calendar_day(year, month, day, text)
    return _not_after(span, text, today)


def read_iso_days(cells: pa.Array) -> NDArray[np.int64] | None:
    """Return day numbers where all cells are days such as 2024-01-31, else None.

    A time of midnight may follow, the same in all. Whoever gets None reads cell by cell.

    Examples
    --------
    >>> read_iso_days(pa.array(["1970-01-02", "2024-01-31"])).tolist()
    [1, 19753]
    >>> read_iso_days(pa.array(["1970-01-02", "2024-02-30"])) is None
    True
    """
    wide = cells.cast(pa.large_string())
    _, offsets, data = wide.buffers()
    ends = np.frombuffer(offsets, np.int64)[wide.offset : wide.offset + len(wide) + 1]
    length = int(ends[-1] - ends[0]) // max(len(wide), 1)
    tail = _MIDNIGHTS.get(length)
    if tail is None or data is None or (np.diff(ends) != length).any():
        return None
    seen = np.frombuffer(data, np.uint8)[ends[0] : ends[-1]].reshape(-1, length)
    figures = seen[:, _FIGURES].astype(np.int32) - ord("0")
    if (
        (figures < 0).any()
        or (figures > 9).any()
        or (seen[:, [4, 7]] != ord("-")).any()
        or (seen[:, 10:] != np.frombuffer(tail, np.uint8)).any()
    ):
        return None
    year = figures[:, :4] @ [1000, 100, 10, 1]
    month, day = figures[:, 4:6] @ [10, 1], figures[:, 6:8] @ [10, 1]
    if (year < FIRST_YEAR).any() or (month < 1).any() or (month > 12).any() or (day < 1).any():
        return None
    months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    first = months.astype("datetime64[D]").astype(np.int64)
    following = (months + 1).astype("datetime64[D]").astype(np.int64)
    found = np.asarray(first + day - 1, np.int64)
    return None if (found >= following).any() else found


def _declared(text: str, form: str) -> Span:
    if form == EXCEL:
        if not re.fullmatch(r"\d{1,6}(?:\.\d+)?", text):
            raise BadValueError(f"{text!r} is no Excel serial number, as date_format declares")
        return _day(_EXCEL_EPOCH + timedelta(days=int(float(text))), text)
    try:
        read = datetime.strptime(text, form)  # noqa: DTZ007 (a day as written, no moment)
    except ValueError:
        raise BadValueError(
            f"{text!r} does not have the declared form {form}; correct it, or declare another"
        ) from None
    if "%d" in form or "%j" in form or "%c" in form or "%x" in form:
        return _day(read.date(), text)
    return (
        _month(read.year, read.month, text)
        if "%m" in form or "%b" in form.lower()
        else _year(read.year, text)
    )


def _unmistakable(text: str) -> Span:
    if found := _ISO.fullmatch(text):
        return _calendar_day(int(found[1]), int(found[2]), int(found[3]), text)
    if found := _DAY_NAMED.fullmatch(text):
        return _calendar_day(int(found[3]), _month_number(found[2], text), int(found[1]), text)
    if found := _NAMED_DAY.fullmatch(text):
        return _calendar_day(int(found[3]), _month_number(found[1], text), int(found[2]), text)
    if found := _NAMED_MONTH.fullmatch(text):
        return _month(int(found[2]), _month_number(found[1], text), text)
    if found := _ISO_MONTH.fullmatch(text):
        return _month(int(found[1]), int(found[2]), text)
    if _YEAR.fullmatch(text):
        return _year(int(text), text)
    if _SERIAL.fullmatch(text):
        day = _EXCEL_EPOCH + timedelta(days=int(float(text)))
        raise BadValueError(
            f"{text} looks like an Excel serial number, {day}; declare date_format = "
            f'"{EXCEL}" in the mapping, or write the day'
        )
    if _SHORT_YEAR.fullmatch(text):
        raise BadValueError(
            f"{text} has a year of two digits; declare date_format in the mapping, such as "
            f"%d{text.lstrip('0123456789')[0]}%b{text.lstrip('0123456789')[0]}%y, or write the year in full"
        )
    if found := _UNDECLARED.fullmatch(text):
        if len(found[4]) == 4:
            _check_year(int(found[4]), text)
        raise BadValueError(_undeclared(text, int(found[1]), int(found[3])))
    raise BadValueError(f"{text!r} is no day; write it as 2024-01-31, or declare date_format")


def _undeclared(text: str, first: int, second: int) -> str:
    if first <= 12 and second <= 12 and first != second:
        which = (
            f"{first} {month_name[second]} or {second} {month_name[first]}"
            if first and second
            else "two days"
        )
        return (
            f"{text} can be {which}; declare date_format in the mapping: "
            '"%d/%m/%Y" for day first, "%m/%d/%Y" for month first'
        )
    return f"{text} needs a declared form; declare date_format in the mapping, such as %d/%m/%Y"


def _month_number(name: str, text: str) -> int:
    number = _MONTHS.get(name.casefold())
    if number is None:
        raise BadValueError(f"{text!r} is no day: {name!r} is no month in English")
    return number


def _calendar_day(year: int, month: int, day: int, text: str) -> Span:
    _check_year(year, text)
    try:
        return _day(date(year, month, day), text)
    except ValueError:
        raise BadValueError(f"{text} is no day of the calendar; correct it") from None


def _day(day: date, text: str) -> Span:
    _check_year(day.year, text)
    number = day_number(day)
    return Span(number, number, 1)


def _month(year: int, month: int, text: str) -> Span:
    _check_year(year, text)
    if not 1 <= month <= 12:
        raise BadValueError(f"{text} is no month of the calendar; correct it")
    first, last = date(year, month, 1), date(year, month, monthrange(year, month)[1])
    return Span(day_number(first), day_number(last), 4)


def _year(year: int, text: str) -> Span:
    _check_year(year, text)
    return Span(day_number(date(year, 1, 1)), day_number(date(year, 12, 31)), 5)


def _check_year(year: int, text: str) -> None:
    if year in _SOLAR_HIJRI_YEARS:
        raise BadValueError(
            f"{text} looks like a Solar Hijri year ({year} began in March {year + 621}); "
            "write the day in the Gregorian calendar"
        )
    if year < FIRST_YEAR:
        raise BadValueError(
            f"{text} lies in the year {year:04}; expected {FIRST_YEAR} or later. Correct the year"
        )


def check_year(year: int) -> None:
    """Refuse a year that is not one of this or the last century."""
    _check_year(year, f"{year:04}")
