"""Where the words of messages lead, kept so that one link is found again without a scan."""

import re
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from support.db.tables import UtcDateTime

revision = "0014"
down_revision = "0012"
branch_labels = None
depends_on = None

BATCH, LONGEST, MOST = 1000, 253, 50
_EDGES = "\"'([{<*_~)]}>.,!?;:"
_EMAIL = re.compile(r"(?:mailto:)?[a-z0-9._%+-]+@(?:[a-z0-9-]+\.)+[a-z]{2,24}")
_LINK = re.compile(
    r"(?:https?://)?(?:[^/@\s]*@)?((?:[a-z0-9_-]+\.)+[a-z]{2,24})(?::\d+)?(?:[/?#].*)?"
)
_message = sa.table("message", sa.column("id"), sa.column("body"), sa.column("at", UtcDateTime()))


def upgrade() -> None:
    table = op.create_table(
        "message_link",
        sa.Column("message_id", sa.String(32), nullable=False),
        sa.Column("host", sa.String(LONGEST), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["message.id"],
            name=op.f("fk_message_link_message_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("message_id", "host", name=op.f("pk_message_link")),
    )
    op.create_index("ix_message_link_host", "message_link", ["host", "at"])
    for rows in _known(op.get_bind()):
        if rows:
            op.bulk_insert(table, rows)


def downgrade() -> None:
    op.drop_table("message_link")


def _known(connection: sa.Connection) -> Iterator[list[dict[str, Any]]]:
    """What was said before there was this table, a batch at a time."""
    last = ""
    while True:
        wanted = sa.select(_message).where(_message.c.id > last, _message.c.body.contains("."))
        found = connection.execute(wanted.order_by(_message.c.id).limit(BATCH)).all()
        if not found:
            return
        last = found[-1].id
        yield [
            {"message_id": row.id, "host": host, "at": row.at}
            for row in found
            for host in _hosts(row.body)
        ]


def _hosts(body: str) -> list[str]:
    pieces = [piece.lower().strip(_EDGES) for piece in body.split()]
    links = [_LINK.fullmatch(piece) for piece in pieces if not _EMAIL.fullmatch(piece)]
    hosts = [link[1].removeprefix("www.") for link in links if link]
    return [host for host in dict.fromkeys(hosts) if len(host) <= LONGEST][:MOST]
