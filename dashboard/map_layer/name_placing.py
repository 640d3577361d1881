"""Where the names stand on a printed map: in their district if they fit, never on each other.

Each name has many places it could take: on one line or two, large or small, in the middle
of its district, aside, or outside with a line that leads to it. The names that are hardest
to place choose first, each the least bad place that is still free.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from dashboard.map_layer.svg import text_width

SIZES = (12.5, 11.5, 10.5, 9.5, 8.5)
LINE_HEIGHT = 1.12
FIGURE_SIZE = 15.0
_MARGIN = 1.5
# What a place costs, against one another: leaving the district, a smaller letter, a
# step from the middle, lying over other districts at the end of a line.
_OUTSIDE, _SMALLER, _STEP, _OVER_OTHERS, _LEADER, _TWO_LINES = 60.0, 4.0, 0.25, 60.0, 45.0, 1.5

# Left, top, right, bottom.
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Name:
    """A name to be placed, with a figure under it, in an area in the picture's units."""

    key: str
    text: str
    figure: str
    area: BaseGeometry
    middle: tuple[float, float]
    """Where a name fits best."""
    is_strong: bool
    """Whether it is set in bold and chooses early."""


@dataclass(frozen=True)
class Placed:
    """A name's place: the middle of its box, its lines, and the point a line leads to."""

    name: Name
    x: float
    y: float
    size: float
    lines: tuple[str, ...]
    box: Box
    leader: tuple[float, float] | None


@dataclass(frozen=True)
class _Look:
    size: float
    lines: tuple[str, ...]
    width: float
    height: float


@lru_cache(maxsize=16)
def place_names(
    names: tuple[Name, ...],
    ground: BaseGeometry,
    taken: tuple[Box, ...],
    frame: Box,
) -> tuple[Placed, ...]:
    """Return places for names; no two overlap, nor does any lie on what is taken.

    A name for which nothing is left in the whole frame stays out.

    Parameters
    ----------
    names
        What to place.
    ground
        All areas together.
    taken
        Boxes (left, top, right, bottom) where no name may stand, such as the legend's.
    frame
        The picture's edges.
    """
    shapely.prepare([ground, *(name.area for name in names)])
    placed: list[Placed] = []
    boxes = list(taken)
    leaders: list[BaseGeometry] = []
    for name in sorted(names, key=_hardest_first):
        found = _best(name, ground, boxes, leaders, frame)
        if found is None:
            continue
        placed.append(found)
        boxes.append(found.box)
        if found.leader:
            leaders.append(shapely.LineString([found.leader, (found.x, found.y)]))
    return tuple(sorted(placed, key=lambda p: p.name.key))


def _hardest_first(name: Name) -> tuple[bool, float, str]:
    look = next(iter(_looks(name)))
    return (not name.is_strong, name.area.area / (look.width * look.height), name.key)


def _looks(name: Name) -> Iterator[_Look]:
    for size in SIZES:
        for lines in dict.fromkeys(((name.text,), _halves(name.text))):
            width = max(text_width(line, size, bold=name.is_strong) for line in lines)
            height = len(lines) * size * LINE_HEIGHT
            if name.figure:
                width = max(width, text_width(name.figure, FIGURE_SIZE, bold=True))
                height += FIGURE_SIZE * LINE_HEIGHT
            yield _Look(size, lines, width + 2 * _MARGIN, height + 2 * _MARGIN)


def _halves(text: str) -> tuple[str, ...]:
    """Break a name at the space nearest to its middle.

    Examples
    --------
    >>> _halves("Killa Abdullah"), _halves("Quetta")
    (('Killa', 'Abdullah'), ('Quetta',))
    """
    spaces = [at for at, character in enumerate(text) if character == " "]
    if not spaces:
        return (text,)
    at = min(spaces, key=lambda at: abs(at - len(text) / 2))
    return text[:at], text[at + 1 :]


def _best(
    name: Name,
    ground: BaseGeometry,
    boxes: Sequence[Box],
    leaders: Sequence[BaseGeometry],
    frame: Box,
) -> Placed | None:
    best: tuple[float, Placed] | None = None
    near, far = _points_inside(name), _points_around(name)
    points = np.vstack([near, far])
    steps = np.hypot(points[:, 0] - name.middle[0], points[:, 1] - name.middle[1])
    leads = np.arange(len(points)) >= len(near)
    lines = shapely.linestrings([[name.middle, (x, y)] for x, y in points])
    hindered = _touches(lines[:, None], [shapely.box(*box) for box in boxes])
    for look in _looks(name):
        x, y = points[:, 0], points[:, 1]
        bounds = np.column_stack(
            [
                x - look.width / 2,
                y - look.height / 2,
                x + look.width / 2,
                y + look.height / 2,
            ]
        )
        free = (bounds[:, :2] >= frame[:2]).all(axis=1) & (bounds[:, 2:] <= frame[2:]).all(axis=1)
        free &= ~_overlap(bounds, boxes)
        free &= ~(leads & hindered)
        if leaders:
            free[free] &= ~_touches(shapely.box(*bounds[free].T)[:, None], leaders)
        if not free.any():
            continue
        own = _share(bounds, name.area, free)
        land = _share(bounds, ground, free & leads)
        cost = (
            np.where(leads, _LEADER + _OVER_OTHERS * land, _OUTSIDE * (1 - own))
            + _STEP * steps
            + _SMALLER * (SIZES[0] - look.size)
            + _TWO_LINES * (len(look.lines) - 1)
        )
        # A name that mostly stands in a neighbour, without a line, would be read as its name.
        cost = np.where(free & (leads | (own > 0.5)), cost, math.inf)
        at = int(np.argmin(cost))
        if cost[at] < (best[0] if best else math.inf):
            best = (
                float(cost[at]),
                Placed(
                    name,
                    float(x[at]),
                    float(y[at]),
                    look.size,
                    look.lines,
                    tuple(map(float, bounds[at])),
                    name.middle if leads[at] else None,
                ),
            )
    return best[1] if best else None


def _overlap(bounds: NDArray[np.float64], boxes: Sequence[Box]) -> NDArray[np.bool_]:
    if not boxes:
        return np.zeros(len(bounds), bool)
    others = np.asarray(boxes)[None, :, :]
    mine = bounds[:, None, :]
    apart = (mine[..., 2:] <= others[..., :2]) | (mine[..., :2] >= others[..., 2:])
    return ~apart.any(axis=2).all(axis=1)


def _share(
    bounds: NDArray[np.float64], area: BaseGeometry, wanted: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return how much of each wanted box lies in an area, told from 15 points of it."""
    left, top, right, bottom = (bounds[wanted, side, None, None] for side in range(4))
    x = left + (right - left) * np.linspace(0, 1, 5)[None, None, :]
    y = top + (bottom - top) * np.linspace(0, 1, 3)[None, :, None]
    shares = np.zeros(len(bounds))
    shares[wanted] = shapely.contains_xy(area, *np.broadcast_arrays(x, y)).mean(axis=(1, 2))
    return shares


def _touches(shapes: NDArray[np.object_], others: Sequence[BaseGeometry]) -> NDArray[np.bool_]:
    if not others:
        return np.zeros(len(shapes), bool)
    return shapely.intersects(shapes, np.asarray(others, dtype=object)[None, :]).any(axis=1)


def _points_inside(name: Name) -> NDArray[np.float64]:
    left, top, right, bottom = name.area.bounds
    step = max(4.0, math.sqrt(name.area.area) / 9)
    x, y = (
        a.ravel() for a in np.meshgrid(np.arange(left, right, step), np.arange(top, bottom, step))
    )
    inside = shapely.contains_xy(name.area, x, y)
    return np.vstack([[name.middle], np.column_stack([x[inside], y[inside]])])


def _points_around(name: Name) -> NDArray[np.float64]:
    turns = np.linspace(0, 2 * math.pi, 16, endpoint=False)
    reaches = np.geomspace(30, 900, 20)
    turn, reach = (a.ravel() for a in np.meshgrid(turns, reaches))
    x, y = name.middle
    return np.column_stack([x + reach * np.cos(turn), y + reach * np.sin(turn)])
