"""Which area of a level each row of a dataset lies in: the flat twin of `claim_areas`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gazetteer.resolve import Gazetteer
from geo.boundaries import Area, Boundaries, load_districts, load_tehsils
from incidents.claim_areas import ClaimArea, index_of, standing_of
from incidents.datasets.dataset import Dataset
from incidents.datasets.library import DatasetError
from incidents.datasets.placing import PROVINCE_WIDE
from incidents.datasets.schema import HAS_POINT, PLACED_BY_NAME
from incidents.model import Claim

BESIDE = ("not_placed", "outside", "wider")
"""What follows the areas: known to the province only, outside, known only to something wider."""
_NUMBER: Mapping[str, int] = {"province": 0, "outside": 1, "wider": 2}


class RowAreas(NamedTuple):
    """Where rows lie.

    Attributes
    ----------
    codes
        The areas' codes.
    numbers
        For each row the position of its area in `codes`, then those of `BESIDE`.
    among
        For each of Balochistan's districts, by its code, the areas that a row known only to it
        may lie in.
    """

    codes: tuple[str, ...]
    numbers: NDArray[np.int16]
    among: Mapping[str, tuple[str, ...]]


def row_areas(dataset: Dataset, boundaries: Boundaries[Area], gazetteer: Gazetteer) -> RowAreas:
    """Return where the rows of a dataset lie on some areas, as their claims would.

    Parameters
    ----------
    dataset
        Its rows were joined onto Balochistan's districts when they were imported.
    boundaries
        Balochistan's districts or tehsils, or a user's areas.
    gazetteer
        Of the places that rows without a point were placed by.

    Raises
    ------
    DatasetError
        If the dataset was imported over other districts.
    """
    codes = tuple(area.pcode for area in boundaries.areas)
    if dataset.pcodes and dataset.pcodes != tuple(load_districts().by_pcode):
        # The stored codes are positions among the districts of the day of the import.
        raise DatasetError(
            f"{dataset.dataset_id} was joined onto other districts than these "
            f"({load_districts().vintage}); import its files again"
        )
    numbers = _on_districts(dataset)
    if boundaries is load_districts():
        return RowAreas(codes, numbers, {})
    where = standing_of(boundaries, gazetteer)
    position = {code: number for number, code in enumerate(codes)}

    def number(area: ClaimArea) -> int:
        return len(codes) + _NUMBER[area.standing] if area.code is None else position[area.code]

    district = dataset.codes["district"]
    vague = dataset.codes["where_prec"] >= PROVINCE_WIDE
    found = np.empty(dataset.size, np.int16)
    among = {}
    # What is known of a row without a point is its district, or less.
    for code in np.unique(district).tolist():
        for is_vague in (False, True):
            rows = (district == code) & (vague == is_vague)
            area = where(_claim(dataset, code, 4 if is_vague else 3))
            found[rows] = number(area)
            if area.among:
                among[dataset.pcodes[code]] = area.among
    _by_name(dataset, where, number, found)
    _by_point(dataset, boundaries, found)
    return RowAreas(codes, found, among)


def _claim(dataset: Dataset, district: int, where_prec: int, place_id: str | None = None) -> Claim:
    # Only what says where a claim lies: no claim is made of it.
    return Claim.model_construct(  # type: ignore[call-arg]
        adm2_pcode=dataset.pcodes[district] if district >= 0 else None,
        where_prec=where_prec,
        place_id=place_id,
    )


def _by_name(dataset: Dataset, where: Any, number: Any, found: NDArray[np.int16]) -> None:  # noqa: ANN401
    """Place the rows that the gazetteer placed."""
    rows = np.flatnonzero(dataset.codes["flags"] & PLACED_BY_NAME)
    if not rows.size:
        return
    places = dataset.texts_of("place_id", rows)
    known: dict[tuple[str, int, int], int] = {}
    for row, place in zip(rows.tolist(), places, strict=True):
        key = (place, int(dataset.codes["district"][row]), int(dataset.codes["where_prec"][row]))
        if key not in known:
            known[key] = number(where(_claim(dataset, key[1], key[2], place)))
        found[row] = known[key]


def _by_point(dataset: Dataset, boundaries: Boundaries[Area], found: NDArray[np.int16]) -> None:
    """Place the rows with a point that stands for the event."""
    codes = dataset.codes
    rows = np.flatnonzero((codes["flags"] & HAS_POINT).astype(bool) & (codes["where_prec"] <= 2))
    longitude, latitude = codes["longitude"][rows], codes["latitude"][rows]
    index = index_of(boundaries)
    # Far away a true point may look exchanged; it is only outside.
    there = ~index.looks_swapped(longitude, latitude)
    located = np.full(len(rows), -1, np.int16)
    located[there] = index.locate(longitude[there], latitude[there])
    if boundaries is load_tehsils():
        # Near a border a point may fall into a tehsil of the next district, and says nothing.
        of_district = [load_districts().positions[t.adm2_pcode] for t in load_tehsils().areas]
        agrees = (located >= 0) & (np.array(of_district)[located] == codes["district"][rows])
        found[rows[agrees]] = located[agrees]
        return
    outside = len(boundaries.areas) + _NUMBER["outside"]
    found[rows] = np.where(located >= 0, located, outside)


def _on_districts(dataset: Dataset) -> NDArray[np.int16]:
    area: NDArray[np.int16] = dataset.codes["district"].astype(np.int16)
    rows = np.flatnonzero(area < 0)
    vague = dataset.codes["where_prec"].take(rows) >= PROVINCE_WIDE
    area[rows] = len(dataset.pcodes) + np.where(vague, _NUMBER["province"], _NUMBER["outside"])
    return area
