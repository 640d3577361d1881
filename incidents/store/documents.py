"""Documents in the library: what was read, with its text and its original bytes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from sqlalchemy import Connection, func, insert, select

from incidents.model import Source
from incidents.store.decisions import Change, Decision
from incidents.store.errors import DecisionError, DuplicateDocumentError, UnknownObjectError
from incidents.store.naming import source_id_for
from incidents.store.people import By, allowed
from incidents.store.schema import blobs, documents, entries, records
from incidents.store.states import Fields, State, sha256_of
from incidents.store.writing import decide, lock, present

RULES = "rules"
CONTEXT = 32
"""Characters before and after a quote that tell it from the same words elsewhere."""


class ReadDocument(Protocol):
    """What is needed of a document that was read; `incidents.reading.Document` has it."""

    @property
    def text(self) -> str: ...  # noqa: D102
    @property
    def original(self) -> bytes: ...  # noqa: D102
    @property
    def media_type(self) -> str: ...  # noqa: D102
    @property
    def notices(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def readable(self) -> bool: ...  # noqa: D102


@dataclass(frozen=True)
class StoredDocument:
    """A document of the library, without its text."""

    source_id: str
    source: Source
    """As read from the document, or as a person has corrected it."""
    revision: int
    text_sha256: str
    original_sha256: str
    media_type: str
    notices: tuple[str, ...]
    readable: bool
    extractor: str
    """Who finds its claims: "rules", or the name of a user's own extractor."""
    accepted: bool
    """Whether the map shows it."""
    drafts: int
    """Claims that still wait for a person."""
    changed_by: str
    changed_at: datetime


def add_document(
    connection: Connection,
    document: ReadDocument,
    source: Source,
    by: By,
    reason: str = "",
    taken: Iterable[str] = (),
    extractor: str = RULES,
) -> str:
    """Store a document under review and return the id that it got.

    Parameters
    ----------
    document
        As read.
    source
        What is known of it; its `source_id` is a proposal that counts only where a person
        chose it, "new" lets the library choose.
    taken
        Ids that are in use outside the library: those of the seeds.
    extractor
        Name of the extractor that finds its claims.

    Raises
    ------
    DuplicateDocumentError
        If the same file, or the same text, is in the library already.
    """
    allowed(by, "add a document")
    lock(connection)
    text = _encoded(document.text)
    text_sha256, original_sha256 = sha256_of(text), sha256_of(document.original)
    twin = find_document(connection, text_sha256, original_sha256)
    if twin is not None:
        raise DuplicateDocumentError(*twin)
    source_id = source.source_id
    if source_id == "new":
        source_id = _former_id(connection, text_sha256) or source_id_for(
            source, [*taken, *_all_ids(connection)]
        )
    elif source_id in set(taken):
        raise DecisionError(f"the id {source_id} belongs to a coded document; choose another")
    _keep_bytes(connection, source_id, (text_sha256, text), (original_sha256, document.original))
    fields: Fields = {
        "source": source.model_copy(
            update={"source_id": source_id, "sha256": text_sha256}
        ).model_dump(mode="json", exclude_none=True),
        "text_sha256": text_sha256,
        "original_sha256": original_sha256,
        "media_type": document.media_type,
        "notices": list(document.notices),
        "readable": document.readable,
    } | ({} if extractor == RULES else {"extractor": extractor})
    change = Change("document", source_id, fields)
    decide(connection, Decision("add", (change,), by, reason))
    return source_id


def find_document(
    connection: Connection, text_sha256: str, original_sha256: str | None = None
) -> tuple[str, Literal["file", "text"], str] | None:
    """Return the document with the same bytes or text: its id, what is the same, when it came.

    A document that was taken out again does not count.
    """
    rows = connection.execute(
        select(
            documents.c.source_id,
            (documents.c.original_sha256 == original_sha256).label("same_file"),
            entries.c.by,
            entries.c.at,
        )
        .join(
            records,
            (records.c.object_id == documents.c.source_id) & (records.c.kind == "document"),
        )
        .join(entries, entries.c.entry_id == records.c.entry_id)
        .where(
            (documents.c.text_sha256 == text_sha256)
            | (documents.c.original_sha256 == original_sha256),
            records.c.state.is_not(None),
        )
        .order_by(documents.c.source_id)
    ).all()
    if not rows:
        return None
    row = max(rows, key=lambda r: bool(r.same_file))
    came_in = f"{row.by}, {datetime.fromisoformat(row.at):%Y-%m-%d %H:%M} UTC"
    return row.source_id, "file" if row.same_file else "text", came_in


def read_document(connection: Connection, source_id: str) -> StoredDocument:
    """Return a document.

    Raises
    ------
    UnknownObjectError
        If there is none, or it was taken out.
    """
    for found in list_documents(connection, source_id):
        return found
    raise _unknown(source_id)


def list_documents(connection: Connection, source_id: str | None = None) -> list[StoredDocument]:
    """Return the documents that are there, by their ids; perhaps one only."""
    wanted = (
        select(records, entries.c.by, entries.c.at)
        .join(entries, entries.c.entry_id == records.c.entry_id)
        .where(records.c.kind == "document", records.c.state.is_not(None))
        .order_by(records.c.object_id)
    )
    if source_id is not None:
        wanted = wanted.where(records.c.object_id == source_id)
    accepted = _accepted(connection, source_id)
    drafts = _draft_counts(connection, source_id)
    found = []
    for row in connection.execute(wanted):
        state = State.from_json(row.state)
        fields = state.value if state else None
        if fields is None:
            continue
        found.append(
            StoredDocument(
                source_id=row.object_id,
                source=Source.model_validate(fields["source"]),
                revision=row.revision,
                text_sha256=fields["text_sha256"],
                original_sha256=fields["original_sha256"],
                media_type=fields["media_type"],
                notices=tuple(fields["notices"]),
                readable=fields["readable"],
                extractor=fields.get("extractor", RULES),
                accepted=row.object_id in accepted,
                drafts=drafts[row.object_id],
                changed_by=row.by,
                changed_at=datetime.fromisoformat(row.at),
            )
        )
    return found


def read_text(connection: Connection, source_id: str) -> str:
    """Return a document's text as read."""
    return _bytes_of(connection, source_id, "text_sha256").decode("utf-8")


def read_original(connection: Connection, source_id: str) -> bytes:
    """Return the bytes that came in."""
    return _bytes_of(connection, source_id, "original_sha256")


def anchor(text: str, char_start: int, char_end: int) -> dict[str, str | int]:
    """Return how a quote is found again: the W3C's text quote and text position selectors.

    Examples
    --------
    >>> anchor("Officials said five were killed.", 15, 31)
    {'exact': 'five were killed', 'prefix': 'Officials said ', 'suffix': '.',
     'start': 15, 'end': 31}
    """
    return {
        "exact": text[char_start:char_end],
        "prefix": text[max(0, char_start - CONTEXT) : char_start],
        "suffix": text[char_end : char_end + CONTEXT],
        "start": char_start,
        "end": char_end,
    }


def _encoded(text: str) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise DecisionError(
            f"character {error.start} of the text is half a character; read the document again"
        ) from error


def _former_id(connection: Connection, text_sha256: str) -> str | None:
    """Return the id under which the same text was in the library before it was taken out."""
    found = connection.execute(
        select(func.min(documents.c.source_id)).where(documents.c.text_sha256 == text_sha256)
    ).scalar()
    if found is None or present(connection, "document", found).state is not None:
        return None
    return str(found)


def _all_ids(connection: Connection) -> list[str]:
    """Return every id that a document has or ever had."""
    return [
        *connection.execute(select(documents.c.source_id)).scalars(),
        *connection.execute(
            select(records.c.object_id).where(records.c.kind.in_(["source", "document"]))
        ).scalars(),
    ]


def _keep_bytes(connection: Connection, source_id: str, *contents: tuple[str, bytes]) -> None:
    for sha256, content in dict(contents).items():
        if connection.execute(select(blobs.c.sha256).where(blobs.c.sha256 == sha256)).first():
            continue
        connection.execute(insert(blobs).values(sha256=sha256, content=content))
    row = {
        "source_id": source_id,
        "text_sha256": contents[0][0],
        "original_sha256": contents[1][0],
    }
    there = select(documents).filter_by(**row)
    if connection.execute(there).first() is None:
        connection.execute(insert(documents).values(**row))


def _bytes_of(connection: Connection, source_id: str, which: str) -> bytes:
    state = State.from_json(present(connection, "document", source_id).state)
    if state is None or state.value is None:
        raise _unknown(source_id)
    found = select(blobs.c.content).where(blobs.c.sha256 == state.value[which])
    return bytes(connection.execute(found).scalar_one())


def _accepted(connection: Connection, source_id: str | None) -> set[str]:
    wanted = select(records.c.object_id, records.c.state).where(records.c.kind == "source")
    if source_id is not None:
        wanted = wanted.where(records.c.object_id == source_id)
    return {
        row.object_id
        for row in connection.execute(wanted)
        if (state := State.from_json(row.state)) is not None and state.value is not None
    }


def _draft_counts(connection: Connection, source_id: str | None) -> Counter[str]:
    prefix = "" if source_id is None else f"{source_id}/"
    keys = connection.execute(
        select(records.c.object_id).where(
            records.c.kind == "draft",
            records.c.state.is_not(None),
            records.c.object_id.startswith(prefix, autoescape=True),
        )
    ).scalars()
    return Counter(key.partition("/")[0] for key in keys)


def _unknown(source_id: str) -> UnknownObjectError:
    return UnknownObjectError(f"the library has no document {source_id}; it may have been removed")
