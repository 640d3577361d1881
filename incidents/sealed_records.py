"""The complete records behind a view, as files, and back: what a sealed export opens from."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

from gazetteer.resolve import Gazetteer
from geo.boundaries import load_districts
from incidents.atlas import Atlas
from incidents.families import DECISIONS_FILE, LINEAGE_FILE, decisions_as_toml
from incidents.filters import Filter
from incidents.lineage import Lineage, lineage_as_toml, load_lineage
from incidents.model import Catalogue, Claim, Incident, Record, Source
from incidents.view import View

RECORD_FILES = (
    "records/sources.json",
    "records/incidents.json",
    "records/claims.json",
    "records/lineage.toml",
    "records/decisions.toml",
)
RecordT = TypeVar("RecordT", bound=Record)


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
        If a record does not hold together; the error names the file.
    """
    sources = _loaded(files, RECORD_FILES[0], Source)
    catalogue = Catalogue(
        sources,
        _loaded(files, RECORD_FILES[1], Incident),
        _loaded(files, RECORD_FILES[2], Claim),
        digest_of(files),
    )
    return Atlas(catalogue, load_districts(), Gazetteer.default(), _lineage(files, sources))


def filter_of(said: Mapping[str, Any]) -> Filter:
    """Return the filter that `Filter.as_dict` described.

    Examples
    --------
    >>> chosen = Filter(sources=frozenset({"003"}), date_from=date(2026, 1, 31))
    >>> filter_of(chosen.as_dict()) == chosen
    True
    """
    days = ("date_from", "date_to")
    values: dict[str, Any] = {"scopes": frozenset()}  # all scopes: nothing is said of them
    for name, value in said.items():
        if name in days:
            values[name] = date.fromisoformat(value)
        elif name == "known_at":
            values[name] = datetime.fromisoformat(value)
        else:
            values[name] = frozenset(value)
    return Filter(**values)


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
        return load_lineage(Path(folder), sources)


def _dumped(records: Iterable[Record]) -> bytes:
    rows = [record.model_dump(mode="json", exclude_none=True) for record in records]
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    return f"[\n{lines}\n]\n".encode()


def _loaded(files: Mapping[str, bytes], name: str, kind: type[RecordT]) -> tuple[RecordT, ...]:
    try:
        rows = json.loads(files[name])
        if not isinstance(rows, list):
            raise ValueError(f"{type(rows).__name__}, expected a list of records")
        return tuple(kind.model_validate_json(json.dumps(row)) for row in rows)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{name}: {error}") from error
