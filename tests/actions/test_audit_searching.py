"""The log as it is searched and written: each filter alone and together, and in stretches."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from support.audit import actions, ports, queries
from support.audit.actions import Deed
from support.audit.models import Entry
from support.audit.queries import Search
from support.audit.rules import START, link

HOUR = timedelta(hours=1)


@pytest.fixture
def log(trial):
    """Six deeds, an hour apart, after whatever the house wrote itself."""
    trial.now += HOUR
    for who, verb, subject in (
        ("mo", "desk.claimed", "item:1"),
        ("mo", "desk.decided", "item:1"),
        ("rae", "desk.claimed", "item:2"),
        (None, "crisis.rung_climbed", "case:1"),
        ("rae", "desk_more.seen", "item:10"),
        ("mo", "crisis.note_written", "case:1"),
    ):
        actions.record(trial, who, verb, subject)
        trial.now += HOUR
    return trial


def subjects(unit, **search):
    return [line.subject for line in queries.entries(unit, Search(**search)).lines]


def verbs(unit, **search):
    return [line.verb for line in queries.entries(unit, Search(**search)).lines]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ({"actor_id": "mo"}, ["crisis.note_written", "desk.decided", "desk.claimed"]),
        ({"actor_id": "rae"}, ["desk_more.seen", "desk.claimed"]),
        ({"actor_id": "nobody"}, []),
        ({"verb": "desk.claimed"}, ["desk.claimed", "desk.claimed"]),
        ({"verb": "desk."}, ["desk.claimed", "desk.decided", "desk.claimed"]),
        ({"verb": "desk_"}, ["desk_more.seen"]),
        ({"verb": "crisis.%"}, []),
        ({"verb": "claimed"}, []),
        ({"subject": "item:1"}, ["desk.decided", "desk.claimed"]),
        ({"subject": "item:"}, []),
        ({"subject": "case:1", "actor_id": "mo"}, ["crisis.note_written"]),
        ({"subject": "case:1", "verb": "desk."}, []),
    ],
)
def test_each_filter_narrows_and_all_of_them_count(log, search, found):
    assert verbs(log, **search) == found


def test_a_sign_of_the_search_language_is_only_a_letter_of_a_deed(log):
    assert verbs(log, verb="desk%") == []
    assert verbs(log, verb="%") == []


def test_times_take_the_first_moment_and_leave_the_last_out(log):
    begin = log.now - 6 * HOUR
    assert subjects(log, since=begin + HOUR, until=begin + 3 * HOUR) == ["item:2", "item:1"]
    assert subjects(log, since=begin + 5 * HOUR) == ["case:1"]
    assert subjects(log, since=log.now) == []
    assert subjects(log, since=begin, until=begin) == []


@pytest.mark.parametrize("limit", [1, 2, 4, 5])
def test_stretches_together_are_the_whole_without_doubles(log, limit):
    begin = log.now - 6 * HOUR
    met, before = [], None
    for _ in range(7):
        page = queries.entries(log, Search(since=begin, before=before, limit=limit))
        met += [line.id for line in page.lines]
        assert len(page.lines) <= limit
        before = page.before
        if before is None:
            break
        assert before == page.lines[-1].id
    whole = queries.entries(log, Search(since=begin)).lines
    assert met == [line.id for line in whole]
    assert len(met) == 6


def test_a_stretch_that_holds_all_there_is_says_that_nothing_follows(log):
    page = queries.entries(log, Search(since=log.now - 6 * HOUR, limit=6))
    assert (len(page.lines), page.before) == (6, None)


def test_a_line_is_ids_and_codes_as_they_were_written(trial):
    actions.record(trial, "mo", "desk.tried", "item:7", rule="no_trading", minutes=30)
    (line,) = queries.entries(trial, Search(verb="desk.tried")).lines
    assert (line.actor_id, line.subject, line.at) == ("mo", "item:7", trial.now)
    assert line.detail == {"rule": "no_trading", "minutes": 30}


def test_deeds_of_some_kinds_come_the_oldest_first(log):
    found = list(queries.deeds(log, ["desk.claimed", "crisis.note_written"]))
    assert [line.subject for line in found] == ["item:1", "item:2", "case:1"]
    assert [line.id for line in found] == sorted(line.id for line in found)
    assert list(queries.deeds(log, [])) == []


def test_a_verb_among_deeds_is_the_whole_verb(log):
    assert list(queries.deeds(log, ["desk"])) == []


# ------------------------------------------------------------------ writing


def test_no_deeds_are_no_entry(trial):
    before = queries.last(trial)
    actions.record_all(trial, [])
    assert queries.last(trial) == before


def test_many_at_one_go_are_numbered_in_their_order_and_chained(trial):
    number, start = queries.last(trial)
    actions.record_all(
        trial, [Deed("mo", f"desk.step{at}", "item:1", {"at": at}) for at in range(4)]
    )
    rows = trial.session.scalars(select(Entry).where(Entry.id > number).order_by(Entry.id)).all()
    assert [row.verb for row in rows] == [f"desk.step{at}" for at in range(4)]
    assert [row.id for row in rows] == list(range(number + 1, number + 5))
    before = start
    for row in rows:
        assert row.hash == link(before, row.id, row.at, ("mo", row.verb, "item:1"), row.detail)
        before = row.hash


def test_the_last_entry_is_what_the_next_one_follows(trial):
    number, _ = queries.last(trial)
    actions.record(trial, None, "house.woke", "house")
    again, known = queries.last(trial)
    assert again == number + 1
    assert known == trial.session.get_one(Entry, again).hash


def test_a_deed_keeps_its_own_copy_of_what_was_said(trial):
    said = {"step": 1}
    actions.record_all(trial, [Deed("mo", "desk.said", "item:1", said)])
    said["step"] = 2
    (line,) = queries.entries(trial, Search(verb="desk.said")).lines
    assert line.detail == {"step": 1}
    assert queries.verify(trial).broken_at is None


@pytest.mark.parametrize(
    "altered",
    [
        {"actor_id": "rae"},
        {"actor_id": None},
        {"verb": "desk.let_go"},
        {"subject": "item:9"},
        {"detail": {"kind": "mute"}},
        {"detail": {}},
        {"hash": "f" * 64},
    ],
)
def test_whatever_of_an_entry_is_altered_the_entry_is_named(trial, altered):
    actions.record(trial, "mo", "desk.took", "item:1", kind="ban")
    number, _ = queries.last(trial)
    actions.record(trial, "mo", "desk.rested", "item:1")
    trial.session.execute(update(Entry).where(Entry.id == number).values(**altered))
    trial.session.expire_all()
    verdict = queries.verify(trial)
    assert (verdict.entries, verdict.broken_at) == (number - 1, number)


def test_the_log_that_the_house_wrote_at_its_start_holds(trial):
    verdict = queries.verify(trial)
    assert verdict.broken_at is None
    assert verdict.entries == queries.last(trial)[0] > 0


# ------------------------------------------------------------------ who vouches


def test_a_witness_of_a_name_is_asked_once_and_the_last_one_counts(monkeypatch):
    monkeypatch.setattr(ports, "WITNESSES", {})
    first = ports.Testimony(1, ())
    second = ports.Testimony(2, ("seal 3 is gone",))
    ports.register("seals", lambda unit: first)
    ports.register("seals", lambda unit: second)
    assert [witness(None) for witness in ports.WITNESSES.values()] == [second]


def test_seals_are_vouched_for_in_this_house(trial):
    assert ports.WITNESSES["seals"](trial).faults == ()


def test_the_chain_starts_from_nothing_that_could_be_a_hash_of_something():
    assert set(START) == {"0"}
    assert len(START) == 64
