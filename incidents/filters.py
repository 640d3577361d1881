"""Which claims a view leaves: the filters of the page and of the command line, in one place."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields
from datetime import date, datetime

from gazetteer.errors import AmbiguousPlaceError, PlaceNotFoundError
from gazetteer.resolve import Gazetteer
from incidents.model import (
    CASUALTY_TYPES,
    EVENT_TYPES,
    KARACHI,
    SCOPES,
    VICTIM_GROUPS,
    Catalogue,
    Claim,
    Source,
)

# The police belong to the security forces, so that filter keeps them too.
INCLUDED_GROUPS: dict[str, frozenset[str]] = {"security_forces": frozenset({"police"})}


class FilterError(ValueError):
    """A filter names something that the catalogue does not hold."""

    def __init__(self, option: str, value: str, known: Iterable[str]) -> None:
        super().__init__(option, value, tuple(known))
        self.option, self.value, self.known = option, value, tuple(known)

    def __str__(self) -> str:
        return f"{self.option} {self.value!r} is not known here; known: {', '.join(self.known)}"


@dataclass(frozen=True)
class Filter:
    """What is left in; an empty set of a field leaves everything of that field in.

    `date_from` and `date_to` are days in Asia/Karachi, both included: a claim stays
    whose own span of days touches them. `known_at` leaves out what was reported later.
    """

    sources: frozenset[str] = frozenset()
    casualty_types: frozenset[str] = frozenset()
    victim_groups: frozenset[str] = frozenset()
    event_types: frozenset[str] = frozenset()
    districts: frozenset[str] = frozenset()
    date_from: date | None = None
    date_to: date | None = None
    scopes: frozenset[str] = field(default_factory=lambda: frozenset({"event"}))
    known_at: datetime | None = None

    def as_dict(self) -> dict[str, object]:
        """Only what is set, in plain JSON values, for exports and addresses."""
        said: dict[str, object] = {}
        for item in fields(self):
            value = getattr(self, item.name)
            if isinstance(value, frozenset):
                if value:
                    said[item.name] = sorted(value)
            elif value is not None:
                said[item.name] = value.isoformat()
        return said


def select(
    catalogue: Catalogue, chosen: Filter, codes_of: Mapping[str, Collection[str]] | None = None
) -> tuple[Claim, ...]:
    """Return the claims that the filter leaves, in the catalogue's order.

    The filter by district holds for the codes that `codes_of` gives a claim by its id; without
    it, for the district that the claim names.
    A filter by casualty type or victim group leaves out happenings, which have neither.
    """
    groups = set(chosen.victim_groups)
    for group in chosen.victim_groups:
        groups |= INCLUDED_GROUPS.get(group, frozenset())
    known = (
        {s.source_id for s in catalogue.sources if known_by(s, chosen.known_at)}
        if chosen.known_at
        else None
    )

    def codes_of_claim(claim: Claim) -> Collection[str]:
        if codes_of is None:
            return () if claim.adm2_pcode is None else (claim.adm2_pcode,)
        return codes_of[claim.claim_id]

    first, last = chosen.date_from or date.min, chosen.date_to or date.max
    return tuple(
        claim
        for claim in catalogue.claims
        if (not chosen.scopes or claim.scope in chosen.scopes)
        and (not chosen.sources or claim.source_id in chosen.sources)
        and (not chosen.casualty_types or claim.casualty_type in chosen.casualty_types)
        and (not groups or claim.victim_group in groups)
        and (not chosen.districts or not chosen.districts.isdisjoint(codes_of_claim(claim)))
        and claim.date_end >= first
        and claim.date_start <= last
        and (
            not chosen.event_types
            or catalogue.incident[claim.incident_id].event_type in chosen.event_types
        )
        and (known is None or claim.source_id in known)
    )


def known_by(source: Source, moment: datetime) -> bool:
    """Whether a document was out at a moment.

    Without a time of day a document counts as known from the beginning of its day
    (Asia/Karachi); without any date it is never known at a given moment.
    """
    if source.published_at is not None:
        return source.published_at <= moment
    day = source.reported_on
    return day is not None and day <= moment.astimezone(KARACHI).date()


def parse_moment(text: str) -> datetime:
    """Read DATE or DATE and time; a bare date is the end of that day in Asia/Karachi.

    Examples
    --------
    >>> parse_moment("2026-01-31").isoformat()
    '2026-01-31T23:59:59+05:00'
    >>> parse_moment("2026-01-31T14:30").isoformat()
    '2026-01-31T14:30:00+05:00'
    """
    with suppress(ValueError):
        day = date.fromisoformat(text)
        return datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=KARACHI)
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(KARACHI) if moment.tzinfo else moment.replace(tzinfo=KARACHI)
    except (ValueError, OverflowError):
        raise ValueError(
            f"{text!r} is not a moment; expected 2026-01-31 or 2026-01-31T14:30 (Asia/Karachi)"
        ) from None


def moment_text(moment: datetime) -> str:
    """Write a moment so that `parse_moment` reads it again, in Asia/Karachi without an offset.

    Examples
    --------
    >>> moment_text(parse_moment("2026-01-31"))
    '2026-01-31'
    >>> moment_text(parse_moment("2026-01-31T09:30:00+00:00"))
    '2026-01-31T14:30'
    """
    local = moment.astimezone(KARACHI).replace(tzinfo=None)
    if (local.hour, local.minute, local.second, local.microsecond) == (23, 59, 59, 0):
        return local.date().isoformat()
    exact = local.second or local.microsecond
    return local.isoformat() if exact else local.isoformat(timespec="minutes")


def make_filter(
    catalogue: Catalogue,
    district_names: dict[str, str],
    *,
    source: Iterable[str] = (),
    casualty_type: Iterable[str] = (),
    victim_group: Iterable[str] = (),
    event_type: Iterable[str] = (),
    district: Iterable[str] = (),
    date_from: date | None = None,
    date_to: date | None = None,
    scope: Iterable[str] = ("event",),
    known_at: datetime | None = None,
) -> Filter:
    """Build a filter from words as a person writes them.

    A source may be named by the beginning of its id ("003"), a district by its P-code
    or its name, a scope by its name or "all".

    Raises
    ------
    FilterError
        If a word is not known; the error lists what is.
    """
    if date_from and date_to and date_to < date_from:
        raise ValueError(f"the last day {date_to} lies before the first day {date_from}")
    return Filter(
        sources=frozenset(_source_id(catalogue, word) for word in source),
        casualty_types=_known("casualty type", casualty_type, CASUALTY_TYPES),
        victim_groups=_known("victim group", victim_group, VICTIM_GROUPS),
        event_types=_known("event type", event_type, EVENT_TYPES),
        districts=frozenset(_pcode(district_names, word) for word in district),
        date_from=date_from,
        date_to=date_to,
        scopes=_scopes(scope),
        known_at=known_at,
    )


def _known(option: str, words: Iterable[str], known: Iterable[str]) -> frozenset[str]:
    by_folded = {_folded(name): name for name in known}
    chosen = set()
    for word in words:
        if _folded(word) not in by_folded:
            raise FilterError(option, word, by_folded.values())
        chosen.add(by_folded[_folded(word)])
    return frozenset(chosen)


def _scopes(words: Iterable[str]) -> frozenset[str]:
    chosen = _known("scope", words, (*SCOPES, "all"))
    return frozenset(SCOPES) if "all" in chosen else chosen


def _folded(word: str) -> str:
    return word.strip().casefold().replace(" ", "_").replace("-", "_")


def _source_id(catalogue: Catalogue, word: str) -> str:
    if word in catalogue.source:
        return word
    beginning = [i for i in catalogue.source if i.startswith(word)] if word else []
    if len(beginning) != 1:
        raise FilterError("source", word, catalogue.source)
    return beginning[0]


def _pcode(district_names: dict[str, str], word: str) -> str:
    for code in (word, word.upper()):
        if code in district_names:
            return code
    by_name = {_folded(name): pcode for pcode, name in district_names.items()}
    if found := by_name.get(_folded(word)):
        return found
    # Newspapers' spellings are the gazetteer's to know; only a district's own name counts.
    with suppress(PlaceNotFoundError, AmbiguousPlaceError):
        place = Gazetteer.default().locate(f"{word} district").place
        if place.feature_code == "ADM2" and place.adm2_pcode in district_names:
            return place.adm2_pcode
    raise FilterError("district", word, district_names.values())
