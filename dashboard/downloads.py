"""What the reader takes away: the same code as the command line's export."""

from __future__ import annotations

import hashlib
import json

import streamlit as st

from dashboard.markup import element, show
from incidents.exports import FORMATS, MEDIA_TYPES, about_json, to_bytes
from incidents.layers import LAYERS, build_layer
from incidents.view import View


def show_downloads(view: View) -> None:
    """Show the export buttons; the file is made when it is asked for."""
    with st.sidebar:
        show(element("h2", "Take away", css="im-side"))
        left, right = st.columns(2)
        with left:
            layer = st.selectbox("Layer", LAYERS, key="layer")
        with right:
            file_format = st.selectbox("Format", FORMATS, key="format")
        name = f"incident-map-{layer}-{_digest(view)}.{file_format}"
        st.download_button(
            f"Download {layer} as {file_format}",
            data=lambda: to_bytes(build_layer(layer, view), file_format),
            file_name=name,
            mime=MEDIA_TYPES[file_format],
            on_click="ignore",
            key="download",
            width="stretch",
        )
        if file_format == "csv":
            st.download_button(
                "Filters, rule and attribution of this CSV",
                data=lambda: about_json(build_layer(layer, view)),
                file_name=f"{name}.about.json",
                mime="application/json",
                on_click="ignore",
                key="download_about",
                width="stretch",
            )


def _digest(view: View) -> str:
    """Name the content: a browser must never be handed an older file under the same name."""
    said = json.dumps(
        [view.atlas.catalogue.digest, view.filter.as_dict(), view.rule], sort_keys=True
    )
    return hashlib.sha256(said.encode()).hexdigest()[:8]
