"""Hosting: a meeting's script and its clocks, time for a turn, and calls for a second pair of eyes."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from support.db.tables import Json, UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

NAMES = ("script", "step_ends_at", "paused_at", "turn_seconds", "reactions")


def _columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("script", Json, nullable=True),
        sa.Column("step_ends_at", UtcDateTime(), nullable=True),
        sa.Column("paused_at", UtcDateTime(), nullable=True),
        sa.Column("turn_seconds", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("reactions", sa.Boolean(), nullable=False, server_default=sa.true()),
    ]


def upgrade() -> None:
    for column in _columns():
        op.add_column("room", column)
    op.create_table(
        "series_script",
        sa.Column("series_id", sa.String(), nullable=False),
        sa.Column("script", Json, nullable=False),
        sa.Column("by_id", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["series_id"], ["series.id"], name=op.f("fk_series_script_series_id")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_series_script_by_id")),
        sa.PrimaryKeyConstraint("series_id", name=op.f("pk_series_script")),
    )
    op.create_table(
        "backup_call",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("room_id", sa.String(), nullable=False),
        sa.Column("by_id", sa.String(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("answered_by", sa.String(), nullable=True),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_backup_call_room_id")),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_backup_call_by_id")),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["account.id"], name=op.f("fk_backup_call_answered_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backup_call")),
    )
    op.create_index("ix_backup_call_room_id", "backup_call", ["room_id", "at"])
    op.create_index("ix_backup_call_by_id", "backup_call", ["by_id"])


def downgrade() -> None:
    op.drop_table("backup_call")
    op.drop_table("series_script")
    for name in reversed(NAMES):
        op.drop_column("room", name)
