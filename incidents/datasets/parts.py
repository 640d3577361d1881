"""One part of an import on several machines: read, coded, joined, written, summed.

Whatever a part writes has a name that the import and the part alone determine, and the same bytes
each time: a machine that is lost in the middle is made good by doing its parts again.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from incidents.datasets import storage
from incidents.datasets.coding import Coded, Coder
from incidents.datasets.cube import CUBE, cells_of, merge, write_cube
from incidents.datasets.formats import Format
from incidents.datasets.importing import MAX_LISTED
from incidents.datasets.judging import PartVerdict, in_buckets
from incidents.datasets.library import ROWS, file_sha256
from incidents.datasets.mapping import Reading
from incidents.datasets.opening import prepared
from incidents.datasets.partitions import FilePlan, Part, read_part
from incidents.datasets.refusals import Refusal
from incidents.datasets.release_writer import ReleaseWriter
from incidents.datasets.seen import Verdict


@dataclass(frozen=True)
class Job:
    """What all parts of an import have in common.

    Attributes
    ----------
    given
        The columns of all files.
    target
        The address of the release that is written.
    run
        Tells this import from others; the same files give the same.
    buckets
        Into how many the ids are spread.
    """

    made_for: Format
    today: date
    known: tuple[str, ...]
    reading: Reading
    given: tuple[str, ...]
    target: str
    run: str
    buckets: int


@dataclass
class PartDone:
    """What became of a part.

    `rows_file` is its name below the release, empty where no row was kept; `retired` counts the
    part's kept rows from 0; `cube_file` is the name of its cube, which is for the merge alone.
    """

    part: Part
    rows: int
    sound: int
    kept: int
    refused: int
    refusals: list[Refusal]
    doubts: list[Refusal]
    rows_file: str
    rows_sha256: str
    keys_file: str
    bucket_ends: list[int]
    cube_file: str
    retired: NDArray[np.int64]
    revised: int


_NONE = np.zeros(0, np.int64)
NOTHING_SPECIAL = PartVerdict(_NONE, _NONE, np.zeros(0, np.int16), _NONE)


def do_part(
    number: int, part: Part, plan: FilePlan, job: Job, verdict: PartVerdict | None = None
) -> PartDone:
    """Read a part and write its rows; under a verdict, only those that are kept.

    Raises
    ------
    FileRefusedError
        If its file turns out not to be what it seemed.
    """
    with TemporaryDirectory(prefix="incident-map-part-") as work:
        folder = Path(work)
        coder = Coder(job.made_for, job.today)
        writer = ReleaseWriter(folder, list(job.given), coder.figures)
        taken = _Taken(part, plan.name, verdict or NOTHING_SPECIAL)
        try:
            for block in read_part(part, plan, job.known, job.reading):
                taken.take(coder.code(prepared(block, job.made_for)), writer, coder)
        finally:
            writer.close()
        kept = writer.read_back()
        rows_file, cube_file, sha256 = "", "", ""
        settled = "-settled" if verdict else ""
        if kept:
            rows_file = f"rows/{job.run}-{number:05}{settled}.parquet"
            sha256 = file_sha256(folder / ROWS)
            storage.put_file(folder / ROWS, f"{job.target}/{rows_file}")
        if taken.cells:
            cube_file = f"cubes/{job.run}-{number:05}{settled}.parquet"
            write_cube(merge(taken.cells), folder / CUBE)
            storage.put_file(folder / CUBE, f"{job.target}/{cube_file}")
    keys_file = ""
    ends: list[int] = []
    if verdict is None:
        keys_file = f"keys/{job.run}-{number:05}.bin"
        data, ends = in_buckets(*taken.keys_and_digests(), job.buckets)
        storage.put_bytes(data, f"{job.target}/{keys_file}")
    return PartDone(
        part=part,
        rows=taken.rows,
        sound=taken.sound,
        kept=kept,
        refused=taken.refused,
        refusals=taken.refusals[:MAX_LISTED],
        doubts=taken.doubts[:MAX_LISTED],
        rows_file=rows_file,
        rows_sha256=sha256,
        keys_file=keys_file,
        bucket_ends=ends,
        cube_file=cube_file,
        retired=taken.retired_places(),
        revised=len(taken.verdict.changed),
    )


def merge_cubes(addresses: Sequence[str], target: str) -> str:
    """Write several cubes as one, and return its address."""
    with ExitStack() as at_hand, TemporaryDirectory(prefix="incident-map-cubes-") as work:
        here = [at_hand.enter_context(storage.at_hand(address)) for address in addresses]
        write_cube(merge([pq.read_table(path) for path in here]), Path(work) / CUBE)
        storage.put_file(Path(work) / CUBE, target)
    return target


class _Taken:
    """What was taken in of a part so far."""

    def __init__(self, part: Part, name: str, verdict: PartVerdict) -> None:
        self.part, self.name, self.verdict = part, name, verdict
        self.rows = self.sound = self.refused = 0
        self.refusals: list[Refusal] = []
        self.doubts: list[Refusal] = []
        self.cells: list[pa.Table] = []
        self._keys: list[NDArray[np.uint64]] = []
        self._digests: list[NDArray[np.uint64]] = []
        self._revision = dict(
            zip(verdict.changed.tolist(), verdict.revisions.tolist(), strict=True)
        )

    def take(self, coded: Coded, writer: ReleaseWriter, coder: Coder) -> None:
        """Count a block's rows, and write and sum those that are kept."""
        rows = coded.rows
        self.rows += len(rows.block.numbers) + len(rows.block.refused)
        self.refused += len(rows.refused)
        self.refusals += [one._replace(file=self.name) for one in sorted(rows.refused)]
        self.doubts += [one._replace(file=self.name) for one in sorted(rows.doubts)]
        sound = np.flatnonzero(~rows.bad)
        if not sound.size:
            return
        numbers = np.arange(self.sound, self.sound + len(sound))
        self.sound += len(sound)
        self._keys.append(coded.keys[sound])
        self._digests.append(coded.digests[sound])
        kept = ~np.isin(numbers, self.verdict.same)
        if not kept.any():
            return
        none: Any = _NONE
        revision = np.array([self._revision.get(n, 1) for n in numbers[kept].tolist()], np.int16)
        writer.write(coded, sound[kept], Verdict(none, none, none, revision), self.part.file)
        current = kept & ~np.isin(numbers, self.verdict.retired)
        if current.any():
            self.cells.append(cells_of(coded.codes, coder.figures, sound[current]))

    def keys_and_digests(self) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
        """Return those of the sound rows, in their order."""
        none = [np.zeros(0, np.uint64)]
        return np.concatenate(self._keys or none), np.concatenate(self._digests or none)

    def retired_places(self) -> NDArray[np.int64]:
        """Return the places, among the rows kept, of those that a later row replaces."""
        retired = np.sort(self.verdict.retired)
        return retired - np.searchsorted(np.sort(self.verdict.same), retired)
