"""Whom a verb is said of: the people before it."""

from __future__ import annotations

from incidents.extraction.clauses import BARE_GAP, JOINTS, Clauses, Verb
from incidents.extraction.mentions import Mention
from incidents.extraction.words import QUOTES

_SUBJECT_GAP = 16
_WITH = frozenset({"along with", "together with", "as well as", "alongside"})
_TAKEN = frozenset({"taken", "led", "driven", "dragged", "pulled", "forced"})
_TIMES = frozenset({
    "day", "days", "week", "weeks", "month", "months", "year", "years", "night", "hours", "time",
})  # fmt: skip
_LIFELESS = frozenset({"dead", "bodies", "corpses", "remains"})
_NOTE_OPENS = 8  # words before the people of a note: a date, a place


class Subjects(Clauses):
    """Finds the people before passive and intransitive verbs, participles and adjectives."""

    def _subjects(self, verb: Verb, active: bool = False) -> None:
        direct = not (verb.has_be or active)
        subject = self._subject_before(verb.left, direct, verb)
        if direct and (subject is None or not subject.counted):
            shared = self._shared_subject(verb)
            direct = shared is None
            subject = shared or subject
        if subject is None and verb.has_be:
            at = next(
                (i for i in range(verb.left + 1, verb.at) if self.words[i].low in {"all", "both"}),
                None,
            )
            if at is not None and at not in self._at and self._be_follows(at):
                subject = self._plural_pronoun(at)
        if (subject is None or not subject.counted) and active and verb.casualty_type == "killed":
            subject = self._named_hero(verb)
        if subject is None or not subject.counted:
            if (active and verb.casualty_type == "killed") or verb.passive:
                self._companions(verb, "intransitive: people beside verb", 0.85)
            return
        adjacent = subject.reach - 1 == verb.left
        rule = (
            "intransitive: people before verb"
            if active
            else (
                "passive: people before auxiliary"
                if verb.has_be
                else "elliptical: people before participle"
            )
        )
        score = 0.95 if adjacent else 0.85
        if direct and id(subject) in self._objects:
            return
        if verb.lemma in self.captives_only and not (
            self._is_captive(subject) or self._from_captivity(verb) or self._beside_captive(subject)
        ):
            return
        told = self.words[subject.start : verb.left + 1]
        dead = id(subject) in self.found_dead or any(w.low in _LIFELESS for w in told)
        if verb.casualty_type == "freed" and dead:
            return  # "the bodies of a man and a woman were recovered", "eight dead were recovered"
        self._add(subject, verb, rule, score, as_subject=True)
        self._companions(verb, rule, score)
        self._accompanied(subject, verb, rule, score)
        self._just_before(verb, rule, score)
        # Coordinated subjects: "10 security personnel and 37 militants were killed".
        while (subject := self._previous_in_list(subject)) is not None:
            if id(subject) in self._objects or not subject.counted:
                break
            self._add(subject, verb, rule, score, as_subject=True)

    def _beside_captive(self, mention: Mention) -> bool:
        """Read "abducted tehsildar, two guards reach home"."""
        before = self._previous_in_list(mention)
        return before is not None and before.counted and self._is_captive(before)

    def _from_captivity(self, verb: Verb) -> bool:
        """Read "five miners escaped from captivity"."""
        after = self.words[verb.end : verb.end + 4]
        return any(w.low == "from" for w in after[:1]) and any(
            "captivity" in w.senses for w in after
        )

    def _be_follows(self, at: int) -> bool:
        return "be" in self.words[at + 1].senses or "have" in self.words[at + 1].senses

    def _named_hero(self, verb: Verb) -> Mention | None:
        """Read "Captain Ali (age: 26), who led …, having fought gallantly, embraced martyrdom"."""
        if verb.lemma.rpartition(" ")[2] not in {
            "martyrdom",
            "shahadat",
            "shahadah",
            "sacrifice",
            "martyr",
        }:
            return None
        linked = {id(link.mention) for link in self.links}
        for mention in self.mentions:
            named = mention.names_end and mention.number is None and mention.counted
            if (
                named
                and mention.reach <= verb.left
                and mention.group in {"security_forces", "police"}
            ):
                return None if id(mention) in linked else mention
        return None

    def _companions(self, verb: Verb, rule: str, score: float) -> None:
        """Read "was killed along with two of his men"."""
        at = verb.end
        if at < len(self.words) and self.words[at].low == ",":
            at += 1
        if at < len(self.words) and self.words[at].low in _WITH:
            companion = self._start.get(at + 1)
            if companion is not None and companion.counted and not self._is_subject(companion):
                self._add(companion, verb, rule, score, as_subject=True)

    def _accompanied(self, subject: Mention, verb: Verb, rule: str, score: float) -> None:
        """Read "an elder, along with his two sons and a guard, was shot dead"."""
        at = subject.reach
        if at < len(self.words) and self.words[at].low == ",":
            at += 1
        if not (at < len(self.words) and self.words[at].low in _WITH) or at >= verb.left:
            return
        companion = self._start.get(at + 1)
        while companion is not None and companion.reach <= verb.left + 1:
            if companion.counted and id(companion) not in self._objects:
                self._add(companion, verb, rule, score, as_subject=True)
            companion = self._next_in_list(companion)

    def _just_before(self, verb: Verb, rule: str, score: float) -> None:
        """Read "the captain (…), who led …, along with Naik Khan, embraced martyrdom"."""
        at = verb.left
        if at > 0 and self.words[at].low == ",":
            at -= 1
        companion = self._at.get(at)
        if companion is None or not companion.counted or companion.reach != at + 1:
            return
        if companion.start and self.words[companion.start - 1].low in _WITH:
            self._add(companion, verb, rule, score, as_subject=True)

    def _shared_subject(self, verb: Verb) -> Mention | None:
        """Read "nine people were pulled off a bus and killed": the auxiliary stands before."""
        if verb.left < 0 or self.words[verb.left].low not in {"and", "then", "and then"}:
            return None
        for at in range(verb.left - 1, max(-1, verb.left - 12), -1):
            word = self.words[at]
            if "be" in word.senses:
                return self._subject_before(at - 1, False, verb)
            if word.low in {";", ":"} or "say" in word.senses or "have" in word.senses:
                return None
            mention = self._at.get(at)
            if mention is not None and not self._governor(mention) and mention.counted:
                return self._offloaded(mention, verb)
        return None

    def _offloaded(self, mention: Mention, verb: Verb) -> Mention | None:
        """Read a note's "seven passengers offloaded from a bus and shot dead"."""
        after = self.words[mention.reach]
        told = (after.low.endswith("ed") and "have" not in after.senses) or after.low in _TAKEN
        if not told or mention.kind != "people" or mention.start > _NOTE_OPENS:
            return None
        has_object = verb.end in self._start or mention.group == "militants"
        finite = any("be" in w.senses for w in self.words[mention.reach : verb.at])
        return None if has_object or finite else mention

    def _subject_before(self, at: int, direct: bool, verb: Verb) -> Mention | None:  # noqa: PLR0911, PLR0912, PLR0915
        """Walk left from a verb to the people it is said of."""
        thing = at >= 0 and at not in self._at and "not_people" in self.words[at].senses
        within = self._in_phrase(at) or (at >= 0 and self.words[at].low in _TIMES)
        if thing and verb.has_be and verb.lemma in self.needs_people and not within:
            return None  # "their weapons were seized"
        limit = at - (BARE_GAP if direct else _SUBJECT_GAP)
        crossed = 0
        while at >= 0 and at > limit:
            mention = self._at.get(at)
            skip = self._skip.get(at)
            if skip is not None and (mention is None or mention.part) and skip.parent is not None:
                limit -= at - skip.start + 1
                at = skip.start - 1
                continue
            if mention is not None and not direct and crossed and id(mention) in self._objects:
                at = mention.start - 1
                continue
            if mention is not None:
                few = self.few.get(id(mention))
                own = direct and not crossed and (mention.kind == "bare" or self._goes_on(verb))
                if few is not None and not own:
                    mention = few  # "four of the 18 hostages were killed"
                elif few is not None and mention.kind == "bare":
                    few.of_people = verb.casualty_type  # "three of the nine wounded"
                governed = self._governor(mention)
                if mention.kind == "thing" and verb.has_be and not (governed or crossed):
                    return None  # "two rifles were snatched"
                if mention.kind == "thing" or (governed and crossed) or (governed and not direct):
                    at = mention.start - 1 - (1 if governed else 0)
                    crossed += 1
                    continue
                if direct and crossed and not self._modifies(mention, verb.left):
                    return mention if self._was_taken(mention, verb) else None
                return mention
            word = self.words[at]
            senses = word.senses
            if word.low in QUOTES and at == verb.left:
                at -= 1  # 3 "terrorists" killed
                continue
            if word.low == ")":
                opening = self._opening(at)
                if opening is not None:
                    at = opening - 1
                    continue
            if word.low in {";", ":", "?", "!"} or senses.get("qualifier") in {"none", "nobody"}:
                return None
            if word.low == "," and direct:
                return self._headline_subject(verb) if at == verb.left else None
            if word.low in {"-", "–", "—"} and at == verb.left:
                apposed = self._before_apposition(at)
                if apposed is not None:
                    return apposed
            if word.low == "," and at == verb.left and not direct:
                spoken = self._before_attribution(at)
                if spoken is not None:
                    at = spoken
                    continue
            if word.low == ",":
                apposed = self._before_apposition(at) or self._before_relative(at)
                if apposed is not None:
                    return apposed
            if "relatives" in senses and word.low in {"who", "which", "that", "whom"}:
                whole = self._antecedent(at)
                if whole is not None and self._has_verb_between(at, verb):
                    whole = self.few.get(id(whole), whole)  # "four out of seven who … were freed"
                return whole
            if "say" in senses and at > 1 and self.words[at - 2].low in {"who", "whom"}:
                return self._antecedent(at - 2)  # "two fighters who it said embraced martyrdom"
            if "say" in senses and word.low not in {"reported", "claimed"}:
                return None
            if "act" in senses and not direct and at != verb.left and word.low not in {"killed"}:
                pass
            told = verb.casualty_type in {"killed", "injured"}
            if word.low in {"he", "she"} and not direct and at == verb.left and told:
                return self._pronoun(at)
            if word.low == "they" and not direct and at == verb.left and verb.has_be:
                return self._plural_pronoun(at)
            if "pronouns" in senses and word.low in {"he", "she", "they", "it", "we"}:
                return None
            if direct and (
                "say" in senses or "doing" in senses or "be" in senses or "have" in senses
            ):
                return None
            crossed += 1
            at -= 1
        return None

    def _goes_on(self, verb: Verb) -> bool:
        """Whether a participle only describes: "39 of the 53 people hurt in the blast are …"."""
        for word in self.words[verb.end : verb.end + 9]:
            if "be" in word.senses or "have" in word.senses:
                return True
            if not word.low[0].isalnum() or "act" in word.senses:
                return False
        return False

    def _in_phrase(self, at: int) -> bool:
        """Whether a noun ends "from the Shahrag area of Harnai district"."""
        for word in reversed(self.words[max(0, at - 5) : at]):
            if "prepositions" in word.senses:
                return True
            if word.low in JOINTS or word.low in {"their", "his", "her", "its"}:
                return False
        return False

    def _was_taken(self, mention: Mention, verb: Verb) -> bool:
        """Read "seven miners abducted from Harnai recovered"."""
        return verb.casualty_type in {"freed", "killed"} and any(
            k.casualty_type == "abducted" and k.as_subject and k.rule.startswith("elliptical")
            for k in self._same_mention(mention)
        )

    @staticmethod
    def _pronoun(at: int) -> Mention:
        """One person spoken of before, whose fate may have been told already."""
        return Mention(
            start=at, end=at + 1, low=1, high=1, kind="bare", others=True, head=at, pronoun=True
        )

    @staticmethod
    def _plural_pronoun(at: int) -> Mention:
        """People spoken of before, as many as they were then."""
        return Mention(start=at, end=at + 1, kind="bare", others=True, head=at, pronoun=True)

    def _headline_subject(self, verb: Verb) -> Mention | None:
        """Read "23 passengers offloaded from buses, shot dead in Musakhail"."""
        first = self.mentions[0] if self.mentions else None
        if first is None or first.start > 2 or not first.counted:
            return None
        if not (first.kind == "people" or (first.kind == "bare" and first.number is not None)):
            return None
        between = self.words[first.reach : verb.left]
        taken = between and (between[0].low.endswith("ed") or between[0].low in _TAKEN)
        if not between or not (taken or "act" in between[0].senses):
            return None
        finite = ("be", "have", "say", "relatives", "pronouns")
        ends = any(w.low in {";", ":", ","} or any(s in w.senses for s in finite) for w in between)
        return None if ends else first

    def _before_apposition(self, at: int) -> Mention | None:
        """Read "five labourers, all from Punjab, were killed"."""
        for comma in range(at - 1, max(0, at - 14), -1):
            word = self.words[comma]
            held = word.low == "being"  # "a prisoner, being held in a case, was hurt"
            if ("be" in word.senses and not held) or "say" in word.senses:
                return None
            if word.low in {";", ":"}:
                return None
            if word.low == self.words[at].low:
                mention = self._ending_at(comma)
                whole = mention is not None and mention.kind != "thing"
                return (
                    mention
                    if whole and mention is not None and not self._governor(mention)
                    else None
                )
        return None

    def _before_relative(self, at: int) -> Mention | None:
        """Read "four policemen, who were taken hostage by outlaws, returned home"."""
        for index in range(at - 1, max(0, at - 26), -1):
            word = self.words[index]
            if word.low in {";", ":", "said"}:
                return None
            if word.low in {"who", "whom", "whose"}:
                comma = index - 1
                if self.words[comma].low == "of" and (few := self._at.get(comma)) is not None:
                    comma = few.start - 1  # "twelve people, ten of whom were …, were killed"
                elif self.words[comma].low == "of":
                    comma -= 1  # "16 people, of whom six were children, were killed"
                elif (few := self._at.get(index)) is not None and few.of_them:
                    comma = few.start - 1
                if comma < 1 or self.words[comma].low != ",":
                    continue
                return self._ending_at(comma)
        return None

    def _ending_at(self, comma: int) -> Mention | None:
        """The people before a comma, with "of the Military Intelligence" after them."""
        mention = self._at.get(comma - 1)
        if mention is not None and mention.counted and mention.reach == comma:
            return mention
        if self._is_name(comma - 1):  # "a boy, Sameer, who"
            opened = comma - 1
            while opened > 0 and self._is_name(opened):
                opened -= 1
            named = self._at.get(opened - 1) if self.words[opened].low == "," else None
            if named is not None and named.counted and named.reach == opened:
                return named
        for index in range(comma - 1, max(-1, comma - 8), -1):
            reached = self._at.get(index)
            if reached is not None and reached.counted and reached.reach == index + 1:
                after = self.words[index + 1].senses
                return reached if "prepositions" in after and reached.kind == "people" else None
            word = self.words[index]
            if not word.low[0].isalnum() or {"be", "have", "say", "act"} & word.senses.keys():
                return None
        return None

    def _is_name(self, at: int) -> bool:
        return at >= 0 and self.words[at].text[:1].isupper() and at not in self._at

    def _has_verb_between(self, at: int, verb: Verb) -> bool:
        """Whether a relative clause has a verb of its own before this one."""
        return any("act" in w.senses for w in self.words[at + 1 : verb.left + 1])

    def _before_attribution(self, at: int) -> int | None:
        """Index before ", it says," for the comma that closes it."""
        said = False
        for index in range(at - 1, max(-1, at - 7), -1):
            word = self.words[index]
            said |= "say" in word.senses
            if word.low == ",":
                return index - 1 if said else None
            if "act" in word.senses or (index in self._start and self._start[index].counted):
                return None
        return None

    def _antecedent(self, at: int) -> Mention | None:
        before = at - 1
        while before >= 0 and (self.words[before].low == "," or before in self._skip):
            before = self._skip[before].start - 1 if before in self._skip else before - 1
        mention = self._at.get(before)
        if mention is None and before + 1 < at and self._is_name(before):
            mention = self._ending_at(before + 1)
            before = mention.reach - 1 if mention is not None else before
        if mention is None:
            # "three labourers hailing from Punjab, who …"
            if self.words[at].low in {"that", "which"}:
                return None  # "18 passengers in the van that was hit"
            reached = (self._at.get(i) for i in range(before - 1, max(-1, before - 7), -1))
            mention = next((m for m in reached if m is not None), None)
            described = mention is not None and self._modifies(mention, before)
            return mention if described and mention is not None and mention.counted else None
        if mention.kind == "thing" or mention.reach - 1 != before:
            return None
        if self.words[at].low == "that" and mention.kind == "bare":
            return None
        return mention

    def _previous_in_list(self, mention: Mention) -> Mention | None:
        at = mention.start - 1
        joined = False
        while at >= 0 and self.words[at].low in JOINTS | {"both", "either", "also"}:
            joined = True
            at -= 1
            while at >= 0 and at in self._skip and at not in self._at:
                at -= 1
            skip = self._skip.get(at)
            if skip is not None:
                at = skip.start - 1
        if not joined or at < 0:
            return None
        before = self._at.get(at)
        if before is not None and not before.counted:
            before = self._owned_by(before) or before
            at = before.reach - 1 if before.counted else at
        if (
            before is not None
            and before.kind == "unknown"
            and self.words[mention.start - 1].low == ","
        ):
            return None
        if before is None or before.reach - 1 != at:
            before = self._named_before(at, mention)
            return before
        if before.kind == "thing" or before.part or self._is_whole(before):
            return None
        return (
            None
            if self._governor(before) and self.words[before.start - 1].low not in {"of", "with"}
            else before
        )

    def _owned_by(self, owner: Mention) -> Mention | None:
        """The people of "a naib subedar of the FC" for the FC."""
        at = owner.start - 1
        if at > 0 and "determiners" in self.words[at].senses:
            at -= 1
        if at < 1 or self.words[at].low not in {"of", "from"}:
            return None
        mention = self._at.get(at - 1)
        if mention is None or not mention.counted or mention.reach != at:
            return None
        return mention

    def _is_whole(self, mention: Mention) -> bool:
        """Whether it opens the sentence as a whole of which parts follow: "Out of 18 miners, 11 …"."""
        opening = [w.low for w in self.words[: mention.start]]
        return opening in (["out", "of"], ["of"], ["from", "among"], ["of", "the"])

    def _named_before(self, at: int, mention: Mention) -> Mention | None:
        """Read "Captain Ali Raza, 28, a resident of Lahore, and Sepoy Khan embraced …"."""
        if self.words[mention.start - 1].low != "and":
            return None
        for index in range(at, max(-1, at - 14), -1):
            if any(s in self.words[index].senses for s in ("be", "say", "act", "undergo")):
                return None
            named = self._at.get(index)
            if named is not None and named.counted and named.names_end == index + 1:
                follows = self.words[index + 1].low if index + 1 < len(self.words) else ""
                return named if follows in {",", "("} else None
        return None
