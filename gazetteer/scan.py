"""Text folded for a search that must give back where in the text something stands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gazetteer.normalise import APOSTROPHES, fold_character

# Every ASCII character is a lower-case letter, a digit, or a space: nothing changes its place.
_ASCII = {i: chr(i).lower() if chr(i).isalnum() else " " for i in range(128)}
# White space that would keep the two words of a name apart: more than one character, but no
# empty line, which ends a paragraph.
_RUN = r"[^\S\n](?:[^\S\n]+\n?[^\S\n]*|\n[^\S\n]*)|\n[^\S\n]+"
_RUNS = re.compile(_RUN)
_RUN_SIGNS = ("  ", " \n", "\n ", "\r", "\t", "\u00a0")
# Up to so many different characters, such as curly quotes and dashes, replacing one after another
# is quicker than a table.
_FEW = 40


@dataclass(frozen=True)
class Scan:
    """A folded text, and how its positions lead back to the text it was made from."""

    folded: str
    """Lower-case letters and digits; everything else is a space."""
    origins: NDArray[np.intp] | None
    """For each folded character the position of the one it comes from; None: the same."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where in the text a stretch of the folded text stands, end exclusive."""
        if self.origins is None:
            return start, end
        return int(self.origins[start]), int(self.origins[end - 1]) + 1


def scan(text: str) -> Scan:
    """Fold a text, character by character, keeping where each came from.

    Unlike `normalise.fold` this keeps spaces, so that words of two sentences stay apart.

    Examples
    --------
    >>> found = scan("In Qu\\u200betta.")
    >>> found.folded, found.span(3, 9)
    ('in quetta ', (3, 10))
    """
    if text.isascii():
        if not _has_run(text):
            return Scan(text.translate(_ASCII), None)
        return _scan_unevenly(text, {})
    folded = {c: _one_or_space(c) for c in set(text) if not c.isascii()}
    uneven = {c: f for c, f in folded.items() if len(f) != 1}
    if uneven or _has_run(text):
        return _scan_unevenly(text, folded)
    return Scan(_scan_evenly(text, folded), None)


def _has_run(text: str) -> bool:
    # Most texts have none of these, and looking for them is far quicker than the expression.
    return any(run in text for run in _RUN_SIGNS) and _RUNS.search(text) is not None


def _one_or_space(character: str) -> str:
    """Return a character's folded form; an apostrophe parts words here: "Quetta's"."""
    folded = " " if character in APOSTROPHES else fold_character(character)
    return folded if not folded.isspace() else " "


def _scan_evenly(text: str, folded: dict[str, str]) -> str:
    if len(folded) <= _FEW:
        for character, plain in folded.items():
            text = text.replace(character, plain)
        return text.translate(_ASCII)
    return text.translate(_ASCII | {ord(c): f for c, f in folded.items()})


def _scan_unevenly(text: str, folded: dict[str, str]) -> Scan:
    uneven = {c: f for c, f in folded.items() if len(f) != 1}
    pattern = re.compile(f"{_RUN}|[{re.escape(''.join(uneven))}]" if uneven else _RUN)
    lengths = np.ones(len(text), dtype=np.intp)

    def plain(found: re.Match[str]) -> str:
        replacement = uneven.get(found[0], " ")
        lengths[found.start()] = len(replacement)
        lengths[found.start() + 1 : found.end()] = 0
        return replacement

    even = pattern.sub(plain, text)
    origins: NDArray[Any] = np.repeat(np.arange(len(text)), lengths)
    return Scan(_scan_evenly(even, {c: f for c, f in folded.items() if len(f) == 1}), origins)
