"""After a meeting: what those who led it wrote, what guests told the hosts, and worries."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from support.db.tables import Json, UtcDateTime

revision = "0013"
down_revision = "0011"
branch_labels = None
depends_on = None


def _room_and(table: str, person: str) -> list[Any]:
    return [
        sa.Column("room_id", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f(f"fk_{table}_room_id")),
        sa.Column(person, sa.String(), nullable=False),
        sa.ForeignKeyConstraint([person], ["account.id"], name=op.f(f"fk_{table}_{person}")),
    ]


def upgrade() -> None:
    op.create_table(
        "debrief",
        *_room_and("debrief", "account_id"),
        sa.Column("answers", Json, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("room_id", "account_id", name=op.f("pk_debrief")),
    )
    op.create_table(
        "said_aside",
        sa.Column("id", sa.String(32), nullable=False),
        *_room_and("said_aside", "author_id"),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("notice", Json, nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("kind IN ('feedback', 'worry')", name=op.f("ck_said_aside_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_said_aside")),
        sa.UniqueConstraint("room_id", "author_id", "kind", name="uq_said_aside_once"),
    )
    op.create_index("ix_said_aside_author_id", "said_aside", ["author_id"])
    op.create_index("ix_said_aside_at", "said_aside", ["at"])


def downgrade() -> None:
    op.drop_table("said_aside")
    op.drop_table("debrief")
