"""The distinct places of a dataset's rows: worked out once, so that a filter only counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from incidents.datasets.schema import HAS_POINT
from incidents.grid import Places, cell_numbers

NEAR_PREC = 2
"""UCDP's where_prec up to which a point stands for the event: 1 the place itself, 2 near it."""


@dataclass(frozen=True)
class RowPlaces:
    """Where rows with a point that stands for the event lie.

    Attributes
    ----------
    longitude, latitude
        Of each distinct place, in steps of `grid.STEP` degrees, in the order of `grid`'s cells.
    cells
        The number of the smallest cell of each place.
    numbers
        For each row twice its place's position, and one more where it is known only to lie near
        it; the row of no such point has twice the number of places.
    """

    longitude: NDArray[np.int32]
    latitude: NDArray[np.int32]
    cells: NDArray[np.int64]
    numbers: NDArray[np.int32]

    def counted(self, mask: NDArray[np.bool_]) -> tuple[Places, int]:
        """Return the places of some rows with their counts, and how many rows have none.

        Parameters
        ----------
        mask
            Which rows to count.
        """
        left = self.numbers if mask.all() else self.numbers[np.flatnonzero(mask)]
        nowhere = 2 * len(self.cells)
        counts = np.bincount(left, minlength=nowhere + 1)
        of_place = counts[:nowhere].reshape(-1, 2)
        rows = of_place[:, 0] + of_place[:, 1]
        met = np.flatnonzero(rows)
        places = Places(
            self.cells[met],
            self.longitude[met],
            self.latitude[met],
            rows[met],
            of_place[met, 1] > 0,
        )
        return places, int(counts[nowhere])


def row_places(codes: Mapping[str, NDArray[Any]]) -> RowPlaces:
    """Return where rows lie, from a dataset's columns of codes."""
    exact = (codes["flags"] & HAS_POINT).astype(bool) & (codes["where_prec"] <= NEAR_PREC)
    rows = np.flatnonzero(exact)
    longitude, latitude, cells = cell_numbers(codes["longitude"][rows], codes["latitude"][rows])
    distinct, first, number = np.unique(cells, return_index=True, return_inverse=True)
    numbers = np.full(len(exact), 2 * len(distinct), np.int32)
    numbers[rows] = 2 * number + (codes["where_prec"][rows] == NEAR_PREC)
    return RowPlaces(longitude[first], latitude[first], distinct, numbers)
