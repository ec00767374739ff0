"""crisis desk: rota changes and swaps, rest, the ladder as data, plans, numbers, web push"""

import sqlalchemy as sa
from alembic import op

from support.db import tables

revision = "0006"
down_revision = "0003"
branch_labels = None
depends_on = None

COLUMNS: tuple[tuple[str, tables.UtcDateTime | sa.String], ...] = (
    ("first_held_at", tables.UtcDateTime()),
    ("engaged_at", tables.UtcDateTime()),
    ("country", sa.String()),
)


def upgrade() -> None:
    """Make room for them; cases keep all they have."""
    op.create_table(
        "ladder_step",
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("wait_seconds", sa.Integer(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("channels", tables.Json, nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_ladder_step")),
    )
    op.create_table(
        "number_change",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("resource_id", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("by_id", sa.String(), nullable=False),
        sa.Column("at", tables.UtcDateTime(), nullable=False),
        sa.Column("second_id", sa.String(), nullable=True),
        sa.Column("second_at", tables.UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('proposed', 'in_force', 'refused', 'replaced')",
            name=op.f("ck_number_change_state"),
        ),
        sa.CheckConstraint(
            "second_id IS NULL OR second_id <> by_id", name=op.f("ck_number_change_two_people")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_number_change_by_id")),
        sa.ForeignKeyConstraint(
            ["second_id"], ["account.id"], name=op.f("fk_number_change_second_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_number_change")),
    )
    with op.batch_alter_table("number_change", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_number_change_resource_id"), ["resource_id"], unique=False
        )

    op.create_table(
        "push_subscription",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("p256dh", sa.String(), nullable=False),
        sa.Column("auth", sa.String(), nullable=False),
        sa.Column("created_at", tables.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_push_subscription_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push_subscription")),
        sa.UniqueConstraint("endpoint", name=op.f("uq_push_subscription_endpoint")),
    )
    with op.batch_alter_table("push_subscription", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_push_subscription_account_id"), ["account_id"], unique=False
        )

    op.create_table(
        "responder_rest",
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("until", tables.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_responder_rest_account_id")
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_responder_rest")),
    )
    op.create_table(
        "rota_change",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("starts_at", tables.UtcDateTime(), nullable=False),
        sa.Column("ends_at", tables.UtcDateTime(), nullable=False),
        sa.Column("created_at", tables.UtcDateTime(), nullable=False),
        sa.CheckConstraint("kind IN ('off', 'cover')", name=op.f("ck_rota_change_kind")),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_rota_change_span")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_rota_change_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rota_change")),
    )
    with op.batch_alter_table("rota_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rota_change_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_rota_change_ends_at"), ["ends_at"], unique=False)

    op.create_table(
        "rota_swap",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("asker_id", sa.String(), nullable=False),
        sa.Column("taker_id", sa.String(), nullable=True),
        sa.Column("starts_at", tables.UtcDateTime(), nullable=False),
        sa.Column("ends_at", tables.UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("answered_at", tables.UtcDateTime(), nullable=True),
        sa.Column("created_at", tables.UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "state IN ('asked', 'accepted', 'declined', 'withdrawn')",
            name=op.f("ck_rota_swap_state"),
        ),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_rota_swap_span")),
        sa.ForeignKeyConstraint(["asker_id"], ["account.id"], name=op.f("fk_rota_swap_asker_id")),
        sa.ForeignKeyConstraint(["taker_id"], ["account.id"], name=op.f("fk_rota_swap_taker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rota_swap")),
    )
    with op.batch_alter_table("rota_swap", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rota_swap_asker_id"), ["asker_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_rota_swap_taker_id"), ["taker_id"], unique=False)

    op.create_table(
        "plan_request",
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("asked_by_id", sa.String(), nullable=False),
        sa.Column("asked_at", tables.UtcDateTime(), nullable=False),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("answered_at", tables.UtcDateTime(), nullable=True),
        sa.CheckConstraint("answer IN ('yes', 'no')", name=op.f("ck_plan_request_answer")),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["account.id"], name=op.f("fk_plan_request_asked_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["crisis_case.id"], name=op.f("fk_plan_request_case_id")
        ),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_plan_request")),
    )
    for name, kind in COLUMNS:
        op.add_column("crisis_case", sa.Column(name, kind, nullable=True))


def downgrade() -> None:
    """Take it back; cases lose only what these columns knew."""
    for name, _ in reversed(COLUMNS):
        op.drop_column("crisis_case", name)
    op.drop_table("plan_request")
    with op.batch_alter_table("rota_swap", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rota_swap_taker_id"))
        batch_op.drop_index(batch_op.f("ix_rota_swap_asker_id"))

    op.drop_table("rota_swap")
    with op.batch_alter_table("rota_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rota_change_ends_at"))
        batch_op.drop_index(batch_op.f("ix_rota_change_account_id"))

    op.drop_table("rota_change")
    op.drop_table("responder_rest")
    with op.batch_alter_table("push_subscription", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_push_subscription_account_id"))

    op.drop_table("push_subscription")
    with op.batch_alter_table("number_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_number_change_resource_id"))

    op.drop_table("number_change")
    op.drop_table("ladder_step")
