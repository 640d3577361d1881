"""An index of every spelling: equal after folding first, near spellings second."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import groupby

from rapidfuzz import fuzz, process

from gazetteer.kinds import split_kind
from gazetteer.match import Candidate
from gazetteer.normalise import fold
from gazetteer.places import PROVINCE_PCODE, Place

# The lowest `rapidfuzz.fuzz.ratio` at which another spelling is taken for the same name, by the
# length of what was asked. A short name one letter off is another name (Kalam is not Kalat), so
# up to four letters nothing is near, with five only a letter more or less is, and up to seven the
# consonants must be the same: Gwadra is Gwadar, Makran is not Mardan. Longer names may differ in
# about one letter of seven.
_CUTOFFS = {5: 90.0, 6: 83.0}
_LONG_CUTOFF = 85.0
_MIN_FUZZY_LENGTH = 5
_MAX_SUGGESTION_LENGTH = 100
_MAX_SAME_CONSONANTS_LENGTH = 7
_CONSONANTS = str.maketrans({"q": "k", "c": "k", "v": "w"} | dict.fromkeys("aeiouyh ", ""))
# The first sound of a name is seldom misspelt; these letters stand for one another in it.
_FIRST_LETTERS = {"q": "k", "c": "k", "j": "z", "v": "w", "u": "o", "e": "i"}


@dataclass(frozen=True, slots=True)
class Spelling:
    """One name of one place, and whether it is the name the place goes by."""

    name: str
    place: Place
    primary: bool


class NameIndex:
    """Finds the places that a name is a spelling of.

    Examples
    --------
    >>> from gazetteer.places import load_places
    >>> index = NameIndex(load_places())
    >>> sorted({s.place.adm2_name for s in index.equal("pasni")})
    ['Gwadar']
    """

    def __init__(self, places: Iterable[Place], home: str = PROVINCE_PCODE) -> None:
        by_key: defaultdict[str, dict[tuple[str, str], Spelling]] = defaultdict(dict)
        for place in places:
            for name in (place.name, *place.alternate_names):
                spelling = Spelling(name, place, primary=name == place.name)
                full = fold(name)
                bare = split_kind(full)[0] if _has_bare_name(place, home) else full
                for key in {full, bare, _joined(full)} - {""}:
                    by_key[key].setdefault((place.place_id, name), spelling)
        self._by_key = {key: tuple(found.values()) for key, found in by_key.items()}
        self._keys = [key for key in self._by_key if key.isascii()]

    def equal(self, key: str) -> tuple[Spelling, ...]:
        """Return the spellings equal to a folded name, its words joined or apart."""
        return self._by_key.get(key) or self._by_key.get(_joined(key), ())

    def near(self, key: str, keep: Callable[[Place], bool]) -> list[Candidate]:
        """Return the places with a near spelling, nearest first, each once."""
        if len(key) < _MIN_FUZZY_LENGTH or not key.isascii():
            return []
        cutoff = _CUTOFFS.get(len(key), _LONG_CUTOFF)
        found: dict[str, Candidate] = {}
        for near, score, _ in process.extract(
            key, self._keys, scorer=fuzz.ratio, score_cutoff=cutoff, limit=25
        ):
            if not _may_be(key, near):
                continue
            for spelling in self._by_key[near]:
                if keep(spelling.place) and _may_be_misspelt(spelling.place, near):
                    candidate = Candidate(spelling.place, spelling.name, round(score, 1))
                    found.setdefault(spelling.place.place_id, candidate)
        return sorted(found.values(), key=lambda candidate: -candidate.score)

    def nearest_names(self, key: str, count: int = 3) -> tuple[str, ...]:
        """Return the nearest spellings, however far they are, each place once."""
        names: dict[str, str] = {}
        for near, _, _ in process.extract(
            key[:_MAX_SUGGESTION_LENGTH], self._by_key.keys(), scorer=fuzz.ratio, limit=count * 8
        ):
            spelling = self._by_key[near][0]
            names.setdefault(spelling.place.name, spelling.name)
        return tuple(names.values())[:count]


def _may_be(key: str, near: str) -> bool:
    """Return whether a near spelling can be the same name written otherwise."""
    shorter = min(len(key), len(near))
    if shorter < _MIN_FUZZY_LENGTH or _first(near) != _first(key):
        return False
    if shorter <= _MAX_SAME_CONSONANTS_LENGTH and (
        abs(len(key) - len(near)) > 1 or _consonants(near) != _consonants(key)
    ):
        return False
    return key not in (f"{near}i", f"{near}n")  # Mastungi, Australian: of the place, not the place


def _may_be_misspelt(place: Place, near: str) -> bool:
    """Return whether a place is so often written of that a near spelling is more likely it."""
    return not place.place_id.startswith("local:") or len(near) > _MAX_SAME_CONSONANTS_LENGTH


def _has_bare_name(place: Place, home: str) -> bool:
    """Return whether a place is meant by its name without "town" or the like.

    Kalat is not the Kalat Division, Hazara not Hazara Town, Mexico not Mexico City.
    """
    return place.adm1_pcode == home and place.feature_code not in ("ADMD", "PPLX")


def _joined(key: str) -> str:
    """Return a key without spaces, so that "Musa Khel" meets "Musakhel"."""
    return key.replace(" ", "")


def _consonants(key: str) -> str:
    """Return a key's consonants, double ones once; h is left out, it comes and goes."""
    return "".join(letter for letter, _ in groupby(key.translate(_CONSONANTS)))


def _first(key: str) -> str:
    return _FIRST_LETTERS.get(key[0], key[0])
