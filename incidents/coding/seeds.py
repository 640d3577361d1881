"""Reads a folder of hand-coded documents: TOML in, the records of the subject out.

A folder holds one file a document, the incidents they speak of (`incidents.toml`) and who is
quoted in them (`claimants.toml`). What can be derived is not typed: ids, the range that a number
and its qualifier mean, the district of a place, the precision of a date.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field

from gazetteer.resolve import Gazetteer
from incidents.coding.seed_claims import (
    CLAIMANTS_FILE,
    ClaimReader,
    check_part,
    derive_dates,
    place_by_id,
)
from incidents.coding.seed_errors import SeedError
from incidents.coding.seed_tables import (
    CODEBOOK,
    as_entries,
    as_table,
    build,
    check_fields,
    check_once,
    perhaps,
    read_toml,
)
from incidents.model import Catalogue, Claim, Incident, Record, Source, Text

INCIDENTS_FILE = "incidents.toml"


class NotCasualty(Record):
    """A number of the text that counts nobody killed, injured, abducted or freed."""

    text: Text
    paragraph: Annotated[int, Field(ge=1)]
    char_start: Annotated[int, Field(ge=0)]
    char_end: Annotated[int, Field(ge=1)]
    reason: Text


@dataclass(frozen=True)
class Document:
    """One coded document."""

    source: Source
    claims: tuple[Claim, ...]
    not_casualties: tuple[NotCasualty, ...]


def load(folder: Path, gazetteer: Gazetteer | None = None) -> Catalogue:
    """Read every document of a folder, its incidents and its claimants.

    Parameters
    ----------
    folder
        Holds `incidents.toml`, perhaps `claimants.toml`, and one TOML file a document.
    gazetteer
        Where names of places are looked up; by default the project's own.

    Returns
    -------
    catalogue
        Sources in the order of their file names; its digest is `digest(folder)`.

    Raises
    ------
    SeedError
        At the first thing that cannot be read, naming file, entry, field, value and remedy.
    """
    gazetteer = gazetteer or Gazetteer.default()
    content = digest(folder)
    incidents = load_incidents(folder / INCIDENTS_FILE, gazetteer)
    documents = [load_document(path, gazetteer) for path in document_paths(folder)]
    known = {i.incident_id for i in incidents}
    for document in documents:
        for claim in document.claims:
            if claim.incident_id not in known:
                raise SeedError(
                    f"{document.source.source_id}.toml",
                    f"no incident has this id{perhaps(claim.incident_id, known)}",
                    f"Correct it, or add the incident to {INCIDENTS_FILE}.",
                    entry=f"claim {claim.claim_id.removeprefix(claim.source_id + '.')}",
                    field="incident",
                    value=claim.incident_id,
                )
    return Catalogue(
        tuple(d.source for d in documents),
        incidents,
        tuple(c for d in documents for c in d.claims),
        content,
    )


def digest(folder: Path) -> str:
    """Return the SHA-256 over the names and bytes of a folder's TOML files.

    It changes whenever a file is edited, added, renamed or taken away; a cache key.
    """
    total = hashlib.sha256()
    for path in _toml_files(folder):
        for part in (path.name.encode("utf-8"), path.read_bytes()):
            total.update(len(part).to_bytes(8, "big"))
            total.update(part)
    return total.hexdigest()


def document_paths(folder: Path) -> list[Path]:
    """Return the files of a folder that each code one document, sorted by name."""
    return [p for p in _toml_files(folder) if p.name not in {INCIDENTS_FILE, CLAIMANTS_FILE}]


def load_document(path: Path, gazetteer: Gazetteer | None = None) -> Document:
    """Read one coded document; its claimants may stand in the folder's list.

    Raises
    ------
    SeedError
        At the first thing that cannot be read. Whether its incidents exist is seen by `load`.
    """
    gazetteer = gazetteer or Gazetteer.default()
    tables = read_toml(path)
    check_fields(path, "document", "", tables)
    if "source" not in tables:
        raise SeedError(path.name, "there is no [source]", f"Describe the document. {CODEBOOK}")
    source_table = as_table(path, "source", tables["source"])
    check_fields(path, "source", "source", source_table)
    source = build(Source, path, "source", {"source_id": path.stem, **source_table})
    defaults = as_table(path, "defaults", tables.get("defaults", {}))
    check_fields(path, "defaults", "defaults", defaults)
    register_path = path.parent / CLAIMANTS_FILE
    reader = ClaimReader(
        path,
        defaults,
        load_claimants(register_path) if register_path.exists() else {},
        gazetteer,
    )
    claims = tuple(reader.read(entry) for entry in as_entries(path, "claims", tables))
    check_once(path, "claim", (c.claim_id.removeprefix(f"{path.stem}.") for c in claims))
    for claim in claims:
        check_part(path, claim, {c.claim_id: c for c in claims})
    return Document(
        source,
        claims,
        tuple(
            build(NotCasualty, path, f"not_casualties {number}", entry)
            for number, entry in enumerate(as_entries(path, "not_casualties", tables), 1)
        ),
    )


def load_incidents(path: Path, gazetteer: Gazetteer | None = None) -> tuple[Incident, ...]:
    """Read the list of incidents; `where_prec` and `date_prec` are derived where not given."""
    gazetteer = gazetteer or Gazetteer.default()
    incidents = []
    for number, given in enumerate(as_entries(path, "incidents", read_toml(path)), 1):
        entry = dict(given)
        name = f"incident {entry.get('id', number)}"
        check_fields(path, "incident", name, entry)
        derive_dates(path, name, entry)
        if "place_id" in entry:
            found = place_by_id(path, name, entry["place_id"], gazetteer)
            entry.setdefault("where_prec", found.where_prec)
        entry["incident_id"] = entry.pop("id", None)
        incidents.append(build(Incident, path, name, entry))
    check_once(path, "incident", (i.incident_id for i in incidents))
    return tuple(incidents)


def load_claimants(path: Path) -> dict[str, dict[str, str]]:
    """Read the list of claimants: their description, type and kind by claimant_id."""
    claimants = read_toml(path)
    for claimant_id, entry in claimants.items():
        check_fields(path, "claimant", claimant_id, as_table(path, claimant_id, entry))
    return claimants


def _toml_files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise SeedError(str(folder), "there is no such folder", "Name the folder of the documents.")
    return sorted(folder.glob("*.toml"), key=lambda p: p.name)
