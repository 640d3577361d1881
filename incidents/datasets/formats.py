"""The kinds of dataset: UCDP GED and ACLED with their columns, and any other table."""

from __future__ import annotations

import re
from collections.abc import Mapping as Lookup
from dataclasses import dataclass
from functools import cache
from pathlib import PurePath
from typing import Any, Literal, get_args

from incidents.datasets.mapping import Mapping, read_data

Kind = Literal["ucdp", "acled", "table"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True)
class Licence:
    """What must be said of a dataset."""

    name: str
    url: str
    attribution: str
    notice: str
    rows_need_a_licence: bool


@dataclass(frozen=True)
class Format:
    """A kind of dataset, and how its columns are read.

    Attributes
    ----------
    header
        The publisher's columns in their order; empty for any other table.
    required
        Columns without which nothing can be read.
    parts
        Columns that give parts of the total, each with whose dead they count.
    side_groups
        Which group a side of a conflict is counted as.
    """

    kind: Kind
    title: str
    publisher: str
    mapping: Mapping
    header: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    parts: Lookup[str, str] | None = None
    side_groups: Lookup[str, str] | None = None

    @property
    def licence(self) -> Licence:
        """What must be said of it on import and in exports."""
        return licence_of(self.kind)


@cache
def licence_of(kind: Kind) -> Licence:
    """Return the licence of a kind of dataset.

    Examples
    --------
    >>> licence_of("ucdp").name, licence_of("acled").rows_need_a_licence
    ('CC BY 4.0', True)
    """
    return Licence(**read_data("dataset_licences.toml")[kind])


@cache
def published_format(kind: Literal["ucdp", "acled"]) -> Format:
    """Return how UCDP GED or ACLED is read.

    Examples
    --------
    >>> len(published_format("ucdp").header), len(published_format("acled").header)
    (49, 31)
    """
    data: dict[str, Any] = read_data(f"{kind}_columns.toml")
    names = ("dataset", "title", "columns", "figures", "event_types", "where_prec", "date_prec")
    return Format(
        kind,
        data["title"],
        data["publisher"],
        Mapping.model_validate({n: data[n] for n in names if n in data}),
        tuple(data["header"]),
        tuple(data["required"]),
        data.get("parts"),
        data.get("side_groups"),
    )


def precision_sentences() -> tuple[str, ...]:
    """Return how ACLED's codes of precision are read as UCDP's, for people.

    Examples
    --------
    >>> precision_sentences()[0]
    "ACLED's geo_precision is read as UCDP's where_prec: 1 as 1, 2 as 2, 3 as 4."
    """
    mapping = published_format("acled").mapping
    tables = (
        (mapping.columns["where_prec"], "where_prec", mapping.where_prec),
        (mapping.columns["date_prec"], "date_prec", mapping.date_prec),
    )
    return tuple(
        f"ACLED's {theirs} is read as UCDP's {ours}: "
        + ", ".join(f"{one} as {other}" for one, other in table.items())
        + "."
        for theirs, ours, table in tables
    )


def table_format(mapping: Mapping) -> Format:
    """Return how a table is read that a mapping describes."""
    return Format("table", mapping.title or mapping.dataset, "", mapping)


def canonical_name(name: str, made_for: Format) -> str:
    """Return a column's name as the format writes it, where it is one of the format's.

    Examples
    --------
    >>> canonical_name("Event ID_CNTY ", published_format("acled"))
    'event_id_cnty'
    """
    plain = name.strip().casefold().replace(" ", "_")
    return plain if plain in made_for.header else name


def version_of(kind: Kind, file_name: str, sha256: str) -> str:
    """Return the version that a file's name says, else the beginning of its hash.

    Examples
    --------
    >>> version_of("ucdp", "GEDEvent_v25_1.csv", "ab12" * 16)
    '25.1'
    >>> version_of("acled", "pakistan.csv", "ab12" * 16)
    'ab12ab12'
    """
    if kind == "ucdp" and (found := re.search(r"v(\d+(?:_\d+)+)", PurePath(file_name).stem, re.I)):
        return found[1].replace("_", ".")
    return sha256[:8]


def dataset_name(stem: str) -> str:
    """Return a dataset's id made from a file's name.

    Examples
    --------
    >>> dataset_name("Field notes (2024)"), dataset_name("رپورٹ")
    ('field-notes-2024', 'table')
    """
    slug = re.sub(r"[^a-z0-9]+", "-", stem.casefold()).strip("-")
    return slug[:60].strip("-") or "table"
