"""The kinds of dataset: UCDP GED and ACLED with their columns, and any other table."""

from __future__ import annotations

import re
from collections.abc import Mapping as Lookup
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import PurePath
from typing import Any, Literal, get_args

from incidents.datasets.mapping import Mapping, Reading, read_data
from incidents.datasets.refusals import FileRefusedError

Published = Literal["ucdp", "acled"]
Kind = Published | Literal["table"]
PUBLISHED: tuple[Published, ...] = get_args(Published)
KINDS: tuple[Kind, ...] = (*PUBLISHED, "table")


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
    also_called
        What earlier releases called a column, with its name of today.
    marks
        Columns that tell the publisher's rows whatever file they come in.
    rows_of
        Whose rows a table holds, where its columns tell.
    """

    kind: Kind
    title: str
    publisher: str
    mapping: Mapping
    header: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    parts: Lookup[str, str] | None = None
    side_groups: Lookup[str, str] | None = None
    also_called: Lookup[str, str] = field(default_factory=dict)
    marks: tuple[str, ...] = ()
    rows_of: Published | None = None

    @property
    def licence(self) -> Licence:
        """What must be said of it on import and in exports."""
        return licence_of(self.rows_of or self.kind)

    @property
    def way_of_reading(self) -> str:
        """All that decides what a row's cells mean, where that is not the publisher's alone."""
        if self.kind != "table" and self.mapping.reading == Reading():
            return ""
        return self.mapping.way_of_reading


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
def published_format(kind: Published) -> Format:
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
        data["also_called"],
        tuple(data["marks"]),
    )


def declared_format(kind: Published, mapping: Mapping | None) -> Format:
    """Return how UCDP GED or ACLED is read where a mapping declares how its cells are written.

    Raises
    ------
    FileRefusedError
        If the mapping says more than that: what the columns mean, the publisher has said.
    """
    published = published_format(kind)
    if mapping is None:
        return published
    if mapping.model_copy(update={"reading": Reading()}) != Mapping(dataset=mapping.dataset):
        raise FileRefusedError(
            "the mapping", "one of columns, figures or words",
            f"[reading] alone, since the columns of {published.title} are known",
            "Leave in it the dataset's id and [reading], or import the file as a table.",
        )  # fmt: skip
    own = published.mapping.model_copy(
        update={"dataset": mapping.dataset, "reading": mapping.reading}
    )
    return replace(published, mapping=own)


def stored_way_of_reading(kind: Kind, mapping: Mapping) -> str:
    """Return how a release was read, by the mapping that was kept with it."""
    return Format(kind, "", "", mapping).way_of_reading


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


def table_format(mapping: Mapping, header: Sequence[str] = ()) -> Format:
    """Return how a table is read that a mapping describes; with its columns, whose rows it holds.

    Examples
    --------
    >>> notes = table_format(Mapping(dataset="notes"), ["EVENT_ID_CNTY", "when"])
    >>> notes.licence.rows_need_a_licence
    True
    """
    whose = next((kind for kind in PUBLISHED if _holds_rows_of(kind, header)), None)
    return Format("table", mapping.title or mapping.dataset, "", mapping, rows_of=whose)


def _holds_rows_of(kind: Published, header: Sequence[str]) -> bool:
    return set(published_format(kind).marks) <= {_plain_name(name) for name in header}


def canonical_name(name: str, made_for: Format) -> str:
    """Return a column's name as the format writes it, where it is one of the format's.

    Examples
    --------
    >>> canonical_name("Event ID_CNTY ", published_format("acled"))
    'event_id_cnty'
    """
    plain = _plain_name(name)
    plain = made_for.also_called.get(plain, plain)
    return plain if plain in made_for.header else name


def _plain_name(name: str) -> str:
    return name.strip().casefold().replace(" ", "_")


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
