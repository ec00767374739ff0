"""After a meeting: who may look back, who may tell, and what the forms take and refuse."""

from datetime import UTC, datetime, timedelta

import pytest

from support.base.actor import Actor, Role
from support.base.errors import Conflict, Ended, Forbidden, Invalid
from support.chat.forms import ChairForm, DebriefForm, FeedbackForm
from support.chat.rules.afterwards import (
    LONGEST,
    QUESTIONS,
    check_may_look_back,
    check_may_tell,
)
from support.chat.rules.chair import Do
from support.groups.forms import StandByForm
from support.groups.rules.standing_by import check_may_stand_by
from support.groups.rules.words import Belonging, Policy
from support.moderation.rules.desk import Verdict, check_fits

OVER = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
ROOM = "a" * 20


def somebody(role=Role.MENTOR):
    about = {"role": role, "country": "PT", "timezone": "UTC", "created_at": OVER}
    return Actor(id="wren", handle="wren", **about)


@pytest.mark.parametrize("state", ["closed", "debriefed"])
def test_who_led_looks_back_when_it_is_over_and_may_write_it_anew(state):
    check_may_look_back(state, has_led=True)


@pytest.mark.parametrize("state", ["planned", "lobby", "open", "paused", "closing", "cancelled"])
def test_nobody_looks_back_at_what_is_not_over_or_never_was(state):
    with pytest.raises(Conflict):
        check_may_look_back(state, has_led=True)


def test_a_guest_does_not_look_back_and_a_host_does_not_tell():
    with pytest.raises(Forbidden):
        check_may_look_back("closed", has_led=False)
    with pytest.raises(Forbidden):
        check_may_tell("closed", OVER, OVER, has_led=True)


@pytest.mark.parametrize("state", ["closing", "closed", "debriefed"])
@pytest.mark.parametrize("over_at", [None, OVER])
def test_a_guest_tells_from_the_end_on(state, over_at):
    check_may_tell(state, over_at, OVER + timedelta(days=7), has_led=False)


@pytest.mark.parametrize(
    ("state", "days", "refused"), [("open", 0, Conflict), ("closed", 7.01, Ended)]
)
def test_a_guest_tells_neither_before_nor_long_after(state, days, refused):
    with pytest.raises(refused):
        check_may_tell(state, OVER, OVER + timedelta(days=days), has_led=False)


def test_every_question_can_be_skipped_and_what_is_empty_is_not_kept():
    assert DebriefForm.parse({}) == DebriefForm({}, "", danger=False)
    form = DebriefForm.parse({"well": "Calm", "hard": "  ", "danger": "1"})
    assert (form.answers, form.danger) == ({"well": "Calm"}, True)


@pytest.mark.parametrize("name", [*QUESTIONS, "worry"])
def test_what_is_too_long_is_refused_where_it_stands(name):
    with pytest.raises(Invalid) as refused:
        DebriefForm.parse({name: "x" * (LONGEST + 1)})
    assert set(refused.value.fields) == {name}


@pytest.mark.parametrize(
    ("form", "sent"),
    [
        (DebriefForm, {"stars": 5}),
        (FeedbackForm, {}),
        (FeedbackForm, {"body": " "}),
        (FeedbackForm, {"body": "x" * (LONGEST + 1)}),
        (FeedbackForm, {"body": "kind", "stars": 5}),
        (ChairForm, {"room": ROOM}),
        (ChairForm, {"room": ROOM, "do": "sit"}),
        (ChairForm, {"do": "accept"}),
        (StandByForm, {"on": "perhaps"}),
        (StandByForm, {"who": "mina"}),
    ],
)
def test_what_nobody_asked_for_is_refused_and_there_are_no_stars(form, sent):
    with pytest.raises(Invalid):
        form.parse(sent)


@pytest.mark.parametrize("do", list(Do))
def test_each_word_about_a_chair_is_understood(do):
    assert ChairForm.parse({"room": ROOM, "do": do.value}).do is do


def test_standing_by_is_for_one_meeting_unless_said_otherwise():
    assert StandByForm.parse({}) == StandByForm(on=True, all_of_group=False)
    assert StandByForm.parse({"on": "0", "group": "1"}) == StandByForm(False, True)


@pytest.mark.parametrize("role", [Role.MENTOR, Role.MODERATOR, Role.ADMIN])
@pytest.mark.parametrize(
    ("policy", "belonging"),
    [
        (Policy.OPEN, None),
        (Policy.OPEN, Belonging.MEMBER),
        (Policy.REQUEST, Belonging.MEMBER),
        (Policy.INVITED, Belonging.MEMBER),
    ],
)
def test_mentors_and_the_team_stand_by_in_open_groups_and_in_their_own(role, policy, belonging):
    check_may_stand_by(somebody(role), policy, belonging, is_host=False)


@pytest.mark.parametrize(
    ("policy", "belonging"),
    [
        (Policy.OPEN, Belonging.REMOVED),
        (Policy.REQUEST, None),
        (Policy.REQUEST, Belonging.REQUESTED),
        (Policy.INVITED, Belonging.INVITED),
    ],
)
def test_nobody_stands_by_in_a_closed_group_they_are_not_in(policy, belonging):
    with pytest.raises(Forbidden):
        check_may_stand_by(somebody(), policy, belonging, is_host=False)


@pytest.mark.parametrize("verdict", [one for one in Verdict if one is not Verdict.ALLOW])
def test_a_worry_is_looked_at_and_nothing_else(verdict):
    check_fits("worry", Verdict.ALLOW)
    check_fits("message", verdict)
    with pytest.raises(Invalid, match="nothing wrong"):
        check_fits("worry", verdict)
