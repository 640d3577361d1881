"""The fields of what a document is: where it is taken in, and where it is corrected later."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import streamlit as st

_RIGHT_TO_LEFT = {"ur", "ar", "fa", "ps", "sd", "bal"}


def is_right_to_left(language: str) -> bool:
    """Return whether a language is written from right to left.

    Examples
    --------
    >>> is_right_to_left("ur-PK"), is_right_to_left("en")
    (True, False)
    """
    return language.partition("-")[0] in _RIGHT_TO_LEFT


def ask_source_fields(now: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Show the fields with what is known now; return what they hold.

    Parameters
    ----------
    now
        Values by the names of `incidents.model.Source`.
    key
        Beginning of the widgets' keys.
    """

    def text(where: Any, label: str, name: str, **more: Any) -> str:  # noqa: ANN401 - a column
        value = where.text_input(label, now.get(name) or "", key=f"{key}{name}", **more)
        return str(value).strip()

    given: dict[str, Any] = {"title": text(st, "Headline", "title")}
    outlet, agency = st.columns(2)
    given["outlet"] = text(
        outlet, "Outlet", "outlet", help="Who published it; “unknown” if unsaid."
    )
    given["agency"] = text(agency, "Agency credited", "agency", placeholder="none")
    day, language = st.columns(2)
    given["published_on"] = day.date_input(
        "Published on",
        now.get("published_on"),
        min_value=date(1947, 1, 1),
        max_value=date(2100, 1, 1),
        key=f"{key}published_on",
        help="Weekdays in the text are told from it.",
    )
    given["language"] = text(language, "Language", "language", help="A tag such as en or ur.")
    given["url"] = text(st, "Address", "url", placeholder="if it is known")
    return given
