"""What may be sent to the crisis desk: everything else is named by its field."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.base.errors import Invalid
from support.crisis.forms import (
    CaseForm,
    CloseForm,
    Decided,
    HandOverForm,
    HelpForm,
    NoteForm,
    NumberForm,
    ShiftForm,
)
from support.crisis.rules import Outcome

SHIFT = {
    "handle": "mo",
    "weekday": 0,
    "start": "22:00",
    "minutes": 480,
    "timezone": "Europe/Lisbon",
}
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=80),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)
NAMES = st.sampled_from(
    ["room", "note", "case", "body", "to", "outcome", "handle", "weekday", "start", "minutes", "id"]
) | st.text(max_size=10)


def wrong(parse, data, *more):
    with pytest.raises(Invalid) as refusal:
        parse(data, *more)
    return list(refusal.value.fields)


def test_help_needs_nothing():
    assert HelpForm.parse({}) == HelpForm("", "")


def test_help_may_name_a_room_and_say_a_few_words():
    form = HelpForm.parse({"room": "abc-1", "note": "  I am\u200b shaking  "})
    assert form.room_id == "abc-1"
    assert form.note.startswith("I am")
    assert form.note.endswith("shaking")


@pytest.mark.parametrize(
    ("data", "fields"),
    [
        ({"room": 7}, ["room"]),
        ({"room": "a b"}, ["room"]),
        ({"room": "../x"}, ["room"]),
        ({"note": 7}, ["note"]),
        ({"note": "x" * 501}, ["note"]),
        ({"urgent": True}, ["urgent"]),
        ({"room": [], "note": {}}, ["room", "note"]),
    ],
)
def test_a_call_for_help_that_cannot_be_read_is_named(data, fields):
    assert wrong(HelpForm.parse, data) == fields


def test_words_at_the_very_limit_are_taken():
    assert len(HelpForm.parse({"note": "x" * 500}).note) == 500
    assert len(NoteForm.parse({"body": "x" * 2000}, "c").body) == 2000


def test_a_case_is_named_by_its_id():
    assert CaseForm.parse({"case": "0a1b"}).case_id == "0a1b"


@pytest.mark.parametrize("case", [None, "", " ", 3, "a/b", "x" * 65, "é", ["a"]])
def test_what_is_no_id_is_no_case(case):
    assert wrong(CaseForm.parse, {"case": case}) == ["case"]


def test_a_note_needs_words():
    assert NoteForm.parse({"body": " she answers "}, "c1") == NoteForm("c1", "she answers")
    assert wrong(NoteForm.parse, {}, "c1") == ["body"]
    assert wrong(NoteForm.parse, {"body": "\n \n"}, "c1") == ["body"]
    assert wrong(NoteForm.parse, {"body": "x" * 2001}, "c1") == ["body"]


def test_a_hand_over_needs_a_summary_and_may_name_nobody():
    assert HandOverForm.parse({"body": "x"}, "c1") == HandOverForm("c1", "x", "")
    assert HandOverForm.parse({"body": "x", "to": "rae"}, "c1").to == "rae"
    assert wrong(HandOverForm.parse, {"to": "rae"}, "c1") == ["body"]
    assert wrong(HandOverForm.parse, {"body": "x", "to": "r" * 41}, "c1") == ["to"]
    assert wrong(HandOverForm.parse, {"body": "x", "case": "c2"}, "c1") == ["case"]


@pytest.mark.parametrize("outcome", list(Outcome))
def test_a_case_ends_in_one_of_three_ways(outcome):
    form = CloseForm.parse({"outcome": outcome.value}, "c1")
    assert form == CloseForm("c1", outcome, "", None)


def test_a_close_may_say_when_to_look_again():
    form = CloseForm.parse({"outcome": "left", "body": "b", "follow_up_on": "2030-01-08"}, "c1")
    assert form.follow_up_on == date(2030, 1, 8)


@pytest.mark.parametrize(
    ("data", "fields"),
    [
        ({}, ["outcome"]),
        ({"outcome": "dead"}, ["outcome"]),
        ({"outcome": "safe", "follow_up_on": "soon"}, ["follow_up_on"]),
        ({"outcome": "safe", "follow_up_on": "2030-02-30"}, ["follow_up_on"]),
        ({"outcome": "safe", "follow_up_on": "20300108T00"}, ["follow_up_on"]),
        ({"outcome": "safe", "severity": "none"}, ["severity"]),
    ],
)
def test_a_close_that_cannot_be_is_named(data, fields):
    assert wrong(CloseForm.parse, data, "c1") == fields


def test_a_shift_is_read_from_a_form_or_from_json_alike():
    from_json = ShiftForm.parse(SHIFT)
    from_form = ShiftForm.parse({name: str(value) for name, value in SHIFT.items()})
    assert from_json == from_form == ShiftForm("mo", 0, "22:00", 480, "Europe/Lisbon")


@pytest.mark.parametrize("start", ["00:00", "09:30", "23:59"])
def test_a_start_is_hours_and_minutes(start):
    assert ShiftForm.parse({**SHIFT, "start": start}).start == start


@pytest.mark.parametrize(
    "start",
    ["", "9:30", "24:00", "12:60", "12-30", "noon", "1200", "12:3a", "٠٩:٣٠", "-1:00", "12:345"],
)
def test_a_start_that_no_wall_shows_is_named(start):
    assert wrong(ShiftForm.parse, {**SHIFT, "start": start}) == ["start"]


@pytest.mark.parametrize(
    "zone", ["", "Lisbon", "europe/lisbon", "../etc/passwd", "UTC+1", "x" * 65]
)
def test_a_zone_nobody_knows_is_named(zone):
    assert wrong(ShiftForm.parse, {**SHIFT, "timezone": zone}) == ["timezone"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("weekday", -1),
        ("weekday", 7),
        ("weekday", "monday"),
        ("weekday", 1.5),
        ("weekday", True),
        ("minutes", 0),
        ("minutes", 10081),
        ("minutes", None),
        ("handle", ""),
        ("handle", "m" * 41),
    ],
)
def test_a_shift_that_no_week_holds_is_named(name, value):
    assert wrong(ShiftForm.parse, {**SHIFT, name: value}) == [name]


def test_every_fault_of_a_shift_is_named_at_once():
    assert set(wrong(ShiftForm.parse, {})) == set(SHIFT)


@pytest.mark.parametrize("state", list(Decided))
def test_a_word_on_a_number_is_one_of_three(state):
    assert NumberForm.parse({"id": "pt-emergency", "state": state.value}).state is state


def test_a_word_on_no_number_is_named():
    assert set(wrong(NumberForm.parse, {})) == {"id", "state"}
    assert wrong(NumberForm.parse, {"id": "x" * 101, "state": "hidden"}) == ["id"]


def fields_refused(parse, data):
    """The fields named in a refusal; nothing where it was read."""
    try:
        parse(data)
    except Invalid as refusal:
        return list(refusal.fields)
    return []


@given(st.dictionaries(NAMES, JUNK, max_size=5))
def test_whatever_is_sent_is_read_or_refused_and_never_breaks(data):
    known = {
        "case",
        "body",
        "text",
        "to",
        "outcome",
        "follow_up_on",
        "id",
        "state",
        "room",
        "note",
        *SHIFT,
    }
    for parse in (
        HelpForm.parse,
        CaseForm.parse,
        ShiftForm.parse,
        NumberForm.parse,
        lambda sent: NoteForm.parse(sent, "c"),
        lambda sent: HandOverForm.parse(sent, "c"),
        lambda sent: CloseForm.parse(sent, "c"),
    ):
        assert set(fields_refused(parse, data)) <= known | {str(name)[:40] for name in data}
