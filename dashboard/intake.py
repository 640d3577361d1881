"""A document comes in: pasted, uploaded or fetched; what it says of itself is shown to be corrected."""

from __future__ import annotations

from datetime import date
from typing import Any

import streamlit as st

from dashboard import loading
from dashboard.markup import Element, element, escape_markdown, plain, show
from incidents.access import Person
from incidents.addition import Addition, add_for_review, prepare_addition
from incidents.atlas import Atlas
from incidents.described_source import untitled
from incidents.extraction.extractors import ExtractorError
from incidents.extraction.vocabulary import VocabularyError
from incidents.near_copies import NearCopy, joins, near_copies, same_text
from incidents.reading import Document, DocumentRefusedError, read_document
from incidents.reading.fetch import fetch
from incidents.store import Store

KINDS = ["txt", "html", "htm", "pdf", "docx", "eml"]
_PENDING = "intake/document"
# Of a long text the beginning shows what was read; the review shows all of it.
_SHOWN = 6_000


def show_intake(atlas: Atlas, store: Store | None, by: Person) -> None:
    """Show where a document comes in, and what was read of it."""
    document = st.session_state.get(_PENDING)
    show(
        element(
            "div",
            element("h2", "Add a report", css="im-title"),
            _steps(1 if document is None else 2),
            css="im-head",
        )
    )
    if document is None:
        document = _ask_document()
        if document is None:
            return
        st.session_state[_PENDING] = document
        st.rerun()
    _describe(document, atlas, store, by)


def _steps(now: int) -> Element:
    names = ("Read", "Check what it is", "Review its claims", "On the map")
    return element(
        "ol",
        *(
            element("li", f"{number} {name}", css="im-now" if number == now else "")
            for number, name in enumerate(names, 1)
        ),
        css="im-steps",
        aria_label="Steps",
    )


def _ask_document() -> Document | None:
    try:
        return _pasted() or _uploaded_or_fetched()
    except DocumentRefusedError as refusal:
        st.error(f"Nothing was stored. {escape_markdown(str(refusal))}")
        return None


def _pasted() -> Document | None:
    text = st.text_area(
        "Paste the article",
        height=300,
        placeholder="Headline, date and text, as they stand on the page. Nothing is stored before "
        "you say so, and nothing reaches the map before you accept it.",
        key="pasted",
    )
    if st.button("Read it", type="primary", key="read", disabled=False) and text.strip():
        with st.spinner("Reading"):
            return read_document(text.encode("utf-8", "replace"))
    return None


def _uploaded_or_fetched() -> Document | None:
    left, right = st.columns(2, gap="medium")
    with left:
        file = st.file_uploader(
            "or a file: text, web page, PDF, Word, e-mail; at most 25 MB", type=KINDS, key="file"
        )
        if file is not None:
            with st.spinner("Reading"):
                return read_document(file.getvalue(), file_name=file.name)
    with right:
        allowed = st.checkbox(
            "or its address (fetches the page from the internet)",
            key="fetching",
            help="Off: nothing leaves this machine. On: this machine asks for the page that you "
            "name, if it is public, and for nothing else.",
        )
        address = st.text_input(
            "Address of the page",
            placeholder="https://…",
            disabled=not allowed,
            label_visibility="collapsed",
            key="address",
        )
        if st.button("Fetch it", disabled=not allowed, key="fetch") and allowed and address:
            with st.spinner("Fetching"):
                fetched = fetch(address.strip())
                return read_document(fetched.data, media_type=fetched.media_type, url=fetched.url)
    return None


def _describe(document: Document, atlas: Atlas, store: Store | None, by: Person) -> None:
    stored = {d.source_id: d.source for d in store.documents()} if store else {}
    sources = {**stored, **atlas.catalogue.source}
    same = same_text(document.sha256, sources.values())
    left, right = st.columns([6, 5], gap="medium")
    with right:
        given = _ask_source(document)
        copy = None
        if same is not None:
            _say_same(same.source_id, same.title, is_stored=same.source_id in stored)
        else:
            found = near_copies(document.text, sources.values(), loading.texts(), atlas.lineage)
            copy = _offer_family(found[0]) if found else None
        again, go = st.columns([1, 2])
        if again.button("Another document", key="again"):
            _forget()
            st.rerun()
        wanted = go.button(
            "Find its claims" if document.readable else "Store it and mark claims by hand",
            type="primary",
            key="find",
            disabled=same is not None,
        )
        if wanted:
            _store(document, atlas, given, copy, by)
    with left:
        for notice in document.notices:
            st.info(escape_markdown(notice))
        _show_text(document)


def _ask_source(document: Document) -> dict[str, Any]:
    title = st.text_input("Headline", document.title or untitled(document.text), key="title")
    outlet, agency = st.columns(2)
    given: dict[str, Any] = {
        "title": title.strip(),
        "outlet": outlet.text_input(
            "Outlet", document.outlet, key="outlet", help="Who published it; “unknown” if unsaid."
        ).strip(),
        "agency": agency.text_input(
            "Agency credited", document.agency or "", key="agency", placeholder="none"
        ).strip(),
    }
    day, language = st.columns(2)
    given["published_on"] = day.date_input(
        "Published on",
        document.published_on,
        min_value=date(1947, 1, 1),
        max_value=date(2100, 1, 1),
        key="published",
        help="Weekdays in the text are told from it.",
    )
    given["language"] = language.text_input("Language", document.language, key="language").strip()
    given["url"] = st.text_input(
        "Address", document.url or "", key="url", placeholder="if it is known"
    ).strip()
    if given["published_on"] is None:
        st.warning("No date was found. Without one, days in the text may stay unknown.")
    return given


def _say_same(source_id: str, title: str, *, is_stored: bool) -> None:
    st.warning(
        f"The same text is here already: {escape_markdown(title)} ({escape_markdown(source_id)})."
    )
    if is_stored:
        show(element("p", element("a", "Open it", href=f"?review={source_id}"), css="im-reset"))


def _offer_family(copy: NearCopy) -> NearCopy | None:
    family = ", ".join(copy.family)
    st.info(
        f"A near-copy of {escape_markdown(copy.source.title)} ({escape_markdown(family)}): "
        f"{escape_markdown(copy.told)}"
    )
    joined = st.checkbox(
        "It goes back to the same text: count them as one origin", value=True, key="family"
    )
    return copy if joined else None


def _store(
    document: Document, atlas: Atlas, given: dict[str, Any], copy: NearCopy | None, by: Person
) -> None:
    bar = st.progress(0.0, "Finding claims")
    try:
        addition: Addition = prepare_addition(
            document,
            atlas,
            given={k: v for k, v in given.items() if v},
            store=loading.library(),
            texts=None,
            told=lambda share: bar.progress(min(share, 1.0), "Finding claims"),
        )
    except (ExtractorError, VocabularyError, OSError) as error:
        st.error(f"Nothing was stored. {escape_markdown(str(error))}")
        return
    library = loading.library(make=True)
    if library is None:
        raise OSError("the library could not be made")
    source_id = add_for_review(addition, library, atlas, by=by)
    if copy is not None:
        library.decide_lineage(joins(copy, source_id, by.name), by=by)
    _forget()
    st.query_params.from_dict({"review": source_id})
    st.rerun()


def _forget() -> None:
    """Begin anew: the document and what was typed about it go."""
    st.session_state.pop(_PENDING, None)
    for key in ("title", "outlet", "agency", "published", "language", "url", "family", "file"):
        st.session_state.pop(key, None)


def _show_text(document: Document) -> None:
    text = plain_lines(document.text[:_SHOWN])
    rtl = document.language.partition("-")[0] in {"ur", "ar", "fa", "ps", "sd", "bal"}
    more = len(document.text) - _SHOWN
    show(
        element(
            "article",
            *(element("p", line) for line in text),
            element("p", f"… and {more:,} more characters", css="im-hint") if more > 0 else None,
            css="im-article",
            lang=document.language,
            dir="rtl" if rtl else "auto",
            tabindex="0",
        )
    )


def plain_lines(text: str) -> list[str]:
    """Return the lines of a text that say something."""
    return [plain(line) for line in text.splitlines() if line.strip()]
