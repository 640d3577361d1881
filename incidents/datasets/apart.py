"""The child process: reads one workbook or GeoPackage, writes its rows as Arrow to its output.

First comes one line of JSON, the header or a refusal, then an Arrow stream of text columns.
"""

from __future__ import annotations

import json
import os
import sqlite3
import sys
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

import pyarrow as pa
import shapely

from incidents.confined import close_doors, limit_resources
from incidents.datasets import child_limits as limits
from incidents.datasets.reading_apart import FAULT
from incidents.datasets.reading_typed import LATITUDE, LONGITUDE

ROWS_AT_ONCE = 20_000
# Audit events, see the table in the library reference of Python.
_FORBIDDEN = ("socket.", "subprocess.", "os.system", "os.exec", "os.fork", "os.posix_spawn",
              "os.spawn", "os.remove", "os.rename", "os.rmdir", "os.mkdir", "ctypes.", "urllib.")  # fmt: skip
# Tables and triggers that GeoPackage itself keeps; everything else that runs on its own is refused.
_OWN = (
    "rtree_",
    "gpkg_",
    "sqlite_",
    "trigger_insert_feature_count_",
    "trigger_delete_feature_count_",
)
Rows = Iterator[tuple[list[str], str]]
"""The cells of each row, and why it has none, if so."""


class Refused(Exception):  # noqa: N818 (said to the parent, no error of this process)
    """What came, what was expected, what to do."""


def main() -> None:
    """Read the file named by the last argument."""
    path = Path(sys.argv[-1])
    out = os.fdopen(os.dup(1), "wb")
    limit_resources(limits.MEMORY_BYTES, limits.SECONDS)
    import openpyxl  # type: ignore[import-untyped] # noqa: F401, PLC0415 (before doors close; it asks for its parts when used)

    close_doors(_FORBIDDEN)
    try:
        header, rows = (_geopackage if path.suffix.casefold() == ".gpkg" else _workbook)(path)
    except Refused as refusal:
        out.write(json.dumps({"refused": refusal.args}).encode() + b"\n")
        out.flush()
        return
    out.write(json.dumps({"header": header}).encode() + b"\n")
    _write(out, header, rows)
    out.flush()
    # What libraries left open must not keep the child alive.
    os._exit(0)


def _write(out: IO[bytes], header: list[str], rows: Rows) -> None:
    schema = pa.schema([(name, pa.string()) for name in (*header, FAULT)])
    with pa.ipc.new_stream(out, schema) as writer:
        while part := list(islice(rows, ROWS_AT_ONCE)):
            columns = [[cells[i] for cells, _ in part] for i in range(len(header))]
            columns.append([fault for _, fault in part])
            arrays = [pa.array(column, pa.string()) for column in columns]
            writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=schema))


def _workbook(path: Path) -> tuple[list[str], Rows]:
    import openpyxl  # noqa: PLC0415

    expected, remedy = "an Excel workbook (.xlsx)", "Save it as .xlsx again, or export CSV."
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except zipfile.BadZipFile:
        raise Refused("no Excel workbook", expected, remedy) from None
    total = sum(entry.file_size for entry in entries)
    bombs = [
        entry.filename
        for entry in entries
        if entry.file_size > limits.SMALL_ENTRY_BYTES
        and entry.file_size > limits.MAX_ZIP_RATIO * max(entry.compress_size, 1)
    ]
    if bombs or total > limits.MAX_UNZIPPED_BYTES:
        raise Refused("a workbook that unpacks to far too much", expected, remedy)
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
    except (KeyError, ValueError, OSError, zipfile.BadZipFile) as error:
        raise Refused(f"no Excel workbook ({error})", expected, remedy) from None
    for sheet in book.worksheets:
        rows = sheet.iter_rows(values_only=True)
        first = next((row for row in rows if any(cell is not None for cell in row)), None)
        if first is not None:
            texts = [_cell(cell).strip() for cell in first]
            while texts and not texts[-1]:
                texts.pop()
            return texts, _workbook_rows(rows, len(texts))
    raise Refused("a workbook without cells", "a header and rows", "Export it again.")


def _workbook_rows(rows: Iterator[tuple[Any, ...]], width: int) -> Rows:
    for row in rows:
        cells = [_cell(cell) for cell in row]
        if not any(cells):
            continue
        more = [cell for cell in cells[width:] if cell]
        fault = f"{width + len(more)} cells where the header has {width}" if more else ""
        yield (cells + [""] * width)[:width], fault


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def _geopackage(path: Path) -> tuple[list[str], Rows]:
    expected = "a GeoPackage with one layer of points in longitude and latitude"
    remedy = "Export one layer of points in EPSG:4326, or CSV."
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
        runs = kind in ("view", "trigger") or "VIRTUAL TABLE" in sql.upper()
        if runs and not name.startswith(_OWN):
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
    if srs != 4326:
        raise Refused(f"a GeoPackage in the reference system {srs}", expected, remedy)
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({_quoted(table)})")]
    names = [name for name in columns if name != geometry]
    points = [LONGITUDE, LATITUDE]
    header = points + [f"properties.{n}" if n in points else n for n in names]
    chosen = ", ".join(_quoted(name) for name in (geometry, *names))
    found = connection.execute(f"SELECT {chosen} FROM {_quoted(table)}")  # noqa: S608 (names quoted)
    return header, _geopackage_rows(found)


def _geopackage_rows(found: Iterator[tuple[Any, ...]]) -> Rows:
    for blob, *values in found:
        point, fault = _gpkg_point(blob)
        yield [*point, *(_cell(value) for value in values)], fault


# Bytes of the envelope in a GeoPackage geometry's header, by its code (GeoPackage 1.3, 2.1.3).
_ENVELOPE = (0, 32, 48, 48, 64)


def _gpkg_point(blob: object) -> tuple[list[str], str]:
    if blob is None:
        return ["", ""], ""
    if not isinstance(blob, bytes) or blob[:2] != b"GP" or len(blob) < 8:
        return ["", ""], "the geometry is damaged"
    code = (blob[3] >> 1) & 0b111
    start = 8 + _ENVELOPE[code] if code < len(_ENVELOPE) else len(blob)
    try:
        geometry = shapely.from_wkb(blob[start:])
    except shapely.errors.GEOSException:
        return ["", ""], "the geometry is damaged"
    if isinstance(geometry, shapely.Point):
        return ["", ""] if geometry.is_empty else [repr(geometry.x), repr(geometry.y)], ""
    return ["", ""], f"the geometry is a {geometry.geom_type}; expected a Point, or none"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
