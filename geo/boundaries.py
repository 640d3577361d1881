"""District and tehsil polygons, each with its P-code, and the vintage they are of.

Polygons are longitude, latitude in degrees (EPSG:4326), with 4 decimals (about 11 m).
"""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from types import MappingProxyType
from typing import Generic, Protocol, TypeVar

from shapely import MultiPolygon, Polygon
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from geo.coverage import union_of


class Area(Protocol):
    """A polygon with a code and a name: what the join and the coverage checks need."""

    @property
    def pcode(self) -> str:
        """The code that stands for the area, as text."""

    @property
    def name(self) -> str:
        """The area's name."""

    @property
    def geometry(self) -> Polygon | MultiPolygon:
        """Longitude, latitude in degrees (EPSG:4326)."""

    @property
    def area_km2(self) -> float:
        """Geodesic area in square kilometres."""

    @property
    def labels(self) -> Mapping[str, str]:
        """Codes and names as exported rows carry them, by field name."""


@dataclass(frozen=True)
class District:
    """A district (adm2). `area_km2` is geodesic."""

    adm2_pcode: str
    adm2_name: str
    adm1_pcode: str
    adm1_name: str
    area_km2: float
    geometry: Polygon | MultiPolygon

    @property
    def pcode(self) -> str:
        """The district's own code, PK2dd."""
        return self.adm2_pcode

    @property
    def name(self) -> str:
        """The district's own name."""
        return self.adm2_name

    @property
    def labels(self) -> Mapping[str, str]:
        """Its own code and name."""
        return {"adm2_pcode": self.adm2_pcode, "adm2_name": self.adm2_name}


@dataclass(frozen=True)
class Tehsil:
    """A tehsil (adm3) and the district it belongs to. `area_km2` is geodesic."""

    adm3_pcode: str
    adm3_name: str
    adm2_pcode: str
    adm2_name: str
    adm1_pcode: str
    adm1_name: str
    area_km2: float
    geometry: Polygon | MultiPolygon

    @property
    def pcode(self) -> str:
        """The tehsil's own code, PK2ddtt."""
        return self.adm3_pcode

    @property
    def name(self) -> str:
        """The tehsil's own name."""
        return self.adm3_name

    @property
    def labels(self) -> Mapping[str, str]:
        """Its own code and name, and its district's."""
        return {
            "adm3_pcode": self.adm3_pcode,
            "adm3_name": self.adm3_name,
            "adm2_pcode": self.adm2_pcode,
            "adm2_name": self.adm2_name,
        }


@dataclass(frozen=True)
class OwnArea:
    """An area of boundaries that a user brought. `area_km2` is geodesic.

    Its code is whatever the user's file has: a short text, not always a P-code.
    """

    pcode: str
    name: str
    area_km2: float
    geometry: Polygon | MultiPolygon

    @property
    def labels(self) -> Mapping[str, str]:
        """Its own code and name."""
        return {"area_code": self.pcode, "area_name": self.name}


AreaT = TypeVar("AreaT", bound=Area)
AreaT_co = TypeVar("AreaT_co", bound=Area, covariant=True)


@dataclass(frozen=True, eq=False)
class Boundaries(Generic[AreaT_co]):
    """Areas of one level and one vintage, in the order of their P-codes.

    Attributes
    ----------
    source
        Who publishes the boundaries.
    vintage
        Which state of the division they show, in words; goes into every exported row.
    attribution, licence
        What must stand wherever they are shown or exported.
    areas
        The areas in P-code order; the join answers with positions in this tuple.
    """

    source: str
    vintage: str
    attribution: str
    licence: str
    areas: tuple[AreaT_co, ...]

    @cached_property
    def by_pcode(self) -> Mapping[str, AreaT_co]:
        """The areas by their own P-code."""
        return MappingProxyType({area.pcode: area for area in self.areas})

    @cached_property
    def positions(self) -> Mapping[str, int]:
        """The areas' positions in `areas` by their own P-code."""
        return MappingProxyType({area.pcode: i for i, area in enumerate(self.areas)})

    @cached_property
    def outline(self) -> Polygon | MultiPolygon:
        """The areas' union, of districts the province, longitude and latitude in degrees."""
        return union_of([area.geometry for area in self.areas])

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Names by P-code; a name that stands twice says after it which area is meant."""
        times = Counter(area.name for area in self.areas)
        return MappingProxyType(
            {
                area.pcode: area.name if times[area.name] == 1 else f"{area.name} ({_apart(area)})"
                for area in self.areas
            }
        )

    @property
    def bbox(self) -> tuple[float, float, float, float]:
        """West, south, east, north in degrees."""
        return self.outline.bounds


@dataclass(frozen=True)
class NewerDistrict:
    """A district that the boundaries do not have yet, and the one it lies in there.

    `note` is the sentence to show beside a place in it. `doubt` says why it is not certain that
    the district stands; it is empty where that is certain.
    """

    name: str
    alternate_names: tuple[str, ...]
    parent_pcode: str
    parent_name: str
    since: str
    source: str
    doubt: str
    note: str


@cache
def load_districts() -> Boundaries[District]:
    """Return the 35 districts of Balochistan, read once.

    Examples
    --------
    >>> districts = load_districts()
    >>> len(districts.areas), districts.by_pcode["PK226"].adm2_name
    (35, 'Quetta')
    >>> districts.attribution
    'Boundaries: OCHA COD-AB Pakistan, CC BY-IGO'
    """
    return _load("balochistan_districts.geojson", District)


@cache
def load_tehsils() -> Boundaries[Tehsil]:
    """Return the 103 tehsils of Balochistan, read once.

    The publisher simplified the two levels apart: along a border a tehsil's edge may lie a
    few hundred metres off its district's.

    Examples
    --------
    >>> pasni = load_tehsils().by_pcode["PK20504"]
    >>> pasni.adm3_name, pasni.adm2_name
    ('Pasni', 'Gwadar')
    """
    return _load("balochistan_tehsils.geojson", Tehsil)


@cache
def newer_districts() -> tuple[NewerDistrict, ...]:
    """Return the districts known to be newer than the boundaries, by name."""
    table = tomllib.loads(_data("newer_districts.toml"))
    parents = load_districts().by_pcode
    return tuple(
        NewerDistrict(
            name=name,
            alternate_names=tuple(row["alternate_names"]),
            parent_pcode=row["parent_pcode"],
            parent_name=parents[row["parent_pcode"]].adm2_name,
            since=row["since"],
            source=row["source"],
            doubt=row.get("doubt", ""),
            note=f"{name} district is newer than these boundaries; shown in "
            f"{parents[row['parent_pcode']].adm2_name}"
            + (f" ({row['doubt']})." if "doubt" in row else "."),
        )
        for name, row in sorted(table.items())
    )


def newer_district(name: str) -> NewerDistrict | None:
    """Return the newer district of this name, or None.

    Parameters
    ----------
    name
        Any case, with or without "district".

    Examples
    --------
    >>> newer_district("Hub District").note
    'Hub district is newer than these boundaries; shown in Lasbela.'
    >>> newer_district("Quetta") is None
    True
    """
    wanted = _folded(name)
    for district in newer_districts():
        if wanted in map(_folded, (district.name, *district.alternate_names)):
            return district
    return None


def _apart(area: Area) -> str:
    return area.adm2_name if isinstance(area, Tehsil) else area.pcode


def _folded(name: str) -> str:
    return " ".join(name.casefold().replace("-", " ").split()).removesuffix(" district")


def _load(file_name: str, kind: Callable[..., AreaT]) -> Boundaries[AreaT]:
    collection = json.loads(_data(file_name))
    of_the_file = ("boundary_source", "boundary_vintage")
    areas = [
        kind(
            geometry=as_polygonal(shape(one["geometry"])),
            **{name: v for name, v in one["properties"].items() if name not in of_the_file},
        )
        for one in collection["features"]
    ]
    return Boundaries(
        source=collection["boundary_source"],
        vintage=collection["boundary_vintage"],
        attribution=collection["attribution"],
        licence=collection["licence"],
        areas=tuple(sorted(areas, key=lambda area: area.pcode)),
    )


def as_polygonal(geometry: BaseGeometry) -> Polygon | MultiPolygon:
    """Return the geometry, or raise TypeError if it is no Polygon or MultiPolygon."""
    if not isinstance(geometry, Polygon | MultiPolygon):
        message = f"expected a Polygon or MultiPolygon, got {geometry.geom_type}"
        raise TypeError(message)
    return geometry


def _data(file_name: str) -> str:
    return (files("geo") / "data" / file_name).read_text(encoding="utf-8")
