"""Tolls, bare counts after a colon, and zeros: "toll climbs to six", "Injured: 8", "no casualties"."""

from __future__ import annotations

from collections.abc import Sequence

from incidents.extraction.linking import Link
from incidents.extraction.mentions import Mention
from incidents.extraction.words import Word
from incidents.model import CasualtyType, VictimGroup

_TOLL_REACH = 24
_RAISE = frozenset({
    "bring", "brings", "bringing", "brought", "take", "takes", "taking", "took", "raise", "raises",
    "raising", "raised", "push", "pushes", "pushing", "pushed", "put", "puts", "putting",
})  # fmt: skip
_AFTER_TOLL = frozenset(
    {
        "of",
        ":",
        "-",
        "–",
        "is",
        "was",
        "now",
        "at",
        "hits",
        "hit",
        "tops",
        "topped",
        "crosses",
        "crossed",
        "to",
        "reaches",
        "reached",
    }
)
_COUNTED_TO = frozenset({
    "at", "to", "numbered", "reached", "totalled", "totaled", "exceeded", "crossed", "stood at",
    "stands at", "surpassed", "topped",
})  # fmt: skip
_BETWEEN = frozenset(
    {
        "civilian",
        "other",
        "serious",
        "further",
        "major",
        "human",
        "any",
        "immediate",
        "loss",
        "confirmed",
        "reported",
        "military",
        "additional",
    }
)


def toll_links(words: Sequence[Word], mentions: Sequence[Mention]) -> list[Link]:
    """Return the figures that a toll or a "number of … killed" reaches."""
    links: list[Link] = []
    starts = {m.start: m for m in mentions if m.counted}
    for at, word in enumerate(words):
        senses = word.senses
        if "counted" in senses and senses["counted"] in {"killed", "injured"}:
            links.extend(_counted_to(words, starts, mentions, at))
            continue
        if (raised := _raised_to(words, starts, mentions, at)) is not None:
            links.append(raised)
            continue
        if "toll" not in senses and "number_of" not in senses and "injured_toll" not in senses:
            continue
        own_toll = "toll" in senses or "injured_toll" in senses
        target, link_at = _figure_after(words, starts, at)
        if target is None:
            continue
        between = words[at + 1 : link_at]
        casualty_type = _type_between(between) or ("injured" if "injured_toll" in senses else None)
        if casualty_type is None and at and words[at - 1].low in {"injured", "wounded"}:
            casualty_type = "injured"
        raised = any(w.low in _RAISE for w in words[max(0, at - 4) : at])
        if casualty_type is None and (
            own_toll or (raised and word.low in {"total", "tally", "count"})
        ):
            casualty_type = "killed"
        if casualty_type is None:
            continue
        if target.group in {None, "total"}:
            target.group = (
                _group_between(mentions, between, at + 1, link_at) or target.group or "total"
            )
        if target.kind in {"thing", "unknown"}:
            continue
        target.kind = "people"
        links.append(Link(target, casualty_type, "toll", 0.93, at, link_at))
    return links


def _counted_to(
    words: Sequence[Word], starts: dict[int, Mention], mentions: Sequence[Mention], at: int
) -> list[Link]:
    """Read "civilian deaths stood at 17 and injuries at 26", "fatalities numbered 782"."""
    if not words[at].low.endswith("s") or (at and words[at - 1].low == "of"):
        return []
    if any(m.counted and m.number is not None and m.start <= at < m.end for m in mentions):
        return []
    limit = min(at + _TOLL_REACH // 2, len(words))
    linked = False
    for index in range(at + 1, limit):
        low = words[index].low
        if low in {",", ";", ".", "and", ":"} or "act" in words[index].senses:
            return []
        if any("toll" in w.senses or "number_of" in w.senses for w in words[max(0, at - 3) : at]):
            return []
        linked = low in _COUNTED_TO
        told = index == at + 1 or low != "at" or words[index - 1].low in {"stand", "standing"}
        if linked and told and index + 1 in starts:
            target = starts[index + 1]
            if target.kind not in {"bare", "people"} or target.number is None:
                return []
            if (
                low in {"to", "at"}
                and words[index - 1].low in {"injuries", "deaths"}
                and low == "to"
            ):
                return []  # "injuries to 14 others"
            if target.kind == "bare":
                before = words[at - 1].senses if at else {}
                earlier = [m for m in mentions if m.end <= at and m.group and m.kind == "people"]
                target.group = before.get("modifier") or (
                    earlier[-1].group if earlier and words[at - 1].low == "and" else "total"
                )
                target.kind = "people"
            return [Link(target, words[at].senses["counted"], "toll", 0.9, at, index + 1)]
    return []


def _raised_to(
    words: Sequence[Word], starts: dict[int, Mention], mentions: Sequence[Mention], at: int
) -> Link | None:
    """Read "raising to 21 the number of people killed"."""
    if words[at].low not in _RAISE or at + 2 not in starts or words[at + 1].low != "to":
        return None
    target = starts[at + 2]
    if target.kind != "bare" or target.number is None:
        return None
    for index in range(target.end, min(target.end + 3, len(words))):
        senses = words[index].senses
        if "toll" in senses or "number_of" in senses:
            befell = _type_between(words[index : index + 6]) or (
                "killed" if "toll" in senses else None
            )
            if befell is None:
                return None
            between = words[index : index + 4]
            group = _group_between(mentions, between, index, index + 4)
            target.kind, target.group = "people", group or target.group or "total"
            return Link(target, befell, "toll", 0.93, at, target.end)
    return None


def _figure_after(
    words: Sequence[Word], starts: dict[int, Mention], at: int
) -> tuple[Mention | None, int]:
    for index in range(at + 1, min(at + _TOLL_REACH, len(words))):
        if words[index].low in {";", "?"} or "say" in words[index].senses:
            return None, at
        mention = starts.get(index)
        if mention is None or mention.number is None:
            continue
        before = words[index - 1]
        if before.low == "of" and index > at + 2:
            continue
        if words[index].low == "up to" and not words[at].low.startswith("number"):
            # "the toll is up to 14": risen to it
            mention.qualifier, mention.high = "exact", mention.low
            return mention, index
        if (
            "toll_links" in before.senses
            or (index - 1 == at + 1 and before.low in _AFTER_TOLL)
            or (index == at + 1 and mention.kind == "bare")
        ):
            return mention, index - 1
    return None, at


def _type_between(between: Sequence[Word]) -> CasualtyType | None:
    found: CasualtyType | None = None
    for word in between:
        senses = word.senses
        if "act" in senses and "participle" in senses["act"].forms:
            found = senses["act"].casualty_type
        elif "people" in senses:
            found = senses["people"]
        elif "counted" in senses:
            found = senses["counted"]
        elif "state" in senses:
            found = senses["state"]
        if found is not None:
            return found
    return found


def _group_between(
    mentions: Sequence[Mention], between: Sequence[Word], start: int, end: int
) -> VictimGroup | None:
    for mention in mentions:
        if (
            start <= mention.start < end
            and not _tells(between, mention.start - start)
            and not mention.counted
            and mention.group not in {None, "total"}
        ):
            return mention.group
    for word in between[:5]:
        group: VictimGroup | None = word.senses.get("modifier")
        if group is not None:
            return group
    return None


def _tells(between: Sequence[Word], at: int) -> bool:
    """Whether people in between only gave the figure: "a toll given by officials"."""
    return at > 0 and between[at - 1].low in {"by", "from", "to"} if at <= len(between) else False


def colon_links(words: Sequence[Word], mentions: Sequence[Mention]) -> list[Link]:
    """Return the counts of a form: "Killed: 3", "Militants killed: 2"."""
    starts = {m.start: m for m in mentions if m.counted and m.number is not None}
    ends = {m.end: m for m in mentions if not m.counted}
    links: list[Link] = []
    for at in range(len(words) - 1):
        if words[at].low in {"kia", "wia"} and at + 1 in starts:
            counted = starts[at + 1]
            if counted.kind == "bare":
                counted.group, counted.kind = "security_forces", "people"
                befell = words[at].senses["state"]
                links.append(Link(counted, befell, "form: KIA, WIA", 0.93, at, at + 1))
            continue
        if words[at + 1].low not in {":", "=", "–", "—"}:
            continue
        casualty_type = _casualty_noun(words[at])
        target = starts.get(at + 2) if at + 2 < len(words) else None
        if casualty_type is None or target is None or target.kind not in {"bare", "people"}:
            continue
        before = ends.get(at)
        if target.kind == "bare":
            target.group = before.group if before is not None else _described(words, at) or "total"
            target.kind = "people"
        links.append(Link(target, casualty_type, "form: count after a colon", 0.93, at, at + 1))
        while (more := _next_counted(words, starts, target)) is not None:
            links.append(Link(more, casualty_type, "form: count after a colon", 0.9, at, at + 1))
            target = more
    return links


def _next_counted(
    words: Sequence[Word], starts: dict[int, Mention], mention: Mention
) -> Mention | None:
    at = mention.reach
    if mention.group is None or at >= len(words) or words[at].low not in {",", "and", "&"}:
        return None
    following = starts.get(at + 1)
    if following is None or following.kind != "people" or following.group is None:
        return None
    after = words[following.reach] if following.reach < len(words) else None
    ends = after is None or after.low in {",", ";", ".", "and", "&"}
    return following if ends else None


def _described(words: Sequence[Word], at: int) -> VictimGroup | None:
    group: VictimGroup | None = words[at - 1].senses.get("modifier") if at else None
    return group


def _casualty_noun(word: Word) -> CasualtyType | None:
    senses = word.senses
    if "act" in senses:
        acts = senses["act"]
        kind: CasualtyType | None = acts.casualty_type if "participle" in acts.forms else None
        return kind
    for sense in ("people", "counted", "state"):
        if sense in senses:
            kind = senses[sense]
            return kind
    return "killed" if "toll" in senses else None


def zero_links(words: Sequence[Word], mentions: Sequence[Mention]) -> list[Link]:
    """Return what is said to be nobody: "no casualties", "no one was hurt", "Injured: nil"."""
    links: list[Link] = []
    for at, word in enumerate(words):
        kind = word.senses.get("qualifier")
        if kind not in {"none", "nobody"}:
            continue
        if at > 1 and words[at - 1].low in {":", "=", "-", "–"}:
            befell = _casualty_noun(words[at - 2]) or (
                "killed" if "either" in words[at - 2].senses else None
            )
            if befell is not None:
                links.append(_zero(at - 2, at + 1, befell, "total", "form: nil"))
                continue
        links.extend(
            _nobody(words, at, mentions)
            if kind == "nobody" or word.low == "none"
            else _no(words, at, mentions)
        )
    return links


def _zero(start: int, end: int, befell: CasualtyType, group: VictimGroup, rule: str) -> Link:
    mention = Mention(start=start, end=end, low=0, high=0, number=start, group=group, head=start)
    return Link(mention, befell, rule, 0.9, start, end)


def _who_suffered(
    words: Sequence[Word], at: int, mentions: Sequence[Mention]
) -> VictimGroup | None:
    """Whose the casualties would be in "the troops suffered no casualty"."""
    if not at or "suffer" not in words[at - 1].senses:
        return None
    return next((m.group for m in mentions if m.end == at - 1 and m.kind == "people"), None)


def _no(words: Sequence[Word], at: int, mentions: Sequence[Mention]) -> list[Link]:  # noqa: PLR0911
    group: VictimGroup = _who_suffered(words, at, mentions) or "total"
    index = at + 1
    limit = min(at + 8, len(words))
    while index < limit:
        word = words[index]
        senses = word.senses
        if "either" in senses:
            return [
                _zero(at, index + 1, "killed", group, "zero: no casualties"),
                *_or_more(words, index, group),
            ]
        if "counted" in senses:
            if senses["counted"] not in {"killed", "injured"}:
                return []
            return [
                _zero(at, index + 1, senses["counted"], group, "zero: none counted"),
                *_or_more(words, index, group),
            ]
        if "lives" in senses:
            if any(w.low in {"loss", "lost"} for w in words[at : index + 3]):
                return [_zero(at, index + 1, "killed", group, "zero: no loss of life")]
            return []
        if "group" in senses or "generic" in senses:
            mention = next((m for m in mentions if m.start <= index < m.end and m.group), None)
            found = (
                mention.group
                if mention is not None and mention.group
                else (senses.get("group") or senses["generic"])[0]
            )
            following = words[index + 1] if index + 1 < len(words) else None
            if following is not None and (
                "either" in following.senses or "counted" in following.senses
            ):
                group = found
                index += 1
                continue
            return _verb_after(words, at, index + 1, found)
        if "modifier" in senses:
            group = senses["modifier"]
        elif (
            word.low
            in {
                "to",
                "report",
                "reports",
                "word",
                "information",
                "of",
                "or",
                "any",
                "confirmed",
                "a",
            }
            or word.low in _BETWEEN
        ):
            pass
        elif (
            "act" in senses
            or "say" in senses
            or "prepositions" in senses
            or not word.low[0].isalpha()
        ) or index > at + 3:
            return []
        index += 1
    return []


def _or_more(words: Sequence[Word], at: int, group: VictimGroup) -> list[Link]:
    if at + 2 < len(words) and words[at + 1].low in {"or", "and", "nor"}:
        for index in (at + 2, at + 3):
            if index < len(words) and "counted" in words[index].senses:
                return [
                    _zero(
                        at + 2,
                        index + 1,
                        words[index].senses["counted"],
                        group,
                        "zero: none counted",
                    )
                ]
    return []


def _nobody(words: Sequence[Word], at: int, mentions: Sequence[Mention]) -> list[Link]:
    index = at + 1
    group: VictimGroup = "total"
    if index < len(words) and words[index].low in {"of", "from", "among"}:
        if index + 2 < len(words) and words[index + 2].low == "public":
            return _verb_after(words, at, index + 3, "civilians")
        target = next((m for m in mentions if index < m.start <= index + 3), None)
        if target is None:
            return []
        group = target.group or group
        index = target.reach
    return _verb_after(words, at, index, group)


def _verb_after(words: Sequence[Word], at: int, index: int, group: VictimGroup) -> list[Link]:
    for later in range(index, min(index + 5, len(words))):
        senses = words[later].senses
        befell: CasualtyType | None = None
        if "act" in senses and {"participle", "past"} & senses["act"].forms:
            befell = senses["act"].casualty_type
        elif "undergo" in senses:
            befell = senses["undergo"].casualty_type
        elif "suffer" in senses:
            befell = "injured"
        if befell in {"killed", "injured", "abducted"}:
            zeros = [_zero(at, later + 1, befell, group, "zero: nobody")]
            also = words[later + 2].senses.get("act") if later + 2 < len(words) else None
            if also is not None and words[later + 1].low in {"or", "nor"}:
                if also.casualty_type != befell and "participle" in also.forms:
                    zeros.append(
                        _zero(later + 2, later + 3, also.casualty_type, group, "zero: nobody")
                    )
            return zeros
        if not (
            "be" in senses or "have" in senses or "adverbs" in senses or words[later].low == "else"
        ):
            return []
    return []
