"""Captions: what was reported, in sentences in which every figure says who gave it and when.

A caption adds nothing up. Each phrase is the range of one incident and one group of people,
the highest figure first; where the range has two ends, each end names its own claimant and
day. The words are put together by rule, from the claims alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from incidents.figures.reconcile import Range, printed
from incidents.figures.tolls import Part, Toll
from incidents.model import (
    CASUALTY_TYPES,
    CLAIMANT_KINDS,
    OPEN_QUALIFIERS,
    CasualtyType,
    Claim,
    Qualifier,
    Source,
)
from incidents.view import RowsToll, View

if TYPE_CHECKING:
    from incidents.datasets.row_sums import RowSums

# How a group is called: one of them, several of them.
NOUNS: dict[str, tuple[str, str]] = {
    "security_forces": ("member of the security forces", "members of the security forces"),
    "police": ("police officer", "police officers"),
    "militants": ("militant", "militants"),
    "civilians": ("civilian", "civilians"),
    "officials": ("official", "officials"),
    "inmates": ("inmate", "inmates"),
    "women": ("woman", "women"),
    "children": ("child", "children"),
    "men": ("man", "men"),
    "total": ("person", "people"),
}

_BEFORE_THE_NUMBER: dict[Qualifier, str] = {
    "exact": "",
    "at_least": "at least ",
    "more_than": "more than ",
    "about": "about ",
    "up_to": "up to ",
}

# How a claimant begins where a text does not say who counted.
_NO_ONE = ("not said", "not stated", "unknown", "unattributed")

NOTHING = "No claim is left under these filters."
# More phrases than this are no caption any more; the rest is counted.
MOST_PHRASES = 6


@dataclass(frozen=True)
class Phrase:
    """One range in words, and whether a verb after it alone is in the singular."""

    text: str
    is_one: bool
    days: tuple[date, date]


def caption(view: View, most: int = MOST_PHRASES) -> str:
    """Return the view in a few sentences.

    Parameters
    ----------
    view
        What is shown; its rule makes no difference, for both ends of a range are told.
    most
        How many phrases a sentence may have; what is left out is counted at its end.
    """
    return " ".join(sentences(view, most))


def sentences(view: View, most: int = MOST_PHRASES) -> tuple[str, ...]:
    """Return a view's sentences: for each casualty type the province, then single places."""
    if view.is_empty:
        return (NOTHING,)
    said: list[str] = []
    for kind in CASUALTY_TYPES:
        tiles = [tile for tile in view.tolls if tile.casualty_type == kind]
        said += _sentence(view, kind, [t.province for t in tiles], "in Balochistan", most)
        said += _sentence(view, kind, [t.districts for t in tiles], "", most)
    said += [
        _of_rows(sums, [t for t in view.row_tolls if t.dataset_id == name])
        for name, sums in view.rows.items()
    ]
    if not said:
        what = "happening is" if len(view.happenings) == 1 else "happenings are"
        return (f"No figure is reported; {len(view.happenings):,} {what}.",)
    return tuple(said)


def _of_rows(sums: RowSums, tolls_of_rows: Sequence[RowsToll]) -> str:
    """Return what a dataset's rows add up to: they are counted, not told one by one."""
    of_title = f"{sums.dataset.manifest.title}: {sums.rows:,} row{'' if sums.rows == 1 else 's'}"
    tolls = []
    for one in tolls_of_rows:
        low, high = one.whole.low or 0, one.whole.high or 0
        many = NOUNS[one.victim_group][1]
        number = f"{low:,}" if low == high else f"{low:,} to {high:,}"
        tolls.append(f"{number} {many} {one.casualty_type}")
    return f"{of_title}, {' and '.join(tolls)}." if tolls else f"{of_title}, none with a figure."


def _sentence(
    view: View, kind: CasualtyType, tolls: Sequence[Toll], where: str, most: int
) -> list[str]:
    claims = {c.claim_id: c for toll in tolls for c in toll.claims}
    # A part ("including three women") is told where nothing told here already holds it.
    parts = [
        (part, [claims[i] for i in part.range.used or _unnumbered(part.range)])
        for toll in tolls
        for part in toll.parts
    ]
    parts = [(p, used) for p, used in parts if used and not all(_told(c, claims) for c in used)]
    if not parts:
        return []
    parts.sort(key=lambda one: -(one[0].range.high or 0))
    shown = parts[:most]
    phrases = [_phrase(view, part, used, placed=not where) for part, used in shown]
    when = _shared_days(phrases)
    text = _listed(
        [p.text if when else f"{p.text} {_on(*p.days)}" for p in phrases], len(parts) - len(shown)
    )
    verb = "was" if len(parts) == 1 and phrases[0].is_one else "were"
    end = " ".join(piece for piece in (where, when) if piece)
    return [f"{text[0].upper()}{text[1:]} {verb} reported {kind}{f' {end}' if end else ''}."]


def _told(claim: Claim, here: dict[str, Claim]) -> bool:
    return claim.part_of in here


def _unnumbered(found: Range) -> list[str]:
    """Return the claims of a range that has no number: "a few"."""
    return [aside.claim_id for aside in found.set_aside] if found.low is None else []


def _phrase(view: View, part: Part, used: Sequence[Claim], *, placed: bool) -> Phrase:
    found = part.range
    low, high = ends(view, found, used)
    one, many = NOUNS[part.victim_group]
    if found.low == found.high or found.low is None:
        text = f"{_counted(high, one, many)} ({said_by(view, high)})"
    elif low == high:
        best = f"; best estimate {high.count_best:,}" if high.count_best is not None else ""
        text = f"{found.low:,} to {found.high:,} {many} ({said_by(view, high)}{best})"
    else:
        text = (
            f"{_counted(high, one, many, found.high)} ({said_by(view, high)}) "
            f"to {_number(low, found.low) or 'none'} ({said_by(view, low)})"
        )
    if placed and (name := high.adm2_name or high.place_name):
        text += f" in {name}"
    days = (min(c.date_start for c in used), max(c.date_end for c in used))
    alone = printed(high) == 1 and high.qualifier in ("exact", None) and found.low == found.high
    return Phrase(text, alone, days)


def ends(view: View, found: Range, used: Sequence[Claim]) -> tuple[Claim, Claim]:
    """Return the claims to name for the low and the high end of a range, out of those used."""
    return (
        _speaker(view, used, found.low_claim, found.low, open_end=False),
        _speaker(view, used, found.high_claim, found.high, open_end=True),
    )


def _speaker(
    view: View, used: Sequence[Claim], claim_id: str | None, value: int | None, *, open_end: bool
) -> Claim:
    """Return who is named for an end of a range: of those who give it, the most specific.

    Of one claimant's figures "at least 10" stands for the upper end and "10" for the lower;
    then an earlier report goes before a later one.
    """
    giving = [c for c in used if value in (c.count_low, c.count_best, c.count_high)]
    giving = giving or [c for c in used if c.claim_id == claim_id] or list(used)
    return min(
        giving,
        key=lambda c: (
            CLAIMANT_KINDS.index(c.claimant_kind),
            (c.qualifier in OPEN_QUALIFIERS) != open_end,
            view.atlas.reporting.when(c),
            c.claim_id,
        ),
    )


def said_by(view: View, claim: Claim) -> str:
    """Return who says it and when it was reported: "Pakistan's military, 1 February"."""
    source = view.atlas.catalogue.source[claim.source_id]
    through = source.agency or (source.outlet if source.outlet != "unknown" else None)
    if claim.claimant_kind == "nobody" and claim.claimant.casefold().startswith(_NO_ONE):
        who = f"{through}, naming no one" if through else "a report naming no one"
    elif through and through.casefold() not in claim.claimant.casefold():
        who = f"{claim.claimant}, via {through}"
    else:
        who = claim.claimant
    return f"{who}, {_reported(source, claim)}"


def _reported(source: Source, claim: Claim) -> str:
    day = source.reported_on
    if day is None:
        return "undated"
    year = "" if day.year == claim.date_end.year else f" {day.year}"
    said = f"{day.day} {day:%B}{year}"
    return said if source.published_on else f"undated, known from {said}"


def _counted(claim: Claim, one: str, many: str, value: int | None = None) -> str:
    """Return a figure with its noun: "at least 92 militants", "dozens of people"."""
    if claim.qualifier == "dozens":
        return f"dozens of {many}"
    if claim.qualifier == "few":
        return f"a few {many}"
    value = printed(claim) if value is None else value
    return f"{_number(claim, value) or 'no'} {one if value == 1 else many}"


def _number(claim: Claim, value: int | None) -> str:
    """Return one end of a range as its claim puts it; nothing for an exact zero."""
    if claim.qualifier == "dozens":
        return "dozens"
    if not value and claim.qualifier in ("exact", "about", "up_to"):
        return ""
    # A dataset's own low and high are plain numbers; the qualifier speaks of what is printed.
    before = "" if claim.count_best is not None else _BEFORE_THE_NUMBER[claim.qualifier or "exact"]
    return f"{before}{value or 0:,}"


def _shared_days(phrases: Sequence[Phrase]) -> str:
    days = {p.days for p in phrases}
    return _on(*days.pop()) if len(days) == 1 else ""


def _on(start: date, end: date) -> str:
    """Return a day or a span of days as part of a sentence.

    Examples
    --------
    >>> _on(date(2026, 1, 31), date(2026, 1, 31)), _on(date(2026, 1, 30), date(2026, 1, 31))
    ('on 31 January 2026', 'from 30 to 31 January 2026')
    """
    if start == end:
        return f"on {start.day} {start:%B %Y}"
    first = f"{start.day}"
    if (start.year, start.month) != (end.year, end.month):
        first += f" {start:%B}" + (f" {start.year}" if start.year != end.year else "")
    return f"from {first} to {end.day} {end:%B %Y}"


def _listed(phrases: Sequence[str], left_out: int) -> str:
    """Join phrases into a list, the last after "and"."""
    further = [f"{left_out:,} further {'range' if left_out == 1 else 'ranges'}"] if left_out else []
    *before, last = [*phrases, *further]
    return f"{', '.join(before)} and {last}" if before else last
