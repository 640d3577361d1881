"""The group that a noun and the words before it put people in: "FC men", "minor sons"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from incidents.extraction.words import Word
from incidents.model import VictimGroup

_OF_ANY_FORCE = frozenset({
    "officer", "officers", "recruit", "recruits", "cadet", "cadets", "personnel",
})  # fmt: skip
_AGED = re.compile(r"(\d{1,2}|[a-z]+)[ -](?:year|month)s?[ -]old$")
ADULT = 18


def is_child(word: Word) -> bool:
    """Whether it is an age under 18, or "minor", "infant", before a noun."""
    if word.senses.get("modifier") == "children":
        return True
    aged = _AGED.match(word.low)
    if aged is None:
        return False
    return int(aged[1]) < ADULT if aged[1].isdigit() else aged[1] in _YOUNG


_YOUNG = frozenset({
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen",
})  # fmt: skip


def _only_police(words: Sequence[Word]) -> bool:
    """Whether a sentence that speaks of officers speaks of the police and of no other force."""
    told = {w.senses.get("modifier") for w in words}
    return "police" in told and "security_forces" not in told


def number_of(word: Word, collective: bool = False) -> str:
    """Return whether a noun is singular, plural or collective."""
    found = word.senses.get("group") or word.senses.get("generic")
    if found is None:
        return "plural" if word.low.endswith("s") else "singular"
    number: str = found[1]
    if "generic" in word.senses and word.senses["generic"][1] == "plural":
        number = "plural"
    return "plural" if collective and number == "collective" else number


def by_modifiers(inside: Sequence[Word]) -> VictimGroup | None:
    """Return the group that the nearest describing word names."""
    for word in reversed(inside):
        if word.low == "minor":
            continue  # "two minor injuries"
        found = word.senses.get("modifier") or (word.senses.get("group") or (None,))[0]
        if found is not None and found != "total":
            group: VictimGroup = found
            return group
    return None


def group_of(  # noqa: PLR0911
    words: Sequence[Word], inside: Sequence[Word], index: int
) -> VictimGroup:
    """Return the group of a head noun, by itself or by the words before it."""
    senses = words[index].senses
    if "generic" in senses:
        described = by_modifiers(inside)
        if described == "officials" and senses["generic"][0] == "civilians":
            return "civilians"  # "a NADRA employee"
        if described is not None:
            return described
        if words[index].low in _OF_ANY_FORCE and _only_police(words):
            return "police"
        group: VictimGroup = senses["group"][0] if "group" in senses else senses["generic"][0]
        return group
    head: VictimGroup = senses["group"][0]
    if head in {"civilians", "men", "women", "total"} and any(is_child(w) for w in inside):
        return "children"
    if head == "police" and any(w.senses.get("modifier") == "security_forces" for w in inside):
        return "security_forces"
    if head == "total" and any(w.senses.get("modifier") == "civilians" for w in inside):
        return "civilians"
    if head in {"men", "total"} and any(w.senses.get("modifier") == "militants" for w in inside):
        return "militants"
    return head
