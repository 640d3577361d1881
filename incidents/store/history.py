"""Reads the history: who changed what, when, from what to what, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from incidents.store.errors import Since
from incidents.store.schema import changes, entries
from incidents.store.states import Fields, State, differences


@dataclass(frozen=True)
class Changed:
    """What an entry did to one object."""

    kind: str
    object_id: str
    revision: int
    before: State | None
    after: State | None

    @property
    def fields(self) -> dict[str, tuple[Any, Any]]:
        """The former and the new value of each field that changed.

        What was first decided on a seed is told against the seed.
        """
        return differences(_shown(self.before, self.after), _shown(self.after, self.before))

    @property
    def outcome(self) -> str:
        """In a word: "added", "changed" or "taken out"."""
        was = _shown(self.before, self.after) is not None
        stays = _shown(self.after, self.before) is not None
        if was and stays:
            return "changed"
        return "added" if stays else "taken out"


@dataclass(frozen=True)
class Entry:
    """One decision, as it stands in the history."""

    entry_id: int
    at: datetime
    """In UTC."""
    by: str
    action: str
    reason: str
    changes: tuple[Changed, ...]
    undoes: int | None = None
    """The entry that this one undoes; an undo is undone by a redo."""
    undone_by: int | None = None
    """The entry that undid this one, if that still holds."""


def read_history(
    connection: Connection,
    limit: int | None = 100,
    *,
    before: int | None = None,
    object_id: str | None = None,
    entry_ids: Iterable[int] | None = None,
) -> list[Entry]:
    """Return entries, the newest first.

    Parameters
    ----------
    limit
        How many at most; None for all.
    before
        Only entries older than this one, for turning pages.
    object_id
        Only entries that changed this object, whatever its kind; for a source also those
        that changed its claims and drafts.
    entry_ids
        Only these.
    """
    wanted = select(entries).order_by(entries.c.entry_id.desc())
    if before is not None:
        wanted = wanted.where(entries.c.entry_id < before)
    if object_id is not None:
        about = select(changes.c.entry_id).where(
            (changes.c.object_id == object_id)
            | changes.c.object_id.startswith(f"{object_id}.", autoescape=True)
            | changes.c.object_id.startswith(f"{object_id}/", autoescape=True)
        )
        wanted = wanted.where(entries.c.entry_id.in_(about))
    if entry_ids is not None:
        wanted = wanted.where(entries.c.entry_id.in_(list(entry_ids)))
    if limit is not None:
        wanted = wanted.limit(limit)
    found = connection.execute(wanted).all()
    steps: dict[int, list[Changed]] = defaultdict(list)
    for row in connection.execute(
        select(changes)
        .where(changes.c.entry_id.in_(wanted.with_only_columns(entries.c.entry_id)))
        .order_by(changes.c.entry_id, changes.c.position)
    ):
        steps[row.entry_id].append(_changed(row))
    undoing = undone(connection)
    return [
        Entry(
            row.entry_id,
            datetime.fromisoformat(row.at),
            row.by,
            row.action,
            row.reason,
            tuple(steps[row.entry_id]),
            row.undoes,
            undoing.get(row.entry_id),
        )
        for row in found
    ]


def undone(connection: Connection) -> dict[int, int]:
    """Return the entries that are undone at present, with the entry that undid each."""
    pairs = connection.execute(
        select(entries.c.undoes, entries.c.entry_id)
        .where(entries.c.undoes.is_not(None))
        .order_by(entries.c.entry_id.desc())
    ).all()
    result: dict[int, int] = {}
    # From the newest: whether an undo still holds is known before what it undid.
    for undoes, entry_id in pairs:
        if entry_id not in result:
            result[undoes] = entry_id
    return result


def changed_since(connection: Connection, kind: str, object_id: str, revision: int) -> list[Since]:
    """Return who changed an object after a revision, the latest first."""
    rows = connection.execute(
        select(changes, entries.c.by, entries.c.at, entries.c.action)
        .join(entries, entries.c.entry_id == changes.c.entry_id)
        .where(
            changes.c.kind == kind,
            changes.c.object_id == object_id,
            changes.c.revision > revision,
        )
        .order_by(changes.c.revision.desc())
    )
    return [
        Since(
            row.entry_id, row.action, row.by, datetime.fromisoformat(row.at), _changed(row).fields
        )
        for row in rows
    ]


def _changed(row: Row[Any]) -> Changed:
    return Changed(
        row.kind,
        row.object_id,
        row.revision,
        State.from_json(row.before),
        State.from_json(row.after),
    )


def _shown(state: State | None, other: State | None) -> Fields | None:
    if state is not None:
        return state.value
    return other.base if other is not None else None
