"""The answer to a name: the place it means, how it was found, and what else it could mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gazetteer.places import Place

MatchKind = Literal["exact", "alternate", "fuzzy"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place that a name can mean, and the spelling of it that matched."""

    place: Place
    matched_name: str
    score: float
    """How near the spelling is, 0 to 100; 100 is equal after folding."""

    def describe(self) -> str:
        """Return the place with what tells it apart."""
        return self.place.describe()

    def as_dict(self) -> dict[str, object]:
        """Return the candidate as plain values, for JSON."""
        return {
            "place_id": self.place.place_id,
            "name": self.place.name,
            "adm2_pcode": self.place.adm2_pcode,
            "adm2_name": self.place.adm2_name,
            "score": self.score,
            "matched_name": self.matched_name,
            "described": self.describe(),
        }


@dataclass(frozen=True, slots=True)
class Match:
    """The place that a name means."""

    place: Place
    matched_name: str
    """The gazetteer's spelling that the name met."""
    match: MatchKind
    """`exact`: the place's name; `alternate`: another of its names; `fuzzy`: a near spelling."""
    score: float
    """How near the spelling is, 0 to 100."""
    candidates: tuple[Candidate, ...]
    """Every place that the name can mean, the chosen one first."""
    note: str | None = None
    """What a reader must know: a newer district, or a point outside the district it names."""
    is_near: bool = False
    """Whether the words before the name say "near" it and not in it."""

    @property
    def where_prec(self) -> int:
        """How exactly the name says where (UCDP): near an exact place is 2."""
        return max(self.place.where_prec, 2) if self.is_near else self.place.where_prec

    def as_dict(self) -> dict[str, object]:
        """Return the answer as plain values, for JSON and the command line.

        Examples
        --------
        >>> from gazetteer.resolve import Gazetteer
        >>> answer = Gazetteer.default().locate("Pasni").as_dict()
        >>> answer["place_id"], answer["adm2_name"], answer["where_prec"]
        ('geonames:1168312', 'Gwadar', 1)
        """
        return {
            "place_id": self.place.place_id,
            "name": self.place.name,
            "matched_name": self.matched_name,
            "match": self.match,
            "score": self.score,
            "latitude": self.place.latitude,
            "longitude": self.place.longitude,
            "adm2_pcode": self.place.adm2_pcode,
            "adm2_name": self.place.adm2_name,
            "where_prec": self.where_prec,
            "candidates": [candidate.as_dict() for candidate in self.candidates],
            "note": self.note,
        }
