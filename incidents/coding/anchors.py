r"""Where a quote stands in a text: its paragraph and its offsets, and the text's own hash.

Offsets are Unicode code points in the text as read, end exclusive, so that
``text[char_start:char_end] == quote``. Paragraphs are the non-empty lines, counted from 1.

From a shell, ``python -m incidents.coding.anchors TEXT.txt "the words"`` prints lines ready to be
pasted into a coded document; without words it prints the hash of the text.
"""

from __future__ import annotations

import hashlib
import re
import sys
from pathlib import Path
from typing import NamedTuple

from incidents.model import MAX_QUOTE_WORDS, word_count

_LINE_END = re.compile(r"\r\n|\r|\n")


class Anchor(NamedTuple):
    """Where words stand in a text."""

    paragraph: int
    """The non-empty line in which the words begin, counted from 1."""
    char_start: int
    char_end: int
    """Unicode code points in the text as read, end exclusive."""


def read_text(path: Path) -> str:
    r"""Return a UTF-8 text exactly as it stands, line ends and byte order mark untouched.

    Raises
    ------
    UnicodeDecodeError
        If the file is not UTF-8; offsets in a text decoded otherwise would mean nothing.
    """
    return path.read_bytes().decode("utf-8")


def text_sha256(text: str) -> str:
    """Return the SHA-256 of the text's UTF-8 bytes, as 64 hexadecimal digits.

    Examples
    --------
    >>> text_sha256("Quetta")[:12]
    'a55f1c24415d'
    """
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def paragraph_at(text: str, offset: int) -> int:
    r"""Return the number of the paragraph that holds the code point at an offset.

    On an empty line it is the number of the paragraph before it.

    Raises
    ------
    ValueError
        If the offset lies outside the text.

    Examples
    --------
    >>> paragraph_at("First.\n\nSecond.", 9)
    2
    """
    if not 0 <= offset < len(text):
        raise ValueError(f"offset {offset} lies outside the text of {len(text)} characters")
    number, start = 0, 0
    for end in (*(m.end() for m in _LINE_END.finditer(text)), len(text)):
        if text[start:end].strip():
            number += 1
        if offset < end:
            break
        start = end
    return number


def anchor(text: str, quote: str) -> list[Anchor]:
    r"""Return every place where a quote stands in a text, verbatim, in order.

    Parameters
    ----------
    text
        The text as read; see `read_text`.
    quote
        The words, with the very quotation marks, dashes and spaces of the text.

    Returns
    -------
    anchors
        Empty where the text does not hold the words; more than one where it repeats them.

    Raises
    ------
    ValueError
        If the quote is empty or longer than may be stored.

    Examples
    --------
    >>> anchor("One attack.\n\nTwo attacks.", "Two")
    [Anchor(paragraph=2, char_start=13, char_end=16)]
    """
    words = word_count(quote)
    if not words:
        raise ValueError("the quote is empty; give the words that carry the figure")
    if words > MAX_QUOTE_WORDS:
        raise ValueError(
            f"the quote has {words} words, at most {MAX_QUOTE_WORDS} may be stored; "
            "keep the words that carry the figure"
        )
    starts = [m.start() for m in re.finditer(f"(?={re.escape(quote)})", text)]
    return [Anchor(paragraph_at(text, at), at, at + len(quote)) for at in starts]


def main(arguments: list[str]) -> int:
    """Print a text's hash, or the anchors of words in it; the exit status is 1 for none."""
    if not 1 <= len(arguments) <= 2:
        sys.stderr.write(
            'usage: python -m incidents.coding.anchors TEXT.txt ["the words to find"]\n'
        )
        return 2
    text = read_text(Path(arguments[0]))
    if len(arguments) == 1:
        sys.stdout.write(f'sha256 = "{text_sha256(text)}"\n')
        return 0
    found = anchor(text, arguments[1])
    if not found:
        sys.stderr.write(
            f"{arguments[0]} does not hold {arguments[1]!r}. Copy the words out of the text: "
            "typographic quotation marks and dashes count.\n"
        )
        return 1
    if len(found) > 1:
        sys.stderr.write(f"The words stand {len(found)} times; take the one you mean.\n")
    sys.stdout.write(
        "\n".join(
            f"paragraph = {a.paragraph}\nchar_start = {a.char_start}\nchar_end = {a.char_end}\n"
            for a in found
        )
    )
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (OSError, ValueError) as error:  # a SeedError is a ValueError
        sys.exit(f"{error}")
