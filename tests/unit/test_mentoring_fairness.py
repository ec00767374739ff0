"""Nobody is flooded and nobody is told of a place that is not there: laws of the matching."""

from hypothesis import given, settings
from hypothesis import strategies as st

from support.mentoring.rules.hours import Slot, in_zone, of_week
from support.mentoring.rules.matching import (
    MOST_WAITING,
    Offer,
    Seeker,
    Why,
    fits,
    propose,
    shared_out,
)
from tests.unit.test_mentoring_rules import EVENING, MINA, MORNING, SUMMER, WINTER, offer

EN, NIGHTS = frozenset({"en"}), frozenset({"night work"})


def named(seeker, *offers):
    return [one.handle for one in propose(seeker, offers)]


def test_what_a_mentor_has_been_through_counts_and_is_said():
    seeker = Seeker("mina", frozenset(), "", EN, frozenset(), 0, NIGHTS | {"sleep"})
    [one] = propose(seeker, [offer("paul", experience=NIGHTS)])
    assert (one.known, Why.EXPERIENCE in one.why) == (("night work",), True)
    assert named(seeker, offer("ash"), offer("zoe", experience=NIGHTS)) == ["zoe", "ash"]


def test_experience_alone_never_outweighs_the_same_medicine():
    seeker = Seeker("mina", frozenset({"diazepam"}), "", EN, frozenset(), 0, NIGHTS | {"a", "b"})
    other = offer("zoe", substances=frozenset({"x"}), experience=NIGHTS | {"a", "b"})
    assert named(seeker, other, offer("ash")) == ["ash", "zoe"]


def test_of_two_alike_the_one_with_fewer_requests_comes_first():
    assert named(MINA, offer("ash", asked=2), offer("zoe")) == ["zoe", "ash"]


def test_whom_many_have_asked_is_left_out_where_others_fit_and_only_there():
    flooded = offer("ash", asked=MOST_WAITING)
    weaker = offer("zoe", substances=frozenset({"x"}), stages=frozenset())
    assert named(MINA, flooded, weaker) == ["zoe"]
    assert named(MINA, flooded) == ["ash"]
    assert named(MINA, offer("ash", asked=MOST_WAITING - 1), weaker) == ["ash", "zoe"]


def test_the_longest_wait_is_told_first_and_each_place_once():
    line = [(Seeker(name, frozenset(), "", EN, frozenset(), 0), ()) for name in ("a", "b", "c")]
    assert shared_out(line, [offer("paul", mentees=1)]) == {"a": "paul", "b": "paul"}
    assert shared_out(line, [offer("paul", mentees=1, asked=2)]) == {}
    assert shared_out([(line[0][0], {"paul"}), line[1]], [offer("paul", most=1)]) == {"b": "paul"}


WORDS = st.frozensets(st.sampled_from("abcd"), max_size=3)
HOURS = st.sampled_from([0, EVENING, MORNING])
SEEKER = st.builds(
    Seeker, st.uuids().map(str), WORDS, st.sampled_from("abc"), WORDS, WORDS, HOURS, WORDS
)
OFFER = st.builds(
    lambda n, words, numbers, experience, hours: Offer(
        f"m{n}", f"m{n}", *words, hours, *numbers, False, experience, numbers[0]
    ),
    st.integers(0, 10**9),
    st.tuples(WORDS, WORDS, WORDS, WORDS),
    st.tuples(st.integers(0, 3), st.integers(0, 6)),
    WORDS,
    HOURS,
)
OFFERS = st.lists(OFFER, max_size=8, unique_by=lambda one: one.id)


@settings(max_examples=25, derandomize=True, deadline=None)
@given(st.lists(SEEKER, max_size=10, unique_by=lambda one: one.id), OFFERS)
def test_no_place_is_told_to_more_people_than_it_has_room_for(line, offers):
    told = shared_out([(one, ()) for one in line], offers)
    by_id = {one.id: one for one in offers}
    seekers = {one.id: one for one in line}
    for member, mentor in told.items():
        assert fits(seekers[member], by_id[mentor])
    for mentor in set(told.values()):
        one = by_id[mentor]
        assert list(told.values()).count(mentor) <= one.most - one.mentees - one.asked


@settings(max_examples=25, derandomize=True, deadline=None)
@given(SEEKER, OFFERS)
def test_whoever_is_told_nothing_had_nobody_who_fits_with_room(seeker, offers):
    if shared_out([(seeker, ())], offers) == {}:
        assert not any(fits(seeker, one) and one.most > one.mentees + one.asked for one in offers)


ZONES = st.sampled_from(["Europe/Lisbon", "America/New_York", "Asia/Kolkata", "UTC"])


@settings(max_examples=25, derandomize=True, deadline=None)
@given(
    st.builds(Slot, st.integers(0, 6), st.integers(0, 1439), st.integers(1, 720)),
    ZONES,
    ZONES,
    st.sampled_from([WINTER, SUMMER]),
)
def test_hours_on_another_wall_are_the_same_hours(slot, theirs, mine, week):
    moved = in_zone(slot, theirs, mine, week)
    assert of_week([moved], mine, week) == of_week([slot], theirs, week)
