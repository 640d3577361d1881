"""What a reader must know of a claim's place: above all, a district newer than the boundaries."""

from __future__ import annotations

from gazetteer.errors import UnknownPlaceIdError
from gazetteer.resolve import Gazetteer
from geo.boundaries import NewerDistrict, newer_district

_DISTRICT = "district"


def named_newer_district(place_name: str | None) -> NewerDistrict | None:
    """Return the newer district that a text names as a district, None where it names none.

    Examples
    --------
    >>> named_newer_district("Hub district").parent_name
    'Lasbela'
    >>> named_newer_district("Hub") is None
    True
    """
    words = (place_name or "").casefold().split()
    if _DISTRICT not in words:
        return None
    return newer_district(" ".join(word for word in words if word not in (_DISTRICT, "of", "the")))


def place_note(place_id: str | None, place_name: str | None, gazetteer: Gazetteer) -> str | None:
    """Return what a reader must know of a place, None where nothing is.

    Parameters
    ----------
    place_id
        The gazetteer's, if it has the place.
    place_name
        As it stands in the text.
    gazetteer
        That knows the place.

    Examples
    --------
    >>> place_note("pcode:PK21704", "Hub", Gazetteer.default())
    'Since 2022 Hub is a district of its own; ...'
    >>> place_note(None, "Tump district", Gazetteer.default())
    'Tump district is newer than these boundaries; shown in Kech (...).'
    >>> place_note(None, "A village, Hub district", Gazetteer.default())
    'Hub district is newer than these boundaries; shown in Lasbela.'
    """
    try:
        place = gazetteer.place(place_id) if place_id is not None else None
    except UnknownPlaceIdError:
        place = None
    if place is not None and place.note:
        return place.note
    # "A village, Hub district" is a place in it.
    newer = named_newer_district((place_name or "").rpartition(",")[2])
    return newer.note if newer is not None else None
