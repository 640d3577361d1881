"""The words by which claims are found, read from data that an analyst can add to."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

from incidents.extraction.inflection import forms
from incidents.extraction.words import NOTHING, Phrases, Senses, tokenize

_FILES = ("vocabulary.toml", "claimants.toml", "events.toml")


CASUALTY_SENSES = frozenset({
    "act", "undergo", "state", "people", "noun_of", "counted", "either", "toll", "suffer_nouns",
    "send_to", "lives", "injured_toll",
})  # fmt: skip
"""The senses of words that say what befell people; each such word is marked "casualty"."""


STOP_SENSES = frozenset({
    "be", "have", "modal", "negation", "prepositions", "conjunctions", "pronouns", "say", "undergo",
    "weekdays", "closers", "determiners", "qualifier", "suffer", "relatives", "parts", "doing",
})  # fmt: skip
"""The senses of words that end a noun phrase; each such word is marked "stop"."""


class Act(NamedTuple):
    """A form of a verb that befalls people."""

    casualty_type: str
    lemma: str
    forms: frozenset[str]


class Vocabulary(NamedTuple):
    """The tables as read, and their phrases ready for tagging."""

    tables: Mapping[str, Any]
    phrases: Phrases

    def names(self, table: str, key: str) -> frozenset[str]:
        """The words of one list of one table."""
        return frozenset(self.tables[table][key])


class VocabularyError(ValueError):
    """A vocabulary file that cannot be used."""


def load_vocabulary(user_file: str | Path | None = None) -> Vocabulary:
    """Return the shipped vocabulary, with a user's own words merged into it.

    Parameters
    ----------
    user_file
        A TOML file with some of the same tables. Lists are added to, tables merged, single
        values replaced.

    Raises
    ------
    VocabularyError
        If the file is not TOML, or a table or list in it is not one of the shipped ones.

    Examples
    --------
    >>> "kill" in load_vocabulary().tables["casualty"]["killed"]["transitive"]
    True
    """
    return _shipped() if user_file is None else _build(_merged_with(Path(user_file)))


@cache
def _shipped() -> Vocabulary:
    return _build(_shipped_tables())


def _shipped_tables() -> dict[str, Any]:
    tables: dict[str, Any] = {}
    for name in _FILES:
        tables |= tomllib.loads((files("incidents") / "data" / name).read_text("utf-8"))
    return tables


def _merged_with(path: Path) -> dict[str, Any]:
    try:
        own = tomllib.loads(path.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise VocabularyError(f"{path}: not TOML ({error}). Correct it or leave it out.") from error
    return _merge(_shipped_tables(), own, str(path))


# Tables whose keys are the user's to choose.
_OPEN = frozenset({"irregular", "vague"})


def _merge(shipped: dict[str, Any], own: Mapping[str, Any], where: str) -> dict[str, Any]:
    merged = dict(shipped)
    for key, value in own.items():
        if key not in shipped:
            if where.rsplit(" ", 1)[-1] in _OPEN:
                merged[key] = value
                continue
            raise VocabularyError(
                f"{where}: {key!r} is not in the vocabulary; it has: {', '.join(sorted(shipped))}"
            )
        if isinstance(shipped[key], dict) and isinstance(value, dict):
            merged[key] = _merge(shipped[key], value, f"{where}, table {key}")
        elif isinstance(shipped[key], list) and isinstance(value, list):
            merged[key] = [*shipped[key], *value]
        elif type(shipped[key]) is type(value):
            merged[key] = value
        else:
            raise VocabularyError(
                f"{where}: {key!r} is a {type(value).__name__}, "
                f"expected a {type(shipped[key]).__name__}"
            )
    return merged


class _Collector:
    """Gathers senses of phrases; one phrase may have several."""

    def __init__(self) -> None:
        self.senses: dict[str, dict[str, Any]] = {}

    def add(self, phrases: Iterable[str], sense: str, detail: Any = True) -> None:  # noqa: ANN401
        for phrase in phrases:
            self.senses.setdefault(" ".join(tokenize(phrase)), {}).setdefault(sense, detail)

    def phrases(self) -> Phrases:
        alone: dict[str, Senses] = {}
        longer: dict[str, dict[str, list[tuple[list[str], int, Senses]]]] = {}
        for phrase, senses in self.senses.items():
            first, *rest = phrase.split(" ")
            if rest:
                seconds = longer.setdefault(first, {})
                seconds.setdefault(rest[0], []).append((rest, len(rest), senses))
            else:
                alone[first] = senses
        return Phrases(
            {
                first: (
                    alone.get(first, NOTHING),
                    {
                        second: tuple(sorted(phrases, key=lambda entry: -entry[1]))
                        for second, phrases in longer.get(first, {}).items()
                    },
                )
                for first in alone.keys() | longer.keys()
            }
        )

    def mark(self, of: frozenset[str], sense: str) -> None:
        """Give a sense to every phrase that has one of some others."""
        for senses in self.senses.values():
            if not of.isdisjoint(senses):
                senses[sense] = True

    def add_speakers_of_phrases(self) -> None:
        """Let people who end in a word for who speaks be speakers too: "district official"."""
        for phrase, senses in self.senses.items():
            _, parted, last = phrase.rpartition(" ")
            speaks = self.senses.get(last, {}).get("claimant")
            if parted and "group" in senses and speaks is not None:
                senses.setdefault("claimant", speaks)

    def add_people_of_phrases(self) -> None:
        """Let a phrase that ends in a word for people be people too: "security officials"."""
        for phrase, senses in self.senses.items():
            *before, last = phrase.split(" ")
            head = self.senses.get(last, {})
            if not before or "group" in senses or not ("group" in head or "generic" in head):
                continue
            if not {"claimant", "office", "outlet"} & senses.keys():
                continue
            group, number = head.get("generic") or head["group"]
            if "generic" in head:
                described = [
                    self.senses[w]["modifier"]
                    for w in before
                    if "modifier" in self.senses.get(w, {})
                ]
                group = described[-1] if described else group
            senses["group"] = (group, number)


def _build(tables: dict[str, Any]) -> Vocabulary:
    words = _Collector()
    _add_casualty_words(words, tables)
    _add_groups(words, tables)
    for qualifier, phrases in tables["qualifiers"].items():
        words.add(phrases, "qualifier", qualifier)
    for phrase, (qualifier, count) in tables["vague"].items():
        words.add([phrase], "vague", (qualifier, count))
    for word_class, phrases in tables["words"].items():
        words.add(phrases, word_class)
    words.add(tables["name_titles"]["words"], "title")
    words.add((p for w in tables["not_people"]["words"] for p in (w, _plural(w))), "not_people")
    words.add(tables["relational"]["words"], "relational")
    numbers = tables["numbers"]
    words.add((*numbers["units"], *numbers["tens"]), "numeral")
    words.add(tables["cues"]["civilians"], "civilian_cue")
    _add_claimants(words, tables)
    _add_events(words, tables)
    words.add_people_of_phrases()
    words.add_speakers_of_phrases()
    words.mark(CASUALTY_SENSES, "casualty")
    words.mark(STOP_SENSES, "stop")
    return Vocabulary(tables, words.phrases())


def _add_casualty_words(words: _Collector, tables: dict[str, Any]) -> None:
    irregular = tables["irregular"]
    for casualty_type in ("killed", "injured", "abducted", "freed", "arrested", "missing"):
        table = tables["casualty"][casualty_type]
        for sense, verbs in (("act", table["transitive"]), ("undergo", table["intransitive"])):
            for verb in verbs:
                found: dict[str, set[str]] = {}
                for phrase, form in forms(verb, irregular):
                    found.setdefault(phrase, set()).add(form)
                for phrase, kinds in found.items():
                    words.add([phrase], sense, Act(casualty_type, verb, frozenset(kinds)))
        words.add(table["states"], "state", casualty_type)
        words.add(table["nouns_of"], "noun_of", casualty_type)
        words.add(table["counted"], "counted", casualty_type)
        people = tables["casualty"].get(f"people_{casualty_type}")
        if people:
            words.add(people["nouns"], "people", casualty_type)
    words.add(tables["casualty"]["either"], "either")
    frames = tables["frames"]
    for key in ("suffer_verbs", "send_verbs", "taking_verbs", "take_lives"):
        for verb in frames[key]:
            words.add((p for p, _ in forms(verb, irregular)), key.removesuffix("_verbs"))
    for casualty_type, tails in tables["casualty"]["taken"].items():
        words.add(tails, "taken", casualty_type)
    for key in (
        "suffer_nouns",
        "send_to",
        "lives",
        "toll",
        "number_of",
        "toll_links",
        "injured_toll",
    ):
        words.add(frames[key], key)


def _add_groups(words: _Collector, tables: dict[str, Any]) -> None:
    plural_heads = frozenset(tables["generic_heads"]["plural"])
    listed = {
        noun for table in tables["groups"].values() for nouns in table.values() for noun in nouns
    } | {head for heads in tables["generic_heads"].values() for head in heads}
    for group, table in tables["groups"].items():
        words.add(table["singular"], "group", (group, "singular"))
        words.add(table["plural"], "group", (group, "plural"))
        regular = map(_plural, table["singular"])
        words.add((p for p in regular if p not in listed), "group", (group, "plural"))
        words.add(table["collective"], "group", (group, "collective"))
        words.add(table["modifiers"], "modifier", group)
    for group, heads in tables["generic_heads"].items():
        if group == "plural":
            continue
        for head in heads:
            number = "plural" if head in plural_heads else "singular"
            words.add([head], "generic", (group, number))


def _add_claimants(words: _Collector, tables: dict[str, Any]) -> None:
    irregular = tables["irregular"]
    claimants = tables["claimants"]
    for verb in claimants["say_verbs"]:
        told = dict(forms(verb, irregular))  # of forms that look the same, the last
        for phrase, form in told.items():
            words.add([phrase], "say", "past" if form == "participle" else form)
    words.add(claimants["say_phrases"], "said_by")
    for claimant_type, phrases in claimants["types"].items():
        words.add(phrases, "claimant", claimant_type)
    words.add(claimants["outlets"], "outlet")
    words.add(claimants["offices"], "office")


def _add_events(words: _Collector, tables: dict[str, Any]) -> None:
    for event in tables["events"]:
        words.add(event["words"], "event", (event["event_type"], event["sub_event_type"]))
        for verb in event.get("verbs", ()):
            words.add(
                (p for p, _ in forms(verb, tables["irregular"])),
                "event",
                (event["event_type"], event["sub_event_type"]),
            )


def _plural(word: str) -> str:
    if word.endswith("man"):
        return f"{word[:-3]}men"
    if word.endswith(("s", "sh", "ch", "x")):
        return f"{word}es"
    return f"{word[:-1]}ies" if word.endswith("y") and word[-2] not in "aeiou" else f"{word}s"
