"""Fewer indexes on what is said: each was one more page to write for every message."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

NAME = "uq_message_client_id"
SET_ASIDE = (
    "CREATE TABLE aside_reaction AS SELECT * FROM reaction",
    "CREATE TABLE aside_link AS SELECT * FROM message_link",
    "DELETE FROM reaction",
    "DELETE FROM message_link",
)
PUT_BACK = (
    "INSERT INTO reaction SELECT * FROM aside_reaction",
    "INSERT INTO message_link SELECT * FROM aside_link",
    "DROP TABLE aside_reaction",
    "DROP TABLE aside_link",
)


def upgrade() -> None:
    op.drop_index("ix_room_event_at", "room_event")
    op.drop_index("ix_message_room_author", "message")
    op.drop_index("ix_message_author_id", "message")
    _once_each("author_id", "room_id", "client_id")


def downgrade() -> None:
    _once_each("room_id", "author_id", "client_id")
    op.create_index("ix_message_author_id", "message", ["author_id", "at"])
    op.create_index("ix_message_room_author", "message", ["room_id", "author_id", "at"])
    op.create_index("ix_room_event_at", "room_event", ["at"])


def _once_each(*columns: str) -> None:
    """The same `client_id` is the same message; whose it is or where it is comes first."""
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(NAME, "message", type_="unique")
        op.create_unique_constraint(NAME, "message", columns)
        return
    numbered = sa.CheckConstraint(
        "state <> 'visible' OR seq IS NOT NULL", name=op.f("ck_message_shown_has_seq")
    )
    _do(SET_ASIDE)  # SQLite makes the table anew; what points at a message would go with the old
    with op.batch_alter_table("message", table_args=(numbered,)) as batch:
        batch.drop_constraint(NAME, type_="unique")
        batch.create_unique_constraint(NAME, columns)
    _do(PUT_BACK)


def _do(statements: tuple[str, ...]) -> None:
    for statement in statements:
        op.execute(statement)
