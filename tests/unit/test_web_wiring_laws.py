"""Laws of frames, outboxes, channels and beats: whatever happens in whatever order."""

from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.web import beats as beats_module
from support.web import fanout as fanout_module
from support.web.beats import BEAT_SECONDS, COME_IN_SECONDS, Beats
from support.web.fanout import SPACE, Fanout, WithoutLine
from support.web.frames import CLOSE, MOST_FRAME, PING, PONG, TEXT, Hostile, Reader, frame, unmask
from support.web.outbox import Outbox
from support.web.packing import MOST_BRACKETS, TextPacket, event_frame
from tests.unit.test_lines import Library, Never, Wire, sent

LAWS = settings(deadline=None, max_examples=60)
WORDS = st.binary(max_size=200)


# ------------------------------------------------------------------ frames


@LAWS
@given(st.lists(st.tuples(st.sampled_from([TEXT, PING, PONG, CLOSE]), st.binary(max_size=125)),
                max_size=6), st.lists(st.integers(1, 9), min_size=1, max_size=20))  # fmt: skip
def test_however_the_bytes_are_cut_the_same_messages_are_read(messages, cuts):
    data = b"".join(sent(words, 0x80 | kind) for kind, words in messages)
    reader, found, place, turn = Reader(), [], 0, 0
    while place < len(data):
        size = cuts[turn % len(cuts)]
        reader.feed(data[place : place + size])
        place, turn = place + size, turn + 1
        while (message := reader.next()) is not None:
            found.append(message)
    assert found == messages
    assert reader.is_empty


@LAWS
@given(st.lists(WORDS, min_size=2, max_size=6), st.binary(max_size=20))
def test_a_text_in_any_number_of_pieces_is_joined_around_whatever_comes_between(parts, ping):
    reader = Reader()
    for number, part in enumerate(parts):
        is_last = number == len(parts) - 1
        first = (0x80 if is_last else 0) | (TEXT if number == 0 else 0)
        reader.feed(sent(part, first))
        assert reader.next() == ((TEXT, b"".join(parts)) if is_last else None)
        if not is_last:
            reader.feed(sent(ping, 0x80 | PING))
            assert reader.next() == (PING, ping)
            assert not reader.is_empty
    assert reader.is_empty


@LAWS
@given(st.binary(max_size=400), st.binary(min_size=4, max_size=4))
def test_a_mask_put_on_twice_is_off(data, key):
    assert unmask(unmask(data, key), key) == data
    assert unmask(data, b"\0\0\0\0") == data


@LAWS
@given(st.binary(max_size=60))
def test_no_bytes_at_all_do_more_than_be_read_or_be_refused(data):
    reader = Reader()
    reader.feed(data)
    try:
        while (found := reader.next()) is not None:
            assert found[0] in (TEXT, CLOSE, PING, PONG)
    except Hostile:
        return
    assert len(reader._bytes) <= len(data)


@pytest.mark.parametrize("length", [0, 1, 125, 126, 65535, 65536, 70000])
def test_our_frames_say_their_length_in_the_shortest_way(length):
    made = frame(b"x" * length)
    head = 2 if length < 126 else 4 if length < 65536 else 10
    assert len(made) == head + length
    assert made[0] == 0x81
    assert not made[1] & 0x80


def test_pieces_that_are_small_each_and_too_big_together_are_refused_before_the_last():
    reader = Reader()
    reader.feed(sent(b"x" * (MOST_FRAME // 2), TEXT))
    assert reader.next() is None
    reader.feed(sent(b"x" * (MOST_FRAME // 2 + 1), 0))
    with pytest.raises(Hostile) as refused:
        reader.next()
    assert refused.value.code == 1009


@pytest.mark.parametrize(("depth", "is_taken"), [(MOST_BRACKETS - 1, True), (MOST_BRACKETS, False)])
def test_json_is_as_deep_as_is_allowed_and_no_deeper(depth, is_taken):
    text = '2["x",' + "[" * (depth - 0) + "]" * (depth - 0) + "]"
    if is_taken:
        assert TextPacket(encoded_packet=text).data[0] == "x"
    else:
        with pytest.raises(ValueError, match="too deep"):
            TextPacket(encoded_packet=text)


def test_an_event_is_framed_with_its_letters_safe_for_any_line():
    made = event_frame("room:event", {"body": 'ü\n"</script>'})
    assert made.endswith('42["room:event",{"body":"ü\\n\\"</script>"}]'.encode())
    half = event_frame("room:event", {"body": "ü\ud800"})
    assert half.endswith(b'42["room:event",{"body":"\\u00fc\\ud800"}]')


# ------------------------------------------------------------------ outboxes

PUTS = st.lists(
    st.tuples(st.sets(st.integers(0, 3), min_size=0), st.binary(min_size=1, max_size=9)),
    max_size=20,
)


@LAWS
@given(PUTS, st.sets(st.integers(0, 20)))
def test_everybody_gets_what_was_said_to_them_in_order_and_one_write_a_turn(puts, flushes):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("support.web.outbox.gevent.get_hub", Never)
        box, lines = Outbox(), [Wire() for _ in range(4)]
        expected, turns = [b""] * 4, [0] * 4
        since = set()
        for number, (who, data) in enumerate(puts):
            box.put_all([lines[each] for each in sorted(who)], data)
            for each in who:
                expected[each] += data
            since |= who
            if number in flushes:
                box.flush()
                for each in since:
                    turns[each] += 1
                since = set()
        box.flush()
        for each in since:
            turns[each] += 1
        assert [b"".join(line.written) for line in lines] == expected
        assert [len(line.written) for line in lines] == turns


def test_the_loop_is_asked_once_a_turn_and_never_for_nobody(monkeypatch):
    asked = []
    hub = SimpleNamespace(loop=SimpleNamespace(run_callback=asked.append))
    monkeypatch.setattr("support.web.outbox.gevent.get_hub", lambda: hub)
    box, line = Outbox(), Wire()
    box.put_all([], b"to nobody")
    assert asked == []
    for _ in range(3):
        box.put(line, b"x")
    assert len(asked) == 1
    asked.pop()()
    assert line.written == [b"xxx"]
    box.put(line, b"y")
    assert len(asked) == 1


def test_what_a_line_says_while_it_is_written_to_waits_for_the_next_turn(monkeypatch):
    monkeypatch.setattr("support.web.outbox.gevent.get_hub", Never)
    box, mina = Outbox(), Wire()

    class Echo(Wire):
        def write(self, data):
            super().write(data)
            box.put(mina, b"echo")

    paul = Echo()
    box.put(paul, b"hello")
    box.flush()
    assert mina.written == []
    box.flush()
    assert mina.written == [b"echo"]


EVENING = st.lists(
    st.tuples(
        st.sampled_from([*["tell", "put", "flush"] * 3, "enter", "leave", "slow", "quick"]),
        st.sampled_from(["mina", "paul", "rae"]),
        st.sampled_from(["room:1", "room:1", "room:2"]),
    ),
    min_size=6,
    max_size=40,
)
TAKES = st.lists(st.sampled_from([None, None, 0, 3]), min_size=1, max_size=9)


class House:
    """Rooms and lines whose sockets take everything, something or nothing, as they are told."""

    def __init__(self, patch: pytest.MonkeyPatch, takes: list[int | None]) -> None:
        self.box, self.rooms = Outbox(), Fanout()
        self.rooms.server = Library()
        self.lines = {name: Wire(name) for name in ("mina", "paul", "rae")}
        self.numbers = {name: number for number, name in enumerate(self.lines, start=5)}
        self.takes, self.tried = takes, []
        patch.setattr("support.web.outbox.gevent.get_hub", Never)
        patch.setattr("support.web.outbox.os", SimpleNamespace(write=self.write))
        patch.setattr(fanout_module, "OUTBOX", self.box)
        for name, line in self.lines.items():
            self.rooms.server.environ[name] = {fanout_module.KEY: line}
            self.rooms.pre_connect(name, SPACE)
            line.fd = self.numbers[name]

    def write(self, number: int, data: bytes) -> int:
        """What the kernel does: it may take less than it is given."""
        self.tried.append(number)
        takes = self.takes[len(self.tried) % len(self.takes)]
        (line,) = [one for one in self.lines.values() if one.fd == number]
        if takes == 0:
            raise BlockingIOError
        line.written.append(data[:takes])
        return len(line.written[-1])

    def flush(self) -> None:
        """The end of a turn: nobody is written to twice."""
        self.tried.clear()
        self.box.flush()
        assert len(set(self.tried)) == len(self.tried)

    def change(self, deed: str, name: str, room: str) -> None:
        """Somebody comes or goes, or their socket is full or has room again."""
        if deed == "enter":
            self.rooms.enter_room(name, SPACE, room)
        elif deed == "leave":
            self.rooms.leave_room(name, SPACE, room)
        else:
            self.box.settle()
            self.lines[name].fd = -1 if deed == "slow" else self.numbers[name]

    def hears(self, name: str, room: str) -> bool:
        """Whether somebody is in a room now."""
        return name in {one for one, _ in self.rooms.get_participants(SPACE, room)}


@LAWS
@given(EVENING, TAKES)
def test_whatever_is_said_to_rooms_and_people_each_hears_theirs_in_order_and_once(evening, takes):
    with pytest.MonkeyPatch.context() as patch:
        house = House(patch, takes)
        for name in house.lines:
            house.change("enter", name, "room:1")
        expected = dict.fromkeys(house.lines, b"")
        for number, (deed, name, room) in enumerate(evening):
            words = f"<{number}>"
            if deed == "tell":
                house.rooms.emit("x", words, SPACE, room=room)
                for one in filter(lambda one: house.hears(one, room), house.lines):
                    expected[one] += event_frame("x", words)
            elif deed == "put":
                house.box.put(house.lines[name], words.encode())
                expected[name] += words.encode()
            elif deed == "flush":
                house.flush()
            else:
                house.change(deed, name, room)
        house.flush()
        heard = {name: b"".join(line.written) for name, line in house.lines.items()}
        assert heard == expected


def test_a_room_knows_its_lines_by_heart_until_somebody_moves(monkeypatch):
    house = House(monkeypatch, [None])
    for name in ("mina", "paul"):
        house.change("enter", name, "room:1")
    crowd = house.rooms._channels["room:1"]
    house.rooms.emit("x", 1, SPACE, room="room:1")
    house.flush()
    known = crowd.by_number(house.box._moves)
    assert [line.sid for line in known.values()] == ["mina", "paul"]
    house.rooms.emit("x", 2, SPACE, room="room:1")
    house.flush()
    assert crowd.by_number(house.box._moves) is known
    house.change("slow", "paul", "")
    house.rooms.emit("x", 3, SPACE, room="room:1")
    house.flush()
    assert [line.sid for line in crowd.by_number(house.box._moves).values()] == ["mina"]
    said = [event_frame("x", number) for number in (1, 2, 3)]
    assert house.lines["mina"].written == house.lines["paul"].written == said


# ------------------------------------------------------------------ channels

DEEDS = st.lists(
    st.tuples(
        st.sampled_from(["come", "enter", "leave", "close", "end"]),
        st.sampled_from(["mina", "paul", "rae"]),
        st.sampled_from(["room:1", "room:2"]),
    ),
    max_size=40,
)


@LAWS
@given(DEEDS)
def test_after_any_evening_a_channel_is_heard_by_exactly_who_is_in_it(deeds):
    made, known = Fanout(), {}
    made.server = Library()
    for what, sid, room in deeds:
        if what == "come":
            made.server.environ[sid] = {fanout_module.KEY: Wire()}
            assert (made.pre_connect(sid, SPACE) is None) is (sid in known)
            if sid not in known:
                made.connect(sid, SPACE)
                known[sid] = []
        elif what == "enter":
            if sid not in known:
                with pytest.raises(ValueError, match="not connected"):
                    made.enter_room(sid, SPACE, room)
            else:
                made.enter_room(sid, SPACE, room)
                known[sid] += [room] if room not in known[sid] else []
        elif what == "leave":
            made.leave_room(sid, SPACE, room)
            known[sid] = [each for each in known.get(sid, []) if each != room]
            if made.carrier_of(sid) is None:
                del known[sid]
        elif what == "close":
            made.close_room(room, SPACE)
            known = {one: [each for each in rooms if each != room] for one, rooms in known.items()}
        else:
            made.disconnect(sid, SPACE)
            known.pop(sid, None)
        for each in ("room:1", "room:2"):
            hearing = {one for one, _ in made.get_participants(SPACE, each)}
            assert hearing == {one for one, rooms in known.items() if each in rooms}
        for one, rooms in known.items():
            assert made.get_rooms(one, SPACE) == rooms
    assert {one for one, _ in made.get_participants(SPACE, None)} == set(known)
    for sid in list(known):
        made.disconnect(sid, SPACE)
    assert made._channels == made._carriers == {}


@pytest.mark.parametrize(
    ("skipped", "hearing"),
    [
        (None, {"mina", "paul"}),
        ("mina", {"paul"}),
        (["mina", "paul"], set()),
        ([], {"mina", "paul"}),
        ("nobody", {"mina", "paul"}),
    ],
)
def test_whom_an_event_skips(monkeypatch, skipped, hearing):
    told = []
    box = SimpleNamespace(
        tell=lambda crowd, _data: told.extend(crowd.values()), settle=lambda: None
    )
    monkeypatch.setattr(fanout_module, "OUTBOX", box)
    made = Fanout()
    made.server = Library()
    for sid in ("mina", "paul"):
        made.server.environ[sid] = {fanout_module.KEY: Wire()}
        made.pre_connect(sid, SPACE)
        made.connect(sid, SPACE)
        made.enter_room(sid, SPACE, "room:1")
    made.emit("x", {}, SPACE, room="room:1", skip_sid=skipped)
    assert {sid for sid in ("mina", "paul") if made.carrier_of(sid) in told} == hearing


def test_a_socket_without_a_line_of_ours_is_sent_to_by_the_library(monkeypatch):
    monkeypatch.setattr(
        fanout_module, "OUTBOX", SimpleNamespace(tell=lambda *_: None, settle=lambda: None)
    )
    made, sent_by_library = Fanout(), []
    made.server = Library()
    made.server.packet_class = lambda kind, namespace, data: data
    made.server._send_packet = lambda sid, data: sent_by_library.append((sid, data))
    made.server.environ["test"] = {}
    made.pre_connect("test", SPACE)
    made.connect("test", SPACE)
    made.emit("x", 1, SPACE, to="test")
    made.emit("x", 2, SPACE, to="room:1")
    assert sent_by_library == [("test", ["x", 1])]
    made.disconnect("test", SPACE)
    assert made._without_line == set()
    assert WithoutLine().end() is None


# ------------------------------------------------------------------ beats


@LAWS
@given(st.lists(st.integers(0, 30), min_size=1, max_size=12))
def test_whenever_somebody_comes_they_are_pinged_once_in_each_turn(waits):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(beats_module.gevent, "spawn", lambda *_: None)
        box = SimpleNamespace(
            put_all=lambda lines, data: [one.write(data) for one in lines], settle=lambda: None
        )
        patch.setattr(beats_module, "OUTBOX", box)
        beats, lines = Beats(), []
        for wait in waits:
            for _ in range(wait):
                beats.tick()
                for line in lines:
                    line.is_alive = True
            lines.append(Wire())
            lines[-1].is_let_in = True
            beats.join(lines[-1])
        before = [len(line.written) for line in lines]
        for _ in range(BEAT_SECONDS):
            beats.tick()
        assert [len(line.written) - count for line, count in zip(lines, before, strict=True)] == [
            1
        ] * len(lines)
        assert not any(line.closed for line in lines)


def test_who_left_before_coming_in_is_ended_harmlessly_and_who_came_in_stays(monkeypatch):
    monkeypatch.setattr(beats_module.gevent, "spawn", lambda *_: None)
    monkeypatch.setattr(
        beats_module, "OUTBOX", SimpleNamespace(put_all=lambda *_: None, settle=lambda: None)
    )
    beats, gone, stays = Beats(), Wire(), Wire()
    for line in (gone, stays):
        beats.join(line)
    beats.leave(gone)
    beats.leave(gone)
    stays.is_let_in = True
    for _ in range(COME_IN_SECONDS):
        beats.tick()
    assert not stays.closed
    assert not beats._outside
    assert sum(map(len, beats._turns)) == 1
