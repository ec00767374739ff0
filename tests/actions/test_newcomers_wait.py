"""A newcomer without an answer: who is told, once, and not a word of what they said."""

from datetime import timedelta
from threading import Thread

import pytest
from sqlalchemy import func, select

from support.accounts import actions as accounts
from support.base.actor import Role
from support.chat.actions import passing_on
from support.chat.jobs import TICKS, count_hosted, see_who_waits
from support.chat.models import Chair
from support.chat.queries import lounges
from support.groups import actions as groups
from support.mentoring.actions.memory import PairMemory
from support.mentoring.models import HostedMeeting, LoungeNudge, LoungeWatch, MentorOffer
from support.mentoring.queries import shifts
from support.notify import queries as notices
from support.notify.models import Outbox
from tests.chat_world import CALM, SELLING, Evening, evening_in, house_of
from tests.people import CHEAP, PASSPHRASE


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    with house_of(tmp_path_factory.mktemp("waits")) as made:
        yield made


@pytest.fixture
def evening(house):
    with evening_in(house) as made:
        arrives(made.unit, made.cast.group)
        yield made


def arrives(unit, group, handle="fern", role=Role.MEMBER):
    """Somebody new in the group, an hour after they came."""
    about = accounts.About("PT", "Europe/Lisbon", settled=role is not Role.MEMBER)
    made = accounts.create(unit, handle, role, CHEAP.hash(PASSPHRASE), about)
    unit.session.flush()
    groups.take_in(unit, group, [made])
    return made


def id_of(evening, handle):
    return evening.who(handle).id


def on_shift(evening, handle):
    with_whom = {"account_id": id_of(evening, handle), "starts_at": evening.unit.now}
    ends_at = evening.unit.now + timedelta(hours=2)
    evening.unit.session.add(LoungeWatch(**with_whom, ends_at=ends_at))
    evening.unit.session.flush()


def nudged(evening):
    """Who is told now, by handle, and how."""
    passing_on.pass_on(evening.unit, lounges.waiting(evening.unit))
    return told(evening.unit)


def told(unit):
    rows = unit.session.scalars(select(Outbox.recipient_id).where(Outbox.kind == "lounge_waits"))
    return sorted(rows)


def ids(evening, *handles):
    return sorted(id_of(evening, handle) for handle in handles)


# ------------------------------------------------------------------ who is told


def test_the_mentor_on_shift_is_told_after_a_quarter_of_an_hour_and_once(evening):
    arrives(evening.unit, evening.cast.group, "nora", Role.MENTOR)
    on_shift(evening, "nora")
    evening.says("fern", "I am new here and scared.")
    evening.later(minutes=14)
    assert nudged(evening) == []
    evening.later(minutes=1)
    assert nudged(evening) == ids(evening, "nora")
    evening.later(minutes=30)
    assert nudged(evening) == ids(evening, "nora")


def test_with_nobody_on_shift_the_hosts_are_told(evening):
    evening.says("fern")
    evening.later(minutes=15)
    assert nudged(evening) == ids(evening, "paul")


def test_a_mentor_on_shift_who_cannot_enter_this_lounge_is_not_the_one(evening):
    about = accounts.About("PT", "Europe/Lisbon", settled=True)
    accounts.create(evening.unit, "nora", Role.MENTOR, CHEAP.hash(PASSPHRASE), about)
    on_shift(evening, "nora")
    evening.says("fern")
    evening.later(minutes=15)
    assert nudged(evening) == ids(evening, "paul")


def test_with_no_host_who_may_act_the_team_is_told(evening):
    evening.says("fern")
    evening.later(minutes=15)
    until = evening.unit.now + timedelta(days=1)
    accounts.suspend(evening.unit, id_of(evening, "paul"), until, "spam", "no_promotion")
    assert nudged(evening) == ids(evening, "mo", "rae", "ada")


# ------------------------------------------------------------------ when nobody is


def test_an_answer_ends_the_wait(evening):
    evening.says("fern")
    evening.later(minutes=5)
    evening.says("mina", "You are not alone.")
    evening.later(minutes=20)
    assert nudged(evening) == []


def test_who_is_no_newcomer_waits_as_everybody_does(evening):
    evening.says("mina")
    evening.later(minutes=20)
    assert nudged(evening) == []


def test_who_became_none_by_writing_while_they_waited_is_one_still(evening):
    for _ in range(6):
        evening.says("fern", "Is anybody there tonight?")
        evening.later(seconds=30)
    assert not evening.who("fern").is_newcomer(evening.unit.now)
    evening.later(minutes=15)
    assert nudged(evening) == ids(evening, "paul")


def test_a_settled_person_of_today_is_none(evening):
    about = accounts.About("PT", "Europe/Lisbon", settled=True)
    made = accounts.create(evening.unit, "ben", Role.MEMBER, CHEAP.hash(PASSPHRASE), about)
    evening.unit.session.flush()
    groups.take_in(evening.unit, evening.cast.group, [made])
    evening.says("ben")
    evening.later(minutes=20)
    assert nudged(evening) == []


def test_words_that_nobody_saw_wait_for_a_moderator_and_not_for_a_mentor(evening):
    evening.says("fern", SELLING)
    evening.later(minutes=20)
    assert nudged(evening) == []


def test_meeting_rooms_have_hosts_of_their_own(evening):
    room = evening.meeting()
    evening.room(room).state = "open"
    evening.says("fern", CALM, room)
    evening.later(minutes=20)
    assert nudged(evening) == []


def test_after_the_next_words_the_next_wait_is_told_too(evening):
    evening.says("fern")
    evening.later(minutes=15)
    assert len(nudged(evening)) == 1
    evening.later(minutes=5)
    evening.says("fern", "Still awake.")
    evening.later(minutes=15)
    assert len(nudged(evening)) == 2


# ------------------------------------------------------------------ what is told


def test_what_is_told_has_no_word_of_it_and_leads_to_the_lounge(evening):
    evening.says("fern", "a word nobody else uses: marmalade")
    evening.later(minutes=15)
    nudged(evening)
    [row] = evening.unit.session.scalars(select(Outbox).where(Outbox.kind == "lounge_waits"))
    assert row.payload == {"room": evening.lounge}
    [notice] = notices.notices_of(evening.unit, id_of(evening, "paul"))
    assert (notice.to, notice.text) == (
        f"/rooms/{evening.lounge}",
        "Somebody new waits for an answer in a lounge.",
    )
    kept = evening.unit.session.scalars(select(LoungeNudge)).one()
    assert "marmalade" not in str(vars(kept)) + str(vars(row))
    assert (kept.newcomer_id, kept.told) == (id_of(evening, "fern"), "hosts")


def test_who_is_forgotten_leaves_no_trace_of_having_waited(evening):
    evening.says("fern")
    evening.later(minutes=15)
    nudged(evening)
    PairMemory().erase(evening.unit, id_of(evening, "fern"))
    assert evening.unit.session.scalar(select(func.count()).select_from(LoungeNudge)) == 0


# ------------------------------------------------------------------ many processes


def test_ten_who_look_at_once_tell_once(cast, database, clock):
    """Each look is a transaction of its own, as in ten processes."""
    with database.unit() as unit:
        arrives(unit, cast.group)
        Evening(unit, cast).says("fern")
    clock.forward(minutes=15)
    lookers = [Thread(target=see_who_waits, args=(database,)) for _ in range(10)]
    for looker in lookers:
        looker.start()
    for looker in lookers:
        looker.join()
    with database.read() as unit:
        assert told(unit) == [cast["paul"]]


# ------------------------------------------------------------------ hosting together


def closes(evening, *, second=None, **changes):
    """Paul led a meeting, perhaps with somebody beside him; it has closed."""
    room = evening.room(evening.meeting(**changes))
    room.state = "closed"
    chair = {"first_id": id_of(evening, "paul"), "holder_id": id_of(evening, "paul")}
    beside = id_of(evening, second) if second else None
    over_at = room.starts_at + timedelta(minutes=45)
    evening.unit.session.add(
        Chair(room_id=room.id, **chair, second_id=beside, since=room.starts_at, over_at=over_at)
    )
    evening.unit.session.flush()
    evening.later(hours=2)
    return room


def probation(evening, handle="paul"):
    row = evening.unit.session.get_one(MentorOffer, id_of(evening, handle), populate_existing=True)
    return row.probation


def on_probation(evening, handle="paul", left=5):
    now = evening.unit.now
    evening.unit.session.merge(
        MentorOffer(
            account_id=id_of(evening, handle),
            offer={"languages": ["en"]},
            most=3,
            probation=left,
            since=now,
            renew_on=now.date(),
        )
    )
    evening.unit.session.flush()


def test_a_meeting_hosted_together_is_counted_once_and_with_its_time(evening):
    on_probation(evening)
    room = closes(evening, second="rae")
    assert passing_on.count_hosted(evening.unit) == 1
    assert passing_on.count_hosted(evening.unit) == 0
    assert probation(evening) == 4
    [row] = evening.unit.session.scalars(select(HostedMeeting))
    assert (row.meeting_id, row.minutes, row.together) == (room.meeting_id, 45, True)
    [duty] = shifts.duties(evening.unit, id_of(evening, "paul"), room.starts_at, evening.unit.now)
    assert (duty.starts_at, duty.is_shift) == (room.starts_at, False)


def test_alone_it_counts_as_hours_and_not_for_the_probation(evening):
    on_probation(evening)
    closes(evening)
    assert passing_on.count_hosted(evening.unit) == 1
    assert probation(evening) == 5


def test_a_host_who_spoke_was_there_without_a_chair(evening):
    on_probation(evening)
    room = evening.room(evening.meeting())
    room.state = "open"
    evening.says("paul", "Welcome, all of you.", room.id)
    room.state = "closed"
    evening.later(hours=2)
    passing_on.count_hosted(evening.unit)
    [row] = evening.unit.session.scalars(select(HostedMeeting))
    assert (row.account_id, row.minutes) == (id_of(evening, "paul"), 60)


def test_after_the_fifth_the_probation_is_over_and_they_hear_it_once(evening):
    on_probation(evening, left=1)
    for title in ("One", "Two"):
        closes(evening, second="rae", title=title)
        passing_on.count_hosted(evening.unit)
    assert probation(evening) == 0
    rows = evening.unit.session.scalars(select(Outbox).where(Outbox.kind == "probation_over"))
    assert len(list(rows)) == 1


@pytest.mark.parametrize("state", ["planned", "open", "paused", "cancelled"])
def test_a_meeting_that_has_not_closed_counts_nothing(evening, state):
    room = closes(evening, second="rae")
    room.state = state
    evening.unit.session.flush()
    assert passing_on.count_hosted(evening.unit) == 0


def test_the_clock_looks_by_itself(house):
    count_hosted(house[0])
    see_who_waits(house[0])
    names = {job.name: (job.every_seconds, job.alone) for job in TICKS}
    assert names["chat.waits"] == (20, False)
    assert names["chat.hosted"] == (300, True)
