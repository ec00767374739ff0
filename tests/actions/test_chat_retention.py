"""Journey O8: words go when their room's days are over; evidence of open matters stays sealed."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select, update

from support.audit import queries as audit
from support.audit.queries import Search
from support.backup.retaining import retention as command
from support.base.clock import SystemClock
from support.base.sealing import sealer_for
from support.chat.actions import retention
from support.chat.jobs import forget_old_words
from support.chat.models import Message, MessageReaction, Room, RoomEvent, RoomMeasure
from support.chat.queries.retention import forecast
from support.db.unit import Database
from support.moderation import queries as moderation
from support.moderation.models import Evidence, EvidenceLine
from support.moderation.rules.evidence import place_of
from support.settings import Settings
from tests.clocks import FrozenClock
from tests.databases import KIND
from tests.lines import Cast, Line
from tests.people import Browser

MARKER = "heron-over-the-quiet-weir"
Call = Callable[[str], Line]
Say = Callable[..., str]


@pytest.fixture
def said(socket: Call, cast: Cast) -> Say:
    """Somebody says something in the lounge, or in another room; the id of what they said."""
    count = iter(range(1, 10_000))

    def say(handle: str, words: str, room: str = cast.lounge) -> str:
        answer = socket(handle).says(room, words, f"k{next(count)}")
        assert answer["ok"], answer
        return str(answer["message"]["id"])

    return say


def count(database: Database, model: type) -> int:
    with database.read() as unit:
        return unit.session.scalar(select(func.count()).select_from(model)) or 0


def lounge_line(database: Database) -> tuple[int, int, int]:
    """What a run would take from lounges now: messages, lines of the log, words to seal."""
    with database.read() as unit:
        line = next(line for line in forecast(unit) if line.kind == "lounge")
    return line.messages, line.events, line.sealed


def many(database: Database, cast: Cast, clock: FrozenClock, number: int) -> None:
    """So many messages of Mina's, written straight into the tables."""
    with database.unit() as unit:
        room = unit.session.get_one(Room, cast.lounge)
        for place in range(1, number + 1):
            message = Message(
                room_id=room.id,
                seq=room.seq + place,
                author_id=cast["mina"],
                client_id=f"many{place}",
                body=f"{MARKER} {place}",
                state="visible",
                at=clock.now(),
            )
            unit.session.add(message)
            unit.session.flush()
            line = {"room_id": room.id, "seq": message.seq, "kind": "message", "at": clock.now()}
            unit.session.add(RoomEvent(**line, message_id=message.id, body={}))
        room.seq += number


def test_every_room_goes_by_the_days_its_own_header_says(
    database: Database, cast: Cast, said: Say, clock: FrozenClock
) -> None:
    said("mina", "in the lounge")
    with database.unit() as unit:
        unit.session.execute(update(Room).where(Room.id == cast.lounge).values(keeps_days=3))
    clock.forward(days=3)
    assert retention.forget_all(database).is_nothing
    clock.forward(seconds=1)
    gone = retention.forget_all(database)
    assert (gone.messages, gone.events, gone.sealed) == (1, 1, 0)
    assert count(database, Message) == count(database, RoomEvent) == 0


def test_signs_pins_and_changes_go_with_the_words(
    database: Database, cast: Cast, said: Say, socket: Call, clock: FrozenClock
) -> None:
    message = said("mina", "hold on to this")
    socket("paul").ask("message:react", message=message, reaction="thanks", on=True)
    socket("paul").ask("host:set", room=cast.lounge, pinned=message)
    socket("mina").ask("message:edit", message=message, body="hold on to that")
    clock.forward(days=31)
    forget_old_words(database)
    assert count(database, Message) == count(database, MessageReaction) == 0
    answer = socket("paul").ask("room:join", room=cast.lounge)
    assert answer["snapshot"] == []
    assert answer["room"]["settings"]["pinned"] is None


def test_words_nobody_ever_saw_go_too(
    database: Database, cast: Cast, said: Say, clock: FrozenClock
) -> None:
    message = said("mina", "cheap zopiclone here, no prescription, dm me")
    with database.read() as unit:
        assert unit.session.get_one(Message, message).state == "held"
    clock.forward(days=31)
    forget_old_words(database)
    with database.read() as unit:
        left = unit.session.get(Message, message)
        assert left is None or left.body == ""


def test_words_of_an_open_matter_leave_the_room_and_stay_sealed_until_it_is_closed(
    database: Database,
    cast: Cast,
    said: Say,
    socket: Call,
    browser: Callable[[str], Browser],
    clock: FrozenClock,
) -> None:
    message = said("mina", MARKER)
    said("mina", "something else")
    assert socket("paul").ask("message:report", message=message, reason="harassment")["ok"]
    clock.forward(days=31)
    assert lounge_line(database) == (1, 2, 1)
    forget_old_words(database)
    answer = socket("paul").ask("room:join", room=cast.lounge)
    assert MARKER not in str(answer)
    mo = browser("mo")
    item = mo.ask("/moderation").json["items"][0]["id"]
    sealed = mo.ask(f"/moderation/items/{item}").json
    assert MARKER not in str(sealed)
    assert [seal["messages"] for seal in sealed["sealed"]] == [2]
    assert lounge_line(database) == (0, 0, 0)

    mo.send(f"/moderation/items/{item}/claim")
    decided = mo.send(
        f"/moderation/items/{item}/decide", decision="keep", reason="too late", rule="safety"
    )
    assert decided.status_code == 200, decided.json
    forget_old_words(database)
    assert count(database, Message) == 0
    assert count(database, Evidence) == 1


def test_a_side_room_waits_for_its_case_to_be_closed(
    database: Database,
    cast: Cast,
    said: Say,
    socket: Call,
    browser: Callable[[str], Browser],
    clock: FrozenClock,
) -> None:
    case = socket("mina").ask("help:now", room=cast.lounge)["case"]
    mo = browser("mo")
    mo.send(f"/crisis/cases/{case}/ack")
    room = mo.ask(f"/crisis/cases/{case}").json["room"]
    said("mina", MARKER, room)
    clock.forward(days=91)
    forget_old_words(database)
    assert count(database, Message) == 1
    mo = browser("mo")  # logged out by time
    mo.send(f"/crisis/cases/{case}/ack")
    closed = mo.send(f"/crisis/cases/{case}/close", outcome="safe")
    assert closed.status_code == 200, closed.json
    forget_old_words(database)
    assert count(database, Message) == 0


def test_a_long_list_goes_in_small_batches_each_written_in_the_log(
    database: Database, cast: Cast, clock: FrozenClock
) -> None:
    many(database, cast, clock, 1_201)
    clock.forward(days=31)
    assert lounge_line(database) == (1_201, 1_201, 0)
    first = retention.forget_all(database, most=1)
    assert first.events <= retention.BATCH
    rest = retention.forget_all(database)
    assert first.messages + rest.messages == 1_201
    with database.read() as unit:
        lines = audit.entries(unit, Search(verb="chat.words_expired")).lines
        assert audit.verify(unit).broken_at is None
    assert len(lines) >= 3
    assert sum(line.detail["events"] for line in lines) == 1_201
    assert sum(line.detail["lounge"] for line in lines) == 1_201
    assert MARKER not in json.dumps([dict(line.detail) for line in lines])


def test_young_rooms_cost_nothing_and_are_not_written_down(
    database: Database, cast: Cast, said: Say
) -> None:
    said("mina", "just now")
    assert retention.forget_all(database).is_nothing
    with database.read() as unit:
        assert audit.entries(unit, Search(verb="chat.words_expired")).lines == ()


def test_the_reason_of_an_old_measure_is_forgotten(
    database: Database, cast: Cast, socket: Call, clock: FrozenClock
) -> None:
    silenced = {"room": cast.lounge, "person": cast["mina"], "minutes": 10, "reason": MARKER}
    assert socket("paul").ask("host:mute", **silenced)["ok"]
    clock.forward(days=89)
    retention.forget_all(database)
    assert count(database, RoomMeasure) == 1
    clock.forward(days=2)
    retention.forget_all(database)
    assert count(database, RoomMeasure) == 0


@pytest.mark.skipif(KIND != "sqlite", reason="PostgreSQL frees its pages by itself, with time")
def test_afterwards_no_file_of_the_data_folder_holds_the_words(
    database: Database, cast: Cast, said: Say, settings: Settings, clock: FrozenClock
) -> None:
    said("mina", MARKER)
    in_file = [MARKER.encode() in path.read_bytes() for path in settings.data.glob("handrail.db*")]
    assert any(in_file)
    clock.forward(days=31)
    forget_old_words(database)
    for path in settings.data.rglob("*"):
        assert not path.is_file() or MARKER.encode() not in path.read_bytes(), path.name


def make_old(database: Database, days: int) -> None:
    """As if all that was said had been said so long ago, by the real clock."""
    then = SystemClock().now() - timedelta(days=days)
    with database.unit() as unit:
        unit.session.execute(update(Message).values(at=then))
        unit.session.execute(update(RoomEvent).values(at=then))


def test_the_command_counts_first_and_takes_only_when_asked(
    database: Database, cast: Cast, said: Say, settings: Settings
) -> None:
    said("mina", MARKER)
    make_old(database, 31)
    looked = CliRunner().invoke(command, [], obj=settings)
    assert looked.exit_code == 0
    assert "lounge" in looked.output
    assert "1 rooms, 1 messages and 1 lines of the log are past their date" in looked.output
    assert "Nothing was taken." in looked.output
    assert count(database, Message) == 1
    taken = CliRunner().invoke(command, ["--apply"], obj=settings)
    assert taken.exit_code == 0, taken.output
    assert "Gone: 1 messages, 1 lines of the log. Sealed for open matters: 0." in taken.output
    assert count(database, Message) == 0
    assert MARKER not in looked.output + taken.output


def test_the_command_says_in_one_line_that_the_database_is_away(
    settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "not-a-database").mkdir()
    broken = Settings(
        data=tmp_path,
        database_url=f"sqlite:///{tmp_path / 'not-a-database'}",
        secret_key="x",
    )
    told = CliRunner().invoke(command, ["--apply"], obj=broken)
    assert told.exit_code == 1
    assert "the database cannot be used" in told.output


def test_ada_sees_what_would_go_on_a_page_and_has_it_taken(
    database: Database,
    cast: Cast,
    said: Say,
    browser: Callable[[str], Browser],
    clock: FrozenClock,
) -> None:
    said("mina", MARKER)
    clock.forward(days=31)
    ada = browser("ada")
    page = ada.get("/keeping")
    assert "30 days" in page.text
    assert "Take it now" in page.text
    kinds = {line["kind"]: line for line in ada.ask("/keeping").json["kinds"]}
    assert kinds["lounge"]["messages"] == 1
    taken = ada.send("/keeping")
    assert taken.json == {"taken": {"messages": 1, "events": 1, "sealed": 0}}
    assert "Nothing is past its date." in ada.get("/keeping").text
    with database.read() as unit:
        line = audit.entries(unit, Search(verb="chat.words_expired")).lines[0]
    assert line.actor_id == cast["ada"]


def test_only_an_admin_may_look_or_take(
    database: Database, cast: Cast, said: Say, browser: Callable[[str], Browser], clock: FrozenClock
) -> None:
    said("mina", "old words")
    clock.forward(days=31)
    for handle in ("mina", "paul", "mo"):
        assert browser(handle).ask("/keeping").status_code == 403
        assert browser(handle).send("/keeping").status_code == 403
    assert count(database, Message) == 1


def test_the_command_seals_with_the_key_of_the_house_what_nobody_had_sealed_yet(
    database: Database, cast: Cast, said: Say, settings: Settings
) -> None:
    danger = "I stopped cold turkey yesterday and my hands keep jerking"
    said("paul", "how was the night")
    said("mina", danger)
    with database.read() as unit:
        assert unit.session.scalar(select(func.count()).select_from(Evidence)) == 0
    make_old(database, 31)
    taken = CliRunner().invoke(command, ["--apply"], obj=settings)
    assert taken.exit_code == 0, taken.output
    assert "Sealed for open matters: 1." in taken.output
    sealer = sealer_for(settings.secret_key, "evidence v1")
    with database.read() as unit:
        line = unit.session.scalars(select(EvidenceLine).where(EvidenceLine.place == 0)).one()
        bound = place_of(line.evidence_id, line.place, line.author_id)
        assert sealer.open(line.sealed or b"", bound).endswith(danger)
        assert audit.verify(unit).broken_at is None
        assert moderation.testimony(unit).faults == ()
