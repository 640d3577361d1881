"""What does not add up in a source, and what many sources repeat: noticed, never corrected.

A notice says what stands in the texts and what it comes to. It changes no figure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, get_args

from incidents.figures.breakdowns import Figures, rules
from incidents.figures.figure_bounds import Bounds, bounds, in_words
from incidents.figures.reconcile import Reporting, printed
from incidents.figures.sums import Sum, misfit, sums
from incidents.figures.tolls import count_voices
from incidents.model import Catalogue, Claim

NoticeKind = Literal["parts_exceed_total", "total_differs", "sum_differs", "same_figure"]
NOTICE_KINDS: tuple[NoticeKind, ...] = get_args(NoticeKind)


@dataclass(frozen=True)
class Notice:
    """Something about a source's figures that a reader should know."""

    kind: NoticeKind
    source_id: str
    claim_ids: tuple[str, ...]
    """The claims it speaks of; where it speaks of a total, that one first."""
    message: str


def notices(catalogue: Catalogue, reporting: Reporting) -> tuple[Notice, ...]:
    """Return every notice, by source in the catalogue's order.

    The kinds: `parts_exceed_total`, the least that the parts can mean is more than the total
    allows; `total_differs`, a complete breakdown does not come to the total; `sum_differs`, a sum
    over several days is not that of their figures; `same_figure`, one figure stands in many
    sources within a day: likely copies.

    Open figures are respected: "at least 20" may be exceeded by its parts, "about 70" is
    whatever rounds to 70, words such as "dozens" are not added. Where a source gives a figure
    several ways, one way that makes the total is enough.
    """
    by_source: dict[str, list[Claim]] = defaultdict(list)
    for claim in catalogue.claims:
        by_source[claim.source_id].append(claim)
    found: list[Notice] = []
    for source in catalogue.sources:
        found += _misfits(source.source_id, by_source[source.source_id])
    found += repeated_figures(catalogue, reporting)
    order = {source.source_id: place for place, source in enumerate(catalogue.sources)}
    return tuple(sorted(found, key=lambda n: order[n.source_id]))


def notices_of(
    catalogue: Catalogue, reporting: Reporting, all_notices: Iterable[Notice], known: Container[str]
) -> tuple[Notice, ...]:
    """Return the notices as they stand where only some sources are known, out of all of them.

    A report adds up, or not, whatever else is known; how often a figure is repeated is counted
    anew.
    """
    own = (n for n in all_notices if n.kind != "same_figure" and n.source_id in known)
    return (*own, *repeated_figures(catalogue, reporting, known))


def _misfits(source_id: str, claims: Sequence[Claim]) -> list[Notice]:
    figures = Figures(claims)
    by_message: dict[tuple[NoticeKind, str], tuple[str, ...]] = {}
    for total in figures.claims:
        allowed = bounds(total)
        if allowed is None or total.is_vague:
            continue
        for breakdown in figures.breakdowns(total):
            wrong = misfit(total, breakdown.summands, complete=breakdown.complete)
            if wrong is None or wrong.reach < rules().smallest_share * allowed.low:
                continue
            kind, message = _said(figures, total, allowed, wrong)
            ids = (total.claim_id, *(c.claim_id for c in wrong.claims))
            # A total that a report repeats is one notice about all its claims.
            before = by_message.get((kind, message), ())
            by_message[kind, message] = tuple(dict.fromkeys(before + ids))
    return [Notice(kind, source_id, ids, said) for (kind, said), ids in by_message.items()]


def _said(figures: Figures, total: Claim, allowed: Bounds, wrong: Sum) -> tuple[NoticeKind, str]:
    parts = f"{' + '.join(_named(wrong, total))} = {wrong.printed:,}"
    what = f"{in_words(total)} {_who(total)} {total.casualty_type}"
    if not any(c.part_of for c in wrong.claims) and total.scope == "cumulative":
        first, last = total.date_start, total.date_end
        if any(_span(c) != _span(total) for c in wrong.claims):
            said = f"The sum for {first} to {last}, {what}, is not that of its days: {parts}."
            return "sum_differs", said + _room(wrong, allowed)
    if wrong.exceeds(allowed):
        said = f"The parts exceed their total, {what}: {parts}."
        return "parts_exceed_total", said + _without(wrong, allowed)
    said = f"The total, {what}, is not what its parts add up to: {parts}."
    return "total_differs", said + _with_day_before(figures, total, allowed, wrong) + _room(
        wrong, allowed
    )


def _named(wrong: Sum, total: Claim) -> Iterator[str]:
    groups = {c.victim_group for c in wrong.claims}
    for claim in sorted(wrong.claims, key=lambda c: (c.date_start, -(printed(c) or 0), c.claim_id)):
        if groups == {total.victim_group}:
            yield in_words(claim)
        else:
            yield f"{in_words(claim)} {_who(claim)}"


def _who(claim: Claim) -> str:
    group = claim.victim_group or ""
    return "people" if group == "total" else group.replace("_", " ")


def _span(claim: Claim) -> tuple[object, object]:
    return claim.date_start, claim.date_end


def _room(wrong: Sum, allowed: Bounds) -> str:
    if wrong.is_open and wrong.falls_short(allowed):
        opens = [c for c in wrong.claims if (b := bounds(c)) is not None and b.high is None]
        said = ", ".join(dict.fromkeys(in_words(c) for c in opens))
        return f" An open figure ({said}) leaves room for the rest."
    return ""


def _without(wrong: Sum, allowed: Bounds) -> str:
    """Say which group a total leaves out, if leaving it out makes the total."""
    for claim in wrong.claims:
        rest = Sum.of([c for c in wrong.claims if c.victim_group != claim.victim_group])
        if rest.claims and not rest.exceeds(allowed) and not rest.falls_short(allowed):
            return f" Without the {_who(claim)} it is {rest.printed:,}."
    return ""


def _with_day_before(figures: Figures, total: Claim, allowed: Bounds, wrong: Sum) -> str:
    """Say what a sum comes to that also counts the day before."""
    earlier = list(sums(figures.day_before(total)))
    if not earlier or not earlier[0].claims:
        return ""
    nearest = min(earlier, key=lambda s: abs(wrong.printed + s.printed - allowed.printed))
    both = Sum.of([*wrong.claims, *nearest.claims])
    added = " + ".join(in_words(c) for c in nearest.claims)
    said = f" With the day before's {added} it is {both.printed:,}"
    if both.exceeds(allowed) or both.falls_short(allowed) or both.printed != allowed.printed:
        return f"{said}: not the total either."
    return f"{said}: the total seems to count both days."


def repeated_figures(
    catalogue: Catalogue, reporting: Reporting, known: Container[str] | None = None
) -> list[Notice]:
    """Return the figures that many sources print within a day, a notice for each of these sources.

    `known` are the sources that count, by default all. Documents without a date do not.
    """
    alike: dict[tuple[object, ...], list[Claim]] = defaultdict(list)
    for claim in catalogue.claims:
        number = printed(claim)
        dated = catalogue.source[claim.source_id].reported_on is not None
        if number is None or claim.is_vague or not claim.is_figure or not dated:
            continue
        if known is not None and claim.source_id not in known:
            continue
        if number >= rules().smallest_repeated_figure:
            key = (claim.incident_id, claim.casualty_type, claim.victim_group, claim.scope, number)
            alike[key].append(claim)
    found: list[Notice] = []
    for claims in alike.values():
        for together in _within_a_day(claims, reporting):
            ids, said = tuple(c.claim_id for c in together), _repeated(together, reporting)
            found += [
                Notice("same_figure", source_id, ids, said)
                for source_id in sorted({c.source_id for c in together})
            ]
    return found


def _within_a_day(claims: Iterable[Claim], reporting: Reporting) -> Iterator[list[Claim]]:
    """Yield claims of enough sources that were out within a day of the first of them."""
    together: list[Claim] = []
    for claim in [*sorted(claims, key=lambda c: (reporting.when(c), c.claim_id)), None]:
        if claim is not None and (
            not together or reporting.when(claim) - reporting.when(together[0]) <= timedelta(days=1)
        ):
            together.append(claim)
            continue
        if len({c.source_id for c in together}) >= rules().fewest_repeating_sources:
            yield together
        together = [claim] if claim is not None else []


def _repeated(claims: Sequence[Claim], reporting: Reporting) -> str:
    voices = count_voices(claims, reporting)
    number, what = printed(claims[0]), f"{_who(claims[0])} {claims[0].casualty_type}"
    said = f"The same figure, {number:,} {what}, stands in {voices.sources} sources within a day, "
    origins = "1 origin" if voices.origins == 1 else f"{voices.origins} origins"
    claimants = "1 claimant" if voices.claimants == 1 else f"{voices.claimants} claimants"
    said += f"of {origins} and {claimants}: "
    if voices.origins < voices.sources:
        reports = "1 report" if voices.origins == 1 else f"{voices.origins} reports"
        return said + f"likely copies, which count as {reports}, not {voices.sources}."
    return said + "no copying was found in the texts; they may repeat one statement."
