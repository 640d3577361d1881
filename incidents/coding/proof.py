"""Holds a coded document against its text: nothing coded that is not there, no number missed.

From a shell, ``python -m incidents.coding.proof seeds/005-dawn-2026-02-02.toml TEXT.txt`` prints what
does not hold.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from incidents.coding.anchors import paragraph_at, read_text, text_sha256
from incidents.coding.seeds import Document, NotCasualty, load_document
from incidents.model import Claim

_WORDS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    " sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety"
    " hundreds? thousands? millions? billions? dozens? scores few"
)
_NUMBER = re.compile(rf"\d+(?:[.,]\d+)*|\b(?:{'|'.join(_WORDS.split())})\b", re.IGNORECASE)


def numbers_in(text: str) -> Iterator[tuple[int, int]]:
    """Yield the span of every number in a text: digits, English number words, "dozens", "few".

    Spans are code points, end exclusive; "thirty-seven" is two of them.

    Examples
    --------
    >>> text = "Dozens of men, 1,200 of them; a 48-hour day. Nobody else."
    >>> [text[start:end] for start, end in numbers_in(text)]
    ['Dozens', '1,200', '48']
    """
    for found in _NUMBER.finditer(text):
        yield found.span()


def misfits(document: Document, text: str) -> list[str]:
    """Return what in a coded document does not fit its text, a sentence each; empty if all fits.

    Every quote must stand at its offsets and in its paragraph, and every number of the text must
    lie in a figure's quote or be listed as not a casualty figure. Where the text is not the coded
    one (by its hash), that alone is said: offsets would mean nothing.

    Parameters
    ----------
    document
        As read by `incidents.coding.seeds.load_document`.
    text
        As read by `incidents.coding.anchors.read_text`.
    """
    if text_sha256(text) != document.source.sha256:
        return [
            f"The text is not the one that was coded: its sha256 is {text_sha256(text)}, "
            f"{document.source.source_id} says {document.source.sha256}."
        ]
    entries: list[Claim | NotCasualty] = [*document.claims, *document.not_casualties]
    found = [line for entry in entries for line in _misplaced(text, entry)]
    covered = [(c.char_start, c.char_end) for c in document.claims if c.is_figure]
    covered += [(n.char_start, n.char_end) for n in document.not_casualties]
    for start, end in numbers_in(text):
        if not any(s is not None and e is not None and s <= start and end <= e for s, e in covered):
            found.append(
                f"Paragraph {paragraph_at(text, start)}, character {start}: the number "
                f"{text[start:end]!r} is neither in a figure's quote nor listed in not_casualties."
            )
    return found


def _misplaced(text: str, entry: Claim | NotCasualty) -> Iterator[str]:
    if isinstance(entry, Claim):
        name, words = f"claim {entry.claim_id}", entry.quote
    else:
        name, words = "not_casualties", entry.text
    start, end = entry.char_start, entry.char_end
    if start is None or end is None or entry.paragraph is None:
        yield f"{name}: {words!r} has no paragraph, char_start or char_end."
    elif text[start:end] != words:
        yield f"{name}: at {start} to {end} stands {text[start:end]!r}, not {words!r}."
    elif (paragraph := paragraph_at(text, start)) != entry.paragraph:
        yield f"{name}: {words!r} stands in paragraph {paragraph}, not {entry.paragraph}."


def main(arguments: list[str]) -> int:
    """Print what does not hold; the exit status is 1 where anything does not."""
    if len(arguments) != 2:
        sys.stderr.write("usage: python -m incidents.coding.proof DOCUMENT.toml TEXT.txt\n")
        return 2
    document, text = load_document(Path(arguments[0])), read_text(Path(arguments[1]))
    found = misfits(document, text)
    sys.stdout.write("".join(f"{line}\n" for line in found or ["Everything holds."]))
    return 1 if found else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (OSError, ValueError) as error:  # a SeedError is a ValueError
        sys.exit(f"{error}")
