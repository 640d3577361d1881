"""Writes documents back as the TOML that `incidents.coding.seeds` reads, so that git can hold them.

What was written is read back and compared before anything is put in place.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from gazetteer.errors import UnknownPlaceIdError
from gazetteer.resolve import Gazetteer
from incidents.coding import seeds
from incidents.coding.seed_claims import CLAIMANTS_FILE, derive_dates
from incidents.coding.seed_errors import SeedError
from incidents.coding.seeds import INCIDENTS_FILE, NotCasualty
from incidents.model import VAGUE_QUALIFIERS, Catalogue, Claim, Incident, Record, Source
from incidents.store.errors import ExportError
from incidents.store.states import differences
from incidents.whole_files import write_whole

_HEADER = (
    "# Accepted in review; the codebook (README.md of the coded documents) explains the fields."
)
_INCIDENTS_HEADER = "# What is thought to have happened; the documents' claims point here by id."


@dataclass(frozen=True)
class Exported:
    """What an export wrote."""

    files: tuple[Path, ...]
    """Those that are new or have changed."""
    sources: tuple[str, ...]
    not_exported: tuple[str, ...] = ()
    """Sources whose file is to be deleted by hand: people took them out."""


def export_documents(
    catalogue: Catalogue,
    source_ids: Collection[str],
    folder: Path,
    *,
    incident_ids: Collection[str] = (),
    coded: Path | None = None,
    gazetteer: Gazetteer | None = None,
) -> Exported:
    """Write documents, and the incidents that they speak of, to a folder.

    Parameters
    ----------
    catalogue
        Holds the documents.
    source_ids
        Which of its sources to write.
    folder
        May hold coded documents already: others stay as they are, incidents are added.
    incident_ids
        Incidents to write besides those that the documents speak of.
    coded
        Where the documents stood before, for their numbers that count nobody; by default
        the folder itself.

    Raises
    ------
    ExportError
        If a record says what the codebook has no words for, or an incident of the folder's
        differs; nothing is written.
    """
    gazetteer = gazetteer or Gazetteer.default()
    chosen = [s for s in catalogue.sources if s.source_id in source_ids]
    claims = [c for c in catalogue.claims if c.source_id in source_ids]
    used = {c.incident_id for c in claims}.union(incident_ids)
    incidents = [i for i in catalogue.incidents if i.incident_id in used]
    folder.mkdir(parents=True, exist_ok=True)
    files = {INCIDENTS_FILE: _incidents_text(folder, incidents, gazetteer)}
    register = seeds.load_claimants(p) if (p := folder / CLAIMANTS_FILE).exists() else {}
    for source in chosen:
        name = f"{source.source_id}.toml"
        files[name] = document_as_toml(
            source,
            [c for c in claims if c.source_id == source.source_id],
            _not_casualties([folder / name, *([coded / name] if coded else [])], gazetteer),
            register,
            gazetteer,
        )
    _prove(folder, files, chosen, incidents, claims, gazetteer)

    written = []
    for name, content in files.items():
        path = folder / name
        if not path.exists() or path.read_text("utf-8") != content:
            write_whole(path, content.encode("utf-8"))
            written.append(path)
    return Exported(tuple(written), tuple(s.source_id for s in chosen))


def document_as_toml(
    source: Source,
    claims: Iterable[Claim],
    not_casualties: Iterable[NotCasualty] = (),
    register: Mapping[str, Mapping[str, Any]] | None = None,
    gazetteer: Gazetteer | None = None,
) -> str:
    """Return one document as the TOML that `incidents.coding.seeds.load_document` reads."""
    gazetteer = gazetteer or Gazetteer.default()
    fields = source.model_dump(exclude_none=True)
    del fields["source_id"]
    lines = [_HEADER, "", "[source]", *_lines(fields)]
    for claim in claims:
        lines += ["", "[[claims]]", *_lines(_claim_entry(claim, register or {}, gazetteer))]
    for number in not_casualties:
        lines += ["", "[[not_casualties]]", *_lines(number.model_dump())]
    return "\n".join(lines) + "\n"


def incidents_as_toml(incidents: Iterable[Incident], gazetteer: Gazetteer | None = None) -> str:
    """Return incidents as the entries of `incidents.toml`."""
    gazetteer = gazetteer or Gazetteer.default()
    lines: list[str] = []
    for incident in incidents:
        entry = {"id": incident.incident_id, **incident.model_dump(exclude_none=True)}
        del entry["incident_id"]
        _leave_out_derived(entry, gazetteer)
        lines += ["", "[[incidents]]", *_lines(entry)]
    return "\n".join(lines) + "\n"


def _claim_entry(
    claim: Claim, register: Mapping[str, Mapping[str, Any]], gazetteer: Gazetteer
) -> dict[str, Any]:
    given = claim.model_dump(exclude_none=True)
    entry: dict[str, Any] = {
        "id": _local(claim, claim.claim_id),
        "incident": claim.incident_id,
    }
    for name in ("quote", "paragraph", "char_start", "char_end", "casualty_type", "victim_group"):
        entry[name] = given.get(name)
    if claim.qualifier not in VAGUE_QUALIFIERS:
        entry["count"] = claim.count_low
    entry |= {
        "qualifier": claim.qualifier,
        "happening": claim.happening,
        "place": claim.place_name,
    }
    for name in ("place_id", "where_prec", "date_start", "date_end", "date_prec", "scope"):
        entry[name] = given.get(name)
    if claim.scope == "event":
        del entry["scope"]
    _leave_out_derived(entry, gazetteer)
    who = {name: given[name] for name in ("claimant", "claimant_type", "claimant_kind")}
    entry["claimant_id"] = claim.claimant_id
    if register.get(claim.claimant_id) != who:
        entry |= who
    if claim.part_of:
        entry["part_of"] = _local(claim, claim.part_of)
    entry["note"] = claim.note
    return {name: value for name, value in entry.items() if value is not None}


def _leave_out_derived(entry: dict[str, Any], gazetteer: Gazetteer) -> None:
    """Take out what the reader derives to the same value."""
    derived = {name: entry[name] for name in ("date_start", "date_end")}
    derive_dates(Path(), "", derived)
    if derived["date_prec"] == entry["date_prec"]:
        del entry["date_prec"]
    if entry["date_end"] == entry["date_start"]:
        del entry["date_end"]
    with suppress(UnknownPlaceIdError):
        if entry.get("place_id") and (
            gazetteer.place(entry["place_id"]).where_prec == entry["where_prec"]
        ):
            del entry["where_prec"]


def _local(claim: Claim, claim_id: str) -> str:
    start = f"{claim.source_id}."
    if not claim_id.startswith(start):
        raise ExportError(
            f"claim {claim.claim_id}: {claim_id} does not begin with {start}, "
            "as ids of claims in a coded document do"
        )
    return claim_id[len(start) :]


def _incidents_text(folder: Path, wanted: list[Incident], gazetteer: Gazetteer) -> str:
    """Return the list of incidents with what is wanted added, or in the place of what differs."""
    path = folder / INCIDENTS_FILE
    if not path.exists():
        return _INCIDENTS_HEADER + "\n" + incidents_as_toml(wanted, gazetteer)
    there = {i.incident_id: i for i in seeds.load_incidents(path, gazetteer)}
    new = [i for i in wanted if i.incident_id not in there]
    changed = {i.incident_id: i for i in wanted if there.get(i.incident_id, i) != i}
    if changed:
        kept = [changed.get(i.incident_id, i) for i in there.values()]
        return _INCIDENTS_HEADER + "\n" + incidents_as_toml([*kept, *new], gazetteer)
    text = path.read_text("utf-8-sig")
    return text.rstrip("\n") + "\n" + incidents_as_toml(new, gazetteer) if new else text


def _not_casualties(paths: Iterable[Path], gazetteer: Gazetteer) -> tuple[NotCasualty, ...]:
    for path in paths:
        if path.exists():
            return seeds.load_document(path, gazetteer).not_casualties
    return ()


def _prove(
    folder: Path,
    files: Mapping[str, str],
    sources: Iterable[Source],
    incidents: Iterable[Incident],
    claims: Iterable[Claim],
    gazetteer: Gazetteer,
) -> None:
    """Read what is to be written, and refuse it unless it gives back the same records."""
    with tempfile.TemporaryDirectory() as name:
        trial = Path(name)
        for path in folder.glob("*.toml"):
            shutil.copyfile(path, trial / path.name)
        for file_name, content in files.items():
            (trial / file_name).write_text(content, encoding="utf-8")
        try:
            read = seeds.load(trial, gazetteer)
        except SeedError as error:
            raise ExportError(f"{error} Nothing was written.") from error
    expected: list[tuple[str, str, Record, Record | None]] = [
        *(("source", s.source_id, s, read.source.get(s.source_id)) for s in sources),
        *(("incident", i.incident_id, i, read.incident.get(i.incident_id)) for i in incidents),
        *(("claim", c.claim_id, c, read.claim.get(c.claim_id)) for c in claims),
    ]
    for kind, record_id, record, found in expected:
        if record != found:
            told = differences(record.model_dump(), found.model_dump() if found else None)
            fields = "; ".join(
                f"{n} {old!r} would be read as {new!r}" for n, (old, new) in told.items()
            )
            raise ExportError(
                f"{kind} {record_id} cannot be written as a coded document: {fields}. "
                "Correct it in review; nothing was written."
            )


def _lines(fields: Mapping[str, Any]) -> list[str]:
    return [f"{name} = {_toml(value)}" for name, value in fields.items()]


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    # JSON's strings are TOML's too, but for the DEL character.
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
