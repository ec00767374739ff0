"""What of a case is told to whom: the person learns who was called and who reads, no more."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.accounts.queries import Person
from support.base.actor import Role
from support.base.severity import Severity
from support.crisis.queries.facts import CaseFacts, NoteFacts, RungFacts
from support.crisis.queries.helping import words_for
from support.crisis.rules import State

AT = datetime(2030, 1, 1, 3, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def person(handle):
    return Person(f"id-{handle}", handle, Role.MEMBER, "PT", "UTC", f"{handle}@example.org")


def rung(round_, number, *reached, after=0):
    return RungFacts(round_, number, AT + after * MINUTE, reached)


CASE = CaseFacts(
    id="c1",
    person=person("mina"),
    severity=Severity.URGENT,
    state=State.OPEN,
    source="chat",
    labels=("abrupt_stop",),
    room_id=None,
    side_room_id=None,
    country="PT",
    opened_at=AT,
    signalled_at=AT,
    round=1,
    rung=0,
    due_at=None,
    held_by=None,
    held_until=None,
    closed_at=None,
    outcome=None,
    follow_up_on=None,
    rungs=(),
)


@pytest.mark.parametrize(
    ("rungs", "round_", "called", "after"),
    [
        ((), 1, (), None),
        ((rung(1, 0, "mo"),), 1, ("mo",), 0),
        ((rung(1, 0),), 1, (), None),
        ((rung(1, 0, "mo"), rung(1, 1, "rae", after=2)), 1, ("mo", "rae"), 2),
        ((rung(1, 0, "mo"), rung(1, 1, after=2)), 1, ("mo",), 0),
        ((rung(1, 0, "mo", "rae"), rung(1, 1, "rae", "mo", after=2)), 1, ("mo", "rae"), 2),
        ((rung(1, 0, "mo"), rung(2, 0, "ada", after=9)), 2, ("ada",), 9),
        ((rung(1, 0, "mo"), rung(2, 0, after=9)), 2, (), None),
        ((rung(1, 0, "mo"),), 2, (), None),
    ],
)
def test_only_this_round_counts_and_only_who_was_reached(rungs, round_, called, after):
    case = replace(CASE, rungs=rungs, round=round_)
    assert case.called == called
    assert case.called_at == (None if after is None else AT + after * MINUTE)


@pytest.mark.parametrize(
    ("held", "rungs", "begins"),
    [
        (None, (), "Nobody is on duty"),
        (None, (rung(1, 0),), "Nobody is on duty"),
        (None, (rung(1, 0, "mo"),), "We have called people"),
        ("mo", (rung(1, 0, "mo"),), "Somebody is reading"),
        ("mo", (), "Somebody is reading"),
    ],
)
def test_the_sentence_is_honest_and_always_names_the_number(held, rungs, begins):
    words = words_for(replace(CASE, held_by=person(held) if held else None, rungs=rungs))
    assert words.startswith(begins)
    assert "call" in words


def test_the_person_is_told_three_things_and_no_more():
    case = replace(CASE, held_by=person("mo"), rungs=(rung(1, 0, "mo"),), side_room_id="s1")
    assert case.to_person() == {
        "case": "c1",
        "called_at": "2030-01-01T03:00:00.000Z",
        "reading_by": "mo",
    }


def test_before_anybody_was_called_the_person_is_told_so_plainly():
    assert CASE.to_person() == {"case": "c1", "called_at": None}


def test_an_answer_is_left_out_and_not_told_as_nothing():
    facts = CASE.facts()
    assert set(facts) == {"id", "state", "severity", "opened_at", "person", "labels", "rungs"}


@pytest.mark.parametrize(
    ("field", "value", "name", "told"),
    [
        ("held_by", person("mo"), "acknowledged_by", "mo"),
        ("side_room_id", "s1", "room", "s1"),
        ("room_id", "r1", "from_room", "r1"),
        ("due_at", AT, "due_at", "2030-01-01T03:00:00.000Z"),
        ("closed_at", AT, "closed_at", "2030-01-01T03:00:00.000Z"),
        ("outcome", "safe", "outcome", "safe"),
        ("follow_up_on", "2030-01-02", "follow_up_on", "2030-01-02"),
    ],
)
def test_each_further_thing_has_its_own_name(field, value, name, told):
    assert replace(CASE, **{field: value}).facts()[name] == told


def test_a_case_as_programs_read_it_has_no_mail_no_id_of_a_person_and_no_country():
    case = replace(CASE, held_by=person("mo"), rungs=(rung(1, 0, "mo"),))
    text = str(case.facts()) + str(case.to_person())
    assert "@" not in text
    assert "id-" not in text
    assert "PT" not in text


def test_a_rung_is_told_with_whom_it_reached():
    facts = replace(CASE, rungs=(rung(2, 1, "mo", "rae"),)).facts()
    assert facts["rungs"] == [
        {"round": 2, "rung": 1, "at": "2030-01-01T03:00:00.000Z", "reached": ["mo", "rae"]}
    ]


@pytest.mark.parametrize("author", [None, "mo"])
def test_a_note_of_the_house_has_no_author(author):
    facts = NoteFacts(AT, "opened", author, "").facts()
    assert facts.get("author") == author
    assert ("author" in facts) is (author is not None)


NAMES = st.sampled_from(["mo", "rae", "ada", "paul"])
RUNGS = st.lists(
    st.builds(
        lambda round_, number, who, after: rung(round_, number, *who, after=after),
        st.integers(1, 3),
        st.integers(0, 4),
        st.lists(NAMES, max_size=3),
        st.integers(0, 60),
    ),
    max_size=8,
)


@given(RUNGS, st.integers(1, 3))
def test_somebody_was_called_exactly_if_there_is_a_time_of_it(rungs, round_):
    case = replace(CASE, rungs=tuple(rungs), round=round_)
    assert bool(case.called) is (case.called_at is not None)
    assert len(set(case.called)) == len(case.called)
    assert words_for(case).startswith("We have called" if case.called else "Nobody is on duty")
