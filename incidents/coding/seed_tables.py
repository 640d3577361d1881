"""Reads TOML for the coded documents, and says in an analyst's words what is wrong with it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from incidents.coding.seed_errors import SeedError
from incidents.model import Claim, Incident, Record, Source

CODEBOOK = "README.md beside the documents explains every field."

# A coded document names a place, whose point is the gazetteer's; only datasets have their own.
_POINT = frozenset({"latitude", "longitude"})
_DERIVED = {"claim_id", "source_id", "incident_id", "adm2_pcode", "adm2_name", "place_name"}
_COUNTS = {"count_low", "count_best", "count_high"}

FIELDS: Mapping[str, frozenset[str]] = {
    "document": frozenset({"source", "defaults", "claims", "not_casualties"}),
    "source": frozenset(Source.model_fields) - {"source_id"},
    "defaults": frozenset({"place_id", "date_start", "date_end", "date_prec", "scope"}),
    "claim": frozenset(Claim.model_fields) - _DERIVED - _COUNTS - _POINT
    | {"id", "incident", "place", "count"},
    "list of incidents": frozenset({"incidents"}),
    "incident": frozenset(Incident.model_fields) - {"incident_id"} - _POINT | {"id"},
    "claimant": frozenset({"claimant", "claimant_type", "claimant_kind"}),
}
"""What an analyst may write, by the kind of table."""

_AS_TYPED = {"incident_id": "incident", "count_low": "count", "place_name": "place"}

RecordT = TypeVar("RecordT", bound=Record)
Table = dict[str, Any]


def read_toml(path: Path) -> Table:
    """Return a TOML file's tables."""
    try:
        # Notepad puts a byte order mark before the first line; TOML knows none.
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError as error:
        raise SeedError(path.name, "the file is not there", f"Add it. {CODEBOOK}") from error
    except UnicodeDecodeError as error:
        raise SeedError(
            path.name, f"byte {error.start} is not UTF-8", "Save the file as UTF-8."
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise SeedError(
            path.name,
            f"not TOML: {error}",
            "Words stand in straight double quotation marks, days and numbers in none.",
        ) from error


def as_table(path: Path, name: str, value: object) -> Table:
    """Return a value of a TOML file that must be a table."""
    if not isinstance(value, dict):
        raise SeedError(path.name, "a table was expected", f"Begin it with [{name}].", entry=name)
    return value


def as_entries(path: Path, name: str, tables: Table) -> list[Table]:
    """Return the entries under a name of a TOML file, none where it is not there."""
    found = tables.get(name, [])
    if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
        raise SeedError(
            path.name, "a list of entries was expected", f"Begin each with [[{name}]].", entry=name
        )
    return found


def check_fields(path: Path, kind: str, name: str, given: Mapping[str, object]) -> None:
    """Refuse a field that no analyst may write in a table of this kind."""
    for field in given:
        if field not in FIELDS[kind]:
            raise SeedError(
                path.name,
                f"a {kind} has no field of this name{perhaps(field, FIELDS[kind])}",
                CODEBOOK,
                entry=name,
                field=field,
            )


def check_once(path: Path, kind: str, ids: Iterable[str]) -> None:
    """Refuse an id that stands twice."""
    seen: set[str] = set()
    for identity in ids:
        if identity in seen:
            raise SeedError(
                path.name,
                "the id stands more than once",
                "Give each its own.",
                entry=f"{kind} {identity}",
                field="id",
                value=identity,
            )
        seen.add(identity)


def build(record: type[RecordT], path: Path, name: str, fields: Table) -> RecordT:
    """Return the record, or say which field does not suit it."""
    try:
        return record.model_validate(fields, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise SeedError(
            path.name,
            first["msg"].removeprefix("Value error, "),
            CODEBOOK,
            entry=name,
            field=_AS_TYPED.get(field, field),
            value=first["input"] if field and first["type"] != "missing" else None,
        ) from error


def perhaps(word: str, known: Iterable[str]) -> str:
    """Return a proposal for a misspelt word, or nothing.

    Examples
    --------
    >>> perhaps("qualifer", ["qualifier", "quote"])
    "; did you mean 'qualifier'?"
    """
    near = get_close_matches(word, sorted(known), n=1)
    return f"; did you mean {near[0]!r}?" if near else ""
