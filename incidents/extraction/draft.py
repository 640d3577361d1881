"""What extraction hands to the reviewer: claims in draft."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal

from incidents.model import CasualtyType, ClaimantType, Qualifier, Scope, VictimGroup

Tier = Literal["linked", "unclassified"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A claim as read by rules, for a person to accept, correct or reject.

    Fields are those of `incidents.model.Claim` as far as a text gives them; None is unknown.
    """

    draft_id: str
    tier: Tier
    """"linked": a rule says what befell whom; "unclassified": a figure beside such words."""
    rule: str
    """The rule that found it."""
    score: float
    """0 to 1: how sure the rule is."""
    quote: str
    char_start: int
    char_end: int
    """Code points in the text as given, end exclusive."""
    figure_start: int
    figure_end: int
    """The number itself, or the noun that stands for one person."""
    paragraph: int | None
    """Counted from 1; None for a headline given apart from the text."""
    in_title: bool = False
    """Whether the positions are those of the headline given apart from the text."""
    casualty_type: CasualtyType | None = None
    victim_group: VictimGroup | None = None
    count_low: int | None = None
    count_high: int | None = None
    qualifier: Qualifier | None = None
    happening: str | None = None
    place_name: str | None = None
    place_id: str | None = None
    adm2_pcode: str | None = None
    adm2_name: str | None = None
    where_prec: int | None = None
    date_start: date | None = None
    date_end: date | None = None
    date_prec: int | None = None
    scope: Scope = "event"
    claimant: str = "unattributed"
    claimant_id: str = "unattributed"
    claimant_type: ClaimantType = "unknown"
    part_of: str | None = None
    """`draft_id` of the total it is a part of."""
    note: str | None = None
    event_type: str | None = None
    sub_event_type: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the fields, dates as ISO text."""
        fields = asdict(self)
        for name in ("date_start", "date_end"):
            if fields[name] is not None:
                fields[name] = fields[name].isoformat()
        return fields
