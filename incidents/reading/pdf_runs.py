"""What a page of a PDF shows, apart from words on it that nobody sees.

A PDF can draw words without ink (text rendering mode 3), in white on the bare page, or
beside it. They are read by a program and by nobody else.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from pypdf import PageObject
from pypdf.generic import ArrayObject, TextStringObject

SHOWN, HIDDEN, WHITE = "shown", "hidden", "white"
# Text rendering modes without fill and stroke (ISO 32000-1, table 106).
_WITHOUT_INK = (3, 7)
_NEAR_WHITE = 0.94
_BESIDE = 5.0
"""Points; a run that begins further out than this is not on the page."""
_FILLS = (b"f", b"F", b"f*", b"B", b"B*", b"b", b"b*")
_COLOURS = {b"g": 1, b"rg": 3, b"k": 4}
_SHOWS = (b"Tj", b"TJ", b"'", b'"')


class PageText(NamedTuple):
    """The text of a page by who sees it."""

    shown: str
    hidden: str
    """Without ink, beside the page, or white on a page where nothing else was painted before."""
    doubtful: str
    """White on what was painted before; part of `shown`."""


def text_of(page: PageObject) -> PageText:
    """Return the text of a page, parted into what is seen and what is not."""
    seen = _Visibility(page, (SHOWN, WHITE))
    shown = page.extract_text(visitor_operand_before=seen.before, visitor_operand_after=seen.after)
    return PageText(
        shown,
        _only(page, HIDDEN) if HIDDEN in seen.found else "",
        _only(page, WHITE) if WHITE in seen.found else "",
    )


def _only(page: PageObject, kind: str) -> str:
    wanted = _Visibility(page, (kind,))
    return page.extract_text(
        visitor_operand_before=wanted.before, visitor_operand_after=wanted.after
    )


class _Visibility:
    """Follows a page's operators and empties the runs of words that are not wanted."""

    def __init__(self, page: PageObject, wanted: tuple[str, ...]) -> None:
        self.found: set[str] = set()
        self._wanted = wanted
        self._box = [float(edge) for edge in page.mediabox]
        self._mode, self._white, self._painted = 0, False, False
        self._saved: list[tuple[int, bool]] = []
        # Forms have coordinates of their own.
        self._forms = 0

    def before(
        self, operator: bytes, operands: list[Any], cm: list[float], tm: list[float]
    ) -> None:
        """Take note of an operator, and empty it if its words are not wanted."""
        if operator == b"q":
            self._saved.append((self._mode, self._white))
        elif operator == b"Q" and self._saved:
            self._mode, self._white = self._saved.pop()
        elif operator == b"Tr" and operands and isinstance(operands[0], int | float):
            self._mode = int(operands[0])
        elif operator in (*_COLOURS, b"sc", b"scn"):
            self._white = _is_white(operator, operands)
        elif (operator in _FILLS and not self._white) or operator == b"sh":
            self._painted = True
        elif operator in (b"Do", b"BI", b"INLINE IMAGE"):
            self._painted = True
            self._forms += operator == b"Do"
        elif operator in _SHOWS and operands:
            kind = self._kind(cm, tm)
            if kind != SHOWN and _has_words(operands[-1]):
                self.found.add(kind)
            if kind not in self._wanted:
                array = isinstance(operands[-1], ArrayObject)
                operands[-1] = ArrayObject() if array else TextStringObject("")

    def after(self, operator: bytes, *_: object) -> None:
        """Take note that a form is over."""
        self._forms -= operator == b"Do"

    def _kind(self, cm: list[float], tm: list[float]) -> str:
        if self._mode in _WITHOUT_INK or (not self._forms and self._is_beside(cm, tm)):
            return HIDDEN
        if self._white:
            return WHITE if self._painted else HIDDEN
        return SHOWN

    def _is_beside(self, cm: list[float], tm: list[float]) -> bool:
        x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
        y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
        left, right = sorted((self._box[0], self._box[2]))
        bottom, top = sorted((self._box[1], self._box[3]))
        inside_x = left - _BESIDE <= x <= right + _BESIDE
        return not (inside_x and bottom - _BESIDE <= y <= top + _BESIDE)


def _is_white(operator: bytes, operands: list[Any]) -> bool:
    values = [float(v) for v in operands if isinstance(v, int | float)]
    if operator == b"k" or (operator not in _COLOURS and len(values) == _COLOURS[b"k"]):
        return len(values) == _COLOURS[b"k"] and max(values) <= 1 - _NEAR_WHITE
    return len(values) in (1, 3) and min(values) >= _NEAR_WHITE


def _has_words(operand: object) -> bool:
    pieces = operand if isinstance(operand, ArrayObject) else [operand]
    return any(isinstance(piece, str | bytes) and piece.strip() for piece in pieces)
