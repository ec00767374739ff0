"""Redis publish/subscribe, and LISTEN/NOTIFY of PostgreSQL where there is no Redis."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from hashlib import sha256
from typing import TypeVar

import psycopg
import redis
from redis.backoff import NoBackoff
from redis.client import PubSub
from redis.retry import Retry
from sqlalchemy import make_url

from support.db.queue.held import Held
from support.db.queue.line import Line, QueueAway

T = TypeVar("T")
POSTGRES = "postgres"
PATIENCE = 2
AN_HOUR = 3600.0
MOST_NOTIFY = 7900
MOST_REDIS = 512 * 1024


def line_for(queue_url: str, database_url: str, secret: str) -> Line:
    """The line an operator asked for; sites that share a server do not hear each other."""
    channel = "handrail_" + sha256(f"queue {secret}".encode()).hexdigest()[:16]
    if queue_url == POSTGRES:
        url = make_url(database_url).set(drivername="postgresql")
        return PostgresLine(url.render_as_string(hide_password=False), channel)
    return RedisLine(queue_url, channel)


class RedisLine:
    """Two connections: one that listens, one that says."""

    most_bytes = MOST_REDIS

    def __init__(self, url: str, channel: str) -> None:
        self._url, self._channel = url, channel
        self._says: redis.Redis | None = None
        self._ear: PubSub | None = None

    def _connect(self, patience: float | None) -> redis.Redis:
        return redis.Redis.from_url(
            self._url,
            decode_responses=True,
            retry=Retry(NoBackoff(), 0),
            socket_connect_timeout=PATIENCE,
            socket_timeout=patience,
            socket_keepalive=True,
        )

    def open(self) -> None:
        """Subscribe before anything is said."""
        self.close()
        self._says = self._connect(PATIENCE)
        self._ear = PubSub(self._connect(None).connection_pool)
        ear, says = self._ear, self._says
        _or_away(redis.RedisError, lambda: ear.subscribe(self._channel))
        _or_away(redis.RedisError, says.ping)

    def heard(self) -> Iterator[str]:
        """What was published, for as long as the connection holds."""
        ear = self._ear
        if ear is None:
            return
        while True:
            told = _or_away(redis.RedisError, lambda: ear.get_message(timeout=AN_HOUR))
            if told and told["type"] == "message":
                yield told["data"]

    def send(self, texts: Sequence[str]) -> None:
        """Publish in one round trip."""
        if self._says is None:
            raise QueueAway
        pipeline = self._says.pipeline(transaction=False)
        for text in texts:
            pipeline.publish(self._channel, text)
        _or_away(redis.RedisError, pipeline.execute)

    def close(self) -> None:
        """Close both."""
        ear, says, self._ear, self._says = self._ear, self._says, None, None
        for end in (ear, says):
            with suppress(redis.RedisError, OSError):
                if end is not None:
                    end.close()


class PostgresLine:
    """Two connections beside the pool's: one is held to listen, one says outside transactions."""

    most_bytes = MOST_NOTIFY

    def __init__(self, url: str, channel: str) -> None:
        self._url, self._channel = url, channel
        self._says: Held | None = None
        self._ear: Held | None = None

    def _connect(self) -> Held:
        made = _or_away(
            psycopg.Error,
            lambda: psycopg.connect(
                self._url,
                autocommit=True,
                connect_timeout=PATIENCE,
                application_name="handrail queue",
            ),
        )
        return Held(made)

    def open(self) -> None:
        """Listen before anything is said."""
        self.close()
        self._ear, self._says = self._connect(), self._connect()
        with self._ear.used() as ear:
            _or_away(psycopg.Error, lambda: ear.execute(f"LISTEN {self._channel}"))

    def heard(self) -> Iterator[str]:
        """What was notified, for as long as the connection holds."""
        if self._ear is None:
            return
        with self._ear.used() as ear:
            told = ear.notifies()
            while True:
                yield _or_away(psycopg.Error, lambda: next(told)).payload

    def send(self, texts: Sequence[str]) -> None:
        """Notify in one statement; a notification holds less than 8,000 bytes."""
        if self._says is None:
            raise QueueAway
        statement = "SELECT pg_notify(%s, text) FROM unnest(%s::text[]) AS text"
        with self._says.used() as says:
            _or_away(psycopg.Error, lambda: says.execute(statement, (self._channel, list(texts))))

    def close(self) -> None:
        """Let go of both."""
        ear, says, self._ear, self._says = self._ear, self._says, None, None
        for end in (ear, says):
            if end is not None:
                end.let_go()


def _or_away(fault: type[Exception], deed: Callable[[], T]) -> T:
    """Whatever the client library calls it: the queue is away."""
    try:
        return deed()
    except (fault, OSError, StopIteration) as error:
        raise QueueAway(type(error).__name__) from error
