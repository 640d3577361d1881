"""Words of a text with their positions and what the vocabulary says of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

# Numbers with thousands commas; a possessive ending; words with inner hyphens, apostrophes, or
# digits joined by . / : (7.62, 24/25, 20:30); any other mark alone.
_TOKEN = re.compile(
    r"\d+(?:,\d{2,3})+(?![\d,])(?:\.\d+)?"
    r"|[’'][sS]\b"
    r"|\w+(?:(?:[-‐‑](?=\w)|[’'](?!s\b)(?=\w)|(?<=\d)[./:](?=\d))\w+)*"
    r"|[^\w\s]"
)

Senses = Mapping[str, Any]
"""What a word can be: sense name to its detail, as the vocabulary lists it."""
NOTHING: Senses = {}


class Token(NamedTuple):
    """A word as it stands in the text."""

    low: str
    start: int
    end: int


class Word(NamedTuple):
    """A word, or a phrase the vocabulary knows as one, with its senses."""

    low: str
    start: int
    end: int
    senses: Senses
    text: str


class Phrases(NamedTuple):
    """The vocabulary's phrases by their first word, the longest first."""

    by_first: Mapping[str, tuple[tuple[tuple[str, ...], Senses], ...]]


def plain(word: str) -> str:
    """Return a word as the vocabulary writes it.

    Examples
    --------
    >>> plain("Passer‑by"), plain("Didn’t")
    ('passer-by', "didn't")
    """
    low = word.lower()
    if low.isascii():
        return low
    return low.replace("’", "'").replace("‐", "-").replace("‑", "-")


def tokenize(text: str, start: int = 0, end: int | None = None) -> list[Token]:
    """Return the words and marks of a stretch of text; positions are those of the text.

    Examples
    --------
    >>> [t.low for t in tokenize("Over 1,200 of Kech’s 24/25 men…")]
    ['over', '1,200', 'of', 'kech', "'s", '24/25', 'men', '…']
    """
    stop = len(text) if end is None else end
    return [Token(plain(m[0]), m.start(), m.end()) for m in _TOKEN.finditer(text, start, stop)]


def tag(text: str, start: int, end: int, phrases: Phrases) -> list[Word]:
    """Return the words of a stretch of text, the vocabulary's phrases as one word each."""
    tokens = tokenize(text, start, end)
    by_first = phrases.by_first
    words: list[Word] = []
    at, size = 0, len(tokens)
    while at < size:
        low, begin, stop = tokens[at]
        senses = NOTHING
        length = 1
        for rest, found in by_first.get(low, ()):
            if not rest:
                senses = found
                break
            if tuple(t.low for t in tokens[at + 1 : at + 1 + len(rest)]) == rest:
                senses = found
                length = 1 + len(rest)
                stop = tokens[at + len(rest)].end
                low = f"{low} {' '.join(rest)}"
                break
        words.append(Word(low, begin, stop, senses, text[begin:stop]))
        at += length
    return words
