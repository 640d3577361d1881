"""Who decides, asked at the door of everything that writes here; `incidents.access` has the rules."""

from __future__ import annotations

from incidents.access import Action, By, NamelessError, Person, require
from incidents.store.errors import DecisionError

__all__ = ["By", "Person", "allowed"]


def allowed(by: By, action: Action, what: str = "") -> str:
    """Return the name under which a person's decision enters the history.

    Raises
    ------
    NotAllowedError
        If their role does not let them do it.
    DecisionError
        If they have no name that the history could hold.

    Examples
    --------
    >>> allowed(Person("sara", "reader"), "decide", "undo a decision")
    Traceback (most recent call last):
    ...
    incidents.access.NotAllowedError: sara (reader) may not undo a decision; ...
    """
    try:
        return require(by, action, what)
    except NamelessError as error:
        raise DecisionError(str(error)) from error
