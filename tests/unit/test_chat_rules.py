"""Who may do what in a room, how a meeting moves, whose turn it is: facts in, answers out."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.base.errors import (
    Banned,
    Conflict,
    Declined,
    Ended,
    Forbidden,
    Locked,
    Muted,
    SlowMode,
)
from support.chat.rules.meeting import Ask, Course, Move, moved
from support.chat.rules.places import (
    Hold,
    Kind,
    Said,
    Setting,
    Standing,
    can,
    check_may_edit,
    check_may_host,
    check_may_write,
    waits_for_moderator,
)
from support.chat.rules.scripts import NO_SCRIPT
from support.chat.rules.turns import Floor, Turn, Watch, changed
from support.chat.rules.words import notice_for

NOW = datetime(2030, 1, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)
WATCH = Watch(NOW)
MEMBER = Standing(enters=True, hosts=False)
HOST = Standing(enters=True, hosts=True)
LOUNGE = Setting(kind=Kind.LOUNGE, state="open")


def muted(until: datetime) -> Standing:
    return Standing(enters=True, hosts=False, muted_until=until)


def test_a_member_may_write_in_an_open_room() -> None:
    check_may_write(LOUNGE, MEMBER, None, NOW)


def test_a_muted_member_reads_and_is_told_how_long() -> None:
    with pytest.raises(Muted) as refused:
        check_may_write(LOUNGE, muted(LATER), None, NOW)
    assert refused.value.retry_after == 300


def test_a_mute_ends_by_itself() -> None:
    check_may_write(LOUNGE, muted(NOW), None, NOW)


def test_nobody_is_cut_off_in_a_crisis_room() -> None:
    room = Setting(kind=Kind.CRISIS, state="open", locked=True, slow_seconds=600)
    check_may_write(room, muted(LATER), NOW, NOW)


def test_somebody_taken_out_is_told_so() -> None:
    out = Standing(enters=True, hosts=False, removed_until=LATER)
    with pytest.raises(Banned):
        check_may_write(LOUNGE, out, None, NOW)


@pytest.mark.parametrize("state", ["planned", "lobby", "paused", "cancelled"])
def test_only_hosts_write_before_a_meeting_opens(state: str) -> None:
    room = Setting(kind=Kind.MEETING, state=state)
    with pytest.raises(Locked):
        check_may_write(room, MEMBER, None, NOW)
    check_may_write(room, HOST, None, NOW)


@pytest.mark.parametrize("standing", [MEMBER, HOST])
def test_nobody_writes_after_the_end(standing: Standing) -> None:
    with pytest.raises(Ended):
        check_may_write(Setting(kind=Kind.MEETING, state="closed"), standing, None, NOW)


def test_a_locked_room_is_for_hosts() -> None:
    room = Setting(kind=Kind.LOUNGE, state="open", locked=True)
    with pytest.raises(Locked):
        check_may_write(room, MEMBER, None, NOW)
    check_may_write(room, HOST, None, NOW)


def test_slow_mode_says_how_long_to_wait() -> None:
    room = Setting(kind=Kind.LOUNGE, state="open", slow_seconds=30)
    with pytest.raises(SlowMode) as refused:
        check_may_write(room, MEMBER, NOW - timedelta(seconds=10), NOW)
    assert refused.value.retry_after == 20
    check_may_write(room, MEMBER, NOW - timedelta(seconds=30), NOW)
    check_may_write(room, HOST, NOW, NOW)


def test_only_hosts_host() -> None:
    check_may_host(HOST)
    with pytest.raises(Forbidden):
        check_may_host(MEMBER)


def test_own_words_can_be_changed_for_ten_minutes() -> None:
    check_may_edit(True, Said.VISIBLE, NOW - timedelta(minutes=10), NOW)
    with pytest.raises(Ended):
        check_may_edit(True, Said.VISIBLE, NOW - timedelta(minutes=11), NOW)


def test_held_words_can_be_reworded_as_long_as_they_wait() -> None:
    check_may_edit(True, Said.HELD, NOW - timedelta(hours=5), NOW)


def test_words_of_others_cannot_be_changed() -> None:
    with pytest.raises(Forbidden):
        check_may_edit(False, Said.VISIBLE, NOW, NOW)


@pytest.mark.parametrize("state", [Said.REMOVED, Said.WITHDRAWN, Said.KEPT])
def test_what_is_gone_or_decided_cannot_be_changed(state: Said) -> None:
    with pytest.raises(Ended):
        check_may_edit(True, state, NOW, NOW)


@pytest.mark.parametrize(
    ("hold", "standing", "is_newcomer", "waits"),
    [
        (Hold.NONE, MEMBER, True, False),
        (Hold.NEWCOMERS, MEMBER, True, True),
        (Hold.NEWCOMERS, MEMBER, False, False),
        (Hold.ALL, MEMBER, False, True),
        (Hold.ALL, HOST, False, False),
    ],
)
def test_whose_words_wait(hold: Hold, standing: Standing, is_newcomer: bool, waits: bool) -> None:
    room = Setting(kind=Kind.LOUNGE, state="open", hold=hold)
    assert waits_for_moderator(room, standing, is_newcomer) is waits


def test_nobodys_words_wait_in_a_crisis_room() -> None:
    room = Setting(kind=Kind.CRISIS, state="open", hold=Hold.ALL)
    assert not waits_for_moderator(room, MEMBER, True)


def test_what_the_page_offers() -> None:
    assert "host" not in can(LOUNGE, MEMBER)
    assert "host" in can(LOUNGE, HOST)
    assert "move" in can(Setting(kind=Kind.MEETING, state="open"), HOST)


def test_a_meeting_moves_from_lobby_to_its_end() -> None:
    course = Course("planned", 0, LATER)
    for move in (Move.LOBBY, Move.OPEN, Move.STEP, Move.EXTEND, Move.CLOSING, Move.CLOSED):
        course = moved(course, Ask(move), NO_SCRIPT, LATER)
    assert course == Course("closed", 1, LATER + timedelta(minutes=5))


def test_a_move_that_does_not_follow_is_refused() -> None:
    with pytest.raises(Conflict):
        moved(Course("planned", 0, LATER), Ask(Move.CLOSING), NO_SCRIPT, LATER)


def test_nothing_moves_after_the_end() -> None:
    with pytest.raises(Ended):
        moved(Course("closed", 0, LATER), Ask(Move.OPEN), NO_SCRIPT, LATER)


@given(st.lists(st.sampled_from(list(Move)), max_size=30))
def test_whatever_is_asked_a_meeting_stays_on_its_course(moves: list[Move]) -> None:
    course = Course("planned", 0, LATER)
    seen_end = False
    for move in moves:
        try:
            course = moved(course, Ask(move), NO_SCRIPT, LATER)
        except Declined:
            continue
        assert not seen_end
        seen_end = course.state == "closed"
    assert course.ends_at >= LATER


def test_hands_go_up_in_order_and_the_floor_is_given_once() -> None:
    floor = Floor(None, ())
    for person in ("mina", "max", "mina"):
        floor = changed(floor, Turn.RAISE, person, WATCH)
    assert floor.queue == ("mina", "max")
    floor = changed(floor, Turn.GIVE, "mina", WATCH)
    assert floor == Floor("mina", ("max",))
    assert changed(floor, Turn.PASS, "max", WATCH) == floor
    assert changed(floor, Turn.PASS, "mina", WATCH) == Floor(None, ("max",))
    assert changed(floor, Turn.TAKE, "paul", WATCH).holder is None
    assert changed(floor, Turn.LOWER, "max", WATCH).queue == ()


@given(st.lists(st.tuples(st.sampled_from(list(Turn)), st.sampled_from("abc")), max_size=40))
def test_nobody_waits_twice_or_waits_for_a_floor_they_have(steps: list[tuple[Turn, str]]) -> None:
    floor = Floor(None, ())
    for do, person in steps:
        with suppress(Conflict):
            floor = changed(floor, do, person, WATCH)
        assert len(set(floor.queue)) == len(floor.queue)
        assert floor.holder not in floor.queue


def test_danger_is_spoken_of_before_why_words_wait() -> None:
    words = notice_for(("sourcing", "abrupt_stop"), "sourcing", waits=False)
    assert words is not None
    assert words.label == "abrupt_stop"
    assert words.shows_help
    assert words.text.startswith("Did you stop all at once")


def test_a_held_dose_is_explained_without_blame() -> None:
    words = notice_for(("dosing_advice",), "dosing_advice", waits=False)
    assert words is not None
    assert "doctors" in words.text
    assert not words.shows_help


def test_ordinary_words_bring_no_notice() -> None:
    assert notice_for((), None, waits=False) is None
    waiting = notice_for((), None, waits=True)
    assert waiting is not None
    assert waiting.label == "room_hold"


def test_worry_about_somebody_else_has_its_own_card_before_the_card_for_the_body():
    words = notice_for(("crisis_medical", "third_party_concern"), None, waits=False)
    assert words is not None
    assert words.label == "third_party_concern"
    assert words.shows_help
    own = notice_for(("crisis_self_harm", "third_party_concern"), None, waits=False)
    assert own is not None
    assert own.label == "crisis_self_harm"
