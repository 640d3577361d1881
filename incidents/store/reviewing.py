"""What a reviewer does with a document: its drafts, accepting them, taking a source out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, Protocol

from sqlalchemy import Connection, select

from incidents.model import Catalogue, Claim, Incident, Record, Source
from incidents.store.decisions import Change, Decision
from incidents.store.documents import read_document
from incidents.store.errors import DecisionError, UnknownObjectError
from incidents.store.people import By
from incidents.store.schema import records
from incidents.store.states import Fields, Kind, State, as_fields
from incidents.store.writing import conflict, decide, lock, present

Seen = Mapping[tuple[Kind, str], int]
"""The revisions that a reviewer saw, by kind and id; what is not named was not there."""


class Draft(Protocol):
    """A draft as extraction makes it; `incidents.extraction.draft.Draft` is one."""

    @property
    def draft_id(self) -> str: ...  # noqa: D102

    def as_dict(self) -> dict[str, Any]: ...  # noqa: D102


def draft_key(source_id: str, draft_id: str) -> str:
    """Return the id under which a draft of a document is kept.

    Examples
    --------
    >>> draft_key("005-dawn-2026-02-02", "d3")
    '005-dawn-2026-02-02/d3'
    """
    return f"{source_id}/{draft_id}"


def save_drafts(
    connection: Connection,
    source_id: str,
    drafts: Iterable[Draft | Mapping[str, Any]],
    by: By,
    reason: str = "",
    seen: Seen | None = None,
) -> int:
    """Make these the drafts of a document, each by its ``draft_id``; those not named go."""
    lock(connection)
    read_document(connection, source_id)
    given: dict[str, Mapping[str, Any]] = {}
    for draft in drafts:
        fields = draft if isinstance(draft, Mapping) else draft.as_dict()
        given[draft_key(source_id, str(fields["draft_id"]))] = fields
    seen = seen or {}
    changes = [
        Change("draft", key, fields, seen.get(("draft", key)))
        for key, fields in given.items()
        if not _is_so(connection, "draft", key, fields)
    ]
    changes += [
        Change("draft", key, None, seen.get(("draft", key)))
        for key in read_kind(connection, "draft", f"{source_id}/")
        if key not in given
    ]
    return decide(connection, Decision("drafts", tuple(changes), by, reason))


def accept(
    connection: Connection,
    source_id: str,
    claims: Sequence[Claim],
    incidents: Sequence[Incident],
    by: By,
    reason: str = "",
    *,
    source: Source | None = None,
    drafts: Iterable[str] | Literal["all"] = "all",
    seen: Seen | None = None,
) -> int:
    """Put claims of a document on the map, with the incidents that are new.

    Parameters
    ----------
    source
        What is known of the document where a person corrected it.
    drafts
        Ids of the drafts that became these claims and no longer wait; by default all.

    Raises
    ------
    ConflictError
        If another reviewer accepted, changed or rejected one of them meanwhile.
    """
    lock(connection)
    seen = seen or {}
    document = read_document(connection, source_id)
    source = source or document.source
    strangers = sorted({c.source_id for c in claims} - {source_id})
    if strangers:
        raise DecisionError(f"claims of {', '.join(strangers)} cannot be accepted with {source_id}")
    waiting = read_kind(connection, "draft", f"{source_id}/")
    if drafts == "all":
        done = list(waiting)
    else:
        done = [draft_key(source_id, draft_id) for draft_id in drafts]
        for key in done:
            # Who accepts a draft that another has just accepted would count it twice.
            if key not in waiting:
                raise conflict(connection, "draft", key, seen.get(("draft", key), 1))
    given: list[tuple[Kind, str, Source | Incident | Claim]] = [
        ("source", source_id, source),
        *(("incident", i.incident_id, i) for i in incidents),
        *(("claim", c.claim_id, c) for c in claims),
    ]
    changes = [
        Change(kind, object_id, value, seen.get((kind, object_id)))
        for kind, object_id, value in given
        # The document and an incident may be known already; a claim may not.
        if kind == "claim" or not _is_so(connection, kind, object_id, value)
    ]
    changes += [
        Change("draft", key, None, seen.get(("draft", key), waiting[key][0])) for key in done
    ]
    return decide(connection, Decision("accept", tuple(changes), by, reason))


def remove_source(
    connection: Connection,
    source_id: str,
    by: By,
    reason: str = "",
    seeds: Catalogue | None = None,
) -> int:
    """Take a source, a document under review or a dataset out; an undo brings it back.

    A source of the seeds stays in its file and is no longer shown, nor are its claims.
    """
    lock(connection)
    changes: list[Change] = []
    for kind in ("document", "source", "dataset"):
        now = present(connection, kind, source_id)
        if now.state is not None:
            changes.append(Change(kind, source_id, None, now.seen))
    seed = seeds.source.get(source_id) if seeds else None
    if seed is not None:
        changes = [c for c in changes if c.kind != "source"]
        seen = present(connection, "source", source_id).seen
        changes.append(Change("source", source_id, None, seen, base=seed))
    if not changes:
        raise UnknownObjectError(f"there is no source or dataset {source_id} to remove")
    own: list[tuple[Kind, str]] = [("draft", f"{source_id}/"), ("claim", f"{source_id}.")]
    for kind, prefix in own:
        for key, (revision, state) in read_kind(connection, kind, prefix).items():
            # What was decided on a seed's claim has no effect without its source, and waits.
            if state.base is None:
                changes.append(Change(kind, key, None, revision))
    return decide(connection, Decision("remove", tuple(changes), by, reason))


def read_kind(connection: Connection, kind: str, prefix: str = "") -> dict[str, tuple[int, State]]:
    """Return revision and state of the objects of a kind, by id, that are decided on."""
    rows = connection.execute(
        select(records.c.object_id, records.c.revision, records.c.state)
        .where(
            records.c.kind == kind,
            records.c.state.is_not(None),
            records.c.object_id.startswith(prefix, autoescape=True),
        )
        .order_by(records.c.object_id)
    )
    return {
        row.object_id: (row.revision, state)
        for row in rows
        if (state := State.from_json(row.state)) is not None
    }


def _is_so(
    connection: Connection, kind: Kind, object_id: str, value: Record | Mapping[str, Any]
) -> bool:
    """Whether an object is there, just as given."""
    state = State.from_json(present(connection, kind, object_id).state)
    return state is not None and state.value == as_fields(kind, object_id, value)


def drafts_of(connection: Connection, source_id: str) -> list[tuple[int, Fields]]:
    """Return the drafts that wait, each with its revision, in the order of the text."""
    found = [
        (revision, state.value)
        for revision, state in read_kind(connection, "draft", f"{source_id}/").values()
        if state.value is not None
    ]
    return sorted(found, key=lambda d: (d[1].get("char_start") or 0, str(d[1].get("draft_id"))))
