"""Parts of a total: "including three women and two children", "five of them policemen"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from incidents.extraction.mentions import Mention
from incidents.extraction.words import Word

_JOINTS = frozenset({",", "+", "and", "&", "as well as", "along with", "plus"})
_OPENERS = {"(": ")", "–": "–", "—": "—", "-": "-", ":": ".", "[": "]"}
_REACH = 14


class Breakdown(NamedTuple):
    """Where the parts of a total stand, as word indices; `parent` may lie in another sentence."""

    start: int
    end: int
    parent: Mention | None
    parts: tuple[Mention, ...]


def find_breakdowns(words: Sequence[Word], mentions: Sequence[Mention]) -> list[Breakdown]:  # noqa: PLR0912
    """Mark the mentions that are parts, and return where the breakdowns stand."""
    by_start = {m.start: m for m in mentions}
    found: list[Breakdown] = []
    for at, word in enumerate(words):
        if "parts" in word.senses:
            parts, end, separators = _chain(words, by_start, at + 1)
            parts = _without_new_clause(words, parts, separators)
        elif word.low in _OPENERS:
            parts, end, separators = _chain(words, by_start, at + 1)
            closed = end < len(words) and words[end].low == _OPENERS[word.low]
            closed |= word.low in {"–", "—", "-"} and (end >= len(words) or words[end].low == ".")
            if not parts or not all(m.kind == "people" and m.group for m in parts):
                continue
            if word.low == "(":
                if all(m.number is None for m in parts) and any(
                    "claimant" in w.senses for w in words[at + 1 : end]
                ):
                    continue  # "12 wounded (official)"
                if not closed or (at and "office" in words[at - 1].senses):
                    continue
            elif len(parts) < 2 or not (closed or word.low == ":"):
                continue
        elif word.low == "," and (parts := _apposed(words, mentions, by_start, at)):
            pass
        else:
            continue
        if "parts" in word.senses and _of_uncounted(words, mentions, at):
            continue
        counted = [m for m in parts if m.counted]
        parent = _parent(words, mentions, at)
        if word.low in _OPENERS and (parent is None or parent.kind == "thing"):
            continue
        names_fallen = at and "undergo" in words[at - 1].senses and all(m.names_end for m in parts)
        if word.low in {":", "–", "—", "-"} and not (names_fallen or _adjoins(words, parent, at)):
            continue
        for mention in counted:
            mention.part, mention.parent = True, parent
        if parts:
            end = parts[-1].reach
            begin = at - 1 if at and words[at - 1].low in {",", "–", "—"} else at
            if begin < at and words[begin].low == ",":
                end = _closing_comma(words, end)
            if end < len(words) and words[end].low in {",", ")", "–", "—"}:
                end += 1
            found.append(Breakdown(begin, end, parent, tuple(counted)))
    _mark_partitives(words, mentions)
    return found


def _closing_comma(words: Sequence[Word], at: int) -> int:
    """End of a breakdown with words in it that name no known people ("the elderly")."""
    for index in range(at, min(at + 14, len(words) - 1)):
        if words[index].low in {";", "."}:
            break
        if words[index].low == "," and _is_verbal(words[index + 1]):
            return index
    return at


def _is_verbal(word: Word) -> bool:
    return any(
        sense in word.senses for sense in ("be", "have", "act", "undergo", "suffer", "adverbs")
    )


def _chain(
    words: Sequence[Word], by_start: dict[int, Mention], at: int
) -> tuple[list[Mention], int, list[str]]:
    parts: list[Mention] = []
    separators: list[str] = []
    while True:
        while (
            at < len(words)
            and words[at].low in {"the", "at", "least", "and", "others"}
            and at not in by_start
        ):
            at += 1
        mention = by_start.get(at)
        if mention is not None and mention.reach < len(words) and words[mention.reach].low == "'s":
            mention = by_start.get(mention.reach + 1, mention)  # "the woman's father"
        if mention is None:
            mention = _of_body(words, by_start, at)
        if mention is None or (
            mention.kind == "bare" and mention.group is None and not mention.others
        ):
            break
        parts.append(mention)
        at = mention.reach
        separator = []
        at = _past_complement(words, by_start, at)
        while at < len(words) and words[at].low in _JOINTS:
            separator.append(words[at].low)
            at += 1
        if not separator:
            break
        separators.append(" ".join(separator))
    end = parts[-1].reach if parts else at
    return parts, end, separators


def _of_body(words: Sequence[Word], by_start: dict[int, Mention], at: int) -> Mention | None:
    """Read "the district council's vice chairman" where a list begins with "the"."""
    if at == 0 or words[at - 1].low != "the":
        return None
    for index in range(at, min(at + 4, len(words) - 1)):
        if words[index].low == "'s":
            return by_start.get(index + 1)
        if not words[index].low[0].isalpha():
            return None
    return None


def _past_complement(words: Sequence[Word], by_start: dict[int, Mention], at: int) -> int:
    """End of "of the revenue department" where another part of the list follows."""
    if at >= len(words) or words[at].low not in {"of", "from", "in"}:
        return at
    for index in range(at + 1, min(at + 7, len(words) - 1)):
        if words[index].low in _JOINTS:
            after = index + 1
            while after < len(words) and words[after].low in _JOINTS:
                after += 1
            following = by_start.get(after)
            whole = following is not None and following.counted and following.kind == "people"
            if not whole or following is None or _has_own_verb(words, following):
                return at
            return index
        if _is_verbal(words[index]) or not words[index].low[0].isalnum():
            return at
    return at


def _without_new_clause(
    words: Sequence[Word], parts: list[Mention], separators: list[str]
) -> list[Mention]:
    """Leave out what begins a clause of its own: "…, and five others were injured"."""
    for number in range(1, len(parts)):
        if separators[number - 1] == "and" and number + 1 < len(parts):
            continue
        if _has_own_verb(words, parts[number]) and separators[number - 1] != "and":
            return parts[:number]
        if parts[number].others or (
            separators[number - 1] == "and" and parts[number].kind == "bare"
        ):
            return parts[:number]
    return parts


def _has_own_verb(words: Sequence[Word], mention: Mention) -> bool:
    for word in words[mention.reach : mention.reach + 2]:
        senses = word.senses
        if (
            "be" in senses
            or "act" in senses
            or "undergo" in senses
            or "suffer" in senses
            or "people" in senses
        ):
            return True
        if "adverbs" not in senses:
            return False
    return False


def _parent(words: Sequence[Word], mentions: Sequence[Mention], at: int) -> Mention | None:
    for mention in reversed(mentions):
        if mention.start >= at or mention.part:
            continue
        if at - mention.end > _REACH:
            return None
        whole = mention.counted and mention.kind != "thing" and not mention.of_them
        if whole and (mention.number is not None or words[at].low == "("):
            return mention
    return None


def _adjoins(words: Sequence[Word], parent: Mention | None, at: int) -> bool:
    if parent is None:
        return False
    between = words[parent.end : at]
    return all(
        "act" in w.senses
        or "state" in w.senses
        or "adverbs" in w.senses
        or "be" in w.senses
        or "undergo" in w.senses
        for w in between
    )


def _of_uncounted(words: Sequence[Word], mentions: Sequence[Mention], at: int) -> bool:
    """Whether the whole has no figure: "stormed by terrorists, among them a woman"."""
    before = at - 1 if at and words[at - 1].low == "," else at
    whole = next((m for m in mentions if m.reach == before), None)
    return (
        whole is not None and not whole.counted and whole.group == "militants"
        and any(m.counted and m.end < whole.start for m in mentions)
    )  # fmt: skip


def _apposed(
    words: Sequence[Word], mentions: Sequence[Mention], by_start: dict[int, Mention], at: int
) -> list[Mention]:
    """Read "two persons, a driver and a cleaner, were killed": parts that make up the total."""
    if at + 1 not in by_start:
        return []
    total = next((m for m in mentions if m.counted and m.reach == at), None)
    if total is None or total.low is None or total.low < _PAIR or total.kind == "thing":
        return []
    parts, end, _ = _chain(words, by_start, at + 1)
    whole = len(parts) >= _PAIR and all(m.counted and m.kind == "people" for m in parts)
    closed = end < len(words) and words[end].low == ","
    return parts if whole and closed and sum(m.low or 0 for m in parts) == total.low else []


_PAIR = 2


def take_apposed_groups(  # noqa: PLR0912
    words: Sequence[Word], mentions: Sequence[Mention]
) -> None:
    """Let people take the group of what they are said to be: "nine people, all of them miners"."""
    starts = {m.start: m for m in mentions}
    for mention in mentions:
        at = mention.reach
        if not (mention.counted and at + 2 < len(words) and words[at].low in _APPOSES):
            continue
        if mention.kind not in {"people", "bare"}:
            continue
        at += 1
        again = starts.get(at)
        if (
            again is not None
            and words[at].low in {"both", "all three"}
            and mention.low == again.low
        ):
            if again.group in {"security_forces", "police", "children"}:
                mention.group = again.group
            again.counted = False  # "two brothers, both students, were taken away"
        if mention.group not in {None, "total", "men"}:
            continue
        if mention.low == 1 and mention.number is not None:
            apposed = starts.get(at)  # "one of the victims, a student, died"
            whole = apposed is not None and apposed.number is None and apposed.low == 1
            if not whole or apposed is None or words[apposed.start].low not in {"a", "an"}:
                continue
            if apposed.reach >= len(words) or words[apposed.reach].low != ",":
                continue
            apposed.counted = False
        else:
            told = at
            while told < len(words) and words[told].low in _ALL:
                told += 1
            found = starts.get(told) or starts.get(at)
            if told == at and (found is None or words[at].low not in {"all", "both"}):
                continue
            apposed = found
        if apposed is not None and apposed.group not in {None, "total", "men"}:
            mention.group, mention.kind = apposed.group, "people"


_APPOSES = frozenset({",", "–", "—", "-"})
_ALL = frozenset({"all", "both", "of", "them", "whom", "mostly local", "were", "are"})


def _share_parts(words: Sequence[Word], mentions: Sequence[Mention], part: Mention) -> None:
    """Read "12 of them soldiers and eight civilians"."""
    starts = {m.start: m for m in mentions}
    at = part.reach
    while at < len(words) and words[at].low in {",", "and"}:
        while at < len(words) and words[at].low in {",", "and"}:
            at += 1
        more = starts.get(at)
        if more is None or more.number is None or more.kind != "people" or more.others:
            return
        if more.group in {None, "total"} or _has_own_verb(words, more):
            return
        more.part, more.parent = True, part.parent
        at = more.reach


def _mark_partitives(words: Sequence[Word], mentions: Sequence[Mention]) -> None:
    previous: Mention | None = None
    for mention in mentions:
        if not mention.counted:
            continue
        before = words[mention.start - 2 : mention.start] if mention.start > 1 else ()
        whom = (
            len(before) == 2
            and before[0].low in {"of", "among"}
            and before[1].low in {"whom", "which", "them", "these"}
        )
        if (mention.of_them or whom) and mention.of_people is None:
            mention.of_them = True
            if mention.start > 1 and words[mention.start - 1].low == ",":
                mention.of_people = words[mention.start - 2].senses.get("people")
            elif whom and mention.start > 3 and words[mention.start - 3].low == ",":
                mention.of_people = words[mention.start - 4].senses.get("people")
            if mention.parent is None:
                mention.parent = previous
            mention.part = mention.parent is not None
            if mention.part and mention.group is not None:
                _share_parts(words, mentions, mention)
        elif not mention.part and mention.kind != "thing":
            previous = mention
