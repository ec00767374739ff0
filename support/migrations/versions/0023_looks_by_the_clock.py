"""What the clock looks for every few seconds is found without reading all that was ever kept."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

INDEXES = (
    ("ix_outbox_dead", "outbox", "dead_at", "dead_at IS NOT NULL"),
    ("ix_chair_not_over", "chair", "room_id", "over_at IS NULL"),
    ("ix_crisis_case_unheard", "crisis_case", "opened_at", "first_held_at IS NULL"),
)


def upgrade() -> None:
    for name, table, column, which in INDEXES:
        is_kept = sa.text(which)
        op.create_index(name, table, [column], sqlite_where=is_kept, postgresql_where=is_kept)


def downgrade() -> None:
    for name, table, _, _ in INDEXES:
        op.drop_index(name, table)
