"""The map of districts, or of another level's areas, as an element of the page.

The map is drawn once for each boundaries (``map_drawing``) and served as a frame of its
own. From then on the page sends only what may change: a class, a short label and a few
lines of text for each area. The frame paints them, and sends back which was chosen.

An area goes by its code in Python and by a key in the frame (``map_drawing.layer_keys``):
a P-code is its own key, a user's code never leaves Python.

How a choice travels
--------------------
Streamlit keeps the last value of such an element over every later run, so the value
alone cannot tell a new click from an old one; a click would win for ever over a
district chosen in the sidebar or by the address. So each choice carries a mark that
never comes twice, and it counts in one run only: the first that sees it. The last mark
seen is the one thing that this module keeps in the session (under ``<key>/seen``).

`chosen_district` may be asked before the map is drawn, at the top of the page, so that
the widgets made after it already know the click:

    district = chosen_district("map", boundaries, selected=from_the_address)
    ...
    district_map(paints, boundaries, selected=district, ..., key="map")
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, TypedDict, get_args

import streamlit as st
from streamlit.components.v1 import declare_component

from dashboard.map_layer.map_drawing import layer_keys, map_files
from dashboard.map_layer.map_folder import content_digest, served_folder
from geo.boundaries import Area, Boundaries, load_districts
from geo.coverage import union_of
from geo.simplify import count_vertices, simplify_together

FillKey = Literal[
    "class-0",
    "class-1",
    "class-2",
    "class-3",
    "class-4",
    "class-5",
    "class-6",
    "zero",
    "no_report",
    "without_figure",
    "province_only",
]
FILL_KEYS: frozenset[str] = frozenset(get_args(FillKey))

# More than this does not fit at a district or beside the pointer.
LABEL_LENGTH = 24
TOOLTIP_LENGTH = 800
NOTE_LENGTH = 300
# More would be slow to draw in a browser; what is exported and joined keeps all of them.
MOST_VERTICES = 40_000

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_MARK = re.compile(r"[0-9a-z-]{1,64}")
# Controls and the marks that turn the reading direction of what follows. The joiners
# (U+200C, U+200D) stay: Urdu needs them.
_UNSEEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]"
)


@dataclass(frozen=True)
class DistrictPaint:
    """How one district looks.

    Attributes
    ----------
    fill
        ``class-0`` to ``class-6`` for a figure, else one of the four blanks: ``zero``
        (zero was reported), ``no_report``, ``without_figure``, ``province_only``.
    label
        The figure drawn under the district's name ("17", "2–4", "≥30"), or nothing.
    tooltip
        A few lines of plain text, shown under the name beside the pointer and read out.
    """

    fill: str
    label: str = ""
    tooltip: str = ""


class Legend(TypedDict):
    """What the legend says: pairs of a fill key and its label, in reading order."""

    title: str
    classes: Sequence[tuple[str, str]]
    blanks: Sequence[tuple[str, str]]


class PointLayer(TypedDict):
    """Circles over the areas, and what the legend says of them.

    `circles` holds four numbers for each: longitude and latitude in degrees (EPSG:4326), the
    incidents, and 1 or 2, UCDP's where_prec.
    """

    circles: Sequence[float]
    title: str
    near: str
    note: str


class Tiles(TypedDict):
    """A background map: its address with {z}, {x} and {y}, whom to thank, its last zoom."""

    url: str
    attribution: str
    max_zoom: int


def district_map(
    paints: Mapping[str, DistrictPaint],
    boundaries: Boundaries[Area],
    *,
    selected: str | None,
    dark: bool,
    palette: Sequence[str],
    area_word: str = "district",
    whole_word: str = "province",
    province_note: str = "",
    legend: Legend | None = None,
    points: PointLayer | None = None,
    tiles: Tiles | None = None,
    height: int = 460,
    key: str,
) -> str | None:
    """Show the map and return the district that is to be selected now.

    Parameters
    ----------
    paints
        How each area looks, by its code. An area left out has no report; a code that the
        boundaries do not know is an error.
    boundaries
        The areas to draw, the same object in every run.
    selected
        The code of the area that is selected, or None for the whole.
    dark
        Whether the page is dark.
    palette
        The colours of ``class-0``, ``class-1`` …, as ``#rrggbb``.
    area_word, whole_word
        What one area and all of them together are called, in what is read out.
    province_note
        What is reported only for the province. Where it says something, the province's
        border is hatched.
    legend
        The legend's title and lines; none is drawn if not given.
    points
        Circles over the areas, drawn on one canvas that catches no click; none if not given.
    tiles
        A background map. Only with it does the browser ask anything of another machine.
    height
        Of the map, in CSS pixels; on a narrow screen it is lower and the legend stands
        below.
    key
        Names this map on the page.

    Returns
    -------
    code
        The code of the area clicked, in the run that follows the click. A click on the
        selected area, its ×, Escape or the ground around gives None, the whole. In every
        other run it is `selected` itself.

    Raises
    ------
    ValueError
        If a code, a fill key, a colour, a circle or an address of tiles is not as described.
    """
    arguments = _arguments(
        boundaries, paints, selected=selected, palette=palette, legend=legend, tiles=tiles
    )
    _frame(boundaries)(
        **arguments,
        area_word=_plain(area_word, 40),
        whole_word=_plain(whole_word, 40),
        dark=dark,
        province_note=_plain(province_note, NOTE_LENGTH),
        points=_points(points) if points else None,
        height=height,
        key=key,
        default=None,
    )
    return chosen_district(key, boundaries, selected=selected)


def chosen_district(key: str, boundaries: Boundaries[Area], *, selected: str | None) -> str | None:
    """Return the code of the area that a new click on the map chose, else `selected`.

    A click counts once: in the first call that sees it. Ask before the map is drawn to
    let the widgets above it know; the map then has nothing new to say in that run.
    """
    value = st.session_state.get(key)
    codes = {layer: code for code, layer in _keys(boundaries).items()}
    event = new_event(value, st.session_state.get(f"{key}/seen"), codes)
    if event is None:
        return selected
    st.session_state[f"{key}/seen"] = event["nonce"]
    return None if event["pcode"] is None else codes[event["pcode"]]


class Event(TypedDict):
    """A choice made on the map: an area's key, or None for the whole, and its mark."""

    pcode: str | None
    nonce: str


def new_event(value: object, seen: object, known: Mapping[str, str]) -> Event | None:
    """Return what the browser sent if it is a choice, and not one seen before.

    Examples
    --------
    >>> new_event({"pcode": "PK205", "nonce": "a1"}, None, {"PK205": "Gwadar"})
    {'pcode': 'PK205', 'nonce': 'a1'}
    >>> new_event({"pcode": "PK205", "nonce": "a1"}, "a1", {"PK205": "Gwadar"})
    >>> new_event({"pcode": "<b>", "nonce": "a2"}, "a1", {"PK205": "Gwadar"})
    """
    match value:
        case {"pcode": (str() | None) as pcode, "nonce": str(nonce)}:
            known_place = pcode is None or pcode in known
            if known_place and _MARK.fullmatch(nonce) and nonce != seen:
                return {"pcode": pcode, "nonce": nonce}
    return None


def _arguments(
    boundaries: Boundaries[Area],
    paints: Mapping[str, DistrictPaint],
    *,
    selected: str | None,
    palette: Sequence[str],
    legend: Legend | None,
    tiles: Tiles | None,
) -> dict[str, Any]:
    """Check everything that goes to the browser and put it as the frame reads it."""
    keys = _keys(boundaries)
    if unknown := sorted(set(paints) - set(keys)):
        raise ValueError(
            f"The map has no area {unknown[0]!r}; its {len(keys)} areas run from "
            f"{min(keys)} to {max(keys)}. Paint the areas of the boundaries only."
        )
    for pcode, paint in paints.items():
        _check_fill(paint.fill, f"paint of {pcode}")
    for colour in palette:
        if not _COLOUR.fullmatch(colour):
            raise ValueError(
                f"The palette has {colour!r}; a colour such as '#fdbb84' was expected."
            )
    return {
        "paints": {
            keys[code]: [
                paint.fill,
                _plain(paint.label, LABEL_LENGTH),
                _plain(paint.tooltip, TOOLTIP_LENGTH),
            ]
            for code, paint in paints.items()
        },
        "names": {keys[code]: _plain(name, 60) for code, name in boundaries.names.items()},
        "selected": keys.get(selected) if selected is not None else None,
        "palette": list(palette),
        "legend": _legend(legend) if legend else None,
        "tiles": _tiles(tiles) if tiles else None,
    }


def _legend(legend: Legend) -> dict[str, Any]:
    def rows(part: Sequence[tuple[str, str]]) -> list[list[str]]:
        return [[_check_fill(key, "legend"), _plain(label, 80)] for key, label in part]

    return {
        "title": _plain(legend["title"], 120),
        "classes": rows(legend["classes"]),
        "blanks": rows(legend["blanks"]),
    }


def _points(points: PointLayer) -> dict[str, Any]:
    circles = list(points["circles"])
    if len(circles) % 4 or not all(type(n) in (int, float) for n in circles):
        raise ValueError(
            f"The points came as {len(circles)} values; four numbers for each circle were expected."
        )
    return {
        "circles": circles,
        "title": _plain(points["title"], 120),
        "near": _plain(points["near"], 80),
        "note": _plain(points["note"], NOTE_LENGTH),
    }


def _tiles(tiles: Tiles) -> dict[str, Any]:
    url = tiles["url"]
    if not (url.startswith("https://") and all(part in url for part in ("{z}", "{x}", "{y}"))):
        raise ValueError(
            f"The tiles' address is {url!r}; https://… with {{z}}, {{x}} and {{y}} was expected."
        )
    return {
        "url": url,
        "attribution": _plain(tiles["attribution"], 200),
        "max_zoom": int(tiles["max_zoom"]),
    }


def _check_fill(fill: str, where: str) -> str:
    if fill not in FILL_KEYS:
        raise ValueError(
            f"The {where} has the fill {fill!r}; "
            f"one of {', '.join(sorted(FILL_KEYS))} was expected."
        )
    return fill


def _plain(text: str, length: int) -> str:
    """Return text without controls and direction marks, cut to a length with an ellipsis."""
    seen = _UNSEEN.sub(" ", text.replace("\r\n", "\n"))
    return seen if len(seen) <= length else f"{seen[: length - 1]}…"


def _keys(boundaries: Boundaries[Area]) -> Mapping[str, str]:
    return layer_keys(list(boundaries.by_pcode))


@lru_cache(maxsize=8)
def _frame(boundaries: Boundaries[Area]) -> Any:  # noqa: ANN401 - what Streamlit returns is not typed further
    # Not at import: Streamlit serves a frame's folder only if it is declared in a run.
    keys = _keys(boundaries)
    polygons = [area.geometry for area in boundaries.areas]
    drawn, outline = polygons, boundaries.outline
    if count_vertices(polygons) > MOST_VERTICES:
        drawn = simplify_together(polygons, MOST_VERTICES).polygons
        outline = union_of(drawn)
    codes = [area.pcode for area in boundaries.areas]
    files = map_files(
        {keys[code]: polygon for code, polygon in zip(codes, drawn, strict=True)}, outline
    )
    # One frame a content: two visitors may look at two regions at a time.
    name = "district_map"
    if boundaries is not load_districts():
        name = f"{name}_{content_digest(files)[:12]}"
    return declare_component(name, path=served_folder(files))
