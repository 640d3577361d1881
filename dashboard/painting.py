"""What colours the map: a measure, its classes, and the four blanks told apart."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dashboard.district_map import DistrictPaint, Legend
from dashboard.wording import count, range_text, words
from incidents.model import CASUALTY_TYPES, CasualtyType, Claim
from incidents.tolls import DistrictSummary
from incidents.view import View

# More than five shades of one colour cannot be told apart in a legend (Brewer).
MAX_CLASSES = 5

COUNT_MEASURES: Mapping[str, Callable[[DistrictSummary], int]] = {
    "incidents": lambda summary: len(summary.incident_ids),
    "claims": lambda summary: len(summary.claims),
    "sources": lambda summary: len(summary.source_ids),
}
MEASURES: tuple[str, ...] = (*COUNT_MEASURES, "killed", "injured", "abducted", "freed")
DEFAULT_MEASURE = "incidents"

BLANKS: tuple[tuple[str, str], ...] = (
    ("zero", "zero reported"),
    ("without_figure", "reported without a figure"),
    ("province_only", "reported only for the province"),
    ("no_report", "no report"),
)


@dataclass(frozen=True)
class Painting:
    """All that the map shows: a paint for each district, and its legend."""

    paints: dict[str, DistrictPaint]
    legend: Legend
    class_count: int
    province_note: str


def paint(view: View, measure: str) -> Painting:
    """Return how a view looks on the map under a measure.

    A district's colour comes from claims that name a place in it. What was only said
    of the whole province colours no district: it becomes a note at the province's border.
    Likewise what is known only to a district colours none of its tehsils.
    """
    values = {pcode: _value(summary, measure) for pcode, summary in view.districts.items()}
    breaks = class_breaks([v for v in values.values() if v])
    province_claims = _measured(view.not_placed, measure)
    wider_claims = _measured(view.known_wider, measure)
    only_province = measure not in COUNT_MEASURES and bool(province_claims)
    areas = view.atlas.claim_areas
    around = {code for c in wider_claims for code in areas[c.claim_id].among}
    paints = {
        pcode: DistrictPaint(
            _fill(values[pcode], summary, breaks, only_province or pcode in around),
            _label(summary, measure),
            _tooltip(view, summary, measure, _silence(only_province, pcode in around)),
        )
        for pcode, summary in view.districts.items()
    }
    note = _note(view, province_claims, wider_claims)
    return Painting(paints, _legend(measure, breaks, view), len(breaks), note)


def _measured(claims: Iterable[Claim], measure: str) -> list[Claim]:
    return [c for c in claims if measure in COUNT_MEASURES or c.casualty_type == measure]


def _silence(only_province: bool, around: bool) -> str:
    """Return what an area without claims of its own says."""
    if around:
        return "Reported only for the district"
    return "Reported only for the whole province" if only_province else "No report"


def class_breaks(values: Sequence[int], most: int = MAX_CLASSES) -> tuple[int, ...]:
    """Return the upper ends of classes that hold about equally many values (quantiles).

    Every end is one of the values, so a legend never names a number that nobody said.

    Examples
    --------
    >>> class_breaks([1, 1, 2, 4, 17])
    (1, 4, 17)
    >>> class_breaks([])
    ()
    """
    if not values:
        return ()
    shares = np.linspace(0, 1, most + 1)[1:]
    ends = np.quantile(np.asarray(values), shares, method="inverted_cdf")
    return tuple(int(end) for end in np.unique(ends))


def _value(summary: DistrictSummary, measure: str) -> int | None:
    """Return the number that colours a district, None for a blank.

    For casualties it is the best figure under the rule; where the rule names none, the
    upper end, so that a disputed toll is never paler than it may be.
    """
    if measure in COUNT_MEASURES:
        return COUNT_MEASURES[measure](summary) or None
    toll = summary.tolls[_casualty(measure)]
    return toll.high if toll.best is None else toll.best


def _casualty(measure: str) -> CasualtyType:
    return next(t for t in CASUALTY_TYPES if t == measure)


def _fill(
    value: int | None, summary: DistrictSummary, breaks: Sequence[int], only_wider: bool
) -> str:
    if value is None:
        if summary.claims:
            return "without_figure"
        return "province_only" if only_wider else "no_report"
    if value == 0:
        return "zero"
    return f"class-{int(np.searchsorted(breaks, value))}"


def _label(summary: DistrictSummary, measure: str) -> str:
    if measure in COUNT_MEASURES:
        number = COUNT_MEASURES[measure](summary)
        return str(number) if number else ""
    return range_text(summary.tolls[_casualty(measure)])


def _tooltip(view: View, summary: DistrictSummary, measure: str, silence: str) -> str:
    if not summary.claims:
        return silence
    lines = [
        f"{kind}: {range_text(toll)}" if toll.has_figure else f"{kind}: without a number"
        for kind, toll in summary.tolls.items()
        if toll.claims
    ]
    if measure not in COUNT_MEASURES and not summary.tolls[_casualty(measure)].claims:
        lines.append(f"{words(measure)}: no figure reported here")
    origins = {view.atlas.reporting.origin_of[s] for s in summary.source_ids}
    lines.append(
        " · ".join(
            (
                count(len(summary.incident_ids), "incident"),
                count(len(summary.claims), "claim"),
                count(len(summary.source_ids), "source"),
                count(len(origins), "origin"),
            )
        )
    )
    return "\n".join(lines)


def _legend(measure: str, breaks: Sequence[int], view: View) -> Legend:
    lowest = 1
    classes = []
    for number, end in enumerate(breaks):
        classes.append((f"class-{number}", str(end) if end == lowest else f"{lowest}–{end}"))
        lowest = end + 1
    title = measure if measure in COUNT_MEASURES else f"{measure}: best figure, rule “{view.rule}”"
    blanks = dict(BLANKS)
    if view.known_wider:
        blanks["province_only"] = "reported only for the district or the province"
    return Legend(title=title, classes=classes, blanks=tuple(blanks.items()))


def _note(view: View, of_province: Sequence[Claim], of_wider: Sequence[Claim]) -> str:
    area = view.atlas.area_word
    said = []
    if of_province:
        said.append(f"{count(len(of_province), 'claim')} for the whole province, on no {area}")
    if of_wider:
        said.append(f"{count(len(of_wider), 'claim')} known only to the district, on no {area}")
    return "; ".join(said)
