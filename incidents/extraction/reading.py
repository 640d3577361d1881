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
_BACK_TO = frozenset({"them", "these", "those", "us", "whom"})
_TO_COUNT = frozenset({
    "to", "at", "of", "is", "was", "are", "were", "as", "now", "has", "counted", "than",
})  # fmt: skip
_TELLS = frozenset({"be", "have", "act", "undergo", "suffer", "plight", "say", "relatives"})
_UNSURE = frozenset({"may", "might"})
_NOT_SPOKEN_OF = frozenset({"by", "to", "from", "told", "quoting", "according to"})
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
    is_title: bool = False, *, follows: bool = False, terse: bool = False,
) -> Reading:  # fmt: skip
    """Return a sentence with its people, breakdowns, links and loose figures.

    `follows` says that the sentence before told of casualties: a bare number may count some more.
    `terse` says that it leaves out articles: "SHO critical" is one person.
    """
    words = tag(text, start, end, vocabulary.phrases)
    reading = Reading(start, end, paragraph, words, is_title)
    if not _tells_of_casualties(words):
        if follows and any(
            "numeral" in w.senses or "vague" in w.senses or w.low[0].isdigit() or _is_order(w)
            for w in words
        ):
            reading.mentions = reader.read(words, is_title or terse)
            reading.loose = [
                m for m in reading.mentions
                if _counts_more(words, m) or _stands_alone(words, m) or _undergoes(words, m)
            ]  # fmt: skip
            _take_list(words, reading)
        return reading
    reading.mentions = reader.read(words, is_title or terse)
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


def _stands_alone(words: Sequence[Word], mention: Mention) -> bool:
    """Whether a number stands for people told of: "two were identified", "the third was …"."""
    if mention.kind != "bare" or mention.low is None or mention.end >= len(words):
        return False
    if mention.number is None and not _by_order(words, mention):
        return False
    before = words[mention.start - 1] if mention.start else None
    opens = before is None or not before.low[0].isalnum() or "conjunctions" in before.senses
    after = words[mention.end]
    quoted = (
        after.low == ","
        and mention.end + 1 < len(words)
        and not words[mention.end + 1].low[0].isdigit()
    )
    unsure = after.low in _UNSURE
    return opens and (
        quoted or unsure or not _TELLS.isdisjoint(after.senses) or "adverbs" in after.senses
    )


def _by_order(words: Sequence[Word], mention: Mention) -> bool:
    return mention.head >= 0 and "ordinals" in words[mention.head].senses


def _undergoes(words: Sequence[Word], mention: Mention) -> bool:
    """Whether something is done to counted people: "13 policemen had been done away with"."""
    if mention.kind != "people" or mention.number is None or mention.low is None:
        return False
    at = mention.reach
    passive = False
    while at < len(words) and not {"be", "have", "adverbs"}.isdisjoint(words[at].senses):
        passive |= "be" in words[at].senses
        at += 1
    done = at < len(words) and words[at].low.endswith(("ed", "en", "one", "wn", "nt", "ught"))
    return passive and done and "doing" not in words[at].senses


def _take_list(words: Sequence[Word], reading: Reading) -> None:
    """Let the numbers of a list follow its first: "the figures are 129, 88 and 341"."""
    for last, mention in zip(reading.mentions, reading.mentions[1:], strict=False):
        joined = last.end == mention.start - 1 and words[last.end].low in {",", "and"}
        bare = mention.kind == last.kind == "bare" and mention.number is not None
        if joined and bare and last in reading.loose and mention not in reading.loose:
            reading.loose.append(mention)


def _tells_of_casualties(words: Sequence[Word]) -> bool:
    for at, word in enumerate(words):
        senses = word.senses
        if senses and (
            "casualty" in senses or "taken" in senses or "plight" in senses or "coffin" in senses
        ):
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
        if mention.counted and mention.kind == "thing" and _stands_for_dead(words, mention):
            loose.append(mention)
        if not mention.counted or mention.kind == "thing":
            continue
        spoken = mention.kind == "bare" and _stands_alone(words, mention)
        if mention.number is None and not (spoken or _may_be_hurt(words, mention)):
            continue
        if id(mention) in linked:
            continue
        if id(mention) in undone and not (spoken and words[mention.end].low in _UNSURE):
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
        labelled = mention.start and words[mention.start - 1].low == ":"
        captive = mention.head >= 0 and "people" in words[mention.head].senses
        weak = _WEAK if mention.kind == "bare" else frozenset[str]()
        if (
            any(
                "casualty" in w.senses and w.start not in inside and w.low not in weak
                for w in window
            )
            or mention.of_them
            or spoken
            or captive
            or _is_hurt_itself(words, mention)
            or (labelled and reading.links)
            or _in_plight(words, mention)
        ):
            loose.append(mention)
    return loose


def _stands_for_dead(words: Sequence[Word], mention: Mention) -> bool:
    """Whether things are counted for the dead: "nine coffins", "a list of 14 names of those killed"."""
    if mention.number is None or mention.head < 0:
        return False
    if "coffin" in words[mention.head].senses:
        return True
    after = words[mention.end : mention.end + 4]
    return words[mention.head].low == "names" and any("casualty" in w.senses for w in after)


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
    if mention.kind != "people" or mention.pronoun:
        return False
    if mention.definite and not _is_hurt_itself(words, mention) and not _is_kin(words, mention):
        return False
    before = words[mention.start - 1].low if mention.start else ""
    speaks = any("claimant" in w.senses for w in words[mention.start : mention.end])
    if speaks and (mention.definite or before in _NOT_SPOKEN_OF or before in {"was", "is"}):
        return False
    near = (*words[max(0, mention.start - 2) : mention.start], *words[mention.reach :][:_NEAR_ONE])
    shot = any(w.low in {"shot", "beaten", "tortured"} for w in words[mention.reach :][:4])
    named = mention.names_end > 0 and any("casualty" in w.senses for w in words)
    told = words[mention.start - 1].low in {"were", "are"} if mention.start else False
    of_dead = told and any(
        "people" in w.senses for w in words[max(0, mention.start - _FAR_WORDS) : mention.start]
    )
    itself = _is_hurt_itself(words, mention)
    hurt = shot or named or itself or of_dead or _in_plight(words, mention)
    return hurt or any("casualty" in w.senses for w in near)


def _is_hurt_itself(words: Sequence[Word], mention: Mention) -> bool:
    """Whether the phrase itself says what befell: "the injured youth", but not "of the slain man"."""
    if mention.self_type is None or mention.self_noun:
        return False
    return not (mention.start and words[mention.start - 1].low in {"of", "by", "'s", "for"})


def _is_kin(words: Sequence[Word], mention: Mention) -> bool:
    """Whether it is somebody's: "his wife"."""
    return words[mention.start].low in {"his", "her", "their"}


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
        if word.low.endswith("ed") and not {"act", "undergo", "be", "numbered"} & senses.keys():
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


def _is_order(word: Word) -> bool:
    return "ordinals" in word.senses or word.low == "another"
