"""The tables of a library, as the newest migration leaves them.

`entries` and `changes` are the history and only grow; so do `blobs`, the bytes of documents
under their SHA-256, and `documents`, which text and which file belong to a source. `records`
is what the history amounts to: the present state of every object. The bytes of documents lie
in the database, not beside it: so one transaction covers a document and its decision, one file
is the whole backup, a killed program leaves no orphan, and a team shares them.
"""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
)

HEAD = "0002"
"""The newest migration, so that a library that has it opens without asking Alembic."""

APPLICATION_ID = 0x494E434D
"""SQLite's mark of whose file it is: "INCM"."""

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

library = Table(
    "library",
    metadata,
    Column("library_id", Integer, CheckConstraint("library_id = 1", name="one")),
    Column("epoch", String(32), nullable=False),
    Column("last_entry", Integer, nullable=False),
    Column("last_sha256", String(64), nullable=False),
    PrimaryKeyConstraint("library_id"),
)
"""One row: where the history stands. Writers wait for one another on it."""

entries = Table(
    "entries",
    metadata,
    # Counted by `library`, not by the database: no number is left out.
    Column("entry_id", Integer, autoincrement=False),
    Column("at", String(32), nullable=False),
    Column("by", Text, nullable=False),
    Column("action", String(32), nullable=False),
    Column("reason", Text, nullable=False),
    Column("undoes", Integer, ForeignKey("entries.entry_id")),
    Column("sha256", String(64), nullable=False),
    PrimaryKeyConstraint("entry_id"),
    Index("ix_entries_undoes", "undoes"),
)

changes = Table(
    "changes",
    metadata,
    Column("entry_id", Integer, ForeignKey("entries.entry_id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("object_id", String(255), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("before", Text),
    Column("after", Text),
    PrimaryKeyConstraint("entry_id", "position"),
    Index("ux_changes_object", "kind", "object_id", "revision", unique=True),
)

records = Table(
    "records",
    metadata,
    Column("kind", String(16), nullable=False),
    Column("object_id", String(255), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("state", Text),
    Column("entry_id", Integer, ForeignKey("entries.entry_id"), nullable=False),
    Column("latitude", Float),
    Column("longitude", Float),
    Column("sha256", String(64), nullable=False),
    PrimaryKeyConstraint("kind", "object_id"),
)

blobs = Table(
    "blobs",
    metadata,
    Column("sha256", String(64)),
    Column("content", LargeBinary, nullable=False),
    PrimaryKeyConstraint("sha256"),
)

documents = Table(
    "documents",
    metadata,
    Column("source_id", String(120), nullable=False),
    Column("text_sha256", String(64), ForeignKey("blobs.sha256"), nullable=False),
    Column("original_sha256", String(64), ForeignKey("blobs.sha256"), nullable=False),
    PrimaryKeyConstraint("source_id", "text_sha256", "original_sha256"),
    Index("ix_documents_text_sha256", "text_sha256"),
    Index("ix_documents_original_sha256", "original_sha256"),
)

unsaved = Table(
    "unsaved",
    metadata,
    Column("source_id", String(120), nullable=False),
    Column("reviewer", String(255), nullable=False),
    Column("value", Text, nullable=False),
    Column("saved_at", String(32), nullable=False),
    PrimaryKeyConstraint("source_id", "reviewer"),
)
"""What a reviewer has typed and not yet decided; no part of the history."""

GROWING_ONLY = ("entries", "changes", "blobs", "documents")
"""Tables in which a trigger refuses every change and removal of a row."""
