"""One document under review, as the library holds it, and what a reviewer decides on it.

Each decision is one entry of the history; what was seen is stated, so that nothing which
somebody else decided meanwhile is overwritten.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from incidents import removing
from incidents.atlas import Atlas
from incidents.model import Claim, Source
from incidents.review.addition import acceptance
from incidents.review.claim import (
    NotPossibleError,
    ReviewDraft,
    draft_id_of,
    from_claim,
    next_draft_ids,
)
from incidents.store import By, Change, Decision, Entry, Store, StoredDocument
from incidents.store.reviewing import draft_key

Correction = Literal["edit", "split", "merge"]


@dataclass(frozen=True)
class Rejected:
    """A draft that was rejected, and the entry of the history that says why."""

    entry_id: int
    draft: ReviewDraft
    reason: str
    by: str


@dataclass(frozen=True)
class Review:
    """A document under review at one moment."""

    document: StoredDocument
    text: str
    waiting: tuple[tuple[int, ReviewDraft], ...]
    """Drafts that wait, each with its revision, in the order of the text."""
    accepted: tuple[Claim, ...]
    rejected: tuple[Rejected, ...]
    history: tuple[Entry, ...]
    """Of this document, the newest first."""

    @property
    def source_id(self) -> str:
        """The document's id."""
        return self.document.source_id

    @property
    def source(self) -> Source:
        """The document as a source."""
        return self.document.source

    @cached_property
    def drafts(self) -> tuple[ReviewDraft, ...]:
        """The drafts that wait."""
        return tuple(draft for _, draft in self.waiting)

    @cached_property
    def draft(self) -> dict[str, ReviewDraft]:
        """The drafts that wait, by id."""
        return {d.draft_id: d for d in self.drafts}

    @cached_property
    def claim(self) -> dict[str, Claim]:
        """The accepted claims by the id of the draft that each was."""
        return {draft_id_of(c): c for c in self.accepted}

    @cached_property
    def seen(self) -> dict[str, int]:
        """Revisions of the drafts, by id."""
        return {draft.draft_id: revision for revision, draft in self.waiting}

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """Every draft id of the document that is known, in the order of the text."""
        everything = [
            *((d.draft_id, d.in_title, d.char_start) for d in self.drafts),
            *((draft_id_of(c), False, c.char_start) for c in self.accepted),
            *((r.draft.draft_id, r.draft.in_title, r.draft.char_start) for r in self.rejected),
        ]
        placed = sorted(everything, key=lambda e: (not e[1], e[2] or 0, int(e[0][1:] or 0)))
        return tuple(dict.fromkeys(e[0] for e in placed))

    def next_waiting(self, after: str | None) -> str | None:
        """Return the draft that waits next after another in the text, from the top at its end."""
        waiting = [i for i in self.ids if i in self.draft and i != after]
        if not waiting:
            return None
        if after not in self.ids:
            return waiting[0]
        at = self.ids.index(after)
        return next((i for i in waiting if self.ids.index(i) > at), waiting[0])


def open_review(store: Store, source_id: str) -> Review:
    """Return a document under review as it is now.

    Raises
    ------
    incidents.store.UnknownObjectError
        If the library has no such document.
    """
    document = store.document(source_id)
    waiting = tuple(
        (revision, ReviewDraft.model_validate(fields))
        for revision, fields in store.drafts(source_id)
    )
    claims = [
        Claim.model_validate(state.value)
        for claim_id, (_, state) in store.objects("claim").items()
        if claim_id.startswith(f"{source_id}.") and state.value is not None
    ]
    history = store.history(limit=None, object_id=source_id)
    here = {d.draft_id for _, d in waiting} | {draft_id_of(c) for c in claims}
    return Review(
        document,
        store.text(source_id),
        waiting,
        tuple(sorted(claims, key=lambda c: c.claim_id)),
        tuple(r for r in _rejected(history) if r.draft.draft_id not in here),
        tuple(history),
    )


def accept_drafts(
    store: Store, review: Review, draft_ids: Sequence[str], atlas: Atlas, *, by: By
) -> int:
    """Put drafts on the map as claims; return the entry of the history.

    Raises
    ------
    NotPossibleError
        If something stands in the way of one of them; nothing is stored then.
    incidents.store.ConflictError
        If somebody else decided on one of them meanwhile.
    """
    chosen = tuple(review.draft[i] for i in draft_ids if i in review.draft)
    if not chosen:
        raise NotPossibleError("None of these claims waits any longer; look at the list again.")
    accepted = acceptance(chosen, review.drafts, review.source, atlas)
    now = store.get("source", review.source_id)
    return store.accept(
        review.source_id,
        accepted.claims,
        accepted.incidents,
        by=by,
        drafts=accepted.draft_ids,
        seen={("source", review.source_id): now[0]} if now else None,
    )


def reject_draft(store: Store, review: Review, draft_id: str, reason: str, *, by: By) -> int:
    """Leave a draft out, with a reason; its parts stand by themselves then."""
    return store.decide(
        Decision(
            "reject",
            (Change("draft", draft_key(review.source_id, draft_id), None, review.seen[draft_id]),),
            by,
            reason,
        )
    )


def correct_drafts(
    store: Store,
    review: Review,
    drafts: Sequence[ReviewDraft],
    *,
    by: By,
    action: Correction = "edit",
    gone: Sequence[str] = (),
    reason: str = "",
) -> int | None:
    """Store drafts as corrected, split or merged; None where nothing differs.

    Parameters
    ----------
    drafts
        As they are to be; those with a new id come in.
    gone
        Ids of drafts that are no longer there: merged into another.
    """
    changes = _draft_changes(review, drafts, gone)
    if not changes:
        return None
    return store.decide(Decision(action, tuple(changes), by, reason))


def decided_meanwhile(review: Review, shown: Mapping[str, int], by: By) -> dict[str, Entry]:
    """Return what others decided on drafts since a reviewer was shown them, by draft.

    Parameters
    ----------
    shown
        Revisions of the drafts as they were shown, by id.
    """
    found: dict[str, Entry] = {}
    for entry in review.history:
        if entry.by == str(by):
            continue
        for change in entry.changes:
            draft_id = change.object_id.rpartition("/")[2]
            if change.kind == "draft" and change.revision > shown.get(draft_id, change.revision):
                found.setdefault(draft_id, entry)
    return found


def _draft_changes(
    review: Review, drafts: Sequence[ReviewDraft], gone: Sequence[str]
) -> list[Change]:
    return [
        *(
            Change(
                "draft",
                draft_key(review.source_id, d.draft_id),
                d.as_fields(),
                review.seen.get(d.draft_id),
            )
            for d in drafts
            if review.draft.get(d.draft_id) != d
        ),
        *(Change("draft", draft_key(review.source_id, i), None, review.seen[i]) for i in gone),
    ]


def add_draft(store: Store, review: Review, draft: ReviewDraft, *, by: By) -> int:
    """Store a draft that a person selected in the text."""
    change = Change("draft", draft_key(review.source_id, draft.draft_id), draft.as_fields())
    return store.decide(Decision("add", (change,), by, "selected in the text"))


def reopen_claim(store: Store, review: Review, draft_id: str, *, by: By) -> int:
    """Take an accepted claim back into review, to be corrected."""
    claim = review.claim[draft_id]
    now = store.get("claim", claim.claim_id)
    return store.decide(
        Decision(
            "edit",
            (
                Change("claim", claim.claim_id, None, now[0] if now else None),
                Change(
                    "draft", draft_key(review.source_id, draft_id), from_claim(claim).as_fields()
                ),
            ),
            by,
            "back to review",
        )
    )


def correct_source(
    store: Store,
    review: Review,
    source: Source,
    *,
    by: By,
    drafts: Sequence[ReviewDraft] = (),
    gone: Sequence[str] = (),
    reason: str = "",
) -> int | None:
    """Store what is known of the document as corrected; None where nothing differs.

    Parameters
    ----------
    drafts, gone, reason
        What follows for the drafts that wait, as `incidents.review.rereading.reread` tells it.
    """
    if source == review.source:
        return None
    found = store.get("document", review.source_id)
    if found is None or found[1].value is None:
        raise NotPossibleError(f"the document {review.source_id} is no longer there")
    fields = found[1].value | {"source": source.model_dump(mode="json", exclude_none=True)}
    changes = [Change("document", review.source_id, fields, review.document.revision)]
    shown = store.get("source", review.source_id)
    if shown is not None and shown[1].value is not None:
        changes.append(Change("source", review.source_id, source, shown[0]))
    changes += _draft_changes(review, drafts, gone)
    return store.decide(Decision("edit", tuple(changes), by, reason))


def free_ids(review: Review, count: int = 1) -> list[str]:
    """Return ids for further drafts of a document; one that was ever used is not given again."""
    used = {
        change.object_id.rpartition("/")[2]
        for entry in review.history
        for change in entry.changes
        if change.kind == "draft"
    }
    return next_draft_ids([*used, *review.ids], count)


def still_needed(store: Store, entry: Entry) -> list[str]:
    """Return what would hang in the air if an entry were undone: ids of claims and drafts.

    An acceptance brings the source and new incidents with its first claims, and later ones
    point to them too; a document that was added has drafts. These are to be undone first.
    """
    brought = {(c.kind, c.object_id) for c in entry.changes if c.outcome == "added"}
    documents = {object_id for kind, object_id in brought if kind == "document"}
    resting = [
        object_id
        for kind in ("draft", "claim")
        for object_id, (_, state) in store.objects(kind).items()
        if state.value is not None and re.split(r"[/.]", object_id)[0] in documents
    ]
    own = {c.object_id for c in entry.changes if c.kind == "claim"}
    return resting or [
        claim_id
        for claim_id, (_, state) in store.objects("claim").items()
        if claim_id not in own
        and state.value is not None
        and (
            ("source", state.value["source_id"]) in brought
            or ("incident", state.value["incident_id"]) in brought
        )
    ]


def undo_entry(store: Store, entry: Entry, *, by: By, reason: str = "") -> int:
    """Undo an entry, unless later claims rest on what it brought.

    Raises
    ------
    NotPossibleError
        If they do; it names them.
    incidents.store.DecisionError
        If the store cannot undo it.
    """
    needed = still_needed(store, entry)
    if needed:
        raise NotPossibleError(
            f"{', '.join(needed[:4])}{' and others' if len(needed) > 4 else ''} came later and "
            "rest on this. Undo the later ones first."
        )
    return removing.undo(store, entry, by=by, reason=reason)


def _rejected(history: Sequence[Entry]) -> list[Rejected]:
    return [
        Rejected(
            entry.entry_id, ReviewDraft.model_validate(change.before.value), entry.reason, entry.by
        )
        for entry in history
        if entry.action == "reject" and entry.undone_by is None
        for change in entry.changes
        if change.kind == "draft" and change.before is not None and change.before.value
    ]
