"""Families of sources that go back to one text, and what reviewers decided about them.

Detection links pairs; a family is whatever hangs together through links. Joining through
links is right here because descent is: if B was made from A and C from B, all three go back
to A, however little of A is left in C. What that joins wrongly, a reviewer splits.
"""

from __future__ import annotations

import json
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError, model_validator

from incidents.model import Identifier, Record, Text

# In a folder of their own: every other TOML file beside the documents is read as a document.
LINEAGE_FILE = "lineage/lineage.toml"
DECISIONS_FILE = "lineage/decisions.toml"


@dataclass(frozen=True, slots=True)
class Family:
    """Sources of one origin, sorted; `origin_id` is the first of them.

    Ids of sources begin with the number under which they came in, so the first is the
    earliest known, and a later copy never renames a family.
    """

    sources: tuple[str, ...]

    @property
    def origin_id(self) -> str:
        """The id of the family: that of its first member."""
        return self.sources[0]


class Decision(Record):
    """What a reviewer decided about families, with the reason.

    ``merge`` makes one family of the named sources and all that belong with them;
    ``split`` takes the named sources out of their families, into one of their own. A
    decision is not deleted but reverted; either gives back the former result.
    """

    kind: Literal["split", "merge"]
    sources: Annotated[tuple[Identifier, ...], Field(min_length=1)]
    reason: Text
    decided_by: Text
    decided_at: datetime
    reverted_at: datetime | None = None
    reverted_by: Text | None = None
    reverted_reason: Text | None = None

    @model_validator(mode="after")
    def _holds_together(self) -> Decision:
        if len(set(self.sources)) < len(self.sources):
            raise ValueError(f"sources names one twice: {', '.join(self.sources)}")
        if self.kind == "merge" and len(self.sources) < 2:
            raise ValueError(f"a merge needs two sources or more, it has {len(self.sources)}")
        for name in ("decided_at", "reverted_at"):
            moment: datetime | None = getattr(self, name)
            if moment is not None and moment.tzinfo is None:
                raise ValueError(f"{name} has no offset; write 2026-02-03T10:15:00+05:00")
        reverted = (self.reverted_at, self.reverted_by, self.reverted_reason)
        if any(reverted) and not all(reverted):
            raise ValueError("reverted_at, reverted_by and reverted_reason go together")
        return self

    def reverted(self, by: str, at: datetime, reason: str) -> Decision:
        """Return the decision taken back; it stays on record and has no effect."""
        return Decision.model_validate(
            {
                **self.model_dump(),
                "reverted_at": at,
                "reverted_by": by,
                "reverted_reason": reason,
            }
        )


def connected(sources: Iterable[str], links: Iterable[tuple[str, str]]) -> tuple[Family, ...]:
    """Return the families of sources that links hold together, sorted; some stand alone.

    Examples
    --------
    >>> [f.sources for f in connected("abcd", [("b", "a"), ("d", "b")])]
    [('a', 'b', 'd'), ('c',)]
    """
    parent = {source: source for source in sources}

    def root(source: str) -> str:
        while parent[source] != source:
            parent[source] = parent[parent[source]]
            source = parent[source]
        return source

    for one, other in links:
        parent[root(one)] = root(other)
    members: dict[str, list[str]] = defaultdict(list)
    for source in parent:
        members[root(source)].append(source)
    return _sorted_families(members.values())


def decide(families: Iterable[Family], decisions: Iterable[Decision]) -> tuple[Family, ...]:
    """Return the families as reviewers see them: detection, then decisions by their time.

    Sources that a decision names and that are not there are passed over.

    Examples
    --------
    >>> at = datetime.fromisoformat("2026-02-03T10:15:00+05:00")
    >>> split = Decision(
    ...     kind="split", sources=("b",), reason="own reporting", decided_by="desk", decided_at=at
    ... )
    >>> [f.sources for f in decide([Family(("a", "b", "c"))], [split])]
    [('a', 'c'), ('b',)]
    """
    groups = [set(family.sources) for family in families]
    for decision in sorted(decisions, key=lambda d: d.decided_at):
        if decision.reverted_at is not None:
            continue
        named = set(decision.sources)
        touched = [g for g in groups if g & named]
        rest = [g for g in groups if not g & named]
        if decision.kind == "merge":
            groups = [*rest, set().union(*touched)]
        else:
            groups = [*rest, *(g - named for g in touched), set().union(*touched) & named]
        groups = [g for g in groups if g]
    return _sorted_families(groups)


def load_decisions(path: Path) -> tuple[Decision, ...]:
    """Read reviewers' decisions from a TOML file; none where there is no file.

    Raises
    ------
    ValueError
        If an entry is not a decision; it names the file, the entry and the field.
    """
    if not path.exists():
        return ()
    entries = tomllib.loads(path.read_text("utf-8")).get("decisions", [])
    decisions = []
    for number, entry in enumerate(entries, start=1):
        try:
            decisions.append(Decision.model_validate(entry))
        except ValidationError as error:
            raise ValueError(f"{path.name}, decision {number}: {error}") from error
    return tuple(decisions)


def decisions_as_toml(decisions: Sequence[Decision]) -> str:
    """Return decisions as the TOML that `load_decisions` reads."""
    lines = [
        "# What reviewers decided about families of sources, applied on top of lineage.toml.",
        "# A decision is taken back by reverted_at, reverted_by and reverted_reason.",
    ]
    if not decisions:
        lines.append("decisions = []")
    for decision in decisions:
        lines.append("\n[[decisions]]")
        for name, value in decision.model_dump(exclude_none=True).items():
            shown = value.isoformat() if isinstance(value, datetime) else _toml(value)
            lines.append(f"{name} = {shown}")
    return "\n".join(lines) + "\n"


def _toml(value: str | tuple[str, ...]) -> str:
    # JSON's strings and lists of strings are TOML's too, but for the DEL character.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _sorted_families(groups: Iterable[Iterable[str]]) -> tuple[Family, ...]:
    return tuple(
        sorted((Family(tuple(sorted(g))) for g in groups), key=lambda family: family.sources)
    )
