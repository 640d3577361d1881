"""Whether a new document is one that is here, or goes back to the same text as one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from incidents.model import KARACHI, Source
from incidents.origins.copies import PairEvidence
from incidents.origins.families import Decision
from incidents.origins.lineage import Lineage, LineageIndex
from incidents.texts import Texts


@dataclass(frozen=True)
class NearCopy:
    """A source here that a new text shares its origin with.

    Attributes
    ----------
    family
        All sources of that origin, the one itself among them.
    evidence
        The sentences that both have, and how much they weigh.
    """

    source: Source
    family: tuple[str, ...]
    evidence: PairEvidence

    @property
    def told(self) -> str:
        """Return the evidence in a sentence."""
        shared = len(self.evidence.matches)
        quoted = sum(m.direct_quote for m in self.evidence.matches)
        part = f"{self.evidence.share_a:.0%} of this text"
        also = f", {quoted} of them direct quotes" if quoted else ""
        return f"{shared} {'sentence' if shared == 1 else 'sentences'} shared{also}, {part}."


def same_text(sha256: str, sources: Iterable[Source]) -> Source | None:
    """Return the source whose text is word for word the same."""
    return next((s for s in sources if s.sha256 == sha256), None)


def near_copies(
    text: str, sources: Iterable[Source], texts: Texts | None, lineage: Lineage
) -> list[NearCopy]:
    """Return the sources that a new text goes back to the same text as, the likest first.

    Only sources whose text is at hand can be compared.
    """
    index = LineageIndex()
    by_id: dict[str, Source] = {}
    for source in sources:
        found = texts.text_of(source) if texts else None
        if found is not None:
            index.add(source.source_id, found.text)
            by_id[source.source_id] = source
    members = _families(lineage)
    return [
        NearCopy(by_id[pair.b], members.get(pair.b, (pair.b,)), pair)
        for pair in index.compare(text)
        if pair.is_copy
    ]


def joins(copy: NearCopy, source_id: str, by: str) -> Decision:
    """Return the decision that puts a new source into the family of its near-copy."""
    return Decision(
        kind="merge",
        sources=(copy.source.source_id, source_id),
        reason=f"A near-copy: {copy.told}",
        decided_by=by,
        decided_at=datetime.now(KARACHI).replace(microsecond=0),
    )


def _families(lineage: Lineage) -> Mapping[str, tuple[str, ...]]:
    return {source: family.sources for family in lineage.families for source in family.sources}
