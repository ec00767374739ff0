"""marks of the second look"""

import sqlalchemy as sa
from alembic import op

from support.db import tables

revision = "0004"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it so."""
    op.create_table(
        "look_mark",
        sa.Column("process", sa.String(), nullable=False),
        sa.Column("looked_to", tables.UtcDateTime(), nullable=False),
        sa.Column("beat_at", tables.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("process", name=op.f("pk_look_mark")),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("look_mark")
