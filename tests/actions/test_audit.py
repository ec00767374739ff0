"""The log of what was done: each entry holds on to the one before; no change goes unseen."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, func, select, update

from support.audit import actions, ports, queries
from support.audit.cli import audit
from support.audit.models import Entry
from support.audit.queries import Search
from support.audit.rules import START, link
from support.db.unit import Database
from tests.clocks import FrozenClock

DEEDS = 6


@pytest.fixture
def log(database):
    """Six deeds of Mo, one an hour."""
    for number in range(DEEDS):
        with database.unit() as unit:
            actions.record(unit, "mo", "moderation.decided", f"item:{number}", rule="no_trading")
        database.clock.forward(hours=1)
    return database


def tampered(database, statement) -> queries.Verdict:
    """The verdict after somebody with the database in hand has changed it."""
    with database.unit() as unit:
        unit.session.execute(statement)
    with database.read() as unit:
        return queries.verify(unit)


def verify(settings):
    return CliRunner().invoke(audit, ["verify"], obj=settings)


def test_an_untouched_log_holds(log, settings):
    with log.read() as unit:
        assert queries.verify(unit) == queries.Verdict(DEEDS, None)
    told = verify(settings)
    assert told.exit_code == 0
    assert told.output == "6 entries, unbroken\n"


def test_an_empty_log_holds(database, settings):
    with database.read() as unit:
        assert queries.verify(unit) == queries.Verdict(0, None)
    assert verify(settings).exit_code == 0


def test_a_broken_entry_hides_no_broken_witness(log, settings, monkeypatch):
    told = ports.Testimony(1, ("seal s1 was altered",))
    monkeypatch.setitem(ports.WITNESSES, "seals", lambda _unit: told)
    with log.unit() as unit:
        unit.session.execute(update(Entry).where(Entry.id == 3).values(verb="moderation.released"))
    found = verify(settings)
    assert found.exit_code == 1
    assert "entry 3 was altered" in found.output
    assert "seal s1 was altered" in found.output


@pytest.mark.parametrize(
    "change",
    [
        {"actor_id": "rae"},
        {"actor_id": None},
        {"verb": "moderation.released"},
        {"subject": "item:99"},
        {"detail": {}},
        {"detail": {"rule": "no_trading", "more": 1}},
        {"hash": "0" * 64},
    ],
)
def test_a_changed_entry_is_named(log, settings, change):
    verdict = tampered(log, update(Entry).where(Entry.id == 3).values(**change))
    assert verdict.broken_at == 3
    told = verify(settings)
    assert told.exit_code == 1
    assert "entry 3 was altered" in told.output


def test_a_changed_time_is_named(log):
    later = log.clock.now() + timedelta(microseconds=1)
    assert tampered(log, update(Entry).where(Entry.id == 5).values(at=later)).broken_at == 5


def test_an_entry_taken_out_is_named(log, settings):
    assert tampered(log, delete(Entry).where(Entry.id == 2)).broken_at == 2
    assert verify(settings).exit_code == 1


def test_the_first_entry_cannot_be_taken_out_either(log):
    assert tampered(log, delete(Entry).where(Entry.id == 1)).broken_at == 1


def test_an_entry_put_in_is_named(log):
    with log.unit() as unit:
        moment = unit.now
    deed = ("rae", "moderation.decided", "item:7")
    forged = link("0" * 64, DEEDS + 1, moment, deed, {})
    row = {"actor_id": deed[0], "verb": deed[1], "subject": deed[2], "detail": {}, "at": moment}
    statement = Entry.__table__.insert().values(id=DEEDS + 1, hash=forged, **row)
    assert tampered(log, statement).broken_at == DEEDS + 1


def test_an_entry_made_to_fit_breaks_the_next_one(log):
    """Whoever forges one entry must forge all that follow."""
    with log.read() as unit:
        before = unit.session.scalar(select(Entry.hash).where(Entry.id == 3))
        old = unit.session.get_one(Entry, 4)
        deed = (old.actor_id, old.verb, "item:forged")
        fitting = link(str(before), 4, old.at, deed, old.detail)
    change = {"subject": "item:forged", "hash": fitting}
    assert tampered(log, update(Entry).where(Entry.id == 4).values(**change)).broken_at == 5


def test_a_deed_that_is_undone_is_not_in_the_log(log):
    def deed() -> None:
        with log.unit() as unit:
            actions.record(unit, "mo", "moderation.decided", "item:lost")
            raise ValueError("undone")

    with pytest.raises(ValueError, match="undone"):
        deed()
    with log.read() as unit:
        assert queries.verify(unit) == queries.Verdict(DEEDS, None)


def test_several_deeds_of_one_unit_follow_each_other(database):
    with database.unit() as unit:
        for number in range(3):
            actions.record(unit, None, "chat.forgotten", f"room:{number}", count=number)
    with database.read() as unit:
        assert queries.verify(unit) == queries.Verdict(3, None)


def test_many_at_once_leave_one_unbroken_chain(database, settings):
    def work(who: int) -> None:
        own = Database(settings.database_url, FrozenClock())
        for number in range(8):
            with own.unit() as unit:
                actions.record(unit, f"p{who}", "chat.room_set", f"room:{number}")
        own.dispose()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    with database.read() as unit:
        assert queries.verify(unit) == queries.Verdict(32, None)
        assert unit.session.scalar(select(func.max(Entry.id))) == 32


def test_the_chain_begins_the_same_everywhere(database):
    assert START == "0" * 64
    with database.read() as unit:
        assert queries.last(unit) == (0, START)


def test_the_order_of_details_makes_no_difference_but_their_values_do():
    deed, moment = ("mo", "a.b", "c:d"), FrozenClock().now()
    one = link(START, 1, moment, deed, {"a": 1, "b": 2})
    assert link(START, 1, moment, deed, {"b": 2, "a": 1}) == one
    assert link(START, 1, moment, deed, {"a": 1, "b": "2"}) != one
    assert link(START, 2, moment, deed, {"a": 1, "b": 2}) != one


def test_the_log_is_searched_by_person_deed_thing_and_time(log):
    with log.unit() as unit:
        actions.record(unit, "rae", "accounts.banned", "account:otto", until="never")
    start = FrozenClock().now()
    with log.read() as unit:

        def found(**asked) -> list[int]:
            return [line.id for line in queries.entries(unit, Search(**asked)).lines]

        assert found(actor_id="rae") == [7]
        assert found(verb="moderation.") == [6, 5, 4, 3, 2, 1]
        assert found(verb="moderation_") == []
        assert found(subject="item:2") == [3]
        assert found(since=start + timedelta(hours=4), until=start + timedelta(hours=5)) == [5]
        assert found(before=3) == [2, 1]


def test_the_log_is_read_in_stretches(log):
    with log.read() as unit:
        first = queries.entries(unit, Search(limit=4))
        assert [line.id for line in first.lines] == [6, 5, 4, 3]
        rest = queries.entries(unit, Search(limit=4, before=first.before))
        assert [line.id for line in rest.lines] == [2, 1]
        assert rest.before is None
