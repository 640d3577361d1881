"""Which figures of one source are parts of which total, said or implied.

A part is said where its claim is `part_of` the total. It is implied where the same source gives,
for the same incident, place, kind of casualty and days, a figure for everyone and figures for two
groups or more of which nobody belongs to two. What an armed group claims is held against what
others say, never added to it.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise, product
from math import prod
from typing import Any, TypeVar

from incidents.figures.figure_bounds import bounds
from incidents.figures.sums import MOST_COMBINATIONS, Alternative, Summand
from incidents.model import Claim

_Key = TypeVar("_Key", bound=Hashable)


@dataclass(frozen=True)
class Breakdown:
    """Figures that a source gives for parts of a total."""

    summands: tuple[Summand, ...]
    complete: bool
    """Whether they can be taken for everyone, so that their sum may not fall short."""


class Figures:
    """The figures of one source, ready to be asked which of them are parts of which."""

    def __init__(self, claims: Iterable[Claim]) -> None:
        self.claims = tuple(c for c in claims if c.is_figure)
        loose = [c for c in self.claims if c.part_of is None]
        daily = [c for c in loose if c.scope in ("event", "previous_day")]
        before = [c for c in loose if c.scope == "previous_day"]
        self._parts = _gathered(self.claims, lambda c: (c.part_of, c.casualty_type))
        self._beside = _gathered(loose, lambda c: (c.incident_id, c.casualty_type))
        self._daily = _gathered(daily, lambda c: (place_of(c), c.casualty_type, c.victim_group))
        self._before = _gathered(before, lambda c: (place_of(c), c.casualty_type))

    def breakdowns(self, total: Claim) -> Iterator[Breakdown]:
        """Yield how a total is broken down: by who they were, by age and sex, by place, by days."""
        said = self._parts.get((total.claim_id, total.casualty_type), [])
        beside = self._beside.get((total.incident_id, total.casualty_type), [])
        implied = [c for c in beside if _is_implied(c, total)] if _can_imply(total) else []
        for groups in (rules().roles, rules().ages):
            names = set(groups) - {total.victim_group}
            parts = [c for c in said if c.victim_group in names]
            parts = parts or _if_several([c for c in implied if c.victim_group in names], total)
            if parts:
                yield _by_group(total, parts, everyone=groups == rules().ages)
        if again := [c for c in said if c.victim_group == total.victim_group]:
            summands = _by_place(again)
            complete = len(summands) > 1 and all(summands) and _is_all(total, again)
            yield Breakdown(summands, complete)
        if total.scope == "cumulative" and (days := self._days_of(total)):
            yield days

    def day_before(self, total: Claim) -> tuple[Summand, ...]:
        """Return what the source says of the day before, for the same place and casualties."""
        if total.scope == "previous_day":
            return ()
        before = self._before.get((place_of(total), total.casualty_type), [])
        before = [c for c in before if c.victim_group in rules().roles and _one_side(c, total)]
        return tuple(s for s in _by_group(total, before).summands if s)

    def _days_of(self, total: Claim) -> Breakdown | None:
        """Return the figures of the days that a sum combines; complete where they are all of them.

        They are of the same place and group, and their days lie within the sum's without
        overlapping.
        """
        key = (place_of(total), total.casualty_type, total.victim_group)
        within = [
            c for c in self._daily.get(key, []) if _lies_within(c, total) and _one_side(c, total)
        ]
        by_span = _gathered(within, _days)
        by_span.pop(_days(total), None)
        spans = sorted(by_span)
        if len(spans) < 2 or any(first[1] >= second[0] for first, second in pairwise(spans)):
            return None
        summands = tuple(_of_one_span(by_span[span]) for span in spans)
        covered = sum(last - first + 1 for first, last in spans)
        first, last = _days(total)
        return Breakdown(summands, all(summands) and covered == last - first + 1)


def place_of(claim: Claim) -> str:
    """Return what two claims share that speak of the same area: a district, else how vaguely."""
    if claim.adm2_pcode:
        return claim.adm2_pcode
    return "province" if claim.where_prec in (4, 5) else claim.place_id or str(claim.where_prec)


def _can_imply(total: Claim) -> bool:
    allowed = bounds(total)
    return (
        total.victim_group == "total"
        and total.part_of is None
        and allowed is not None
        and allowed.printed >= rules().smallest_implied_total
    )


def _is_implied(claim: Claim, total: Claim) -> bool:
    return (
        claim.claim_id != total.claim_id
        and claim.scope == total.scope
        and place_of(claim) == place_of(total)
        and _lies_within(claim, total)
        and _one_side(claim, total)
    )


def _if_several(claims: list[Claim], total: Claim) -> list[Claim]:
    """Keep implied parts of two groups; of one group only what the total's own speaker says."""
    if len({c.victim_group for c in claims}) > 1:
        return claims
    return [c for c in claims if c.claimant_kind != "nobody" and c.claimant_id == total.claimant_id]


def _one_side(claim: Claim, total: Claim) -> bool:
    return (claim.claimant_type == "armed_group") == (total.claimant_type == "armed_group")


def _days(claim: Claim) -> tuple[int, int]:
    return claim.date_start.toordinal(), claim.date_end.toordinal()


def _lies_within(claim: Claim, total: Claim) -> bool:
    return total.date_start <= claim.date_start and claim.date_end <= total.date_end


def _by_group(total: Claim, claims: Sequence[Claim], *, everyone: bool = False) -> Breakdown:
    groups = _gathered(claims, lambda c: c.victim_group)
    # The police are among the security forces; as a part of both they would count twice.
    if "security_forces" in groups:
        groups.pop("police", None)
    summands: list[Summand] = []
    for _, members in sorted(groups.items(), key=lambda item: str(item[0])):
        if members[0].part_of:
            summands += _by_place(members)
        else:
            summands.append([(c,) for c in members if _is_numbered(c)])
    complete = set(rules().ages) <= set(groups)
    if not everyone:
        complete = len(groups) > 1 and _is_all(total, claims)
    return Breakdown(tuple(summands), complete and all(summands))


def _by_place(claims: Sequence[Claim]) -> tuple[Summand, ...]:
    """Return a summand for each place: one paragraph's figures are added, another's repeat them."""
    return tuple(
        [
            numbered
            for members in _gathered(here, lambda c: c.paragraph).values()
            if (numbered := tuple(filter(_is_numbered, members)))
        ]
        for here in _gathered(claims, lambda c: (c.incident_id, place_of(c))).values()
    )


def _of_one_span(claims: Sequence[Claim]) -> Summand:
    """Return the ways to count some days: any one figure, or one of every incident added up."""
    numbered = [c for c in claims if _is_numbered(c)]
    single: list[Alternative] = [(c,) for c in numbered]
    incidents = list(_gathered(numbered, lambda c: c.incident_id).values())
    if len(incidents) < 2:
        return single
    if prod(map(len, incidents)) > MOST_COMBINATIONS:
        return []
    return single + list(product(*incidents))


def _gathered(claims: Iterable[Claim], key: Callable[[Claim], _Key]) -> dict[_Key, list[Claim]]:
    found: dict[_Key, list[Claim]] = defaultdict(list)
    for claim in claims:
        found[key(claim)].append(claim)
    return dict(found)


def _is_numbered(claim: Claim) -> bool:
    return not claim.is_vague and bounds(claim) is not None


def _is_all(total: Claim, parts: Iterable[Claim]) -> bool:
    """Whether no quote says that the parts are only some of the total."""
    return not any(rules().incomplete.search(c.quote) for c in (total, *parts))


@dataclass(frozen=True)
class Rules:
    """What `data/arithmetic.toml` holds."""

    incomplete: re.Pattern[str]
    roles: tuple[str, ...]
    ages: tuple[str, ...]
    smallest_implied_total: int
    smallest_share: float
    smallest_repeated_figure: int
    fewest_repeating_sources: int


@cache
def rules() -> Rules:
    """Read the words, groups and sizes that the arithmetic goes by."""
    path = files("incidents") / "data" / "arithmetic.toml"
    data: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
    words = "|".join(map(re.escape, data["incomplete"]))
    return Rules(
        incomplete=re.compile(rf"\b(?:{words})\b", re.IGNORECASE),
        roles=tuple(data["roles"]),
        ages=tuple(data["ages"]),
        smallest_implied_total=data["smallest_implied_total"],
        smallest_share=data["smallest_share"],
        smallest_repeated_figure=data["smallest_repeated_figure"],
        fewest_repeating_sources=data["fewest_repeating_sources"],
    )
