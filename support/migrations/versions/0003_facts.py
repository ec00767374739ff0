"""Facts on their way to the other processes."""

import sqlalchemy as sa
from alembic import op

from support.db import tables

revision = "0003"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A table whose rows live ten minutes."""
    op.create_table(
        "fact",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("at", tables.UtcDateTime(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("body", tables.Json, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fact")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_fact_at"), "fact", ["at"], unique=False)


def downgrade() -> None:
    """Whatever was on its way is told by the pages themselves."""
    op.drop_index(op.f("ix_fact_at"), table_name="fact")
    op.drop_table("fact")
