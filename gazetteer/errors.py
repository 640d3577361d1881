"""What can go wrong when a name is looked up. Errors keep data and are put into words late."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gazetteer.match import Candidate


class PlaceNotFoundError(LookupError):
    """No place of the gazetteer has this name or one spelled closely enough.

    Attributes
    ----------
    toponym
        The name as it was asked for.
    suggestions
        The three nearest spellings of the gazetteer, nearest first; none is taken for the place.

    Examples
    --------
    >>> print(PlaceNotFoundError("Mastnug", ("Mastung", "Nushki", "Pasni")))
    'Mastnug' is no place of the gazetteer. Nearest spellings: Mastung, Nushki, Pasni. ...
    """

    def __init__(self, toponym: str, suggestions: tuple[str, ...] = ()) -> None:
        super().__init__(toponym, suggestions)
        self.toponym = toponym
        self.suggestions = suggestions

    def __str__(self) -> str:
        """Say what was asked, what comes near, and where a spelling is added."""
        near = f" Nearest spellings: {', '.join(self.suggestions)}." if self.suggestions else ""
        return (
            f"{_shown(self.toponym)} is no place of the gazetteer.{near}"
            " Check the spelling, or add it as gazetteer/data/README.md says."
        )


class AmbiguousPlaceError(LookupError):
    """A name means places in several districts, and nothing says which.

    Attributes
    ----------
    toponym
        The name as it was asked for.
    candidates
        The places it can mean, best first.
    """

    def __init__(self, toponym: str, candidates: tuple[Candidate, ...]) -> None:
        super().__init__(toponym, candidates)
        self.toponym = toponym
        self.candidates = candidates

    def __str__(self) -> str:
        """List the places, and say how one of them is chosen."""
        listed = "; ".join(candidate.describe() for candidate in self.candidates)
        return (
            f"{_shown(self.toponym)} names {len(self.candidates)} places: {listed}."
            " Say which district the source means, or give the place's id."
        )


class UnknownPlaceIdError(KeyError):
    """No place of the gazetteer has this id."""

    def __init__(self, place_id: str, nearest: str | None = None) -> None:
        super().__init__(place_id, nearest)
        self.place_id = place_id
        self.nearest = nearest

    def __str__(self) -> str:
        """Say which id came, what ids look like, and the nearest that exists."""
        near = f" Did you mean {self.nearest!r}?" if self.nearest else ""
        return (
            f"No place has the id {_shown(self.place_id)}; ids look like 'geonames:1167528' or"
            f" 'pcode:PK226'.{near}"
        )


def _shown(text: str, longest: int = 80) -> str:
    """Return untrusted text quoted, on one line, and not too long for a message."""
    return repr(text if len(text) <= longest else f"{text[: longest - 1]}…")
