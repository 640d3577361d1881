"""People named by what they are: "three of the dead were soldiers", "among the dead were two women"."""

from __future__ import annotations

from collections.abc import Sequence

from incidents.extraction.linking import Link
from incidents.extraction.mentions import Mention
from incidents.extraction.reading import Reading
from incidents.extraction.words import Word
from incidents.model import CasualtyType

_COMPLEMENT = 4  # words of "of the network" after a noun


def read_copulas(  # noqa: PLR0912
    reading: Reading, last_type: CasualtyType | None, only_type: CasualtyType | None = None
) -> None:
    """Add to a sentence what its copulas say of whom.

    Parameters
    ----------
    reading
        The sentence; its links and mentions are completed in place.
    last_type
        What befell the people spoken of last, for "the other two were civilians".
    only_type
        The same, if the sentence before told of nothing else, for "of these, 12 were women".
    """
    words = reading.words
    linked = {id(link.mention) for link in reading.links}
    starts = {m.start: m for m in reading.mentions}
    if last_type is not None:
        _read_victims(reading, last_type, linked)
    wholes = {id(m.few_of) for m in reading.mentions if m.few_of is not None}
    for mention in reading.mentions:
        if not mention.counted or mention.kind == "thing":
            continue
        if id(mention) not in linked and _part_of_next(reading, mention, linked):
            linked.add(id(mention))
            continue
        whole = mention.few_of
        at = _after_be(words, whole.reach if whole is not None else mention.reach)
        if at is None or id(mention) in wholes:
            continue
        befell = _among(words, at)
        if befell is not None and id(mention) not in linked:
            for one in (mention, *_joined_before(reading, mention)):
                one.part = True
                _add(reading, one, befell, "copula: among the dead or hurt")
                linked.add(id(one))
            continue
        if mention.group is not None and mention.kind != "bare":
            continue
        described = _described(words, starts, at)
        if described is None:
            continue
        opened = _opening(words, mention, only_type) or _sharing(reading, mention)
        if opened is not None and mention.of_people is None:
            mention.of_people = opened
        if mention.of_people is not None or mention.of_them or mention.others or mention.definite:
            mention.group = described.group
            reading.links = [k for k in reading.links if k.mention is not described]
            if id(mention) not in linked and not mention.of_them:
                befell = mention.of_people or last_type
                if befell is not None:
                    mention.part = True
                    _add(reading, mention, befell, "copula: the others were")
                    linked.add(id(mention))
            elif id(mention) not in linked:
                parent = next((k for k in reading.links if k.mention is mention.parent), None)
                befell = parent.casualty_type if parent else last_type
                if befell is not None:
                    mention.part = True
                    _add(reading, mention, befell, "copula: some of them were")
    _read_among_them(reading, last_type, linked)
    _read_inclusions(reading, linked, last_type)
    _read_more_parts(reading, linked)
    _read_rest_of(reading, linked)
    _read_gravely(reading, linked)


def _read_gravely(reading: Reading, linked: set[int]) -> None:
    """Read "five were hurt, two seriously"."""
    words = reading.words
    for mention in reading.mentions:
        if mention.kind != "bare" or mention.number is None or id(mention) in linked:
            continue
        if mention.end >= len(words) or words[mention.end].low not in _GRAVELY:
            continue
        told = [k for k in reading.links if k.mention.end <= mention.start]
        if (
            told
            and told[-1].casualty_type == "injured"
            and words[mention.start - 1].low in {",", "and"}
        ):
            mention.part, mention.group = True, told[-1].mention.group
            mention.parent = told[-1].mention
            _add(reading, mention, "injured", "copula: some of them gravely")
            linked.add(id(mention))


_GRAVELY = frozenset({"seriously", "critically", "badly", "severely", "grievously", "gravely"})


def _read_victims(reading: Reading, last_type: CasualtyType, linked: set[int]) -> None:
    """Read "nineteen of the victims are students" after what befell them."""
    words = reading.words
    for mention in reading.mentions:
        if mention.number is None or mention.head < 3 or id(mention) in linked:
            continue
        whose = [w.low for w in words[mention.head - 2 : mention.head + 1]]
        if whose == ["of", "the", "victims"] and _after_be(words, mention.end) is not None:
            mention.part = mention.of_them = True
            _add(reading, mention, last_type, "partitive: some of the victims")
            linked.add(id(mention))


def _read_among_them(reading: Reading, last_type: CasualtyType | None, linked: set[int]) -> None:
    """Read "… killed nine. The kingpin was among them", "11 hurt; two fire-fighters among them"."""
    words = reading.words
    for at, word in enumerate(words):
        if word.low not in {"among them", "amongst them"} or at == 0:
            continue
        before = at - 1
        while before > 0 and ("be" in words[before].senses or words[before].low == "also"):
            before -= 1
        if words[before].low == ",":
            before = _before_pair(words, before)
        mention = next(
            (m for m in reversed(reading.mentions) if m.counted and m.start <= before), None
        )
        if mention is None or mention.kind == "thing" or id(mention) in linked:
            continue
        if before - mention.reach > _COMPLEMENT:
            continue
        told = [k for k in reading.links if k.mention.end <= mention.start]
        befell = told[-1].casualty_type if told else last_type
        if befell is not None:
            mention.part = True
            _add(reading, mention, befell, "copula: among them")
            linked.add(id(mention))


def _before_pair(words: Sequence[Word], at: int) -> int:
    """Index before the comma that opens an apposition, for the comma that closes it."""
    opened = next((i for i in range(at - 1, max(0, at - 9), -1) if words[i].low == ","), at)
    return opened - 1


def _read_more_parts(reading: Reading, linked: set[int]) -> None:
    """Read "of whom 31 were civilians, 27 security personnel and 25 members of armed groups"."""
    words = reading.words
    starts = {m.start: m for m in reading.mentions}
    for link in [k for k in reading.links if k.mention.part]:
        at = _after_be(words, link.mention.reach)
        if at is None:
            continue
        described = next((starts[i] for i in range(at, at + 3) if i in starts), None)
        if described is None:
            continue
        at = described.reach
        while at < len(words) and words[at].low in {",", "and"}:
            while at < len(words) and words[at].low in {",", "and"}:
                at += 1
            more = starts.get(at)
            if more is None or more.number is None or more.kind != "people":
                break
            if more.group in {None, "total"} or id(more) in linked:
                break
            if _after_be(words, more.reach) is not None:
                break
            more.part, more.parent = True, link.mention.parent
            _add(reading, more, link.casualty_type, "copula: some of them were")
            linked.add(id(more))
            at = more.reach


def _read_rest_of(reading: Reading, linked: set[int]) -> None:
    """Read "of the 15 wounded, four were in critical condition"."""
    words = reading.words
    for mention in reading.mentions:
        bare = mention.counted and mention.kind == "bare" and mention.number is not None
        if not bare or id(mention) in linked or mention.reach >= len(words):
            continue
        befell = _opening(words, mention)
        if befell is None or words[mention.start - 1].low not in {",", "and"}:
            continue
        if "be" in words[mention.reach].senses or "have" in words[mention.reach].senses:
            mention.part, mention.of_people = True, befell
            _add(reading, mention, befell, "copula: of the dead or hurt, some were")
            linked.add(id(mention))


def _joined_before(reading: Reading, mention: Mention) -> list[Mention]:
    """The people of "a man and his son were among …" before the last."""
    before: list[Mention] = []
    ends = {m.reach: m for m in reading.mentions if m.counted and m.kind == "people"}
    at = mention.start
    while at > 1 and reading.words[at - 1].low in {",", "and"}:
        at -= 1
        if (one := ends.get(at)) is not None:
            before.append(one)
            at = one.start
    return before


def _part_of_next(reading: Reading, mention: Mention, linked: set[int]) -> bool:
    """Read "two women among five killed"."""
    words = reading.words
    if mention.reach >= len(words) or words[mention.reach].low not in {"among", "amongst"}:
        return False
    for link in reading.links:
        total = link.mention
        if (
            id(total) in linked
            and mention.reach < total.start <= mention.reach + 3
            and total.number is not None
        ):
            mention.part, mention.parent = True, total
            _add(reading, mention, link.casualty_type, "breakdown: some among the total")
            return True
    return False


def _sharing(reading: Reading, mention: Mention) -> CasualtyType | None:
    """Read "eleven of the abducted are students, and two are women"."""
    if mention.kind != "bare" or mention.number is None:
        return None
    for other in reversed(reading.mentions):
        if other.end <= mention.start and other.of_people is not None and other.number is not None:
            return other.of_people
    return None


def _opening(  # noqa: PLR0911
    words: Sequence[Word], mention: Mention, last_type: CasualtyType | None = None
) -> CasualtyType | None:
    """Read "of the 26 dead, 14 were soldiers", "of those killed, five were children"."""
    if not words or mention.start <= 2:
        return None
    out_of = words[0].low == "out" and words[1].low == "of"
    if words[0].low not in {"of", "among", "amongst"} and not out_of:
        return None
    comma = next((i for i in range(1, min(12, len(words))) if words[i].low == ","), 12)
    if mention.start <= comma < 12:
        return None
    if words[1].low in {"these", "them"} and comma <= 3:
        return last_type  # "of these, 12 were women"
    for word in words[1 : min(comma, mention.start)]:
        if "people" in word.senses:
            found: CasualtyType = word.senses["people"]
            return found
        if "act" in word.senses and "participle" in word.senses["act"].forms:
            found = word.senses["act"].casualty_type
            return found
    return None


def _add(reading: Reading, mention: Mention, befell: CasualtyType, rule: str) -> None:
    mention.kind = "people"
    reading.links.append(Link(mention, befell, rule, 0.88, mention.start, mention.end))


def _after_be(words: Sequence[Word], at: int) -> int | None:
    steps = 0
    if at < len(words) and ("people" in words[at].senses or "state" in words[at].senses):
        at += 1  # "the 11 dead were identified as …"
    while at < len(words) and steps < 4:
        if "be" in words[at].senses:
            return at + 1
        if words[at].low == "identified" and at + 1 < len(words) and words[at + 1].low == "as":
            return at + 2
        if words[at].low in {"belonged", "belong"} and at + 1 < len(words):
            return at + 2  # "seven belonged to the FC"
        if not (words[at].low == "," or "adverbs" in words[at].senses):
            return None
        at += 1
        steps += 1
    return None


def _among(words: Sequence[Word], at: int) -> CasualtyType | None:
    while at < len(words) and "adverbs" in words[at].senses and words[at].low != "among those":
        at += 1
    if at < len(words) and words[at].low in {"among", "amongst", "among those"}:
        for word in words[at + 1 : at + 4]:
            if "people" in word.senses:
                found: CasualtyType = word.senses["people"]
                return found
            if "act" in word.senses and "participle" in word.senses["act"].forms:
                found = word.senses["act"].casualty_type
                return found
            if "undergo" in word.senses:  # "among those who died"
                found = word.senses["undergo"].casualty_type
                return found
    return None


def _described(words: Sequence[Word], starts: dict[int, Mention], at: int) -> Mention | None:
    if at < len(words) and words[at].low in {"from", "of"}:
        at += 1  # "18 were from the army"
    for index in range(at, min(at + 5, len(words))):
        mention = starts.get(index)
        if mention is not None:
            return mention if mention.kind == "people" and mention.number is None else None
        senses = words[index].senses
        if (
            "act" in senses
            or "undergo" in senses
            or "prepositions" in senses
            or "state" in senses
            or not words[index].low[0].isalpha()
        ):
            return None
    return None


def _read_inclusions(  # noqa: PLR0912
    reading: Reading, linked: set[int], last_type: CasualtyType | None = None
) -> None:
    """Read "among the dead were …", "the dead include …", "the fatalities included …"."""
    words = reading.words
    for breakdown in reading.breakdowns:
        befell = _people_before(words, breakdown.start)
        if breakdown.start == 1 and words[0].low in {"they", "these", "those"}:
            befell = last_type  # "They include seven bus passengers"
        if befell is None:
            continue
        for mention in breakdown.parts:
            if id(mention) not in linked and mention.kind != "thing":
                mention.part, mention.parent = True, None
                _add(reading, mention, befell, "breakdown: the dead or hurt include")
                linked.add(id(mention))
    starts = {m.start: m for m in reading.mentions}
    _read_identities(reading, starts, linked)
    for at, word in enumerate(words):
        if word.low in {"among", "amongst", "among those"}:
            befell = _among(words, at)
        elif word.low in {"among them", "amongst them"} and at + 1 < len(words):
            befell = last_type if "be" in words[at + 1].senses else None
        elif at == 0 and "act" in word.senses and "participle" in word.senses["act"].forms:
            befell = word.senses["act"].casualty_type  # "Killed in the attack were two …"
        else:
            continue
        be = next(
            (i for i in range(at + 1, min(at + 8, len(words))) if "be" in words[i].senses), None
        )
        if befell is None or be is None:
            continue
        index = be + 1
        while (person := starts.get(index)) is not None:
            if person.counted and id(person) not in linked:
                person.part = True
                _add(reading, person, befell, "copula: among the dead or hurt were")
                linked.add(id(person))
            index = person.reach
            while index < len(words) and words[index].low in {",", "and", "as well as"}:
                index += 1


def _read_identities(reading: Reading, starts: dict[int, Mention], linked: set[int]) -> None:
    """Read "the dead were identified as two brothers and a cousin"."""
    words = reading.words
    for at in range(1, len(words) - 3):
        if "people" not in words[at].senses or words[at + 1].low not in {
            "were",
            "are",
            "have",
            "was",
        }:
            continue
        index = next(
            (
                i + 2
                for i in range(at + 2, min(at + 5, len(words) - 1))
                if words[i].low == "identified" and words[i + 1].low == "as"
            ),
            None,
        )
        while index is not None and (named := starts.get(index)) is not None:
            if named.counted and id(named) not in linked:
                _add(reading, named, words[at].senses["people"], "copula: identified as")
                linked.add(id(named))
            index = named.reach
            while index < len(words) and words[index].low in {",", "and"}:
                index += 1


def _people_before(words: Sequence[Word], at: int) -> CasualtyType | None:
    for word in reversed(words[max(0, at - 3) : at]):
        if "people" in word.senses:
            found: CasualtyType = word.senses["people"]
            return found
        if word.low == "victims" or "toll" in word.senses:
            return "killed"
        if "act" in word.senses and "participle" in word.senses["act"].forms:
            found = word.senses["act"].casualty_type
            return found
        if "undergo" in word.senses:  # "those who died included"
            found = word.senses["undergo"].casualty_type
            return found
        if "be" in word.senses or "have" in word.senses or "adverbs" in word.senses:
            continue
        return None
    return None
