"""Hatches as lines and rings that end where their area ends.

Not SVG patterns: a browser that prints turns each shape filled with a pattern into a
picture of dots, and drawing programs read patterns each in its own way.
"""

from __future__ import annotations

import math

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from dashboard.map_layer.svg import Svg, number, svg

# The ground and the mark of each of the four blanks; told apart by shape, not colour alone.
GROUNDS = {
    "zero": "#e3ecf5",
    "no_report": "#e4e7eb",
    "without_figure": "#f9ead9",
    "province_only": "#f3f2f7",
}
_INKS = {"zero": "#3f6a96", "without_figure": "#b98550", "province_only": "#b1aecb"}
# Rising to the right and falling to the right, in the picture's units.
_RISING, _FALLING = -1, 1
_LINES = {"without_figure": (_RISING, 6.0, 1.3), "province_only": (_FALLING, 6.0, 0.9)}
_RING_STEP, _RING_RADIUS = 8.0, 1.6


def hatch(key: str, area: BaseGeometry) -> Svg | None:
    """Return the marks of one of the four blanks over an area; None where it has none.

    Examples
    --------
    >>> hatch("no_report", shapely.box(0, 0, 10, 10)) is None
    True
    >>> hatch("zero", shapely.box(0, 0, 9, 9)).attributes["d"]
    'M2.4,4a1.6,1.6 0 1 0 3.2,0a1.6,1.6 0 1 0 -3.2,0'
    """
    if key not in _INKS or area.is_empty:
        return None
    if key in _LINES:
        slope, step, width = _LINES[key]
        path = _lines(area, slope, step)
    else:
        path, width = _rings(area), 0.9
    return svg(
        "path",
        d=path,
        fill="none",
        stroke=_INKS[key],
        stroke_width=number(width),
        pointer_events="none",
    )


def _lines(area: BaseGeometry, slope: int, step: float) -> str:
    """Draw parallels at 45 degrees; all areas share them, so neighbours' hatches meet."""
    left, top, right, bottom = area.bounds
    apart = step * math.sqrt(2)
    ends = sorted(y - slope * x for x in (left, right) for y in (top, bottom))
    offsets = np.arange(math.floor(ends[0] / apart), math.ceil(ends[-1] / apart) + 1) * apart
    lines = shapely.linestrings(
        [[(left, slope * left + at), (right, slope * right + at)] for at in offsets]
    )
    shapely.prepare(area)
    cut = shapely.get_parts(shapely.intersection(lines, area))
    ends_of = (shapely.get_coordinates(one) for one in cut if one.geom_type == "LineString")
    return "".join(
        f"M{number(xy[0][0])},{number(xy[0][1])}L{number(xy[-1][0])},{number(xy[-1][1])}"
        for xy in ends_of
        if len(xy)
    )


def _rings(area: BaseGeometry) -> str:
    left, top, right, bottom = area.bounds
    step, radius = _RING_STEP, _RING_RADIUS
    columns = np.arange(math.floor(left / step), math.ceil(right / step)) * step + step / 2
    rows = np.arange(math.floor(top / step), math.ceil(bottom / step)) * step + step / 2
    x, y = (a.ravel() for a in np.meshgrid(columns, rows))
    inside = shapely.contains_xy(area.buffer(-radius), x, y)
    r = number(radius)
    turn, back = f"a{r},{r} 0 1 0 {number(2 * radius)},0", f"a{r},{r} 0 1 0 {number(-2 * radius)},0"
    return "".join(
        f"M{number(a - radius)},{number(b)}{turn}{back}"
        for a, b in zip(x[inside], y[inside], strict=True)
    )
