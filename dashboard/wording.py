"""How figures, days and the subject's words are written on the page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from incidents.captions import NOUNS
from incidents.model import Claim, Incident
from incidents.reconcile import Range
from incidents.tolls import Toll

WHERE_PREC = {
    1: "in or near the place",
    2: "near a place",
    3: "district only",
    4: "province only",
    5: "vague",
    6: "country only",
    7: "international waters",
}
DATE_PREC = {1: "day", 2: "2–6 days", 3: "week", 4: "month", 5: "year"}
SCOPES = {
    "event": "the event",
    "previous_day": "the day before",
    "cumulative": "a sum over several days or incidents",
    "background": "history",
}
CLAIMANT_TYPES = {
    "state": "state",
    "armed_group": "armed group",
    "hospital": "hospital",
    "witness": "witness",
    "media": "media",
    "un_ngo": "UN or NGO",
    "unknown": "unknown",
}


def words(name: str) -> str:
    """Return a field's value as words: security_forces is "security forces"."""
    return name.replace("_", " ")


def span(low: int | None, high: int | None, high_open: bool = False, low_open: bool = False) -> str:
    """Return a range as it is printed.

    Examples
    --------
    >>> span(2, 4), span(17, 17), span(30, 30, True), span(None, None)
    ('2–4', '17', '≥30', '')
    >>> span(37, 92, True), span(20, 20, low_open=True)
    ('37–92+', '≤20')
    """
    if low is None or high is None:
        return ""
    if low == high:
        return f"{'≥' if high_open else '≤' if low_open else ''}{low:,}"
    return f"{low:,}–{high:,}{'+' if high_open else ''}"


def range_text(said: Toll | Range) -> str:
    """Return the range of a toll or of one reconciled figure."""
    return span(said.low, said.high, said.high_open, said.low_open)


def figure(claim: Claim) -> str:
    """Return a claim's figure as its source gives it, without who and what.

    Examples
    --------
    >>> from incidents.model import QUALIFIERS
    >>> "dozens" in QUALIFIERS
    True
    """
    number = "" if claim.count_low is None else f"{claim.count_low:,}"
    if claim.count_best is not None:
        spread = span(claim.count_low, claim.count_high)
        return f"{claim.count_best:,}" + (
            f" ({spread})" if spread not in ("", f"{claim.count_best:,}") else ""
        )
    return {
        "exact": number,
        "at_least": f"at least {number}",
        "more_than": f"more than {number}",
        "about": f"about {number}",
        "up_to": f"up to {number}",
        "dozens": "dozens",
        "few": "a few",
        None: "",
    }[claim.qualifier]


def what(claim: Claim) -> str:
    """Return a claim in one phrase: "at least 30 inmates freed", or what happened."""
    if claim.casualty_type is None:
        return claim.happening or ""
    of = "of " if claim.qualifier == "dozens" else ""
    return f"{figure(claim)} {of}{whom(claim)} {claim.casualty_type}"


def whom(claim: Claim) -> str:
    """Return whom a figure counts, as it stands after the number: "official" after 1."""
    group = claim.victim_group or ""
    if claim.count_low == 1 and claim.count_high in (None, 1) and group in NOUNS:
        return NOUNS[group][0]
    return "people" if group == "total" else words(group)


def day(value: date | None) -> str:
    """Return a day as 31 January 2026, nothing for None."""
    return f"{value:%-d %B %Y}" if value else ""


def short_day(value: date | None) -> str:
    """Return a day as 31 Jan."""
    return f"{value:%-d %b}" if value else "undated"


def days(start: date, end: date) -> str:
    """Return a day or a span of days.

    Examples
    --------
    >>> days(date(2026, 1, 31), date(2026, 1, 31)), days(date(2026, 1, 30), date(2026, 1, 31))
    ('31 January 2026', '30–31 January 2026')
    """
    if start == end:
        return day(start)
    if (start.year, start.month) == (end.year, end.month):
        return f"{start.day}–{day(end)}"
    return f"{day(start)} – {day(end)}"


def date_span(claims: Iterable[Claim]) -> str:
    """Return the days that some claims speak of."""
    seen = list(claims)
    if not seen:
        return "no days"
    return days(min(c.date_start for c in seen), max(c.date_end for c in seen))


def count(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun.

    Examples
    --------
    >>> count(1, "report"), count(5, "report")
    ('1 report', '5 reports')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def incident_line(incident: Incident) -> str:
    """Return what kind of event it is, when, and how exactly it is known."""
    return (
        f"{incident.event_type}: {incident.sub_event_type} · {days(incident.date_start, incident.date_end)}"
        f" · {WHERE_PREC[incident.where_prec]}"
    )
