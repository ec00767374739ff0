"""Backup and small holds: who is called, who sees what, what is noted, and what is refused."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from support.accounts.models import Account
from support.audit.models import Entry
from support.base.errors import Conflict, Forbidden, Invalid, NotFound
from support.base.severity import Severity
from support.chat.actions import backup, hiding, holds, hosting, retention, tending, turns
from support.chat.actions.facts import AuthorNoticed, PersonOut
from support.chat.actions.rooms import SideRooms, Words
from support.chat.forms import (
    BackupForm,
    HeldForm,
    HideForm,
    HoldForm,
    SettingsForm,
    SilenceForm,
    TurnForm,
)
from support.chat.models import BackupCall
from support.chat.queries import place
from support.crisis import actions as crisis
from support.groups import actions as groups
from support.moderation.models import ReviewItem
from support.notify.models import Outbox
from tests.chat_world import SELLING, Evening, evening_in, house_of
from tests.groups_world import found_group

ADVERT = "nice pictures at https://example.com"
DOSE = "you should drop to 2 mg tonight"


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    with house_of(tmp_path_factory.mktemp("tools")) as made:
        yield made


@pytest.fixture
def eve(house):
    with evening_in(house) as made:
        yield made


def calls(eve: Evening, handle: str = "paul", note: str = "two people get loud", room: str = ""):
    backup.call_backup(eve.unit, eve.who(handle), BackupForm(room or eve.lounge, note))
    found = eve.unit.session.scalars(select(BackupCall).order_by(BackupCall.at.desc())).first()
    assert found is not None
    return found.id


def verbs(eve: Evening, actor: str) -> list[str]:
    eve.unit.session.flush()
    rows = select(Entry.verb).where(Entry.actor_id == eve.cast[actor]).order_by(Entry.id)
    return list(eve.unit.session.scalars(rows))


# ------------------------------------------------------------------ calling somebody


def test_a_call_keeps_its_note_for_whoever_answers_and_tells_no_word_of_it_to_others(eve):
    call = calls(eve)
    sent = eve.unit.session.scalars(select(Outbox).where(Outbox.kind == "backup")).all()
    assert sent
    assert all("loud" not in str(row.payload) for row in sent)
    assert {row.payload["call"] for row in sent} == {call}
    listed = backup.open_calls(eve.unit, eve.who("mo"))
    assert [(each.id, each.by, each.answered_by) for each in listed] == [(call, "paul", None)]
    assert "loud" not in str(listed[0].facts())


def test_whoever_is_called_sees_the_note_and_the_last_twenty_messages_and_it_is_noted(eve):
    for number in range(23):
        eve.later(seconds=20)
        eve.says("mina", f"word {number}")
    call = calls(eve)
    found, note, messages = backup.look(eve.unit, eve.who("mo"), call)
    assert note == "two people get loud"
    assert [each["body"] for each in messages] == [f"word {n}" for n in range(3, 23)]
    assert found.answered_by == "mo"
    assert "chat.backup_seen" in verbs(eve, "mo")
    told = [fact for fact in eve.told(AuthorNoticed) if fact.notice["label"] == "backup_seen"]
    assert [fact.account_id for fact in told] == [eve.cast["paul"]]


def test_the_first_to_look_has_answered_and_every_look_is_noted(eve):
    call = calls(eve)
    for handle in ("mo", "rae", "mo"):
        found, _, _ = backup.look(eve.unit, eve.who(handle), call)
        assert found.answered_by == "mo"
    assert verbs(eve, "mo").count("chat.backup_seen") == 2
    assert verbs(eve, "rae").count("chat.backup_seen") == 1
    told = [fact for fact in eve.told(AuthorNoticed) if fact.notice["label"] == "backup_seen"]
    assert len(told) == 1


def test_held_words_are_not_among_the_last_twenty(eve):
    eve.says("mina", "a plain word")
    eve.says("mina", SELLING)
    _, _, messages = backup.look(eve.unit, eve.who("mo"), calls(eve))
    assert SELLING not in str(messages)


def test_ones_own_call_and_an_unknown_one_are_not_there(eve):
    call = calls(eve, "mo")
    for which in (call, "0" * 20):
        with pytest.raises(NotFound):
            backup.look(eve.unit, eve.who("mo"), which)
    assert backup.open_calls(eve.unit, eve.who("mo")) == []


def test_a_call_is_listed_for_a_day_those_that_wait_first(eve):
    first = calls(eve)
    backup.look(eve.unit, eve.who("rae"), first)
    eve.later(hours=1)
    second = calls(eve)
    eve.later(hours=1)
    assert [each.id for each in backup.open_calls(eve.unit, eve.who("mo"))] == [second, first]
    eve.later(hours=23)
    assert [each.id for each in backup.open_calls(eve.unit, eve.who("mo"))] == []
    with pytest.raises(NotFound, match="no such call"):
        backup.look(eve.unit, eve.who("mo"), second)


def test_a_call_from_a_side_room_is_for_those_who_may_answer_the_case(eve):
    """Rae moderates, and tonight the case is about her."""
    rae = eve.cast["rae"]
    signal = {"labels": ("abrupt_stop",), "room_id": None, "host_ids": [], "source": "test"}
    case = crisis.raise_signal(eve.unit, rae, severity=Severity.URGENT, **signal)
    room = SideRooms().open(eve.unit, case.id, rae)
    call = calls(eve, "mo", room=room)
    sent = eve.unit.session.scalars(select(Outbox).where(Outbox.kind == "backup")).all()
    assert {row.recipient_id for row in sent} == {eve.cast["ada"]}
    assert backup.open_calls(eve.unit, eve.who("rae")) == []
    assert [each.id for each in backup.open_calls(eve.unit, eve.who("ada"))] == [call]
    assert backup.look(eve.unit, eve.who("ada"), call)[0].by == "mo"


def test_a_note_goes_with_whoever_wrote_it_and_a_call_after_a_month(eve):
    call = calls(eve)
    tending.forget_words_of(eve.unit, eve.cast["paul"])
    kept = eve.unit.session.get_one(BackupCall, call, populate_existing=True)
    assert kept.note == ""
    eve.later(days=retention.CALLS_KEPT.days, seconds=1)
    retention._forget_measures(eve.unit)
    eve.unit.session.expire_all()
    assert eve.unit.session.get(BackupCall, call) is None


# ------------------------------------------------------------------ small holds


def item_of(eve: Evening, message: str) -> str:
    found = select(ReviewItem.id).where(ReviewItem.target_id == message)
    return str(eve.unit.session.scalar(found))


def waits(eve: Evening, handle: str = "mina", body: str = "a plain word") -> tuple[str, str]:
    """A message held by the room's own rule; its id and its entry."""
    form = SettingsForm.parse({"room": eve.lounge, "hold": "all"})
    hosting.set_room(eve.unit, eve.who("paul"), form)
    message = eve.says(handle, body)
    assert eve.message(message).state == "held"
    return message, item_of(eve, message)


def decides(eve: Evening, item: str, decision: str, handle: str = "paul", **more: str) -> str:
    sent = {"room": eve.lounge, "item": item, "decision": decision, **more}
    return holds.decide(eve.unit, eve.who(handle), HoldForm.parse(sent))


def test_a_host_reads_what_waits_in_their_room_and_the_look_is_noted(eve):
    message, item = waits(eve)
    _, found = holds.holds_of(eve.unit, eve.who("paul"), eve.lounge)
    facts = [(each.item, each.message["id"], each.message["body"]) for each in found]
    assert facts == [(item, message, "a plain word")]
    assert found[0].facts()["labels"] == []
    assert "chat.holds_seen" in verbs(eve, "paul")
    here = place(eve.unit, eve.who("paul"), eve.lounge)
    assert holds.how_many(eve.unit, eve.who("paul"), here) == 1


def test_nothing_waiting_is_no_look(eve):
    _, found = holds.holds_of(eve.unit, eve.who("paul"), eve.lounge)
    assert found == []
    assert "chat.holds_seen" not in verbs(eve, "paul")


def test_a_host_lets_words_through_and_all_hear_them(eve):
    message, item = waits(eve)
    assert decides(eve, item, "allow") == message
    assert eve.message(message).state == "visible"
    assert eve.kinds()[-1] == "message"
    assert verbs(eve, "paul")[-1] == "chat.hold_decided"
    assert "moderation.item_decided" in verbs(eve, "paul")
    told = select(Outbox.kind).where(Outbox.recipient_id == eve.cast["mina"])
    assert "message_shown" in list(eve.unit.session.scalars(told))


def test_a_host_asks_for_other_words_and_the_author_is_told_why(eve):
    message, item = waits(eve, body=ADVERT)
    decides(eve, item, "reword", wording="link")
    assert eve.message(message).state == "held"
    kept = eve.unit.session.get_one(ReviewItem, item, populate_existing=True)
    assert kept.reason == "Please say it in your own words, without the link or the offer."
    told = select(Outbox.kind).where(Outbox.recipient_id == eve.cast["mina"])
    assert "message_reword" in list(eve.unit.session.scalars(told))


def test_what_is_decided_is_decided(eve):
    _, item = waits(eve)
    decides(eve, item, "allow")
    with pytest.raises(Conflict, match="decided"):
        decides(eve, item, "reword")


@pytest.mark.parametrize("body", [DOSE, SELLING])
def test_doses_and_trades_are_neither_shown_to_hosts_nor_decided_by_them(eve, body):
    message, item = waits(eve, body=body)
    _, found = holds.holds_of(eve.unit, eve.who("paul"), eve.lounge)
    assert found == []
    with pytest.raises(Conflict, match="for a moderator"):
        decides(eve, item, "allow")
    assert eve.message(message).state == "held"


def test_an_entry_of_another_room_or_of_none_is_not_there(eve):
    _, item = waits(eve)
    with pytest.raises(NotFound):
        decides(eve, "0" * 20, "allow")
    elsewhere = HoldForm.parse({"room": eve.meeting(), "item": item, "decision": "allow"})
    with pytest.raises(NotFound):
        holds.decide(eve.unit, eve.who("paul"), elsewhere)


@pytest.mark.parametrize(
    ("handle", "refusal"), [("mina", Forbidden), ("otto", NotFound), ("mo", Forbidden)]
)
def test_members_strangers_and_the_desk_do_not_come_in_by_this_door(eve, handle, refusal):
    _, item = waits(eve)
    with pytest.raises(refusal):
        holds.holds_of(eve.unit, eve.who(handle), eve.lounge)
    with pytest.raises(refusal):
        decides(eve, item, "allow", handle)
    if handle == "mo":
        here = place(eve.unit, eve.who("mo"), eve.lounge)
        assert holds.how_many(eve.unit, eve.who("mo"), here) == 0


def test_words_their_author_took_back_do_not_wait_any_more(eve):
    message, _ = waits(eve)
    tending.withdraw(eve.unit, eve.who("mina"), message)
    _, found = holds.holds_of(eve.unit, eve.who("paul"), eve.lounge)
    assert found == []


@pytest.mark.parametrize(
    ("change", "field"),
    [({"decision": "ban"}, "decision"), ({"wording": "rude"}, "wording"), ({"item": ""}, "item")],
)
def test_only_what_a_host_may_choose_is_read(change, field):
    sent = {"room": "r1", "item": "i1", "decision": "allow", **change}
    with pytest.raises(Invalid) as refused:
        HoldForm.parse(sent)
    assert list(refused.value.fields) == [field]


def takes_back(eve: Evening, item: str, handle: str = "paul") -> str:
    return holds.take_back(eve.unit, eve.who(handle), HeldForm(eve.lounge, item))


@pytest.mark.parametrize("decision", ["allow", "reword"])
def test_a_slip_is_taken_back_within_ten_seconds_and_the_words_wait_again(eve, decision):
    message, item = waits(eve)
    decides(eve, item, decision)
    lately = holds.decided_lately(eve.unit, eve.who("paul"), eve.lounge)
    assert [(each.item, each.message["id"]) for each in lately] == [(item, message)]
    eve.later(seconds=10)
    assert takes_back(eve, item) == message
    assert eve.message(message).state == "held"
    _, found = holds.holds_of(eve.unit, eve.who("paul"), eve.lounge)
    assert [each.item for each in found] == [item]
    if decision == "allow":
        assert eve.kinds()[-1] == "removed"
    assert "chat.hold_undone" in verbs(eve, "paul")
    decides(eve, item, "allow")
    assert eve.message(message).state == "visible"


def test_later_or_by_somebody_else_a_decision_stands(eve):
    message, item = waits(eve)
    with pytest.raises(NotFound, match="nothing to take back"):
        takes_back(eve, item)
    decides(eve, item, "allow")
    for handle, refusal in (("mina", Forbidden), ("otto", NotFound), ("mo", Forbidden)):
        with pytest.raises(refusal):
            takes_back(eve, item, handle)
    elsewhere = HeldForm(eve.meeting(), item)
    with pytest.raises(NotFound):
        holds.take_back(eve.unit, eve.who("paul"), elsewhere)
    eve.later(seconds=11)
    assert holds.decided_lately(eve.unit, eve.who("paul"), eve.lounge) == []
    with pytest.raises(Conflict, match="too late"):
        takes_back(eve, item)
    assert eve.message(message).state == "visible"


# ------------------------------------------------------------------ out of sight


def puts_away(eve: Evening, message: str, handle: str = "paul", *, back: bool = False) -> None:
    act = hiding.unhide if back else hiding.hide
    act(eve.unit, eve.who(handle), HideForm(eve.lounge, message))


def test_words_out_of_sight_are_gone_for_all_told_to_their_author_and_on_the_desk(eve):
    message = eve.says("mina", "you are all wrong")
    puts_away(eve, message)
    puts_away(eve, message)
    assert eve.message(message).state == "held"
    assert eve.kinds() == ["message", "removed"]
    (told,) = [fact for fact in eve.told(AuthorNoticed) if fact.notice["label"] == "host_hidden"]
    assert told.account_id == eve.cast["mina"]
    assert "done nothing wrong" in told.notice["text"]
    item = eve.unit.session.get_one(ReviewItem, item_of(eve, message))
    assert (item.state, item.held_until is not None) == ("open", True)
    assert verbs(eve, "paul").count("chat.hidden") == 1
    _, found = holds.holds_of(eve.unit, eve.who("paul"), eve.lounge)
    assert found == []
    with pytest.raises(Conflict, match="for a moderator"):
        decides(eve, item.id, "allow")


def test_a_slip_of_the_finger_shows_them_again_and_the_desk_has_nothing_to_do(eve):
    message = eve.says("mina", "a plain word")
    puts_away(eve, message)
    lately = hiding.hidden_lately(eve.unit, eve.who("paul"), eve.lounge)
    assert [(each.id, each.handle) for each in lately] == [(message, "mina")]
    eve.later(seconds=10)
    puts_away(eve, message, back=True)
    assert eve.message(message).state == "visible"
    assert eve.message(message).notice is None
    item = eve.unit.session.get_one(ReviewItem, item_of(eve, message), populate_existing=True)
    assert item.state == "decided"
    assert hiding.hidden_lately(eve.unit, eve.who("paul"), eve.lounge) == []
    with pytest.raises(NotFound):
        puts_away(eve, message, back=True)
    puts_away(eve, message)
    assert eve.message(message).state == "held"


def test_after_ten_seconds_only_a_moderator_shows_them_again(eve):
    message = eve.says("mina", "a plain word")
    puts_away(eve, message)
    eve.later(seconds=11)
    with pytest.raises(Conflict, match="A moderator can"):
        puts_away(eve, message, back=True)
    assert eve.message(message).state == "held"


def test_a_call_for_help_is_not_a_hosts_to_put_away(eve):
    message = eve.says("mina", "I want to die tonight")
    assert eve.message(message).state == "visible"
    with pytest.raises(Forbidden, match="call for help"):
        puts_away(eve, message)
    assert eve.message(message).state == "visible"


def test_hosts_the_team_and_what_is_gone_are_not_put_away(eve):
    for handle in ("paul", "mo"):
        message = eve.says(handle, "a plain word")
        with pytest.raises(Forbidden):
            puts_away(eve, message)
    message = eve.says("mina", "a plain word")
    tending.withdraw(eve.unit, eve.who("mina"), message)
    with pytest.raises(Conflict, match="not shown any more"):
        puts_away(eve, message)
    elsewhere = HideForm(eve.meeting(), eve.says("mina", "another"))
    with pytest.raises(NotFound):
        hiding.hide(eve.unit, eve.who("paul"), elsewhere)


@pytest.mark.parametrize(("handle", "refusal"), [("mina", Forbidden), ("otto", NotFound)])
def test_members_and_strangers_put_nothing_away(eve, handle, refusal):
    message = eve.says("paul", "a plain word")
    for back in (False, True):
        with pytest.raises(refusal):
            puts_away(eve, message, handle, back=back)


# ------------------------------------------------------------------ undo without script


def test_a_mute_of_a_moment_ago_stands_on_the_page_to_be_taken_back(eve):
    paul = eve.who("paul")
    form = SilenceForm.parse({"room": eve.lounge, "person": eve.cast["mina"], "reason": "a rest"})
    measure = hosting.mute(eve.unit, paul, form)
    found = hosting.undoable(eve.unit, paul, eve.lounge)
    assert [(each.id, each.handle) for each in found] == [(measure, "mina")]
    assert hosting.undoable(eve.unit, eve.who("mo"), eve.lounge) == []
    assert eve.told(PersonOut) == []
    eve.unit.now += timedelta(seconds=hosting.UNDO_SECONDS + 1)
    assert hosting.undoable(eve.unit, paul, eve.lounge) == []


def test_who_is_taken_out_leaves_the_floor_to_others(eve):
    sent = {"room": eve.lounge, "do": "raise"}
    turns.set_turn(eve.unit, eve.who("mina"), TurnForm.parse(sent))
    form = SilenceForm.parse({"room": eve.lounge, "person": eve.cast["mina"], "reason": "a rest"})
    hosting.take_out(eve.unit, eve.who("paul"), form)
    assert eve.room().turns["queue"] == []
    assert eve.kinds()[-1] == "turn"


def test_what_a_host_does_about_turns_is_noted_and_what_members_do_is_not(eve):
    for handle, sent in (
        ("mina", {"do": "raise"}),
        ("paul", {"do": "give", "person": eve.cast["mina"]}),
        ("mina", {"do": "pass"}),
        ("mina", {"do": "raise"}),
        ("paul", {"do": "lower", "person": eve.cast["mina"]}),
        ("paul", {"do": "take"}),
    ):
        form = TurnForm.parse({"room": eve.lounge, **sent})
        turns.set_turn(eve.unit, eve.who(handle), form)
    assert verbs(eve, "paul").count("chat.turn_led") == 2
    assert "chat.turn_led" not in verbs(eve, "mina")


@pytest.mark.parametrize("topic", [DOSE, SELLING, ADVERT])
def test_a_topic_says_nothing_that_a_message_could_not(eve, topic):
    form = SettingsForm.parse({"room": eve.lounge, "topic": topic})
    with pytest.raises(Invalid) as refused:
        hosting.set_room(eve.unit, eve.who("paul"), form)
    assert list(refused.value.fields) == ["topic"]
    assert eve.room().topic == ""


# ------------------------------------------------------------------ hands of those who are gone


def raises(eve: Evening, handle: str, room: str = "") -> None:
    form = TurnForm.parse({"room": room or eve.lounge, "do": "raise"})
    turns.set_turn(eve.unit, eve.who(handle), form)


def hands(eve: Evening, room: str = "") -> list[str]:
    return list(eve.room(room).turns.get("queue", []))


@pytest.mark.parametrize("how", ["leaves", "removed", "erased"])
def test_no_hand_stays_up_of_somebody_who_left_was_taken_out_or_is_erased(eve, how):
    meeting, mina = eve.meeting(), eve.cast["mina"]
    for room in ("", meeting):
        raises(eve, "mina", room)
        raises(eve, "paul", room)
    give = {"room": meeting, "do": "give", "person": mina}
    turns.set_turn(eve.unit, eve.who("paul"), TurnForm.parse(give))
    if how == "leaves":
        groups.leave(eve.unit, eve.who("mina"), eve.cast.slug)
    elif how == "removed":
        groups.remove_member(eve.unit, eve.cast.group, mina)
    else:
        Words().erase(eve.unit, mina)
    for room in ("", meeting):
        assert hands(eve, room) == [eve.cast["paul"]]
        assert eve.kinds(room)[-1] == "turn"
    assert eve.room(meeting).turns["holder"] is None


def test_who_leaves_one_group_keeps_a_hand_up_in_another(eve):
    raises(eve, "mina")
    elsewhere = found_group(eve.unit, [eve.who("paul")], [eve.who("mina")], slug="early-birds")
    groups.leave(eve.unit, eve.who("mina"), "early-birds")
    assert elsewhere
    assert hands(eve) == [eve.cast["mina"]]


def test_the_floor_is_not_given_to_somebody_who_is_kept_out_and_their_hand_can_be_lowered(eve):
    raises(eve, "mina")
    mina = eve.unit.session.get_one(Account, eve.cast["mina"])
    mina.suspended_until = eve.unit.now + timedelta(hours=24)
    eve.unit.session.flush()
    about = {"room": eve.lounge, "person": eve.cast["mina"]}
    with pytest.raises(Conflict, match="lower their hand"):
        turns.set_turn(eve.unit, eve.who("paul"), TurnForm.parse({**about, "do": "give"}))
    turns.set_turn(eve.unit, eve.who("paul"), TurnForm.parse({**about, "do": "lower"}))
    assert hands(eve) == []
