"""Who decides, and what their role lets them do; every function that writes asks here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from incidents.store.errors import DecisionError, NotAllowedError

Role = Literal["reader", "reviewer", "admin"]

_RANK = {role: rank for rank, role in enumerate(get_args(Role))}


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

    def __str__(self) -> str:
        return self.name


By = Person | str
"""A person; plain text is somebody at this machine, who may do everything."""


def allowed(by: By, what: str, needed: Role = "reviewer") -> str:
    """Return the name of a person who may do something.

    Raises
    ------
    NotAllowedError
        If their role is below the one that is needed.

    Examples
    --------
    >>> allowed(Person("sara", "reader"), "accept claims")
    Traceback (most recent call last):
    ...
    incidents.store.errors.NotAllowedError: sara (reader) may not accept claims; ...
    """
    person = by if isinstance(by, Person) else Person(by)
    if not person.name.strip() or len(person.name) > 255:
        raise DecisionError(
            f"{person.name!r:.60} is no name; the history says who decided, in 1 to 255 characters"
        )
    if _RANK[person.role] < _RANK[needed]:
        raise NotAllowedError(
            person.name,
            person.role,
            what,
            [role for role, rank in _RANK.items() if rank >= _RANK[needed]],
        )
    return person.name
