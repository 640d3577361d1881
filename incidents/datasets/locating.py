"""The place of each row: its point checked and joined, its names looked up, its precision kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from geo.coordinates import MAX_LATITUDE, MAX_LONGITUDE
from geo.join import district_index
from incidents.datasets.formats import Format
from incidents.datasets.mapping import DEFAULT_WHERE_PREC, FieldName
from incidents.datasets.numerals import UNKNOWN
from incidents.datasets.placing import (
    NO_DISTRICT,
    PROVINCE_WIDE,
    VAGUE,
    is_at_home,
    named_district,
    resolve,
)
from incidents.datasets.schema import (
    HAS_POINT,
    NOT_PLACED,
    OUTSIDE,
    PLACED_BY_NAME,
    PROVINCE_ONLY,
)

if TYPE_CHECKING:
    from incidents.datasets.coding import Rows


def code_places(rows: Rows, made_for: Format, codes: dict[str, NDArray[Any]]) -> pa.Array:
    """Add longitude, latitude, district, where_prec and flags; return the gazetteer's place ids.

    A row known to its province only gets no district, be there a point or not. A row whose
    point lies outside the boundaries is kept as that.
    """
    from incidents.datasets.coding import code_reader  # noqa: PLC0415 (one module builds on the other)

    lon = rows.read_degrees("longitude", made_for)
    lat = rows.read_degrees("latitude", made_for)
    home = _at_home(rows)
    has_point, far_away = _check_points(rows, lon, lat, home)
    codes_of = code_reader(made_for.mapping.where_prec, 7, made_for.mapping.reading.numerals)
    given = rows.read("where_prec", codes_of, UNKNOWN, "int8")
    where_prec = np.where(given > 0, given, DEFAULT_WHERE_PREC).astype(np.int8)
    flags = np.where(has_point, HAS_POINT, 0).astype(np.uint8)

    located = np.full(rows.size, NO_DISTRICT, np.int16)
    joined = has_point & ~far_away
    if joined.any():
        located[joined] = district_index().locate(lon[joined], lat[joined])
    _doubt_districts(rows, located, has_point & home & (where_prec < PROVINCE_WIDE))
    district = located.copy()
    place_ids: list[str | None] | None = None
    by_name = np.flatnonzero(~has_point & ~rows.bad & (where_prec < PROVINCE_WIDE))
    if by_name.size:
        place_ids = _place_by_name(rows, by_name, given, home, where_prec, district, flags)
    province_wide = where_prec >= PROVINCE_WIDE
    district[province_wide] = NO_DISTRICT
    flags |= np.where(province_wide, PROVINCE_ONLY, 0).astype(np.uint8)
    outside = ~province_wide & (district == NO_DISTRICT) & has_point
    flags |= np.where(outside, OUTSIDE, 0).astype(np.uint8)
    codes |= {
        "longitude": lon,
        "latitude": lat,
        "district": district,
        "where_prec": where_prec,
        "flags": flags,
    }
    return (
        pa.nulls(rows.size, pa.string()) if place_ids is None else pa.array(place_ids, pa.string())
    )


def _at_home(rows: Rows) -> NDArray[np.bool_]:
    if not rows.has("country"):
        return np.ones(rows.size, bool)
    texts, code = rows.distinct(rows.name("country"))
    found: NDArray[np.bool_] = np.array([is_at_home(text) for text in texts], bool)[code]
    return found


def _check_points(
    rows: Rows, lon: NDArray[np.float64], lat: NDArray[np.float64], home: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Refuse points that are none; return which rows have one, and which lie abroad for sure."""
    no_lon, no_lat = np.isnan(lon), np.isnan(lat)
    names = {"longitude": rows.name("longitude"), "latitude": rows.name("latitude")}
    for row in np.flatnonzero((no_lon != no_lat) & ~rows.bad).tolist():
        lacking, there = ("longitude", "latitude") if no_lon[row] else ("latitude", "longitude")
        rows.refuse(
            row, names[lacking] or lacking, "",
            f"there is no {lacking} beside the {there}; give both, or neither and a place name",
        )  # fmt: skip
    with np.errstate(invalid="ignore"):
        north = np.abs(lat) > MAX_LATITUDE
        east = np.abs(lon) > MAX_LONGITUDE
        may_be_swapped = north & (np.abs(lat) <= MAX_LONGITUDE) & (np.abs(lon) <= MAX_LATITUDE)
    for row in np.flatnonzero(north).tolist():
        hint = (
            f"; it may be exchanged with the longitude {lon[row]:g}"
            if may_be_swapped[row]
            else "; correct it"
        )
        reason = f"latitude {lat[row]:g} is not between -90 and 90{hint}"
        rows.refuse(row, names["latitude"], rows.cell("latitude", row), reason)
    for row in np.flatnonzero(east).tolist():
        reason = f"longitude {lon[row]:g} is not between -180 and 180; correct it"
        rows.refuse(row, names["longitude"], rows.cell("longitude", row), reason)
    for row in np.flatnonzero((lon == 0) & (lat == 0)).tolist():
        rows.refuse(
            row, names["latitude"], "0, 0",
            "latitude and longitude are both 0, a point in the sea that stands for none; "
            "leave both empty and give a place name",
        )  # fmt: skip
    usable = ~(no_lon | no_lat | north | east)
    swapped = np.zeros(rows.size, bool)
    if usable.any():
        swapped[usable] = district_index().looks_swapped(lon[usable], lat[usable])
    for row in np.flatnonzero(swapped & home).tolist():
        rows.refuse(
            row, names["latitude"], rows.cell("latitude", row),
            f"latitude {lat[row]:g} and longitude {lon[row]:g} look exchanged; "
            f"try latitude {lon[row]:g}, longitude {lat[row]:g}",
        )  # fmt: skip
    for row in np.flatnonzero((lon == lat) & ~rows.bad).tolist():
        rows.doubt(
            row, names["latitude"], rows.cell("latitude", row),
            "latitude and longitude are equal; one may have been copied into the other",
        )  # fmt: skip
    # The join refuses what looks exchanged; of another country it is a point abroad.
    return usable & ~rows.bad, swapped


def _doubt_districts(rows: Rows, located: NDArray[np.int16], asked: NDArray[np.bool_]) -> None:
    """Note points that lie outside the district which their row names."""
    if not rows.has("district"):
        return
    texts, code = rows.distinct(rows.name("district"))
    named = np.array([named_district(text) for text in texts], np.int16)[code]
    areas = district_index().boundaries.areas
    for row in np.flatnonzero(asked & (named != NO_DISTRICT) & (named != located)).tolist():
        lies = areas[located[row]].name if located[row] >= 0 else "none of the districts"
        rows.doubt(
            row, rows.name("district"), rows.cell("district", row),
            f"the point lies in {lies}; the row is counted where its point lies",
        )  # fmt: skip


def _place_by_name(
    rows: Rows,
    where: NDArray[np.int64],
    given: NDArray[np.int8],
    home: NDArray[np.bool_],
    where_prec: NDArray[np.int8],
    district: NDArray[np.int16],
    flags: NDArray[np.uint8],
) -> list[str | None]:
    """Place rows that have names alone; write what they mean, return the gazetteer's ids."""
    fields: tuple[FieldName, ...] = ("place", "district", "province")
    texts = [_cells_of(rows, field, where) for field in fields]
    place_ids: list[str | None] = [None] * rows.size
    for row, *names in zip(where.tolist(), *texts, strict=True):
        stated = max(int(given[row]), 1)
        if not home[row] or not any(names):
            flags[row] |= NOT_PLACED
            where_prec[row] = max(stated, VAGUE)
            continue
        found = resolve(*names)
        district[row] = found.district
        where_prec[row] = max(stated, found.where_prec)
        place_ids[row] = found.place_id or None
        flags[row] |= PLACED_BY_NAME if found.place_id else NOT_PLACED
        if found.doubt:
            column = rows.name("place") or rows.name("district")
            rows.doubt(row, column, next(filter(None, names)), found.doubt)
    return place_ids


def _cells_of(rows: Rows, field: FieldName, where: NDArray[np.int64]) -> list[str]:
    column = rows.column(field)
    if column is None:
        return [""] * len(where)
    return [text.strip() for text in column.take(where).to_pylist()]
