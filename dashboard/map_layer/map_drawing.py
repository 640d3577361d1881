"""The one module that knows folium: it draws the district map, once, as a page of its own.

folium compiles every string it is given as a template, on the server. So no text
reaches it: what it is given here are our own shapes, their P-codes (checked against
a pattern) and numbers. Names, labels and notes are set in the browser as plain text,
by the scripts in ``map_component/``.
"""

from __future__ import annotations

import base64
import hashlib
import math
import re
from collections.abc import Mapping, Sequence
from importlib import resources

import folium
import numpy as np
import shapely
from branca.element import MacroElement
from branca.utilities import color_brewer
from folium.template import Template
from shapely.affinity import scale
from shapely.geometry.base import BaseGeometry
from xstatic.pkg import leaflet

# What an area is called on the drawn page: a P-code, or a stand-in of the same form.
KEY = re.compile(r"[A-Z]{2}[0-9]{1,10}")

LEAFLET_FILES = ("leaflet.js", "leaflet.css")
SCRIPTS = ("map_labels.js", "map_parts.js", "map_points.js", "map_frame.js")
STYLES = ("map_frame.css",)

# About 11 m: finer than the boundaries are drawn, and a third of the bytes.
COORDINATE_DECIMALS = 4

# A name is about this many times as wide as it is high.
NAME_ASPECT = 2.5


def layer_keys(codes: Sequence[str]) -> dict[str, str]:
    """Return the key of each area on the drawn page, by its code.

    folium compiles what it is given, and a user's codes may be any text. So they stay out:
    where one is no P-code, all areas are called by their position.

    Examples
    --------
    >>> layer_keys(["PK201", "PK202"])
    {'PK201': 'PK201', 'PK202': 'PK202'}
    >>> layer_keys(["{{x}}", "PK202"])
    {'{{x}}': 'AA0001', 'PK202': 'AA0002'}
    """
    if all(KEY.fullmatch(code) for code in codes):
        return {code: code for code in codes}
    return {code: f"AA{position:04}" for position, code in enumerate(codes, start=1)}


def map_files(areas: Mapping[str, BaseGeometry], outline: BaseGeometry) -> dict[str, bytes]:
    """Draw the map and return every file that its frame is made of.

    Parameters
    ----------
    areas
        One polygon or multipolygon for each key (`layer_keys`), longitude and latitude in
        degrees (EPSG:4326).
    outline
        The border of all areas together, in the same frame.

    Returns
    -------
    files
        The content for each file name, ``index.html`` among them. The same areas give
        the same bytes, and nothing in ``index.html`` points outside the folder.

    Raises
    ------
    ValueError
        If a key is none of `layer_keys`, or an area is empty or no polygon.
    """
    assets = {name: _packaged(name) for name in (*SCRIPTS, *STYLES)}
    assets |= {name: _leaflet(name) for name in LEAFLET_FILES}
    # The server lets browsers keep scripts: another content needs another address.
    links = {name: f"{name}?v={_digest(data)[:12]}" for name, data in assets.items()}
    page = _page(areas, outline, links)
    return {"index.html": page.encode(), **assets}


# Which of seven shades to take for so many classes: apart from each other, and the palest,
# too near to the labels' white, only where all are needed.
_DARK_STEPS: tuple[tuple[int, ...], ...] = (
    (),
    (3,),
    (0, 4),
    (0, 2, 5),
    (0, 2, 4, 5),
    (0, 1, 2, 4, 5),
    (0, 1, 2, 3, 4, 5),
    (0, 1, 2, 3, 4, 5, 6),
)


def sequential_palette(count: int, *, dark: bool = False, name: str = "OrRd") -> tuple[str, ...]:
    """Return `count` colours of a ColorBrewer scheme, from little to much.

    ColorBrewer's sequential schemes hold for colour-blind readers. On a dark ground the
    order is turned round, so that much is always what stands out from the ground; there
    the scheme is of one hue, for a strong red at its lower end would shout "little".

    Parameters
    ----------
    count
        How many classes, 0 to 7. ColorBrewer begins at 3: fewer are picked out of its 3.
    dark
        Whether the ground is dark.
    name
        A sequential scheme of ColorBrewer, on a light ground.

    Examples
    --------
    >>> sequential_palette(3)
    ('#fee8c8', '#fdbb84', '#e34a33')
    >>> sequential_palette(1)
    ('#fdbb84',)
    >>> sequential_palette(2, dark=True)
    ('#8c2d04', '#fdae6b')
    """
    if not 0 <= count <= 7:
        raise ValueError(f"{count} classes were asked for; a map holds 0 to 7. Use fewer classes.")
    if dark:
        scheme = tuple(color_brewer("Oranges", n=7))[::-1]
        return tuple(scheme[step] for step in _DARK_STEPS[count])
    scheme = tuple(color_brewer(name, n=max(3, count)))
    return {0: (), 1: scheme[1:2], 2: scheme[0:3:2]}.get(count, scheme)


class _LocalMap(folium.Map):
    """A folium map whose only files are the ones beside it."""

    def __init__(self, links: Mapping[str, str], bounds: Sequence[float]) -> None:
        west, south, east, north = bounds
        super().__init__(
            location=[(south + north) / 2, (west + east) / 2],
            tiles=None,
            zoom_start=6,
            font_size="12px",
            zoom_control=False,
            attribution_control=False,
            zoom_snap=0,
            zoom_delta=0.5,
            min_zoom=4,
            max_zoom=12,
            scroll_wheel_zoom=False,
            double_click_zoom=False,
            world_copy_jump=False,
        )
        self._id = "province"
        self.default_js = [(name, links[name]) for name in links if name.endswith(".js")]
        self.default_css = [(name, links[name]) for name in links if name.endswith(".css")]


class _Start(MacroElement):
    """Hands what folium drew to our script."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            startDistrictMap({
                map: {{ this._parent.get_name() }},
                districts: {{ this.districts }},
                outline: {{ this.outline }},
                labelPoints: {{ this.label_points|tojson }},
            });
        {% endmacro %}
        """
    )

    def __init__(
        self, districts: str, outline: str, label_points: Mapping[str, Sequence[float]]
    ) -> None:
        super().__init__()
        self._name = "Start"
        self._id = "start"
        self.districts = districts
        self.outline = outline
        self.label_points = label_points


def _page(
    areas: Mapping[str, BaseGeometry], outline: BaseGeometry, links: Mapping[str, str]
) -> str:
    for pcode, area in areas.items():
        if not KEY.fullmatch(pcode):
            raise ValueError(f"{pcode!r} came as a P-code; two capitals and digits were expected.")
        if area.geom_type not in {"Polygon", "MultiPolygon"} or area.is_empty:
            raise ValueError(
                f"The area of {pcode} is {area.geom_type}{' EMPTY' * area.is_empty}; "
                "a polygon or multipolygon with points was expected."
            )
    province = _LocalMap(dict(sorted(links.items(), key=_load_order)), outline.bounds)
    features = [_feature(area, {"pcode": pcode}) for pcode, area in sorted(areas.items())]
    districts = _layer("districts", features)
    border = _layer("outline", [_feature(outline, {})])
    for layer in (border, districts):
        layer.add_to(province)
    points = {pcode: label_point(area) for pcode, area in sorted(areas.items())}
    _Start(districts.get_name(), border.get_name(), points).add_to(province)
    return _with_policy(province.get_root().render())


def _load_order(link: tuple[str, str]) -> int:
    # Leaflet before what builds on it, its style before ours.
    return [*LEAFLET_FILES, *STYLES, *SCRIPTS].index(link[0])


def _layer(name: str, features: list[dict[str, object]]) -> folium.GeoJson:
    collection = {"type": "FeatureCollection", "features": features}
    # With a smooth factor Leaflet simplifies each shape alone: gaps open between neighbours.
    layer = folium.GeoJson(collection, smooth_factor=0)
    layer._id = name
    return layer


def _feature(shape: BaseGeometry, properties: dict[str, str]) -> dict[str, object]:
    rounded = shapely.transform(shape, lambda xy: np.round(xy, COORDINATE_DECIMALS))
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": shapely.geometry.mapping(rounded),
    }


def label_point(area: BaseGeometry) -> tuple[float, float, float]:
    """Return where a name fits best in an area: latitude, longitude and half its room.

    It is the middle of the widest ellipse, shaped as a name is, that the area holds.
    The room is half that ellipse's width, in degrees of longitude.

    Examples
    --------
    >>> latitude, longitude, half_width = label_point(shapely.box(66.0, 28.0, 70.0, 29.0))
    >>> round(latitude, 1), round(half_width, 1)
    (28.5, 1.4)
    """
    latitude = area.centroid.y
    squeeze = math.cos(math.radians(latitude)) / NAME_ASPECT
    squeezed = scale(area, xfact=squeeze, yfact=1, origin=(0, 0))
    circle = shapely.maximum_inscribed_circle(squeezed, tolerance=0.005)
    (x, y), (edge_x, edge_y) = circle.coords
    radius = math.hypot(edge_x - x, edge_y - y)
    return round(y, 4), round(x / squeeze, 4), round(radius / squeeze, 4)


def _with_policy(page: str) -> str:
    """Allow the page its own files and the scripts that stand in it now, and nothing else.

    Pictures may come over https, for a background map that a reader switches on.
    """
    scripts = re.findall(r"<script>(.*?)</script>", page, flags=re.DOTALL)
    hashes = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(s.encode()).digest()).decode()}'"
        for s in scripts
    )
    policy = (
        f"default-src 'none'; script-src 'self' {hashes}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: https:; base-uri 'none'; form-action 'none'"
    )
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy}" />'
    return page.replace("<head>", f"<head>\n    {meta}", 1)


def _packaged(name: str) -> bytes:
    return resources.files("dashboard.map_layer").joinpath("map_component", name).read_bytes()


def _leaflet(name: str) -> bytes:
    return (resources.files(leaflet) / "data" / name).read_bytes()


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
