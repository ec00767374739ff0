"""Rows that a program holds, sent as one list: they arrive as they were, on both databases."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from sqlalchemy import Date, Integer, String, func, select
from sqlalchemy.exc import IntegrityError

from support.accounts.models import Account
from support.audit.models import Entry
from support.base.actor import Role
from support.db.insert import insert_all
from support.db.listed import listed
from support.db.tables import UtcDateTime
from support.notify.models import Notice, Outbox

NOON = datetime(2030, 1, 2, 12, tzinfo=UTC)
IN_LISBON = datetime(2030, 7, 2, 12, 0, 0, 5, tzinfo=timezone(timedelta(hours=1)))
COLUMNS = {"id": String(), "rung": Integer(), "at": UtcDateTime()}


def read(unit, rows, columns=COLUMNS):
    given = listed(unit, rows, columns)
    return [tuple(row) for row in unit.session.execute(select(*given.c))]


def notice(account_id, number, **more):
    row = {"id": f"n{number}", "account_id": account_id, "kind": "news", "label": "news"}
    places = {"room_id": None, "message_id": None, "case_id": None}
    return {**row, **places, "params": {}, "created_at": NOON, "seen_at": None, **more}


def test_a_list_is_a_table_in_its_order_with_its_gaps(unit):
    rows = [
        {"id": 'it\'s "b", %s :x', "rung": 2, "at": NOON},
        {"id": "ü 🌙", "rung": None, "at": None},
    ]
    assert read(unit, rows) == [('it\'s "b", %s :x', 2, NOON), ("ü 🌙", None, None)]


def test_a_time_of_another_zone_is_the_same_moment(unit):
    ((_, _, at),) = read(unit, [{"id": "a", "rung": 0, "at": IN_LISBON}])
    assert at == IN_LISBON
    assert at.utcoffset() == timedelta(0)


def test_a_day_is_a_day(unit):
    given = listed(unit, [{"on": date(2030, 1, 2)}], {"on": Date()})
    assert unit.session.scalar(select(given.c.on)) == date(2030, 1, 2)


def test_a_choice_is_its_word(unit):
    given = listed(unit, [{"role": Role.MODERATOR}], {"role": String()})
    assert unit.session.scalar(select(given.c.role)) == "moderator"


@pytest.mark.parametrize(
    ("value", "fault"), [(NOON.replace(tzinfo=None), ValueError), (object(), TypeError)]
)
def test_a_time_without_a_zone_and_what_is_no_value_are_refused(unit, value, fault):
    with pytest.raises((fault, TypeError)):
        read(unit, [{"id": "a", "rung": 0, "at": value}])


def test_a_list_finds_the_rows_it_names_and_compares_times_as_the_table_keeps_them(unit, people):
    kept = unit.session.scalar(select(Account.created_at).where(Account.id == people["mo"]))
    rows = [{"id": people[name], "rung": 0, "at": kept} for name in ("mo", "rae")]
    given = listed(unit, rows, COLUMNS)
    same = select(Account.handle).where(Account.id == given.c.id, Account.created_at == given.c.at)
    assert "mo" in unit.session.scalars(same).all()


def test_many_rows_are_written_as_each_would_be(unit, people):
    alone, *others = [
        notice(people["mo"], number, params={"reached": number, "said": None}, case_id="c")
        for number in range(4)
    ]
    insert_all(unit, Notice, [alone])
    insert_all(unit, Notice, others)
    found = unit.session.scalars(select(Notice).order_by(Notice.id)).all()
    assert [one.id for one in found] == ["n0", "n1", "n2", "n3"]
    assert [one.params for one in found] == [{"reached": n, "said": None} for n in range(4)]
    assert {(one.account_id, one.created_at, one.seen_at, one.room_id) for one in found} == {
        (people["mo"], NOON, None, None)
    }


def test_what_stands_in_no_row_is_what_the_table_says(unit, people):
    row = {"kind": "news", "channel": "page", "payload": {}, "created_at": NOON, "due_at": NOON}
    insert_all(unit, Outbox, [{"key": f"k{n}", "about": "k", **row} for n in range(3)])
    found = unit.session.scalars(select(Outbox)).all()
    assert len({one.id for one in found}) == 3, "each has an id of its own"
    assert {(one.attempts, one.done_at) for one in found} == {(0, None)}
    whole = {"about": "k", **row}
    insert_all(unit, Outbox, [{"id": f"o{n}", "key": f"l{n}", **whole} for n in range(2)])
    tries = unit.session.scalars(select(Outbox.attempts).where(Outbox.key.like("l%"))).all()
    assert tries == [0, 0]


def test_one_row_that_may_not_be_keeps_all_of_them_out(unit, people):
    rows = [notice(people["mo"], 1), notice("nobody", 2)]
    with pytest.raises(IntegrityError), unit.session.begin_nested():
        insert_all(unit, Notice, rows)
    assert unit.session.scalar(select(func.count()).select_from(Notice)) == 0


def test_no_rows_are_no_statement(unit):
    insert_all(unit, Entry, [])
    assert unit.session.scalar(select(func.count()).select_from(Entry)) == 0
