"""The rule desk: versions of the rules, drafts, and whether moderators agreed with a finding."""

import sqlalchemy as sa
from alembic import op

from support.db.tables import Json, UtcDateTime

revision = "0007"
down_revision = "0005"
branch_labels = None
depends_on = None

LIVE = sa.text("state = 'live'")
DRAFT = sa.text("state = 'draft'")


def upgrade() -> None:
    op.create_table(
        "rule_text",
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("documents", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_rule_text")),
    )
    op.create_table(
        "rule_set",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("base", sa.String(), nullable=False),
        sa.Column("parent_id", sa.String(), nullable=True),
        sa.Column("overlay", Json, nullable=False),
        sa.Column("made_by", sa.String(), nullable=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("rehearsed_version", sa.String(), nullable=True),
        sa.Column("rehearsed_at", UtcDateTime(), nullable=True),
        sa.Column("rehearsal", Json, nullable=True),
        sa.Column("approved_by", sa.String(), nullable=True),
        sa.Column("live_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('draft', 'live', 'retired', 'dropped')", name=op.f("ck_rule_set_state")
        ),
        sa.CheckConstraint(
            "made_by IS NULL OR approved_by IS NULL OR made_by <> approved_by",
            name=op.f("ck_rule_set_two_people"),
        ),
        sa.CheckConstraint(
            "made_by IS NULL OR state IN ('draft', 'dropped') OR approved_by IS NOT NULL",
            name=op.f("ck_rule_set_approved"),
        ),
        sa.ForeignKeyConstraint(["base"], ["rule_text.version"], name=op.f("fk_rule_set_base")),
        sa.ForeignKeyConstraint(["parent_id"], ["rule_set.id"], name=op.f("fk_rule_set_parent_id")),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_rule_set_made_by")),
        sa.ForeignKeyConstraint(
            ["approved_by"], ["account.id"], name=op.f("fk_rule_set_approved_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_set")),
    )
    for name, where in (("uq_rule_set_live", LIVE), ("uq_rule_set_draft", DRAFT)):
        op.create_index(
            name, "rule_set", ["state"], unique=True, sqlite_where=where, postgresql_where=where
        )
    op.create_index("ix_rule_set_made_at", "rule_set", ["made_at"])
    op.create_index("ix_rule_set_base", "rule_set", ["base"])
    op.create_table(
        "rule_edit",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("set_id", sa.String(), nullable=False),
        sa.Column("rule_id", sa.String(), nullable=False),
        sa.Column("by_id", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["set_id"], ["rule_set.id"], name=op.f("fk_rule_edit_set_id")),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_rule_edit_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_edit")),
        sa.UniqueConstraint(
            "set_id", "rule_id", "by_id", name=op.f("uq_rule_edit_set_id_rule_id_by_id")
        ),
    )
    op.drop_index("ix_finding_rule", "finding")
    with op.batch_alter_table("finding") as finding:
        finding.add_column(sa.Column("outcome", sa.String(), nullable=True))
        finding.create_check_constraint(
            op.f("ck_finding_outcome"), "outcome IN ('agreed', 'overturned')"
        )
    op.create_index("ix_finding_rule", "finding", ["rule_id", "at"])
    op.create_index("ix_finding_learned", "finding", ["at", "label", "rule_id", "outcome"])


def downgrade() -> None:
    op.drop_index("ix_finding_learned", "finding")
    op.drop_index("ix_finding_rule", "finding")
    with op.batch_alter_table("finding") as finding:
        finding.drop_constraint(op.f("ck_finding_outcome"), type_="check")
        finding.drop_column("outcome")
    op.create_index("ix_finding_rule", "finding", ["rule_id"])
    op.drop_table("rule_edit")
    op.drop_table("rule_set")
    op.drop_table("rule_text")
