"""What /readyz and /metrics say of the second look, and who begins it."""

import time

import pytest

from support import worker
from support.chat import jobs as chat_jobs
from support.chat.actions.facts import AuthorNoticed, RoomEventLogged
from support.moderation.actions.looking import mark_looked, take_over_looks
from support.moderation.jobs import second_look
from support.moderation.jobs.second_look import MOST_FAILURES, STUCK, SecondLook
from support.moderation.rules.meaning.words import NoModel
from support.web import health
from tests.second_look_world import ByHand, Oracle


@pytest.fixture(autouse=True)
def nobody_looks():
    """Each test begins and ends without a second look in this process."""
    second_look.joined.now = None
    yield
    second_look.joined.now = None


@pytest.fixture
def by_hand(database):
    looker = ByHand(database, Oracle())
    second_look.joined.now = looker.it
    return looker


def ready(client):
    answer = client.get("/readyz")
    return answer.status_code, answer.json


def test_a_site_whose_second_look_is_well_is_ready(app, by_hand):
    health.spare("second_look", by_hand.it.state)
    status, told = ready(app.test_client())
    assert (status, told["status"], told["second_look"]) == (200, "ready", "ok")


@pytest.mark.parametrize("word", ["failing", "partly", "off"])
def test_a_site_without_one_serves_and_says_that_it_is_degraded(app, word):
    health.spare("second_look", lambda: word)
    status, told = ready(app.test_client())
    assert (status, told["status"], told["second_look"]) == (200, "degraded", word)


def test_what_is_really_missing_outranks_what_can_be_spared(app):
    health.spare("second_look", lambda: "off")
    health.check("ticker", lambda: False)
    status, told = ready(app.test_client())
    assert (status, told["status"]) == (503, "unready")


def test_another_app_of_the_same_process_begins_without_spares(app, settings):
    health.spare("second_look", lambda: "off")
    health.SPARE.clear()
    assert "second_look" not in ready(app.test_client())[1]


def test_a_site_that_wants_none_begins_none(app):
    workshop = worker.workshop(app)
    object.__setattr__(workshop.settings, "tier2", False)
    worker.look_again(app)
    assert second_look.joined.now is None
    assert ready(app.test_client())[1]["second_look"] == "off"


def test_a_site_that_wants_one_begins_it_beside_everything_else(app, monkeypatch):
    began = []
    monkeypatch.setattr(SecondLook, "start", lambda it: began.append(it) or it)
    worker.look_again(app)
    assert began == [second_look.joined.now]
    assert ready(app.test_client())[1]["second_look"] == "ok"


def test_one_failure_is_no_failing_and_three_in_a_row_are(by_hand):
    for _ in range(MOST_FAILURES - 1):
        by_hand.it._failures += 1
        assert by_hand.it.state() == "ok"
    by_hand.it._failures += 1
    assert by_hand.it.state() == "failing"


@pytest.mark.parametrize("fault", [NoModel("numpy is not installed"), MemoryError(), OSError()])
def test_whatever_keeps_it_from_loading_is_failing_until_it_is_mended(database, fault):
    def missing():
        raise fault

    looker = SecondLook(database, missing)
    assert not looker.is_ready()
    assert looker.state() == "failing"
    looker._load = Oracle
    assert looker.is_ready()
    assert looker.state() == "ok"


def test_one_that_lacks_an_ear_looks_and_says_so(by_hand):
    assert by_hand.it.is_ready()
    assert by_hand.it.state() == "ok"
    by_hand.oracle.lacks = "the weights for other languages are not installed"
    assert by_hand.it.state() == "partly"


def test_the_reason_is_told_once_and_not_at_every_try(database, caplog):
    def missing():
        raise NoModel("numpy is not installed")

    looker = SecondLook(database, missing)
    for _ in range(3):
        assert not looker.is_ready()
    assert [each.getMessage() for each in caplog.records] == [
        "no second look reason=numpy is not installed"
    ]


def test_a_greenlet_that_dies_is_noticed_at_once_and_begun_again(database):
    looker = SecondLook(database, Oracle)
    looker.start()
    try:
        first = looker._greenlet
        assert looker.state() == "ok"
        first.kill()
        assert looker.state() == "failing"
        looker.beat()
        assert looker.state() == "ok"
        assert looker._greenlet is not first
    finally:
        looker._greenlet.kill()


def test_what_breaks_outside_of_a_look_is_told_and_it_goes_on(database, caplog):
    class Breaks:
        def __len__(self):
            raise KeyError("lanes")

    looker = SecondLook(database, Oracle)
    assert looker.is_ready()
    whole, looker.lanes = looker.lanes, Breaks()
    looker._go_on()
    assert looker.state() == "failing"
    assert "second look broke kind=KeyError" in caplog.text
    looker.lanes = whole
    assert looker._try(Oracle(), ()) is None
    assert looker.state() == "ok"


def test_a_look_that_never_ends_is_failing(database):
    looker = SecondLook(database, Oracle)
    looker._began = time.monotonic() - STUCK + 30
    assert looker.state() == "ok"
    looker._began = time.monotonic() - STUCK - 1
    assert looker.state() == "failing"


def test_it_is_written_down_before_the_first_message_comes(database):
    looker = SecondLook(database, Oracle)
    looker.start()
    looker._greenlet.kill()
    with database.unit() as unit:
        assert take_over_looks(unit, "another", alone=True) is not None


def test_who_takes_the_place_of_one_that_died_looks_at_what_it_left_at_once(database, monkeypatch):
    with database.unit() as unit:
        mark_looked(unit, "killed", unit.now)
    asked = []
    monkeypatch.setattr(SecondLook, "_catch_up", lambda it, since, now: asked.append(since))
    monkeypatch.setattr(database, "is_sqlite", False)  # others may live
    looker = second_look.start(database, ["killed"])
    looker._greenlet.kill()
    assert looker.process == database.origin
    assert len(asked) == 1


def test_a_database_that_is_away_at_the_start_ends_nothing(database, monkeypatch, caplog):
    def away():
        raise ConnectionError

    monkeypatch.setattr(database, "unit", away)
    looker = SecondLook(database, Oracle).start()
    looker._greenlet.kill()
    assert "not written down kind=ConnectionError" in caplog.text


def test_metrics_count_without_a_word_about_anybody(app, by_hand):
    text = app.test_client().get("/metrics").get_data(as_text=True)
    assert "handrail_second_look_waiting" in text
    assert "handrail_second_look_seconds_bucket" in text


# ------------------------------------------------------------------ who is heard of


def event(kind, message_id="m1"):
    return RoomEventLogged("r1", {"kind": kind, "message": {"id": message_id}})


@pytest.mark.parametrize("kind", ["message", "edited"])
def test_words_that_a_room_heard_wait_for_their_look(by_hand, kind):
    chat_jobs.look_again(event(kind))
    assert [each.id for each in by_hand.it.lanes.take(9)] == ["m1"]


@pytest.mark.parametrize("kind", ["removed", "reaction", "settings", "pinned", "meeting", "turn"])
def test_what_holds_no_words_does_not(by_hand, kind):
    chat_jobs.look_again(event(kind))
    assert len(by_hand.it.lanes) == 0


def test_what_the_author_was_told_about_waits_in_front(by_hand):
    chat_jobs.look_again(event("message", "plain"))
    chat_jobs.look_first(AuthorNoticed("a1", "PT", "r1", "flagged", {}))
    assert [each.id for each in by_hand.it.lanes.take(9)] == ["flagged", "plain"]


def test_what_the_second_look_does_itself_is_no_news_to_it(by_hand):
    by_hand.it._acting.add("m1")
    chat_jobs.look_again(event("edited"))
    chat_jobs.look_first(AuthorNoticed("a1", "PT", "r1", "m1", {}))
    assert len(by_hand.it.lanes) == 0


def test_a_notice_that_is_about_no_words_is_no_news(by_hand):
    chat_jobs.look_first(AuthorNoticed("a1", "PT", "r1", "", {}))
    assert len(by_hand.it.lanes) == 0


def test_without_a_second_look_nobody_waits():
    chat_jobs.look_again(event("message"))
    chat_jobs.look_first(AuthorNoticed("a1", "PT", "r1", "m1", {}))
    assert second_look.joined.now is None
