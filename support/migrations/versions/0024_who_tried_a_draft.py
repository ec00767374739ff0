"""Who tried a draft of the rules: of a release, which nobody here wrote, that is the first of two."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_KEY = "fk_rule_set_rehearsed_by"


def upgrade() -> None:
    with op.batch_alter_table("rule_set") as rules:
        rules.add_column(sa.Column("rehearsed_by", sa.String(), nullable=True))
        rules.create_foreign_key(op.f(_KEY), "account", ["rehearsed_by"], ["id"])
    op.execute(
        "UPDATE rule_set SET rehearsed_version = NULL, rehearsed_at = NULL, rehearsal = NULL"
        " WHERE state = 'draft' AND made_by IS NULL"
    )


def downgrade() -> None:
    with op.batch_alter_table("rule_set") as rules:
        rules.drop_constraint(op.f(_KEY), type_="foreignkey")
        rules.drop_column("rehearsed_by")
