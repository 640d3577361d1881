"""Where the library lies: one function, one order of precedence.

| what is given | the database | the data folder |
|---|---|---|
| ``--data-dir FOLDER`` | ``FOLDER/library.sqlite`` | ``FOLDER`` |
| ``INCIDENT_MAP_DATABASE_URL`` | that one | as in the lines below |
| ``INCIDENT_MAP_DATA_DIR`` | its ``library.sqlite`` | that one |
| nothing | the user's own ``library.sqlite`` | the user's data folder |

The first line that applies holds: what is said for one command goes before what is set for all.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_data_dir
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from incidents.store.errors import StoreSetupError

DATA_DIR_VARIABLE = "INCIDENT_MAP_DATA_DIR"
DATABASE_URL_VARIABLE = "INCIDENT_MAP_DATABASE_URL"
LIBRARY_FILE = "library.sqlite"

_SCHEMES = {
    "sqlite": "sqlite",
    "sqlite+pysqlite": "sqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}


@dataclass(frozen=True)
class Location:
    """The database of a library, and the folder for what is kept as files."""

    url: URL
    data_dir: Path

    @property
    def file(self) -> Path | None:
        """The library's file; None where it lies on a database server."""
        if self.url.get_backend_name() != "sqlite" or self.url.database is None:
            return None
        return Path(self.url.database)

    @property
    def shown(self) -> str:
        """How messages name it: a path, or an address without its password."""
        return str(self.file) if self.file else self.url.render_as_string(hide_password=True)


def locate_library(
    data_dir: str | Path | None = None, environment: Mapping[str, str] | None = None
) -> Location:
    """Return where the library lies, by the precedence that this module's table says.

    Parameters
    ----------
    data_dir
        As given with ``--data-dir``.
    environment
        By default that of the process.

    Examples
    --------
    >>> locate_library("/srv/map", {"INCIDENT_MAP_DATA_DIR": "/else"}).shown
    '/srv/map/library.sqlite'
    """
    environment = os.environ if environment is None else environment
    if data_dir:
        return in_folder(data_dir)
    folder = _data_folder(environment)
    if address := environment.get(DATABASE_URL_VARIABLE):
        return at_address(address, folder)
    return in_folder(folder)


def in_folder(folder: str | Path) -> Location:
    """Return the library of a data folder."""
    resolved = Path(folder).expanduser().resolve()
    return Location(_sqlite_url(resolved / LIBRARY_FILE), resolved)


def at_address(address: str | URL | Path, data_dir: str | Path | None = None) -> Location:
    """Return the library at a URL, or in a file or folder with a path.

    Raises
    ------
    StoreSetupError
        If the address is of a kind of database that is not supported.

    Examples
    --------
    >>> at_address("postgresql://map:secret@db.example/map", "/srv/map").shown
    'postgresql+psycopg://map:***@db.example/map'
    """
    if isinstance(address, Path) or (isinstance(address, str) and "://" not in address):
        path = Path(address).expanduser().resolve()
        if path.is_dir() or not path.suffix:
            return in_folder(path)
        return Location(_sqlite_url(path), Path(data_dir) if data_dir else path.parent)
    try:
        url = make_url(address)
    except (ArgumentError, ValueError) as error:
        # Not shown: what cannot be parsed may hold a password anywhere.
        raise StoreSetupError(
            DATABASE_URL_VARIABLE, "the address of the database cannot be read", _ADDRESSES
        ) from error
    scheme = _SCHEMES.get(url.drivername)
    if scheme is None:
        raise StoreSetupError(
            url.render_as_string(hide_password=True),
            f"{url.drivername!r} is not a kind of database that a library can lie in",
            _ADDRESSES,
        )
    if scheme == "sqlite":
        if not url.database or url.database == ":memory:":
            raise StoreSetupError(
                url.render_as_string(), "a library needs a file of its own", _ADDRESSES
            )
        path = Path(url.database).expanduser().resolve()
        return Location(_sqlite_url(path), Path(data_dir) if data_dir else path.parent)
    folder = Path(data_dir or _data_folder(os.environ))
    return Location(url.set(drivername=scheme), folder.expanduser().resolve())


def own_data_dir() -> Path | None:
    """Return the folder of what the user keeps if it is not the usual one, for a command to name."""
    here, usual = locate_library().data_dir, locate_library(environment={}).data_dir
    return None if here == usual else here


_ADDRESSES = "Write sqlite:////folder/library.sqlite or postgresql://user:password@host/database."


def _data_folder(environment: Mapping[str, str]) -> str:
    return environment.get(DATA_DIR_VARIABLE) or user_data_dir("incident-map", appauthor=False)


def _sqlite_url(path: Path) -> URL:
    return URL.create("sqlite", database=str(path))
