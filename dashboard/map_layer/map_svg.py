"""The map as SVG: one picture that needs nothing else, for print, a page or a drawing program.

It holds shapes, patterns and text; no script, no style sheet and no address, so whatever
reads SVG shows it alike. Districts keep their true relative size (equal-area projection).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import shapely
from shapely.geometry.base import BaseGeometry

from dashboard.filter_words import filter_words
from dashboard.map_layer.hatching import GROUNDS, hatch
from dashboard.map_layer.map_drawing import label_point, sequential_palette
from dashboard.map_layer.name_placing import FIGURE_SIZE, LINE_HEIGHT, Name, Placed, place_names
from dashboard.map_layer.painting import COUNT_MEASURES, Painting, paint
from dashboard.map_layer.svg import Svg, number, svg, text_width, wrap
from dashboard.wording import count, date_span, title_parts
from geo.boundaries import Area, Boundaries
from geo.coverage import union_of
from geo.projection import EqualArea
from incidents import __version__
from incidents.view import View

WIDTH = 1000.0
SIDE = 28.0
HEAD = 92.0
FOOT = 50.0
# Of the map itself: a narrow region is not drawn to the full width.
TALLEST = 1400.0
FONTS = "'Source Sans Pro', 'Source Sans 3', Arial, Helvetica, 'Noto Sans', sans-serif"

# How wide the hatched band around the province is.
BAND = 7.0

INK, SOFT, PAPER, EDGE = "#1b1f24", "#59636e", "#ffffff", "#8b95a0"
_STEPS_KM = (10, 20, 25, 50, 100, 200)
_LEGEND_TEXT = 12.5


@dataclass(frozen=True)
class Sheet:
    """The boundaries as they lie on the picture, in its units, and its scale."""

    areas: Mapping[str, BaseGeometry]
    outline: BaseGeometry
    middles: Mapping[str, tuple[float, float]]
    units_per_km: float
    height: float
    projection: str


def map_svg(view: View, measure: str, *, prefix: str = "map") -> str:
    """Return the map of a view as an SVG document.

    Parameters
    ----------
    view
        What is shown.
    measure
        What colours the districts, one of `dashboard.map_layer.painting.MEASURES`.
    prefix
        Begins every id in it, so that two maps may stand in one page.

    Returns
    -------
    svg
        Text that begins with ``<svg``; the same view gives the same text.
    """
    painting = paint(view, measure)
    sheet = _sheet(view.atlas.boundaries)
    fills = _fills(painting)
    top_left = _blanks_block(painting, fills, SIDE, HEAD + 6)
    bottom_right = _classes_block(painting, fills, sheet)
    taken = [box for box in (top_left[1], bottom_right[1]) if box]
    names = _names(view, painting, sheet, taken)
    title, description = _title(view, measure), _description(view, painting)
    drawing = svg(
        "svg",
        svg("title", title, id=f"{prefix}-title"),
        svg("desc", description, id=f"{prefix}-desc"),
        svg("rect", width=WIDTH, height=sheet.height, fill=PAPER),
        *_heading(view, title),
        *_province_band(painting, sheet),
        svg("g", *(_district(view, painting, sheet, p, fills) for p in sorted(sheet.areas))),
        *_hatches(painting, sheet),
        *_borders(sheet),
        svg("g", *(part for placed in names for part in _name(placed))),
        *_ground(sheet, taken),
        *top_left[0],
        *bottom_right[0],
        *_foot(view, sheet),
        xmlns="http://www.w3.org/2000/svg",
        viewbox=f"0 0 {number(WIDTH)} {number(sheet.height)}",
        width=WIDTH,
        height=sheet.height,
        role="img",
        aria_labelledby=f"{prefix}-title {prefix}-desc",
        font_family=FONTS,
        fill=INK,
    )
    return f"{drawing}\n"


@lru_cache(maxsize=2)
def _sheet(boundaries: Boundaries[Area]) -> Sheet:
    flat = EqualArea.around(boundaries.outline)
    west, south, east, north = flat.project(boundaries.outline).bounds
    scale = min((WIDTH - 2 * SIDE) / (east - west), TALLEST / (north - south))
    left = (WIDTH - (east - west) * scale) / 2

    def lay(geometry: BaseGeometry) -> BaseGeometry:
        return shapely.transform(
            flat.project(geometry), lambda xy: (xy - [west, north]) * [scale, -scale] + [left, HEAD]
        )

    laid = [lay(area.geometry) for area in boundaries.areas]
    # Simplified as one coverage: borders stay shared, no gap opens between neighbours.
    thinned = shapely.coverage_simplify(laid, 0.35)
    # A user's areas may be no coverage, and be spoilt by it; those stay as they are.
    thinned = [t if t.is_valid and t.area else area for t, area in zip(thinned, laid, strict=True)]
    middles = {
        area.pcode: lay(shapely.Point(label_point(area.geometry)[1::-1])).coords[0]
        for area in boundaries.areas
    }
    return Sheet(
        areas={area.pcode: shape for area, shape in zip(boundaries.areas, thinned, strict=True)},
        outline=union_of(thinned),
        middles=middles,
        units_per_km=scale * 1000,
        height=HEAD + (north - south) * scale + FOOT,
        projection=flat.name,
    )


def _fills(painting: Painting) -> dict[str, str]:
    colours = sequential_palette(painting.class_count)
    return {f"class-{i}": colour for i, colour in enumerate(colours)} | GROUNDS


def _district(
    view: View, painting: Painting, sheet: Sheet, pcode: str, fills: Mapping[str, str]
) -> Svg:
    said = painting.paints[pcode]
    return svg(
        "path",
        # A browser shows it beside the pointer, a screen reader says it.
        svg("title", f"{view.atlas.district_names[pcode]}\n{said.tooltip}"),
        d=_path(sheet.areas[pcode]),
        fill=fills[said.fill],
    )


def _hatches(painting: Painting, sheet: Sheet) -> list[Svg | None]:
    drawn = []
    for key in GROUNDS:
        alike = [sheet.areas[pcode] for pcode, one in painting.paints.items() if one.fill == key]
        drawn.append(hatch(key, union_of(alike)))
    return drawn


def _borders(sheet: Sheet) -> list[Svg]:
    between = "".join(_path(area) for area in sheet.areas.values())
    plain = {"fill": "none", "stroke_linejoin": "round", "pointer_events": "none"}
    return [
        # White sets colours apart, the thin grey shows a border over a hatch too.
        svg("path", d=between, stroke=PAPER, stroke_width=1.8, **plain),
        svg("path", d=between, stroke=EDGE, stroke_width=0.5, **plain),
        svg("path", d=_path(sheet.outline), stroke=SOFT, stroke_width=1.4, **plain),
    ]


def _province_band(painting: Painting, sheet: Sheet) -> list[Svg | None]:
    """Hatch a band around the province where something is said only of the whole of it."""
    if not painting.province_note:
        return []
    band = sheet.outline.buffer(BAND).difference(sheet.outline)
    return [
        svg("path", d=_path(band), fill=GROUNDS["province_only"], fill_rule="evenodd"),
        hatch("province_only", band),
    ]


def _path(shape: BaseGeometry) -> str:
    parts = shape.geoms if hasattr(shape, "geoms") else [shape]
    rings = [ring for part in parts for ring in (part.exterior, *part.interiors)]
    return "".join(
        "M" + "L".join(f"{number(x)},{number(y)}" for x, y in ring.coords[:-1]) + "Z"
        for ring in rings
    )


def _names(
    view: View,
    painting: Painting,
    sheet: Sheet,
    taken: Sequence[tuple[float, float, float, float]],
) -> tuple[Placed, ...]:
    names = [
        Name(
            key=pcode,
            text=view.atlas.district_names[pcode],
            figure=painting.paints[pcode].label,
            area=area,
            middle=sheet.middles[pcode],
            is_strong=view.districts[pcode].is_reported,
        )
        for pcode, area in sheet.areas.items()
    ]
    frame = (4.0, HEAD - 18, WIDTH - 4, sheet.height - FOOT + 12)
    return place_names(tuple(names), sheet.outline, tuple(taken), frame)


def _name(placed: Placed) -> list[Svg]:
    name, size = placed.name, placed.size
    drawn = []
    if placed.leader:
        x, y = placed.leader
        drawn.append(svg("circle", cx=x, cy=y, r=2, fill=INK))
        drawn.append(
            svg("line", x1=x, y1=y, x2=placed.x, y2=placed.y, stroke=INK, stroke_width=0.8)
        )
    baseline = placed.box[1]
    for line in placed.lines:
        baseline += size * LINE_HEIGHT
        drawn += _haloed(line, placed.x, baseline - size * 0.12, size, bold=name.is_strong)
    if name.figure:
        baseline += FIGURE_SIZE * LINE_HEIGHT
        drawn += _haloed(name.figure, placed.x, baseline - 2, FIGURE_SIZE, bold=True)
    return drawn


def _haloed(text: str, x: float, y: float, size: float, *, bold: bool) -> list[Svg]:
    """Set a line twice, first as a pale edge, so that it can be read over any colour."""
    weight = "700" if bold else "400"
    here = {"x": x, "y": y, "font_size": size, "font_weight": weight, "text_anchor": "middle"}
    edge = svg(
        "text",
        text,
        **here,
        fill=PAPER,
        stroke=PAPER,
        stroke_width=2.6,
        stroke_linejoin="round",
        stroke_opacity=0.85,
        aria_hidden="true",
    )
    return [edge, svg("text", text, **here, fill=INK if bold else "#3d454e")]


def _title(view: View, measure: str) -> str:
    what = f"{measure} reported" if measure in COUNT_MEASURES else f"reported {measure}"
    return f"{view.atlas.region_title}: {what}, by {view.atlas.area_word}"


def _description(view: View, painting: Painting) -> str:
    names = view.atlas.district_names
    said = [
        f"{names[pcode]} {one.label or 'without a figure'}"
        for pcode, one in painting.paints.items()
        if view.districts[pcode].is_reported
    ]
    rest = len(names) - len(said)
    listed = "; ".join(said) or f"no {view.atlas.area_word}"
    return f"{listed}. {count(rest, view.atlas.area_word)} without a report. {painting.province_note}".strip()


def _heading(view: View, title: str) -> list[Svg]:
    line = " · ".join((date_span(view), *title_parts(view)))
    filters = "; ".join(f"{name}: {words}" for name, words in filter_words(view))
    drawn = [
        svg("text", title, x=SIDE, y=36, font_size=25, font_weight="700"),
        svg("text", line, x=SIDE, y=57, font_size=14, fill=SOFT),
    ]
    if filters:
        [said] = wrap(f"Only {filters}", 12.5, WIDTH - 2 * SIDE, most=1)
        drawn.append(svg("text", said, x=SIDE, y=76, font_size=12.5, fill=SOFT))
    return drawn


Block = tuple[list[Svg | None], tuple[float, float, float, float] | None]


def _blanks_block(painting: Painting, fills: Mapping[str, str], left: float, top: float) -> Block:
    """Draw the four blanks and the province's note, where the province leaves room."""
    rows: list[tuple[str, str]] = list(painting.legend["blanks"])
    drawn = _key_rows(rows, fills, left, top)
    bottom = top + 20 * len(rows)
    widest = max(text_width(label, _LEGEND_TEXT) for _, label in rows)
    if painting.province_note:
        bottom += 12
        for line in wrap(painting.province_note, _LEGEND_TEXT, 210, most=4):
            drawn.append(
                svg("text", line, x=left, y=bottom + 10, font_size=_LEGEND_TEXT, font_weight="700")
            )
            widest = max(widest, text_width(line, _LEGEND_TEXT, bold=True))
            bottom += 16
    return drawn, (left, top, left + 34 + widest, bottom)


def _ground(sheet: Sheet, boxes: Sequence[tuple[float, float, float, float]]) -> list[Svg]:
    """Draw paper under what stands on the map, where a region leaves its corners no room."""
    return [
        svg("rect", x=x - 5, y=y - 5, width=right - x + 10, height=bottom - y + 10, fill=PAPER,
            fill_opacity=0.85)
        for x, y, right, bottom in boxes
        if sheet.outline.intersects(shapely.box(x, y, right, bottom))
    ]  # fmt: skip


def _classes_block(painting: Painting, fills: Mapping[str, str], sheet: Sheet) -> Block:
    """Draw the classes and the scale, at the bottom right."""
    rows = list(painting.legend["classes"])
    heading = wrap(painting.legend["title"], _LEGEND_TEXT, 190, most=3) if rows else []
    bar, drawn_height = 60.0, 17 * len(heading) + 20 * len(rows)
    left, bottom = WIDTH - SIDE - 200, sheet.height - FOOT - 4
    top = bottom - bar - drawn_height
    drawn = [
        svg("text", line, x=left, y=top + 12 + 17 * i, font_size=_LEGEND_TEXT, font_weight="700")
        for i, line in enumerate(heading)
    ]
    drawn += _key_rows(rows, fills, left, top + 17 * len(heading) + 3)
    length = _round_length(sheet.units_per_km, most=150)
    end = left + length * sheet.units_per_km
    y = bottom - 14
    drawn += [
        svg(
            "path",
            d=f"M{number(left)},{number(y - 6)}V{number(y)}H{number(end)}V{number(y - 6)}",
            fill="none",
            stroke=INK,
            stroke_width=1.3,
        ),
        svg("text", f"{length} km", x=left, y=y + 14, font_size=12),
    ]
    return drawn, (left - 6, top - 4, WIDTH - SIDE, bottom + 4)


def _key_rows(
    rows: Sequence[tuple[str, str]], fills: Mapping[str, str], left: float, top: float
) -> list[Svg | None]:
    drawn: list[Svg | None] = []
    for i, (key, label) in enumerate(rows):
        y = top + 20 * i
        drawn += [
            svg("rect", x=left, y=y, width=26, height=14, fill=fills[key], stroke=EDGE),
            hatch(key, shapely.box(left, y, left + 26, y + 14)),
            svg("text", label, x=left + 34, y=y + 11.5, font_size=_LEGEND_TEXT),
        ]
    return drawn


def _round_length(units_per_km: float, most: float) -> int:
    return max((km for km in _STEPS_KM if km * units_per_km <= most), default=_STEPS_KM[0])


def _foot(view: View, sheet: Sheet) -> list[Svg]:
    boundaries = view.atlas.boundaries
    lines = (
        f"Figures are claims, not facts. {boundaries.attribution} ({boundaries.vintage}).",
        f"Places: GeoNames, CC BY 4.0. Projection: {sheet.projection}. Incident Map {__version__}.",
    )
    return [
        svg("text", line, x=SIDE, y=sheet.height - 24 + 15 * i, font_size=11, fill=SOFT)
        for i, line in enumerate(lines)
    ]
