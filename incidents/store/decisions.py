"""What a person decides: one entry of the history, and the changes that it makes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from incidents.model import Record
from incidents.store.people import By
from incidents.store.states import Kind

Action = Literal[
    "add",
    "drafts",
    "accept",
    "reject",
    "edit",
    "split",
    "merge",
    "assign",
    "remove",
    "lineage",
    "import",
    "settle",
    "undo",
    "redo",
    "restore",
]
"""add: a document, or a claim by hand; drafts: what extraction found; assign: claims to another
incident; lineage: families of sources; import: a dataset; settle: a conflict with a seed."""

REASON_NEEDED: frozenset[Action] = frozenset({"reject", "lineage"})


@dataclass(frozen=True)
class Change:
    """What becomes of one object.

    Attributes
    ----------
    value
        Its record or fields from now on; None takes it out.
    seen
        The revision that was decided on; None if the object was not there, or was a seed on
        which nothing had been decided.
    base
        The seed's record, for an object that stands in the seeds. Without it, what is taken
        out is simply no longer there.
    """

    kind: Kind
    object_id: str
    value: Record | Mapping[str, Any] | None
    seen: int | None = None
    base: Record | None = None


@dataclass(frozen=True)
class Decision:
    """Changes that are made together or not at all.

    Examples
    --------
    >>> Decision("reject", (Change("draft", "005/d3", None, seen=1),), "amna", "an age").action
    'reject'
    """

    action: Action
    changes: tuple[Change, ...]
    by: By
    reason: str = ""
