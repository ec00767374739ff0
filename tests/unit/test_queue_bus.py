"""Several processes on one queue that is heard, lost, deaf and found again, without a network."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import gevent
import pytest
from gevent.queue import Queue

from support.chat.actions.facts import PersonOut, RoomEventLogged, Typing
from support.db.queue import bus as bus_module
from support.db.queue.bus import AGAIN, Bus
from support.db.queue.envelope import encoded, opened, sealed
from support.db.queue.line import QueueAway

AWAY = object()


@dataclass
class Exchange:
    """Where every line's texts meet."""

    is_up: bool = True
    is_deaf: bool = False
    lose: int = 0
    most_bytes: int = 7900
    ears: list["FakeLine"] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def go_down(self) -> None:
        self.is_up = False
        for line in list(self.ears):
            line.arrived.put(AWAY)


class FakeLine:
    """A line through the exchange."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange, self.most_bytes = exchange, exchange.most_bytes
        self.arrived: Queue = Queue()

    def open(self) -> None:
        if not self.exchange.is_up:
            raise QueueAway
        self.arrived = Queue()
        self.exchange.ears.append(self)

    def heard(self) -> Iterator[str]:
        while True:
            text = self.arrived.get()
            if text is AWAY:
                raise QueueAway
            yield text

    def send(self, texts: Sequence[str]) -> None:
        if not self.exchange.is_up:
            raise QueueAway
        for text in texts:
            self.exchange.texts.append(text)
            if self.exchange.lose:
                self.exchange.lose -= 1
            elif not self.exchange.is_deaf:
                for line in self.exchange.ears:
                    line.arrived.put(text)

    def close(self) -> None:
        if self in self.exchange.ears:
            self.exchange.ears.remove(self)


@dataclass
class Process:
    """A process's ears, and what they heard."""

    exchange: Exchange
    origin: str
    heard_facts: list[tuple[str, str, dict]] = field(default_factory=list)
    newses: int = 0
    misses: int = 0
    askings: int = 0
    losses: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.bus = Bus(self.origin, FakeLine(self.exchange), self)

    def heard(self, origin: str, name: str, body: dict) -> None:
        self.heard_facts.append((origin, name, body))
        if body.get("handle") == "trouble":
            raise RuntimeError("a listener that fails")

    def news(self) -> None:
        self.newses += 1

    def missed(self) -> None:
        self.misses += 1

    def asked(self) -> None:
        self.askings += 1

    def lost(self, origin: str) -> None:
        self.losses.append(origin)


def settle() -> None:
    for _ in range(10):
        gevent.sleep(0)


@pytest.fixture
def exchange() -> Exchange:
    return Exchange()


@pytest.fixture
def two(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Process, Process]]:
    monkeypatch.setattr(bus_module, "FIRST_PAUSE", 0)
    monkeypatch.setattr(bus_module, "LONGEST_PAUSE", 0)
    one, other = Process(exchange, "one"), Process(exchange, "other")
    for each in (one, other):
        each.bus.start()
        settle()
    yield one, other
    for each in (one, other):
        each.bus.stop()


def typing(handle: str) -> Typing:
    return Typing("room", "account", handle)


def later(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    real = bus_module.time.monotonic

    class Clock:
        @staticmethod
        def monotonic() -> float:
            return real() + seconds

    monkeypatch.setattr(bus_module, "time", Clock)


def test_what_one_process_announces_the_other_hears_and_itself_does_not(two) -> None:
    one, other = two
    one.bus.told([typing("mina"), typing("paul")])
    settle()
    assert [body["handle"] for _, _, body in other.heard_facts] == ["mina", "paul"]
    assert one.heard_facts == []


def test_a_kept_fact_is_only_news_its_row_says_the_rest(two) -> None:
    one, other = two
    one.bus.told([PersonOut("room", "account", "removed")])
    settle()
    assert other.newses == 1
    assert other.heard_facts == []


def test_a_fact_that_concerns_nobody_else_stays_here(two, exchange) -> None:
    before = len(exchange.texts)
    two[0].bus.told(["only for this process"])
    settle()
    assert len(exchange.texts) == before


def test_an_event_too_big_for_the_queue_is_told_by_its_number(two) -> None:
    one, other = two
    event = {"seq": 9, "body": "\N{SLEEPING FACE}" * 2000}
    one.bus.told([RoomEventLogged("room", event), RoomEventLogged("room", {"seq": 10})])
    settle()
    bodies = [body for _, _, body in other.heard_facts]
    assert bodies == [{"room": "room", "seq": 9}, {"room": "room", "event": {"seq": 10}}]


def test_a_listener_that_fails_harms_no_other_fact(two) -> None:
    one, other = two
    one.bus.told([typing("trouble"), typing("mina")])
    settle()
    assert [body["handle"] for _, _, body in other.heard_facts] == ["trouble", "mina"]
    assert other.bus.is_well


def test_strange_texts_on_the_queue_harm_nobody(two, exchange) -> None:
    FakeLine(exchange).send(["", "{}", "cos\nsystem", '{"o":"x","n":1,"i":[["~what",7]]}'])
    settle()
    assert all(each.bus.is_well for each in two)


def test_whoever_comes_asks_and_the_others_tell_who_is_here(two, exchange) -> None:
    one, _ = two
    before = one.askings
    third = Process(exchange, "third")
    third.bus.start()
    settle()
    assert one.askings == before + 1
    third.bus.stop()
    settle()
    assert "third" in one.losses


def test_a_text_that_was_lost_is_noticed_at_the_next_and_asked_for(two, exchange) -> None:
    one, other = two
    one.bus.told([typing("paul")])
    settle()
    misses, askings = other.misses, one.askings
    exchange.lose = 1
    one.bus.told([typing("lost")])
    settle()
    assert other.misses == misses
    one.bus.told([typing("mina")])
    settle()
    assert other.misses == misses + 1
    assert one.askings == askings + 1
    assert [body["handle"] for _, _, body in other.heard_facts] == ["paul", "mina"]


def test_while_the_queue_is_away_nothing_waits_and_it_is_found_again(two, exchange) -> None:
    one, other = two
    exchange.go_down()
    settle()
    assert not one.bus.is_well
    one.bus.told([typing("nobody hears this")] * 50)
    settle()
    misses = other.misses
    exchange.is_up = True
    settle()
    assert one.bus.is_well
    assert other.bus.is_well
    assert other.misses > misses  # both looked at what they may have missed
    one.bus.told([typing("mina")])
    settle()
    assert [body["handle"] for _, _, body in other.heard_facts] == ["mina"]


def test_a_break_while_saying_something_is_mended_too(two, exchange) -> None:
    one, other = two
    exchange.is_up = False  # nobody is told: only sending shows it
    one.bus.told([typing("lost")])
    settle()
    assert not one.bus.is_well
    exchange.is_up = True
    settle()
    one.bus.told([typing("mina")])
    settle()
    assert one.bus.is_well
    assert [body["handle"] for _, _, body in other.heard_facts] == ["mina"]


def test_who_does_not_hear_itself_for_fifteen_seconds_is_deaf_and_connects_anew(
    two, exchange, monkeypatch
) -> None:
    one, _ = two
    exchange.is_deaf = True
    later(monkeypatch, bus_module.DEAF_SECONDS + 1)
    assert not one.bus.is_well
    lines = len(exchange.ears)
    exchange.is_deaf = False
    one.bus.look_after()
    settle()
    assert one.bus.is_well
    assert len(exchange.ears) == lines


def test_who_is_silent_for_twenty_seconds_is_no_more(two, monkeypatch) -> None:
    one, _ = two
    one.bus.look_after()
    assert one.losses == []
    later(monkeypatch, bus_module.SILENT_SECONDS + 1)
    one.bus.look_after()
    assert one.losses == ["other"]


def test_the_next_process_in_a_place_says_who_died_there(two, exchange) -> None:
    one = two[0]
    successor = Process(exchange, "successor")
    successor.bus.start(died=["other"])
    settle()
    assert one.losses == ["other"]
    successor.bus.stop()


def test_asking_another_process_again_is_not_asking_this_one(two, exchange) -> None:
    one, other = two
    before = one.askings, other.askings
    (text,) = sealed("third", 1, [encoded(AGAIN, "other")], 7900)
    assert opened(text)
    FakeLine(exchange).send([text])
    settle()
    assert (one.askings, other.askings) == (before[0], before[1] + 1)


def test_a_queue_that_does_not_go_on_fills_no_memory(two, exchange, monkeypatch) -> None:
    monkeypatch.setattr(bus_module, "MOST_WAITING", 10)
    one, other = two
    one.bus.told([typing(str(number)) for number in range(50)])
    settle()
    assert len(other.heard_facts) == 10


def test_what_no_line_carries_ends_not_all_that_is_said_after_it(two, caplog, monkeypatch) -> None:
    one, other = two
    one.bus.told([typing("rae")])
    settle()
    before = other.misses
    with monkeypatch.context() as once:
        once.setattr(one.bus._line, "send", lambda _texts: "half a letter: \ud800".encode())
        one.bus.told([typing("mina")])
        settle()
    assert "unsaid items=1 kind=UnicodeEncodeError" in caplog.text
    one.bus.told([typing("paul")])
    settle()
    assert [body["handle"] for _, _, body in other.heard_facts] == ["rae", "paul"]
    assert other.misses == before + 1  # a number is missing: it looks at rows and logs at once
