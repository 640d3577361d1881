"""The text in which claims are looked for: as read, but plain, with the way back.

Words broken at a line's end are joined, letters that only look different are levelled, and what
is not seen is left out. Nothing of it is stored: positions and quotes are those of the text as
read.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from array import array
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from gazetteer.normalise import fold_character

# Letters that were set as one, full-width and styled letters and digits; not raised digits, which
# are marks of notes.
_FORMS = "\ufb00-\ufb06\uff01-\uff5e\U0001d400-\U0001d7ff"
# Zero-width joiner and non-joiner belong to Urdu spelling; between Latin letters they hide.
_UNSEEN = (
    "[\u00ad\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]"
    "|(?<=[A-Za-z])[\u200c\u200d]"
)
_ALIEN = "\u0370-\u03ff\u0400-\u052f"
_BREAK = (
    r"(?<=[A-Za-z])(?P<hyphen>[-\u00ad\u2010])(?P<gap>[ \t]*\r?\n[ \t]*)"
    rf"(?P<rest>[A-Za-z{_FORMS}][A-Za-z{_FORMS}’'-]*[,.;:)”’\"]*)(?P<space>[ \t]?)"
)
_STRETCH = re.compile(rf"(?P<form>[{_FORMS}])|[^{_FORMS}]+")
_ODD = re.compile(
    rf"{_BREAK}|(?P<form>[{_FORMS}])|(?P<unseen>{_UNSEEN})"
    rf"|(?P<alike>(?<=[A-Za-z])[{_ALIEN}]|[{_ALIEN}](?=[A-Za-z]))"
)
_LAST_PART = re.compile(r"[A-Za-z]+$")
_LONGEST_WORD = 40


class _Piece(NamedTuple):
    """What stands for a stretch of the text as read."""

    words: str
    start: int
    """Of the first code point; the others follow one by one, unless `wide`."""
    wide: bool = False
    """Whether all of `words` stands for one code point."""


class MatchingText(NamedTuple):
    """A text for matching, and where each of its code points stands in the text as read."""

    text: str
    read_at: array[int] | None
    """None where nothing differs."""

    def as_read(self, start: int, end: int) -> tuple[int, int]:
        """Return the span in the text as read of a span of this one, end exclusive."""
        if self.read_at is None or start >= end:
            return start, end
        return self.read_at[start], self.read_at[end - 1] + 1


@cache
def _own_hyphen() -> frozenset[str]:
    data = tomllib.loads((files("incidents") / "data" / "sentences.toml").read_text("utf-8"))
    return frozenset(data["own_hyphen"])


def matching_text(text: str) -> MatchingText:
    r"""Return a text as it is matched.

    A word broken at a line's end stands whole on its first line, so the lines stay as many.

    Parameters
    ----------
    text
        As read; positions are code points in it.

    Examples
    --------
    >>> plain = matching_text("At least twen-\nty-three oﬀicers")
    >>> plain.text, plain.as_read(9, 21)
    ('At least twenty-three\nofficers', (9, 23))
    """
    if _ODD.search(text) is None:
        return MatchingText(text, None)
    words: list[str] = []
    read_at: array[int] = array("l")
    for piece in _pieces(text):
        words.append(piece.words)
        length = len(piece.words)
        read_at.extend(
            [piece.start] * length if piece.wide else range(piece.start, piece.start + length)
        )
    return MatchingText("".join(words), read_at)


def _pieces(text: str) -> Iterator[_Piece]:
    at = 0
    for odd in _ODD.finditer(text):
        yield _Piece(text[at : odd.start()], at)
        at = odd.end()
        if odd["hyphen"]:
            yield from _joined(text, odd)
        elif odd["form"]:
            yield from _levelled(text, *odd.span())
        elif odd["alike"]:
            plain = fold_character(odd[0])
            letter = plain if len(plain) == 1 and plain.isascii() else odd[0]
            yield _Piece(letter.upper() if odd[0].isupper() else letter, odd.start())
    yield _Piece(text[at:], at)


def _levelled(text: str, start: int, end: int) -> Iterator[_Piece]:
    for stretch in _STRETCH.finditer(text, start, end):
        if stretch["form"]:
            plain = unicodedata.normalize("NFKC", stretch[0])
            yield _Piece(plain, stretch.start(), wide=True)
        else:
            yield _Piece(stretch[0], stretch.start())


def _joined(text: str, odd: re.Match[str]) -> Iterator[_Piece]:
    """Yield a broken word whole, and then the line's end that stood in it."""
    before = _LAST_PART.search(text, max(0, odd.start() - _LONGEST_WORD), odd.start())
    first = before[0].lower() if before else ""
    if odd["hyphen"] == "-" and (odd["rest"][0].isupper() or first in _own_hyphen()):
        yield _Piece("-", odd.start())
    yield from _levelled(text, *odd.span("rest"))
    if odd["space"]:
        yield _Piece("\n", odd.start("space"))
