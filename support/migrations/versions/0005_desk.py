"""The desk: sealed evidence, two signatures, appeals, and how moderators work together."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from support.db import tables

revision = "0005"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; words kept before today are sealed by the house once it runs."""
    op.execute(
        "CREATE TABLE evidence_before AS SELECT id, author_id, state, body, said_at FROM evidence"
    )
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.add_column(sa.Column("key_id", sa.String(), nullable=True))
        batch_op.drop_column("body")
        batch_op.drop_column("said_at")
        batch_op.drop_column("state")
    op.execute("UPDATE evidence SET key_id = 'none'")
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.alter_column("key_id", existing_type=sa.String(), nullable=False)
    _make()
    op.execute(
        sa.text(
            "INSERT INTO evidence_line (id, evidence_id, place, author_id, said_at, plain, hash)"
            " SELECT id, id, 0, author_id, said_at, state || :newline || body, ''"
            " FROM evidence_before"
        ).bindparams(newline="\n")
    )
    op.drop_table("evidence_before")


def downgrade() -> None:
    """Take the tables away. What is sealed cannot be opened here and goes with them."""
    names = ("evidence_id", "place", "said_at", "plain")
    lines = sa.table("evidence_line", *(sa.column(name) for name in names))
    wanted = sa.select(lines).where(lines.c.place == 0, lines.c.plain.is_not(None))
    kept = op.get_bind().execute(wanted).all()
    _unmake()
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.add_column(sa.Column("body", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("state", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("said_at", tables.UtcDateTime(), nullable=True))
    _put_back(kept)
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.alter_column("body", existing_type=sa.Text(), nullable=False)
        batch_op.alter_column("state", existing_type=sa.String(), nullable=False)
        batch_op.alter_column("said_at", existing_type=tables.UtcDateTime(), nullable=False)
        batch_op.drop_column("key_id")


def _put_back(kept: Sequence[sa.Row[Any]]) -> None:
    names = ("id", "body", "state", "said_at")
    evidence = sa.table("evidence", *(sa.column(name) for name in names))
    for line in kept:
        state, _, body = line.plain.partition("\n")
        op.get_bind().execute(
            sa.update(evidence)
            .where(evidence.c.id == line.evidence_id)
            .values(body=body, state=state, said_at=line.said_at)
        )
    op.execute("DELETE FROM evidence WHERE body IS NULL")


def _make() -> None:
    op.create_table(
        "desk_pause",
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("since", tables.UtcDateTime(), nullable=False),
        sa.Column("until", tables.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_desk_pause_account_id")
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_desk_pause")),
    )
    op.create_table(
        "domain_rule",
        sa.Column("domain", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("by_id", sa.String(), nullable=False),
        sa.Column("at", tables.UtcDateTime(), nullable=False),
        sa.CheckConstraint("kind IN ('allow', 'block')", name=op.f("ck_domain_rule_kind")),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_domain_rule_by_id")),
        sa.PrimaryKeyConstraint("domain", name=op.f("pk_domain_rule")),
    )
    op.create_table(
        "ready_words",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("by_id", sa.String(), nullable=True),
        sa.Column("at", tables.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_ready_words_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ready_words")),
    )
    op.create_table(
        "shift_note",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("by_id", sa.String(), nullable=False),
        sa.Column("at", tables.UtcDateTime(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_shift_note_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift_note")),
    )
    with op.batch_alter_table("shift_note", schema=None) as batch_op:
        batch_op.create_index("ix_shift_note_at", ["at"], unique=False)

    op.create_table(
        "signing",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("by_id", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", tables.UtcDateTime(), nullable=False),
        sa.Column("sign_by", tables.UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("cosigned_by", sa.String(), nullable=True),
        sa.Column("settled_at", tables.UtcDateTime(), nullable=True),
        sa.Column("open_until", tables.UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('unseal', 'erase_evidence', 'make_moderator')", name=op.f("ck_signing_kind")
        ),
        sa.CheckConstraint(
            "state <> 'agreed' OR cosigned_by IS NOT NULL", name=op.f("ck_signing_two_signatures")
        ),
        sa.CheckConstraint(
            "state IN ('pending', 'agreed', 'refused', 'lapsed')", name=op.f("ck_signing_state")
        ),
        sa.CheckConstraint("by_id <> account_id", name=op.f("ck_signing_not_oneself")),
        sa.CheckConstraint(
            "cosigned_by IS NULL OR (cosigned_by <> by_id AND cosigned_by <> account_id)",
            name=op.f("ck_signing_nobody_signs_alone"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_signing_account_id")),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_signing_by_id")),
        sa.ForeignKeyConstraint(
            ["cosigned_by"], ["account.id"], name=op.f("fk_signing_cosigned_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing")),
    )
    with op.batch_alter_table("signing", schema=None) as batch_op:
        batch_op.create_index("ix_signing_state", ["state", "sign_by"], unique=False)
        batch_op.create_index("ix_signing_subject", ["subject"], unique=False)
        batch_op.create_index(
            "uq_signing_pending",
            ["kind", "subject"],
            unique=True,
            sqlite_where=sa.text("state = 'pending'"),
            postgresql_where=sa.text("state = 'pending'"),
        )

    op.create_table(
        "item_look",
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("at", tables.UtcDateTime(), nullable=False),
        sa.Column("is_hard", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_item_look_account_id")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["review_item.id"], name=op.f("fk_item_look_item_id")),
        sa.PrimaryKeyConstraint("item_id", "account_id", name=op.f("pk_item_look")),
    )
    with op.batch_alter_table("item_look", schema=None) as batch_op:
        batch_op.create_index("ix_item_look_account", ["account_id", "at"], unique=False)

    op.create_table(
        "item_skip",
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("at", tables.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_item_skip_account_id")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["review_item.id"], name=op.f("fk_item_skip_item_id")),
        sa.PrimaryKeyConstraint("item_id", "account_id", name=op.f("pk_item_skip")),
    )
    with op.batch_alter_table("item_skip", schema=None) as batch_op:
        batch_op.create_index("ix_item_skip_account", ["account_id"], unique=False)

    op.create_table(
        "evidence_line",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("evidence_id", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.String(), nullable=False),
        sa.Column("said_at", tables.UtcDateTime(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("plain", sa.Text(), nullable=True),
        sa.Column("hash", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["account.id"], name=op.f("fk_evidence_line_author_id")
        ),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["evidence.id"], name=op.f("fk_evidence_line_evidence_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_line")),
        sa.UniqueConstraint(
            "evidence_id", "place", name=op.f("uq_evidence_line_evidence_id_place")
        ),
    )
    with op.batch_alter_table("evidence_line", schema=None) as batch_op:
        batch_op.create_index("ix_evidence_line_author", ["author_id"], unique=False)

    op.create_table(
        "appeal",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("sanction_id", sa.String(), nullable=True),
        sa.Column("decision_id", sa.String(), nullable=True),
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("against_id", sa.String(), nullable=False),
        sa.Column("second_id", sa.String(), nullable=True),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", tables.UtcDateTime(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("reply", sa.Text(), nullable=True),
        sa.Column("answered_by", sa.String(), nullable=True),
        sa.Column("answered_at", tables.UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome IN ('keep', 'shorten', 'lift')",
            name=op.f("ck_appeal_outcome"),
        ),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (outcome IS NULL) AND (outcome IS NULL) = (reply IS NULL) AND (outcome IS NULL) = (answered_by IS NULL)",
            name=op.f("ck_appeal_answered_whole"),
        ),
        sa.CheckConstraint(
            "(sanction_id IS NULL AND decision_id IS NOT NULL) OR (sanction_id IS NOT NULL AND decision_id IS NULL)",
            name=op.f("ck_appeal_one_action"),
        ),
        sa.CheckConstraint(
            "answered_by IS NULL OR (answered_by <> account_id AND answered_by <> against_id)",
            name=op.f("ck_appeal_somebody_else"),
        ),
        sa.CheckConstraint(
            "answered_by IS NULL OR second_id IS NULL OR answered_by <> second_id",
            name=op.f("ck_appeal_nor_who_cosigned"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_appeal_account_id")),
        sa.ForeignKeyConstraint(["against_id"], ["account.id"], name=op.f("fk_appeal_against_id")),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["account.id"], name=op.f("fk_appeal_answered_by")
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.id"], name=op.f("fk_appeal_decision_id")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["review_item.id"], name=op.f("fk_appeal_item_id")),
        sa.ForeignKeyConstraint(
            ["sanction_id"], ["sanction.id"], name=op.f("fk_appeal_sanction_id")
        ),
        sa.ForeignKeyConstraint(["second_id"], ["account.id"], name=op.f("fk_appeal_second_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal")),
        sa.UniqueConstraint("decision_id", name=op.f("uq_appeal_decision_id")),
        sa.UniqueConstraint("item_id", name=op.f("uq_appeal_item_id")),
        sa.UniqueConstraint("sanction_id", name=op.f("uq_appeal_sanction_id")),
    )
    with op.batch_alter_table("appeal", schema=None) as batch_op:
        batch_op.create_index("ix_appeal_account", ["account_id", "at"], unique=False)
        batch_op.create_index("ix_appeal_answered", ["answered_at"], unique=False)

    with op.batch_alter_table("review_item", schema=None) as batch_op:
        batch_op.drop_index(
            batch_op.f("ix_review_item_label_queue"),
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.create_index(
            "ix_review_item_label_queue",
            ["label", "rank", "due_at", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.drop_index(
            batch_op.f("ix_review_item_queue"),
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.create_index(
            "ix_review_item_queue",
            ["rank", "due_at", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )


def _unmake() -> None:
    with op.batch_alter_table("review_item", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_review_item_queue",
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.create_index(
            batch_op.f("ix_review_item_queue"),
            ["rank", "opened_at", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.drop_index(
            "ix_review_item_label_queue",
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.create_index(
            batch_op.f("ix_review_item_label_queue"),
            ["label", "rank", "opened_at", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )

    with op.batch_alter_table("appeal", schema=None) as batch_op:
        batch_op.drop_index("ix_appeal_answered")
        batch_op.drop_index("ix_appeal_account")

    op.drop_table("appeal")
    with op.batch_alter_table("evidence_line", schema=None) as batch_op:
        batch_op.drop_index("ix_evidence_line_author")

    op.drop_table("evidence_line")
    with op.batch_alter_table("item_skip", schema=None) as batch_op:
        batch_op.drop_index("ix_item_skip_account")

    op.drop_table("item_skip")
    with op.batch_alter_table("item_look", schema=None) as batch_op:
        batch_op.drop_index("ix_item_look_account")

    op.drop_table("item_look")
    with op.batch_alter_table("signing", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_signing_pending",
            sqlite_where=sa.text("state = 'pending'"),
            postgresql_where=sa.text("state = 'pending'"),
        )
        batch_op.drop_index("ix_signing_subject")
        batch_op.drop_index("ix_signing_state")

    op.drop_table("signing")
    with op.batch_alter_table("shift_note", schema=None) as batch_op:
        batch_op.drop_index("ix_shift_note_at")

    op.drop_table("shift_note")
    op.drop_table("ready_words")
    op.drop_table("domain_rule")
    op.drop_table("desk_pause")
