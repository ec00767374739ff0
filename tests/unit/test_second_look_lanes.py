"""Who waits for a second look: bounded, flagged ones first, the oldest first, each once."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from support.moderation.rules.lanes import MOST, Lanes, Lately

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)


def at(seconds):
    return NOON + timedelta(seconds=seconds)


def filled(*plain, flagged=(), most=MOST):
    lanes = Lanes(most)
    for second, one in enumerate(plain):
        lanes.add(one, at(second), first=False)
    for second, one in enumerate(flagged):
        lanes.add(one, at(100 + second), first=True)
    return lanes


def taken(lanes, count=99):
    return [each.id for each in lanes.take(count)]


def test_nobody_waits_at_first():
    lanes = Lanes()
    assert len(lanes) == 0
    assert lanes.take(5) == []
    assert lanes.oldest() is None


def test_the_oldest_is_looked_at_first():
    assert taken(filled("a", "b", "c")) == ["a", "b", "c"]


def test_what_tier_one_flagged_goes_before_all_others():
    assert taken(filled("a", "b", flagged=["x", "y"])) == ["x", "y", "a", "b"]


def test_a_few_at_a_time():
    lanes = filled("a", "b", "c", flagged=["x"])
    assert taken(lanes, 2) == ["x", "a"]
    assert taken(lanes, 2) == ["b", "c"]
    assert len(lanes) == 0


def test_a_message_waits_once_however_often_it_is_heard_of():
    lanes = filled("a", "a", "a")
    assert taken(lanes) == ["a"]


def test_a_flag_moves_a_waiting_message_forward_and_keeps_its_time():
    lanes = filled("a", "b")
    lanes.add("b", at(50), first=True)
    first, second = lanes.take(2)
    assert (first.id, first.since) == ("b", at(1))
    assert second.id == "a"


def test_a_flagged_message_is_not_moved_back_by_a_plain_word_of_it():
    lanes = filled("a", flagged=["x"])
    lanes.add("x", at(200), first=False)
    assert taken(lanes) == ["x", "a"]


def test_when_it_is_too_many_the_oldest_plain_one_is_let_go():
    lanes = filled("a", "b", "c", most=3)
    assert lanes.add("d", at(9), first=False) == 1
    assert taken(lanes) == ["b", "c", "d"]


def test_a_flagged_one_pushes_a_plain_one_out():
    lanes = filled("a", "b", most=2)
    assert lanes.add("x", at(9), first=True) == 1
    assert taken(lanes) == ["x", "b"]


def test_plain_ones_never_push_a_flagged_one_out():
    lanes = filled(flagged=["x", "y"], most=2)
    assert lanes.add("a", at(9), first=False) == 1
    assert taken(lanes) == ["x", "y"]


def test_of_flagged_ones_alone_the_newest_is_let_go():
    lanes = filled(flagged=["x", "y"], most=2)
    assert lanes.add("z", at(9), first=True) == 1
    assert taken(lanes) == ["x", "y"]


def test_the_one_that_waits_longest_is_known_across_both_lanes():
    lanes = filled("a", "b", flagged=["x"])
    assert lanes.oldest() == at(0)
    lanes.take(2)
    assert lanes.oldest() == at(1)


@given(st.lists(st.tuples(st.integers(0, 30), st.booleans()), max_size=200), st.integers(1, 12))
def test_it_never_holds_more_than_it_may_and_loses_count_of_nobody(heard, most):
    lanes, gone, seen = Lanes(most), 0, set()
    for second, (number, first) in enumerate(heard):
        gone += lanes.add(str(number), at(second), first=first)
        seen.add(str(number))
        assert len(lanes) <= most
    left = taken(lanes)
    assert len(left) == len(set(left))
    assert set(left) <= seen
    assert len(left) + gone >= len(seen)


def test_one_that_was_flagged_stays_flagged_while_it_is_carried():
    lanes = Lanes()
    lanes.add("plain", NOON, first=False)
    lanes.add("flagged", NOON, first=True)
    assert [(each.id, each.first) for each in lanes.take(2)] == [
        ("flagged", True),
        ("plain", False),
    ]


def test_what_was_looked_at_is_remembered_as_it_stood():
    lately = Lately()
    lately.note("m1", NOON)
    assert lately.has("m1", NOON)
    assert not lately.has("m1", NOON + timedelta(seconds=1)), "it was reworded since"
    assert not lately.has("m2", NOON)


def test_only_the_newest_looks_are_remembered():
    lately = Lately(2)
    for name in ("m1", "m2", "m1", "m3"):
        lately.note(name, NOON)
    assert [lately.has(name, NOON) for name in ("m1", "m2", "m3")] == [True, False, True]
