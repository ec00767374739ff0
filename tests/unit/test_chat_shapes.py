"""What people send to a room, which move follows which, and what an author is told: no database."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from support.base.errors import Banned, Conflict, Declined, Ended, Forbidden, Invalid, TooLong
from support.chat import forms
from support.chat.rules.meeting import NEXT, OVER, Ask, Course, Move, moved
from support.chat.rules.places import (
    EDIT_FOR,
    KEEPS_DAYS,
    ON_THE_WIRE,
    Hold,
    Kind,
    Reaction,
    Said,
    Setting,
    Standing,
    can,
    check_may_edit,
    check_may_enter,
    check_may_write,
    waits_for_moderator,
)
from support.chat.rules.scripts import NO_SCRIPT
from support.chat.rules.turns import Floor, Turn, Watch, changed
from support.chat.rules.words import DANGER, HELD, WHY_HELD, notice_for, taken_back, told_after

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MEMBER = Standing(enters=True, hosts=False)
HOST = Standing(enters=True, hosts=True)


def wrong(parse, data):
    with pytest.raises(Invalid) as refused:
        parse(data)
    return list(refused.value.fields)


# ------------------------------------------------------------------ what is sent

SENT = {
    forms.RoomForm: {"room": "r1"},
    forms.JoinForm: {"room": "r1", "after": 7},
    forms.HistoryForm: {"room": "r1", "before": 9, "limit": 20},
    forms.SeenForm: {"room": "r1", "seq": 3},
    forms.SendForm: {"room": "r1", "body": "hello", "client_id": "a-1"},
    forms.EditForm: {"message": "m1", "body": "hello again"},
    forms.MessageForm: {"message": "m1"},
    forms.ReactForm: {"message": "m1", "reaction": "hug", "on": True},
    forms.MoveForm: {"room": "r1", "to": "open"},
    forms.SettingsForm: {"room": "r1", "locked": True},
    forms.SilenceForm: {"room": "r1", "person": "p1", "minutes": 10, "reason": "Loud."},
    forms.UndoForm: {"undo": "u1"},
    forms.BackupForm: {"room": "r1", "note": "Please come."},
    forms.TurnForm: {"room": "r1", "do": "raise"},
}
EACH = pytest.mark.parametrize("form", SENT, ids=lambda form: form.__name__)


@EACH
def test_what_is_whole_is_read(form):
    assert form.parse(SENT[form])


@EACH
def test_what_nobody_asked_for_is_named_and_not_taken(form):
    assert wrong(form.parse, {**SENT[form], "admin": True}) == ["admin"]


@EACH
def test_nothing_at_all_is_refused_with_what_is_missing(form):
    missing = wrong(form.parse, {})
    assert missing
    assert set(missing) <= set(SENT[form]) | {"person"}


@EACH
@pytest.mark.parametrize("value", ["a b", "../x", "x" * 65, 7, None, ["r1"], {"id": "r1"}, "é"])
def test_an_id_that_is_none_is_named(form, value):
    name = next(name for name in ("room", "message", "undo") if name in SENT[form])
    assert wrong(form.parse, {**SENT[form], name: value}) == [name]


@pytest.mark.parametrize(
    ("form", "change", "field"),
    [
        (forms.JoinForm, {"after": -1}, "after"),
        (forms.JoinForm, {"after": 2**31}, "after"),
        (forms.JoinForm, {"after": "soon"}, "after"),
        (forms.HistoryForm, {"before": None}, "before"),
        (forms.HistoryForm, {"before": 2**31}, "before"),
        (forms.HistoryForm, {"limit": 0}, "limit"),
        (forms.HistoryForm, {"limit": 101}, "limit"),
        (forms.SeenForm, {"seq": -1}, "seq"),
        (forms.SeenForm, {"seq": True}, "seq"),
        (forms.SendForm, {"body": ""}, "body"),
        (forms.SendForm, {"body": " \n\t "}, "body"),
        (forms.SendForm, {"body": 7}, "body"),
        (forms.SendForm, {"client_id": ""}, "client_id"),
        (forms.SendForm, {"client_id": "a b"}, "client_id"),
        (forms.SendForm, {"client_id": "a/b"}, "client_id"),
        (forms.SendForm, {"client_id": "x" * 65}, "client_id"),
        (forms.SendForm, {"warning": "w" * 81}, "warning"),
        (forms.SendForm, {"reply_to": "a b"}, "reply_to"),
        (forms.EditForm, {"body": ""}, "body"),
        (forms.ReactForm, {"reaction": "thumbs_down"}, "reaction"),
        (forms.ReactForm, {"on": "perhaps"}, "on"),
        (forms.MoveForm, {"to": "planned"}, "to"),
        (forms.MoveForm, {"step": 51}, "step"),
        (forms.MoveForm, {"step": -1}, "step"),
        (forms.MoveForm, {"minutes": 0}, "minutes"),
        (forms.MoveForm, {"minutes": 61}, "minutes"),
        (forms.SettingsForm, {"slow_seconds": 3601}, "slow_seconds"),
        (forms.SettingsForm, {"locked": "perhaps"}, "locked"),
        (forms.SettingsForm, {"hold": "some"}, "hold"),
        (forms.SettingsForm, {"topic": "t" * 141}, "topic"),
        (forms.SettingsForm, {"pinned": "a b"}, "pinned"),
        (forms.SilenceForm, {"minutes": 0}, "minutes"),
        (forms.SilenceForm, {"minutes": 7 * 24 * 60 + 1}, "minutes"),
        (forms.SilenceForm, {"reason": ""}, "reason"),
        (forms.SilenceForm, {"reason": "x" * 301}, "reason"),
        (forms.SilenceForm, {"person": ""}, "person"),
        (forms.BackupForm, {"note": "x" * 301}, "note"),
        (forms.TurnForm, {"do": "shout"}, "do"),
        (forms.TurnForm, {"person": "a b"}, "person"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(form, change, field):
    assert wrong(form.parse, {**SENT[form], **change}) == [field]


@pytest.mark.parametrize("form", [forms.SendForm, forms.EditForm])
def test_two_thousand_characters_are_taken_and_one_more_is_too_long(form):
    assert len(form.parse({**SENT[form], "body": "x" * 2000}).body) == 2000
    with pytest.raises(TooLong) as refused:
        form.parse({**SENT[form], "body": "x" * 2001})
    assert refused.value.status == 413
    assert list(refused.value.fields) == ["body"]


def test_a_mute_is_ten_minutes_unless_it_says_otherwise():
    sent = {name: value for name, value in SENT[forms.SilenceForm].items() if name != "minutes"}
    assert forms.SilenceForm.parse(sent).minutes == 10


def test_a_sign_is_put_on_unless_it_is_taken_off():
    sent = {"message": "m1", "reaction": "hug"}
    assert forms.ReactForm.parse(sent).on is True
    assert forms.ReactForm.parse({**sent, "on": "0"}).on is False


def test_settings_that_are_not_sent_stay_and_empty_ones_are_emptied():
    untouched = forms.SettingsForm.parse({"room": "r1"})
    assert (untouched.topic, untouched.pinned, untouched.hold) == (None, None, None)
    assert (untouched.locked, untouched.cross_talk, untouched.slow_seconds) == (None, None, None)
    emptied = forms.SettingsForm.parse({"room": "r1", "topic": "", "pinned": "", "hold": "none"})
    assert (emptied.topic, emptied.pinned, emptied.hold) == ("", "", Hold.NONE)


@given(st.dictionaries(st.sampled_from(["room", "body", "client_id", "seq", "to"]), st.none()))
def test_nothing_that_is_sent_empty_breaks_a_form(sent):
    for form in SENT:
        with pytest.raises((Invalid, TooLong)):
            form.parse(sent)


# ------------------------------------------------------------------ how a meeting moves

FOLLOWS = {
    "planned": {"lobby", "open"},
    "lobby": {"open", "closed"},
    "open": {"step", "extend", "paused", "closing", "closed"},
    "paused": {"open", "closing", "closed"},
    "closing": {"open", "closed"},
}


@pytest.mark.parametrize("state", [*FOLLOWS, *sorted(OVER), "lost"])
@pytest.mark.parametrize("move", list(Move))
def test_each_move_follows_from_some_states_and_from_no_other(state, move):
    course = Course(state, 2, NOW)
    if state in OVER:
        with pytest.raises(Ended):
            moved(course, Ask(move), NO_SCRIPT, NOW)
    elif move.value not in FOLLOWS.get(state, ()):
        with pytest.raises(Conflict):
            moved(course, Ask(move), NO_SCRIPT, NOW)
    else:
        after = moved(course, Ask(move), NO_SCRIPT, NOW)
        stays = move in (Move.STEP, Move.EXTEND)
        assert after.state == (state if stays else move.value)


def test_a_meeting_can_always_come_to_its_end():
    reached = {"closed"}
    for _ in FOLLOWS:
        reached |= {state for state, moves in NEXT.items() if {m.value for m in moves} & reached}
    assert reached >= set(FOLLOWS)


@pytest.mark.parametrize(("asked", "step"), [(None, 3), (0, 0), (7, 7), (2, 2)])
def test_a_step_is_the_next_one_or_the_one_that_was_named(asked, step):
    after = moved(Course("open", 2, NOW), Ask(Move.STEP, asked), NO_SCRIPT, NOW)
    assert after == Course("open", step, NOW)


@pytest.mark.parametrize(("asked", "minutes"), [(None, 5), (1, 1), (60, 60)])
def test_more_time_moves_the_end_and_nothing_else(asked, minutes):
    after = moved(Course("open", 2, NOW), Ask(Move.EXTEND, None, asked), NO_SCRIPT, NOW)
    assert after == Course("open", 2, NOW + timedelta(minutes=minutes))


# ------------------------------------------------------------------ who may do what


def test_whoever_was_taken_out_may_come_back_when_the_time_is_over_and_a_host_never_is():
    out = Standing(enters=True, hosts=False, removed_until=NOW + SECOND)
    with pytest.raises(Banned):
        check_may_enter(out, NOW)
    check_may_enter(out, NOW + SECOND)
    check_may_enter(Standing(enters=True, hosts=True, removed_until=NOW + SECOND), NOW)


@pytest.mark.parametrize("kind", list(Kind))
def test_a_closed_room_is_closed_for_everybody_and_says_that_help_is_there(kind):
    for standing in (MEMBER, HOST):
        with pytest.raises(Ended, match="Help is still here"):
            check_may_write(Setting(kind=kind, state="closed"), standing, None, NOW)


def test_in_a_crisis_room_neither_mute_nor_lock_nor_pace_stops_anybody():
    setting = Setting(kind=Kind.CRISIS, state="lobby", slow_seconds=3600, locked=True)
    muted = Standing(enters=True, hosts=False, muted_until=NOW + timedelta(days=9))
    check_may_write(setting, muted, NOW, NOW)


@pytest.mark.parametrize(
    ("state", "age", "may"),
    [
        (Said.VISIBLE, timedelta(0), True),
        (Said.VISIBLE, EDIT_FOR, True),
        (Said.VISIBLE, EDIT_FOR + SECOND, False),
        (Said.HELD, timedelta(days=1), True),
        (Said.KEPT, timedelta(0), False),
        (Said.REMOVED, timedelta(0), False),
        (Said.WITHDRAWN, timedelta(0), False),
    ],
)
def test_own_words_are_changed_while_they_are_fresh_or_wait(state, age, may):
    if may:
        check_may_edit(True, state, NOW - age, NOW)
    else:
        with pytest.raises(Ended, match="You can write new ones"):
            check_may_edit(True, state, NOW - age, NOW)
    with pytest.raises(Forbidden):
        check_may_edit(False, state, NOW - age, NOW)


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("hold", list(Hold))
@pytest.mark.parametrize("newcomer", [True, False])
def test_words_wait_where_the_host_said_so_and_never_in_a_crisis_room(kind, hold, newcomer):
    setting = Setting(kind=kind, state="open", hold=hold)
    expected = kind is not Kind.CRISIS and (hold is Hold.ALL or (newcomer and hold != Hold.NONE))
    assert waits_for_moderator(setting, MEMBER, newcomer) is expected
    assert waits_for_moderator(setting, HOST, newcomer) is False


@pytest.mark.parametrize("kind", list(Kind))
def test_the_page_offers_hosting_to_hosts_and_moving_in_meetings(kind):
    setting = Setting(kind=kind, state="open")
    assert can(setting, MEMBER) == ["read", "write", "react", "report"]
    assert ("move" in can(setting, HOST)) is (kind is Kind.MEETING)
    assert set(can(setting, MEMBER)) < set(can(setting, HOST))


def test_every_kind_of_room_says_how_long_it_keeps_words_and_a_crisis_room_longest():
    assert set(KEEPS_DAYS) == set(Kind)
    assert max(KEEPS_DAYS, key=lambda kind: KEEPS_DAYS[kind]) is Kind.CRISIS
    assert all(days >= 7 for days in KEEPS_DAYS.values())


def test_what_was_kept_back_looks_held_and_what_was_taken_back_looks_removed():
    assert {ON_THE_WIRE.get(said, said) for said in Said} == {"visible", "held", "removed"}


def test_signs_are_calm_and_none_is_against_anybody():
    assert {sign.value for sign in Reaction} == {"thanks", "with_you", "same", "hug", "heart"}


# ------------------------------------------------------------------ whose turn it is


@pytest.mark.parametrize(
    ("floor", "do", "person", "after"),
    [
        (Floor(None, ()), Turn.RAISE, "mina", Floor(None, ("mina",))),
        (Floor("paul", ("fern",)), Turn.RAISE, "mina", Floor("paul", ("fern", "mina"))),
        (Floor(None, ("mina",)), Turn.RAISE, "mina", Floor(None, ("mina",))),
        (Floor("mina", ()), Turn.RAISE, "mina", Floor("mina", ())),
        (Floor("paul", ("fern", "mina")), Turn.LOWER, "fern", Floor("paul", ("mina",))),
        (Floor("paul", ("fern",)), Turn.LOWER, "mina", Floor("paul", ("fern",))),
        (Floor("paul", ("fern", "mina")), Turn.GIVE, "mina", Floor("mina", ("fern",))),
        (Floor(None, ()), Turn.GIVE, "mina", Floor("mina", ())),
        (Floor("paul", ("fern",)), Turn.TAKE, "paul", Floor(None, ("fern",))),
        (Floor("paul", ("fern",)), Turn.PASS, "paul", Floor(None, ("fern",))),
        (Floor("paul", ("fern",)), Turn.PASS, "mina", Floor("paul", ("fern",))),
        (Floor("paul", ("fern",)), Turn.PASS, "fern", Floor("paul", ("fern",))),
    ],
)
def test_a_turn_changes_the_floor_as_people_expect(floor, do, person, after):
    assert changed(floor, do, person, Watch(NOW)) == after


# ------------------------------------------------------------------ what an author is told


@pytest.mark.parametrize("label", DANGER)
@pytest.mark.parametrize("hold", [None, *WHY_HELD])
@pytest.mark.parametrize("waits", [True, False])
def test_danger_is_spoken_of_first_and_shows_the_numbers(label, hold, waits):
    words = notice_for([label, "sourcing"], hold, waits=waits)
    assert (words.label, words.shows_help) == (label, True)
    assert words.text.startswith(DANGER[label])
    assert ("moderator" in words.text or "Only you" in words.text) is bool(hold or waits)


@pytest.mark.parametrize("label", WHY_HELD)
def test_each_reason_to_wait_is_explained_and_blames_nobody(label):
    words = notice_for([label] if label not in DANGER else [], label, waits=True)
    assert (words.label, words.text, words.shows_help) == (label, WHY_HELD[label], False)
    for word in ("forbidden", "violat", "wrong", "illegal", "!"):
        assert word not in words.text.lower()


def test_an_unknown_reason_has_the_plain_words_and_a_room_that_holds_all_says_so():
    assert notice_for([], "colour", waits=True).text == HELD
    assert notice_for([], None, waits=True).label == "room_hold"
    assert notice_for(["sourcing"], None, waits=False) is None


@pytest.mark.parametrize("label", [*DANGER, *WHY_HELD])
def test_whoever_has_words_taken_back_hears_first_that_they_did_nothing_wrong(label):
    words = taken_back([label], label)
    assert words.text.index("nothing wrong") < 120
    assert words.shows_help is (label in DANGER)


def test_nothing_taken_back_is_nothing_said():
    assert taken_back([], None) is None


@pytest.mark.parametrize("label", DANGER)
def test_a_card_is_shown_once_for_the_same_danger(label):
    assert told_after([label], None).label == label
    assert told_after([label], label) is None
    assert told_after([label, "sourcing"], "sourcing").shows_help
    assert told_after(["sourcing"], None) is None


WORDS = st.one_of(
    st.text(alphabet="ab \t\n\x00\u200e\u00e9\ud83d7", max_size=6),
    st.sampled_from(["still here", " spaced ", "x" * 2000, "x" * 2001, "", "ümlaut", 7, None]),
)
NAMES = st.sampled_from(["r1", "c.1-2_3", "a" * 64, "a" * 65, "", " r1", "r1\n", "r ü", 7, None])


def _read(way, data):
    """What comes of reading this, refusals included."""
    try:
        return way(data)
    except Declined as error:
        return type(error), error.message, error.fields


@given(st.fixed_dictionaries(
    {}, optional={"room": NAMES, "body": WORDS, "client_id": NAMES, "reply_to": NAMES,
                  "warning": WORDS, "csrf_token": WORDS, "more": WORDS},
))  # fmt: skip
@settings(deadline=None, max_examples=300)
@example({"room": "r1", "body": "still here", "client_id": "c1"})
@example({"room": "r1", "body": "x", "more": "c1"})
@example({"room": "r1", "body": "x", "csrf_token": "c1"})
def test_what_is_read_at_once_is_what_reading_field_by_field_gives(data):
    found = _read(forms.SendForm.parse, data)
    assert found == _read(forms.SendForm._parse_field_by_field, data)
