"""Whose words in a lounge wait: the same as by reading all that was said, for a handful of rows."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event, insert

from support.accounts import actions as accounts
from support.base.actor import Role
from support.base.ids import new_id
from support.chat.models import Message, Room, RoomEvent
from support.chat.queries import lounges
from support.groups import actions as groups
from support.mentoring.models import LoungeNudge
from tests.chat_world import evening_in, house_of
from tests.databases import KIND
from tests.people import CHEAP, PASSPHRASE

CAME = datetime(2030, 1, 1, tzinfo=UTC)
DAY = 24 * 60
FEW, MANY = 20, 2_000
NEW = ("fern", "gale")


class Told(NamedTuple):
    """Something said: by whom, in which minute, to which line, shown when, and whether still."""

    who: str
    minute: int
    to: int | None = None
    held_for: int = 0
    is_there: bool = True


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    with house_of(tmp_path_factory.mktemp("lounges")) as (database, cast):
        with database.unit() as unit:
            for handle in NEW:
                arrives(unit, cast, handle)
        yield database, cast


@pytest.fixture
def evening(house):
    with evening_in(house) as made:
        yield made


def arrives(unit, cast, handle):
    about = accounts.About("PT", "Europe/Lisbon")
    made = accounts.create(unit, handle, Role.MEMBER, CHEAP.hash(PASSPHRASE), about)
    unit.session.flush()
    groups.take_in(unit, cast.group, [made])


def lounge(evening):
    room = Room(kind="lounge", name="Night", keeps_days=30, turns={}, created_at=CAME)
    room.group_id = evening.cast.group
    evening.unit.session.add(room)
    evening.unit.session.flush()
    return room.id


def at(minute):
    return CAME + timedelta(minutes=minute)


def tells(evening, room, story, name="m"):
    """Keep a story in a lounge, numbered by when each line was shown; nothing else is done."""
    ids = [f"{name}{number}-{room}"[:32] for number in range(len(story))]
    who = {handle: evening.who(handle).id for handle in {told.who for told in story}}
    shown = sorted(range(len(story)), key=lambda n: (story[n].minute + story[n].held_for, n))
    lines, events = [], []
    for seq, number in enumerate(shown, start=1):
        told = story[number]
        one = {"id": ids[number], "room_id": room, "seq": seq, "author_id": who[told.who]}
        one |= {"client_id": ids[number], "body": "words", "at": at(told.minute)}
        one["reply_to"] = None if told.to is None else ids[told.to]
        lines.append(one | {"state": "visible" if told.is_there else "removed"})
        when = at(told.minute + told.held_for)
        about = {"room_id": room, "seq": seq, "kind": "message", "message_id": ids[number]}
        events.append(about | {"body": {}, "at": when})
    if lines:
        line = evening.unit.session.connection()
        line.execute(insert(Message.__table__), lines)
        line.execute(insert(RoomEvent.__table__), events)
    return lines


def nudge(evening, room, who, minute):
    ids = {"message_id": new_id(), "newcomer_id": evening.who(who).id, "room_id": room}
    evening.unit.session.add(LoungeNudge(**ids, told="hosts", at=at(minute)))
    evening.unit.session.flush()


def late(evening, minute):
    """Which line of which lounge waits at this minute, by the beginning of its id."""
    evening.unit.now = at(minute)
    return [one.message_id.split("-")[0] for one in lounges.waiting(evening.unit)]


def after(evening, *story, minute, nudged=None):
    """The same for a story of one lounge in which Fern may have been told of before."""
    room = lounge(evening)
    tells(evening, room, [Told(*told) for told in story])
    if nudged is not None:
        nudge(evening, room, "fern", nudged)
    return late(evening, minute)


# ------------------------------------------------------------------ what an answer is


CASES = {
    "nobody is late before a quarter of an hour is over": ([("fern", 0)], 14, []),
    "then they are": ([("fern", 0)], 15, ["m0"]),
    "an answer to nobody in particular is one": ([("fern", 0), ("paul", 3)], 60, []),
    "an answer to the newcomer is one": ([("fern", 0), ("paul", 3, 0)], 60, []),
    "an answer to what they said first answers all": (
        [("fern", 0), ("fern", 2), ("paul", 3, 0)],
        60,
        [],
    ),
    "what others say to each other is none": (
        [("mina", 0), ("fern", 1), ("paul", 3, 0), ("mina", 4, 2)],
        16,
        ["m1"],
    ),
    "what was said before is none": ([("paul", 0), ("fern", 1)], 16, ["m1"]),
    "what they say to themselves is none": ([("fern", 0), ("fern", 1, 0)], 16, ["m0"]),
    "an answer that was taken away is none": (
        [("fern", 0), ("paul", 3, None, 0, False)],
        60,
        ["m0"],
    ),
    "an answer to words taken away is none": (
        [("fern", 0, None, 0, False), ("fern", 1), ("paul", 3, 0)],
        60,
        ["m1"],
    ),
    "an answer counts from when it is shown": (
        [("paul", 0, None, 9), ("fern", 5), ("mina", 6, 0)],
        60,
        [],
    ),
    "the wait counts from the first words": ([("fern", 0), ("fern", 14)], 15, ["m0"]),
    "after an answer the next words wait anew": (
        [("fern", 0), ("paul", 5), ("fern", 10)],
        24,
        [],
    ),
    "and are late in their turn": ([("fern", 0), ("paul", 5), ("fern", 10)], 25, ["m2"]),
    "a newcomer answers another": ([("fern", 0), ("gale", 1)], 16, ["m1"]),
    "both wait for their own answer": (
        [("mina", 0), ("fern", 1, 0), ("gale", 1, 0), ("paul", 2, 2), ("gale", 3, 0)],
        20,
        ["m1", "m4"],
    ),
    "after six hours nobody is told of": ([("fern", 0)], 360, []),
    "until then they are": ([("fern", 0)], 359, ["m0"]),
    "an answer to words of seven hours ago is none": (
        [("fern", 0), ("fern", 410), ("paul", 411, 0)],
        430,
        ["m1"],
    ),
    "who is no newcomer waits as everybody does": ([("mina", 0)], 60, []),
    "nothing was said": ([], 60, []),
}


@pytest.mark.parametrize("named", CASES)
def test_what_waits_and_what_answers_it(evening, named):
    story, minute, waits = CASES[named]
    assert sorted(after(evening, *story, minute=minute)) == waits


def test_who_was_told_of_is_told_of_again_only_for_what_came_later(evening):
    story = [("fern", 0), ("fern", 2), ("fern", 20)]
    assert after(evening, *story, minute=34, nudged=15) == []
    assert late(evening, 35) == ["m2"]


def test_one_lounge_knows_nothing_of_another(evening):
    here, there = lounge(evening), lounge(evening)
    tells(evening, here, [Told("fern", 0), Told("gale", 5, 0)], "here")
    tells(evening, there, [Told("gale", 0), Told("paul", 1), Told("fern", 5)], "there")
    nudge(evening, there, "gale", 20)
    assert sorted(late(evening, 21)) == ["here1", "there2"]
    nudge(evening, there, "fern", 21)
    assert late(evening, 22) == ["here1"]


def test_a_room_of_no_group_has_nobody_to_tell(evening):
    room = lounge(evening)
    evening.unit.session.get_one(Room, room).group_id = None
    evening.unit.session.flush()
    tells(evening, room, [Told("fern", 0)])
    assert late(evening, 20) == []


@pytest.mark.parametrize(("before", "waits"), [(4, True), (5, False)])
def test_who_had_said_five_things_before_was_no_newcomer_then(evening, before, waits):
    tells(evening, lounge(evening), [Told("fern", n) for n in range(before)] + [Told("paul", 9)])
    tells(evening, lounge(evening), [Told("paul", 9), Told("fern", 10), Told("gale", 11, 0)], "n")
    for _ in range(5):
        accounts.count_shown(evening.unit, evening.who("fern").id)
    evening.unit.session.flush()
    assert sorted(late(evening, 30)) == (["n1", "n2"] if waits else ["n2"])


def test_who_came_more_than_a_day_before_was_none(evening):
    assert after(evening, ("fern", DAY - 1), ("gale", DAY), minute=DAY + 20) == []
    assert after(evening, ("paul", 0), ("fern", DAY - 1), ("paul", DAY, 0), minute=DAY + 20) == [
        "m1"
    ]


# ------------------------------------------------------------------ the plain reading


def read_plainly(lines, told, newcomer, nudged_at, minute):
    """The rule, read from all that was said: what an answer clears, what a nudge begins anew."""
    known = {line["id"]: story for line, story in told}
    there = [line for line, story in told if story.is_there and story.minute > minute - 360]
    waits, own = [], set()
    for line in sorted(there, key=lambda one: one["seq"]):
        if known[line["id"]].who == newcomer:
            own.add(line["id"])
            waits.append(line)
        elif line["reply_to"] is None or line["reply_to"] in own:
            waits.clear()
    left = [line for line in waits if nudged_at is None or line["at"] > at(nudged_at)]
    return left[0]["id"] if left and left[0]["at"] <= at(minute - 15) else None


STORIES = st.lists(
    st.tuples(
        st.sampled_from(["fern", "fern", "gale", "mina", "paul"]),
        st.sampled_from([0, 1, 5, 14, 15, 200]),
        st.integers(-3, 9),
        st.sampled_from([0, 0, 0, 0, 12, 390]),
        st.sampled_from([True, True, True, True, False]),
    ),
    min_size=2,
    max_size=10,
)
NUDGES = st.dictionaries(st.sampled_from(NEW), st.integers(0, 500), max_size=2)


@settings(max_examples=40, derandomize=True, deadline=None)
@given(STORIES, NUDGES, st.sampled_from([0, 10, 16, 180, 350]))
def test_whoever_is_found_is_whom_a_reading_of_all_that_was_said_finds(house, told, nudges, more):
    story, minute = [], 0
    for number, (who, gap, to, held_for, is_there) in enumerate(told):
        minute += gap
        story.append(
            Told(who, minute, to % number if number and to >= 0 else None, held_for, is_there)
        )
    ends = max([one.minute + one.held_for for one in story], default=0) + more
    if ends >= DAY:
        return
    with evening_in(house) as evening:
        room = lounge(evening)
        lines = tells(evening, room, story)
        for who, nudged in nudges.items():
            nudge(evening, room, who, nudged)
        shown = sorted(story, key=lambda one: one.minute + one.held_for)
        known = list(zip(lines, shown, strict=True))
        evening.unit.now = at(ends)
        found = {one.newcomer_id: one.message_id for one in lounges.waiting(evening.unit)}
        plain = {
            evening.who(who).id: read_plainly(lines, known, who, nudges.get(who), ends)
            for who in NEW
        }
    assert found == {who: line for who, line in plain.items() if line}


# ------------------------------------------------------------------ what a look costs


def three_lounges(evening, size):
    """A busy one, one whose newcomers nobody answered, and one in which somebody is alone."""
    before = [Told(("mina", "paul")[n % 2], 300 + 300 * n // size) for n in range(size)]
    among_others = [Told("mina", 600), Told("fern", 601), Told("paul", 602, size)]
    tells(evening, lounge(evening), [*before, Told("fern", 600), Told("paul", 601)], "busy")
    tells(evening, lounge(evening), [*before, *among_others, Told("gale", 603, size)], "waits")
    long_ago = [Told("paul", 200 * n // size) for n in range(size)]
    tells(evening, lounge(evening), [*long_ago, Told("gale", 600), Told("gale", 610)], "alone")


def looked_at(evening):
    """The statements of one look, with what was sent along."""
    sent = []

    def note(_line, _cursor, statement, parameters, _context, _many):
        sent.append((statement, parameters))

    engine = evening.unit.session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    found = late(evening, 620)
    event.remove(engine, "before_cursor_execute", note)
    assert [one.rstrip("0123456789") for one in sorted(found)] == ["alone", "waits", "waits"]
    return sent


def work(evening, sent):
    """How many steps SQLite takes for it, or how many rows PostgreSQL takes into its hands."""
    line = evening.unit.session.connection()
    if KIND == "sqlite":
        steps = []
        driver = line.connection.driver_connection
        driver.set_progress_handler(lambda: steps.append(1), 1)
        for statement, parameters in sent:
            line.exec_driver_sql(statement, parameters).all()
        driver.set_progress_handler(None, 0)
        return len(steps)
    plans = [
        line.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", parameters).scalar()
        for statement, parameters in sent
    ]
    return sum(map(rows_of, (plan[0]["Plan"] for plan in plans)))


def rows_of(plan):
    own = plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)
    return own * plan["Actual Loops"] + sum(map(rows_of, plan.get("Plans", ())))


def test_a_look_costs_the_same_however_much_was_said(house):
    asked, done = {}, {}
    for size in (FEW, MANY):
        with evening_in(house) as evening:
            three_lounges(evening, size)
            sent = looked_at(evening)
            asked[size], done[size] = [statement for statement, _ in sent], work(evening, sent)
    assert asked[MANY] == asked[FEW]
    assert len(asked[FEW]) == 4
    assert done[MANY] <= done[FEW] + FEW
