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
_HEAD = 4  # words of a speaker named before a colon
_LONG_QUOTE = 40  # characters; shorter ones are single words or phrases in quotation marks
_SAY_NOW = frozenset(
    {
        "say",
        "add",
        "tell",
        "confirm",
        "believe",
        "report",
        "claim",
        "estimate",
        "admit",
        "speak of",
        "insist",
        "allege",
        "acknowledge",
        "maintain",
        "deny",
    }
)
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
            saying = _also_said(words, at, found) or _saying(words, at, memory)
            if saying is not None:
                found.append(saying)
        if found:
            memory.last = found[-1].speaker
    if not found and (trailing := _trailing_source(reading, memory)) is not None:
        found.append(trailing)
    if not found and (headed := _after_colon(reading, memory)) is not None:
        found.append(headed)
    if found:
        memory.last = found[-1].speaker
    memory.org = _organisation(words) or memory.org
    return found


def _also_said(words: Sequence[Word], at: int, found: Sequence[Saying]) -> Saying | None:
    """Read "claimed responsibility in a statement and said its fighters …": the same speaker."""
    before = at - 1
    while before > 0 and ("adverbs" in words[before].senses or words[before].low == "also"):
        before -= 1
    if not found or before < 1 or words[before].low not in {"and", "but"}:
        return None
    return Saying(words[at].start, _past_audience(words, at), found[-1].speaker, True)


def _trailing_source(reading: Reading, memory: Memory) -> Saying | None:
    """Read a ticker's "6 injured in blast, rescue sources", "4 held, says DPO"."""
    words = reading.words
    if not reading.links or len(words) < _TAIL:
        return None
    ends = len(words) - (words[-1].low == ".")
    comma = next(
        (i for i in range(ends - 1, max(0, ends - _TAIL), -1) if words[i].low == ","), None
    )
    if comma is None or any(k.mention.start > comma for k in reading.links):
        return None
    tail = words[comma + 1 : ends]
    if any("numeral" in w.senses or w.low[0].isdigit() for w in tail):
        return None
    known = [w for w in tail if "claimant" in w.senses or "say" in w.senses]
    if not known or "claimant" not in tail[-1].senses:
        return None
    speaker = _speaker(words, comma + 1, ends, memory)
    return None if speaker is None else Saying(words[comma].start, words[-1].end, speaker, False)


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
    first = marks[0]
    opened = 0
    if words[0].low[0].isdigit() and first <= 2 and len(marks) > 1:
        opened, first = first + 1, marks[1]  # the hour of a ticker's line
    head = words[opened:first]
    named = [w for w in head if w.low != "'s"]
    if 0 < len(named) <= _HEAD and all(
        "claimant" in w.senses for w in (named if len(named) <= 3 else named[-1:])
    ):
        speaker = _speaker(words, opened, first, memory)
        if speaker is not None:
            return Saying(words[opened].start, words[first].end, speaker, True)
    return None


def _opens_source(words: Sequence[Word], at: int) -> bool:
    """Whether a hyphen names the source, as in "Blast kills 6 -police", "… kills 6 - police"."""
    after = words[at + 1] if at + 1 < len(words) else None
    if after is None or not at or words[at - 1].end == words[at].start:
        return False
    last = all("claimant" in w.senses for w in words[at + 1 :])
    return last or words[at].start == after.start - 1


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
    if left >= 0 and ("be" in words[left].senses or "determiners" in words[left].senses):
        return None  # "were told", "the alleged disappearance"
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
        if words[begin].low in {"no", "neither", "none", "nobody"}:
            return None  # "no group claimed responsibility"
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
        if speaker is None or _is_aside(words, left):
            begin = _before_aside(words, left)
            speaker = (_speaker(words, begin, left, memory) if begin < left else None) or speaker
        aside = _is_aside(words, left) and not any(
            "claimant" in w.senses for w in words[at + 1 : at + 4]
        )
        if speaker is not None and not (
            (following.text[:1].isupper() and "outlet" not in following.senses)
            or "claimant" in following.senses
            or ("determiners" in following.senses and not aside)
        ):
            return Saying(words[begin].start, _past_audience(words, at), speaker, True)
    if inverted and end > at + 1:
        speaker = _speaker(words, at + 1, end, memory)
        if speaker is not None:
            return Saying(word.start, words[end - 1].end, speaker, False)
    return None


def _aside(words: Sequence[Word], comma: int) -> int | None:
    """Where ", in a message on Telegram," or ", the strongest of the groups," opens."""
    for at in range(comma - 1, max(0, comma - _WINDOW), -1):
        if words[at].low == ",":
            return at
        if "say" in words[at].senses or words[at].low in {".", ";", ":"}:
            return None
    return None


def _is_aside(words: Sequence[Word], comma: int) -> bool:
    opens = _aside(words, comma)
    if opens is None:
        return False
    first = words[opens + 1]
    return "prepositions" in first.senses or first.low in {"speaking", "addressing", "quoting"}


def _before_aside(words: Sequence[Word], comma: int) -> int:
    """First word of the speaker before an aside; the comma itself if there is none."""
    opens = _aside(words, comma)
    if not opens:
        return comma
    begin = opens - 1
    while begin > 0 and opens - begin < _WINDOW:
        before = words[begin - 1]
        if before.low in _QUOTES or before.low in {";", ":", ".", ","} or "say" in before.senses:
            break
        begin -= 1
    return begin


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
    kinds = [
        w.senses["claimant"] for w in span
        if "claimant" in w.senses and (w.low != "who" or w.text.isupper())
    ]  # fmt: skip
    names = [
        w
        for w in span
        if w.text[:1].isupper() and "claimant" not in w.senses and w.low[0].isalpha()
    ]
    kind = _kind(kinds, span)
    if kind is None and (told := _by_trade(span, memory)) is not None:
        return told
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


def _by_trade(span: Sequence[Word], memory: Memory) -> Speaker | None:
    """A fisherman who speaks is a witness; a bare name may be the official's told of before."""
    trade = next((w for w in span if w.senses.get("group", ("",))[0] in _CIVIL), None)
    if trade is not None:
        return Speaker(trade.text, _slug(trade.text), "witness")
    names = [w for w in span if w.text[:1].isupper() and w.low[0].isalpha() and not w.senses]
    unnamed = memory.last is not None and not any(c.isupper() for c in memory.last.claimant[1:])
    official = memory.last is not None and memory.last.claimant_type in {"state", "hospital"}
    known = any(w.low in memory.offices for w in names)
    if len(names) == len(span) and len(span) >= 2 and unnamed and official and not known:
        return memory.last
    return None


_CIVIL = frozenset({"civilians", "men", "women"})


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
        if word.low == "who" and not word.text.isupper():
            continue
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
