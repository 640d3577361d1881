"""From a draft to a claim: what stands in the way, and the claim itself."""

from __future__ import annotations

from typing import NamedTuple

from pydantic import ValidationError

from incidents.model import MAX_QUOTE_WORDS, Claim, Qualifier, Source, word_count
from incidents.review.claim import (
    PROVINCE,
    PROVINCE_PREC,
    NotPossibleError,
    ReviewDraft,
    claim_id_of,
    date_precision,
)

_CLOSED: frozenset[Qualifier] = frozenset({"exact", "about"})


class Problem(NamedTuple):
    """What a reviewer should look at before accepting."""

    field: str
    message: str
    stops: bool
    """Whether the draft cannot be accepted like this."""


def problems(draft: ReviewDraft, source: Source) -> list[Problem]:
    """Return what stands in the way of accepting a draft, then what is worth a look."""
    found: list[Problem] = []

    def stop(field: str, message: str) -> None:
        found.append(Problem(field, message, True))

    def look(field: str, message: str) -> None:
        found.append(Problem(field, message, False))

    if not draft.is_figure and not (draft.happening or "").strip():
        stop("casualty_type", "Say what befell the people, or what happened.")
    if draft.is_figure and draft.count_low is None and draft.qualifier != "few":
        stop("count_low", "Give the printed number, or say “a few”.")
    if (words := word_count(draft.quote)) > MAX_QUOTE_WORDS:
        stop("quote", f"The quote has {words} words; at most {MAX_QUOTE_WORDS} may be stored.")
    if not draft.quote.strip():
        stop("quote", "Select the words that carry the claim.")
    start, end = draft.date_start, draft.date_end
    if start is None and source.published_on is None:
        stop("date_start", "Give the day: neither the words nor the report has a date.")
    if start is not None and end is not None and end < start:
        stop("date_end", f"The last day, {end}, lies before the first, {start}.")
    if start is not None and source.published_on and start > source.published_on:
        look("date_start", f"The day {start} lies after the report, {source.published_on}.")
    if draft.tier == "unclassified":
        look("casualty_type", "A number beside a casualty word; read its sentence.")
    if draft.place_id is None:
        look("place_id", "No place in the words: it stays with the province.")
    if draft.is_figure and draft.count_low is not None and draft.count_low > 500:
        look("count_low", f"{draft.count_low:,} is a very large figure.")
    return sorted(found, key=lambda p: not p.stops)


def claimant_id_in(draft: ReviewDraft, source: Source) -> str:
    """Return the id of who says it: someone without a name is somebody of this text alone."""
    number = source.source_id.partition("-")[0]
    of_text = draft.kind in {"anonymous", "nobody"}
    if of_text and not draft.claimant_id.endswith(f"-{number}"):
        return f"{draft.claimant_id}-{number}"
    return draft.claimant_id


def claim_from(draft: ReviewDraft, source: Source) -> Claim:
    """Return the claim that a draft becomes; `incident_id` must be chosen.

    Raises
    ------
    NotPossibleError
        With every problem that stands in the way.
    """
    stopping = [p.message for p in problems(draft, source) if p.stops]
    if not draft.incident_id:
        stopping.append("Choose the incident it belongs to.")
    if stopping:
        raise NotPossibleError(f"“{draft.quote}”: {' '.join(stopping)}")
    placed = draft.place_id is not None
    start = draft.date_start or source.published_on
    assert start is not None  # noqa: S101 - problems() has seen to it
    end = draft.date_end or start
    kind = draft.kind
    closed = draft.qualifier in _CLOSED
    in_text = draft.char_start is not None and not draft.in_title
    try:
        return Claim(
            claim_id=claim_id_of(source.source_id, draft.draft_id),
            source_id=source.source_id,
            incident_id=draft.incident_id or "",
            quote=draft.quote,
            paragraph=draft.paragraph,
            char_start=draft.char_start if in_text else None,
            char_end=draft.char_end if in_text else None,
            casualty_type=draft.casualty_type,
            victim_group=draft.victim_group,
            count_low=draft.count_low,
            count_high=draft.count_low if closed else None,
            qualifier=draft.qualifier,
            happening=draft.happening,
            place_name=draft.place_name,
            place_id=draft.place_id or PROVINCE,
            adm2_pcode=draft.adm2_pcode if placed else None,
            adm2_name=draft.adm2_name if placed else None,
            where_prec=(draft.where_prec if placed else None) or PROVINCE_PREC,
            date_start=start,
            date_end=end,
            date_prec=draft.date_prec or date_precision(start, end) or 1,
            scope=draft.scope,
            claimant=draft.claimant,
            claimant_id=claimant_id_in(draft, source),
            claimant_type=draft.claimant_type,
            claimant_kind=kind,
            part_of=claim_id_of(source.source_id, draft.part_of) if draft.part_of else None,
            note=draft.note,
        )
    except ValidationError as error:
        said = "; ".join(
            e["msg"].removeprefix("Value error, ") for e in error.errors(include_url=False)
        )
        raise NotPossibleError(f"“{draft.quote}”: {said}") from None
