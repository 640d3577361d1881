"""The review of one document: its text and claims, what was done, and the fields of the chosen claim."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import streamlit as st

from dashboard.draft_editor import describe_draft, show_editor
from dashboard.markup import element, escape_markdown, show
from dashboard.text_review import Action, Marked, new_action, text_review
from dashboard.wording import count, day
from incidents.acceptance import problems
from incidents.access import Person
from incidents.addition import acceptable
from incidents.atlas import Atlas
from incidents.citations import publisher
from incidents.described_source import corrected_source
from incidents.drafting import draft_by_hand, pieces
from incidents.incident_choice import assigned
from incidents.model import KARACHI
from incidents.review import ReviewDraft, from_claim
from incidents.reviewing import (
    Review,
    accept_drafts,
    add_draft,
    correct_source,
    free_ids,
    open_review,
    reject_draft,
    reopen_claim,
)
from incidents.store import DecisionError, Store

FRAME = "text"
HEIGHT = 360
# A part of a long document is sent to the browser at a time.
PART = 200_000
REASONS = (
    "counts nobody killed, injured or taken",
    "the same figure again",
    "misread",
    "not of this event",
    "an estimate of the reporter",
)
_RTL = {"ur", "ar", "fa", "ps", "sd", "bal"}
_CHOSEN = "review/chosen"


def show_review(store: Store, review: Review, atlas: Atlas, by: Person, map_page: st.Page) -> None:
    """Show a document under review, after doing what was just asked for."""
    chosen = _chosen(review)
    start, end = _part(review, chosen)
    part = review.text[start:end]
    action = new_action(FRAME, part, review.ids)
    if action is not None:
        chosen = _guarded(lambda: _do(store, review, action, start, atlas, by), chosen)
        review = open_review(store, review.source_id)
    _show_head(store, review, atlas, by, map_page)
    if chosen not in review.ids:
        chosen = review.next_waiting(None) or (review.ids[0] if review.ids else None)
    st.session_state[_CHOSEN] = (review.source_id, chosen)
    language = review.source.language
    text_review(
        part,
        [_marked(review, i, start, end, atlas) for i in review.ids],
        selected=chosen,
        dark=st.context.theme.type == "dark",
        language=language,
        rtl=language.partition("-")[0] in _RTL,
        reasons=REASONS,
        empty="No claim was found. Select the words that carry one, with the mouse or the arrow "
        "keys, to add it.",
        height=HEIGHT,
        key=FRAME,
    )
    if chosen in review.draft:
        show_editor(store, review, review.draft[chosen], atlas, by)
    elif chosen in review.claim:
        _show_accepted(store, review, chosen, by)
    _show_keys()


def _do(
    store: Store, review: Review, action: Action, offset: int, atlas: Atlas, by: Person
) -> str | None:
    """Do what was asked for in the frame; return the claim to show next."""
    chosen = action.draft_id
    if action.kind in {"select", "edit"}:
        return chosen or None
    if action.kind == "accept":
        accept_drafts(store, review, [chosen], atlas, by=by)
        return review.next_waiting(chosen) or chosen
    if action.kind == "reject":
        if chosen in review.draft:
            reject_draft(store, review, chosen, action.reason, by=by)
        return review.next_waiting(chosen) or chosen
    (new_id,) = free_ids(review)
    draft = draft_by_hand(
        review.text,
        offset + action.start,
        offset + action.end,
        new_id,
        review.drafts,
        published_on=review.source.published_on,
    )
    (draft,) = assigned([draft], review.text, review.source, atlas.catalogue)
    add_draft(store, review, draft, by=by)
    return new_id


def _guarded(do: Callable[[], str | None], otherwise: str | None) -> str | None:
    try:
        return do()
    except (DecisionError, ValueError) as error:
        st.error(escape_markdown(str(error)), icon=":material/block:")
        return otherwise


def _chosen(review: Review) -> str | None:
    source_id, chosen = st.session_state.get(_CHOSEN, (None, None))
    return chosen if source_id == review.source_id else review.next_waiting(None)


def _part(review: Review, chosen: str | None) -> tuple[int, int]:
    """Return the span of the text that is shown; of a long one, a part."""
    spans = pieces(review.text, PART)
    if len(spans) == 1:
        return spans[0]
    draft = review.draft.get(chosen or "")
    at = draft.char_start if draft and draft.char_start is not None else 0
    number = next((n for n, (a, b) in enumerate(spans) if a <= at < b), 0)
    picked = st.selectbox(
        "Part of the text",
        range(len(spans)),
        number,
        format_func=lambda n: f"Part {n + 1} of {len(spans)}",
        key=f"part-{number}",
    )
    return spans[picked]


def _show_head(store: Store, review: Review, atlas: Atlas, by: Person, map_page: st.Page) -> None:
    source = review.source
    ready = acceptable(review.drafts, source)
    title, tools = st.columns([5, 4], vertical_alignment="center")
    with title:
        done = (
            count(len(review.drafts), "claim waits", "claims wait"),
            f"{len(review.accepted)} on the map",
            f"{len(review.rejected)} rejected",
        )
        when = day(source.published_on) or "undated"
        show(
            element(
                "div",
                element("h2", source.title, css="im-title im-report", dir="auto"),
                element(
                    "p",
                    f"{publisher(source)} · {when} · {' · '.join(done)}",
                    css="im-line",
                ),
                css="im-review-head",
            )
        )
    with tools, st.container(horizontal=True, horizontal_alignment="right", key="head-tools"):
        with st.popover("About the report"):
            _ask_source(store, review, by)
        if review.accepted:
            st.page_link(
                map_page,
                label="See it on the map",
                icon=":material/map:",
                query_params={"source": review.source_id},
            )
        if ready and st.button(
            f"Accept all {len(ready)} linked" if len(ready) > 1 else "Accept the linked one",
            key="accept-all",
            type="primary",
        ):
            _guarded(lambda: _accept_all(store, review, ready, atlas, by), None)
            st.rerun()


def _accept_all(
    store: Store, review: Review, ready: tuple[ReviewDraft, ...], atlas: Atlas, by: Person
) -> None:
    accept_drafts(store, review, [d.draft_id for d in ready], atlas, by=by)


def _ask_source(store: Store, review: Review, by: Person) -> None:
    source = review.source
    with st.form("about", border=False):
        changes = {
            "title": st.text_input("Headline", source.title),
            "outlet": st.text_input("Outlet", source.outlet),
            "agency": st.text_input("Agency credited", source.agency or ""),
            "published_on": st.date_input(
                "Published on",
                source.published_on,
                min_value=date(1947, 1, 1),
                max_value=date(2100, 1, 1),
            ),
            "language": st.text_input("Language", source.language),
            "url": st.text_input("Address", source.url or ""),
            "note": st.text_input("Note", source.note or ""),
        }
        for notice in review.document.notices:
            show(element("p", notice, css="im-hint"))
        if st.form_submit_button("Save"):
            today = datetime.now(KARACHI).date()

            def save() -> None:
                better = corrected_source(source, changes, today)
                correct_source(store, review, better, by=by)

            _guarded(save, None)
            st.rerun()


def _marked(review: Review, draft_id: str, start: int, end: int, atlas: Atlas) -> Marked:
    if draft_id in review.draft:
        draft = review.draft[draft_id]
        status, said = draft.tier, "waits" if draft.tier == "linked" else "unclassified figure"
    elif draft_id in review.claim:
        draft, status, said = from_claim(review.claim[draft_id]), "accepted", "on the map"
    else:
        rejected = next(r for r in review.rejected if r.draft.draft_id == draft_id)
        draft, status, said = rejected.draft, "rejected", f"rejected: {rejected.reason}"
    found = problems(draft, review.source) if draft_id in review.draft else []
    incident = atlas.catalogue.incident.get(draft.incident_id or "")
    called = incident.title if incident else f"new: {draft.incident_title or draft.incident_id}"
    title, meta = describe_draft(draft)
    inside = (
        draft.char_start is not None
        and draft.char_end is not None
        and not draft.in_title
        and start <= draft.char_start < end
    )
    figure = (draft.figure_start, draft.figure_end)
    if inside and (figure[0] is None or figure[1] is None):
        figure = (draft.char_start, draft.char_end)
    return Marked(
        draft_id,
        status,
        title,
        said,
        draft.quote,
        meta,
        called if draft.incident_id else "",
        found[0].message if found else "",
        bool(found and found[0].stops),
        draft.char_start - start if inside and draft.char_start is not None else None,
        draft.char_end - start if inside and draft.char_end is not None else None,
        figure[0] - start if inside and figure[0] is not None else None,
        figure[1] - start if inside and figure[1] is not None else None,
    )


def _show_accepted(store: Store, review: Review, chosen: str, by: Person) -> None:
    left, right = st.columns([4, 1], vertical_alignment="center")
    with left:
        show(element("p", "This claim is on the map.", css="im-hint"))
    if right.button("Back to review", key="reopen"):
        _guarded(lambda: str(reopen_claim(store, review, chosen, by=by)), None)
        st.rerun()


def _show_keys() -> None:
    keys = (
        ("J K or ↓ ↑", "walk through the claims"),
        ("A", "accept"),
        ("R", "reject"),
        ("E", "edit its fields"),
        ("← →", "select words in the text, more with Shift"),
        ("Enter", "add them as a claim"),
    )
    parts: list[object] = []
    for key, does in keys:
        parts += [element("strong", key), f" {does}   "]
    show(element("p", "In the text or the list: ", *parts, css="im-keys"))
