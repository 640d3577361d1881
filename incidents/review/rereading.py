"""What becomes of the claims under review when the report's day or headline is corrected.

The words for days ("on Friday") are told from the day of the report, and a headline is read
like the text. So the report is read again, and what a person corrected stays as it is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from incidents.atlas import Atlas
from incidents.extraction.extractors import ALL, RULES, named_extractor
from incidents.model import Source
from incidents.review.claim import BY_HAND, NotPossibleError, ReviewDraft, draft_id_of
from incidents.review.document import Review, free_ids
from incidents.review.drafting import draft_by_hand, find_drafts
from incidents.review.incident_choice import assigned
from incidents.store import Entry

_READ_FROM = ("published_on", "title")
_DAYS = ("date_start", "date_end", "date_prec")
_INCIDENT = ("incident_id", "incident_title", "event_type", "sub_event_type")

_Mark = tuple[bool, int | None, str | None]
"""Where a draft's figure was found, and what it counts: the same in every reading."""


@dataclass(frozen=True)
class Reread:
    """What another reading changes; nothing is stored yet."""

    drafts: tuple[ReviewDraft, ...] = ()
    """Those that differ, and those that are new."""
    gone: tuple[str, ...] = ()
    """Ids of drafts that are no longer found."""
    told: str = ""
    """What changed, in sentences; empty where the reading is the same."""


def reread(review: Review, source: Source, atlas: Atlas) -> Reread:
    """Return what correcting the source changes in the claims found in its text.

    Days, scope and the proposed incident follow the report's day where no person chose them;
    claims that are on the map stay as they were accepted.

    Parameters
    ----------
    source
        The document's source as it is to be.

    Raises
    ------
    incidents.extraction.extractors.ExtractorError
        If the extractor that read the document is no longer there.
    """
    if all(getattr(source, name) == getattr(review.source, name) for name in _READ_FROM):
        return Reread()
    extractor = review.document.extractor
    found: list[ReviewDraft] = []
    if review.document.readable or extractor not in (RULES, ALL):
        found = find_drafts(
            review.text,
            published_on=source.published_on,
            title=source.title,
            extractor=named_extractor(extractor),
        )
    past = _Past(review)
    fresh = {_mark(d): d for d in found}
    kept: list[ReviewDraft] = []
    gone: list[str] = []
    for draft in review.drafts:
        mark = past.mark.get(draft.draft_id, _mark(draft))
        if past.rule.get(draft.draft_id, draft.rule) == BY_HAND:
            kept.append(draft)
        elif mark in fresh:
            kept.append(_with_days(draft, fresh[mark], past.touched[draft.draft_id]))
        elif past.touched[draft.draft_id]:
            kept.append(draft)
        else:
            gone.append(draft.draft_id)
    kept = [_by_hand(d, kept, review, source, past) for d in kept]
    marks = {*past.mark.values(), *map(_mark, review.drafts)}
    new = [d for mark, d in fresh.items() if mark not in marks]
    id_at = past.id_at(review) | dict(zip(map(_mark, new), free_ids(review, len(new)), strict=True))
    ids = {d.draft_id: id_at[_mark(d)] for d in found if _mark(d) in id_at}
    added = [
        d.model_copy(update={"draft_id": ids[d.draft_id], "part_of": ids.get(d.part_of or "")})
        for d in new
    ]
    left = [
        d.model_copy(update={"part_of": None}) if d.part_of in gone else d
        for d in _without_stale_incidents(kept, review, atlas, past)
    ]
    result = assigned([*left, *added], review.text, source, atlas.catalogue)
    changed = tuple(d for d in result if review.draft.get(d.draft_id) != d)
    return Reread(changed, tuple(gone), _told(review, source, changed, gone, fresh, past))


class _Past:
    """What the history says of each draft: where it was first found, what a person chose."""

    def __init__(self, review: Review) -> None:
        self.mark: dict[str, _Mark] = {}
        self.rule: dict[str, str] = {}
        self.touched: defaultdict[str, set[str]] = defaultdict(set)
        for entry in reversed(review.history):
            if entry.undone_by is None and entry.undoes is None:
                self._learn(entry)

    def id_at(self, review: Review) -> dict[_Mark, str]:
        """Return which draft counts what was found at a mark; it waits, or is on the map.

        Of one that was split it is the first. One that was made to count something else is not here.
        """
        counts = {i: d.casualty_type for i, d in review.draft.items()}
        counts |= {i: c.casualty_type for i, c in review.claim.items()}
        there = [i for i in self.mark if i in counts and counts[i] == self.mark[i][2]]
        there.sort(key=lambda draft_id: int(draft_id.removeprefix("d")), reverse=True)
        return {self.mark[draft_id]: draft_id for draft_id in there}

    def _learn(self, entry: Entry) -> None:
        by_program = entry.action == "drafts" or any(c.kind == "document" for c in entry.changes)
        for change in entry.changes:
            if change.kind != "draft" or change.after is None or change.after.value is None:
                continue
            draft = ReviewDraft.model_validate(change.after.value)
            draft_id = draft.draft_id
            if draft_id not in self.mark:
                parent = draft.rule.removeprefix("split from ")
                self.mark[draft_id] = self.mark.get(parent, _mark(draft))
                self.rule[draft_id] = self.rule.get(parent, draft.rule)
                self.touched[draft_id] |= self.touched.get(parent, set())
                if entry.action == "split":
                    self.touched[draft_id].add("count_low")
            elif not by_program and change.before is not None:
                self.touched[draft_id] |= set(change.fields)


def _mark(draft: ReviewDraft) -> _Mark:
    return draft.in_title, draft.figure_start, draft.casualty_type


def _with_days(draft: ReviewDraft, found: ReviewDraft, touched: set[str]) -> ReviewDraft:
    names = [] if touched.intersection(_DAYS) else list(_DAYS)
    if "scope" not in touched:
        names.append("scope")
    return draft.model_copy(update={name: getattr(found, name) for name in names})


def _by_hand(
    draft: ReviewDraft,
    others: Sequence[ReviewDraft],
    review: Review,
    source: Source,
    past: _Past,
) -> ReviewDraft:
    if (
        past.rule.get(draft.draft_id, draft.rule) != BY_HAND
        or draft.char_start is None
        or draft.char_end is None
    ):
        return draft
    try:
        found = draft_by_hand(
            review.text,
            draft.char_start,
            draft.char_end,
            draft.draft_id,
            [d for d in others if d.draft_id != draft.draft_id],
            published_on=source.published_on,
        )
    except NotPossibleError:
        return draft
    return _with_days(draft, found, past.touched[draft.draft_id])


def _without_stale_incidents(
    drafts: Iterable[ReviewDraft], review: Review, atlas: Atlas, past: _Past
) -> list[ReviewDraft]:
    """Return drafts without the new incidents that were proposed for other days."""
    kept = list(drafts)
    former: Mapping[str, ReviewDraft] = review.draft
    moved = {
        d.incident_id
        for d in kept
        if any(getattr(d, n) != getattr(former[d.draft_id], n) for n in (*_DAYS, "scope"))
    }
    chosen = {d.incident_id for d in kept if past.touched[d.draft_id].intersection(_INCIDENT)}
    stale = moved - chosen - set(atlas.catalogue.incident)
    return [
        d.model_copy(update={"incident_id": None, "incident_title": None})
        if d.incident_id in stale
        else d
        for d in kept
    ]


def _told(
    review: Review,
    source: Source,
    changed: Sequence[ReviewDraft],
    gone: Sequence[str],
    fresh: Mapping[_Mark, ReviewDraft],
    past: _Past,
) -> str:
    other_days = [
        d
        for d in changed
        if d.draft_id in review.draft
        and any(getattr(d, n) != getattr(review.draft[d.draft_id], n) for n in _DAYS)
    ]
    new = [d for d in changed if d.draft_id not in review.draft]
    own = [
        d
        for d in review.drafts
        if past.touched[d.draft_id].intersection(_DAYS)
        and (found := fresh.get(past.mark.get(d.draft_id, _mark(d))))
        and (found.date_start, found.date_end) != (d.date_start, d.date_end)
    ]
    on_map = [
        c
        for c in review.accepted
        if (found := fresh.get(past.mark.get(draft_id_of(c), (False, -1, None))))
        and "date_start" not in past.touched[draft_id_of(c)]
        and (found.date_start or source.published_on) != c.date_start
    ]
    said = (
        (other_days, "changed its day", "changed their days"),
        (own, "keeps the day that a person chose", "keep the days that a person chose"),
        (new, "was newly found", "were newly found"),
        (gone, "is no longer found", "are no longer found"),
        (
            on_map,
            "on the map keeps its day; take it back to review to change it",
            "on the map keep their days; take them back to review to change them",
        ),
    )
    return " ".join(
        f"{len(which)} {'claim' if len(which) == 1 else 'claims'} "
        f"{one if len(which) == 1 else many}."
        for which, one, many in said
        if which
    )
