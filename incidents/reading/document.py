"""One document, read: its text and what it says about itself."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import date, datetime
from email.message import Message
from urllib.parse import urlsplit

from incidents.reading import (
    attribution,
    child,
    decoding,
    doubtful,
    formats,
    headline,
    language,
    limits,
    publication_day,
    teasers,
)
from incidents.reading.parts import Job, Parts
from incidents.reading.refusals import DocumentRefusedError, too_long

PASTED = "The pasted text"
_MEDIA_TYPES = {
    "plain": "text/plain",
    "html": "text/html",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "eml": "message/rfc822",
}
# As the record of a source demands it.
_ADDRESS = re.compile(r"https?://[^\s<>\"]+")
_MAX_ADDRESS = 2000
_ADDRESS_LINE = re.compile(r"(?:(?:source|url|link|from|via)\s*:\s*)?(https?://\S+)", re.IGNORECASE)
_ADDRESS_LINES = 3
_URL_DAY = re.compile(r"/((?:19|20)\d\d)/(\d\d)/(\d\d)(?:/|$)")


@dataclass(frozen=True)
class Document:
    """A document as read, every field but the text open to correction by a person."""

    text: str
    """Paragraphs parted by newlines. Places in it are Unicode code points; nothing is
    normalised and no broken word is joined, matching does that for itself."""
    title: str | None
    outlet: str
    """Who published it; "unknown" where nothing says so."""
    agency: str | None
    published_on: date | None
    published_at: datetime | None
    """With its offset; None where no time of day with an offset is stated."""
    language: str
    """A language tag; "und" where it could not be told."""
    url: str | None
    sha256: str
    """Of the text's UTF-8 bytes."""
    original: bytes
    original_sha256: str
    media_type: str
    """Of what the content is, whatever it was called."""
    notices: tuple[str, ...]
    """What a person should look at before relying on it."""
    readable: bool
    """Whether figures can be found in it automatically."""


def read_document(
    data: bytes,
    *,
    file_name: str | None = None,
    media_type: str | None = None,
    url: str | None = None,
) -> Document:
    """Read a document that was pasted, uploaded or fetched.

    The content decides the format. A text file is decoded and kept as it is; of a page
    the article is taken, its headline as the first paragraph, without captions, menus and
    pointers to other articles; of an e-mail the text, its subject as the first paragraph.

    Parameters
    ----------
    data
        The bytes; for a paste its UTF-8 bytes.
    file_name
        As uploaded; used in messages and compared with the content, never as a path.
    media_type
        As a server declared it, with its charset.
    url
        Where it was published; kept only if it is http or https.

    Raises
    ------
    DocumentRefusedError
        If it is empty, too large, of an unknown or damaged format, protected, a scan
        without text, or in a language that is neither read nor coded by hand.

    Examples
    --------
    >>> document = read_document("Bomb kills three\\nPublished January 31, 2026\\nQUETTA: …".encode())
    >>> document.title, document.published_on, document.outlet, document.readable
    ('Bomb kills three', datetime.date(2026, 1, 31), 'unknown', True)
    """
    try:
        return _read(data, file_name, media_type, url)
    except DocumentRefusedError as refusal:
        raise refusal.at(file_name or url or PASTED) from None


def _read(data: bytes, file_name: str | None, media_type: str | None, url: str | None) -> Document:
    if len(data) > limits.MAX_FILE_BYTES:
        raise DocumentRefusedError(
            f"a file of {limits.megabytes(len(data))}",
            f"at most {limits.megabytes(limits.MAX_FILE_BYTES)}",
            "Add the report alone, without pictures, or paste its words.",
        )
    if not data:
        raise _empty("an empty file")
    told_type, charset = _declared(media_type)
    found = formats.format_of(data, file_name=file_name, media_type=told_type)
    if found == "plain":
        decoded = decoding.decode(data, charset)
        parts = Parts(text=decoded.text, notices=decoded.notices)
    else:
        parts = child.read_apart(data, Job(found, charset))
    text = parts.text
    if not any(map(str.isalnum, text)):
        raise _empty("a file without a word")
    text_bytes = text.encode("utf-8")
    if len(text_bytes) > limits.MAX_TEXT_BYTES:
        raise too_long(len(text_bytes))

    spoken = language.language_of(text, parts.language)
    address, address_notices = _address(url, parts, text)
    outlet = attribution.outlet_of(text, parts.site_names, address)
    agency = attribution.agency_of(text, parts.bylines, address)
    published = _published(parts, text, address)
    return Document(
        text=text,
        title=(parts.title or headline.headline_of(text) or "")[:4000] or None,
        outlet=outlet.name or attribution.UNKNOWN_OUTLET,
        agency=agency.name,
        published_on=published.published_on,
        published_at=published.published_at,
        language=spoken.code,
        url=address,
        sha256=hashlib.sha256(text_bytes).hexdigest(),
        original=data,
        original_sha256=hashlib.sha256(data).hexdigest(),
        media_type=_MEDIA_TYPES[found],
        notices=(
            *formats.mismatch(found, file_name),
            *parts.notices,
            *spoken.notices,
            *address_notices,
            *outlet.notices,
            *agency.notices,
            *published.notices,
            *doubtful.notices(text),
            *_teaser_notices(text),
        ),
        readable=spoken.readable,
    )


def _declared(media_type: str | None) -> tuple[str | None, str | None]:
    """Part "text/html; charset=utf-8" into its type and its charset."""
    if not media_type:
        return None, None
    message = Message()
    message["content-type"] = " ".join(media_type.split())
    return message.get_content_type(), message.get_content_charset()


def _empty(came: str) -> DocumentRefusedError:
    return DocumentRefusedError(came, "a report with words in it", "Check that it was saved whole.")


def _address(url: str | None, parts: Parts, text: str) -> tuple[str | None, tuple[str, ...]]:
    """Return the address under which a source may be stored, if there is one."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    alone = [
        m[1]
        for line in (*lines[:_ADDRESS_LINES], *lines[-_ADDRESS_LINES:], *parts.margin)
        if (m := _ADDRESS_LINE.fullmatch(line))
    ]
    for candidate in (url, parts.url, *alone):
        if candidate and _is_address(candidate):
            return candidate, ()
        if candidate and candidate == url:
            return None, ("The address given is not one of http or https and was not kept.",)
    return None, ()


def _is_address(text: str) -> bool:
    if len(text) > _MAX_ADDRESS or not _ADDRESS.fullmatch(text):
        return False
    try:
        parts = urlsplit(text)
        return bool(parts.hostname) and parts.username is None and parts.password is None
    except ValueError:
        return False


def _published(parts: Parts, text: str, address: str | None) -> publication_day.PublicationDay:
    if parts.published:
        found = publication_day.from_field(parts.published)
        if found.published_on:
            return found
    found = publication_day.from_text(text, parts.margin)
    in_address = _URL_DAY.search(urlsplit(address).path) if address else None
    if found.published_on is None and in_address:
        day = publication_day.from_field("-".join(in_address.groups()))
        if day.published_on:
            note = "The date of publication was read from the address."
            return day._replace(notices=(note, *found.notices))
    return found


def _teaser_notices(text: str) -> tuple[str, ...]:
    spans = teasers.teaser_spans(text)
    if not spans:
        return ()
    start, end = spans[0]
    return (
        f"{len(spans)} lines look like captions or pointers to other articles, the first "
        f"{text[start:end][:60].strip()!r}; they stay in the text as it came.",
    )
