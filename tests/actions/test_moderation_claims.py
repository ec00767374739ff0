"""Claims, conflicts and the order of the queue: who sees what, and who has it."""

import pytest
from sqlalchemy import select

from support.accounts import actions as accounts
from support.base.actor import Role
from support.base.errors import Conflict, Forbidden, NotFound
from support.base.severity import Severity
from support.groups import actions as groups
from support.moderation import actions, queries
from support.moderation.forms import QueueFilter
from support.moderation.models import ReviewItem
from tests.desk_world import a_board, open_desk
from tests.groups_world import found_group


@pytest.fixture
def desk(unit):
    """The cast, and a board whose notes are what people report."""
    with a_board() as board:
        yield open_desk(unit, board)


def listed(desk, handle, **query):
    page = queries.queue(desk.unit, desk.who(handle), QueueFilter.parse(query))
    return [line.id for line in page.lines]


def later(desk, clock, **span):
    clock.forward(**span)
    desk.unit.now = clock.now()


def host_together(desk, *handles):
    slug = "-".join(handles)
    hosts = [desk.who(handle) for handle in handles]
    return found_group(desk.unit, hosts=hosts, slug=slug, name=slug)


# ------------------------------------------------------------------ order and pages


def test_the_queue_is_ordered_by_risk_then_age(desk, clock):
    spam = desk.held("otto", "self_promo")
    later(desk, clock, seconds=1)
    first = desk.held("otto", "sourcing")
    later(desk, clock, seconds=1)
    second = desk.held("otto", "sourcing")
    danger = desk.files(
        desk.says("fern"), "crisis_self_harm", severity=Severity.CRITICAL, held=False
    )
    assert listed(desk, "mo") == [danger, first, second, spam]
    assert queries.next_free(desk.unit, desk.who("mo")) == danger


def test_a_queue_longer_than_a_page_goes_on_where_the_page_ended(desk, clock):
    made = []
    for number in range(120):
        later(desk, clock, milliseconds=1)
        made.append(desk.held("otto", "sourcing" if number % 2 else "self_promo"))
    wanted, seen = {}, []
    for _ in range(3):
        page = queries.queue(desk.unit, desk.who("mo"), QueueFilter.parse(wanted))
        seen += [line.id for line in page.lines]
        wanted = {"after": page.next or ""}
    assert page.next is None
    assert seen == made[1::2] + made[0::2]


def test_decided_items_come_newest_first_and_page_by_page(desk, clock):
    made = []
    for _ in range(60):
        item_id = desk.held("otto", "sourcing")
        later(desk, clock, milliseconds=1)
        desk.decides("mo", item_id, "keep")
        made.append(item_id)
    first = queries.queue(desk.unit, desk.who("rae"), QueueFilter.parse({"show": "decided"}))
    rest = queries.queue(
        desk.unit, desk.who("rae"), QueueFilter.parse({"show": "decided", "after": first.next})
    )
    seen = [line.id for line in (*first.lines, *rest.lines)]
    assert seen == made[::-1]


@pytest.mark.parametrize("after", ["x", "1.2", "a.b.c", "1.999999999999999999.x", "...."])
def test_a_cursor_that_cannot_be_read_starts_anew(desk, after):
    item_id = desk.held("otto", "sourcing")
    assert listed(desk, "mo", after=after) == [item_id]


def test_the_queue_can_be_filtered_by_label_and_by_whose_it_is(desk):
    dose, sale = desk.held("otto", "dosing_advice"), desk.held("otto", "sourcing")
    actions.claim(desk.unit, desk.who("mo"), dose)
    assert listed(desk, "mo", label="sourcing") == [sale]
    assert listed(desk, "mo", label="sour") == []
    assert listed(desk, "mo", show="mine") == [dose]
    assert listed(desk, "rae", show="mine") == []
    assert listed(desk, "rae", show="free") == [sale]


@pytest.mark.parametrize("handle", ["mina", "paul", "otto"])
def test_the_queue_is_not_for_others(desk, handle):
    item_id = desk.held("otto", "sourcing")
    someone = desk.who(handle)
    for attempt in (
        lambda: queries.queue(desk.unit, someone, QueueFilter.parse({})),
        lambda: queries.waiting_for(desk.unit, someone),
        lambda: queries.live_sanctions(desk.unit, someone),
        lambda: actions.read_item(desk.unit, someone, item_id),
        lambda: actions.claim(desk.unit, someone, item_id),
        lambda: actions.take_next(desk.unit, someone),
        lambda: actions.release(desk.unit, someone, item_id),
        lambda: actions.undo(desk.unit, someone, item_id),
        lambda: actions.read_person(desk.unit, someone, "mo"),
        lambda: desk.decides(handle, item_id),
        lambda: desk.sanctions(handle, "mina", "warn"),
    ):
        with pytest.raises(Forbidden):
            attempt()


# ------------------------------------------------------------------ claims


def test_a_claim_lasts_two_minutes_and_is_seen_by_others(desk, clock):
    item_id = desk.held("otto", "sourcing")
    until = actions.claim(desk.unit, desk.who("mo"), item_id)
    assert (until - clock.now()).total_seconds() == 120
    line = queries.queue(desk.unit, desk.who("rae"), QueueFilter.parse({})).lines[0]
    assert (line.state, line.claimed_by, line.claimed_until) == ("claimed", "mo", until)


def test_a_live_claim_of_another_is_respected(desk):
    item_id = desk.held("otto", "sourcing")
    actions.claim(desk.unit, desk.who("mo"), item_id)
    with pytest.raises(Conflict):
        actions.claim(desk.unit, desk.who("rae"), item_id)
    with pytest.raises(Conflict):
        desk.decides("rae", item_id)


def test_a_claim_is_renewed_while_the_item_is_open(desk, clock):
    item_id = desk.held("otto", "sourcing")
    actions.claim(desk.unit, desk.who("mo"), item_id)
    for _ in range(3):
        later(desk, clock, seconds=90)
        actions.claim(desk.unit, desk.who("mo"), item_id)
    with pytest.raises(Conflict):
        actions.claim(desk.unit, desk.who("rae"), item_id)


def test_a_closed_tab_frees_the_item_within_two_minutes(desk, clock):
    item_id = desk.held("otto", "sourcing")
    actions.claim(desk.unit, desk.who("mo"), item_id)
    later(desk, clock, seconds=120)
    assert queries.next_free(desk.unit, desk.who("rae")) == item_id
    actions.claim(desk.unit, desk.who("rae"), item_id)
    with pytest.raises(Conflict):
        actions.claim(desk.unit, desk.who("mo"), item_id)


def test_a_released_item_is_free_at_once(desk):
    item_id = desk.held("otto", "sourcing")
    actions.claim(desk.unit, desk.who("mo"), item_id)
    actions.release(desk.unit, desk.who("rae"), item_id)
    with pytest.raises(Conflict):
        actions.claim(desk.unit, desk.who("rae"), item_id)
    actions.release(desk.unit, desk.who("mo"), item_id)
    actions.claim(desk.unit, desk.who("rae"), item_id)


def test_take_next_gives_each_moderator_another_item(desk):
    first, second = desk.held("otto", "sourcing"), desk.held("otto", "self_promo")
    assert actions.take_next(desk.unit, desk.who("mo")) == first
    assert actions.take_next(desk.unit, desk.who("rae")) == second
    with pytest.raises(NotFound):
        actions.take_next(desk.unit, desk.who("ada"))


def test_a_decided_item_cannot_be_claimed(desk):
    item_id = desk.held("otto", "sourcing")
    desk.decides("mo", item_id, "keep")
    with pytest.raises(Conflict):
        actions.claim(desk.unit, desk.who("rae"), item_id)
    actions.release(desk.unit, desk.who("rae"), item_id)


# ------------------------------------------------------------------ conflicts


def is_hidden_from(desk, handle, item_id):
    someone = desk.who(handle)
    assert item_id not in listed(desk, handle)
    for attempt in (
        lambda: actions.read_item(desk.unit, someone, item_id),
        lambda: actions.claim(desk.unit, someone, item_id),
        lambda: actions.release(desk.unit, someone, item_id),
        lambda: actions.undo(desk.unit, someone, item_id),
        lambda: desk.decides(handle, item_id),
    ):
        with pytest.raises(NotFound):
            attempt()
    return True


def view_of(desk, handle, item_id=None):
    views = queries.waiting_by_staff(desk.unit, item_id)
    return next(view for view in views if view.account_id == desk.who(handle).id)


def test_an_item_about_a_moderator_is_invisible_to_them_by_every_path(desk):
    item_id = desk.held("mo", "dosing_advice")
    assert is_hidden_from(desk, "mo", item_id)
    assert queries.next_free(desk.unit, desk.who("mo")) is None
    assert queries.waiting_for(desk.unit, desk.who("mo")) == queries.Waiting(0, None)
    assert view_of(desk, "mo", item_id).waiting == queries.Waiting(0, None)
    assert not view_of(desk, "mo", item_id).sees_item
    assert view_of(desk, "rae", item_id).sees_item
    assert listed(desk, "rae") == [item_id]


def test_a_moderator_does_not_judge_what_they_reported(desk):
    note = desk.says("otto")
    desk.reports("mo", note)
    item_id = listed(desk, "rae")[0]
    assert is_hidden_from(desk, "mo", item_id)


def test_a_moderator_does_not_judge_a_co_host(desk):
    host_together(desk, "mo", "paul")
    item_id = desk.held("paul", "dosing_advice")
    assert is_hidden_from(desk, "mo", item_id)
    assert listed(desk, "rae") == [item_id]


def test_hosting_apart_is_no_conflict(desk):
    host_together(desk, "mo", "fern")
    item_id = desk.held("paul", "dosing_advice")
    assert listed(desk, "mo") == [item_id]


def test_with_nobody_left_it_goes_to_the_admin(desk):
    host_together(desk, "mo", "rae", "ada", "paul")
    item_id = desk.held("paul", "dosing_advice")
    assert is_hidden_from(desk, "mo", item_id)
    assert is_hidden_from(desk, "rae", item_id)
    assert listed(desk, "ada") == [item_id]
    desk.decides("ada", item_id, "keep")


def test_an_admin_who_is_tied_waits_while_a_moderator_is_free(desk):
    host_together(desk, "ada", "paul")
    item_id = desk.held("paul", "dosing_advice")
    assert is_hidden_from(desk, "ada", item_id)


def test_an_item_about_the_only_admin_never_comes_back_to_them(desk):
    host_together(desk, "mo", "rae", "ada")
    item_id = desk.held("ada", "dosing_advice")
    assert is_hidden_from(desk, "ada", item_id)
    assert is_hidden_from(desk, "mo", item_id)


def test_the_numbers_leave_out_what_one_may_not_see(desk, clock):
    desk.held("mo", "sourcing")
    oldest = clock.now()
    later(desk, clock, minutes=1)
    desk.held("otto", "sourcing")
    for handle, count, since in (("mo", 1, clock.now()), ("rae", 2, oldest), ("ada", 2, oldest)):
        assert queries.waiting_for(desk.unit, desk.who(handle)) == queries.Waiting(count, since)
        assert view_of(desk, handle).waiting == queries.Waiting(count, since)


def test_decided_items_about_oneself_or_a_friend_stay_out_of_sight(desk):
    own, friend, other = desk.held("mo", "x"), desk.held("paul", "x"), desk.held("otto", "x")
    for item_id in (own, friend, other):
        desk.decides("rae", item_id, "keep")
    host_together(desk, "mo", "paul")
    assert listed(desk, "mo", show="decided") == [other]
    assert set(listed(desk, "rae", show="decided")) == {own, friend, other}


def test_who_decided_can_still_see_and_undo_it_as_the_last_one_left(desk):
    host_together(desk, "mo", "rae", "ada", "paul")
    item_id = desk.held("paul", "dosing_advice")
    desk.decides("ada", item_id, "keep")
    assert listed(desk, "ada", show="decided") == [item_id]
    actions.undo(desk.unit, desk.who("ada"), item_id)


def test_a_demoted_moderator_has_no_desk_any_more(desk):
    item_id = desk.held("otto", "sourcing")
    accounts.set_role(desk.unit, desk.who("mo").id, Role.MEMBER)
    with pytest.raises(Forbidden):
        actions.claim(desk.unit, desk.who("mo"), item_id)


def test_a_removed_member_is_still_judged(desk):
    note = desk.says("fern", state="held")
    groups.remove_member(desk.unit, desk.group_id, desk.who("fern").id)
    item_id = desk.files(note, "sourcing")
    assert desk.unit.session.scalars(select(ReviewItem.id)).one() == item_id
