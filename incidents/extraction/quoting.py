"""The words that carry a figure: at most twelve of them, as they stand in the text."""

from __future__ import annotations

import re

from incidents.extraction.linking import Link
from incidents.extraction.placing import Spot
from incidents.extraction.reading import Reading
from incidents.model import MAX_QUOTE_WORDS

_WORD = re.compile(r"\w+")


def quote_span(
    reading: Reading, link: Link | None, word: int = 0, spot: Spot | None = None
) -> tuple[int, int]:
    """Return the positions of a claim's quote: its people with what befell them, if short.

    For a happening (`link` None) it holds the event word and the place.
    """
    words = reading.words
    if link is None:
        start, end = words[word].start, words[word].end
        if spot is not None:
            wide = (min(start, spot.start), max(end, spot.end))
            if _count(reading, *wide) <= MAX_QUOTE_WORDS:
                return wide
        return _widened(reading, word)
    mention = link.mention
    start, end = words[mention.start].start, words[mention.end - 1].end
    others = [m for m in reading.mentions if m.counted and m is not mention and m.kind != "thing"]
    low, high = min(mention.start, link.start), max(mention.end, link.end)
    if not any(low < m.end and m.start < high for m in others):
        wide = (words[low].start, words[high - 1].end)
        if _count(reading, *wide) <= MAX_QUOTE_WORDS and not _holds_name(link, low, high):
            return wide
    return _cut(
        reading, start, end, mention.number if mention.number is not None else mention.start
    )


def _holds_name(link: Link, low: int, high: int) -> bool:
    mention = link.mention
    return mention.names_end > mention.end and high > mention.end and low < mention.names_end


def _count(reading: Reading, start: int, end: int) -> int:
    return sum(
        len(_WORD.findall(w.text)) for w in reading.words if w.start >= start and w.end <= end
    )


def _cut(reading: Reading, start: int, end: int, at: int) -> tuple[int, int]:
    if _count(reading, start, end) <= MAX_QUOTE_WORDS:
        return start, end
    count = 0
    for word in reading.words[at:]:
        count += len(_WORD.findall(word.text))
        if count > MAX_QUOTE_WORDS:
            break
        end = word.end
    return reading.words[at].start, end


def _widened(reading: Reading, at: int) -> tuple[int, int]:
    low = high = at
    while high - low < 5 and (low > 0 or high + 1 < len(reading.words)):
        if low > 0 and reading.words[low - 1].low[0].isalnum():
            low -= 1
        elif high + 1 < len(reading.words) and reading.words[high + 1].low[0].isalnum():
            high += 1
        else:
            break
    start, end = reading.words[low].start, reading.words[high].end
    return (
        (start, end)
        if _count(reading, start, end) <= MAX_QUOTE_WORDS
        else (reading.words[at].start, reading.words[at].end)
    )
