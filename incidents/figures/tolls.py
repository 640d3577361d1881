"""Tolls: ranges summed over groups that do not overlap, and over incidents.

The rules of the sum, for one casualty type: within an incident, a `total` claim
replaces the sum of its groups; the police count only where the incident has no
security_forces claim; men, women and children only where no claim of civilians or
of a total covers them; a group that some claim gives as a part of another group is
covered by it. A part counts when the filter leaves its total out, and where its total has no
number ("a few, two of them policemen"): then the total only leaves the upper end open.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from incidents.figures.reconcile import (
    DEFAULT_RULE,
    SCOPE_REASONS,
    Range,
    Reporting,
    Rule,
    SetAside,
    printed,
    reconcile,
)
from incidents.model import CASUALTY_TYPES, SCOPES, CasualtyType, Claim, VictimGroup

if TYPE_CHECKING:  # a dataset's columns are opened only where there is one
    from incidents.datasets.row_sums import AreaSums, Sum

# Who else's figure already counts these people, where an incident has one.
COVERED_BY: dict[str, frozenset[str]] = {
    "police": frozenset({"security_forces"}),
    "women": frozenset({"civilians"}),
    "children": frozenset({"civilians"}),
    "men": frozenset({"civilians"}),
}


@dataclass(frozen=True)
class Part:
    """The range of one group in one incident, a summand of a toll."""

    incident_id: str
    victim_group: VictimGroup
    range: Range


@dataclass(frozen=True)
class RowsPart:
    """What the rows of one imported dataset add to a toll, each row an incident."""

    dataset_id: str
    sum: Sum


@dataclass(frozen=True)
class Toll:
    """A sum of ranges for one casualty type; None where nothing numbered is said.

    `claims` are all claims of that type in documents, also those without a number, so that an
    empty toll with claims means "reported without a figure". `from_rows` are the datasets'
    shares of the sum, whose claims are made from their rows when they are asked for.
    """

    casualty_type: CasualtyType
    rule: Rule
    low: int | None
    best: int | None
    high: int | None
    high_open: bool
    low_open: bool
    parts: tuple[Part, ...]
    set_aside: tuple[SetAside, ...]
    claims: tuple[Claim, ...]
    from_rows: tuple[RowsPart, ...] = ()

    @property
    def is_reported(self) -> bool:
        """Whether anything is said, be it without a number."""
        return bool(self.claims or self.from_rows)

    @property
    def incident_count(self) -> int:
        """How many incidents were added up."""
        return len({p.incident_id for p in self.parts}) + sum(p.sum.rows for p in self.from_rows)

    @property
    def has_figure(self) -> bool:
        """Whether any number stands behind it; zero is a number."""
        return self.low is not None

    @property
    def used(self) -> tuple[Claim, ...]:
        """The claims whose figures are in the sum."""
        ids = {i for part in self.parts for i in part.range.used}
        return tuple(c for c in self.claims if c.claim_id in ids)

    @property
    def behind(self) -> tuple[Claim, ...]:
        """The claims to count voices of: those used, or all where there is no number."""
        return self.used or self.claims


def toll(
    claims: Iterable[Claim],
    casualty_type: CasualtyType,
    rule: Rule = DEFAULT_RULE,
    reporting: Reporting | None = None,
) -> Toll:
    """Return the toll of some claims, which the caller has narrowed to one area.

    Claims about a district and claims about its province must not be passed together:
    the province's figure already holds the district's.
    """
    ours = tuple(sorted((c for c in claims if c.casualty_type == casualty_type), key=_by_id))
    aside: list[SetAside] = []
    counted = _one_scope(ours, aside)
    by_incident: dict[str, list[Claim]] = defaultdict(list)
    for claim in counted:
        by_incident[claim.incident_id].append(claim)
    parts: list[Part] = []
    for incident_id, members in sorted(by_incident.items()):
        for group, group_claims in _groups_that_do_not_overlap(members, aside):
            found = reconcile(group_claims, rule, reporting)
            aside += found.set_aside
            parts.append(Part(incident_id, group, found))
    known = [p.range for p in parts if p.range.low is not None]
    bests = [r.best for r in known]
    return Toll(
        casualty_type=casualty_type,
        rule=rule,
        low=sum(r.low or 0 for r in known) if known else None,
        best=sum(b or 0 for b in bests) if known and None not in bests else None,
        high=sum(r.high or 0 for r in known) if known else None,
        # A group of which only "a few" is said adds people that nobody counted.
        high_open=bool(known) and (any(r.high_open for r in known) or len(known) < len(parts)),
        low_open=any(r.low_open for r in known),
        parts=tuple(parts),
        set_aside=tuple(aside),
        claims=ours,
    )


def add_rows(documents: Toll, rows: Iterable[RowsPart]) -> Toll:
    """Return a toll of documents with the sums of datasets' rows added, as incidents more.

    A dataset is no state's side: under the rule "official" its rows name no best figure.
    """
    parts = tuple(part for part in rows if part.sum.rows)
    if not parts:
        return documents
    sums = [part.sum for part in parts]
    without_best = documents.has_figure and documents.best is None
    return replace(
        documents,
        low=(documents.low or 0) + sum(s.low or 0 for s in sums),
        best=None
        if without_best or documents.rule == "official"
        else (documents.best or 0) + sum(s.best or 0 for s in sums),
        high=(documents.high or 0) + sum(s.high or 0 for s in sums),
        high_open=documents.high_open
        or any(s.high_open for s in sums)
        # Where documents say "a few" only, the sum has its first number from the rows.
        or (bool(documents.parts) and not documents.has_figure),
        low_open=documents.low_open or any(s.low_open for s in sums),
        from_rows=parts,
    )


def _by_id(claim: Claim) -> str:
    return claim.claim_id


def _one_scope(claims: Sequence[Claim], aside: list[SetAside]) -> list[Claim]:
    """Keep the event's claims; where there are none, those of the next wider scope."""
    present = next((s for s in SCOPES if any(c.scope == s for c in claims)), None)
    aside += [SetAside(c.claim_id, SCOPE_REASONS[c.scope]) for c in claims if c.scope != present]
    return [c for c in claims if c.scope == present]


def _groups_that_do_not_overlap(
    claims: Sequence[Claim], aside: list[SetAside]
) -> list[tuple[VictimGroup, list[Claim]]]:
    by_group: dict[VictimGroup, list[Claim]] = defaultdict(list)
    for claim in claims:
        if claim.victim_group is not None:
            by_group[claim.victim_group].append(claim)
    numbered = {
        group: members
        for group, members in by_group.items()
        if any(printed(c) is not None for c in members)
    }
    reasons = {
        group: _covered(group, numbered if group in numbered else by_group) for group in by_group
    }
    for group, reason in reasons.items():
        if reason:
            aside += [SetAside(c.claim_id, reason) for c in by_group[group]]
    return [(g, by_group[g]) for g in sorted(by_group) if not reasons[g]]


def _covered(group: VictimGroup, by_group: dict[VictimGroup, list[Claim]]) -> str:
    """Return why a group must not be added in its incident, or an empty string.

    `by_group` are the groups that can cover it: for a group with a number those that have one.
    """
    if group != "total" and "total" in by_group:
        return "counted in the incident's total"
    for other in sorted(COVERED_BY.get(group, frozenset())):
        if other in by_group:
            return f"counted among the {other}"
    here = {c.claim_id: c for members in by_group.values() for c in members}
    for claim in by_group[group]:
        parent = here.get(claim.part_of or "")
        if parent is not None and parent.victim_group != group:
            return f"a part of {parent.claim_id}, which is counted"
    return ""


@dataclass(frozen=True)
class DistrictSummary:
    """What the claims and rows that a filter leaves say of one district, or area of another level.

    `claims` are those of documents; `rows` holds the sums of each dataset with rows here, by
    its id. The tolls hold both.
    """

    adm2_pcode: str
    """The area's code: of a tehsil its own, of a user's area what the user's file has."""
    claims: tuple[Claim, ...]
    tolls: dict[CasualtyType, Toll]
    rows: Mapping[str, AreaSums] = field(default_factory=dict)

    @property
    def is_reported(self) -> bool:
        """Whether anything is said of the district."""
        return bool(self.claims or self.rows)

    @property
    def incident_ids(self) -> tuple[str, ...]:
        """Documents' incidents with a claim that names a place here, in order of mention."""
        return tuple(dict.fromkeys(c.incident_id for c in self.claims))

    @property
    def incident_count(self) -> int:
        """How many incidents; each row of a dataset is one."""
        return len(self.incident_ids) + sum(area.incidents for area in self.rows.values())

    @property
    def claim_count(self) -> int:
        """How many claims, those of rows among them."""
        return len(self.claims) + sum(area.claims for area in self.rows.values())

    @property
    def source_ids(self) -> tuple[str, ...]:
        """Sources with such a claim, sorted; a dataset's release is one."""
        return tuple(
            sorted(
                {c.source_id for c in self.claims}.union(
                    *(area.source_ids for area in self.rows.values())
                )
            )
        )

    @property
    def report_status(self) -> str:
        """reported_with_figure, reported_without_figure or no_report."""
        if not self.is_reported:
            return "no_report"
        numbered = any(
            c.count_low is not None or c.count_best is not None for c in self.claims
        ) or any(area.has_figure for area in self.rows.values())
        return "reported_with_figure" if numbered else "reported_without_figure"

    @property
    def may_count_twice(self) -> bool:
        """Whether a sum may hold the same people twice: a dataset's figures stand beside others."""
        numbered = any(toll.parts for toll in self.tolls.values())
        return bool(self.rows) and len(self.rows) + numbered > 1

    def with_rows(self, rows: Mapping[str, AreaSums]) -> DistrictSummary:
        """Return the summary with the datasets' rows of this district added."""
        here = {name: area for name, area in rows.items() if area.incidents}
        if not here:
            return self
        tolls = {
            kind: add_rows(toll, [RowsPart(name, area.sums[kind]) for name, area in here.items()])
            for kind, toll in self.tolls.items()
        }
        return replace(self, rows=here, tolls=tolls)


def by_district(
    claims: Iterable[Claim],
    pcodes: Sequence[str],
    rule: Rule = DEFAULT_RULE,
    reporting: Reporting | None = None,
    area_of: Mapping[str, str | None] | None = None,
) -> dict[str, DistrictSummary]:
    """Return a summary for every P-code, also where nothing is reported.

    Only a claim that itself names a place in an area counts there. `area_of` says by claim_id
    which area that is; without it, it is the claim's district.
    """
    here: dict[str, list[Claim]] = {p: [] for p in pcodes}
    for claim in claims:
        code = claim.adm2_pcode if area_of is None else area_of.get(claim.claim_id)
        if code in here:
            here[code].append(claim)
    return {
        pcode: DistrictSummary(
            pcode,
            tuple(members),
            {t: toll(members, t, rule, reporting) for t in CASUALTY_TYPES},
        )
        for pcode, members in here.items()
    }


@dataclass(frozen=True)
class Counts:
    """How many sources, origins and claimants stand behind some claims."""

    sources: int
    origins: int
    claimants: int


def count_voices(claims: Iterable[Claim], reporting: Reporting) -> Counts:
    """Count articles, families of copies, and who said it, always together."""
    seen = list(claims)
    sources = {c.source_id for c in seen}
    return Counts(
        len(sources),
        len({reporting.origin_of.get(s, s) for s in sources}),
        len({c.claimant_id for c in seen}),
    )
