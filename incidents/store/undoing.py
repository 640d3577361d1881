"""Undoes and redoes: each appends an entry of its own, and nothing leaves the history."""

from __future__ import annotations

from sqlalchemy import Connection, select

from incidents.store.errors import NotUndoableError, UnknownObjectError
from incidents.store.history import undone
from incidents.store.people import By, allowed
from incidents.store.schema import changes, entries
from incidents.store.writing import Step, conflict, lock, present, write_entry


def undo(connection: Connection, entry_id: int, by: By, reason: str = "") -> int:
    """Bring what an entry changed back to what it was; return the new entry's number.

    Raises
    ------
    ConflictError
        If one of its objects was changed again since: that is to be undone first.
    NotUndoableError
        If the entry is undone already, or is an undo itself.
    """
    name = allowed(by, "decide", "undo a decision")
    lock(connection)
    row = connection.execute(select(entries).where(entries.c.entry_id == entry_id)).first()
    if row is None:
        raise UnknownObjectError(f"the history has no entry {entry_id}; nothing was changed")
    if row.action == "undo":
        raise NotUndoableError(
            f"entry {entry_id} is itself the undoing of entry {row.undoes}: redo entry {row.undoes}"
        )
    by_now = undone(connection).get(entry_id)
    if by_now is not None:
        raise NotUndoableError(
            f"entry {entry_id} is undone already, by entry {by_now}; redo it if it shall hold again"
        )
    return _reverse(connection, entry_id, "undo", name, reason)


def redo(connection: Connection, entry_id: int, by: By, reason: str = "") -> int:
    """Let an entry that was undone hold again; return the new entry's number."""
    name = allowed(by, "decide", "redo a decision")
    lock(connection)
    undo_id = undone(connection).get(entry_id)
    if undo_id is None:
        raise NotUndoableError(f"entry {entry_id} is not undone: there is nothing to redo")
    return _reverse(connection, undo_id, "redo", name, reason)


def _reverse(connection: Connection, entry_id: int, action: str, by: str, reason: str) -> int:
    rows = connection.execute(
        select(changes).where(changes.c.entry_id == entry_id).order_by(changes.c.position.desc())
    ).all()
    if not rows:
        raise NotUndoableError(f"entry {entry_id} changed no object: there is nothing to undo")
    steps = []
    for row in rows:
        now = present(connection, row.kind, row.object_id)
        if now.state != row.after:
            raise conflict(connection, row.kind, row.object_id, row.revision)
        steps.append(Step(row.kind, row.object_id, now.revision + 1, row.after, row.before))
    return write_entry(connection, action, by, reason.strip(), steps, undoes=entry_id)
