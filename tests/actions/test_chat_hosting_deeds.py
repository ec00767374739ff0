"""What a host may do in a room and may not, and what is written, logged and told of it."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from support.base.errors import Conflict, Declined, Ended, Forbidden, Invalid, NotFound
from support.chat.actions import backup, course, hosting
from support.chat.actions.facts import AuthorNoticed, BackupCalled, PersonOut
from support.chat.forms import BackupForm, MoveForm, SettingsForm, SilenceForm, UndoForm
from support.chat.models import RoomMeasure
from support.chat.queries import place
from support.chat.rules.meeting import EXTEND_MINUTES
from support.groups.models import Meeting
from support.notify.models import Outbox
from tests.chat_world import SELLING, Evening, evening_in, house_of

NOBODY = "0" * 20


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    with house_of(tmp_path_factory.mktemp("hosting")) as made:
        yield made


@pytest.fixture
def eve(house):
    with evening_in(house) as made:
        yield made


def sets(eve: Evening, handle: str, room: str = "", **fields):
    form = SettingsForm.parse({"room": room or eve.lounge, **fields})
    return hosting.set_room(eve.unit, eve.who(handle), form)


def moves(eve: Evening, handle: str, room: str, to: str, **more):
    return course.move(eve.unit, eve.who(handle), MoveForm.parse({"room": room, "to": to, **more}))


def silences(eve: Evening, deed, handle: str, person: str, room: str = "", **more):
    sent = {"room": room or eve.lounge, "person": person, "reason": "a rest", **more}
    return deed(eve.unit, eve.who(handle), SilenceForm.parse(sent))


def takes_back(eve: Evening, handle: str, measure: str) -> None:
    hosting.undo(eve.unit, eve.who(handle), UndoForm(measure))


# ------------------------------------------------------------------ settings and pins


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("slow_seconds", 30),
        ("locked", True),
        ("hold", "newcomers"),
        ("cross_talk", False),
        ("topic", "Sleep"),
    ],
)
def test_each_setting_is_changed_alone_logged_once_and_named_in_the_audit(eve, name, value):
    before = sets(eve, "paul")
    after = sets(eve, "paul", **{name: value})
    alone = {name, "reactions"} if name == "cross_talk" else {name}
    assert {key for key in after if after[key] != before[key]} == alone
    assert after[name] == value
    assert eve.kinds() == ["settings"]
    assert eve.body(1)["settings"] == after
    assert eve.audited().count("chat.room_set") == 1


def test_what_is_set_again_as_it_was_is_no_news(eve):
    sets(eve, "paul", slow_seconds=30, topic="Sleep")
    sets(eve, "paul", slow_seconds=30, topic="Sleep")
    assert eve.kinds() == ["settings"]
    assert eve.audited().count("chat.room_set") == 1


def test_a_switch_can_be_put_back_and_a_topic_emptied(eve):
    sets(eve, "paul", slow_seconds=30, locked=True, topic="Sleep")
    found = sets(eve, "paul", slow_seconds=0, locked=False, topic="")
    assert (found["slow_seconds"], found["locked"], found["topic"]) == (0, False, "")
    assert eve.kinds() == ["settings", "settings"]


def test_words_that_are_shown_are_pinned_once_and_let_go_by_an_empty_pin(eve):
    message = eve.says("mina")
    assert sets(eve, "paul", pinned=message)["pinned"] == message
    sets(eve, "paul", pinned=message)
    assert sets(eve, "paul", pinned="")["pinned"] is None
    sets(eve, "paul", pinned="")
    assert eve.kinds() == ["message", "pinned", "pinned"]
    assert [eve.body(seq)["pinned"] for seq in (2, 3)] == [message, None]
    assert eve.audited().count("chat.pinned") == 2


def test_a_change_that_does_not_speak_of_the_pin_leaves_it(eve):
    message = eve.says("mina")
    sets(eve, "paul", pinned=message)
    assert sets(eve, "paul", topic="Sleep")["pinned"] == message


@pytest.mark.parametrize("which", ["nothing", "held", "elsewhere"])
def test_only_words_of_this_room_that_everybody_sees_are_pinned(eve, which):
    if which == "nothing":
        message = NOBODY
    elif which == "held":
        message = eve.says("mina", SELLING)
    else:
        message = eve.says("mo", room=opened(eve))
    with pytest.raises(Invalid, match="shown here"):
        sets(eve, "paul", pinned=message)
    assert eve.room().pinned_id is None


@pytest.mark.parametrize(
    ("handle", "refusal"), [("mina", Forbidden), ("otto", NotFound)], ids=["member", "outsider"]
)
def test_whoever_does_not_host_changes_nothing(eve, handle, refusal):
    with pytest.raises(refusal):
        sets(eve, handle, locked=True)
    with pytest.raises(refusal):
        silences(eve, hosting.mute, handle, eve.cast["otto"])
    with pytest.raises(refusal):
        backup.call_backup(eve.unit, eve.who(handle), BackupForm(eve.lounge, ""))
    with pytest.raises(refusal):
        moves(eve, handle, eve.lounge, "open")
    assert eve.log() == []
    assert eve.room().locked is False


# ------------------------------------------------------------------ a meeting's course


def opened(eve: Evening) -> str:
    """A meeting's room that Paul has opened."""
    room = eve.meeting()
    moves(eve, "paul", room, "open")
    return room


def test_a_move_is_told_to_the_room_and_to_the_groups_calendar(eve):
    room = eve.meeting()
    told = moves(eve, "paul", room, "lobby")
    assert told["state"] == "lobby"
    assert eve.body(1, room) == told
    assert eve.room(room).state == "lobby"
    meeting = eve.unit.session.get_one(Meeting, eve.room(room).meeting_id, populate_existing=True)
    assert meeting.state == "lobby"
    assert "chat.meeting_moved" in eve.audited()


@pytest.mark.parametrize(("minutes", "more"), [(None, EXTEND_MINUTES), (20, 20)])
def test_more_time_is_more_time_in_the_calendar_too(eve, minutes, more):
    room = opened(eve)
    end = eve.room(room).ends_at
    moves(eve, "paul", room, "extend", **({"minutes": minutes} if minutes else {}))
    assert eve.room(room).ends_at == end + timedelta(minutes=more)
    meeting = eve.unit.session.get_one(Meeting, eve.room(room).meeting_id, populate_existing=True)
    assert meeting.ends_at == end + timedelta(minutes=more)
    assert meeting.state == "open"


def test_steps_count_on_and_may_be_named(eve):
    room = opened(eve)
    assert moves(eve, "paul", room, "step")["step"] == 1
    assert moves(eve, "paul", room, "step", step=4)["step"] == 4
    assert moves(eve, "paul", room, "step", step=0)["step"] == 0
    assert eve.kinds(room) == ["meeting"] * 4


def test_a_lounge_has_no_meeting_to_move(eve):
    with pytest.raises(Conflict, match="no meeting"):
        moves(eve, "paul", eve.lounge, "open")


def test_a_move_that_does_not_follow_is_not_written_anywhere(eve):
    room = eve.meeting()
    with pytest.raises(Conflict, match="moved on"):
        moves(eve, "paul", room, "closing")
    assert eve.room(room).state == "planned"
    assert eve.log(room) == []
    assert "chat.meeting_moved" not in eve.audited()


def test_what_is_over_stays_over(eve):
    room = opened(eve)
    moves(eve, "paul", room, "closed")
    for to in ("open", "extend", "step"):
        with pytest.raises(Ended):
            moves(eve, "paul", room, to)
    with pytest.raises(Ended):
        eve.says("mina", room=room)


def test_members_write_while_a_meeting_is_open_and_its_host_before_too(eve):
    room = eve.meeting()
    with pytest.raises(Declined) as early:
        eve.says("mina", room=room)
    assert early.value.code == "locked"
    eve.says("paul", room=room)
    moves(eve, "paul", room, "open")
    eve.says("mina", room=room)
    moves(eve, "paul", room, "paused")
    with pytest.raises(Declined):
        eve.says("mina", room=room)
    moves(eve, "paul", room, "closing")
    eve.says("mina", room=room)


# ------------------------------------------------------------------ quieting and taking out


def test_somebody_muted_is_told_why_and_for_how_long_and_reads_on(eve):
    measure = silences(eve, hosting.mute, "paul", eve.cast["mina"], minutes=5)
    (told,) = eve.told(AuthorNoticed)
    assert (told.account_id, told.room_id, told.message_id) == (eve.cast["mina"], eve.lounge, "")
    assert told.notice["params"] == {"minutes": 5, "reason": "a rest"}
    assert "not to shame" in told.notice["text"]
    assert told.notice["help"] is False
    assert eve.told(PersonOut) == []
    standing = place(eve.unit, eve.who("mina"), eve.lounge).standing
    assert standing.muted_until == eve.unit.now + timedelta(minutes=5)
    kept = eve.unit.session.get_one(RoomMeasure, measure)
    assert (kept.by_id, kept.reason, kept.undone_at) == (eve.cast["paul"], "a rest", None)
    assert "chat.muted" in eve.audited()


def test_a_mute_holds_to_its_last_second_and_not_beyond(eve):
    silences(eve, hosting.mute, "paul", eve.cast["mina"], minutes=5)
    eve.later(minutes=5, seconds=-1)
    with pytest.raises(Declined) as refused:
        eve.says("mina")
    assert (refused.value.code, refused.value.retry_after) == ("muted", 1)
    eve.later(seconds=1)
    eve.says("mina")


def test_of_two_mutes_the_longer_one_counts(eve):
    for minutes in (30, 5):
        silences(eve, hosting.mute, "paul", eve.cast["mina"], minutes=minutes)
    until = place(eve.unit, eve.who("mina"), eve.lounge).standing.muted_until
    assert until == eve.unit.now + timedelta(minutes=30)


def test_a_mute_in_one_room_is_none_in_another(eve):
    silences(eve, hosting.mute, "paul", eve.cast["mina"])
    eve.says("mina", room=opened(eve))


def test_who_is_taken_out_hears_that_help_is_still_there_and_finds_the_door_shut(eve):
    silences(eve, hosting.take_out, "paul", eve.cast["mina"], minutes=15)
    assert eve.told(PersonOut) == [PersonOut(eve.lounge, eve.cast["mina"], "removed")]
    (told,) = eve.told(AuthorNoticed)
    assert told.notice["label"] == "remove"
    assert "Help is still here" in told.notice["text"]
    with pytest.raises(Declined) as refused:
        place(eve.unit, eve.who("mina"), eve.lounge)
    assert refused.value.code == "banned"
    eve.later(minutes=15)
    place(eve.unit, eve.who("mina"), eve.lounge)
    assert "chat.taken_out" in eve.audited()


@pytest.mark.parametrize("deed", [hosting.mute, hosting.take_out])
@pytest.mark.parametrize("person", ["paul", "mo", "ada"])
def test_hosts_staff_and_oneself_are_not_quietened(eve, deed, person):
    with pytest.raises(Forbidden, match="cannot be quietened"):
        silences(eve, deed, "paul", eve.cast[person])
    assert eve.unit.session.scalar(select(func.count()).select_from(RoomMeasure)) == 0
    assert eve.unit.announced == []


def test_a_moderator_cannot_quieten_the_host_either(eve):
    with pytest.raises(Forbidden):
        silences(eve, hosting.mute, "mo", eve.cast["paul"])
    with pytest.raises(Forbidden):
        silences(eve, hosting.mute, "mo", eve.cast["mo"])


def test_nobody_who_is_not_there_is_quietened(eve):
    with pytest.raises(NotFound, match="no such person"):
        silences(eve, hosting.mute, "paul", NOBODY)


# ------------------------------------------------------------------ taking it back


@pytest.mark.parametrize(
    ("deed", "label"), [(hosting.mute, "mute_undone"), (hosting.take_out, "remove_undone")]
)
def test_what_is_taken_back_at_once_is_over_and_told_kindly(eve, deed, label):
    measure = silences(eve, deed, "paul", eve.cast["mina"])
    eve.later(seconds=hosting.UNDO_SECONDS)
    takes_back(eve, "paul", measure)
    eve.says("mina")
    assert eve.told(AuthorNoticed)[-1].notice["label"] == label
    assert "chat.undone" in eve.audited()


def test_taken_back_twice_is_told_once(eve):
    measure = silences(eve, hosting.mute, "paul", eve.cast["mina"])
    for _ in range(2):
        takes_back(eve, "paul", measure)
        eve.unit.session.expire_all()
    assert len(eve.told(AuthorNoticed)) == 2
    eve.later(hours=1)
    takes_back(eve, "paul", measure)  # late, but it is undone already
    assert eve.audited().count("chat.undone") == 1


def test_a_second_too_late_is_too_late_and_names_who_can_help(eve):
    measure = silences(eve, hosting.mute, "paul", eve.cast["mina"])
    eve.later(seconds=hosting.UNDO_SECONDS + 1)
    with pytest.raises(Conflict, match="A moderator can"):
        takes_back(eve, "paul", measure)
    with pytest.raises(Declined):
        eve.says("mina")


def test_nobody_takes_back_what_another_did_or_what_never_was(eve):
    measure = silences(eve, hosting.mute, "paul", eve.cast["mina"])
    for handle in ("mo", "mina", "otto"):
        with pytest.raises(NotFound, match="nothing to take back"):
            takes_back(eve, handle, measure)
    with pytest.raises(NotFound):
        takes_back(eve, "paul", NOBODY)


def test_one_mute_taken_back_leaves_the_other(eve):
    silences(eve, hosting.mute, "paul", eve.cast["mina"], minutes=5)
    takes_back(eve, "paul", silences(eve, hosting.mute, "paul", eve.cast["mina"], minutes=60))
    until = place(eve.unit, eve.who("mina"), eve.lounge).standing.muted_until
    assert until == eve.unit.now + timedelta(minutes=5)


# ------------------------------------------------------------------ calling a moderator


def calls(eve: Evening) -> list[tuple[str, str]]:
    """Who is to be told of which call."""
    rows = eve.unit.session.execute(
        select(Outbox.recipient_id, Outbox.key).where(Outbox.kind == "backup")
    )
    return [(who, key) for who, key in rows]


def test_every_moderator_is_told_of_a_call_and_each_call_is_its_own(eve):
    backup.call_backup(eve.unit, eve.who("paul"), BackupForm(eve.lounge, ""))
    staff = {eve.cast[each] for each in ("mo", "rae", "ada")}
    assert {who for who, _ in calls(eve)} == staff
    first = len(calls(eve))
    backup.call_backup(eve.unit, eve.who("paul"), BackupForm(eve.lounge, ""))
    assert len(calls(eve)) == 2 * first
    assert eve.told(BackupCalled) == [BackupCalled(eve.lounge)] * 2
    assert eve.audited().count("chat.backup_called") == 2


def test_a_moderator_who_calls_is_not_called(eve):
    backup.call_backup(eve.unit, eve.who("mo"), BackupForm(eve.lounge, ""))
    assert {who for who, _ in calls(eve)} == {eve.cast["rae"], eve.cast["ada"]}
