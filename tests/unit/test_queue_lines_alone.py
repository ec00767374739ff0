"""The two carriers of the queue without a server: what they ask for, and each way it fails."""

from types import SimpleNamespace

import psycopg
import pytest
import redis
from hypothesis import given, settings
from hypothesis import strategies as st

from support.db.queue import lines as module
from support.db.queue.envelope import encoded, is_small, opened, sealed
from support.db.queue.line import QueueAway
from support.db.queue.lines import MOST_NOTIFY, MOST_REDIS, PostgresLine, RedisLine, line_for

URL = "postgresql+psycopg://me:se%40cret@127.0.0.1/site"
FAULTS = [redis.RedisError("away"), OSError("reset"), redis.exceptions.ConnectionError("gone")]


class Fails:
    """Something of a client library, any part of which may fail when it is used."""

    def __init__(self, log, **faults):
        self.log, self.faults = log, faults

    def does(self, name, *given):
        self.log.append((name, *given))
        if fault := self.faults.get(name):
            raise fault

    def ping(self):
        self.does("ping")

    def close(self):
        self.does("close")

    def subscribe(self, channel):
        self.does("subscribe", channel)

    def get_message(self, timeout):
        self.does("get", timeout)
        return self.faults["messages"].pop(0)

    def pipeline(self, transaction):
        self.does("pipeline", transaction)
        return self

    def publish(self, channel, text):
        self.log.append(("publish", channel, text))

    def execute(self, statement="", values=()):
        self.does("execute", statement, values)

    def notifies(self):
        self.does("notifies")
        yield from self.faults.get("messages", ())


@pytest.fixture
def log():
    return []


@pytest.fixture
def client(monkeypatch, log):
    """Connect lines to a client that fails where it is told to."""

    def connect(**faults):
        end = Fails(log, **faults)
        end.connection_pool = None

        def postgres(url, **how):
            log.append(("connect", url, how))
            end.does("reach")
            return end

        monkeypatch.setattr(module.redis.Redis, "from_url", lambda url, **how: end)
        monkeypatch.setattr(module, "PubSub", lambda _pool: end)
        monkeypatch.setattr(module.psycopg, "connect", postgres)
        return end

    return connect


def names(log):
    return [each[0] for each in log]


# ------------------------------------------------------------------ which line, which channel


def test_an_operator_chooses_by_the_address_of_the_queue():
    assert isinstance(line_for("redis://127.0.0.1/0", URL, "s"), RedisLine)
    assert isinstance(line_for("postgres", URL, "s"), PostgresLine)
    assert (RedisLine.most_bytes, PostgresLine.most_bytes) == (MOST_REDIS, MOST_NOTIFY)
    assert MOST_NOTIFY < 8000


def test_the_database_s_own_address_is_used_with_its_password_and_without_our_driver():
    assert line_for("postgres", URL, "s")._url == "postgresql://me:se%40cret@127.0.0.1/site"


@given(st.text(max_size=20), st.text(max_size=20))
@settings(max_examples=40)
def test_sites_with_different_secrets_do_not_meet_and_the_channel_tells_no_secret(one, other):
    channels = [line_for("redis://x", URL, each)._channel for each in (one, other)]
    assert (channels[0] == channels[1]) is (one == other)
    for channel in channels:
        assert channel.removeprefix("handrail_").isalnum()
        assert len(channel) == len("handrail_") + 16
    assert line_for("postgres", URL, one)._channel == channels[0]


# ------------------------------------------------------------------ Redis


def test_redis_listens_before_anything_is_said(client, log):
    client()
    line = RedisLine("redis://x", "c")
    line.open()
    assert log == [("subscribe", "c"), ("ping",)]
    line.send(["a", "b"])
    assert log[2:] == [
        ("pipeline", False), ("publish", "c", "a"), ("publish", "c", "b"), ("execute", "", ()),
    ]  # fmt: skip


@pytest.mark.parametrize("step", ["subscribe", "ping"])
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault).__name__)
def test_a_redis_that_fails_at_the_door_is_away_and_says_what_kind_only(client, step, fault):
    client(**{step: fault})
    with pytest.raises(QueueAway) as away:
        RedisLine("redis://x", "c").open()
    assert str(away.value) == type(fault).__name__
    assert away.value.__cause__ is fault


def test_only_messages_are_heard_and_signs_of_life_are_not(client):
    messages = [
        None,
        {"type": "subscribe", "data": 1},
        {"type": "message", "data": "a"},
        {"type": "pong", "data": ""},
        {"type": "message", "data": "b"},
    ]
    client(messages=messages)
    line = RedisLine("redis://x", "c")
    line.open()
    heard = line.heard()
    assert [next(heard), next(heard)] == ["a", "b"]
    assert messages == []


@pytest.mark.parametrize("step", ["get", "execute"])
def test_a_redis_that_goes_while_it_is_used_is_away(client, step):
    client(**{step: redis.RedisError("gone")})
    line = RedisLine("redis://x", "c")
    line.open()
    with pytest.raises(QueueAway):
        next(line.heard()) if step == "get" else line.send(["a"])


def test_a_line_that_is_not_open_says_nothing_and_hears_nothing(client):
    client()
    for line in (RedisLine("redis://x", "c"), PostgresLine("x", "c")):
        assert list(line.heard()) == []
        with pytest.raises(QueueAway):
            line.send(["a"])
        line.close()


@pytest.mark.parametrize("fault", [*FAULTS, psycopg.OperationalError("gone")], ids=str)
def test_letting_go_never_fails_and_happens_once(client, log, fault):
    client(close=fault)
    line = PostgresLine("x", "c") if isinstance(fault, psycopg.Error) else RedisLine("x", "c")
    line.open()
    line.close()
    line.close()
    assert names(log).count("close") == 2
    with pytest.raises(QueueAway):
        line.send(["a"])


def test_a_line_that_is_opened_again_lets_go_of_its_old_ends_first(client, log):
    client()
    line = RedisLine("redis://x", "c")
    line.open()
    log.clear()
    line.open()
    assert names(log) == ["close", "close", "subscribe", "ping"]


# ------------------------------------------------------------------ PostgreSQL


def test_postgres_has_one_end_to_listen_and_one_to_speak(client, log):
    client()
    line = PostgresLine("postgresql://x", "handrail_c")
    line.open()
    assert names(log) == ["connect", "reach", "connect", "reach", "execute"]
    assert log[-1][1] == "LISTEN handrail_c"
    assert log[0][2]["autocommit"] is True
    line.send(("a", "b"))
    statement, values = log[-1][1:]
    assert values == ("handrail_c", ["a", "b"])
    assert "a" not in statement.replace("pg_notify", "").split("'")
    assert names(log).count("execute") == 2


def test_what_postgres_notifies_is_heard_until_there_is_no_more(client):
    client(messages=[SimpleNamespace(payload="a"), SimpleNamespace(payload="b")])
    line = PostgresLine("x", "c")
    line.open()
    heard = line.heard()
    assert [next(heard), next(heard)] == ["a", "b"]
    with pytest.raises(QueueAway):
        next(heard)


@pytest.mark.parametrize(
    ("step", "deed"),
    [
        ("reach", lambda line: line.open()),
        ("execute", lambda line: line.open()),
        ("notifies", lambda line: (line.open(), next(line.heard()))),
    ],
)
@pytest.mark.parametrize("fault", [psycopg.OperationalError("gone"), OSError("reset")], ids=repr)
def test_a_postgres_that_fails_is_away(client, step, deed, fault):
    client(**{step: fault})
    with pytest.raises(QueueAway, match=type(fault).__name__):
        deed(PostgresLine("x", "c"))


def test_a_fault_of_our_own_is_not_called_an_outage(client):
    client(subscribe=TypeError("ours"))
    with pytest.raises(TypeError, match="ours"):
        RedisLine("redis://x", "c").open()


# ------------------------------------------------------------------ envelopes, by law

BODIES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(deadline=None, max_examples=80)
@given(st.lists(st.tuples(st.text(max_size=10), BODIES), max_size=12), st.integers(1, 9999))
def test_whatever_is_said_arrives_whole_in_order_under_numbers_without_a_hole(items, number):
    texts = list(sealed("o" * 20, number, [encoded(*item) for item in items], 400))
    found = [opened(text) for text in texts]
    assert [item for each in found for item in each.items] == items
    assert [each.number for each in found] == list(range(number, number + len(found)))
    assert {each.origin for each in found} <= {"o" * 20}


@settings(deadline=None, max_examples=80)
@given(st.lists(st.text(max_size=60), min_size=1, max_size=12), st.integers(200, 600))
def test_no_envelope_of_small_items_is_larger_than_the_line_takes(words, most):
    items = [encoded("x", word) for word in words]
    small = [item for item in items if is_small(item, most, "o" * 20)]
    for text in sealed("o" * 20, 10**9, small, most):
        assert len(text.encode()) <= most
