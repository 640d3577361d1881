"""Where an incident or a claim stands on the map, for what opens the database itself."""

from __future__ import annotations

from gazetteer.errors import UnknownPlaceIdError
from gazetteer.resolve import Gazetteer
from incidents.store.states import Fields

MOST_VAGUE = 2
"""UCDP's `where_prec` up to which a point stands for a place: exact, or near it. The point
of a district lies somewhere in it and marks no event."""


def point_of(fields: Fields | None) -> tuple[float, float] | None:
    """Return latitude and longitude (EPSG:4326), None for what has no point.

    Examples
    --------
    >>> point_of({"place_id": "geonames:1167528", "where_prec": 1})
    (30.18414, 67.00141)
    >>> point_of({"place_id": "pcode:PK226", "where_prec": 3})
    """
    if not fields or not fields.get("place_id") or fields.get("where_prec", 7) > MOST_VAGUE:
        return None
    try:
        place = Gazetteer.default().place(fields["place_id"])
    except UnknownPlaceIdError:
        return None
    return place.latitude, place.longitude
