"""The page "Add a report": it only wires. A document comes in, or one under review is shown."""

from __future__ import annotations

import streamlit as st

from dashboard import loading
from dashboard.access import ask_person, current_user
from dashboard.adding.decision_feed import show_feed
from dashboard.adding.intake import READ, show_intake, show_kept
from dashboard.adding.review_page import show_review
from dashboard.markup import element, escape_markdown, show, show_style
from incidents.access import Person, require
from incidents.atlas import Atlas
from incidents.review.document import open_review
from incidents.store import Store, StoreError, UnknownObjectError

REVIEW = "review"
"""The document under review in the address."""


def show_add(map_page: st.Page) -> None:
    """Draw the page once; Streamlit calls this on every change."""
    show_style("review.css")
    try:
        require(current_user(), "add a document")
        atlas, store = loading.atlas(), loading.library()
        source_id = st.query_params.get(REVIEW, "")
        with st.sidebar:
            st.page_link(map_page, label="Back to the map", icon=":material/arrow_back:")
            by = ask_person()
            _show_waiting(store, source_id)
            feed = st.container()
        _show_page(atlas, store, source_id, by, map_page)
        # After what was decided in this run.
        with feed:
            show_feed(loading.library(), source_id, by)
    except (StoreError, ValueError, OSError) as error:
        st.error(f"This cannot be done now. {escape_markdown(str(error))}")


def _show_page(
    atlas: Atlas, store: Store | None, source_id: str, by: Person, map_page: st.Page
) -> None:
    if source_id:
        try:
            if store is None:
                raise UnknownObjectError(f"there is no document {source_id:.60} here")
            show_review(store, open_review(store, source_id), atlas, by, map_page)
        except UnknownObjectError as error:
            st.warning(f"Ignored in the address: {escape_markdown(str(error))}")
        else:
            return
    show_intake(atlas, store, by)


def _show_waiting(store: Store | None, current: str) -> None:
    documents = store.documents() if store else []
    waiting = [d for d in documents if (d.drafts or not d.accepted) and d.source_id != current]
    links = [
        element(
            "li",
            element("a", d.source.title, href=f"?{REVIEW}={d.source_id}"),
            f" · {d.drafts} waiting" if d.drafts else " · not yet on the map",
        )
        for d in waiting[-6:]
    ]
    links += show_kept(store)
    if current or READ in st.query_params:
        links.insert(0, element("li", element("a", "Add another report", href="?new=1")))
    if links:
        show(
            element("h2", "Reports", css="im-side"),
            element("ul", *links, css="im-waiting"),
        )
