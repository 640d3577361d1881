"""Toponym resolution: which place a name means."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import cache, lru_cache
from itertools import chain

from rapidfuzz import process

from gazetteer.confirm import disagreement
from gazetteer.errors import AmbiguousPlaceError, PlaceNotFoundError, UnknownPlaceIdError
from gazetteer.kinds import ANY, Kind, kind_from_context, says_near, split_kind, without_lead
from gazetteer.match import Candidate, Match, MatchKind
from gazetteer.names import NameIndex, Spelling
from gazetteer.normalise import fold
from gazetteer.places import PROVINCE_PCODE, Place, load_places
from geo.boundaries import newer_district

# Two near spellings of places in different districts whose scores differ by less than this say
# nothing about which is meant.
_FUZZY_MARGIN = 4.0
_NEIGHBOURHOOD_WORDS = 5
_REMEMBERED = 16_384
_QUALIFIER = re.compile(r"[,،]| in (?=\S)")  # "Dasht, Kech", "Pishin in Iran"
_COMMA = re.compile("[,،]")


class Gazetteer:
    """A list of places that can be asked by name.

    Parameters
    ----------
    places
        The places to choose from; ids are unique.
    home
        The `adm1_pcode` of the region in question: a name means a place in it before one elsewhere.

    Raises
    ------
    ValueError
        If two places have the same id.
    """

    def __init__(self, places: Iterable[Place], home: str = PROVINCE_PCODE) -> None:
        self.places = tuple(places)
        self._home = home
        self._by_id: dict[str, Place] = {}
        for place in self.places:
            if place.place_id in self._by_id:
                raise ValueError(
                    f"Two places have the id {place.place_id!r}: {self._by_id[place.place_id].name}"
                    f" and {place.name}. Give each its own."
                )
            self._by_id[place.place_id] = place
        self.names = NameIndex(self.places, home)
        self._districts: dict[str | None, frozenset[str]] = {}
        for place in self.places:
            if place.feature_code == "ADM2":
                # Shipped places come first: a user's list does not rename a district.
                self._districts.setdefault(place.adm2_pcode, _names_of(place))
        self._shipped = frozenset(load_places())
        # Reports say the same few names again and again.
        self._remembered = lru_cache(maxsize=_REMEMBERED)(self._locate)

    @classmethod
    def default(cls) -> Gazetteer:
        """Return the gazetteer of the places that ship with the project; built once."""
        return _default()

    def place(self, place_id: str) -> Place:
        """Return the place with an id.

        Raises
        ------
        UnknownPlaceIdError
            A KeyError, if there is none.

        Examples
        --------
        >>> Gazetteer.default().place("pcode:PK226").name
        'Quetta'
        """
        try:
            return self._by_id[place_id]
        except KeyError:
            near = process.extractOne(place_id, self._by_id.keys(), score_cutoff=70)
            raise UnknownPlaceIdError(place_id, near[0] if near else None) from None

    def locate(self, name: str, *, context: str = "", within: str | None = None) -> Match:
        """Return the place that a name means.

        Equal spellings come before near ones. A bare name is the town where there is one;
        "district", "city" and the like beside it, in `name` or in `context`, choose otherwise.

        Parameters
        ----------
        name
            The name as written, such as "Nushki district" or "Dasht, Kech".
        context
            The words around the name, if known, the name among them: a sentence or a paragraph.
        within
            A district's or the province's P-code ("PK226", "PK2"), or a district's name: only
            places in it are considered.

        Raises
        ------
        PlaceNotFoundError
            If no spelling is equal or near enough, or the name says another province or country
            ("Mastung, Sindh"); it holds the three nearest.
        AmbiguousPlaceError
            If places in different districts have the name and nothing says which is meant.

        Examples
        --------
        >>> gazetteer = Gazetteer.default()
        >>> gazetteer.locate("Dalbandin").place.adm2_name
        'Chagai'
        >>> gazetteer.locate("Quetta").place.where_prec
        1
        >>> gazetteer.locate("Quetta district").place.where_prec
        3
        """
        found = self._remembered(name, context, within)
        return replace(found, is_near=True) if says_near(fold(name)) else found

    def _locate(self, name: str, context: str, within: str | None) -> Match:
        key, folded_context = without_lead(fold(name)), fold(context)
        area = self._area(within)
        if not key:
            raise PlaceNotFoundError(name)
        bare, kind = split_kind(key)
        if kind is ANY:
            kind = kind_from_context(bare, folded_context)
        head, comma, tail = _QUALIFIER.sub(",", name, count=1).partition(",")
        found = self._equal(key, bare, kind, area)
        if not found and comma and fold(head):
            return self._locate_part(name, head, tail, context, within)
        if found:
            return self._choose(name, found, kind, folded_context, fuzzy=False)
        found = self._near(key, bare, kind, area)
        if found:
            return self._choose(name, found, kind, folded_context, fuzzy=True)
        raise PlaceNotFoundError(name, self.names.nearest_names(bare or key))

    def _area(self, within: str | None) -> str | None:
        """Return the P-code that `within` means."""
        if within is None or re.fullmatch(r"PK\d{1,7}", within, re.IGNORECASE):
            return within and within.upper()
        place = self.locate(f"{within} district").place
        area = place.adm2_pcode or place.adm1_pcode
        if area is None:
            raise PlaceNotFoundError(within, tuple(sorted(d for d in self._districts if d))[:3])
        return area

    def _locate_part(
        self, name: str, head: str, tail: str, context: str, within: str | None
    ) -> Match:
        """Return what the first part of a name means; an error speaks of the whole name."""
        try:
            found = self.locate(head, context=f"{head} {tail} {context}", within=within)
        except PlaceNotFoundError as error:
            raise PlaceNotFoundError(name, error.suggestions) from None
        except AmbiguousPlaceError as error:
            self._not_elsewhere(name, head, tail, (c.place for c in error.candidates))
            raise AmbiguousPlaceError(name, error.candidates) from None
        self._not_elsewhere(name, head, tail, [found.place])
        said = self._other_district(tail, found.place)
        return replace(found, note=" ".join(filter(None, (found.note, said))) or None)

    def _not_elsewhere(self, name: str, head: str, tail: str, places: Iterable[Place]) -> None:
        """Refuse places that lie in no province or country that the words after a name say.

        Balochistan's Mastung is not one of Sindh.
        """
        kept = list(places)
        said = (self._areas_named(part) for part in _COMMA.split(tail))
        if all(not areas or any(_in_one(a, p) for a in areas for p in kept) for areas in said):
            return
        known = (f"{p.name} in {p.adm1_name or p.country_code}" for p in kept)
        nearest = (n for n in self.names.nearest_names(fold(head)) if n != kept[0].name)
        raise PlaceNotFoundError(name, tuple(dict.fromkeys((*known, *nearest)))[:3])

    def _other_district(self, tail: str, place: Place) -> str | None:
        """Return what to say where the words after a name mean another district."""
        parts = (self._areas_named(part, "ADM2") for part in _COMMA.split(tail))
        named = [district for part in parts for district in part if self._is_home(district)]
        codes = {district.adm2_pcode for district in named}
        if not codes or place.adm2_pcode is None or place.adm2_pcode in codes:
            return None
        return (
            f"The name also says {named[0].name}, but {place.name} lies in "
            f"{place.adm2_name} district."
        )

    def _areas_named(self, part: str, *codes: str) -> list[Place]:
        """Return the provinces and countries, or what else the codes say, of this very name."""
        named = (spelling.place for spelling in self.names.equal(fold(part)))
        return [place for place in named if place.feature_code in (codes or ("ADM1", "PCLI"))]

    def _equal(self, key: str, bare: str, kind: Kind, area: str | None) -> list[Candidate]:
        spellings: dict[str, Spelling] = {}
        keys = dict.fromkeys((key, bare, f"{bare} {kind.name}"))
        for spelling in chain.from_iterable(map(self.names.equal, keys)):
            if kind.admits(spelling.place) and _lies_in(spelling.place, area):
                kept = spellings.setdefault(spelling.place.place_id, spelling)
                if spelling.primary and not kept.primary:
                    spellings[spelling.place.place_id] = spelling
        return [Candidate(s.place, s.name, 100.0) for s in spellings.values()]

    def _near(self, key: str, bare: str, kind: Kind, area: str | None) -> list[Candidate]:
        # Near spellings are sought everywhere, also where `within` excludes: a name that is
        # nearest to Karachi's is not taken for the next nearest in Balochistan.
        found = self.names.near(key, kind.admits) or self.names.near(bare, kind.admits)
        if not found:
            return []
        best = found[0].score
        if not any(self._is_home(c.place) for c in found if c.score == best):
            found = [c for c in found if not self._is_home(c.place)]
        return [c for c in found if c.score > best - _FUZZY_MARGIN and _lies_in(c.place, area)]

    def _choose(
        self, name: str, found: list[Candidate], kind: Kind, context: str, *, fuzzy: bool
    ) -> Match:
        ranked = sorted(found, key=lambda c: (not self._is_home(c.place), kind.rank(c.place)))
        groups = list(dict.fromkeys(self._group(candidate.place) for candidate in ranked))
        group = groups[0]
        if len(groups) > 1:
            chosen = self._group_in_context(name, ranked, kind, context)
            if chosen is None:
                raise AmbiguousPlaceError(name, tuple(ranked))
            group = chosen
        own = [candidate for candidate in ranked if self._group(candidate.place) == group]
        best = min(own, key=lambda c: (kind.rank(c.place), -c.score, -(c.place.population or 0)))
        others = [candidate for candidate in own + ranked if candidate is not best]
        how: MatchKind = "alternate"
        if fuzzy:
            how = "fuzzy"
        elif best.matched_name == best.place.name:
            how = "exact"
        return Match(
            place=best.place,
            matched_name=best.matched_name,
            match=how,
            score=best.score,
            candidates=(best, *dict.fromkeys(others)),
            note=self._note(best.place) or _newer_note(name, kind, best.place),
        )

    def _group_in_context(
        self, name: str, ranked: list[Candidate], kind: Kind, context: str
    ) -> str | None:
        """Return the district, or the area elsewhere, that the words around a name speak for."""
        key = split_kind(fold(name))[0]
        named = {
            self._group(candidate.place)
            for candidate in ranked
            if self._is_named(candidate.place, key, context)
        }
        if len(named) == 1:
            return named.pop()
        # A name shared with a place elsewhere is Balochistan's, unless the other is a larger town.
        home = [c for c in ranked if self._is_home(c.place)]
        away = [c for c in ranked if not self._is_home(c.place)]
        if len({self._group(c.place) for c in home}) != 1:
            return None
        best = min(home, key=lambda c: kind.rank(c.place)).place
        outgrown = any(
            best.feature_class == "P" and _outgrows(candidate.place, best) for candidate in away
        )
        return None if outgrown else self._group(best)

    def _is_named(self, place: Place, key: str, context: str) -> bool:
        if self._is_home(place):
            own = self._districts.get(place.adm2_pcode, frozenset())
            return any(n != key and _has_words(context, n) for n in own)
        words = context.split()
        first = key.partition(" ")[0]
        at = words.index(first) if first in words else 0
        around = " ".join(words[max(0, at - _NEIGHBOURHOOD_WORDS) : at + _NEIGHBOURHOOD_WORDS + 1])
        names = {fold(place.adm1_name or ""), *_COUNTRY_WORDS.get(place.country_code, ())}
        return any(n and n != key and _has_words(around, n) for n in names)

    def _is_home(self, place: Place) -> bool:
        return place.adm1_pcode == self._home

    def _group(self, place: Place) -> str:
        return _apart(place, self._home)

    def _note(self, place: Place) -> str | None:
        # The tests hold every shipped place against its polygon, and other regions' have their
        # district from theirs.
        if place in self._shipped or self._home != PROVINCE_PCODE:
            return place.note
        return " ".join(filter(None, (place.note, disagreement(place)))) or None


# How a text says that a place lies in a neighbouring country.
_COUNTRY_WORDS = {
    "IR": ("iran", "iranian", "irans"),
    "AF": ("afghanistan", "afghan", "afghanistans"),
    "IN": ("india", "indian", "indias"),
}


@cache
def _default() -> Gazetteer:
    return Gazetteer(load_places())


def _apart(place: Place, home: str) -> str:
    """Return what keeps places apart: the district, or elsewhere the country and province."""
    if place.adm1_pcode == home:
        return place.adm2_pcode or "province"
    return f"{place.country_code} {place.adm1_name or place.place_id}"


def _newer_note(name: str, kind: Kind, place: Place) -> str | None:
    """Return what to say where a district is asked for that the boundaries do not have yet."""
    if kind.name != "district" or place.feature_code == "ADM2":
        return None
    newer = newer_district(name)
    return newer.note if newer is not None and newer.parent_pcode == place.adm2_pcode else None


def _in_one(area: Place, place: Place) -> bool:
    """Return whether a place lies in a country or province, or is the country that it lies in."""
    if "PCLI" in (area.feature_code, place.feature_code):
        return area.country_code == place.country_code
    if area.adm1_pcode or place.adm1_pcode:
        return area.adm1_pcode == place.adm1_pcode
    return area.adm1_name == place.adm1_name


def _lies_in(place: Place, area: str | None) -> bool:
    return area is None or area in (place.adm1_pcode, place.adm2_pcode, place.adm3_pcode)


def _outgrows(other: Place, place: Place) -> bool:
    """Return whether a town elsewhere is so much better known that a bare name is in doubt."""
    return other.population is None or other.population > (place.population or 0)


def _names_of(place: Place) -> frozenset[str]:
    return frozenset(fold(name) for name in (place.name, *place.alternate_names))


def _has_words(text: str, words: str) -> bool:
    return f" {words} " in f" {text} "
