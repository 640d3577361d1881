"""The records of the subject: Source, Claim, Incident, and the catalogue that holds them.

Days are calendar days in Asia/Karachi. A count that is not known is None, never 0.
Words for counts, precision and event types are the field's: UCDP's codebook for
`where_prec`, `date_prec`, low/best/high, ACLED's codebook for event types.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import cached_property
from typing import Annotated, Literal, get_args
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

KARACHI = ZoneInfo("Asia/Karachi")

CasualtyType = Literal["killed", "injured", "abducted", "freed", "arrested", "missing"]
VictimGroup = Literal[
    "security_forces",
    "police",
    "militants",
    "civilians",
    "officials",
    "inmates",
    "women",
    "children",
    "men",
    "total",
]
Qualifier = Literal["exact", "at_least", "more_than", "about", "up_to", "dozens", "few"]
Scope = Literal["event", "previous_day", "cumulative", "background"]
ClaimantType = Literal["state", "armed_group", "hospital", "witness", "media", "un_ngo", "unknown"]
ClaimantKind = Literal["person", "institution", "anonymous", "nobody"]

CASUALTY_TYPES: tuple[CasualtyType, ...] = get_args(CasualtyType)
VICTIM_GROUPS: tuple[VictimGroup, ...] = get_args(VictimGroup)
QUALIFIERS: tuple[Qualifier, ...] = get_args(Qualifier)
SCOPES: tuple[Scope, ...] = get_args(Scope)
CLAIMANT_TYPES: tuple[ClaimantType, ...] = get_args(ClaimantType)
# From the most specific to the least: a named person with an office, an institution,
# an anonymous official, nobody in particular.
CLAIMANT_KINDS: tuple[ClaimantKind, ...] = get_args(ClaimantKind)

# ACLED's event types with their sub-event types (ACLED Codebook, 2023 edition), as far as used.
EVENT_TYPES: Mapping[str, tuple[str, ...]] = {
    "Battles": (
        "Armed clash",
        "Government regains territory",
        "Non-state actor overtakes territory",
    ),
    "Explosions/Remote violence": (
        "Suicide bomb",
        "Grenade",
        "Remote explosive/landmine/IED",
        "Shelling/artillery/missile attack",
        "Air/drone strike",
        "Chemical weapon",
    ),
    "Violence against civilians": ("Attack", "Abduction/forced disappearance", "Sexual violence"),
    "Strategic developments": (
        "Looting/property destruction",
        "Arrests",
        "Other",
        "Agreement",
        "Change to group/activity",
        "Disrupted weapons use",
        "Headquarters or base established",
        "Non-violent transfer of territory",
    ),
    "Protests": (
        "Peaceful protest",
        "Protest with intervention",
        "Excessive force against protesters",
    ),
    "Riots": ("Violent demonstration", "Mob violence"),
}

MAX_QUOTE_WORDS = 12
VAGUE_QUALIFIERS: frozenset[Qualifier] = frozenset({"dozens", "few"})
OPEN_QUALIFIERS: frozenset[Qualifier] = frozenset({"at_least", "more_than", "dozens", "few"})

Identifier = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=120)
]
# C0 controls but tab and line feed, DEL, and lone surrogates: GeoPackage ends a text at NUL,
# and no file format holds half a character.
_NO_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def _without_controls(text: str) -> str:
    if found := _NO_TEXT.search(text):
        raise ValueError(
            f"the character U+{ord(found[0]):04X} at position {found.start()} is no text; take it out"
        )
    return text


def _with_words(text: str) -> str:
    if not word_count(text):
        raise ValueError("a quote needs words: they are what the number came from")
    return text


Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=4000),
    AfterValidator(_without_controls),
]
Quote = Annotated[
    str,
    StringConstraints(max_length=400),
    AfterValidator(_without_controls),
    AfterValidator(_with_words),
]
# More people than live in the region are a slip of the pen, not a toll.
Count = Annotated[int, Field(ge=0, le=100_000_000)]
Pcode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}[0-9]{1,7}$")]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


def word_count(text: str) -> int:
    r"""Number of words in a quote, counted as runs of ``\w``.

    Examples
    --------
    >>> word_count("At least 10 members of Pakistan’s security forces")
    9
    """
    return len(re.findall(r"\w+", text))


class Record(BaseModel):
    """A frozen record that refuses fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=False)


class Source(Record):
    """One document that makes claims."""

    source_id: Identifier
    title: Text
    outlet: Text = "unknown"
    """Who published it; "unknown" where the text does not say."""
    agency: Text | None = None
    """The wire agency that the text credits, whatever its detected origin."""
    published_on: date | None = None
    published_at: datetime | None = None
    """Time of publication with its offset, where the document gives a time of day."""
    known_from: date | None = None
    """Stands in for `published_on` where the text gives no publication date."""
    known_from_reason: Text | None = None
    retrieved_on: date | None = None
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]+)*$")] = "en"
    url: (
        Annotated[str, StringConstraints(pattern=r"^https?://[^\s<>\"]+$", max_length=2000)] | None
    ) = None
    sha256: Sha256
    """Of the UTF-8 bytes of the text as read."""
    note: Text | None = None

    @property
    def reported_on(self) -> date | None:
        """The day from which the document's claims could be known."""
        return self.published_on or self.known_from

    @model_validator(mode="after")
    def _dates_are_explained(self) -> Source:
        if self.published_on is None and self.known_from and not self.known_from_reason:
            raise ValueError("known_from stands in for published_on: give known_from_reason")
        if self.published_at is not None and self.published_at.tzinfo is None:
            raise ValueError("published_at has no offset; write 2026-01-31T14:05:00+05:00")
        return self


class Incident(Record):
    """What is thought to have happened; claims point to it."""

    incident_id: Identifier
    title: Text
    event_type: str
    sub_event_type: str
    date_start: date
    date_end: date
    date_prec: Annotated[int, Field(ge=1, le=5)]
    """UCDP: 1 day, 2 range of 2-6 days, 3 week, 4 month, 5 year."""
    where_prec: Annotated[int, Field(ge=1, le=7)]
    """UCDP: 1 exact place, 2 near, 3 district, 4 province, 5 vague, 6 country, 7 at sea."""
    place_id: str | None = None
    latitude: Annotated[float, Field(ge=-90, le=90)] | None = None
    longitude: Annotated[float, Field(ge=-180, le=180)] | None = None
    """A dataset's own point, degrees in EPSG:4326; a document's place has the gazetteer's."""
    note: Text | None = None

    @model_validator(mode="after")
    def _words_are_acleds(self) -> Incident:
        if self.event_type not in EVENT_TYPES:
            raise ValueError(
                f"event_type {self.event_type!r} is not one of ACLED's: {', '.join(EVENT_TYPES)}"
            )
        if self.sub_event_type not in EVENT_TYPES[self.event_type]:
            raise ValueError(
                f"sub_event_type {self.sub_event_type!r} does not belong to {self.event_type!r}; "
                f"it has: {', '.join(EVENT_TYPES[self.event_type])}"
            )
        _check_span(self.date_start, self.date_end)
        return self


class Claim(Record):
    """One figure or one happening as one source states it.

    A figure has a `casualty_type`; a happening has none and says in `happening`
    what was reported. `count_low` is the printed number (12 for "dozens"),
    `count_high` equals it for exact and about and is None otherwise.
    """

    claim_id: Identifier
    source_id: Identifier
    incident_id: Identifier
    quote: Quote
    paragraph: Annotated[int, Field(ge=1)] | None = None
    """Non-empty lines of the text, counted from 1."""
    char_start: Annotated[int, Field(ge=0)] | None = None
    char_end: Annotated[int, Field(ge=0)] | None = None
    """Unicode code points in the text as read, end exclusive."""
    casualty_type: CasualtyType | None = None
    victim_group: VictimGroup | None = None
    count_low: Count | None = None
    count_best: Count | None = None
    """A dataset's own best estimate; empty for what is read from a text."""
    count_high: Count | None = None
    qualifier: Qualifier | None = None
    happening: Text | None = None
    place_name: Text | None = None
    """The place as it stands in the text."""
    place_id: str | None = None
    adm2_pcode: Pcode | None = None
    adm2_name: Text | None = None
    where_prec: Annotated[int, Field(ge=1, le=7)]
    date_start: date
    date_end: date
    date_prec: Annotated[int, Field(ge=1, le=5)]
    scope: Scope = "event"
    claimant: Text
    """Who says it, as shown: "Mohsin Naqvi, Interior Minister" or "a senior security official"."""
    claimant_id: Identifier
    """Identity: a person with an office, an institution, or an anonymous official of one text."""
    claimant_type: ClaimantType
    claimant_kind: ClaimantKind = "nobody"
    part_of: Identifier | None = None
    latitude: Annotated[float, Field(ge=-90, le=90)] | None = None
    longitude: Annotated[float, Field(ge=-180, le=180)] | None = None
    """As in `Incident`."""
    note: Text | None = None

    @property
    def is_figure(self) -> bool:
        """Whether the claim states casualties, be it without a number ("a few injured")."""
        return self.casualty_type is not None

    @property
    def is_vague(self) -> bool:
        """Whether the figure is a word such as "dozens"."""
        return self.qualifier in VAGUE_QUALIFIERS

    @property
    def is_province_wide(self) -> bool:
        """Whether the claim is known to the province (or less exactly) only."""
        return self.adm2_pcode is None and self.where_prec >= 4

    @property
    def is_outside(self) -> bool:
        """Whether the claim names an exact place that lies in none of the districts."""
        return self.adm2_pcode is None and self.where_prec < 4

    @model_validator(mode="after")
    def _holds_together(self) -> Claim:
        if (self.casualty_type is None) != (self.happening is not None):
            raise ValueError("a claim is either a figure (casualty_type) or a happening, not both")
        if self.is_figure:
            if self.victim_group is None or self.qualifier is None:
                raise ValueError("a figure needs victim_group and qualifier")
            _check_counts(self)
        elif self.victim_group or self.qualifier or self.count_low is not None:
            raise ValueError("a happening has no victim_group, qualifier or count")
        if word_count(self.quote) > MAX_QUOTE_WORDS:
            raise ValueError(
                f"the quote has {word_count(self.quote)} words, at most {MAX_QUOTE_WORDS} may be stored"
            )
        if self.char_start is not None and self.char_end is not None:
            if self.char_end - self.char_start != len(self.quote):
                raise ValueError(
                    f"char_end - char_start is {self.char_end - self.char_start}, "
                    f"the quote is {len(self.quote)} characters long"
                )
        elif (self.char_start is None) != (self.char_end is None):
            raise ValueError("char_start and char_end go together")
        if self.part_of == self.claim_id:
            raise ValueError("a claim cannot be part of itself")
        if self.where_prec >= 4 and self.adm2_pcode is not None:
            raise ValueError(
                "a claim known to the province only (where_prec 4 or more) has no district"
            )
        _check_span(self.date_start, self.date_end)
        return self


def _check_span(start: date, end: date) -> None:
    if end < start:
        raise ValueError(f"date_end {end} lies before date_start {start}")


def _check_counts(claim: Claim) -> None:
    if claim.qualifier == "few":
        if claim.count_low is not None:
            raise ValueError('"a few" has no number: leave the count empty')
    elif claim.count_low is None:
        raise ValueError(f"qualifier {claim.qualifier!r} needs a count")
    low, high = claim.count_low, claim.count_high
    if low is not None and high is not None and high < low:
        raise ValueError(f"count_high {high} is below count_low {low}")
    if claim.qualifier in OPEN_QUALIFIERS and claim.count_high is not None:
        raise ValueError(f"qualifier {claim.qualifier!r} leaves the upper end open: no count_high")


class Catalogue:
    """All sources, incidents and claims at hand, in a fixed order, with lookups.

    Raises
    ------
    ValueError
        If ids repeat, or a claim points to a source, incident or total that is not there.
    """

    def __init__(
        self,
        sources: tuple[Source, ...],
        incidents: tuple[Incident, ...],
        claims: tuple[Claim, ...],
        digest: str = "",
    ) -> None:
        self.sources = sources
        self.incidents = incidents
        self.claims = claims
        self.digest = digest
        """Changes whenever the content does; a cache key."""
        for kind, ids in (
            ("source_id", [s.source_id for s in sources]),
            ("incident_id", [i.incident_id for i in incidents]),
            ("claim_id", [c.claim_id for c in claims]),
        ):
            twice = sorted({i for i in ids if ids.count(i) > 1}) if len(set(ids)) < len(ids) else []
            if twice:
                raise ValueError(f"{kind} {', '.join(twice)} stands more than once; ids are unique")
        for claim in claims:
            for field, known in (
                ("source_id", self.source),
                ("incident_id", self.incident),
                ("part_of", self.claim),
            ):
                target = getattr(claim, field)
                if target is not None and target not in known:
                    raise ValueError(
                        f"claim {claim.claim_id}: {field} {target!r} is not in the catalogue"
                    )

        for claim in claims:
            self._check_parts_end(claim)

    def _check_parts_end(self, claim: Claim) -> None:
        """Refuse parts that go round in a circle: each would hide the other."""
        seen = {claim.claim_id}
        while claim.part_of is not None:
            if claim.part_of in seen:
                raise ValueError(
                    f"claim {claim.claim_id}: part_of goes round in a circle over "
                    f"{', '.join(sorted(seen))}; a total is part of nothing that is part of it"
                )
            seen.add(claim.part_of)
            claim = self.claim[claim.part_of]

    @cached_property
    def source(self) -> dict[str, Source]:
        """Sources by `source_id`."""
        return {s.source_id: s for s in self.sources}

    @cached_property
    def incident(self) -> dict[str, Incident]:
        """Incidents by `incident_id`."""
        return {i.incident_id: i for i in self.incidents}

    @cached_property
    def claim(self) -> dict[str, Claim]:
        """Claims by `claim_id`."""
        return {c.claim_id: c for c in self.claims}
