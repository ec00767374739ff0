"""Frames, outboxes, beats and channels: the plumbing under every room, without a network."""

import json
import struct
from types import SimpleNamespace

import pytest

from support.web import outbox as outbox_module
from support.web.beats import BEAT_SECONDS, COME_IN_SECONDS, PING_PACKET, Beats
from support.web.carrier import KEY
from support.web.fanout import SPACE, Fanout
from support.web.frames import (
    CLOSE,
    MOST_FRAME,
    NOT_TEXT,
    PING,
    PROTOCOL,
    TEXT,
    TOO_BIG,
    Hostile,
    Reader,
    frame,
    unmask,
)
from support.web.outbox import OUTBOX, Outbox
from support.web.packing import TextPacket, answer_frame, event_frame, packed

MASK = b"\x01\x02\x03\x04"
FINAL = 0x80


class Wire:
    """A line that keeps what is written to it."""

    def __init__(self, sid: str = "") -> None:
        self.out = b""
        self.fd = -1
        self.sid = sid
        self.turn = 0
        self.is_alive = True
        self.is_let_in = False
        self.closed = False
        self.channels: list[str] = []
        self.written: list[bytes] = []

    def write(self, data: bytes) -> None:
        self.written.append(data)

    def end(self) -> None:
        self.closed = True


def sent(text: bytes, first: int = FINAL | TEXT) -> bytes:
    """A frame as a browser sends it."""
    length = len(text)
    if length < 126:
        head = bytes((first, FINAL | length))
    elif length < 1 << 16:
        head = struct.pack("!BBH", first, FINAL | 126, length)
    else:
        head = struct.pack("!BBQ", first, FINAL | 127, length)
    return head + MASK + unmask(text, MASK)


def read(*pieces: bytes) -> list[tuple[int, bytes]]:
    """Everything a reader finds in these pieces."""
    reader, found = Reader(), []
    for piece in pieces:
        reader.feed(piece)
        while (message := reader.next()) is not None:
            found.append(message)
    return found


@pytest.mark.parametrize("length", [0, 1, 125, 126, 127, 65_535, 65_536])
def test_a_text_of_any_allowed_length_is_read_as_it_was_sent(length):
    text = bytes(97 + number % 26 for number in range(length))
    assert read(sent(text)) == [(TEXT, text)]


def test_two_texts_in_one_piece_are_two_and_in_order():
    assert read(sent(b"one") + sent(b"two")) == [(TEXT, b"one"), (TEXT, b"two")]


def test_a_text_that_comes_byte_by_byte_is_one_text():
    whole = sent(b"slowly, but whole")
    assert read(*(bytes((byte,)) for byte in whole)) == [(TEXT, b"slowly, but whole")]


def test_pieces_of_a_text_are_joined_around_a_ping():
    first, ping = sent(b"half ", TEXT), sent(b"there?", FINAL | PING)
    assert read(first, ping, sent(b"whole", FINAL)) == [(PING, b"there?"), (TEXT, b"half whole")]


def test_a_goodbye_is_read_as_one():
    assert read(sent(b"\x03\xe8", FINAL | CLOSE)) == [(CLOSE, b"\x03\xe8")]


def test_a_reader_is_empty_again_after_whole_texts_and_not_between_pieces():
    reader = Reader()
    reader.feed(sent(b"half", TEXT))
    assert reader.next() is None
    assert not reader.is_empty
    reader.feed(sent(b"rest", FINAL))
    assert reader.next() == (TEXT, b"halfrest")
    assert reader.is_empty


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\x81\x03abc", PROTOCOL),
        (b"\xc1\x80" + MASK, PROTOCOL),
        (b"\x83\x80" + MASK, PROTOCOL),
        (b"\x80\x80" + MASK, PROTOCOL),
        (b"\x09\x80" + MASK, PROTOCOL),
        (b"\x82\x80" + MASK, NOT_TEXT),
        (b"\x89\xfe\x00\x7e" + MASK, TOO_BIG),
        (b"\x81\xff" + (MOST_FRAME + 1).to_bytes(8, "big"), TOO_BIG),
        (sent(b"x" * 40_000, TEXT) + sent(b"x" * 40_000, FINAL), TOO_BIG),
        (sent(b"a", TEXT) + sent(b"b"), PROTOCOL),
    ],
)
def test_what_breaks_the_rules_is_refused_with_its_code(data, code):
    with pytest.raises(Hostile) as refused:
        read(data)
    assert refused.value.code == code


@pytest.mark.parametrize("length", [5, 125, 126, 65_535, 65_536])
def test_our_own_frames_have_no_mask_and_the_right_length(length):
    made = frame(b"x" * length)
    start = 2 if length < 126 else 4 if length < 1 << 16 else 10
    assert made[0] == FINAL | TEXT
    assert made[1] & FINAL == 0
    assert len(made) == start + length


def test_an_event_and_an_answer_are_socket_io_packets():
    assert event_frame("typing", {"room": "r"})[2:] == b'42["typing",{"room":"r"}]'
    assert answer_frame("17", {"ok": True})[2:] == b'4317[{"ok":true}]'


@pytest.mark.parametrize(
    "text", ['51-["x",{}]', "9", '2["x"' + ",[" * 201, '2{"a":1}', "2[7]", "2[]"]
)
def test_attachments_depth_and_nameless_events_are_no_packets(text):
    with pytest.raises(ValueError):  # noqa: PT011 - the library's and ours, both end the line
        TextPacket(encoded_packet=text)


@pytest.fixture
def box(monkeypatch) -> Outbox:
    """An outbox that is emptied by hand instead of by the loop."""
    made = Outbox()
    monkeypatch.setattr(outbox_module.gevent, "get_hub", Never)
    return made


class Never:
    """A loop that calls nothing back."""

    loop = property(lambda self: self)

    def run_callback(self, *_: object) -> None:
        """Not now."""


def test_what_one_turn_says_to_a_line_leaves_in_one_write_in_its_order(box):
    mina, paul = Wire(), Wire()
    box.put_all([mina, paul], b"event 1 ")
    box.put(mina, b"answer 1 ")
    box.put_all([mina, paul], b"event 2 ")
    box.flush()
    assert mina.written == [b"event 1 answer 1 event 2 "]
    assert paul.written == [b"event 1 event 2 "]


def test_an_outbox_that_was_emptied_writes_nothing_twice(box):
    mina = Wire()
    box.put(mina, b"once")
    box.flush()
    box.flush()
    assert mina.written == [b"once"]


@pytest.fixture
def beats(monkeypatch) -> Beats:
    """A wheel that is turned by hand."""
    made = Beats()
    monkeypatch.setattr("support.web.beats.gevent.spawn", lambda *_: None)
    monkeypatch.setattr(OUTBOX, "put_all", lambda lines, data: [one.write(data) for one in lines])
    return made


def turn(beats: Beats, seconds: int) -> None:
    """So many seconds pass."""
    for _ in range(seconds):
        beats.tick()


def test_a_line_that_answers_is_pinged_every_twelve_seconds(beats):
    mina = Wire()
    beats.join(mina)
    mina.is_let_in = True
    for count in (1, 2, 3):
        turn(beats, BEAT_SECONDS)
        assert mina.written == [PING_PACKET] * count
        mina.is_alive = True
    assert not mina.closed


def test_a_line_that_gives_no_sign_of_life_is_ended_at_the_next_beat(beats):
    mina = Wire()
    beats.join(mina)
    mina.is_let_in = True
    turn(beats, 2 * BEAT_SECONDS)
    assert mina.closed


def test_who_does_not_come_in_within_ten_seconds_is_let_go(beats):
    stranger = Wire()
    beats.join(stranger)
    turn(beats, COME_IN_SECONDS - 1)
    assert not stranger.closed
    turn(beats, 1)
    assert stranger.closed


def test_a_line_that_has_left_is_pinged_no_more(beats):
    mina = Wire()
    beats.join(mina)
    mina.is_let_in = True
    beats.leave(mina)
    turn(beats, BEAT_SECONDS)
    assert mina.written == []


class Library:
    """What the manager asks of the Socket.IO server: the environment of a line."""

    def __init__(self) -> None:
        self.environ: dict[str, dict[str, object]] = {}


@pytest.fixture
def fanout(box, monkeypatch) -> Fanout:
    """A manager with Mina and Paul connected."""
    monkeypatch.setattr("support.web.fanout.OUTBOX", box)
    made = Fanout()
    made.server = Library()
    for sid in ("mina", "paul"):
        made.server.environ[sid] = {KEY: Wire()}
        assert made.pre_connect(sid, SPACE) == sid
        made.connect(sid, SPACE)
    return made


def heard(fanout: Fanout, box: Outbox, sid: str) -> bytes:
    """All that a socket was sent."""
    box.flush()
    return b"".join(fanout.carrier_of(sid).written)


def test_who_hears_a_channel_gets_its_events_and_nobody_else(fanout, box):
    fanout.enter_room("mina", SPACE, "room:1")
    fanout.emit("typing", {"handle": "rae"}, SPACE, room="room:1")
    assert heard(fanout, box, "mina").endswith(b'42["typing",{"handle":"rae"}]')
    assert heard(fanout, box, "paul") == b""


def test_who_enters_now_does_not_hear_what_was_said_before(fanout, box):
    fanout.enter_room("mina", SPACE, "room:1")
    fanout.emit("typing", {}, SPACE, room="room:1")
    fanout.enter_room("paul", SPACE, "room:1")
    assert heard(fanout, box, "paul") == b""


def test_who_leaves_now_still_hears_what_was_said_before_and_no_more(fanout, box):
    fanout.enter_room("mina", SPACE, "room:1")
    fanout.emit("first", {}, SPACE, to="room:1")
    fanout.leave_room("mina", SPACE, "room:1")
    fanout.emit("second", {}, SPACE, to="room:1")
    assert b"first" in heard(fanout, box, "mina")
    assert b"second" not in heard(fanout, box, "mina")


def test_an_event_for_everybody_reaches_everybody_but_whom_it_skips(fanout, box):
    fanout.emit("news", {}, SPACE, skip_sid="paul")
    assert b"news" in heard(fanout, box, "mina")
    assert heard(fanout, box, "paul") == b""


def test_an_event_for_one_socket_reaches_it_alone(fanout, box):
    fanout.emit("notice", {}, SPACE, to="mina")
    assert b"notice" in heard(fanout, box, "mina")
    assert heard(fanout, box, "paul") == b""


def test_a_line_comes_in_once_and_only_by_the_one_namespace(fanout):
    assert fanout.pre_connect("mina", SPACE) is None
    fanout.server.environ["rae"] = {KEY: Wire()}
    assert fanout.pre_connect("rae", "/admin") is None
    assert fanout.pre_connect("nobody", SPACE) is None


def test_between_asking_and_being_let_in_a_line_is_not_connected(fanout):
    fanout.server.environ["rae"] = {KEY: Wire()}
    fanout.pre_connect("rae", SPACE)
    assert fanout.is_pre_connected("rae", SPACE)
    assert not fanout.is_connected("rae", SPACE)
    fanout.connect("rae", SPACE)
    assert fanout.is_connected("rae", SPACE)


def test_who_is_gone_is_gone_from_every_channel(fanout, box):
    fanout.enter_room("mina", SPACE, "room:1")
    fanout.enter_room("mina", SPACE, "account:m")
    assert fanout.get_rooms("mina", SPACE) == ["room:1", "account:m"]
    fanout.pre_disconnect("mina", SPACE)
    assert not fanout.is_connected("mina", SPACE)
    fanout.disconnect("mina", SPACE)
    assert fanout.carrier_of("mina") is None
    assert list(fanout.get_participants(SPACE, "room:1")) == []
    fanout.disconnect("mina", SPACE)


def test_a_channel_that_is_closed_is_heard_by_nobody(fanout):
    fanout.enter_room("mina", SPACE, "room:1")
    fanout.enter_room("paul", SPACE, "room:1")
    assert [sid for sid, _ in fanout.get_participants(SPACE, "room:1")] == ["mina", "paul"]
    fanout.close_room("room:1", SPACE)
    assert list(fanout.get_participants(SPACE, "room:1")) == []


def test_a_socket_that_is_not_connected_enters_nothing(fanout):
    with pytest.raises(ValueError, match="not connected"):
        fanout.enter_room("nobody", SPACE, "room:1")


# -- what is said to a channel in a row --------------------------------------------------


def test_what_is_said_to_a_channel_in_a_row_is_one_write_to_each(box):
    mina, paul = Wire("mina"), Wire("paul")
    crowd = {"mina": mina, "paul": paul}
    for words in (b"one ", b"two ", b"three "):
        box.tell(crowd, words)
    box.flush()
    assert mina.written == paul.written == [b"one two three "]


def test_an_answer_stands_where_it_was_said_and_whoever_asked_is_written_first(box):
    order: list[str] = []
    mina, paul = Wire("mina"), Wire("paul")
    mina.write = lambda data: order.append(f"mina {data.decode()}")  # type: ignore[method-assign]
    paul.write = lambda data: order.append(f"paul {data.decode()}")  # type: ignore[method-assign]
    crowd = {"mina": mina, "paul": paul}
    box.tell(crowd, b"1")
    box.put(paul, b"!")
    box.tell(crowd, b"2")
    box.flush()
    assert order == ["paul 1!2", "mina 12"]


def test_who_comes_hears_only_what_is_said_after_and_who_goes_what_was_said_before():
    house, (mina, otto) = Fanout(), (Wire("mina"), Wire("otto"))
    house._carriers |= {"mina": mina, "otto": otto}
    house.enter_room("mina", SPACE, "room")
    house.emit("room:event", {"seq": 1}, SPACE, room="room")
    house.enter_room("otto", SPACE, "room")
    house.emit("room:event", {"seq": 2}, SPACE, room="room")
    house.leave_room("mina", SPACE, "room")
    house.emit("room:event", {"seq": 3}, SPACE, room="room")
    OUTBOX.flush()
    said = [event_frame("room:event", {"seq": seq}) for seq in (1, 2, 3)]
    assert (mina.written, otto.written) == ([said[0] + said[1]], [said[1] + said[2]])


def test_two_channels_in_turn_keep_their_order_on_a_line_that_hears_both(box):
    mina = Wire("mina")
    one, other = {"mina": mina}, {"mina": mina}
    for crowd, words in ((one, b"1"), (other, b"2"), (one, b"3")):
        box.tell(crowd, words)
    box.flush()
    box.flush()
    assert mina.written == [b"123"]


@pytest.mark.parametrize(("taken", "rest"), [(9, []), (4, [b" word"]), (0, [b"some word"])])
def test_a_line_with_room_is_written_at_once_and_does_the_rest_itself(
    box, monkeypatch, taken, rest
):
    mina, tried = Wire(), []

    def write(fd: int, data: bytes) -> int:
        tried.append((fd, data))
        if not taken:
            raise BlockingIOError
        return taken

    monkeypatch.setattr(outbox_module, "os", SimpleNamespace(write=write))
    mina.fd = 7
    box.put(mina, b"some word")
    box.flush()
    assert (tried, mina.written, mina.out) == ([(7, b"some word")], rest, b"")


# -- how it is packed --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("caf\u00e9 \U0001f319", '["a",{"body":"caf\u00e9 \U0001f319"}]'.encode()),
        ('"quoted"\n', b'["a",{"body":"\\"quoted\\"\\n"}]'),
        ("half \ud83d", b'["a",{"body":"half \\ud83d"}]'),
    ],
)
def test_words_are_written_as_they_are_and_half_a_character_breaks_no_line(said, written):
    data = ["a", {"body": said}]
    assert packed(data) == written
    assert json.loads(packed(data)) == data
    assert TextPacket(2, data).encode() == "2" + written.decode()


def test_half_a_character_from_an_old_phone_is_read_and_does_not_end_its_line():
    found = TextPacket(encoded_packet='2["message:send",{"body":"half \\ud83d"}]')
    assert found.data == ["message:send", {"body": "half \ud83d"}]


def test_what_cannot_be_json_is_refused_and_not_sent():
    with pytest.raises(TypeError):
        packed({"body": object()})
