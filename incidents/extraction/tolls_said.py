"""Tolls and bare counts after a colon: "toll climbs to six", "Injured: 8"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

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
_NO_LABELS = frozenset({"hit", "lose"})  # "hit: 3" labels nobody
_FORM_JOINTS = frozenset({",", ";", ".", "/", "|", "-", "–", "—", "•", ":", "and", "&"})
_COUNTED_TO = frozenset({
    "at", "to", "numbered", "reached", "totalled", "totaled", "exceeded", "crossed", "stood at",
    "stands at", "surpassed", "topped",
})  # fmt: skip


def toll_links(words: Sequence[Word], mentions: Sequence[Mention]) -> list[Link]:  # noqa: PLR0912
    """Return the figures that a toll or a "number of … killed" reaches."""
    links: list[Link] = []
    starts = {m.start: m for m in mentions if m.counted}
    for at, word in enumerate(words):
        senses = word.senses
        if "counted" in senses and senses["counted"] in {"killed", "injured"}:
            links.extend(_counted_to(words, starts, mentions, at))
            continue
        if word.low == "numbering" and (numbered := _numbering(words, starts, at)) is not None:
            links.append(numbered)
            continue
        if (told := _raised_to(words, starts, mentions, at)) is not None:
            links.append(told)
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
        if target.group in {None, "total"} and word.low == "losses":
            target.group = whose_losses(words, at)
        if target.group in {None, "total"}:
            target.group = (
                _group_between(mentions, between, at + 1, link_at) or target.group or "total"
            )
        if target.kind in {"thing", "unknown"}:
            continue
        target.kind = "people"
        links.append(Link(target, casualty_type, "toll", 0.93, at, link_at))
        for more in _also_given(words, mentions, at, target):
            more.group, more.kind = target.group, "people"
            links.append(Link(more, casualty_type, "toll", 0.88, more.start, more.end))
    return list({(id(k.mention), k.casualty_type): k for k in reversed(links)}.values())[::-1]


def whose_losses(words: Sequence[Word], at: int) -> VictimGroup | None:
    """Read "the enemy's total losses", "losses of the security forces"."""
    near = (*reversed(words[max(0, at - 3) : at]), *words[at + 1 : at + 4])
    for word in near:
        group: VictimGroup | None = (word.senses.get("group") or (None,))[0]
        group = group or word.senses.get("modifier")
        if group in {"security_forces", "police", "militants"}:
            return group
    return None


def _also_given(
    words: Sequence[Word], mentions: Sequence[Mention], at: int, target: Mention
) -> Iterator[Mention]:
    """Read "the toll, which stood at 12, rose to 15", "put at 15 by police and 20 by residents"."""
    relative = any("relatives" in w.senses for w in words[at + 1 : target.start])
    for mention in mentions:
        if not target.end < mention.start <= target.end + _TOLL_REACH // 2:
            continue
        if mention.kind != "bare" or mention.number is None:
            continue
        before = words[mention.start - 1]
        after = words[mention.end].low if mention.end < len(words) else ""
        if (relative and "toll_links" in before.senses) or (
            after == "by" and before.low in {"and", "but"} and words[target.end].low == "by"
        ):
            yield mention


def _counted_to(  # noqa: PLR0911
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


def _numbering(words: Sequence[Word], starts: dict[int, Mention], at: int) -> Link | None:
    """Read "the wounded, numbering 14"."""
    target = starts.get(at + 1)
    if target is None or target.kind != "bare" or target.number is None:
        return None
    for word in words[max(0, at - 2) : at]:
        if "people" in word.senses:
            target.kind, target.group = "people", "total"
            return Link(target, word.senses["people"], "toll", 0.9, at, target.end)
    return None


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
        told = "say" in words[index].senses and words[index].low not in {"put", "revised"}
        if words[index].low in {";", "?"} or told:
            return None, at
        mention = starts.get(index)
        if mention is None or mention.number is None or mention.kind == "thing":
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
            or (before.low == ":" and "toll" in words[at].senses and mention.kind == "bare")
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
    return 0 < at <= len(between) and between[at - 1].low in {"by", "from", "to"}


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
        casualty_type = casualty_noun(words[at])
        if casualty_type is None:
            continue
        after = _count_of_form(words, at, starts)
        target = starts.get(after) if after is not None else None
        if target is None or target.kind not in {"bare", "people"}:
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


def _count_of_form(words: Sequence[Word], at: int, starts: dict[int, Mention]) -> int | None:
    """Where the count of a form begins: "Killed: 3", "Deaths - 3", "Injured (7)", "Dead 5"."""
    mark = words[at + 1].low
    if mark in {":", "=", "–", "—"}:
        return at + 2
    opens = at == 0 or words[at - 1].low in _FORM_JOINTS
    if not opens:
        return None
    counted = at + 1 if at + 1 in starts else at + 2
    target = starts.get(counted)
    if target is None or target.kind != "bare":
        return None
    after = words[target.end].low if target.end < len(words) else "."
    if mark == "(":
        return counted if after == ")" else None
    if mark == "-" or (counted == at + 1 and "act" not in words[at].senses):
        return counted if after in _FORM_JOINTS else None
    return None


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


def casualty_noun(word: Word) -> CasualtyType | None:
    """Return what a word of a form says: "Killed:", "Injuries:"."""
    senses = word.senses
    if "act" in senses:
        acts = senses["act"]
        said = "participle" in acts.forms and acts.lemma not in _NO_LABELS
        kind: CasualtyType | None = acts.casualty_type if said else None
        if kind is not None or "counted" not in senses:
            return kind
    for sense in ("people", "counted", "state"):
        if sense in senses:
            kind = senses[sense]
            return kind
    return "killed" if "toll" in senses else None
