"""Points for PostGIS, so that QGIS can open a team's library.

Latitude and longitude stay the truth; the database itself makes the point of them, so the two
can never differ. A SQLite library has the numbers alone.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the geometry and its index where the database is PostgreSQL."""
    if op.get_bind().dialect.name != "postgresql":
        return
    from geoalchemy2 import Geometry  # noqa: PLC0415 - an optional extra

    op.execute("CREATE EXTENSION IF NOT EXISTS postgis")
    op.add_column(
        "records",
        sa.Column(
            "point",
            # The index is made below, under a name of ours.
            Geometry("POINT", srid=4326, spatial_index=False),
            sa.Computed("ST_SetSRID(ST_MakePoint(longitude, latitude), 4326)", persisted=True),
        ),
    )
    op.create_index("ix_records_point", "records", ["point"], postgresql_using="gist")
