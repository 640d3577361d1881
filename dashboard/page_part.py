"""A part of the page that runs by itself: what is opened in it comes without the rest again."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import streamlit as st

from dashboard.access import enter

P = ParamSpec("P")


def page_part(show_part: Callable[P, None]) -> Callable[P, None]:
    """Make a part of the page out of a function that shows something.

    In a run of the whole page the part is shown where it is called. A widget in it runs the
    part alone, with the arguments of the last run of the whole, so that neither map nor other
    parts are made or sent again. Who may no longer read is shown the door here as well.
    """

    @wraps(show_part)
    def admitted(*args: P.args, **kwargs: P.kwargs) -> None:
        enter()
        show_part(*args, **kwargs)

    return st.fragment(admitted)
