"""A user's file of places: a GeoNames country file, or a CSV with a header.

Every row is added, a duplicate, or refused with its reason; the three add up to the rows.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gazetteer.normalise import fold
from gazetteer.own_places import OwnPlace
from geo.coordinates import MAX_LATITUDE, MAX_LONGITUDE
from geo.join import DistrictIndex

MAX_BYTES = 200_000_000
MAX_NAME, MAX_ID, MAX_ALTERNATE_NAMES = 200, 60, 200
# The main table of GeoNames, as its readme lists it; the files have no header.
GEONAMES_FIELDS = (
    "id", "name", "asciiname", "alternate_names", "latitude", "longitude", "feature_class",
    "feature_code", "country_code", "cc2", "admin1", "admin2", "admin3", "admin4", "population",
    "elevation", "dem", "timezone", "modified",
)  # fmt: skip
_CLASSES = frozenset("AHLPRSTUV")
# What a header may call a field.
_HEADERS: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "place_id", "geonameid", "geonames_id"),
    "name": ("name", "place", "place_name"),
    "latitude": ("latitude", "lat", "y"),
    "longitude": ("longitude", "lon", "long", "lng", "x"),
    "alternate_names": ("alternate_names", "alternatenames", "other_names"),
    "feature_class": ("feature_class",),
    "feature_code": ("feature_code",),
    "country_code": ("country_code", "country"),
    "population": ("population",),
    "stated_district": ("district", "adm2_name", "admin2", "adm2"),
}
_NUMBER = re.compile(r"[+-]?\d+(\.\d*)?([eE][+-]?\d+)?|[+-]?\.\d+")


class PlaceFileError(ValueError):
    """A file of places that is not read at all; says what came, what was expected, what to do."""


@dataclass(frozen=True)
class PlaceRefusal:
    """A row that was not added, and why. Rows count from 1, without the header."""

    row: int
    field: str
    value: str
    reason: str

    def as_dict(self) -> dict[str, object]:
        """Return row, field, value and reason."""
        return {"row": self.row, "field": self.field, "value": self.value, "reason": self.reason}


@dataclass
class PlacesRead:
    """What became of each row of a file."""

    rows: int = 0
    places: list[OwnPlace] = field(default_factory=list)
    duplicate: int = 0
    refusals: list[PlaceRefusal] = field(default_factory=list)

    @property
    def reconciled(self) -> bool:
        """Whether rows = added + duplicate + refused."""
        return self.rows == len(self.places) + self.duplicate + len(self.refusals)


class _Bad(Exception):  # noqa: N818 (becomes a refusal)
    """A row's field, its value and the reason why the row is not added."""


Row = tuple[int, dict[str, str] | None, str]
"""Number, cells by field, and what is wrong with its shape."""


def read_place_file(
    name: str,
    content: bytes,
    index: DistrictIndex[Any],
    where: str,
    known: Callable[[str], OwnPlace | str | None],
) -> PlacesRead:
    """Return the places of a file that lie in a region, and what became of the other rows.

    Parameters
    ----------
    name
        The file's, for messages.
    content
        Its bytes: UTF-8.
    index
        Of the region's areas: a place outside all of them is refused.
    where
        What the region is called.
    known
        What is already known by an id: a place of the user's, or the name of one that ships.

    Raises
    ------
    PlaceFileError
        If it is no such file.
    """
    rows = _rows(name, content)
    read = PlacesRead()
    seen: dict[str, OwnPlace] = {}
    points: list[tuple[int, OwnPlace]] = []
    for number, cells, fault in rows:
        read.rows += 1
        try:
            if cells is None:
                raise _Bad("row", "", fault)
            place = _place(cells)
            if _is_duplicate(place, seen.get(place.place_id), known(place.place_id)):
                read.duplicate += 1
                continue
        except _Bad as bad:
            read.refusals.append(PlaceRefusal(number, *bad.args))
            continue
        seen[place.place_id] = place
        points.append((number, place))
    _keep_inside(read, points, index, where)
    read.refusals.sort(key=lambda one: one.row)
    return read


def _keep_inside(
    read: PlacesRead, points: list[tuple[int, OwnPlace]], index: DistrictIndex[Any], where: str
) -> None:
    lon = np.array([place.longitude for _, place in points], dtype=np.float64)
    lat = np.array([place.latitude for _, place in points], dtype=np.float64)
    swapped = index.looks_swapped(lon, lat)
    # A point that looks exchanged is asked about nowhere: the join would refuse all rows for it.
    located = index.locate(np.where(swapped, 0.0, lon), np.where(swapped, 0.0, lat))
    for (number, place), at, is_swapped in zip(points, located, swapped, strict=True):
        value = f"{place.latitude}, {place.longitude}"
        if is_swapped:
            reason = (
                f"latitude and longitude look swapped; try latitude {place.longitude}, "
                f"longitude {place.latitude}"
            )
            read.refusals.append(PlaceRefusal(number, "latitude", value, reason))
        elif at < 0:
            reason = f"outside the boundaries of {where}"
            read.refusals.append(PlaceRefusal(number, "latitude", value, reason))
        else:
            read.places.append(place)


def _is_duplicate(place: OwnPlace, before: OwnPlace | None, known: OwnPlace | str | None) -> bool:
    """Return whether a place is there already; raise if its id is another's."""
    if isinstance(known, str):
        return True
    for other, where in ((before, "earlier in the file"), (known, "in a list added before")):
        if other is None:
            continue
        if other == place:
            return True
        raise _Bad("id", place.place_id, f"stands {where} with other content: {other.name}")
    return False


def _rows(name: str, content: bytes) -> Iterator[Row]:
    if len(content) > MAX_BYTES:
        raise PlaceFileError(
            f"{name} has more than {MAX_BYTES // 1_000_000} MB; split it by region."
        )
    for start, kind in ((b"PK\x03\x04", "a zip archive"), (b"\x1f\x8b", "a gzip archive")):
        if content.startswith(start):
            raise PlaceFileError(f"{name} is {kind}; take the text file out of it.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PlaceFileError(
            f"{name} is no UTF-8 at byte {error.start:,}; save it as UTF-8."
        ) from None
    if "\0" in text:
        at = text.index("\0")
        raise PlaceFileError(f"{name} has a NUL character at position {at:,}; save it as text.")
    first = text.lstrip("\r\n").partition("\n")[0]
    if not first.strip():
        raise PlaceFileError(
            f"{name} is empty; expected a GeoNames country file or a CSV with a header."
        )
    if first.count("\t") == len(GEONAMES_FIELDS) - 1:
        return _geonames_rows(text)
    return _csv_rows(name, text, first)


def _geonames_rows(text: str) -> Iterator[Row]:
    lines = [line.rstrip("\r") for line in text.split("\n") if line.strip()]
    # GeoNames names a district by codes; the file's own entries of districts say which.
    districts: dict[tuple[str, ...], str] = {}
    split = [line.split("\t") for line in lines]
    for cells in split:
        if len(cells) == len(GEONAMES_FIELDS) and cells[7] == "ADM2":
            districts[_admin2(cells)] = cells[1]
    for number, cells in enumerate(split, start=1):
        if len(cells) != len(GEONAMES_FIELDS):
            yield number, None, f"{len(cells)} columns; expected GeoNames' {len(GEONAMES_FIELDS)}"
            continue
        row = dict(zip(GEONAMES_FIELDS, cells, strict=True))
        row["id"] = f"geonames:{row['id']}"
        row["alternate_names"] = row["alternate_names"].replace(",", "|")
        row["stated_district"] = districts.get(_admin2(cells), "")
        yield number, row, ""


def _admin2(cells: Sequence[str]) -> tuple[str, ...]:
    """Return a row's country, first and second division, as GeoNames codes them."""
    return (cells[8], cells[10], cells[11])


def _csv_rows(name: str, text: str, first: str) -> Iterator[Row]:
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        header = [cell.strip().casefold().replace(" ", "_") for cell in next(reader)]
    except csv.Error as error:
        raise PlaceFileError(f"{name}: the header cannot be read ({error}).") from None
    at = {
        of: header.index(called)
        for of, names in _HEADERS.items()
        for called in names[::-1]
        if called in header
    }
    missing = [of for of in ("name", "latitude", "longitude") if of not in at]
    if missing:
        raise PlaceFileError(
            f"{name} has no column {', '.join(missing)}; expected a GeoNames country file (19 "
            "columns, tabs, no header) or a CSV whose header has name, latitude, longitude. Its "
            f"header: {', '.join(header)[:200]}"
        )
    return _numbered(reader, header, at)


def _numbered(reader: Any, header: list[str], at: Mapping[str, int]) -> Iterator[Row]:  # noqa: ANN401
    number = 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            number += 1
            yield number, None, f"a stray or missing quote ({error})"
            continue
        if not any(cell.strip() for cell in cells):
            continue
        number += 1
        if len(cells) != len(header):
            yield number, None, f"{len(cells)} cells where the header has {len(header)}"
            continue
        yield number, {of: cells[position].strip() for of, position in at.items()}, ""


def _place(cells: Mapping[str, str]) -> OwnPlace:
    name = " ".join(cells["name"].split())
    if not name or len(name) > MAX_NAME or not name.isprintable() or not fold(name):
        raise _Bad("name", name[:80], f"expected a name of 1 to {MAX_NAME} printable characters")
    latitude = _coordinate(cells, "latitude", MAX_LATITUDE)
    longitude = _coordinate(cells, "longitude", MAX_LONGITUDE)
    if latitude == 0 and longitude == 0:
        raise _Bad("latitude", "0, 0", "stands for unknown; leave the row out, or give its point")
    feature_class = cells.get("feature_class", "").upper() or "P"
    if feature_class not in _CLASSES:
        expected = f"expected one of GeoNames' classes {', '.join(sorted(_CLASSES))}"
        raise _Bad("feature_class", feature_class[:80], expected)
    population = cells.get("population", "").replace(",", "")
    if population and not (population.isascii() and population.isdigit()):
        raise _Bad("population", population[:80], "expected a whole number, or nothing")
    others = re.split(r"[|;]", cells.get("alternate_names", ""))
    kept = dict.fromkeys(
        one
        for raw in others
        if (one := " ".join(raw.split())) and one != name and one.isprintable()
        and len(one) <= MAX_NAME and fold(one)
    )  # fmt: skip
    return OwnPlace(
        place_id=_place_id(cells, name, latitude, longitude),
        name=name,
        latitude=latitude,
        longitude=longitude,
        feature_class=feature_class,
        feature_code=cells.get("feature_code", "")[:10] or ("PPL" if feature_class == "P" else ""),
        country_code=cells.get("country_code", "")[:2].upper(),
        # GeoNames writes 0 for unknown.
        population=int(population) or None if population else None,
        alternate_names=tuple(kept)[:MAX_ALTERNATE_NAMES],
        stated_district=" ".join(cells.get("stated_district", "").split())[:MAX_NAME],
    )


def _coordinate(cells: Mapping[str, str], of: str, most: float) -> float:
    written = cells[of].strip().replace("\u2212", "-")
    if not written:
        raise _Bad(of, "", "empty; a place needs its point")
    if not _NUMBER.fullmatch(written) or not written.isascii():
        comma = "; write a point, not a comma" if "," in written else ""
        raise _Bad(of, written[:80], f"expected degrees as a number such as 29.86{comma}")
    value = float(written)
    if not abs(value) <= most:
        raise _Bad(of, written[:80], f"out of range; expected -{most:g} to {most:g} degrees")
    return value


def _place_id(cells: Mapping[str, str], name: str, latitude: float, longitude: float) -> str:
    given = cells.get("id", "").strip()
    if given:
        if len(given) > MAX_ID or not given.isprintable() or " " in given:
            raise _Bad("id", given[:80], f"expected up to {MAX_ID} characters without spaces")
        return given if given.startswith("geonames:") else f"own:{given}"
    same = f"{fold(name)}|{latitude!r}|{longitude!r}"
    return f"own:{hashlib.sha256(same.encode()).hexdigest()[:12]}"
