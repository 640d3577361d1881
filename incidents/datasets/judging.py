"""Duplicates and revisions among parts of an import: the same verdict as reading in one go.

Rows with the same id fall into the same bucket, whatever part they stand in; a bucket is judged in
the order of files and rows. So no machine needs all ids, and who read what first does not matter.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from incidents.datasets import storage
from incidents.datasets.seen import CHANGED, NEW, SAME, SeenRows

_KEY = np.dtype([("key", "<u8"), ("digest", "<u8"), ("row", "<i8")])


class PartVerdict(NamedTuple):
    """What is not simply new among a part's sound rows, by their numbers in it from 0.

    `changed` are revisions of an earlier row, each with the revision's number; `retired` are
    rows that a later one replaces.
    """

    same: NDArray[np.int64]
    changed: NDArray[np.int64]
    revisions: NDArray[np.int16]
    retired: NDArray[np.int64]


class Slice(NamedTuple):
    """The rows of one part in one bucket, as bytes of a file."""

    part: int
    address: str
    start: int
    end: int


def in_buckets(
    keys: NDArray[np.uint64], digests: NDArray[np.uint64], buckets: int
) -> tuple[bytes, list[int]]:
    """Return keys and digests of a part's sound rows bucket by bucket, and where each ends."""
    rows = np.empty(len(keys), _KEY)
    rows["key"], rows["digest"], rows["row"] = keys, digests, np.arange(len(keys))
    number = (keys % np.uint64(buckets)).astype(np.int64)
    ends = np.cumsum(np.bincount(number, minlength=buckets)) * _KEY.itemsize
    return rows[np.argsort(number, kind="stable")].tobytes(), ends.tolist()


def judge_bucket(slices: Sequence[Slice]) -> dict[int, PartVerdict]:
    """Return the verdicts on a bucket's rows, for the parts where not all are simply new."""
    slices = [one for one in sorted(slices) if one.end > one.start]
    read = [
        np.frombuffer(storage.read_range(one.address, one.start, one.end), _KEY) for one in slices
    ]
    if not read:
        return {}
    rows = np.concatenate(read)
    part = np.repeat(np.array([one.part for one in slices]), [len(one) for one in read])
    verdict = SeenRows().judge(rows["key"].copy(), rows["digest"].copy())
    kept = np.flatnonzero(verdict.kind != SAME)
    changed = np.flatnonzero(verdict.kind == CHANGED)
    retired = kept[verdict.previous[changed]]
    same = np.flatnonzero(verdict.kind == SAME)
    numbers = rows["row"]

    def of(number: int, found: NDArray[np.int64]) -> NDArray[np.int64]:
        chosen: NDArray[np.int64] = found[part[found] == number]
        return chosen

    touched = np.unique(part[np.concatenate((np.flatnonzero(verdict.kind != NEW), retired))])
    return {
        number: PartVerdict(
            numbers[of(number, same)],
            numbers[of(number, changed)],
            verdict.revision[of(number, changed)],
            numbers[of(number, retired)],
        )
        for number in touched.tolist()
    }


def together(verdicts: Sequence[PartVerdict]) -> PartVerdict:
    """Return the verdicts of several buckets on one part as one."""
    return PartVerdict(*(np.concatenate(column) for column in zip(*verdicts, strict=True)))
