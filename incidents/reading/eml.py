"""The text of a saved e-mail, and of a page saved as MHTML."""

from __future__ import annotations

import re
from dataclasses import replace
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage
from email.utils import parsedate_to_datetime

from incidents.reading import decoding, html, publication_day
from incidents.reading.parts import Job, Parts, storable
from incidents.reading.refusals import DocumentRefusedError

_PREFIX_WORDS = ("re", "fw", "fwd", "aw", "wg")
_PAGE_TYPES = ("text/html", "application/xhtml+xml")
# "Forwarded message" and the like, then lines such as "From:" and "Date:".
_FORWARD = re.compile(
    r"^[ >*_-]*(?:begin forwarded message|forwarded message|original message)[ :*_-]*$"
    r"(?:\n[ >*]*(?:[A-Z][\w-]*:.*)?){1,10}",
    re.IGNORECASE | re.MULTILINE,
)
_DATE_LINE = re.compile(r"^[ >*]*(?:date|sent):[ *]*(.+?)[ *]*$", re.IGNORECASE | re.MULTILINE)
_MAX_COVER = 400
"""Letters and digits; a longer text before what is forwarded is a report of its own."""


def read(data: bytes, job: Job) -> Parts:  # noqa: ARG001  (every format is read alike)
    """Return the text of an e-mail: its plain part, or else its HTML part.

    The subject becomes the title and the first paragraph, the date of sending the time of
    publication; of what was forwarded its own. Who sent it is not taken for an outlet;
    attachments are named, not read. A page that a browser saved is read as that page.

    Raises
    ------
    DocumentRefusedError
        If no part of it is text.
    """
    message = message_from_bytes(data.removeprefix(b"\xef\xbb\xbf").lstrip(), policy=policy.default)
    if page := _saved_page(message):
        return page
    leaves = [p for p in message.walk() if not p.is_multipart()]
    texts = [p for p in leaves if p.get_content_disposition() != "attachment"]
    attached = [p for p in leaves if p.get_content_disposition() == "attachment"]
    parts = _plain(texts) or _html(texts)
    if parts is None:
        raise DocumentRefusedError(
            "an e-mail without text of its own",
            "an e-mail with the report in it",
            "Save its attachment and add that.",
        )
    own = _forwarded(message) or message
    subject = _without_prefixes(_header(own, "subject"))
    text = parts.text
    sent, published = _sent_at(message), _forwarded_on(text) or _sent_at(own)
    told = f"Forwarded on {sent}; taken is the day of what was forwarded, {published}."
    if subject and subject not in text.splitlines()[:3]:
        text = f"{subject}\n{text}"
    notices = parts.notices
    if sent and published and published != sent:
        notices += (told,)
    if attached:
        names = ", ".join(repr(p.get_filename() or p.get_content_type()) for p in attached[:5])
        notices += (f"Attachments are not read; add each as its own document: {names}.",)
    text, damage = storable(text)
    return replace(
        parts,
        text=text,
        title=subject or parts.title,
        published=published or parts.published,
        notices=notices + damage,
    )


def _saved_page(message: EmailMessage) -> Parts | None:
    """Read a page that a browser saved; its day and headline are those of the page."""
    address = _header(message, "snapshot-content-location")
    if not (address or _header(message, "from").startswith("<Saved by")):
        return None
    for part in message.walk():
        if part.get_content_type() in _PAGE_TYPES:
            payload = part.get_payload(decode=True)
            data = payload if isinstance(payload, bytes) else b""
            parts = html.read(data, Job("html", part.get_content_charset()))
            return replace(parts, url=parts.url or address or None)
    return None


def _forwarded(message: EmailMessage) -> EmailMessage | None:
    """Return the message that another one brings as its attachment."""
    for part in message.walk():
        inner = part.get_payload() if part.get_content_type() == "message/rfc822" else None
        if isinstance(inner, list) and inner and isinstance(inner[0], EmailMessage):
            return inner[0]
    return None


def _forwarded_on(text: str) -> str | None:
    """Return the day in the header that mail programs put over what they forward."""
    block = _FORWARD.search(text)
    if block is None or sum(map(str.isalnum, text[: block.start()])) > _MAX_COVER:
        return None
    day = _DATE_LINE.search(block[0])
    on = publication_day.from_field(day[1]).published_on if day else None
    return on.isoformat() if on else None


def _plain(texts: list[EmailMessage]) -> Parts | None:
    found = [_decoded(p) for p in texts if p.get_content_type() == "text/plain"]
    text = "\n".join(d.text.replace("\r\n", "\n").strip("\n") for d in found if d.text.strip())
    if not any(map(str.isalnum, text)):
        return None
    return Parts(text=text, notices=tuple(n for d in found for n in d.notices))


def _html(texts: list[EmailMessage]) -> Parts | None:
    for part in texts:
        if part.get_content_type() in _PAGE_TYPES:
            decoded = _decoded(part)
            if decoded.text.strip():
                parts = html.article(decoded.text)
                return replace(parts, notices=decoded.notices + parts.notices)
    return None


def _decoded(part: EmailMessage) -> decoding.Decoded:
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    return decoding.decode(data, part.get_content_charset())


def _header(message: EmailMessage, name: str) -> str:
    try:
        return " ".join(str(message.get(name, "")).split())
    except (MessageError, ValueError, IndexError, AttributeError):
        # Python's parser stumbles over some malformed headers.
        return ""


def _without_prefixes(subject: str) -> str:
    while subject.partition(":")[0].strip().lower() in _PREFIX_WORDS:
        subject = subject.partition(":")[2].strip()
    return subject


def _sent_at(message: EmailMessage) -> str | None:
    try:
        return parsedate_to_datetime(_header(message, "date")).isoformat()
    except (ValueError, TypeError, IndexError):
        return None
