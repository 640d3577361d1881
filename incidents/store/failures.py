"""Turns what a database driver reports into an error that says what to do."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from incidents.store.errors import (
    StoreDamagedError,
    StoreError,
    StoreFullError,
    StoreLockedError,
    StoreReadOnlyError,
    StoreSetupError,
    StoreUnreachableError,
)
from incidents.store.locations import DATA_DIR_VARIABLE, DATABASE_URL_VARIABLE

_FULL = (
    StoreFullError,
    "there is no room on the disk for what was to be written ({said})",
    "Make room and do it again; what was there before is unharmed.",
)
_UNWRITABLE = (
    StoreFullError,
    "the disk could not be written or read ({said}): it is full, over a quota, or failing",
    "Make room or check the disk, then do it again; what was there before is unharmed.",
)
_READ_ONLY = (
    StoreReadOnlyError,
    "it may be read but not written ({said})",
    f"Give yourself the right to write there, or name another folder with --data-dir or "
    f"{DATA_DIR_VARIABLE}.",
)
_LOCKED = (
    StoreLockedError,
    "another program has been writing to it for longer than we wait ({said})",
    "Close programs that have it open, then do it again; nothing of this was stored.",
)
_DAMAGED = (
    StoreDamagedError,
    "it is not a whole library ({said})",
    "Run `incident-map restore BACKUP` with your newest backup; the damaged one is kept beside.",
)
_CANNOT_OPEN = (
    StoreReadOnlyError,
    "it can be neither opened nor made ({said})",
    f"Check that the folder is there and yours, or name another with --data-dir or "
    f"{DATA_DIR_VARIABLE}.",
)
_UNREACHABLE = (
    StoreUnreachableError,
    "the database does not let us in ({said})",
    f"Check that it runs, and the address in {DATABASE_URL_VARIABLE}.",
)
_NO_POSTGIS = (
    StoreSetupError,
    "PostGIS is missing in this database ({said})",
    "Install the server's PostGIS package, then run CREATE EXTENSION postgis as an administrator.",
)

# By the beginning of SQLite's name for an error (https://www.sqlite.org/rescode.html).
_SQLITE = {
    "SQLITE_FULL": _FULL,
    "SQLITE_IOERR": _UNWRITABLE,
    "SQLITE_READONLY": _READ_ONLY,
    "SQLITE_PERM": _READ_ONLY,
    "SQLITE_BUSY": _LOCKED,
    "SQLITE_LOCKED": _LOCKED,
    "SQLITE_CORRUPT": _DAMAGED,
    "SQLITE_NOTADB": _DAMAGED,
    "SQLITE_CANTOPEN": _CANNOT_OPEN,
}

# By PostgreSQL's code for an error, or its class (PostgreSQL documentation, appendix A).
_POSTGRESQL = {
    "53100": _FULL,
    "25006": _READ_ONLY,
    "42501": _READ_ONLY,
    "55P03": _LOCKED,
    "57014": _LOCKED,
    "40P01": _LOCKED,
    "XX001": _DAMAGED,
    "XX002": _DAMAGED,
    "58P01": _NO_POSTGIS,
    "08": _UNREACHABLE,
    "28": _UNREACHABLE,
    "3D": _UNREACHABLE,
    "53": _UNREACHABLE,
    "57": _UNREACHABLE,
}

_FILES = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EFBIG: _UNWRITABLE,
    errno.EIO: _UNWRITABLE,
    errno.EACCES: _READ_ONLY,
    errno.EPERM: _READ_ONLY,
    errno.EROFS: _READ_ONLY,
}


@contextmanager
def explained(where: str) -> Iterator[None]:
    """Let what a database reports inside come out as a `StoreError` about a library.

    Errors that no user can mend (a mistake in a statement) come out as they are.
    """
    try:
        yield
    except DBAPIError as error:
        explanation = _explanation(error)
        if explanation is None:
            raise
        kind, problem, remedy = explanation
        said = " ".join(str(error.orig).split())
        raise kind(where, problem.format(said=said), remedy) from error


@contextmanager
def file_explained(path: Path | str) -> Iterator[None]:
    """Let what an operation on a file reports inside come out as a `StoreError`."""
    try:
        yield
    except OSError as error:
        kind, problem, remedy = _FILES.get(error.errno or 0, _CANNOT_OPEN)
        raise kind(str(path), problem.format(said=error.strerror or error), remedy) from error


def _explanation(error: DBAPIError) -> tuple[type[StoreError], str, str] | None:
    name = getattr(error.orig, "sqlite_errorname", None)
    if name:
        return next((told for start, told in _SQLITE.items() if name.startswith(start)), None)
    if "postgis" in str(error.orig) and "extension" in str(error.orig):
        return _NO_POSTGIS
    code = getattr(error.orig, "sqlstate", None)
    if code:
        return _POSTGRESQL.get(code) or _POSTGRESQL.get(code[:2])
    # Without a code there was no answer at all: psycopg could not connect, or lost the line.
    return _UNREACHABLE if type(error.orig).__module__.startswith("psycopg") else None
