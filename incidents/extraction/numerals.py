"""Figures in words and digits, with their qualifiers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from incidents.extraction.words import Word
from incidents.model import Qualifier

_DIGITS = re.compile(r"\d+(?:,\d{2,3})*$")
_RANGE = re.compile(r"(\d{1,4})-(\d{1,4})$")
_CURRENCY_SIGNS = frozenset("$€£₨¥")
_MAX_PEOPLE = 1_000_000
_YEARS = range(1900, 2101)


class Figure(NamedTuple):
    """A number as printed. `low` is None where a word such as "several" gives none."""

    low: int | None
    high: int | None
    qualifier: Qualifier
    first: int
    """Index of its first word, the qualifier's if there is one."""
    number: int
    """Index of the number's own first word."""
    end: int
    """Index after its last word."""


class NumberWords(NamedTuple):
    """The vocabulary's number words."""

    units: dict[str, int]
    tens: dict[str, int]
    scales: dict[str, int]
    several: dict[str, int]
    """Nouns that say how many: a duo, a trio."""
    large: dict[str, int]

    def small(self) -> frozenset[str]:
        """Return the numbers below a hundred in one word: two, twenty, twenty-two."""
        joined = (f"{ten}-{one}" for ten in self.tens for one, n in self.units.items() if n < 10)
        return frozenset((*self.units, *self.tens, *joined))


def read_figure(  # noqa: PLR0912
    words: Sequence[Word], at: int, numbers: NumberWords
) -> Figure | None:
    """Return the figure that begins at a word, qualifier included, or None.

    Dates, sums of money, percentages, ages, times and numbered things are not figures.
    """
    start = at
    qualifier: Qualifier | None = None
    while at < len(words) and (kind := words[at].senses.get("qualifier")) and kind not in _ZERO:
        if kind != "exact" or qualifier is None:
            qualifier = kind if kind != "exact" else (qualifier or "exact")
        at += 1
        if at - start > 4:
            return None
    if at >= len(words):
        return None
    vague = words[at].senses.get("vague")
    if vague is not None:
        return _vague(words, start, at, vague, qualifier)
    low, end = _value(words, at, numbers)
    if low is None or low > _MAX_PEOPLE or not _counts_something(words, start, at, end, low):
        return None
    high = low
    spread = _RANGE.match(words[at].low)
    if spread is not None:
        low, high = int(spread[1]), int(spread[2])
        if not low < high:
            return None
        qualifier = qualifier if qualifier not in {None, "exact"} else "about"
    elif (
        end < len(words)
        and words[end].low in _RANGE_WORDS
        and not (start and words[start - 1].low == "from")
    ):
        other, other_end = _value(words, end + 1, numbers) if end + 1 < len(words) else (None, end)
        between = words[end].low != "and" or (start > 0 and words[start - 1].low == "between")
        if (
            other is not None
            and low < other <= 2 * low + 10
            and between
            and other_end <= len(words)
        ) and _counts_something(words, end, end + 1, other_end, other):
            high, end = other, other_end
            qualifier = qualifier if qualifier not in {None, "exact"} else "about"
    if words[at].low.endswith(("-odd", "-plus")):
        qualifier = "about" if words[at].low.endswith("-odd") else "at_least"
    if (
        end + 2 < len(words)
        and words[end].low == "("
        and words[end + 2].low == ")"
        and _again(words[end + 1].low, low, numbers)
    ):
        end += 3  # "two (2) persons", "3 (three) labourers"
    if end < len(words) and words[end].low == "+" and words[end].start == words[end - 1].end:
        end, qualifier = end + 1, "at_least"  # "40+"
    upper = high if qualifier in {None, "exact", "about", "up_to"} else None
    return Figure(low, upper, qualifier or "exact", start, at, end)


_RANGE_WORDS = frozenset({"to", "or", "-", "–", "and"})
# After "a couple" that is a man and his wife.
_PEOPLE_FOLLOW = frozenset({"be", "act", "undergo", "conjunctions", "prepositions", "have"})
_ZERO = frozenset({"none", "nobody"})
_NEEDS_OF = frozenset(
    {
        "a number",
        "a couple",
        "a pair",
        "a handful",
        "a trio",
        "a large number",
        "a small number",
        "a good number",
        "a great number",
        "a significant number",
        "an unspecified number",
        "an unknown number",
        "an undisclosed number",
    }
)


def _again(low: str, value: int, numbers: NumberWords) -> bool:
    return low.lstrip("0") == str(value) or _small(low, numbers) == value


def _vague(
    words: Sequence[Word],
    start: int,
    at: int,
    vague: tuple[Qualifier, int],
    before: Qualifier | None,
) -> Figure | None:
    qualifier, count = vague
    if words[at].low in _NEEDS_OF and not (at + 1 < len(words) and words[at + 1].low == "of"):
        is_pair = words[at].low == "a couple" and at + 1 < len(words)
        if not (is_pair and not _PEOPLE_FOLLOW.isdisjoint(words[at + 1].senses)):
            return None
    low = count if count >= 0 else None
    if qualifier == "exact" and before not in {None, "exact"}:
        qualifier = before or qualifier
    high = low if qualifier in {"exact", "about", "up_to"} else None
    return Figure(low, high, qualifier, start, at, at + 1)


def _value(  # noqa: PLR0911
    words: Sequence[Word], at: int, numbers: NumberWords
) -> tuple[int | None, int]:
    """Value and end of the number at a word, without its qualifier."""
    low = words[at].low
    for ending in ("-odd", "-plus"):
        if low.endswith(ending):
            low = low.removesuffix(ending)
            spelled = numbers.units.get(low, numbers.tens.get(low))
            return (int(low) if low.isdecimal() and len(low) < 9 else spelled), at + 1
    if _DIGITS.match(low):
        if len(low) > 9:
            return None, at
        value = int(low.replace(",", ""))
        at += 1
        if at < len(words) and words[at].low in numbers.large:
            return value * numbers.large[words[at].low], at + 1
        if at < len(words) and words[at].low in {"hundred", "thousand", "dozen"}:
            return value * numbers.scales[words[at].low], at + 1
        return value, at
    if spread := _RANGE.match(low):
        return int(spread[1]), at + 1
    return _spelled(words, at, numbers)


def _spelled(words: Sequence[Word], at: int, numbers: NumberWords) -> tuple[int | None, int]:
    total, current, end, joined = 0, None, at, False
    while end < len(words):
        low = words[end].low
        small = _small(low, numbers)
        if small is not None:
            if current is None:
                current = small
            elif (
                (current % 100 == 0 and current and joined)
                or (current % 10 == 0 and current % 100 >= 20 and small < 10)
                or (current % 100 == 0 and current)
            ):
                current += small
            else:
                break
        elif low in numbers.scales and current is not None and low != "score":
            current *= numbers.scales[low]
            if numbers.scales[low] == 1000:
                total, current = total + current, 0
        elif low in numbers.large and current is not None:
            total, current = total + current * numbers.large[low], 0
        elif low == "and" and current and current % 100 == 0 and end + 1 < len(words):
            following = _small(words[end + 1].low, numbers)
            if following is None or words[end - 1].low not in {"hundred", "thousand"}:
                break
            joined = True
        else:
            break
        end += 1
    return (None, at) if current is None else (total + current, end)


def _small(low: str, numbers: NumberWords) -> int | None:
    value = numbers.units.get(low, numbers.tens.get(low))
    if value is None and "-" in low:
        tens, _, unit = low.partition("-")
        if tens in numbers.tens and 0 < numbers.units.get(unit, 0) < 10:
            return numbers.tens[tens] + numbers.units[unit]
    return value


def _counts_something(  # noqa: PLR0911
    words: Sequence[Word], start: int, at: int, end: int, value: int
) -> bool:
    before = words[start - 1] if start else None
    before_number = words[at - 1] if at else None
    after = words[end] if end < len(words) else None
    in_digits = words[at].low[0].isdigit()
    for word in (before, before_number):
        if word is None:
            continue
        if word.low in _CURRENCY_SIGNS or "currency" in word.senses:
            return False
        if "numbered" in word.senses and (in_digits or word.low in {"aged", "age", "ages"}):
            return False
        joined = word.low == "+" and word.end == words[start].start  # "+92"
        if (
            joined
            or word.low in {"№", "#"}
            or (word.low == "/" and not _parts_counts(words, start))
        ):
            return False
    if after is not None:
        if "after_number" in after.senses or after.low in _CURRENCY_SIGNS:
            return False
        if after.low == "/" and end + 1 < len(words) and words[end + 1].low in {"-", "="}:
            return False  # "Rs 45,000/-"
        if after.low in {"/", "."} and end + 1 < len(words) and words[end + 1].low[:1].isdigit():
            return words[end].end != words[end + 1].start
    return not in_digits or not _is_date(words, start, at, end, value)


def _parts_counts(words: Sequence[Word], at: int) -> bool:
    """Whether a stroke before a word parts counts: "1 killed/3 injured"."""
    if at < 2:
        return False
    before = words[at - 2].senses
    return "act" in before or "people" in before or "state" in before or "group" in before


def _is_date(words: Sequence[Word], start: int, at: int, end: int, value: int) -> bool:  # noqa: PLR0911
    before = words[at - 1] if at else None
    after = words[end] if end < len(words) else None
    if value in _YEARS and before is not None and before.low in {"in", "since", "during"}:
        return True
    if (
        value in _YEARS
        and "," not in words[at].low
        and (after is None or "group" not in after.senses)
    ):
        return True
    if value > 31:
        return False
    if after is not None and "months" in after.senses and after.text[:1].isupper():
        return True
    if after is not None and after.low in {"to", "and", "-", "–", "/", "or"}:
        # 10 to 11 October, 25 and 26 August
        for later in range(end + 1, min(end + 3, len(words))):
            if "months" in words[later].senses and words[later].text[:1].isupper():
                return True
    if before is None or start != at:
        return False
    if "months" in before.senses and before.text[:1].isupper():
        # "May 12": but "In May 12 people were killed" counts people.
        return after is None or not ("group" in after.senses or "generic" in after.senses)
    if before.low in {"and", "to", "-", "–", "/"} and at >= 3:
        earlier = words[at - 3]
        return (
            "months" in earlier.senses
            and words[at - 2].low.isdigit()
            and earlier.text[:1].isupper()
            and (after is None or not ("group" in after.senses or "generic" in after.senses))
        )
    return False
