"""The words of one sentence as they are linked: verbs with their auxiliaries, lists, links."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from incidents.extraction.breakdowns import Breakdown
from incidents.extraction.mentions import Mention
from incidents.extraction.vocabulary import Act
from incidents.extraction.words import Word
from incidents.model import CasualtyType

BARE_GAP = 6
JOINTS = frozenset({
    ",", "+", "and", "&", "as well as", "along with", "together with", "plus", "besides", "alongside",
    "or", "apart from",
})  # fmt: skip


_UNITS = frozenset(
    {"patrol", "squad", "contingent", "platoon", "detachment", "convoy", "posse", "force", "column"}
)
_BANDS = frozenset({"team", "group", "party", "crew", "batch", "band"})
_TO_DEATH = frozenset({"fatal", "fatally", "mortal", "mortally"})


@dataclass(slots=True)
class Link:
    """A mention, what befell it, and by which rule that was read."""

    mention: Mention
    casualty_type: CasualtyType
    rule: str
    score: float
    start: int
    """First word of the casualty words."""
    end: int
    as_subject: bool = False
    lemma: str = ""
    distant_past: bool = False
    """"who had been kidnapped": told of people whose later fate is the news."""
    doubtful: bool = False
    relative: bool = False
    """"who were kidnapped": gives way to what the sentence goes on to say of them."""


@dataclass(slots=True)
class Verb:
    """A casualty word with its auxiliaries."""

    at: int
    end: int
    casualty_type: CasualtyType
    lemma: str
    left: int
    """Index of the first word before the auxiliaries."""
    passive: bool
    has_be: bool
    undone: bool
    """Negated, or only threatened, planned, possible."""
    pluperfect: bool
    doubtful: bool


class Clauses:
    """A sentence's words and people, and the links found so far."""

    def __init__(
        self,
        words: Sequence[Word],
        mentions: Sequence[Mention],
        breakdowns: Sequence[Breakdown],
        needs_people: frozenset[str],
        captives_only: frozenset[str],
        implied: frozenset[str] = frozenset(),
    ) -> None:
        self.words = words
        self.mentions = mentions
        self.needs_people = needs_people
        self.captives_only = captives_only
        self.implied = implied
        self.links: list[Link] = []
        self.undone: list[Mention] = []
        self.undone_at: list[int] = []
        self.found_dead: set[int] = set()
        """Mentions of whom a body is told: "recovered" does not free them."""
        self._at: dict[int, Mention] = {}
        self._start: dict[int, Mention] = {}
        for mention in mentions:
            self._start[mention.start] = mention
            for index in range(mention.start, mention.reach):
                self._at[index] = mention
        for mention in mentions:
            if mention.self_noun and mention.start and self._are_wounds(mention):
                mention.kind = "thing"
            if mention.start > 1 and self._is_of_unit(mention):
                mention.kind = "thing"
        self.few: dict[int, Mention] = {}
        """The few of a counted whole, by the whole's id: "four of the 18 hostages"."""
        for mention in mentions:
            few = self._few_before(mention)
            if few is not None:
                self.few[id(mention)] = few
                few.few_of = mention
                if mention.kind in {"people", "unknown", "thing"}:
                    few.kind, few.group = mention.kind, mention.group
                else:
                    few.of_them = True
        self._skip = {index: b for b in breakdowns for index in range(b.start, b.end)}
        self._objects: set[int] = set()

    def _are_wounds(self, mention: Mention) -> bool:
        """Whether they are one man's: "received multiple bullet injuries"."""
        before = self.words[mention.start - 1].senses
        return "suffer_nouns" in self.words[mention.head].senses and "suffer" in before

    def _is_of_unit(self, mention: Mention) -> bool:
        """Whether it only says how strong a unit was: "who was leading a patrol of 12 men"."""
        of_it = self.words[mention.start - 1].low == "of"
        return of_it and mention.number is not None and self.words[mention.start - 2].low in _UNITS

    def _few_before(self, mention: Mention) -> Mention | None:
        """The bare figure of "four (out) of the 18 hostages", for the hostages."""
        at = mention.start - 1
        if at < 1 or mention.number is None or self.words[at].low != "of":
            return None
        at -= 2 if self.words[at - 1].low == "out" else 1
        few = self._at.get(at)
        bare = few is not None and few.counted and few.kind == "bare" and few.end == at + 1
        return few if bare and few is not None and few.number is not None else None

    def _verb(self, at: int, end: int, act: Act) -> Verb:  # noqa: PLR0912
        left = at - 1
        be = have = undone = infinitive = doubtful = modal = False
        while left >= 0:
            word = self.words[left]
            senses = word.senses
            if word.low == "both" and be and left in self._at:
                break  # "both were killed"
            if "be" in senses:
                be = True
                doubtful |= word.low == "been" and modal
            elif "have" in senses:
                have = True
            elif "modal" in senses:
                modal = True
            elif "negation" in senses:
                undone = True
            elif word.low == "to" and left and left not in self._at:
                infinitive = True
            elif word.low in {"feared", "presumed"}:
                doubtful = True
            elif not ("adverbs" in senses or (word.low.endswith("ly") and left not in self._at)):
                break
            left -= 1
        if modal and have:
            doubtful = True
        elif modal:
            undone = True
        if infinitive and not have:
            before = self.words[max(0, left - 3) : left + 1]
            undone |= not any("really_did" in w.senses for w in before)
        purpose = left < 0 or self.words[left].low not in {
            "for",
            "of",
            "in",
        }  # "wanted for killing"
        if (
            purpose
            and any("hypothetical" in w.senses for w in self.words[max(0, left - 2) : left + 1])
            and (infinitive or "ing" in act.forms or "base" in act.forms)
        ):
            undone = undone or not any(
                "really_did" in w.senses for w in self.words[max(0, left - 3) : left + 1]
            )
        participle = "participle" in act.forms
        befell: CasualtyType = act.casualty_type  # type: ignore[assignment]
        if befell == "injured" and any(w.low in _TO_DEATH for w in self.words[at - 1 : end]):
            befell = "killed"  # "fatally wounded", "sustained fatal injuries"
        return Verb(
            at=at, end=end, casualty_type=befell, lemma=act.lemma, left=left,
            passive=participle and be, has_be=be, undone=undone,
            pluperfect=any(w.low == "had" for w in self.words[left + 1 : at]), doubtful=doubtful,
        )  # fmt: skip

    def _has_be(self, at: int) -> bool:
        return at > 0 and (
            "be" in self.words[at - 1].senses or "adverbs" in self.words[at - 1].senses
        )

    def _add(
        self, mention: Mention, verb: Verb, rule: str, score: float, as_subject: bool = False
    ) -> None:
        if verb.undone:
            self.undone.append(mention)
            return
        if mention.kind == "thing" or (
            mention.kind == "unknown" and verb.lemma in self.needs_people
        ):
            return
        if self.words[mention.head].low in {"lives", "life"} and mention.head >= 0:
            return
        if mention.group == "inmates" and verb.lemma in {"hold", "detain"}:
            return  # "a prisoner in the lock-up, being held in a murder case"
        distant = verb.pluperfect and as_subject and self._in_relative(verb)
        if (
            mention.low is None
            and mention.kind == "bare"
            and not mention.others
            and verb.lemma in self.needs_people
        ):
            return
        self._put(Link(
            mention, verb.casualty_type, rule, score, verb.at, verb.end, as_subject, verb.lemma,
            distant_past=distant, relative=as_subject and self._in_relative(verb),
            doubtful=verb.doubtful or mention.pronoun or verb.lemma in self.implied,
        ))  # fmt: skip

    def _in_relative(self, verb: Verb) -> bool:
        return verb.left >= 0 and "relatives" in self.words[verb.left].senses

    def _put(self, link: Link) -> None:
        for other in self._same(link):
            if other.casualty_type == link.casualty_type:
                if other.doubtful and not link.doubtful:
                    self.links.remove(other)  # "hunted down and sent to hell": said outright
                    break
                return
        self.links.append(link)

    def _same(self, link: Link) -> Iterator[Link]:
        return (k for k in self.links if k.mention is link.mention)

    def _same_mention(self, mention: Mention) -> Iterator[Link]:
        return (k for k in self.links if k.mention is mention)

    def _governor(self, mention: Mention) -> bool:
        if not mention.start:
            return False
        before = self.words[mention.start - 1]
        if not mention.counted and self._is_inside_phrase(mention):
            return True
        return (
            "prepositions" in before.senses
            and before.low not in {"including", "killing", "leaving", "of"}
        ) or (
            before.low == "of"
            and not (mention.start > 1 and self.words[mention.start - 2].low in _BANDS)
            and not (mention.start == 2 and self.words[0].low == "out")  # "Out of 18 miners, 11 …"
        )

    def _is_inside_phrase(self, mention: Mention) -> bool:
        """Whether an uncounted name stands after "of the …": "four men of the Baloch army"."""
        for at in range(mention.start - 1, max(0, mention.start - 5), -1):
            word = self.words[at]
            senses = word.senses
            if word.low == "by":
                return True  # "taken captive by the militants were let go"
            if "prepositions" in senses:
                return word.low in {"of", "from", "belonging to", "with"} and at - 1 in self._at
            verbal = any(s in senses for s in ("act", "be", "have", "say", "undergo", "relatives"))
            if verbal or not (word.low[0].isalpha() or word.low == "'s"):
                return False
        return False

    def _modifies(self, mention: Mention, left: int) -> bool:
        """Whether only a phrase that describes a mention stands between it and a participle."""
        if mention.reach >= len(self.words):
            return False
        following = self.words[mention.reach]
        return (
            "prepositions" in following.senses
            or following.low in {"(", "riding", "travelling", "hailing", "others"}
            or (following.low.endswith("ing") and left - mention.reach <= BARE_GAP)
        )

    def _opening(self, at: int) -> int | None:
        for index in range(at - 1, max(-1, at - 30), -1):
            if self.words[index].low == "(":
                return index
        return None

    def _is_subject(self, mention: Mention) -> bool:
        """Whether a mention is followed by a verb or adjective of its own."""
        at = mention.reach
        while at in self._skip:
            at = self._skip[at].end
        for word in self.words[at : at + 3]:
            senses = word.senses
            if "be" in senses or "have" in senses or "undergo" in senses or "suffer" in senses:
                return True
            if "state" in senses or "people" in senses or "say" in senses or "doing" in senses:
                return True
            if "act" in senses:
                return "participle" in senses["act"].forms or "past" in senses["act"].forms
            if not ("adverbs" in senses or word.low.endswith("ly")):
                return False
        return False

    def _next_in_list(self, mention: Mention) -> Mention | None:
        at = mention.reach
        while at in self._skip:
            at = self._skip[at].end
            if at < len(self.words) and self.words[at - 1].low == "," and at in self._start:
                return None if self.words[at - 1].low != "," else self._start[at]
        joined = False
        while at < len(self.words) and self.words[at].low in JOINTS:
            joined = True
            at += 1
        if not joined:
            return None
        following = self._start.get(at)
        if following is None or following.kind == "thing" or following.part:
            return None
        return following

    def _follows_captives(self, mention: Mention) -> bool:
        """Read "18 miners kidnapped, seven escape"."""
        return mention.kind == "bare" and any(
            k.casualty_type == "abducted" and k.mention.end <= mention.start for k in self.links
        )

    def _is_captive(self, mention: Mention) -> bool:
        return (
            mention.group == "inmates"
            or mention.self_type in {"abducted", "missing"}
            or mention.of_people in {"abducted", "missing"}
            or any(k.casualty_type == "abducted" for k in self._same_mention(mention))
            or self._follows_captives(mention)
            or (
                self.words[mention.head].low
                in {"hostages", "captives", "abductees", "hostage", "captive", "passengers"}
            )
        )
