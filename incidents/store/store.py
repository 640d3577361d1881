"""The library as the rest of the program sees it: one object, a transaction for each call."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import URL, Connection, delete, insert, select

from incidents.model import Catalogue, Claim, Incident, Source
from incidents.origins.families import Decision as LineageDecision
from incidents.store import backups, documents, reviewing, undoing, writing
from incidents.store.backups import Backup
from incidents.store.database import BUSY_TIMEOUT_S, Database
from incidents.store.decisions import Change, Decision
from incidents.store.documents import ReadDocument, StoredDocument, anchor
from incidents.store.errors import UnknownObjectError
from incidents.store.history import Entry, read_history
from incidents.store.locations import Location, at_address, locate_library
from incidents.store.naming import lineage_name
from incidents.store.opening import open_database
from incidents.store.overlay import Overlay, lay_over
from incidents.store.people import By, allowed
from incidents.store.reviewing import Draft, Seen
from incidents.store.schema import library, unsaved
from incidents.store.states import Fields, Kind, State, canonical, sha256_of
from incidents.store.toml_export import Exported, export_documents
from incidents.store.verifying import verify


class Store:
    """A library that is open; may be shared by threads.

    Whatever writes takes `by`, who decides, and returns the number of the entry that it
    appended to the history. A write either happens as a whole or raises and leaves no trace.
    """

    def __init__(self, database: Database) -> None:
        self.database = database

    @property
    def location(self) -> Location:
        """Where it lies."""
        return self.database.location

    def version(self) -> str:
        """Return a cache key that changes with every decision, and with a restored backup."""
        with self.database.read() as connection:
            return _version(connection)

    @contextmanager
    def together(self) -> Iterator[Store]:
        """Give this library for several writes that are kept all together or not at all.

        Each is an entry of its own in the history. Whoever raises inside undoes them all; one
        that was refused, and caught inside, left nothing.
        """
        with self.database.write() as connection:
            yield Store(self.database.within(connection))

    def close(self) -> None:
        """Let go of connections to a server; the store may still be used."""
        self.database.close()

    # Documents

    def add_document(
        self,
        document: ReadDocument,
        source: Source,
        *,
        by: By,
        reason: str = "",
        taken: Collection[str] = (),
        extractor: str = documents.RULES,
    ) -> str:
        """Store a document under review; return its id (see `documents.add_document`)."""
        with self.database.write() as connection:
            return documents.add_document(
                connection, document, source, by, reason, taken, extractor
            )

    def find_document(self, text: str, original: bytes | None = None) -> str | None:
        """Return the id of the document with the same bytes or text, if it is in the library."""
        with self.database.read() as connection:
            found = documents.find_document(
                connection, sha256_of(text), sha256_of(original) if original is not None else None
            )
        return found[0] if found else None

    def documents(self) -> list[StoredDocument]:
        """Return every document, accepted or under review, by id."""
        with self.database.read() as connection:
            return documents.list_documents(connection)

    def document(self, source_id: str) -> StoredDocument:
        """Return a document; UnknownObjectError if there is none."""
        with self.database.read() as connection:
            return documents.read_document(connection, source_id)

    def text(self, source_id: str) -> str:
        """Return a document's text as read."""
        with self.database.read() as connection:
            return documents.read_text(connection, source_id)

    def original(self, source_id: str) -> bytes:
        """Return the bytes that came in."""
        with self.database.read() as connection:
            return documents.read_original(connection, source_id)

    def anchor(self, claim: Claim) -> dict[str, str | int] | None:
        """Return the quote's selectors (see `documents.anchor`); None where it has no place."""
        if claim.char_start is None or claim.char_end is None:
            return None
        return anchor(self.text(claim.source_id), claim.char_start, claim.char_end)

    # Review

    def save_drafts(
        self,
        source_id: str,
        drafts: Iterable[Draft | Mapping[str, Any]],
        *,
        by: By,
        reason: str = "",
        seen: Seen | None = None,
    ) -> int:
        """Make these the drafts of a document (see `reviewing.save_drafts`)."""
        with self.database.write() as connection:
            return reviewing.save_drafts(connection, source_id, drafts, by, reason, seen)

    def drafts(self, source_id: str) -> list[tuple[int, Fields]]:
        """Return the drafts that wait, each with its revision, in the order of the text."""
        with self.database.read() as connection:
            return reviewing.drafts_of(connection, source_id)

    def decide(self, decision: Decision) -> int:
        """Write a decision: its changes together or none."""
        with self.database.write() as connection:
            return writing.decide(connection, decision)

    def accept(
        self,
        source_id: str,
        claims: Sequence[Claim],
        incidents: Sequence[Incident] = (),
        *,
        by: By,
        reason: str = "",
        source: Source | None = None,
        drafts: Iterable[str] | Literal["all"] = "all",
        seen: Seen | None = None,
    ) -> int:
        """Put claims of a document on the map (see `reviewing.accept`)."""
        with self.database.write() as connection:
            return reviewing.accept(
                connection,
                source_id,
                claims,
                incidents,
                by,
                reason,
                source=source,
                drafts=drafts,
                seen=seen,
            )

    def remove_source(
        self, source_id: str, *, by: By, reason: str = "", seeds: Catalogue | None = None
    ) -> int:
        """Take out a source or dataset, undoably (see `reviewing.remove_source`)."""
        with self.database.write() as connection:
            return reviewing.remove_source(connection, source_id, by, reason, seeds)

    def decide_lineage(self, decision: LineageDecision, *, by: By) -> int:
        """Split or merge families of sources; `undo` of the entry takes it back."""
        with self.database.write() as connection:
            last, _ = writing.lock(connection)
            change = Change("lineage", lineage_name(last + 1), decision)
            return writing.decide(connection, Decision("lineage", (change,), by, decision.reason))

    def undo(self, entry_id: int, *, by: By, reason: str = "") -> int:
        """Bring back what was before an entry (see `undoing.undo`)."""
        with self.database.write() as connection:
            return undoing.undo(connection, entry_id, by, reason)

    def redo(self, entry_id: int, *, by: By, reason: str = "") -> int:
        """Let an entry that was undone hold again (see `undoing.redo`)."""
        with self.database.write() as connection:
            return undoing.redo(connection, entry_id, by, reason)

    # What a reviewer has typed and not decided

    def keep_unsaved(self, source_id: str, value: object, *, by: By) -> None:
        """Keep what a reviewer has typed (JSON), so that it survives a reload.

        It is no part of the history; a reviewer has one value a document.
        """
        key = {"source_id": source_id, "reviewer": allowed(by, "keep unsaved work")}
        row = {"value": canonical(value), "saved_at": writing.moment()}
        with self.database.write() as connection:
            connection.execute(delete(unsaved).filter_by(**key))
            connection.execute(insert(unsaved).values(**key, **row))

    def unsaved(self, source_id: str, *, by: By) -> Any:  # noqa: ANN401 - whatever JSON was kept
        """Return what a reviewer has typed and not decided; None for nothing."""
        key = {"source_id": source_id, "reviewer": str(by)}
        with self.database.read() as connection:
            text = connection.execute(select(unsaved.c.value).filter_by(**key)).scalar()
        return None if text is None else json.loads(text)

    def all_unsaved(self, beginning: str, ending: str, *, by: By) -> dict[str, Any]:
        """Return what a reviewer has typed under keys that begin and end so, the oldest first."""
        wanted = (
            select(unsaved.c.source_id, unsaved.c.value)
            .where(
                unsaved.c.reviewer == str(by),
                unsaved.c.source_id.startswith(beginning, autoescape=True),
                unsaved.c.source_id.endswith(ending, autoescape=True),
            )
            .order_by(unsaved.c.saved_at, unsaved.c.source_id)
        )
        with self.database.read() as connection:
            return {row.source_id: json.loads(row.value) for row in connection.execute(wanted)}

    def drop_unsaved(self, source_id: str, *, by: By) -> None:
        """Forget what a reviewer has typed."""
        key = {"source_id": source_id, "reviewer": allowed(by, "keep unsaved work")}
        with self.database.write() as connection:
            connection.execute(delete(unsaved).filter_by(**key))

    # What is there

    def overlay(self, seeds: Catalogue) -> Overlay:
        """Return the seeds with what people decided laid over them."""
        with self.database.read() as connection:
            decided = {
                kind: reviewing.read_kind(connection, kind)
                for kind in ("source", "incident", "claim", "lineage")
            }
            version = _version(connection)
        return lay_over(seeds, decided, version)

    def get(self, kind: Kind, object_id: str) -> tuple[int, State] | None:
        """Return revision and state of an object; None where nothing is decided on it."""
        with self.database.read() as connection:
            found = writing.present(connection, kind, object_id)
        state = State.from_json(found.state)
        return None if state is None else (found.revision, state)

    def objects(self, kind: Kind) -> dict[str, tuple[int, State]]:
        """Return revision and state of every object of a kind that is decided on, by id."""
        with self.database.read() as connection:
            return reviewing.read_kind(connection, kind)

    def history(
        self,
        limit: int | None = 100,
        object_id: str | None = None,
        *,
        before: int | None = None,
    ) -> list[Entry]:
        """Return entries of the history, the newest first (see `history.read_history`)."""
        with self.database.read() as connection:
            return read_history(connection, limit, before=before, object_id=object_id)

    def entry(self, entry_id: int) -> Entry:
        """Return one entry of the history."""
        with self.database.read() as connection:
            for found in read_history(connection, entry_ids=[entry_id]):
                return found
        raise UnknownObjectError(f"the history has no entry {entry_id}")

    # Files

    def export_seeds(
        self, folder: str | Path, seeds: Catalogue, *, coded: Path | None = None
    ) -> Exported:
        """Write accepted sources, and seeds that people corrected, as coded documents.

        Parameters
        ----------
        folder
            Where to; may be the folder of the seeds itself.
        seeds
            The seeds as they are now.
        coded
            The folder of the seeds, where that is another one.
        """
        catalogue = self.overlay(seeds).catalogue
        claims, sources = self.objects("claim"), self.objects("source")
        touched = {object_id for object_id, (_, state) in sources.items() if state.value}
        touched |= {c.source_id for c in catalogue.claims if c.claim_id in claims}
        touched |= {c.source_id for c in seeds.claims if c.claim_id in claims}
        exported = export_documents(
            catalogue,
            touched & catalogue.source.keys(),
            Path(folder),
            incident_ids=self.objects("incident"),
            coded=coded,
        )
        removed = tuple(sorted(s for s, (_, state) in sources.items() if state.value is None))
        return Exported(exported.files, exported.sources, removed)

    def backup(
        self, path: str | Path, *, by: By = "this machine", overwrite: bool = False
    ) -> Backup:
        """Write a checked backup (see `backups.backup`)."""
        allowed(by, "back up")
        return backups.backup(self.database, path, overwrite=overwrite)

    def restore(self, path: str | Path, *, by: By, reason: str = "") -> Backup:
        """Put a backup in this library's place (see `backups.restore`)."""
        return backups.restore(self.location, path, by, reason)

    def verify(self) -> list[str]:
        """Return what is wrong with the library, a sentence each; empty if it is whole."""
        with self.database.read() as connection:
            return verify(connection)

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """Give a connection that reads, for what has no method here."""
        with self.database.read() as connection:
            yield connection


def open_store(
    where: str | Path | URL | Location | None = None, *, busy_timeout_s: float = BUSY_TIMEOUT_S
) -> Store:
    """Open a library, making it where there is none (see `opening.open_database`)."""
    return Store(open_database(where, busy_timeout_s))


def restore_library(
    path: str | Path, where: str | Path | URL | Location | None = None, *, by: By, reason: str = ""
) -> Backup:
    """Restore a library that cannot even be opened (see `backups.restore`)."""
    if where is None:
        where = locate_library()
    return backups.restore(
        where if isinstance(where, Location) else at_address(where), path, by, reason
    )


def _version(connection: Connection) -> str:
    row = connection.execute(select(library.c.epoch, library.c.last_entry)).one()
    return f"{row.epoch[:12]}-{row.last_entry}"
