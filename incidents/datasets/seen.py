"""Which rows were seen before: exact duplicates, revisions of the same id, and what is new."""

from __future__ import annotations

import hashlib
import zlib
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Keys = NDArray[np.uint64]
"""Hashes of row ids, 64 bits."""
Digests = NDArray[np.uint64]
"""Checksums of rows' whole content."""

NEW, SAME, CHANGED = 0, 1, 2


_FNV_OFFSET, _FNV_PRIME = np.uint64(0xCBF29CE484222325), np.uint64(0x100000001B3)
_MIX = np.uint64(0x9E3779B97F4A7C15)
_SHORT = 40
"""Bytes of an id up to which all ids are hashed together."""


def hash_ids(ids: pa.Array) -> Keys:
    """Return a hash of 64 bits of each text: FNV-1a for short ones, BLAKE2b for long.

    Examples
    --------
    >>> one, other, again = hash_ids(pa.array(["PAK1", "PAK2", "PAK1"]))
    >>> bool(one == again), bool(one == other)
    (True, False)
    """
    ends, data = _ends_and_bytes(ids)
    start, length = ends[:-1], np.diff(ends)
    hashed = np.full(len(ids), _FNV_OFFSET)
    content = np.frombuffer(data, np.uint8)
    short = length <= _SHORT
    for at in range(int(length[short].max(initial=0))):
        inside = np.flatnonzero(short & (length > at))
        hashed[inside] = (hashed[inside] ^ content[start[inside] + at]) * _FNV_PRIME
    # The last bytes reach the high bits too.
    hashed ^= hashed >> np.uint64(29)
    hashed *= _MIX
    for row in np.flatnonzero(~short).tolist():
        cell = hashlib.blake2b(data[start[row] : ends[row + 1]], digest_size=8).digest()
        hashed[row] = np.frombuffer(cell, np.uint64)[0]
    return hashed


def checksums(contents: pa.Array) -> Digests:
    """Return CRC-32 and length of each text as one number, to tell revisions of one id apart.

    Examples
    --------
    >>> one, other = checksums(pa.array(["low 3", "low 4"]))
    >>> bool(one == other)
    False
    """
    ends, data = _ends_and_bytes(contents)
    crc = [zlib.crc32(data[start:end]) for start, end in pairwise(ends.tolist())]
    length = np.diff(ends).astype(np.uint64)
    return (np.array(crc, np.uint64) << np.uint64(32)) | length


def strong_hashes(contents: pa.Array) -> Digests:
    """Return BLAKE2b, 64 bits of it, of each text: for rows that have no id but their content."""
    ends, data = _ends_and_bytes(contents)
    blake = hashlib.blake2b
    hashed = [blake(data[s:e], digest_size=8).digest() for s, e in pairwise(ends.tolist())]
    return np.frombuffer(b"".join(hashed), np.uint64)


def _ends_and_bytes(texts: pa.Array) -> tuple[NDArray[np.int64], memoryview]:
    """Return where each text ends in the bytes of all, after a first 0, and the bytes."""
    wide = texts.cast(pa.large_string())
    _, offsets, data = wide.buffers()
    ends = np.frombuffer(offsets, np.int64)[wide.offset : wide.offset + len(wide) + 1]
    return ends, memoryview(data) if data is not None else memoryview(b"")


class Verdict(NamedTuple):
    """What each row of a batch is, and which stored or earlier row it repeats or replaces.

    `previous` and `position` count kept rows from the first stored one; -1 is none.
    """

    kind: NDArray[np.uint8]
    previous: NDArray[np.int64]
    position: NDArray[np.int64]
    revision: NDArray[np.int16]


class SeenRows:
    """The newest revision of every id, stored before or met in this import.

    Keys lie in a few sorted segments, the newest first to be asked and merged as they grow, so
    that ten million rows need some hundred bytes each and no time that grows with their square.

    Examples
    --------
    >>> seen = SeenRows()
    >>> keys, digests = np.array([7, 8, 7, 7], np.uint64), np.zeros(4, np.uint64)
    >>> digests[3] = 5
    >>> verdict = seen.judge(keys, digests)
    >>> verdict.kind.tolist(), verdict.previous.tolist(), verdict.position.tolist()
    ([0, 0, 1, 2], [-1, -1, 0, 0], [0, 1, -1, 2])
    """

    def __init__(self, first_position: int = 0) -> None:
        self._segments: list[tuple[Keys, NDArray[np.int64]]] = []
        self._digests = np.zeros(0, np.uint64)
        self._revisions = np.zeros(0, np.int16)
        self._used = 0
        self.next_position = first_position
        self._room_for(first_position)
        self._used = first_position

    def remember(
        self,
        keys: Keys,
        digests: Digests,
        revisions: NDArray[np.int16],
        positions: NDArray[np.int64],
    ) -> None:
        """Take in rows that are stored, each with its position."""
        self._digests[positions] = digests
        self._revisions[positions] = revisions
        self._add_segment(keys, positions)

    def judge(self, keys: Keys, digests: Digests) -> Verdict:
        """Return what the rows of a batch are, in their order, and remember them."""
        size = len(keys)
        previous = self.find(keys)
        kind = np.where(previous < 0, NEW, CHANGED).astype(np.uint8)
        met = np.flatnonzero(previous >= 0)
        same = self._digests[previous[met]] == digests[met]
        kind[met[same]] = SAME
        inside = self._judge_repeated(keys, digests, kind)
        kept = kind != SAME
        position = np.full(size, -1, np.int64)
        position[kept] = self.next_position + np.arange(np.count_nonzero(kept))
        for row, earlier in inside.items():
            previous[row] = position[earlier]
        revision = np.ones(size, np.int16)
        self._room_for(int(np.count_nonzero(kept)))
        # In order, for a row may replace one of this very batch.
        changed = np.flatnonzero(kind == CHANGED)
        outside = changed[~np.isin(changed, list(inside))]
        revision[outside] = self._revisions[previous[outside]] + 1
        for row in sorted(inside):
            revision[row] = revision[inside[row]] + 1
        self._digests[position[kept]] = digests[kept]
        self._revisions[position[kept]] = revision[kept]
        self.next_position += int(np.count_nonzero(kept))
        self._used = self.next_position
        self._add_segment(keys[kept], position[kept])
        return Verdict(kind, previous, position, revision)

    def _judge_repeated(
        self,
        keys: Keys,
        digests: Digests,
        kind: NDArray[np.uint8],
    ) -> dict[int, int]:
        """Judge ids that stand more than once in the batch; say which row follows which."""
        order = np.argsort(keys)
        twin = np.zeros(len(keys), bool)
        equal = keys[order][1:] == keys[order][:-1]
        twin[order[1:][equal]] = True
        twin[order[:-1][equal]] = True
        newest: dict[int, int] = {}
        owner: dict[int, int] = {}
        inside: dict[int, int] = {}
        for row in np.flatnonzero(twin).tolist():
            key, digest = int(keys[row]), int(digests[row])
            if key not in newest:
                newest[key] = digest
                if kind[row] != SAME:
                    owner[key] = row
                continue
            if newest[key] == digest:
                kind[row] = SAME
            else:
                kind[row] = CHANGED
            if key in owner:
                # `previous` is a row of this batch, whose position is not yet known.
                inside[row] = owner[key]
            if kind[row] == CHANGED:
                newest[key], owner[key] = digest, row
        return inside

    def find(self, keys: Keys) -> NDArray[np.int64]:
        """Return the position of the newest row with each key, -1 where there is none."""
        found = np.full(len(keys), -1, np.int64)
        missing = np.arange(len(keys))
        for segment, positions in reversed(self._segments):
            if not missing.size:
                break
            wanted = keys[missing]
            place = np.minimum(np.searchsorted(segment, wanted), len(segment) - 1)
            hit = segment[place] == wanted
            found[missing[hit]] = positions[place[hit]]
            missing = missing[~hit]
        return found

    def _add_segment(self, keys: Keys, positions: NDArray[np.int64]) -> None:
        if not keys.size:
            return
        self._segments.append(_newest_of_each(keys, positions))
        while len(self._segments) > 1 and len(self._segments[-2][0]) <= 2 * len(
            self._segments[-1][0]
        ):
            newer, older = self._segments.pop(), self._segments.pop()
            self._segments.append(
                _newest_of_each(
                    np.concatenate((older[0], newer[0])), np.concatenate((older[1], newer[1]))
                )
            )

    def _room_for(self, more: int) -> None:
        needed = self._used + more
        if needed > len(self._revisions):
            room = max(needed, 2 * len(self._revisions), 1024) - len(self._revisions)
            self._digests = np.concatenate((self._digests, np.zeros(room, np.uint64)))
            self._revisions = np.concatenate((self._revisions, np.zeros(room, np.int16)))


def _newest_of_each(keys: Keys, positions: NDArray[np.int64]) -> tuple[Keys, NDArray[np.int64]]:
    """Return the keys sorted, each once, with the last of its positions."""
    order = np.argsort(keys)
    keys, positions = keys[order], positions[order]
    first = np.flatnonzero(np.append(True, keys[1:] != keys[:-1]))
    return keys[first], np.maximum.reduceat(positions, first)
