"""Writes entries of the history and what they amount to: the only module that does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, insert, select, update

from incidents.store.decisions import REASON_NEEDED, Change, Decision
from incidents.store.errors import ConflictError, DecisionError
from incidents.store.history import changed_since
from incidents.store.people import allowed
from incidents.store.points import point_of
from incidents.store.schema import changes, entries, library, records
from incidents.store.states import KINDS, Kind, State, as_fields, canonical, sha256_of

MAX_ID_LENGTH = 255


@dataclass(frozen=True)
class Present:
    """An object as it is now."""

    revision: int = 0
    state: str | None = None

    @property
    def seen(self) -> int | None:
        """What a reviewer who looks now has seen."""
        return None if self.state is None else self.revision


@dataclass(frozen=True)
class Step:
    """One object's way from one state to another."""

    kind: Kind
    object_id: str
    revision: int
    before: str | None
    after: str | None


def decide(connection: Connection, decision: Decision) -> int:
    """Write a decision and return its entry's number.

    Raises
    ------
    ConflictError
        If someone else changed one of the objects since it was seen.
    DecisionError
        If the decision does not hold together, or changes nothing.
    """
    by = allowed(decision.by, "decide", f"{decision.action} anything here")
    reason = decision.reason.strip()
    if decision.action in REASON_NEEDED and not reason:
        raise DecisionError(f"to {decision.action} needs a reason; nothing was stored")
    lock(connection)
    steps = []
    for change in decision.changes:
        now = present(connection, change.kind, change.object_id)
        after = _state_after(change, now)
        # Also where both decided the same: what the second decided besides may build on
        # what was there before, and would count a split claim twice.
        if change.seen != now.seen:
            raise conflict(connection, change.kind, change.object_id, change.seen)
        if after == now.state:
            continue
        steps.append(Step(change.kind, change.object_id, now.revision + 1, now.state, after))
    _check_once(decision)
    if not steps:
        raise DecisionError("this decision changes nothing: all is as it says already")
    return write_entry(connection, decision.action, by, reason, steps)


def write_entry(
    connection: Connection,
    action: str,
    by: str,
    reason: str,
    steps: Sequence[Step],
    undoes: int | None = None,
) -> int:
    """Append an entry to the history and bring the records to what it says."""
    entry_id, previous = lock(connection)
    entry_id += 1
    at = moment()
    digest = entry_sha256(previous, entry_id, at, by, action, reason, undoes, steps)
    connection.execute(
        insert(entries).values(
            entry_id=entry_id,
            at=at,
            by=by,
            action=action,
            reason=reason,
            undoes=undoes,
            sha256=digest,
        )
    )
    for position, step in enumerate(steps):
        connection.execute(
            insert(changes).values(
                entry_id=entry_id,
                position=position,
                kind=step.kind,
                object_id=step.object_id,
                revision=step.revision,
                before=step.before,
                after=step.after,
            )
        )
        _write_record(connection, entry_id, step)
    connection.execute(update(library).values(last_entry=entry_id, last_sha256=digest))
    return entry_id


def lock(connection: Connection) -> tuple[int, str]:
    """Wait for other writers; return the last entry's number and hash.

    On SQLite the transaction holds the file's lock already.
    """
    row = connection.execute(
        select(library.c.last_entry, library.c.last_sha256).with_for_update()
    ).one()
    return row.last_entry, row.last_sha256


def present(connection: Connection, kind: str, object_id: str) -> Present:
    """Return an object's revision and state."""
    row = connection.execute(
        select(records.c.revision, records.c.state).where(
            records.c.kind == kind, records.c.object_id == object_id
        )
    ).first()
    return Present() if row is None else Present(row.revision, row.state)


def conflict(connection: Connection, kind: str, object_id: str, seen: int | None) -> ConflictError:
    """Return the error that tells who changed an object since it was seen."""
    now = present(connection, kind, object_id).seen
    since = changed_since(connection, kind, object_id, seen or 0)
    return ConflictError(kind, object_id, seen, now, since)


def entry_sha256(
    previous: str,
    entry_id: int,
    at: str,
    by: str,
    action: str,
    reason: str,
    undoes: int | None,
    steps: Sequence[Step],
) -> str:
    """Return the hash of an entry: it holds that of the one before, so none can be taken out."""
    told = [[s.kind, s.object_id, s.revision, s.before, s.after] for s in steps]
    return sha256_of(canonical([previous, entry_id, at, by, action, reason, undoes, told]))


def record_sha256(kind: str, object_id: str, revision: int, state: str | None) -> str:
    """Return the hash that is kept beside a record."""
    return sha256_of(canonical([kind, object_id, revision, state]))


def moment() -> str:
    """Return the present moment as it is stored: UTC, to the microsecond."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def _state_after(change: Change, now: Present) -> str | None:
    if change.kind not in KINDS:
        raise DecisionError(f"{change.kind!r} is no kind of object; known: {', '.join(KINDS)}")
    if not 1 <= len(change.object_id) <= MAX_ID_LENGTH:
        raise DecisionError(
            f"{change.kind} {change.object_id!r:.60}: an id has 1 to {MAX_ID_LENGTH} characters"
        )
    former = State.from_json(now.state)
    base = former.base if former is not None else None
    if change.base is not None:
        base = as_fields(change.kind, change.object_id, change.base)
    if change.value is None:
        return State(None, base).as_json() if base else None
    return State(as_fields(change.kind, change.object_id, change.value), base).as_json()


def _check_once(decision: Decision) -> None:
    keys = [(change.kind, change.object_id) for change in decision.changes]
    twice = {key for key in keys if keys.count(key) > 1} if len(set(keys)) < len(keys) else set()
    if twice:
        named = ", ".join(f"{kind} {object_id}" for kind, object_id in sorted(twice))
        raise DecisionError(f"one decision changes each object once; twice here: {named}")


def _write_record(connection: Connection, entry_id: int, step: Step) -> None:
    key = (records.c.kind == step.kind) & (records.c.object_id == step.object_id)
    state = State.from_json(step.after)
    point = (
        point_of(state.value) if state is not None and step.kind in {"claim", "incident"} else None
    )
    values = {
        "revision": step.revision,
        "state": step.after,
        "entry_id": entry_id,
        "latitude": point and point[0],
        "longitude": point and point[1],
        "sha256": record_sha256(step.kind, step.object_id, step.revision, step.after),
    }
    if step.revision == 1:
        connection.execute(
            insert(records).values(kind=step.kind, object_id=step.object_id, **values)
        )
    else:
        connection.execute(update(records).where(key).values(**values))
