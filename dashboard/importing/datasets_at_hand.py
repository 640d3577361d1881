"""The datasets that are there: versions, rows, licence, who imported them; checked and removed."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from dashboard import loading
from dashboard.markup import Element, element, escape_markdown, show
from dashboard.wording import count
from incidents.access import Person
from incidents.datasets.history import current_rows
from incidents.datasets.library import (
    DatasetError,
    Manifest,
    Release,
    datasets_folder,
    list_datasets,
    verify,
)
from incidents.model import KARACHI
from incidents.removing import remove
from incidents.store import DecisionError

RELEASES_SHOWN = 4


def show_at_hand(data_dir: Path, by: Person) -> None:
    """Show each dataset with what can be done to it."""
    manifests = list_datasets(data_dir)
    show(element("h3", "Datasets at hand"))
    if not manifests:
        show(element("p", "None yet.", css="im-hint"))
    for manifest in manifests:
        _show_one(data_dir, manifest, by)


def _show_one(data_dir: Path, manifest: Manifest, by: Person) -> None:
    folder = datasets_folder(data_dir) / manifest.dataset_id
    with st.container(border=True, key=f"dataset-{manifest.dataset_id}".replace(".", "_")):
        left, right = st.columns([4, 1], vertical_alignment="top")
        with left:
            show(_card(folder, manifest))
        with right, st.container(horizontal=True, horizontal_alignment="right"):
            if st.button("Check", key=f"check-{manifest.dataset_id}", help=_CHECK):
                _check(folder)
            with st.popover("Remove"):
                _ask_removal(manifest, by)


_CHECK = "Holds every stored file against its hash."


def _card(folder: Path, manifest: Manifest) -> Element:
    rows = int(current_rows(folder, manifest).sum())
    stored = sum(release.rows for release in manifest.releases)
    older = f", and {stored - rows:,} older revisions" if stored > rows else ""
    licence: Element | str = (
        element("a", manifest.licence, href=manifest.licence_url)
        if manifest.licence_url
        else f"Licence {manifest.licence}"
    )
    held = ""
    if manifest.rows_need_a_licence:
        held = (
            " · a licence to pass rows on is held"
            if manifest.licence_held
            else " · its rows are not exported"
        )
    releases = manifest.releases[::-1]
    return element(
        "div",
        element("h4", manifest.title),
        element(
            "p",
            f"{manifest.dataset_id} · {count(rows, 'row')}{older} · ",
            licence,
            f" · {manifest.attribution}{held}",
            css="im-who",
        ),
        element(
            "ul",
            *(element("li", _release_line(release)) for release in releases[:RELEASES_SHOWN]),
            element("li", f"and {len(releases) - RELEASES_SHOWN} older releases")
            if len(releases) > RELEASES_SHOWN
            else None,
            css="im-waiting",
        ),
        css="im-dataset",
    )


def _release_line(release: Release) -> str:
    who = f" by {release.imported_by}" if release.imported_by else ""
    files = ", ".join(file.name for file in release.files)
    at = release.imported_at.astimezone(KARACHI)
    return (
        f"Version {release.version} · imported {at:%-d %b %Y %H:%M}{who} · "
        f"{release.added:,} added, {release.changed:,} changed, {release.gone:,} gone · {files} · "
        f"boundaries {release.boundary_vintage}"
    )


def _check(folder: Path) -> None:
    with st.spinner("Checking"):
        problems = verify(folder)
    if problems:
        st.error(escape_markdown("; ".join(problems[:5])))
    else:
        st.caption("Every file is as it was written.")


def _ask_removal(manifest: Manifest, by: Person) -> None:
    with st.form(f"remove-{manifest.dataset_id}", border=False):
        reason = st.text_input(
            "Why is it taken out?", key=f"why-{manifest.dataset_id}", max_chars=300
        )
        st.caption("It can be brought back from the history.")
        if not st.form_submit_button("Remove the dataset"):
            return
    try:
        store = loading.library(make=True)
        if store is None:
            raise OSError("the library could not be made")
        remove(
            store,
            manifest.dataset_id,
            "dataset",
            by=by,
            reason=reason,
            seeds=loading.atlas().catalogue,
        )
    except (DecisionError, DatasetError, ValueError, OSError) as error:
        st.error(escape_markdown(str(error)), icon=":material/block:")
    else:
        st.rerun()
