"""Whatever hosts do, whoever crashes and however late somebody comes: one state, everywhere."""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from support.base.clock import wire
from support.base.errors import Conflict, Declined, Ended
from support.chat.rules import turns
from support.chat.rules.meeting import (
    EXTEND_MINUTES,
    OVER,
    Ask,
    Course,
    Move,
    at_step,
    debriefed,
    moved,
    paused_for,
    rescripted,
)
from support.chat.rules.scripts import NO_SCRIPT, TEMPLATES, Script, Step, Template, read
from support.chat.rules.turns import Floor, Turn, Watch, place_of, wound_on

NOW = datetime(2030, 1, 1, 22, tzinfo=UTC)
HOUR = timedelta(hours=1)
SCRIPTS = st.sampled_from([NO_SCRIPT, *TEMPLATES.values(), Script((Step("Only one", 9),))])
PEOPLE = st.sampled_from(["mina", "max", "fern", "paul"])


def told(course: Course) -> dict[str, object]:
    """The course as it stands in the log and the database."""
    times = (course.ends_at, course.step_ends_at, course.paused_at)
    return {
        "state": course.state,
        "step": course.step,
        "times": [wire(at) if at else None for at in times],
    }


def understood(body: dict) -> Course:
    """The course as somebody reads it who knows nothing else."""
    times = [datetime.fromisoformat(at) if at else None for at in body["times"]]
    return Course(body["state"], body["step"], *times)


class Client:
    """Somebody with a page: a snapshot once, then the events of the log, in order."""

    def __init__(self, server: "Meeting") -> None:
        self.cursor = len(server.log)
        self.view = server.snapshot()

    def catch_up(self, server: "Meeting") -> None:
        for kind, body in server.log[self.cursor :]:
            self.view[kind] = json.loads(body)
        self.cursor = len(server.log)


class Meeting(RuleBasedStateMachine):
    """A meeting as server and clients live it; the log is all that passes between them."""

    @initialize(script=SCRIPTS)
    def planned(self, script: Script) -> None:
        self.now = NOW
        self.script = script
        self.course = Course("planned", 0, NOW + HOUR)
        self.floor = Floor()
        self.log: list[tuple[str, str]] = []
        self.clients = [Client(self)]
        self.was_over = False
        self.ended_at_least = NOW + HOUR

    def snapshot(self) -> dict[str, object]:
        course, floor = json.dumps(told(self.course)), json.dumps(self.floor.kept())
        return {"meeting": json.loads(course), "turn": json.loads(floor)}

    def write(self, course: Course | None = None, floor: Floor | None = None) -> None:
        if course is not None:
            self.course = course
            self.log.append(("meeting", json.dumps(told(course))))
        if floor is not None and floor != self.floor:
            self.floor = floor
            self.log.append(("turn", json.dumps(floor.kept())))

    @rule(move=st.sampled_from(list(Move)), step=st.none() | st.integers(0, 7))
    def host_moves(self, move: Move, step: int | None) -> None:
        before = self.course
        try:
            after = moved(before, Ask(move, step), self.script, self.now)
        except Declined:
            return
        floor = self.floor
        if before.paused_at and after.paused_at is None:
            floor = wound_on(floor, paused_for(before, self.now))
        self.write(after, Floor() if after.state in OVER else floor)

    @rule(script=SCRIPTS)
    def host_changes_the_script(self, script: Script) -> None:
        if self.course.state not in OVER:
            after = rescripted(self.course, self.script, script, self.now)
            self.script = read(json.loads(json.dumps(script.kept())))
            self.write(after)

    @rule(do=st.sampled_from(list(Turn)), person=PEOPLE, seconds=st.sampled_from([0, 90]))
    def somebody_takes_a_turn(self, do: Turn, person: str, seconds: int) -> None:
        if self.course.state not in OVER:
            with suppress(Conflict):
                watch = Watch(self.now, seconds)
                self.write(floor=turns.changed(self.floor, do, person, watch))

    @rule(seconds=st.integers(1, 2400))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule()
    def server_is_killed_and_reads_what_was_kept(self) -> None:
        self.course = understood(json.loads(json.dumps(told(self.course))))
        self.floor = turns.read(json.loads(json.dumps(self.floor.kept())))

    @rule()
    def somebody_comes_late_or_reloads(self) -> None:
        self.clients.append(Client(self))

    @rule(which=st.integers(0, 99))
    def somebody_catches_up(self, which: int) -> None:
        self.clients[which % len(self.clients)].catch_up(self)

    @invariant()
    def whoever_has_caught_up_sees_what_the_server_sees(self) -> None:
        for client in getattr(self, "clients", ()):
            if client.cursor == len(self.log):
                assert client.view == self.snapshot()
                assert understood(client.view["meeting"]) == self.course
                assert turns.read(client.view["turn"]) == self.floor

    @invariant()
    def the_course_makes_sense(self) -> None:
        if not hasattr(self, "course"):
            return
        if self.was_over:
            assert self.course.state in OVER
        self.was_over = self.course.state in OVER
        assert (self.course.paused_at is not None) == (self.course.state == "paused")
        assert self.course.ends_at >= self.ended_at_least
        self.ended_at_least = self.course.ends_at
        if self.script.steps and self.course.step_ends_at is not None:
            assert self.course.step < len(self.script.steps)
        if self.course.state == "open" and self.script.steps:
            assert self.course.step_ends_at is not None

    @invariant()
    def nobody_waits_for_what_they_have_and_listeners_are_left_in_peace(self) -> None:
        floor = getattr(self, "floor", Floor())
        assert len(set(floor.queue)) == len(floor.queue)
        assert floor.holder not in floor.queue
        assert not {floor.holder, *floor.queue} & set(floor.listening)
        assert floor.holder is not None or floor.ends_at is None

    def teardown(self) -> None:
        for client in getattr(self, "clients", ()):
            client.catch_up(self)
            assert client.view == self.snapshot()


TestMeeting = Meeting.TestCase
TestMeeting.settings = settings(max_examples=120, stateful_step_count=30, deadline=None)


# ------------------------------------------------------------------ the clock of a step

SLEEP = TEMPLATES[Template.SLEEP]


@pytest.fixture
def begun() -> Course:
    return moved(Course("lobby", 0, NOW + HOUR), Ask(Move.OPEN), SLEEP, NOW)


def after(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def test_the_first_step_begins_when_the_host_begins_not_when_it_was_planned(begun):
    late = moved(Course("lobby", 0, NOW + HOUR), Ask(Move.OPEN), SLEEP, after(4))
    assert begun.step_ends_at == after(5)
    assert late.step_ends_at == after(9)
    assert late.ends_at == NOW + HOUR


def test_next_goes_on_to_the_time_of_the_next_step(begun):
    second = moved(begun, Ask(Move.STEP), SLEEP, after(6))
    assert (second.step, second.step_ends_at) == (1, after(26))
    named = moved(second, Ask(Move.STEP, 4), SLEEP, after(30))
    assert (named.step, named.step_ends_at) == (4, after(40))


def test_two_hosts_who_press_next_at_once_skip_no_step(begun):
    first = moved(begun, Ask(Move.STEP, 1), SLEEP, after(5))
    assert moved(first, Ask(Move.STEP, 1), SLEEP, after(5.1)) == first


def test_after_the_last_step_comes_the_end_not_another_step(begun):
    last = moved(begun, Ask(Move.STEP, 4), SLEEP, NOW)
    with pytest.raises(Conflict, match="last step"):
        moved(last, Ask(Move.STEP), SLEEP, NOW)
    with pytest.raises(Conflict, match="last step"):
        moved(begun, Ask(Move.STEP, 50), SLEEP, NOW)


def test_five_minutes_more_are_five_for_the_step_and_for_the_meeting(begun):
    longer = moved(begun, Ask(Move.EXTEND), SLEEP, after(1))
    assert longer.step_ends_at == after(5 + EXTEND_MINUTES)
    assert longer.ends_at == NOW + HOUR + timedelta(minutes=EXTEND_MINUTES)
    assert longer.step == begun.step


def test_more_time_after_the_end_is_counted_from_now(begun):
    longer = moved(begun, Ask(Move.EXTEND, None, 10), SLEEP, after(75))
    assert longer.step_ends_at == longer.ends_at == after(85)


def test_a_pause_takes_nothing_from_the_step(begun):
    paused = moved(begun, Ask(Move.PAUSED), SLEEP, after(2))
    assert paused_for(paused, after(10)) == timedelta(minutes=8)
    on = moved(paused, Ask(Move.OPEN), SLEEP, after(12))
    assert on == replace(begun, step_ends_at=after(15))
    assert paused_for(on, after(20)) == timedelta()


def test_a_pause_takes_nothing_from_a_turn_either():
    floor = Floor("mina", ("max",), (), after(2))
    assert wound_on(floor, timedelta(minutes=8)).ends_at == after(10)
    assert wound_on(Floor("mina"), timedelta(minutes=8)) == Floor("mina")


def test_what_was_closing_may_go_on_where_it_was(begun):
    closing = moved(begun, Ask(Move.CLOSING), SLEEP, after(50))
    assert moved(closing, Ask(Move.OPEN), SLEEP, after(51)) == begun


def test_without_a_script_steps_are_only_counted():
    free = moved(Course("open", 3, NOW + HOUR), Ask(Move.STEP), NO_SCRIPT, NOW)
    assert (free.step, free.step_ends_at) == (4, None)


def test_another_script_keeps_the_place_and_its_time(begun):
    topic = TEMPLATES[Template.TOPIC]
    assert rescripted(begun, SLEEP, topic, after(3)) == begun
    short = Script((Step("All", 10),))
    far = at_step(begun, 3, SLEEP, NOW)
    cut = rescripted(far, SLEEP, short, after(3))
    assert (cut.step, cut.step_ends_at) == (0, after(13))
    assert rescripted(begun, SLEEP, NO_SCRIPT, after(3)).step_ends_at is None


def test_a_script_given_in_the_lobby_or_in_mid_meeting_begins_when_it_can(begun):
    lobby = Course("lobby", 0, NOW + HOUR)
    assert rescripted(lobby, NO_SCRIPT, SLEEP, NOW) == lobby
    free = Course("open", 0, NOW + HOUR)
    assert rescripted(free, NO_SCRIPT, SLEEP, after(7)).step_ends_at == after(12)
    stopped = Course("paused", 0, NOW + HOUR, None, after(1))
    given = rescripted(stopped, NO_SCRIPT, SLEEP, after(7))
    assert moved(given, Ask(Move.OPEN), SLEEP, after(9)).step_ends_at == after(14)


def test_a_meeting_is_debriefed_once_it_is_closed_and_not_before(begun):
    closed = moved(begun, Ask(Move.CLOSED), SLEEP, NOW)
    over = debriefed(closed)
    assert over.state == "debriefed"
    assert debriefed(over) is over
    with pytest.raises(Conflict, match="not over"):
        debriefed(begun)
    for move in Move:
        with pytest.raises(Ended):
            moved(over, Ask(move), SLEEP, NOW)


# ------------------------------------------------------------------ turns


def does(floor: Floor, do: Turn, person: str, seconds: int = 0) -> Floor:
    return turns.changed(floor, do, person, Watch(NOW, seconds))


def test_a_turn_has_its_time_from_the_moment_it_is_given():
    floor = does(does(Floor(), Turn.RAISE, "mina"), Turn.GIVE, "mina", 90)
    assert floor.ends_at == NOW + timedelta(seconds=90)
    assert does(floor, Turn.GIVE, "mina", 300) == floor
    assert does(floor, Turn.PASS, "mina").ends_at is None
    assert does(floor, Turn.TAKE, "paul").ends_at is None
    assert does(Floor(), Turn.GIVE, "mina").ends_at is None


def test_places_are_counted_from_one_in_the_order_of_hands():
    floor = Floor("paul", ("mina", "max"))
    assert [place_of(floor, who) for who in ("mina", "max", "paul")] == [1, 2, None]


def test_whoever_just_listens_is_not_given_the_floor_and_may_change_their_mind():
    floor = does(does(Floor(), Turn.RAISE, "mina"), Turn.LISTEN, "mina")
    assert (floor.queue, floor.listening) == ((), ("mina",))
    assert does(floor, Turn.LISTEN, "mina") == floor
    with pytest.raises(Conflict, match="listening"):
        does(floor, Turn.GIVE, "mina")
    assert does(floor, Turn.RAISE, "mina") == Floor(None, ("mina",))
    assert does(floor, Turn.LOWER, "mina") == Floor()


def test_who_speaks_and_would_rather_listen_frees_the_floor():
    floor = Floor("mina", ("max",), (), after(1))
    assert does(floor, Turn.LISTEN, "mina") == Floor(None, ("max",), ("mina",))


@pytest.mark.parametrize("kept", [{}, Floor("a", ("b",), ("c",), NOW).kept()])
def test_the_floor_is_read_as_it_was_kept(kept):
    read_again: Callable[[dict], dict] = lambda found: turns.read(found).kept()  # noqa: E731
    assert read_again(read_again(kept)) == read_again(kept)


def test_who_is_not_here_any_more_has_neither_hand_nor_floor():
    floor = Floor("mina", ("max",), ("fern",), NOW)
    assert turns.gone(floor, "mina") == Floor(None, ("max",), ("fern",))
    assert turns.gone(floor, "max") == Floor("mina", (), ("fern",), NOW)
    assert turns.gone(floor, "fern") == Floor("mina", ("max",), (), NOW)
    assert turns.gone(floor, "paul") == floor
