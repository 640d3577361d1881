"""The complete records behind a view, as files, and back: what a sealed export opens from."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
)

from gazetteer.resolve import Gazetteer
from geo.boundaries import load_districts
from incidents.atlas import Atlas, check_places
from incidents.filters import Filter
from incidents.model import (
    EVENT_TYPES,
    CasualtyType,
    Catalogue,
    Claim,
    Identifier,
    Incident,
    Pcode,
    Record,
    Scope,
    Source,
    VictimGroup,
)
from incidents.origins.families import DECISIONS_FILE, LINEAGE_FILE, decisions_as_toml
from incidents.origins.lineage import Lineage, lineage_as_toml, load_lineage
from incidents.view import View

RECORD_FILES = (
    "records/sources.json",
    "records/incidents.json",
    "records/claims.json",
    "records/lineage.toml",
    "records/decisions.toml",
)
RecordT = TypeVar("RecordT", bound=Record)
# Of what is wrong with a file, so much goes into a message.
_TOLD_ERRORS, _TOLD_CHARACTERS = 3, 160


def _is_acleds(event_type: str) -> str:
    if event_type not in EVENT_TYPES:
        raise ValueError(f"not one of ACLED's event types: {', '.join(EVENT_TYPES)}")
    return event_type


def _has_neighbours(moment: AwareDatetime) -> AwareDatetime:
    # In Pakistan's time it must still be a moment of the calendar.
    if not date.min.year < moment.year < date.max.year:
        raise ValueError(f"the year {moment.year} is none of our calendar")
    return moment


class _SealedFilter(BaseModel):
    """A filter as `Filter.as_dict` writes it: lists are lists, days are days."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    sources: frozenset[Identifier] = frozenset()
    casualty_types: frozenset[CasualtyType] = frozenset()
    victim_groups: frozenset[VictimGroup] = frozenset()
    event_types: frozenset[Annotated[str, AfterValidator(_is_acleds)]] = frozenset()
    districts: frozenset[Pcode] = frozenset()
    date_from: date | None = None
    date_to: date | None = None
    scopes: frozenset[Scope] = Field(default=frozenset(), description="all, if nothing is said")
    known_at: Annotated[AwareDatetime, AfterValidator(_has_neighbours)] | None = None


def record_files(view: View) -> dict[str, bytes]:
    """Return the records that a view needs, and what they point to.

    Claims that the filters leave, the totals that these are parts of, their incidents and
    sources, and sources that a filter names; of the lineage the families of these sources.
    """
    catalogue = view.atlas.catalogue
    claims = {c.claim_id: c for c in view.claims}
    pending = [c.part_of for c in view.claims if c.part_of]
    while pending:
        total = catalogue.claim[pending.pop()]
        if total.claim_id not in claims:
            claims[total.claim_id] = total
            pending += [total.part_of] if total.part_of else []
    sources = {c.source_id for c in claims.values()} | view.filter.sources
    incidents = {c.incident_id for c in claims.values()}
    lineage = _lineage_of(view.atlas.lineage, sources)
    contents = (
        _dumped(s for s in catalogue.sources if s.source_id in sources),
        _dumped(i for i in catalogue.incidents if i.incident_id in incidents),
        _dumped(c for c in catalogue.claims if c.claim_id in claims),
        lineage_as_toml(lineage).encode(),
        decisions_as_toml(lineage.decisions).encode(),
    )
    return dict(zip(RECORD_FILES, contents, strict=True))


def digest_of(files: Mapping[str, bytes]) -> str:
    """Return what changes whenever one of the records does."""
    parts = (hashlib.sha256(files[name]).hexdigest() for name in RECORD_FILES)
    return hashlib.sha256("".join(parts).encode()).hexdigest()


def atlas_of(files: Mapping[str, bytes]) -> Atlas:
    """Return an atlas of sealed records, over this program's boundaries and places.

    Raises
    ------
    ValueError
        If a record does not hold together, or names a place or district that this program
        does not have, or that do not belong together; the error names it.
    """
    sources = _loaded(files, RECORD_FILES[0], Source)
    catalogue = Catalogue(
        sources,
        _loaded(files, RECORD_FILES[1], Incident),
        _loaded(files, RECORD_FILES[2], Claim),
        digest_of(files),
    )
    boundaries, gazetteer = load_districts(), Gazetteer.default()
    check_places(catalogue, boundaries, gazetteer)
    return Atlas(catalogue, boundaries, gazetteer, _lineage(files, sources))


def filter_of(said: object) -> Filter:
    """Return the filter that `Filter.as_dict` described.

    Raises
    ------
    ValueError
        If it is none; the error names the field.

    Examples
    --------
    >>> chosen = Filter(sources=frozenset({"003"}), date_from=date(2026, 1, 31))
    >>> filter_of(chosen.as_dict()) == chosen
    True
    """
    try:
        read = _SealedFilter.model_validate_json(json.dumps(said))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"the filters: {told(error)}") from None
    return Filter(**{name: getattr(read, name) for name in _SealedFilter.model_fields})


def told(error: Exception) -> str:
    """Return what is wrong in few words, without the record that it is wrong in.

    Examples
    --------
    >>> told(ValueError("x" * 1000))[-3:], len(told(ValueError("x" * 1000)))
    ('xx…', 161)
    """
    if not isinstance(error, ValidationError):
        return _short(str(error) or type(error).__name__)
    wrong = error.errors(include_url=False, include_context=False, include_input=False)
    parts = [_short(f"{'.'.join(map(str, e['loc'])) or 'all'}: {e['msg']}") for e in wrong]
    more = len(parts) - _TOLD_ERRORS
    return "; ".join(parts[:_TOLD_ERRORS]) + (f"; and {more} more" if more > 0 else "")


def _short(text: str) -> str:
    plain = "".join(c if c.isprintable() else " " for c in text[: _TOLD_CHARACTERS + 1])
    return plain if len(text) <= _TOLD_CHARACTERS else f"{plain[:_TOLD_CHARACTERS]}…"


def _lineage_of(lineage: Lineage, sources: Iterable[str]) -> Lineage:
    """Return the lineage of the families that some sources belong to, whole."""
    kept = set(sources)
    families = [set(f.sources) for f in (*lineage.detected, *lineage.families)]
    size = 0
    while size != len(kept):
        size = len(kept)
        for family in families:
            if family & kept:
                kept |= family
    return replace(
        lineage,
        sha256={s: sha for s, sha in sorted(lineage.sha256.items()) if s in kept and sha},
        pairs=tuple(p for p in lineage.pairs if p.a in kept and p.b in kept),
        decisions=tuple(d for d in lineage.decisions if kept & set(d.sources)),
    )


def _lineage(files: Mapping[str, bytes], sources: tuple[Source, ...]) -> Lineage:
    with tempfile.TemporaryDirectory() as folder:
        for record, name in zip(RECORD_FILES[3:], (LINEAGE_FILE, DECISIONS_FILE), strict=True):
            path = Path(folder) / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(files[record])
        try:
            return load_lineage(Path(folder), sources)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise ValueError(f"records/lineage.toml or decisions.toml: {told(error)}") from None


def _dumped(records: Iterable[Record]) -> bytes:
    rows = [record.model_dump(mode="json", exclude_none=True) for record in records]
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    return f"[\n{lines}\n]\n".encode()


def _loaded(files: Mapping[str, bytes], name: str, kind: type[RecordT]) -> tuple[RecordT, ...]:
    try:
        rows = json.loads(files[name])
        if not isinstance(rows, list):
            raise ValueError(f"{type(rows).__name__}, expected a list of records")
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{name}: {told(error)}") from None
    records = []
    for number, row in enumerate(rows, start=1):
        try:
            records.append(kind.model_validate_json(json.dumps(row)))
        except (ValueError, RecursionError) as error:
            raise ValueError(f"{name}, record {number}: {told(error)}") from None
    return tuple(records)
