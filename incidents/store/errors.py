"""What can go wrong with the library, said so that a person knows what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal


class StoreError(Exception):
    """Something is wrong with the library; what it held before, it still holds.

    Attributes
    ----------
    where
        The library: a file's path, or a database's address without its password.
    problem
        What came, and what was expected.
    remedy
        What to do about it.

    Examples
    --------
    >>> print(StoreFullError("/data/library.sqlite", "the disk is full", "Make room."))
    /data/library.sqlite: the disk is full. Make room.
    """

    def __init__(self, where: str, problem: str, remedy: str) -> None:
        super().__init__(where, problem, remedy)
        self.where = where
        self.problem = problem
        self.remedy = remedy

    def __str__(self) -> str:
        """Return where, what and the remedy on one line."""
        return f"{self.where}: {self.problem.rstrip('.')}. {self.remedy}"


class StoreFullError(StoreError):
    """There is no room for what was to be written."""


class StoreReadOnlyError(StoreError, PermissionError):
    """The library, or its folder, may not be written to."""

    # PermissionError would print the three arguments as an error number and two files.
    __str__ = StoreError.__str__


class StoreLockedError(StoreError, TimeoutError):
    """Someone else has been writing for longer than we wait."""

    __str__ = StoreError.__str__


class StoreDamagedError(StoreError):
    """The file is no library, or no longer a whole one."""


class StoreTooNewError(StoreError):
    """The library was written by a newer version of the program."""


class StoreUnreachableError(StoreError, ConnectionError):
    """The database does not answer, or does not let us in."""

    __str__ = StoreError.__str__


class StoreSetupError(StoreError):
    """Something that a database needs is not installed."""


class BackupError(StoreError):
    """A backup cannot be written, or is not one that may be trusted."""


class ExportError(ValueError):
    """A record cannot be written as a coded document."""


class DecisionError(ValueError):
    """A decision does not hold together; nothing of it was stored."""


@dataclass(frozen=True)
class Since:
    """Who changed an object after the state that a reviewer saw."""

    entry_id: int
    action: str
    by: str
    at: datetime
    fields: Mapping[str, tuple[object, object]]
    """What was changed: the former and the new value of each field."""


class ConflictError(DecisionError):
    """Someone else changed the same object; nothing was overwritten.

    Attributes
    ----------
    kind, object_id
        The object that both decided on.
    seen, now
        The revision that was decided on, and the one that is there; None for not there.
    since
        Who changed it, when and how, the latest first.
    """

    def __init__(
        self, kind: str, object_id: str, seen: int | None, now: int | None, since: Sequence[Since]
    ) -> None:
        super().__init__(kind, object_id, seen, now, tuple(since))
        self.kind, self.object_id = kind, object_id
        self.seen, self.now = seen, now
        self.since = tuple(since)

    def __str__(self) -> str:
        """Return who changed what, and what to do."""
        seen = "was not there" if self.seen is None else f"was at revision {self.seen}"
        now = "is not there" if self.now is None else f"is at revision {self.now}"
        told = "; ".join(_told(one) for one in self.since) or "nobody is on record for it"
        return (
            f"{self.kind} {self.object_id} {seen} when you saw it and {now} now: {told}. "
            "Nothing was overwritten. Look at it as it is now and decide again."
        )


class DuplicateDocumentError(DecisionError):
    """The same document is in the library already.

    Attributes
    ----------
    source_id
        Under which it is there.
    same
        "file": the same bytes; "text": the same words from another file.
    """

    def __init__(self, source_id: str, same: Literal["file", "text"], came_in: str) -> None:
        super().__init__(source_id, same, came_in)
        self.source_id, self.same, self.came_in = source_id, same, came_in

    def __str__(self) -> str:
        """Return as what it is there, and what to do."""
        how = "this file" if self.same == "file" else "a document with the same text"
        return (
            f"{how} is in the library already, as {self.source_id} ({self.came_in}). "
            f"Open that one; to read it anew, remove {self.source_id} first."
        )


class UnknownObjectError(DecisionError, LookupError):
    """Nothing of this kind has this id."""


class NotUndoableError(DecisionError):
    """An entry of the history cannot be undone, or not now."""


def _told(since: Since) -> str:
    what = ", ".join(
        f"{name} from {_short(old)} to {_short(new)}" for name, (old, new) in since.fields.items()
    )
    return (
        f"{since.by} at {since.at:%Y-%m-%d %H:%M} UTC ({since.action}, entry {since.entry_id})"
        + (f" changed {what}" if what else "")
    )


def _short(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else shown[:59] + "…"
