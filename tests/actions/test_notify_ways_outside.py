"""Messages for the outside, whatever happens to them: claimed once, tried, given up, revived."""

import random
from datetime import timedelta

import pytest
from sqlalchemy import select

from support.notify import actions, queries
from support.notify.actions import Message
from support.notify.models import Notice, Outbox
from support.notify.rules import CLAIMED_FOR, GIVE_UP_AFTER, Channel

NEWS = {"kind": "case_page_outside", "payload": {"case": "c1", "rung": 2}}


def put(unit, people, key="case:1", handles=("ada", "mo"), **more) -> None:
    ids = [people[handle] for handle in handles]
    actions.put_all(unit, [Message(key=key, recipients=ids, **{**NEWS, **more})])


def states(unit, prefix="case:1") -> list[str]:
    return sorted(f"{each.channel} {each.state}" for each in queries.traces(unit, prefix))


def test_a_person_named_twice_is_told_once(unit, people):
    put(unit, people, handles=("ada", "ada", "ada"))
    assert states(unit) == ["email waiting", "page arrived", "webhook waiting"]


def test_many_messages_at_once_are_each_told_under_their_own_key(unit, people):
    messages = [
        Message(key=f"case:{number}", recipients=[people["ada"]], **NEWS) for number in range(3)
    ]
    actions.put_all(unit, messages)
    actions.put_all(unit, messages)
    shown = unit.session.scalars(select(Notice).where(Notice.account_id == people["ada"])).all()
    assert len(shown) == 3
    assert len(actions.claim_outside(unit)) == 6


@pytest.mark.parametrize("payload", [{"case": "two\nlines"}, {"text": "x" * 65}, {"at": 1.5}])
def test_one_message_that_says_too_much_keeps_all_of_them_back(unit, people, payload):
    good = Message(key="good", recipients=[people["ada"]], **NEWS)
    bad = Message(key="bad", recipients=[people["mo"]], kind="backup", payload=payload)
    with pytest.raises(ValueError, match="must be an id, a code or a number"):
        actions.put_all(unit, [good, bad])
    assert states(unit, "") == []


def test_what_is_claimed_is_nobody_elses_for_a_minute(unit, people, clock):
    put(unit, people, handles=("ada",))
    assert len(actions.claim_outside(unit)) == 2
    assert actions.claim_outside(unit) == []
    assert not actions.is_waiting(unit)
    clock.time += CLAIMED_FOR - timedelta(microseconds=1)
    unit.now = clock.now()
    assert actions.claim_outside(unit) == []
    unit.now += timedelta(microseconds=1)
    assert actions.is_waiting(unit)
    assert len(actions.claim_outside(unit)) == 2


def test_a_letter_goes_to_the_address_of_its_person_and_the_outside_has_none(unit, people):
    put(unit, people, handles=("mo",))
    errands = {each.channel: each for each in actions.claim_outside(unit)}
    assert set(errands) == {Channel.EMAIL, Channel.WEBHOOK}
    assert errands[Channel.WEBHOOK].address is None
    assert errands[Channel.EMAIL].payload == NEWS["payload"]


def test_a_letter_given_up_is_told_as_such_and_tried_again_only_when_asked(unit, people):
    put(unit, people, handles=("ada",), channels=(Channel.EMAIL,))
    (errand,) = actions.claim_outside(unit)
    unit.now += GIVE_UP_AFTER
    actions.mark_failed(unit, errand.id, "TimeoutError")
    assert states(unit) == ["email given_up"]
    assert [each.error for each in queries.dead_letters(unit)] == ["TimeoutError"]
    unit.now += timedelta(days=3)
    assert actions.claim_outside(unit) == []
    assert not actions.is_waiting(unit)
    assert actions.revive(unit) == 1
    assert actions.revive(unit) == 0
    assert len(actions.claim_outside(unit)) == 1


def test_a_way_that_is_off_is_a_note_and_no_failure(unit, people):
    put(unit, people, handles=("ada",), channels=(Channel.EMAIL,))
    (errand,) = actions.claim_outside(unit)
    actions.mark_done(unit, errand.id, "no_address")
    assert states(unit) == ["email no_address"]
    assert queries.backlog(unit) == {}
    assert queries.late_letters(unit) == queries.dead_letters(unit) == []


def test_a_try_that_fails_after_another_arrived_takes_nothing_back(unit, people):
    put(unit, people, handles=("ada",), channels=(Channel.EMAIL,))
    (slow,) = actions.claim_outside(unit)
    unit.now += GIVE_UP_AFTER
    (quick,) = actions.claim_outside(unit)
    actions.mark_done(unit, quick.id)
    actions.mark_failed(unit, slow.id, "TimeoutError")
    assert states(unit) == ["email arrived"]
    assert queries.dead_letters(unit) == []


def test_a_try_that_arrives_after_another_gave_up_has_arrived(unit, people):
    put(unit, people, handles=("ada",), channels=(Channel.EMAIL,))
    (slow,) = actions.claim_outside(unit)
    unit.now += GIVE_UP_AFTER
    (quick,) = actions.claim_outside(unit)
    actions.mark_failed(unit, quick.id, "Refused")
    actions.mark_done(unit, slow.id)
    unit.session.expire_all()
    assert states(unit) == ["email arrived"]
    assert actions.revive(unit) == 0


def test_a_page_for_later_is_nobodys_notice_yet_and_then_one(unit, people):
    put(unit, people, due_at=unit.now + timedelta(hours=1), channels=(Channel.PAGE,))
    assert queries.notices_of(unit, people["ada"]) == []
    assert actions.show_due(unit) == 0
    unit.now += timedelta(hours=1)
    assert actions.show_due(unit) == 2
    assert actions.show_due(unit) == 0
    assert [each.case for each in queries.notices_of(unit, people["ada"])] == ["c1"]


def test_a_notice_about_a_case_leads_to_it_and_tells_a_program_only_what_it_has(unit, people):
    put(unit, people, handles=("ada",), channels=(Channel.PAGE,))
    put(unit, people, "k2", ("ada",), channels=(Channel.PAGE,), kind="unknown", payload={})
    case, plain = sorted(queries.notices_of(unit, people["ada"]), key=lambda each: each.kind)
    assert case.to == "/crisis/cases/c1"
    assert (plain.to, plain.text) == ("/account/notices", "There is news for you.")
    assert "case" in case.facts()
    assert not {"room", "message", "case"} & set(plain.facts())


@pytest.mark.parametrize("seed", range(3))
def test_whatever_happens_each_message_is_waiting_done_or_given_up_and_counted_so(
    unit, people, seed
):
    dice = random.Random(seed)
    claimed: list[str] = []
    for number in range(40):
        way = dice.randrange(6)
        if way == 0:
            put(unit, people, f"case:{number}", handles=("ada",))
        elif way == 1:
            is_due = actions.is_waiting(unit)
            taken = actions.claim_outside(unit, most=dice.randint(1, 4))
            assert bool(taken) == is_due
            claimed += [each.id for each in taken]
        elif way == 2 and claimed:
            actions.mark_failed(unit, claimed.pop(), "Refused")
        elif way == 3 and claimed:
            actions.mark_done(unit, claimed.pop())
        elif way == 4:
            unit.now += timedelta(hours=dice.randint(0, 9))
        elif way == 5 and dice.random() < 0.3:
            actions.revive(unit)
        unit.session.flush()
        rows = unit.session.scalars(select(Outbox).execution_options(populate_existing=True)).all()
        assert not [row for row in rows if row.done_at and row.dead_at]
        outside = [row for row in rows if row.channel != "page" and not row.done_at]
        counts = queries.backlog(unit).values()
        assert sum(each.waiting + each.dead for each in counts) == len(outside)
        assert sum(each.dead for each in counts) == len(queries.dead_letters(unit))
        assert sum(each.failing for each in counts) == len(queries.late_letters(unit))
