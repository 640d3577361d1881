"""What earlier words settle: whose "three others" are, and which total a part belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from incidents.extraction.linking import Link
from incidents.extraction.mentions import Mention
from incidents.extraction.reading import Reading
from incidents.extraction.tolls_said import whose_losses
from incidents.extraction.words import NOTHING, Senses, Word
from incidents.model import CasualtyType, VictimGroup

_INHERITED_FROM_ONE: frozenset[VictimGroup] = frozenset(
    {"security_forces", "police", "militants", "inmates"}
)

_LED = frozenset({"security_forces", "police", "militants"})
_MARTYRED = frozenset({"martyr", "martyred", "shaheed", "kia", "wia"})
_FORCES: tuple[VictimGroup, ...] = ("security_forces", "police")
_BY_SEX: frozenset[VictimGroup] = frozenset({"men", "women"})
_LOSSES = 16  # words back to "the enemy's losses"
_LABEL = 7  # words of a label
_REACH = 24  # links back to whom "three others" may be of


@dataclass
class Discourse:
    """The people spoken of so far."""

    periodic: bool = False
    """Whether each sentence may tell of people of its own, as in a list of incidents."""
    last_group: VictimGroup | None = None
    last_type: CasualtyType | None = None
    only_type: CasualtyType | None = None
    """`last_type`, if the sentence told of nothing else."""
    group_by_type: dict[CasualtyType, VictimGroup] = field(default_factory=dict)
    last_paragraph: int = 0
    _heard: Reading | None = None
    """The sentence before, where it had no figure."""
    last_told: Mention | None = None
    """The people told of last, for "they were freed"."""

    def settle(self, reading: Reading) -> None:
        """Give every linked mention of a sentence its group, and remember them."""
        earlier: list[Link] = []
        reading.links = [k for k in reading.links if self._is_known(k, reading)]
        for link in reading.links:
            mention = link.mention
            if mention.low == 0:
                continue
            if mention.group is None:
                mention.group = self._group(link, earlier, reading)
                if mention.group == "total" and "relational" in _head_of(reading, mention):
                    mention.group = "civilians"  # "two of our colleagues", "three friends"
            elif mention.group == "total" and mention.of_them:
                mention.group = self._group(link, earlier, reading)  # "four of them Afghans"
            elif mention.group == "total" and mention.part and mention.self_noun:
                mention.group = (mention.parent.group if mention.parent else None) or "total"
            elif mention.group == "total" and _cue_before(reading, link):
                mention.group = "civilians"
            earlier.append(link)
        for mention in reading.loose:
            if mention.group in {None, "total"} and "relational" in _head_of(reading, mention):
                mention.group = "civilians"
            elif mention.group is None and (told := _labelled(reading, mention)) is not None:
                mention.group = told
            elif mention.group is None and (mention.definite or mention.others or mention.of_them):
                mention.group = self.last_group
        self._remember(reading)

    def _is_known(self, link: Link, reading: Reading) -> bool:
        """Give "they" the number of the people spoken of last; without them it tells nothing."""
        mention = link.mention
        if not mention.pronoun or mention.low is not None:
            return True
        before = [
            k.mention for k in reading.links
            if not k.mention.pronoun and not k.mention.part and k.mention.end <= mention.start
        ]  # fmt: skip
        told = before[-1] if before else self.last_told
        if told is None or not told.low or told.low < 2:
            return False
        mention.low, mention.high, mention.qualifier = told.low, told.high, told.qualifier
        mention.group = told.group
        return True

    def _group(  # noqa: PLR0911, PLR0912
        self, link: Link, earlier: list[Link], reading: Reading
    ) -> VictimGroup:
        mention = link.mention
        if mention.kind == "unknown":
            named = reading.words[mention.head].text[:1].isupper()
            return "total" if named and link.casualty_type == "arrested" else "civilians"
        if mention.own_men:
            led = _antecedent([k for k in earlier if k.mention is not mention]) or self.last_group
            return led if led in _LED else "men"
        if mention.part and mention.parent is not None and mention.parent.group is not None:
            return mention.parent.group
        if mention.of_people is not None and mention.of_people in self.group_by_type:
            return self.group_by_type[mention.of_people]
        if mention.others and mention.number is None and earlier:
            return earlier[-1].mention.group or "total"
        label = _labelled(reading, mention) if mention.kind == "bare" else None
        if label is not None:
            return label
        own = _antecedent([k for k in earlier[-_REACH:] if k.mention is not mention])
        if own in _BY_SEX and mention.kind == "bare" and not (mention.others or mention.of_them):
            own = "total"  # "two men died and five sustained injuries"
        if (lost := _whose_losses(reading, mention)) is not None:
            return lost
        if own is None and _received(reading, mention):
            return "total"
        if own is None and mention.definite and mention.kind == "bare":
            before = [
                m.group
                for m in reading.mentions
                if m.counted and m.group and m.end <= mention.start
            ]
            own = before[-1] if before else None
        if own is None and mention.of_them and mention.group is None:
            own = _uncounted_before(reading, mention)
            if own is None and reading.paragraph == self.cue_paragraph:
                own = self.people_cue
        labelled = any(w.low == ":" for w in reading.words[: mention.start])
        apart = (self.periodic or labelled) and reading.paragraph != self.last_paragraph
        subject = link.as_subject and not apart and mention.qualifier == "exact"
        refers_back = mention.others or mention.of_them or mention.definite or subject
        if own is None and refers_back and mention.kind == "bare" and not reading.is_title:
            own = self.last_group
            if own in _BY_SEX and not (mention.others or mention.of_them or mention.definite):
                own = "total"
        if own is None and _cue_before(reading, link):
            own = "civilians"
        if own is None and link.lemma in _MARTYRED:
            near = reading.paragraph == self.cue_paragraph
            own = _force_of(reading.words[: mention.start]) or (self.cue if near else None)
        return own or "total"

    def hear(self, reading: Reading) -> None:
        """Remember a sentence without figures, for what it speaks of: "a bomb near a police van"."""
        self._heard = reading

    @property
    def cue(self) -> VictimGroup | None:
        """The force that the sentence before spoke of, where it had no figure."""
        return _force_of(self._heard.words) if self._heard is not None else None

    @property
    def cue_paragraph(self) -> int:
        """The paragraph of that sentence."""
        return self._heard.paragraph if self._heard is not None else -1

    @property
    def people_cue(self) -> VictimGroup | None:
        """The people it spoke of last: "a bus carrying labourers"."""
        if self._heard is None:
            return None
        people = [
            w.senses["group"][0] for w in self._heard.words
            if w.senses.get("group", ("", ""))[1] == "plural" and "claimant" not in w.senses
        ]  # fmt: skip
        known = [group for group in people if group not in {"militants", "total"}]
        return known[-1] if known and known[-1] == people[-1] else None

    def _remember(self, reading: Reading) -> None:
        if reading.is_title or not reading.links:
            return
        whole = [k for k in reading.links if not k.mention.part and k.mention.low != 0]
        for link in whole:
            counted = link.mention.number is not None
            if link.mention.group is not None and (
                counted or link.casualty_type not in self.group_by_type
            ):
                self.group_by_type[link.casualty_type] = link.mention.group
        told = [k for k in reading.links if k.mention.low != 0]
        if told:
            self.last_type = told[-1].casualty_type
            types = {k.casualty_type for k in told}
            self.only_type = self.last_type if len(types) == 1 else None
        if whole:
            self.last_told = whole[-1].mention
            self.last_group = _antecedent(whole)
            self.last_paragraph = reading.paragraph


def _force_of(words: Sequence[Word]) -> VictimGroup | None:
    """The force that some words speak of, if of one only."""
    told = {w.senses["modifier"] for w in words if "modifier" in w.senses}
    told |= {w.senses["group"][0] for w in words if "group" in w.senses}
    forces = [group for group in _FORCES if group in told]
    return forces[0] if len(forces) == 1 else None


def _antecedent(links: list[Link]) -> VictimGroup | None:
    whole = [
        k.mention
        for k in links
        if not k.mention.part and k.mention.low != 0 and k.mention.group is not None
    ]
    if not whole:
        return None
    last = whole[-1]
    # Several groups under one verb: "others" may be of any of them.
    told_at = {k.start for k in links if k.mention is last}
    together = [
        k.mention
        for k in links
        if not k.mention.part
        and k.mention.group is not None
        and k.mention.low != 0
        and k.start in told_at
    ]
    groups = {m.group for m in together}
    if len(groups) > 1:
        return "total"
    if last.number is None and not last.others and last.group not in _INHERITED_FROM_ONE:
        return "total"
    return last.group


def _labelled(reading: Reading, mention: Mention) -> VictimGroup | None:
    """Whose figures they are: "Aid workers: 1 killed", "1 killed, 3 hurt (all civilians)"."""
    words = reading.words
    before = next((m for m in reading.mentions if m.end == mention.start and not m.counted), None)
    closed = mention.end < len(words) and words[mention.end].low in {",", ")", ";"}
    if before is not None and before.group not in {None, "total"} and closed:
        return before.group  # "(SF 15, civilians 25)"
    colon = next((i for i in range(mention.start - 1, 0, -1) if _parts_label(words, i)), None)
    if colon is not None and (told := _label_of_losses(words, colon)) is not None:
        return told
    for other in reversed(reading.mentions):
        if other.kind != "people" or other.group in {None, "total"}:
            continue
        told_of = other.counted and other.number is not None and words[colon or 0].low == ":"
        if colon is not None and other.end <= colon and (other.end == colon or told_of):
            speaks = any("claimant" in w.senses for w in words[other.start : other.end])
            if not speaks or other.counted or _is_form(reading, colon):
                return other.group
            return None
        closing = other.end < len(words) and words[other.end].low == ")"
        if closing and other.start > mention.end and words[other.start - 1].low in {"all", "("}:
            return other.group if not other.counted else None
    return None


def _head_of(reading: Reading, mention: Mention) -> Senses:
    return reading.words[mention.head].senses if mention.head >= 0 else NOTHING


def _parts_label(words: Sequence[Word], at: int) -> bool:
    """Whether a colon, or a dash after the first words of a line, parts a label from figures."""
    return words[at].low == ":" or (words[at].low in {"–", "—", "-", "("} and at <= _LABEL)


def _label_of_losses(words: Sequence[Word], colon: int) -> VictimGroup | None:
    """Whose losses a label says: "Civilian casualties:", "Casualties among security forces:"."""
    label = words[max(0, colon - _LABEL) : colon]
    if not any("either" in w.senses for w in label):
        return None
    for word in label:
        group: VictimGroup | None = (
            word.senses.get("modifier") or word.senses.get("group", (None,))[0]
        )
        if group not in {None, "total"}:
            return group
    return None


def _is_form(reading: Reading, colon: int) -> bool:
    """Whether only figures and what befell follow a label: "Police: 2 killed, 3 injured"."""
    inside = {i for m in reading.mentions for i in range(m.start, m.end)}
    return all(
        at in inside or "casualty" in word.senses or not word.low[0].isalnum() or word.low == "and"
        for at, word in enumerate(reading.words[colon + 1 :], start=colon + 1)
    )


def _whose_losses(reading: Reading, mention: Mention) -> VictimGroup | None:
    """Whose losses a sentence puts at a figure."""
    for at in range(mention.start - 1, max(-1, mention.start - _LOSSES), -1):
        if reading.words[at].low == "losses":
            return whose_losses(reading.words, at)
    return None


def _received(reading: Reading, mention: Mention) -> bool:
    """Whether a hospital counts them: of whom it does not know."""
    before = reading.words[max(0, mention.start - 3) : mention.start]
    return any(w.low in {"received", "receive", "admitted", "treated", "treating"} for w in before)


def _uncounted_before(reading: Reading, mention: Mention) -> VictimGroup | None:
    """Whose "five of them" are, in "a vehicle carrying troops, killing five of them"."""
    before = [
        m.group
        for m in reading.mentions
        if m.end <= mention.start
        and m.kind == "people"
        and m.group not in {None, "militants", "total"}
    ]
    return before[-1] if before else None


def _cue_before(reading: Reading, link: Link) -> bool:
    """Read "attacked a camp of migrant workers, killing 11 people"."""
    mention = link.mention
    if not (link.start < mention.start and reading.words[link.start].low.endswith("ing")):
        return False
    covered = {i for m in reading.mentions if m.counted for i in range(m.start, m.end)}
    return any(
        "civilian_cue" in word.senses and index not in covered
        for index, word in enumerate(reading.words[: mention.start])
    )
