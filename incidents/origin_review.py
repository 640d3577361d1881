"""Reviewers' decisions on origins, kept in a folder of sources: record, take back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from incidents.access import By, require
from incidents.families import DECISIONS_FILE, Decision, decisions_as_toml, load_decisions
from incidents.model import KARACHI
from incidents.whole_files import write_whole


def record_decision(
    folder: Path,
    kind: Literal["split", "merge"],
    sources: Iterable[str],
    *,
    reason: str,
    by: By,
    known: Iterable[str],
    at: datetime | None = None,
) -> Decision:
    """Add a decision to a folder's own; detection itself is never changed.

    Raises
    ------
    ValueError
        If a source is not known, or reason or name is missing.
    incidents.access.NotAllowedError
        If their role does not let them decide on origins.
    """
    name = require(by, "decide on origins")
    named = tuple(sources)
    unknown = sorted(set(named) - set(known))
    if unknown:
        raise ValueError(f"no such source: {', '.join(unknown)}; known: {', '.join(sorted(known))}")
    if not reason.strip():
        raise ValueError("a decision needs a reason")
    try:
        decision = Decision(
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
    _save(folder, (*load_decisions(folder / DECISIONS_FILE), decision))
    return decision


def take_back(
    folder: Path, number: int, *, reason: str, by: By, at: datetime | None = None
) -> Decision:
    """Take back the decision with a number (from 1); it stays on record, without effect.

    Raises
    ------
    ValueError
        If there is no such decision, it is taken back already, or reason or name is missing.
    incidents.access.NotAllowedError
        If their role does not let them decide on origins.
    """
    name = require(by, "decide on origins")
    decisions = list(load_decisions(folder / DECISIONS_FILE))
    if not 1 <= number <= len(decisions):
        raise ValueError(f"decision {number} is not there; there are {len(decisions)}")
    if decisions[number - 1].reverted_at is not None:
        raise ValueError(f"decision {number} was taken back already")
    if not reason.strip():
        raise ValueError("taking back needs a reason")
    taken = decisions[number - 1].reverted(
        name, at or datetime.now(KARACHI).replace(microsecond=0), reason
    )
    decisions[number - 1] = taken
    _save(folder, tuple(decisions))
    return taken


def _save(folder: Path, decisions: tuple[Decision, ...]) -> None:
    path = folder / DECISIONS_FILE
    path.parent.mkdir(exist_ok=True)
    write_whole(path, decisions_as_toml(decisions).encode())
