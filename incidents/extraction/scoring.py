"""How well drafts agree with reports whose claims were coded by hand."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from incidents.extraction.draft import Draft
from incidents.extraction.extractors import Extractor

FIELDS = (
    "casualty_type",
    "victim_group",
    "qualifier",
    "adm2_name",
    "scope",
    "claimant_type",
    "part_of",
)
_COLUMNS = (
    "quote | casualty_type | victim_group | qualifier count | district | scope | claimant_type"
)
_VAGUE = {"dozens": "12"}


class ReportError(ValueError):
    """A coded report that cannot be read."""


@dataclass(frozen=True)
class CodedClaim:
    """A claim as a person coded it; `start` and `end` are positions in title or text."""

    quote: str
    in_title: bool
    start: int
    end: int
    casualty_type: str
    victim_group: str
    qualifier: str
    count: int | None
    adm2_name: str | None
    scope: str
    claimant_type: str
    is_part: bool


@dataclass(frozen=True)
class CodedReport:
    """A report with its claims."""

    report_id: str
    style: str
    published_on: date
    title: str
    text: str
    claims: tuple[CodedClaim, ...]


@dataclass
class Score:
    """Counts of agreement; ratios are None where there is nothing to divide by."""

    coded: int = 0
    linked_drafts: int = 0
    linked_right: int = 0
    found_linked: int = 0
    found_any: int = 0
    right: dict[str, int] = field(default_factory=dict)
    missed: list[str] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float | None:
        """Share of the linked drafts that a person coded too."""
        return _ratio(self.linked_right, self.linked_drafts)

    @property
    def recall_linked(self) -> float | None:
        """Share of the coded claims that a linked draft found."""
        return _ratio(self.found_linked, self.coded)

    @property
    def recall(self) -> float | None:
        """Share of the coded claims that a draft of either tier found."""
        return _ratio(self.found_any, self.coded)

    def accuracy(self, name: str) -> float | None:
        """Share of the claims found whose field is right."""
        return _ratio(self.right.get(name, 0), self.found_any)

    def add(self, other: Score) -> None:
        """Add another score's counts to this one."""
        for name in ("coded", "linked_drafts", "linked_right", "found_linked", "found_any"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name, count in other.right.items():
            self.right[name] = self.right.get(name, 0) + count
        for name in ("missed", "extra", "wrong"):
            getattr(self, name).extend(getattr(other, name))


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def load_reports(folder: str | Path) -> list[CodedReport]:
    """Return the coded reports of a folder of TOML files, sorted by file and order.

    Raises
    ------
    ReportError
        If a claim has too few columns, or its quote is not in the report.
    """
    reports: list[CodedReport] = []
    for path in sorted(Path(folder).glob("*.toml")):
        data = tomllib.loads(path.read_text("utf-8"))
        reports.extend(_report(entry, data["style"], path) for entry in data["report"])
    return reports


def _report(entry: dict[str, Any], style: str, path: Path) -> CodedReport:
    title, text = entry["title"], entry["text"]
    joined = f"{title}\n{text}"
    claims: list[CodedClaim] = []
    at = 0
    for line in entry["claims"]:
        columns = [c.strip() for c in line.split("|")]
        if len(columns) < 7:
            raise ReportError(
                f"{path}, {entry['id']}: {line!r} has {len(columns)} columns, expected {_COLUMNS}"
            )
        start = joined.find(columns[0], at)
        if start < 0:
            raise ReportError(
                f"{path}, {entry['id']}: {columns[0]!r} is not in the report after the claim before it"
            )
        at = start + 1
        in_title = start < len(title)
        offset = 0 if in_title else len(title) + 1
        qualifier, _, count = columns[3].partition(" ")
        count = count or _VAGUE.get(qualifier, "")
        claims.append(CodedClaim(
            quote=columns[0], in_title=in_title, start=start - offset, end=start - offset + len(columns[0]),
            casualty_type=columns[1], victim_group=columns[2], qualifier=qualifier,
            count=int(count) if count else None, adm2_name=None if columns[4] == "-" else columns[4],
            scope=columns[5], claimant_type=columns[6], is_part="part" in columns[7:],
        ))  # fmt: skip
    return CodedReport(entry["id"], style, entry["published_on"], title, text, tuple(claims))


def score_reports(reports: Iterable[CodedReport], extractor: Extractor) -> Score:
    """Return how well an extractor does on coded reports."""
    total = Score()
    for report in reports:
        drafts = extractor(report.text, published_on=report.published_on, title=report.title)
        total.add(score_drafts(report, drafts))
    return total


def score_drafts(report: CodedReport, drafts: Sequence[Draft]) -> Score:
    """Return how well the drafts of one report agree with its coded claims.

    A draft finds a claim when it stands on the same words and gives the same number; each
    finds one. Happenings are left out.
    """
    figures = [d for d in drafts if d.casualty_type is not None]
    pairs = sorted(
        (
            (_likeness(claim, draft), -c, -d)
            for c, claim in enumerate(report.claims)
            for d, draft in enumerate(figures)
            if _likeness(claim, draft) > 0
        ),
        reverse=True,
    )
    found: dict[int, int] = {}
    taken: set[int] = set()
    for _, c, d in pairs:
        if -c not in found and -d not in taken:
            found[-c] = -d
            taken.add(-d)
    score = Score(coded=len(report.claims))
    score.linked_drafts = sum(d.tier == "linked" for d in figures)
    score.linked_right = sum(figures[d].tier == "linked" for d in taken)
    for number, claim in enumerate(report.claims):
        if number not in found:
            score.missed.append(
                f"{report.report_id}: {claim.quote} [{claim.casualty_type} {claim.count}]"
            )
            continue
        draft = figures[found[number]]
        score.found_any += 1
        score.found_linked += draft.tier == "linked"
        _compare(report, claim, draft, score)
    score.extra.extend(
        f"{report.report_id}: {d.quote!r} [{d.casualty_type} {d.count_low} {d.victim_group}, {d.rule}]"
        for number, d in enumerate(figures)
        if number not in taken and d.tier == "linked"
    )
    return score


def _likeness(claim: CodedClaim, draft: Draft) -> int:
    if claim.in_title != draft.in_title or claim.count != draft.count_low:
        return 0
    overlap = min(claim.end, draft.char_end) - max(claim.start, draft.char_start)
    if overlap <= 0:
        return 0
    inside = claim.start <= draft.figure_start < claim.end
    return (
        1 + 8 * (claim.casualty_type == draft.casualty_type) + 4 * inside
        + 2 * (claim.victim_group == draft.victim_group)
    )  # fmt: skip


def _compare(report: CodedReport, claim: CodedClaim, draft: Draft, score: Score) -> None:
    for name in FIELDS:
        if name == "part_of":
            wanted, got = claim.is_part, draft.part_of is not None
        else:
            wanted, got = getattr(claim, name), getattr(draft, name)
        if wanted == got:
            score.right[name] = score.right.get(name, 0) + 1
        else:
            score.wrong.append(f"{report.report_id}: {claim.quote}: {name} {got}, coded {wanted}")
