"""Backups, each one SQLite file whatever the library lies in; written whole, checked, restored.

A backup of a desktop's library can so be restored into a team's PostgreSQL, and the other way.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from sqlalchemy import Connection, func, select, text, update

from incidents.store.database import Database
from incidents.store.errors import (
    BackupError,
    StoreDamagedError,
    StoreFullError,
    StoreLockedError,
)
from incidents.store.failures import file_explained
from incidents.store.locations import Location, at_address
from incidents.store.opening import open_database
from incidents.store.people import By, allowed
from incidents.store.schema import entries, library, metadata, records
from incidents.store.verifying import verify
from incidents.store.writing import write_entry
from incidents.whole_files import put_in_place

_ROWS_AT_ONCE = 500
_SIDE_FILES = ("", "-journal", "-wal", "-shm")


@dataclass(frozen=True)
class Backup:
    """A backup that was written and checked, or restored."""

    path: Path
    entries: int
    """Of the history."""
    records: int
    """Objects that are or were in the library."""
    kept: Path | None = None
    """After a restore: where the former state lies."""


def backup(database: Database, path: str | Path, *, overwrite: bool = False) -> Backup:
    """Write a library to a file that is whole and checked, or not there at all.

    Raises
    ------
    BackupError
        If there is a file of that name, or the library does not hold what its hashes say.
    StoreError
        If the folder cannot be written to, or the disk is full.
    """
    path = Path(path).expanduser().resolve()
    with file_explained(path):
        taken = path.exists()
    if taken and not overwrite:
        raise BackupError(str(path), "there is a file of this name", "Choose another name.")
    return _write_copy(database, path, check=True)


def restore(location: Location, path: str | Path, by: By, reason: str = "") -> Backup:
    """Put a backup in the place of a library, damaged or not; the former state is kept beside.

    The backup is checked, and brought up to date, before anything is replaced. The history
    that the backup holds goes on with an entry that says who restored it.

    Raises
    ------
    BackupError
        If the file is no backup or is damaged; the library stays as it is.
    """
    name = allowed(by, "restore a backup")
    path = Path(path).expanduser().resolve()
    with file_explained(path):
        there = path.is_file()
    if not there:
        raise BackupError(str(path), "there is no such file", "Name a backup.")
    if path == location.file:
        raise BackupError(str(path), "this is the library itself", "Name a backup of it.")
    folder = location.file.parent if location.file else location.data_dir
    with file_explained(str(folder)):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _temporary(folder / path.name) as temporary:
        with file_explained(str(folder)):
            shutil.copyfile(path, temporary)
        _check_backup(path, temporary)
        fresh = open_database(at_address(temporary))
        with fresh.write() as connection:
            # What was cached under the former history must not be taken for this one's.
            connection.execute(update(library).values(epoch=uuid4().hex))
            write_entry(connection, "restore", name, reason.strip() or f"from {path.name}", [])
        with fresh.read() as connection:
            counts = _counts(connection)
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
        kept = (
            _replace_file(location.file, temporary, stamp)
            if location.file
            else _replace_rows(location, fresh, folder / f"before-restore-{stamp}.sqlite")
        )
    return Backup(path, *counts, kept)


def _check_backup(path: Path, copy: Path) -> None:
    """Refuse a file that is no whole backup."""
    remedy = "Choose another backup; the library was left as it is."
    try:
        if not copy.stat().st_size:
            raise BackupError(str(path), "the file is empty", remedy)
        fresh = open_database(at_address(copy))
        with fresh.read() as connection:
            wrong = verify(connection)
    except StoreDamagedError as error:
        raise BackupError(str(path), f"it is no whole backup: {error.problem}", remedy) from error
    if wrong:
        raise BackupError(str(path), f"it is damaged: {_told(wrong)}", remedy)


def _write_copy(database: Database, path: Path, *, check: bool) -> Backup:
    with file_explained(str(path.parent)):
        path.parent.mkdir(parents=True, exist_ok=True)
    with _temporary(path) as temporary:
        with file_explained(str(path)):
            # The name is taken first, so that an unwritable folder is told as such.
            os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        if database.is_sqlite:
            _vacuum_into(database, temporary, path)
        else:
            fresh = open_database(at_address(temporary))
            with database.read() as source, fresh.write() as target:
                _copy_rows(source, target)
        fresh = Database(at_address(temporary))
        with fresh.read() as connection:
            wrong = verify(connection) if check else []
            counts = _counts(connection)
        if wrong:
            raise BackupError(
                database.where,
                f"the library does not hold what its hashes say, so no backup was written: "
                f"{_told(wrong)}",
                "Restore an earlier backup; `incident-map verify` tells everything.",
            )
        with file_explained(str(path)):
            put_in_place(temporary, path)
    return Backup(path, *counts)


def _vacuum_into(database: Database, temporary: Path, path: Path) -> None:
    try:
        with database.outside_transactions() as live:
            live.execute("VACUUM INTO ?", (str(temporary),)).close()
    except StoreFullError as error:
        # It is the backup's disk that is full; SQLite does not say so.
        raise StoreFullError(str(path), error.problem, error.remedy) from error


def _replace_file(file: Path, fresh: Path, stamp: str) -> Path | None:
    """Put a file's content in the place of a library; return where the former one is kept."""
    database = Database(at_address(file))
    if not file.exists() or not file.stat().st_size:
        put_in_place(fresh, file)
        return None
    kept = file.with_name(f"{file.stem}.before-restore-{stamp}{file.suffix}")
    try:
        try:
            _write_copy(database, kept, check=True)
        except BackupError:
            _write_copy(database, kept, check=False)
        _overwrite(database, fresh)
    except StoreDamagedError:
        # Nobody can use such a file, so it may be moved away from under its readers.
        with file_explained(str(file)):
            for ending in _SIDE_FILES:
                with suppress(FileNotFoundError):
                    file.with_name(file.name + ending).rename(f"{kept}{ending}")
            put_in_place(fresh, file)
    return kept


def _overwrite(database: Database, fresh: Path) -> None:
    """Copy a file over a live library in one transaction of SQLite's, seen by every process."""
    patience = time.monotonic() + database.busy_timeout_s

    def give_up(status: int, _remaining: int, _total: int) -> None:
        busy = status in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
        if busy and time.monotonic() > patience:
            raise StoreLockedError(
                database.where,
                "another program has been using it for longer than we wait",
                "Close programs that have it open, then restore again; nothing was changed.",
            )

    with database.outside_transactions() as live, closing(sqlite3.connect(fresh)) as source:
        source.backup(live, pages=-1, progress=give_up)


def _replace_rows(location: Location, fresh: Database, kept: Path) -> Path:
    """Put the rows of a library in the place of those on a server; return where those are kept."""
    database = open_database(location)
    try:
        try:
            _write_copy(database, kept, check=True)
        except BackupError:
            _write_copy(database, kept, check=False)
        with fresh.read() as source, database.write() as target:
            _copy_rows(source, target)
    finally:
        database.close()
    return kept


def _copy_rows(source: Connection, target: Connection) -> None:
    """Replace every row of a library by those of another, in the target's transaction."""
    if target.dialect.name == "postgresql":
        names = ", ".join(f'"{table.name}"' for table in metadata.sorted_tables)
        target.execute(text(f"TRUNCATE {names}"))
    else:
        # A library that was just made has this row alone.
        target.execute(library.delete())
    for table in metadata.sorted_tables:
        at_once = 1 if table.name == "blobs" else _ROWS_AT_ONCE
        rows = source.execution_options(yield_per=at_once).execute(
            select(table).order_by(*table.primary_key)
        )
        for part in rows.mappings().partitions(at_once):
            target.execute(table.insert(), [dict(row) for row in part])


def _counts(connection: Connection) -> tuple[int, int]:
    return (
        connection.execute(select(func.count()).select_from(entries)).scalar_one(),
        connection.execute(select(func.count()).select_from(records)).scalar_one(),
    )


@contextmanager
def _temporary(path: Path) -> Iterator[Path]:
    """Give a name beside a path; whatever still has it afterwards is removed."""
    temporary = path.with_name(f".{path.name}.{uuid4().hex}.part")
    try:
        yield temporary
    finally:
        for ending in _SIDE_FILES:
            with suppress(OSError):
                temporary.with_name(temporary.name + ending).unlink(missing_ok=True)


def _told(wrong: list[str]) -> str:
    more = f"; and {len(wrong) - 3} more" if len(wrong) > 3 else ""
    return "; ".join(wrong[:3]) + more
