"""Mentoring: applications and votes, offers with their cap, searches, asks, pairings."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from support.db.tables import Json, UtcDateTime

revision = "0008"
down_revision = "0004"
branch_labels = None
depends_on = None

OPEN = sa.text("state = 'open'")
ACTIVE = sa.text("ended_at IS NULL")


def _person(name: str, table: str, nullable: bool = False) -> list[Any]:
    return [
        sa.Column(name, sa.String(), nullable=nullable),
        sa.ForeignKeyConstraint([name], ["account.id"], name=op.f(f"fk_{table}_{name}")),
    ]


def _applications() -> None:
    op.create_table(
        "mentor_application",
        sa.Column("id", sa.String(32), nullable=False),
        *_person("account_id", "mentor_application"),
        sa.Column("finished_on", sa.Date(), nullable=False),
        sa.Column("offer", Json, nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("code_version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'approved', 'refused', 'withdrawn')",
            name=op.f("ck_mentor_application_state"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentor_application")),
    )
    op.create_index(
        "uq_mentor_application_open",
        "mentor_application",
        ["account_id"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_index("ix_mentor_application_state", "mentor_application", ["state", "made_at"])
    op.create_table(
        "mentor_vote",
        sa.Column("application_id", sa.String(32), nullable=False),
        *_person("by_id", "mentor_vote"),
        sa.Column("yes", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["mentor_application.id"],
            name=op.f("fk_mentor_vote_application_id"),
        ),
        sa.PrimaryKeyConstraint("application_id", "by_id", name=op.f("pk_mentor_vote")),
    )


def _offers() -> None:
    op.create_table(
        "mentor_offer",
        *_person("account_id", "mentor_offer"),
        sa.Column("offer", Json, nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("mentees", sa.Integer(), nullable=False),
        sa.Column("probation", sa.Integer(), nullable=False),
        sa.Column("paused_at", UtcDateTime(), nullable=True),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("renew_on", sa.Date(), nullable=False),
        sa.CheckConstraint("mentees >= 0 AND mentees <= most", name=op.f("ck_mentor_offer_cap")),
        sa.CheckConstraint("most BETWEEN 0 AND 6", name=op.f("ck_mentor_offer_most")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_mentor_offer")),
    )
    op.create_table(
        "mentor_search",
        *_person("account_id", "mentor_search"),
        sa.Column("seeks", Json, nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("waiting_since", UtcDateTime(), nullable=True),
        sa.Column("alerted_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_mentor_search")),
    )
    op.create_index("ix_mentor_search_waiting", "mentor_search", ["waiting_since", "account_id"])


def _pairings() -> None:
    op.create_table(
        "mentor_ask",
        sa.Column("id", sa.String(32), nullable=False),
        *_person("member_id", "mentor_ask"),
        *_person("mentor_id", "mentor_ask"),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'accepted', 'declined', 'withdrawn')",
            name=op.f("ck_mentor_ask_state"),
        ),
        sa.CheckConstraint("member_id <> mentor_id", name=op.f("ck_mentor_ask_two_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentor_ask")),
    )
    op.create_index(
        "uq_mentor_ask_open",
        "mentor_ask",
        ["member_id", "mentor_id"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_index("ix_mentor_ask_mentor", "mentor_ask", ["mentor_id", "state", "at"])
    op.create_index("ix_mentor_ask_member", "mentor_ask", ["member_id", "state"])
    op.create_table(
        "pairing",
        sa.Column("id", sa.String(32), nullable=False),
        *_person("member_id", "pairing"),
        *_person("mentor_id", "pairing"),
        sa.Column("room_id", sa.String(32), nullable=True),
        sa.Column("began_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        *_person("ended_by", "pairing", nullable=True),
        sa.CheckConstraint("member_id <> mentor_id", name=op.f("ck_pairing_two_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pairing")),
    )
    op.create_index(
        "uq_pairing_member",
        "pairing",
        ["member_id"],
        unique=True,
        sqlite_where=ACTIVE,
        postgresql_where=ACTIVE,
    )
    op.create_index("ix_pairing_mentor", "pairing", ["mentor_id", "ended_at"])
    op.create_index("ix_pairing_room", "pairing", ["room_id"], unique=True)


def upgrade() -> None:
    _applications()
    _offers()
    _pairings()


def downgrade() -> None:
    for table in (
        *("pairing", "mentor_ask", "mentor_search", "mentor_offer"),
        *("mentor_vote", "mentor_application"),
    ):
        op.drop_table(table)
