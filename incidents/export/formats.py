"""Layers as files: GeoJSON (RFC 7946), CSV, GeoPackage and GeoParquet.

The same layer always gives the same bytes. No shapefile: it cuts
field names to ten characters, and `killed_high_open` would lose its meaning.
"""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Callable, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, Literal, get_args

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio

from geo import geojson
from incidents.export.layers import FieldType, Layer

Format = Literal["geojson", "csv", "gpkg", "parquet"]
FORMATS: tuple[Format, ...] = get_args(Format)
MEDIA_TYPES: Mapping[Format, str] = {
    "geojson": "application/geo+json",
    "csv": "text/csv",
    "gpkg": "application/geopackage+sqlite3",
    "parquet": "application/vnd.apache.parquet",
}

# A spreadsheet may run a cell that begins with one of these, full-width forms included.
FORMULA_STARTS = tuple("=+-@\t\r\n'%|＝＋－＠％｜＇")


def to_bytes(layer: Layer, file_format: Format) -> bytes:
    """Return a layer as the bytes of a file."""
    writers: dict[Format, Callable[[Layer], bytes]] = {
        "geojson": _geojson,
        "csv": _csv,
        "gpkg": _gpkg,
        "parquet": _parquet,
    }
    return writers[file_format](layer)


def about_json(layer: Layer) -> bytes:
    """Return what stands beside a CSV: its filters, rule and attribution."""
    return (json.dumps(layer.about, ensure_ascii=False, indent=2) + "\n").encode()


def _geojson(layer: Layer) -> bytes:
    out = io.BytesIO()
    features = (
        geojson.feature(geometry, {name: row[name] for name in layer.fields})
        for row, geometry in layer.features()
    )
    for piece in geojson.pieces(features, about=layer.about):
        out.write(piece.encode())
    return out.getvalue()


def _csv(layer: Layer) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(layer.fields)
    for row in layer.rows:
        writer.writerow([_cell(row[name], kind) for name, kind in layer.fields.items()])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _cell(value: object, kind: FieldType) -> str:
    if value is None:
        return ""
    if kind in ("integer", "real"):
        return str(value)
    text = str(_flat(value, kind))
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _flat(value: object, kind: FieldType) -> object:
    """Return a value for formats without lists: ids joined with "; ", records as JSON."""
    if kind == "boolean" and value is not None:
        return str(value).lower()
    if kind != "list" or value is None:
        return value
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return "; ".join(value)
    return json.dumps(value, ensure_ascii=False)


_ROWS_A_PART = 20_000
# A GeoPackage names the moment of its last change; one moment for all, so that the same
# layer gives the same bytes.
_LAST_CHANGE = "2000-01-01T00:00:00.000Z"

# Any: the type that pandas' stubs want is chosen per field at run time.
_PANDAS_TYPES: Mapping[FieldType, Any] = {
    "text": "str",
    "integer": "Int64",
    "real": "Float64",
    "boolean": "boolean",
    "list": "str",
}


def _frame(layer: Layer) -> gpd.GeoDataFrame:
    features = layer.features()
    parts: list[gpd.GeoDataFrame] = []
    # Part by part: as dictionaries all rows of a dataset would take many times the memory.
    while (part := list(islice(features, _ROWS_A_PART))) or not parts:
        columns = {
            name: pd.array(
                [_flat(row[name], kind) if kind == "list" else row[name] for row, _ in part],
                dtype=_PANDAS_TYPES[kind],
            )
            for name, kind in layer.fields.items()
        }
        geometry = gpd.GeoSeries([shape for _, shape in part], crs="EPSG:4326")
        parts.append(gpd.GeoDataFrame(columns, geometry=geometry, crs="EPSG:4326"))
    return parts[0] if len(parts) == 1 else gpd.GeoDataFrame(pd.concat(parts, ignore_index=True))


def _gpkg(layer: Layer) -> bytes:
    # GDAL writes GeoPackage to a path only; it puts the metadata in gpkg_metadata.
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": _LAST_CHANGE})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{layer.name}.gpkg"
        pyogrio.write_dataframe(
            _frame(layer),
            path,
            layer=layer.name,
            driver="GPKG",
            # Version 1.4 makes older readers warn; nothing here needs it.
            dataset_options={"VERSION": "1.3"},
            geometry_type=layer.geometry_type,
            promote_to_multi=layer.geometry_type == "MultiPolygon",
            layer_metadata={"incident_map": json.dumps(layer.about, ensure_ascii=False)},
        )
        return path.read_bytes()


def _parquet(layer: Layer) -> bytes:
    buffer = io.BytesIO()
    _frame(layer).to_parquet(buffer, index=False)
    # Not read_table: it leaves threads behind, and a command that ends just then is aborted.
    with pq.ParquetFile(pa.BufferReader(buffer.getvalue())) as file:
        table = file.read(use_threads=False)
    metadata = dict(table.schema.metadata or {})
    metadata[b"incident_map"] = json.dumps(layer.about, ensure_ascii=False).encode()
    out = io.BytesIO()
    pq.write_table(table.replace_schema_metadata(metadata), out)
    return out.getvalue()
