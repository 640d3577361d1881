"""The only module that caches: what is loaded once and shared by every session."""

from __future__ import annotations

import gc
from pathlib import Path

import streamlit as st

from incidents.atlas import Atlas, digest, load_atlas, seeds_folder
from incidents.texts import TextLibrary, folder_state, texts_folder


def atlas() -> Atlas:
    """Return everything loaded; an edited seed is a new digest and so a new cache entry."""
    folder = seeds_folder()
    return _atlas(str(folder), digest(folder))


def texts() -> TextLibrary | None:
    """Return the local library of texts, None where none is named.

    Raises
    ------
    FileNotFoundError, ValueError
        If the folder, or what is kept in it, cannot be read.
    """
    folder = texts_folder()
    return None if folder is None else _texts(str(folder), folder_state(folder))


@st.cache_resource(max_entries=1, show_spinner="Reading the texts")
def _texts(folder: str, state: str) -> TextLibrary:  # noqa: ARG001 - the state is the key
    return TextLibrary.from_folder(Path(folder))


# An Atlas is immutable, so one object may serve every session; `cache_data` would copy
# the polygons on every run.
@st.cache_resource(max_entries=1, show_spinner="Reading the sources")
def _atlas(folder: str, content: str) -> Atlas:  # noqa: ARG001 - the content is the key
    loaded = load_atlas(Path(folder))
    # Streamlit collects garbage after every run; what stays for good need not be looked at.
    gc.collect()
    gc.freeze()
    return loaded
