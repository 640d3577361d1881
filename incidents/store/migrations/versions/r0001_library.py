"""A library: its history, what that amounts to, and the documents."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

APPLICATION_ID = 0x494E434D
GROWING_ONLY = ("entries", "changes", "blobs", "documents")


def upgrade() -> None:
    """Create the tables, and the triggers that let the history only grow."""
    op.create_table(
        "library",
        sa.Column("library_id", sa.Integer, nullable=False),
        sa.Column("epoch", sa.String(32), nullable=False),
        sa.Column("last_entry", sa.Integer, nullable=False),
        sa.Column("last_sha256", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("library_id", name="pk_library"),
        sa.CheckConstraint("library_id = 1", name=op.f("ck_library_one")),
    )
    op.create_table(
        "entries",
        sa.Column("entry_id", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("action", sa.String(32), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("undoes", sa.Integer),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("entry_id", name="pk_entries"),
        sa.ForeignKeyConstraint(["undoes"], ["entries.entry_id"], name="fk_entries_undoes"),
    )
    op.create_index("ix_entries_undoes", "entries", ["undoes"])
    op.create_table(
        "changes",
        sa.Column("entry_id", sa.Integer, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("object_id", sa.String(255), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("before", sa.Text),
        sa.Column("after", sa.Text),
        sa.PrimaryKeyConstraint("entry_id", "position", name="pk_changes"),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.entry_id"], name="fk_changes_entry_id"),
    )
    op.create_index("ux_changes_object", "changes", ["kind", "object_id", "revision"], unique=True)
    op.create_table(
        "records",
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("object_id", sa.String(255), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("state", sa.Text),
        sa.Column("entry_id", sa.Integer, nullable=False),
        sa.Column("latitude", sa.Float),
        sa.Column("longitude", sa.Float),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("kind", "object_id", name="pk_records"),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.entry_id"], name="fk_records_entry_id"),
    )
    op.create_table(
        "blobs",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_blobs"),
    )
    op.create_table(
        "documents",
        sa.Column("source_id", sa.String(120), nullable=False),
        sa.Column("text_sha256", sa.String(64), nullable=False),
        sa.Column("original_sha256", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("source_id", "text_sha256", "original_sha256", name="pk_documents"),
        sa.ForeignKeyConstraint(["text_sha256"], ["blobs.sha256"], name="fk_documents_text_sha256"),
        sa.ForeignKeyConstraint(
            ["original_sha256"], ["blobs.sha256"], name="fk_documents_original_sha256"
        ),
    )
    for column in ("text_sha256", "original_sha256"):
        op.create_index(f"ix_documents_{column}", "documents", [column])
    op.create_table(
        "unsaved",
        sa.Column("source_id", sa.String(120), nullable=False),
        sa.Column("reviewer", sa.String(255), nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("saved_at", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("source_id", "reviewer", name="pk_unsaved"),
    )
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        for table in GROWING_ONLY:
            for change in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} only grows'); END"
                )
    else:
        op.execute(
            "CREATE FUNCTION only_grows() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION '% only grows', TG_TABLE_NAME; END $$"
        )
        for table in GROWING_ONLY:
            op.execute(
                f"CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION only_grows()"
            )
