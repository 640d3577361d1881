"""Who decided what and when, with a button to undo or redo each."""

from __future__ import annotations

import streamlit as st

from dashboard.command_line.entry_words import NEVER_TAKEN_BACK, told
from dashboard.markup import element, escape_markdown, show
from incidents.access import Person
from incidents.model import KARACHI
from incidents.removing import redo
from incidents.review.document import undo_entry
from incidents.store import DecisionError, Entry, Store

_SHOWN = 12


def show_feed(store: Store | None, source_id: str, by: Person) -> None:
    """Show the last decisions, of one document where one is open."""
    entries = store.history(_SHOWN, source_id or None) if store else []
    if store is None or not entries:
        return
    show(element("h2", "History", css="im-side"))
    with st.container(key="feed"):
        for entry in entries:
            _show_entry(store, entry, by)


def _show_entry(store: Store, entry: Entry, by: Person) -> None:
    left, right = st.columns([3, 1], vertical_alignment="center")
    with left:
        show(
            element(
                "p",
                element("strong", entry.by),
                f" {told(entry)}",
                element("time", f" {entry.at.astimezone(KARACHI):%-d %b %H:%M}"),
                element("span", entry.reason, css="im-why") if entry.reason else None,
                css="im-entry" + (" im-undone" if entry.undone_by else ""),
            )
        )
    if entry.action in NEVER_TAKEN_BACK:
        return
    label = "Redo" if entry.undone_by else "Undo"
    if right.button(label, key=f"{label}-{entry.entry_id}", type="tertiary"):
        _turn(store, entry, by)


def _turn(store: Store, entry: Entry, by: Person) -> None:
    try:
        if entry.undone_by:
            redo(store, entry, by=by)
        else:
            undo_entry(store, entry, by=by)
    except (DecisionError, ValueError) as error:
        st.warning(escape_markdown(str(error)))
        return
    st.rerun()
