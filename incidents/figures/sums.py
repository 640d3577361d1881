"""Sums over figures of which some stand more than once: every way to add them up once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

from incidents.figures.figure_bounds import Bounds, bounds
from incidents.model import Claim

# Claims that are added together, all numbered: mostly one, several where a report splits a
# group ("five in the town and six on the road").
Alternative = tuple[Claim, ...]
# Alternatives of which one is counted: what a report gives more than once for the same people.
Summand = Sequence[Alternative]

MOST_COMBINATIONS = 4096
"""A report gives a figure two or three ways; where it gives many, it proves nothing wrong."""


@dataclass(frozen=True)
class Sum:
    """One way to add up summands, an alternative of each."""

    claims: tuple[Claim, ...]
    low: int
    printed: int
    reach: int
    """The most that is printed: open figures ("at least") lend their printed number."""
    is_open: bool
    """Whether one of its figures leaves the upper end open."""

    @classmethod
    def of(cls, claims: Sequence[Claim]) -> Sum:
        """Add up claims that all have a number."""
        known = [b for b in map(bounds, claims) if b is not None]
        return cls(
            tuple(claims),
            sum(b.low for b in known),
            sum(b.printed for b in known),
            sum(b.printed if b.high is None else b.high for b in known),
            any(b.high is None for b in known),
        )

    def exceeds(self, total: Bounds) -> bool:
        """Whether even the least it can mean is more than the total allows."""
        return total.high is not None and self.low > total.high

    def falls_short(self, total: Bounds) -> bool:
        """Whether the most that is printed is less than the least the total allows."""
        return self.reach < total.low


def sums(summands: Sequence[Summand]) -> Iterator[Sum]:
    """Yield every sum of one alternative of each summand; none where there are too many."""
    lean = [_unlike(summand) for summand in summands]
    if prod(len(s) for s in lean) > MOST_COMBINATIONS:
        return
    for chosen in product(*lean):
        yield Sum.of([claim for alternative in chosen for claim in alternative])


def misfit(total: Claim, summands: Sequence[Summand], *, complete: bool) -> Sum | None:
    """Return the sum closest to a total, if no way of adding up makes it; None if one does.

    Parameters
    ----------
    total
        A claim with a number.
    summands
        What is added up; an empty one (figures without a number) adds nothing.
    complete
        Whether the parts are all of the total, so that their sum may not fall short either.

    Returns
    -------
    closest
        None also where nothing is there to add up.
    """
    allowed = bounds(total)
    tried = list(sums([s for s in summands if s]))
    if allowed is None or not tried or not tried[0].claims:
        return None
    wrong = [s for s in tried if s.exceeds(allowed) or (complete and s.falls_short(allowed))]
    if len(wrong) < len(tried):
        return None
    return min(
        wrong, key=lambda s: (abs(s.printed - allowed.printed), [c.claim_id for c in s.claims])
    )


def _unlike(summand: Summand) -> list[Alternative]:
    """Leave out alternatives that mean the same numbers as one before."""
    by_meaning: dict[tuple[Bounds | None, ...], Alternative] = {}
    for alternative in sorted(summand, key=lambda a: [c.claim_id for c in a]):
        by_meaning.setdefault(tuple(map(bounds, alternative)), alternative)
    return list(by_meaning.values())
