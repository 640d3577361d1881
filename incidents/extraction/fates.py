"""What befell the people of a draft, where its link alone does not tell."""

from __future__ import annotations

from incidents.extraction.attribution import Speaker
from incidents.extraction.linking import Link
from incidents.extraction.mentions import Mention
from incidents.extraction.reading import Reading
from incidents.extraction.vocabulary import Vocabulary
from incidents.model import CasualtyType

_PLIGHT_AFTER = 11
_PLIGHT_BEFORE = 4
_SUSPECTS = frozenset({"suspect", "suspects", "accused", "culprit", "culprits"})
_KEPT = frozenset({"questioned", "interrogated", "interrogation", "questioning"})
_LOST = frozenset({"whereabouts", "fate", "unaccounted", "returned"})
_HURT = frozenset(
    {
        "critical",
        "serious",
        "condition",
        "care",
        "icu",
        "ventilator",
        "ventilators",
        "treatment",
        "treated",
        "discharged",
        "admitted",
        "hospital",
        "attention",
        "in",
        "referred",
        "airlifted",
        "beaten",
        "tortured",
        "shot",
        "survived",
        "survive",
        "survives",
        "arm",
        "leg",
        "bones",
        "ribs",
        "limbs",
        "fractured",
        "amputated",
        "amputation",
        "sight",
        "pistol-whipped",
        "bleeding",
        "blood",
        "surgery",
        "paralysed",
        "paralyzed",
        "blinded",
        "bruised",
        "battered",
        "limping",
        "fainted",
        "sickened",
        "danger",
    }
)
_CAPTORS = frozenset({"abductors", "kidnappers", "captors", "hostage-takers", "gunmen"})


def nearest_type(reading: Reading, mention: Mention) -> CasualtyType:
    """Return what the casualty word nearest to a figure says befell its people."""
    best: tuple[int, CasualtyType] = (99, "killed")
    after = reading.words[mention.reach : mention.reach + _PLIGHT_AFTER]
    before = reading.words[max(0, mention.start - _PLIGHT_BEFORE) : mention.start]
    told = [w.low.split()[-1] for w in (*after, *before) if "plight" in w.senses]
    if any(word in _LOST for word in told):
        return "missing"
    if any(word in _KEPT for word in told):
        return "arrested"
    if mention.reach < len(reading.words) and "condition" in reading.words[mention.reach].senses:
        return "injured"  # "two cops dead, SHO critical"
    close = [w for w in (*before, *after) if "act" in w.senses or "people" in w.senses]
    bodies = any(w.low in {"bodies", "body"} for w in before)
    if any(word in _HURT for word in told) and not bodies and not close:
        return "injured"
    for at, word in enumerate(reading.words):
        senses = word.senses
        found = senses.get("act") or senses.get("undergo")
        befell = (
            found.casualty_type
            if found
            else senses.get("people") or senses.get("state") or senses.get("noun_of")
        )
        if befell is not None:
            best = min(best, (min(abs(at - mention.start), abs(at - mention.reach)), befell))
    return best[1]


def in_whose_hands(
    link: Link, reading: Reading, speaker: Speaker, vocabulary: Vocabulary
) -> CasualtyType:
    """In the hands of an armed group an arrest is an abduction; the police pick up to arrest."""
    suspected = (
        reading.words[link.mention.head].low in _SUSPECTS if link.mention.head >= 0 else False
    )
    if link.lemma == "pick up" and (
        suspected
        or any(
            m.group == "police" and not m.counted and m.end == link.start for m in reading.mentions
        )
    ):
        return "arrested"
    if (
        link.casualty_type != "arrested"
        or link.lemma not in vocabulary.tables["casualty"]["custody"]
    ):
        return link.casualty_type
    if link.lemma == "hold" and any(
        ("people" in w.senses and w.senses["people"] == "abducted") or w.low in _CAPTORS
        for w in reading.words
    ):
        return "abducted"
    if speaker.claimant_type == "armed_group" or link.mention.group in {
        "security_forces",
        "police",
        "officials",
    }:
        return "abducted"
    by_militants = any(
        m.group == "militants" and 0 < m.start - link.end <= 3 and _is_agent(reading, link.end)
        for m in reading.mentions
    )
    if by_militants:
        return "abducted"
    agents = [
        m
        for m in reading.mentions
        if m.end <= link.start and link.start - m.end <= 3 and m.group == "militants"
    ]
    return (
        "abducted"
        if agents and not link.as_subject and link.mention.group != "militants"
        else "arrested"
    )


def _is_agent(reading: Reading, at: int) -> bool:
    return at < len(reading.words) and reading.words[at].low == "by"


def note_of(link: Link) -> str | None:  # noqa: PLR0911
    """Return what a reviewer should know of a draft."""
    if link.mention.either:
        return "Killed or injured: the text does not say which."
    if link.mention.pronoun and link.mention.low != 1:
        return "People spoken of before, who may have been counted already."
    if link.rule == "active: verb before a name":
        return "One person is named, without a word for who it is."
    if link.mention.pronoun:
        return "One person spoken of before, who may have been counted already."
    if link.doubtful:
        return "The text itself is not sure."
    if link.mention.low == 0 and link.rule == "zero: no casualties":
        return "Said of casualties: neither killed nor injured."
    if link.mention.number is None and link.mention.low == 1:
        return "No number is printed: one person is meant."
    return None
