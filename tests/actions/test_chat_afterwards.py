"""After a meeting: numbers and no names, four questions, a worry for the desk, words for hosts."""

import pytest
from sqlalchemy import select

from support.base.errors import Conflict, Ended, Forbidden, Invalid, NotFound
from support.chat.actions import afterwards, asides
from support.chat.actions.afterwards import AfterMemory
from support.chat.actions.facts import AuthorNoticed
from support.chat.forms import DebriefForm, FeedbackForm
from support.chat.models import Chair, Debrief, SaidAside
from support.chat.queries import afterwards as queries
from support.chat.rules.afterwards import Aside
from support.chat.rules.chair import Step
from support.crisis import queries as crisis
from support.moderation import actions as moderation
from support.moderation.forms import DecideForm
from support.moderation.models import ReviewItem
from support.notify.models import Notice
from tests.chair_world import Night, night_in
from tests.chat_world import SELLING, house_of

KIND = "It helped that nobody hurried."
DANGER = "I want to kill myself tonight"


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    with house_of(tmp_path_factory.mktemp("afterwards")) as made:
        yield made


@pytest.fixture
def night(house):
    """Paul has led an evening to its end; Mina and Otto came, Wren sat beside him."""
    with night_in(house) as made:
        made.stands_by("wren")
        made.opens()
        made.here("otto")
        made.does("wren", "accept")
        made.at(minutes=50)
        made.here("paul", "wren")
        made.moves("paul", "closed")
        assert made.sweep() == [Step.WIND_UP]
        yield made


def looks_back(night: Night, handle: str, **answers: object):
    form = DebriefForm.parse(answers)
    return afterwards.look_back(night.unit, night.who(handle), night.meeting_id, form)


def tells(night: Night, handle: str, body: str = KIND) -> SaidAside:
    form = FeedbackForm(body)
    return afterwards.tell_hosts(night.unit, night.who(handle), night.meeting_id, form)


def item_about(night: Night, kind: str) -> ReviewItem:
    night.unit.session.flush()
    return night.unit.session.scalars(
        select(ReviewItem).where(ReviewItem.target_kind == kind)
    ).one()


def decides(night: Night, item: ReviewItem, decision: str) -> None:
    mo = night.who("mo")
    moderation.claim(night.unit, mo, item.id)
    form = DecideForm.parse({"decision": decision, "reason": "Read.", "rule": "safety"})
    moderation.decide(night.unit, mo, item.id, form)


def read_by_hosts(night: Night) -> list[str]:
    night.unit.session.flush()
    return [body for body, _ in queries.told_hosts(night.unit, night.meeting_room)]


# ------------------------------------------------------------------ looking back


def test_who_led_is_asked_to_look_back_and_sees_how_many_came_and_their_own_hours(night):
    assert night.noticed("look_back") == ["paul", "wren"]
    for handle in ("paul", "wren"):
        waiting = queries.to_look_back_at(night.unit, night.who(handle))
        assert waiting == [(night.meeting_id, "Slow taper")]
    assert night.chair.came == 4
    hours = queries.own_hours(night.unit, night.who("paul"))
    assert hours == {"minutes": 50, "most_minutes": 360}
    assert queries.own_hours(night.unit, night.who("mo")) is None


def test_four_answers_are_kept_all_can_be_skipped_and_the_meeting_is_debriefed(night):
    found = looks_back(night, "paul", well="Calm", next="Begin with the breath")
    assert (found.worry, found.notice) == (None, None)
    assert night.room(night.meeting_room).state == "debriefed"
    assert looks_back(night, "wren").worry is None
    assert queries.to_look_back_at(night.unit, night.who("paul")) == []
    room = night.room(night.meeting_room)
    assert queries.notes_for_next(night.unit, room, night.cast["wren"]) == ["Begin with the breath"]
    assert queries.notes_for_next(night.unit, room, night.cast["paul"]) == []


def test_written_anew_it_is_the_same_debrief(night):
    looks_back(night, "paul", well="Calm")
    looks_back(night, "paul", hard="The first minutes")
    own = queries.debrief_of(night.unit, night.cast["paul"], night.meeting_room)
    assert own.answers == {"hard": "The first minutes"}


@pytest.mark.parametrize(
    ("handle", "refused"), [("mina", Forbidden), ("mo", Forbidden), ("june", NotFound)]
)
def test_only_who_led_looks_back(night, handle, refused):
    with pytest.raises(refused):
        looks_back(night, handle, well="x")


def test_nobody_looks_back_before_the_end(house):
    with night_in(house) as night:
        night.opens()
        with pytest.raises(Conflict, match="not over"):
            looks_back(night, "paul")


def test_a_worry_is_an_entry_of_the_desk_and_its_host_has_done_nothing_wrong(night):
    found = looks_back(night, "paul", worry="Somebody was very quiet. I fear for them.")
    item = item_about(night, "worry")
    assert (found.worry, item.severity, item.author_id) == (item.id, "watch", night.cast["paul"])
    reading = moderation.read_item(night.unit, night.who("mo"), item.id)
    assert reading.words.body == "Somebody was very quiet. I fear for them."
    decides(night, item, "allow")
    told = select(Notice.kind).where(Notice.account_id == night.cast["paul"])
    assert "message_shown" not in set(night.unit.session.scalars(told))


@pytest.mark.parametrize("decision", ["remove", "warn", "mute", "ban"])
def test_who_tells_of_a_worry_is_never_punished_for_it(night, decision):
    looks_back(night, "paul", worry="Somebody was very quiet.")
    with pytest.raises(Invalid, match="nothing wrong"):
        decides(night, item_about(night, "worry"), decision)


def test_a_worry_about_danger_now_goes_before_all_else_and_the_team_is_told(night):
    looks_back(night, "paul", danger=True)
    assert item_about(night, "worry").severity == "urgent"
    assert night.noticed("host_worried") == ["ada", "mo", "rae"]


def test_a_host_who_is_in_danger_themselves_gets_help_and_somebody_is_called(night):
    found = looks_back(night, "paul", self=DANGER)
    assert found.notice is not None
    assert found.notice["help"] is True
    assert crisis.own_case(night.unit, night.cast["paul"])["case"] == found.notice["case"]


# ------------------------------------------------------------------ words for the hosts


def test_a_guests_words_reach_the_hosts_without_a_name_and_without_a_mark(night):
    row = tells(night, "mina")
    assert (row.state, row.notice) == ("visible", None)
    assert read_by_hosts(night) == [KIND]
    tells(night, "mina", "And the pauses were good.")
    assert read_by_hosts(night) == ["And the pauses were good."]


def test_what_review_holds_no_host_reads_until_a_moderator_lets_it_through(night):
    row = tells(night, "mina", SELLING)
    assert row.state == "held"
    assert row.notice["text"].startswith("This looks like getting pills")
    assert read_by_hosts(night) == []
    item = item_about(night, "feedback")
    decides(night, item, "allow")
    assert read_by_hosts(night) == [SELLING]
    assert night.noticed("feedback_shown") == ["mina"]


@pytest.mark.parametrize(("decision", "state"), [("keep", "kept"), ("remove", "removed")])
def test_what_a_moderator_keeps_back_no_host_ever_reads(night, decision, state):
    row = tells(night, "mina", SELLING)
    decides(night, item_about(night, "feedback"), decision)
    night.unit.session.refresh(row)
    assert row.state == state
    assert read_by_hosts(night) == []


def test_danger_in_a_guests_words_brings_the_card_and_calls_somebody(night):
    row = tells(night, "mina", DANGER)
    assert row.notice["help"] is True
    assert crisis.own_case(night.unit, night.cast["mina"])["case"] == row.notice["case"]
    assert [fact.account_id for fact in night.told(AuthorNoticed)] == [night.cast["mina"]]


@pytest.mark.parametrize(("handle", "refused"), [("paul", Forbidden), ("june", NotFound)])
def test_hosts_and_outsiders_tell_nothing_here(night, handle, refused):
    with pytest.raises(refused):
        tells(night, handle)


def test_after_a_week_it_is_too_late(night):
    night.later(days=8)
    with pytest.raises(Ended):
        tells(night, "mina")


def test_nothing_is_told_before_the_end(house):
    with night_in(house) as night:
        night.opens()
        with pytest.raises(Conflict, match="not over"):
            tells(night, "mina")


# ------------------------------------------------------------------ what is kept, and how long


def test_after_thirty_days_all_of_it_is_gone_but_what_is_not_decided(night):
    looks_back(night, "paul", well="Calm")
    tells(night, "mina")
    held = tells(night, "rae", SELLING)
    night.later(days=29)
    assert afterwards.forget_old(night.unit) == 0
    night.later(days=2)
    assert afterwards.forget_old(night.unit) == 2
    left = select(SaidAside.id)
    assert list(night.unit.session.scalars(left)) == [held.id]


def test_who_is_forgotten_leaves_no_word_and_no_seat_and_took_their_words_along(night):
    looks_back(night, "paul", well="Calm", worry="I fear for somebody")
    memory = AfterMemory()
    mine = memory.export(night.unit, night.cast["paul"])
    assert mine["debriefs"][0]["well"] == "Calm"
    assert [one["to"] for one in mine["said"]] == ["worry"]
    memory.erase(night.unit, night.cast["paul"])
    night.unit.session.expire_all()
    chair = night.unit.session.get_one(Chair, night.meeting_room)
    assert (chair.holder_id, chair.first_id) == (None, None)
    for table in (Debrief, SaidAside):
        assert night.unit.session.query(table).count() == 0
    assert memory.export(night.unit, night.cast["paul"]) == {"debriefs": [], "said": []}


def test_the_desk_reads_asides_by_their_kind_and_nobody_reports_them(night):
    row = tells(night, "mina")
    target, other = asides.AsideTarget(Aside.FEEDBACK), asides.AsideTarget(Aside.WORRY)
    assert target.snapshot(night.unit, row.id).body == KIND
    assert target.bodies(night.unit, [row.id]) == {row.id: KIND}
    assert target.neighbours(night.unit, row.id) == []
    assert target.shown_lately(night.unit, 5) == {}
    assert target.said_by(night.unit, night.cast["mina"], 5) == []
    with pytest.raises(NotFound):
        target.seen_by(night.unit, night.who("mo"), row.id)
    with pytest.raises(NotFound):
        other.snapshot(night.unit, row.id)
    target.send_back(night.unit, row.id)
    assert read_by_hosts(night) == []
    target.put_back(night.unit, row.id, "visible")
    assert read_by_hosts(night) == [KIND]
