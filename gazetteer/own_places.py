"""A user's places as they are kept: one CSV a list, each row with the district its file named.

The district of a place is the area that its point lies in. Where the user's file named another,
the place carries a note that says so.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from gazetteer.normalise import fold
from gazetteer.places import NAMES_SEPARATOR, WHERE_PREC, Place
from geo.boundaries import Area, newer_district
from geo.join import DistrictIndex

FIELDS = (
    "place_id",
    "name",
    "latitude",
    "longitude",
    "feature_class",
    "feature_code",
    "country_code",
    "population",
    "alternate_names",
    "stated_district",
)


@dataclass(frozen=True, slots=True)
class OwnPlace:
    """A place as a user's file has it. What is not known is empty or None."""

    place_id: str
    name: str
    latitude: float
    """Degrees north, EPSG:4326."""
    longitude: float
    """Degrees east, EPSG:4326."""
    feature_class: str = "P"
    feature_code: str = "PPL"
    country_code: str = ""
    population: int | None = None
    alternate_names: tuple[str, ...] = ()
    stated_district: str = ""
    """The district that the file names."""


def to_csv(places: Iterable[OwnPlace]) -> bytes:
    """Return places as the bytes of a list that `read_places` reads."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(FIELDS)
    for one in places:
        row = {name: getattr(one, name) for name in FIELDS}
        row["alternate_names"] = NAMES_SEPARATOR.join(one.alternate_names)
        row["population"] = "" if one.population is None else one.population
        row["latitude"], row["longitude"] = repr(one.latitude), repr(one.longitude)
        writer.writerow(row.values())
    return text.getvalue().encode()


def from_csv(content: bytes) -> Iterator[OwnPlace]:
    """Yield the places of a list that `to_csv` wrote.

    Examples
    --------
    >>> mach = OwnPlace("own:mach", "Mach", 29.86, 67.33, alternate_names=("Machh",))
    >>> next(from_csv(to_csv([mach]))) == mach
    True
    """
    for row in csv.DictReader(io.StringIO(content.decode(), newline="")):
        yield OwnPlace(
            place_id=row["place_id"],
            name=row["name"],
            latitude=float(row["latitude"]),
            longitude=float(row["longitude"]),
            feature_class=row["feature_class"],
            feature_code=row["feature_code"],
            country_code=row["country_code"],
            population=int(row["population"]) if row["population"] else None,
            alternate_names=tuple(filter(None, row["alternate_names"].split(NAMES_SEPARATOR))),
            stated_district=row["stated_district"],
        )


def read_places(
    contents: Iterable[bytes],
    index: DistrictIndex[Any],
    adm1_pcode: str,
    adm1_name: str,
    spellings: Mapping[str, Collection[str]] | None = None,
) -> tuple[Place, ...]:
    """Return the places of some lists, each id once, each in the area that its point lies in.

    Parameters
    ----------
    contents
        Lists that `to_csv` wrote.
    index
        Of the areas that count as districts.
    adm1_pcode, adm1_name
        Of the region.
    spellings
        Further names of areas, folded, by code: a list that spells a district otherwise does
        not disagree with its polygon.
    """
    own = {one.place_id: one for content in contents for one in from_csv(content)}.values()
    located = index.locate([one.longitude for one in own], [one.latitude for one in own])
    areas = index.boundaries.areas
    return tuple(
        _place(one, areas[at] if at >= 0 else None, adm1_pcode, adm1_name, spellings or {})
        for one, at in zip(own, np.asarray(located).tolist(), strict=True)
    )


def area_places(areas: Iterable[Area], adm1_pcode: str, adm1_name: str) -> tuple[Place, ...]:
    """Return areas as places of their own, so that they can be found by name."""
    made = []
    for area in areas:
        point = area.geometry.representative_point()
        made.append(
            Place(
                place_id=f"area:{adm1_pcode}:{area.pcode}",
                name=area.name,
                latitude=round(point.y, 5),
                longitude=round(point.x, 5),
                feature_class="A",
                feature_code="ADM2",
                country_code="",
                adm1_pcode=adm1_pcode,
                adm1_name=adm1_name,
                adm2_pcode=area.pcode,
                adm2_name=area.name,
                adm3_pcode=None,
                population=None,
                alternate_names=(),
                where_prec=WHERE_PREC["ADM2"],
            )
        )
    return tuple(made)


def _place(
    one: OwnPlace,
    area: Area | None,
    adm1_pcode: str,
    adm1_name: str,
    spellings: Mapping[str, Collection[str]],
) -> Place:
    return Place(
        place_id=one.place_id,
        name=one.name,
        latitude=one.latitude,
        longitude=one.longitude,
        feature_class=one.feature_class,
        feature_code=one.feature_code,
        country_code=one.country_code,
        adm1_pcode=adm1_pcode if area else None,
        adm1_name=adm1_name if area else None,
        adm2_pcode=area.pcode if area else None,
        adm2_name=area.name if area else None,
        adm3_pcode=None,
        population=one.population,
        alternate_names=one.alternate_names,
        where_prec=_where_prec(one),
        note=_note(one, area, spellings),
    )


def _where_prec(one: OwnPlace) -> int:
    """Return how exactly the place says where something happened, in UCDP's codes."""
    if one.feature_code in WHERE_PREC:
        return WHERE_PREC[one.feature_code]
    return {"P": 1, "S": 1, "A": 3}.get(one.feature_class, 2)


def _note(one: OwnPlace, area: Area | None, spellings: Mapping[str, Collection[str]]) -> str | None:
    stated = one.stated_district
    if not stated:
        return None
    if area is not None:
        known = {fold(area.pcode), fold(area.name), *spellings.get(area.pcode, ())}
        if fold(stated).removesuffix(" district") in known:
            return None
    newer = newer_district(stated)
    if newer is not None and area is not None and newer.parent_pcode == area.pcode:
        return newer.note
    here = f"{area.name} ({area.pcode})" if area is not None else "none of the boundaries' areas"
    return f"Its list says the district {stated!r}, but its point lies in {here}."
