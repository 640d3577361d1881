"""Long lists, a page at a time: only what is shown is made and sent."""

from __future__ import annotations

import math

import streamlit as st


def ask_page(label: str, items: int, a_page: int, *, key: str) -> slice:
    """Show which page of a list is shown, where there are several, and return its part.

    Parameters
    ----------
    label
        What is listed, for the widget: "Incidents".
    items
        How many there are.
    a_page
        How many a page shows.
    key
        Names the widget.
    """
    pages = math.ceil(items / a_page)
    page = 1
    if pages > 1:
        page = st.number_input(f"{label}, page of {pages:,}", 1, pages, key=key, width=260)
    return slice((page - 1) * a_page, page * a_page)
