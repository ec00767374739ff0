"""lounge shifts, nudges, hosted hours, hand over of a mentee, agreed hours, more caps"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from support.db.tables import Json, UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

OPEN = sa.text("state = 'open'")
OFFER = "mentor_offer"
CAPS = (
    ("week_minutes", sa.Integer(), "360"),
    ("day_shifts", sa.Integer(), "2"),
    ("quiet", sa.String(11), "''"),
    ("code_version", sa.Integer(), "1"),
)
CHECKS = (
    ("week", "week_minutes BETWEEN 0 AND 1440"),
    ("day", "day_shifts BETWEEN 0 AND 6"),
    ("probation", "probation >= 0"),
)
TABLES = ("hosted_meeting", "lounge_nudge", "lounge_watch", "lounge_shift", "mentor_hand_over")


def _id() -> Any:
    return sa.Column("id", sa.String(32), nullable=False)


def _key(table: str, *columns: str) -> Any:
    return sa.PrimaryKeyConstraint(*columns, name=op.f(f"pk_{table}"))


def _to(name: str, table: str, far: str = "account.id", *, nullable: bool = False) -> list[Any]:
    kind = sa.String() if far == "account.id" else sa.String(32)
    return [
        sa.Column(name, kind, nullable=nullable),
        sa.ForeignKeyConstraint([name], [far], name=op.f(f"fk_{table}_{name}")),
    ]


def _caps() -> None:
    """Mentors who are there already get the usual caps, and have signed the code there is."""
    with op.batch_alter_table(OFFER) as offer:
        for name, kind, _ in CAPS:
            offer.add_column(sa.Column(name, kind, nullable=True))
    usual = ", ".join(f"{name} = {value}" for name, _, value in CAPS)
    op.execute(f"UPDATE {OFFER} SET {usual}")  # noqa: S608 - names and values stand above
    with op.batch_alter_table(OFFER) as offer:
        for name, kind, _ in CAPS:
            offer.alter_column(name, existing_type=kind, nullable=False)
        for name, rule in CHECKS:
            offer.create_check_constraint(op.f(f"ck_{OFFER}_{name}"), rule)


def _columns() -> None:
    op.add_column("mentor_search", sa.Column("told_at", UtcDateTime(), nullable=True))
    op.add_column("mentor_ask", sa.Column("alerted_at", UtcDateTime(), nullable=True))
    with op.batch_alter_table("pairing") as pairing:
        pairing.add_column(sa.Column("hours", Json, nullable=True))
        pairing.add_column(sa.Column("hours_by_id", sa.String(), nullable=True))
        pairing.add_column(sa.Column("hours_agreed_at", UtcDateTime(), nullable=True))
        pairing.create_foreign_key(
            op.f("fk_pairing_hours_by_id"), "account", ["hours_by_id"], ["id"]
        )
    op.execute("UPDATE pairing SET hours = '[]'")
    with op.batch_alter_table("pairing") as pairing:
        pairing.alter_column("hours", existing_type=Json, nullable=False)


def _hand_over() -> None:
    table = "mentor_hand_over"
    op.create_table(
        table,
        _id(),
        *_to("pairing_id", table, "pairing.id"),
        *_to("taker_id", table),
        sa.Column("member_yes_at", UtcDateTime(), nullable=True),
        sa.Column("taker_yes_at", UtcDateTime(), nullable=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'done', 'declined', 'withdrawn')", name=op.f(f"ck_{table}_state")
        ),
        _key(table, "id"),
    )
    op.create_index(
        f"uq_{table}_open",
        table,
        ["pairing_id"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_index(f"ix_{table}_taker", table, ["taker_id", "state"])


def _shifts() -> None:
    op.create_table(
        "lounge_shift",
        _id(),
        *_to("account_id", "lounge_shift"),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("start", sa.String(5), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("timezone", sa.String(64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_lounge_shift_weekday")),
        sa.CheckConstraint("minutes BETWEEN 30 AND 360", name=op.f("ck_lounge_shift_minutes")),
        _key("lounge_shift", "id"),
    )
    op.create_index(op.f("ix_lounge_shift_account_id"), "lounge_shift", ["account_id"])
    table = "lounge_watch"
    op.create_table(
        table,
        _id(),
        *_to("shift_id", table, "lounge_shift.id", nullable=True),
        *_to("account_id", table, nullable=True),
        *_to("given_by_id", table, nullable=True),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f(f"ck_{table}_span")),
        sa.UniqueConstraint("shift_id", "starts_at", name=op.f(f"uq_{table}_shift_id_starts_at")),
        _key(table, "id"),
    )
    op.create_index(f"ix_{table}_ends_at", table, ["ends_at"])
    op.create_index(f"ix_{table}_account", table, ["account_id", "starts_at"])
    op.create_index(op.f(f"ix_{table}_given_by_id"), table, ["given_by_id"])


def _records() -> None:
    op.create_table(
        "lounge_nudge",
        sa.Column("message_id", sa.String(32), nullable=False),
        sa.Column("room_id", sa.String(32), nullable=False),
        *_to("newcomer_id", "lounge_nudge"),
        sa.Column("told", sa.String(16), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        _key("lounge_nudge", "message_id"),
    )
    op.create_index("ix_lounge_nudge_newcomer", "lounge_nudge", ["newcomer_id", "room_id", "at"])
    op.create_table(
        "hosted_meeting",
        sa.Column("meeting_id", sa.String(32), nullable=False),
        *_to("account_id", "hosted_meeting"),
        sa.Column("began_at", UtcDateTime(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("together", sa.Boolean(), nullable=False),
        _key("hosted_meeting", "meeting_id", "account_id"),
    )
    op.create_index("ix_hosted_meeting_account", "hosted_meeting", ["account_id", "began_at"])


def upgrade() -> None:
    """Make room for them; mentors and pairs keep all they have."""
    _caps()
    _columns()
    _hand_over()
    _shifts()
    _records()


def downgrade() -> None:
    """Mentors keep what they offer, pairs their room; shifts and hand overs go."""
    for table in TABLES:
        op.drop_table(table)
    with op.batch_alter_table("pairing") as pairing:
        pairing.drop_constraint(op.f("fk_pairing_hours_by_id"), type_="foreignkey")
        for name in ("hours", "hours_by_id", "hours_agreed_at"):
            pairing.drop_column(name)
    op.drop_column("mentor_ask", "alerted_at")
    op.drop_column("mentor_search", "told_at")
    with op.batch_alter_table(OFFER) as offer:
        for name, _ in CHECKS:
            offer.drop_constraint(op.f(f"ck_{OFFER}_{name}"), type_="check")
        for name, _, _ in CAPS:
            offer.drop_column(name)
