"""Which column of a table means what: guessed from the header, kept as TOML."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal, Self, cast, get_args

from pydantic import Field, StringConstraints, ValidationError, model_validator

from gazetteer.normalise import fold
from incidents.datasets.numerals import Numerals
from incidents.datasets.refusals import FileRefusedError
from incidents.model import EVENT_TYPES, CasualtyType, Record, VictimGroup

FieldName = Literal[
    "id",
    "date",
    "date_start",
    "date_end",
    "date_prec",
    "year",
    "month",
    "day",
    "latitude",
    "longitude",
    "where_prec",
    "place",
    "district",
    "province",
    "country",
    "event_type",
    "sub_event_type",
    "side_a",
    "side_b",
    "headline",
    "notes",
    "cited",
    "said_by",
]
FIELDS: tuple[FieldName, ...] = get_args(FieldName)
DatasetId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]*$", max_length=60)]
# Where a table says nothing better: a place's name stands for in or near it.
DEFAULT_WHERE_PREC = 2
SUB_EVENT_TYPES = tuple(sub for subs in EVENT_TYPES.values() for sub in subs)


class Figure(Record):
    """Casualties in one column (`count`) or as a range in up to three."""

    casualty_type: CasualtyType
    victim_group: VictimGroup = "total"
    count: str | None = None
    low: str | None = None
    best: str | None = None
    high: str | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        bounds = (self.low, self.best, self.high)
        if self.count and any(bounds):
            raise ValueError("a figure has a count, or low, best and high; not both")
        return self

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it is read from."""
        return tuple(c for c in (self.count, self.low, self.best, self.high) if c)


class Reading(Record):
    """How the cells of a table are written, where it cannot be told for sure."""

    encoding: str = ""
    separator: str = ""
    date_format: str = ""
    """As for `strptime`, or "excel"; empty for forms that cannot be mistaken."""
    decimal_comma: bool = False
    thousands: str = ""
    empty: tuple[str, ...] = ()

    @property
    def numerals(self) -> Numerals:
        """How numbers are written."""
        return Numerals(self.decimal_comma, self.thousands, self.empty)


class Mapping(Record):
    """Which column means what, in one kind of table."""

    dataset: DatasetId
    title: str = ""
    columns: dict[FieldName, str] = Field(default_factory=dict)
    figures: tuple[Figure, ...] = ()
    reading: Reading = Reading()
    event_types: dict[str, str] = Field(default_factory=dict)
    """The table's own words, each with one of ACLED's sub-event types."""
    where_prec: dict[str, int] = Field(default_factory=dict)
    date_prec: dict[str, int] = Field(default_factory=dict)

    @property
    def way_of_reading(self) -> str:
        """All of it that decides what a row's cells mean, as one text."""
        said = self.model_dump(mode="json", exclude={"dataset", "title", "reading"})
        how = self.reading.model_dump(mode="json", exclude={"encoding", "separator"})
        return json.dumps([said, how], sort_keys=True)

    @model_validator(mode="after")
    def _figures_apart(self) -> Self:
        said = [(figure.casualty_type, figure.victim_group) for figure in self.figures]
        for kind, group in said:
            if said.count((kind, group)) > 1:
                raise ValueError(
                    f"two figures say {kind}, {group}; take one of them out, or name another group"
                )
        return self

    @property
    def named(self) -> dict[str, str]:
        """What each column is read as, for all columns that are read."""
        said = {column: str(field) for field, column in self.columns.items()}
        for figure in self.figures:
            for bound in ("count", "low", "best", "high"):
                if column := getattr(figure, bound):
                    words = [figure.casualty_type, figure.victim_group]
                    said[column] = " ".join(words + ([] if bound == "count" else [bound]))
        return said


def load_mapping(path: Path) -> Mapping:
    """Read a mapping from a TOML file.

    Raises
    ------
    FileRefusedError
        If it is no TOML, or holds what no mapping holds.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise FileRefusedError(
            str(path),
            f"not readable ({error.strerror})",
            "a mapping in TOML",
            "Name the file that the import wrote.",
        ) from None
    return parse_mapping(content, str(path))


def parse_mapping(content: bytes, name: str) -> Mapping:
    """Return the mapping that a TOML file holds.

    Parameters
    ----------
    name
        What messages call the file.

    Raises
    ------
    FileRefusedError
        If it is no TOML, or holds what no mapping holds.
    """
    remedy = "Correct it, or leave it out and have a new one guessed."
    try:
        return Mapping.model_validate(tomllib.loads(content.decode("utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise FileRefusedError(name, f"no TOML ({error})", "a mapping", remedy) from None
    except ValidationError as error:
        raise FileRefusedError(
            name, f"no mapping: {_first_fault(error)}", "fields of a mapping", remedy
        ) from None


def remade(mapping: Mapping, **changes: Any) -> Mapping:  # noqa: ANN401 (fields of a mapping)
    """Return a mapping with some of its fields changed, checked like one from a file.

    Raises
    ------
    ValueError
        Saying which field is none of a mapping.

    Examples
    --------
    >>> remade(Mapping(dataset="a"), dataset="Field notes")
    Traceback (most recent call last):
    ...
    ValueError: dataset: String should match pattern '^[a-z0-9][a-z0-9._-]*$'
    """
    try:
        return Mapping.model_validate(mapping.model_dump() | changes)
    except ValidationError as error:
        raise ValueError(_first_fault(error)) from None


def _first_fault(error: ValidationError) -> str:
    first = error.errors()[0]
    where = ".".join(map(str, first["loc"]))
    message = str(first["msg"]).removeprefix("Value error, ")
    return f"{where}: {message}" if where else message


def to_toml(mapping: Mapping) -> str:
    """Return a mapping as TOML that `load_mapping` reads back the same.

    Examples
    --------
    >>> print(to_toml(guess_mapping("field-notes", ["Ref", "Date", "Killed"])), end="")
    dataset = "field-notes"
    <BLANKLINE>
    [columns]
    id = "Ref"
    date = "Date"
    <BLANKLINE>
    [[figures]]
    casualty_type = "killed"
    victim_group = "total"
    count = "Killed"
    """
    said = mapping.model_dump(mode="json", exclude_defaults=True, exclude_none=True)
    lines = [f"{name} = {_toml(said[name])}" for name in ("dataset", "title") if name in said]
    for name in ("columns", "reading", "event_types", "where_prec", "date_prec"):
        if said.get(name):
            lines += ["", f"[{name}]"]
            lines += [f"{_key(key)} = {_toml(value)}" for key, value in said[name].items()]
    for figure in mapping.figures:
        lines += ["", "[[figures]]"]
        stated = figure.model_dump(exclude_none=True)
        lines += [f"{key} = {_toml(value)}" for key, value in stated.items()]
    return "\n".join(lines) + "\n"


def _key(text: str) -> str:
    return text if text.isidentifier() and text.isascii() else _toml(text)


def _toml(value: object) -> str:
    # A JSON string, number, boolean or list of these is TOML, once DEL is escaped too.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def guess_mapping(dataset: str, header: Sequence[str]) -> Mapping:
    """Return what the columns of a table seem to mean, by their names alone.

    Where several names fit a field, the plainest is taken; cells are never looked at.

    Examples
    --------
    >>> guess_mapping("t", ["Lat", "Lon", "Civilians killed (min)"]).named
    {'Lat': 'latitude', 'Lon': 'longitude', 'Civilians killed (min)': 'killed civilians low'}
    """
    columns = _fields_of(header)
    figures: dict[tuple[str, str], dict[str, str]] = {}
    for name in header:
        if _plain(name) not in _table_words()["fields"] and (found := _casualties(fold(name))):
            casualty_type, group, bound = found
            figures.setdefault((casualty_type, group), {}).setdefault(bound, name)
    made = [
        {"casualty_type": casualty_type, "victim_group": group, **_bounds(bounds)}
        for (casualty_type, group), bounds in figures.items()
    ]
    return Mapping.model_validate({"dataset": dataset, "columns": columns, "figures": made})


def _fields_of(header: Sequence[str]) -> dict[FieldName, str]:
    known = _table_words()
    plainness = {word: rank for rank, word in enumerate(known["fields"])}
    columns: dict[FieldName, str] = {}
    for name in sorted(header, key=lambda name: plainness.get(_plain(name), len(plainness))):
        field = known["fields"].get(_plain(name))
        if field:
            columns.setdefault(cast("FieldName", field), name)
    for field in ("latitude", "longitude"):
        words = {word for word, meaning in known["coordinate_words"].items() if meaning == field}
        fitting = [name for name in header if words & set(fold(name).split())]
        if field not in columns and len(fitting) == 1:
            columns[cast("FieldName", field)] = fitting[0]
    if {"year", "month"} <= columns.keys() and fold(columns.get("date", "")) == "day":
        columns["day"] = columns.pop("date")
    if {"date_start", "date_end"} <= columns.keys():
        columns.pop("date", None)
    return {field: columns[field] for field in FIELDS if field in columns}


def _plain(name: str) -> str:
    """Return a column's name without the words that say nothing."""
    small = _table_words()["small_words"]
    return " ".join(word for word in fold(name).split() if word not in small)


def _bounds(bounds: dict[str, str]) -> dict[str, str]:
    """Take a bare count beside a low or high for the best estimate."""
    if len(bounds) > 1 and "count" in bounds:
        count = bounds.pop("count")
        return {"best": count} | bounds
    return bounds


def _casualties(folded: str) -> tuple[str, str, str] | None:
    """Return casualty type, group and bound that a column's name says, if it says nothing else."""
    words = _table_words()
    left = f" {folded} "
    said = {}
    for kind in ("casualties", "bounds", "groups"):
        # Longer words first: "security forces" before "forces".
        for word, meaning in sorted(words[kind].items(), key=lambda item: -len(item[0])):
            if f" {word} " in left:
                said[kind] = meaning
                left = left.replace(f" {word} ", " ", 1)
                break
    if "casualties" not in said or set(left.split()) - words["fillers"].keys():
        return None
    return said["casualties"], said.get("groups", "total"), said.get("bounds", "count")


@cache
def _table_words() -> dict[str, dict[str, str]]:
    data = read_data("table_columns.toml")
    small = set(data["small_words"]["words"])

    def plain(word: str) -> str:
        return " ".join(part for part in fold(word).split() if part not in small)

    return {
        kind: {
            (plain if kind == "fields" else fold)(word): meaning
            for meaning, words in listed.items()
            for word in words
        }
        for kind, listed in data.items()
    }


def read_data(name: str) -> dict[str, Any]:
    """Return one of the TOML files in incidents/data."""
    return tomllib.loads(files("incidents").joinpath("data", name).read_text(encoding="utf-8"))


def missing_columns(mapping: Mapping, header: Iterable[str]) -> list[str]:
    """Return the columns that a mapping names and a header lacks, in the mapping's order."""
    there = set(header)
    return [column for column in mapping.named if column not in there]
