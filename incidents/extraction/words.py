"""Words of a text with their positions and what the vocabulary says of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

# An age; a count of a list ("2xFC"); numbers with thousands commas; a possessive ending; words
# with inner hyphens, apostrophes, or digits joined by . / : (7.62, 24/25, 20:30); any other mark
# alone.
_TOKEN = re.compile(
    r"\d{1,2} years?[ -]old\b"
    r"|\d{1,3}(?=[xX][A-Za-z])|(?<=\d)[xX](?=[A-Za-z])"
    r"|(?:[A-Za-z]{1,3}\.?)?\d+(?:,\d{2,3})+(?![\d,])(?:\.\d+)?"
    r"|[’'][sS]\b"
    r"|\w+(?:(?:[-‐‑](?=\w)|[’'](?!s\b)(?=\w)|(?<=\d)[./:](?=\d))\w+)*"
    r"|[^\w\s]"
)

Senses = Mapping[str, Any]
"""What a word can be: sense name to its detail, as the vocabulary lists it."""
NOTHING: Senses = {}


class Word(NamedTuple):
    """A word, or a phrase the vocabulary knows as one, with its senses."""

    low: str
    start: int
    end: int
    senses: Senses
    text: str


QUOTES = frozenset("“”\"'‘’«»„")
"""Quotation marks, each a word of its own."""


class Phrases(NamedTuple):
    """The vocabulary's phrases by their first word."""

    by_first: Mapping[str, tuple[Senses, Mapping[str, tuple[tuple[list[str], int, Senses], ...]]]]
    """First word to its own senses, and by the second word to the phrases that go on so.

    A phrase is the rest of its words, their number, and its senses; the longest come first.
    """


def plain(text: str) -> str:
    """Return a text as the vocabulary writes it, of the same length.

    Examples
    --------
    >>> plain("Passer‑by"), plain("Didn’t")
    ('passer-by', "didn't")
    """
    low = text.lower()
    if len(low) != len(text):  # a few letters grow in lower case, such as the Turkish İ
        low = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    return low if low.isascii() else low.translate(_PLAIN)


_new = tuple.__new__
_PLAIN = {ord("’"): "'", ord("‐"): "-", ord("‑"): "-"}


def tokenize(text: str) -> list[str]:
    """Return the words and marks of a text in plain form.

    Examples
    --------
    >>> tokenize("Over 1,200 of Kech’s 24/25 men…")
    ['over', '1,200', 'of', 'kech', "'s", '24/25', 'men', '…']
    """
    low = plain(text)
    return [low[m.start() : m.end()] for m in _TOKEN.finditer(text)]


def tag(text: str, start: int, end: int, phrases: Phrases) -> list[Word]:
    """Return the words of a stretch of text, the vocabulary's phrases as one word each.

    Positions are those of `text`.
    """
    plain_text = plain(text[start:end])
    spans = [m.span() for m in _TOKEN.finditer(text, start, end)]
    lows = [plain_text[begin - start : stop - start] for begin, stop in spans]
    lookup = phrases.by_first.get
    words: list[Word] = []
    add = words.append
    until = 0
    for at, low in enumerate(lows):
        if at < until:
            continue
        begin, stop = spans[at]
        found = lookup(low)
        if found is None:
            # Made as a tuple is: half the time of calling the class, for most words of a text.
            add(_new(Word, (low, begin, stop, NOTHING, text[begin:stop])))
            continue
        senses, going_on = found
        if going_on and at + 1 < len(lows) and (longer := going_on.get(lows[at + 1])):
            for rest, count, known in longer:
                if count == 1 or lows[at + 1 : at + 1 + count] == rest:
                    senses = known
                    until = at + 1 + count
                    stop = spans[at + count][1]
                    low = f"{low} {' '.join(rest)}"  # noqa: PLW2901
                    break
        add(_new(Word, (low, begin, stop, senses, text[begin:stop])))
    return words
