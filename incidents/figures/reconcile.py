"""Figures that disagree: a range under a named rule, never an average.

One range speaks of one incident, one casualty type and one victim group. `low` and
`high` are always the range of what was claimed; the rule chooses `best` alone, and
every result names the claims it used, those it set aside, and why.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, get_args

from incidents.model import (
    CLAIMANT_KINDS,
    KARACHI,
    OPEN_QUALIFIERS,
    SCOPES,
    Catalogue,
    Claim,
    Source,
)

Rule = Literal["lowest", "range", "highest", "latest", "official", "modal"]
RULES: tuple[Rule, ...] = get_args(Rule)
DEFAULT_RULE: Rule = "range"

RULE_MEANINGS: Mapping[Rule, str] = {
    "range": "best is the newest figure of the most specific claimant: a named person with an "
    "office, then an institution, then an anonymous official, then nobody (low-best-high, as UCDP)",
    "lowest": "best is the lowest figure (as ACLED counts)",
    "highest": "best is the highest figure",
    "latest": "best is the figure reported last",
    "official": "best is the last figure that the state's side gives",
    "modal": "best is the figure that most independent origins repeat; a tie is indeterminate",
}

_UNDATED = datetime.min.replace(tzinfo=KARACHI)


@dataclass(frozen=True)
class SetAside:
    """A claim that a result does not use, with the reason in plain words."""

    claim_id: str
    reason: str


@dataclass(frozen=True)
class Range:
    """What is claimed for one incident, casualty type and victim group.

    `low`, `best`, `high` are None where nothing says them; `high_open` tells that a
    figure such as "at least 10" leaves the upper end open.
    """

    low: int | None
    best: int | None
    high: int | None
    high_open: bool
    rule: Rule
    low_open: bool = False
    """A figure such as "up to 20" stands behind the low: it may be fewer."""
    low_claim: str | None = None
    best_claim: str | None = None
    high_claim: str | None = None
    used: tuple[str, ...] = ()
    set_aside: tuple[SetAside, ...] = ()
    indeterminate: bool = False


@dataclass(frozen=True)
class Reporting:
    """When each source was reported and which origin it goes back to."""

    reported_at: Mapping[str, datetime]
    origin_of: Mapping[str, str]

    @classmethod
    def of(cls, catalogue: Catalogue, origin_of: Mapping[str, str] | None = None) -> Reporting:
        """Read it off a catalogue; a source without a family is an origin of its own."""
        origins = origin_of or {}
        return cls(
            {s.source_id: reported_at(s) for s in catalogue.sources},
            {s.source_id: origins.get(s.source_id, s.source_id) for s in catalogue.sources},
        )

    def when(self, claim: Claim) -> datetime:
        """Return the moment a claim was reported; undated claims come first."""
        return self.reported_at.get(claim.source_id, _UNDATED)


def reported_at(source: Source) -> datetime:
    """Return when a source was out: its time, else the beginning of its day in Asia/Karachi."""
    if source.published_at is not None:
        return source.published_at
    day: date | None = source.reported_on
    return _UNDATED if day is None else datetime(day.year, day.month, day.day, tzinfo=KARACHI)


def printed(claim: Claim) -> int | None:
    """Return the figure a claim stands for: its own best estimate, else the printed number."""
    return claim.count_best if claim.count_best is not None else claim.count_low


def reconcile(
    claims: Iterable[Claim], rule: Rule = DEFAULT_RULE, reporting: Reporting | None = None
) -> Range:
    """Return the range of claims about one incident, casualty type and victim group.

    Sums over several days, background and the day before are not mixed with the event,
    a part is not mixed with its total (it stands for a total without a number, the upper end
    open), and a vague figure ("dozens") bounds the range
    only where no numbered claim does. The order of the claims does not matter.

    Examples
    --------
    >>> reconcile([]).low is None
    True
    """
    reporting = reporting or Reporting({}, {})
    given = kept = sorted(claims, key=lambda c: c.claim_id)
    aside: list[SetAside] = []
    kept = _narrowest_scope(kept, aside)
    kept = _without_parts(kept, aside)
    kept = _numbered_if_any(kept, aside)
    if not kept:
        return Range(None, None, None, False, rule, set_aside=tuple(aside))

    low_claim = min(kept, key=lambda c: (_lower(c), c.claim_id))
    high_claim = min(kept, key=lambda c: (-_upper(c), c.claim_id))
    best_claim = _choose(kept, rule, reporting)
    return Range(
        low=_lower(low_claim),
        best=printed(best_claim) if best_claim else None,
        high=_upper(high_claim),
        high_open=any(c.qualifier in OPEN_QUALIFIERS for c in kept)
        or not {c.part_of for c in kept}.isdisjoint(c.claim_id for c in given),
        rule=rule,
        low_open=low_claim.qualifier == "up_to",
        low_claim=low_claim.claim_id,
        best_claim=best_claim.claim_id if best_claim else None,
        high_claim=high_claim.claim_id,
        used=tuple(c.claim_id for c in kept),
        set_aside=tuple(aside),
        indeterminate=best_claim is None,
    )


def _lower(claim: Claim) -> int:
    return min(v for v in (claim.count_low, claim.count_best) if v is not None)


def _upper(claim: Claim) -> int:
    """Return what a claim lends the upper end; an "at least" figure lends its printed number."""
    return max(v for v in (claim.count_high, claim.count_best, claim.count_low) if v is not None)


SCOPE_REASONS: Mapping[str, str] = {
    "previous_day": "speaks of the day before",
    "cumulative": "a sum over several days or incidents",
    "background": "history, not this event",
}


def _narrowest_scope(claims: Sequence[Claim], aside: list[SetAside]) -> list[Claim]:
    present = [s for s in SCOPES if any(c.scope == s for c in claims)]
    if not present:
        return []
    aside += [SetAside(c.claim_id, SCOPE_REASONS[c.scope]) for c in claims if c.scope != present[0]]
    return [c for c in claims if c.scope == present[0]]


def _without_parts(claims: Sequence[Claim], aside: list[SetAside]) -> list[Claim]:
    # A total without a number ("a few, two of them from Sui") hides no number.
    here = {c.claim_id for c in claims if printed(c) is not None}
    aside += [
        SetAside(c.claim_id, f"a part of {c.part_of}, which is counted")
        for c in claims
        if c.part_of in here
    ]
    return [c for c in claims if c.part_of not in here]


def _numbered_if_any(claims: Sequence[Claim], aside: list[SetAside]) -> list[Claim]:
    numbered = [c for c in claims if printed(c) is not None and not c.is_vague]
    kept = numbered or [c for c in claims if printed(c) is not None]
    gone = {c.claim_id for c in claims} - {c.claim_id for c in kept}
    aside += [
        SetAside(c.claim_id, "no number: shown beside the range")
        for c in claims
        if c.claim_id in gone
    ]
    return kept


def _choose(claims: Sequence[Claim], rule: Rule, reporting: Reporting) -> Claim | None:
    """Return the claim whose figure is best under the rule, or None where it is indeterminate."""

    def lower(c: Claim) -> tuple[int, str]:
        return (printed(c) or 0, c.claim_id)

    def newest(pool: Sequence[Claim]) -> Claim | None:
        if not pool:
            return None
        last = max(reporting.when(c) for c in pool)
        return min((c for c in pool if reporting.when(c) == last), key=lower)

    match rule:
        case "lowest":
            return min(claims, key=lower)
        case "highest":
            top = max(printed(c) or 0 for c in claims)
            return min((c for c in claims if (printed(c) or 0) == top), key=lower)
        case "latest":
            return newest(claims)
        case "official":
            return newest([c for c in claims if c.claimant_type == "state"])
        case "range":
            most = min(CLAIMANT_KINDS.index(c.claimant_kind) for c in claims)
            return newest([c for c in claims if CLAIMANT_KINDS.index(c.claimant_kind) == most])
        case "modal":
            return _modal(claims, reporting)


def _modal(claims: Sequence[Claim], reporting: Reporting) -> Claim | None:
    origins: dict[int, set[str]] = defaultdict(set)
    for claim in claims:
        origins[printed(claim) or 0].add(reporting.origin_of.get(claim.source_id, claim.source_id))
    most = max(len(said_by) for said_by in origins.values())
    values = [value for value, said_by in origins.items() if len(said_by) == most]
    if len(values) > 1:
        return None
    return next(c for c in claims if printed(c) == values[0])
