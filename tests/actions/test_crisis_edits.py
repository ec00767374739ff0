"""A changed emergency number is shown to nobody before a second person has looked it up."""

import json

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from support.accounts import actions as accounts
from support.base.actor import Role
from support.base.errors import Conflict, Forbidden, Invalid, NotFound
from support.crisis import actions, queries
from support.crisis.forms import Decided, EditForm, NumberForm
from support.crisis.jobs import look_ahead
from support.crisis.models import NumberChange
from support.notify import queries as notify
from tests.people import CHEAP, actor

SOURCE = "https://example.org/numbers"
LINE = "pt-crisis-linha-nacional-de-preven-o-do-suic-dio"


@pytest.fixture
def eve(database, people):
    """A second admin."""
    with database.unit() as unit:
        about = accounts.About("PT", "Europe/Lisbon", settled=True)
        people["eve"] = accounts.create(unit, "eve", Role.ADMIN, CHEAP.hash("x" * 12), about)
    return people["eve"]


def changes(database, who, resource="pt-emergency", number="115"):
    with database.unit() as unit:
        return actions.change_number(unit, actor(unit, who), EditForm(resource, number, SOURCE)).id


def answers(database, who, change_id, *, agrees=True):
    with database.unit() as unit:
        actions.answer_change(unit, actor(unit, who), change_id, agrees=agrees)


def shown(clock, country="PT"):
    return queries.help_for(country, clock.now()).facts()["resources"][0]


def state(database, change_id):
    with database.read() as unit:
        return unit.session.get_one(NumberChange, change_id).state


def test_one_admin_alone_changes_no_emergency_number(database, people, eve, clock, settings):
    before = shown(clock)
    change_id = changes(database, "ada")
    assert state(database, change_id) == "proposed"
    assert shown(clock) == before
    with database.read() as unit:
        assert [one.kind for one in notify.notices_of(unit, eve)] == ["number_change"]
    with pytest.raises(Forbidden):
        answers(database, "ada", change_id)
    assert shown(clock) == before


def test_a_second_one_agrees_and_it_is_in_the_file_that_help_reads(
    database, people, eve, clock, settings
):
    change_id = changes(database, "ada")
    answers(database, "eve", change_id)
    assert state(database, change_id) == "in_force"
    assert "115" in json.dumps(shown(clock))
    kept = json.loads((settings.data / "crisis.json").read_text(encoding="utf-8"))
    (entry,) = [one for one in kept["countries"] if one["iso2"] == "PT"]
    assert entry["emergency"]["show_first"] == "115"
    assert entry["emergency"]["operator"]["state"] == "confirmed"
    with database.read() as unit:
        assert queries.decisions(unit)["pt-emergency"].by == "eve"


def test_the_second_one_may_say_no_and_the_first_may_take_it_back(database, people, eve, clock):
    before = shown(clock)
    for who in ("eve", "ada"):
        change_id = changes(database, "ada")
        answers(database, who, change_id, agrees=False)
        assert state(database, change_id) == "refused"
    assert shown(clock) == before


def test_what_was_answered_is_not_answered_again(database, people, eve):
    change_id = changes(database, "ada")
    answers(database, "eve", change_id)
    with pytest.raises(Conflict):
        answers(database, "eve", change_id, agrees=False)
    with pytest.raises(NotFound):
        answers(database, "eve", "no-such")


def test_the_database_itself_refuses_the_same_person_twice(database, people):
    change_id = changes(database, "ada")

    def signs_twice():
        with database.unit() as unit:
            row = unit.session.get_one(NumberChange, change_id)
            row.second_id = row.by_id

    with pytest.raises(IntegrityError):
        signs_twice()


def test_a_line_is_changed_by_one_with_its_source_and_a_later_change_replaces_it(
    database, people, clock
):
    first = changes(database, "ada", LINE, "1412")
    second = changes(database, "ada", LINE, "1413")
    assert (state(database, first), state(database, second)) == ("replaced", "in_force")
    with database.read() as unit:
        (edit,) = queries.edits(unit, "PT")
        assert (edit.number, edit.source, edit.by) == ("1413", SOURCE, "ada")
        assert queries.decisions(unit)[LINE].contact == "1413"


@pytest.mark.parametrize(
    ("resource", "number", "refusal"),
    [("pt-emergency", "one one two", Invalid), ("zz-none", "112", NotFound)],
)
def test_what_is_no_number_or_no_resource_changes_nothing(
    database, people, resource, number, refusal
):
    with pytest.raises(refusal):
        changes(database, "ada", resource, number)
    with database.read() as unit:
        assert unit.session.scalars(select(NumberChange)).all() == []


def test_numbers_past_their_date_are_told_to_the_admins_once_a_week(database, people, clock):
    with database.unit() as unit:
        actions.decide_number(unit, people["ada"], NumberForm(LINE, Decided.CONFIRMED))
        due = queries.numbers_due(unit)
    look_ahead(database)
    look_ahead(database)
    with database.read() as unit:
        kinds = [one.kind for one in notify.notices_of(unit, people["ada"])]
    assert kinds.count("numbers_due") == (1 if due else 0)
    clock.forward(days=400)
    look_ahead(database)
    with database.read() as unit:
        kinds = [one.kind for one in notify.notices_of(unit, people["ada"])]
    assert kinds.count("numbers_due") == (2 if due else 1)
