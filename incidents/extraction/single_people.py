"""One person without a number: "a soldier", a headline's "Cop martyred", "Captain Ali"."""

from __future__ import annotations

from collections.abc import Sequence

from incidents.extraction.mention_heads import Heads
from incidents.extraction.mentions import Mention
from incidents.extraction.victim_groups import group_of, is_child, number_of
from incidents.extraction.words import QUOTES, Word
from incidents.model import VictimGroup

_NAMED = frozenset({"named", "called", "alias", "urf"})
_SMALL = frozenset({"one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"})
_RANKED = frozenset({"security_forces", "police", "officials"})
_LEAVES = frozenset({"leaves", "left", "leaving", "leave"})


class Singles(Heads):
    """Reads the people who stand without a figure."""

    def _single(  # noqa: PLR0911, PLR0912
        self, words: Sequence[Word], at: int, is_title: bool
    ) -> Mention | None:
        senses = words[at].senses
        start = at
        if "determiners" in senses or (words[at].low == "'s" and at):
            at += 1
            if at < len(words) and words[at].low in {"other", "same"}:
                at += 1
        elif (
            "qualifier" in senses
            and senses["qualifier"] == "exact"
            and words[at].low
            in {
                "another",
                "an additional",
                "the other",
                "yet another",
                "the",
                "the first",
                "the last",
            }
        ):
            at += 1
        elif not (self._opens_phrase(words, at) or self._follows_noun(words, at)):
            return None
        else:
            return self._untitled(words, at, is_title)
        if at >= len(words):
            return None
        if (ordinal := self._another_by_order(words, start, at)) is not None:
            return ordinal
        others = words[start].low in {"another", "the other", "yet another", "one other"}
        if (aged := self._aged(words, start, at)) is not None:
            return aged
        head = self._find_head(words, at)
        if head is None or not _is_single(words[head[0]]):
            unknown = self._unlisted_person(words, start, head)
            if unknown is not None:
                return unknown
            if others and (head is None or words[head[0]].low in {"person"}):
                return Mention(start=start, end=at, low=1, high=1, kind="bare", others=True)
            return None
        index, end = head
        if index > at + 5 or self._counts_what_follows(words, index, end):
            return None
        if words[start].low == "'s":
            start = at
        count = self._numbers.several.get(words[index].low, 1)
        mention = Mention(start=start, end=end, low=count, high=count, others=others)
        self._set_head(words, mention, at, index, end)
        mention.definite = words[start].low in {"the", "his", "her", "their", "this", "that", "'s"}
        self._of_owner(words, mention)
        if mention.kind != "people" or self._only_describes(words, mention):
            return None
        return mention

    @staticmethod
    def _aged(words: Sequence[Word], start: int, at: int) -> Mention | None:
        """Read "an eight-year-old was killed"."""
        told = is_child(words[at])
        if (
            not (told or words[at].low.endswith(("year-old", "year old")))
            or "group" in words[at].senses
        ):
            return None
        if "modifier" in words[at].senses:
            return None
        following = words[at + 1] if at + 1 < len(words) else None
        if following is not None and following.low[0].isalpha() and "stop" not in following.senses:
            return None
        group: VictimGroup = "children" if told else "total"
        return Mention(start=start, end=at + 1, low=1, high=1, group=group, head=at)

    @staticmethod
    def _of_owner(words: Sequence[Word], mention: Mention) -> None:
        """Read "the miner's body"."""
        at = mention.start
        if mention.self_noun and mention.group == "total" and at > 1 and words[at - 1].low == "'s":
            owner = words[at - 2].senses
            found = owner.get("group") or owner.get("generic")
            mention.group = found[0] if found is not None else mention.group

    def _counts_what_follows(self, words: Sequence[Word], index: int, end: int) -> bool:
        """Whether it is "the death of three persons": the people come after it."""
        if "noun_of" not in words[index].senses or end + 1 >= len(words):
            return False
        first = words[end + 1]
        counts = (
            "vague" in first.senses or first.low[0].isdigit() or first.low in self._number_words
        )
        counts |= first.senses.get("qualifier") in {"at_least", "more_than", "about", "up_to"}
        return words[end].low == "of" and counts

    @staticmethod
    def _another_by_order(words: Sequence[Word], start: int, at: int) -> Mention | None:
        """Read "a third lost his life", "wounded a fourth"."""
        if words[start].low not in {"a", "the"} or "ordinals" not in words[at].senses:
            return None
        following = words[at + 1] if at + 1 < len(words) else None
        if start and words[start - 1].low == "of":
            return None
        alone = following is None or (
            following.low not in {"of", "later", "time"}
            and (
                not following.low[0].isalnum()
                or any(
                    s in following.senses
                    for s in ("be", "have", "act", "undergo", "prepositions", "adverbs", "suffer")
                )
            )
        )
        if not alone:
            return None
        return Mention(start=start, end=at + 1, low=1, high=1, kind="bare", others=True, head=at)

    def _unlisted_person(
        self, words: Sequence[Word], start: int, head: tuple[int, int] | None
    ) -> Mention | None:
        """Read "killed a baker", "a baker was killed": only people are killed or abducted."""
        owned = words[start].low in {"his", "her"} and start > 0 and words[start - 1].low == "and"
        if not (words[start].low in {"a", "an"} or owned) or head is None:
            return None
        index, end = head
        if owned and "not_people" in words[index].senses:
            return None
        if words[index].senses or not words[index].low.isalpha() or words[index].text[:1].isupper():
            return None
        verb_before = start > 0 and self._befalls_people(words[start - 1])
        verb_after = (
            end + 1 < len(words)
            and "be" in words[end].senses
            and self._befalls_people(words[end + 1])
        )
        closes = (
            end >= len(words)
            or "prepositions" in words[end].senses
            or not words[end].low[0].isalnum()
            or words[end].low in {"and", "who"}
        )
        if not (
            verb_after or (verb_before and closes) or (owned and self._beside_act(words, start))
        ):
            return None
        return Mention(start=start, end=end, low=1, high=1, kind="unknown", head=index)

    def _beside_act(self, words: Sequence[Word], at: int) -> bool:
        """Read "killing the owner and his apprentice": a verb stands a few words before."""
        return any(self._befalls_people(w) for w in words[max(0, at - 5) : at])

    def _befalls_people(self, word: Word) -> bool:
        act = word.senses.get("act")
        return act is not None and act.lemma not in self._needs_people

    @staticmethod
    def _only_describes(words: Sequence[Word], mention: Mention) -> bool:
        """Whether the head only describes a noun after it, or owns it ("a soldier's house")."""
        if mention.end >= len(words):
            return False
        following = words[mention.end]
        if following.low == "'s":
            return True
        return "not_people" in following.senses or (
            "event" in following.senses and "act" not in following.senses
        )

    @staticmethod
    def _opens_phrase(words: Sequence[Word], at: int) -> bool:
        if at == 0:
            return True
        before = words[at - 1]
        if before.low in {"'s", ".", "'"} and at > 1 and before.low != ".":
            return False
        return (
            not before.low[0].isalnum()
            or "conjunctions" in before.senses
            or "prepositions" in before.senses
            or "act" in before.senses
            or "parts" in before.senses
            or "be" in before.senses
            or before.low in _LEAVES
        )

    @staticmethod
    def _follows_noun(words: Sequence[Word], at: int) -> bool:
        """Read "during this engagement Naik Riaz": a capital after a small letter."""
        rank = "title" in words[at].senses and words[at].text[:1].isupper()
        return rank and at > 0 and words[at - 1].text[:1].islower()

    def _untitled(self, words: Sequence[Word], at: int, is_title: bool) -> Mention | None:
        """Read a headline's "Soldier martyred" and a rank before a name."""
        head = self._find_head(words, at)
        if head is None or head[0] > at + 3 or not _is_single(words[head[0]]):
            return None
        index, end = head
        senses = words[index].senses
        following = words[end] if end < len(words) else None
        ranked = senses.get("group", ("", ""))[0] in _RANKED and words[index].text[:1].isupper()
        named = (
            ("title" in senses or (ranked and at > 0))
            and following is not None
            and following.text[:1].isupper()
            and (
                following.low[0].isalpha()
                and not any(stop in following.senses for stop in ("weekdays", "months", "say"))
            )
        )
        named = named or self._is_named_at_start(words, at, index, end)
        if not named and not self._is_terse(words, at, end, is_title):
            return None
        count = self._numbers.several.get(words[index].low, 1)
        mention = Mention(start=at, end=end, low=count, high=count)
        self._set_head(words, mention, at, index, end)
        if mention.kind != "people" or self._only_describes(words, mention):
            return None
        return mention

    @staticmethod
    def _is_named_at_start(words: Sequence[Word], at: int, index: int, end: int) -> bool:
        """Read "Tribal elder Mir Hassan and his sons" at the head of a sentence."""
        if end >= len(words) or not (at == 0 or words[at - 1].low in {":", "—", "–"}):
            return False
        following = words[end]
        names = following.text[:1].isupper() and following.low[0].isalpha() and not following.senses
        return names and words[index].senses.get("group", ("", ""))[1] == "singular"

    @staticmethod
    def _is_terse(words: Sequence[Word], at: int, end: int, is_title: bool) -> bool:  # noqa: PLR0911, PLR0912
        """Whether what follows a noun without article says what befell it."""
        if at and words[at - 1].low == "(" and end < len(words) and words[end].low in {")", ","}:
            return True
        if at > 1 and words[at - 1].low == "of":
            of_noun = is_title and "noun_of" in words[at - 2].senses
            if of_noun or words[at - 2].low in {"recovery", "discovery"}:
                return True
        found = end < len(words) and words[end].low in {"found", "recovered", "discovered"}
        if found and "counted" in words[end - 1].senses:
            return True
        if at and "parts" in words[at - 1].senses:
            return True
        if at and "prepositions" in words[at - 1].senses:
            return False
        before = words[at - 2 if at > 1 and words[at - 1].low in QUOTES else at - 1] if at else None
        verb_before = (
            before is not None
            and "act" in before.senses
            and not before.senses["act"].forms.isdisjoint({"s", "base", "past", "ing"})
        )
        if terse_condition(words, end):
            return True  # "SHO critical", "grandson in critical condition"
        if is_title and at and words[at - 1].low in _LEAVES and end < len(words):
            return "state" in words[end].senses or "people" in words[end].senses
        if end >= len(words):
            return verb_before
        if verb_before and (
            not words[end].low[0].isalnum() or words[end].low in {"and", "in", "near", "at"}
        ):
            return True
        if words[end].low == "among" and (at == 0 or words[at - 1].low == ":"):
            return True
        listed = words[end].low in {",", "and"} and (
            is_title or at == 0 or words[at - 1].low == ":"
        )
        if end < len(words) and words[end].low == "with" and _falls(words, end):
            return True  # "commander with Rs7m bounty killed"
        if end < len(words) and words[end].low == "(":
            close = _closing(words, end)
            end = close + 1 if close is not None else end  # "Shepherd (14) lost both legs"
        for word in words[end : end + (5 if listed else 2)]:
            senses = word.senses
            if "be" in senses and not is_title:
                return True
            if "act" in senses:
                labels = end + 1 < len(words) and words[end + 1].low == ":"
                return "participle" in senses["act"].forms and not labels
            if "undergo" in senses or "state" in senses or "people" in senses:
                return True
            if is_title and listed and word.low == "among":
                return True
            if listed and (
                word.low in {",", "and"} or "group" in senses or "determiners" in senses
            ):
                continue
            if (
                is_title
                and listed
                and (word.low.isdigit() or "vague" in senses or word.low in _SMALL)
            ):
                continue
            if "adverbs" not in senses and "be" not in senses and not word.low.endswith("ly"):
                return False
        return False

    def _uncounted(self, words: Sequence[Word], at: int) -> Mention | None:
        senses = words[at].senses
        if "group" not in senses and not ("generic" in senses and "plural" in number_of(words[at])):
            return None
        if (told := self._counted_after(words, at)) is not None:
            return told
        mention = Mention(start=at, end=at + 1, counted=False, head=at)
        mention.group = group_of(words, words[max(0, at - 3) : at], at)
        if words[at].low == "members":
            self._complement(words, mention)  # "eight were members of the security forces"
        return mention

    @staticmethod
    def _counted_after(words: Sequence[Word], at: int) -> Mention | None:
        """Read "truckers (x3)", "soldiers x 2", "Levies men (03)": the number follows."""
        if "plural" not in number_of(words[at]):
            return None
        rest = [w.low for w in words[at + 1 : at + 5]]
        opened = rest[:1] == ["("]
        inner = rest[1:] if opened else rest
        times = bool(inner) and inner[0][:1] in {"x", "×"}
        joined = times and inner[0][1:].isdecimal()
        if joined:
            told, used = inner[0][1:], 1
        elif times and len(inner[0]) == 1 and len(inner) > 1 and inner[1].isdecimal():
            told, used = inner[1], 2
        elif opened and inner and inner[0].isdecimal():
            told, used = inner[0], 1
        else:
            return None
        if opened and inner[used : used + 1] != [")"]:
            return None
        if not 0 < int(told) < 1000:
            return None
        end = at + 1 + used + (2 if opened else 0)
        number = end - 2 if opened else end - 1
        mention = Mention(start=at, end=end, low=int(told), high=int(told), number=number, head=at)
        mention.group = group_of(words, words[max(0, at - 3) : at], at)
        return mention

    @staticmethod
    def _take_names(words: Sequence[Word], mention: Mention) -> None:
        """Let a mention reach over the names and the bracket that follow its title."""
        someone = mention.kind == "bare" and words[mention.end - 1].low == "one"
        if mention.low != 1 or not mention.counted:
            return
        if not (mention.kind == "people" or (someone and not mention.others)):
            return
        at = mention.end
        if at < len(words) and words[at].low == "(":
            close = _closing(words, at)
            if close is not None and close + 1 < len(words) and words[close + 1].text[:1].isupper():
                at = close + 1
        first = at
        while at < len(words) and words[at].text[:1].isupper() and words[at].low[0].isalpha():
            if any(
                s in words[at].senses
                for s in (
                    "weekdays",
                    "months",
                    "be",
                    "undergo",
                    "act",
                    "prepositions",
                    "conjunctions",
                )
            ):
                break
            at += 1
        while (
            at < len(words)
            and first < at
            and words[at].low in {"alias", "urf", "@"}
            and at + 1 < len(words)
        ):
            at += 2
        if at + 1 < len(words) and words[at].low in _NAMED and words[at + 1].text[:1].isupper():
            at += 1  # "a youth named Waheed"
            while at < len(words) and words[at].text[:1].isupper() and words[at].low[0].isalpha():
                at += 1
        if at > first:
            mention.names_end = at
            if at < len(words) and words[at].low == "(":
                close = _closing(words, at)
                mention.names_end = close + 1 if close is not None else at


def terse_condition(words: Sequence[Word], at: int) -> bool:
    """Whether "critical", "in critical condition" is all that is said of someone."""
    if at >= len(words) or "condition" not in words[at].senses:
        return False
    return at + 1 >= len(words) or not words[at + 1].low[0].isalpha()


def _falls(words: Sequence[Word], at: int) -> bool:
    """Whether a participle ends the words after "with": "with Rs7m bounty killed"."""
    for index in range(at + 1, min(at + 6, len(words))):
        act = words[index].senses.get("act")
        if act is not None and "participle" in act.forms:
            return index + 1 >= len(words) or not words[index + 1].low[0].isalnum()
        if not words[index].low[0].isalnum():
            return False
    return False


def _closing(words: Sequence[Word], at: int) -> int | None:
    for index in range(at + 1, min(at + 25, len(words))):
        if words[index].low == ")":
            return index
    return None


def _is_single(word: Word) -> bool:
    return ("group" in word.senses or "generic" in word.senses) and number_of(word) == "singular"
