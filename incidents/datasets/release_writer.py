"""Writes the rows of a release: GeoParquet with every cell as it came, and columns of codes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from geo.join import district_index
from incidents.datasets.coding import Coded
from incidents.datasets.library import CODES, ROWS, CodeWriter, DatasetError, code_file
from incidents.datasets.numerals import UNKNOWN
from incidents.datasets.schema import (
    CODE_TYPES,
    EVENT_TYPE_WORDS,
    HAS_POINT,
    SUB_EVENT_TYPE_WORDS,
    FigureName,
)
from incidents.datasets.seen import Verdict

GIVEN = "given_"
"""Stands before the names of the file's own columns in the stored table."""
_GEO = {
    "version": "1.1.0",
    "primary_column": "geometry",
    "columns": {"geometry": {"encoding": "WKB", "geometry_types": ["Point"]}},
}

ROWS_TOGETHER = 4_096
"""Rows of a row group: to show a row, its group is read."""


class ReleaseWriter:
    """Takes the kept rows of a block at a time; one thread writes while the next is read."""

    def __init__(self, folder: Path, given: Sequence[str], figures: Sequence[FigureName]) -> None:
        self._folder = folder
        self._given = list(given)
        self._counts = [column for figure in figures for column in figure.columns]
        self.code_types = CODE_TYPES | dict.fromkeys(self._counts, "int32")
        self._codes = CodeWriter(folder / CODES, self.code_types)
        self._parquet: pq.ParquetWriter | None = None
        self._pool = ThreadPoolExecutor(1)
        self._pending: Future[None] | None = None
        self.rows = 0
        self._key_sum = 0

    def write(self, coded: Coded, kept: NDArray[np.int64], verdict: Verdict, file: int) -> None:
        """Append some rows of a block: `kept` are their places in it, `verdict` is of these."""
        self._wait()
        self.rows += len(kept)
        self._key_sum = (self._key_sum + _sum(coded.keys[kept])) % 2**64
        self._pending = self._pool.submit(self._write, coded, kept, verdict.revision, file)

    def close(self) -> None:
        """Write what is still pending and close the files, in any case."""
        try:
            self._wait()
            if self._parquet is None:
                self._write_nothing()
        finally:
            self._pool.shutdown()
            self._codes.close()
            if self._parquet is not None:
                self._parquet.close()

    def read_back(self) -> int:
        """Return the number of rows as read from the files, which must be those written.

        Raises
        ------
        DatasetError
            If they are not.
        """
        keys = pq.read_table(self._folder / ROWS, columns=["row_key"])["row_key"]
        total = 0
        for chunk in keys.chunks:
            total = (total + _sum(chunk.to_numpy())) % 2**64
        sizes = {
            (self._folder / CODES / code_file(name, kind)).stat().st_size // np.dtype(kind).itemsize
            for name, kind in self.code_types.items()
        }
        if len(keys) != self.rows or total != self._key_sum or sizes - {self.rows}:
            raise DatasetError(
                f"{self._folder} holds {len(keys)} rows where {self.rows} were written; "
                "nothing is imported. Check the disk and try again"
            )
        return len(keys)

    def _wait(self) -> None:
        if self._pending is not None:
            self._pending.result()
            self._pending = None

    def _write(
        self, coded: Coded, kept: NDArray[np.int64], revision: NDArray[np.int16], file: int
    ) -> None:
        every = len(kept) == coded.rows.size
        codes = coded.codes if every else {n: v[kept] for n, v in coded.codes.items()}
        self._codes.write(codes)
        given = coded.rows.block.table
        taken = given if every else given.take(kept)
        ids, places = (a if every else a.take(kept) for a in (coded.ids, coded.place_ids))
        columns: dict[str, Any] = {
            "row_id": ids,
            "row_number": coded.rows.block.numbers[kept],
            "file_number": np.full(len(kept), file, np.int16),
            "revision": revision,
            "row_key": coded.keys[kept],
            "digest": coded.digests[kept],
            "adm2_pcode": _words(
                [a.pcode for a in district_index().boundaries.areas], codes["district"]
            ),
            "place_id": places,
            "date_start": pa.array(codes["day_first"]).view(pa.date32()),
            "date_end": pa.array(codes["day_last"]).view(pa.date32()),
            "date_prec": codes["date_prec"],
            "where_prec": codes["where_prec"],
            "event_type": _words(EVENT_TYPE_WORDS, codes["event_type"]),
            "sub_event_type": _words(SUB_EVENT_TYPE_WORDS, codes["sub_event_type"]),
        }
        for name in self._counts:
            columns[name] = pa.array(codes[name], mask=codes[name] == UNKNOWN)
        columns["geometry"] = _points(codes)
        for name in self._given:
            there = name in taken.column_names
            columns[GIVEN + name] = taken[name] if there else pa.array([""] * len(kept))
        table = pa.table(columns)
        if self._parquet is None:
            self._parquet = self._open(table)
        self._parquet.write_table(table, row_group_size=ROWS_TOGETHER)

    def _write_nothing(self) -> None:
        names = {"row_key": pa.uint64(), "row_id": pa.string()}
        schema = pa.schema(list(names.items()))
        self._parquet = pq.ParquetWriter(self._folder / ROWS, schema)

    def _open(self, first: pa.Table) -> pq.ParquetWriter:
        schema = first.schema.with_metadata({b"geo": json.dumps(_GEO).encode()})
        # A dictionary helps where texts repeat; hashing long notes for one would only cost time.
        few = [
            name
            for name in first.column_names
            if name.startswith(GIVEN)
            and pc.count_distinct(first[name].slice(0, 5_000)).as_py()
            < 0.5 * min(first.num_rows, 5_000)
        ]
        return pq.ParquetWriter(
            self._folder / ROWS,
            schema,
            compression="zstd",
            compression_level=1,
            use_dictionary=[*few, "adm2_pcode", "event_type", "sub_event_type"],
            write_statistics=["row_number"],
        )


def _sum(keys: NDArray[np.uint64]) -> int:
    return int(np.add.reduce(keys, dtype=np.uint64))


def _words(words: Sequence[str], codes: NDArray[Any]) -> pa.Array:
    """Return codes as the words they stand for; negative ones are empty."""
    indices = pa.array(codes.astype(np.int16), mask=codes < 0)
    return pa.DictionaryArray.from_arrays(indices, pa.array(words, pa.string()))


def _points(codes: dict[str, NDArray[Any]]) -> pa.Array:
    """Return points as WKB, little-endian; null where a row has none."""
    with_point = (codes["flags"] & HAS_POINT).astype(bool)
    size = int(np.count_nonzero(with_point))
    wkb = np.empty(size, np.dtype([("order", "u1"), ("type", "<u4"), ("x", "<f8"), ("y", "<f8")]))
    wkb["order"], wkb["type"] = 1, 1
    wkb["x"], wkb["y"] = codes["longitude"][with_point], codes["latitude"][with_point]
    offsets = np.zeros(len(with_point) + 1, np.int32)
    np.cumsum(with_point * wkb.dtype.itemsize, out=offsets[1:])
    validity = pa.py_buffer(np.packbits(with_point, bitorder="little"))
    return pa.Array.from_buffers(
        pa.binary(), len(with_point), [validity, pa.py_buffer(offsets), pa.py_buffer(wkb)]
    )
