"""Who decides, and what their role lets them do; every function that writes asks here."""

from __future__ import annotations

import getpass
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

Role = Literal["reader", "reviewer", "admin"]
"""Each may do what the one before it may, and more."""

Action = Literal[
    "read",
    "add a document",
    "keep unsaved work",
    "decide",
    "decide on origins",
    "import a dataset",
    "back up",
    "restore a backup",
]
"""In words that end the sentence "… may not …"."""

NEEDED: Mapping[Action, Role] = {
    "read": "reader",
    "add a document": "reviewer",
    "keep unsaved work": "reviewer",
    # Whatever the history of the library holds, undo and redo among it.
    "decide": "reviewer",
    "decide on origins": "reviewer",
    # Whole files, whose rows nobody reviews one by one.
    "import a dataset": "admin",
    "back up": "admin",
    "restore a backup": "admin",
}

MAX_NAME_LENGTH = 255

_RANK = {role: rank for rank, role in enumerate(get_args(Role))}


class NotAllowedError(ValueError, PermissionError):
    """Who asks may not do this; nothing of it was done."""

    def __init__(self, name: str, role: str, what: str, needed: Sequence[str]) -> None:
        super().__init__(name, role, what, tuple(needed))
        self.name, self.role, self.what, self.needed = name, role, what, tuple(needed)

    def __str__(self) -> str:
        """Return who, what and the role that may."""
        return (
            f"{self.name} ({self.role}) may not {self.what}; that takes the role "
            f"{' or '.join(self.needed)}. Ask an administrator."
        )


class NamelessError(ValueError):
    """Who decides has no name that the history could hold."""


@dataclass(frozen=True)
class Person:
    """Who decides.

    Examples
    --------
    >>> str(Person("amna@example.org", "reviewer"))
    'amna@example.org'
    """

    name: str
    """As the history names them: an e-mail address, or the user of this machine."""
    role: Role = "admin"
    email: str = ""
    """Empty for the user of this machine."""

    def __str__(self) -> str:
        return self.name


By = Person | str
"""A person; plain text is somebody at this machine, who may do everything."""

_names_suffice = True


def demand_persons() -> None:
    """Refuse plain names from now on, in this process: it serves people of several roles.

    A name alone says nothing of a role, so code that forgets to pass the person must fail.
    """
    global _names_suffice  # noqa: PLW0603 - one server a process, and it is only ever tightened
    _names_suffice = False


def local_user() -> Person:
    """Return who runs this program, as the operating system names them; they may do everything."""
    try:
        return Person(getpass.getuser())
    except (KeyError, OSError):
        return Person("this machine")


def may(person: Person, action: Action) -> bool:
    """Return whether a person's role lets them do something.

    Examples
    --------
    >>> may(Person("sara", "reader"), "read"), may(Person("sara", "reader"), "decide")
    (True, False)
    """
    return _RANK[person.role] >= _RANK[NEEDED[action]]


def require(by: By, action: Action, what: str = "") -> str:
    """Return the name of a person who may do something.

    Parameters
    ----------
    what
        The same in the words of the error, where the action alone says too little.

    Raises
    ------
    NotAllowedError
        If their role is below the one that is needed.
    NamelessError
        If the name is empty or too long.

    Examples
    --------
    >>> require("amna", "decide")
    'amna'
    >>> require(Person("sara", "reader"), "decide", "accept claims")
    Traceback (most recent call last):
    ...
    incidents.access.NotAllowedError: sara (reader) may not accept claims; that takes ...
    """
    person = by if isinstance(by, Person) else Person(by, "admin" if _names_suffice else "reader")
    if not person.name.strip() or len(person.name) > MAX_NAME_LENGTH:
        raise NamelessError(
            f"{person.name!r:.60} is no name; the history says who decided, "
            f"in 1 to {MAX_NAME_LENGTH} characters"
        )
    if not may(person, action):
        enough = [role for role, rank in _RANK.items() if rank >= _RANK[NEEDED[action]]]
        raise NotAllowedError(person.name, person.role, what or action, enough)
    return person.name
