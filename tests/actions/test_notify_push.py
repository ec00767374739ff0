"""Web push and the operator's address: sealed, retried, nothing lost, and seen in health."""

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select

from support.app import create_app
from support.base.errors import Conflict
from support.notify import actions, queries
from support.notify.jobs import count, deliver, push
from support.notify.models import Outbox, PushSubscription
from support.notify.rules import Channel
from support.notify.rules.sealing import CURVE, Device, encode, public_bytes
from support.web import health
from support.web.work import workshop
from tests.far_ends import web_address
from tests.people import CHEAP, actor


@pytest.fixture
def service():
    """The push service of a browser."""
    with web_address() as service:
        service.status = 201
        yield service


@pytest.fixture
def device(service):
    """Mo's browser, with keys of its own."""
    key = ec.generate_private_key(CURVE)
    return Device(service.url, encode(public_bytes(key)), encode(b"a" * 16))


@pytest.fixture
def woken(database, people, device):
    with database.unit() as unit:
        actions.add_device(unit, actor(unit, "mo"), device, is_loopback=True)


def call(database, people, *handles, key="case:1:1:2"):
    with database.unit() as unit:
        actions.put_all(
            unit,
            [
                actions.Message(
                    key=key,
                    kind="case_page_outside",
                    recipients=[people[handle] for handle in handles],
                    payload={"case": "c1"},
                    channels=(Channel.PUSH,),
                )
            ],
        )


def carry(app):
    with app.app_context():
        deliver(workshop(app).database)
        count(workshop(app).database)


def rows(database):
    with database.read() as unit:
        return list(unit.session.scalars(select(Outbox)))


def test_a_browser_is_woken_once_with_sealed_words(app, database, people, service, woken):
    call(database, people, "mo", "rae")
    call(database, people, "mo")
    carry(app)
    carry(app)
    ((headers, body),) = service.calls
    assert headers["Content-Encoding"] == "aes128gcm"
    assert headers["Urgency"] == "high"
    assert headers["Authorization"].startswith("vapid t=")
    assert b"need you" not in body
    assert b"c1" not in body
    (row,) = rows(database)
    assert row.done_at is not None


def test_a_push_service_that_answers_500_loses_nothing_and_is_seen_in_health(
    app, database, people, service, woken, clock
):
    service.status = 500
    call(database, people, "mo")
    for _ in range(8):
        carry(app)
        clock.forward(minutes=8)
    assert len(service.calls) >= 8
    assert health.NOTES["outside_push"] is False
    with app.test_client() as anybody:
        answer = anybody.get("/readyz")
    assert (answer.status_code, answer.json["outside_push"]) == (200, "late")
    service.status = 201
    carry(app)
    assert rows(database)[0].done_at is not None
    assert health.NOTES["outside_push"] is True


def test_a_browser_that_is_gone_is_forgotten(app, database, people, service, woken):
    service.status = 410
    call(database, people, "mo")
    carry(app)
    assert rows(database)[0].last_error == "gone"
    with database.read() as unit:
        assert queries.device_count(unit, people["mo"]) == 0
    call(database, people, "mo", key="another")
    carry(app)
    assert len(service.calls) == 1


def test_a_browser_taken_away_before_its_turn_is_not_called(app, database, people, service, woken):
    call(database, people, "mo")
    with database.unit() as unit:
        assert actions.remove_devices(unit, actor(unit, "mo")) == 1
    carry(app)
    assert service.calls == []
    assert rows(database)[0].last_error == "gone"


def test_the_same_browser_said_twice_counts_once_and_moves_with_its_person(unit, people, device):
    for handle in ("mo", "mo", "rae"):
        actions.add_device(unit, actor(unit, handle), device, is_loopback=True)
    assert queries.device_count(unit, people["mo"]) == 0
    assert queries.device_count(unit, people["rae"]) == 1


def test_a_sixth_browser_waits_until_one_is_taken_away(unit, people, device):
    mo = actor(unit, "mo")
    for number in range(5):
        endpoint = f"{device.endpoint}&n={number}"
        actions.add_device(unit, mo, replace(device, endpoint=endpoint), is_loopback=True)
    with pytest.raises(Conflict):
        actions.add_device(unit, mo, device, is_loopback=True)


def test_the_sites_key_is_made_once_and_is_nobody_elses_to_read(tmp_path):
    first = push.public_key(tmp_path)
    push.site_key.cache_clear()
    assert push.public_key(tmp_path) == first
    assert (tmp_path / push.FILE).stat().st_mode & 0o777 == 0o600
    push._make(tmp_path / push.FILE)
    push.site_key.cache_clear()
    assert push.public_key(tmp_path) == first
    assert [path.name for path in tmp_path.iterdir()] == [push.FILE]


def test_who_is_erased_is_woken_no_more(unit, people, device):
    actions.add_device(unit, actor(unit, "mo"), device, is_loopback=True)
    actions.NoticeMemory().erase(unit, people["mo"])
    assert unit.session.scalars(select(PushSubscription)).all() == []


@pytest.mark.parametrize("dialect", ["ntfy+", "slack+", "pagerduty+"])
def test_each_dialect_reaches_its_far_end_signed_and_is_tried_again(
    settings, clock, database, people, service, dialect
):
    address = f"{dialect}{service.url}"
    told = replace(settings, webhook_url=address, webhook_secret="shared")
    app = create_app(told, clock, CHEAP)
    service.status = 503
    with database.unit() as unit:
        actions.put(unit, key="k", kind="rota_empty", recipients=[], payload={"case": "c1"})
    carry(app)
    service.status = 200
    clock.forward(minutes=1)
    carry(app)
    assert len(service.calls) == 2
    assert all("X-Handrail-Signature" in headers for headers, _ in service.calls)
    assert {row.done_at is not None for row in rows(database)} == {True}
    workshop(app).database.dispose()
