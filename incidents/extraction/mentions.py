"""People in a sentence, as the rules pass them on: "at least four FC men", "the deputy commissioner"."""

from __future__ import annotations

from dataclasses import dataclass

from incidents.model import CasualtyType, Qualifier, VictimGroup


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
    own_men: bool = False
    """"one of his men": of the group of whoever leads them."""
    few_of: Mention | None = None
    """The counted whole of "six of 18 abducted miners"."""
    pronoun: bool = False
    """"he", "she": a person whose fate may have been told already."""
    head: int = -1
    """Index of the head word."""

    @property
    def reach(self) -> int:
        """End of the phrase with the names and brackets after it."""
        return max(self.end, self.names_end)
