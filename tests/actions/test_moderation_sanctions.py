"""Sanctions: in force at once or waiting for a second moderator, ended on time, undone whole."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from support.accounts import actions as accounts_actions
from support.accounts import queries as accounts
from support.accounts.actions import SessionsEnded
from support.audit.models import Entry
from support.base.actor import Role
from support.base.errors import Conflict, Declined, Forbidden, Invalid, NotFound
from support.groups import queries as groups
from support.groups.rules.words import Belonging
from support.moderation import actions, queries
from support.moderation.forms import ReasonForm
from support.moderation.models import ReviewItem, Sanction
from support.notify.models import Notice
from tests.desk_world import a_board, open_desk
from tests.groups_world import found_group

WEEK = 7 * 24 * 60


@pytest.fixture
def desk(unit):
    """The cast, and a board whose notes are what people report."""
    with a_board() as board:
        yield open_desk(unit, board)


def later(desk, clock, **span):
    clock.forward(**span)
    desk.unit.now = clock.now()


def kept_out(desk, handle):
    return accounts.standing(desk.unit, desk.who_id(handle)).kind


def told(desk, handle):
    desk.unit.session.flush()
    person = accounts.by_handle(desk.unit, handle)
    return desk.unit.session.scalars(
        select(Notice.kind).where(Notice.account_id == person.id).order_by(Notice.created_at)
    ).all()


def state(desk, sanction_id):
    return desk.unit.session.get(Sanction, sanction_id, populate_existing=True).state


def end(desk, handle, sanction_id):
    actions.end(desk.unit, desk.who(handle), sanction_id, ReasonForm("We spoke."))


# ------------------------------------------------------------------ in force at once


def test_a_mute_is_in_force_at_once_and_ends_by_itself(desk, clock):
    made = desk.sanctions("mo", "otto", "mute", minutes=30)
    assert (made.state, made.until) == ("in_force", clock.now() + timedelta(minutes=30))
    assert desk.who("otto").muted_until == made.until
    later(desk, clock, minutes=30)
    assert actions.end_sanctions(desk.unit) == 1
    assert state(desk, made.id) == "ended"


@pytest.mark.parametrize(("kind", "word"), [("suspend", "suspended"), ("ban", "banned")])
def test_up_to_seven_days_one_moderator_is_enough(desk, kind, word):
    made = desk.sanctions("mo", "otto", kind, minutes=WEEK)
    assert made.state == "in_force"
    assert kept_out(desk, "otto") == kind
    assert any(
        isinstance(fact, SessionsEnded) and fact.reason == word for fact in desk.unit.announced
    )


def test_a_warning_changes_nothing_but_is_told(desk):
    made = desk.sanctions("mo", "otto", "warn")
    assert (made.state, made.until) == ("in_force", None)
    assert kept_out(desk, "otto") is None
    assert told(desk, "otto") == ["warned"]


def test_a_mute_without_end_needs_no_second(desk):
    made = desk.sanctions("mo", "otto", "mute")
    assert (made.state, made.until) == ("in_force", None)
    assert desk.who("otto").muted_until > desk.unit.now + timedelta(days=365)


def test_somebody_is_taken_out_of_the_only_group_they_are_in(desk):
    made = desk.sanctions("mo", "fern", "remove_from_group")
    fern = desk.who("fern").id
    assert made.state == "in_force"
    assert groups.belonging(desk.unit, fern, desk.group_id) is Belonging.REMOVED
    end(desk, "mo", made.id)
    assert groups.belonging(desk.unit, fern, desk.group_id) is Belonging.MEMBER


def test_of_several_groups_one_must_be_named(desk):
    fern = desk.who("fern")
    other = found_group(desk.unit, hosts=[desk.who("mo")], members=[fern], slug="two", name="Two")
    for wrong in ("", "no-such-group"):
        with pytest.raises(Invalid) as refused:
            desk.sanctions("rae", "fern", "remove_from_group", group=wrong)
        assert "group" in refused.value.fields
    desk.sanctions("rae", "fern", "remove_from_group", group=other)
    assert groups.belonging(desk.unit, fern.id, other) is Belonging.REMOVED
    assert groups.belonging(desk.unit, fern.id, desk.group_id) is Belonging.MEMBER


def test_a_host_is_not_taken_out_of_the_own_group(desk):
    with pytest.raises(Conflict):
        desk.sanctions("mo", "paul", "remove_from_group")


def test_words_outside_a_group_take_nobody_out_of_one(desk):
    note = desk.says("otto", state="held")
    desk.group_id, group = None, desk.group_id
    item_id = desk.files(note, "sourcing")
    item = desk.unit.session.get(ReviewItem, item_id)
    item.group_id = None
    desk.unit.session.flush()
    with pytest.raises(Invalid), desk.unit.session.begin_nested():
        desk.decides("mo", item_id, "remove_from_group")
    desk.group_id = group


def test_the_longer_of_two_mutes_holds_when_the_other_ends(desk, clock):
    long = desk.sanctions("mo", "otto", "mute", minutes=60)
    short = desk.sanctions("rae", "otto", "mute", minutes=10)
    assert desk.who("otto").muted_until == long.until
    end(desk, "mo", long.id)
    assert desk.who("otto").muted_until == short.until
    end(desk, "mo", short.id)
    assert desk.who("otto").muted_until is None
    assert told(desk, "otto").count("sanction_lifted") == 2


# ------------------------------------------------------------------ who may


def test_nobody_sanctions_themselves(desk):
    with pytest.raises(Forbidden):
        desk.sanctions("mo", "mo", "warn")


def test_a_co_host_leaves_it_to_somebody_else(desk):
    found_group(desk.unit, hosts=[desk.who("mo"), desk.who("paul")], slug="two", name="Two")
    with pytest.raises(Forbidden):
        desk.sanctions("mo", "paul", "mute", minutes=5)
    made = desk.sanctions("rae", "paul", "ban")
    with pytest.raises(Forbidden):
        actions.cosign(desk.unit, desk.who("mo"), made.id)
    with pytest.raises(Forbidden):
        end(desk, "mo", made.id)


def test_only_an_admin_touches_an_admin(desk):
    with pytest.raises(Forbidden):
        desk.sanctions("mo", "ada", "warn")


def test_an_admin_can_stop_another_admin_but_not_the_last_one(desk):
    accounts_actions.set_role(desk.unit, desk.who("rae").id, Role.ADMIN)
    desk.sanctions("rae", "ada", "suspend", minutes=5)
    with pytest.raises(Declined):
        desk.sanctions("rae", "rae", "suspend", minutes=5)
    assert kept_out(desk, "ada") == "suspend"


def test_a_name_that_nobody_has_is_not_found(desk):
    with pytest.raises(NotFound):
        desk.sanctions("mo", "nobody-here", "warn")


# ------------------------------------------------------------------ two for what is grave


@pytest.mark.parametrize("minutes", [None, WEEK + 1])
@pytest.mark.parametrize("kind", ["ban", "suspend"])
def test_what_is_grave_waits_for_a_second_with_a_day_out_at_once(desk, clock, kind, minutes):
    made = desk.sanctions("mo", "otto", kind, **({"minutes": minutes} if minutes else {}))
    assert (made.state, made.until) == ("pending", clock.now() + timedelta(hours=24))
    assert kept_out(desk, "otto") == "suspend"


def test_the_second_signature_puts_it_in_force(desk):
    made = desk.sanctions("mo", "otto", "ban")
    signed = actions.cosign(desk.unit, desk.who("rae"), made.id)
    assert (signed.id, signed.state, signed.until) == (made.id, "in_force", None)
    assert kept_out(desk, "otto") == "ban"
    row = desk.unit.session.get(Sanction, made.id)
    assert row.cosigned_by == desk.who("rae").id


def test_the_time_counts_from_the_first_signature(desk, clock):
    made = desk.sanctions("mo", "otto", "ban", minutes=2 * WEEK)
    start = clock.now()
    later(desk, clock, hours=20)
    signed = actions.cosign(desk.unit, desk.who("rae"), made.id)
    assert signed.until == start + timedelta(days=14)


def test_nobody_signs_alone(desk):
    made = desk.sanctions("mo", "otto", "ban")
    with pytest.raises(Forbidden):
        actions.cosign(desk.unit, desk.who("mo"), made.id)
    assert state(desk, made.id) == "pending"


def test_nobody_signs_about_themselves(desk):
    made = desk.sanctions("mo", "rae", "ban", minutes=WEEK + 1)
    end(desk, "ada", made.id)
    made = desk.sanctions("mo", "rae", "mute")
    with pytest.raises(NotFound):
        actions.cosign(desk.unit, desk.who("rae"), made.id)
    with pytest.raises(NotFound):
        end(desk, "rae", made.id)


def test_a_member_signs_nothing(desk):
    made = desk.sanctions("mo", "otto", "ban")
    for handle in ("mina", "paul"):
        with pytest.raises(Forbidden):
            actions.cosign(desk.unit, desk.who(handle), made.id)
        with pytest.raises(Forbidden):
            end(desk, handle, made.id)


def test_one_second_signature_counts(desk):
    made = desk.sanctions("mo", "otto", "ban")
    actions.cosign(desk.unit, desk.who("rae"), made.id)
    with pytest.raises(Conflict):
        actions.cosign(desk.unit, desk.who("ada"), made.id)


def test_without_a_second_in_a_day_it_never_begins(desk, clock):
    made = desk.sanctions("mo", "otto", "ban")
    later(desk, clock, hours=24)
    with pytest.raises(Conflict):
        actions.cosign(desk.unit, desk.who("rae"), made.id)
    assert actions.end_sanctions(desk.unit) == 2
    assert state(desk, made.id) == "ended"
    assert kept_out(desk, "otto") is None
    verbs = desk.unit.session.scalars(select(Entry.verb)).all()
    assert "moderation.sanction_unsigned" in verbs


def test_the_second_may_say_no_and_the_day_out_ends_with_it(desk):
    made = desk.sanctions("mo", "otto", "ban")
    end(desk, "rae", made.id)
    assert state(desk, made.id) == "ended"
    assert kept_out(desk, "otto") is None
    with pytest.raises(Conflict):
        end(desk, "rae", made.id)


def test_a_grave_decision_about_an_item_waits_too_and_is_undone_whole(desk):
    item_id = desk.held("otto", "sourcing")
    decided = desk.decides("mo", item_id, "ban")
    assert decided.imposed.state == "pending"
    assert kept_out(desk, "otto") == "suspend"
    actions.undo(desk.unit, desk.who("mo"), item_id)
    assert kept_out(desk, "otto") is None
    assert state(desk, decided.imposed.id) == "undone"
    with pytest.raises(Conflict):
        actions.cosign(desk.unit, desk.who("rae"), decided.imposed.id)


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "in_force"},
        {"state": "in_force", "cosigned_by": "the first"},
        {"state": "in_force", "cosigned_by": "the person"},
        {"needs_second": False},
        {"by_id": "the person"},
        {"state": "forgotten"},
    ],
)
def test_the_database_itself_wants_two_different_signatures(desk, wrong):
    made = desk.sanctions("mo", "otto", "ban")
    people = {"the first": desk.who("mo").id, "the person": desk.who_id("otto")}
    values = {name: people.get(value, value) for name, value in wrong.items()}
    with pytest.raises(IntegrityError), desk.unit.session.begin_nested():
        desk.unit.session.execute(update(Sanction).where(Sanction.id == made.id).values(**values))


# ------------------------------------------------------------------ seen at the desk


def test_the_desk_sees_what_is_in_force_and_what_waits(desk):
    desk.sanctions("mo", "otto", "warn")
    mute = desk.sanctions("mo", "fern", "mute", minutes=5)
    ban = desk.sanctions("mo", "otto", "ban")
    found = queries.live_sanctions(desk.unit, desk.who("rae"))
    assert [one.id for one in found if one.state == "pending"] == [ban.id]
    assert {one.kind for one in found} == {"mute", "ban", "suspend"}
    line = next(one for one in found if one.id == mute.id)
    assert (line.person, line.by, line.rule) == ("fern", "mo", "no_trading")


def test_a_moderator_sees_nothing_of_what_is_about_them(desk):
    desk.sanctions("mo", "rae", "mute", minutes=5)
    assert queries.live_sanctions(desk.unit, desk.who("rae")) == ()
    assert len(queries.live_sanctions(desk.unit, desk.who("ada"))) == 1


def test_the_log_says_who_did_what_and_why_by_code(desk):
    made = desk.sanctions("mo", "otto", "ban", reason="He sells diazepam.")
    actions.cosign(desk.unit, desk.who("rae"), made.id)
    entries = desk.unit.session.scalars(
        select(Entry).where(Entry.verb.startswith("moderation.sanction")).order_by(Entry.id)
    ).all()
    assert [entry.verb for entry in entries] == [
        "moderation.sanction_imposed",
        "moderation.sanction_cosigned",
    ]
    assert all("diazepam" not in str(entry.detail) for entry in entries)
    assert entries[0].detail["sanction"] == made.id
