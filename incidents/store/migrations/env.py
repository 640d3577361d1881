"""How Alembic reaches a library: on the connection, and in the transaction, that it is given."""

from __future__ import annotations

from typing import Any

from alembic import context

from incidents.store.schema import metadata


def run() -> None:
    """Run what Alembic was asked for; the caller commits."""
    connection = context.config.attributes["connection"]
    options: dict[str, Any] = {}
    if connection.dialect.name == "postgresql":
        from geoalchemy2 import alembic_helpers  # noqa: PLC0415 - an optional extra

        # They leave out PostGIS's own tables and know how to write a geometry column.
        options = {
            "include_object": alembic_helpers.include_object,
            "process_revision_directives": alembic_helpers.writer,
            "render_item": alembic_helpers.render_item,
        }
    context.configure(
        connection=connection, target_metadata=metadata, transactional_ddl=True, **options
    )
    context.run_migrations()


# The name under which Alembic runs this file; whoever only imports it runs nothing.
if __name__ == "env_py":
    run()
