"""Where words lead: found again by their link without a scan, and gone with the words.

`HANDRAIL_MESSAGES=100000` fills the table with more of them.
"""

import os
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, select, text

from support.base.ids import new_id
from support.chat.actions import leading, retention, saying, speaking, tending
from support.chat.actions.target import MessageTarget
from support.chat.forms import EditForm
from support.chat.models import Message, MessageLink
from support.db.upgrade import downgrade, upgrade
from support.moderation.rules import hosts_in
from tests.chat_world import Evening, evening_in, house_of
from tests.databases import KIND
from tests.lines import gathered

SHOP = "cheap ones at https://pill-house.example/b?id=7, dm me"
MANY = int(os.environ.get("HANDRAIL_MESSAGES", "20000"))
LEAST = 20 if KIND == "sqlite" else 100.0
BEFORE = "0012"
COUNT = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :rows)"


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    with house_of(tmp_path_factory.mktemp("leading")) as made:
        yield made


@pytest.fixture
def eve(house):
    with evening_in(house) as made:
        yield made


def naming(eve, *hosts):
    """Whose words lead there, newest first."""
    return [one.id for one in MessageTarget().naming(eve.unit, hosts or ["pill-house.example"], 50)]


def kept(eve):
    rows = eve.unit.session.execute(select(MessageLink.message_id, MessageLink.host))
    return {tuple(row) for row in rows}


@pytest.mark.parametrize(
    ("words", "hosts"),
    [
        ("a calm evening. slept a little", ()),
        ("see https://pill-house.example/a", ("pill-house.example",)),
        ("SEE WWW.Pill-House.Example!", ("pill-house.example",)),
        ("(pill-house.example), again pill-house.example", ("pill-house.example",)),
        ("http://a.example:80/x and b.example", ("a.example", "b.example")),
        ("write to ada@house.example", ()),
        ("https://me@evil.example/x", ("evil.example",)),
        ("at 3.30 I took 0.5", ()),
        ("x." * 130 + "example", ()),
    ],
)
def test_what_may_lead_somewhere_is_seen_in_any_dress(words, hosts):
    assert hosts_in(words) == hosts


def test_of_a_flood_of_links_the_first_fifty_are_kept():
    assert len(hosts_in(" ".join(f"a{number}.example" for number in range(80)))) == 50


def test_who_gave_a_link_is_found_by_it_held_or_shown_newest_first(eve):
    first = eve.says("mina", SHOP)
    eve.later(minutes=1)
    second = eve.says("paul", "look at www.pill-house.example and at other.example")
    eve.says("mina", "pill-house is a word, and pill-house.example.org another house")
    assert naming(eve) == [second, first]
    assert naming(eve, "pill-house.example", "other.example") == [second, first]
    assert naming(eve, "other.example") == [second]
    assert MessageTarget().naming(eve.unit, [], 50) == []


def test_words_said_another_way_lead_where_they_lead_now(eve):
    held = eve.says("mina", SHOP)
    speaking.edit(eve.unit, eve.who("mina"), EditForm(held, "look at other.example"))
    assert naming(eve) == []
    assert naming(eve, "other.example") == [held]
    speaking.edit(eve.unit, eve.who("mina"), EditForm(held, "nothing to sell"))
    assert kept(eve) == set()


def test_what_is_taken_back_leads_nowhere(eve):
    held, other = eve.says("mina", SHOP), eve.says("paul", SHOP)
    tending.withdraw(eve.unit, eve.who("mina"), held)
    assert kept(eve) == {(other, "pill-house.example")}


def test_who_is_erased_leaves_no_link(eve):
    eve.says("mina", SHOP)
    other = eve.says("paul", SHOP)
    tending.forget_words_of(eve.unit, eve.cast["mina"])
    assert kept(eve) == {(other, "pill-house.example")}


def test_a_link_goes_with_the_row_of_its_message_and_with_words_that_are_sealed(eve):
    gone, sealed = eve.says("mina", SHOP), eve.says("paul", SHOP)
    retention._seal(eve.unit, eve.message(sealed))
    assert kept(eve) == {(gone, "pill-house.example")}
    eve.unit.session.execute(text("DELETE FROM message WHERE id = :id"), {"id": gone})
    assert kept(eve) == set()


def test_the_quick_way_keeps_links_too(eve):
    """Words that nobody has to judge are stored many at once."""
    say = saying._Saying(eve.unit, saying.speakers(eve.unit, [], set()))
    row = eve.message(eve.says("mina", "a calm evening"))
    say._messages = [_another(row)]
    say._links = leading.links_of(say._messages[0]["id"], "see nhs.uk/sleep", eve.unit.now)
    say.store()
    assert kept(eve) == {(say._messages[0]["id"], "nhs.uk")}


def _another(row: Message) -> dict[str, Any]:
    named = {"warning": None, "client_id": "another", "seq": row.seq + 1, "id": new_id()}
    same = ("room_id", "author_id", "body", "state", "at")
    return {**{name: getattr(row, name) for name in same}, **named}


def test_what_was_said_before_there_was_the_table_is_found_too(database, people):
    cast = gathered(database, people)
    said = (SHOP, "no link. at all", "ada@house.example and www.Other.example, other.example", "x.")
    with database.unit() as unit:
        earlier = Evening(unit, cast)
        for words in said:
            earlier.says("mina", words)
        unit.session.flush()
        before = kept(earlier)
    assert {host for _, host in before} == {"pill-house.example", "other.example"}
    downgrade(database.engine, BEFORE)
    upgrade(database.engine)
    with database.read() as unit:
        assert kept(Evening(unit, cast)) == before


# ------------------------------------------------------------------ many thousand messages


def test_among_many_thousand_messages_one_link_is_found_without_a_scan(eve):
    """Counted in steps of the database, or by its plan: no clock has a say in it."""
    held = eve.says("mina", SHOP)
    fill(eve, MANY)
    with looked(eve) as cost:
        assert naming(eve) == [held]
    with looked(eve) as scan:
        eve.unit.session.scalars(select(Message.id).where(Message.body.contains("pill-ho"))).all()
    assert cost() < LEAST < scan()


def fill(eve, rows):
    """Messages as they lie in the table, each with a link to somewhere else."""
    like = eve.message(eve.says("mina", "a calm evening"))
    columns = "id, room_id, author_id, client_id, body, state, at"
    said = (
        f"{COUNT} INSERT INTO message ({columns}) SELECT 'm' || i, room_id, author_id, 'x' || i, "
        "'look at https://h' || i || '.example', 'held', at FROM n, message WHERE id = :like"
    )
    links = (
        f"{COUNT} INSERT INTO message_link (message_id, host, at) SELECT 'm' || i, "
        "'h' || i || '.example', at FROM n, message WHERE id = :like"
    )
    for statement in (said, links):
        eve.unit.session.execute(text(statement), {"rows": rows, "like": like.id})
    if KIND == "postgres":
        eve.unit.session.execute(text("ANALYZE message, message_link"))


@contextmanager
def looked(eve):
    """What reading costs meanwhile: thousands of SQLite's steps, or rows PostgreSQL thinks of."""
    if KIND == "postgres":
        yield from _planned(eve)
        return
    steps = [0]

    def stride():
        steps[0] += 1

    line = eve.unit.session.connection().connection.driver_connection
    line.set_progress_handler(stride, 1_000)
    yield lambda: steps[0]
    line.set_progress_handler(None, 0)


def _planned(eve):
    """The dearest statement's cost, as the planner has it."""
    connection = eve.unit.session.connection()
    asked = []

    def note(_connection, _cursor, statement, parameters, _context, _many):
        asked.append((statement, parameters))

    event.listen(connection, "before_cursor_execute", note)
    yield lambda: max(_cost(connection, *one) for one in list(asked))
    event.remove(connection, "before_cursor_execute", note)


def _cost(connection, statement, parameters):
    plan = connection.exec_driver_sql(f"EXPLAIN {statement}", parameters).scalars().first()
    return float(plan.split("..")[1].split()[0])
