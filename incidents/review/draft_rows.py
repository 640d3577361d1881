"""A claim in draft with the fields of the claims export, so that both are read the same way."""

from __future__ import annotations

from typing import Any

from incidents.atlas import Atlas
from incidents.citations import cite_source
from incidents.export.layers import CLAIM_FIELDS
from incidents.place_notes import place_note
from incidents.review.acceptance import claimant_id_in
from incidents.review.addition import Addition
from incidents.review.claim import ReviewDraft, claim_id_of


def draft_row(addition: Addition, draft: ReviewDraft, atlas: Atlas) -> dict[str, Any]:
    """Return a draft under the names of `CLAIM_FIELDS`, and its tier, rule and score.

    Ids are those it would get; what the text does not say is None.
    """
    source = addition.source
    stated = draft.model_dump(mode="json")
    place = atlas.gazetteer.place(draft.place_id) if draft.place_id else None
    is_point = place is not None and draft.where_prec is not None and draft.where_prec <= 2
    where = f", paragraph {draft.paragraph}" if draft.paragraph else ""
    closed = draft.qualifier in ("exact", "about")
    row: dict[str, Any] = {name: stated.get(name) for name in CLAIM_FIELDS}
    return row | {
        "claim_id": claim_id_of(source.source_id, draft.draft_id),
        "source_id": source.source_id,
        "char_start": None if draft.in_title else draft.char_start,
        "char_end": None if draft.in_title else draft.char_end,
        "count_high": draft.count_low if closed else None,
        "latitude": place.latitude if is_point and place else None,
        "longitude": place.longitude if is_point and place else None,
        "claimant_id": claimant_id_in(draft, source),
        "claimant_kind": draft.kind,
        "outlet": source.outlet,
        "agency": source.agency,
        "origin_id": addition.copies[0].family[0] if addition.copies else source.source_id,
        "published_on": source.published_on.isoformat() if source.published_on else None,
        "known_from": source.known_from.isoformat() if source.known_from else None,
        "part_of": claim_id_of(source.source_id, draft.part_of) if draft.part_of else None,
        "place_note": place_note(draft.place_id, draft.place_name, atlas.gazetteer),
        "citation": f"“{draft.quote}” — {draft.claimant}, in {cite_source(source)}{where}.",
        "boundary_source": atlas.boundaries.source,
        "boundary_vintage": atlas.boundaries.vintage,
        "tier": draft.tier,
        "rule": draft.rule,
        "score": draft.score,
    }
