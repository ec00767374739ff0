"""Hands and the floor, signs, how far one has read, and words taken back or forgotten."""

import pytest
from sqlalchemy import func, select

from support.base.errors import Conflict, Forbidden, Invalid, NotFound
from support.chat.actions import course, hosting, tending, turns
from support.chat.actions.facts import RoomEventLogged
from support.chat.forms import MoveForm, ReactForm, SeenForm, SettingsForm, TurnForm
from support.chat.models import MessageReaction, RoomSeen
from support.chat.queries.log import events_after, reactions_of, snapshot, words_of
from support.chat.queries.seats import seen_up_to
from tests.chat_world import SELLING, Evening, evening_in, house_of

NOBODY = "0" * 20


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    with house_of(tmp_path_factory.mktemp("tending")) as made:
        yield made


@pytest.fixture
def eve(house):
    with evening_in(house) as made:
        yield made


# ------------------------------------------------------------------ hands and the floor


def turn(eve: Evening, handle: str, do: str, person: str = "", room: str = ""):
    sent = {"room": room or eve.lounge, "do": do}
    if person:
        sent["person"] = eve.cast.ids.get(person, person)
    return turns.set_turn(eve.unit, eve.who(handle), TurnForm.parse(sent))["turn"]


def names(eve: Evening, found) -> tuple[str | None, list[str]]:
    by_id = {person: handle for handle, person in eve.cast.ids.items()}
    return by_id.get(found["holder"]), [by_id[each] for each in found["queue"]]


def test_hands_go_up_the_host_gives_the_floor_and_it_is_passed_on(eve):
    turn(eve, "mina", "raise")
    assert names(eve, turn(eve, "mo", "raise")) == (None, ["mina", "mo"])
    assert names(eve, turn(eve, "paul", "give", "mo")) == ("mo", ["mina"])
    assert names(eve, turn(eve, "mo", "pass")) == (None, ["mina"])
    assert eve.kinds() == ["turn"] * 4
    assert names(eve, eve.body(4)["turn"]) == (None, ["mina"])


def test_the_room_remembers_the_floor(eve):
    turn(eve, "mina", "raise")
    turn(eve, "paul", "give", "mina")
    assert names(eve, eve.room().turns) == ("mina", [])


@pytest.mark.parametrize(
    ("handle", "do"), [("mina", "lower"), ("mina", "pass"), ("paul", "take"), ("paul", "lower")]
)
def test_a_turn_that_changes_nothing_is_no_line_in_the_log(eve, handle, do):
    assert names(eve, turn(eve, handle, do)) == (None, [])
    assert eve.log() == []


def test_a_second_hand_and_a_hand_of_the_speaker_are_no_news(eve):
    turn(eve, "mina", "raise")
    turn(eve, "mina", "raise")
    turn(eve, "paul", "give", "mina")
    assert names(eve, turn(eve, "mina", "raise")) == ("mina", [])
    assert eve.kinds() == ["turn", "turn"]


def test_who_lowers_a_hand_while_speaking_keeps_the_floor(eve):
    turn(eve, "paul", "give", "mina")
    assert names(eve, turn(eve, "mina", "lower")) == ("mina", [])


def test_nobody_passes_on_a_floor_that_another_has(eve):
    turn(eve, "paul", "give", "mina")
    assert names(eve, turn(eve, "mo", "pass")) == ("mina", [])


def test_the_host_takes_the_floor_back_and_the_hands_stay_up(eve):
    turn(eve, "mina", "raise")
    turn(eve, "paul", "give", "mo")
    assert names(eve, turn(eve, "paul", "take")) == (None, ["mina"])


def test_the_host_lowers_the_hand_of_somebody_who_has_gone_to_sleep(eve):
    turn(eve, "mina", "raise")
    assert names(eve, turn(eve, "paul", "lower", "mina")) == (None, [])


@pytest.mark.parametrize("do", ["give", "take"])
def test_members_neither_give_nor_take_the_floor(eve, do):
    with pytest.raises(Forbidden):
        turn(eve, "mina", do)
    with pytest.raises(Forbidden):
        turn(eve, "mina", do, "mina")


@pytest.mark.parametrize("do", ["raise", "lower", "pass"])
def test_members_act_for_nobody_else(eve, do):
    turn(eve, "paul", "give", "paul")
    with pytest.raises(Forbidden):
        turn(eve, "mina", do, "paul")
    assert names(eve, eve.room().turns) == ("paul", [])


def test_the_floor_is_given_to_nobody_who_is_not_there(eve):
    with pytest.raises(Invalid) as refused:
        turn(eve, "paul", "give", NOBODY)
    assert refused.value.fields == {"person": "Not here."}
    assert eve.log() == []


def test_outside_there_is_no_floor(eve):
    with pytest.raises(NotFound):
        turn(eve, "otto", "raise")


def test_when_the_meeting_is_over_hands_are_down(eve):
    room = eve.meeting()
    turn(eve, "mina", "raise", room=room)
    for to in ("open", "closed"):
        course.move(eve.unit, eve.who("paul"), MoveForm.parse({"room": room, "to": to}))
    for handle, do in (("mina", "raise"), ("paul", "take")):
        with pytest.raises(Conflict, match="over"):
            turn(eve, handle, do, room=room)


# ------------------------------------------------------------------ signs


def signs(eve: Evening, handle: str, message: str, sign: str = "hug", *, on: bool = True):
    form = ReactForm.parse({"message": message, "reaction": sign, "on": on})
    return tending.react(eve.unit, eve.who(handle), form)


def test_signs_of_several_people_are_counted_by_kind(eve):
    message = eve.says("mina")
    signs(eve, "mina", message)
    signs(eve, "paul", message)
    assert signs(eve, "paul", message, "thanks") == {"hug": 2, "thanks": 1}
    assert signs(eve, "mina", message, on=False) == {"hug": 1, "thanks": 1}


def test_a_sign_in_the_log_says_whose_which_and_how_many_now(eve):
    message = eve.says("mina")
    signs(eve, "paul", message)
    signs(eve, "paul", message, on=False)
    on, off = eve.body(2), eve.body(3)
    assert on == {
        "message": message,
        "reaction": "hug",
        "on": True,
        "count": 1,
        "reactions": {"hug": 1},
        "by": eve.cast["paul"],
    }
    assert (off["on"], off["count"], off["reactions"]) == (False, 0, {})


@pytest.mark.parametrize("on", [True, False])
def test_the_same_sign_again_changes_nothing_and_tells_nobody(eve, on):
    message = eve.says("mina")
    if on:
        signs(eve, "paul", message)
    lines = len(eve.log())
    assert signs(eve, "paul", message, on=on) == ({"hug": 1} if on else {})
    assert len(eve.log()) == lines


def test_a_sign_that_is_taken_off_is_ones_own_alone(eve):
    message, other = eve.says("mina"), eve.says("mina")
    for one in (message, other):
        signs(eve, "paul", one)
        signs(eve, "mo", one)
    signs(eve, "paul", message, "thanks")
    signs(eve, "paul", message, on=False)
    assert reactions_of(eve.unit, message) == {"hug": 1, "thanks": 1}
    assert reactions_of(eve.unit, other) == {"hug": 2}


@pytest.mark.parametrize("handle", ["mina", "paul"])
def test_words_that_are_gone_take_no_signs(eve, handle):
    message = eve.says("mina")
    tending.withdraw(eve.unit, eve.who("mina"), message)
    with pytest.raises(Conflict, match="not shown any more"):
        signs(eve, handle, message)


def test_words_that_wait_take_no_sign_and_for_others_they_are_not_there(eve):
    message = eve.says("mina", SELLING)
    with pytest.raises(Conflict):
        signs(eve, "mina", message)
    for handle in ("paul", "mo", "otto"):
        with pytest.raises(NotFound):
            signs(eve, handle, message)


def test_somebody_outside_signs_nothing(eve):
    message = eve.says("mina")
    with pytest.raises(NotFound):
        signs(eve, "otto", message)
    with pytest.raises(NotFound):
        signs(eve, "mina", NOBODY)


# ------------------------------------------------------------------ how far one has read


def reads(eve: Evening, handle: str, seq: int) -> int | None:
    tending.seen(eve.unit, eve.who(handle), SeenForm(eve.lounge, seq))
    eve.unit.session.expire_all()
    return seen_up_to(eve.unit, eve.who(handle), eve.lounge)


def test_reading_goes_forward_and_never_back_and_not_beyond_the_log(eve):
    for _ in range(4):
        eve.says("mina")
    assert seen_up_to(eve.unit, eve.who("paul"), eve.lounge) is None
    assert [reads(eve, "paul", seq) for seq in (2, 1, 3, 0, 99, 1)] == [2, 2, 3, 3, 4, 4]


def test_how_far_mina_has_read_is_not_how_far_paul_has(eve):
    eve.says("mina")
    eve.says("mina")
    assert reads(eve, "mina", 2) == 2
    assert reads(eve, "paul", 1) == 1
    assert seen_up_to(eve.unit, eve.who("mina"), eve.lounge) == 2


def test_reading_is_told_to_nobody(eve):
    eve.says("mina")
    before = len(eve.unit.announced)
    reads(eve, "paul", 1)
    assert len(eve.unit.announced) == before
    assert len(eve.log()) == 1


def test_otto_has_read_nothing_here(eve):
    with pytest.raises(NotFound):
        reads(eve, "otto", 0)


# ------------------------------------------------------------------ taken back and forgotten


def test_words_taken_back_are_gone_with_their_warning_and_their_notice(eve):
    message = eve.says("mina", "i took 2 mg and feel awful", warning="sleep")
    held = eve.says("mina", SELLING)
    assert eve.message(held).notice
    for one in (message, held):
        tending.withdraw(eve.unit, eve.who("mina"), one)
        eve.unit.session.flush()
        kept = eve.message(one)
        assert (kept.state, kept.body, kept.warning, kept.notice) == ("withdrawn", "", None, None)


def test_taking_back_is_told_once_and_only_where_somebody_saw_it(eve):
    shown, held = eve.says("mina"), eve.says("mina", SELLING)
    for one in (shown, held, shown, held):
        tending.withdraw(eve.unit, eve.who("mina"), one)
        eve.unit.session.flush()
    assert eve.kinds() == ["message", "removed"]


@pytest.mark.parametrize(("handle", "refusal"), [("paul", Forbidden), ("mo", Forbidden)])
def test_nobody_takes_back_the_words_of_another(eve, handle, refusal):
    message = eve.says("mina")
    with pytest.raises(refusal):
        tending.withdraw(eve.unit, eve.who(handle), message)
    assert eve.message(message).state == "visible"


@pytest.mark.parametrize("handle", ["paul", "otto"])
def test_held_words_of_another_are_not_there_to_be_taken_back(eve, handle):
    message = eve.says("mina", SELLING)
    with pytest.raises(NotFound):
        tending.withdraw(eve.unit, eve.who(handle), message)


def test_pinned_words_taken_back_leave_the_pin_empty_in_the_same_breath(eve):
    message = eve.says("mina")
    pin = SettingsForm.parse({"room": eve.lounge, "pinned": message})
    hosting.set_room(eve.unit, eve.who("paul"), pin)
    tending.withdraw(eve.unit, eve.who("mina"), message)
    assert eve.kinds() == ["message", "pinned", "removed", "pinned"]
    assert eve.room().pinned_id is None


def test_whoever_is_forgotten_leaves_no_word_no_warning_and_no_sign(eve):
    shown = eve.says("mina", "my own words", warning="sleep")
    held = eve.says("mina", SELLING)
    back = eve.says("mina", "i want to die tonight")
    tending.withdraw(eve.unit, eve.who("mina"), back)
    others = eve.says("paul", "words of paul")
    signs(eve, "mina", others)
    signs(eve, "mo", others)
    eve.unit.session.flush()
    tending.forget_words_of(eve.unit, eve.cast["mina"])
    for one in (shown, held, back):
        kept = eve.message(one)
        assert (kept.state, kept.body, kept.warning, kept.notice) == ("withdrawn", "", None, None)
    assert eve.message(others).body == "words of paul"
    assert reactions_of(eve.unit, others) == {"hug": 1}
    assert words_of(eve.unit, eve.cast["mina"]) == []
    left = select(func.count()).where(MessageReaction.account_id == eve.cast["mina"])
    assert eve.unit.session.scalar(left) == 0


def test_open_pages_hear_of_each_shown_word_of_whoever_is_forgotten_and_of_no_other(eve):
    shown = [eve.says("mina", "one"), eve.says("mina", "two")]
    eve.says("mina", SELLING)
    eve.says("paul", "words of paul")
    tending.seen(eve.unit, eve.who("mina"), SeenForm(eve.lounge, 2))
    tending.seen(eve.unit, eve.who("paul"), SeenForm(eve.lounge, 2))
    eve.unit.announced.clear()
    tending.forget_words_of(eve.unit, eve.cast["mina"])
    told = [one.event for one in eve.unit.announced if isinstance(one, RoomEventLogged)]
    assert [(one["kind"], one["message"]["id"]) for one in told] == [("removed", x) for x in shown]
    assert all("body" not in one["message"] for one in told)
    readers = eve.unit.session.scalars(select(RoomSeen.account_id)).all()
    assert readers == [eve.cast["paul"]]
    tending.forget_words_of(eve.unit, eve.cast["mina"])
    assert len(told) == eve.kinds().count("removed")


@pytest.mark.parametrize(("author", "stays"), [("mina", False), ("mo", True)])
def test_only_the_pinned_words_of_whoever_is_forgotten_leave_the_pin_empty(eve, author, stays):
    message = eve.says(author)
    pin = SettingsForm.parse({"room": eve.lounge, "pinned": message})
    hosting.set_room(eve.unit, eve.who("paul"), pin)
    tending.forget_words_of(eve.unit, eve.cast["mina"])
    assert eve.room().pinned_id == (message if stays else None)
    assert eve.kinds() == ["message", "pinned"] + ([] if stays else ["pinned", "removed"])
    assert eve.body(2 if stays else 3)["pinned"] == (message if stays else None)


def test_the_log_of_a_room_says_of_forgotten_words_only_that_they_were_there(eve):
    eve.says("mina", "heron by the weir", warning="grey")
    tending.forget_words_of(eve.unit, eve.cast["mina"])
    eve.unit.session.expire_all()
    lines, _ = events_after(eve.unit, eve.lounge, 0)
    found = str([lines, snapshot(eve.unit, eve.lounge)])
    assert "heron" not in found
    assert "grey" not in found
    assert lines[0]["message"]["state"] == "removed"


def test_an_export_holds_every_word_that_is_kept_and_none_that_is_gone(eve):
    eve.says("mina", "first")
    eve.later(minutes=1)
    gone = eve.says("mina", "never mind")
    eve.later(minutes=1)
    eve.says("mina", SELLING)
    eve.says("paul", "not hers")
    tending.withdraw(eve.unit, eve.who("mina"), gone)
    eve.unit.session.flush()
    found = words_of(eve.unit, eve.cast["mina"])
    assert [each["body"] for each in found] == ["first", SELLING]
    assert {each["room"] for each in found} == {eve.lounge}


def test_what_the_room_is_told_of_a_withdrawal_holds_no_words(eve):
    message = eve.says("mina", "heron by the weir", warning="grey")
    signs(eve, "paul", message)
    tending.withdraw(eve.unit, eve.who("mina"), message)
    told = eve.told(RoomEventLogged)[-1].event
    assert told["kind"] == "removed"
    assert set(told["message"]) == {"id", "room", "author", "at", "state", "seq"}
    assert "heron" not in str(told)
