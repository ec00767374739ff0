"""Whoever keeps sending what no client sends is served after everybody; a slip or two is free."""

import gevent
import pytest
from gevent.event import Event

from support.web import manners
from support.web.manners import (
    FORGIVEN_IN,
    FREE,
    HALF_A_SLIP,
    LONGEST_REST,
    MOST,
    MOST_KNOWN,
    MOST_PACKETS,
    PACKETS_IN,
    RESTS,
    Lane,
    Manners,
    Pace,
    in_turn,
    must_come_later,
)


class Watch:
    """A clock that is set by hand; who rests moves it on."""

    def __init__(self):
        self.at = 100.0
        self.rests = []

    def now(self):
        return self.at

    def rest(self, seconds):
        self.rests.append(round(seconds, 6))
        self.at += seconds


@pytest.fixture
def watch():
    return Watch()


@pytest.fixture
def known(watch):
    return Manners(watch.now)


def slips(known, token, times, weight=1.0):
    for _ in range(times):
        known.slipped(token, weight)


@pytest.mark.parametrize(("times", "poor"), [(0, False), (1, False), (3, False), (4, True)])
def test_three_slips_are_free(known, times, poor):
    slips(known, "mina", times)
    assert known.are_poor("mina") is poor
    assert not known.are_poor("paul")


def test_an_event_that_is_none_of_ours_counts_half(known):
    slips(known, "mina", int(FREE / HALF_A_SLIP), HALF_A_SLIP)
    assert not known.are_poor("mina")
    known.slipped("mina", HALF_A_SLIP)
    assert known.are_poor("mina")


def test_a_slip_is_forgiven_in_ten_seconds_and_never_counted_again(known, watch):
    slips(known, "mina", 4)
    watch.at += FORGIVEN_IN
    assert not known.are_poor("mina")
    known.slipped("mina")
    assert known.are_poor("mina")
    watch.at += 10 * FORGIVEN_IN
    known.slipped("mina")
    assert not known.are_poor("mina")


def test_a_phone_that_loses_its_line_every_few_seconds_with_half_a_frame_is_let_be(known, watch):
    for _ in range(50):
        watch.at += FORGIVEN_IN
        known.slipped("mina")
        assert not known.are_poor("mina")


def test_nobody_waits_longer_for_their_good_name_than_the_most(known, watch):
    slips(known, "otto", 10_000)
    watch.at += (MOST - FREE) * FORGIVEN_IN
    assert not known.are_poor("otto")


def test_what_is_remembered_is_bounded_and_the_forgiven_go_first(known, watch):
    slips(known, "old", 4)
    watch.at += MOST * FORGIVEN_IN
    slips(known, "otto", 5)
    for number in range(MOST_KNOWN - 2):
        known.slipped(f"n{number}")
    known.slipped("one more")
    assert known.are_poor("otto")
    assert "old" not in known._slips
    for number in range(MOST_KNOWN):
        known.slipped(f"m{number}")
    assert len(known._slips) <= MOST_KNOWN


def test_a_pace_no_page_keeps_is_too_fast_for_ten_seconds_and_for_nobody_else(watch):
    pace = Pace(watch.now)
    assert not any(pace.is_too_fast("mina") for _ in range(MOST_PACKETS))
    assert pace.is_too_fast("mina")
    assert not pace.is_too_fast("paul")
    watch.at += PACKETS_IN
    assert not pace.is_too_fast("mina")
    assert pace._counts == {"mina": 1}


def test_the_lane_rests_in_proportion_to_the_work_before(watch):
    lane = Lane(watch.now, watch.rest)
    with lane.turn():
        watch.at += 0.001
    assert watch.rests == []
    with lane.turn():
        pass
    assert watch.rests == [round(0.001 * RESTS, 6)]


def test_a_rest_is_never_long_and_what_passed_meanwhile_counts_as_rest(watch):
    lane = Lane(watch.now, watch.rest)
    with lane.turn():
        watch.at += 5
    with lane.turn():
        pass
    assert watch.rests == [LONGEST_REST]
    with lane.turn():
        watch.at += 0.001
    watch.at += 1
    with lane.turn():
        pass
    assert watch.rests == [LONGEST_REST]


def test_a_failure_ends_its_turn_and_the_next_one_comes(watch):
    lane = Lane(watch.now, watch.rest)
    with pytest.raises(ValueError, match="bad"), lane.turn():
        raise ValueError("bad")
    with lane.turn():
        pass


def test_one_at_a_time_in_the_order_of_asking(watch):
    lane, seen = Lane(watch.now, watch.rest), []

    def work(name):
        with lane.turn():
            seen.append(f"{name} begins")
            gevent.sleep(0)
            seen.append(f"{name} ends")

    gevent.joinall([gevent.spawn(work, name) for name in "abc"], raise_error=True)
    assert seen == [f"{name} {what}" for name in "abc" for what in ("begins", "ends")]


def test_a_lane_in_which_many_wait_takes_no_more_handshakes_and_has_room_again(
    house, known, monkeypatch
):
    monkeypatch.setattr(manners, "MOST_WAITING", 2)
    slips(known, "otto", 4)
    over = Event()

    def work():
        with house.turn():
            over.wait()

    waiting = [gevent.spawn(work) for _ in range(3)]
    gevent.sleep(0)
    assert must_come_later("otto")
    assert not must_come_later("mina")
    over.set()
    gevent.joinall(waiting, raise_error=True)
    assert not must_come_later("otto")


@pytest.fixture
def house(monkeypatch, known, watch):
    """The house's own memory and lane, with a clock that is set by hand."""
    lane = Lane(watch.now, watch.rest)
    monkeypatch.setattr(manners, "MANNERS", known)
    monkeypatch.setattr(manners, "LANE", lane)
    return lane


def test_everybody_else_goes_past_a_full_lane(house, known):
    slips(known, "otto", 4)
    with in_turn("otto"):
        assert house._turn.locked()
        with in_turn("mina"), in_turn(""):
            pass


def test_whoever_asks_for_help_waits_behind_nobody(house, known):
    slips(known, "otto", 4)
    with in_turn("otto", '420["typing",{"room":"x"}]'), in_turn("otto", '421["help:now",{}]'):
        assert house._turn.locked()
    far = '42["typing",{"room":"' + "x" * 40 + '"help:now"}]'
    with in_turn("otto", far):
        assert house._turn.locked()
