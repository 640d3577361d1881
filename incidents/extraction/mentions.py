"""Counted and uncounted people in a sentence: "at least four FC men", "the deputy commissioner"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from incidents.extraction.numerals import Figure, NumberWords, read_figure
from incidents.extraction.words import Word
from incidents.model import CasualtyType, Qualifier, VictimGroup

_MAX_MODIFIERS = 7
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

_LEAVES = frozenset({"leaves", "left", "leaving", "leave"})
_HOUSEHOLDS = frozenset({"family", "household", "community", "tribe", "clan", "families"})


@dataclass(slots=True)
class Mention:
    """A noun phrase that stands for people, or for what a casualty noun counts.

    Word indices are those of its sentence, end exclusive.
    """

    start: int
    end: int
    low: int | None = None
    high: int | None = None
    qualifier: Qualifier = "exact"
    number: int | None = None
    """Index of the number's first word; None for a person without one ("a soldier")."""
    counted: bool = True
    """False for people without a number ("the militants"): never a claim, but a subject."""
    group: VictimGroup | None = None
    """None where the phrase itself does not say ("five", "three others", "two of them")."""
    kind: str = "people"
    """people, bare (number alone), unknown (an unlisted noun), thing (not people)."""
    self_type: CasualtyType | None = None
    """What befell them by the noun or adjective itself: "19 deaths", "five injured miners"."""
    self_noun: bool = False
    """Whether `self_type` comes from the head noun and stands whatever the verb."""
    of_people: CasualtyType | None = None
    """"three of the dead": taken from people of whom it is known what befell them."""
    of_them: bool = False
    others: bool = False
    definite: bool = False
    either: bool = False
    """"12 casualties": killed or injured."""
    part: bool = False
    parent: Mention | None = None
    names_end: int = 0
    """End of the names that follow a title, where there are any."""
    pronoun: bool = False
    """"he", "she": a person whose fate may have been told already."""
    head: int = -1
    """Index of the head word."""

    @property
    def reach(self) -> int:
        """End of the phrase with the names and brackets after it."""
        return max(self.end, self.names_end)


class MentionReader:
    """Reads the people of a sentence."""

    def __init__(self, numbers: NumberWords, needs_people: frozenset[str] = frozenset()) -> None:
        self._numbers = numbers
        self._needs_people = needs_people
        self._number_words = frozenset(numbers.units) | frozenset(numbers.tens)

    def read(self, words: Sequence[Word], is_title: bool = False) -> list[Mention]:
        """Return the mentions of a sentence in order; they do not overlap."""
        mentions: list[Mention] = []
        at = 0
        while at < len(words):
            found = self._counted(words, at) or self._single(words, at, is_title)
            found = found or self._uncounted(words, at)
            if found is None:
                at += 1
                continue
            self._take_names(words, found)
            mentions.append(found)
            at = max(found.reach, at + 1)
        return mentions

    # -- with a figure ------------------------------------------------------------------

    def _counted(self, words: Sequence[Word], at: int) -> Mention | None:
        word = words[at]
        senses = word.senses
        if not (
            "qualifier" in senses or "vague" in senses or word.low[0].isdigit()
            or word.low.partition("-")[0] in self._numbers.units
            or word.low.partition("-")[0] in self._numbers.tens
        ):  # fmt: skip
            return None
        figure = read_figure(words, at, self._numbers)
        if figure is None or self._is_idiom(words, figure):
            return None
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
        return mention

    @staticmethod
    def _is_idiom(words: Sequence[Word], figure: Figure) -> bool:
        if words[figure.number].low != "one":
            return False
        after = words[figure.end].low if figure.end < len(words) else ""
        before = words[figure.first - 1].low if figure.first else ""
        return after in {"another", "after", "by", "way", "side", "hand", "day", "such"} or before in {
            "no", "any", "every", "this", "that", "which", "each", "another",
        }  # fmt: skip

    @staticmethod
    def _is_age(words: Sequence[Word], figure: Figure) -> bool:
        """Whether it is the age after a name: "Gul Jan, 32, was arrested"."""
        at, end = figure.first, figure.end
        return (
            at > 1
            and end < len(words)
            and words[at - 1].low == words[end].low == ","
            and words[at].low.isdigit()
            and words[at - 2].text[:1].isupper()
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
        if low in {"them", "whom", "those", "these"}:
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
        if inner < len(words) and "people" in words[inner].senses:
            state = words[inner].senses["people"]
            head = self._find_head(words, inner + 1)
            has_head = head is not None and "group" in words[head[0]].senses
            if head is not None and has_head:
                self._set_head(words, mention, inner + 1, *head)
            if has_head or inner > at:
                mention.of_people, mention.of_them = state, True
                mention.end = max(mention.end, inner + 1)
                return True
        return False

    def _apposed_head(self, words: Sequence[Word], mention: Mention, at: int) -> None:
        head = self._find_head(words, at)
        if head is not None and "group" in words[head[0]].senses:
            self._set_head(words, mention, at, *head)

    def _find_head(self, words: Sequence[Word], at: int) -> tuple[int, int] | None:  # noqa: PLR0912, PLR0915
        """Index of the head noun of a phrase from `at`, and the phrase's end."""
        head: int | None = None
        unknown: int | None = None
        index = at
        while index < len(words) and index - at <= _MAX_MODIFIERS:
            senses = words[index].senses
            if "vague" in senses or words[index].low in self._number_words:
                break
            if head is not None and ("closers" in senses or "adverbs" in senses):
                break
            if (
                "state" in senses
                and "group" in senses
                and "determiners" not in words[index - 1].senses
            ):
                break  # "took 18 hostage"
            if "group" in senses or "generic" in senses:
                if (
                    words[index].text[:1].isupper()
                    and head is not None
                    and "plural" in _number(words[head])
                ):
                    break
                head, unknown = index, None
            elif "counted" in senses or "either" in senses or "lives" in senses:
                head, unknown = index, None
            elif "not_people" in senses:
                if (
                    head is not None
                    and "plural" in _number(words[head])
                    and not words[index].low.endswith("s")
                ):
                    break
                head, unknown = index, None
                following = words[index + 1].senses if index + 1 < len(words) else {}
                if not (
                    "group" in following or "generic" in following or "not_people" in following
                ):
                    break
            elif "people" in senses or "act" in senses or "state" in senses:
                # "five injured miners", "the six killed khwarij", but "five injured in …"
                if head is not None or not self._noun_follows(words, index):
                    break
            elif "modifier" in senses:
                pass
            elif words[index].low == "(" and index + 2 < len(words) and words[index + 2].low == ")":
                # "Frontier Corps (FC) personnel"
                if not words[index + 1].text.isupper():
                    break
                index += 2
            elif "stop" in senses or not _is_word(words[index].low):
                break
            else:
                low = words[index].low
                if head is not None and words[index].text[:1].isupper():
                    break
                if head is not None and (
                    low.endswith(("ed", "ing", "ly"))
                    or "plural" in _number(words[head])
                    or low == "'s"
                ):
                    if low == "'s" or not self._noun_follows(words, index):
                        break
                elif low == "'s":
                    break
                unknown = index
            index += 1
        if unknown is not None and head is not None:
            # A listed noun before another noun only describes it: "two police vehicles".
            end = unknown + 1
            return (head, head + 1) if "plural" in _number(words[head]) else (unknown, end)
        if head is not None:
            return head, head + 1
        if unknown is not None and not words[unknown].low.endswith(("ed", "ly", "ing")):
            return unknown, unknown + 1
        return None

    @staticmethod
    def _noun_follows(words: Sequence[Word], at: int) -> bool:
        for later in words[at + 1 : at + 4]:
            senses = later.senses
            if "group" in senses or "generic" in senses:
                return True
            if "stop" in senses or not later.low[0].isalpha():
                return False
            if "act" in senses or "state" in senses:
                continue
        return False

    def _set_head(
        self, words: Sequence[Word], mention: Mention, start: int, index: int, end: int
    ) -> None:
        senses = words[index].senses
        mention.head, mention.end = index, end
        inside = words[start:index]
        for word in inside:
            found = word.senses.get("act") or word.senses.get("undergo")
            if found is not None and "participle" in found.forms:
                mention.self_type = found.casualty_type
            elif "state" in word.senses or "people" in word.senses:
                mention.self_type = word.senses.get("state") or word.senses.get("people")
        if "either" in senses:
            mention.kind, mention.either, mention.group = (
                "people",
                True,
                _by_modifiers(inside) or "total",
            )
        elif "counted" in senses:
            mention.kind, mention.self_noun = "people", True
            mention.self_type = senses["counted"]
            mention.group = _by_modifiers(inside) or "total"
            self._complement(words, mention)
        elif "group" in senses or "generic" in senses:
            mention.kind = "people"
            mention.group = group_of(words, inside, index)
            owned = start > 0 and words[start - 1].low in {"his", "her", "their"}
            if "relational" in senses or (owned and words[index].low in {"gunman", "gunmen"}):
                mention.group, mention.others, mention.kind = None, True, "people"
            self._complement(words, mention)
            self._coordinate(words, mention)
        elif "not_people" in senses:
            mention.kind = "thing"
        else:
            low = words[index].low
            mention.kind = "unknown" if low.endswith("s") or mention.low == 1 else "bare"
            if mention.kind == "bare":
                mention.end = start

    def _complement(self, words: Sequence[Word], mention: Mention) -> None:
        """Read "members of the Levies Force", "deaths of civilians"."""
        at = mention.end
        head = words[mention.head].senses
        if not (at + 1 < len(words) and words[at].low in {"of", "from", "belonging to"}):
            return
        if not ("generic" in head or "counted" in head):
            return
        inner = at + 1
        while inner < len(words) and (
            "determiners" in words[inner].senses
            or words[inner].low in {"pakistan", "'s", "pakistani", "balochistan", "their"}
        ):
            inner += 1
        limit = min(inner + 4, len(words))
        for index in range(inner, limit):
            if words[index].low in _HOUSEHOLDS:
                mention.end = index + 1
                mention.group = mention.group if mention.group != "total" else "civilians"
                return
            senses = words[index].senses
            if "group" in senses:
                mention.group = senses["group"][0]
                mention.end = index + 1
                return
            if "modifier" in senses and senses["modifier"] in {
                "security_forces",
                "police",
                "militants",
            }:
                mention.group = senses["modifier"]
                mention.end = index + 1
                if index + 1 < limit and words[index + 1].low in {
                    "force",
                    "forces",
                    "department",
                    "outfit",
                    "group",
                    "wing",
                }:
                    mention.end = index + 2
                return
            if "stop" in senses or not words[index].low[0].isalpha():
                return

    def _coordinate(self, words: Sequence[Word], mention: Mention) -> None:
        """Read one number over two nouns: "14 soldiers and police", "20 police and FC men"."""
        at = mention.end
        if not (at + 1 < len(words) and words[at].low in {"and", "&"}) or mention.low == 1:
            return
        head = self._find_head(words, at + 1)
        if (
            head is None
            or head[0] > at + 3
            or "plural" not in _number(words[head[0]], collective=True)
        ):
            return
        index, end = head
        senses = words[index].senses
        if not ("group" in senses or "generic" in senses):
            return
        following = words[end].senses if end < len(words) else {}
        if "act" in following and "past" in following["act"].forms and end + 1 < len(words):
            after = words[end + 1].senses
            if "group" in after or "qualifier" in after or words[end + 1].low[0].isdigit():
                return
        second = group_of(words, words[at + 1 : index], index)
        if mention.group == "total" or second == "total":
            return
        if second != mention.group:
            forces = {second, mention.group} == {"security_forces", "police"}
            mention.group = "security_forces" if forces else "total"
        mention.end = end

    # -- one person without a figure ----------------------------------------------------

    def _single(self, words: Sequence[Word], at: int, is_title: bool) -> Mention | None:  # noqa: PLR0911
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
            in {"another", "the other", "yet another", "the", "the first", "the last"}
        ):
            at += 1
        elif not self._opens_phrase(words, at):
            return None
        else:
            return self._untitled(words, at, is_title)
        if at >= len(words):
            return None
        others = words[start].low in {"another", "the other", "yet another", "one other"}
        head = self._find_head(words, at)
        if head is None or not _is_single(words[head[0]]):
            unknown = self._unlisted_person(words, start, head)
            if unknown is not None:
                return unknown
            if others and (head is None or words[head[0]].low in {"person"}):
                return Mention(start=start, end=at, low=1, high=1, kind="bare", others=True)
            return None
        index, end = head
        if index > at + 5:
            return None
        if words[start].low == "'s":
            start = at
        mention = Mention(start=start, end=end, low=1, high=1, others=others)
        self._set_head(words, mention, at, index, end)
        mention.definite = words[start].low in {"the", "his", "her", "their", "this", "that", "'s"}
        if mention.kind != "people" or self._only_describes(words, mention):
            return None
        return mention

    def _unlisted_person(
        self, words: Sequence[Word], start: int, head: tuple[int, int] | None
    ) -> Mention | None:
        """Read "killed a baker", "a baker was killed": only people are killed or abducted."""
        if words[start].low not in {"a", "an"} or head is None:
            return None
        index, end = head
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
        if not (verb_after or (verb_before and closes)):
            return None
        return Mention(start=start, end=end, low=1, high=1, kind="unknown", head=index)

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
            or before.low in _LEAVES
        )

    def _untitled(self, words: Sequence[Word], at: int, is_title: bool) -> Mention | None:
        """Read a headline's "Soldier martyred" and a rank before a name."""
        head = self._find_head(words, at)
        if head is None or head[0] > at + 3 or not _is_single(words[head[0]]):
            return None
        index, end = head
        senses = words[index].senses
        following = words[end] if end < len(words) else None
        named = (
            "title" in senses
            and following is not None
            and following.text[:1].isupper()
            and (
                following.low[0].isalpha()
                and not any(stop in following.senses for stop in ("weekdays", "months", "say"))
            )
        )
        if not named and not self._is_terse(words, at, end, is_title):
            return None
        mention = Mention(start=at, end=end, low=1, high=1)
        self._set_head(words, mention, at, index, end)
        if mention.kind != "people" or self._only_describes(words, mention):
            return None
        return mention

    @staticmethod
    def _is_terse(words: Sequence[Word], at: int, end: int, is_title: bool) -> bool:  # noqa: PLR0911
        """Whether what follows a noun without article says what befell it."""
        if at and words[at - 1].low == "(" and end < len(words) and words[end].low in {")", ","}:
            return True
        if at and "parts" in words[at - 1].senses:
            return True
        if at and "prepositions" in words[at - 1].senses:
            return False
        verb_before = (
            at > 0
            and "act" in words[at - 1].senses
            and not words[at - 1].senses["act"].forms.isdisjoint({"s", "base", "past", "ing"})
        )
        if is_title and at and words[at - 1].low in _LEAVES and end < len(words):
            return "state" in words[end].senses or "people" in words[end].senses
        if end >= len(words):
            return verb_before
        if verb_before and (
            not words[end].low[0].isalnum() or words[end].low in {"and", "in", "near", "at"}
        ):
            return True
        if words[end].low == "among" and at == 0:
            return True
        listed = words[end].low in {",", "and"} and (is_title or at == 0)
        for word in words[end : end + (5 if listed else 2)]:
            senses = word.senses
            if "be" in senses and not is_title:
                return True
            if "act" in senses:
                return "participle" in senses["act"].forms
            if "undergo" in senses or "state" in senses or "people" in senses:
                return True
            if listed and (
                word.low in {",", "and"} or "group" in senses or "determiners" in senses
            ):
                continue
            if "adverbs" not in senses and "be" not in senses and not word.low.endswith("ly"):
                return False
        return False

    # -- people without a figure --------------------------------------------------------

    @staticmethod
    def _uncounted(words: Sequence[Word], at: int) -> Mention | None:
        senses = words[at].senses
        if "group" not in senses and not ("generic" in senses and "plural" in _number(words[at])):
            return None
        mention = Mention(start=at, end=at + 1, counted=False, head=at)
        mention.group = group_of(words, words[max(0, at - 3) : at], at)
        return mention

    @staticmethod
    def _take_names(words: Sequence[Word], mention: Mention) -> None:
        """Let a mention reach over the names and the bracket that follow its title."""
        if mention.low != 1 or mention.kind != "people" or not mention.counted:
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
        if at > first:
            mention.names_end = at
            if at < len(words) and words[at].low == "(":
                close = _closing(words, at)
                mention.names_end = close + 1 if close is not None else at


def _is_word(low: str) -> bool:
    return low[0].isalpha() or ("-" in low and low[-1].isalpha())


def _closing(words: Sequence[Word], at: int) -> int | None:
    for index in range(at + 1, min(at + 25, len(words))):
        if words[index].low == ")":
            return index
    return None


def _number(word: Word, collective: bool = False) -> str:
    found = word.senses.get("group") or word.senses.get("generic")
    if found is None:
        return "plural" if word.low.endswith("s") else "singular"
    number: str = found[1]
    if "generic" in word.senses and word.senses["generic"][1] == "plural":
        number = "plural"
    return "plural" if collective and number == "collective" else number


def _is_single(word: Word) -> bool:
    return ("group" in word.senses or "generic" in word.senses) and _number(word) == "singular"


def _by_modifiers(inside: Sequence[Word]) -> VictimGroup | None:
    for word in reversed(inside):
        found = word.senses.get("modifier") or (word.senses.get("group") or (None,))[0]
        if found is not None and found != "total":
            group: VictimGroup = found
            return group
    return None


def group_of(words: Sequence[Word], inside: Sequence[Word], index: int) -> VictimGroup:
    """Return the group of a head noun, by itself or by the words before it."""
    senses = words[index].senses
    if "generic" in senses:
        described = _by_modifiers(inside)
        if described is not None:
            return described
        group: VictimGroup = senses["group"][0] if "group" in senses else senses["generic"][0]
        return group
    head: VictimGroup = senses["group"][0]
    if head == "police" and any(w.senses.get("modifier") == "security_forces" for w in inside):
        return "security_forces"
    if head == "total" and any(w.senses.get("modifier") == "civilians" for w in inside):
        return "civilians"
    if head in {"men", "total"} and any(w.senses.get("modifier") == "militants" for w in inside):
        return "militants"
    return head
