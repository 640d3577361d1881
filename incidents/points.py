"""What a view says of exact places, as circles: one for each place, or for each square of a grid.

Only what is known to a place or near it has a circle. What is known to its district is not
drawn at some point of the district; it is counted beside.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from incidents.claim_areas import exact_point
from incidents.grid import Bins, Places, binned, cell_numbers, together
from incidents.view import View

MOST_CIRCLES = 2_000
# A dataset of the whole world must not make the squares within the boundaries wide.
_MOST_FAR = 200
_NEAR_PREC = 2


class Circle(NamedTuple):
    """Incidents at one place, or at the places of one square."""

    longitude: float
    """Degrees east, EPSG:4326, of the place; of several, the mean over their incidents."""
    latitude: float
    """Degrees north."""
    incidents: int
    where_prec: int
    """UCDP: 1 where all are known to the place itself, 2 where some are known only near it."""
    places: int
    """How many places it stands for."""


class Points(NamedTuple):
    """The circles of a view.

    Attributes
    ----------
    circles
        At most `MOST_CIRCLES`, those of most incidents first. An incident whose claims name
        several places counts at each of them, as it does in each of its districts.
    not_drawn
        How many incidents have no exact place.
    is_binned
        Whether a circle may stand for several places.
    """

    circles: tuple[Circle, ...]
    not_drawn: int
    is_binned: bool


def points(view: View) -> Points:
    """Return the circles of what a filter leaves, those outside the boundaries among them."""
    documents, not_drawn = _of_documents(view)
    parts = [documents]
    for columns in view.atlas.datasets:
        counted, nowhere = columns.places(view.filter)
        parts.append(counted)
        not_drawn += nowhere
    places = together(parts)
    is_binned = len(places.cells) > MOST_CIRCLES
    bins = _binned(places, view) if is_binned else [binned(places, MOST_CIRCLES)]
    circles = [
        Circle(longitude, latitude, incidents, _NEAR_PREC if near else 1, held)
        for one in bins
        for longitude, latitude, incidents, near, held in zip(
            *(column.tolist() for column in one), strict=True
        )
    ]
    circles.sort(key=lambda circle: -circle.incidents)
    return Points(tuple(circles), not_drawn, is_binned)


def _binned(places: Places, view: View) -> list[Bins]:
    """Bin what lies around the boundaries apart from what lies far from them."""
    west, south, east, north = view.atlas.boundaries.outline.bounds
    (west_step, east_step), (south_step, north_step), _ = cell_numbers([west, east], [south, north])
    around = (
        (places.longitude >= west_step)
        & (places.longitude <= east_step)
        & (places.latitude >= south_step)
        & (places.latitude <= north_step)
    )
    if around.all():
        return [binned(places, MOST_CIRCLES)]
    most_far = max(_MOST_FAR, MOST_CIRCLES - int(np.count_nonzero(around)))
    far = binned(places.where(~around), most_far)
    return [binned(places.where(around), MOST_CIRCLES - len(far.incidents)), far]


def _of_documents(view: View) -> tuple[Places, int]:
    """Return the places that incidents of documents name, and how many incidents name none."""
    gazetteer = view.atlas.gazetteer
    found = [(c, p) for c in view.claims if (p := exact_point(c, gazetteer)) is not None]
    claims = [claim for claim, _ in found]
    longitude, latitude, cells = cell_numbers(
        [point[0] for _, point in found], [point[1] for _, point in found]
    )
    # How exactly each incident is known at each place: as its most exact claim there says.
    prec: dict[int, dict[str, int]] = {}
    at = {}
    for number, (claim, cell) in enumerate(zip(claims, cells.tolist(), strict=True)):
        known = prec.setdefault(cell, {})
        best = known.get(claim.incident_id, claim.where_prec)
        known[claim.incident_id] = min(best, claim.where_prec)
        at[cell] = number
    order = sorted(prec)
    numbers = np.array([at[cell] for cell in order], np.intp)
    places = Places(
        cells[numbers],
        longitude[numbers],
        latitude[numbers],
        np.array([len(prec[cell]) for cell in order], np.int64),
        np.array([_NEAR_PREC in prec[cell].values() for cell in order], bool),
    )
    left = {claim.incident_id for claim in view.claims}
    return places, len(left - {claim.incident_id for claim in claims})
