"""Who says it: the speaker of each claim."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from incidents.extraction.reading import Reading
from incidents.extraction.words import Word
from incidents.model import ClaimantType
from incidents.sentences import Span

_WINDOW = 16
_TAIL = 6  # words of a speaker named after a colon
_LONG_QUOTE = 40  # characters; shorter ones are single words or phrases in quotation marks
_SAY_NOW = frozenset({"say", "add", "tell", "confirm", "believe", "report", "claim", "estimate"})
_STATE_BODIES = frozenset({
    "department", "ministry", "military", "army", "government", "force", "police", "corps",
})  # fmt: skip
_ARMED_BODIES = frozenset({"group", "outfit", "organisation", "organization", "rebels"})
_SPECIFIC: tuple[ClaimantType, ...] = (
    "armed_group",
    "un_ngo",
    "hospital",
    "state",
    "witness",
    "media",
    "unknown",
)
_QUOTES = frozenset('“”"«»„')
_SLUG = re.compile(r"[^a-z0-9]+")
_NOT_SPOKEN = frozenset(
    {
        "reported",
        "recorded",
        "documented",
        "confirmed",
        "noted",
        "put",
        "quoted",
        "stated",
        "posted",
        "estimated",
        "wrote",
        "recalled",
    }
)


class Speaker(NamedTuple):
    """A claimant as shown, with its identity and kind."""

    claimant: str
    claimant_id: str
    claimant_type: ClaimantType


UNATTRIBUTED = Speaker("unattributed", "unattributed", "media")


class Saying(NamedTuple):
    """Where in a sentence somebody is said to say something, as positions in the text."""

    start: int
    end: int
    speaker: Speaker
    follows: bool
    """Whether what is said can stand after the verb ("police said that …")."""


@dataclass
class Memory:
    """Speakers so far: the last one, and the offices of the people named."""

    last: Speaker | None = None
    org: ClaimantType | None = None
    """What the organisation named last is, for "a spokesman said"."""
    offices: dict[str, Speaker] = field(default_factory=dict)


def sayings_of(reading: Reading, memory: Memory) -> list[Saying]:
    """Return who speaks in a sentence, and remember them."""
    found: list[Saying] = []
    words = reading.words
    for at, word in enumerate(words):
        senses = word.senses
        if not senses:
            continue
        if "said_by" in senses:
            end = _right_end(words, at + 1)
            speaker = _speaker(words, at + 1, end, memory)
            if speaker is not None:
                found.append(Saying(word.start, words[end - 1].end, speaker, at < 3))
        elif "say" in senses and (senses["say"] != "base" or _say_now(words, at)):
            saying = _saying(words, at, memory)
            if saying is not None:
                found.append(saying)
    if not found and (headed := _after_colon(reading, memory)) is not None:
        found.append(headed)
    if found:
        memory.last = found[-1].speaker
    memory.org = _organisation(words) or memory.org
    return found


def _say_now(words: Sequence[Word], at: int) -> bool:
    """Whether a base form has a subject: "doctors say", not "to say", "the report"."""
    if not at or words[at].low not in _SAY_NOW:
        return False
    before = words[at - 1]
    return before.low != "to" and not {"modal", "negation", "qualifier"} & before.senses.keys()


def _after_colon(reading: Reading, memory: Memory) -> Saying | None:
    """Read a headline's "20 injured in blast: hospital sources", and "Police: two held"."""
    words = reading.words
    marks = [
        at
        for at, word in enumerate(words)
        if word.low in {":", "—", "–"} or (word.low == "-" and _opens_source(words, at))
    ]
    if not marks or not reading.links:
        return None
    last = marks[-1]
    tail = words[last + 1 :]
    told_after = any(k.mention.start > last for k in reading.links)
    if 0 < len(tail) <= _TAIL and not told_after and any("claimant" in w.senses for w in tail):
        speaker = _speaker(words, last + 1, len(words), memory)
        if speaker is not None:
            return Saying(words[last].start, words[-1].end, speaker, False)
    head = words[: marks[0]]
    if 0 < len(head) <= 3 and all("claimant" in w.senses for w in head):
        speaker = _speaker(words, 0, marks[0], memory)
        if speaker is not None:
            return Saying(words[0].start, words[marks[0]].end, speaker, True)
    return None


def _opens_source(words: Sequence[Word], at: int) -> bool:
    """Whether a hyphen names the source, as in "Blast kills 6 -police"."""
    after = words[at + 1] if at + 1 < len(words) else None
    return after is not None and at > 0 and words[at - 1].end < words[at].start == after.start - 1


def speaker_of(position: int, sayings: Sequence[Saying], quotes: Sequence[Span]) -> Speaker | None:
    """Return who says what stands at a position, by the sayings of its own sentence."""
    before = [s for s in sayings if s.follows and s.end <= position]
    after = [s for s in sayings if s.start >= position]
    if before and not _quote_closed(before[-1].end, position, quotes):
        return before[-1].speaker
    if after:
        return after[0].speaker
    told = before or [s for s in sayings if s.end <= position]
    return told[-1].speaker if told else None


def _quote_closed(start: int, end: int, quotes: Sequence[Span]) -> bool:
    first = bisect_right(quotes, start, key=lambda quote: quote.char_end)
    for quote in quotes[first : first + _WINDOW]:
        if quote.char_end >= end:
            return False
        if quote.char_end - quote.char_start > _LONG_QUOTE:
            return True
    return False


def _saying(words: Sequence[Word], at: int, memory: Memory) -> Saying | None:  # noqa: PLR0911, PLR0912
    left = at - 1
    while (
        left >= 0
        and (
            "adverbs" in words[left].senses
            or words[left].low in {"has", "have", "had", "further", "also", "later"}
        )
        and "be" not in words[left].senses
    ):
        left -= 1
    word = words[at]
    if left >= 0 and "be" in words[left].senses:
        return None
    following = words[at + 1] if at + 1 < len(words) else None
    if word.senses["say"] == "ing" and not (
        following is not None and following.low in {"that", "in", "the"}
    ):
        return None
    inverted = left < 0 or words[left].low == "," or words[left].low in _QUOTES
    if left >= 0 and words[left].low in {"he", "she", "they", "it", "who"}:
        if words[left].low == "who":
            return None
        if memory.last is None or (
            words[left].low == "it"
            and memory.last.claimant_type not in {"armed_group", "state", "un_ngo"}
        ):
            return None
        return Saying(words[left].start, word.end, memory.last, True)
    if not inverted:
        begin = _left_begin(words, left)
        speaker = _speaker(words, begin, left + 1, memory)
        if speaker is not None:
            return Saying(words[begin].start, _past_audience(words, at), speaker, True)
        if word.low in _NOT_SPOKEN:
            return None
    if following is None:
        return None
    end = _right_end(words, at + 1)
    if inverted and left >= 0 and words[left].low == ",":
        # "Sarfraz Bugti, the chief minister, said": the office stands before the comma.
        begin = _left_begin(words, left - 1, through_comma=True)
        speaker = _speaker(words, begin, left, memory)
        if speaker is not None and not (
            following.text[:1].isupper()
            or "claimant" in following.senses
            or "determiners" in following.senses
        ):
            return Saying(words[begin].start, _past_audience(words, at), speaker, True)
    if inverted and end > at + 1:
        speaker = _speaker(words, at + 1, end, memory)
        if speaker is not None:
            return Saying(word.start, words[end - 1].end, speaker, False)
    return None


def _past_audience(words: Sequence[Word], at: int) -> int:
    """End of "told AFP", "told reporters": what is said begins after it."""
    end = words[at].end
    for word in words[at + 1 : at + 4]:
        if "outlet" in word.senses or word.low in {
            "in",
            "a",
            "the",
            "statement",
            "news",
            "conference",
        }:
            end = word.end
        else:
            break
    return end


def _left_begin(words: Sequence[Word], at: int, through_comma: bool = False) -> int:
    begin = at
    commas = 0
    while begin > 0 and at - begin < _WINDOW:
        before = words[begin - 1]
        if before.low in _QUOTES or before.low in {";", ":", "—", "–", ".", "?", "!", "…", ")"}:
            break
        if "say" in before.senses or before.low in {
            "that",
            "but",
            "while",
            "although",
            "as",
            "when",
            "after",
        }:
            break
        if "act" in before.senses or ("be" in before.senses) or "undergo" in before.senses:
            break
        if before.low == ",":
            commas += 1
            if not through_comma or commas > 1:
                break
        begin -= 1
    return begin


def _right_end(words: Sequence[Word], at: int) -> int:
    end = at
    commas = 0
    while end < len(words) and end - at < _WINDOW:
        word = words[end]
        if word.low in _QUOTES or word.low in {";", ":", ".", "—", "–", "(", "…"}:
            break
        if word.low == ",":
            commas += 1
            ahead = words[end + 1 : end + 4]
            if commas > 1 or not any("claimant" in w.senses or "office" in w.senses for w in ahead):
                break
        if (
            "relatives" in word.senses
            or "say" in word.senses
            or word.low in {"as", "while", "when", "but", "after"}
        ):
            break
        end += 1
    return end


def _speaker(words: Sequence[Word], begin: int, end: int, memory: Memory) -> Speaker | None:
    span = words[begin:end]
    while span and (
        span[0].low in {",", "and", "meanwhile", "however", "later", "'s"}
        or "adverbs" in span[0].senses
    ):
        span = span[1:]
    while span and (span[-1].low in {",", "and"} or "adverbs" in span[-1].senses):
        span = span[:-1]
    if not span:
        return None
    kinds = [w.senses["claimant"] for w in span if "claimant" in w.senses]
    names = [
        w
        for w in span
        if w.text[:1].isupper() and "claimant" not in w.senses and w.low[0].isalpha()
    ]
    kind = _kind(kinds, span)
    if kind == "unknown" and any(w.low.startswith("spokes") for w in span):
        kind = _spoken_for(words, begin, span) or memory.org or kind
    if kind is None:
        return next(
            (memory.offices[w.low] for w in reversed(names) if w.low in memory.offices), None
        )
    has_office = any(
        "office" in w.senses
        or w.senses.get("claimant") in {"state", "armed_group", "un_ngo", "hospital"}
        for w in span
    )
    if kind == "witness" and not has_office:
        shown = next(w.text for w in span if w.senses.get("claimant") == "witness")
    else:
        shown = " ".join(w.text for w in span[:14])
        shown = re.sub(r" ([,.)’'](?:s\b)?|['’]s)", r"\1", shown).replace("( ", "(")
    if kind == "unknown" and span[0].low == "the" and memory.last is not None:
        return memory.last
    speaker = Speaker(shown[:200], _slug(shown), kind)
    if has_office:
        for name in names:
            memory.offices.setdefault(name.low, speaker)
    return speaker


def _spoken_for(words: Sequence[Word], begin: int, span: Sequence[Word]) -> ClaimantType | None:
    """Whose spokesman it is: told with it, or the first organisation of the sentence."""
    for word in span:
        if word.low in _STATE_BODIES:
            return "state"
        if word.low in _ARMED_BODIES:
            return "armed_group"
    return _organisation(words[:begin])


def _organisation(words: Sequence[Word]) -> ClaimantType | None:
    for word in words:
        found: ClaimantType | None = word.senses.get("claimant")
        if found in {"state", "armed_group", "un_ngo"} and word.text[:1].isupper():
            return found
    return None


def _kind(kinds: Sequence[ClaimantType], span: Sequence[Word]) -> ClaimantType | None:
    if not kinds:
        return None
    first = span[0].senses.get("claimant") or (
        span[1].senses.get("claimant") if len(span) > 1 else None
    )
    if first in {"state", "armed_group", "un_ngo", "hospital", "witness"} and not (
        set(kinds) & {"armed_group"}
    ):
        chosen: ClaimantType = first
        return chosen
    return next(kind for kind in _SPECIFIC if kind in kinds)


def _slug(text: str) -> str:
    return _SLUG.sub("-", text.lower()).strip("-")[:100] or "unattributed"
