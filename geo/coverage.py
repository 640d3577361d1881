"""Check that polygons cover a region once: no overlaps, no gaps, every code once.

For our own boundary files and for those a user brings.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from geo.measures import area_km2

SLIT_DEGREES = 0.02
"""How wide ground between two areas is at the most that is a gap though it is open at an end."""
SLIT_LENGTHS = 5
"""How many times longer than that it runs along both of them."""


@dataclass(frozen=True)
class Overlap:
    """Ground that two areas both claim."""

    first_code: str
    second_code: str
    area_km2: float
    geometry: Polygon | MultiPolygon


@dataclass(frozen=True)
class Gap:
    """Ground between areas that none claims: a hole they close in, or a slit between two."""

    area_km2: float
    geometry: Polygon


@dataclass(frozen=True)
class CoverageReport:
    """What is wrong with a set of areas; nothing is, if `is_valid`.

    Attributes
    ----------
    invalid
        Code and reason for each polygon that crosses or touches itself wrongly, or is empty.
    repeated_codes, areas_without_code
        Codes that stand more than once, and how many areas have an empty one.
    overlaps, gaps
        With their geodesic area in square kilometres, the largest first.
    mismatched_edges
        Codes of neighbours whose common border has corners on one side only, so that
        slivers may open.
    """

    invalid: tuple[tuple[str, str], ...]
    repeated_codes: tuple[str, ...]
    areas_without_code: int
    overlaps: tuple[Overlap, ...]
    gaps: tuple[Gap, ...]
    mismatched_edges: tuple[str, ...]

    @property
    def is_valid(self) -> bool:
        """Whether each place in the region lies in exactly one area with a code of its own."""
        return not (
            self.invalid
            or self.repeated_codes
            or self.areas_without_code
            or self.overlaps
            or self.gaps
            or self.mismatched_edges
        )

    def __str__(self) -> str:
        """Return every fault, one a line."""
        lines = [f"{code}: {reason}" for code, reason in self.invalid]
        lines += [f"{code}: the code stands more than once" for code in self.repeated_codes]
        if self.areas_without_code:
            lines.append(f"{self.areas_without_code} areas without a code")
        lines += [
            f"{o.first_code} and {o.second_code} overlap by {o.area_km2:.3f} km2"
            for o in self.overlaps
        ]
        lines += [f"a gap of {gap.area_km2:.3f} km2 at {_where(gap.geometry)}" for gap in self.gaps]
        if self.mismatched_edges:
            lines.append(f"borders that do not match: {', '.join(self.mismatched_edges)}")
        return "\n".join(lines) if lines else "a valid coverage"


def union_of(polygons: Sequence[Polygon | MultiPolygon]) -> Polygon | MultiPolygon:
    """Return the ground of all polygons together, whether or not they are a coverage.

    Examples
    --------
    >>> from shapely import box
    >>> union_of([box(0, 0, 1, 1), box(0.5, 0, 2, 1)]).area
    2.0
    """
    given = np.asarray(polygons, dtype=object)
    # The quick union takes only areas that meet edge to edge; a user's may overlap.
    if shapely.coverage_is_valid(given):
        united = shapely.coverage_union_all(given)
    else:
        united = shapely.union_all(shapely.make_valid(given))
    if isinstance(united, Polygon | MultiPolygon):
        return united
    return MultiPolygon(_polygons(united))


def check_coverage(
    codes: Sequence[str], polygons: Sequence[Polygon | MultiPolygon]
) -> CoverageReport:
    """Return what keeps the areas from being a coverage.

    Parameters
    ----------
    codes
        One code an area.
    polygons
        One polygon an area, longitude and latitude in degrees (EPSG:4326).

    Returns
    -------
    report
        Its text lists every fault, one a line.

    Raises
    ------
    ValueError
        If there are not as many codes as polygons.

    Examples
    --------
    >>> from shapely import box
    >>> print(check_coverage(["A", "B"], [box(66, 30, 67, 31), box(66.9, 30, 68, 31)]))
    A and B overlap by 1064.239 km2
    borders that do not match: A, B
    """
    pairs = list(zip(codes, polygons, strict=True))
    invalid = tuple((code, fault) for code, one in pairs if (fault := _own_fault(one)))
    counts = Counter(code for code in codes if code)
    # Overlaps and gaps are measured on mended copies, so that one bad ring hides no other fault.
    mended = [one if one.is_valid else shapely.make_valid(one) for _, one in pairs]
    return CoverageReport(
        invalid=invalid,
        repeated_codes=tuple(sorted(code for code, times in counts.items() if times > 1)),
        areas_without_code=sum(not code for code in codes),
        overlaps=_overlaps(codes, mended),
        gaps=_gaps(mended),
        mismatched_edges=() if invalid else _mismatched(codes, mended),
    )


def _own_fault(polygon: BaseGeometry) -> str:
    if polygon.geom_type not in {"Polygon", "MultiPolygon"}:
        return f"a {polygon.geom_type}, expected a polygon"
    if polygon.is_empty:
        return "an empty polygon"
    reason = shapely.is_valid_reason(polygon)
    return "" if reason == "Valid Geometry" else str(reason)


def _overlaps(codes: Sequence[str], polygons: Sequence[BaseGeometry]) -> tuple[Overlap, ...]:
    tree = shapely.STRtree(polygons)
    first, second = tree.query(polygons, predicate="intersects")
    found = []
    for a, b in zip(first, second, strict=True):
        if a < b and (shared := _polygons(shapely.intersection(polygons[a], polygons[b]))):
            common = MultiPolygon(shared)
            found.append(Overlap(codes[a], codes[b], area_km2(common), common))
    return tuple(sorted(found, key=lambda overlap: -overlap.area_km2))


def _gaps(polygons: Sequence[BaseGeometry]) -> tuple[Gap, ...]:
    ground = shapely.union_all(polygons)
    found = [Polygon(ring) for part in _polygons(ground) for ring in part.interiors]
    found += _slits(polygons, ground)
    return tuple(sorted((Gap(area_km2(gap), gap) for gap in found), key=lambda g: -g.area_km2))


def _slits(polygons: Sequence[BaseGeometry], ground: BaseGeometry) -> list[Polygon]:
    """Return the narrow ground between two areas that is open to the outside at an end.

    Wider ground between areas, and a bay where two areas meet, is no gap.
    """
    faults = shapely.coverage_invalid_edges(np.asarray(polygons, dtype=object), SLIT_DEGREES)
    near = [polygons[at] for at in np.flatnonzero(~shapely.is_empty(faults)).tolist()]
    if not near:
        return []
    tree = shapely.STRtree(near)
    first, second = tree.query(near, predicate="dwithin", distance=SLIT_DEGREES)
    found = []
    for one, other in zip(first, second, strict=True):
        if one >= other:
            continue
        pair = [near[one], near[other]]
        # Closed and opened again, what is narrower than a slit stays filled.
        wide = shapely.buffer(shapely.union_all(pair), SLIT_DEGREES / 2, join_style="mitre")
        filled = shapely.buffer(wide, -SLIT_DEGREES / 2, join_style="mitre")
        for piece in _polygons(shapely.difference(filled, ground)):
            along = [_length_along(piece, area) for area in pair]
            if min(along) > SLIT_LENGTHS * SLIT_DEGREES:
                found.append(piece)
    return [piece for piece in _polygons(shapely.union_all(found)) if piece.area > 0]


def _length_along(piece: Polygon, area: BaseGeometry) -> float:
    beside = shapely.buffer(area, SLIT_DEGREES / 1000)
    return float(shapely.length(shapely.intersection(piece.exterior, beside)))


def _mismatched(codes: Sequence[str], polygons: Sequence[BaseGeometry]) -> tuple[str, ...]:
    faults = shapely.coverage_invalid_edges(np.asarray(polygons, dtype=object))
    return tuple(code for code, edges in zip(codes, faults, strict=True) if not edges.is_empty)


def _polygons(geometry: BaseGeometry) -> list[Polygon]:
    parts = shapely.get_parts(geometry)
    return [part for part in parts if isinstance(part, Polygon) and part.area > 0]


def _where(polygon: Polygon) -> str:
    point = polygon.representative_point()
    return f"longitude {point.x:.4f}, latitude {point.y:.4f}"
