"""Which area of a level each claim lies in, and what is known less exactly than that.

A claim colours an area only where it names a place in that area. What is known only to
something wider (a district, where the areas are tehsils) is kept beside the map.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, Literal, NamedTuple

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gazetteer.errors import UnknownPlaceIdError
from gazetteer.places import Place
from gazetteer.resolve import Gazetteer
from geo.boundaries import Area, Boundaries, Tehsil, load_districts, load_tehsils
from geo.join import DistrictIndex, district_index
from incidents.model import Claim
from incidents.place_notes import named_newer_district

Standing = Literal["area", "wider", "province", "outside"]
"""In one area; known only to something wider; only to the province; outside of all areas."""

# Boundaries of two publishers seldom match: what shares less with the areas than this share of
# the smaller of the two only touches them, what lies in one area by more lies in it.
_TOUCHES = 0.05
_LIES_IN = 0.95


class ClaimArea(NamedTuple):
    """Where one claim lies on some areas."""

    standing: Standing
    code: str | None = None
    """The area's code, where it lies in one."""
    among: tuple[str, ...] = ()
    """Codes of the areas that it may lie in, where it is known only to something wider."""


Areas = Mapping[str, ClaimArea]
"""By claim_id."""


@lru_cache(maxsize=4)
def index_of(boundaries: Boundaries[Any]) -> DistrictIndex[Any]:
    """Return the index of some boundaries, built once."""
    return district_index() if boundaries is load_districts() else DistrictIndex(boundaries)


def claim_areas(
    claims: Iterable[Claim], boundaries: Boundaries[Area], gazetteer: Gazetteer
) -> dict[str, ClaimArea]:
    """Return where each claim lies, by its id.

    Parameters
    ----------
    claims
        Each has exactly one standing, so that none is lost.
    boundaries
        Balochistan's districts or tehsils, or a user's areas.
    gazetteer
        Of the claims' places.
    """
    where = standing_of(boundaries, gazetteer)
    return {claim.claim_id: where(claim) for claim in claims}


def standing_of(boundaries: Boundaries[Area], gazetteer: Gazetteer) -> Callable[[Claim], ClaimArea]:
    """Return what says of a claim where it lies on some areas."""
    if boundaries is load_districts():
        return _district
    if boundaries is load_tehsils():
        return _OnTehsils(load_tehsils(), gazetteer)
    return _OnAreas(boundaries, gazetteer)


def _district(claim: Claim) -> ClaimArea:
    """Return the district that the claim itself names."""
    if claim.adm2_pcode is not None:
        return ClaimArea("area", claim.adm2_pcode)
    return ClaimArea("province" if claim.is_province_wide else "outside")


class _OnTehsils:
    """Balochistan's tehsils: the tehsil of a claim's place, never one of its district's at will."""

    def __init__(self, boundaries: Boundaries[Tehsil], gazetteer: Gazetteer) -> None:
        self._boundaries, self._gazetteer = boundaries, gazetteer
        self._in_district: dict[str, list[str]] = {}
        for tehsil in boundaries.areas:
            self._in_district.setdefault(tehsil.adm2_pcode, []).append(tehsil.pcode)

    def __call__(self, claim: Claim) -> ClaimArea:
        if claim.adm2_pcode is None:
            return _district(claim)
        code = self._tehsil(claim)
        # The two levels were simplified apart: near a border the point of a town may fall into
        # a tehsil of the next district, and then says nothing.
        if code and self._boundaries.by_pcode[code].adm2_pcode == claim.adm2_pcode:
            return ClaimArea("area", code)
        return ClaimArea("wider", among=tuple(self._in_district.get(claim.adm2_pcode, ())))

    def _tehsil(self, claim: Claim) -> str | None:
        if (point := _own_point(claim)) is not None:
            return _code_at(self._boundaries, point)
        place = _place(claim, self._gazetteer)
        # Hub district is more than the tehsil of that name, which stands for it here.
        if place is None or named_newer_district(claim.place_name) is not None:
            return None
        if place.feature_code == "ADM3":
            return place.adm3_pcode if place.adm3_pcode in self._boundaries.by_pcode else None
        return (
            _code_at(self._boundaries, (place.longitude, place.latitude))
            if _is_point(claim, place)
            else None
        )


class _OnAreas:
    """A user's areas: by the point of a claim's place, or by the ground of its district."""

    def __init__(self, boundaries: Boundaries[Area], gazetteer: Gazetteer) -> None:
        self._boundaries, self._gazetteer = boundaries, gazetteer
        self._polygons = np.array([area.geometry for area in boundaries.areas], dtype=object)
        self._on_ground: dict[str, ClaimArea] = {}
        home = load_districts().outline
        self._has_province = _share(home, boundaries.outline) > _TOUCHES

    def __call__(self, claim: Claim) -> ClaimArea:
        if claim.is_province_wide:
            return ClaimArea("province" if self._has_province else "outside")
        place = _place(claim, self._gazetteer)
        point = exact_point(claim, self._gazetteer)
        if point is not None:
            code = _code_at(self._boundaries, point)
            return ClaimArea("area", code) if code else ClaimArea("outside")
        ground = _ground(claim, place)
        if ground is None:
            return ClaimArea("outside")
        if ground.pcode not in self._on_ground:
            self._on_ground[ground.pcode] = self._at_ground(ground.geometry)
        return self._on_ground[ground.pcode]

    def _at_ground(self, ground: BaseGeometry) -> ClaimArea:
        shared = shapely.area(shapely.intersection(self._polygons, ground))
        largest = int(np.argmax(shared))
        if shared[largest] >= _LIES_IN * ground.area:
            return ClaimArea("area", self._boundaries.areas[largest].pcode)
        smaller = np.minimum(shapely.area(self._polygons), ground.area)
        among = np.flatnonzero(shared > _TOUCHES * smaller)
        if not among.size:
            return ClaimArea("outside")
        return ClaimArea("wider", among=tuple(self._boundaries.areas[i].pcode for i in among))


def _place(claim: Claim, gazetteer: Gazetteer) -> Place | None:
    try:
        return gazetteer.place(claim.place_id) if claim.place_id is not None else None
    except UnknownPlaceIdError:
        return None


def exact_point(claim: Claim, gazetteer: Gazetteer) -> tuple[float, float] | None:
    """Return longitude and latitude (EPSG:4326) of the place that a claim names exactly.

    It is the claim's own point or its place's. None where the claim is known to a district or
    less exactly: the point of a district marks no event.
    """
    if (point := _own_point(claim)) is not None:
        return point
    place = _place(claim, gazetteer)
    if place is None or not _is_point(claim, place):
        return None
    return place.longitude, place.latitude


def _own_point(claim: Claim) -> tuple[float, float] | None:
    """Return longitude and latitude that the claim itself gives, where they stand for the event."""
    if claim.longitude is None or claim.latitude is None or claim.where_prec > 2:
        return None
    return claim.longitude, claim.latitude


def _is_point(claim: Claim, place: Place) -> bool:
    """Return whether a claim is known to a point: a district's own point marks no event."""
    return claim.where_prec <= 2 and place.where_prec <= 2


def _code_at(boundaries: Boundaries[Area], point: tuple[float, float]) -> str | None:
    index = index_of(boundaries)
    lon, lat = [point[0]], [point[1]]
    # Far away a true point may look exchanged; it is only outside.
    if index.looks_swapped(lon, lat)[0]:
        return None
    code: str | None = index.pcodes(lon, lat)[0]
    return code


def _ground(claim: Claim, place: Place | None) -> Area | None:
    """Return the tehsil or district that a claim is known to."""
    if place is not None and place.feature_code == "ADM3":
        tehsil = load_tehsils().by_pcode.get(place.adm3_pcode or "")
        if tehsil is not None:
            return tehsil
    return load_districts().by_pcode.get(claim.adm2_pcode or "")


def _share(one: BaseGeometry, other: BaseGeometry) -> float:
    """Return how much two grounds share, as a share of the smaller."""
    return float(shapely.intersection(one, other).area / min(one.area, other.area))
