"""Which incident a claim under review belongs to: one that is there, or a new one."""

from __future__ import annotations

import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from incidents.extraction import load_vocabulary
from incidents.model import Catalogue, Claim, Incident, Source
from incidents.review.claim import (
    PROVINCE,
    PROVINCE_PREC,
    NotPossibleError,
    ReviewDraft,
    date_precision,
)

JOINED_AT = 0.75
"""From this score on an incident that is there is proposed before a new one."""

_NEAR = 400
"""Characters around a figure in which the words for what happened are looked for."""
_OTHER_DAY = 0.35
_DAYS_AFTER = 6
"""A report that repeats a figure in its headline comes so many days after it at most."""
_TYPES = {
    "abducted": ("Violence against civilians", "Abduction/forced disappearance"),
    "missing": ("Violence against civilians", "Abduction/forced disappearance"),
    "freed": ("Strategic developments", "Other"),
    "arrested": ("Strategic developments", "Arrests"),
}
_SCOPE_WORDS = {
    "event": "",
    "previous_day": ", the day before",
    "cumulative": ", as summed up",
    "background": ", earlier",
}


@dataclass(frozen=True)
class Suggestion:
    """An incident that a draft may belong to.

    Attributes
    ----------
    score
        0 to 1: how well day, place and kind of event agree.
    reason
        What agrees, in words.
    is_new
        Whether the incident is not there yet.
    """

    incident: Incident
    score: float
    reason: str
    is_new: bool = False


def suggest(draft: ReviewDraft, catalogue: Catalogue, count: int = 5) -> list[Suggestion]:
    """Return incidents that are there and may be meant, the likeliest first."""
    if draft.date_start is None:
        return []
    claims: dict[str, list[Claim]] = defaultdict(list)
    for claim in catalogue.claims:
        claims[claim.incident_id].append(claim)
    found = [_scored(draft, i, claims[i.incident_id]) for i in catalogue.incidents]
    likely = [s for s in found if s is not None]
    return sorted(likely, key=lambda s: (-s.score, s.incident.incident_id))[:count]


def assigned(
    drafts: Sequence[ReviewDraft],
    text: str,
    source: Source,
    catalogue: Catalogue,
    kin: Collection[str] = (),
) -> list[ReviewDraft]:
    """Return drafts with an incident proposed for each that has none.

    Drafts of one document that share day, place and scope share an incident; what names no
    place of its own joins the only place that the document tells of.

    Parameters
    ----------
    kin
        Sources that go back to the same text: what they tell with the same figures, and this
        document too, is one incident.
    """
    wanting = [d for d in drafts if not d.incident_id]
    groups: dict[tuple[object, ...], list[ReviewDraft]] = defaultdict(list)
    for draft in wanting:
        groups[_group_key(draft, wanting, source)].append(draft)
    chosen: dict[str, ReviewDraft] = {}
    taken = set(catalogue.incident) | {d.incident_id for d in drafts if d.incident_id}
    for members in groups.values():
        typed = [with_event_type(d, text) for d in members]
        lead = _lead(typed)
        best = next(iter(suggest(lead, catalogue, 1)), None)
        if (told := _told_by_kin(typed, catalogue, kin)) is not None:
            incident_id, title = told, None
        elif best is not None and best.score >= JOINED_AT:
            incident_id, title = best.incident.incident_id, None
        else:
            incident_id, title = _name_new(lead, source, taken)
            taken.add(incident_id)
        for draft in typed:
            chosen[draft.draft_id] = draft.model_copy(
                update={
                    "incident_id": incident_id,
                    "incident_title": title,
                    "event_type": lead.event_type,
                    "sub_event_type": lead.sub_event_type,
                }
            )
    return [chosen.get(d.draft_id, d) for d in drafts]


def _told_by_kin(
    drafts: Sequence[ReviewDraft], catalogue: Catalogue, kin: Collection[str]
) -> str | None:
    """Return the incident of which copies of a document tell most of the figures of drafts."""
    figures = {_figure(d) for d in drafts if d.casualty_type}
    shared = Counter(
        claim.incident_id
        for claim in catalogue.claims
        if claim.source_id in kin and claim.casualty_type and _figure(claim) in figures
    )
    return max(shared, key=lambda name: (shared[name], name), default=None)


def _figure(stated: ReviewDraft | Claim) -> tuple[object, ...]:
    return stated.casualty_type, stated.count_low, stated.scope, stated.adm2_pcode


def new_incident(draft: ReviewDraft, source: Source, taken: Iterable[str]) -> tuple[str, str]:
    """Return id and title of a new incident for a draft."""
    return _name_new(draft, source, set(taken))


def following_title(before: ReviewDraft, after: ReviewDraft) -> ReviewDraft:
    """Return a corrected draft whose new incident is titled after what it says now.

    A title that a person wrote stays.
    """
    if before.incident_id != after.incident_id or before.incident_title != _title(before):
        return after
    return after.model_copy(update={"incident_title": _title(after)})


def incident_from(
    incident_id: str, drafts: Sequence[ReviewDraft], source: Source, catalogue: Catalogue
) -> Incident | None:
    """Return the new incident that some drafts share; None where it is there already.

    Raises
    ------
    NotPossibleError
        If none of them has a day, and the document has none either.
    """
    if incident_id in catalogue.incident:
        return None
    members = [d for d in drafts if d.incident_id == incident_id]
    if not members:
        raise NotPossibleError(f"no claim belongs to the incident {incident_id}")
    lead = _lead(members)
    start = lead.date_start or source.published_on
    if start is None:
        raise NotPossibleError("Give the day: neither the words nor the report has a date.")
    end = max(lead.date_end or start, start)
    event_type, sub_event_type = event_type_of(lead)
    return Incident(
        incident_id=incident_id,
        title=next((d.incident_title for d in members if d.incident_title), None) or _title(lead),
        event_type=event_type,
        sub_event_type=sub_event_type,
        date_start=start,
        date_end=end,
        date_prec=date_precision(start, end) or 1,
        where_prec=lead.where_prec or PROVINCE_PREC,
        place_id=lead.place_id or PROVINCE,
    )


def with_event_type(draft: ReviewDraft, text: str) -> ReviewDraft:
    """Return a draft with the kind of event that the words around it tell of."""
    if draft.event_type and draft.sub_event_type:
        return draft
    found = _TYPES.get(draft.casualty_type or "") or _told_near(draft, text)
    if found is None:
        return draft
    return draft.model_copy(update={"event_type": found[0], "sub_event_type": found[1]})


def event_type_of(draft: ReviewDraft) -> tuple[str, str]:
    """Return ACLED's event type and sub-event type; a plain attack where nothing says more."""
    if draft.event_type and draft.sub_event_type:
        return draft.event_type, draft.sub_event_type
    return _TYPES.get(draft.casualty_type or "") or ("Violence against civilians", "Attack")


def _group_key(
    draft: ReviewDraft, drafts: Sequence[ReviewDraft], source: Source
) -> tuple[object, ...]:
    start = draft.date_start or source.published_on
    if draft.scope != "event":
        return draft.scope, start, draft.date_end, draft.adm2_pcode
    district = draft.adm2_pcode
    if district is None and not _is_elsewhere(draft):
        # A headline without a place speaks of the one place that the text tells of.
        told = {d.adm2_pcode for d in drafts if d.scope == "event" and d.adm2_pcode}
        district = next(iter(told)) if len(told) == 1 else None
    if district is not None:
        # A headline has the day of the report, its text the day of the event.
        days = [
            d.date_start
            for d in drafts
            if d.adm2_pcode == district and d.scope == "event" and d.date_start
        ]
        close = [d for d in days if start is not None and abs((d - start).days) <= 1]
        start = min([*close, *_days_of_the_figure(draft, drafts, district, source)], default=start)
    return "event", start, district, draft.place_id if _is_elsewhere(draft) else None


def _days_of_the_figure(
    draft: ReviewDraft, drafts: Sequence[ReviewDraft], district: str, source: Source
) -> list[date]:
    """Return the days that the text gives for a figure that has none but the report's own."""
    if draft.count_low is None or draft.date_start not in (None, source.published_on):
        return []
    return [
        d.date_start
        for d in drafts
        if (d.casualty_type, d.count_low) == (draft.casualty_type, draft.count_low)
        and (d.adm2_pcode, d.scope) == (district, "event")
        and d.date_start is not None
        and source.published_on is not None
        and 0 < (source.published_on - d.date_start).days <= _DAYS_AFTER
    ]


def _is_elsewhere(draft: ReviewDraft) -> bool:
    return (
        draft.place_id is not None
        and draft.adm2_pcode is None
        and (draft.where_prec or 5) < PROVINCE_PREC
    )


def _lead(drafts: Sequence[ReviewDraft]) -> ReviewDraft:
    """Return the draft that says most exactly what happened, where and when."""
    return min(
        drafts,
        key=lambda d: (
            d.adm2_pcode is None,
            d.event_type is None,
            d.casualty_type != "killed",
            d.date_start or date.max,
        ),
    )


def _scored(draft: ReviewDraft, incident: Incident, claims: Sequence[Claim]) -> Suggestion | None:
    day, day_told = _day_agreement(draft, incident)
    place, place_told = _place_agreement(draft, incident, claims)
    if not day or not place:
        return None
    if draft.scope != "event" and not any(c.scope == draft.scope for c in claims):
        return None
    if draft.scope == "event" and claims and all(c.scope != "event" for c in claims):
        return None
    kind, kind_told = _kind_agreement(draft, incident)
    told = "; ".join(filter(None, (day_told, place_told, kind_told)))
    return Suggestion(incident, round(day * place * kind, 2), told)


def _day_agreement(draft: ReviewDraft, incident: Incident) -> tuple[float, str]:
    start = draft.date_start
    if start is None:
        return 0.0, ""
    end = draft.date_end or start
    if start <= incident.date_end and incident.date_start <= end:
        same = (start, end) == (incident.date_start, incident.date_end)
        return (1.0, "same day") if same else (0.85, "days overlap")
    gap = max((incident.date_start - end).days, (start - incident.date_end).days)
    return (_OTHER_DAY, "a day apart") if gap == 1 else (0.0, "")


def _place_agreement(
    draft: ReviewDraft, incident: Incident, claims: Sequence[Claim]
) -> tuple[float, str]:
    if draft.place_id and draft.place_id in {incident.place_id, *(c.place_id for c in claims)}:
        return 1.0, "same place"
    districts = {c.adm2_pcode for c in claims if c.adm2_pcode}
    if draft.adm2_pcode:
        return (
            (0.9, f"same district, {draft.adm2_name}") if draft.adm2_pcode in districts else (0, "")
        )
    if _is_elsewhere(draft):
        return 0.0, ""
    wide = incident.where_prec >= PROVINCE_PREC and not districts
    return (0.9, "told of the whole province") if wide else (0.0, "")


def _kind_agreement(draft: ReviewDraft, incident: Incident) -> tuple[float, str]:
    if draft.event_type is None:
        return 0.9, ""
    if draft.sub_event_type == incident.sub_event_type:
        return 1.0, incident.sub_event_type.lower()
    violent = {"Battles", "Explosions/Remote violence", "Violence against civilians"}
    if {draft.event_type, incident.event_type} <= violent:
        return 0.8, ""
    return 0.5, "another kind of event"


def _told_near(draft: ReviewDraft, text: str) -> tuple[str, str] | None:
    """Return what the event word nearest to a figure tells of."""
    at = draft.figure_start if draft.figure_start is not None else draft.char_start
    if at is None or draft.in_title:
        return None
    words, types = _event_words()
    low = max(0, at - _NEAR)
    found = [
        # What stands before a figure tells more of it than what follows in the next sentence.
        (abs(low + match.start() - at) * (1 if low + match.start() < at else 2), types[match[0]])
        for match in words.finditer(text[low : at + _NEAR].lower())
    ]
    # A blast names its kind better than the word "attack" that stands nearer.
    telling = [f for f in found if f[1][1] != "Attack"]
    return min(telling or found)[1] if found else None


@cache
def _event_words() -> tuple[re.Pattern[str], dict[str, tuple[str, str]]]:
    """Return a pattern of the words for what happened, and the kind that each means."""
    types: dict[str, tuple[str, str]] = {}
    for event in load_vocabulary().tables["events"]:
        if event["event_type"] != "Strategic developments":
            for word in event["words"]:
                types.setdefault(word, (event["event_type"], event["sub_event_type"]))
    longest_first = sorted(types, key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b"), types


@cache
def _called() -> dict[str, str]:
    path = files("incidents") / "data" / "event_titles.toml"
    return tomllib.loads(path.read_text("utf-8"))


def _name_new(
    draft: ReviewDraft, source: Source, taken: set[str] | set[str | None]
) -> tuple[str, str]:
    day = draft.date_start or source.published_on
    when = f"{day:%Y-%m}" if day and draft.scope == "background" else str(day or "undated")
    where = _place_of(draft)
    what = _called_kind(draft)
    stem = "-".join(
        re.sub(r"[^a-z0-9]+", "-", part.lower()).strip("-") for part in (when, where, what)
    )[:100]
    name = _free(stem, lambda candidate: candidate not in taken)
    return name, _title(draft)


def _free(stem: str, is_free: Callable[[str], bool]) -> str:
    if is_free(stem):
        return stem
    number = 2
    while not is_free(f"{stem}-{number}"):
        number += 1
    return f"{stem}-{number}"


def _title(draft: ReviewDraft) -> str:
    return f"{_called_kind(draft)} in {_place_of(draft)}{_SCOPE_WORDS[draft.scope]}"


def _called_kind(draft: ReviewDraft) -> str:
    sub_event_type = event_type_of(draft)[1]
    return _called().get(sub_event_type, sub_event_type)


def _place_of(draft: ReviewDraft) -> str:
    if draft.place_name and draft.place_id and len(draft.place_name) <= 40:
        return draft.place_name
    return draft.adm2_name or "Balochistan"


def labels(incidents: Mapping[str, Incident]) -> dict[str, str]:
    """Return how incidents are named in a list to choose from: title and first day."""
    return {k: f"{i.title} · {i.date_start:%-d %b %Y}" for k, i in incidents.items()}
