"""A world from a file: all of it or nothing, and a clear word about where it is broken."""

import copy
import json

import pytest

from support.accounts import queries as people
from support.base.actor import Role
from support.base.errors import Invalid
from support.chat import queries as chat
from support.crisis import queries as crisis
from support.demo.filling import demo_world, fill, introduction
from support.demo.load import load
from support.demo.world import read_world
from support.groups import queries
from support.mentoring import actions as mentoring
from support.mentoring.forms import SearchForm
from support.mentoring.queries.shifts import weekly
from tests.groups_world import filters
from tests.people import CHEAP, actor

WORLD = {
    "people": [
        {"handle": "mina", "role": "member", "password": "p1", "timezone": "Europe/Lisbon",
         "country": "PT"},
        {"handle": "paul", "role": "mentor", "password": "p1", "timezone": "Europe/Lisbon",
         "country": "PT"},
        {"handle": "mod1", "role": "moderator", "password": "p2"},
        {"handle": "admin1", "role": "admin", "password": "p3"},
    ],
    "groups": [
        {"slug": "night-owls", "name": "Night owls", "focus": ["diazepam"], "stage": "tapering",
         "language": "en", "policy": "open", "hosts": ["paul"], "members": ["mina", "paul"],
         "meetings": [{"title": "Slow taper", "start": "2029-11-23T22:00",
                       "timezone": "Europe/Lisbon", "minutes": 60, "rrule": "FREQ=WEEKLY",
                       "seats": 12}]}
    ],
    "rota": [{"handle": "mod1", "weekday": 0, "start": "00:00", "minutes": 1440,
              "timezone": "UTC"}],
}  # fmt: skip


def world(change=None):
    document = copy.deepcopy(WORLD)
    if change:
        change(document)
    return read_world(json.dumps(document).encode())


def test_a_world_becomes_people_groups_rooms_and_a_rota(database):
    ids = load(database, world(), CHEAP)
    group = ids["groups"]["night-owls"]
    with database.read() as unit:
        mina = people.actor_by_id(unit, ids["people"]["mina"])
        assert not mina.is_newcomer(unit.now)
        assert people.by_handle(unit, "admin1").role is Role.ADMIN
        facts = queries.group_by_id(unit, group["id"])
        assert (facts.member_count, facts.lounge_id) == (1, group["lounge"])
        assert facts.next.id == group["meetings"][0]["id"]
        assert queries.meeting_by_id(unit, facts.next.id).room_id == group["meetings"][0]["room"]
        assert chat.place(unit, mina, group["lounge"]).room.kind == "lounge"
        assert crisis.on_call_now(unit) in ([], [ids["people"]["mod1"]])


def test_people_of_one_file_with_one_passphrase_get_in_with_it(database, app):
    load(database, world(), CHEAP)
    for handle, password in (("mina", "p1"), ("paul", "p1"), ("mod1", "p2")):
        browser = app.test_client()
        assert browser.fill("/login", handle=handle, password=password).status_code == 302
        assert browser.ask("/api/v1/me").json["handle"] == handle


def test_a_second_load_of_the_same_world_changes_nothing(database):
    load(database, world(), CHEAP)
    with pytest.raises(Invalid, match=r"people\[0\]: There is a person of this name"):
        load(database, world(), CHEAP)
    with database.read() as unit:
        assert len(queries.list_groups(unit, filters(), "UTC").groups) == 1


def test_a_world_may_name_people_who_are_there_already(database):
    load(database, world(), CHEAP)

    def change(document):
        document["people"] = []
        document["rota"] = []
        document["groups"][0]["slug"] = "early-birds"

    ids = load(database, world(change), CHEAP)
    assert list(ids["groups"]) == ["early-birds"]


def offering(**change):
    def offers(document):
        shift = {"weekday": 1, "start": "21:00", "minutes": 60}
        known = {"handle": "paul", "languages": ["en"], "most": 2, "shifts": [shift]}
        document["mentors"] = [{**known, **change}]

    return offers


def test_a_world_says_what_mentors_offer_and_when_they_are_in_the_lounges(database):
    load(database, world(offering(hours=["tue 19:00-21:00"])), CHEAP)
    with database.read() as unit:
        (shift,) = weekly(unit)
        assert (shift.start, shift.timezone) == ("21:00", "Europe/Lisbon")
        assert shift.account_id == people.by_handle(unit, "paul").id


BROKEN = [
    (offering(handle="mina"), r"mentors\[0\]"),
    (offering(handle="nobody"), r"mentors\[0\]: nobody is called"),
    (offering(languages=[]), r"mentors\[0\]\.languages"),
    (offering(hours=["always"]), r"mentors\[0\]\.hours"),
    (offering(shifts="late"), r"mentors\[0\]\.shifts: this must be a list"),
    (offering(shifts=[{"weekday": 9}]), r"mentors\[0\]\.shifts\[0\]"),
    (lambda w: w["people"][0].update(role="boss"), r"people\[0\]\.role"),
    (lambda w: w["people"][1].update(password=""), r"people\[1\]\.password"),
    (lambda w: w["people"][1].update(timezone="BST"), r"people\[1\]\.timezone"),
    (lambda w: w["people"][0].update(admin=True), r"people\[0\]\.admin"),
    (lambda w: w["people"].append("mina"), r"people\[4\]: this must be an object"),
    (lambda w: w.update(people={}), "people: this must be a list"),
    (lambda w: w.update(planets=[]), "a world is an object"),
    (lambda w: w["groups"][0].update(slug="Night Owls"), r"groups\[0\]\.slug"),
    (lambda w: w["groups"][0].update(hosts=["nobody"]), r"groups\[0\]: nobody is called nobody"),
    (lambda w: w["groups"][0].update(hosts=[]), r"groups\[0\]\.hosts"),
    (lambda w: w["groups"][0].update(hosts="x" * 99), r"groups\[0\]\.hosts"),
    (lambda w: w["groups"][0].update(meetings={}), r"groups\[0\]\.meetings"),
    (lambda w: w["groups"][0]["meetings"][0].update(rrule="FREQ=SECONDLY"),
     r"groups\[0\]\.meetings\[0\]\.rrule: A meeting repeats"),
    (lambda w: w["groups"][0]["meetings"].append(7), r"meetings\[1\]: this must be an object"),
    (lambda w: w["groups"].append(w["groups"][0]), r"groups\[1\]\.slug"),
    (lambda w: w["rota"][0].update(handle="nobody"), r"rota\[0\]"),
    (lambda w: w["rota"][0].update(handle="mina"), r"rota\[0\]"),
    (lambda w: w["rota"][0].update(weekday=7), r"rota\[0\]\.weekday"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "where"), BROKEN)
def test_a_broken_world_writes_nothing_and_says_where(database, change, where):
    with pytest.raises(Invalid, match=where):
        load(database, world(change), CHEAP)
    with database.read() as unit:
        assert people.by_handle(unit, "mina") is None
        assert queries.list_groups(unit, filters(), "UTC").groups == ()


@pytest.mark.parametrize(
    ("text", "where"),
    [(b'{"people": [}', "line 1"), (b"\xff", "UTF-8"), (b"[]", "a world is an object"),
     (b"[" * 100_000, "deep|object")],
)  # fmt: skip
def test_what_is_no_world_file_says_so(text, where):
    with pytest.raises(Invalid, match=where):
        read_world(text)


def test_the_demo_world_fills_an_empty_site_and_only_that(database):
    assert fill(database, CHEAP)
    assert not fill(database, CHEAP)
    with database.read() as unit:
        groups = queries.list_groups(unit, filters(), "UTC").groups
        assert 6 <= len(groups) <= 10
        assert len({group.language for group in groups}) >= 4
        assert {group.policy.value for group in groups} == {"open", "request", "invited"}
        assert all(group.next for group in groups)
        assert queries.listings_in_all(unit) == 300
        assert actor(unit, "ada").is_admin
        assert len({row.account_id for row in weekly(unit)}) >= 6
    with database.unit() as unit:
        mina = actor(unit, "mina")
        sought = {"languages": "en", "substances": "diazepam"}
        mentoring.seek(unit, mina, SearchForm.parse(sought))
        assert 3 <= len(mentoring.look(unit, mina).proposals) <= 5


def test_in_the_demo_somebody_is_on_call_at_every_hour_of_the_week(database, clock):
    fill(database, CHEAP)
    for _ in range(7 * 24):
        clock.forward(hours=1)
        with database.read() as unit:
            assert crisis.on_call_now(unit), clock.now()


def test_the_demo_introduces_its_people_by_role():
    lines = introduction()
    assert demo_world().people[0].password in lines[0]
    assert any("mina" in line and "member" in line for line in lines)
