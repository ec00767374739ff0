"""Two serving processes on one port: what happens by one is known by the other within a second."""

import signal
import socket as sockets
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import select, update

from support.chat.models import Chair, HostLine
from support.moderation.actions import ruling
from support.moderation.rules.rehearsal import Rehearsal
from tests import redisd
from tests.many import QUEUES, Many, eventually, hang_up_listeners, many
from tests.people import actor
from tests.promises import within
from tests.wire import Ended, Wire

NOTHING_CHANGED = Rehearsal(0, (), (), (), (), ())
SECOND, FEW = within(1), within(5)
MOONLIGHT = {
    "id": "sourcing.moonlight",
    "label": "sourcing",
    "say": ["moonlight parcel"],
    "hit": ["who wants a moonlight parcel"],
    "miss": ["the moonlight is kind tonight"],
}
RESTED = within(2)  # a room is told at most once a second: its rest, and then the promised second


@pytest.fixture(scope="module", params=QUEUES)
def house(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Many]:
    """The cast's site, served by two processes, once with each queue."""
    with many(tmp_path_factory.mktemp("many"), request.param, rates="off") as site:
        yield site
        assert "Traceback" not in site.log()


def pair(house: Many, one: str, other: str) -> tuple[Wire, Wire]:
    """Two people, each with a socket in another process than the other's."""
    mine, theirs = house.by_each(house.member(one)), house.by_each(house.member(other))
    first, second = sorted(mine)
    mine[second].drop()
    theirs[first].drop()
    return mine[first], theirs[second]


def is_in_the_room(line: Wire, room: str, handle: str) -> bool:
    """Whether the person is among those who are here, as this process knows it."""
    return handle in [each["handle"] for each in line.join(room)["people"]]


def test_people_in_two_processes_see_hear_and_lose_each_other(house: Many) -> None:
    mina, paul = pair(house, "mina", "paul")
    mina.join(house.lounge)
    assert paul.join(house.lounge, after=0)["ok"]
    told = mina.expect(
        "room:people", lambda e: "paul" in [p["handle"] for p in e["joined"]], RESTED
    )
    assert told["count"] == 2
    said = [mina.says(house.lounge, f"night {n}", f"m{n}")["message"]["seq"] for n in range(3)]
    said += [paul.says(house.lounge, f"day {n}", f"p{n}")["message"]["seq"] for n in range(3)]
    for line in (mina, paul):
        assert [line.hear("room:event")["seq"] for _ in said] == said
    mina.ask("typing", room=house.lounge)
    assert paul.hear("room:typing", SECOND)["handle"] == "mina"
    mina.close()
    left = paul.expect("room:people", lambda e: e["left"] != [], RESTED)
    assert ([each["handle"] for each in left["left"]], left["count"]) == (["mina"], 1)
    paul.close()


def test_a_message_too_long_for_a_notification_arrives_whole(house: Many) -> None:
    mina, paul = pair(house, "mina", "paul")
    mina.join(house.lounge)
    paul.join(house.lounge)
    words = "\N{SLEEPING FACE}" * 2000
    assert mina.says(house.lounge, words, f"long-{house.queue}")["ok"]
    assert paul.hear("room:event", SECOND)["message"]["body"] == words
    for line in (mina, paul):
        line.close()


def test_who_is_taken_out_by_one_process_hears_nothing_more_by_another(house: Many) -> None:
    mina, paul = pair(house, "mina", "paul")
    me = house.member("mina").get("/api/v1/me").json["id"]
    mina.join(house.lounge)
    undo = paul.ask("host:mute", room=house.lounge, person=me, minutes=5, reason="a rest")["undo"]
    assert mina.hear("notice", SECOND)["text"]
    assert mina.says(house.lounge, "may I?", "muted-1")["error"]["code"] == "muted"
    assert paul.ask("host:undo", undo=undo)["ok"]
    removed = paul.ask("host:remove", room=house.lounge, person=me, minutes=5, reason="a rest")
    numbers = count()

    def is_deaf() -> bool:
        mina.heard()
        paul.says(house.lounge, "she has left us", f"removed-{next(numbers)}")
        return mina.heard("room:event", 0.5) == []

    eventually(is_deaf, "she hears no more", SECOND)
    assert is_deaf()
    assert not mina.join(house.lounge)["ok"]
    assert paul.ask("host:undo", undo=removed["undo"])["ok"]
    for line in (mina, paul):
        line.close()


def test_held_words_reach_the_desk_of_another_process_and_danger_its_responders(
    house: Many,
) -> None:
    mina, mo = pair(house, "mina", "mo")
    assert mo.ask("queue:watch", {})["ok"]
    held = mina.says(house.lounge, "cheap zopiclone online, no prescription", "sell-1")
    assert held["message"]["state"] == "held"
    assert mo.hear("queue:changed", SECOND)["open"] >= 1
    case = mina.ask("help:now", room=house.lounge)["case"]
    assert mo.expect("case:changed", lambda e: e["case"] == case, SECOND)["state"] == "open"
    assert mo.ask("case:ack", case=case)["ok"]
    told = mina.expect("case:changed", lambda e: "reading_by" in e, SECOND)
    assert told["reading_by"] == "mo"
    for line in (mina, mo):
        line.close()


def meeting_now(house: Many) -> dict[str, str]:
    """A meeting of Paul's that begins now, with Mina in the group."""
    slot = {"title": "Slow taper", "start": f"{datetime.now(UTC):%Y-%m-%dT%H:%M}", "minutes": 60}
    about = {"focus": ["diazepam"], "stage": "tapering", "language": "en", "policy": "open"}
    group = {"slug": "chairs", "name": "Chairs", "hosts": ["paul"], "members": ["mina"], **about}
    document = {"groups": [{**group, "meetings": [{**slot, "timezone": "UTC"}]}]}
    ids = house.ids
    found: dict[str, str] = house.load(document)["groups"]["chairs"]["meetings"][0]
    house.ids = ids
    return found


def forget_for(house: Many, seconds: float) -> None:
    """That the host's line has ended is written down; then every line ended so long ago."""
    database = house.database()

    def is_written() -> bool:
        with database.read() as unit:
            until = unit.session.scalar(select(HostLine.until))
            return until is not None and until <= unit.now

    eventually(is_written, "the end of the host's line is written down")
    with database.unit() as unit:
        past = unit.now - timedelta(seconds=seconds)
        # and nobody is to sit beside whoever leads next: who answers late is asked nothing else
        unit.session.execute(update(Chair).values(since=past, second_asked_at=unit.now))
        unit.session.execute(update(HostLine).values(until=past))
    database.dispose()


def test_of_two_who_take_a_chair_by_two_processes_one_leads_and_all_hear_who(house: Many) -> None:
    room, guests = meeting_now(house), [house.member("rae"), house.member("mo")]
    for guest in guests:
        assert guest.post(f"/meetings/{room['id']}/stand-by").status == 200
    paul, mina = pair(house, "paul", "mina")
    for line in (paul, mina):
        assert line.join(room["room"])["ok"]
    assert paul.ask("meeting:move", room=room["room"], to="open")["ok"]
    assert mina.ask("turn:set", room=room["room"], do="raise")["ok"]
    paul.drop()
    forget_for(house, 20)
    eventually(lambda: all(each.get("/chair").json["asked"] for each in guests), "both are asked")
    take = f"/rooms/{room['room']}/chair"
    with ThreadPoolExecutor(2) as hands:
        answers = list(hands.map(lambda each: each.post(take, do="accept"), guests))
    assert sorted(answer.status for answer in answers) == [200, 409]
    leader = answers[0].status == 409
    me = guests[leader].get("/api/v1/me").json["id"]
    told = mina.expect("room:event", lambda e: e.get("led_by") == me)
    assert (told["state"], told["waits"]) == ("open", False)
    line = guests[leader].socket()
    found = line.join(room["room"])["room"]
    assert (found["meeting"]["step"], len(found["turn"]["queue"])) == (0, 1)
    line.close()
    mina.close()


def agree_on_moonlight(house: Many) -> str:
    """Mo writes a rule and tries it, Rae agrees, in a process of their own; what was live."""
    database = house.database()
    with database.unit() as unit:
        version = ruling.edit_rule(unit, actor(unit, "mo"), "", MOONLIGHT, "He calls it so.")
    with database.unit() as unit:
        ruling.keep_rehearsal(unit, actor(unit, "mo"), version, NOTHING_CHANGED)
    with database.unit() as unit:
        ruling.approve(unit, actor(unit, "rae"), version)
    database.dispose()
    versions = house.member("mo").get("/moderation/rules").json["versions"]
    before: str = next(one["id"] for one in versions if one["state"] == "retired")
    return before


def test_a_rule_two_moderators_agreed_on_is_live_in_every_process_and_so_is_the_way_back(
    house: Many,
) -> None:
    lines, number = list(house.by_each(house.member("mina")).values()), count()
    for line in lines:
        line.join(house.lounge)

    def states() -> set[str]:
        said = [
            line.says(house.lounge, "who wants a moonlight parcel", f"moon-{next(number)}")
            for line in lines
        ]
        return {each["message"]["state"] for each in said}

    assert states() == {"visible"}
    before = agree_on_moonlight(house)
    eventually(lambda: states() == {"held"}, "both hold by the new rule", FEW)
    assert house.member("mo").post(f"/moderation/rules/versions/{before}/back").status == 200
    eventually(lambda: states() == {"visible"}, "both go by the rules before", FEW)
    for line in lines:
        line.close()


def test_log_out_and_lost_role_cut_every_process_within_a_second(house: Many) -> None:
    mina, rae = house.member("mina"), house.member("rae")
    for deed, person, reason in (
        (lambda: mina.post("/logout"), mina, "logged out"),
        (lambda: house.command("user", "role", "rae", "member"), rae, "role changed"),
    ):
        lines = list(house.by_each(person).values())
        deed()
        for line in lines:
            assert line.hear("session:ended", SECOND) == {"reason": reason}
            assert line.is_cut_within(SECOND)
    assert house.command("user", "role", "rae", "moderator").returncode == 0


def test_a_ban_from_a_shell_cuts_every_process_within_a_second(house: Many) -> None:
    otto = list(house.by_each(house.member("otto")).values())
    assert house.command("user", "ban", "--handle", "otto", "--reason", "selling").returncode == 0
    for line in otto:
        assert line.hear("session:ended", SECOND) == {"reason": "banned"}
        assert line.is_cut_within(SECOND)


def test_any_process_tells_the_figures_of_all(house: Many) -> None:
    def figures() -> str:
        return house.visitor().get("/metrics", "text/plain").text

    eventually(lambda: "handrail_processes 2" in figures(), "both have begun to answer")
    for _ in range(4):
        text = figures()
        assert 'handrail_started_at_seconds{process="1"}' in text
        assert 'handrail_started_at_seconds{process="2"}' in text
        assert text.count("# TYPE handrail_started_at_seconds gauge") == 1
        assert "handrail_processes 2" in text


def test_without_the_queue_each_process_goes_on_and_all_is_there_on_its_return(
    house: Many,
) -> None:
    mina, paul = pair(house, "mina", "paul")
    mina.join(house.lounge)
    start = paul.join(house.lounge)["seq"]
    if house.queue == "redis":
        redisd.server().stop()
        eventually(lambda: house.visitor().get("/readyz").status == 503, "it says so", FEW)
        ready = house.visitor().get("/readyz").json
        assert (ready["queue"], ready["database"]) == ("failing", "ok")
    else:
        assert hang_up_listeners(house) >= 2
    said = [mina.says(house.lounge, f"alone {n}", f"alone-{n}")["message"]["seq"] for n in (1, 2)]
    assert [each["seq"] for each in mina.heard("room:event", 0.3)] == said
    if house.queue == "redis":
        redisd.server().start()
    began = time.monotonic()
    assert [paul.hear("room:event", FEW)["seq"] for _ in said] == said == [start + 1, start + 2]
    assert time.monotonic() - began < FEW
    eventually(lambda: house.visitor().get("/readyz").status == 200, "it is ready again", FEW)
    assert mina.says(house.lounge, "together", "together-1")["ok"]
    assert paul.hear("room:event")["message"]["body"] == "together"
    for line in (mina, paul):
        line.close()


def test_when_a_process_is_killed_its_people_are_back_by_another_and_nobody_is_a_ghost(
    house: Many,
) -> None:
    browser = house.member("mina")
    mina, paul = pair(house, "mina", "paul")
    seq = mina.join(house.lounge)["seq"]
    paul.join(house.lounge)
    house.kill_one(house.holder_of(mina))
    with pytest.raises(Ended):
        mina.hear("room:event", FEW)
    began = time.monotonic()
    said = paul.says(house.lounge, "where is everybody?", "ghost-1")["message"]["seq"]
    again = browser.socket()
    assert [event["seq"] for event in again.join(house.lounge, after=seq)["events"]] == [said]
    assert time.monotonic() - began < FEW
    again.close()
    eventually(
        lambda: not is_in_the_room(paul, house.lounge, "mina"), "her ghost is gone", within(30)
    )
    paul.close()
    house.all_serve()


def test_asked_to_stop_all_processes_say_goodbye_and_the_port_is_free(tmp_path: Path) -> None:
    with many(tmp_path, "postgres") as site:
        line = site.member("mina").socket()
        children = site.children()
        refused = site.command("up")  # a second site on the same port
        assert (refused.returncode, refused.stderr.strip().count("\n")) == (1, 0)
        assert f"cannot listen on 127.0.0.1:{site.port}" in refused.stderr
        site.stop()
        assert line.is_cut_within(FEW)
        assert not any(Path(f"/proc/{pid}").exists() for pid in children)
        with sockets.socket() as probe:
            probe.setsockopt(sockets.SOL_SOCKET, sockets.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", site.port))
        site.start()
        site.all_serve()
        children = site.children()
        site._end(signal.SIGKILL)  # the parent alone: its children must not go on without it
        eventually(
            lambda: not any(Path(f"/proc/{pid}").exists() for pid in children), "they end too", 10
        )
