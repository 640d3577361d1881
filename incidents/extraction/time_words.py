"""How times are written in a text, and which of them a figure is told with."""

from __future__ import annotations

import calendar
import re
import tomllib
from collections.abc import Iterator, Sequence
from datetime import date
from importlib.resources import files
from typing import NamedTuple

import ahocorasick

from incidents.model import Scope

MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if number}
MONTHS |= {name.lower(): number for number, name in enumerate(calendar.month_abbr) if number} | {
    "sept": 9
}
_TABLE = tomllib.loads((files("incidents") / "data" / "times.toml").read_text("utf-8"))


def _filled(pattern: str) -> str:
    for name in ("month", "day", "n", "unit"):
        pattern = pattern.replace(f"<{name}>", _TABLE[name])
    return pattern


PATTERNS = tuple((name, _filled(pattern)) for name, pattern in _TABLE["patterns"].items())
_TIME = re.compile(r"\b(?:" + "|".join(f"(?P<{name}>{p})" for name, p in PATTERNS) + ")")
# The expression is tried only around these: most of a text speaks of no time.
_TRIGGERS = (
    "day", "night", "month", "year", "week", "hour", "period", "recent", "decade", "morning", "similar",
    "afternoon", "evening", "quarter", "half of", "since", "so far", *"0123456789",
    *(m for m in MONTHS if m != "may"), "may ", "may,", "may.", "may)", "may:",
)  # fmt: skip
_BEFORE, _AFTER = 40, 48


def _automaton() -> ahocorasick.Automaton:
    automaton = ahocorasick.Automaton()
    for trigger in _TRIGGERS:
        automaton.add_word(trigger, True)
    automaton.make_automaton()
    return automaton


_TRIGGER = _automaton()


HISTORY = re.compile(_TABLE["history"], re.IGNORECASE)
SUM_LINE = re.compile(_TABLE["sum_line"], re.IGNORECASE)
SUMMED = re.compile(_TABLE["summed"], re.IGNORECASE)
SUMMED_UP = re.compile(_TABLE["summed_up"], re.IGNORECASE)
TALLIED = re.compile(_TABLE["tallied"], re.IGNORECASE)
ANALYTIC = re.compile(_TABLE["analytic"], re.IGNORECASE)
_SPANS = frozenset({"lastspan", "period", "inspan", "since", "overyear", "quarter", "between"})


class When(NamedTuple):
    """The days a claim speaks of; None where the text leaves them open."""

    start: date | None
    end: date | None
    prec: int | None
    scope: Scope


class Ref(NamedTuple):
    """A time named in a text: its position, the name of its pattern, its days."""

    at: int
    end: int
    kind: str
    when: When


def matches(sentence: str) -> Iterator[re.Match[str]]:
    """Yield the times in a sentence in plain form."""
    low = high = 0
    for at, _ in _TRIGGER.iter(sentence):
        if at - _BEFORE > high:
            yield from _TIME.finditer(sentence, _word_start(sentence, low), high)
            low = at - _BEFORE
        high = at + _AFTER
    if high > low:
        yield from _TIME.finditer(sentence, _word_start(sentence, low), high)


def _word_start(text: str, at: int) -> int:
    while at > 0 and text[at - 1].isalnum():
        at -= 1
    return at


def is_modal(match: re.Match[str], text: str, start: int) -> bool:
    """Whether a "may" in a match is the verb, not the month."""
    at = match[0].find("may")
    return at >= 0 and text[start + match.start() + at] == "m"


def joined(refs: list[Ref]) -> list[Ref]:
    """Read "Saturday, January 31" and "Saturday (Jan 31)" as one, the full date."""
    kept: list[Ref] = []
    for ref in refs:
        if (
            kept
            and kept[-1].kind == "weekday"
            and ref.kind in {"monthday", "daymonth"}
            and ref.at - kept[-1].end <= 3
        ):
            ref = ref._replace(at=kept[-1].at)  # noqa: PLW2901
            kept.pop()
        kept.append(ref)
    return kept


_TOO_FAR = 150
_CLAUSE = re.compile(_TABLE["clause"])


SAID_ON = re.compile(_TABLE["said_on"])
_EARLIER_FATE = re.compile(_TABLE["earlier_fate"])


def governing(refs: Sequence[Ref], text: str, at: int, sentence: tuple[int, int]) -> Ref | None:
    """The time that a claim is told with: the nearest, not across the border of a clause."""
    best: tuple[float, Ref] | None = None
    for ref in refs:
        before = ref.end <= at
        if ref.kind == "dayafter":
            # "… came a day after the military said it had killed 41": what follows is earlier.
            if not before:
                continue
            distance = 1.0
        else:
            if ref.kind == "weekday" and SAID_ON.search(
                text, max(sentence[0], ref.at - 40), ref.at
            ):
                continue  # the day of the statement, not of the event
            gap = (at - ref.end) if before else (ref.at - at)
            distance = float(gap) + (0 if before else 8)
            low, high = (ref.end, at) if before else (at, ref.at)
            if not before and _EARLIER_FATE.search(text, low, high):
                continue
            if not before and gap > _TOO_FAR and ref.when.scope == "background":
                continue  # history told later in a long sentence
            if ref.kind in _SPANS and "," not in text[low:high]:
                distance *= 0.3
            distance += 60 * len(_CLAUSE.findall(text, low, high))
            if before and ref.at - sentence[0] <= 12:
                distance = min(distance, 60.0 + 40 * text.count(";", low, high))
        if best is None or distance < best[0]:
            best = (distance, ref)
    return best[1] if best is not None else None
