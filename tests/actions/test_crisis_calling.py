"""The ladder in the database: each rung once, whoever dies and whoever else sweeps."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, event, func, select, update

from support.accounts import actions as accounts
from support.audit import queries as audit
from support.base.actor import Role
from support.base.severity import Severity
from support.crisis import actions, queries
from support.crisis.forms import ShiftForm
from support.crisis.jobs import climb
from support.crisis.models import Case, CaseRung
from support.notify import queries as notify
from support.notify.models import Outbox
from tests.people import actor


@pytest.fixture
def case_id(database, people):
    with database.unit() as unit:
        actions.add_shift(unit, None, ShiftForm("mo", 0, "00:00", 7 * 1440, "UTC"))
        return open_case(unit, people["mina"])


def open_case(unit, person_id, hosts=()):
    return actions.raise_signal(
        unit,
        person_id,
        severity=Severity.URGENT,
        labels=("abrupt_stop",),
        room_id=None,
        host_ids=list(hosts),
        source="chat",
    ).id


def see(database, case_id):
    with database.read() as unit:
        row = unit.session.get_one(Case, case_id)
        return queries.facts_of(unit, row)


def rungs(database, case_id):
    return [(rung.rung, set(rung.reached)) for rung in see(database, case_id).rungs]


def test_all_responders_after_two_minutes_admins_after_five_and_every_five_again(
    database, case_id, clock
):
    climb(database)
    assert rungs(database, case_id) == [(0, {"mo"})]
    clock.forward(seconds=119)
    climb(database)
    assert len(rungs(database, case_id)) == 1
    clock.forward(seconds=1)
    climb(database)
    assert rungs(database, case_id)[1:] == [(1, {"mo", "rae", "ada"})]
    for seconds in (180, 300, 300):
        clock.forward(seconds=seconds)
        climb(database)
    assert rungs(database, case_id)[2:] == [(2, {"ada"}), (3, {"ada"}), (4, {"ada"})]


def test_the_host_of_the_room_is_among_all_responders(database, people, clock):
    with database.unit() as unit:
        case_id = open_case(unit, people["mina"], [people["paul"]])
    clock.forward(seconds=120)
    climb(database)
    assert rungs(database, case_id)[1] == (1, {"mo", "rae", "ada", "paul"})


def test_a_rung_is_told_when_it_went_out(database, case_id, clock):
    clock.forward(seconds=121)
    climb(database)
    case = see(database, case_id)
    assert case.rungs[1].at == clock.now()
    assert case.due_at == clock.now() + timedelta(seconds=179)


def test_what_fell_due_while_nobody_swept_goes_out_each_rung_once(database, case_id, clock):
    clock.forward(minutes=16)
    climb(database)
    climb(database)
    assert [rung for rung, _ in rungs(database, case_id)] == [0, 1, 2, 3, 4]


def test_after_a_week_without_a_server_the_admins_are_not_paged_two_thousand_times(
    database, case_id, clock
):
    clock.forward(days=7)
    climb(database)
    found = [rung for rung, _ in rungs(database, case_id)]
    assert found == list(range(len(found)))
    assert len(found) < 20


def test_two_sweepers_who_saw_the_same_case_call_once(database, case_id, clock):
    clock.forward(seconds=120)
    with database.read() as unit:
        assert queries.is_any_due(unit)
    for sent in (1, 0):
        with database.unit() as unit:
            assert actions.climb_due(unit, 50) == sent
    assert [rung for rung, _ in rungs(database, case_id)] == [0, 1]


def test_a_sweep_that_dies_before_its_commit_leaves_nothing_half_done(database, case_id, clock):
    clock.forward(seconds=120)

    def interrupted():
        with database.unit() as unit:
            actions.climb_due(unit, 50)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert len(rungs(database, case_id)) == 1
    with database.read() as unit:
        pages = select(func.count()).where(Outbox.about == queries.rung_key(case_id, 1, 1))
        assert unit.session.scalar(pages) == 0
    climb(database)
    assert [rung for rung, _ in rungs(database, case_id)] == [0, 1]


def test_reached_is_read_from_what_really_went_out(database, case_id):
    with database.unit() as unit:
        unit.session.execute(delete(Outbox).where(Outbox.about == queries.rung_key(case_id, 1, 0)))
    assert rungs(database, case_id) == [(0, set())]


def test_a_banned_responder_is_not_called_and_a_fallen_host_neither(database, people, clock):
    with database.unit() as unit:
        actions.add_shift(unit, None, ShiftForm("mo", 0, "00:00", 7 * 1440, "UTC"))
        accounts.ban(unit, people["mo"], "gone", "safety")
        accounts.ban(unit, people["paul"], "gone", "safety")
    with database.unit() as unit:
        case_id = open_case(unit, people["mina"], [people["paul"]])
        kinds = [one.kind for one in notify.notices_of(unit, actor(unit, "ada").id)]
    assert rungs(database, case_id) == [(0, set())]
    assert kinds == ["rota_empty"]


def test_a_ladder_without_a_wait_for_rung_zero_calls_later(database, people, clock):
    queries.climb_after((5, 10))
    with database.unit() as unit:
        case_id = open_case(unit, people["mina"])
    assert rungs(database, case_id) == []
    clock.forward(seconds=5)
    climb(database)
    assert [rung for rung, _ in rungs(database, case_id)] == [0]


def test_a_hundred_cases_that_fell_due_together_all_climb(database, people, clock):
    with database.unit() as unit:
        ids = [accounts.create(unit, f"person{n}", Role.MEMBER, "x") for n in range(100)]
        cases = [open_case(unit, one) for one in ids]
    clock.forward(seconds=120)
    climb(database)
    with database.read() as unit:
        counted = select(func.count()).select_from(CaseRung).where(CaseRung.case_id.in_(cases))
        assert unit.session.scalar(counted) == 200


def statements_of_a_sweep(database, people, count):
    """How many statements it takes to climb so many cases that are due together."""
    said = []
    with database.unit() as unit:
        ids = [accounts.create(unit, f"one{count}x{n}", Role.MEMBER, "x") for n in range(count)]
        for person in ids:
            open_case(unit, person, [people["paul"]])

    def count_it(_connection, _cursor, statement, *_):
        said.append(statement)

    event.listen(database.engine, "before_cursor_execute", count_it)
    with database.unit() as unit:
        unit.now += timedelta(seconds=120)
        assert actions.climb_due(unit, 200) == count
        unit.session.flush()
    event.remove(database.engine, "before_cursor_execute", count_it)
    with database.unit() as unit:
        unit.session.execute(update(Case).values(due_at=None))
    return len(said)


def test_a_sweep_takes_as_many_statements_for_forty_cases_as_for_two(database, people):
    few = statements_of_a_sweep(database, people, 2)
    assert few <= 25
    assert statements_of_a_sweep(database, people, 40) == few


def test_the_log_of_a_sweep_is_one_unbroken_chain(database, people, clock):
    with database.unit() as unit:
        for number in range(5):
            open_case(unit, accounts.create(unit, f"one{number}", Role.MEMBER, "x"))
    clock.forward(seconds=120)
    climb(database)
    with database.read() as unit:
        assert audit.verify(unit).broken_at is None
        climbed = audit.entries(unit, audit.Search(verb="crisis.rung_climbed")).lines
    assert sorted(line.detail["rung"] for line in climbed) == [0] * 5 + [1] * 5


def test_a_rung_that_is_in_the_table_already_pages_nobody_again(database, case_id, clock):
    with database.unit() as unit:
        unit.session.add(
            CaseRung(case_id=case_id, round=1, rung=1, due_at=clock.now(), at=clock.now())
        )
    clock.forward(seconds=120)
    climb(database)
    assert [rung for rung, reached in rungs(database, case_id) if reached] == [0]


def test_a_long_night_is_told_by_its_last_rung(database, people, case_id, clock):
    for _ in range(8):
        clock.forward(minutes=5)
        climb(database)
    with database.read() as unit:
        row = unit.session.get_one(Case, case_id)
        (change,) = queries.changes_of(unit, [row], queries.roster(unit))
    assert change.case.called_at == see(database, case_id).called_at
    assert len(change.case.rungs) == 1


def test_where_the_newest_rung_reached_nobody_the_one_before_tells_when_they_were_called(
    database, people, case_id, clock
):
    called_at = see(database, case_id).called_at
    with database.unit() as unit:
        row = unit.session.get_one(Case, case_id)
        row.rung += 1
        unit.session.add(
            CaseRung(case_id=case_id, round=1, rung=row.rung, due_at=clock.now(), at=clock.now())
        )
        unit.session.flush()
        (change,) = queries.changes_of(unit, [row], queries.roster(unit))
    assert called_at is not None
    assert change.case.called_at == called_at


def test_a_mentor_with_a_shift_is_a_responder_and_is_called(database, people):
    with database.unit() as unit:
        actions.add_shift(unit, None, ShiftForm("paul", 0, "00:00", 7 * 1440, "UTC"))
        assert actor(unit, "paul").is_responder
        case_id = open_case(unit, people["mina"])
    assert rungs(database, case_id) == [(0, {"paul"})]
