"""Reviewers' decisions on origins: recorded in the library's history, and taken back.

A folder of sources may hold decisions of its own, that git keeps; they come first in the list of
decisions and are taken back in that folder.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from incidents.access import By, require
from incidents.model import KARACHI, Catalogue
from incidents.origins.families import DECISIONS_FILE, Decision, decisions_as_toml, load_decisions
from incidents.store import Store
from incidents.whole_files import write_whole


def record_decision(
    store: Store,
    kind: Literal["split", "merge"],
    sources: Iterable[str],
    *,
    reason: str,
    by: By,
    known: Iterable[str],
    at: datetime | None = None,
) -> int:
    """Record a decision; detection itself is never changed. Return the entry of the history.

    Raises
    ------
    ValueError
        If a source is not known, or reason or name is missing.
    incidents.access.NotAllowedError
        If their role does not let them decide on origins.
    """
    return store.decide_lineage(
        checked(kind, sources, reason=reason, by=by, known=known, at=at), by=by
    )


def checked(
    kind: Literal["split", "merge"],
    sources: Iterable[str],
    *,
    reason: str,
    by: By,
    known: Iterable[str],
    at: datetime | None = None,
) -> Decision:
    """Return a decision that may be recorded; raises as `record_decision` does."""
    name = require(by, "decide on origins")
    named = tuple(sources)
    unknown = sorted(set(named) - set(known))
    if unknown:
        raise ValueError(f"no such source: {', '.join(unknown)}; known: {', '.join(sorted(known))}")
    if not reason.strip():
        raise ValueError("a decision needs a reason")
    try:
        return Decision(
            kind=kind,
            sources=named,
            reason=reason,
            decided_by=name,
            decided_at=at or datetime.now(KARACHI).replace(microsecond=0),
        )
    except ValidationError as error:
        raise ValueError(
            "; ".join(e["msg"].removeprefix("Value error, ") for e in error.errors())
        ) from None


def take_back(
    folder: Path,
    store: Store | None,
    catalogue: Catalogue,
    number: int,
    *,
    reason: str,
    by: By,
    at: datetime | None = None,
) -> None:
    """Take back the decision with a number (from 1) in the list of all.

    One of the folder's own stays in its file, without effect; one of the library stays in its
    history, and can be redone there.

    Parameters
    ----------
    folder
        Of the sources, whose own decisions come first.
    store
        The library, if there is one.
    catalogue
        Of the folder's sources.

    Raises
    ------
    ValueError
        If there is no such decision, it is taken back already, or reason or name is missing.
    incidents.access.NotAllowedError
        If their role does not let them decide on origins.
    """
    name = require(by, "decide on origins")
    own = list(load_decisions(folder / DECISIONS_FILE))
    entries = store.overlay(catalogue).lineage_entries if store else ()
    if not 1 <= number <= len(own) + len(entries):
        raise ValueError(f"decision {number} is not there; there are {len(own) + len(entries)}")
    if not reason.strip():
        raise ValueError("taking back needs a reason")
    if number > len(own):
        assert store is not None  # noqa: S101 - it has the entry
        store.undo(entries[number - len(own) - 1], by=by, reason=reason)
        return
    if own[number - 1].reverted_at is not None:
        raise ValueError(f"decision {number} was taken back already")
    at = at or datetime.now(KARACHI).replace(microsecond=0)
    own[number - 1] = own[number - 1].reverted(name, at, reason)
    write_whole(folder / DECISIONS_FILE, decisions_as_toml(tuple(own)).encode())
