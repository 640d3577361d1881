"""A document comes in: pasted, uploaded or fetched; what it says of itself is shown to be corrected."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard import loading
from dashboard.access import keeper
from dashboard.adding.source_fields import ask_source_fields, is_right_to_left
from dashboard.adding.steps import steps
from dashboard.markup import Element, element, escape_markdown, plain, show
from incidents.access import Person
from incidents.atlas import Atlas
from incidents.extraction.extractors import ALL, RULES, ExtractorError, load_extractors
from incidents.extraction.vocabulary import VocabularyError
from incidents.origins.near_copies import NearCopy, joins, near_copies, same_text
from incidents.reading import Document, DocumentRefusedError, read_document
from incidents.reading.fetch import fetch
from incidents.review.addition import Addition, add_for_review, prepare_addition
from incidents.review.described_source import untitled
from incidents.review.kept_reading import (
    KeptReading,
    discard_reading,
    forget_reading,
    keep_reading,
    keep_typed,
    kept_reading,
    list_kept,
    take_back_reading,
)
from incidents.store import Store

STEPS = ("Read", "Check what it is", "Review its claims", "On the map")
KINDS = ["txt", "html", "htm", "pdf", "docx", "eml"]
READ = "read"
"""The document that was read and is not stored yet, in the address."""
_PENDING = "intake/reading"
# Of a long text the beginning shows what was read; the review shows all of it.
_SHOWN = 6_000


def show_intake(atlas: Atlas, store: Store | None, by: Person) -> None:
    """Show where a document comes in, or what was read of the one that is named in the address."""
    reading = _reading(store)
    show(
        element(
            "div",
            element("h2", "Add a report", css="im-title"),
            steps(STEPS, 1 if reading is None else 2),
            css="im-head",
        )
    )
    if reading is not None:
        _describe(reading, atlas, store, by)
        return
    if store is not None:
        _offer_discarded(store)
    document = _ask_document()
    if document is not None:
        _open(keep_reading(_made_library(), document, by=keeper()))


def show_kept(store: Store | None) -> list[Element]:
    """Return links to what was read and is not stored yet."""
    return [
        element("li", element("a", kept.title or "untitled", href=f"?{READ}={kept.key}"), " · read")
        for kept in (list_kept(store, by=keeper()) if store else [])
        if not kept.discarded and kept.key != st.query_params.get(READ)
    ]


def _reading(store: Store | None) -> KeptReading | None:
    """Return the document that the address names; a reload finds it again in the library."""
    key = st.query_params.get(READ, "")
    reading: KeptReading | None = st.session_state.get(_PENDING)
    if not key or (reading is not None and reading.key == key):
        return reading if key else None
    reading = kept_reading(store, key, by=keeper()) if store else None
    if reading is None:
        st.warning("What the address names was stored or discarded meanwhile.")
    st.session_state[_PENDING] = reading
    return reading


def _open(key: str) -> None:
    _clear()
    st.query_params.from_dict({READ: key})
    st.rerun()


def _made_library() -> Store:
    library = loading.library(make=True)
    if library is None:
        raise OSError("the library could not be made")
    return library


def _offer_discarded(store: Store) -> None:
    for kept in list_kept(store, by=keeper()):
        if kept.discarded:
            left, right = st.columns([5, 1], vertical_alignment="center")
            with left:
                show(element("p", f"Discarded: {kept.title or 'untitled'}", css="im-hint"))
            if right.button("Take it back", key="take-back", type="tertiary"):
                take_back_reading(store, kept.key, by=keeper())
                _open(kept.key)


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
        placeholder="Headline, date and text, as they stand on the page. What is read is kept for "
        "you alone until you store or discard it, and nothing reaches the map before you accept it.",
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


def _describe(reading: KeptReading, atlas: Atlas, store: Store | None, by: Person) -> None:
    document = reading.document
    stored = {d.source_id: d.source for d in store.documents()} if store else {}
    sources = {**stored, **atlas.catalogue.source}
    same = same_text(document.sha256, sources.values())
    left, right = st.columns([6, 5], gap="medium")
    with right:
        given = _ask_source(reading)
        if store is not None:
            reading = keep_typed(store, reading, given, by=keeper())
            st.session_state[_PENDING] = reading
        copy = None
        if same is not None:
            _say_same(same.source_id, same.title, is_stored=same.source_id in stored)
        else:
            found = near_copies(document.text, sources.values(), loading.texts(), atlas.lineage)
            copy = _offer_family(found[0]) if found else None
        extractor = _ask_extractor()
        again, go = st.columns([1, 2])
        if again.button("Discard", key="discard", help="It can be taken back.") and store:
            discard_reading(store, reading.key, by=keeper())
            _clear()
            st.query_params.clear()
            st.rerun()
        found_by_program = document.readable or extractor not in (RULES, ALL)
        wanted = go.button(
            "Find its claims" if found_by_program else "Store it and mark claims by hand",
            type="primary",
            key="find",
            disabled=same is not None,
        )
        if wanted:
            _store(reading, atlas, given, copy, extractor, by)
    with left:
        for notice in document.notices:
            st.info(escape_markdown(notice))
        _show_text(document)


def _ask_source(reading: KeptReading) -> dict[str, Any]:
    document = reading.document
    read = {
        name: getattr(document, name)
        for name in ("title", "outlet", "agency", "published_on", "language", "url")
    }
    read["title"] = document.title or untitled(document.text)
    given = ask_source_fields(read | dict(reading.typed), f"about-{reading.key}-")
    if given["published_on"] is None:
        st.warning("No date was found. Without one, days in the text may stay unknown.")
    return given


def _ask_extractor() -> str:
    """Offer a choice only where a package brings an extractor of its own."""
    try:
        names = [ALL, *load_extractors()]
    except ExtractorError as error:
        st.warning(escape_markdown(str(error)))
        return RULES
    if names == [ALL, RULES]:
        return RULES
    return str(st.selectbox("Claims are found by", names, key="extractor"))


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
    reading: KeptReading,
    atlas: Atlas,
    given: dict[str, Any],
    copy: NearCopy | None,
    extractor: str,
    by: Person,
) -> None:
    bar = st.progress(0.0, "Finding claims")
    try:
        addition: Addition = prepare_addition(
            reading.document,
            atlas,
            given={k: v for k, v in given.items() if v},
            store=loading.library(),
            texts=None,
            extractor=extractor,
            kin=copy.family if copy else (),
            told=lambda share: bar.progress(min(share, 1.0), f"Finding claims: {share:.0%} read"),
        )
    except (ExtractorError, VocabularyError, OSError) as error:
        bar.empty()
        st.error(f"Nothing was stored. {escape_markdown(str(error))}")
        return
    library = _made_library()
    with library.together() as one:
        source_id = add_for_review(addition, one, atlas, by=by)
        if copy is not None:
            one.decide_lineage(joins(copy, source_id, by.name), by=by)
        forget_reading(one, reading.key, by=keeper())
    _clear()
    st.query_params.from_dict({"review": source_id})
    st.rerun()


def _clear() -> None:
    for key in (_PENDING, "family", "file"):
        st.session_state.pop(key, None)


def _show_text(document: Document) -> None:
    text = plain_lines(document.text[:_SHOWN])
    more = len(document.text) - _SHOWN
    show(
        element(
            "article",
            *(element("p", line) for line in text),
            element("p", f"… and {more:,} more characters", css="im-hint") if more > 0 else None,
            css="im-article",
            lang=document.language,
            dir="rtl" if is_right_to_left(document.language) else "auto",
            tabindex="0",
        )
    )


def plain_lines(text: str) -> list[str]:
    """Return the lines of a text that say something."""
    return [plain(line) for line in text.splitlines() if line.strip()]
