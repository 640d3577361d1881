"""Longitude and latitude: the one module that swaps them and that checks arrays of them.

Everywhere else a point is longitude first (x, y), degrees, EPSG:4326.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

T = TypeVar("T")

MAX_LONGITUDE = 180.0
MAX_LATITUDE = 90.0
EXPECTED = "longitude from -180 to 180 and latitude from -90 to 90, in degrees (EPSG:4326)"


@dataclass(eq=False)
class CoordinateError(ValueError):
    """A point that cannot be placed; says which row, what came and what was expected.

    Attributes
    ----------
    row
        Position in the arrays, counted from 0.
    longitude, latitude
        The values as they came.
    problem
        What is wrong with them, in words.
    expected
        What was expected instead.
    remedy
        What to do about it.
    """

    row: int
    longitude: object
    latitude: object
    problem: str
    expected: str = EXPECTED
    remedy: str = "Correct the row, or leave its coordinates empty and give a place name."

    def __str__(self) -> str:
        """Return the sentence for a person to read."""
        return (
            f"row {self.row} (counted from 0): longitude {self.longitude}, latitude "
            f"{self.latitude}: {self.problem}. Expected {self.expected}. {self.remedy}"
        )

    def __reduce__(self) -> tuple[object, ...]:
        """Let the error cross from one process to another."""
        fields = (self.row, self.longitude, self.latitude)
        return type(self), (*fields, self.problem, self.expected, self.remedy)


def as_lat_lon(longitude: T, latitude: T) -> tuple[T, T]:
    """Return latitude, longitude: the order that geopy and Leaflet want.

    Examples
    --------
    >>> as_lat_lon(67.0, 30.2)
    (30.2, 67.0)
    """
    return latitude, longitude


def as_lon_lat(latitude: T, longitude: T) -> tuple[T, T]:
    """Return longitude, latitude: the order of geometry and of GeoJSON.

    Examples
    --------
    >>> as_lon_lat(30.2, 67.0)
    (67.0, 30.2)
    """
    return longitude, latitude


def check_points(
    longitude: ArrayLike, latitude: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return both coordinates as flat float arrays, or refuse the first row that is no point.

    Parameters
    ----------
    longitude, latitude
        Degrees (EPSG:4326), one value a row, equally long. A single pair of numbers is one row.

    Returns
    -------
    longitude, latitude
        Arrays of shape (n,), float64; the same memory where that already fits.

    Raises
    ------
    CoordinateError
        If a row is empty, NaN, infinite, out of range or looks swapped.
    ValueError
        If the two are not equally long, or not flat.

    Examples
    --------
    >>> check_points([67.0, 62.3], [30.2, 25.1])
    (array([67. , 62.3]), array([30.2, 25.1]))
    >>> check_points(30.0, 112.9)
    Traceback (most recent call last):
    ...
    geo.coordinates.CoordinateError: row 0 (counted from 0): longitude 30.0, latitude 112.9:
    latitude out of range; it looks swapped. Expected longitude from -180 to 180 and latitude
    from -90 to 90, in degrees (EPSG:4326). Try longitude 112.9, latitude 30.0.
    """
    lon, lat = as_arrays(longitude, latitude)
    if not within_range(lon, lat):
        raise next(find_faults(lon, lat))
    return lon.astype(np.float64, copy=False), lat.astype(np.float64, copy=False)


def as_arrays(longitude: ArrayLike, latitude: ArrayLike) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return both coordinates as flat arrays of numbers of one length, values unchecked.

    Arrays of numbers come back as they are, of whatever precision, so that ten million rows
    are not copied; everything else becomes float64, with NaN for what is empty or masked.

    Raises
    ------
    CoordinateError
        If a value is no number.
    ValueError
        If the two are not equally long, or not flat.

    Examples
    --------
    >>> as_arrays([67.0, None], [30.2, 25.1])
    (array([67., nan]), array([30.2, 25.1]))
    """
    try:
        lon, lat = _numbers(longitude), _numbers(latitude)
    except (TypeError, ValueError) as error:
        raise _first_non_number(longitude, latitude) from error
    if lon.ndim != 1 or lon.shape != lat.shape:
        message = (
            f"longitude has shape {lon.shape} and latitude {lat.shape}; expected two flat arrays "
            "of one length. Pass one value a row in each."
        )
        raise ValueError(message)
    return lon, lat


def within_range(longitude: NDArray[Any], latitude: NDArray[Any]) -> bool:
    """Return whether every point is finite and in range; quick, for flat arrays.

    Examples
    --------
    >>> within_range(np.array([67.0, np.nan]), np.array([30.2, 30.2]))
    False
    """
    if not longitude.size:
        return True
    # A NaN survives min and max, and fails every comparison.
    return bool(
        longitude.min() >= -MAX_LONGITUDE
        and longitude.max() <= MAX_LONGITUDE
        and latitude.min() >= -MAX_LATITUDE
        and latitude.max() <= MAX_LATITUDE
    )


def find_faults(longitude: ArrayLike, latitude: ArrayLike) -> Iterator[CoordinateError]:
    """Yield one error, not raised, for each row that is no point, in the order of the rows.

    For an import that refuses single rows and goes on.

    Examples
    --------
    >>> [fault.row for fault in find_faults([67.0, None, 200.0], [30.2, 30.2, 10.0])]
    [1, 2]
    """
    lon, lat = as_arrays(longitude, latitude)
    # `~(x <= y)` and not `x > y`, so that NaN counts as a fault.
    faulty = ~((np.abs(lon) <= MAX_LONGITUDE) & (np.abs(lat) <= MAX_LATITUDE))
    for row in np.flatnonzero(faulty):
        yield _fault(int(row), float(lon[row]), float(lat[row]))


def swapped(row: int, longitude: float, latitude: float, problem: str) -> CoordinateError:
    """Return the error for a point whose two values look exchanged; it proposes the other order.

    Examples
    --------
    >>> print(swapped(4, 30.2, 67.0, "it looks swapped").remedy)
    Try longitude 67.0, latitude 30.2.
    """
    other_longitude, other_latitude = as_lat_lon(longitude, latitude)
    remedy = f"Try longitude {other_longitude}, latitude {other_latitude}."
    return CoordinateError(row, longitude, latitude, problem, remedy=remedy)


def _fault(row: int, lon: float, lat: float) -> CoordinateError:
    if np.isnan(lon) or np.isnan(lat):
        return CoordinateError(row, lon, lat, f"{_which(np.isnan, lon, lat)} missing (NaN)")
    if np.isinf(lon) or np.isinf(lat):
        return CoordinateError(row, lon, lat, f"{_which(np.isinf, lon, lat)} infinite")
    if abs(lat) > MAX_LATITUDE and abs(lon) <= MAX_LATITUDE and abs(lat) <= MAX_LONGITUDE:
        return swapped(row, lon, lat, "latitude out of range; it looks swapped")
    name = "longitude" if abs(lon) > MAX_LONGITUDE else "latitude"
    return CoordinateError(row, lon, lat, f"{name} out of range")


def _which(test: np.ufunc, lon: float, lat: float) -> str:
    names = [name for name, value in (("longitude", lon), ("latitude", lat)) if test(value)]
    return f"{' and '.join(names)} {'is' if len(names) == 1 else 'are'}"


def _numbers(values: ArrayLike) -> NDArray[Any]:
    # A masked array keeps some number under its mask; it must not come out as a place.
    if isinstance(values, np.ma.MaskedArray):
        values = np.ma.filled(values.astype(np.float64), np.nan)
    array = np.asarray(values)
    if array.dtype.kind not in "fiu":
        array = array.astype(np.float64)
    return array.reshape(1) if array.ndim == 0 else array


def _first_non_number(longitude: ArrayLike, latitude: ArrayLike) -> ValueError:
    columns = [np.atleast_1d(np.asarray(side, dtype=object)) for side in (longitude, latitude)]
    for row, (lon, lat) in enumerate(zip(*columns, strict=False)):
        for name, value in (("longitude", lon), ("latitude", lat)):
            try:
                float(np.nan if value is None else value)
            except (TypeError, ValueError):
                return CoordinateError(row, lon, lat, f"{name} is no number")
    return ValueError("Longitude and latitude are no arrays of numbers; pass one number a row.")
