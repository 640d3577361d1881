"""Opens a library: makes it where there is none, and brings an older one up to date."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

from sqlalchemy import URL, Connection, func, inspect, select

from incidents.store import migrations
from incidents.store.database import BUSY_TIMEOUT_S, Database
from incidents.store.errors import StoreDamagedError, StoreTooNewError
from incidents.store.locations import Location, at_address, locate_library
from incidents.store.schema import APPLICATION_ID, HEAD, library


def open_database(
    where: str | Path | URL | Location | None = None, busy_timeout_s: float = BUSY_TIMEOUT_S
) -> Database:
    """Return a library's database, ready for use.

    Parameters
    ----------
    where
        A URL, the path of a file or folder, or None for where `locate_library` says.
    busy_timeout_s
        Seconds to wait for another writer.

    Raises
    ------
    StoreError
        If it cannot be opened, made or brought up to date; one of its subclasses says why.
    """
    if where is None:
        where = locate_library()
    location = where if isinstance(where, Location) else at_address(where)
    database = Database(location, busy_timeout_s)
    try:
        _make_ready(database)
    except BaseException:
        database.close()
        raise
    return database


def _make_ready(database: Database) -> None:
    database.prepare_file()
    with database.read() as connection:
        revision = _recognised(database, connection)
    if revision != HEAD:
        with database.write() as connection:
            if not database.is_sqlite:
                # There is no row yet on which writers could wait for one another.
                connection.execute(select(func.pg_advisory_xact_lock(APPLICATION_ID)))
            # Someone else may have been quicker.
            if _recognised(database, connection) != HEAD:
                migrations.upgrade(connection)
                begin_history(connection)


def begin_history(connection: Connection) -> None:
    """Write the row that counts the history, if there is none."""
    if connection.execute(library.select()).first() is None:
        connection.execute(
            library.insert().values(
                library_id=1, epoch=uuid4().hex, last_entry=0, last_sha256="0" * 64
            )
        )


def _recognised(database: Database, connection: Connection) -> str | None:
    """Return the migration that a library has, or refuse what is none of ours."""
    if database.is_sqlite:
        mark = connection.exec_driver_sql("PRAGMA application_id").scalar()
        if mark != APPLICATION_ID and inspect(connection).get_table_names():
            raise StoreDamagedError(
                database.where,
                "it is a SQLite file of another program, or not a whole library",
                "Name another file or folder with --data-dir, or restore a backup.",
            )
    revision = migrations.current(connection)
    if revision not in {None, HEAD} and revision not in migrations.known():
        raise StoreTooNewError(
            database.where,
            f"a newer version of this program wrote it (its migration is {revision}, "
            f"this version knows those up to {HEAD})",
            "Install the newer version; nothing was changed.",
        )
    return revision
