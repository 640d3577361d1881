"""Where the records of a CSV end, found in its bytes before any parser guesses.

In a well-formed file a quote that opens stands after a separator or a line's end, and one
that closes before one; between them quotes are doubled. Then the parity of quotes tells which
line ends are ends of records. Where the rule is broken, the block is read record by record,
and only the line that breaks it is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LF, CR, QUOTE = 10, 13, 34
_PIECE = 1 << 18
_QUOTED = re.compile(r'"(?:[^"]++|"")*+"')


@dataclass(frozen=True)
class Scan:
    """What the bytes of a block say.

    Attributes
    ----------
    ends
        Position after the line end of each record, empty lines included.
    clean
        Whether every quote stands where one may stand.
    """

    ends: NDArray[np.int64]
    clean: bool


def scan(block: bytes, separator: str) -> Scan:
    r"""Return where the records of a block end; it begins at the beginning of one.

    Examples
    --------
    >>> scan(b'1,"a\nb"\n2,c\n', ",").ends.tolist()
    [8, 12]
    >>> scan(b'1,"a"b\n', ",").clean
    False
    """
    seen = np.frombuffer(block, np.uint8)
    line_ends = _positions(seen, LF)
    if QUOTE.to_bytes() not in block:
        return Scan(line_ends + 1, clean=True)
    quotes = _positions(seen, QUOTE)
    opening, closing = quotes[0::2], quotes[1::2]
    sep = ord(separator)
    before = seen[np.maximum(opening - 1, 0)]
    opens_well = (opening == 0) | (before == sep) | (before == LF) | (before == QUOTE)
    after = seen[np.minimum(closing + 1, len(seen) - 1)]
    closes_well = (
        (closing == len(seen) - 1)
        | (after == sep)
        | (after == LF)
        | (after == CR)
        | (after == QUOTE)
    )
    outside = (np.searchsorted(quotes, line_ends) & 1) == 0
    return Scan(line_ends[outside] + 1, bool(opens_well.all() and closes_well.all()))


def _positions(seen: NDArray[np.uint8], wanted: int) -> NDArray[np.int64]:
    """Return where a byte stands; in pieces that stay in a core's cache."""
    pieces = [
        np.flatnonzero(seen[start : start + _PIECE] == wanted) + start
        for start in range(0, len(seen), _PIECE)
    ]
    return np.concatenate(pieces) if pieces else np.zeros(0, np.int64)


@dataclass(frozen=True)
class Line:
    """One record of a block that is read strictly: its cells, or what is wrong with its quotes."""

    cells: tuple[str, ...]
    text: str
    fault: str = ""
    column: int = 0
    """Number of the faulty cell, counted from 1."""


def read_strictly(block: str, separator: str, *, last: bool) -> Iterator[tuple[Line, int]]:
    r"""Yield the records of a block one by one, each with the position after it.

    A record whose quotes are at fault ends with its line, so that the next one is read again.
    An incomplete last record is yielded only where nothing can follow (`last`).

    Examples
    --------
    >>> [line.cells for line, _ in read_strictly('1,"a\nb"\n2,c\n', ",", last=True)]
    [('1', 'a\nb'), ('2', 'c')]
    >>> [line.fault for line, _ in read_strictly('1,"a\n2,"c"\n', ",", last=True)]
    ['a quote opens here and is not closed before the next cell', '']
    """
    sep = re.escape(separator)
    # Possessive: a cell is never tried in two ways, however long it is.
    cell = re.compile(rf'(?:"((?:[^"]++|"")*+)"|((?:[^"{sep}\r\n]++|\r(?!\n))*+))(\r?\n|{sep}|\Z)')
    at = 0
    while at < len(block):
        start, cells = at, []
        fault = ""
        while True:
            found = cell.match(block, at)
            if not found:
                fault = _fault(block, at, separator)
                break
            quoted, bare, end = found.groups()
            cells.append(bare if quoted is None else quoted.replace('""', '"'))
            at = found.end()
            if end != separator:
                break
        if fault:
            if not last and _may_close_later(block, at):
                return
            line_end = block.find("\n", at)
            at = len(block) if line_end < 0 else line_end + 1
            text = block[start:at].rstrip("\r\n")
            yield Line((), text, fault, len(cells) + 1), at
            continue
        text = block[start:at].rstrip("\r\n")
        if at == len(block) and not last and not block.endswith("\n"):
            return
        if text:
            yield Line(tuple(cells), text), at


def _may_close_later(block: str, at: int) -> bool:
    """Whether a quoted cell runs on to the end of what was read so far."""
    return block.startswith('"', at) and not _QUOTED.match(block, at)


def _fault(block: str, at: int, separator: str) -> str:
    if not block.startswith('"', at):
        return "a quote stands inside a cell that does not begin with one"
    closed = _QUOTED.match(block, at)
    if closed and "\n" not in closed[0] and closed.end() < len(block):
        follows = block[closed.end()]
        return f"after the closing quote comes {follows!r} where {separator!r} was expected"
    return "a quote opens here and is not closed before the next cell"
