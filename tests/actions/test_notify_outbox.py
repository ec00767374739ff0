"""The outbox: once to each, in the page at once, outside as soon as the way is open."""

import hashlib
import hmac
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event, func, select, update

from support.accounts.models import Account
from support.app import create_app
from support.notify import actions, jobs, queries
from support.notify.actions import NoticePut
from support.notify.jobs import deliver, tidy
from support.notify.models import Notice, Outbox
from support.notify.rules import Channel
from support.web.work import workshop
from tests.far_ends import mail_server, web_address

CASE = "c4se-of-tonight"
FAR_END = "mail.log"  # the mail server of the tests logs its own side; that one is not ours


@pytest.fixture
def post():
    with mail_server() as post:
        yield post


@pytest.fixture
def hook():
    with web_address() as hook:
        yield hook


@pytest.fixture
def house(settings, clock, people, database, post, hook):
    """The site with both ways outside open, and Ada with an address."""
    with database.unit() as unit:
        ada = Account.id == people["ada"]
        unit.session.execute(update(Account).where(ada).values(email="ada@example.org"))
    app = create_app(
        replace(
            settings,
            smtp_url=post.url,
            mail_from="house@example.org",
            webhook_url=hook.url,
            webhook_secret="shared",
        ),
        clock,
    )
    yield app
    workshop(app).database.dispose()


def put(unit, people, kind="case_page_outside", to=("ada", "mo"), key="case:1:1:2", **more):
    ids = [people[handle] for handle in to]
    payload = {"case": CASE, "rung": 2}
    actions.put(unit, key=key, kind=kind, recipients=ids, payload=payload, **more)


def carry(house):
    with house.app_context():
        deliver(workshop(house).database)


def rows(database):
    with database.read() as unit:
        return {row.key: row for row in unit.session.scalars(select(Outbox))}


def test_a_page_is_shown_in_the_same_transaction_and_told_after_it(unit, people):
    put(unit, people, "case_page", ["mo"])
    (notice,) = queries.notices_of(unit, people["mo"])
    assert (notice.kind, notice.case, notice.is_new) == ("case_page", CASE, True)
    assert notice.to == f"/crisis/cases/{CASE}"
    (fact,) = [one for one in unit.announced if isinstance(one, NoticePut)]
    assert fact.account_id == people["mo"]
    assert queries.reached(unit, ["case:1:1:2"]) == {"case:1:1:2": [people["mo"]]}


def test_the_same_key_happens_once(unit, people):
    for _ in range(3):
        put(unit, people, "case_page", ["mo", "mo"])
    assert queries.new_count(unit, people["mo"]) == 1
    assert unit.session.scalar(select(func.count()).select_from(Outbox)) == 1


def test_a_payload_with_a_sentence_is_refused(unit, people):
    with pytest.raises(ValueError, match="must be an id"):
        actions.put(
            unit, key="k", kind="case_page", recipients=[people["mo"]], payload={"said": "x" * 70}
        )


def test_a_page_for_later_is_shown_when_it_is_due(database, app, people, clock):
    with database.unit() as unit:
        due_at = clock.now() + timedelta(minutes=10)
        put(unit, people, "meeting_soon", ["mina"], key="meeting:1", due_at=due_at)
        assert queries.notices_of(unit, people["mina"]) == []
    carry(app)
    with database.read() as unit:
        assert queries.notices_of(unit, people["mina"]) == []
    clock.forward(minutes=10)
    carry(app)
    carry(app)
    with database.read() as unit:
        assert [one.kind for one in queries.notices_of(unit, people["mina"])] == ["meeting_soon"]


def test_a_mail_goes_to_who_has_an_address_and_says_nothing(house, database, people, post):
    with database.unit() as unit:
        put(unit, people)
    carry(house)
    (letter,) = post.letters
    assert letter.rcpt_tos == ["ada@example.org"]
    content = letter.content.decode()
    assert "Somebody may need you now." in content
    assert "http://localhost/crisis/cases" in content
    for word in ("mina", "ada ", CASE, "benzo", "crisis case"):
        assert word not in content.replace("ada@example.org", "")
    found = rows(database)
    assert found[f"case:1:1:2:email:{people['mo']}"].last_error == "no_address"
    assert all(row.done_at for row in found.values())


def test_the_web_address_is_called_once_with_ids_and_a_signature(house, database, people, hook):
    with database.unit() as unit:
        put(unit, people)
    carry(house)
    carry(house)
    ((headers, body),) = hook.calls
    (told,) = hook.bodies
    assert (told["case"], told["rung"], told["kind"]) == (CASE, 2, "case_page_outside")
    assert told["text"] == "Somebody may need you now. Please look."
    assert headers["Idempotency-Key"] == "case:1:1:2:webhook:-"
    signed = headers["X-Handrail-Timestamp"].encode() + b"." + body
    expected = hmac.new(b"shared", signed, hashlib.sha256).hexdigest()
    assert headers["X-Handrail-Signature"] == f"sha256={expected}"


def test_without_ways_outside_nothing_waits_for_them(app, database, people):
    with database.unit() as unit:
        put(unit, people)
    carry(app)
    found = rows(database)
    assert {row.last_error for row in found.values() if row.channel != "page"} == {"off"}
    assert all(row.done_at for row in found.values())


def test_of_a_hundred_letters_to_nobodys_address_none_waits(house, database, people, post):
    with database.unit() as unit:
        for number in range(50):
            put(unit, people, to=("mo", "rae"), key=f"case:{number}:1:2")
    carry(house)
    mails = [row for row in rows(database).values() if row.channel == "email"]
    assert [row.last_error for row in mails] == ["no_address"] * 100
    assert post.letters == []


def test_what_hangs_on_one_way_delays_no_other_and_is_left_in_time(
    house, database, people, hook, monkeypatch
):
    """A mail server that hangs: each letter takes as long as a claim's first half."""
    with database.unit() as unit:
        for number in range(3):
            put(unit, people, to=["ada"], key=f"case:{number}:1:2")
    clock, begun = [0.0], []

    def hang(errand, _house):
        begun.append(errand.id)
        clock[0] += jobs.BEGUN_WITHIN.total_seconds() + 1
        raise TimeoutError

    monkeypatch.setattr(jobs.mail, "send", hang)
    monkeypatch.setattr(jobs.time, "monotonic", lambda: clock[0])
    with house.app_context():
        jobs.carry(workshop(house).database, Channel.EMAIL)
        jobs.carry(workshop(house).database, Channel.WEBHOOK)
    assert len(begun) == 1
    assert len(hook.calls) == 3
    waiting = [row for row in rows(database).values() if row.channel == "email"]
    assert all(row.done_at is None and row.dead_at is None for row in waiting)


def test_each_way_outside_has_a_job_of_its_own():
    names = {job.name for job in jobs.TICKS}
    assert {"notify.show", *(f"notify.{way}" for way in jobs.OUTSIDE)} <= names


@pytest.mark.parametrize("messages", [1, 60])
def test_a_way_that_is_off_costs_the_same_however_much_waits_for_it(
    app, database, people, messages
):
    with database.unit() as unit:
        for number in range(messages):
            put(unit, people, to=["ada"], key=f"case:{number}:1:2")
    asked = []
    with app.app_context():
        listen = (database.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
        event.listen(*listen)
        jobs.carry(database, Channel.EMAIL)
        event.remove(*listen)
    assert len([one for one in asked if one.startswith("UPDATE outbox")]) == 1
    assert len(asked) <= 4
    mails = [row for row in rows(database).values() if row.channel == "email"]
    assert [row.last_error for row in mails] == ["off"] * messages


@pytest.mark.parametrize("status", [500, 404, 301])
def test_a_refused_call_is_tried_again_until_it_is_taken(
    house, database, people, hook, clock, status
):
    hook.status = status
    with database.unit() as unit:
        put(unit, people)
    carry(house)
    assert len(hook.calls) == 1
    carry(house)
    assert len(hook.calls) == 1
    with database.read() as unit:
        (late,) = queries.late_letters(unit)
    assert (late.channel, late.error, late.attempts) == ("webhook", "Refused", 1)
    hook.status = 200
    clock.forward(seconds=5)
    carry(house)
    assert len(hook.calls) == 2
    with database.read() as unit:
        assert queries.late_letters(unit) == []


def test_a_mail_server_that_is_down_for_an_hour_loses_nothing(house, database, people, post, clock):
    post.is_down = True
    with database.unit() as unit:
        put(unit, people, to=["ada"])
    for _ in range(12):
        carry(house)
        clock.forward(minutes=5)
    assert post.letters == []
    post.is_down = False
    carry(house)
    assert len(post.letters) == 1


def test_a_far_end_that_is_not_there_is_a_code_and_another_try(settings, clock, database, people):
    nowhere = replace(settings, webhook_url="http://127.0.0.1:9/", smtp_url="smtp://127.0.0.1:9")
    app = create_app(nowhere, clock)
    with database.unit() as unit:
        put(unit, people, to=["ada"])
    carry(app)
    found = rows(database)
    assert found["case:1:1:2:webhook:-"].last_error == "ConnectionRefusedError"
    assert found["case:1:1:2:webhook:-"].done_at is None
    workshop(app).database.dispose()


def test_after_a_day_it_lies_with_the_dead_letters_until_somebody_tries_again(
    house, database, people, hook, clock, browser
):
    hook.status = 500
    with database.unit() as unit:
        put(unit, people)
    clock.forward(hours=24)
    carry(house)
    ada = browser("ada")
    (dead,) = ada.ask("/crisis/outbox").json["dead"]
    assert (dead["channel"], dead["error"]) == ("webhook", "Refused")
    assert b"Refused" in ada.get("/crisis/outbox").data
    carry(house)
    assert len(hook.calls) == 1
    hook.status = 200
    assert ada.send("/crisis/outbox/retry").json == {"revived": 1}
    carry(house)
    assert len(hook.calls) == 2
    assert ada.ask("/crisis/outbox").json == {"dead": [], "late": []}


def test_what_one_process_carries_no_other_does_until_its_minute_is_over(database, people, clock):
    with database.unit() as unit:
        put(unit, people, to=["ada"])
    with database.unit() as unit:
        assert len(actions.claim_outside(unit)) == 2
    with database.unit() as unit:
        assert actions.claim_outside(unit) == []
    clock.forward(seconds=60)
    with database.unit() as unit:
        assert len(actions.claim_outside(unit)) == 2


def test_delivered_things_are_forgotten_after_ninety_days(app, database, people, clock):
    with database.unit() as unit:
        put(unit, people, "case_page", ["mo"])
    clock.forward(days=89)
    tidy(database)
    assert len(rows(database)) == 1
    clock.forward(days=2)
    tidy(database)
    assert rows(database) == {}
    with database.read() as unit:
        assert unit.session.scalar(select(func.count()).select_from(Notice)) == 0


def test_seeing_is_for_ones_own_notices(unit, people):
    put(unit, people, "case_page", ["mo", "rae"])
    actions.see_all(unit, people["mo"])
    assert queries.new_count(unit, people["mo"]) == 0
    assert queries.new_count(unit, people["rae"]) == 1


def test_no_address_and_no_id_of_a_person_reaches_a_log(house, database, people, hook, caplog):
    hook.status = 500
    with database.unit() as unit:
        put(unit, people)
    carry(house)
    ours = [record for record in caplog.records if record.name != FAR_END]
    said = "\n".join(record.getMessage() for record in ours)
    assert "failed kind=Refused" in said
    for secret in ("ada@example.org", people["ada"], hook.url):
        assert secret not in said
