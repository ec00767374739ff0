"""Both lines against the real thing: in order, to everybody, and plainly away when it is away."""

from collections.abc import Iterator

import pytest

from support.db.queue import Line, QueueAway, line_for
from tests import postgres, redisd

SECRET = "of this site"


@pytest.fixture(params=["redis", "postgres"])
def address(request: pytest.FixtureRequest) -> Iterator[tuple[str, str]]:
    """What an operator sets: the queue's address and the database's."""
    if request.param == "redis":
        yield redisd.fresh_redis_url(), "sqlite://"
        return
    with postgres.fresh_postgres() as url:
        yield "postgres", url.replace("postgresql://", "postgresql+psycopg://")


@pytest.fixture
def two(address: tuple[str, str]) -> Iterator[tuple[Line, Line]]:
    lines = line_for(*address, SECRET), line_for(*address, SECRET)
    for line in lines:
        line.open()
    yield lines
    for line in lines:
        line.close()


def test_what_is_said_is_heard_by_all_in_order_itself_too(two) -> None:
    one, other = two
    texts = [f"{number} \N{SLEEPING FACE} '\"\\" for number in range(50)]
    one.send(texts[:20])
    one.send(texts[20:])
    for line in (one, other):
        hearing = line.heard()
        assert [next(hearing) for _ in texts] == texts


def test_the_longest_text_passes(two) -> None:
    one, other = two
    text = "\N{SLEEPING FACE}" * (min(one.most_bytes, 60_000) // 4)
    one.send([text])
    assert next(other.heard()) == text


def test_another_site_on_the_same_server_hears_nothing(two, address) -> None:
    stranger = line_for(*address, "of another site")
    stranger.open()
    two[0].send(["for us alone"])
    stranger.send(["for them alone"])
    assert next(stranger.heard()) == "for them alone"
    stranger.close()


def test_a_line_that_is_not_open_says_that_the_queue_is_away(address) -> None:
    line = line_for(*address, SECRET)
    with pytest.raises(QueueAway):
        line.send(["nobody hears this"])
    assert list(line.heard()) == []
    line.close()


def test_a_line_may_be_opened_again(two) -> None:
    one, other = two
    one.open()
    other.send(["again"])
    assert next(one.heard()) == "again"


def test_a_server_that_ends_is_noticed_by_who_speaks_and_who_listens(two, address) -> None:
    one, other = two
    if address[0] == "postgres":
        postgres.hang_up(address[1])
    else:
        redisd.server().stop()
    with pytest.raises(QueueAway):
        one.send(["nobody hears this"])
    with pytest.raises(QueueAway):
        next(other.heard())
    redisd.fresh_redis_url()


@pytest.mark.parametrize(
    ("queue", "database"),
    [
        ("redis://127.0.0.1:1/0", "sqlite://"),
        ("postgres", "postgresql+psycopg://nobody@127.0.0.1:1/nothing"),
    ],
)
def test_a_server_that_is_not_there_is_away(queue: str, database: str) -> None:
    line = line_for(queue, database, SECRET)
    with pytest.raises(QueueAway):
        line.open()
