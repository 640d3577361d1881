"""Where the agency that a text credits and the family it was found in do not agree.

Neither corrects the other: the credit is what the text says, the family what its sentences
show.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from incidents.model import Source
from incidents.origins.lineage import Lineage


@dataclass(frozen=True, slots=True)
class CreditNotice:
    """One source whose credit and family disagree, in a sentence for readers."""

    source_id: str
    kind: Literal["credits_nobody", "credits_another", "stands_apart"]
    agencies: tuple[str, ...]
    """Those that the rest of the family credits, or that a source standing apart credits."""
    message: str


def credit_notices(lineage: Lineage, sources: Iterable[Source]) -> tuple[CreditNotice, ...]:
    """Return where credits and families disagree, sorted by source.

    `stands_apart` is no contradiction (an agency sends many reports); it says that the
    source is not counted with the family that credits the same agency.
    """
    by_id = {s.source_id: s for s in sources}
    family_of = {s: f for f in lineage.families for s in f.sources}
    families_of_agency: dict[str, set[str]] = defaultdict(set)
    for source in by_id.values():
        family = family_of.get(source.source_id)
        if source.agency and family and len(family.sources) > 1:
            families_of_agency[source.agency].add(family.origin_id)
    notices = []
    for source_id, source in sorted(by_id.items()):
        family = family_of.get(source_id)
        members = family.sources if family else (source_id,)
        others = sorted(
            {by_id[m].agency or "" for m in members if m != source_id and m in by_id} - {""}
        )
        named = " and ".join(others)
        if others and source.agency is None:
            notices.append(
                CreditNotice(
                    source_id,
                    "credits_nobody",
                    tuple(others),
                    f"{source_id} credits nobody; its sentences go back to a text that others "
                    f"credit to {named}.",
                )
            )
        elif others and source.agency not in others:
            notices.append(
                CreditNotice(
                    source_id,
                    "credits_another",
                    tuple(others),
                    f"{source_id} credits {source.agency}; the other sources of its family "
                    f"credit {named}.",
                )
            )
        elif source.agency and len(members) == 1 and families_of_agency[source.agency]:
            notices.append(
                CreditNotice(
                    source_id,
                    "stands_apart",
                    (source.agency,),
                    f"{source_id} credits {source.agency}, and shares too few sentences with the "
                    "family that credits it too to be counted with it.",
                )
            )
    return tuple(notices)
