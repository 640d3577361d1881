"""Zeros: "no casualties", "no one was hurt", "Injured: nil"."""

from __future__ import annotations

from collections.abc import Sequence

from incidents.extraction.linking import Link
from incidents.extraction.mentions import Mention
from incidents.extraction.tolls_said import casualty_noun
from incidents.extraction.words import Word
from incidents.model import CasualtyType, VictimGroup

_FORCES = frozenset({"security_forces", "police"})
_DENIES = frozenset({"denied", "denies", "denying"})
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


def zero_links(words: Sequence[Word], mentions: Sequence[Mention]) -> list[Link]:
    """Return what is said to be nobody: "no casualties", "no one was hurt", "Injured: nil"."""
    links: list[Link] = []
    for at, word in enumerate(words):
        if word.low in _DENIES and at + 2 < len(words):
            links.extend(_denied(words, at, mentions))
        kind = word.senses.get("qualifier")
        if kind not in {"none", "nobody"}:
            continue
        said = at and word.low in {"nil", "none", "zero"} and "either" in words[at - 1].senses
        if said:  # "own losses nil"
            links.append(_zero(at - 1, at + 1, "killed", _losers(words, at - 1), "form: nil"))
            continue
        if at > 1 and words[at - 1].low in {":", "=", "-", "–"}:
            befell = casualty_noun(words[at - 2]) or (
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
            if senses["counted"] not in {"killed", "injured"} or "group" in senses:
                return []  # "I saw no bodies"
            return [
                _zero(at, index + 1, senses["counted"], group, "zero: none counted"),
                *_or_more(words, index, group),
            ]
        if word.low in {"loss", "losses"} and _is_of_people(words, index):
            whose = next((m.group for m in mentions if index < m.start <= index + 6), None)
            group = whose if whose in _FORCES else group
            return [_zero(at, index + 1, "killed", group, "zero: no loss")]
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


def _is_of_people(words: Sequence[Word], at: int) -> bool:
    """Whether a loss is no loss of things: "no loss was suffered", "any loss on part of police"."""
    after = words[at + 1] if at + 1 < len(words) else None
    if after is None or not after.low[0].isalnum():
        return True
    if after.low == "of":
        own = {w.low for w in words[at + 2 : at + 5]} & {"own", "our", "personnel", "troops"}
        return bool(own)
    return "be" in after.senses or (
        after.low in {"on", "to", "by", "among", "amongst", "in"}
        and (not any(w.low in {"property", "business"} for w in words[at + 2 : at + 4]))
    )


def _losers(words: Sequence[Word], at: int) -> VictimGroup:
    """Whose losses a form tells of: "civilian casualties nil"."""
    group: VictimGroup = words[at - 1].senses.get("modifier", "total") if at else "total"
    return group


def _denied(words: Sequence[Word], at: int, mentions: Sequence[Mention]) -> list[Link]:
    """Read "denied any loss on part of the police", "denied suffering any casualties"."""
    for index in range(at + 1, min(at + 5, len(words))):
        if words[index].low == "any":
            return _no(words, index, mentions)
        if not (
            "suffer" in words[index].senses
            or words[index].low in {"having", "that", "there", "were", "was"}
        ):
            return []
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
            joined = words[later + 1].low in {"or", "nor"} if also is not None else False
            if also is not None and joined and also.casualty_type != befell:
                zeros.append(_zero(later + 2, later + 3, also.casualty_type, group, "zero: nobody"))
            return zeros
        if not (
            "be" in senses or "have" in senses or "adverbs" in senses or words[later].low == "else"
        ):
            return []
    return []
