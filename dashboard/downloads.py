"""What the reader takes away: the same code as the command line's export, brief and seal."""

from __future__ import annotations

import hashlib
import json
import shlex
from collections.abc import Callable

import streamlit as st

from dashboard.brief.page import brief
from dashboard.choices import Choices, address
from dashboard.filter_words import command_words
from dashboard.map_layer.map_png import to_png
from dashboard.map_layer.map_svg import map_svg
from dashboard.markup import element, escape_markdown, show
from incidents.export.formats import FORMATS, MEDIA_TYPES, about_json, to_bytes
from incidents.export.layers import LAYERS, build_layer
from incidents.export.sealed import may_be_sealed, seal
from incidents.view import View

MOST_ROWS_HERE = 50_000
"""Of datasets in a file that the page makes; it is made in the server's memory."""


def show_downloads(view: View, choices: Choices) -> None:
    """Show the buttons; a file is made when it is asked for."""
    with st.sidebar:
        show(element("h2", "Take away", css="im-side"))
        kept_back = _kept_back(view)
        _briefs(view, choices, kept_back)
        _layers(view, kept_back)


def _briefs(view: View, choices: Choices, kept_back: str) -> None:
    measure, page = choices.measure, _page()
    query = address(view.atlas, choices)
    digest = _digest(view, measure, page, query)
    _button(
        "Brief (HTML)",
        lambda: brief(view, measure, page).encode(),
        f"incident-map-brief-{digest}.html",
        "text/html",
        "take_brief",
    )
    left, right = st.columns(2)
    with left:
        _button(
            "Map (SVG)",
            lambda: map_svg(view, measure).encode(),
            f"incident-map-{measure}-{digest}.svg",
            "image/svg+xml",
            "take_svg",
        )
    with right:
        _button(
            "Map (PNG)",
            lambda: to_png(map_svg(view, measure)),
            f"incident-map-{measure}-{digest}.png",
            "image/png",
            "take_png",
        )
    if kept_back or not may_be_sealed(view):
        return
    _button(
        "Sealed export (zip)",
        lambda: seal(view, query),
        f"incident-map-sealed-{digest}.zip",
        "application/zip",
        "take_sealed",
        help="Layers, evidence and records with a hash of each file. "
        "`incident-map verify` checks it, `incident-map serve --sealed` opens it.",
    )


def _layers(view: View, kept_back: str) -> None:
    left, right = st.columns(2)
    with left:
        layer = st.selectbox("Layer", LAYERS, key="layer")
    with right:
        file_format = st.selectbox("Format", FORMATS, key="format")
    if kept_back and layer != "districts":
        st.caption(escape_markdown(kept_back))
        return
    if view.row_count > MOST_ROWS_HERE and layer != "districts":
        show(element("p", f"{view.row_count:,} rows of datasets: write them with", css="im-hint"))
        words = ["incident-map", "export", "--layer", layer, "--format", file_format]
        st.code(shlex.join([*words, *command_words(view)]) + " --output FILE", language=None)
        return
    name = f"incident-map-{layer}-{_digest(view)}.{file_format}"
    _button(
        f"Download {layer} as {file_format}",
        lambda: to_bytes(build_layer(layer, view), file_format),
        name,
        MEDIA_TYPES[file_format],
        "download",
    )
    if file_format == "csv":
        _button(
            "Filters, rule and attribution of this CSV",
            lambda: about_json(build_layer(layer, view)),
            f"{name}.about.json",
            "application/json",
            "download_about",
        )


def _kept_back(view: View) -> str:
    """Return why rows of a dataset may not be handed out, nothing where all may."""
    try:
        view.check_rows_may_leave()
    except PermissionError as error:
        return str(error)
    return ""


def _button(
    label: str,
    make: Callable[[], bytes],
    file_name: str,
    mime: str,
    key: str,
    *,
    help: str | None = None,  # noqa: A002 - as Streamlit calls it
) -> None:
    st.download_button(
        label,
        data=make,
        file_name=file_name,
        mime=mime,
        on_click="ignore",
        key=key,
        help=help,
        width="stretch",
    )


def _page() -> str:
    """Return the page's own address without what is chosen on it."""
    shown = st.context.url or ""
    return (
        shown.split("?")[0].split("#")[0] if shown.startswith("http") else "http://localhost:8501/"
    )


def _digest(view: View, *also: str) -> str:
    """Name the content: a browser must never be handed an older file under the same name."""
    said = json.dumps(
        [
            view.atlas.catalogue.digest,
            view.atlas.region,
            view.atlas.level,
            view.atlas.boundaries.vintage,
            view.filter.as_dict(),
            view.rule,
            *also,
        ],
        sort_keys=True,
    )
    return hashlib.sha256(said.encode()).hexdigest()[:8]
