"""Mentors asked to host a group, and how many may write while a host is alone."""

import sqlalchemy as sa
from alembic import op

from support.db.tables import UtcDateTime

revision = "0016"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "host_asked",
        sa.Column("circle_id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("by_id", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["circle_id"], ["circle.id"], name=op.f("fk_host_asked_circle_id")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_host_asked_account_id")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_host_asked_by_id")),
        sa.PrimaryKeyConstraint("circle_id", "account_id", name=op.f("pk_host_asked")),
    )
    op.create_index("ix_host_asked_account_id", "host_asked", ["account_id"])
    op.create_index("ix_host_asked_by_id", "host_asked", ["by_id"])
    op.add_column(
        "room", sa.Column("most_writers", sa.Integer(), nullable=False, server_default="0")
    )


def downgrade() -> None:
    op.drop_column("room", "most_writers")
    op.drop_table("host_asked")
