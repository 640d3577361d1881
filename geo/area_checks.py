"""From a file's features to areas that can be joined and drawn: codes, shapes, coverage.

What would place a report wrongly is refused; what is only untidy (slivers, gaps) is reported
with its area, for no boundaries of this world are without any.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from geo.boundaries import OwnArea, load_districts
from geo.boundary_file import BoundaryFileError, RawArea, fields_of, shown
from geo.coordinates import MAX_LATITUDE, MAX_LONGITUDE
from geo.coverage import check_coverage
from geo.measures import area_km2
from geo.raster import MAX_AREAS
from geo.simplify import count_vertices, simplify_together

MAX_VERTICES = 200_000
MAX_CODE, MAX_NAME = 40, 120
# Beyond a whole turn nothing is a degree.
_NO_DEGREES = 360.0
# A square metre: what is smaller comes from rounding.
_LEAST_KM2 = 1e-6
_LISTED = 20
_METRES_PER_DEGREE = 111_000


@dataclass(frozen=True)
class AreasRead:
    """The areas of a file, in the order of their codes, and what was said about them.

    Attributes
    ----------
    areas
        What is kept.
    notes
        What was changed on the copy that is kept: repaired, simplified, named by its code.
    faults
        Overlaps and gaps with their area, one a line, the largest first.
    overlap_km2, gap_km2
        Their sums.
    """

    areas: tuple[OwnArea, ...]
    notes: tuple[str, ...]
    faults: tuple[str, ...]
    overlap_km2: float
    gap_km2: float


def checked_areas(
    file_name: str,
    raw: Sequence[RawArea],
    code_field: str,
    name_field: str,
    *,
    repair: bool = False,
    axes_are_right: bool = False,
) -> AreasRead:
    """Return a file's features as areas, checked.

    Parameters
    ----------
    file_name
        For messages.
    raw
        The features, longitude and latitude in degrees (EPSG:4326).
    code_field, name_field
        The properties with each area's code and name.
    repair
        Whether shapes that cross themselves may be mended.
    axes_are_right
        Whether the user says that longitude stands before latitude, though it looks otherwise.

    Raises
    ------
    BoundaryFileError
        If coordinates are no degrees or look exchanged, a field or code is missing, a code
        stands twice, or a shape crosses itself and is not to be repaired.
    """
    notes: list[str] = []
    _check_ranges(file_name, raw, name_field, axes_are_right=axes_are_right)
    codes = _codes(file_name, raw, code_field)
    names = _names(file_name, raw, name_field, codes, notes)
    shapes = [_sound(file_name, one, name_field, notes, repair=repair) for one in raw]
    shapes = _few_corners(shapes, notes)
    order = sorted(range(len(raw)), key=lambda i: codes[i])
    areas = tuple(
        OwnArea(codes[i], names[i], round(area_km2(shapes[i]), 3), shapes[i]) for i in order
    )
    return _with_faults(AreasRead(areas, tuple(notes), (), 0.0, 0.0))


def _check_ranges(
    file_name: str, raw: Sequence[RawArea], name_field: str, *, axes_are_right: bool
) -> None:
    bounds = shapely.bounds(np.array([one.geometry for one in raw], dtype=object))
    west, south = bounds[:, :2].min(axis=0).tolist()
    east, north = bounds[:, 2:].max(axis=0).tolist()
    reach = f"coordinates from {west:g}, {south:g} to {east:g}, {north:g}"
    expected = "longitude from -180 to 180 and latitude from -90 to 90, in degrees (EPSG:4326)"
    if max(map(abs, (west, south, east, north))) > _NO_DEGREES:
        raise BoundaryFileError(
            file_name,
            f"{reach}, which look like metres of a reference system that is not named",
            expected,
            "Reproject it to EPSG:4326.",
        )
    inside = (
        west >= -MAX_LONGITUDE
        and east <= MAX_LONGITUDE
        and south >= -MAX_LATITUDE
        and north <= MAX_LATITUDE
    )
    exchanged = (
        south >= -MAX_LONGITUDE
        and north <= MAX_LONGITUDE
        and west >= -MAX_LATITUDE
        and east <= MAX_LATITUDE
    )
    if inside and (axes_are_right or not _mirrors_home(west, south, east, north)):
        return
    if inside or exchanged:
        allow = " If they are right, add --axes-are-right." if inside else ""
        raise BoundaryFileError(
            file_name,
            f"{reach}, which look swapped: latitude before longitude",
            "longitude first, then latitude",
            f"Export it with the axes exchanged.{allow}",
        )
    worst = int(np.argmax(np.abs(bounds).max(axis=1)))
    raise BoundaryFileError(
        f"{file_name}, {raw[worst].where(name_field)}",
        f"{reach}, out of range",
        expected,
        "Reproject it to EPSG:4326.",
    )


def _mirrors_home(west: float, south: float, east: float, north: float) -> bool:
    """Return whether a box lies in Balochistan's only once its axes are exchanged."""
    home_west, home_south, home_east, home_north = load_districts().bbox
    meets = east >= home_west and west <= home_east and north >= home_south and south <= home_north
    mirrored = (
        north >= home_west and south <= home_east and east >= home_south and west <= home_north
    )
    return mirrored and not meets


def _field(file_name: str, raw: Sequence[RawArea], option: str, field: str) -> None:
    known = fields_of(raw)
    if field not in known:
        raise BoundaryFileError(
            file_name,
            f"no field {shown(field)!r}",
            f"for {option} one of its fields: {', '.join(map(shown, known)) or 'it has none'}",
            f"Name one of them with {option}.",
        )


def _codes(file_name: str, raw: Sequence[RawArea], field: str) -> list[str]:
    _field(file_name, raw, "--code", field)
    if len(raw) > MAX_AREAS:
        raise BoundaryFileError(
            file_name, f"{len(raw):,} areas", f"at most {MAX_AREAS:,}", "Split them by region."
        )
    codes = [_text(one.properties.get(field)) for one in raw]
    missing = [one.where() for one, code in zip(raw, codes, strict=True) if not code]
    if missing:
        raise BoundaryFileError(
            file_name,
            f"no code in {_listed(missing)} (field {shown(field)!r})",
            "a code for every area",
            "Fill them in, or name another field with --code.",
        )
    for one, code in zip(raw, codes, strict=True):
        if len(code) > MAX_CODE or not code.isprintable():
            raise BoundaryFileError(
                f"{file_name}, {one.where()}",
                f"the code {shown(code)!r}",
                f"at most {MAX_CODE} printable characters",
                "Shorten it, or name another field with --code.",
            )
    at: defaultdict[str, list[str]] = defaultdict(list)
    for one, code in zip(raw, codes, strict=True):
        at[code].append(one.where())
    twice = [f"{shown(code)!r} in {_listed(where)}" for code, where in at.items() if len(where) > 1]
    if twice:
        raise BoundaryFileError(
            file_name,
            f"the same code more than once: {'; '.join(twice[:_LISTED])}",
            "one feature an area",
            "Dissolve the parts of an area into one MultiPolygon, or name another field with --code.",
        )
    return codes


def _names(
    file_name: str, raw: Sequence[RawArea], field: str, codes: Sequence[str], notes: list[str]
) -> list[str]:
    _field(file_name, raw, "--name", field)
    names = []
    nameless = []
    for one, code in zip(raw, codes, strict=True):
        name = _text(one.properties.get(field))
        if len(name) > MAX_NAME or not name.isprintable():
            raise BoundaryFileError(
                f"{file_name}, {one.where()}",
                f"the name {shown(name)!r}",
                f"at most {MAX_NAME} printable characters",
                "Shorten it, or name another field with --name.",
            )
        if not name:
            nameless.append(code)
        names.append(name or code)
    if nameless:
        notes.append(f"without a name, called by their code: {_listed(nameless)}")
    return names


def _text(value: object) -> str:
    return str(value).strip() if isinstance(value, str) else ""


def _sound(
    file_name: str, one: RawArea, name_field: str, notes: list[str], *, repair: bool
) -> Polygon | MultiPolygon:
    shape = one.geometry
    if shape.is_valid and not shape.is_empty and shape.area > 0:
        return shape
    where = f"{file_name}, {one.where(name_field)}"
    mended = _mended(shape)
    if mended is None:
        raise BoundaryFileError(
            where, "an area without any ground", "a polygon", "Draw it again, or take it out."
        )
    before, after = area_km2(shape), area_km2(mended)
    changed = (
        f"a repair changes its area from {before:,.3f} to {after:,.3f} km2"
        f" ({after - before:+,.3f} km2)"
    )
    reason = _in_words(shapely.is_valid_reason(shape))
    if not repair:
        raise BoundaryFileError(
            where,
            reason,
            "a polygon that does not cross itself",
            f"With --repair it is mended on a copy: {changed}.",
        )
    notes.append(f"{one.where(name_field)}: {reason}; repaired on a copy: {changed}")
    return mended


def _in_words(reason: str) -> str:
    """Return GEOS's reason, "Self-intersection[66.5 30.5]", as a sentence's part."""
    what, _, at = reason.partition("[")
    return f"{what.strip().lower()} at {at.rstrip(']').replace(' ', ', ')}" if at else what.lower()


def _mended(shape: BaseGeometry) -> Polygon | MultiPolygon | None:
    parts = [
        part
        # A collection's members first, then the parts of each.
        for part in shapely.get_parts(shapely.get_parts(shapely.make_valid(shape)))
        if isinstance(part, Polygon) and part.area > 0
    ]
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else MultiPolygon(parts)


def _few_corners(
    shapes: list[Polygon | MultiPolygon], notes: list[str]
) -> list[Polygon | MultiPolygon]:
    vertices = count_vertices(shapes)
    if vertices <= MAX_VERTICES:
        return shapes
    made = simplify_together(shapes, MAX_VERTICES)
    notes.append(
        f"{vertices:,} corners, more than {MAX_VERTICES:,}: simplified on a copy to "
        f"{made.vertices:,}, common borders kept (tolerance {made.tolerance_degrees:g} degrees, "
        f"about {made.tolerance_degrees * _METRES_PER_DEGREE:,.0f} m)"
    )
    return made.polygons


def _with_faults(read: AreasRead) -> AreasRead:
    report = check_coverage([a.pcode for a in read.areas], [a.geometry for a in read.areas])
    overlaps = [o for o in report.overlaps if o.area_km2 >= _LEAST_KM2]
    gaps = [g for g in report.gaps if g.area_km2 >= _LEAST_KM2]
    named = {area.pcode: f"{area.name} ({area.pcode})" for area in read.areas}
    lines = [
        f"{named[o.first_code]} and {named[o.second_code]} overlap by {o.area_km2:,.3f} km2; "
        f"what lies in both counts in {named[o.first_code]}"
        for o in overlaps[:_LISTED]
    ]
    lines += [f"and {len(overlaps) - _LISTED} smaller overlaps"] * (len(overlaps) > _LISTED)
    for gap in gaps[:_LISTED]:
        at = gap.geometry.representative_point()
        lines.append(
            f"a gap of {gap.area_km2:,.3f} km2 at longitude {at.x:.4f}, latitude {at.y:.4f}; "
            "what lies in it is outside"
        )
    lines += [f"and {len(gaps) - _LISTED} smaller gaps"] * (len(gaps) > _LISTED)
    return replace(
        read,
        faults=tuple(lines),
        overlap_km2=round(sum(o.area_km2 for o in overlaps), 3),
        gap_km2=round(sum(g.area_km2 for g in gaps), 3),
    )


def _listed(items: Sequence[str]) -> str:
    more = f" and {len(items) - 5} more" if len(items) > 5 else ""
    return ", ".join(map(shown, items[:5])) + more
