"""The headline of a text that has no field for it."""

from __future__ import annotations

import re

from incidents.reading import attribution, publication_day, teasers

_LABEL = re.compile(r"\s*(?:title|headline|subject)\s*:\s*(?P<title>\S.*)", re.IGNORECASE)
_DATELINE = re.compile(r"\s*(?:[A-Z][A-Z .'/-]{2,}|[A-Z][\w .'-]+,[^:\n]{0,40})\s*(?::|[-–—]\s|\()")
_BYLINE = re.compile(
    r"\s*(?:by\s+[A-Z]|our correspondent|news desk|web desk|https?://)", re.IGNORECASE
)
_LINES_BEFORE = 4
_MAX_LENGTH, _MAX_WORDS = 180, 28


def headline_of(text: str) -> str | None:
    """Return the line of a text that is its headline, or None where there is none.

    A headline stands before the first paragraph, is short, does not end like a sentence
    and has something after it. Lines with only a date, an outlet or a byline are passed over.

    Examples
    --------
    >>> headline_of("Bomb kills three in Kalat\\nKALAT: Three people were killed on Sunday.")
    'Bomb kills three in Kalat'
    >>> headline_of("KALAT: Three people were killed on Sunday.\\nTwo were hurt.") is None
    True
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    for at, line in enumerate(lines[:_LINES_BEFORE]):
        if labelled := _LABEL.fullmatch(line):
            return labelled["title"]
        if _is_furniture(line):
            continue
        is_headline = (
            at + 1 < len(lines)
            and len(line) <= _MAX_LENGTH
            and len(line.split()) <= _MAX_WORDS
            and len(line.split()) >= 2
            and not line.rstrip("\"'”’)").endswith((".", ":", ";", ",", "۔"))
            and (not _DATELINE.match(line) or len(lines[at + 1]) > len(line))
            and not re.match(r"[a-z•*-]", line)
        )
        return line if is_headline else None
    return None


def _is_furniture(line: str) -> bool:
    return (
        attribution.is_credit_line(line)
        or teasers.is_teaser(line)
        or _BYLINE.match(line) is not None
        or publication_day.is_date_line(line)
    )
