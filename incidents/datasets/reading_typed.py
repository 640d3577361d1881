"""Parquet and GeoJSON of points as tables of text: values as they are written, none converted."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import shapely

from geo import strict_json
from incidents.datasets.blocks import Block, check_header, text_table
from incidents.datasets.library import file_sha256
from incidents.datasets.refusals import FileRefusedError, Refusal, shown

ROWS_AT_ONCE = 65_536
MAX_GEOJSON_BYTES = 200_000_000
LONGITUDE, LATITUDE = "longitude", "latitude"
# What older writers put there for plain longitude and latitude (RFC 7946 has no crs at all).
_PLAIN_CRS = frozenset(
    {
        "urn:ogc:def:crs:OGC:1.3:CRS84",
        "urn:ogc:def:crs:OGC::CRS84",
        "urn:ogc:def:crs:EPSG::4326",
        "EPSG:4326",
    }
)


class ParquetTable:
    """A Parquet or GeoParquet file.

    Raises
    ------
    FileRefusedError
        If it is none, or its geometry is not longitude and latitude of points.
    """

    def __init__(self, path: Path, rows_at_once: int = ROWS_AT_ONCE) -> None:
        self.path = path
        self.done = 0
        self._rows_at_once = rows_at_once
        try:
            self._file = pq.ParquetFile(path)
        except (pa.ArrowInvalid, OSError) as error:
            raise FileRefusedError(
                path.name, f"no Parquet file ({error})", "Parquet", "Export it again."
            ) from None
        schema = self._file.schema_arrow
        self._geometry = _geometry_column(path, schema.metadata or {})
        self._columns = [
            field.name
            for field in schema
            if field.name != self._geometry and not pa.types.is_nested(field.type)
            and not pa.types.is_binary(field.type)
        ]  # fmt: skip
        points = [LONGITUDE, LATITUDE] if self._geometry else []
        self.header: Sequence[str] = points + [_apart(name, points) for name in self._columns]
        check_header(path.name, self.header)

    @property
    def sha256(self) -> str:
        """Of the file's bytes."""
        return file_sha256(self.path)

    def blocks(self) -> Iterator[Block]:
        """Yield the rows, a batch at a time."""
        size, row = self.path.stat().st_size, 1
        wanted = self._columns + ([self._geometry] if self._geometry else [])
        for batch in self._file.iter_batches(self._rows_at_once, columns=wanted):
            columns = [_as_text(batch[name]) for name in self._columns]
            faults: dict[int, str] = {}
            if self._geometry:
                columns = [*_points_as_text(batch[self._geometry], faults), *columns]
            yield _without_faults(self.header, columns, row, faults)
            row += batch.num_rows
            self.done = int(size * (row - 1) / max(self._file.metadata.num_rows, 1))


class GeoJsonTable:
    """A GeoJSON file of points: its features' properties, and their points as two columns.

    Raises
    ------
    FileRefusedError
        If it is no feature collection, names another reference system or file, repeats a
        key, nests too deeply, or holds a number that JSON has not.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.done = 0
        if path.stat().st_size > MAX_GEOJSON_BYTES:
            raise FileRefusedError(
                path.name, f"GeoJSON of more than {MAX_GEOJSON_BYTES // 1_000_000} MB",
                "a smaller one", "Export it as CSV or Parquet."
            )  # fmt: skip
        self._features = _features(path, path.read_bytes())
        names: dict[str, None] = {}
        for feature in self._features:
            properties = feature.get("properties")
            if isinstance(properties, dict):
                names.update(dict.fromkeys(properties))
        if "id" not in names and any("id" in feature for feature in self._features):
            names = {"id": None} | names
        self._names = list(names)
        points = [LONGITUDE, LATITUDE]
        self.header: Sequence[str] = points + [_apart(name, points) for name in self._names]
        check_header(path.name, self.header)

    @property
    def sha256(self) -> str:
        """Of the file's bytes."""
        return file_sha256(self.path)

    def blocks(self) -> Iterator[Block]:
        """Yield the features, a batch at a time."""
        for start in range(0, len(self._features), ROWS_AT_ONCE):
            part = self._features[start : start + ROWS_AT_ONCE]
            faults: dict[int, str] = {}
            points = [_point(feature, number, faults) for number, feature in enumerate(part)]
            properties = [feature.get("properties") or {} for feature in part]
            columns: list[Any] = [[p[0] for p in points], [p[1] for p in points]]
            for name in self._names:
                column = [_json_text(one.get(name)) for one in properties]
                if name == "id":
                    column = [
                        text or _json_text(feature.get("id"))
                        for text, feature in zip(column, part, strict=True)
                    ]
                columns.append(column)
            yield _without_faults(self.header, columns, start + 1, faults)
        self.done = self.path.stat().st_size


def _apart(name: str, taken: Sequence[str]) -> str:
    return f"properties.{name}" if name in taken else name


def _without_faults(
    header: Sequence[str], columns: Sequence[Any], row: int, faults: dict[int, str]
) -> Block:
    table = text_table(header, columns)
    numbers = np.arange(row, row + table.num_rows)
    refused = [Refusal(row + at, "geometry", "", reason) for at, reason in faults.items()]
    if faults:
        sound = np.setdiff1d(np.arange(table.num_rows), list(faults))
        table, numbers = table.take(sound), numbers[sound]
    may_hold_nul = any(pc.any(pc.match_substring(column, "\0")).as_py() for column in table.columns)
    return Block(table, numbers, refused, may_hold_nul=may_hold_nul)


def _geometry_column(path: Path, metadata: dict[bytes, bytes]) -> str | None:
    if b"geo" not in metadata:
        return None
    geo = json.loads(metadata[b"geo"])
    name: str = geo["primary_column"]
    about = geo["columns"][name]
    crs = about.get("crs")
    code = (crs or {}).get("id", {}).get("code")
    if about.get("encoding") != "WKB" or (crs is not None and str(code) not in ("4326", "CRS84")):
        raise FileRefusedError(
            path.name, f"GeoParquet in {about.get('encoding')}, reference system {code}",
            "WKB in longitude and latitude (EPSG:4326)", "Reproject and export it again."
        )  # fmt: skip
    return name


def _as_text(column: pa.Array) -> pa.Array:
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.dictionary_decode()
        kind = column.type
    if pa.types.is_floating(kind):
        column = pc.if_else(pc.is_nan(column), None, column)
        whole = pc.all(pc.and_(pc.equal(pc.floor(column), column), pc.less(pc.abs(column), 2**53)))
        if whole.as_py() in (True, None):
            column = column.cast(pa.int64())
    elif pa.types.is_timestamp(kind) and kind.tz is not None:
        # The day as its own clock shows it.
        column = pc.local_timestamp(column)
    return column.cast(pa.string())


def _points_as_text(column: pa.Array, faults: dict[int, str]) -> list[list[str]]:
    shapes = shapely.from_wkb(column.to_pylist(), on_invalid="ignore")
    for at, (geometry, wkb) in enumerate(zip(shapes, column, strict=True)):
        if geometry is None and wkb.is_valid:
            faults[at] = "the geometry is damaged"
        elif geometry is not None and geometry.geom_type != "Point":
            faults[at] = f"the geometry is a {geometry.geom_type}; expected a Point, or none"
    points = [
        g if g is not None and g.geom_type == "Point" and not g.is_empty else None for g in shapes
    ]
    return [
        ["" if p is None else repr(p.x) for p in points],
        ["" if p is None else repr(p.y) for p in points],
    ]


def _features(path: Path, content: bytes) -> list[dict[str, Any]]:
    def refuse(came: str, remedy: str = "Export it again as RFC 7946 GeoJSON.") -> FileRefusedError:
        return FileRefusedError(path.name, came, "a GeoJSON feature collection of points", remedy)

    try:
        # Numbers stay as they are written: no id is rounded, no coordinate changed.
        read = strict_json.loads(content, "GeoJSON")
    except strict_json.StrictJsonError as error:
        raise refuse(str(error)) from None
    if not isinstance(read, dict) or read.get("type") != "FeatureCollection":
        raise refuse("JSON, but no feature collection")
    _check_crs(read.get("crs"), refuse)
    features = read.get("features")
    if not isinstance(features, list) or not all(
        isinstance(one, dict) and one.get("type") == "Feature" for one in features
    ):
        raise refuse("a feature collection whose features are none")
    return features


def _check_crs(crs: Any, refuse: Any) -> None:  # noqa: ANN401 (any JSON value)
    if crs is None:
        return
    properties = crs.get("properties", {}) if isinstance(crs, dict) else {}
    name = properties.get("name") if isinstance(properties, dict) else None
    if not isinstance(crs, dict) or crs.get("type") != "name" or name not in _PLAIN_CRS:
        raise refuse(
            f"GeoJSON with the reference system {shown(json.dumps(crs))}",
            "Reproject it to longitude and latitude (EPSG:4326); links are never followed.",
        )


def _point(feature: dict[str, Any], at: int, faults: dict[int, str]) -> tuple[str, str]:
    geometry = feature.get("geometry")
    if geometry is None:
        return "", ""
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind != "Point":
        faults[at] = f"the geometry is a {kind}; expected a Point, or null"
        return "", ""
    position = geometry.get("coordinates")
    sound = isinstance(position, list) and len(position) in (2, 3)
    if not sound or not all(isinstance(number, strict_json.Number) for number in position):
        faults[at] = "the point's coordinates are not two or three numbers"
        return "", ""
    return _plain_number(position[0]), _plain_number(position[1])


def _plain_number(text: str) -> str:
    return repr(float(text)) if "e" in text.casefold() else str(text)


def _json_text(value: Any) -> str:  # noqa: ANN401 (any JSON value)
    if value is None:
        return ""
    if isinstance(value, str):
        return str(value)
    return json.dumps(value, ensure_ascii=False)
