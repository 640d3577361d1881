"""What an entry of the history did, in words and as JSON."""

from __future__ import annotations

from collections import Counter
from typing import Any

from incidents.store import Entry

DONE = {
    "add": "added",
    "drafts": "found",
    "accept": "accepted",
    "reject": "rejected",
    "edit": "corrected",
    "split": "split",
    "merge": "merged",
    "assign": "moved",
    "remove": "removed",
    "lineage": "joined origins",
    "import": "imported",
    "undo": "undid",
    "redo": "redid",
    "restore": "restored a backup",
}
PARTED = "parted origins"
NOUNS = {"document": "report"}
NEVER_TAKEN_BACK = frozenset({"undo", "redo", "restore"})
"""An undo is taken back by redoing what it undid, and the other way."""


def told(entry: Entry) -> str:
    """Return what an entry did, in a few words."""
    done = DONE.get(entry.action, entry.action)
    if entry.undoes is not None:
        return f"{done} no. {entry.undoes}"
    main = "claim" if entry.action == "accept" else None
    kinds = Counter(c.kind for c in entry.changes if main is None or c.kind == main)
    if entry.action == "lineage":
        kinds_decided = {c.fields["kind"][1] for c in entry.changes if "kind" in c.fields}
        done = PARTED if kinds_decided == {"split"} else done
        return f"{done} (no. {entry.entry_id})"
    parts = [
        f"{number} {NOUNS.get(kind, kind)}{'s' if number > 1 else ''}"
        for kind, number in kinds.items()
    ]
    fields = [f.replace("_", " ") for c in entry.changes if c.kind == "draft" for f in c.fields]
    which = f": {', '.join(dict.fromkeys(fields[:3]))}" if entry.action == "edit" and fields else ""
    return f"{' '.join([done, ', '.join(parts)]).strip()}{which} (no. {entry.entry_id})"


def as_object(entry: Entry) -> dict[str, Any]:
    """Return an entry as the JSON that `history --json` prints."""
    return {
        "entry_id": entry.entry_id,
        "at": entry.at.isoformat(),
        "by": entry.by,
        "action": entry.action,
        "reason": entry.reason,
        "undoes": entry.undoes,
        "undone_by": entry.undone_by,
        "changes": [
            {
                "kind": change.kind,
                "object_id": change.object_id,
                "revision": change.revision,
                "outcome": change.outcome,
                "fields": {
                    name: {"from": before, "to": after}
                    for name, (before, after) in change.fields.items()
                },
            }
            for change in entry.changes
        ],
    }
