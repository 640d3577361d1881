"""The child process: reads one workbook or GeoPackage, writes its rows as Arrow to its output.

First comes one line of JSON, the header or a refusal, then an Arrow stream of text columns.
"""

from __future__ import annotations

import json
import os
import sys
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import shapely

from incidents import confined, geopackage
from incidents.datasets import child_limits as limits
from incidents.datasets.reading_apart import FAULT
from incidents.datasets.reading_typed import LATITUDE, LONGITUDE

ROWS_AT_ONCE = 20_000
LOOKED_AT = 10
"""Rows with cells that are looked at to find the header."""
LEAST_HEADER = 3
"""Names that a row has at the least which stands below a title and is a header."""
Rows = Iterator[tuple[list[str], str]]
"""The cells of each row, and why it has none, if so."""


def main() -> None:
    """Read the file named by the last argument."""
    path = Path(sys.argv[-1])
    out = os.fdopen(os.dup(1), "wb")
    confined.limit_resources(limits.MEMORY_BYTES, limits.SECONDS)
    import openpyxl  # type: ignore[import-untyped] # noqa: F401, PLC0415 (before doors close; it asks for its parts when used)

    confined.close_doors()
    unread: list[str] = []
    above: list[str] = []
    try:
        if path.suffix.casefold() == ".gpkg":
            header, rows = _geopackage(path)
        else:
            header, rows, unread, above = _workbook(path)
    except geopackage.Refused as refusal:
        out.write(json.dumps({"refused": refusal.args}).encode() + b"\n")
        out.flush()
        return
    said = {"header": header, "unread": unread, "above": above}
    out.write(json.dumps(said).encode() + b"\n")
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


def _workbook(path: Path) -> tuple[list[str], Rows, list[str], list[str]]:
    """Return the header, the rows below it, sheets that are not read, and titles above it."""
    import openpyxl  # noqa: PLC0415

    expected, remedy = "an Excel workbook (.xlsx)", "Save it as .xlsx again, or export CSV."
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except zipfile.BadZipFile:
        raise geopackage.Refused("no Excel workbook", expected, remedy) from None
    total = sum(entry.file_size for entry in entries)
    bombs = [
        entry.filename
        for entry in entries
        if entry.file_size > limits.SMALL_ENTRY_BYTES
        and entry.file_size > limits.MAX_ZIP_RATIO * max(entry.compress_size, 1)
    ]
    if bombs or total > limits.MAX_UNZIPPED_BYTES:
        raise geopackage.Refused("a workbook that unpacks to far too much", expected, remedy)
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
    except (KeyError, ValueError, OSError, zipfile.BadZipFile) as error:
        raise geopackage.Refused(f"no Excel workbook ({error})", expected, remedy) from None
    for number, sheet in enumerate(book.worksheets):
        filled = (
            row
            for row in sheet.iter_rows(values_only=True)
            if any(cell is not None for cell in row)
        )
        begun = list(islice(filled, LOOKED_AT))
        if begun:
            titles = _titles(begun)
            above = [next(cell for cell in map(_cell, row) if cell) for row in begun[:titles]]
            texts = [_cell(cell).strip() for cell in begun[titles]]
            while texts and not texts[-1]:
                texts.pop()
            others = [one.title for one in book.worksheets[number + 1 :] if _has_cells(one)]
            rows = chain(begun[titles + 1 :], filled)
            return texts, _workbook_rows(rows, len(texts)), others, above
    raise geopackage.Refused("a workbook without cells", "a header and rows", "Export it again.")


def _titles(rows: list[tuple[Any, ...]]) -> int:
    """Return how many rows before the header hold a title: one cell each, above a wider row."""
    widths = [sum(bool(_cell(cell)) for cell in row) for row in rows]
    header = next((at for at, width in enumerate(widths) if width >= LEAST_HEADER), 0)
    return header if set(widths[:header]) <= {0, 1} and widths[0] == 1 else 0


def _has_cells(sheet: Any) -> bool:  # noqa: ANN401 (openpyxl has no types)
    rows = islice(sheet.iter_rows(values_only=True), 100)
    return any(cell is not None for row in rows for cell in row)


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
    layer = geopackage.open_layer(
        path,
        "a GeoPackage with one layer of points in longitude and latitude",
        "Export one layer of points in EPSG:4326, or CSV.",
    )
    points = [LONGITUDE, LATITUDE]
    header = points + [f"properties.{n}" if n in points else n for n in layer.fields]
    return header, _geopackage_rows(layer.rows())


def _geopackage_rows(found: Iterator[tuple[Any, ...]]) -> Rows:
    for blob, *values in found:
        point, fault = _gpkg_point(blob)
        yield [*point, *(_cell(value) for value in values)], fault


def _gpkg_point(blob: object) -> tuple[list[str], str]:
    if blob is None:
        return ["", ""], ""
    try:
        geometry = geopackage.geometry_of(blob)
    except ValueError as error:
        return ["", ""], str(error)
    if isinstance(geometry, shapely.Point):
        return ["", ""] if geometry.is_empty else [repr(geometry.x), repr(geometry.y)], ""
    return ["", ""], f"the geometry is a {geometry.geom_type}; expected a Point, or none"
