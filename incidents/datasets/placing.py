"""Where rows lie: points joined onto districts, names looked up in the gazetteer."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from gazetteer.errors import AmbiguousPlaceError, PlaceNotFoundError
from gazetteer.normalise import fold
from gazetteer.resolve import Gazetteer
from geo.join import district_index

NO_DISTRICT = -1
PROVINCE_WIDE = 4
"""UCDP's where_prec from which on a row is known to the province or less exactly."""
VAGUE = 5
_AT_HOME = frozenset({"", "pakistan", "pak", "pk", "islamic republic of pakistan"})


class Named(NamedTuple):
    """What a row's place names mean."""

    place_id: str
    district: int
    """Position among the districts, or `NO_DISTRICT`."""
    where_prec: int
    doubt: str = ""


@lru_cache(maxsize=1)
def district_codes() -> dict[str, int]:
    """Return each district's position by its P-code.

    Examples
    --------
    >>> district_codes()["PK201"]
    0
    """
    return {area.pcode: i for i, area in enumerate(district_index().boundaries.areas)}


@lru_cache(maxsize=4_096)
def is_at_home(country: str) -> bool:
    """Return whether a country's cell says Pakistan, or nothing."""
    return fold(country) in _AT_HOME


@lru_cache(maxsize=65_536)
def resolve(place: str, district: str, province: str) -> Named:
    """Return what the names of a row without a point mean; where_prec 5 where nothing is known.

    Examples
    --------
    >>> resolve("Turbat", "", "").where_prec, resolve("", "Kech", "").where_prec
    (1, 3)
    >>> resolve("Atlantis", "", "").doubt
    "'Atlantis' is no place of the gazetteer; the row is kept without a place"
    """
    gazetteer = Gazetteer.default()
    context = " ".join(filter(None, (place, district, province)))
    problem = ""
    attempts = [(place, context, None), (place, context, district or None)] if place else []
    attempts += [(_called(name, "district"), "", None) for name in (district,) if name]
    attempts += [(_called(name, "province"), "", None) for name in (province,) if name]
    for name, around, within in attempts:
        try:
            match = gazetteer.locate(name, context=around, within=within)
        except PlaceNotFoundError:
            problem = problem or f"{name!r} is no place of the gazetteer"
            continue
        except AmbiguousPlaceError:
            problem = problem or f"{name!r} names several places"
            continue
        found = match.place
        doubt = f"{name!r} was read as {match.matched_name}" if match.match == "fuzzy" else ""
        code = district_codes().get(found.adm2_pcode or "", NO_DISTRICT)
        if found.where_prec >= PROVINCE_WIDE:
            code = NO_DISTRICT
        if problem:
            doubt = f"{problem}; the row is placed by {name!r}"
        return Named(found.place_id, code, found.where_prec, doubt)
    return Named(
        "", NO_DISTRICT, VAGUE, f"{problem}; the row is kept without a place" if problem else ""
    )


@lru_cache(maxsize=4_096)
def named_district(name: str) -> int:
    """Return the position of the district that a cell names for sure, or `NO_DISTRICT`."""
    if not name.strip():
        return NO_DISTRICT
    try:
        match = Gazetteer.default().locate(_called(name, "district"))
    except (PlaceNotFoundError, AmbiguousPlaceError):
        return NO_DISTRICT
    if match.match == "fuzzy" or match.place.feature_code != "ADM2":
        return NO_DISTRICT
    return district_codes().get(match.place.adm2_pcode or "", NO_DISTRICT)


def _called(name: str, kind: str) -> str:
    """Return a name with the word that says what it is, once."""
    return name if kind in name.casefold() else f"{name} {kind}"
