"""One sentence read: its words, its people, and what befell them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from incidents.extraction.breakdowns import Breakdown, find_breakdowns, take_apposed_groups
from incidents.extraction.linking import Link, Linker
from incidents.extraction.mention_reader import MentionReader
from incidents.extraction.mentions import Mention
from incidents.extraction.tolls_said import colon_links, toll_links
from incidents.extraction.vocabulary import Vocabulary
from incidents.extraction.words import Word, tag
from incidents.extraction.zeros_said import zero_links

_OTHERS = frozenset({"other", "others", "the other", "victims"})
_NEAR_WORDS = 8
_FAR_WORDS = 16
_BARE_WORDS = 10
_BACK_TO = frozenset({"them", "these", "those"})
_TO_COUNT = frozenset({"to", "at", "of", "is", "was", "as", "now", "has", "counted", "than"})
_WEAK = frozenset({"hit", "hits", "lost", "loses", "lose"})  # casualty words of people only
_NEAR_ONE = 9
_NEAR_PLIGHT = 8


@dataclass(slots=True)
class Reading:
    """A sentence with what was found in it; positions are those of the whole text."""

    start: int
    end: int
    paragraph: int
    words: list[Word]
    is_title: bool = False
    mentions: list[Mention] = field(default_factory=list)
    breakdowns: list[Breakdown] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    loose: list[Mention] = field(default_factory=list)
    """Figures beside a casualty word that no rule could link."""


def read_sentence(
    text: str, start: int, end: int, paragraph: int, vocabulary: Vocabulary, reader: MentionReader,
    is_title: bool = False, *, follows: bool = False,
) -> Reading:  # fmt: skip
    """Return a sentence with its people, breakdowns, links and loose figures.

    `follows` says that the sentence before told of casualties: a bare number may count some more.
    """
    words = tag(text, start, end, vocabulary.phrases)
    reading = Reading(start, end, paragraph, words, is_title)
    if not _tells_of_casualties(words):
        if follows and any("numeral" in w.senses or w.low[0].isdigit() for w in words):
            bare = (m for m in reader.read(words, is_title) if _counts_more(words, m))
            reading.loose = [*bare]
        return reading
    reading.mentions = reader.read(words, is_title)
    take_apposed_groups(words, reading.mentions)
    reading.breakdowns = find_breakdowns(words, reading.mentions)
    casualty = vocabulary.tables["casualty"]
    special = (*toll_links(words, reading.mentions), *colon_links(words, reading.mentions))
    taken = {id(link.mention) for link in special}
    linker = Linker(
        words, reading.mentions, reading.breakdowns,
        frozenset(casualty["needs_people"]["verbs"]), frozenset(casualty["captives_only"]),
        frozenset(casualty["implied"]),
    )  # fmt: skip
    for link in special:
        linker.links.append(link)
    links = linker.link()
    links = [k for k in links if id(k.mention) not in taken or k in special]
    links.extend(zero_links(words, reading.mentions))
    reading.links = sorted(links, key=lambda k: (k.mention.start, k.start))
    undone = {id(m) for m in linker.undone} | {
        id(m)
        for m in reading.mentions
        if any(at < m.start <= at + _NEAR_WORDS for at in linker.undone_at)
    }
    reading.loose = _loose(reading, undone)
    return reading


def _counts_more(words: Sequence[Word], mention: Mention) -> bool:
    """Whether a number without a noun may be a count: "the list has since grown to nine"."""
    if mention.number is None or mention.kind != "bare" or mention.low is None:
        return False
    after = words[mention.end] if mention.end < len(words) else None
    ends = after is None or not after.low[0].isalnum() or "conjunctions" in after.senses
    before = words[mention.start - 1] if mention.start else None
    joint = before is not None and (
        before.low in _TO_COUNT or "toll_links" in before.senses or "say" in before.senses
    )
    return mention.others or mention.of_them or (ends and joint)


def _tells_of_casualties(words: Sequence[Word]) -> bool:
    for at, word in enumerate(words):
        senses = word.senses
        if senses and ("casualty" in senses or "taken" in senses or "plight" in senses):
            return True
        if word.low in _BACK_TO and at and words[at - 1].low in {"of", "among"}:
            return True
        if word.low in _OTHERS or word.low in {"among them", "amongst them"}:
            return True
    return False


def _loose(reading: Reading, undone: set[int]) -> list[Mention]:
    linked = {id(link.mention) for link in reading.links}
    words = reading.words
    loose: list[Mention] = []
    for mention in reading.mentions:
        if not mention.counted or mention.kind == "thing":
            continue
        if mention.number is None and not _may_be_hurt(words, mention):
            continue
        if id(mention) in linked or id(mention) in undone:
            continue
        if mention.qualifier == "few":
            continue
        if mention.kind == "unknown" and not _beside_fate(words, mention):
            continue
        if _acts(words, mention) or _travels(words, mention):
            continue
        reach = _FAR_WORDS if mention.kind == "people" else _BARE_WORDS
        window = words[max(0, mention.start - reach) : mention.reach + reach]
        inside = {w.start for w in words[mention.start : mention.end]}
        weak = _WEAK if mention.kind == "bare" else frozenset[str]()
        if (
            any(
                "casualty" in w.senses and w.start not in inside and w.low not in weak
                for w in window
            )
            or mention.of_them
            or _in_plight(words, mention)
        ):
            loose.append(mention)
    return loose


def _beside_fate(words: Sequence[Word], mention: Mention) -> bool:
    """Whether "died", "abducted" stands right beside an unlisted noun: "four Xs were taken away"."""
    near = (*words[max(0, mention.start - 1) : mention.start], *words[mention.reach :][:3])
    return mention.number is not None and any(
        not {"act", "undergo", "state"}.isdisjoint(w.senses) for w in near
    )


def _in_plight(words: Sequence[Word], mention: Mention) -> bool:
    """Whether people may be hurt or held, though no word says so: "six remained on ventilators"."""
    before = words[max(0, mention.start - 4) : mention.start]
    after = words[mention.reach : mention.reach + _NEAR_PLIGHT]
    return any("plight" in w.senses for w in (*before, *after))


def _may_be_hurt(words: Sequence[Word], mention: Mention) -> bool:
    """Whether a person without a number stands right beside a casualty word."""
    if mention.kind != "people" or mention.pronoun or mention.definite:
        return False
    if any("claimant" in w.senses for w in words[mention.start : mention.end]):
        return False
    near = (*words[max(0, mention.start - 2) : mention.start], *words[mention.reach :][:_NEAR_ONE])
    shot = any(w.low in {"shot", "beaten", "tortured"} for w in words[mention.reach :][:4])
    return shot or any("casualty" in w.senses for w in near)


def _acts(words: Sequence[Word], mention: Mention) -> bool:
    """Whether the people do something: "four police officials told", "dozens attacked"."""
    for at in range(mention.reach, min(mention.reach + 9, len(words))):
        senses = words[at].senses
        if "say" in senses or "doing" in senses:
            return True
        if not words[at].low[0].isalnum():
            break
        if "relatives" in senses and words[at].low != "that":
            after = words[at + 1].senses if at + 1 < len(words) else {}
            if not {"say", "doing", "have"} & after.keys():
                break  # "two fighters who it said were killed"
    for word in words[mention.reach : mention.reach + 3]:
        senses = word.senses
        if "plight" in senses:
            return False
        if word.low.endswith("ed") and not {"act", "undergo", "be"} & senses.keys():
            return True
        if "act" in senses and not senses["act"].forms.isdisjoint({"past", "s", "base"}):
            return True
        if not (
            "adverbs" in senses or "prepositions" in senses or "have" in senses or "be" in senses
        ):
            return False
    return False


def _travels(words: Sequence[Word], mention: Mention) -> bool:
    """Whether the people are only aboard, housed or depending on something."""
    before = words[mention.start - 1].low if mention.start else ""
    after = {w.low for w in words[mention.reach : mention.reach + 3]}
    return before in {"carrying", "with", "housing", "aboard", "by", "against", "for"} or bool(
        after & {"aboard", "board", "travelling", "traveling", "depend", "lack"}
    )
