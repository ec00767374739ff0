"""Stretches, answers, ladders, numbers and words, read from whatever is sent: no database."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.base.errors import Invalid
from support.crisis.forms import (
    Answer,
    AnswerForm,
    CloseForm,
    Decided,
    EditForm,
    LadderForm,
    MeetingForm,
    NumberForm,
    SpanForm,
    WordsForm,
    YesForm,
)
from support.crisis.rules import HOUSE_LADDER, LadderStep, Target, check_ladder
from support.notify.rules import Channel

LISBON = "Europe/Lisbon"


def wrong(parse, *given_):
    with pytest.raises(Invalid) as refused:
        parse(*given_)
    return list(refused.value.fields)


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


# ------------------------------------------------------------------ stretches of time


@pytest.mark.parametrize(
    ("typed", "zone", "moment"),
    [
        ("2026-01-10T22:00", LISBON, utc(2026, 1, 10, 22)),
        ("2026-07-10T22:00", LISBON, utc(2026, 7, 10, 21)),
        ("2026-07-10T22:00", "America/New_York", utc(2026, 7, 11, 2)),
        ("2026-07-10T22:00", "Asia/Kathmandu", utc(2026, 7, 10, 16, 15)),
        ("2026-07-10T22:00Z", "America/New_York", utc(2026, 7, 10, 22)),
        ("2026-07-10T22:00+02:00", "America/New_York", utc(2026, 7, 10, 20)),
        ("2026-03-29T01:30", LISBON, utc(2026, 3, 29, 1, 30)),
        ("2026-10-25T01:30", LISBON, utc(2026, 10, 25, 0, 30)),
        ("2026-07-10", LISBON, utc(2026, 7, 9, 23)),
    ],
)
def test_a_moment_is_on_the_readers_own_wall_unless_it_says_otherwise(typed, zone, moment):
    ends_at = moment + timedelta(hours=1)
    form = SpanForm.parse({"starts_at": typed, "ends_at": ends_at.isoformat()}, zone)
    assert form.starts_at == moment
    assert form.ends_at == ends_at


def test_a_stretch_names_who_and_whether_they_cover():
    sent = {"starts_at": "2026-07-10T22:00Z", "ends_at": "2026-07-11T06:00Z"}
    assert SpanForm.parse(sent, LISBON) == SpanForm(
        utc(2026, 7, 10, 22), utc(2026, 7, 11, 6), "", False
    )
    form = SpanForm.parse({**sent, "handle": " rae ", "cover": "on"}, LISBON)
    assert (form.handle, form.is_cover) == ("rae", True)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"starts_at": ""}, "starts_at"),
        ({"starts_at": "tonight"}, "starts_at"),
        ({"starts_at": None}, "starts_at"),
        ({"starts_at": 20260710}, "starts_at"),
        ({"ends_at": ""}, "ends_at"),
        ({"ends_at": "2026-07-10T22:00Z"}, "ends_at"),
        ({"ends_at": "2026-07-10T21:59Z"}, "ends_at"),
        ({"ends_at": "2026-08-07T22:01Z"}, "ends_at"),
        ({"ends_at": "2026-13-01T00:00Z"}, "ends_at"),
        ({"handle": "r" * 41}, "handle"),
        ({"cover": "perhaps"}, "cover"),
        ({"kind": "off"}, "kind"),
    ],
)
def test_what_is_wrong_with_a_stretch_is_said_beside_its_field(change, field):
    sent = {"starts_at": "2026-07-10T22:00Z", "ends_at": "2026-07-11T06:00Z", **change}
    assert field in wrong(SpanForm.parse, sent, LISBON)


def test_four_weeks_are_just_not_too_long():
    sent = {"starts_at": "2026-07-10T22:00Z", "ends_at": "2026-08-07T22:00Z"}
    form = SpanForm.parse(sent, LISBON)
    assert form.ends_at - form.starts_at == timedelta(days=28)


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("0001-01-01T00:00", "Asia/Tokyo"),
        ("0001-01-01T00:00+14:00", "UTC"),
        ("9999-12-31T23:59", "America/New_York"),
        ("9999-12-31T23:59-12:00", "UTC"),
    ],
)
@pytest.mark.parametrize("name", ["starts_at", "ends_at"])
def test_a_moment_before_or_after_all_calendars_is_refused_and_breaks_nothing(typed, zone, name):
    sent = {"starts_at": "2026-07-10T22:00Z", "ends_at": "2026-07-11T06:00Z", name: typed}
    assert name in wrong(SpanForm.parse, sent, zone)


@given(st.datetimes(), st.datetimes(), st.sampled_from([LISBON, "Asia/Tokyo", "UTC"]))
def test_whatever_two_moments_are_sent_a_stretch_goes_forward_and_is_not_endless(one, two, zone):
    try:
        form = SpanForm.parse({"starts_at": one.isoformat(), "ends_at": two.isoformat()}, zone)
    except Invalid:
        return
    assert timedelta(0) < form.ends_at - form.starts_at <= timedelta(days=28)


# ------------------------------------------------------------------ answers


@pytest.mark.parametrize("answer", list(Answer))
def test_a_swap_has_three_answers(answer):
    assert AnswerForm.parse({"answer": answer.value}, "s1") == AnswerForm("s1", answer)


@pytest.mark.parametrize("answer", [None, "", "yes", "ACCEPT", 1, ["accept"]])
def test_any_other_answer_is_none(answer):
    assert wrong(AnswerForm.parse, {"answer": answer}, "s1") == ["answer"]


def test_whose_question_it_is_stands_in_the_address_and_nowhere_else():
    assert wrong(AnswerForm.parse, {"answer": "accept", "swap": "s2"}, "s1") == ["swap"]


@pytest.mark.parametrize(("said", "agrees"), [("yes", True), ("no", False)])
def test_consent_is_a_plain_yes_or_a_plain_no(said, agrees):
    assert YesForm.parse({"answer": said}).agrees is agrees


@pytest.mark.parametrize("said", [None, "", "YES", "maybe", True, 1, "1", "on"])
def test_nothing_else_counts_as_consent(said):
    assert wrong(YesForm.parse, {"answer": said}) == ["answer"]


# ------------------------------------------------------------------ ladders


def test_a_ladder_is_read_from_a_list():
    sent = {
        "steps": [
            {"wait_seconds": 0, "target": "on_call", "channels": ["page"]},
            {"wait_seconds": 60, "target": "responders", "channels": ["page", "push"]},
            {"wait_seconds": 90, "target": "admins", "channels": ["webhook", "page", "email"]},
        ]
    }
    assert LadderForm.parse(sent).ladder == (
        LadderStep(0, Target.ON_CALL, (Channel.PAGE,)),
        LadderStep(60, Target.RESPONDERS, (Channel.PAGE, Channel.PUSH)),
        LadderStep(90, Target.ADMINS, (Channel.PAGE, Channel.EMAIL, Channel.WEBHOOK)),
    )


def test_the_house_ladder_is_the_same_after_its_way_through_either_form():
    listed = [
        {"wait_seconds": one.wait_seconds, "target": one.target, "channels": list(one.channels)}
        for one in HOUSE_LADDER
    ]
    typed = {}
    for number, one in enumerate(HOUSE_LADDER):
        typed |= {f"wait_seconds_{number}": str(one.wait_seconds), f"target_{number}": one.target}
        typed |= {f"{way}_{number}": "on" for way in one.channels}
    assert LadderForm.parse({"steps": listed}).ladder == HOUSE_LADDER
    assert LadderForm.parse(typed).ladder == HOUSE_LADDER


def test_a_rung_without_a_time_is_no_rung():
    typed = {"wait_seconds_0": "", "wait_seconds_3": "30", "page_3": "1", "page_0": "1"}
    assert LadderForm.parse(typed).ladder == (LadderStep(30, Target.ADMINS, (Channel.PAGE,)),)
    assert LadderForm.parse({}).ladder == ()
    assert LadderForm.parse({"steps": []}).ladder == ()


@pytest.mark.parametrize(
    ("step", "field"),
    [
        ({"wait_seconds": -1}, "wait_seconds"),
        ({"wait_seconds": 86_401}, "wait_seconds"),
        ({"wait_seconds": 1.5}, "wait_seconds"),
        ({"wait_seconds": "soon"}, "wait_seconds"),
        ({"target": "police"}, "target"),
        ({"channels": 7}, "channels"),
        ({"channels": ["page"] * 5}, "channels"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_rung_that_cannot_be_is_named_by_its_field(step, field):
    whole = {"wait_seconds": 5, "target": "admins", "channels": ["page"], **step}
    assert wrong(LadderForm.parse, {"steps": [whole]}) == [field]


def test_a_way_nobody_knows_is_no_way_and_the_rule_refuses_the_rung():
    form = LadderForm.parse({"steps": [{"wait_seconds": 5, "channels": ["pigeon"]}]})
    assert form.ladder == (LadderStep(5, Target.ADMINS, ()),)
    with pytest.raises(Invalid, match="at least one way"):
        check_ladder(form.ladder)


def test_nine_rungs_are_read_as_too_many_and_a_thousand_too():
    for count in (9, 1000):
        form = LadderForm.parse({"steps": [{"wait_seconds": 5, "channels": ["page"]}] * count})
        assert len(form.ladder) == 9
        with pytest.raises(Invalid, match="from 1 to 8"):
            check_ladder(form.ladder)


@pytest.mark.parametrize("steps", ["all", 7, {"0": {}}, [1, 2], [{}, "x"], None])
def test_steps_that_are_no_list_of_rungs_are_refused_or_none(steps):
    if steps is None:
        assert wrong(LadderForm.parse, {"steps": steps}) == ["steps"]
    else:
        assert "steps" in wrong(LadderForm.parse, {"steps": steps})


def test_a_field_of_the_page_that_no_rung_has_is_named():
    assert wrong(LadderForm.parse, {"wait_seconds_8": "5"}) == ["wait_seconds_8"]


STEPS = st.builds(
    LadderStep,
    st.integers(0, 86_400),
    st.sampled_from(list(Target)),
    st.lists(st.sampled_from(list(Channel)), unique=True, min_size=1).map(
        lambda ways: tuple(way for way in Channel if way in ways)
    ),
)


@given(st.lists(STEPS, max_size=8))
def test_every_ladder_is_read_as_it_was_written(steps):
    sent = [
        {"wait_seconds": one.wait_seconds, "target": one.target, "channels": list(one.channels)}
        for one in steps
    ]
    assert LadderForm.parse({"steps": sent}).ladder == tuple(steps)


# ------------------------------------------------------------------ numbers, words, meetings


def test_an_edit_says_which_number_which_new_one_and_where_it_stands():
    sent = {"id": "pt-emergency", "number": " 112 ", "source": "https://example.org/n"}
    assert EditForm.parse(sent) == EditForm("pt-emergency", "112", "https://example.org/n")
    assert set(wrong(EditForm.parse, {})) == {"id", "number", "source"}


@pytest.mark.parametrize(("name", "most"), [("id", 100), ("number", 40), ("source", 300)])
def test_an_edit_is_no_essay(name, most):
    sent = {"id": "pt-emergency", "number": "112", "source": "https://example.org/n"}
    assert EditForm.parse({**sent, name: "1" * most})
    assert wrong(EditForm.parse, {**sent, name: "1" * (most + 1)}) == [name]


def test_a_number_is_confirmed_hidden_or_neither():
    for state in Decided:
        assert NumberForm.parse({"id": "x", "state": state.value}).state is state
    assert wrong(NumberForm.parse, {"id": "x", "state": "gone"}) == ["state"]


def test_words_without_an_id_are_new_words_each_time():
    first, second = WordsForm.parse({"body": "hello"}), WordsForm.parse({"body": "hello"})
    assert first.body == second.body == "hello"
    assert first.client_id != second.client_id
    assert WordsForm.parse({"body": "hello", "client_id": "a-1"}).client_id == "a-1"


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({}, "body"),
        ({"body": "  "}, "body"),
        ({"body": "x" * 2001}, "body"),
        ({"body": "x", "client_id": "a b"}, "client_id"),
        ({"body": "x", "client_id": "x" * 65}, "client_id"),
        ({"body": "x", "room": "r1"}, "room"),
    ],
)
def test_words_in_the_side_room_are_words_and_name_no_room(sent, field):
    assert wrong(WordsForm.parse, sent) == [field]


@pytest.mark.parametrize("meeting", [None, "", "a b", 7, "x" * 65])
def test_a_substitute_is_asked_for_one_meeting_by_its_id(meeting):
    assert MeetingForm.parse({"meeting": "m-1"}).meeting_id == "m-1"
    assert wrong(MeetingForm.parse, {"meeting": meeting}) == ["meeting"]


@pytest.mark.parametrize(
    ("day", "found"),
    [("2030-01-08", date(2030, 1, 8)), ("", None), ("2032-02-29", date(2032, 2, 29))],
)
def test_a_day_to_look_again_is_a_day_or_none(day, found):
    form = CloseForm.parse({"outcome": "safe", "follow_up_on": day}, "c1")
    assert form.follow_up_on == found


@pytest.mark.parametrize("day", ["0001-01-01", "1999-12-31", "9999-12-31", "tomorrow"])
def test_a_day_on_no_calendar_of_ours_is_refused(day):
    assert wrong(CloseForm.parse, {"outcome": "safe", "follow_up_on": day}, "c1") == [
        "follow_up_on"
    ]
