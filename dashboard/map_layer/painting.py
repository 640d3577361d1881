"""What colours the map: a measure, its classes, and the four blanks told apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from dashboard.map_layer.district_map import DistrictPaint, Legend
from dashboard.wording import count, range_text, words
from incidents.figures.tolls import DistrictSummary
from incidents.model import CASUALTY_TYPES, CasualtyType, Claim
from incidents.view import View

# More than five shades of one colour cannot be told apart in a legend (Brewer).
MAX_CLASSES = 5

COUNT_MEASURES: Mapping[str, Callable[[DistrictSummary], int]] = {
    "incidents": lambda summary: summary.incident_count,
    "claims": lambda summary: summary.claim_count,
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
    province_claims = _counted(view, measure, view.not_placed, "not_placed")
    wider_claims = _counted(view, measure, view.known_wider, "wider")
    only_province = measure not in COUNT_MEASURES and province_claims > 0
    wider = {pcode: _known_wider(view, pcode, measure) > 0 for pcode in view.districts}
    paints = {
        pcode: DistrictPaint(
            _fill(values[pcode], summary, breaks, only_province or wider[pcode]),
            _label(summary, measure),
            _tooltip(view, summary, measure, _silence(only_province, wider[pcode])),
        )
        for pcode, summary in view.districts.items()
    }
    note = _note(view, province_claims, wider_claims)
    return Painting(paints, _legend(measure, breaks, view), len(breaks), note)


def _silence(only_province: bool, around: bool) -> str:
    """Return what an area without claims of its own says."""
    if around:
        return "Reported only for the district"
    return "Reported only for the whole province" if only_province else "No report"


def _counted(
    view: View, measure: str, claims: Sequence[Claim], beside: Literal["not_placed", "wider"]
) -> int:
    """Return how many claims of no area a measure counts, those of datasets' rows among them."""
    sums = [one.beside[beside] for one in view.rows.values()]
    if measure in COUNT_MEASURES:
        return len(claims) + sum(area.claims for area in sums)
    kind = _casualty(measure)
    return sum(c.casualty_type == kind for c in claims) + sum(area.sums[kind].rows for area in sums)


def _known_wider(view: View, code: str, measure: str) -> int:
    """Return how many claims that the measure counts may lie in an area, known only to its district."""
    if measure in COUNT_MEASURES:
        return view.wider_count_around(code)
    kind = _casualty(measure)
    said = sum(c.casualty_type == kind for c in view.known_wider_around(code))
    of_rows = (sums.wider_figures.get(kind, {}).get(code, 0) for sums in view.rows.values())
    return said + sum(of_rows)


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
        if summary.is_reported:
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
    if not summary.is_reported:
        return silence
    lines = [
        f"{kind}: {range_text(toll)}" if toll.has_figure else f"{kind}: without a number"
        for kind, toll in summary.tolls.items()
        if toll.is_reported
    ]
    if measure not in COUNT_MEASURES and not summary.tolls[_casualty(measure)].is_reported:
        lines.append(f"{words(measure)}: no figure reported here")
    origins = {view.atlas.reporting.origin_of[s] for s in summary.source_ids}
    lines.append(
        " · ".join(
            (
                count(summary.incident_count, "incident"),
                count(summary.claim_count, "claim"),
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
        classes.append((f"class-{number}", f"{end:,}" if end == lowest else f"{lowest:,}–{end:,}"))
        lowest = end + 1
    title = measure if measure in COUNT_MEASURES else f"{measure}: best figure, rule “{view.rule}”"
    blanks = dict(BLANKS)
    if view.known_wider_count:
        blanks["province_only"] = "reported only for the district or the province"
    return Legend(title=title, classes=classes, blanks=tuple(blanks.items()))


def _note(view: View, of_province: int, of_wider: int) -> str:
    area = view.atlas.area_word
    said = []
    if of_province:
        said.append(f"{count(of_province, 'claim')} for the whole province, on no {area}")
    if of_wider:
        said.append(f"{count(of_wider, 'claim')} known only to the district, on no {area}")
    return "; ".join(said)
