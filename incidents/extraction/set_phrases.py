"""Nouns and set phrases: "the killing of", "sent to hell", "claimed 14 lives"."""

from __future__ import annotations

from incidents.extraction.clauses import Link
from incidents.extraction.mentions import Mention
from incidents.extraction.objects import Objects
from incidents.extraction.vocabulary import Act
from incidents.model import CasualtyType

_ADMITTED = frozenset({
    "admitted", "rushed", "brought", "taken", "shifted", "treated", "moved", "airlifted",
    "hospitalised", "hospitalized", "evacuated", "referred",
})  # fmt: skip


class SetPhrases(Objects):
    """Reads what befell people from nouns and set phrases."""

    def _noun_of(self, at: int, casualty_type: CasualtyType) -> None:
        cases = self._at.get(at - 2) if at > 1 and self.words[at - 1].low == "of" else None
        if cases is not None and cases.number is not None and self.words[at - 2].low == "cases":
            # "128 cases of enforced disappearance"
            cases.kind, cases.group = "people", cases.group or "total"
            self._put(Link(cases, casualty_type, "nominal: cases of", 0.85, at - 2, at + 1))
            return
        own = self._at.get(at)
        if own is not None and own.counted and own.number is not None and own.number < at:
            return  # "17 deaths of …" counts the deaths
        if at + 2 >= len(self.words) or self.words[at + 1].low not in {"of", "to"}:
            return
        if self.words[at + 1].low == "to" and casualty_type != "injured":
            return
        if "lives" in self.words[at + 2].senses:
            return  # "loss of life"
        before = self.words[max(0, at - 4) : at]
        found_dead = "counted" in self.words[at].senses or self.words[at].low == "remains"
        if (
            not found_dead
            and any("hypothetical" in w.senses or "negation" in w.senses for w in before)
        ) or any(
            w.low in {"for", "threat", "demand", "against"} for w in before[-2:] if not found_dead
        ):
            target = self._start.get(at + 2)
            if target is not None and target.self_type is None:
                self.undone.append(target)
            return
        target = self._start.get(at + 2)
        while target is not None:
            known = {"people"} if self.words[at].low == "loss" else {"people", "bare", "unknown"}
            if target.counted and (target.kind in known or target.of_them):
                self._put(
                    Link(
                        target,
                        casualty_type,
                        "nominal: noun of people",
                        0.93,
                        at,
                        at + 2,
                        lemma=self.words[at].low,
                    )
                )
                self._objects.add(id(target))
                if found_dead:
                    self.found_dead.add(id(target))
            following = self._next_in_list(target)
            if following is not None and self._is_subject(following):
                following = following if found_dead and not self._has_fate(following) else None
            target = following

    def _has_fate(self, mention: Mention) -> bool:
        """Whether a casualty word of its own follows: not in "… and four others were found"."""
        return any(
            {"act", "undergo", "suffer", "state"} & word.senses.keys() and word.low != "recovered"
            for word in self.words[mention.reach : mention.reach + 4]
        )

    def _suffer(self, at: int) -> None:
        for index in range(at + 1, min(at + 6, len(self.words))):
            senses = self.words[index].senses
            if "suffer_nouns" in senses:
                before = self.words[at - 1] if at else None
                forms = (
                    {"participle", "past"}
                    if self.words[at].low.endswith(("ed", "ot"))
                    else {"base"}
                )
                act = Act("injured", "sustain injuries", frozenset(forms))
                if (
                    before is not None
                    and self.words[at].low.endswith("ing")
                    and "be" not in before.senses
                ):
                    act = Act("injured", "sustain injuries", frozenset({"past"}))
                self._subjects(self._verb(at, index + 1, act), active=True)
                return
            if "prepositions" in senses or "conjunctions" in senses or "counted" in senses:
                return

    def _with_wounds(self, at: int) -> None:
        """Read "six were rushed to hospital with burns", "eleven men with bullet wounds"."""
        joint = next(
            (i for i in range(at - 1, max(0, at - 5), -1) if self.words[i].low in {"with", "for"}),
            0,
        )
        if not joint:
            return
        act = Act("injured", "with wounds", frozenset({"past", "participle"}))
        mention = self._at.get(joint - 1)
        if mention is not None and mention.counted and mention.reach == joint:
            told = mention.self_type is not None or any(self._same_mention(mention))
            if self.words[joint].low == "with" and mention.kind != "thing" and not told:
                self._put(Link(mention, "injured", "set phrase: with wounds", 0.85, joint, at + 1))
            return
        for index in range(joint - 1, max(0, joint - 6), -1):
            if self.words[index].low in _ADMITTED and "be" in self.words[index - 1].senses:
                self._subjects(self._verb(index, at + 1, act))
                return

    def _sent_off(self, at: int, sense: str, act: Act) -> None:
        """Read "sent to hell", "took five people away": a verb, people, and what tells their fate."""
        for index in range(at - 1, max(-1, at - 18), -1):
            if sense not in self.words[index].senses:
                continue
            verb = self._verb(index, at + 1, act)
            if verb.has_be and index < at - 2:
                return  # "were taken to a hospital some 60 kilometres away"
            if index == at - 1 or verb.has_be or index + 1 == at:
                self._subjects(verb, active=not verb.has_be and index != at - 1)
                return
            target = self._start.get(index + 1)
            while target is not None and target.start < at:
                if target.counted:
                    self._add(target, verb, f"set phrase: {act.lemma}", 0.95)
                target = self._next_in_list(target)
            return

    def _lives(self, at: int) -> None:
        near = self.words[max(0, at - 7) : at + 4]
        taken = any("take_lives" in w.senses or w.low == "loss" for w in near)
        none = any(w.senses.get("qualifier") == "none" for w in near)
        if not taken or none or any(w.low in {"save", "saved", "saving"} for w in near):
            return
        mention = self._at.get(at)
        one = mention is not None and mention.low == 1 and not mention.definite
        if mention is not None and mention.counted and (mention.number is not None or one):
            mention.group = "total" if mention.group is None else mention.group
            mention.kind = "people"
            self._put(Link(mention, "killed", "set phrase: claimed lives", 0.93, at, at + 1))
            return
        if at + 2 < len(self.words) and self.words[at + 1].low == "of":
            target = self._start.get(at + 2)
            while target is not None:
                if target.counted:
                    self._put(
                        Link(target, "killed", "set phrase: claimed the lives of", 0.93, at, at + 2)
                    )
                following = self._next_in_list(target)
                target = (
                    following if following is not None and not self._is_subject(following) else None
                )
