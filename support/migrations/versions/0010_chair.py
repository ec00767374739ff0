"""The chair of a meeting, who is asked to take it, who is here to lead, and who stands by."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from support.db.tables import UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def _refers(table: str, column: str, to: str, *, nullable: bool = False) -> list[Any]:
    size = 32 if to == "room" or column == "circle_id" else None
    return [
        sa.Column(column, sa.String(size), nullable=nullable),
        sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}")),
    ]


def _moments(*names: str) -> list[Any]:
    return [sa.Column(name, UtcDateTime(), nullable=True) for name in names]


def _chair() -> None:
    op.create_table(
        "chair",
        *_refers("chair", "room_id", "room"),
        *_refers("chair", "holder_id", "account", nullable=True),
        *_refers("chair", "first_id", "account", nullable=True),
        *_refers("chair", "second_id", "account", nullable=True),
        sa.Column("term", sa.Integer(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        *_moments("host_asked_at", "second_asked_at", "offered_at", "paused_at"),
        sa.Column("holds_back", sa.Boolean(), nullable=False),
        sa.Column("came", sa.Integer(), nullable=False),
        *_moments("over_at"),
        sa.PrimaryKeyConstraint("room_id", name=op.f("pk_chair")),
    )
    op.create_table(
        "chair_offer",
        *_refers("chair_offer", "room_id", "room"),
        *_refers("chair_offer", "account_id", "account"),
        sa.Column("why", sa.String(16), nullable=False),
        sa.Column("term", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        *_moments("helps_since"),
        sa.CheckConstraint(
            "state IN ('open', 'taken', 'declined', 'lapsed')", name=op.f("ck_chair_offer_state")
        ),
        sa.PrimaryKeyConstraint("room_id", "account_id", name=op.f("pk_chair_offer")),
    )
    op.create_index("ix_chair_offer_account", "chair_offer", ["account_id", "state"])


def _here() -> None:
    op.create_table(
        "host_line",
        *_refers("host_line", "room_id", "room"),
        *_refers("host_line", "account_id", "account"),
        sa.Column("origin", sa.String(32), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("room_id", "account_id", "origin", name=op.f("pk_host_line")),
    )
    op.create_table(
        "comer",
        *_refers("comer", "room_id", "room"),
        *_refers("comer", "account_id", "account"),
        sa.PrimaryKeyConstraint("room_id", "account_id", name=op.f("pk_comer")),
    )


def _stand_by() -> None:
    op.create_table(
        "stand_by",
        sa.Column("scope_id", sa.String(32), nullable=False),
        *_refers("stand_by", "account_id", "account"),
        *_refers("stand_by", "circle_id", "circle"),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("scope_id", "account_id", name=op.f("pk_stand_by")),
    )
    op.create_index("ix_stand_by_account_id", "stand_by", ["account_id"])
    op.create_index("ix_stand_by_circle_id", "stand_by", ["circle_id"])


def upgrade() -> None:
    _chair()
    _here()
    _stand_by()


def downgrade() -> None:
    for table in ("stand_by", "comer", "host_line", "chair_offer", "chair"):
        op.drop_table(table)
