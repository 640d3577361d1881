"""The only module that caches: what is loaded once and shared by every session."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import streamlit as st

from incidents.atlas import (
    Atlas,
    datasets_state,
    digest,
    existing_datasets,
    existing_store,
    load_atlas,
    seeds_folder,
)
from incidents.datasets.columns import Columns
from incidents.export.sealed import SEALED_VARIABLE, open_sealed
from incidents.filters import Filter
from incidents.library_texts import LibraryTexts
from incidents.regions.region import Region
from incidents.store import Store, locate_library, open_store
from incidents.texts import TextLibrary, Texts, folder_state, texts_folder


def atlas() -> Atlas:
    """Return everything loaded, with what people accepted.

    An edited seed is a new digest, a decision a new version of the library: either is a new
    entry of the cache.
    """
    if sealed := os.environ.get(SEALED_VARIABLE):
        return _sealed(sealed, Path(sealed).stat().st_mtime_ns)
    folder = seeds_folder()
    content = digest(folder)
    store = library()
    decided = (
        _seeds(str(folder), content)
        if store is None
        else _decided(str(folder), content, store.location.shown, store.version())
    )
    state = datasets_state()
    return _with_datasets(decided, decided.catalogue.digest, state) if state else decided


def library(*, make: bool = False) -> Store | None:
    """Return the library, None where there is none yet; `make` makes it.

    Raises
    ------
    incidents.store.StoreError
        If there is one and it cannot be opened, or none can be made.
    """
    location = locate_library()
    file = location.file
    if file is None:
        return _library(location.shown, 0)
    if not file.is_file():
        return open_store(location) if make else None
    # A file that was put in another's place is another library.
    return _library(location.shown, file.stat().st_ino)


def texts() -> Texts | None:
    """Return where texts are found: the library, and the folder of texts where one is named.

    Raises
    ------
    FileNotFoundError, ValueError
        If the folder, or what is kept in it, cannot be read.
    """
    folder = texts_folder()
    named = None if folder is None else _texts(str(folder), folder_state(folder))
    store = library()
    return named if store is None else LibraryTexts(store, named)


@st.cache_resource(max_entries=1, show_spinner="Reading the texts")
def _texts(folder: str, state: str) -> TextLibrary:  # noqa: ARG001 - the state is the key
    return TextLibrary.from_folder(Path(folder))


@st.cache_resource(max_entries=1, show_spinner=False)
def _library(shown: str, file: int) -> Store | None:  # noqa: ARG001 - both are the key
    return existing_store()


# An Atlas is immutable, so one object may serve every session; `cache_data` would copy
# the polygons on every run.
@st.cache_resource(max_entries=1, show_spinner="Reading the sources")
def _seeds(folder: str, content: str) -> Atlas:  # noqa: ARG001 - the content is the key
    loaded = load_atlas(Path(folder))
    # Streamlit collects garbage after every run; what stays for good need not be looked at.
    gc.collect()
    gc.freeze()
    return loaded


@st.cache_resource(max_entries=2, show_spinner=False)
def _decided(folder: str, content: str, shown: str, version: str) -> Atlas:  # noqa: ARG001 - so is the version
    seeds = _seeds(folder, content)
    store = library()
    return seeds if store is None else seeds.under(store.overlay(seeds.catalogue))


def atlas_at(region: Region, level: str) -> Atlas:
    """Return everything loaded, over the areas of a region's level."""
    base = atlas()
    if region.is_home and level == base.level and not region.place_lists:
        return base
    return _at(base, region, base.catalogue.digest, repr(region), level)


@st.cache_resource(max_entries=4, show_spinner="Placing the claims")
def _at(_base: Atlas, _region: Region, digest: str, described: str, level: str) -> Atlas:  # noqa: ARG001 - the texts are the key
    return _base.at(_region, level)


def data_dir() -> Path:
    """Return the folder of what the user keeps."""
    return locate_library().data_dir


@st.cache_resource(max_entries=1, show_spinner="Opening the datasets")
def _datasets(state: str) -> tuple[Columns, ...]:  # noqa: ARG001 - the state is the key
    opened = existing_datasets()
    # The first sums are the ones that every visitor asks for.
    for columns in opened:
        columns.sums(Filter())
    return opened


@st.cache_resource(max_entries=2, show_spinner=False)
def _with_datasets(_atlas: Atlas, digest: str, state: str) -> Atlas:  # noqa: ARG001 - the digest is the key
    return _atlas.with_datasets(_datasets(state))


@st.cache_resource(max_entries=1, show_spinner="Opening the sealed export")
def _sealed(file: str, changed: int) -> Atlas:  # noqa: ARG001 - the time is the key
    return open_sealed(Path(file).read_bytes()).view.atlas
