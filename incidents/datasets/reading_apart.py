"""Excel workbooks and GeoPackages as tables of text, read in a child process with limits.

Both are containers that a hostile file can blow up; the child has little memory, little time,
no network and no right to write, and a file that breaks it ends only the child.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

import incidents
from incidents.confined import child_environment
from incidents.datasets.blocks import Block, check_header
from incidents.datasets.child_limits import MEMORY_BYTES, SECONDS
from incidents.datasets.library import file_sha256
from incidents.datasets.refusals import FileRefusedError, Refusal, shown

FAULT = "\x1ffault"
"""The child's own column: why a row has no cells to read."""
# The package may be importable only because of where the parent was started.
_START = (
    "import sys; sys.path.append(sys.argv[1]); from incidents.datasets.apart import main; main()"
)


class ApartTable:
    """A workbook's first sheet with cells, or a GeoPackage's layer of points.

    Raises
    ------
    FileRefusedError
        If the file cannot be read, or reading it takes more memory or time than allowed.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.done = 0
        self._child = _Child(path)
        said = self._child.first_line()
        self.header: Sequence[str] = said["header"]
        self._rows = int(said.get("rows") or 0)
        self._doubts = [_title(text) for text in said.get("above") or []]
        self._doubts += [_not_read(sheet) for sheet in said.get("unread") or []]
        try:
            check_header(path.name, self.header)
        except FileRefusedError:
            self._child.end()
            raise

    @property
    def sha256(self) -> str:
        """Of the file's bytes."""
        return file_sha256(self.path)

    def blocks(self) -> Iterator[Block]:
        """Yield the rows as the child reads them."""
        row, size = 1, self.path.stat().st_size
        try:
            for batch in self._child.batches():
                table = pa.Table.from_batches([batch])
                numbers = np.arange(row, row + table.num_rows)
                faults = table[FAULT].to_pylist()
                table = table.drop_columns([FAULT])
                at = [i for i, fault in enumerate(faults) if fault]
                refused = [Refusal(row + i, "geometry", "", faults[i]) for i in at]
                if at:
                    sound = np.setdiff1d(np.arange(table.num_rows), at)
                    table, numbers = table.take(sound), numbers[sound]
                nul = any(pc.any(pc.match_substring(c, "\0")).as_py() for c in table.columns)
                row += batch.num_rows
                self.done = int(size * (row - 1) / max(self._rows, row))
                doubts, self._doubts = self._doubts, []
                yield Block(table, numbers, refused, doubts, may_hold_nul=nul)
            self.done = size
        finally:
            self._child.end()


def _title(text: str) -> Refusal:
    return Refusal(
        0, "", shown(text),
        "stands alone above the columns' names and was taken for a title; rows are counted from "
        "the names",
    )  # fmt: skip


def _not_read(sheet: str) -> Refusal:
    return Refusal(
        0, "", shown(sheet),
        "this sheet of the workbook holds cells and is not read, the first one is; "
        "export it as CSV, or put it first",
    )  # fmt: skip


class _Child:
    """The child process and what comes from it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        root = str(Path(incidents.__file__).parent.parent)
        self._process = subprocess.Popen(  # noqa: S603 (our own interpreter)
            [sys.executable, "-I", "-B", "-X", "utf8", "-c", _START, root, str(path.resolve())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=child_environment(),
        )
        self._clock = threading.Timer(SECONDS, self._process.kill)
        self._clock.daemon = True
        self._clock.start()

    def first_line(self) -> dict[str, Any]:
        """Return what the child says before the rows."""
        assert self._process.stdout is not None  # noqa: S101 (a pipe, by construction)
        line = self._process.stdout.readline()
        if not line:
            raise self._failed()
        said: dict[str, Any] = json.loads(line)
        if "refused" in said:
            self.end()
            raise FileRefusedError(self._path.name, *said["refused"])
        return said

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield the rows; raise if the child ends before they do."""
        try:
            with pa.ipc.open_stream(self._process.stdout) as reader:
                yield from reader
        except pa.ArrowInvalid:
            raise self._failed() from None
        if self._process.wait() != 0:
            raise self._failed()

    def end(self) -> None:
        """End the child and let go of its pipes."""
        self._clock.cancel()
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdout, self._process.stderr):
            if pipe is not None:
                pipe.close()

    def _failed(self) -> FileRefusedError:
        code = self._process.wait()
        assert self._process.stderr is not None  # noqa: S101 (a pipe, by construction)
        lines = self._process.stderr.read().decode(errors="replace").strip().splitlines()
        self.end()
        why = lines[-1][:200] if lines else f"the reader ended with {code}"
        expected = f"one read within {SECONDS} s and {MEMORY_BYTES >> 30} GB of memory"
        return FileRefusedError(
            self._path.name, f"damaged, or too much to read ({why})", expected,
            "Export the table as CSV."
        )  # fmt: skip
