"""How figures, days and the subject's words are written on the page."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING

from incidents.export.captions import NOUNS
from incidents.figures.reconcile import Range
from incidents.figures.tolls import Counts, Toll
from incidents.model import Claim, Incident
from incidents.view import View

if TYPE_CHECKING:
    from incidents.datasets.library import Manifest
    from incidents.datasets.row_sums import Sum

WHERE_PREC = {
    1: "in or near the place",
    2: "near a place",
    3: "district only",
    4: "province only",
    5: "vague",
    6: "country only",
    7: "international waters",
}
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


def range_text(said: Toll | Range | Sum) -> str:
    """Return the range of a toll or of one reconciled figure."""
    return span(said.low, said.high, said.high_open, said.low_open)


def best_text(best: int | None) -> str:
    """Return the best figure as it is printed; a rule may name none."""
    return "indeterminate" if best is None else f"{best:,}"


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


def dataset_name(manifest: Manifest) -> str:
    """Return a dataset's short name, where there is no room for its title."""
    usual = {"ucdp-ged": "UCDP GED", "acled": "ACLED"}
    return usual.get(manifest.dataset_id, manifest.dataset_id)


def title_parts(view: View) -> list[str]:
    """Return what a view holds: reports, origins, datasets, figures and happenings."""
    voices = view.voices
    parts = [count(voices.sources, "report"), count(voices.origins, "origin")]
    if view.rows and not voices.sources:
        parts = []
    if view.atlas.datasets:
        parts.append(f"{count(len(view.rows), 'dataset')}, {count(view.row_count, 'row')}")
    figures, happenings = view.figure_count, view.happening_count
    return [*parts, f"{count(figures, 'figure')}, {count(happenings, 'happening')}"]


def voices_of(voices: Counts, rows: Collection[str] = ()) -> str:
    """Return how many speak: sources, origins and claimants, and datasets beside them."""
    said = [
        count(voices.sources, "source"),
        count(voices.origins, "origin"),
        count(voices.claimants, "claimant"),
    ]
    datasets = [count(len(rows), "dataset")] if rows else []
    return ", ".join([*(said if voices.sources or not rows else []), *datasets])


MAY_OVERLAP = (
    "Reports and datasets, or two datasets, may count the same people; this sum does not "
    "know. Choose one of them under Source to see it alone."
)


def date_span(view: View) -> str:
    """Return the days that a view's claims speak of."""
    return "no days" if view.days is None else days(*view.days)


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
