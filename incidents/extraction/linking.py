"""What befell whom: links between the people of a sentence and its casualty words."""

from __future__ import annotations

from incidents.extraction.clauses import Link
from incidents.extraction.mentions import Mention
from incidents.extraction.set_phrases import SetPhrases
from incidents.extraction.vocabulary import Act
from incidents.extraction.words import QUOTES
from incidents.model import CasualtyType, VictimGroup

__all__ = ["Link", "Linker"]

# "with his death": of somebody who may have been counted already.
_OWNED = frozenset({"his", "her", "their", "the"})
_DEATHS = frozenset({"death", "deaths", "killing", "murder", "martyrdom", "martyr", "fatality"})
_HOSTAGES = frozenset({"hostages", "captives", "prisoners"})
_COMPARED = frozenset({
    "as against", "compared to", "compared with", "up from", "down from", "opposed to", "opposed with",
})  # fmt: skip
_EITHER_FORM = frozenset({"past", "participle"})


class Linker(SetPhrases):
    """Links the mentions of one sentence."""

    def link(self) -> list[Link]:  # noqa: PLR0912
        """Return the links of the sentence, in order of their casualty words."""
        for at, word in enumerate(self.words):
            senses = word.senses
            if "act" in senses:
                self._act(at, senses["act"])
            elif "undergo" in senses:
                act: Act = senses["undergo"]
                inside = self._at.get(at)
                counted = inside is not None and inside.counted and at < inside.end
                if inside is not None and counted and self._describes_in(inside, at):
                    continue  # "eleven of the disappeared", "six escaped prisoners"
                before = self._at.get(at - 1)
                dying = before is not None and before.counted and before.reach == at
                if dying and "ing" in act.forms and before is not None:
                    verb = self._verb(at, at + 1, act)
                    self._add(before, verb, "intransitive: people before verb", 0.85)
                elif "ing" not in act.forms or self._has_be(at):
                    self._undergo(at, at + 1, act)
            elif "state" in senses:
                self._state(at, senses["state"])
            elif "people" in senses and at not in self._start:
                self._state(at, senses["people"])
            if "noun_of" in senses:
                self._noun_of(at, senses["noun_of"])
            if "suffer" in senses:
                self._suffer(at)
            if "suffer_nouns" in senses:
                self._with_wounds(at)
            if "send_to" in senses:
                self._sent_off(at, "send", Act("killed", "send to hell", _EITHER_FORM))
            if "taken" in senses:
                lemma = "take into custody" if senses["taken"] == "arrested" else "take away"
                self._sent_off(at, "taking", Act(senses["taken"], lemma, _EITHER_FORM))
            if "lives" in senses:
                self._lives(at)
            if "taking" in senses:
                self._takes_hostages(at)
        self._by_themselves()
        self._gapped()
        self._keep_the_last_fate()
        return self.links

    @staticmethod
    def _describes_in(mention: Mention, at: int) -> bool:
        return mention.of_people is not None or mention.start < at < mention.head

    def _takes_hostages(self, at: int) -> None:
        """Read "the militants took 11 hostages"."""
        target = self._start.get(at + 1)
        if target is None or target.number is None or self.words[target.head].low not in _HOSTAGES:
            return
        act = Act("abducted", "take hostage", _EITHER_FORM)
        self._add(target, self._verb(at, at + 1, act), "set phrase: take hostages", 0.9)

    def _keep_the_last_fate(self) -> None:
        """Doubt "abducted" where "seven miners abducted from Harnai have been freed"."""
        final = {
            id(k.mention): k.start
            for k in self.links
            if k.as_subject and not k.relative and self._is_final(k)
        }
        for link in self.links:
            if (
                link.as_subject
                and (link.relative or link.rule.startswith("elliptical"))
                and link.start < final.get(id(link.mention), -1)
            ):
                link.doubtful = True
        self._drop_wounds_of_the_dead()

    def _drop_wounds_of_the_dead(self) -> None:
        """Drop "injured" where "two constables received bullet injuries and succumbed"."""
        dead = {
            id(k.mention): k.start
            for k in self.links
            if k.casualty_type == "killed" and k.as_subject and k.rule.startswith("intransitive")
        }
        self.links = [
            k for k in self.links
            if not (k.casualty_type == "injured" and k.start < dead.get(id(k.mention), -1))
        ]  # fmt: skip

    def _is_final(self, link: Link) -> bool:
        """Whether a verb tells the news: finite, or "recovered" that nothing joins to a first."""
        if not link.rule.startswith("elliptical"):
            return True
        joined = link.start and self.words[link.start - 1].low in {",", "and", "then", "later", "&"}
        return link.casualty_type == "freed" and not joined

    def _gapped(self) -> None:
        """Read "five insurgents were killed in Kharan, four in Panjgur and three in Kech"."""
        linked = {id(link.mention) for link in self.links}
        barred = {id(m) for m in self.undone}
        for mention in self.mentions:
            if id(mention) in linked or id(mention) in barred or mention.part or mention.others:
                continue
            if mention.kind != "bare" or mention.number is None or mention.qualifier != "exact":
                continue
            if self._has_own_fate(mention):
                continue
            at = mention.end
            opens = mention.start and self.words[mention.start - 1].low in {",", "and", ";"}
            placed = (
                at + 1 < len(self.words)
                and self.words[at].low in {"in", "from", "at", "near"}
                and self.words[at + 1].text[:1].isupper()
            )
            if self._ends_item(at) and (self._after_name(mention) or self._of_another(mention)):
                opens = placed = True
            elif opens and self._in_another(at):
                placed = True
            before = [
                k for k in self.links if k.mention.end < mention.start and k.end <= mention.start
            ]
            told_apart = self._beside_name(mention) or self._compared(mention)
            if (
                not ((opens and placed) or told_apart)
                or not before
                or before[-1].rule.startswith("zero")
            ):
                continue
            told = before[-1]
            mention.group = self._owner(mention) or told.mention.group
            self._put(Link(
                mention, told.casualty_type, "gapped: four in another place", 0.85,
                mention.start, mention.end, lemma=told.lemma,
            ))  # fmt: skip

    def _has_own_fate(self, mention: Mention) -> bool:
        """Whether what befell them is said right after: "5 dead", "3 in custody"."""
        return any(
            not {"state", "people", "act", "undergo"}.isdisjoint(w.senses)
            for w in self.words[mention.end : mention.end + 2]
        )

    def _ends_item(self, at: int) -> bool:
        return at >= len(self.words) or self.words[at].low in {",", "and", ".", ";"}

    def _after_name(self, mention: Mention) -> bool:
        """Read "Kech three and Awaran two", "followed by Awaran with five"."""
        at = mention.start - 1
        if at > 0 and self.words[at].low == "with":
            at -= 1
        if at < 1 or not self.words[at].text[:1].isupper() or self.words[at].senses:
            return False
        return self.words[at - 1].low in {",", "and", "by", ";"}

    def _of_another(self, mention: Mention) -> bool:
        """Read "the first blast killed three and the second five", "in Panjgur, two", "the FC three"."""
        before = [w.low for w in self.words[max(0, mention.start - 4) : mention.start]]
        if before[-2:] in (["the", "second"], ["the", "third"], ["the", "other"]):
            return True
        if before[-1:] in (["another"], ["the second"], ["the other"]):
            return True
        if self._owner(mention) is not None:
            return True
        name = self.words[mention.start - 2] if mention.start > 2 else None
        return (
            before[-1:] == [","] and name is not None and name.text[:1].isupper()
            and self.words[mention.start - 3].low in {"in", "at", "from"}
        )  # fmt: skip

    def _beside_name(self, mention: Mention) -> bool:
        """Read "followed by Awaran (22) and Dera Bugti (14)"."""
        at = mention.start - 1
        return (
            at > 0 and self.words[at].low == "(" and self.words[at - 1].text[:1].isupper()
            and self.words[at - 1].senses.keys() <= {"claimant"}
            and mention.end < len(self.words) and self.words[mention.end].low == ")"
        )  # fmt: skip

    def _compared(self, mention: Mention) -> bool:
        """Read "84 persons disappeared in July, as against 61 in June"."""
        before = " ".join(w.low for w in self.words[max(0, mention.start - 2) : mention.start])
        return before in _COMPARED

    def _in_another(self, at: int) -> bool:
        """Read "… in the first attack and four in the second"."""
        after = [w.low for w in self.words[at : at + 3]]
        return after[:2] in (["in", "another"], ["in", "the other"]) or after in (
            ["in", "the", "second"], ["in", "the", "third"], ["in", "the", "other"],
        )  # fmt: skip

    def _owner(self, mention: Mention) -> VictimGroup | None:
        """Whose men they are in "the police lost two men and the FC three"."""
        before = self._at.get(mention.start - 1)
        if before is None or before.counted or before.kind != "people" or before.start < 2:
            return None
        joint = self.words[before.start - 1].low
        if joint == "the":
            joint = self.words[before.start - 2].low
        return before.group if joint in {"and", ",", ";"} else None

    def _undergo(self, at: int, end: int, act: Act) -> None:
        verb = self._verb(at, end, act)
        self._subjects(verb, active=True)

    def _state(self, at: int, casualty_type: CasualtyType) -> None:
        if at in self._at and at < self._at[at].end and self._at[at].counted:
            return
        if self.words[at].low in {"hostage", "captive"} and not self._taken(at):
            return
        if at > 1 and self.words[at].low == "dead" and self.words[at - 1].low in {"them", "him"}:
            if self.words[at - 2].low in {"shot", "shooting", "shoot"}:
                shot = self._verb(at - 2, at + 1, Act(casualty_type, "shoot dead", _EITHER_FORM))
                self._them(shot, one=self.words[at - 1].low == "him")
            return
        if self.words[at].low == "shaheed" and self.words[at].text[:1].isupper():
            return  # part of a name
        if self.words[at].low in {
            "fallen",
            "fatalities",
            "bodies",
            "martyrs",
            "hostages",
            "captives",
            "detainees",
            "injuries",
        }:
            return
        verb = self._verb(
            at, at + 1, Act(casualty_type, self.words[at].low, frozenset({"participle"}))
        )
        self._subjects(verb)

    def _taken(self, at: int) -> bool:
        return any(
            w.low
            in {
                "take",
                "takes",
                "took",
                "taken",
                "taking",
                "hold",
                "holds",
                "held",
                "holding",
                "made",
                "making",
            }
            for w in self.words[max(0, at - 9) : at]
        )

    def _speaks(self, mention: Mention) -> bool:
        """Whether it is who tells: "said one of the injured", "another freed passenger, who told"."""
        before = self.words[mention.start - 1] if mention.start else None
        told = "say" in before.senses and mention.start > 1 if before is not None else False
        if told and self.words[mention.start - 2].low in (*QUOTES, ","):
            return mention.low == 1
        if before is not None and before.low == "by" and mention.number is None:
            return True  # "was contradicted by another freed passenger"
        at = mention.reach
        if (
            at + 1 < len(self.words)
            and self.words[at].low == ","
            and self.words[at + 1].low == "who"
        ):
            at += 1
        while at < len(self.words) and self.words[at].low in {"who", "later", "also", "had"}:
            at += 1
        return mention.low == 1 and at < len(self.words) and "say" in self.words[at].senses

    def _by_themselves(self) -> None:  # noqa: PLR0912
        linked = {id(link.mention) for link in self.links}
        barred = {id(m) for m in self.undone}
        for mention in self.mentions:
            if not mention.counted or mention.kind == "thing" or id(mention) in barred:
                continue
            if mention.either and id(mention) not in linked:
                self._put(
                    Link(mention, "killed", "noun: casualties", 0.4, mention.head, mention.end)
                )
                continue
            if mention.self_type is not None and (mention.self_noun or id(mention) not in linked):
                if id(mention) in linked:
                    self.links = [k for k in self.links if k.mention is not mention]
                rule = (
                    "noun: counted casualties"
                    if mention.self_noun
                    else "adjective: people said to be hurt"
                )
                if mention.number is None and mention.definite and not mention.self_noun:
                    continue
                if self._speaks(mention) or self.words[mention.start].low == "each":
                    continue
                score = 0.9 if mention.self_noun else 0.85
                at = mention.head
                told_before = mention.number is None and self.words[mention.start].low in _OWNED
                told_before &= mention.end <= at + 1
                self._put(Link(
                    mention, mention.self_type, rule, score, at, at + 1,
                    doubtful=told_before and self.words[at].low in _DEATHS,
                ))  # fmt: skip
            elif mention.of_people is not None and id(mention) not in linked:
                if self._speaks(mention):
                    continue
                self._put(
                    Link(
                        mention,
                        mention.of_people,
                        "partitive: some of the people hurt",
                        0.85,
                        mention.start,
                        mention.end,
                    )
                )
        for breakdown_part in self.mentions:
            parent = breakdown_part.parent
            if not breakdown_part.part or parent is None or not breakdown_part.counted:
                continue
            own = [k for k in self.links if k.mention is breakdown_part]
            if own:
                continue
            for link in [k for k in self.links if k.mention is parent]:
                self._put(
                    Link(
                        breakdown_part,
                        link.casualty_type,
                        "breakdown: part of a total",
                        link.score - 0.02,
                        link.start,
                        link.end,
                    )
                )
