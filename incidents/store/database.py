"""Connections to a library: each operation has its own, in one transaction.

SQLite is used as trials showed it must be: transactions are begun by us, a writer takes its
lock at once and waits for others, what is committed is on the disk, the schema of a file is
not trusted. Inside one process writers queue on a lock, so that none of them starves.
"""

from __future__ import annotations

import sqlite3
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager

from sqlalchemy import Connection, Engine, NullPool, create_engine, event
from sqlalchemy.exc import DatabaseError, NoSuchModuleError

from incidents.store.errors import StoreLockedError, StoreSetupError
from incidents.store.failures import explained, file_explained
from incidents.store.locations import Location

BUSY_TIMEOUT_S = 30.0

# A bug could corrupt a library in WAL mode before (https://www.sqlite.org/changes.html, 3.51.3).
_WAL_IS_SAFE = (3, 51, 3)

_queues: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)


def journal_mode(version: tuple[int, int, int] = sqlite3.sqlite_version_info) -> str:
    """Return the journal that a version of SQLite keeps without danger.

    Examples
    --------
    >>> journal_mode((3, 40, 1)), journal_mode((3, 51, 3))
    ('delete', 'wal')
    """
    return "wal" if version >= _WAL_IS_SAFE else "delete"


class Database:
    """Opens connections to one library."""

    def __init__(self, location: Location, busy_timeout_s: float = BUSY_TIMEOUT_S) -> None:
        self.location = location
        self.busy_timeout_s = busy_timeout_s
        self.engine = _engine(location, busy_timeout_s)

    @property
    def where(self) -> str:
        """How messages name the library."""
        return self.location.shown

    @property
    def is_sqlite(self) -> bool:
        """Whether the library is a file."""
        return self.location.file is not None

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection that sees the library as it was at one moment."""
        with explained(self.where), self.engine.connect() as connection:
            if not self.is_sqlite:
                connection = connection.execution_options(  # noqa: PLW2901 - the same one
                    isolation_level="REPEATABLE READ", postgresql_readonly=True
                )
            with connection.begin():
                yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Give the one connection that may write; whatever is raised inside rolls it back."""
        queue = _queues[self.where]
        if not queue.acquire(timeout=self.busy_timeout_s):
            raise StoreLockedError(
                self.where,
                f"another writer of this program has not finished in {self.busy_timeout_s:g} s",
                "Do it again; nothing of this was stored.",
            )
        try:
            with explained(self.where), self.engine.connect() as connection:
                connection = connection.execution_options(writes=True)  # noqa: PLW2901
                # A transaction is rolled back on every exception, KeyboardInterrupt included.
                with connection.begin():
                    yield connection
        finally:
            queue.release()

    def within(self, connection: Connection) -> Database:
        """Return the library as seen from inside one transaction that writes.

        Each write in it is whole or not there, and all of them are once it is committed.
        """
        return _Within(self, connection)

    def close(self) -> None:
        """Let go of connections to a server; they are made again when needed."""
        self.engine.dispose()

    def prepare_file(self) -> None:
        """Make the folder of a library that is a file, and choose its journal."""
        file = self.location.file
        if file is None:
            return
        with file_explained(self.where):
            # What people paste may not be for other users of the machine.
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self.outside_transactions() as raw:
            with closing(raw.execute("PRAGMA journal_mode")) as answer:
                (mode,) = answer.fetchone()
            if mode != journal_mode():
                raw.execute(f"PRAGMA journal_mode = {journal_mode()}").close()

    @contextmanager
    def outside_transactions(self) -> Iterator[sqlite3.Connection]:
        """Give SQLite's own connection, for what it does in no transaction or in its own."""
        with explained(self.where), self.engine.connect() as connection:
            raw = connection.connection.dbapi_connection
            assert isinstance(raw, sqlite3.Connection)  # noqa: S101 - tells mypy
            try:
                yield raw
            except sqlite3.DatabaseError as error:
                raise DatabaseError(None, None, error) from error


class _Within(Database):
    """Gives the connection of a transaction that is under way."""

    def __init__(self, outer: Database, connection: Connection) -> None:
        self.location, self.busy_timeout_s = outer.location, outer.busy_timeout_s
        self.engine = outer.engine
        self._connection = connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        yield self._connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        with explained(self.where), self._connection.begin_nested():
            yield self._connection


def _engine(location: Location, busy_timeout_s: float) -> Engine:
    try:
        if location.file is None:
            wait_ms = round(busy_timeout_s * 1000)
            return create_engine(
                location.url,
                # A few connections are kept: to make one takes longer than most operations.
                pool_size=5,
                max_overflow=20,
                pool_pre_ping=True,
                connect_args={
                    "connect_timeout": 10,
                    "options": f"-c lock_timeout={wait_ms} -c timezone=UTC",
                },
            )
        engine = create_engine(
            location.url, poolclass=NullPool, connect_args={"timeout": busy_timeout_s}
        )
    except (ModuleNotFoundError, NoSuchModuleError) as error:
        raise StoreSetupError(
            location.shown,
            f"the driver for PostgreSQL is not installed ({error})",
            'Install it: pip install "incident-map[postgres]".',
        ) from error

    @event.listens_for(engine, "connect")
    def _configure(connection: sqlite3.Connection, _record: object) -> None:
        # Else Python begins transactions of its own, late and without the lock.
        connection.isolation_level = None
        for setting in (
            f"busy_timeout = {round(busy_timeout_s * 1000)}",
            "foreign_keys = ON",
            "trusted_schema = OFF",
            "synchronous = FULL",
        ):
            connection.execute(f"PRAGMA {setting}").close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
