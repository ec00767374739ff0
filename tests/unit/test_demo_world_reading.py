"""A world file that is broken is refused whole, with the entry and the field in one line."""

import json

import click
import pytest

from support.base.actor import Role
from support.base.errors import Conflict, Invalid
from support.demo.cli import refused, told
from support.demo.filling import ROLES, demo_world, introduction
from support.demo.load import batched
from support.demo.world import detail, read_world

PERSON = {"handle": "mina", "password": "tea"}
GROUP = {"slug": "owls", "name": "Owls", "hosts": ["paul"]}
MEETING = {"title": "Slow taper", "start": "2029-11-23T22:00", "timezone": "UTC"}
SHIFT = {"handle": "mo", "weekday": 0, "start": "00:00", "minutes": 60, "timezone": "UTC"}


def complaint(document) -> str:
    text = document if isinstance(document, bytes) else json.dumps(document).encode()
    with pytest.raises(Invalid) as wrong:
        read_world(text)
    return wrong.value.message


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"\xff\xfe", "the file is not UTF-8"),
        (b"", "line 1, column 1: this is not JSON"),
        (b'{\n "people": [,]}', "line 2, column 13: this is not JSON"),
        (b"[" * 100_000, "the file is nested too deep"),
        (b"[]", "a world is an object with people, groups, rota and mentors"),
        (b"null", "a world is an object with people, groups, rota and mentors"),
        (b'{"rooms": []}', "a world is an object with people, groups, rota and mentors"),
    ],
)
def test_what_is_no_world_at_all_is_said_in_one_line(text, words):
    assert complaint(text) == words


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"people": {}}, "people: this must be a list"),
        ({"groups": "owls"}, "groups: this must be a list"),
        ({"rota": None}, "rota: this must be a list"),
        ({"people": [PERSON, "mina"]}, "people[1]: this must be an object"),
        ({"people": [{"handle": "mina"}]}, "people[0].password: Please fill this in."),
        ({"people": [{"password": "tea"}]}, "people[0].handle: Please fill this in."),
        (
            {"people": [{**PERSON, "role": "owner"}]},
            "people[0].role: Please pick one of the choices.",
        ),
        (
            {"people": [PERSON, {**PERSON, "timezone": "CET"}]},
            "people[1].timezone: Please use a time zone such as Europe/Lisbon.",
        ),
        (
            {"people": [{**PERSON, "country": "PRT"}]},
            "people[0].country: Please use at most 2 characters.",
        ),
        ({"people": [{**PERSON, "id": "x"}]}, "people[0].id: This field is not known."),
        (
            {"groups": [{**GROUP, "slug": "Owls"}]},
            "groups[0].slug: Please use small letters, digits and dashes.",
        ),
        ({"groups": [{**GROUP, "hosts": 5}]}, "groups[0].hosts: This must be a list of words."),
        ({"groups": [{**GROUP, "meetings": {}}]}, "groups[0].meetings: this must be a list"),
        (
            {"groups": [{**GROUP, "meetings": [MEETING, 5]}]},
            "groups[0].meetings[1]: this must be an object",
        ),
        (
            {"groups": [{**GROUP, "meetings": [{**MEETING, "minutes": 1}]}]},
            "groups[0].meetings[0].minutes: Please use a number from 5 to 1440.",
        ),
        (
            {"groups": [{**GROUP, "meetings": [{**MEETING, "rrule": "FREQ=YEARLY"}]}]},
            "groups[0].meetings[0].rrule: "
            "A meeting repeats weekly, every few weeks, or monthly by weekday or date.",
        ),
    ],
)
def test_each_fault_is_told_with_its_place(document, words):
    assert complaint(document) == words


@pytest.mark.parametrize(
    "change", [{"weekday": 7}, {"start": "25:00"}, {"minutes": 0}, {"handle": ""}]
)
def test_a_shift_that_cannot_be_is_told_with_its_place(change):
    assert complaint({"rota": [SHIFT, {**SHIFT, **change}]}).startswith("rota[1].")


def test_an_empty_world_is_a_world_and_a_mark_before_it_does_no_harm():
    for text in (b"{}", b'\xef\xbb\xbf{"people": []}'):
        world = read_world(text)
        assert (world.people, world.groups, world.rota) == ((), (), ())


def test_what_a_person_leaves_out_has_a_plain_default():
    (mina,) = read_world(json.dumps({"people": [{**PERSON, "country": "pt"}]}).encode()).people
    assert (mina.role, mina.about.country, mina.about.timezone) == (Role.MEMBER, "PT", "UTC")
    assert mina.about.settled


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (Invalid("No.", fields={"a": "Bad.", "b": "Worse."}), ".a: Bad."),
        (Invalid("Row %(row)s is bad.", row=3), ": Row 3 is bad."),
        (Invalid("100 % wrong"), ": 100 % wrong"),
        (Invalid(".meetings: this must be a list"), ".meetings: this must be a list"),
        (Invalid("[1]: this"), "[1]: this"),
    ],
)
def test_the_first_thing_that_is_wrong_is_the_one_told(wrong, words):
    assert detail(wrong) == words


def test_a_refusal_on_the_command_line_is_one_line():

    assert told(Conflict("There are %(n)s already.", n=3)) == "There are 3 already."
    assert told(Conflict("No.", fields={"slug": "Taken."})) == "slug: Taken."
    with pytest.raises(click.ClickException, match=r"^slug: Taken\.$"), refused():
        raise Conflict("No.", fields={"slug": "Taken."})


@pytest.mark.parametrize(
    ("count", "sizes"), [(0, []), (1, [1]), (3, [3]), (4, [3, 1]), (7, [3, 3, 1])]
)
def test_ids_come_in_pieces_and_none_is_lost(count, sizes):
    ids = [str(number) for number in range(count)]
    pieces = batched(ids, 3)
    assert [len(piece) for piece in pieces] == sizes
    assert [one for piece in pieces for one in piece] == ids


def test_the_demo_has_every_role_and_all_who_are_named_in_it_live_in_it():
    world = demo_world()
    handles = {person.handle for person in world.people}
    assert len(handles) == len(world.people)
    assert {person.role for person in world.people} == set(Role)
    named = {one for group in world.groups for one in (*group.hosts, *group.members)}
    assert named | {shift.handle for shift in world.rota} <= handles
    assert all(group.hosts for group in world.groups)
    told_of = "\n".join(introduction())
    assert all(role in told_of for role in ROLES)
    assert all(handle in told_of for handle in handles)


def test_the_people_of_the_demo_share_one_passphrase_and_no_address():
    world = demo_world()
    assert len({person.password for person in world.people}) == 1
    assert {person.about.email for person in world.people} <= {None}
