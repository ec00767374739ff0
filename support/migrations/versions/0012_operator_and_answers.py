"""What the operator did by command becomes a record; an answer to an appeal can be taken back.

Both tables are made anew, on either database: SQLite cannot loosen a column or a check in place.
"""

from datetime import datetime

import sqlalchemy as sa
from alembic import op

from support.base.clock import SystemClock
from support.base.ids import new_id
from support.db.tables import Json, UtcDateTime

revision = "0012"
down_revision = "0013"
branch_labels = None
depends_on = None

LIVE = sa.text("state IN ('pending', 'in_force')")
GRAVE = "coalesce(needs_second OR kind NOT IN ('ban', 'suspend') OR minutes <= 10080, false)"
ALONE = "by_id IS NOT NULL OR NOT needs_second"
WHOLE = (
    "(answered_at IS NULL) = (outcome IS NULL) AND (outcome IS NULL) = (reply IS NULL)"
    " AND (outcome IS NULL) = (answered_by IS NULL)"
)
ONE_ACTION = (
    "(sanction_id IS NULL AND decision_id IS NOT NULL)"
    " OR (sanction_id IS NOT NULL AND decision_id IS NULL)"
)
SANCTION = (
    "id, account_id, kind, group_id, by_id, needs_second, cosigned_by, cosigned_at, item_id,"
    " decision_id, meanwhile_for, reason, rule, minutes, at, until, sign_by, state, ended_at,"
    " ended_by, end_reason"
)
APPEAL = (
    "id, account_id, sanction_id, decision_id, item_id, against_id, second_id, rule, text, at,"
    " outcome, reply, answered_by, answered_at"
)


def upgrade() -> None:
    _anew(by_operator=True)
    _record_bans_by_hand()


def downgrade() -> None:
    op.execute("CREATE TABLE going AS SELECT item_id FROM appeal WHERE against_id IS NULL")
    op.execute("DELETE FROM appeal WHERE against_id IS NULL")
    for table in ("report", "finding", "decision", "item_skip", "item_look"):
        op.execute(f"DELETE FROM {table} WHERE item_id IN (SELECT item_id FROM going)")  # noqa: S608 - our own names
    op.execute("DELETE FROM review_item WHERE id IN (SELECT item_id FROM going)")
    op.execute("DELETE FROM sanction WHERE by_id IS NULL")
    op.drop_table("going")
    _anew(by_operator=False)


def _anew(*, by_operator: bool) -> None:
    op.execute(f"CREATE TABLE appeal_before AS SELECT {APPEAL} FROM appeal")  # noqa: S608 - our own names
    op.execute(f"CREATE TABLE sanction_before AS SELECT {SANCTION} FROM sanction")  # noqa: S608 - our own names
    op.drop_table("appeal")
    op.drop_table("sanction")
    _sanctions(by_operator=by_operator)
    _appeals(by_operator=by_operator)
    op.execute(f"INSERT INTO sanction ({SANCTION}) SELECT {SANCTION} FROM sanction_before")  # noqa: S608 - our own names
    op.execute(f"INSERT INTO appeal ({APPEAL}) SELECT {APPEAL} FROM appeal_before")  # noqa: S608 - our own names
    op.drop_table("appeal_before")
    op.drop_table("sanction_before")


def _sanctions(*, by_operator: bool) -> None:
    grave, checks = (f"by_id IS NULL OR {GRAVE}", [_check("sanction", "operator_alone", ALONE)])
    op.create_table(
        "sanction",
        _text("id"),
        _text("account_id"),
        _text("kind"),
        _text("group_id", nullable=True),
        _text("by_id", nullable=by_operator),
        sa.Column("needs_second", sa.Boolean(), nullable=False),
        _text("cosigned_by", nullable=True),
        _time("cosigned_at", nullable=True),
        *(_text(name, nullable=True) for name in ("item_id", "decision_id", "meanwhile_for")),
        sa.Column("reason", sa.Text(), nullable=False),
        _text("rule"),
        sa.Column("minutes", sa.Integer(), nullable=True),
        _time("at"),
        _time("until", nullable=True),
        _time("sign_by", nullable=True),
        _text("state"),
        _time("ended_at", nullable=True),
        _text("ended_by", nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        _check(
            "sanction",
            "two_signatures",
            "NOT needs_second OR state <> 'in_force' OR cosigned_by IS NOT NULL",
        ),
        _check("sanction", "grave_needs_second", grave if by_operator else GRAVE),
        _check("sanction", "state", "state IN ('pending', 'in_force', 'ended', 'undone')"),
        _check("sanction", "not_oneself", "by_id <> account_id"),
        _check(
            "sanction",
            "nobody_signs_alone",
            "cosigned_by IS NULL OR (cosigned_by <> by_id AND cosigned_by <> account_id)",
        ),
        *(checks if by_operator else ()),
        *(_refers("sanction", name) for name in ("account_id", "by_id", "cosigned_by", "ended_by")),
        _refers("sanction", "decision_id", "decision"),
        _refers("sanction", "item_id", "review_item"),
        _refers("sanction", "meanwhile_for", "sanction"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sanction")),
    )
    op.create_index("ix_sanction_account", "sanction", ["account_id", "at"])
    op.create_index("ix_sanction_decision", "sanction", ["decision_id"])
    op.create_index("ix_sanction_meanwhile", "sanction", ["meanwhile_for"])
    op.create_index(
        "ix_sanction_live",
        "sanction",
        ["state", "until"],
        sqlite_where=LIVE,
        postgresql_where=LIVE,
    )


def _appeals(*, by_operator: bool) -> None:
    not_them = "answered_by IS NULL OR (answered_by <> account_id AND answered_by <> against_id)"
    not_second = "answered_by IS NULL OR second_id IS NULL OR answered_by <> second_id"
    op.create_table(
        "appeal",
        _text("id"),
        _text("account_id"),
        _text("sanction_id", nullable=True),
        _text("decision_id", nullable=True),
        _text("item_id"),
        _text("against_id", nullable=by_operator),
        _text("second_id", nullable=True),
        _text("rule"),
        sa.Column("text", sa.Text(), nullable=False),
        _time("at"),
        _text("outcome", nullable=True),
        sa.Column("reply", sa.Text(), nullable=True),
        _text("answered_by", nullable=True),
        _time("answered_at", nullable=True),
        *([sa.Column("before", Json, nullable=True)] if by_operator else ()),
        _check("appeal", "outcome", "outcome IS NULL OR outcome IN ('keep', 'shorten', 'lift')"),
        _check("appeal", "answered_whole", WHOLE),
        _check("appeal", "one_action", ONE_ACTION),
        _check("appeal", "somebody_else", not_them),
        _check("appeal", "nor_who_cosigned", not_second),
        *(
            _refers("appeal", name)
            for name in ("account_id", "against_id", "answered_by", "second_id")
        ),
        _refers("appeal", "decision_id", "decision"),
        _refers("appeal", "item_id", "review_item"),
        _refers("appeal", "sanction_id", "sanction"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal")),
        *(
            sa.UniqueConstraint(name, name=op.f(f"uq_appeal_{name}"))
            for name in ("decision_id", "item_id", "sanction_id")
        ),
    )
    op.create_index("ix_appeal_account", "appeal", ["account_id", "at"])
    op.create_index("ix_appeal_answered", "appeal", ["answered_at"])


def _record_bans_by_hand() -> None:
    """Whoever is banned without a record gets one, and with it the way to appeal."""
    now = SystemClock().now()
    moments = [sa.column(name, UtcDateTime()) for name in ("banned_at", "banned_until")]
    names = ("id", "standing_reason", "standing_rule")
    others: list[sa.ColumnClause[str]] = [sa.column(name, sa.String()) for name in names]
    account = sa.table("account", *others, *moments)
    known = sa.text(
        "NOT EXISTS (SELECT 1 FROM sanction WHERE sanction.account_id = account.id"
        " AND sanction.kind = 'ban' AND sanction.state IN ('pending', 'in_force'))"
    )
    banned = sa.select(account).where(account.c.banned_at.is_not(None), known)
    for row in op.get_bind().execute(banned).all():
        if row.banned_until is None or row.banned_until > now:
            op.bulk_insert(_RECORD, [_record(row)])


_TIMES = ("at", "until")
_WORDS = ("id", "account_id", "kind", "reason", "rule", "state")
_RECORD = sa.table(
    "sanction",
    *(sa.column(name) for name in _WORDS),
    sa.column("needs_second", sa.Boolean()),
    sa.column("minutes", sa.Integer()),
    *(sa.column(name, UtcDateTime()) for name in _TIMES),
)


def _record(row: sa.Row[tuple[object, ...]]) -> dict[str, object]:
    until = row.banned_until
    return {
        "id": new_id(),
        "account_id": row.id,
        "kind": "ban",
        "reason": row.standing_reason or "Decided by the people who run this place.",
        "rule": row.standing_rule or "safety",
        "state": "in_force",
        "needs_second": False,
        "minutes": -int(-(until - row.banned_at).total_seconds() // 60) if until else None,
        "at": row.banned_at,
        "until": until,
    }


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=nullable)


def _time(name: str, *, nullable: bool = False) -> sa.Column[datetime]:
    return sa.Column(name, UtcDateTime(), nullable=nullable)


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def _refers(table: str, name: str, to: str = "account") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([name], [f"{to}.id"], name=op.f(f"fk_{table}_{name}"))
