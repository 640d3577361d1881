"""Places on a grid of squares within squares: few enough to be drawn, however many there are.

A place's number weaves the bits of its longitude and latitude together (a Morton code), so that
places of one square, of whatever size, stand side by side in the order of their numbers. To make
a square twice as wide is to forget two bits.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

STEP = 1e-4
"""Degrees: two points nearer than that, about 11 m, are one place."""
_DECIMALS = 4
_WHOLE_TURN, _HALF_TURN = 1_800_000, 900_000
_BITS = 22


class Places(NamedTuple):
    """Distinct places in the order of their numbers, and how many incidents each stands for.

    Attributes
    ----------
    cells
        The place's number, ascending; none stands twice.
    longitude, latitude
        EPSG:4326, in steps of `STEP` degrees.
    incidents
        How many incidents lie there.
    near
        Whether some of them are known only to lie near it.
    """

    cells: NDArray[np.int64]
    longitude: NDArray[np.int32]
    latitude: NDArray[np.int32]
    incidents: NDArray[np.int64]
    near: NDArray[np.bool_]

    def where(self, chosen: NDArray[Any]) -> Places:
        """Return some of the places, or all in another order: by a mask or by their positions."""
        columns: Iterator[NDArray[Any]] = (column[chosen] for column in self)
        return Places(*columns)


NO_PLACES = Places(
    np.zeros(0, np.int64),
    np.zeros(0, np.int32),
    np.zeros(0, np.int32),
    np.zeros(0, np.int64),
    np.zeros(0, np.bool_),
)


class Bins(NamedTuple):
    """What is drawn as one: a place, or all places of a square.

    Attributes
    ----------
    longitude, latitude
        The mean over its incidents, EPSG:4326 in degrees, to 4 decimals.
    incidents
        How many incidents it stands for.
    near
        Whether some of them are known only to lie near their place.
    places
        How many places it holds.
    """

    longitude: NDArray[np.float64]
    latitude: NDArray[np.float64]
    incidents: NDArray[np.int64]
    near: NDArray[np.bool_]
    places: NDArray[np.int64]


def cell_numbers(
    longitude: ArrayLike, latitude: ArrayLike
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int64]]:
    """Return longitudes and latitudes (EPSG:4326, degrees) in steps, and their smallest cells.

    Examples
    --------
    >>> longitude, latitude, cells = cell_numbers([67.00001, 67.0], [30.19, 30.19])
    >>> longitude.tolist(), bool(cells[0] == cells[1])
    ([670000, 670000], True)
    """
    steps = [
        np.rint(np.asarray(degrees, np.float64) / STEP).astype(np.int32)
        for degrees in (longitude, latitude)
    ]
    east, north = steps[0] + _WHOLE_TURN, steps[1] + _HALF_TURN
    return steps[0], steps[1], _spread(east) << 1 | _spread(north)


def together(parts: Sequence[Places]) -> Places:
    """Return the places of all parts, one that stands in several of them once."""
    parts = [part for part in parts if len(part.cells)]
    if len(parts) == 1:
        return parts[0]
    if not parts:
        none: NDArray[Any] = np.empty(0, np.int64)
        return Places(none, none.astype(np.int32), none.astype(np.int32), none, none.astype(bool))
    columns: Iterator[NDArray[Any]] = (np.concatenate(c) for c in zip(*parts, strict=True))
    whole = Places(*columns)
    # Each part is in order already, which a stable sort makes use of.
    order = np.argsort(whole.cells, kind="stable")
    whole = whole.where(order)
    first = np.flatnonzero(np.diff(whole.cells, prepend=-1))
    if len(first) == len(order):
        return whole
    return Places(
        whole.cells[first],
        whole.longitude[first],
        whole.latitude[first],
        np.add.reduceat(whole.incidents, first),
        np.logical_or.reduceat(whole.near, first),
    )


def binned(places: Places, most: int) -> Bins:
    """Return places as they are, or by the smallest squares that are no more than `most`.

    Parameters
    ----------
    places
        Distinct, in order.
    most
        At least 1.
    """
    split = places.cells[1:] ^ places.cells[:-1]
    # Neighbours in the order lie in one square where only the bits it forgets tell them apart.
    forgotten = 0
    if len(places.cells) > most:
        widths = range(2, 2 * _BITS + 1, 2)
        # The wider the squares, the fewer there are.
        forgotten = widths[
            bisect_left(widths, True, key=lambda b: int(np.count_nonzero(split >= 1 << b)) < most)
        ]
    first = np.flatnonzero(np.concatenate(([True], split >= 1 << forgotten)))
    first = first if len(places.cells) else first[:0]
    if not len(first):
        empty = np.empty(0, np.int64)
        return Bins(empty.astype(float), empty.astype(float), empty, empty.astype(bool), empty)
    incidents = np.add.reduceat(places.incidents, first)

    def mean(column: NDArray[np.int32]) -> NDArray[np.float64]:
        sums = np.add.reduceat(column * places.incidents, first)
        return np.round(np.rint(sums / incidents) * STEP, _DECIMALS)

    return Bins(
        mean(places.longitude),
        mean(places.latitude),
        incidents,
        np.logical_or.reduceat(places.near, first),
        np.diff(first, append=len(places.cells)),
    )


def _spread(values: NDArray[Any]) -> NDArray[np.int64]:
    """Return whole numbers with a 0 between each two of their bits."""
    bits = values.astype(np.int64)
    for shift, mask in (
        (16, 0x0000FFFF0000FFFF),
        (8, 0x00FF00FF00FF00FF),
        (4, 0x0F0F0F0F0F0F0F0F),
        (2, 0x3333333333333333),
        (1, 0x5555555555555555),
    ):
        bits = (bits | bits << shift) & mask
    return bits
