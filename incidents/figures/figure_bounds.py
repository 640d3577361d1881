"""What a printed figure can mean: the numbers it allows, and how it is said in words."""

from __future__ import annotations

from typing import NamedTuple

from incidents.figures.reconcile import printed
from incidents.model import Claim


class Bounds(NamedTuple):
    """The numbers that a figure allows; `high` is None where it leaves the upper end open."""

    low: int
    printed: int
    high: int | None


def bounds(claim: Claim) -> Bounds | None:
    """Return what a figure allows, None where no number is printed ("a few", a happening).

    "About" allows whatever rounds to the printed number: half a unit of its last digit that is
    not 0. "More than 30" is taken as "at least 30", as it is counted everywhere.

    Examples
    --------
    >>> from incidents.model import Claim
    >>> def say(qualifier, count):
    ...     return bounds(Claim.model_construct(qualifier=qualifier, count_low=count))
    >>> say("about", 70), say("at_least", 92)
    (Bounds(low=65, printed=70, high=75), Bounds(low=92, printed=92, high=None))
    >>> say("up_to", 40)
    Bounds(low=0, printed=40, high=40)
    """
    number = printed(claim)
    if number is None:
        return None
    if claim.count_best is not None:
        low = number if claim.count_low is None else claim.count_low
        return Bounds(min(low, number), number, claim.count_high)
    match claim.qualifier:
        case "exact":
            return Bounds(number, number, number)
        case "about":
            slack = _rounding(number)
            return Bounds(number - slack, number, number + slack)
        case "up_to":
            return Bounds(0, number, number)
        case _:
            return Bounds(number, number, None)


def in_words(claim: Claim) -> str:
    """Return a figure as it is said: "at least 92".

    Examples
    --------
    >>> from incidents.model import Claim
    >>> in_words(Claim.model_construct(qualifier="more_than", count_low=1200))
    'more than 1,200'
    """
    number = printed(claim)
    if claim.qualifier in ("dozens", "few") or number is None:
        return {"dozens": "dozens", "few": "a few"}.get(claim.qualifier or "", "no number")
    word = "" if claim.qualifier in (None, "exact") else claim.qualifier.replace("_", " ") + " "
    return f"{word}{number:,}"


def _rounding(number: int) -> int:
    unit = 1
    while number and number % (unit * 10) == 0:
        unit *= 10
    return unit // 2
