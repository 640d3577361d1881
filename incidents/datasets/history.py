"""What a dataset held before an import: the newest rows, and which of them are met again."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from incidents.datasets.library import (
    CODES,
    MANIFEST,
    RETIRED,
    ROWS,
    DatasetError,
    Manifest,
    Release,
    code_file,
    read_manifest,
    release_folder,
)
from incidents.datasets.schema import CODE_TYPES
from incidents.datasets.seen import SeenRows, Verdict

_MIX = np.uint64(0x9E3779B97F4A7C15)


@dataclass
class History:
    """The rows stored so far, by position over all releases."""

    manifest: Manifest | None
    current: NDArray[np.bool_]
    """Whether each stored row still counts."""
    seen: SeenRows
    day_first: NDArray[np.int32]
    met: NDArray[np.bool_]
    """Whether the import had the row's id."""
    folder: Path = Path()

    def judge(self, keys: NDArray[np.uint64], digests: NDArray[np.uint64]) -> Verdict:
        """Return what rows are, and note which stored ones they meet."""
        verdict = self.seen.judge(keys, digests)
        self._note(verdict.previous)
        return verdict

    def repeated(self, keys: NDArray[np.uint64], digests: NDArray[np.uint64]) -> NDArray[np.bool_]:
        """Return which rows are stored already, be they replaced since; note that they are met."""
        found = np.isin(_row_hashes(keys, digests), self._stored)
        self._note(self.seen.find(keys[found]))
        return found

    @cached_property
    def _stored(self) -> NDArray[np.uint64]:
        releases = self.manifest.releases if self.manifest else ()
        none = np.zeros(0, np.uint64)
        hashes = [
            _row_hashes(*_columns(self.folder, release, "row_key", "digest"))
            for release in releases
            if release.rows
        ]
        return np.concatenate([none, *hashes])

    def last_with(self, sha256: str) -> Release | None:
        """Return the newest release that a file of this content is part of."""
        releases = self.manifest.releases if self.manifest else ()
        return next(
            (one for one in reversed(releases) if sha256 in {f.sha256 for f in one.files}), None
        )

    def still_there(self, keys: NDArray[np.uint64]) -> None:
        """Note ids that the import has in rows that were refused: they are not gone."""
        self._note(self.seen.find(keys))

    def _note(self, positions: NDArray[np.int64]) -> None:
        stored = positions[(positions >= 0) & (positions < len(self.met))]
        self.met[stored] = True

    def gone(self, days: tuple[int, int] | None) -> NDArray[np.int64]:
        """Return the positions of rows that the import should have and has not.

        Parameters
        ----------
        days
            First and last day that the import covers; None where it has no sound row.
        """
        met = int(np.count_nonzero(self.met & self.current))
        missing = self.current & ~self.met
        if not met or days is None:
            return np.zeros(0, np.int64)
        if 2 * met < int(np.count_nonzero(self.current)):
            missing &= (self.day_first >= days[0]) & (self.day_first <= days[1])
        return np.flatnonzero(missing)


def load_history(folder: Path) -> History:
    """Return what a dataset's folder holds; nothing, where there is no dataset yet."""
    manifest = read_manifest(folder) if (folder / MANIFEST).exists() else None
    releases = manifest.releases if manifest else ()
    if any(release.parts for release in releases):
        raise DatasetError(
            f"{folder.name} was imported on several machines, and one machine cannot add to it. "
            "Import all files together again, or name another dataset"
        )
    total = sum(release.rows for release in releases)
    current = current_rows(folder, manifest)
    seen = SeenRows(total)
    days = np.zeros(total, np.int32)
    first = 0
    for release in releases:
        where = release_folder(folder, release.number)
        if release.rows:
            position = np.arange(first, first + release.rows)
            still = current[position]
            keys, digests, revisions = _columns(folder, release, "row_key", "digest", "revision")
            seen.remember(keys[still], digests[still], revisions[still], position[still])
            path = where / CODES / code_file("day_first", CODE_TYPES["day_first"])
            days[position] = np.fromfile(path, "<i4")
        first += release.rows
    return History(manifest, current, seen, days, np.zeros(total, bool), folder)


def _columns(folder: Path, release: Release, *names: str) -> list[NDArray[Any]]:
    """Return some columns of a release that has rows."""
    path = release_folder(folder, release.number) / ROWS
    stored = pq.read_table(path, columns=list(names)).combine_chunks()
    return [stored[name].chunk(0).to_numpy() for name in names]


def _row_hashes(keys: NDArray[np.uint64], digests: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return one number for each id with its content."""
    hashed: NDArray[np.uint64] = keys * _MIX ^ digests
    return hashed


def current_rows(folder: Path, manifest: Manifest | None) -> NDArray[np.bool_]:
    """Return for each stored row, by position, whether no later release replaced it."""
    releases = manifest.releases if manifest else ()
    current = np.ones(sum(release.rows for release in releases), bool)
    for release in releases:
        retired = np.fromfile(release_folder(folder, release.number) / RETIRED, "<i8")
        current[retired] = False
    return current
