"""Finds the claims of a document piece by piece, so that a long one shows how far it is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from gazetteer.resolve import Gazetteer
from incidents.coding.anchors import paragraph_at
from incidents.extraction import Draft, extract
from incidents.extraction.extractors import Extractor
from incidents.extraction.placing import Places, nearest
from incidents.matching_text import MatchingText, matching_text
from incidents.model import MAX_QUOTE_WORDS, word_count
from incidents.review.claim import (
    BY_HAND,
    NotPossibleError,
    ReviewDraft,
    date_precision,
    from_extraction,
)
from incidents.review.described_source import is_description
from incidents.sentences import split_paragraphs

PIECE = 60_000
"""Characters read at once: some ten reports. What is shorter is read as a whole."""


class Progress(NamedTuple):
    """How far the reading is, and what was found so far."""

    share: float
    """0 to 1."""
    drafts: tuple[Draft, ...]


def find_drafts(
    text: str,
    *,
    published_on: date | None = None,
    title: str | None = None,
    extractor: Extractor = extract,
) -> list[ReviewDraft]:
    """Return the claims that an extractor finds in a document, for review.

    A headline that stands in the text is read there; one that does not is read apart. A
    description of ours in its place is not read: its words are the text's own.
    """
    last: tuple[Draft, ...] = ()
    for progress in drafting(text, published_on=published_on, title=title, extractor=extractor):
        last = progress.drafts
    return [from_extraction(draft) for draft in last]


def drafting(
    text: str,
    *,
    published_on: date | None = None,
    title: str | None = None,
    extractor: Extractor = extract,
    piece: int = PIECE,
) -> Iterator[Progress]:
    """Yield how far the reading is after each piece of a text; the last holds everything.

    Pieces end where a paragraph does, so no sentence is cut; what a rule carries from one
    paragraph to the next is not carried from one piece to the next.
    """
    plain = matching_text(text)
    headline = "" if title is None or is_description(title) else title
    # In a PDF a headline may run over several lines.
    if " ".join(headline.split()) in " ".join(plain.text.split()):
        headline = ""
    plain_headline = matching_text(headline)
    found: list[Draft] = []
    for start, end in pieces(plain.text, piece):
        part = extractor(
            plain.text[start:end],
            published_on=published_on,
            title=plain_headline.text if headline and not start else None,
        )
        before = _paragraphs_before(plain.text, start)
        found += [
            _as_read(d, headline, plain_headline) if d.in_title else _as_read(d, text, plain)
            for d in _moved(part, start, len(found), before)
        ]
        yield Progress(end / max(len(plain.text), 1), tuple(found))


def pieces(text: str, size: int) -> list[tuple[int, int]]:
    r"""Return spans of a text of about a size, parted between paragraphs.

    Examples
    --------
    >>> pieces("one\ntwo\nthree", 5)
    [(0, 8), (8, 13)]
    """
    spans: list[tuple[int, int]] = []
    start = 0
    while len(text) - start > size:
        end = text.find("\n", start + size)
        if end < 0:
            break
        spans.append((start, end + 1))
        start = end + 1
    return [*spans, (start, len(text))] if start < len(text) or not spans else spans


def draft_by_hand(
    text: str,
    start: int,
    end: int,
    draft_id: str,
    others: Sequence[ReviewDraft],
    *,
    published_on: date | None = None,
    gazetteer: Gazetteer | None = None,
) -> ReviewDraft:
    """Return a draft for words that a person selected, with what they tell filled in.

    Who says it, when and where is taken from the claim before it in the same paragraph, if
    the words themselves do not say.

    Raises
    ------
    NotPossibleError
        If nothing, or more than 12 words, is selected.
    """
    start, end = max(0, start), min(len(text), end)
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    quote = text[start:end]
    if not quote or not word_count(quote):
        raise NotPossibleError("Nothing is selected: mark the words that carry the claim.")
    # Of a text whose lines are wrapped, several are one paragraph.
    line, stop = next(p for p in split_paragraphs(text) if p.char_end > start)
    if (words := word_count(quote)) > MAX_QUOTE_WORDS or end > stop:
        raise NotPossibleError(
            f"{words} words are selected; a quote has at most {MAX_QUOTE_WORDS}, of one paragraph."
        )
    paragraph = paragraph_at(text, start)
    around = text[line:stop]
    plain = matching_text(around)
    read = [_as_read(d, around, plain) for d in extract(plain.text, published_on=published_on)]
    told = next(
        (
            d
            for d in read
            if line + d.figure_start < end and start < line + d.figure_end and not d.happening
        ),
        None,
    )
    near = _nearest_before(others, start, paragraph)
    fields: dict[str, object] = {
        name: getattr(near, name)
        for name in (
            "date_start", "date_end", "date_prec", "scope", "place_name", "place_id",
            "adm2_pcode", "adm2_name", "where_prec", "claimant", "claimant_id", "claimant_type",
            "event_type", "sub_event_type", "incident_id", "incident_title",
        )
    } if near else {}  # fmt: skip
    spots = Places(text, gazetteer).within(start, end)
    if told is not None:
        fields |= {k: v for k, v in from_extraction(told).model_dump().items() if v is not None}
    elif spots and (spot := nearest(spots, start, text)):
        below = spot.where_prec <= 3 and spot.place.in_province
        fields |= {
            "place_name": spot.name,
            "place_id": spot.place.place_id,
            "adm2_pcode": spot.place.adm2_pcode if below else None,
            "adm2_name": spot.place.adm2_name if below else None,
            "where_prec": spot.where_prec,
        }
    if told is None and near is None and published_on is not None:
        fields |= {
            "date_start": published_on,
            "date_end": published_on,
            "date_prec": date_precision(published_on, published_on),
        }
    return ReviewDraft.model_validate(
        {"casualty_type": "killed", "victim_group": "total", "qualifier": "exact"}
        | fields
        | {
            "draft_id": draft_id,
            "tier": "linked",
            "rule": BY_HAND,
            "score": 1.0,
            "quote": quote,
            "char_start": start,
            "char_end": end,
            "figure_start": line + told.figure_start if told else start,
            "figure_end": line + told.figure_end if told else end,
            "paragraph": paragraph,
            "in_title": False,
            "part_of": None,
        }
    )


def _nearest_before(
    others: Sequence[ReviewDraft], start: int, paragraph: int
) -> ReviewDraft | None:
    before = [
        d
        for d in others
        if d.paragraph == paragraph and d.char_start is not None and not d.in_title
    ]
    return min(
        before,
        key=lambda d: ((d.char_start or 0) > start, abs((d.char_start or 0) - start)),
        default=None,
    )


def _moved(drafts: Sequence[Draft], by: int, before: int, paragraphs: int) -> list[Draft]:
    """Return drafts of a piece as drafts of the whole text, numbered on."""
    if not by and not before:
        return list(drafts)
    ids = {d.draft_id: f"d{before + number}" for number, d in enumerate(drafts, 1)}
    return [
        replace(
            d,
            draft_id=ids[d.draft_id],
            part_of=ids[d.part_of] if d.part_of else None,
            char_start=d.char_start + by,
            char_end=d.char_end + by,
            figure_start=d.figure_start + by,
            figure_end=d.figure_end + by,
            paragraph=d.paragraph + paragraphs if d.paragraph else d.paragraph,
        )
        for d in drafts
    ]


def _as_read(draft: Draft, text: str, plain: MatchingText) -> Draft:
    """Return a draft found in the plain text with the words and places of the text as read."""
    if plain.read_at is None:
        return draft
    figure_start, figure_end = plain.as_read(draft.figure_start, draft.figure_end)
    start, end = plain.as_read(draft.char_start, draft.char_end)
    # A word that is broken there counts as two.
    while word_count(text[start:end]) > MAX_QUOTE_WORDS:
        start, end = _shorter(text, start, end, figure_start, figure_end)
    return replace(
        draft,
        quote=text[start:end],
        char_start=start,
        char_end=end,
        figure_start=figure_start,
        figure_end=figure_end,
        paragraph=draft.paragraph and paragraph_at(text, start),
    )


def _shorter(
    text: str, start: int, end: int, figure_start: int, figure_end: int
) -> tuple[int, int]:
    """Return a quote without its last word, or without its first where that is the figure."""
    spans = [m.span() for m in re.finditer(r"\w+", text[start:end])]
    if start + spans[-1][0] >= figure_end:
        return start, start + spans[-2][1]
    return min(start + spans[1][0], figure_start), end


def _paragraphs_before(text: str, start: int) -> int:
    return sum(1 for line in text[:start].split("\n") if line.strip())
