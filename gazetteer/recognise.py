"""Toponym recognition: the names of places in a running text.

One pass over the folded text finds every spelling at once; what is found is then held against
the text as written: a name is capitalised, stands between word boundaries, and a name that is
also a word or a person's (`data/cue_names.csv`) counts only beside a cue (`data/cues.toml`).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from operator import itemgetter
from typing import Literal, cast

import ahocorasick

from gazetteer.kinds import ANY
from gazetteer.places import DATA, read_rows
from gazetteer.resolve import Gazetteer
from gazetteer.scan import scan

_MIN_LENGTH = 2
_DATELINE = re.compile(r"\s*(?:\([^()\n]{1,40}\)\s*)?[:—–]|\s+-\s|\s*\|")
_CUE_REACH = 20
_HEAD_REACH = 40
# What may stand before the name that opens a line: a bullet, a number, a date, an hour.
_LINE_HEAD = re.compile(
    r"[\W\d_]*(?:(?:st|nd|rd|th|hrs|hours|am|pm|(?:mon|tues|wednes|thurs|fri|satur|sun)day"
    r"|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*)[\W\d_]+){0,3}",
    re.IGNORECASE,
)

Doubt = Literal["word", "person"]


@dataclass(frozen=True, slots=True)
class Toponym:
    """A name as it stands in a text.

    `text[char_start:char_end]` is `Toponym.text`; offsets are Unicode code points.
    """

    text: str
    char_start: int
    char_end: int
    place_ids: tuple[str, ...]
    """The places with this name, the one a bare name means first."""


@dataclass(frozen=True, slots=True)
class _Name:
    """A spelling to look for.

    `words` are as listed, to compare their capitals; `doubt` says what else the name can be.
    """

    words: tuple[str, ...]
    place_ids: tuple[str, ...]
    doubt: Doubt | None


def find_toponyms(text: str, gazetteer: Gazetteer | None = None) -> list[Toponym]:
    """Return the place names in a text, in their order, none overlapping another.

    Of names that overlap the longest is taken, so "Sistan and Baluchestan" holds no Balochistan,
    and "Balochistan Liberation Army" is no place at all (`data/not_places.csv`).

    Parameters
    ----------
    text
        Any text, as read; it is not changed.
    gazetteer
        Whose names to look for; the shipped gazetteer by default.

    Examples
    --------
    >>> [t.text for t in find_toponyms("Attacks in QUETTA and Pasni; a mustang ran to Kolpur.")]
    ['QUETTA', 'Pasni', 'Kolpur']
    """
    finder = _finder(gazetteer or Gazetteer.default())
    return list(finder.find(text))


@lru_cache(maxsize=4)
def _finder(gazetteer: Gazetteer) -> _Finder:
    return _Finder(gazetteer)


class _Finder:
    """The names of a gazetteer, ready to be looked for."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        doubts = {
            _key(row["name"]): cast("Doubt", row["kind"]) for row in read_rows("cue_names.csv")
        }
        self._cues = _Cues()
        ranked: dict[str, dict[str, int]] = {}
        words: dict[str, tuple[str, ...]] = {}
        for place in gazetteer.places:
            for name in (place.name, *place.alternate_names):
                for key in {_key(name), scan(name).folded.strip()}:  # "D.I. Khan" keeps its gap
                    rank = ANY.rank(place) + (0 if place.in_province else 100)
                    ranked.setdefault(key, {}).setdefault(place.place_id, rank)
                    words.setdefault(key, _words(name))
        self._automaton = ahocorasick.Automaton()
        for key, found in ranked.items():
            if len(key) >= _MIN_LENGTH:
                ids = tuple(sorted(found, key=found.__getitem__))
                self._add(key, _Name(words[key], ids, doubts.get(key)))
        for row in read_rows("not_places.csv"):
            self._add(_key(row["phrase"]), _Name(_words(row["phrase"]), (), None))
        self._automaton.make_automaton()

    def _add(self, key: str, name: _Name) -> None:
        # The space before a name holds it to the beginning of a word.
        self._automaton.add_word(f" {key}", (len(key), name))

    def find(self, text: str) -> Iterator[Toponym]:
        """Yield the toponyms of a text in their order."""
        sure: list[_Hit] = []
        doubtful: list[_Hit] = []
        for hit in self._hits(text):
            doubt = hit[2].doubt
            (sure if doubt is None or self._cues.beside(text, hit, doubt) else doubtful).append(hit)
        accepted = _longest(sure)
        if doubtful:
            accepted = self._cues.with_listed(text, accepted, _longest(doubtful))
        for start, end, name in accepted:
            if name.place_ids:
                yield Toponym(text[start:end], start, end, name.place_ids)

    def _hits(self, text: str) -> Iterator[_Hit]:
        scanned = scan(text)
        padded = f" {scanned.folded} "
        for last, (length, name) in self._automaton.iter(padded):
            if padded[last + 1] == " ":  # the name ends where a word ends
                start, end = scanned.span(last - length, last)
                if _is_written_as_name(text[start:end], name.words):
                    yield start, end, name


class _Cues:
    """What makes a place of a name that is also a word or a person's."""

    def __init__(self) -> None:
        table = tomllib.loads((DATA / "cues.toml").read_text(encoding="utf-8"))
        before = {
            "person": table["before"],
            "word": table["before"] + table["before_a_word"],
        }
        self._before = {
            doubt: re.compile(rf"(?<!\w)(?:{_any(words)})\s+(?:the\s+)?$", re.IGNORECASE)
            for doubt, words in before.items()
        }
        self._after = re.compile(rf"[\s-]+(?:{_any(table['after'])})(?!\w)", re.IGNORECASE)
        self._between = re.compile(rf"[\s,]*(?:{_any(table['between'])})[\s,]*", re.IGNORECASE)

    def beside(self, text: str, hit: _Hit, doubt: Doubt) -> bool:
        """Return whether a cue stands before or after a name, or the name opens a dateline."""
        start, end, _ = hit
        if self._before[doubt].search(text[max(0, start - _CUE_REACH) : start]):
            return True
        if self._after.match(text[end : end + _CUE_REACH]):
            return True
        head = text[max(text.rfind("\n", 0, start) + 1, start - _HEAD_REACH) : start]
        opens_line = _LINE_HEAD.fullmatch(head) is not None
        return opens_line and _DATELINE.match(text, end) is not None

    def with_listed(self, text: str, accepted: list[_Hit], doubtful: list[_Hit]) -> list[_Hit]:
        """Return the accepted hits and the doubtful ones that stand in a list with a place.

        The neighbour may itself have been doubtful, as in "in Mach, Sui and Hub": the names are
        taken from left to right, then from right to left.
        """
        taken = set(accepted)
        free = [hit for hit in doubtful if hit not in taken]
        hits = _apart(accepted, free)
        for order in (hits, hits[::-1]):
            for neighbour, hit in pairwise(order):
                if hit not in taken and neighbour in taken and neighbour[2].place_ids:
                    left, right = sorted((neighbour, hit), key=itemgetter(0))
                    if self._are_listed(text[left[1] : right[0]]):
                        taken.add(hit)
        return [hit for hit in hits if hit in taken]

    def _are_listed(self, gap: str) -> bool:
        return len(gap) <= _CUE_REACH and self._between.fullmatch(gap) is not None


_Hit = tuple[int, int, _Name]


def _longest(hits: list[_Hit]) -> list[_Hit]:
    """Return the hits in their order, and of overlapping ones the longest."""
    kept: list[_Hit] = []
    for hit in sorted(hits, key=lambda h: (h[0], -h[1])):
        if kept and hit[0] < kept[-1][1]:
            if hit[1] - hit[0] > kept[-1][1] - kept[-1][0]:
                kept[-1] = hit
        else:
            kept.append(hit)
    return kept


def _apart(accepted: list[_Hit], others: list[_Hit]) -> list[_Hit]:
    """Return the accepted hits and those others that overlap none of them, in their order."""
    kept: list[_Hit] = []
    taken = set(accepted)
    for hit in sorted([*accepted, *others], key=itemgetter(0, 1)):
        if kept and hit[0] < kept[-1][1]:
            if hit not in taken:
                continue
            kept.pop()
        kept.append(hit)
    return kept


def _is_written_as_name(written: str, words: tuple[str, ...]) -> bool:
    """Return whether each word is capitalised that is capitalised in the listed name."""
    if len(words) == 1:
        return not written[0].islower()
    found = _words(written)
    if len(found) != len(words):
        return not found[0][:1].islower()
    return all(
        not listed[:1].isupper() or not given[:1].islower()
        for listed, given in zip(words, found, strict=True)
    )


def _words(name: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\w+", name)) or ("",)


def _key(name: str) -> str:
    return " ".join(scan(name).folded.split())


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in words)
