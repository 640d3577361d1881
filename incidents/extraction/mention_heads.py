"""The noun that says who is counted, and what stands with it: "FC (Balochistan South) men"."""

from __future__ import annotations

from collections.abc import Sequence

from incidents.extraction.mentions import Mention
from incidents.extraction.numerals import NumberWords
from incidents.extraction.victim_groups import by_modifiers, group_of, number_of
from incidents.extraction.words import QUOTES, Word

_MAX_MODIFIERS = 7
_PEOPLES = frozenset({"baloch", "afghan", "pakistani", "pashtun", "sindhi"})
_REPUTED = frozenset({"alleged", "reported", "confirmed", "declared", "suspected"})
_OF = frozenset({"of", "from", "belonging to", "among", "amongst"})
_FORCES = frozenset({"security_forces", "police", "militants"})
_OUTFITS = frozenset(
    {
        "group",
        "outfit",
        "organisation",
        "organization",
        "network",
        "cell",
        "the group",
        "the outfit",
        "the organisation",
        "the organization",
    }
)
_KIN = frozenset({"family", "families", "household"})
_HOUSEHOLDS = frozenset({"family", "household", "community", "tribe", "clan", "families"})


class Heads:
    """Finds the head noun of a phrase and reads what it says."""

    def __init__(self, numbers: NumberWords, needs_people: frozenset[str] = frozenset()) -> None:
        self._numbers = numbers
        self._needs_people = needs_people
        self._number_words = numbers.small()

    def _find_head(self, words: Sequence[Word], at: int) -> tuple[int, int] | None:  # noqa: PLR0912, PLR0915
        """Index of the head noun of a phrase from `at`, and the phrase's end."""
        head: int | None = None
        unknown: int | None = None
        index = at
        while index < len(words) and index - at <= _MAX_MODIFIERS:
            senses = words[index].senses
            if "vague" in senses or words[index].low in self._number_words:
                break
            if "send_to" in senses or "taken" in senses or "condition" in senses:
                break
            if head is not None and any(
                x in senses for x in ("closers", "adverbs", "coordinators")
            ):
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
                    and "plural" in number_of(words[head])
                ):
                    break
                head, unknown = index, None
            elif "counted" in senses or "either" in senses or "lives" in senses:
                head, unknown = index, None
            elif "not_people" in senses:
                named = words[index].text[:1].isupper() and self._noun_follows(words, index)
                if (
                    head is not None
                    and "plural" in number_of(words[head])
                    and not words[index].low.endswith("s")
                    and not (named and words[head].low in _PEOPLES)
                ):
                    break
                head, unknown = index, None
                following = words[index + 1].senses if index + 1 < len(words) else {}
                if "title" in following and words[index + 1].text[:1].isupper():
                    break  # "during this engagement Naik Riaz"
                if not (
                    "group" in following or "generic" in following or "not_people" in following
                ):
                    break
            elif "people" in senses or "act" in senses or "state" in senses:
                # "five injured miners", "the six killed khwarij", but "five injured in …"
                if head is not None or not self._noun_follows(words, index):
                    break
            elif "modifier" in senses or (head is None and words[index].low in QUOTES):
                pass
            elif head is None and self._describes_noun(words, index):
                pass  # "five alleged militants"
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
                    if words[head].low not in _PEOPLES or not self._noun_follows(words, index):
                        break
                    unknown = index  # "five Baloch United Front militants"
                    index += 1
                    continue
                if head is not None and (
                    low.endswith(("ed", "ing", "ly"))
                    or "plural" in number_of(words[head])
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
            return (head, head + 1) if "plural" in number_of(words[head]) else (unknown, end)
        if head is not None:
            return head, head + 1
        if unknown is not None and not words[unknown].low.endswith(("ed", "ly", "ing")):
            return unknown, unknown + 1
        return None

    def _describes_noun(self, words: Sequence[Word], at: int) -> bool:
        word = words[at]
        act = word.senses.get("undergo")
        runs = act is not None and (
            "ing" in act.forms or (act.casualty_type == "freed" and "participle" in act.forms)
        )  # "eight fleeing terrorists", "six escaped prisoners"
        return (runs or word.low in _REPUTED) and self._noun_follows(words, at)

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
                by_modifiers(inside) or "total",
            )
        elif "counted" in senses:
            mention.kind, mention.self_noun = "people", True
            mention.self_type = senses["counted"]
            mention.group = by_modifiers(inside) or "total"
            self._complement(words, mention)
        elif "group" in senses or "generic" in senses:
            mention.kind = "people"
            mention.group = group_of(words, inside, index)
            owned = start > 0 and words[start - 1].low in {"his", "her", "their"}
            if "relational" in senses or (owned and words[index].low in {"gunman", "gunmen"}):
                mention.group, mention.others, mention.kind = None, True, "people"
            elif owned and words[index].low == "men":
                mention.group, mention.others, mention.own_men = None, True, True
            self._complement(words, mention)
            self._coordinate(words, mention)
        elif "not_people" in senses:
            mention.kind = "thing"
        else:
            low = words[index].low
            mention.kind = "unknown" if low.endswith("s") or mention.low == 1 else "bare"
            if mention.kind == "bare":
                mention.end = start

    def _complement(self, words: Sequence[Word], mention: Mention) -> None:  # noqa: PLR0911, PLR0912
        """Read "members of the Levies Force", "deaths of civilians"."""
        at = mention.end
        head = words[mention.head].senses
        if not (at + 1 < len(words) and words[at].low in _OF):
            return
        if not ("generic" in head or "counted" in head):
            return
        if words[at].low in {"among", "amongst"} and "counted" not in head:
            return
        inner = at + 1
        while inner < len(words) and (
            "determiners" in words[inner].senses
            or words[inner].low in {"pakistan", "'s", "pakistani", "balochistan", "their"}
        ):
            inner += 1
        limit = min(inner + 4, len(words))
        for index in range(inner, limit):
            if (
                "vague" in words[index].senses
                or words[index].low in self._number_words
                or (words[index].low[0].isdigit())
            ):
                return
            if words[index].low in _OUTFITS and "generic" in head and words[index - 1].low != "a":
                mention.end = index + 1  # "another member of the group"
                mention.group = "militants" if mention.group == "total" else mention.group
                return
            if words[index].low in _HOUSEHOLDS:
                mention.end = index + 1
                member = (
                    words[mention.head].low in {"member", "members"} or words[index].low in _KIN
                )
                if mention.group == "total" and member:
                    mention.group = "civilians"
                return
            senses = words[index].senses
            if "group" in senses:
                guards = mention.group == "civilians" and senses["group"][0] == "officials"
                mention.group = "civilians" if guards else senses["group"][0]
                mention.end = index + 1
                return
            if "modifier" in senses and (
                senses["modifier"] in _FORCES or ("counted" in head and words[at].low == "among")
            ):
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
        if "adverbs" in words[at + 1].senses:
            return
        head = self._find_head(words, at + 1)
        if (
            head is None
            or head[0] > at + 3
            or "plural" not in number_of(words[head[0]], collective=True)
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


def _is_word(low: str) -> bool:
    return low[0].isalpha() or (low[-1].isalpha() and ("-" in low or " " in low))
