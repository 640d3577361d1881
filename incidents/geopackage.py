"""One layer of a GeoPackage, read with SQLite alone: GDAL never sees a stranger's file.

A GeoPackage is a database, and a database can hold what runs by itself. Views are refused, and
of triggers and virtual tables all but those that the format itself prescribes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import shapely
from shapely.geometry.base import BaseGeometry

# Triggers and virtual tables that GeoPackage itself, or GDAL in writing it, keeps.
_OWN = (
    "rtree_",
    "gpkg_",
    "sqlite_",
    "trigger_insert_feature_count_",
    "trigger_delete_feature_count_",
)
# Bytes of the envelope in a GeoPackage geometry's header, by its code (GeoPackage 1.3, 2.1.3).
_ENVELOPE = (0, 32, 48, 48, 64)


class Refused(Exception):  # noqa: N818 (said to the parent, no error of this process)
    """What came, what was expected, what to do."""


@dataclass(frozen=True)
class GeoPackageLayer:
    """The only layer of features: its fields without the geometry, and its rows."""

    connection: sqlite3.Connection
    table: str
    geometry: str
    fields: list[str]

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Yield each row: the geometry's bytes, then the fields."""
        chosen = ", ".join(_quoted(name) for name in (self.geometry, *self.fields))
        yield from self.connection.execute(f"SELECT {chosen} FROM {_quoted(self.table)}")  # noqa: S608 (names quoted)


def open_layer(path: Path, expected: str, remedy: str) -> GeoPackageLayer:
    """Return the only layer of a GeoPackage, in longitude and latitude.

    Raises
    ------
    Refused
        If it is none, holds what would run, several layers, or another reference system.
    """
    try:
        connection = sqlite3.connect(
            f"file:{quote(str(path))}?mode=ro&immutable=1", uri=True, isolation_level=None
        )
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA query_only = ON")
        things = connection.execute(
            "SELECT type, name, coalesce(sql, '') FROM sqlite_master"
        ).fetchall()
    except sqlite3.DatabaseError as error:
        raise Refused(f"no GeoPackage ({error})", expected, remedy) from None
    for kind, name, sql in things:
        runs = kind == "trigger" or "VIRTUAL TABLE" in sql.upper()
        if kind == "view" or (runs and not name.startswith(_OWN)):
            raise Refused(
                f"a GeoPackage with the {kind} {name!r}, which would run", expected, remedy
            )
    tables = {name for kind, name, _ in things if kind == "table"}
    try:
        layers = connection.execute(
            "SELECT c.table_name, g.column_name, g.srs_id FROM gpkg_contents c"
            " JOIN gpkg_geometry_columns g USING (table_name) WHERE c.data_type = 'features'"
        ).fetchall()
    except sqlite3.DatabaseError as error:
        raise Refused(f"a database, but no GeoPackage ({error})", expected, remedy) from None
    layers = [layer for layer in layers if layer[0] in tables]
    if len(layers) != 1:
        raise Refused(f"a GeoPackage with {len(layers)} layers", expected, remedy)
    table, geometry, srs = layers[0]
    if srs in (0, -1):
        raise Refused("a GeoPackage that names no reference system", expected, remedy)
    if srs != 4326:
        raise Refused(f"a GeoPackage in the reference system {srs}", expected, remedy)
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({_quoted(table)})")]
    return GeoPackageLayer(connection, table, geometry, [c for c in columns if c != geometry])


def geometry_of(blob: object) -> BaseGeometry:
    """Return the geometry of a GeoPackage's bytes.

    Raises
    ------
    ValueError
        If it is none; the message is the reason.
    """
    if not isinstance(blob, bytes) or blob[:2] != b"GP" or len(blob) < 8:
        raise ValueError("the geometry is damaged")
    code = (blob[3] >> 1) & 0b111
    start = 8 + _ENVELOPE[code] if code < len(_ENVELOPE) else len(blob)
    try:
        return shapely.from_wkb(blob[start:])
    except shapely.errors.GEOSException as error:
        open_ring = "closed" in str(error)
        raise ValueError(
            "a ring is not closed" if open_ring else "the geometry is damaged"
        ) from None


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
