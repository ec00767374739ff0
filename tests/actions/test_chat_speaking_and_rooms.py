"""Saying and rewording with every refusal; what other areas ask of rooms; who may look."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from support.base.errors import (
    Conflict,
    Ended,
    Forbidden,
    Invalid,
    Locked,
    NotFound,
    SlowMode,
)
from support.base.severity import Severity
from support.chat.actions import course, hosting, log, retention, speaking, tending
from support.chat.actions.facts import AuthorNoticed, RoomEventLogged
from support.chat.actions.rooms import (
    LAST_WORDS,
    GroupRooms,
    PairRooms,
    PersonsWords,
    SideRooms,
    Words,
)
from support.chat.actions.second_look import RoomTalk
from support.chat.actions.target import MessageTarget
from support.chat.forms import EditForm, MoveForm, ReactForm, SettingsForm, SilenceForm
from support.chat.models import Message, Room, RoomMeasure
from support.chat.queries import message_place, place, room_by_id
from support.chat.queries.log import events_after, history, oldest_event, own_waiting, seqs_of
from support.chat.queries.notices import KEPT_FOR, MOST, own_notices
from support.chat.queries.seats import caught_up, room_object, you_object
from support.chat.rules.places import EDIT_FOR, KEEPS_DAYS, Kind
from support.crisis import actions as crisis
from tests.chat_world import CALM, SELLING, Evening, evening_in, house_of

NOBODY = "0" * 20
DYING = "i want to die tonight"


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    with house_of(tmp_path_factory.mktemp("speaking")) as made:
        yield made


@pytest.fixture
def eve(house):
    with evening_in(house) as made:
        yield made


def rewords(eve: Evening, handle: str, message: str, body: str):
    return speaking.edit(eve.unit, eve.who(handle), EditForm(message, body))


def sets(eve: Evening, **fields) -> None:
    form = SettingsForm.parse({"room": eve.lounge, **fields})
    hosting.set_room(eve.unit, eve.who("paul"), form)


# ------------------------------------------------------------------ saying


def test_the_same_client_id_is_the_first_message_even_with_other_words(eve):
    first = eve.posts("mina", "once", client_id="a")
    assert eve.posts("mina", "twice", client_id="a") == first
    assert eve.kinds() == ["message"]
    assert eve.message(first.message["id"]).body == "once"


def test_a_client_id_is_ones_own_and_of_one_room(eve):
    room = eve.meeting()
    course.move(eve.unit, eve.who("paul"), MoveForm.parse({"room": room, "to": "open"}))
    ids = {
        eve.says("mina", client_id="a"),
        eve.says("paul", client_id="a"),
        eve.says("mina", room=room, client_id="a"),
    }
    assert len(ids) == 3


def test_sent_again_while_writing_is_paused_it_is_answered_as_before(eve):
    first = eve.posts("mina", client_id="a")
    sets(eve, locked=True)
    assert eve.posts("mina", client_id="a") == first
    with pytest.raises(Locked):
        eve.posts("mina", client_id="b")


def test_held_words_sent_again_bring_the_same_notice_and_no_second_entry(eve):
    first = eve.posts("mina", SELLING, client_id="a")
    told = len(eve.told(AuthorNoticed))
    assert eve.posts("mina", SELLING, client_id="a") == first
    assert first.notice["label"] == "sourcing"
    assert len(eve.told(AuthorNoticed)) == told
    assert eve.log() == []


def test_a_slow_room_counts_held_words_and_each_person_for_themselves(eve):
    sets(eve, slow_seconds=30)
    eve.says("mina", SELLING)
    eve.later(seconds=10)
    with pytest.raises(SlowMode) as refused:
        eve.says("mina")
    assert refused.value.retry_after == 20
    eve.says("paul")
    eve.says("paul")
    eve.later(seconds=20)
    eve.says("mina")


def test_an_answer_is_to_words_of_this_room_that_others_have_seen(eve):
    message, held = eve.says("mina"), eve.says("mina", SELLING)
    assert eve.message(eve.says("paul", reply_to=message)).reply_to == message
    for wrong in (NOBODY, held):
        with pytest.raises(Invalid) as refused:
            eve.says("mina", reply_to=wrong)
        assert refused.value.fields == {"reply_to": "Not here."}


def test_words_held_by_the_room_say_so_and_wait_for_everybody_but_hosts(eve):
    sets(eve, hold="all")
    waiting = eve.posts("mina")
    assert waiting.message["state"] == "held"
    assert "seq" not in waiting.message
    assert waiting.notice["label"] == "room_hold"
    assert eve.posts("paul").message["state"] == "visible"


@pytest.mark.parametrize(("room", "refusal"), [("", NotFound), (NOBODY, NotFound)])
def test_otto_says_nothing_here(eve, room, refusal):
    with pytest.raises(refusal, match="no such room"):
        eve.posts("otto", room=room)


def test_danger_in_words_tells_the_author_alone_and_carries_its_case(eve):
    posted = eve.posts("mina", DYING)
    (told,) = eve.told(AuthorNoticed)
    assert told.account_id == eve.cast["mina"]
    assert told.message_id == posted.message["id"]
    assert told.notice == posted.notice
    assert posted.notice["case"]
    assert posted.notice["help"] is True
    assert "case" not in str([fact.event for fact in eve.told(RoomEventLogged)])


# ------------------------------------------------------------------ saying it another way


def test_changed_words_keep_their_number_and_say_when(eve):
    message = eve.says("mina", "first", warning="sleep")
    eve.says("paul")
    eve.later(minutes=1)
    changed = rewords(eve, "mina", message, "second")
    assert changed.message["seq"] == 1
    assert eve.log() == [(1, "message"), (2, "message"), (3, "edited")]
    lines, _ = events_after(eve.unit, eve.lounge, 2)
    assert (lines[0]["message"]["body"], lines[0]["message"]["warning"]) == ("second", "sleep")
    assert lines[0]["message"]["edited_at"]


def test_held_words_said_another_way_are_shown_for_the_first_time(eve):
    message = eve.says("mina", SELLING)
    eve.later(days=1)
    changed = rewords(eve, "mina", message, CALM)
    assert (changed.message["state"], changed.notice) == ("visible", None)
    assert eve.log() == [(1, "message")]


def test_shown_words_that_become_an_offer_are_taken_from_the_room_and_come_back_in_place(eve):
    message = eve.says("mina")
    changed = rewords(eve, "mina", message, SELLING)
    assert changed.message["state"] == "held"
    assert eve.kinds() == ["message", "removed"]
    assert "zopiclone" not in str([fact.event for fact in eve.told(RoomEventLogged)])
    again = rewords(eve, "mina", message, "a better way to say it")
    assert (again.message["state"], again.message["seq"]) == ("visible", 1)
    assert eve.kinds() == ["message", "removed", "edited"]


def test_ten_minutes_are_over_at_their_end(eve):
    message = eve.says("mina", "first")
    eve.later(seconds=EDIT_FOR.total_seconds())
    rewords(eve, "mina", message, "second")
    eve.later(seconds=1)
    with pytest.raises(Ended, match="ten minutes"):
        rewords(eve, "mina", message, "third")
    assert eve.message(message).body == "second"


@pytest.mark.parametrize(
    ("handle", "refusal"), [("paul", Forbidden), ("mo", Forbidden), ("otto", NotFound)]
)
def test_nobody_changes_the_words_of_another(eve, handle, refusal):
    message = eve.says("mina", "first")
    with pytest.raises(refusal):
        rewords(eve, handle, message, "second")
    assert eve.message(message).body == "first"


def test_words_that_are_not_there_are_changed_by_nobody(eve):
    with pytest.raises(NotFound, match="no such message"):
        rewords(eve, "mina", NOBODY, CALM)


@pytest.mark.parametrize("how", ["taken back", "removed", "kept"])
def test_what_is_gone_or_decided_is_not_said_another_way(eve, how):
    message = eve.says("mina")
    if how == "taken back":
        tending.withdraw(eve.unit, eve.who("mina"), message)
    else:
        {"removed": MessageTarget().remove, "kept": MessageTarget().keep}[how](eve.unit, message)
    with pytest.raises(Ended, match="new ones"):
        rewords(eve, "mina", message, CALM)


def test_who_may_not_write_now_does_not_reword_either(eve):
    message = eve.says("mina")
    sets(eve, locked=True)
    with pytest.raises(Locked):
        rewords(eve, "mina", message, CALM)


# ------------------------------------------------------------------ a log without holes


def test_each_room_counts_for_itself_and_every_line_is_announced_as_it_is_read(eve):
    room = eve.meeting()
    eve.says("mina")
    log.append(eve.unit, room, "settings", {"settings": {}})
    eve.says("paul")
    assert [seq for seq, _ in eve.log()] == [1, 2]
    assert eve.log(room) == [(1, "settings")]
    announced = [fact.event for fact in eve.told(RoomEventLogged) if fact.room_id == eve.lounge]
    read, more = events_after(eve.unit, eve.lounge, 0)
    assert announced == read
    assert more is False
    assert dict(seqs_of(eve.unit, [eve.lounge, room, NOBODY])) == {eve.lounge: 2, room: 1}


def test_a_page_of_the_log_says_whether_there_is_more_exactly_at_its_edge(eve):
    for _ in range(3):
        eve.says("mina")
    for limit, more in ((2, True), (3, False), (4, False)):
        lines, found = events_after(eve.unit, eve.lounge, 0, limit)
        assert (len(lines), found) == (min(3, limit), more)
        page, older = history(eve.unit, eve.lounge, None, limit)
        assert (len(page), older) == (min(3, limit), more)
        assert page[-1]["seq"] == 3
    assert oldest_event(eve.unit, eve.lounge) == 1
    assert oldest_event(eve.unit, NOBODY) is None


@pytest.mark.parametrize(
    ("after", "events", "snapshot"),
    [(None, 0, 3), (0, 3, None), (2, 1, None), (3, 0, None), (4, 0, 3)],
)
def test_who_comes_back_is_given_what_is_missing_or_everything(eve, after, events, snapshot):
    for _ in range(3):
        eve.says("mina")
    there = place(eve.unit, eve.who("paul"), eve.lounge)
    found = caught_up(eve.unit, there, after, 500)
    assert found["seq"] == 3
    assert len(found["events"]) == events
    assert (len(found["snapshot"]) if "snapshot" in found else None) == snapshot
    assert "more" not in found


def test_a_long_absence_is_read_in_pages(eve):
    for _ in range(3):
        eve.says("mina")
    found = caught_up(eve.unit, place(eve.unit, eve.who("paul"), eve.lounge), 0, 2)
    assert (len(found["events"]), found["more"], found["seq"]) == (2, True, 3)


def test_an_empty_room_costs_no_look_and_gives_nothing(eve):
    there = place(eve.unit, eve.who("paul"), eve.lounge)
    assert caught_up(eve.unit, there, None, 500) == {"seq": 0, "events": [], "snapshot": []}


# ------------------------------------------------------------------ who may know a room


@pytest.mark.parametrize(
    ("handle", "can_host"), [("mina", False), ("paul", True), ("mo", True), ("ada", True)]
)
def test_what_the_page_offers_follows_how_somebody_stands(eve, handle, can_host):
    actor = eve.who(handle)
    offered = you_object(actor, place(eve.unit, actor, eve.lounge))
    assert offered["id"] == eve.cast[handle]
    assert ("host" in offered["can"]) is can_host


def test_a_lounge_has_no_meeting_and_a_meeting_room_says_where_it_stands(eve):
    paul = eve.who("paul")
    assert "meeting" not in room_object(eve.unit, place(eve.unit, paul, eve.lounge))
    shown = room_object(eve.unit, place(eve.unit, paul, eve.meeting()))
    assert (shown["meeting"]["state"], shown["meeting"]["step"]) == ("planned", 0)
    assert shown["keeps_days"] == KEEPS_DAYS[Kind.MEETING]


def test_a_mute_everywhere_and_a_mute_here_are_one_and_the_longer_counts(eve):
    mina = replace(eve.who("mina"), muted_until=eve.unit.now + timedelta(minutes=20))
    for minutes, longest in ((10, 20), (40, 40)):
        eve.unit.session.add(
            RoomMeasure(
                room_id=eve.lounge, account_id=mina.id, kind="mute", by_id=eve.cast["paul"],
                reason="rest", at=eve.unit.now, until=eve.unit.now + timedelta(minutes=minutes),
            )
        )  # fmt: skip
        eve.unit.session.flush()
        until = place(eve.unit, mina, eve.lounge).standing.muted_until
        assert until == eve.unit.now + timedelta(minutes=longest)


def test_held_words_are_there_for_their_author_alone(eve):
    message = eve.says("mina", SELLING)
    assert message_place(eve.unit, eve.who("mina"), message)[0].id == message
    for handle in ("paul", "mo", "ada"):
        with pytest.raises(NotFound):
            message_place(eve.unit, eve.who(handle), message)
    assert [each["body"] for each in own_waiting(eve.unit, eve.lounge, eve.cast["mina"])] == [
        SELLING
    ]
    assert own_waiting(eve.unit, eve.lounge, eve.cast["paul"]) == []


def test_a_room_that_is_not_there_is_not_there_for_the_house_either(eve):
    assert room_by_id(eve.unit, eve.lounge).kind == Kind.LOUNGE
    with pytest.raises(NotFound):
        room_by_id(eve.unit, NOBODY)


def test_a_lounge_without_a_group_is_nobodys_not_even_staffs(eve):
    stray = Room(kind=Kind.LOUNGE, name="Stray", keeps_days=1, created_at=eve.unit.now)
    eve.unit.session.add(stray)
    eve.unit.session.flush()
    for handle in ("mina", "mo", "ada"):
        with pytest.raises(NotFound):
            place(eve.unit, eve.who(handle), stray.id)


def test_what_one_was_told_stays_on_the_page_while_words_wait_or_are_fresh(eve):
    mina = eve.who("mina")
    held, shown = eve.says("mina", SELLING), eve.says("mina", DYING)
    eve.says("mina")
    assert {one for one, _ in own_notices(eve.unit, mina, eve.lounge)} == {held, shown}
    assert own_notices(eve.unit, eve.who("paul"), eve.lounge) == []
    assert own_notices(eve.unit, mina, NOBODY) == []
    eve.later(seconds=KEPT_FOR.total_seconds())
    assert [one for one, _ in own_notices(eve.unit, mina, eve.lounge)] == [held]
    assert MOST >= 10


# ------------------------------------------------------------------ what other areas ask


def side_room(eve: Evening) -> tuple[str, str]:
    """A case of Mina's and its room."""
    case = crisis.raise_signal(
        eve.unit, eve.cast["mina"], severity=Severity.URGENT, labels=("abrupt_stop",),
        room_id=None, host_ids=[], source="button",
    ).id  # fmt: skip
    return case, SideRooms().open(eve.unit, case, eve.cast["mina"])


def test_a_side_room_is_quiet_hers_and_keeps_words_longest(eve):
    _, room = side_room(eve)
    kept = eve.room(room)
    assert (kept.kind, kept.person_id, kept.keeps_days) == ("crisis", eve.cast["mina"], 90)
    assert not place(eve.unit, eve.who("mina"), room).standing.hosts
    for handle in ("otto", "paul"):
        with pytest.raises(NotFound):
            place(eve.unit, eve.who(handle), room)


def test_words_in_a_side_room_are_never_turned_away_for_pace_or_mute(eve):
    _, room = side_room(eve)
    mina = replace(eve.who("mina"), muted_until=eve.unit.now + timedelta(days=1))
    for number in range(3):
        said = SideRooms().say(eve.unit, mina, room, CALM, f"s{number}")
        assert said["state"] == "visible"
    assert len(SideRooms().read(eve.unit, room, mina.id)) == 3


def test_nobody_is_cut_off_in_a_side_room(eve):
    _, room = side_room(eve)
    mo = eve.who("mo")
    with pytest.raises(Forbidden, match="Nobody is cut off"):
        hosting.mute(eve.unit, mo, SilenceForm(room, eve.cast["mina"], 5, "a rest"))


@pytest.mark.parametrize(("is_off", "state"), [(True, "cancelled"), (False, "planned")])
def test_a_date_that_was_moved_or_called_off_is_told_in_its_room(eve, is_off, state):
    room = eve.meeting()
    start = eve.unit.now + timedelta(days=1)
    GroupRooms().follow(eve.unit, room, start, start + timedelta(hours=1), is_off=is_off)
    assert (eve.room(room).state, eve.room(room).starts_at) == (state, start)
    assert eve.kinds(room) == ["meeting"]
    with pytest.raises(Locked):
        eve.says("mina", room=room)
    opens = MoveForm.parse({"room": room, "to": "open"})
    if is_off:
        with pytest.raises(Ended):
            course.move(eve.unit, eve.who("paul"), opens)
    else:
        assert course.move(eve.unit, eve.who("paul"), opens)["state"] == "open"


def test_a_pair_that_has_parted_is_told_so_in_its_room(eve):
    room = PairRooms().open(eve.unit)
    assert eve.room(room).keeps_days == KEEPS_DAYS[Kind.MENTORING]
    PairRooms().close(eve.unit, room, (eve.cast["mina"], eve.cast["paul"]))
    assert eve.room(room).state == "ended"
    assert eve.kinds(room) == ["meeting"]
    with pytest.raises(NotFound):
        eve.says("mina", room=room)


def test_who_answers_a_case_reads_ten_words_at_most_and_held_ones_only_as_staff(eve):
    since = eve.unit.now
    eve.says("mina", "before")
    eve.later(minutes=1)
    for number in range(LAST_WORDS):
        eve.says("mina", f"word {number}")
        eve.later(seconds=1)
    eve.says("paul", "not hers")
    eve.says("mina", SELLING)

    def read(handle, at):
        reader = eve.who(handle)
        return PersonsWords().said(eve.unit, reader, eve.cast["mina"], eve.lounge, at)

    assert [each.body for each in read("paul", since)] == [f"word {n}" for n in range(LAST_WORDS)]
    staff = read("mo", since)
    assert (len(staff), staff[-1].body, staff[-1].is_held) == (LAST_WORDS, SELLING, True)
    assert read("mo", eve.unit.now + timedelta(seconds=1)) == []


def test_words_as_accounts_ask_for_them(eve):
    eve.says("mina", "mine")
    assert [each["body"] for each in Words().export(eve.unit, eve.cast["mina"])] == ["mine"]
    Words().erase(eve.unit, eve.cast["mina"])
    assert Words().export(eve.unit, eve.cast["mina"]) == []


# ------------------------------------------------------------------ the desk, the second look


def test_the_desk_reads_many_bodies_and_the_newest_of_public_rooms_only(eve):
    first = eve.says("mina", "first")
    eve.later(seconds=1)
    second = eve.says("paul", "second")
    held = eve.says("mina", SELLING)
    _, room = side_room(eve)
    private = SideRooms().say(eve.unit, eve.who("mina"), room, "between us", "s1")["id"]
    target = MessageTarget()
    assert target.bodies(eve.unit, [first, held, NOBODY]) == {first: "first", held: SELLING}
    assert target.shown_lately(eve.unit, 9) == {first: "first", second: "second"}
    assert target.shown_lately(eve.unit, 1) == {second: "second"}
    by_mina = [each.id for each in target.said_by(eve.unit, eve.cast["mina"], 9)]
    assert set(by_mina) == {first, held}
    assert private not in by_mina


def test_words_are_reported_only_by_whoever_reads_them_now(eve):
    target, held, shown = MessageTarget(), eve.says("mina", SELLING), eve.says("mina")
    assert target.seen_by(eve.unit, eve.who("paul"), shown).host_ids == (eve.cast["paul"],)
    for handle, message in (("mina", held), ("paul", held), ("otto", shown)):
        with pytest.raises(NotFound):
            target.seen_by(eve.unit, eve.who(handle), message)


def test_a_decision_made_twice_is_told_once(eve):
    target, message = MessageTarget(), eve.says("mina")
    for deed in (target.remove, target.remove, target.let_through, target.let_through):
        deed(eve.unit, message)
        eve.unit.session.flush()
    assert eve.kinds() == ["message", "removed", "edited"]
    target.send_back(eve.unit, message)
    assert eve.message(message).state == "held"
    rewords(eve, "mina", message, "said kindly")
    assert eve.message(message).state == "visible"


def test_the_second_look_reads_what_others_could_read_before_it(eve):
    eve.says("paul", "one")
    eve.says("mina", SELLING)
    eve.says("mina", "two")
    talk_id = eve.says("mina", "three")
    eve.says("paul", "after it")
    (talk,) = RoomTalk().talks(eve.unit, [NOBODY, talk_id])
    assert talk.text == "three"
    assert [(line.text, line.is_own) for line in talk.before] == [("one", False), ("two", True)]


def test_after_a_restart_the_newest_words_are_looked_at_in_their_order(eve):
    start = eve.unit.now
    ids = []
    for _ in range(4):
        ids.append(eve.says("mina"))
        eve.later(seconds=1)

    def said(since):
        return [one.id for one in RoomTalk().since(eve.unit, since)]

    assert said(start) == ids
    assert said(start + timedelta(seconds=2)) == ids[2:]
    eve.later(minutes=5)
    rewords(eve, "mina", ids[0], "said in other words")
    assert said(eve.unit.now) == ids[:1]
    tending.withdraw(eve.unit, eve.who("mina"), ids[1])
    eve.unit.session.flush()
    assert ids[1] not in said(start)
    assert RoomTalk().count_between(eve.unit, start, eve.unit.now) == 3


def test_the_very_same_words_in_several_rooms_are_counted_by_room(eve):
    room = eve.meeting()
    course.move(eve.unit, eve.who("paul"), MoveForm.parse({"room": room, "to": "open"}))
    since = eve.unit.now
    for where in (eve.lounge, eve.lounge, room):
        eve.says("mina", "see my page", room=where)
    eve.says("paul", "see my page")
    count = RoomTalk().rooms_with
    assert count(eve.unit, eve.cast["mina"], "see my page", since) == 2
    assert count(eve.unit, eve.cast["mina"], "See my page", since) == 0
    assert count(eve.unit, eve.cast["mina"], "see my page", since + timedelta(seconds=1)) == 0


# ------------------------------------------------------------------ what time takes


def test_one_batch_takes_the_old_of_every_room_and_leaves_the_young(eve):
    old = eve.says("mina", "old words")
    eve.later(days=29)
    young = eve.says("mina", "young words")
    eve.later(days=1, seconds=1)
    dues = retention.due_rooms(eve.unit)
    assert [due.room_id for due in dues] == [eve.lounge]
    gone, left = retention.forget_some(eve.unit, dues)
    assert (gone.messages, gone.events, gone.sealed, left) == (1, 1, 0, [])
    kept = eve.unit.session.scalars(select(Message.id).where(Message.room_id == eve.lounge)).all()
    assert kept == [young]
    assert old not in kept
    assert retention.due_rooms(eve.unit) == []
    assert eve.audited().count("chat.words_expired") == 1
    again, _ = retention.forget_some(eve.unit, dues)
    assert again.is_nothing
    assert eve.audited().count("chat.words_expired") == 1


def test_numbers_go_on_after_old_words_have_gone(eve):
    eve.says("mina")
    eve.later(days=31)
    retention.forget_some(eve.unit, retention.due_rooms(eve.unit))
    assert eve.posts("mina").message["seq"] == 2
    found = caught_up(eve.unit, place(eve.unit, eve.who("paul"), eve.lounge), 1, 500)
    assert [line["seq"] for line in found["events"]] == [2]
    assert "snapshot" in caught_up(eve.unit, place(eve.unit, eve.who("paul"), eve.lounge), 0, 500)


def test_what_went_is_added_up():
    one, two = retention.Gone(1, 2, 3), retention.Gone(10, 20, 30)
    assert one + two == retention.Gone(11, 22, 33)
    assert retention.Gone().is_nothing
    for part in ("messages", "events", "sealed"):
        assert not retention.Gone(**{part: 1}).is_nothing


def test_a_sign_on_gone_words_is_refused_and_not_kept(eve):
    message = eve.says("mina")
    MessageTarget().keep(eve.unit, message)
    with pytest.raises(Conflict):
        tending.react(
            eve.unit, eve.who("paul"),
            ReactForm.parse({"message": message, "reaction": "hug", "on": True}),
        )  # fmt: skip
