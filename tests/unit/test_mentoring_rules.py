"""Hours that overlap, who fits whom, the training, and who may say yes: no database."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.base.actor import Actor, Role
from support.base.errors import Conflict, Forbidden, Invalid
from support.mentoring.forms import ApplyForm, LimitsForm, SearchForm, SwitchForm, VoteForm
from support.mentoring.rules import caps
from support.mentoring.rules.hours import WEEK_MINUTES, Slot, minutes_in, of_week, read_slot
from support.mentoring.rules.matching import MOST_PROPOSALS, Offer, Seeker, Why, fits, propose
from support.mentoring.rules.training import QUESTIONS, wrong_answers

WINTER, SUMMER = date(2026, 1, 14), date(2026, 7, 15)
RIGHT = {f"q_{each.id}": each.right for each in QUESTIONS}
APPLICATION = {
    "finished_on": "2025-03-01",
    "substances": "diazepam, Zopiclone",
    "stages": "tapering",
    "languages": "en, pt",
    "not_taken": "alcohol",
    "hours": "tue 19:00-21:00\nsun 8:00-9:30",
    "why": "Somebody did it for me.",
    "agree": "1",
    **RIGHT,
}


def actor_like(role, handle="somebody"):
    return Actor(
        id=handle,
        handle=handle,
        role=role,
        country="PT",
        timezone="Europe/Lisbon",
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


# ------------------------------------------------------------------ hours


@pytest.mark.parametrize(
    ("typed", "slot"),
    [
        ("tue 19:00-21:00", Slot(1, 1140, 120)),
        ("Tuesday 19:00 - 21:00", Slot(1, 1140, 120)),
        ("sun 23:00-1:30", Slot(6, 1380, 150)),
        ("mon 0:00-24:00", None),
        ("mon 22:00-24:00", Slot(0, 1320, 120)),
        ("tue 19:00", None),
        ("day 19:00-21:00", None),
        ("tue 25:00-26:00", None),
        ("tue 19:61-20:00", None),
        ("tue 19:00-19:00", None),
        ("tue 19:00-24:30", None),
        ("", None),
    ],
)
def test_hours_are_read_as_people_write_them(typed, slot):
    assert read_slot(typed) == slot


@given(st.integers(0, 6), st.integers(0, 1439), st.integers(1, 1439))
def test_what_is_written_is_read_back(weekday, start, minutes):
    slot = Slot(weekday, start, minutes)
    assert read_slot(str(slot)) == slot


@given(st.integers(0, 6), st.integers(0, 1439), st.integers(1, 1439))
def test_a_slot_covers_its_minutes_wherever_in_the_week_it_lies(weekday, start, minutes):
    for timezone in ("UTC", "Pacific/Auckland", "America/Los_Angeles", "Asia/Kathmandu"):
        covered = of_week([Slot(weekday, start, minutes)], timezone, WINTER)
        assert minutes_in(covered) == minutes
        assert covered < 1 << WEEK_MINUTES


def overlap(one, zone_one, two, zone_two, on):
    first = of_week([read_slot(one)], zone_one, on)
    return minutes_in(first & of_week([read_slot(two)], zone_two, on))


@pytest.mark.parametrize(
    ("one", "two", "on", "minutes"),
    [
        (("tue 19:00-21:00", "UTC"), ("tue 14:00-16:00", "America/New_York"), WINTER, 120),
        (("tue 19:00-21:00", "Europe/London"), ("tue 19:00-21:00", "Europe/Berlin"), WINTER, 60),
        (("tue 19:00-21:00", "Europe/London"), ("tue 20:00-22:00", "Europe/Berlin"), SUMMER, 120),
        (("mon 8:00-9:00", "Pacific/Auckland"), ("sun 19:00-20:00", "UTC"), WINTER, 60),
        (("mon 8:00-9:00", "Pacific/Auckland"), ("sun 20:00-21:00", "UTC"), SUMMER, 60),
        (("sun 23:00-1:00", "UTC"), ("mon 0:00-2:00", "UTC"), WINTER, 60),
        (("tue 9:00-10:00", "UTC"), ("wed 9:00-10:00", "UTC"), WINTER, 0),
    ],
)  # fmt: skip
def test_hours_overlap_across_zones_as_the_clocks_stand_then(one, two, on, minutes):
    assert overlap(*one, *two, on) == minutes


def test_a_week_in_july_is_not_a_week_in_january():
    assert overlap("mon 9:00-10:00", "Europe/Lisbon", "mon 9:00-10:00", "UTC", WINTER) == 60
    assert overlap("mon 9:00-10:00", "Europe/Lisbon", "mon 9:00-10:00", "UTC", SUMMER) == 0


# ------------------------------------------------------------------ matching

EVENING = of_week([Slot(1, 1140, 120)], "UTC", WINTER)
MORNING = of_week([Slot(1, 480, 120)], "UTC", WINTER)
MINA = Seeker("mina", frozenset({"diazepam"}), "tapering", frozenset({"en"}), frozenset(), EVENING)


def offer(name, **more):
    given_ = {
        "substances": frozenset({"diazepam"}),
        "stages": frozenset({"tapering"}),
        "languages": frozenset({"en"}),
        "not_taken": frozenset(),
        "hours": EVENING,
        "mentees": 0,
        "most": 3,
    } | more
    return Offer(id=name, handle=name, **given_)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"mentees": 3}, "full"),
        ({"most": 0}, "takes nobody"),
        ({"is_paused": True}, "on a break"),
        ({"languages": frozenset({"pt"})}, "no common language"),
        ({"hours": MORNING}, "never awake together"),
    ],
)
def test_hard_limits_are_hard(change, why):
    assert fits(MINA, offer("paul"))
    assert not fits(MINA, offer("paul", **change)), why


def test_a_topic_a_mentor_does_not_take_keeps_them_apart():
    seeker = Seeker("mina", frozenset(), "", frozenset({"en"}), frozenset({"grief"}), 0)
    assert not fits(seeker, offer("paul", not_taken=frozenset({"grief"})))
    assert fits(seeker, offer("paul", not_taken=frozenset({"alcohol"})))


def test_nobody_is_proposed_to_themselves_or_to_whom_they_are_apart_from():
    assert propose(MINA, [offer("mina"), offer("paul")], apart={"paul"}) == []


def test_whoever_gave_no_hours_is_not_shut_out():
    assert fits(MINA, offer("paul", hours=0))


def test_the_reasons_are_told():
    [one] = propose(MINA, [offer("paul")])
    assert one.why == (Why.SUBSTANCE, Why.STAGE, Why.HOURS, Why.ROOM)
    assert one.shared == ("diazepam",)
    assert one.minutes == 120
    [other] = propose(MINA, [offer("ash", substances=frozenset({"x"}), stages=frozenset())])
    assert other.why == (Why.HOURS, Why.ROOM)


def test_what_is_shared_counts_more_than_hours_and_room_breaks_ties():
    names = [
        one.handle
        for one in propose(
            MINA,
            [
                offer("no-substance", substances=frozenset({"x"})),
                offer("busy", mentees=2),
                offer("free"),
            ],
        )
    ]
    assert names == ["free", "busy", "no-substance"]


WORDS = st.frozensets(st.sampled_from(["a", "b", "c", "d"]), max_size=3)
BITS = st.integers(0, (1 << WEEK_MINUTES) - 1)
SEEKERS = st.builds(Seeker, st.just("mina"), WORDS, st.sampled_from("abc"), WORDS, WORDS, BITS)
OFFERS = st.builds(
    Offer,
    st.uuids().map(str),
    st.just("x"),
    *(WORDS, WORDS, WORDS, WORDS, BITS),
    st.integers(0, 4),
    st.integers(0, 4),
    st.booleans(),
)


@given(SEEKERS, st.lists(OFFERS, max_size=12), st.randoms())
def test_proposals_are_few_fitting_and_do_not_depend_on_the_order(seeker, offers, chance):
    found = propose(seeker, offers)
    assert len(found) <= MOST_PROPOSALS
    by_id = {each.id: each for each in offers}
    assert all(fits(seeker, by_id[one.mentor_id]) for one in found)
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    shuffled = list(offers)
    chance.shuffle(shuffled)
    assert propose(seeker, shuffled) == found
    fitting = sum(fits(seeker, each) for each in offers)
    assert len(found) == min(MOST_PROPOSALS, fitting)


# ------------------------------------------------------------------ training and caps


def test_all_right_answers_pass_and_each_wrong_one_is_explained():
    right = {each.id: each.right for each in QUESTIONS}
    assert wrong_answers(right) == {}
    for each in QUESTIONS:
        wrong = wrong_answers({**right, each.id: (each.right + 1) % 3})
        assert wrong == {each.id: each.because}
    assert set(wrong_answers({})) == set(right)


@pytest.mark.parametrize(
    ("then", "today", "months"),
    [
        (date(2025, 3, 1), date(2026, 3, 1), 12),
        (date(2025, 3, 2), date(2026, 3, 1), 11),
        (date(2026, 1, 31), date(2026, 2, 28), 0),
        (date(2026, 2, 1), date(2026, 1, 1), -1),
    ],
)
def test_months_are_whole_months(then, today, months):
    assert caps.months_since(then, today) == months


def test_only_plain_members_apply():
    caps.check_may_apply(actor_like(Role.MEMBER))
    for role in (Role.MENTOR, Role.MODERATOR, Role.ADMIN):
        with pytest.raises(Conflict):
            caps.check_may_apply(actor_like(role))


def test_nobody_judges_their_own_application_and_no_member_judges_any():
    caps.check_may_judge(actor_like(Role.MODERATOR, "mo"), "mina")
    for actor, applicant in (
        (actor_like(Role.MODERATOR, "mo"), "mo"),
        (actor_like(Role.MEMBER, "otto"), "mina"),
        (actor_like(Role.MENTOR, "paul"), "mina"),
    ):
        with pytest.raises(Forbidden):
            caps.check_may_judge(actor, applicant)


# ------------------------------------------------------------------ forms


def test_an_application_is_read_whole():
    form = ApplyForm.parse(APPLICATION)
    assert form.finished_on == date(2025, 3, 1)
    assert form.offering.kept() == {
        "substances": ["diazepam", "zopiclone"],
        "stages": ["tapering"],
        "languages": ["en", "pt"],
        "not_taken": ["alcohol"],
        "hours": ["tue 19:00-21:00", "sun 08:00-09:30"],
        "experience": [],
    }


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"finished_on": "last spring"}, "finished_on"),
        ({"finished_on": ""}, "finished_on"),
        ({"languages": ""}, "languages"),
        ({"languages": "English!"}, "languages"),
        ({"stages": "flying"}, "stages"),
        ({"substances": "<b>"}, "substances"),
        ({"hours": "tue 19:00-21:00\nsometimes"}, "hours"),
        ({"hours": "\n".join(["tue 19:00-21:00"] * 22)}, "hours"),
        ({"why": ""}, "why"),
        ({"why": "x" * 1001}, "why"),
        ({"agree": ""}, "agree"),
        ({"q_doses": "0"}, "q_doses"),
        ({"q_doses": ""}, "q_doses"),
        ({"role": "admin"}, "role"),
    ],
)
def test_what_is_wrong_with_an_application_is_said_beside_its_field(change, field):
    with pytest.raises(Invalid) as declined:
        ApplyForm.parse({**APPLICATION, **change})
    assert list(declined.value.fields) == [field]


def test_the_line_that_cannot_be_read_is_named():
    with pytest.raises(Invalid) as declined:
        SearchForm.parse(
            {"languages": "en", "hours": "tue 19:00-21:00\nsoon\nwed 8:00-9:00\nlater"}
        )
    assert "Line 2, 4" in declined.value.fields["hours"]


def test_a_search_needs_a_language_and_nothing_else():
    form = SearchForm.parse({"languages": "en"})
    assert form.kept() == {
        "substances": [],
        "stage": "tapering",
        "languages": ["en"],
        "topics": [],
        "hours": [],
        "experience": [],
    }


@pytest.mark.parametrize("most", ["-1", "7", "many"])
def test_a_cap_outside_the_house_is_refused(most):
    with pytest.raises(Invalid):
        LimitsForm.parse({"languages": "en", "most": most})


def test_small_forms():
    assert VoteForm.parse({"yes": "1", "reason": "I know her."}).yes
    assert not VoteForm.parse({"yes": "0", "reason": "Too early."}).yes
    assert SwitchForm.parse({"on": "1"}).on
    with pytest.raises(Invalid):
        VoteForm.parse({"yes": "1", "reason": ""})
