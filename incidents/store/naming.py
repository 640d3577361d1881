"""Ids for what comes in: documents are numbered, claims are numbered within their document."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from incidents.model import Source

_NUMBERED = re.compile(r"([0-9]{3,9})-")
_LONGEST_NAME = 40
_LINEAGE = "lineage-"


def source_id_for(source: Source, taken: Iterable[str]) -> str:
    """Return an id like those of the coded documents: number, who published it, the day.

    Numbers go up, so that of a family of copies the one that came in first names it.

    Examples
    --------
    >>> told = Source(source_id="x", title="Blast", outlet="Dawn", sha256="0" * 64)
    >>> source_id_for(told, ["003-afp-2026-01-31", "004-unknown-2026-02-01"])
    '005-dawn-undated'
    """
    numbers = [int(found[1]) for name in taken if (found := _NUMBERED.match(name))]
    publisher = source.outlet if source.outlet != "unknown" else source.agency or "unknown"
    day = source.published_on.isoformat() if source.published_on else "undated"
    return f"{max(numbers, default=-1) + 1:03}-{_plain(publisher)}-{day}"


def claim_ids(source_id: str, taken: Iterable[str], count: int) -> list[str]:
    """Return the next free ids for claims of a document.

    Examples
    --------
    >>> claim_ids("005-dawn-undated", ["005-dawn-undated.07"], 2)
    ['005-dawn-undated.08', '005-dawn-undated.09']
    """
    numbers = [
        int(number)
        for name in taken
        if name.startswith(f"{source_id}.") and (number := name[len(source_id) + 1 :]).isdecimal()
    ]
    first = max(numbers, default=0) + 1
    return [f"{source_id}.{number:02}" for number in range(first, first + count)]


def lineage_name(entry_id: int) -> str:
    """Return the name of a decision on origins: that of the entry of the history that made it."""
    return f"{_LINEAGE}{entry_id}"


def lineage_entry(name: str) -> int:
    """Return the entry of the history that made a decision on origins.

    Examples
    --------
    >>> lineage_entry(lineage_name(7))
    7
    """
    return int(name.removeprefix(_LINEAGE))


def _plain(name: str) -> str:
    folded = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii").lower()
    return re.sub(r"[^a-z0-9]+", "-", folded).strip("-")[:_LONGEST_NAME].strip("-") or "unknown"
