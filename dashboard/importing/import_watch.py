"""An import while it runs: the page looks how far it is, and can ask it to stop."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from dashboard.markup import element, escape_markdown, show
from incidents.access import Person
from incidents.datasets.running import State, cancel, is_stopping, state_of, wanted_of
from incidents.datasets.uploads import Upload
from incidents.model import KARACHI

LOOKS_EVERY_S = 0.5


def show_running(data_dir: Path, upload: Upload, by: Person) -> None:
    """Show how far an import is until it ends; then the whole page is drawn again."""

    @st.fragment(run_every=LOOKS_EVERY_S)
    def look() -> None:
        state = state_of(data_dir, upload)
        if state is None or state.status != "running":
            st.rerun()
        st.progress(state.share, how_far(state))
        stopping = is_stopping(data_dir, upload)
        if st.button("Cancel the import", key="cancel-import", disabled=stopping):
            try:
                cancel(data_dir, upload, by=by)
            except ValueError as error:
                st.error(escape_markdown(str(error)))
        elif stopping:
            st.caption("It stops before its next rows; nothing of it is kept.")

    wanted = wanted_of(data_dir, upload)
    since = f", since {wanted.at.astimezone(KARACHI):%H:%M:%S} for {wanted.by}" if wanted else ""
    show(
        element(
            "p",
            element("strong", upload.name),
            f" is being imported{since}. It goes on when this page is closed.",
            css="im-line",
        )
    )
    look()


def how_far(state: State) -> str:
    """Return rows, share and time left in words.

    Examples
    --------
    >>> how_far(State(status="running", rows=12000, share=0.25, seconds_left=6.2))
    '12,000 rows · 25 % · about 7 s left'
    >>> how_far(State(status="running"))
    'Opening the file'
    """
    if not state.rows:
        return "Opening the file"
    if state.share >= 1:
        return f"{state.rows:,} rows · 100 % · reading back what was stored"
    left = state.seconds_left
    if left is None:
        said = ""
    elif left < 90:
        said = f" · about {int(left) + 1} s left"
    else:
        said = f" · about {round(left / 60)} min left"
    return f"{state.rows:,} rows · {state.share * 100:.0f} %{said}"
