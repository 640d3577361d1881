"""Whether a place's point lies in the district that its entry names."""

from __future__ import annotations

from gazetteer.places import Place
from geo.coordinates import CoordinateError
from geo.join import district_index


def disagreement(place: Place) -> str | None:
    """Return a sentence where a place's point and its district disagree, else None.

    The point decides nothing by itself: the entry may be right and its point wrong, so the
    sentence says both. A place that names no district, or lies elsewhere, is not held to one
    unless its point falls into Balochistan.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from gazetteer.places import load_places
    >>> pasni = next(p for p in load_places() if p.place_id == "geonames:1168312")
    >>> disagreement(pasni) is None
    True
    >>> disagreement(replace(pasni, latitude=30.19, longitude=67.0))
    'The entry says Gwadar (PK205), but its point (30.19, 67.0) lies in Quetta (PK226).'
    """
    if place.in_province and place.adm2_pcode is None:
        return None
    here = f"its point ({place.latitude}, {place.longitude})"
    named = f"{place.adm2_name} ({place.adm2_pcode})" if place.adm2_pcode else "no district"
    index = district_index()
    try:
        located = int(index.locate([place.longitude], [place.latitude])[0])
    except CoordinateError as error:
        return f"The entry says {named}, but {here} cannot be placed: {error}"
    if located < 0:
        if place.adm2_pcode is None:
            return None
        return f"The entry says {named}, but {here} lies outside the boundaries."
    district = index.boundaries.areas[located]
    if district.pcode == place.adm2_pcode:
        return None
    return f"The entry says {named}, but {here} lies in {district.name} ({district.pcode})."
