"""A claim under review: what rules found or a person selected, corrected until it can be a claim.

Everything here is pure: it takes records and returns records. What is decided is written by
`incidents.store`; this module says what would be written, and what still stands in the way.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Annotated, Any

from pydantic import ConfigDict, Field

from incidents.extraction import Draft, Tier
from incidents.model import (
    CasualtyType,
    Claim,
    ClaimantKind,
    ClaimantType,
    Qualifier,
    Record,
    Scope,
    VictimGroup,
)

PROVINCE = "pcode:PK2"
"""Where a claim stays whose text names no place (the codebook's rule 8)."""
PROVINCE_PREC = 4
BY_HAND = "selected by a person"

_CLOSED: frozenset[Qualifier] = frozenset({"exact", "about"})
_NAMES = ("claimant", "place_name", "happening")
# The longest span in days of each date_prec of UCDP; 5 is longer.
_LONGEST = {1: 1, 2: 6, 3: 7, 4: 31}
_ANONYMOUS = re.compile(
    r"\b(?:officials?|officers?|sources?|witness(?:es)?|residents?|locals?|relatives?|doctors?|"
    r"spokes(?:man|woman|person)|members?|people|reports?|observers?|analysts?)\b",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"(?:\b[A-Z][\w'’.-]+\s+){2,}[A-Z][\w'’-]+|,\s*\w|\b[A-Z][\w'’-]+ [A-Z][\w'’-]+$"
)
_BODY = re.compile(
    r"\b(?:Army|Department|Police|Force|Forces|Corps|Levies|Ministry|Government|Authority|Agency|"
    r"Rescue|Edhi|Foundation|Council|Commission|Nations|Liberation|Front|Relations|Service|"
    r"Services|Office|Hospital|Organi[sz]ation|Committee|Radio|News|Post|Times)\b"
)


class ReviewDraft(Record):
    """A claim in draft, as a reviewer sees and corrects it; None is unknown."""

    # What a later version adds to a draft is no reason to lose a reviewer's work.
    model_config = ConfigDict(frozen=True, extra="ignore")

    draft_id: str
    tier: Tier = "linked"
    rule: str = BY_HAND
    score: float = 1.0
    quote: str
    char_start: int | None = None
    char_end: int | None = None
    figure_start: int | None = None
    figure_end: int | None = None
    paragraph: int | None = None
    in_title: bool = False
    casualty_type: CasualtyType | None = None
    victim_group: VictimGroup | None = None
    count_low: Annotated[int, Field(ge=0)] | None = None
    qualifier: Qualifier | None = None
    happening: str | None = None
    place_name: str | None = None
    place_id: str | None = None
    adm2_pcode: str | None = None
    adm2_name: str | None = None
    where_prec: int | None = None
    date_start: date | None = None
    date_end: date | None = None
    date_prec: int | None = None
    scope: Scope = "event"
    claimant: str = "unattributed"
    claimant_id: str = "unattributed"
    claimant_type: ClaimantType = "unknown"
    claimant_kind: ClaimantKind | None = None
    part_of: str | None = None
    """`draft_id` of the total it is a part of."""
    note: str | None = None
    event_type: str | None = None
    sub_event_type: str | None = None
    incident_id: str | None = None
    """Of the incident it belongs to: one that is there, or a new one."""
    incident_title: str | None = None
    """Of the new incident."""

    @property
    def is_figure(self) -> bool:
        """Whether it states casualties."""
        return self.casualty_type is not None

    @property
    def kind(self) -> ClaimantKind:
        """How well we know who says it: as chosen, else as the words tell."""
        return self.claimant_kind or claimant_kind(self.claimant)

    def as_fields(self) -> dict[str, Any]:
        """Return what is stored of it."""
        return self.model_dump(mode="json", exclude_none=True)


def from_extraction(draft: Draft) -> ReviewDraft:
    """Return a draft that rules found, ready for review; names keep no line's end within them."""
    fields = asdict(draft)
    for name in _NAMES:
        if fields[name] is not None:
            fields[name] = " ".join(fields[name].split())
    return ReviewDraft.model_validate(fields)


def from_claim(claim: Claim) -> ReviewDraft:
    """Return an accepted claim as a draft, to be corrected again."""
    fields = claim.model_dump(exclude={"claim_id", "source_id", "count_high", "count_best"})
    parted = claim.part_of.removeprefix(f"{claim.source_id}.") if claim.part_of else None
    return ReviewDraft.model_validate(
        fields
        | {
            "draft_id": draft_id_of(claim),
            "rule": "accepted before",
            "part_of": _draft_id(parted) if parted else None,
        }
    )


def draft_id_of(claim: Claim) -> str:
    """Return the id that a claim's draft had.

    A draft and its claim share a number for good, so that a part finds its total whichever
    of the two is accepted first.
    """
    return _draft_id(claim.claim_id.removeprefix(f"{claim.source_id}."))


def claim_id_of(source_id: str, draft_id: str) -> str:
    """Return the id that a draft's claim gets.

    Examples
    --------
    >>> claim_id_of("005-dawn-2026-02-02", "d7")
    '005-dawn-2026-02-02.07'
    """
    return f"{source_id}.{int(draft_id.removeprefix('d')):02}"


def next_draft_ids(taken: Sequence[str], count: int = 1) -> list[str]:
    """Return ids for further drafts, none of which was ever used.

    Examples
    --------
    >>> next_draft_ids(["d1", "d4"], 2)
    ['d5', 'd6']
    """
    last = max((int(t.removeprefix("d")) for t in taken), default=0)
    return [f"d{number}" for number in range(last + 1, last + 1 + count)]


def claimant_kind(claimant: str) -> ClaimantKind:
    """Return how well we know who says it, as far as the words tell.

    Examples
    --------
    >>> claimant_kind("Deputy Commissioner Abdul Kareem"), claimant_kind("police")
    ('person', 'institution')
    >>> claimant_kind("a senior official"), claimant_kind("unattributed")
    ('anonymous', 'nobody')
    """
    if not claimant.strip() or claimant == "unattributed":
        return "nobody"
    if _NAMED.search(claimant) and not _BODY.search(claimant):
        return "person"
    return "anonymous" if _ANONYMOUS.search(claimant) else "institution"


def date_precision(start: date | None, end: date | None) -> int | None:
    """Return UCDP's date_prec of a span.

    Examples
    --------
    >>> date_precision(date(2026, 1, 30), date(2026, 1, 31))
    2
    """
    if start is None:
        return None
    length = ((end or start) - start).days + 1
    return next((prec for prec, most in _LONGEST.items() if length <= most), 5)


class NotPossibleError(ValueError):
    """A correction that cannot be made; the message says why."""


def _draft_id(number: str) -> str:
    return f"d{int(number)}" if number.isdecimal() else "d0"
