"""The headline of a text that has no field for it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from incidents.reading import attribution, publication_day, teasers

_LABEL = re.compile(r"\s*(?:title|headline|subject)\s*:\s*(?P<title>\S.*)", re.IGNORECASE)
_DATELINE = re.compile(r"\s*(?:[A-Z][A-Z .'/-]{2,}|[A-Z][\w .'-]+,[^:\n]{0,40})\s*(?::|[-–—]\s|\()")
_BYLINE = re.compile(
    r"\s*(?:by\s+[A-Z]|our correspondent|news desk|web desk|https?://)", re.IGNORECASE
)
_LINES_BEFORE = 4
_MIN_WORDS = 4
# "Page 1 of 2", "www.herald.example": at the head of a printed page.
_OF_PAGE = re.compile(
    r"(?:page\s*)?\d{1,3}(?:\s*(?:of|/)\s*\d{1,3})?|(?:www\.)?[\w-]+(?:\.[\w-]+)+/?", re.IGNORECASE
)
_MOST_LINES = 4
_PARTS = re.compile(r"\s*[|•·]\s*")
_PAPERS = ("The ", "Daily ")
TITLE_SEPARATORS = re.compile(r"\s+[|–—•·»-]\s+")
"""What programs put between a headline and a site's name."""
_QUOTES = re.compile(r"[‘’“”\"'`|]")
_SPACE = re.compile(r"\s+")
_MAX_LENGTH, _MAX_WORDS = 180, 28


def headline_of(text: str) -> str | None:
    """Return the line of a text that is its headline, or None where there is none.

    A headline stands before the first paragraph, is short, does not end like a sentence
    and has something after it. Lines with only a date, an outlet or a byline are passed over.

    Examples
    --------
    >>> headline_of("Bomb kills three in Kalat\\nKALAT: Three people were killed on Sunday.")
    'Bomb kills three in Kalat'
    >>> head = "The Daily | 2 May 2026\\nPage 1 of 2\\nwww.daily.example"
    >>> headline_of(f"{head}\\nBomb kills three\\nin Kalat\\nKALAT: It rained.")
    'Bomb kills three in Kalat'
    >>> headline_of("KALAT: Three people were killed on Sunday.\\nTwo were hurt.") is None
    True
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    for at, first in enumerate(lines[:_LINES_BEFORE]):
        line, after = _whole(lines, at)
        if labelled := _LABEL.fullmatch(first):
            return labelled["title"]
        if _is_furniture(first):
            continue
        is_headline = (
            after < len(lines)
            and len(line) <= _MAX_LENGTH
            and len(line.split()) <= _MAX_WORDS
            and len(line.split()) >= 2
            and not line.rstrip("\"'”’)").endswith((".", ":", ";", ",", "۔"))
            and (not _DATELINE.match(line) or len(lines[after]) > len(line))
            and not re.match(r"[a-z•*-]", line)
        )
        return line if is_headline else None
    return None


def _whole(lines: list[str], at: int) -> tuple[str, int]:
    """Return a line with those in which it goes on, and the number of the next one."""
    after = at + 1
    while after < min(len(lines), at + _MOST_LINES) and lines[after][0].islower():
        after += 1
    return " ".join(lines[at:after]), after


def line_in_title(titles: Iterable[str], lines: Iterable[str]) -> str | None:
    """Return the line of a document that is its title but for a site's name before or after it.

    Examples
    --------
    >>> shown = ["The Mail", "Bomb kills three in Kalat", "KALAT: Three people were killed."]
    >>> line_in_title(["The Mail - Bomb kills three in Kalat"], shown)
    'Bomb kills three in Kalat'
    """
    pieces = {
        folded(piece)
        for title in titles
        for piece in [title, *TITLE_SEPARATORS.split(title), title.partition(": ")[2]]
        if len(piece.split()) >= _MIN_WORDS
    }
    return max((line for line in lines if folded(line) in pieces), key=len, default=None)


def folded(line: str) -> str:
    """Return a line as it is compared: without quotation marks, capitals and bars of tables."""
    return _SPACE.sub(" ", _QUOTES.sub("", line)).strip().casefold()


def _is_furniture(line: str) -> bool:
    return (
        attribution.is_credit_line(line)
        or teasers.is_teaser(line)
        or _BYLINE.match(line) is not None
        or publication_day.is_date_line(line)
        or _OF_PAGE.fullmatch(line) is not None
        or _is_issue(line)
    )


def _is_issue(line: str) -> bool:
    """Whether a line is a newspaper's name with a day: "The Herald | 5 February 2026"."""
    name, *others = [part.strip() for part in _PARTS.split(line)]
    named = name.startswith(_PAPERS) or attribution.known_outlet(name) is not None
    return named and any(publication_day.is_date_line(part) for part in others)
