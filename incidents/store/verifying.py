"""Checks a library against itself: hashes of records, of the history, of the documents' bytes.

A database's own check sees broken pages; a flipped bit inside a value it takes for content.
"""

from __future__ import annotations

from sqlalchemy import Connection, Row, select

from incidents.store.schema import blobs, changes, documents, entries, library, records
from incidents.store.states import Kind, sha256_of
from incidents.store.writing import Step, entry_sha256, record_sha256

START = "0" * 64
_MOST_TOLD = 20


def verify(connection: Connection) -> list[str]:
    """Return what is wrong with a library, a sentence each; empty if it is whole."""
    found: list[str] = []
    if connection.dialect.name == "sqlite":
        for (answer,) in connection.exec_driver_sql(f"PRAGMA integrity_check({_MOST_TOLD})"):
            if answer != "ok":
                found.append(f"SQLite's own check: {answer}")
        found += [
            f"table {row[0]}, row {row[1]} points to a row of {row[2]} that is not there"
            for row in connection.exec_driver_sql("PRAGMA foreign_key_check")
        ]
    latest = _verify_history(connection, found)
    _verify_records(connection, latest, found)
    _verify_documents(connection, found)
    return found


def _verify_history(
    connection: Connection, found: list[str]
) -> dict[tuple[str, str], tuple[int, str | None, int]]:
    """Check the chain of entries; return revision, state and entry of each object at its end."""
    steps: dict[int, list[Step]] = {}
    latest: dict[tuple[str, str], tuple[int, str | None, int]] = {}
    for row in connection.execute(select(changes).order_by(changes.c.entry_id, changes.c.position)):
        step = Step(_kind(row), row.object_id, row.revision, row.before, row.after)
        steps.setdefault(row.entry_id, []).append(step)
        revision, state, _ = latest.get((row.kind, row.object_id), (0, None, 0))
        if (row.revision, row.before) != (revision + 1, state):
            found.append(
                f"entry {row.entry_id}: the change of {row.kind} {row.object_id} does not go on "
                f"from its revision {revision}"
            )
        latest[row.kind, row.object_id] = (row.revision, row.after, row.entry_id)
    previous, expected = START, 1
    for row in connection.execute(select(entries).order_by(entries.c.entry_id)):
        if row.entry_id != expected:
            found.append(f"entry {expected} is missing from the history")
        digest = entry_sha256(
            previous,
            row.entry_id,
            row.at,
            row.by,
            row.action,
            row.reason,
            row.undoes,
            steps.get(row.entry_id, []),
        )
        if digest != row.sha256:
            found.append(f"entry {row.entry_id} of the history is not as it was written")
        previous, expected = row.sha256, row.entry_id + 1
    counter = connection.execute(select(library)).first()
    if counter is None or (counter.last_entry, counter.last_sha256) != (expected - 1, previous):
        found.append(f"the history does not end where it says, at entry {expected - 1}")
    return latest


def _verify_records(
    connection: Connection,
    latest: dict[tuple[str, str], tuple[int, str | None, int]],
    found: list[str],
) -> None:
    unseen = dict(latest)
    for row in connection.execute(select(records).order_by(records.c.kind, records.c.object_id)):
        name = f"{row.kind} {row.object_id}"
        if record_sha256(row.kind, row.object_id, row.revision, row.state) != row.sha256:
            found.append(f"{name} is not as it was written")
        told = unseen.pop((row.kind, row.object_id), None)
        if told != (row.revision, row.state, row.entry_id):
            found.append(f"{name} is not what the history says it is")
    found += [f"{kind} {object_id} is in the history and lost" for kind, object_id in unseen]


def _verify_documents(connection: Connection, found: list[str]) -> None:
    there = set()
    for row in connection.execution_options(yield_per=1).execute(select(blobs)):
        there.add(row.sha256)
        if sha256_of(bytes(row.content)) != row.sha256:
            found.append(f"the bytes with the sha256 {row.sha256} are not as they were written")
    for row in connection.execute(select(documents)):
        for name in ("text_sha256", "original_sha256"):
            if getattr(row, name) not in there:
                found.append(f"document {row.source_id} has lost its bytes ({name})")


def _kind(row: Row[tuple[object, ...]]) -> Kind:
    kind: Kind = row.kind
    return kind
