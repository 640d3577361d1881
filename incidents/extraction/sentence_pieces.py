"""Sentences as the rules walk over them: rows and items apart, none too long."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from incidents.sentences import Span

_MAX_SENTENCE = 1500  # characters; what is longer is no sentence that anybody wrote
# Lines that are items or rows of their own, even where a text seems wrapped at a fixed width.
_ROW = re.compile(r"[\r\n]+\s*(?=[-*•▪–(|]|\d|[^\r\n]*[|\t])")


def without_rows(text: str, sentences: Sequence[Span]) -> Iterator[Span]:
    """Yield the sentences, cut where a row of a table or an item of a list begins."""
    for start, end in sentences:
        at = start
        for match in _ROW.finditer(text, start, end):
            if text[at : match.start()].strip():
                yield from _short(text, at, match.start())
            at = match.end()
        yield from _short(text, at, end)


def _short(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield a stretch in pieces that the rules can walk over quickly."""
    while end - start > _MAX_SENTENCE:
        cut = text.rfind(" ", start + 1, start + _MAX_SENTENCE)
        cut = cut if cut > start else start + _MAX_SENTENCE
        yield Span(start, cut)
        start = cut
    yield Span(start, end)


_LINE = re.compile(r"[^\r\n\u2028\u2029]+")


def paragraph_numbers(text: str, sentences: Sequence[Span]) -> list[int]:
    """Paragraph of each sentence: non-empty lines counted from 1."""
    starts = [m.start() for m in _LINE.finditer(text) if not m[0].isspace()]
    numbers: list[int] = []
    at = 0
    for span in sentences:
        while at < len(starts) and starts[at] <= span.char_start:
            at += 1
        numbers.append(max(at, 1))
    return numbers
