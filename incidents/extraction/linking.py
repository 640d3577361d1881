"""What befell whom: links between the people of a sentence and its casualty words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from incidents.extraction.breakdowns import Breakdown
from incidents.extraction.mentions import Mention
from incidents.extraction.vocabulary import Act
from incidents.extraction.words import Word
from incidents.model import CasualtyType

_SUBJECT_GAP = 16
_BARE_GAP = 6
_JOINTS = frozenset(
    {
        ",",
        "and",
        "&",
        "as well as",
        "along with",
        "together with",
        "plus",
        "besides",
        "alongside",
        "or",
        "apart from",
    }
)
_ARTICLES = frozenset({"a", "an", "the", "his", "her", "their", "its", "our"})
_QUOTES = frozenset("“”\"'‘’«»")


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


@dataclass(slots=True)
class _Verb:
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


class Linker:
    """Links the mentions of one sentence."""

    def __init__(
        self,
        words: Sequence[Word],
        mentions: Sequence[Mention],
        breakdowns: Sequence[Breakdown],
        needs_people: frozenset[str],
        captives_only: frozenset[str],
    ) -> None:
        self.words = words
        self.mentions = mentions
        self.needs_people = needs_people
        self.captives_only = captives_only
        self.links: list[Link] = []
        self.undone: list[Mention] = []
        self.undone_at: list[int] = []
        self._at: dict[int, Mention] = {}
        self._start: dict[int, Mention] = {}
        for mention in mentions:
            self._start[mention.start] = mention
            for index in range(mention.start, mention.reach):
                self._at[index] = mention
        self._skip = {index: b for b in breakdowns for index in range(b.start, b.end)}
        self._objects: set[int] = set()

    def link(self) -> list[Link]:
        """Return the links of the sentence, in order of their casualty words."""
        for at, word in enumerate(self.words):
            senses = word.senses
            if "act" in senses:
                self._act(at, senses["act"])
            elif "undergo" in senses:
                act: Act = senses["undergo"]
                if "ing" not in act.forms or self._has_be(at):
                    self._undergo(at, at + 1, act)
            elif "state" in senses:
                self._state(at, senses["state"])
            elif "people" in senses and at not in self._start:
                self._state(at, senses["people"])
            if "noun_of" in senses:
                self._noun_of(at, senses["noun_of"])
            if "suffer" in senses:
                self._suffer(at)
            if "send_to" in senses:
                self._send(at)
            if "lives" in senses:
                self._lives(at)
        self._by_themselves()
        return self.links

    # -- verbs --------------------------------------------------------------------------

    def _verb(self, at: int, end: int, act: Act) -> _Verb:
        left = at - 1
        be = have = undone = infinitive = doubtful = modal = False
        while left >= 0:
            word = self.words[left]
            senses = word.senses
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
        return _Verb(
            at=at, end=end, casualty_type=act.casualty_type, lemma=act.lemma, left=left,  # type: ignore[arg-type]
            passive=participle and be, has_be=be, undone=undone,
            pluperfect=any(w.low == "had" for w in self.words[left + 1 : at]), doubtful=doubtful,
        )  # fmt: skip

    def _has_be(self, at: int) -> bool:
        return at > 0 and (
            "be" in self.words[at - 1].senses or "adverbs" in self.words[at - 1].senses
        )

    def _act(self, at: int, act: Act) -> None:  # noqa: PLR0911
        if at in self._at and at < self._at[at].end:
            return  # an adjective inside a noun phrase: "five injured miners"
        if at and self._describes(at):
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
        elif "participle" in act.forms:
            self._subjects(verb)

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

    def _beside_pronoun(self, index: int, verb: _Verb) -> None:
        """Read "killed himself and four policemen"."""
        if "determiners" in self.words[index].senses and self.words[index].low != "her":
            return
        at = index + 1
        while at < len(self.words) and self.words[at].low in _JOINTS:
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

    def _object_at(self, at: int) -> tuple[Mention | None, int | None]:
        """The people right after a verb; an index alone where some other object stands there."""
        limit = at + 4
        while at < len(self.words) and at < limit:
            if at in self._start:
                return self._start[at], at
            word = self.words[at]
            if word.low in _QUOTES or "adverbs" in word.senses or word.low.endswith("ly"):
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
            if (
                word.low in {"and", "or"}
                and at + 1 < len(self.words)
                and "act" in self.words[at + 1].senses
            ):
                at += 2
                limit += 2
                continue
            if "adjectives" in word.senses:
                return None, at
            if word.text[:1].isupper() and not word.senses and at > 1:
                return self._apposed_to_name(at), at
            return None, None
        return None, None

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

    def _objects_of(self, verb: _Verb, act: Act) -> bool:
        target, _ = self._object_at(verb.end)
        if target is None:
            return False
        rule = "active: verb before people"
        known = target.kind != "bare" or target.others or target.of_them or target.definite
        if verb.lemma in self.needs_people and "ing" not in act.forms and not known:
            return False
        first = True
        while target is not None:
            if not first and self._is_subject(target):
                break
            if target.counted:
                self._add(target, verb, rule, 0.95)
                self._objects.add(id(target))
            first = False
            target = self._next_in_list(target)
        return True

    def _next_in_list(self, mention: Mention) -> Mention | None:
        at = mention.reach
        while at in self._skip:
            at = self._skip[at].end
            if at < len(self.words) and self.words[at - 1].low == "," and at in self._start:
                return None if self.words[at - 1].low != "," else self._start[at]
        joined = False
        while at < len(self.words) and self.words[at].low in _JOINTS:
            joined = True
            at += 1
        if not joined:
            return None
        following = self._start.get(at)
        if following is None or following.kind == "thing" or following.part:
            return None
        return following

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

    def _undergo(self, at: int, end: int, act: Act) -> None:
        verb = self._verb(at, end, act)
        self._subjects(verb, active=True)

    def _state(self, at: int, casualty_type: CasualtyType) -> None:
        if at in self._at and at < self._at[at].end and self._at[at].counted:
            return
        if self.words[at].low in {"hostage", "captive"} and not self._taken(at):
            return
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

    # -- subjects -----------------------------------------------------------------------

    def _subjects(self, verb: _Verb, active: bool = False) -> None:
        direct = not (verb.has_be or active)
        subject = self._subject_before(verb.left, direct, verb)
        if subject is None and direct:
            subject = self._shared_subject(verb)
            direct = direct and subject is None
        if subject is None or not subject.counted:
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
        if verb.lemma in self.captives_only and not self._is_captive(subject):
            return
        self._add(subject, verb, rule, score, as_subject=True)
        self._companions(verb, rule, score)
        # Coordinated subjects: "10 security personnel and 37 militants were killed".
        while (subject := self._previous_in_list(subject)) is not None:
            if id(subject) in self._objects or not subject.counted:
                break
            self._add(subject, verb, rule, score, as_subject=True)

    def _companions(self, verb: _Verb, rule: str, score: float) -> None:
        """Read "was killed along with two of his men"."""
        at = verb.end
        if at < len(self.words) and self.words[at].low in {
            "along with",
            "together with",
            "alongside",
            "as well as",
        }:
            companion = self._start.get(at + 1)
            if companion is not None and companion.counted and not self._is_subject(companion):
                self._add(companion, verb, rule, score, as_subject=True)

    def _shared_subject(self, verb: _Verb) -> Mention | None:
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
                return None
        return None

    def _is_captive(self, mention: Mention) -> bool:
        return (
            mention.group == "inmates"
            or mention.self_type == "abducted"
            or mention.of_people == "abducted"
            or (
                self.words[mention.head].low
                in {"hostages", "captives", "abductees", "hostage", "captive", "passengers"}
            )
        )

    def _subject_before(self, at: int, direct: bool, verb: _Verb) -> Mention | None:  # noqa: PLR0911, PLR0912
        """Walk left from a verb to the people it is said of."""
        limit = at - (_BARE_GAP if direct else _SUBJECT_GAP)
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
                governed = self._governor(mention)
                if (
                    mention.kind == "thing"
                    or (governed and crossed)
                    or (governed and not direct and not self._clause_prep(mention))
                ):
                    at = mention.start - 1 - (1 if governed else 0)
                    crossed += 1
                    continue
                if direct and crossed and not self._modifies(mention, verb.left):
                    return None
                return mention
            word = self.words[at]
            senses = word.senses
            if word.low == ")":
                opening = self._opening(at)
                if opening is not None:
                    at = opening - 1
                    continue
            if word.low in {";", ":", "?", "!"} or senses.get("qualifier") in {"none", "nobody"}:
                return None
            if word.low == "," and direct:
                return self._headline_subject(verb) if at == verb.left else None
            if word.low == ",":
                apposed = self._before_apposition(at)
                if apposed is not None:
                    return apposed
            if "relatives" in senses and word.low in {"who", "which", "that", "whom"}:
                return self._antecedent(at)
            if "say" in senses and word.low not in {"reported", "claimed"}:
                return None
            if "act" in senses and not direct and at != verb.left and word.low not in {"killed"}:
                pass
            if "pronouns" in senses and word.low in {"he", "she", "they", "it", "we"}:
                return None
            if direct and (
                "say" in senses or "doing" in senses or "be" in senses or "have" in senses
            ):
                return None
            crossed += 1
            at -= 1
        return None

    def _headline_subject(self, verb: _Verb) -> Mention | None:
        """Read "23 passengers offloaded from buses, shot dead in Musakhail"."""
        first = self.mentions[0] if self.mentions else None
        if first is None or first.start > 2 or not first.counted or first.kind != "people":
            return None
        between = self.words[first.reach : verb.left]
        if not between or not (between[0].low.endswith("ed") or "act" in between[0].senses):
            return None
        finite = ("be", "have", "say", "relatives", "pronouns")
        ends = any(w.low in {";", ":", ","} or any(s in w.senses for s in finite) for w in between)
        return None if ends else first

    def _before_apposition(self, at: int) -> Mention | None:
        """Read "five labourers, all from Punjab, were killed"."""
        for comma in range(at - 1, max(0, at - 14), -1):
            word = self.words[comma]
            if "be" in word.senses or "say" in word.senses or word.low in {";", ":"}:
                return None
            if word.low == ",":
                mention = self._at.get(comma - 1)
                whole = (
                    mention is not None
                    and mention.counted
                    and mention.reach == comma
                    and mention.kind != "thing"
                )
                return (
                    mention
                    if whole and mention is not None and not self._governor(mention)
                    else None
                )
        return None

    def _antecedent(self, at: int) -> Mention | None:
        before = at - 1
        while before >= 0 and (self.words[before].low == "," or before in self._skip):
            before = self._skip[before].start - 1 if before in self._skip else before - 1
        mention = self._at.get(before)
        if mention is None:
            # "three labourers hailing from Punjab, who …"
            reached = (self._at.get(i) for i in range(before - 1, max(-1, before - 7), -1))
            mention = next((m for m in reached if m is not None), None)
            described = mention is not None and self._modifies(mention, before)
            return mention if described and mention is not None and mention.counted else None
        if mention.kind == "thing" or mention.reach - 1 != before:
            return None
        if self.words[at].low == "that" and mention.kind == "bare":
            return None
        return mention

    def _governor(self, mention: Mention) -> bool:
        if not mention.start:
            return False
        before = self.words[mention.start - 1]
        return (
            "prepositions" in before.senses
            and before.low not in {"including", "killing", "leaving", "of"}
        ) or (
            before.low == "of"
            and not (mention.start > 1 and self.words[mention.start - 2].low in {"out"})
        )

    def _clause_prep(self, mention: Mention) -> bool:
        """Prepositions that also open a clause: "with 12 people killed", "despite five being hurt"."""
        return self.words[mention.start - 1].low in {"with", "for", "following", "like"} and False

    def _modifies(self, mention: Mention, left: int) -> bool:
        """Whether only a phrase that describes a mention stands between it and a participle."""
        if mention.reach >= len(self.words):
            return False
        following = self.words[mention.reach]
        return (
            "prepositions" in following.senses
            or following.low in {"(", "riding", "travelling", "hailing", "others"}
            or (following.low.endswith("ing") and left - mention.reach <= _BARE_GAP)
        )

    def _opening(self, at: int) -> int | None:
        for index in range(at - 1, max(-1, at - 30), -1):
            if self.words[index].low == "(":
                return index
        return None

    def _previous_in_list(self, mention: Mention) -> Mention | None:
        at = mention.start - 1
        joined = False
        while at >= 0 and self.words[at].low in _JOINTS | {"both", "either", "also"}:
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
        if before is None or before.reach - 1 != at:
            before = self._named_before(at, mention)
            return before
        if before.kind == "thing" or before.part:
            return None
        return (
            None
            if self._governor(before) and self.words[before.start - 1].low not in {"of", "with"}
            else before
        )

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

    # -- nouns and set phrases ----------------------------------------------------------

    def _noun_of(self, at: int, casualty_type: CasualtyType) -> None:
        own = self._at.get(at)
        if own is not None and own.counted and own.number is not None and own.number < at:
            return  # "17 deaths of …" counts the deaths
        if at + 2 >= len(self.words) or self.words[at + 1].low not in {"of", "to"}:
            return
        if self.words[at + 1].low == "to" and casualty_type != "injured":
            return
        before = self.words[max(0, at - 4) : at]
        if any("hypothetical" in w.senses or "negation" in w.senses for w in before) or any(
            w.low in {"for", "threat", "demand", "against"} for w in before[-2:]
        ):
            target = self._start.get(at + 2)
            if target is not None:
                self.undone.append(target)
            return
        target = self._start.get(at + 2)
        while target is not None:
            if target.counted and target.kind in {"people", "bare", "unknown"}:
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
            following = self._next_in_list(target)
            target = (
                following if following is not None and not self._is_subject(following) else None
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

    def _send(self, at: int) -> None:
        for index in range(at - 1, max(-1, at - 18), -1):
            if "send" not in self.words[index].senses:
                continue
            act = Act("killed", "send to hell", frozenset({"past", "participle"}))
            verb = self._verb(index, at + 1, act)
            if index == at - 1 or verb.has_be or index + 1 == at:
                self._subjects(verb, active=not verb.has_be and index != at - 1)
                return
            target = self._start.get(index + 1)
            while target is not None and target.start < at:
                if target.counted:
                    self._add(target, verb, "set phrase: sent to hell", 0.95)
                target = self._next_in_list(target)
            return

    def _lives(self, at: int) -> None:
        near = self.words[max(0, at - 7) : at + 4]
        taken = any("take_lives" in w.senses or w.low == "loss" for w in near)
        if not taken or any(w.low in {"save", "saved", "saving"} for w in near):
            return
        mention = self._at.get(at)
        if mention is not None and mention.counted and mention.number is not None:
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

    def _by_themselves(self) -> None:
        linked = {id(link.mention) for link in self.links}
        barred = {id(m) for m in self.undone}
        for mention in self.mentions:
            if not mention.counted or mention.kind == "thing" or id(mention) in barred:
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
                score = 0.9 if mention.self_noun else 0.85
                at = mention.head
                self._put(Link(mention, mention.self_type, rule, score, at, at + 1))
            elif mention.of_people is not None and id(mention) not in linked:
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

    def _add(
        self, mention: Mention, verb: _Verb, rule: str, score: float, as_subject: bool = False
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
            distant_past=distant, doubtful=verb.doubtful,
        ))  # fmt: skip

    def _in_relative(self, verb: _Verb) -> bool:
        return verb.left >= 0 and "relatives" in self.words[verb.left].senses

    def _put(self, link: Link) -> None:
        for other in self._same(link):
            if other.casualty_type == link.casualty_type:
                return
        self.links.append(link)

    def _same(self, link: Link) -> Iterator[Link]:
        return (k for k in self.links if k.mention is link.mention)
