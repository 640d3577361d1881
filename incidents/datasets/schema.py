"""The columns of codes that every dataset has, and the names of its figures."""

from __future__ import annotations

from typing import NamedTuple

from incidents.model import EVENT_TYPES

# Codes are positions in these tuples.
EVENT_TYPE_WORDS: tuple[str, ...] = tuple(EVENT_TYPES)
SUB_EVENT_TYPE_WORDS: tuple[str, ...] = tuple(s for subs in EVENT_TYPES.values() for s in subs)
TYPE_OF_SUB: tuple[int, ...] = tuple(i for i, t in enumerate(EVENT_TYPES) for _ in EVENT_TYPES[t])
# Where a table says nothing of the kind of event. It is an incident all the same, and counts
# where the widest of ACLED's types does.
NO_TYPE = EVENT_TYPE_WORDS.index("Strategic developments")
NO_SUB = -1

HAS_POINT, OUTSIDE, PROVINCE_ONLY, NO_FIGURE, PLACED_BY_NAME, NOT_PLACED = 1, 2, 4, 8, 16, 32
"""Bits of `flags`."""

CODE_TYPES: dict[str, str] = {
    "district": "int16",
    "event_type": "int8",
    "sub_event_type": "int8",
    "day_first": "int32",
    "day_last": "int32",
    "date_prec": "int8",
    "where_prec": "int8",
    "flags": "uint8",
    "cited": "int16",
    "longitude": "float64",
    "latitude": "float64",
}
"""Name and numpy type of each column of codes; figures come on top, as int32."""


UNKNOWN_SIDE = "unknown"
"""The group of victims whose side a dataset does not know; only ever a part of a total."""


class FigureName(NamedTuple):
    """One figure of a dataset: casualty type, victim group, and whether it has three bounds.

    The group "unknown" stands for victims whose side the dataset does not know; such a figure
    is only ever a part of a total.
    """

    casualty_type: str
    victim_group: str
    has_bounds: bool

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of its columns of counts.

        Examples
        --------
        >>> FigureName("killed", "total", True).columns
        ('killed_total_low', 'killed_total_best', 'killed_total_high')
        """
        stem = f"{self.casualty_type}_{self.victim_group}"
        return tuple(f"{stem}_{b}" for b in ("low", "best", "high")) if self.has_bounds else (stem,)
