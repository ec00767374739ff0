"""What lies in the outbox, as the desk reads it: waiting, trying, given up, tried again."""

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select

from support.base.errors import Invalid
from support.notify import actions, queries
from support.notify.models import Outbox
from support.notify.rules import Channel
from support.notify.rules.sealing import CURVE, Device, encode, public_bytes
from tests.people import actor


def device(number=1):
    key = ec.generate_private_key(CURVE)
    endpoint = f"https://push.example.net/{number}"
    return Device(endpoint, encode(public_bytes(key)), encode(b"a" * 16))


def put(unit, people, *handles, key="case:1", kind="case_page_outside", **more):
    to = [people[handle] for handle in handles]
    message = actions.Message(key=key, kind=kind, recipients=to, payload={"case": "c1"}, **more)
    actions.put_all(unit, [message])


def states(unit, prefix="case:"):
    return sorted((one.channel, one.state) for one in queries.traces(unit, prefix))


def row(unit, channel):
    return unit.session.scalars(select(Outbox).where(Outbox.channel == channel)).one()


def test_each_person_has_a_message_by_each_way_and_the_outside_has_one(unit, people):
    actions.add_device(unit, actor(unit, "mo"), device(), is_loopback=False)
    actions.add_device(unit, actor(unit, "mo"), device(2), is_loopback=False)
    put(unit, people, "mo", "rae", "mo")
    assert states(unit) == [
        ("email", "waiting"),
        ("email", "waiting"),
        ("page", "arrived"),
        ("page", "arrived"),
        ("push", "waiting"),
        ("push", "waiting"),
        ("webhook", "waiting"),
    ]


def test_a_message_may_go_fewer_ways_than_its_kind(unit, people):
    put(unit, people, "mo", channels=(Channel.EMAIL,))
    assert states(unit) == [("email", "waiting")]


def test_nobody_to_tell_is_still_told_to_the_outside(unit, people):
    put(unit, people)
    assert states(unit) == [("webhook", "waiting")]


def test_what_is_put_for_later_waits_in_the_page_too(unit, people):
    due_at = unit.now + timedelta(minutes=5)
    put(unit, people, "mo", kind="case_page", due_at=due_at)
    assert states(unit) == [("page", "waiting")]
    assert actions.show_due(unit) == 0
    unit.now = due_at
    assert actions.show_due(unit) == 1
    assert actions.show_due(unit) == 0
    assert states(unit) == [("page", "arrived")]


def test_a_failure_is_tried_again_then_given_up_and_revived(unit, people):
    put(unit, people, channels=(Channel.WEBHOOK,))
    (errand,) = actions.claim_outside(unit)
    actions.mark_failed(unit, errand.id, "Refused")
    assert states(unit) == [("webhook", "trying_Refused")]
    assert row(unit, "webhook").claimed_until == unit.now + timedelta(seconds=5)
    assert actions.claim_outside(unit) == []
    unit.now += timedelta(hours=24)
    (errand,) = actions.claim_outside(unit)
    actions.mark_failed(unit, errand.id, "Refused")
    assert states(unit) == [("webhook", "given_up")]
    assert [letter.error for letter in queries.dead_letters(unit)] == ["Refused"]
    assert not actions.is_waiting(unit)
    assert actions.revive(unit) == 1
    assert actions.revive(unit) == 0
    assert row(unit, "webhook").due_at == unit.now
    (errand,) = actions.claim_outside(unit)
    actions.mark_done(unit, errand.id)
    unit.session.expire_all()
    assert queries.dead_letters(unit) == queries.late_letters(unit) == []


def test_a_long_code_is_cut_and_never_a_sentence(unit, people):
    put(unit, people, channels=(Channel.WEBHOOK,))
    (errand,) = actions.claim_outside(unit)
    actions.mark_failed(unit, errand.id, "E" * 200)
    assert row(unit, "webhook").last_error == "E" * 64


def test_the_backlog_counts_what_is_due_by_way(unit, people):
    put(unit, people, "mo", "rae", channels=(Channel.EMAIL, Channel.WEBHOOK))
    put(unit, people, "ada", key="later", due_at=unit.now + timedelta(hours=1))
    assert queries.backlog(unit) == {
        "email": queries.Backlog(2, 0, 0),
        "webhook": queries.Backlog(1, 0, 0),
    }
    for errand in actions.claim_outside(unit):
        if errand.channel is Channel.EMAIL:
            actions.mark_failed(unit, errand.id, "Refused")
        else:
            actions.mark_done(unit, errand.id)
    assert queries.backlog(unit) == {"email": queries.Backlog(2, 2, 0)}


def test_at_most_twenty_are_carried_at_a_time_the_longest_due_first(unit, people):
    for number in range(25):
        unit.now += timedelta(seconds=1)
        put(unit, people, key=f"case:{number}", channels=(Channel.WEBHOOK,))
    first = actions.claim_outside(unit)
    assert len(first) == 20
    assert first[0].key.startswith("case:0:")
    assert len(actions.claim_outside(unit)) == 5


def test_traces_are_of_the_very_key_and_not_of_what_only_looks_like_it(unit, people):
    put(unit, people, key="test:a_1:0", channels=(Channel.WEBHOOK,))
    put(unit, people, key="test:ab1:0", channels=(Channel.WEBHOOK,))
    assert [one.about for one in queries.traces(unit, "test:a_1")] == ["test:a_1:0"]
    assert queries.traces(unit, "test:%") == []


def test_who_was_reached_is_counted_once_however_many_ways_arrived(unit, people):
    put(unit, people, "rae", "mo", channels=(Channel.PAGE, Channel.EMAIL))
    for errand in actions.claim_outside(unit):
        actions.mark_done(unit, errand.id)
    found = queries.reached(unit, ["case:1", "case:2"])
    assert sorted(found["case:1"]) == sorted([people["mo"], people["rae"]])
    assert found["case:2"] == []


def test_an_address_that_cannot_be_called_is_not_kept(unit, people):
    with pytest.raises(Invalid):
        actions.add_device(
            unit,
            actor(unit, "mo"),
            Device("https://localhost./x", device().p256dh, device().auth),
            is_loopback=False,
        )
    assert queries.device_count(unit, people["mo"]) == 0


def test_only_ones_own_browsers_are_let_sleep(unit, people):
    actions.add_device(unit, actor(unit, "mo"), device(), is_loopback=False)
    actions.add_device(unit, actor(unit, "rae"), device(2), is_loopback=False)
    assert actions.remove_devices(unit, actor(unit, "mo")) == 1
    assert actions.remove_devices(unit, actor(unit, "mo")) == 0
    assert queries.device_count(unit, people["rae"]) == 1


def test_who_goes_is_sent_nothing_that_waits_and_keeps_no_notice(unit, people):
    put(unit, people, "mo", "rae", channels=(Channel.PAGE, Channel.EMAIL))
    actions.NoticeMemory().erase(unit, people["mo"])
    assert queries.notices_of(unit, people["mo"]) == []
    waiting = [one for one in queries.traces(unit, "case:") if one.state == "waiting"]
    assert [one.recipient_id for one in waiting] == [people["rae"]]


def test_an_export_says_when_what_kind_of_news_came(unit, people):
    put(unit, people, "mina", kind="mentor_accepted", key="m:1")
    assert actions.NoticeMemory().export(unit, people["mina"]) == [
        {"kind": "mentor_accepted", "label": "mentor_accepted", "at": "2030-01-01T00:00:00.000Z"}
    ]
