"""The page "Datasets": it only wires. A file comes in, is imported, and is watched meanwhile."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from dashboard import loading
from dashboard.access import ask_person, current_user
from dashboard.adding.decision_feed import show_feed
from dashboard.adding.steps import steps
from dashboard.importing.dataset_intake import show_description, show_upload
from dashboard.importing.datasets_at_hand import show_at_hand
from dashboard.importing.import_result import show_recent, show_result
from dashboard.importing.import_watch import show_running
from dashboard.markup import element, escape_markdown, show, show_style
from incidents.access import Person, require
from incidents.datasets.library import DatasetError
from incidents.datasets.running import State, running, state_of
from incidents.datasets.uploads import Upload, open_upload
from incidents.store import StoreError, locate_library

UPLOAD = "upload"
"""The upload in the address, so that a reload finds it again."""
STEPS = ("Choose a file", "Check what it is", "Import", "Result")
_AGAIN = "datasets/again"


def show_datasets(map_page: st.Page) -> None:
    """Draw the page once; Streamlit calls this on every change."""
    show_style("review.css")
    show_style("datasets.css")
    try:
        require(current_user(), "import a dataset")
        with st.sidebar:
            st.page_link(map_page, label="Back to the map", icon=":material/arrow_back:")
            by = ask_person()
            feed = st.container()
        _show_import(locate_library().data_dir, by, map_page)
        show_at_hand(locate_library().data_dir, by)
        # After what was decided in this run.
        with feed:
            show_feed(loading.library(), "", by)
    except (StoreError, ValueError, OSError) as error:
        st.error(f"This cannot be done now. {escape_markdown(str(error))}")


def _show_import(data_dir: Path, by: Person, map_page: st.Page) -> None:
    at_work = running(data_dir)
    if at_work is not None:
        st.query_params[UPLOAD] = at_work.upload_id
        _show_head(3)
        show_running(data_dir, at_work, by)
        return
    upload = _chosen(data_dir)
    state = state_of(data_dir, upload) if upload is not None else None
    if upload is None:
        _show_head(1)
        if (kept := show_upload(data_dir, by)) is not None:
            _turn_to(kept)
        show_recent(data_dir)
    elif state is not None and state.status == "done" and st.session_state.get(_AGAIN) != upload:
        _show_head(4)
        _show_done(data_dir, upload, state, map_page)
    else:
        _show_head(2)
        if state is not None and state.status != "done":
            (st.info if state.status == "cancelled" else st.error)(escape_markdown(state.error))
        begun = show_description(data_dir, upload, state, by)
        if begun == "another":
            _turn_to(None)
        elif begun == "begun":
            st.session_state.pop(_AGAIN, None)
            st.rerun()


def _show_done(data_dir: Path, upload: Upload, state: State, map_page: st.Page) -> None:
    chosen = show_result(data_dir, upload, state, map_page)
    if chosen == "another":
        _turn_to(None)
    elif chosen == "again":
        st.session_state[_AGAIN] = upload
        st.rerun()


def _show_head(step: int) -> None:
    show(
        element(
            "div",
            element("h2", "Import a dataset", css="im-title"),
            steps(STEPS, step),
            css="im-head",
        )
    )


def _chosen(data_dir: Path) -> Upload | None:
    upload_id = st.query_params.get(UPLOAD, "")
    if not upload_id:
        return None
    try:
        return open_upload(data_dir, upload_id)
    except DatasetError as error:
        st.warning(f"Ignored in the address: {escape_markdown(str(error))}")
        return None


def _turn_to(upload: Upload | None) -> None:
    """Show an upload, or where another comes in."""
    st.session_state.pop(_AGAIN, None)
    st.query_params.from_dict({} if upload is None else {UPLOAD: upload.upload_id})
    st.rerun()
