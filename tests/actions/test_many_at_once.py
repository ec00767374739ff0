"""Many rows, pages and deeds at once: each once, in their order, however many try."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from support.accounts import actions as accounts
from support.accounts import queries as people_queries
from support.audit import actions as audit
from support.audit import queries as log
from support.base.actor import Role
from support.base.ids import new_id
from support.base.severity import Severity
from support.crisis import actions as crisis
from support.crisis import jobs as crisis_jobs
from support.crisis import queries as cases
from support.crisis.actions import calling
from support.crisis.jobs import climb
from support.crisis.models import Case, CaseRung
from support.db.insert import insert_all_new, insert_new
from support.db.lease import Lease
from support.notify import actions as notify
from support.notify import queries as notices
from support.notify.actions import Message
from support.notify.models import Notice, Outbox
from support.notify.rules import Channel

PERSONS = 30
SWEEPERS = 4


def lease(unit, name, holder="one"):
    return {"name": name, "holder": holder, "until": unit.now}


def counted(database, what, *conditions):
    with database.read() as unit:
        return unit.session.scalar(select(func.count()).select_from(what).where(*conditions))


def in_danger(unit, number):
    person = accounts.create(unit, f"person{number}", Role.MEMBER, "x")
    return crisis.raise_signal(
        unit,
        person,
        severity=Severity.URGENT,
        labels=("abrupt_stop",),
        room_id=None,
        host_ids=[],
        source="chat",
    ).id


def rung(unit, case_id, number):
    times = {"due_at": unit.now, "at": unit.now}
    return {"id": new_id(), "case_id": case_id, "round": 1, "rung": number, **times}


def test_of_many_rows_only_the_new_ones_are_told(unit):
    assert insert_new(unit, Lease, lease(unit, "b"))
    rows = [lease(unit, name, "two") for name in "abc"]
    assert insert_all_new(unit, Lease, rows) == {("a",), ("c",)}
    holders = dict(unit.session.execute(select(Lease.name, Lease.holder)).all())
    assert holders == {"a": "two", "b": "one", "c": "two"}


def test_a_row_that_is_named_twice_in_one_go_is_written_once(unit):
    twice = [lease(unit, "a", "first"), lease(unit, "a", "second")]
    assert insert_all_new(unit, Lease, twice) == {("a",)}
    assert unit.session.scalars(select(Lease.holder)).all() == ["first"]


def test_rows_with_ids_of_their_own_tell_which_of_them_came_in(unit):
    case_id = in_danger(unit, 1)
    again = [rung(unit, case_id, number) for number in (0, 7, 8)]
    assert insert_all_new(unit, CaseRung, again) == {(row["id"],) for row in again[1:]}
    fresh = [rung(unit, case_id, number) for number in (9, 10)]
    assert insert_all_new(unit, CaseRung, fresh) == {(row["id"],) for row in fresh}
    assert insert_all_new(unit, CaseRung, [rung(unit, case_id, 9)]) == set()


def test_nothing_to_write_asks_the_database_nothing(unit):
    assert insert_all_new(unit, Lease, []) == set()
    audit.record_all(unit, [])
    notify.put_all(unit, [])
    assert unit.session.scalar(select(func.count()).select_from(Outbox)) == 0


def test_more_rows_than_one_statement_takes_are_all_written(unit):
    rows = [lease(unit, f"name{number}") for number in range(2_500)]
    assert len(insert_all_new(unit, Lease, rows)) == len(rows)


def test_many_deeds_are_one_chain_in_their_order(database):
    with database.unit() as unit:
        audit.record(unit, "mo", "one.first", "thing:0", count=1)
        deeds = [audit.Deed("rae", "one.next", f"thing:{n}", {"count": n}) for n in range(1, 5)]
        audit.record_all(unit, deeds)
        audit.record(unit, None, "one.last", "thing:5")
    with database.read() as unit:
        assert log.verify(unit) == log.Verdict(6, None)
        lines = log.entries(unit, log.Search()).lines
    assert [line.subject for line in reversed(lines)] == [f"thing:{n}" for n in range(6)]


def test_deeds_of_many_processes_at_once_are_one_chain(database):
    def write(number):
        with database.unit() as unit:
            audit.wait_turn(unit)
            audit.record_all(unit, [audit.Deed(None, "one.done", f"by:{number}")] * 3)

    with ThreadPoolExecutor(SWEEPERS) as pool:
        list(pool.map(write, range(SWEEPERS * 2)))
    with database.read() as unit:
        assert log.verify(unit) == log.Verdict(SWEEPERS * 2 * 3, None)


def test_many_messages_reach_each_person_once(unit, people):
    to = [people["mo"], people["rae"]]
    messages = [
        Message(key=f"k{n}", kind="case_page", recipients=to, payload={"case": f"c{n}"})
        for n in range(3)
    ]
    notify.put_all(unit, messages)
    notify.put_all(unit, messages)
    assert notices.new_count(unit, people["mo"]) == len(messages)
    found = notices.reached(unit, ["k0", "k1", "k2"])
    assert all(set(ids) == set(to) for ids in found.values())


def test_a_message_goes_the_ways_it_names_and_not_those_of_its_kind(unit, people):
    message = Message(
        key="k",
        kind="case_page_outside",
        recipients=[people["mo"]],
        payload={"case": "c"},
        channels=(Channel.EMAIL,),
    )
    notify.put_all(unit, [message])
    assert unit.session.scalars(select(Outbox.channel)).all() == ["email"]
    assert notices.new_count(unit, people["mo"]) == 0


def test_one_sentence_among_many_messages_stops_them_all(unit, people):
    good = Message(key="a", kind="news", recipients=[people["mo"]], payload={"case": "c"})
    bad = Message(key="b", kind="news", recipients=[people["mo"]], payload={"said": "x" * 65})
    with pytest.raises(ValueError, match="must be an id"):
        notify.put_all(unit, [good, bad])
    assert unit.session.scalar(select(func.count()).select_from(Outbox)) == 0


def test_a_message_for_later_waits(unit, people):
    later = unit.now + timedelta(hours=1)
    message = Message(key="k", kind="news", recipients=[people["mo"]], payload={}, due_at=later)
    notify.put_all(unit, [message])
    assert notices.new_count(unit, people["mo"]) == 0
    assert not notify.is_waiting(unit)


def test_who_may_act_is_asked_for_many_at_once(unit, people):
    accounts.ban(unit, people["paul"], "gone", "safety")
    asked = [people["mo"], people["paul"], "nobody"]
    assert people_queries.able_ids(unit, asked) == {people["mo"]}
    assert people_queries.able_ids(unit, []) == set()


def test_many_sweepers_at_once_climb_each_rung_once(database, people, clock):
    with database.unit() as unit:
        ids = [in_danger(unit, number) for number in range(PERSONS)]
    for seconds in (120, 180):
        clock.forward(seconds=seconds)
        with ThreadPoolExecutor(SWEEPERS) as pool:
            list(pool.map(lambda _: climb(database), range(SWEEPERS)))
        climb(database)
    assert counted(database, CaseRung, CaseRung.case_id.in_(ids)) == PERSONS * 3
    assert counted(database, Case, Case.rung == 2) == PERSONS
    pages = counted(database, Outbox, Outbox.channel == "page")
    assert counted(database, Notice) == pages
    with database.read() as unit:
        assert log.verify(unit).broken_at is None


def test_a_sweep_lets_go_in_between_however_many_wait(database, people, clock, monkeypatch):
    monkeypatch.setattr(crisis_jobs, "MOST_AT_ONCE", 1)
    monkeypatch.setattr(crisis_jobs, "MOST_TIMES", 2)
    with database.unit() as unit:
        ids = [in_danger(unit, number) for number in range(3)]
    clock.forward(seconds=120)
    climb(database)
    assert counted(database, Case, Case.rung == 1) == 2
    climb(database)
    assert counted(database, CaseRung, CaseRung.rung == 1) == len(ids)


def test_a_case_that_was_climbed_meanwhile_is_not_climbed_again(database, people, clock):
    with database.unit() as unit:
        in_danger(unit, 1)
        in_danger(unit, 2)
    clock.forward(seconds=120)
    with database.unit() as unit:
        seen = cases.due_cases(unit, 10)
        climbed_before, other = seen
        with_it = {"rung": 1, "due_at": unit.now + timedelta(seconds=180)}
        quietly = {"synchronize_session": False}
        raised = update(Case).where(Case.id == climbed_before.id).values(with_it)
        unit.session.execute(raised, execution_options=quietly)
        assert calling.climb(unit, seen, cases.roster(unit)) == [other]
        assert other.rung == 1
        assert other.due_at == other.round_opened_at + timedelta(seconds=300)
    assert counted(database, CaseRung, CaseRung.rung == 1) == 1


def test_readers_who_fell_silent_together_are_all_replaced(database, people, clock):
    with database.unit() as unit:
        ids = [in_danger(unit, number) for number in range(5)]
        mo = people_queries.actor_by_id(unit, people["mo"])
        for case_id in ids:
            crisis.acknowledge(unit, mo, case_id)
    clock.forward(minutes=10)
    climb(database)
    with database.read() as unit:
        found = [unit.session.get_one(Case, case_id) for case_id in ids]
        assert {(case.state, case.round, case.held_by_id) for case in found} == {("open", 2, None)}
        assert not cases.is_any_lapsed(unit)
    rounds = counted(database, CaseRung, CaseRung.round == 2, CaseRung.rung == 0)
    assert rounds == len(ids)
