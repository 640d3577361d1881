"""Who reviews: asked once, kept in the session, written into the history."""

from __future__ import annotations

import streamlit as st

_KEPT = "reviewer/name"


def ask_name() -> str:
    """Ask for the reviewer's name in the sidebar and return it, empty where not given."""
    # A widget's own state is dropped on another page; the name is not.
    name = st.text_input(
        "Your name",
        st.session_state.get(_KEPT, ""),
        max_chars=80,
        placeholder="as the history shall say it",
        key="reviewer",
    )
    st.session_state[_KEPT] = name.strip()
    return name.strip()
