"""Off, cover and swaps: asked by one, taken by one, never a hole that nobody hears of."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from support.accounts import actions as accounts
from support.base.errors import Conflict, Forbidden, Invalid, NotFound
from support.crisis import actions, queries
from support.crisis.forms import Answer, AnswerForm, ShiftForm, SpanForm
from support.crisis.jobs import look_ahead
from support.notify import queries as notify
from tests.people import actor


@pytest.fixture
def rota(database, people):
    """Mo is on call day and night."""
    with database.unit() as unit:
        actions.add_shift(unit, None, ShiftForm("mo", 0, "00:00", 7 * 1440, "UTC"))
    return database


def span(clock, start=1, hours=4, handle="", *, cover=False):
    starts_at = clock.now() + timedelta(hours=start)
    return SpanForm(starts_at, starts_at + timedelta(hours=hours), handle, cover)


def asks(database, clock, who="mo", handle="", **more):
    with database.unit() as unit:
        return actions.ask_swap(unit, actor(unit, who), span(clock, handle=handle, **more))


def says(database, who, swap_id, answer):
    with database.unit() as unit:
        actions.answer_swap(unit, actor(unit, who), AnswerForm(swap_id, answer))


def called(database, clock, people):
    names = {account: handle for handle, account in people.items()}
    with database.read() as unit:
        return [names[one] for one in queries.on_call_now(unit)]


def kinds(database, people, handle):
    with database.read() as unit:
        return [notice.kind for notice in notify.notices_of(unit, people[handle])]


def test_a_swap_that_is_accepted_changes_who_is_called_and_only_then(rota, people, clock):
    swap_id = asks(rota, clock, handle="rae")
    assert kinds(rota, people, "rae") == ["swap_asked"]
    says(rota, "rae", swap_id, Answer.ACCEPT)
    assert "swap_answered" in kinds(rota, people, "mo")
    assert called(rota, clock, people) == ["mo"]
    clock.forward(hours=2)
    assert called(rota, clock, people) == ["rae"]
    clock.forward(hours=3)
    assert called(rota, clock, people) == ["mo"]
    with rota.read() as unit:
        assert queries.gaps_ahead(unit) == []


def test_a_swap_that_is_declined_or_taken_back_leaves_all_as_it_was(rota, people, clock):
    says(rota, "rae", asks(rota, clock, handle="rae"), Answer.DECLINE)
    says(rota, "mo", asks(rota, clock, handle="rae"), Answer.WITHDRAW)
    clock.forward(hours=2)
    assert called(rota, clock, people) == ["mo"]
    with rota.read() as unit:
        assert queries.open_swaps(unit, actor(unit, "rae")) == []


def test_of_two_who_take_it_at_once_one_gets_it(rota, people, clock):
    swap_id = asks(rota, clock)
    assert kinds(rota, people, "ada") == ["swap_asked"]

    def take(who):
        try:
            says(rota, who, swap_id, Answer.ACCEPT)
        except Conflict:
            return "late"
        return "taken"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(take, ["rae", "ada"])) == ["late", "taken"]
    clock.forward(hours=2)
    assert len(called(rota, clock, people)) == 1


@pytest.mark.parametrize(
    ("who", "answer", "refusal"),
    [
        ("mo", Answer.ACCEPT, Forbidden),
        ("rae", Answer.WITHDRAW, Forbidden),
        ("ada", Answer.ACCEPT, NotFound),
    ],
)
def test_an_answer_is_given_by_whom_it_was_asked(rota, clock, who, answer, refusal):
    swap_id = asks(rota, clock, handle="rae")
    with pytest.raises(refusal):
        says(rota, who, swap_id, answer)


def test_a_question_to_everybody_is_left_and_not_declined(rota, clock):
    swap_id = asks(rota, clock)
    with pytest.raises(Forbidden):
        says(rota, "rae", swap_id, Answer.DECLINE)


def test_an_answer_that_was_given_is_not_given_again(rota, clock):
    swap_id = asks(rota, clock, handle="rae")
    says(rota, "rae", swap_id, Answer.DECLINE)
    with pytest.raises(Conflict):
        says(rota, "rae", swap_id, Answer.ACCEPT)


def test_a_shift_that_has_begun_is_not_taken_any_more(rota, clock):
    swap_id = asks(rota, clock, handle="rae")
    clock.forward(hours=2)
    with pytest.raises(Conflict, match="begun"):
        says(rota, "rae", swap_id, Answer.ACCEPT)


@pytest.mark.parametrize(
    ("who", "handle", "start", "field"),
    [
        ("rae", "", 1, "starts_at"),
        ("mo", "", -1, "starts_at"),
        ("mo", "nobody", 1, "handle"),
        ("mo", "mina", 1, "handle"),
        ("mo", "mo", 1, "handle"),
    ],
)
def test_one_asks_for_ones_own_hours_and_those_who_can(rota, clock, who, handle, start, field):
    with pytest.raises(Invalid) as refused:
        asks(rota, clock, who, handle, start=start)
    assert field in refused.value.fields


def test_being_off_is_a_gap_and_the_admins_are_told_once_a_day(rota, people, clock):
    with rota.unit() as unit:
        actions.add_change(unit, actor(unit, "mo"), span(clock))
        actions.add_change(unit, actor(unit, "mo"), span(clock, start=10))
        assert len(queries.gaps_ahead(unit)) == 2
    look_ahead(rota)
    assert kinds(rota, people, "ada") == ["rota_gap"]
    clock.forward(days=1)
    look_ahead(rota)
    assert kinds(rota, people, "ada") == ["rota_gap"]
    with rota.unit() as unit:
        actions.add_change(unit, actor(unit, "mo"), span(clock))
    assert kinds(rota, people, "ada") == ["rota_gap", "rota_gap"]


def test_a_whole_rota_tells_nobody_of_gaps(rota, people):
    look_ahead(rota)
    assert kinds(rota, people, "ada") == []


def test_an_admin_covers_a_gap_for_somebody_and_takes_it_back(rota, people, clock):
    with rota.unit() as unit:
        ada = actor(unit, "ada")
        actions.add_change(unit, actor(unit, "mo"), span(clock))
        change_id = actions.add_change(unit, ada, span(clock, handle="rae", cover=True))
        assert queries.gaps_ahead(unit) == []
        actions.remove_change(unit, ada, change_id)
        assert len(queries.gaps_ahead(unit)) == 1


def test_nobody_but_an_admin_changes_the_hours_of_others(rota, people, clock):
    with rota.unit() as unit:
        with pytest.raises(Forbidden):
            actions.add_change(unit, actor(unit, "rae"), span(clock, handle="mo"))
        own = actions.add_change(unit, actor(unit, "mo"), span(clock))
        with pytest.raises(NotFound):
            actions.remove_change(unit, actor(unit, "rae"), own)
        with pytest.raises(NotFound):
            actions.remove_change(unit, actor(unit, "rae"), "no-such")


def test_what_is_over_cannot_be_changed(rota, clock):
    with rota.unit() as unit, pytest.raises(Invalid):
        actions.add_change(unit, actor(unit, "mo"), span(clock, start=-9))


def test_a_banned_cover_covers_nothing(rota, people, clock):
    with rota.unit() as unit:
        actions.add_change(unit, actor(unit, "mo"), span(clock))
        actions.add_change(unit, actor(unit, "rae"), span(clock, cover=True))
        accounts.ban(unit, people["rae"], "gone", "safety")
    with rota.read() as unit:
        assert len(queries.gaps_ahead(unit)) == 1


def test_the_next_days_are_shown_in_order(rota, clock):
    with rota.unit() as unit:
        actions.add_change(unit, actor(unit, "rae"), span(clock, cover=True))
        found = queries.duties_ahead(unit)
        assert [one.handle for one in queries.changes_ahead(unit)] == ["rae"]
    assert found == sorted(found, key=lambda one: one.starts_at)
    assert len({one.account_id for one in found}) == 2
