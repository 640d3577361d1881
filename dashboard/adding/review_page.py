"""The review of one document: its text and claims, what was done, and the fields of the chosen claim."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime

import streamlit as st

from dashboard.adding.draft_editor import describe_draft, show_editor
from dashboard.adding.source_fields import ask_source_fields, is_right_to_left
from dashboard.adding.text_review import Action, Marked, new_action, text_review
from dashboard.command_line.entry_words import told as told_entry
from dashboard.markup import element, escape_markdown, show
from dashboard.wording import count, day
from incidents.access import Person
from incidents.atlas import Atlas
from incidents.citations import publisher
from incidents.extraction.extractors import ExtractorError
from incidents.model import KARACHI
from incidents.review.acceptance import problems
from incidents.review.addition import acceptable
from incidents.review.claim import NotPossibleError, ReviewDraft, from_claim
from incidents.review.described_source import corrected_source
from incidents.review.document import (
    Review,
    accept_drafts,
    add_draft,
    correct_source,
    decided_meanwhile,
    free_ids,
    open_review,
    reject_draft,
    reopen_claim,
)
from incidents.review.drafting import draft_by_hand, pieces
from incidents.review.incident_choice import assigned
from incidents.review.rereading import reread
from incidents.store import DecisionError, Entry, Store

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
_CHOSEN = "review/chosen"
_TOLD = "review/told"
_SHOWN = "review/shown"
_DONE = "done"


def show_review(store: Store, review: Review, atlas: Atlas, by: Person, map_page: st.Page) -> None:
    """Show a document under review, after doing what was just asked for."""
    chosen = _chosen(review)
    start, end = _part(review, chosen)
    part = review.text[start:end]
    meanwhile = _meanwhile(review, by)
    action = new_action(FRAME, part, review.ids)
    if action is not None and (
        action.draft_id not in meanwhile or action.kind not in {"accept", "reject"}
    ):
        chosen = _guarded(lambda: _do(store, review, action, start, atlas, by), chosen)
        review = open_review(store, review.source_id)
    _show_head(store, review, atlas, by, map_page, meanwhile)
    _show_told(review, meanwhile)
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
        rtl=is_right_to_left(language),
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
    st.session_state[_SHOWN] = (review.source_id, review.seen)


def _meanwhile(review: Review, by: Person) -> dict[str, Entry]:
    """Return what others decided on the claims that this page still shows as they were."""
    source_id, shown = st.session_state.get(_SHOWN, ("", {}))
    return decided_meanwhile(review, shown, by) if source_id == review.source_id else {}


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
        if chosen not in review.draft:
            raise NotPossibleError("This claim waits no longer; look at the list again.")
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
    except (DecisionError, ExtractorError, ValueError) as error:
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


def _show_head(
    store: Store,
    review: Review,
    atlas: Atlas,
    by: Person,
    map_page: st.Page,
    meanwhile: Collection[str],
) -> None:
    source = review.source
    ready = acceptable(review.drafts, source)
    title, tools = st.columns([5, 4], vertical_alignment="center")
    with title:
        done = (
            count(len(review.drafts), "claim waits", "claims wait"),
            *([f"{len(review.accepted)} on the map"] if review.accepted else []),
            *([f"{len(review.rejected)} rejected"] if review.rejected else []),
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
            _ask_source(store, review, atlas, by)
        if review.accepted:
            st.page_link(
                map_page,
                label="See it on the map",
                icon=":material/map:",
                query_params={"source": review.source_id},
            )
        wanted = ready and st.button(
            f"Accept all {len(ready)} linked" if len(ready) > 1 else "Accept the linked one",
            key="accept-all",
            type="primary",
        )
        # What somebody else has just changed is told below, and looked at first.
        if (
            wanted
            and not meanwhile
            and _guarded(lambda: _accept_all(store, review, ready, atlas, by), None)
        ):
            st.rerun()


def _accept_all(
    store: Store, review: Review, ready: tuple[ReviewDraft, ...], atlas: Atlas, by: Person
) -> str:
    accept_drafts(store, review, [d.draft_id for d in ready], atlas, by=by)
    return _DONE


def _ask_source(store: Store, review: Review, atlas: Atlas, by: Person) -> None:
    source = review.source
    # Another revision has other fields: a widget would keep what it showed before.
    key = f"about-{review.source_id}-{review.document.revision}-"
    with st.form("about", border=False):
        changes = ask_source_fields(source.model_dump(), key)
        changes["note"] = st.text_input("Note", source.note or "", key=f"{key}note")
        for notice in review.document.notices:
            show(element("p", notice, css="im-hint"))
        if st.form_submit_button("Save", help="Another day or headline is read again."):
            today = datetime.now(KARACHI).date()

            def save() -> str:
                better = corrected_source(source, changes, today)
                again = reread(review, better, atlas)
                correct_source(
                    store,
                    review,
                    better,
                    by=by,
                    drafts=again.drafts,
                    gone=again.gone,
                    reason=again.told,
                )
                st.session_state[_TOLD] = (review.source_id, again.told)
                return _DONE

            if _guarded(save, None):
                st.rerun()
    if not review.accepted and st.button("Discard this report", key="discard"):
        store.remove_source(review.source_id, by=by, reason="discarded under review")
        st.query_params.clear()
        st.rerun()


def _show_told(review: Review, meanwhile: Mapping[str, Entry]) -> None:
    """Say what others decided meanwhile, and what reading the report again has changed."""
    for entry in {e.entry_id: e for e in meanwhile.values()}.values():
        st.warning(
            f"{escape_markdown(entry.by)} {escape_markdown(told_entry(entry))} meanwhile. It is "
            "shown as it is now; what you did to it was not stored. Look again, then decide."
        )
    source_id, told = st.session_state.get(_TOLD, ("", ""))
    if told and source_id == review.source_id:
        st.info(f"Read again. {escape_markdown(told)}")


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
    back = right.button("Back to review", key="reopen")
    if back and _guarded(lambda: str(reopen_claim(store, review, chosen, by=by)), None):
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
