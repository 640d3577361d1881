"""What a reviewer does to a draft: change a field, choose a place, split it, merge two."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from gazetteer.places import Place
from incidents.coding.seed_claims import DOZENS
from incidents.model import MAX_QUOTE_WORDS, word_count
from incidents.review.claim import PROVINCE_PREC, NotPossibleError, ReviewDraft, date_precision


def corrected(draft: ReviewDraft, changes: Mapping[str, Any]) -> ReviewDraft:
    """Return a draft with some fields changed, and what follows from them.

    Raises
    ------
    NotPossibleError
        If a field cannot have such a value.
    """
    fields = draft.model_dump() | dict(changes)
    if fields["casualty_type"] is None:
        fields |= {"victim_group": None, "qualifier": None, "count_low": None}
    else:
        fields["happening"] = None
        fields["victim_group"] = fields["victim_group"] or "total"
        fields["qualifier"] = fields["qualifier"] or "exact"
    if fields["qualifier"] == "dozens":
        fields["count_low"] = DOZENS
    elif fields["qualifier"] == "few":
        fields["count_low"] = None
    if "claimant" in changes and changes["claimant"] != draft.claimant:
        fields["claimant_id"] = _slug(str(changes["claimant"])) or "unattributed"
        if "claimant_kind" not in changes:
            fields["claimant_kind"] = None
    if {"date_start", "date_end"} & changes.keys() and "date_prec" not in changes:
        fields["date_prec"] = date_precision(fields["date_start"], fields["date_end"])
    try:
        return ReviewDraft.model_validate(fields)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise NotPossibleError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None


def at_place(draft: ReviewDraft, place: Place | None, where_prec: int | None = None) -> ReviewDraft:
    """Return a draft with its place chosen; None leaves it with the province."""
    if place is None:
        return draft.model_copy(
            update=dict.fromkeys(("place_id", "adm2_pcode", "adm2_name", "where_prec"), None)
        )
    precision = where_prec or place.where_prec
    below = precision < PROVINCE_PREC and place.in_province
    return draft.model_copy(
        update={
            "place_id": place.place_id,
            "place_name": draft.place_name or place.name,
            "adm2_pcode": place.adm2_pcode if below else None,
            "adm2_name": place.adm2_name if below else None,
            "where_prec": precision,
        }
    )


def split(draft: ReviewDraft, new_id: str, low: int) -> tuple[ReviewDraft, ReviewDraft]:
    """Part a figure in two of the same words: `low` people, and the others.

    Raises
    ------
    NotPossibleError
        If the draft has no number, or `low` leaves nobody for one of the two.
    """
    if draft.count_low is None or not 0 < low < draft.count_low:
        raise NotPossibleError(
            f"{draft.count_low if draft.count_low is not None else 'no number'} cannot be split "
            f"into {low} and the others; give a number between 0 and the figure"
        )
    first = draft.model_copy(update={"count_low": low})
    second = draft.model_copy(
        update={
            "draft_id": new_id,
            "count_low": draft.count_low - low,
            "rule": f"split from {draft.draft_id}",
            "part_of": draft.part_of,
        }
    )
    return first, second


def merge(text: str, first: ReviewDraft, second: ReviewDraft) -> ReviewDraft:
    """Make one claim of two that say the same; what the first knows goes first.

    The quote spans both where at most 12 words do, else it stays the first's.

    Raises
    ------
    NotPossibleError
        If one is a figure and the other a happening, or they count different things.
    """
    if first.draft_id == second.draft_id:
        raise NotPossibleError("a claim cannot be merged with itself; choose another")
    if first.casualty_type != second.casualty_type:
        raise NotPossibleError(
            f"“{first.quote}” speaks of {first.casualty_type or 'a happening'}, “{second.quote}” "
            f"of {second.casualty_type or 'a happening'}; only claims of one kind are merged"
        )
    one, other = first.model_dump(), second.model_dump()
    merged = {name: other[name] if value is None else value for name, value in one.items()}
    if first.part_of == second.draft_id:
        merged["part_of"] = second.part_of
    spans = (first.char_start, first.char_end, second.char_start, second.char_end)
    if not (first.in_title or second.in_title) and None not in spans:
        start, end = min(spans[0], spans[2]), max(spans[1], spans[3])  # type: ignore[type-var]
        quote = text[start:end]
        if "\n" not in quote and word_count(quote) <= MAX_QUOTE_WORDS:
            merged |= {"quote": quote, "char_start": start, "char_end": end}
    notes = dict.fromkeys(n for n in (first.note, second.note) if n)
    return ReviewDraft.model_validate(merged | {"note": " ".join(notes) or None})


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:100].strip("-")
