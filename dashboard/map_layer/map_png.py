"""The map as PNG: the same SVG, drawn with a font that comes along, so it looks alike anywhere."""

from __future__ import annotations

from importlib.resources import files

import font_source_sans_pro
import resvg_py

# Three dots for each unit of the drawing: 1000 units fill a column of 25 cm at 300 dpi.
ZOOM = 3.0
_WEIGHTS = ("Regular", "Bold")


def to_png(drawing: str, zoom: float = ZOOM) -> bytes:
    """Return an SVG document as PNG, on white.

    Nothing of the machine takes part: no font of its own, no file, no address.

    Parameters
    ----------
    drawing
        The text of `dashboard.map_layer.map_svg.map_svg`.
    zoom
        Dots for each unit of the drawing.
    """
    folder = files(font_source_sans_pro) / "files"
    return resvg_py.svg_to_bytes(
        svg_string=drawing,
        zoom=zoom,
        background="#ffffff",
        skip_system_fonts=True,
        font_files=[str(folder / f"SourceSansPro-{weight}.ttf") for weight in _WEIGHTS],
        sans_serif_family="Source Sans Pro",
    )
