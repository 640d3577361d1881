"""Sentences and direct quotes of a text, as positions in it.

Positions are Unicode code points in the text as given, end exclusive; the text is never
changed. Abbreviations and the other words it takes are in `data/sentences.toml`.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise
from statistics import median
from typing import NamedTuple


class Span(NamedTuple):
    """A stretch of a text: ``text[char_start:char_end]``."""

    char_start: int
    char_end: int


class _Full(NamedTuple):
    """Which lines had no room for another word."""

    first: int
    length: float


_CLOSERS = "\"'”’»›)\\]"
_OPENERS = "\"'“‘„«‹(\\["
# A stop, what closes after it, a footnote mark; then white space, or a capital glued on.
# Nothing is tried twice, so that a text of nothing but stops takes no longer than another.
_STOP = re.compile(
    rf"(?<![.!?…۔؟।])(?P<stop>[.!?…۔؟।]++)(?P<closers>[{_CLOSERS}]*+)(?:\[\d{{1,3}}\])*+"
    rf"(?:(?P<gap>\s++)|(?=[{_OPENERS}]?[A-Z][a-z]))"
)
_LAST_TOKEN = re.compile(r"[^\s\"'“”‘’«»()\[\],;:—–/]+$")
_NEXT_WORD = re.compile(rf"(?:[—–-]\s)?[{_OPENERS}]*([^\W_]+(?:[-'’][^\W_]+)*)")
_ARABIC_ARTICLE = re.compile(r"(?:al|ul|ud|an|ash|as)-[A-Z]")
_LINE = re.compile(r"[^\r\n\u2028\u2029]+")
_MAX_WRAP_WIDTH = 120
# Keeps a text of nothing but single marks that never close from taking for ever.
_MAX_MARKS_IN_SINGLE_QUOTE = 50
_MIN_WRAP_WIDTH = 40
# Of lines that are wrapped without a fixed width; longer ones are whole paragraphs.
_MAX_LINE = 200
_LINES_THAT_GO_ON = 2
_SHARE_THAT_GOES_ON = 0.25
_FULL = 0.8
_LAST_MARKS = 4
_LAST_WORD = re.compile(r"(?<![\w-])[a-z]+$")
_LONGEST = 10
_DONE = re.compile(rf"[.!?…:;۔][{_CLOSERS}]*$")
_ITEM = re.compile(r"[•●▪■◦*–—-]|\d{1,3}[.)]\s|[a-zA-Z][.)]\s")


class _Words(NamedTuple):
    before_name: frozenset[str]
    before_number: frozenset[str]
    anywhere: frozenset[str]
    starters: frozenset[str]
    speech: frozenset[str]
    unfinished: frozenset[str]


@cache
def _words() -> _Words:
    data = tomllib.loads((files("incidents") / "data" / "sentences.toml").read_text("utf-8"))
    return _Words(**{name: frozenset(data[name]) for name in _Words._fields})


def split_paragraphs(text: str) -> list[Span]:
    """Return the paragraphs of a text, without the white space around them.

    Every line is a paragraph, unless it goes on: the next line begins in lower case, the
    line ends with a word such as "in" or "the", the lines of a block all broke only because
    the next word did not fit (text wrapped at a fixed width), or the line is a full one
    among lines that do go on, as those of a PDF.

    Examples
    --------
    >>> split_paragraphs("Title of it\\n\\nThe first\\nsentence.")
    [Span(char_start=0, char_end=11), Span(char_start=13, char_end=32)]
    """
    return list(_paragraphs(text))


@lru_cache(maxsize=2)  # a text is asked for its sentences and its quotes, one after the other
def _paragraphs(text: str) -> tuple[Span, ...]:
    lines = [
        Span(m.start() + len(m[0]) - len(m[0].lstrip()), m.start() + len(m[0].rstrip()))
        for m in _LINE.finditer(text)
        if not m[0].isspace()
    ]
    paragraphs: list[Span] = []
    for block in _blocks(text, lines):
        wrapped = _is_wrapped(text, block)
        full = None if wrapped else _full_lines(text, block)
        start, end = block[0]
        for number, (before, line) in enumerate(pairwise(block)):
            goes_on = _goes_on(text, before, line) or (
                full is not None
                and number >= full.first
                and end - before.char_start >= full.length
                and not _DONE.search(text, max(before.char_start, end - _LAST_MARKS), end)
                and not _ITEM.match(text, line.char_start)
            )
            if not (wrapped or goes_on):
                paragraphs.append(Span(start, end))
                start = line.char_start
            end = line.char_end
        paragraphs.append(Span(start, end))
    return tuple(paragraphs)


def split_sentences(text: str) -> list[Span]:
    """Return the sentences of a text, in order.

    A sentence keeps the quotation marks that close after its full stop, ends with its
    paragraph, and is cut inside a direct quote that runs over several sentences.
    Everything but white space lies in exactly one sentence.

    Examples
    --------
    >>> text = "On Jan. 31 the U.S. envoy left. “We wait. We hope,” Dr. Khan said."
    >>> [text[s.char_start : s.char_end] for s in split_sentences(text)]
    ['On Jan. 31 the U.S. envoy left.', '“We wait.', 'We hope,” Dr. Khan said.']
    """
    sentences: list[Span] = []
    for paragraph in split_paragraphs(text):
        start, paragraph_end = paragraph
        for match in _STOP.finditer(text, start, paragraph_end):
            if match.end() < paragraph_end and _ends_sentence(text, match, start):
                end = match.end() - len(match["gap"] or "")
                sentences.append(Span(start, end))
                start = match.end()
        sentences.append(Span(start, paragraph_end))
    return sentences


def quoted_spans(text: str) -> list[Span]:
    """Return what stands in quotation marks, without the marks, in order.

    Reads “…”, "…", ‘…’, '…', „…“ and «…»; a quote inside a quote belongs to the outer one.
    A quote may run over several sentences. One that no mark closes ends with its
    paragraph, as a quote does that goes on in the next one. Apostrophes are not marks.

    Examples
    --------
    >>> text = "“It’s over. We won,” said Pakistan’s ‘hero’."
    >>> [text[s.char_start : s.char_end] for s in quoted_spans(text)]
    ['It’s over. We won,', 'hero']
    """
    spans: list[Span] = []
    paragraphs = split_paragraphs(text)
    for number, (start, end) in enumerate(paragraphs):
        following = paragraphs[number + 1].char_start if number + 1 < len(paragraphs) else None
        goes_on = following is not None and text[following] in '"“„«'
        spans.extend(_quotes_of_paragraph(text, start, end, goes_on))
    return spans


def is_inside(span: Span, others: list[Span]) -> bool:
    """Whether a span overlaps one of `others`, which are in order and do not overlap.

    Examples
    --------
    >>> is_inside(Span(3, 5), [Span(0, 2), Span(4, 9)])
    True
    """
    at = bisect_left(others, (span.char_end,)) - 1
    return at >= 0 and others[at].char_end > span.char_start


def _blocks(text: str, lines: list[Span]) -> list[list[Span]]:
    blocks: list[list[Span]] = []
    for line in lines:
        between = text[blocks[-1][-1].char_end : line.char_start] if blocks else ""
        if blocks and between.replace("\r\n", "\n").strip(" \t\u00a0") in {"\n", "\r"}:
            blocks[-1].append(line)
        else:
            blocks.append([line])
    return blocks


def _is_wrapped(text: str, block: list[Span]) -> bool:
    if len(block) < 3:
        return False
    width = max(end - start for start, end in block)
    if not _MIN_WRAP_WIDTH <= width <= _MAX_WRAP_WIDTH:
        return False
    for line, following in pairwise(block):
        next_word = re.match(r"\S+", text[following.char_start : following.char_end])
        room = width - (line.char_end - line.char_start)
        if next_word is not None and len(next_word[0]) + 1 <= room:
            return False
    return True


def _goes_on(text: str, line: Span, following: Span) -> bool:
    if text[line.char_end - 1] in ".!?":
        return False
    if text[following.char_start].islower():
        return True
    last = _LAST_WORD.search(text, max(line.char_start, line.char_end - _LONGEST), line.char_end)
    return last is not None and last[0] in _words().unfinished


def _full_lines(text: str, block: list[Span]) -> _Full | None:
    """Return which lines of a block are full, if its lines evidently go on.

    A PDF gives its lines without blank ones between paragraphs, and letters of different
    widths, so that no number of characters says where a line had to end.
    """
    if len(block) <= _LINES_THAT_GO_ON or max(end - start for start, end in block) > _MAX_LINE:
        return None
    go_on = [at for at, (a, b) in enumerate(pairwise(block)) if _goes_on(text, a, b)]
    if len(go_on) < max(_LINES_THAT_GO_ON, _SHARE_THAT_GOES_ON * (len(block) - 1)):
        return None
    usual = median(block[at].char_end - block[at].char_start for at in go_on)
    # What stands above the first of them may be a headline and a date.
    return _Full(go_on[0] - 1, _FULL * usual)


def _ends_sentence(text: str, match: re.Match[str], start: int) -> bool:
    following = _NEXT_WORD.match(text, match.end())
    next_word = following[1] if following else ""
    if next_word[:1].islower() and not _ARABIC_ARTICLE.match(next_word):
        return False
    stop, closers = match["stop"], match["closers"]
    if match["gap"] is None:
        before = text[match.start() - 1 : match.start()]
        return len(stop) == 1 and (before.islower() or before in '”’»"')
    if stop[-1] in "!?" and closers.strip(")]"):
        return not _names_speaker(text, match.end())
    if stop == "." and not closers.strip(")]"):
        return not _is_abbreviation(text, match, start, next_word)
    return True


def _is_abbreviation(text: str, match: re.Match[str], start: int, next_word: str) -> bool:
    words = _words()
    found = _LAST_TOKEN.search(text, max(start, match.start() - 24), match.start())
    if found is None:
        return False
    token = found[0].lower().rsplit("-", 1)[-1]
    if token in words.before_name:
        return True
    if token in words.before_number:
        return next_word[:1].isdigit()
    is_initial = len(token) == 1 and found[0][-1].isupper()
    is_initialism = "." in token and all(len(part) == 1 for part in token.split("."))
    if token in words.anywhere or is_initial or is_initialism:
        opens_quote = text[match.end()] in '"“‘„«'
        return not opens_quote and next_word.lower() not in words.starters
    return False


def _names_speaker(text: str, at: int) -> bool:
    clause = re.split(r"[.,;:!?\n]", text[at : at + 80], maxsplit=1)[0]
    return any(word in _words().speech for word in clause.split()[:6])


_MARK = re.compile(r"``|''|[\"“”„«»‘’']")
_CLOSED_BY = {
    "“": ("”", '"', "“"),
    "”": ("”", '"'),
    "„": ("“", "”", '"'),
    "«": ("»",),
    '"': ('"', "”"),
    "``": ("''", '"'),
    "''": ("''", '"'),
    "‘": ("’", "'"),
    "'": ("'", "’"),
}


def _quotes_of_paragraph(text: str, start: int, end: int, goes_on: bool) -> list[Span]:
    marks = list(_MARK.finditer(text, start, end))
    spans: list[Span] = []
    at = 0
    while at < len(marks):
        mark = marks[at]
        at += 1
        if not _can_open(text, mark, start, end):
            continue
        closing = _closing(text, marks, at, end)
        if closing is not None:
            at = closing + 1
            spans.append(Span(mark.end(), marks[closing].start()))
        elif mark[0] in {"“", "„", "«", "``"} or (goes_on and mark[0] == '"'):
            at = len(marks)
            spans.append(Span(mark.end(), end))
    return [span for span in spans if text[span.char_start : span.char_end].strip()]


def _can_open(text: str, mark: re.Match[str], start: int, end: int) -> bool:
    before = text[mark.start() - 1] if mark.start() > start else " "
    after = text[mark.end()] if mark.end() < end else " "
    if mark[0] in {"“", "„", "«"}:
        return True
    if mark[0] == "»" or after.isspace() or before.isalnum():
        return False
    # A decade ('90s) or a dropped letter (’twas) opens nothing.
    return not (mark[0] in {"'", "’"} and (after.isdigit() or mark[0] == "’"))


def _closing(text: str, marks: list[re.Match[str]], at: int, end: int) -> int | None:
    opening = marks[at - 1][0]
    single = opening in {"‘", "'"}
    fallback: int | None = None
    last = min(at + _MAX_MARKS_IN_SINGLE_QUOTE, len(marks)) if single else len(marks)
    for index in range(at, last):
        mark = marks[index]
        before = text[mark.start() - 1]
        after = text[mark.end()] if mark.end() < end else " "
        if single and mark[0] == "‘":
            break
        if mark[0] not in _CLOSED_BY[opening]:
            continue
        if not single:
            # “ inside “…” can only close where a writer mistook it for ”.
            if mark[0] != "“" or opening == "„" or (after.isspace() and not before.isspace()):
                return index
        elif not (after.isalnum() or before.isspace()):
            # A plural's apostrophe (the militants’ camp) closes only if nothing better does.
            if before.lower() != "s":
                return index
            fallback = index if fallback is None else fallback
    return fallback
