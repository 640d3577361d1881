"""The fields of one claim under review; each change is stored at once, so a reload loses nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

import streamlit as st

from dashboard.markup import element, escape_markdown, show
from dashboard.wording import CLAIMANT_TYPES, SCOPES, WHERE_PREC, days, words
from gazetteer.errors import AmbiguousPlaceError, PlaceNotFoundError
from gazetteer.places import Place
from gazetteer.resolve import Gazetteer
from incidents.access import Person
from incidents.atlas import Atlas
from incidents.model import (
    CASUALTY_TYPES,
    CLAIMANT_KINDS,
    EVENT_TYPES,
    QUALIFIERS,
    VICTIM_GROUPS,
    Incident,
)
from incidents.review.acceptance import problems
from incidents.review.claim import ReviewDraft
from incidents.review.corrections import at_place, corrected, merge, split
from incidents.review.document import Review, correct_drafts, free_ids
from incidents.review.incident_choice import following_title, labels, new_incident, suggest
from incidents.store import DecisionError, Store

HAPPENING = "nobody counted (a happening)"
NO_PLACE = "none named (the province)"
NEW = "a new incident"
_MADE = "editor/made"


def describe_draft(draft: ReviewDraft) -> tuple[str, str]:
    """Return a draft in one phrase, and where, when and by whom it is said."""
    if draft.casualty_type is None:
        title = draft.happening or "What happened?"
    else:
        number = "?" if draft.count_low is None else f"{draft.count_low:,}"
        figure = {
            "exact": number,
            "dozens": "dozens of",
            "few": "a few",
            None: number,
        }.get(draft.qualifier, f"{words(draft.qualifier or '')} {number}")
        people = "person" if (draft.count_low, draft.qualifier) == (1, "exact") else "people"
        group = people if draft.victim_group == "total" else words(draft.victim_group or "")
        title = f"{figure} {group} {draft.casualty_type}"
    where = _where(draft)
    start = draft.date_start
    when = days(start, draft.date_end or start) if start else "no day"
    scope = "" if draft.scope == "event" else f" · {SCOPES[draft.scope]}"
    return title, f"{where} · {when} · {draft.claimant}{scope}"


def _where(draft: ReviewDraft) -> str:
    """Return the place that was chosen, which need not be the one that the words name."""
    if draft.place_id is None:
        return "no place"
    place = Gazetteer.default().place(draft.place_id)
    if draft.adm2_name is None or place.name == draft.adm2_name:
        return draft.adm2_name or place.name
    return f"{place.name}, {draft.adm2_name}"


def show_editor(store: Store, review: Review, draft: ReviewDraft, atlas: Atlas, by: Person) -> None:
    """Show the fields of a draft and store what is changed."""
    with st.container(key="claim-fields"):
        try:
            wanted = _ask(review, draft, atlas)
            if wanted != draft:
                correct_drafts(store, review, [wanted], by=by)
                # "A new incident" is chosen once: the next widgets show the one that was made.
                if wanted.incident_id == draft.incident_id:
                    _remember(draft.draft_id, review.seen[draft.draft_id] + 1)
                st.rerun()
            _tools(store, review, draft, by)
        except (DecisionError, ValueError) as error:
            st.error(escape_markdown(str(error)), icon=":material/block:")


def _ask(review: Review, draft: ReviewDraft, atlas: Atlas) -> ReviewDraft:
    _show_head(review, draft)
    key = _Key(draft.draft_id, _generation(draft.draft_id, review.seen[draft.draft_id]))
    result = _ask_figure(draft, key)
    result = _ask_place(result, key, atlas)
    result = _ask_time_and_voice(result, key, review)
    return _ask_incident(result, key, review, atlas)


def _show_head(review: Review, draft: ReviewDraft) -> None:
    found = problems(draft, review.source)
    said = " ".join(p.message for p in found)
    show(
        element(
            "p",
            element("strong", "“", element("span", draft.quote, dir="auto"), "”"),
            f" · found by: {draft.rule}" + (f" ({draft.score:.2f})" if draft.score < 1 else ""),
            f" · {said}" if said else "",
            css="im-editor-head",
        )
    )


class _Key:
    """Names the widgets of one draft in one generation.

    A widget keeps what was typed; where the draft was changed otherwise (undone, or by somebody
    else) the next generation of widgets shows it as it is now.
    """

    def __init__(self, draft_id: str, generation: int) -> None:
        self.draft_id, self.generation = draft_id, generation

    def __call__(self, name: str) -> str:
        return f"field-{name}-{self.draft_id}-{self.generation}"


def _generation(draft_id: str, revision: int) -> int:
    made: dict[str, tuple[int, int]] = st.session_state.setdefault(_MADE, {})
    generation, known = made.get(draft_id, (revision, revision))
    if revision != known:
        generation = revision
    made[draft_id] = (generation, revision)
    return generation


def _remember(draft_id: str, revision: int) -> None:
    """Say that this revision came from the widgets themselves."""
    made: dict[str, tuple[int, int]] = st.session_state.setdefault(_MADE, {})
    made[draft_id] = (made[draft_id][0], revision)


def _ask_figure(draft: ReviewDraft, key: _Key) -> ReviewDraft:
    number, qualifier, befell, group = st.columns([1, 1.2, 1.6, 1.6])
    chosen: dict[str, Any] = {}
    with befell:
        kind = _pick(
            "What befell them",
            [*CASUALTY_TYPES, HAPPENING],
            draft.casualty_type or HAPPENING,
            key("befell"),
        )
    if kind == HAPPENING:
        with number:
            told = st.text_input("What happened", draft.happening or "", key=key("happening"))
        return corrected(draft, {"casualty_type": None, "happening": told.strip() or None})
    with qualifier:
        chosen["qualifier"] = _pick(
            "As said", QUALIFIERS, draft.qualifier or "exact", key("qualifier")
        )
    with number:
        given = st.number_input(
            "Figure",
            min_value=0,
            max_value=1_000_000,
            value=draft.count_low,
            step=1,
            key=key("count"),
            disabled=chosen["qualifier"] in ("dozens", "few"),
        )
    chosen["count_low"] = None if given is None else int(given)
    with group:
        chosen["victim_group"] = _pick(
            "Of whom", VICTIM_GROUPS, draft.victim_group or "total", key("group")
        )
    return corrected(draft, {"casualty_type": kind, "happening": None} | chosen)


def _ask_place(draft: ReviewDraft, key: _Key, atlas: Atlas) -> ReviewDraft:
    names = _place_names()
    where, exact, first, last = st.columns([2.2, 1.2, 1, 1])
    with where:
        options = [NO_PLACE, *names]
        place_id = st.selectbox(
            "Place",
            options,
            options.index(draft.place_id) if draft.place_id in names else 0,
            format_func=lambda i: names.get(i, i),
            key=key("place"),
            help="Type to search 35 districts, their tehsils and towns, and places nearby.",
        )
    if place_id == NO_PLACE:
        result = at_place(draft, None) if draft.place_id else draft
    elif place_id != draft.place_id:
        result = at_place(draft, atlas.gazetteer.place(place_id))
    else:
        result = draft
    if result.place_id:
        with exact:
            precision = st.selectbox(
                "How exactly known",
                list(WHERE_PREC),
                list(WHERE_PREC).index(result.where_prec or 4),
                format_func=lambda p: WHERE_PREC[p],
                key=key(f"exact-{result.place_id}"),
            )
        if precision != result.where_prec:
            result = at_place(result, atlas.gazetteer.place(result.place_id), precision)
    bounds = {"min_value": date(1947, 1, 1), "max_value": date(2100, 1, 1)}
    with first:
        start = st.date_input("First day", result.date_start, key=key("start"), **bounds)
    with last:
        end = st.date_input("Last day", result.date_end, key=key("end"), **bounds)
    _show_receipt(result, atlas.gazetteer)
    if (
        start != result.date_start
        and end == result.date_end
        and (end is None or result.date_start == result.date_end)
    ):
        end = start
    changed = {"date_start": start, "date_end": end}
    if (start, end) != (result.date_start, result.date_end):
        result = corrected(result, changed)
    return result


def _show_receipt(draft: ReviewDraft, gazetteer: Gazetteer) -> None:
    """Say which name matched, and what else it could be."""
    if not draft.place_name:
        return
    try:
        found = gazetteer.locate(draft.place_name, context=draft.quote)
    except AmbiguousPlaceError as error:
        told = "it could be " + "; ".join(_described(c.place) for c in error.candidates[:4])
    except PlaceNotFoundError:
        told = "the gazetteer has no such name"
    else:
        others = [_described(c.place) for c in found.candidates if c.place != found.place][:3]
        told = (
            f"matched {found.matched_name} ({found.match}, {found.score:.0f}): "
            f"{_described(found.place)}"
        )
        if others:
            told += f"; could also be {'; '.join(others)}"
        if found.note:
            told += f". {found.note}"
    show(element("p", f"In the text: “{draft.place_name}”, {told}", css="im-receipt"))


def _ask_time_and_voice(draft: ReviewDraft, key: _Key, review: Review) -> ReviewDraft:
    who, sort, kind, scope, part = st.columns([2.2, 1, 1, 1.2, 1.4])
    chosen: dict[str, Any] = {}
    with who:
        chosen["claimant"] = (
            st.text_input("Who says it", draft.claimant, key=key("claimant")).strip()
            or "unattributed"
        )
    with sort:
        chosen["claimant_type"] = st.selectbox(
            "Which side",
            list(CLAIMANT_TYPES),
            list(CLAIMANT_TYPES).index(draft.claimant_type),
            format_func=lambda t: CLAIMANT_TYPES[t],
            key=key("claimant-type"),
        )
    with kind:
        known = _pick("Known as", CLAIMANT_KINDS, draft.kind, key("claimant-kind"))
        # What the words themselves tell is not stored as a person's choice.
        if known != draft.kind:
            chosen["claimant_kind"] = known
    with scope:
        chosen["scope"] = st.selectbox(
            "Speaks of",
            list(SCOPES),
            list(SCOPES).index(draft.scope),
            format_func=lambda s: SCOPES[s],
            key=key("scope"),
        )
    totals = _totals(draft, review)
    with part:
        of = st.selectbox(
            "Part of",
            ["", *totals],
            ["", *totals].index(draft.part_of) if draft.part_of in totals else 0,
            format_func=lambda i: totals.get(i, "nothing: counts by itself"),
            key=key("part"),
        )
    if (of or None) != draft.part_of and (of or draft.part_of in totals):
        chosen["part_of"] = of or None
    return corrected(draft, chosen)


def _totals(draft: ReviewDraft, review: Review) -> dict[str, str]:
    return told_apart(
        {
            d.draft_id: describe_draft(d)[0]
            for d in review.drafts
            if d.draft_id != draft.draft_id
            and d.casualty_type == draft.casualty_type
            and d.part_of != draft.draft_id
            and d.casualty_type is not None
        }
        | {
            draft_id: f"{c.count_low} {words(c.victim_group or '')} {c.casualty_type}"
            for draft_id, c in review.claim.items()
            if c.casualty_type is not None and c.casualty_type == draft.casualty_type
        }
    )


def _ask_incident(draft: ReviewDraft, key: _Key, review: Review, atlas: Atlas) -> ReviewDraft:
    which, title, kind, note = st.columns([2.2, 1.6, 1.6, 1.4])
    catalogue = atlas.catalogue
    suggestions = {s.incident.incident_id: s for s in suggest(draft, catalogue)}
    own = {
        d.incident_id: f"new: {d.incident_title or d.incident_id}"
        for d in review.drafts
        if d.incident_id and d.incident_id not in catalogue.incident
    }
    named = labels(catalogue.incident)
    options = list(dict.fromkeys([*suggestions, *own, NEW, *named]))
    shown = told_apart({i: own.get(i) or _named(i, named, suggestions) for i in options})
    with which:
        incident_id = st.selectbox(
            "Incident",
            options,
            options.index(draft.incident_id)
            if draft.incident_id in options
            else options.index(NEW),
            format_func=lambda i: shown[i],
            key=key("incident"),
        )
    shared_by = sum(d.incident_id == draft.incident_id for d in review.drafts)
    if draft.incident_id not in catalogue.incident and shared_by == 1:
        draft = following_title(review.draft[draft.draft_id], draft)
    if incident_id == NEW:
        taken = {*catalogue.incident, *own}
        incident_id, proposed = new_incident(draft, review.source, taken)
        draft = draft.model_copy(update={"incident_id": incident_id, "incident_title": proposed})
    elif incident_id != draft.incident_id:
        shared = next((d for d in review.drafts if d.incident_id == incident_id), None)
        draft = draft.model_copy(
            update={
                "incident_id": incident_id,
                "incident_title": shared.incident_title if shared and incident_id in own else None,
            }
        )
    if draft.incident_id not in catalogue.incident:
        draft = _ask_new_incident(draft, key, title, kind)
    else:
        _show_incident(catalogue.incident[draft.incident_id], title)
    with note:
        told = st.text_input(
            "Note", draft.note or "", key=key("note"), placeholder="what is unclear"
        )
    return draft.model_copy(update={"note": told.strip() or None})


def told_apart(labels: Mapping[str, str]) -> dict[str, str]:
    """Return labels of which no two are the same: a list to choose from is chosen by its labels.

    Examples
    --------
    >>> told_apart({"a": "Attack in Kech", "b": "Attack in Kech", "c": "Raid in Kech"})
    {'a': 'Attack in Kech · a', 'b': 'Attack in Kech · b', 'c': 'Raid in Kech'}
    """
    often = Counter(labels.values())
    return {i: f"{label} · {i}" if often[label] > 1 else label for i, label in labels.items()}


def _named(incident_id: str, named: dict[str, str], suggestions: dict[str, Any]) -> str:
    if incident_id == NEW:
        return NEW
    found = suggestions.get(incident_id)
    return named[incident_id] + (f" ({found.score:.0%}: {found.reason})" if found else "")


def _ask_new_incident(draft: ReviewDraft, key: _Key, title: Any, kind: Any) -> ReviewDraft:  # noqa: ANN401 - columns
    kinds = [f"{e}: {s}" for e, subs in EVENT_TYPES.items() for s in subs]
    now = f"{draft.event_type}: {draft.sub_event_type}"
    shown = now if now in kinds else "Violence against civilians: Attack"
    with title:
        called = st.text_input(
            "Its title",
            draft.incident_title or "",
            key=key(f"title-{draft.incident_id}-{draft.incident_title}"),
        ).strip()
    with kind:
        chosen = st.selectbox(
            "Kind of event",
            kinds,
            kinds.index(shown),
            format_func=lambda k: k.partition(": ")[2],
            key=key("event"),
        )
    event_type, _, sub_event_type = chosen.partition(": ")
    updates: dict[str, Any] = {"incident_title": called or None}
    # What is shown for want of a better word is not stored as a person's choice.
    if chosen != shown:
        updates |= {"event_type": event_type, "sub_event_type": sub_event_type}
    return draft.model_copy(update=updates)


def _show_incident(incident: Incident, where: Any) -> None:  # noqa: ANN401 - a column
    with where:
        show(
            element(
                "p",
                f"{incident.sub_event_type}, {days(incident.date_start, incident.date_end)}",
                css="im-receipt",
            )
        )


def _tools(store: Store, review: Review, draft: ReviewDraft, by: Person) -> None:
    with st.container(horizontal=True, key="claim-tools"):
        can_split = draft.count_low is not None and draft.count_low > 1
        with st.popover("Split", disabled=not can_split):
            low = st.number_input(
                "People in the first claim", 1, max(1, (draft.count_low or 2) - 1), key="split-low"
            )
            if st.button("Split in two", key="split") and can_split:
                (new_id,) = free_ids(review)
                parted = split(draft, new_id, int(low))
                correct_drafts(store, review, parted, by=by, action="split")
                st.rerun()
        others = {d.draft_id: d for d in review.drafts if d.draft_id != draft.draft_id}
        with st.popover("Merge", disabled=not others):
            same = told_apart({i: f"{describe_draft(d)[0]} “{d.quote}”" for i, d in others.items()})
            other = st.selectbox(
                "Says the same as",
                list(others),
                format_func=lambda i: same[i],
                key="merge-with",
            )
            if st.button("Make one claim of both", key="merge") and other:
                _merge(store, review, draft, others[other], by)


def _merge(
    store: Store, review: Review, draft: ReviewDraft, other: ReviewDraft, by: Person
) -> None:
    whole = merge(review.text, draft, other)
    parts = [
        d.model_copy(update={"part_of": draft.draft_id})
        for d in review.drafts
        if d.part_of == other.draft_id and d.draft_id != draft.draft_id
    ]
    correct_drafts(store, review, [whole, *parts], by=by, action="merge", gone=[other.draft_id])
    st.rerun()


def _pick(label: str, options: Sequence[str], value: str, key: str) -> str:
    chosen = st.selectbox(label, options, list(options).index(value), format_func=words, key=key)
    return str(chosen)


@cache
def _place_names() -> dict[str, str]:
    """Return how places are named in the list, by id: those of the province first."""
    places = Gazetteer.default().places
    ordered = sorted(places, key=lambda p: (not p.in_province, p.name))
    return told_apart({p.place_id: _described(p) for p in ordered})


def _described(place: Place) -> str:
    """Return a place with what tells it apart, without its id."""
    return place.describe().rpartition(" (")[0]
