"""The day a text says it was published, where it says so; never guessed.

Days are Asia/Karachi: a time with an offset is counted in Pakistan's day.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta, timezone
from itertools import pairwise
from typing import NamedTuple

from incidents.model import KARACHI

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<{0}>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_WEEKDAY = r"(?:(?:mon|tue|tues|wed|wednes|thu|thur|thurs|fri|sat|satur|sun)(?:day)?\.?,?\s+)?"
_TIME = (
    r"(?:[\sT,|·@-]*(?:at\s+)?(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?::\d{2}(?:\.\d+)?)?"
    r"(?:\s*(?P<half>[ap])\.?m\.?)?(?:\s*\(?(?P<zone>Z|UTC|GMT|PKT|PST|[+-]\d{2}:?\d{2})\)?)?)?"
)
_DATE = (
    rf"{_WEEKDAY}(?:(?P<iso_year>\d{{4}})-(?P<iso_month>\d{{2}})-(?P<iso_day>\d{{2}})(?!\d)"
    rf"|{_MONTH.format('mdy_month')}\s+(?P<mdy_day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<mdy_year>\d{{4}})"
    rf"|(?:the\s+)?(?P<dmy_day>\d{{1,2}})(?:st|nd|rd|th)?(?:\s+of)?[\s-]+{_MONTH.format('dmy_month')},?[\s-]+(?P<dmy_year>\d{{4}})"
    rf"|(?P<first>\d{{1,2}})[/.](?P<second>\d{{1,2}})[/.](?P<num_year>\d{{4}})){_TIME}"
)
_PUBLISHED = (
    r"(?:first\s+|originally\s+)?(?:published|posted|publication date|publish date|date published"
    r"|date|dated|issued|released|release date)(?:\s+(?:on|at|in\s+[^,\n]{1,40},|by\s+[^,\n]{1,40},))?"
)
_UPDATED = r"(?:last\s+)?(?:updated|modified|edited)(?:\s+(?:on|at))?"
_START = r"(?:^|[|•·–—]\s*|^by\s[^|\n]{1,60}?[\s,]\s*)"
_LABELLED = re.compile(rf"{_START}{_PUBLISHED}\s*[:|–-]?\s*{_DATE}", re.IGNORECASE)
_CHANGED = re.compile(rf"{_START}{_UPDATED}\s*[:|–-]?\s*{_DATE}", re.IGNORECASE)
_LABEL = re.compile(rf"{_PUBLISHED}\s*:?", re.IGNORECASE)
_ALONE = re.compile(rf"\s*{_DATE}\s*", re.IGNORECASE)
_DATELINE = re.compile(
    rf"\s*[A-Z][\w .'’/-]{{2,40}},\s*(?:[A-Z]\w+,\s*)?{_DATE}\s*(?:\([\w ./]+\)\s*)?[:—–-]",
    re.IGNORECASE,
)
# "Rawalpindi, 14 March 2026" and nothing else: a statement's head.
_PLACE_AND_DAY = re.compile(
    rf"[A-Z][\w.'’-]*(?:[ /][A-Z][\w.'’-]*){{0,3}}(?:,\s*[A-Z][a-z]+)?\s*[,–—-]\s*{_DATE}\s*",
    re.IGNORECASE,
)
# An update's head: "Flash Update No. 2 (as of 5 February 2026)", "Flash Update (5 February 2026)".
_AS_OF = re.compile(
    rf"(?:^|[(|–—,:•]\s*|\b(?:update|report|snapshot|situation|no\.?\s*\d+)\s+)(?:data\s+|status\s+)?as\s+(?:of|at)\s+"
    rf"(?:\d{{1,2}}[:.]?\d{{2}}\s*(?:hrs|hours)?,?\s+)?{_DATE}(?=\s*(?:[)|]|$))",
    re.IGNORECASE,
)
_IN_BRACKETS = re.compile(rf"\(\s*{_DATE}\s*\)\s*$", re.IGNORECASE)
_HEAD_LINES = 6
_IN_DIGITS = re.compile(r"\d{1,2}[/.]\d{1,2}[/.]\d")
_SEPARATORS = re.compile(r"\s*[|•·]\s*")
# PST is not read: Pakistan's time to some, the Pacific's to others.
_ZONES = {"Z": 0, "UTC": 0, "GMT": 0, "PKT": 5 * 60}
_TOP_LINES, _BOTTOM_LINES = 10, 4
_SHORT_LINE = 160
_YEARS = range(1900, 2101)


class PublicationDay(NamedTuple):
    """When a document was published, as far as it says."""

    published_on: date | None = None
    published_at: datetime | None = None
    notices: tuple[str, ...] = ()


def from_field(value: str) -> PublicationDay:
    """Read the ISO 8601 value of a document's own field, such as `datePublished`.

    Examples
    --------
    >>> from_field("2026-01-31T20:30:00Z").published_on  # 01:30 of the next day in Pakistan
    datetime.date(2026, 2, 1)
    """
    text = value.strip()
    try:
        if len(text) <= len("2026-01-31"):
            return PublicationDay(date.fromisoformat(text))
        at = datetime.fromisoformat(text)
    except ValueError:
        found = _ALONE.fullmatch(text)
        return _read(found) if found else PublicationDay()
    if at.tzinfo is None:
        return PublicationDay(at.date())
    return _at(at)


def from_text(text: str, margin: Sequence[str] = ()) -> PublicationDay:
    """Find the day of publication in a text.

    Taken are, in this order: a date with a word such as "Published" before it, a line
    that is nothing but a date, one that is a place and a date, "as of" a day or a day in brackets
    that ends a line at the head, a dateline with its year. "Updated" is not publication,
    days without a year and dates such as 01/02/2026 say too little: a notice names them.

    Parameters
    ----------
    text
        The text as read; its first and last lines are looked at.
    margin
        Lines that stand beside the text on a page; only labelled dates count there.

    Examples
    --------
    >>> from_text("Bomb kills three\\nPublished January 31, 2026\\n...").published_on
    datetime.date(2026, 1, 31)
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    top = lines[:_TOP_LINES]
    bottom = lines[max(len(top), len(lines) - _BOTTOM_LINES) :]
    notices: tuple[str, ...] = ()
    for line in (*top, *bottom, *margin, *_labels_with_days(top), *_labels_with_days(margin)):
        # A long line is a paragraph: a date counts only as its very beginning.
        found = _LABELLED.search(line) if len(line) <= _SHORT_LINE else _LABELLED.match(line)
        if found:
            day = _read(found)
            if day.published_on:
                return day._replace(notices=notices + day.notices)
            notices += day.notices
    alone = [one for line in (*top, *bottom) for one in _alone(line)]
    days = {one.published_on for one in alone if one.published_on}
    if len(days) == 1:
        return next(one for one in alone if one.published_on)
    if len(days) > 1:
        listed = ", ".join(map(str, sorted(days)))
        return PublicationDay(
            notices=(f"Several dates stand alone on a line ({listed}); none is taken.",)
        )
    for one in alone:
        notices += one.notices
    for line in top[:_HEAD_LINES]:
        if (found := _of_head(line)) and (day := _read(found)).published_on:
            return day._replace(notices=notices + day.notices)
    for line in top[:4]:
        if found := _DATELINE.match(line):
            return _read(found)
    for line in (*top, *bottom, *margin):
        found = _CHANGED.search(line) if len(line) <= _SHORT_LINE else None
        if found and (changed := _read(found).published_on):
            notices += (
                f"The text was updated on {changed}; it does not say when it was published.",
            )
            break
    return PublicationDay(notices=notices)


def issue_day(lines: Iterable[str]) -> date | None:
    """Return the day that running heads name, if they name one.

    Days in digits alone are passed over: programs print the day of printing so.

    Examples
    --------
    >>> issue_day(["The Daily | Thursday, February 5, 2026"])
    datetime.date(2026, 2, 5)
    """
    named = {
        day.published_on for line in lines if not _IN_DIGITS.search(line) for day in _alone(line)
    }
    return named.pop() if len(named) == 1 else None


def _of_head(line: str) -> re.Match[str] | None:
    """The day in a line at the head of a statement or an update."""
    if len(line) > _SHORT_LINE:
        return None
    return _PLACE_AND_DAY.fullmatch(line) or _AS_OF.search(line) or _IN_BRACKETS.search(line)


def is_date_line(line: str) -> bool:
    """Whether a line holds nothing but a date, with or without "Published" or a place before it.

    Examples
    --------
    >>> is_date_line("Published: January 31, 2026"), is_date_line("Blast on January 31, 2026")
    (True, False)
    >>> is_date_line("Rawalpindi, 31 January 2026")
    True
    """
    return any(p.fullmatch(line.strip()) for p in (_ALONE, _LABELLED, _CHANGED, _PLACE_AND_DAY))


def _labels_with_days(lines: Sequence[str]) -> list[str]:
    """Join a label that stands alone with the date on the next line."""
    return [
        f"{label} {day}"
        for label, day in pairwise(lines)
        if _LABEL.fullmatch(label) and _ALONE.fullmatch(day)
    ]


def is_byline(line: str) -> bool:
    """Whether a short line says when something was published or changed.

    Examples
    --------
    >>> is_byline("Web Desk | Published January 31, 2026"), is_byline("2 January 2026")
    (True, False)
    """
    return len(line) <= _SHORT_LINE and any(p.search(line) for p in (_LABELLED, _CHANGED))


def _alone(line: str) -> list[PublicationDay]:
    if len(line) > _SHORT_LINE:
        return []
    return [_read(m) for part in _SEPARATORS.split(line) if (m := _ALONE.fullmatch(part))]


def _read(found: re.Match[str]) -> PublicationDay:
    part = found.groupdict()
    year = int(part["iso_year"] or part["mdy_year"] or part["dmy_year"] or part["num_year"])
    if part["first"]:
        first, second = int(part["first"]), int(part["second"])
        if first <= 12 and second <= 12 and first != second:
            return PublicationDay(
                notices=(
                    f"{first:02}/{second:02}/{year} may be the {first}th of month {second} or the "
                    f"{second}th of month {first}: set the date of publication by hand.",
                )
            )
        day, month = (second, first) if second > 12 else (first, second)
    elif part["iso_year"]:
        day, month = int(part["iso_day"]), int(part["iso_month"])
    else:
        day = int(part["mdy_day"] or part["dmy_day"])
        month = _MONTHS.index((part["mdy_month"] or part["dmy_month"])[:3].lower()) + 1
    try:
        on = date(year, month, day)
    except ValueError:
        return PublicationDay(notices=(f"{found[0].strip()!r} names no day that exists.",))
    if year not in _YEARS:
        return PublicationDay(notices=(f"The year {year} is not one of our calendar.",))
    offset = _offset(part["zone"])
    if part["hour"] is None or offset is None:
        return PublicationDay(on)
    hour = int(part["hour"])
    if part["half"]:
        hour = hour % 12 + (12 if part["half"].lower() == "p" else 0)
    try:
        return _at(datetime(year, month, day, hour, int(part["minute"]), tzinfo=offset))
    except ValueError:
        return PublicationDay(on)


def _offset(zone: str | None) -> timezone | None:
    if not zone:
        return None
    if zone.upper() in _ZONES:
        return timezone(timedelta(minutes=_ZONES[zone.upper()]))
    if zone[0] not in "+-":
        return None
    minutes = int(zone[1:3]) * 60 + int(zone[-2:])
    if minutes >= 24 * 60:
        return None
    return timezone(timedelta(minutes=-minutes if zone[0] == "-" else minutes))


def _at(at: datetime) -> PublicationDay:
    if at.year not in _YEARS:
        return PublicationDay(notices=(f"The year {at.year} is not one of our calendar.",))
    on = at.astimezone(KARACHI).date()
    notices = (
        (f"Published {at.isoformat()}, which is {on} in Pakistan.",) if on != at.date() else ()
    )
    return PublicationDay(on, at, notices)
