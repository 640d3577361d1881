"""What is known of a document that was read, as a source: from itself, and from who adds it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from pydantic import ValidationError

from incidents.model import KARACHI, Source
from incidents.reading import Document

UNDATED = "The text gives no publication date; this is the day it was added."
_TITLE_WORDS = 8


def describe(
    document: Document,
    given: Mapping[str, Any] | None = None,
    *,
    source_id: str = "new",
    today: date | None = None,
) -> Source:
    """Return the source that a document is, with what a person gave in place of what was read.

    Parameters
    ----------
    given
        Fields of `Source`; those that are None or empty are taken from the document.
    today
        The day on which it is added; today in Asia/Karachi by default.

    Raises
    ------
    ValueError
        If a field cannot have the value that was given.

    Examples
    --------
    >>> from incidents.reading import read_document
    >>> source = describe(read_document(b"Three people died."), {"outlet": "Dawn"})
    >>> source.title, source.outlet, source.known_from_reason == UNDATED
    ('[Three people died.]', 'Dawn', True)
    """
    today = today or datetime.now(KARACHI).date()
    chosen = {k: v for k, v in (given or {}).items() if v not in (None, "")}
    fields: dict[str, Any] = {
        "title": document.title or untitled(document.text),
        "outlet": document.outlet,
        "agency": document.agency,
        "published_on": document.published_on,
        "published_at": document.published_at,
        "language": document.language,
        "url": document.url,
        "retrieved_on": today,
    } | chosen
    if "published_on" in chosen and chosen["published_on"] != document.published_on:
        fields["published_at"] = None
    if fields["published_on"] is None and "known_from" not in chosen:
        fields |= {"known_from": today, "known_from_reason": UNDATED}
    try:
        return Source(source_id=source_id, sha256=document.sha256, **fields)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = ".".join(map(str, first["loc"])) or "source"
        said = first["msg"].removeprefix("Value error, ")
        raise ValueError(f"{name} {first.get('input')!r:.80}: {said}") from None


def untitled(text: str) -> str:
    """Return a description in square brackets for a text without a headline."""
    words = text.split()
    return f"[{' '.join(words[:_TITLE_WORDS])}{' …' if len(words) > _TITLE_WORDS else ''}]"[:300]


def is_description(title: str) -> bool:
    """Whether a title is a description in square brackets, which no report says of itself.

    Examples
    --------
    >>> is_description(untitled("Two men were killed.")), is_description("[Update] Two killed")
    (True, False)
    """
    return title.startswith("[") and title.endswith("]")


def corrected_source(source: Source, changes: Mapping[str, Any], today: date) -> Source:
    """Return a source with fields corrected by a person.

    Raises
    ------
    ValueError
        If a field cannot have such a value.
    """
    fields = source.model_dump() | {k: v or None for k, v in changes.items()}
    fields["title"] = fields["title"] or source.title
    fields["outlet"] = fields["outlet"] or "unknown"
    fields["language"] = fields["language"] or source.language
    if fields["published_on"] != source.published_on:
        fields["published_at"] = None
    if fields["published_on"] is not None:
        fields |= {"known_from": None, "known_from_reason": None}
    elif fields["known_from"] is None:
        fields |= {"known_from": today, "known_from_reason": UNDATED}
    try:
        return Source.model_validate(fields)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = ".".join(map(str, first["loc"])) or "source"
        raise ValueError(f"{name}: {first['msg'].removeprefix('Value error, ')}") from None
