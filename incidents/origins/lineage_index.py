"""Many stored texts, and which of them a new one may go back to.

Aligning sentences with every stored text would take minutes. So each text leaves the hashes
of its words and of its pairs of neighbouring words; those that a new text shares, weighed
by how few texts have them, name the candidates, and only these are aligned.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from incidents.origins.copies import PairEvidence, compare_prepared
from incidents.origins.prepared import content_words, prepare, settings, words_of


@dataclass(frozen=True, slots=True)
class _Segment:
    """Hashes in order, and beside each the number of a text that has it."""

    hashes: NDArray[np.uint32]
    texts: NDArray[np.int32]
    count: int
    """Texts in the segment."""


class LineageIndex:
    """Stored texts, ready for comparison with a new one; grows text by text.

    Memory is about 8 bytes for each distinct word and word pair of a text (3 to 5 kB for a
    news report) and the text itself.

    Examples
    --------
    >>> index = LineageIndex()
    >>> index.add("x", "The ferry sank off the pier. “I held on to a door,” the cook said.")
    >>> [pair.b for pair in index.compare("“I held on to a door,” the cook said.")]
    ['x']
    """

    def __init__(self) -> None:
        self._ids: list[str] = []
        self._stored: dict[str, str] = {}
        self._segments: list[_Segment] = []

    def __len__(self) -> int:
        """Return the number of stored texts."""
        return len(self._ids)

    def __contains__(self, source_id: object) -> bool:
        """Whether a text is stored under an id."""
        return source_id in self._stored

    @property
    def hash_bytes(self) -> int:
        """Bytes that the hashes take; the texts come on top."""
        return sum(s.hashes.nbytes + s.texts.nbytes for s in self._segments)

    def add(self, source_id: str, text: str) -> None:
        """Store a text.

        Raises
        ------
        ValueError
            If a text is stored under this id already.
        """
        if source_id in self._stored:
            raise ValueError(
                f"a text is stored as {source_id!r} already; give the new one an id of its own"
            )
        hashes = _hashes(text)
        numbers = np.full(len(hashes), len(self._ids), dtype=np.int32)
        self._ids.append(source_id)
        self._stored[source_id] = text
        self._segments.append(_Segment(hashes, numbers, 1))
        # Segments double in size from the last to the first, so each text is merged
        # few times and a search looks into few segments.
        while len(self._segments) > 1 and self._segments[-2].count <= self._segments[-1].count:
            self._segments[-2:] = [_merged(self._segments[-2:])]

    def candidates(self, text: str, count: int | None = None) -> list[str]:
        """Return the ids of the stored texts most like a text by rare words, the most first."""
        count = int(settings()["candidates"]["count"]) if count is None else count
        if not self._ids or count < 1:
            return []
        wanted = _hashes(text)
        found = [_found(segment, wanted) for segment in self._segments]
        frequency = sum((high - low for low, high in found), np.zeros(len(wanted), np.int64))
        rarity = np.log1p(len(self._ids) / np.maximum(frequency, 1))
        likeness = np.zeros(len(self._ids))
        for segment, (low, high) in zip(self._segments, found, strict=True):
            lengths = high - low
            offsets = np.arange(lengths.sum()) - np.repeat(lengths.cumsum() - lengths, lengths)
            numbers = segment.texts[np.repeat(low, lengths) + offsets]
            likeness += np.bincount(
                numbers, weights=np.repeat(rarity, lengths), minlength=len(self._ids)
            )
        # Rounded, so that the order in which texts came in does not break ties.
        likeness = likeness.round(6)
        best = min(count, len(self._ids))
        least = np.partition(likeness, -best)[-best]
        close = np.flatnonzero((likeness >= least) & (likeness > 0)).tolist()
        ranked = sorted(close, key=lambda number: (-likeness[number], self._ids[number]))
        return [self._ids[number] for number in ranked[:best]]

    def compare(self, text: str, source_id: str = "") -> list[PairEvidence]:
        """Return the evidence for each stored text that shares sentences with a text.

        The new text is side a, under `source_id`; a text stored under the same id is left
        out. The strongest evidence comes first; `is_copy` says which are of one family.
        """
        new = prepare(text)
        pairs = [
            compare_prepared(source_id, new, stored, prepare(self._stored[stored]))
            for stored in self.candidates(text)
            if stored != source_id
        ]
        shared = [pair for pair in pairs if pair.matches or pair.is_copy]
        return sorted(shared, key=lambda p: (not p.is_copy, -p.evidence, -p.score, p.b))


def _hashes(text: str) -> NDArray[np.uint32]:
    words = content_words(words_of(text))
    pairs = {f"{one} {other}" for one, other in pairwise(words)}
    features = (crc32(feature.encode("utf-8", "surrogatepass")) for feature in pairs | set(words))
    return np.unique(np.fromiter(features, dtype=np.uint32))


def _merged(segments: Sequence[_Segment]) -> _Segment:
    hashes = np.concatenate([s.hashes for s in segments])
    order = np.argsort(hashes, kind="stable")
    texts = np.concatenate([s.texts for s in segments])
    return _Segment(hashes[order], texts[order], sum(s.count for s in segments))


def _found(
    segment: _Segment, wanted: NDArray[np.uint32]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    low = np.searchsorted(segment.hashes, wanted, side="left")
    high = np.searchsorted(segment.hashes, wanted, side="right")
    return low, high
