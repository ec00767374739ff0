"""A measure about one of the team takes two; one person stops one colleague at a time.

The check comes with the column: so neither database has to make the table anew.
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0018"
branch_labels = None
depends_on = None

CHECK = (
    "NOT about_staff OR by_id IS NULL OR kind IN ('warn', 'remove_from_group') OR needs_second"
    " OR cosigned_by IS NOT NULL OR (meanwhile_for IS NOT NULL AND coalesce(minutes, 61) <= 60)"
)
STOPPED = sa.text("about_staff AND meanwhile_for IS NOT NULL AND state = 'in_force'")


def upgrade() -> None:
    no = "0" if op.get_bind().dialect.name == "sqlite" else "false"
    op.execute(
        f"ALTER TABLE sanction ADD COLUMN about_staff BOOLEAN DEFAULT {no} NOT NULL"
        f" CONSTRAINT ck_sanction_colleague_needs_second CHECK ({CHECK})"
    )
    op.create_index(
        "uq_sanction_colleague_stopped",
        "sanction",
        ["by_id"],
        unique=True,
        sqlite_where=STOPPED,
        postgresql_where=STOPPED,
    )


def downgrade() -> None:
    op.drop_index("uq_sanction_colleague_stopped", "sanction")
    op.drop_column("sanction", "about_staff")
