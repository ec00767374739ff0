"""A meeting is never unhosted: stand-by, the lost host, the chair taken once, and taken back."""

import pytest

from support.accounts import actions as accounts
from support.base.actor import Role
from support.base.errors import Conflict, Ended, Forbidden, Locked, NotFound
from support.chat import queries
from support.chat.actions import hosting, saying
from support.chat.actions.facts import PersonOut
from support.chat.forms import SendForm, SettingsForm
from support.chat.models import Comer, HostLine
from support.chat.queries import chair as chair_queries
from support.chat.queries.speakers import speakers
from support.chat.rules.chair import Step
from support.crisis import actions as crisis
from support.crisis.forms import ShiftForm
from support.groups import actions as group_actions
from support.groups import queries as groups
from support.groups.models import Meeting, Membership
from support.groups.rules.words import Belonging
from tests.chair_world import Night, night_in
from tests.chat_world import CALM, house_of


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    with house_of(tmp_path_factory.mktemp("chair")) as made:
        yield made


@pytest.fixture
def night(house):
    with night_in(house) as made:
        yield made


def turns_go_on(night: Night) -> None:
    """Mina has the floor, Otto waits; the script is at its third step."""
    room = night.room(night.meeting_room)
    room.step, room.turns = 3, {"holder": night.cast["mina"], "queue": [night.cast["otto"]]}
    night.unit.session.flush()


def paul_is_lost(night: Night) -> None:
    """He opened and led; then his line ends."""
    night.opens()
    night.gone("paul")


# ------------------------------------------------------------------ the stand-by list


def test_a_mentor_stands_by_for_one_meeting_or_for_the_group_and_goes_again(night):
    assert night.stands_by("wren") is True
    assert night.stands_by("wren") is True
    assert night.stands_by("june", group=True) is True
    listed = groups.stand_by_ids(night.unit, night.cast.group, night.meeting_id)
    assert set(listed) == {night.cast["wren"], night.cast["june"]}
    elsewhere = groups.stand_by_ids(night.unit, night.cast.group, "another")
    assert elsewhere == [night.cast["june"]]
    assert night.stands_by("wren", on=False) is False
    assert night.stands_by("june", on=False, group=True) is False
    assert groups.stand_by_ids(night.unit, night.cast.group, night.meeting_id) == []


def test_members_and_the_groups_own_hosts_are_not_on_the_list(night):
    with pytest.raises(Forbidden, match="Mentors stand by"):
        night.stands_by("mina")
    with pytest.raises(Conflict, match="asked anyway"):
        night.stands_by("paul")


def test_who_was_taken_out_of_the_group_stands_by_no_more(night):
    night.stands_by("wren")
    from_group = {"circle_id": night.cast.group, "account_id": night.cast["wren"]}
    membership(night, from_group, Belonging.REMOVED)
    assert groups.stand_by_ids(night.unit, night.cast.group, night.meeting_id) == []
    with pytest.raises(Forbidden, match="taken out"):
        night.stands_by("wren")


def membership(night: Night, whose: dict[str, str], state: Belonging) -> None:
    night.unit.session.add(Membership(**whose, state=state, since=night.unit.now))
    night.unit.session.flush()


# ------------------------------------------------------------------ before it begins


def test_with_no_host_the_list_and_the_hosts_are_asked_at_t_minus_10_and_t_plus_2(night):
    night.stands_by("wren")
    night.at(minutes=-11)
    assert night.sweep() == []
    night.at(minutes=-10)
    assert night.sweep() == [Step.ASK_HOST]
    assert night.sweep() == []
    assert night.asked() == {"wren": ("missing", "open")}
    assert night.noticed("host_missing") == ["paul", "wren"]
    night.at(minutes=2)
    assert night.sweep() == [Step.ASK_HOST]
    assert night.noticed("host_missing") == ["paul", "paul", "wren", "wren"]


def test_who_says_yes_before_it_begins_leads_and_may_do_what_a_host_may(night):
    night.stands_by("wren")
    night.at(minutes=-10)
    night.sweep()
    with pytest.raises(NotFound):
        queries.place(night.unit, night.who("june"), night.meeting_room)
    assert night.does("wren", "accept") == "chair"
    assert night.does("wren", "accept") == "chair"
    assert queries.place(night.unit, night.who("wren"), night.meeting_room).standing.hosts
    night.here("wren")
    night.moves("wren", "open")
    assert (night.leads, night.room(night.meeting_room).state) == ("wren", "open")


def test_a_meeting_without_any_host_is_called_off_kindly_and_everybody_concerned_is_told(night):
    groups_rsvp(night, "mina")
    night.at(minutes=-12)
    night.sweep()
    night.at(minutes=3)
    night.sweep()
    night.here("otto")
    night.at(minutes=10)
    assert night.sweep() == [Step.CALL_OFF, Step.WIND_UP]
    assert night.room(night.meeting_room).state == "cancelled"
    assert night.unit.session.get_one(Meeting, night.meeting_id).state == "cancelled"
    assert night.noticed("meeting_called_off") == ["mina", "otto"]
    assert night.noticed("meeting_unhosted") == ["ada", "mo", "paul", "rae"]
    assert night.kinds(night.meeting_room)[-1] == "meeting"
    assert night.sweep() == []


def groups_rsvp(night: Night, handle: str) -> None:
    group_actions.rsvp(night.unit, night.who(handle), night.meeting_id)


def test_a_host_who_comes_at_the_ninth_minute_is_seated_and_nothing_is_called_off(night):
    night.at(minutes=9)
    night.here("paul")
    assert Step.SEAT in night.sweep()
    night.at(minutes=10)
    night.here("paul")
    assert Step.CALL_OFF not in night.sweep()
    assert night.leads == "paul"


# ------------------------------------------------------------------ never alone


def test_who_hosts_alone_is_told_the_list_is_asked_and_new_peoples_words_wait(night):
    night.stands_by("wren")
    night.opens()
    assert night.noticed("host_alone") == ["paul"]
    assert night.asked()["wren"] == ("alone", "open")
    assert night.room(night.meeting_room).hold == "newcomers"
    assert night.does("wren", "accept") == "second"
    night.here("wren", "paul")
    assert night.sweep() == [Step.JOINED]
    assert (night.leads, night.beside) == ("paul", "wren")
    assert night.room(night.meeting_room).hold == "none"


def test_beside_a_host_sits_one_and_the_next_is_thanked(night):
    night.stands_by("wren")
    night.stands_by("june")
    night.opens()
    night.does("wren", "accept")
    with pytest.raises(Conflict, match="Thank you"):
        night.does("june", "accept")


def test_with_a_moderator_on_duty_nobodys_words_wait(night):
    crisis.add_shift(night.unit, None, ShiftForm("mo", 0, "00:00", 7 * 1440, "UTC"))
    night.opens()
    assert night.noticed("host_alone") == ["paul"]
    assert night.room(night.meeting_room).hold == "none"


# ------------------------------------------------------------------ few write while a host is alone


def guests(night: Night, number: int) -> list[str]:
    """So many more members of the group, no newcomers."""
    handles = [f"guest-{each}" for each in range(number)]
    about = accounts.About("PT", "Europe/Lisbon", settled=True)
    for handle in handles:
        night.cast.ids[handle] = accounts.create(
            night.unit, handle, Role.MEMBER, "no log-in", about
        )
    group_actions.take_in(night.unit, night.cast.group, [night.cast[one] for one in handles])
    return handles


def talks(night: Night, handle: str) -> None:
    night.says(handle, CALM, night.meeting_room)


def test_eight_people_write_while_a_host_is_alone_and_the_ninth_reads(night):
    night.opens()
    many = guests(night, 9)
    assert night.room(night.meeting_room).most_writers == 8
    for handle in many[:8]:
        night.later(seconds=1)
        talks(night, handle)
    with pytest.raises(Locked, match="The host is alone just now"):
        talks(night, many[8])
    talks(night, many[0])
    talks(night, "paul")
    talks(night, "mo")


def test_who_has_the_floor_writes_and_a_place_is_free_when_somebody_rests(night):
    night.opens()
    many = guests(night, 10)
    for handle in many[:8]:
        night.later(seconds=1)
        talks(night, handle)
    night.later(seconds=1)
    room = night.room(night.meeting_room)
    room.turns = {"holder": night.cast[many[8]], "queue": []}
    night.unit.session.flush()
    talks(night, many[8])
    night.later(minutes=14)
    for handle in many[2:8]:
        talks(night, handle)
    with pytest.raises(Locked):
        talks(night, many[9])
    night.later(minutes=1)
    talks(night, many[9])


def test_with_somebody_beside_all_may_write_again(night):
    night.stands_by("wren")
    night.opens()
    many = guests(night, 9)
    for handle in many[:8]:
        talks(night, handle)
    night.does("wren", "accept")
    night.here("wren", "paul")
    assert night.sweep() == [Step.JOINED]
    assert night.room(night.meeting_room).most_writers == 0
    talks(night, many[8])


def test_the_room_narrows_at_once_when_the_second_goes_and_not_only_when_we_ask_again(night):
    night.stands_by("wren")
    night.opens()
    night.does("wren", "accept")
    night.here("wren", "paul")
    night.sweep()
    night.gone("wren")
    night.later(seconds=21)
    night.here("paul")
    assert night.sweep() == [Step.HOLD_BACK]
    room = night.room(night.meeting_room)
    assert (room.most_writers, room.hold) == (8, "newcomers")
    assert night.sweep() == []


def test_what_a_host_had_set_stays_when_somebody_comes_and_alone_they_cannot_open_it(night):
    night.stands_by("wren")
    night.at(minutes=-5)
    night.sweep()
    night.room(night.meeting_room).hold = "all"
    night.at()
    night.here("paul", "mina")
    night.moves("paul", "open")
    night.sweep()
    room = night.room(night.meeting_room)
    assert (room.most_writers, room.hold) == (8, "all")
    opens = SettingsForm.parse({"room": night.meeting_room, "hold": "none"})
    with pytest.raises(Conflict, match="You lead alone"):
        hosting.set_room(night.unit, night.who("paul"), opens)
    night.does("wren", "accept")
    night.here("wren", "paul")
    night.sweep()
    assert night.room(night.meeting_room).hold == "all"
    hosting.set_room(night.unit, night.who("paul"), opens)
    assert night.room(night.meeting_room).hold == "none"


def test_with_a_moderator_on_duty_as_many_write_as_like(night):
    crisis.add_shift(night.unit, None, ShiftForm("mo", 0, "00:00", 7 * 1440, "UTC"))
    night.opens()
    assert night.sweep() == []
    assert night.room(night.meeting_room).most_writers == 0


def test_a_moderator_who_comes_on_duty_widens_the_room_and_who_was_asked_stays_asked(night):
    night.stands_by("wren")
    night.opens()
    crisis.add_shift(night.unit, None, ShiftForm("mo", 0, "00:00", 7 * 1440, "UTC"))
    assert night.sweep() == [Step.WIDEN]
    room = night.room(night.meeting_room)
    assert (room.most_writers, room.hold) == (0, "none")
    assert night.asked()["wren"] == ("alone", "open")
    assert night.sweep() == []


def test_the_quick_way_leaves_a_narrow_room_to_the_ordinary_one(night):
    night.opens()
    many = guests(night, 1)
    form = SendForm.parse({"room": night.meeting_room, "body": CALM, "client_id": "q1"})
    known = speakers(night.unit, [night.who(many[0])], {night.meeting_room})
    one = saying._Saying(night.unit, known).one(night.who(many[0]), form)
    assert one is None


@pytest.mark.parametrize("lost", ["role", "group"])
def test_who_is_no_mentor_any_more_or_was_taken_out_of_the_group_leads_nothing(night, lost):
    night.stands_by("wren")
    night.opens()
    night.does("wren", "accept")
    assert queries.place(night.unit, night.who("wren"), night.meeting_room).standing.hosts
    if lost == "role":
        accounts.set_role(night.unit, night.cast["wren"], Role.MEMBER)
    else:
        whose = {"circle_id": night.cast.group, "account_id": night.cast["wren"]}
        membership(night, whose, Belonging.REMOVED)
    with pytest.raises(NotFound):
        queries.place(night.unit, night.who("wren"), night.meeting_room)


# ------------------------------------------------------------------ the host is lost


def test_twenty_seconds_after_the_loss_the_chair_is_offered_with_step_and_turns_as_they_are(night):
    night.stands_by("wren")
    paul_is_lost(night)
    turns_go_on(night)
    night.later(seconds=19)
    assert night.sweep() == []
    night.later(seconds=1)
    assert night.sweep() == [Step.OFFER]
    assert night.noticed("chair_offered") == ["wren"]
    assert [asked.why for asked in chair_queries.asked_of(night.unit, night.who("wren"))] == [
        "lost"
    ]
    assert night.does("wren", "accept") == "chair"
    room = night.room(night.meeting_room)
    assert (night.leads, room.state, room.step) == ("wren", "open", 3)
    assert room.turns == {"holder": night.cast["mina"], "queue": [night.cast["otto"]]}
    last = night.body(night.room(night.meeting_room).seq, night.meeting_room)
    assert (last["led_by"], last["step"], last["waits"]) == (night.cast["wren"], 3, False)


def test_a_line_in_another_process_or_a_page_is_a_host_who_is_here(night):
    night.opens()
    night.here("paul", origin="two", seconds=60)
    night.gone("paul")
    night.later(seconds=30)
    assert night.sweep() == []
    night.gone("paul", origin="two")
    night.later(seconds=20)
    assert night.sweep() == [Step.PAUSE]


def test_a_line_that_ends_ends_what_the_page_had_promised(night):
    night.opens()
    night.here("paul", origin="page", seconds=120)
    night.gone("paul")
    night.later(seconds=20)
    assert night.sweep() == [Step.PAUSE]


def test_with_nobody_to_ask_the_meeting_waits_the_team_is_told_and_nobody_writes(night):
    paul_is_lost(night)
    night.later(seconds=20)
    assert night.sweep() == [Step.PAUSE]
    assert night.room(night.meeting_room).state == "paused"
    assert night.noticed("meeting_paused") == ["ada", "mo", "paul", "rae"]
    assert night.body(night.room(night.meeting_room).seq, night.meeting_room)["waits"] is True
    with pytest.raises(Locked):
        night.posts("mina", CALM, night.meeting_room)
    assert night.sweep() == []


def test_who_was_asked_and_is_silent_for_half_a_minute_keeps_nobody_waiting_without_a_word(night):
    night.stands_by("wren")
    paul_is_lost(night)
    night.later(seconds=20)
    night.sweep()
    night.later(seconds=29)
    assert night.sweep() == []
    night.later(seconds=1)
    assert night.sweep() == [Step.PAUSE]
    assert night.does("wren", "accept") == "chair"
    assert night.chair.paused_at is None
    night.here("wren")
    night.moves("wren", "open")
    assert night.room(night.meeting_room).state == "open"


def test_everybody_who_says_no_leaves_the_meeting_waiting_and_is_asked_no_more(night):
    night.stands_by("wren")
    paul_is_lost(night)
    night.later(seconds=20)
    night.sweep()
    assert night.does("wren", "decline") == "declined"
    assert night.does("wren", "decline") == "declined"
    assert night.sweep() == [Step.PAUSE]


def test_a_no_holds_until_one_is_asked_anew_also_from_a_page_left_open(night):
    night.stands_by("wren")
    paul_is_lost(night)
    night.later(seconds=20)
    night.sweep()
    night.does("wren", "decline")
    with pytest.raises(Conflict, match="You said no to this"):
        night.does("wren", "accept")
    assert night.leads != "wren"
    assert night.does("mo", "accept") == "chair"
    night.here("mo")
    night.gone("mo")
    night.later(seconds=20)
    assert Step.OFFER in night.sweep()
    assert night.does("wren", "accept") == "chair"


def test_a_host_who_is_back_in_time_keeps_the_chair_and_the_offer_is_over(night):
    night.stands_by("wren")
    paul_is_lost(night)
    night.later(seconds=20)
    night.sweep()
    night.later(seconds=5)
    night.here("paul")
    assert Step.RETURNED in night.sweep()
    assert night.leads == "paul"
    with pytest.raises(Conflict, match="Somebody leads"):
        night.does("wren", "accept")


def test_a_host_who_is_back_late_takes_the_chair_back_and_the_stand_by_sits_beside(night):
    night.stands_by("wren")
    paul_is_lost(night)
    night.later(seconds=20)
    night.sweep()
    night.does("wren", "accept")
    night.later(minutes=3)
    night.here("paul", "wren")
    night.sweep()
    assert night.leads == "wren"
    assert night.does("paul", "reclaim") == "chair"
    assert night.does("paul", "reclaim") == "chair"
    assert (night.leads, night.beside) == ("paul", "wren")
    heard = night.body(night.room(night.meeting_room).seq, night.meeting_room)
    assert (heard["led_by"], heard["beside"]) == (night.cast["paul"], night.cast["wren"])
    assert night.noticed("chair_given_back") == ["wren"]
    assert queries.place(night.unit, night.who("wren"), night.meeting_room).standing.hosts


def test_a_paused_meeting_goes_on_when_its_host_is_back_and_says_so(night):
    paul_is_lost(night)
    night.later(seconds=20)
    night.sweep()
    night.later(minutes=2)
    night.here("paul")
    assert Step.RETURNED in night.sweep()
    assert night.room(night.meeting_room).state == "paused"
    night.moves("paul", "open")
    assert night.room(night.meeting_room).state == "open"
    assert night.says("mina", CALM, night.meeting_room)


def test_a_moderator_may_step_in_where_nobody_leads_and_nowhere_else(night):
    night.opens()
    with pytest.raises(Forbidden, match="not asked"):
        night.does("mo", "accept")
    night.gone("paul")
    night.later(seconds=20)
    night.sweep()
    assert night.does("mo", "accept") == "chair"
    assert night.leads == "mo"


@pytest.mark.parametrize(("handle", "do"), [("otto", "accept"), ("june", "reclaim")])
def test_who_may_not_know_the_room_hears_that_there_is_none(night, handle, do):
    night.opens()
    with pytest.raises(NotFound):
        night.does(handle, do)


def test_a_member_can_neither_take_a_chair_nor_take_it_back(night):
    night.opens()
    for do in ("accept", "reclaim"):
        with pytest.raises(Forbidden):
            night.does("mina", do)
    with pytest.raises(NotFound):
        night.does("mina", "decline")


def test_after_the_end_nothing_is_taken_and_of_who_came_only_the_number_is_kept(night):
    night.stands_by("wren")
    night.opens()
    night.here("otto", "mo")
    night.does("wren", "accept")
    night.moves("paul", "closed")
    assert night.sweep() == [Step.WIND_UP]
    assert night.told(PersonOut) == [PersonOut(night.meeting_room, night.cast["wren"], "over")]
    assert night.chair.came == 4
    for table in (Comer, HostLine):
        assert night.unit.session.query(table).filter_by(room_id=night.meeting_room).count() == 0
    with pytest.raises(Ended):
        night.does("wren", "accept")
    with pytest.raises(NotFound):
        queries.place(night.unit, night.who("wren"), night.meeting_room)


def test_each_step_of_the_house_stands_in_the_audit(night):
    paul_is_lost(night)
    night.later(seconds=20)
    night.sweep()
    assert [verb for verb in night.audited() if verb.startswith("chat.chair_")] == [
        "chat.chair_ask_host",
        "chat.chair_ask_second",
        "chat.chair_pause",
    ]
