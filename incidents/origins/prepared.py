"""Texts read for comparison: their sentences, and what kind of sentence each is.

The kind says who could have printed it: only those who go back to this text (a quote that
one reporter heard), or anyone (an office's statement, history, set phrases). The words that
tell are in `data/lineage.toml`.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any, Literal, NamedTuple

from incidents.sentences import Span, quoted_spans, split_paragraphs, split_sentences

Kind = Literal["exclusive", "quote", "statement", "plain", "background"]


class PreparedText(NamedTuple):
    """A text read for comparison, so that it is read once for many comparisons."""

    text: str
    words: tuple[str, ...]
    length: int
    """Characters in sentences."""
    sentences: tuple[ReadSentence, ...]
    """Those long enough to compare."""


class ReadSentence(NamedTuple):
    """A sentence as it is compared."""

    number: int
    span: Span
    content: str
    size: float
    """1 for a full-length sentence, less for a shorter one."""
    quotes: tuple[str, ...]
    kind: Kind
    kind_unquoted: Kind
    """What it is when its quote is not the other's."""
    closing: bool


@cache
def settings() -> dict[str, dict[str, float]]:
    """Return the thresholds and weights of `data/lineage.toml`, by table and name."""
    return {
        table: {key: float(value) for key, value in _data()[table].items()}
        for table in ("sentences", "similarity", "weights", "lone_run", "decision", "candidates")
    }


def words_of(text: str) -> list[str]:
    """Return the words of a text as they are compared.

    Case, compatibility forms, possessives and small number words make no difference.

    Examples
    --------
    >>> words_of("Quetta’s ten Officials")
    ['quetta', '10', 'officials']
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    numbers = _numbers()
    return [numbers.get(word, word) for word in re.findall(r"\w+", _POSSESSIVE.sub("", folded))]


def content_words(words: Iterable[str]) -> list[str]:
    """Return the words that are not mere grammar, in order."""
    stop = _stop_words()
    return [word for word in words if word not in stop]


def prepare(text: str) -> PreparedText:
    """Read a text for comparison."""
    limits = settings()["sentences"]
    spans = split_sentences(text)
    compared = spans[: int(limits["max_sentences"])]
    quotes = quoted_spans(text)
    paragraph_starts = {p.char_start for p in split_paragraphs(text)}
    quote_words = _quote_words(text, compared, quotes)
    first_closing = len(spans) * (1 - settings()["weights"]["closing_share"])
    most_words = int(limits["max_words"])
    sentences = []
    for index, span in enumerate(compared):
        own = text[span.char_start : span.char_end]
        content = content_words(words_of(own))[:most_words]
        said = quote_words[index]
        if len(content) < limits["min_content_words"] and not said:
            continue
        unquoted = _kind_unquoted(own)
        context = _speaker_context(text, spans, index, paragraph_starts, quotes) if said else ""
        longest = max(len(content), *(len(quote.split()) for quote in said), 0)
        sentences.append(
            ReadSentence(
                index,
                span,
                " ".join(content),
                min(1.0, longest / limits["full_length"]),
                tuple(said),
                _kind_of_quote(context) if said else unquoted,
                unquoted,
                len(spans) >= 8 and index >= first_closing,
            )
        )
    length = sum(end - start for start, end in spans)
    return PreparedText(text, tuple(words_of(text)), length, tuple(sentences))


_POSSESSIVE = re.compile(r"['’]s\b")


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads((files("incidents") / "data" / "lineage.toml").read_text("utf-8"))


@cache
def _numbers() -> dict[str, str]:
    return {word: str(number) for number, word in enumerate(_data()["words"]["numbers"])}


@cache
def _stop_words() -> frozenset[str]:
    return frozenset(_data()["words"]["stop"])


@cache
def _marker(name: str) -> re.Pattern[str]:
    # Markers begin with a word; trying them at the starts of words only is many times faster.
    return re.compile(r"\b(?:" + "|".join(_data()["markers"][name]) + ")")


def _quote_words(text: str, spans: list[Span], quotes: list[Span]) -> list[list[str]]:
    least = settings()["sentences"]["min_quote_words"]
    found: list[list[str]] = [[] for _ in spans]
    at = 0
    for index, span in enumerate(spans):
        while at < len(quotes) and quotes[at].char_end <= span.char_start:
            at += 1
        for quote in quotes[at:]:
            if quote.char_start >= span.char_end:
                break
            start, end = max(quote.char_start, span.char_start), min(quote.char_end, span.char_end)
            words = words_of(text[start:end])[: int(settings()["sentences"]["max_words"])]
            if len(words) >= least:
                found[index].append(" ".join(words))
    return found


def _speaker_context(
    text: str, spans: list[Span], index: int, paragraph_starts: set[int], quotes: list[Span]
) -> str:
    """Return the sentence with its neighbours, as far as they name the speaker."""
    start, end = spans[index]
    rest = set(_without_quotes(text, spans[index], quotes).casefold().split())
    same_speaker = rest <= set(_data()["words"]["same_speaker"])
    if index > 0 and (same_speaker or start not in paragraph_starts):
        start = spans[index - 1].char_start
    follows = index + 1 < len(spans) and spans[index + 1].char_start not in paragraph_starts
    if follows and len(rest) < 2:
        end = spans[index + 1].char_end
    return text[start:end]


def _without_quotes(text: str, span: Span, quotes: list[Span]) -> str:
    rest, at = [], span.char_start
    for start, end in quotes:
        if end > span.char_start and start < span.char_end:
            rest.append(text[at : max(at, start)])
            at = end
    rest.append(text[at : max(at, span.char_end)])
    return " ".join(re.findall(r"\w+", "".join(rest)))


def _kind_of_quote(context: str) -> Kind:
    lowered = context.lower()
    if _marker("statement").search(lowered):
        return "statement"
    # "told AFP" is known by its capitals.
    if _marker("exclusive").search(context):
        return "exclusive"
    return "statement" if _marker("office").search(lowered) else "quote"


def _kind_unquoted(sentence: str) -> Kind:
    lowered = sentence.lower()
    if _marker("background").search(lowered):
        return "background"
    return "statement" if _marker("statement").search(lowered) else "plain"
