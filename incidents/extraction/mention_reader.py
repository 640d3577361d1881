"""Reads the counted and uncounted people of a sentence."""

from __future__ import annotations

from collections.abc import Sequence

from incidents.extraction.mentions import Mention
from incidents.extraction.numerals import Figure, read_figure
from incidents.extraction.single_people import Singles
from incidents.extraction.victim_groups import ADULT, group_of
from incidents.extraction.words import Word

_DEFINITE = frozenset(
    {
        "the",
        "these",
        "those",
        "all",
        "all the",
        "both",
        "the other",
        "the remaining",
        "the first",
        "the last",
    }
)

_COUNTS = frozenset({"qualifier", "vague", "numeral", "adverbs"})
_POINTS = frozenset({"determiners", "qualifier", "group", "generic"})
_AGES = frozenset({"aged", "age", "ages"})
_ONES_BEFORE = frozenset({"earlier", "previous", "former", "latter"})
_PREPOSED = frozenset({"about", "around", "over", "above"})


def _near_people(words: Sequence[Word]) -> list[bool]:
    """Whether a word for people stands at each word or a few words after it."""
    near = [False] * len(words)
    reach = 0
    for at in range(len(words) - 1, -1, -1):
        senses = words[at].senses
        if "group" in senses or "generic" in senses:
            reach = _NEAR
        near[at] = reach > 0
        reach -= 1
    return near


def _is_owned(word: Word) -> bool:
    return word.low in {"his", "her", "their", "its", "our", "the", "of"}


_NEAR = 5  # words from the first of a phrase to its noun, in a phrase without article


class MentionReader(Singles):
    """Reads the people of a sentence."""

    def read(self, words: Sequence[Word], is_title: bool = False) -> list[Mention]:
        """Return the mentions of a sentence in order; they do not overlap."""
        mentions: list[Mention] = []
        at = 0
        peopled = _near_people(words)
        while at < len(words):
            word = words[at]
            found: Mention | None = None
            counts = not _COUNTS.isdisjoint(word.senses) or word.low == "between"
            if counts or not word.low.isalpha():
                found = self._counted(words, at) or self._as_many(words, at, mentions)
            if found is None and (peopled[at] or not _POINTS.isdisjoint(word.senses)):
                found = (
                    self._single(words, at, is_title)
                    or self._also_killed(words, at, mentions, is_title)
                    or self._uncounted(words, at)
                )
            if found is None:
                at += 1
                continue
            if found.start and words[found.start - 1].low == "'s" and found.number is None:
                self._take_owner(words, found, mentions)
            self._take_names(words, found)
            self._take_age(words, found)
            mentions.append(found)
            at = max(found.reach, at + 1)
        return mentions

    @staticmethod
    def _take_owner(words: Sequence[Word], found: Mention, before: list[Mention]) -> None:
        """Let "son" reach back over whose son it is: "the killing of a former minister's son"."""
        owner = before[-1] if before else None
        if owner is None or owner.counted or owner.end != found.start - 1 or found.self_noun:
            return
        start = owner.start
        while start and start > owner.start - 3 and "modifier" in words[start - 1].senses:
            start -= 1
        if start and words[start - 1].low in {"a", "an", "the"}:
            before.pop()
            found.start = start - 1

    @staticmethod
    def _also_killed(
        words: Sequence[Word], at: int, before: Sequence[Mention], is_title: bool
    ) -> Mention | None:
        """Read "his wife and daughter", a headline's "wife, brother-in-law"."""
        last = before[-1] if before else None
        if last is None or last.reach != at - 1 or words[at - 1].low not in {",", "and", "+", "&"}:
            return None
        if not last.counted or last.number is not None or last.kind != "people":
            return None
        if words[at].senses.get("group", ("", ""))[1] != "singular":
            return None
        after = words[at + 1] if at + 1 < len(words) else None
        if after is not None and after.low in {"was", "is", "has"}:
            return None  # "a poet and teacher was killed"
        joined = words[at - 1].low in {"+", "&"}
        owned = words[last.start].low in {"his", "her"} or is_title or joined
        if not owned or (after is not None and "not_people" in after.senses):
            return None
        mention = Mention(start=at, end=at + 1, low=1, high=1, head=at)
        mention.group = group_of(words, (), at)
        return mention

    def _counted(self, words: Sequence[Word], at: int) -> Mention | None:  # noqa: PLR0911
        word = words[at]
        senses = word.senses
        start = at
        if self._is_among_ages(words, at):
            return None
        if word.low in _PREPOSED and at + 1 < len(words) and words[at + 1].low in _DEFINITE:
            return None  # "information about the five men"
        if word.low == "between" and at + 3 < len(words):
            at += 1
            word, senses = words[at], words[at].senses
        if not (
            "qualifier" in senses or "vague" in senses or word.low[0].isdigit()
            or "numeral" in senses or word.low.partition("-")[0] in self._number_words
        ):  # fmt: skip
            return None
        if at and words[at - 1].low == "how" and "vague" in senses:
            return None  # "how many people were killed"
        figure = read_figure(words, at, self._numbers)
        if figure is None or self._is_idiom(words, figure):
            return None
        if start < at:
            aged = start and "numbered" in words[start - 1].senses
            if aged or figure.high is None or figure.high == figure.low:
                return None
            figure = figure._replace(first=start)
            at = start
        if self._is_age(words, figure):
            return None
        if at + 1 < len(words) and at == 0 and words[at + 1].low in {")", "."} and figure.end == 1:
            return None  # the number of a list's item
        mention = Mention(
            start=at, end=figure.end, low=figure.low, high=figure.high,
            qualifier=figure.qualifier, number=figure.number, kind="bare",
        )  # fmt: skip
        mention.definite = words[at].low in _DEFINITE
        mention.others = words[at].low in {"the other", "the remaining", "another"}
        self._read_head(words, mention)
        if mention.kind == "bare" and at and words[at - 1].low in _ONES_BEFORE:
            return None  # "in the earlier two, a man was killed"
        return mention

    @staticmethod
    def _take_age(words: Sequence[Word], mention: Mention) -> None:
        """Read "Shepherd (14)": a child."""
        at = mention.end
        if mention.low != 1 or mention.number is not None or at + 2 >= len(words):
            return
        if mention.group not in {"civilians", "men", "women", "total"}:
            return
        if words[at].low in {"(", ","} and words[at + 2].low in {")", ","}:
            age = words[at + 1].low
            if age.isdigit() and 0 < int(age) < ADULT:
                mention.group = "children"

    @staticmethod
    def _is_among_ages(words: Sequence[Word], at: int) -> bool:
        """Read "aged between 25 and 50", "aged four to 11"."""
        before = words[at - 1].low if at > 2 else ""
        if before == "between":
            return "numbered" in words[at - 2].senses
        if before in {"about", "around", "nearly"}:
            return words[at - 2].low in _AGES
        far = {w.low for w in words[max(0, at - 4) : at - 2]}
        return before in {"to", "and", "-", "–"} and not _AGES.isdisjoint(far)

    def _as_many(self, words: Sequence[Word], at: int, before: Sequence[Mention]) -> Mention | None:
        """Read "two soldiers and as many militants"."""
        if words[at].low != "as many" or not before or before[-1].number is None:
            return None
        told = before[-1]
        head = self._find_head(words, at + 1)
        mention = Mention(
            start=at, end=at + 1, low=told.low, high=told.high, qualifier=told.qualifier,
            number=at, kind="bare",
        )  # fmt: skip
        if head is not None and {"group", "generic"} & words[head[0]].senses.keys():
            self._set_head(words, mention, at + 1, *head)
            return mention
        told_apart = at and words[at - 1].low in {",", ";"} and at + 1 < len(words)
        return mention if told_apart and "people" in words[at + 1].senses else None

    @staticmethod
    def _is_idiom(words: Sequence[Word], figure: Figure) -> bool:
        if words[figure.number].low != "one":
            return False
        after = words[figure.end].low if figure.end < len(words) else ""
        before = words[figure.first - 1].low if figure.first else ""
        if before == "that" and figure.first > 1 and "say" in words[figure.first - 2].senses:
            return False  # "said that one Gul Khan was killed"
        if (
            before == "which"
            and figure.first > 1
            and "prepositions" in words[figure.first - 2].senses
        ):
            return False  # "firing in which one suspect was killed"
        return after in {"another", "after", "by", "way", "side", "hand", "day", "such"} or before in {
            "no", "any", "every", "this", "that", "which", "each", "another",
        }  # fmt: skip

    @staticmethod
    def _is_age(words: Sequence[Word], figure: Figure) -> bool:
        """Whether it is the age after a name: "Gul Jan, 32, was arrested"."""
        at, end = figure.first, figure.end
        if at > 1 and words[at - 1].low == "of" and at == figure.number and figure.low != 1:
            whose = words[at - 2].senses.get("group")
            closed = end >= len(words) or not words[end].low[0].isalnum() or words[end].low == "who"
            if whose is not None and whose[1] == "singular" and closed:
                return True  # "a girl of 12"
        return (
            at > 1
            and end < len(words)
            and words[at - 1].low == words[end].low == ","
            and words[at].low.isdigit()
            and (
                words[at - 2].text[:1].isupper()
                or words[at - 2].senses.get("group", ("", ""))[1] == "singular"
            )
        )

    def _read_head(self, words: Sequence[Word], mention: Mention) -> None:
        at = mention.end
        if at < len(words) and words[at].low == "of" and at + 1 < len(words):
            if self._partitive(words, mention, at + 1):
                return
            at += 2 if "determiners" in words[at + 1].senses else 1
        if at < len(words) and words[at].low in {"x", "×"}:
            at += 1
            mention.end = at
        if words[mention.start].low == "both" and at < len(words) and _is_owned(words[at]):
            at += 1
        while at < len(words) and words[at].low in {
            "more",
            "other",
            "others",
            "additional",
            "further",
            "fellow",
            "new",
        }:
            mention.others = True
            at += 1
        if mention.others:
            mention.end = at
        head = self._find_head(words, at)
        if head is None:
            return
        index, end = head
        self._set_head(words, mention, at, index, end)

    def _partitive(self, words: Sequence[Word], mention: Mention, at: int) -> bool:
        low = words[at].low
        if low in {"them", "whom", "those", "these", "us"}:
            mention.of_them, mention.end = True, at + 1
            following = words[at + 1] if at + 1 < len(words) else None
            if following is not None and "people" in following.senses and low == "those":
                mention.of_people = following.senses["people"]
                mention.end = at + 2
            elif following is not None and low == "those" and "act" in following.senses:
                mention.of_people = following.senses["act"].casualty_type
                mention.end = at + 2
            elif low in {"them", "whom"}:
                self._apposed_head(words, mention, at + 1)
            return True
        inner = at
        while inner < len(words) and (
            "determiners" in words[inner].senses or words[inner].senses.get("qualifier") == "exact"
        ):
            inner += 1
        if inner < len(words) and words[inner].low == "own" and inner > at:
            mention.of_them, mention.end = True, inner + 1
            return True
        if inner < len(words) and "people" in words[inner].senses:
            state = words[inner].senses["people"]
            head = self._find_head(words, inner + 1)
            has_head = head is not None and "group" in words[head[0]].senses
            if head is not None and has_head:
                self._set_head(words, mention, inner + 1, *head)
            if has_head or inner > at or words[inner].low.startswith("those "):
                mention.of_people, mention.of_them = state, True
                mention.end = max(mention.end, inner + 1)
                return True
        return False

    def _apposed_head(self, words: Sequence[Word], mention: Mention, at: int) -> None:
        if mention.low == 1 and at < len(words) and words[at].low in {"a", "an"}:
            at += 1  # "one of them a boy"
        head = self._find_head(words, at)
        if head is not None and "group" in words[head[0]].senses:
            self._set_head(words, mention, at, *head)
