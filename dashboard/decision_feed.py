"""Who decided what and when, with a button to undo or redo each."""

from __future__ import annotations

from collections import Counter

import streamlit as st

from dashboard.markup import element, escape_markdown, show
from incidents.model import KARACHI
from incidents.reviewing import undo_entry
from incidents.store import DecisionError, Entry, Store

_SHOWN = 12
_DONE = {
    "add": "added",
    "drafts": "found",
    "accept": "accepted",
    "reject": "rejected",
    "edit": "corrected",
    "split": "split",
    "merge": "merged",
    "assign": "moved",
    "remove": "removed",
    "lineage": "joined origins",
    "import": "imported",
    "undo": "undid",
    "redo": "redid",
    "restore": "restored",
}
_NOUNS = {"draft": "draft", "claim": "claim", "document": "report", "incident": "incident"}


def show_feed(store: Store | None, source_id: str, by: str) -> None:
    """Show the last decisions, of one document where one is open."""
    entries = store.history(_SHOWN, source_id or None) if store else []
    if store is None or not entries:
        return
    show(element("h2", "History", css="im-side"))
    with st.container(key="feed"):
        for entry in entries:
            _show_entry(store, entry, by)


def _show_entry(store: Store, entry: Entry, by: str) -> None:
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
    if entry.action in {"undo", "redo", "restore"}:
        return
    label = "Redo" if entry.undone_by else "Undo"
    if right.button(label, key=f"{label}-{entry.entry_id}", type="tertiary"):
        _turn(store, entry, by)


def told(entry: Entry) -> str:
    """Return what an entry did, in a few words."""
    done = _DONE.get(entry.action, entry.action)
    if entry.undoes is not None:
        return f"{done} no. {entry.undoes}"
    main = "claim" if entry.action == "accept" else None
    kinds = Counter(c.kind for c in entry.changes if main is None or c.kind == main)
    if entry.action == "lineage":
        return f"{done} (no. {entry.entry_id})"
    parts = [
        f"{number} {_NOUNS.get(kind, kind)}{'s' if number > 1 else ''}"
        for kind, number in kinds.items()
    ]
    fields = [f.replace("_", " ") for c in entry.changes if c.kind == "draft" for f in c.fields]
    which = f": {', '.join(dict.fromkeys(fields[:3]))}" if entry.action == "edit" and fields else ""
    return f"{done} {', '.join(parts)}{which} (no. {entry.entry_id})"


def _turn(store: Store, entry: Entry, by: str) -> None:
    if not by:
        st.warning("Give your name first.")
        return
    try:
        if entry.undone_by:
            store.redo(entry.entry_id, by=by)
        else:
            undo_entry(store, entry, by=by)
    except (DecisionError, ValueError) as error:
        st.warning(escape_markdown(str(error)))
        return
    st.rerun()
