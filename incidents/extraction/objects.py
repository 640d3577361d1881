"""Whom a verb befalls: the people after it, and the verbs that read either way."""

from __future__ import annotations

from incidents.extraction.clauses import JOINTS, Verb
from incidents.extraction.mentions import Mention
from incidents.extraction.subjects import Subjects
from incidents.extraction.vocabulary import Act
from incidents.extraction.words import QUOTES
from incidents.model import VictimGroup

_NEVER_BARE = frozenset({"lose", "hit"})  # verbs that are passive only with an auxiliary
_ARTICLES = frozenset({"a", "an", "the", "his", "her", "their", "its", "our"})


class Objects(Subjects):
    """Finds the people after active verbs, and tells active from passive."""

    def _object_at(self, at: int) -> tuple[Mention | None, int | None]:  # noqa: PLR0911
        """The people right after a verb; an index alone where some other object stands there."""
        limit = at + 4
        while at < len(self.words) and at < limit:
            if at in self._start:
                return self._start[at], at
            word = self.words[at]
            if word.low in QUOTES or "adverbs" in word.senses or word.low.endswith("ly"):
                at += 1
                continue
            if "determiners" in word.senses:
                # "abducted the area's senior administrator"
                owned = [
                    m
                    for i in range(at + 2, at + 5)
                    if (m := self._start.get(i)) and self.words[i - 1].low == "'s"
                ]
                return (owned[0], at) if owned else (None, at)
            if word.low in {"him", "her", "them", "himself", "themselves", "it", "us"}:
                return None, at
            if word.low in {"and", "or"} and (second := self._second_verb(at + 1)) is not None:
                limit += second + 1 - at
                at = second + 1
                continue
            if "adjectives" in word.senses:
                return None, at
            if word.text[:1].isupper() and not word.senses and at > 1:
                return self._apposed_to_name(at), at
            return None, None
        return None, None

    def _second_verb(self, at: int) -> int | None:
        """Index of the verb in "abducted and later killed"."""
        for index in range(at, min(at + 3, len(self.words))):
            if "act" in self.words[index].senses:
                return index
            if "adverbs" not in self.words[index].senses:
                return None
        return None

    def _apposed_to_name(self, at: int) -> Mention | None:
        """Read "killed Haji Ramzan, a tribal elder"."""
        end = at
        while end < len(self.words) and self.words[end].text[:1].isupper() and end < at + 5:
            end += 1
        if end < len(self.words) and self.words[end].low == ",":
            apposed = self._start.get(end + 1)
            if apposed is not None and apposed.counted and apposed.number is None:
                return apposed
        return None

    def _objects_of(self, verb: Verb, act: Act) -> bool:
        target, _ = self._object_at(verb.end)
        if target is None:
            return False
        rule = "active: verb before people"
        known = target.kind != "bare" or target.others or target.of_them or target.definite
        known |= target.few_of is not None
        if verb.lemma in self.needs_people and "ing" not in act.forms and not known:
            return False
        first = True
        while target is not None:
            if not first and self._is_subject(target):
                break
            if target.counted:
                if verb.lemma == "lose" and target.group in {None, "men", "total"}:
                    target.group = self._losers(verb) or target.group
                self._add(target, verb, rule, 0.95)
                self._objects.add(id(target))
            first = False
            target = self._next_in_list(target)
        return True

    def _losers(self, verb: Verb) -> VictimGroup | None:
        """Whose men they are in "the militants lost 13 men"."""
        before = self._at.get(verb.left)
        if before is None and verb.left > 0 and self.words[verb.left].low in {"and", ",", "but"}:
            told = [m for m in self.mentions if m.end <= verb.left and not m.counted and m.group]
            before = told[-1] if told else None
        fought = before is not None and before.group in {"security_forces", "police", "militants"}
        return before.group if before is not None and fought else None

    def _reads_passive(self, at: int) -> bool:
        """Tell "five soldiers killed in Kech" from "militants killed five soldiers"."""
        target, index = self._object_at(at + 1)
        if target is None:
            return index is None
        before = self._at.get(at - 1)
        if before is None or not before.counted or before.reach != at or target.start != at + 1:
            return False
        if id(before) in self._objects:
            return False
        following = self.words[target.reach] if target.reach < len(self.words) else None
        if following is None or target.kind != "bare":
            return False
        return (
            "act" in following.senses
            or "state" in following.senses
            or "undergo" in following.senses
        )

    def _is_alternative(self, at: int) -> bool:
        return at > 1 and self.words[at - 1].low == "or" and "act" in self.words[at - 2].senses

    def _describes(self, at: int) -> bool:
        """Whether a participle stands before a noun: "the martyred soldier's father"."""
        before = self.words[at - 1]
        return before.low in _ARTICLES and (at - 1) not in self._at

    def _is_adverbial(self, index: int) -> bool:
        """ "killed the same day", "wounded the previous night"."""
        following = self.words[index + 1].low if index + 1 < len(self.words) else ""
        return following in {
            "same",
            "previous",
            "next",
            "following",
            "other",
            "day",
            "night",
            "first",
        }

    def _beside_pronoun(self, index: int, verb: Verb) -> None:
        """Read "killed himself and four policemen"."""
        if "determiners" in self.words[index].senses and self.words[index].low != "her":
            return
        at = index + 1
        while at < len(self.words) and self.words[at].low in JOINTS:
            at += 1
        target = self._start.get(at)
        if (
            target is not None
            and target.counted
            and at > index + 1
            and not self._is_subject(target)
        ):
            self._add(target, verb, "active: verb before people", 0.9)
            self._objects.add(id(target))

    def _them(self, verb: Verb, one: bool) -> None:
        """Read "took 22 passengers off two coaches and executed them", "… killing him"."""
        for mention in reversed(self.mentions):
            if mention.end > verb.left or not mention.counted or mention.kind == "thing":
                continue
            if (mention.number is None) != one:
                continue
            before = self.words[mention.start - 1] if mention.start else None
            object_of = before is not None and (
                "prepositions" not in before.senses and before.low not in {"that", ",", "and"}
            )
            if object_of and mention.group != "militants" and mention.kind == "people":
                self._add(mention, verb, 'active: verb before "them"', 0.8)
            return

    def _names_somebody(self, at: int) -> bool:
        """Whether a bare name stands after a verb: "whisked away Zahid, 22"."""
        if at >= len(self.words) or self.words[at].senses or not self.words[at].text[:1].isupper():
            return False
        if any(at - 2 in (k.start, k.end - 1) for k in self.links):
            return False
        for word in self.words[at : at + 4]:
            if "group" in word.senses or "generic" in word.senses or word.low == "'s":
                return False
            if not word.low[0].isalpha():
                break
        return True

    def _opens_headline(self, at: int, act: Act) -> bool:
        """Read "Abducted tehsildar reaches home": a participle before one person."""
        target = self._start.get(at + 1)
        if at or target is None or "participle" not in act.forms or target.number is not None:
            return False
        if not target.counted or "determiners" in self.words[target.start].senses:
            return False
        target.self_type = act.casualty_type  # type: ignore[assignment]
        return True

    def _act(self, at: int, act: Act) -> None:  # noqa: PLR0911, PLR0912
        if at in self._at and at < self._at[at].end:
            return  # an adjective inside a noun phrase: "five injured miners"
        if at and self._describes(at):
            return
        if self._opens_headline(at, act):
            return
        verb = self._verb(at, at + 1, act)
        if verb.undone:
            self.undone_at.append(at)
        if (
            at + 2 < len(self.words)
            and self.words[at + 1].low == "or"
            and "act" in self.words[at + 2].senses
        ):
            return  # "killed or wounded": one cannot tell which
        if act.lemma == "hold" and any(
            w.low in {"hostage", "captive"} for w in self.words[at + 1 : at + 12]
        ):
            return  # the state "hostage" says it
        if verb.passive:
            self._subjects(verb)
            return
        if (
            "ing" in act.forms
            or "s" in act.forms
            or any("have" in w.senses for w in self.words[verb.left + 1 : at])
        ):
            self._objects_of(verb, act)
            return
        if act.lemma in _NEVER_BARE:
            self._objects_of(verb, act)  # "the driver lost control" befell nobody
            return
        if self._reads_passive(at):
            if "participle" in act.forms:
                self._subjects(verb)
            return
        if self._objects_of(verb, act):
            if self._is_alternative(at):
                for link in [k for k in self.links if k.start == at]:
                    link.mention.either = True
            return
        target, index = self._object_at(verb.end)
        if target is None and index is not None and not self._is_adverbial(index):
            self._beside_pronoun(index, verb)
            if self.words[index].low in {"them", "him"}:
                self._them(verb, one=self.words[index].low == "him")
        elif "participle" in act.forms:
            self._subjects(verb)
        if target is None and "past" in act.forms and self._names_somebody(at + 1):
            someone = Mention(
                start=at,
                end=at + 1,
                low=1,
                high=1,
                kind="bare",
                group="total",
                head=at,
                pronoun=True,
            )
            self._add(someone, verb, "active: verb before a name", 0.4)
