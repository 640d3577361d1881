"""Figures in the cells of a table whose header says what befell people: "… | Killed | Injured".

The cells are parted by upright strokes, or by tabs as in a table pasted from a sheet.
"""

from __future__ import annotations

from incidents.extraction.linking import Link
from incidents.extraction.mentions import Mention
from incidents.extraction.reading import Reading
from incidents.extraction.words import Word
from incidents.model import CasualtyType

_BORDERS = frozenset({"|", "¦"})


class Table:
    """The table that the lines of a text are rows of, as far as read."""

    def __init__(self) -> None:
        self._columns: dict[int, CasualtyType] = {}
        self._width = 0

    def read(self, reading: Reading, text: str) -> None:
        """Take a line as a header, or add the figures of a row to its links."""
        if "\t" not in text[reading.start : reading.end] and not any(
            w.low in _BORDERS for w in reading.words
        ):
            return
        cells = _cells(reading.words, text)
        if len(cells) < 2:
            return
        labelled = _heading(cells[0])
        if len(cells) == 2 and labelled is not None and _is_number(cells[1]):
            self._add(reading, cells[1], labelled)  # "Killed | 12"
            return
        header = {i: befell for i, cell in enumerate(cells) if (befell := _heading(cell))}
        if header:
            self._columns, self._width = header, len(cells)
        elif len(cells) == self._width:
            for column, befell in self._columns.items():
                self._add(reading, cells[column], befell)

    @staticmethod
    def _add(reading: Reading, cell: list[tuple[int, Word]], befell: CasualtyType) -> None:
        if not _is_number(cell):
            return
        at, word = cell[0]
        count = int(word.low)
        reading.links = [k for k in reading.links if not k.mention.start <= at < k.mention.end]
        reading.loose = [m for m in reading.loose if not m.start <= at < m.end]
        mention = Mention(
            start=at, end=at + 1, low=count, high=count, number=at, group="total", head=at
        )
        reading.links.append(Link(mention, befell, "table: cell under a heading", 0.9, at, at + 1))


def _is_number(cell: list[tuple[int, Word]]) -> bool:
    return len(cell) == 1 and cell[0][1].low.isdecimal()


def _cells(words: list[Word], text: str) -> list[list[tuple[int, Word]]]:
    cells: list[list[tuple[int, Word]]] = [[]]
    for at, word in enumerate(words):
        if at and "\t" in text[words[at - 1].end : word.start] and cells[-1]:
            cells.append([])
        if word.low in _BORDERS:
            cells.append([])
        else:
            cells[-1].append((at, word))
    if not cells[0]:
        cells = cells[1:]  # a border before the first cell
    return cells[:-1] if cells and not cells[-1] else cells


def _heading(cell: list[tuple[int, Word]]) -> CasualtyType | None:
    """What a cell says as a heading: "Killed", "No. of injured", "Fatalities"."""
    if not 0 < len(cell) <= 3 or any(w.low[0].isdigit() for _, w in cell):
        return None
    for _, word in cell:
        for sense in ("people", "counted", "state"):
            if sense in word.senses:
                found: CasualtyType = word.senses[sense]
                return found
        act = word.senses.get("act")
        if act is not None and "participle" in act.forms:
            return act.casualty_type  # type: ignore[no-any-return]
    return None
