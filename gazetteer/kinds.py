"""Words that say which kind of place a name means: "Quetta district", "the town of Mach"."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, cast, get_args

from gazetteer.normalise import fold
from gazetteer.places import DATA, Place

KindName = Literal["any", "district", "tehsil", "town", "province", "division"]

# "Kech and Panjgur districts", "Quetta, Mastung and Kalat districts": the kind word may stand
# after up to this many further names of one or two words.
_LISTED = r"(?: \w+){0,6}? (?:and|or) \w+(?: \w+)?"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of place, the words that ask for it, and the feature codes that satisfy it."""

    name: KindName
    words: tuple[str, ...]
    first: tuple[str, ...]
    only: bool = False

    def rank(self, place: Place) -> int:
        """Return how well a place fits this kind; 0 is best."""
        for codes in (self.first, ANY.first):
            for rank, code in enumerate(codes):
                if code in (place.feature_code, place.feature_class):
                    return rank if codes is self.first else rank + len(self.first)
        return len(self.first) + len(ANY.first)

    def admits(self, place: Place) -> bool:
        """Return whether a place can be meant at all where this kind is asked for."""
        return not self.only or place.feature_code in self.first


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads((DATA / "kind_words.toml").read_text(encoding="utf-8"))


@cache
def _kinds() -> dict[KindName, Kind]:
    table = _table()
    return {
        name: Kind(
            name,
            tuple(fold(word) for word in table[name]["words"]),
            tuple(table[name]["first"]),
            table[name].get("only", False),
        )
        for name in cast("tuple[KindName, ...]", get_args(KindName))
    }


ANY = _kinds()["any"]
_BY_WORD = {word: kind for kind in _kinds().values() for word in kind.words}
_WORDS = "|".join(sorted(map(re.escape, _BY_WORD), key=len, reverse=True))
_BEFORE = re.compile(rf"^(?:the )?({_WORDS}) (?:of |ka )?(?=\w)")
_AFTER = re.compile(rf" ({_WORDS})$")
_NEAR = "|".join(_table()["near"])
_LEAD = re.compile(rf"^(?:(?:{'|'.join(_table()['lead'])}|{_NEAR}) )+(?=\w)")
_IS_NEAR = re.compile(rf"\b(?:{_NEAR}) $")
_ENDS_WITH = re.compile(rf"\b({_WORDS})(?: of)?(?: the)?$")
_BEGINS_WITH = re.compile(rf"^({_WORDS})\b")
_LIST_BEGINS_WITH = re.compile(rf"^{_LISTED} ({_WORDS})\b")


def without_lead(key: str) -> str:
    """Return a folded name without a leading "in", "near" or "the".

    Examples
    --------
    >>> without_lead("in quetta")
    'quetta'
    """
    return _LEAD.sub("", key)


def says_near(key: str) -> bool:
    """Return whether a folded name's leading words put what happened near the place.

    Examples
    --------
    >>> says_near("near quetta"), says_near("the outskirts of quetta"), says_near("in quetta")
    (True, True, False)
    """
    lead = _LEAD.match(key)
    return lead is not None and _IS_NEAR.search(lead[0]) is not None


def split_kind(key: str) -> tuple[str, Kind]:
    """Return a folded name without its kind word, and the kind that the word asks for.

    Examples
    --------
    >>> bare, kind = split_kind("district of quetta")
    >>> bare, kind.name
    ('quetta', 'district')
    >>> split_kind("district")[0]
    'district'
    """
    for pattern in (_AFTER, _BEFORE):
        if found := pattern.search(key):
            bare = (key[: found.start()] + key[found.end() :]).strip()
            return bare, _BY_WORD[found[1]]
    return key, ANY


def kind_from_context(key: str, context: str) -> Kind:
    """Return the kind that the words around a name ask for; both texts are folded.

    Examples
    --------
    >>> kind_from_context("nushki", "the deputy commissioner of nushki district").name
    'district'
    >>> kind_from_context("nushki", "in nushki militants attacked").name
    'any'
    """
    if not key:
        return ANY
    for found in re.finditer(rf"(?<!\w){re.escape(key)}(?!\w)", context):
        before, after = context[: found.start()].rstrip(), context[found.end() :].lstrip()
        for pattern, text in (
            (_BEGINS_WITH, after),
            (_ENDS_WITH, before),
            (_LIST_BEGINS_WITH, f" {after}"[:120]),
        ):
            if word := pattern.search(text):
                return _BY_WORD[word[1]]
    return ANY
