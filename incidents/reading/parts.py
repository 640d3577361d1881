"""What a format's reader finds in a document, before it is weighed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pydantic import TypeAdapter

# What a line of text may not hold: NUL, lone surrogates.
_BLANKS = re.compile(" {2,}")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True)
class Parts:
    """The text of a document and what the document says about itself.

    Bylines are looked through for news agencies only; no author's name goes further.
    """

    text: str
    title: str | None = None
    site_names: tuple[str, ...] = ()
    """What the page calls its publisher."""
    bylines: tuple[str, ...] = ()
    margin: tuple[str, ...] = ()
    """Lines seen beside the text, such as "Published January 31, 2026"."""
    published: str | None = None
    """ISO 8601, a day or a time, as the document's own fields state it."""
    url: str | None = None
    language: str | None = None
    notices: tuple[str, ...] = ()


# Validates: what a child process answers is believed no more than the document it read.
PARTS = TypeAdapter(Parts)


class Job(NamedTuple):
    """What is read, apart from its bytes."""

    format: str
    charset: str | None = None
    """As a server declared it."""


def sample(text: str) -> str:
    """Return the beginning of words that were left out, quoted, from the first digit if any.

    Examples
    --------
    >>> sample("as   they said, at least 500 were killed")
    "'they said, at least 500 were killed'"
    """
    words = text.split()
    at = next((n for n, word in enumerate(words) if any(map(str.isdigit, word))), 0)
    return repr(" ".join(words[max(at - 4, 0) : at + 8])[:80])


def row_line(cells: Sequence[str]) -> str:
    """Return a table's row as a line, its cells parted by bars; an empty one keeps its place.

    Examples
    --------
    >>> row_line(["Kech", "2", "4"]), row_line(["", "Killed", "Injured"]), row_line(["", "May"])
    ('Kech | 2 | 4', '| | Killed | Injured |', 'May')
    """
    filled = [cell for cell in cells if cell]
    if len(filled) < 2:
        return "".join(filled)
    line = " | ".join(cells)
    if not (cells[0] and cells[-1]):
        line = f"| {line} |"
    return _BLANKS.sub(" ", line)


def storable(text: str) -> tuple[str, tuple[str, ...]]:
    """Replace what cannot be stored (NUL, lone surrogates) by U+FFFD, and say so.

    Examples
    --------
    >>> storable("10 killed")
    ('10 killed', ())
    """
    found = _UNSTORABLE.findall(text)
    if not found:
        return text, ()
    codes = ", ".join(sorted({f"U+{ord(c):04X}" for c in found}))
    return _UNSTORABLE.sub("\ufffd", text), (
        f"{len(found)} characters that are none ({codes}) are shown as \ufffd: the document's "
        "own table of letters is damaged. Compare figures with the original.",
    )
