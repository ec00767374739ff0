"""My plan: written by its person, sealed in the database, shown to others only by their own yes."""

import pytest
from sqlalchemy import select, update

from support.crisis import actions as crisis
from support.crisis.forms import ShiftForm
from support.journal import actions
from support.journal.forms import LineForm
from support.journal.models import PlanLine
from support.journal.rules import LONGEST_LINE, MOST_LINES, Heading
from support.web.work import workshop
from tests.house import signed_in
from tests.people import JSON, actor, people_of

HELPS = "Cold water, then a walk round the block."


@pytest.fixture
def sit(lasting):
    """Somebody at a browser of their own."""
    with workshop(lasting).database.read() as unit:
        people = people_of(unit)
    return lambda handle: signed_in(lasting, people[handle])


@pytest.fixture(autouse=True)
def empty(lasting):
    """Every test begins without a plan."""
    yield
    with workshop(lasting).database.unit() as unit:
        for handle in ("mina", "paul"):
            actions.PlanMemory().erase(unit, actor(unit, handle).id)


def written(browser, text=HELPS, heading="helps"):
    answer = browser.send("/journal/plan", heading=heading, text=text)
    assert answer.status_code == 200, answer.text
    return answer.json["line"]


def lines(browser, heading="helps"):
    found = browser.get("/journal/plan", headers=JSON).json["plan"]
    return [each["text"] for part in found if part["heading"] == heading for each in part["lines"]]


def test_a_line_is_written_changed_and_taken_away(sit):
    mina = sit("mina")
    assert lines(mina) == []
    line = written(mina)
    written(mina, "Tea.")
    assert lines(mina) == [HELPS, "Tea."]
    assert mina.send(f"/journal/plan/{line}", text="A walk.").status_code == 200
    assert lines(mina) == ["A walk.", "Tea."]
    assert mina.send(f"/journal/plan/{line}/remove").status_code == 200
    assert lines(mina) == ["Tea."]


def test_the_page_has_examples_where_nothing_stands_and_its_words_where_something_does(sit):
    mina = sit("mina")
    page = mina.get("/journal/plan", headers={"Accept": "text/html"}).text
    assert "What helps me" in page
    assert "For example: cold water on my hands" in page
    written(mina)
    page = mina.get("/journal/plan", headers={"Accept": "text/html"}).text
    assert HELPS in page
    assert "For example: cold water on my hands" not in page
    assert mina.get("/journal").headers["Location"] == "/journal/plan"


def test_nobody_else_reads_changes_or_takes_away_a_line_or_learns_that_it_is_there(sit):
    line = written(sit("mina"))
    for handle in ("paul", "mo", "ada"):
        other = sit(handle)
        assert lines(other) == []
        for path in (f"/journal/plan/{line}", "/journal/plan/no-such-line"):
            answers = [other.send(path, text="x"), other.send(f"{path}/remove")]
            assert [answer.status_code for answer in answers] == [404, 404]
            assert {answer.json["error"]["message"] for answer in answers} == {
                "This line is not in your plan."
            }
    assert lines(sit("mina")) == [HELPS]


def test_what_was_typed_stands_in_the_form_again_with_what_is_wrong(sit):
    mina = sit("mina")
    line = written(mina)
    long = "y" * (LONGEST_LINE + 1)
    for path, sent in (
        ("/journal/plan", {"heading": "call", "text": long}),
        (f"/journal/plan/{line}", {"text": long}),
    ):
        refused = mina.fill(path, **sent)
        assert refused.status_code == 400
        assert f"at most {LONGEST_LINE} characters" in refused.text
        assert long in refused.text
    assert lines(mina) == [HELPS]


def test_a_plan_has_an_end(sit, lasting):
    mina = sit("mina")
    with workshop(lasting).database.unit() as unit:
        for number in range(MOST_LINES):
            form = LineForm(Heading.CALL, f"Number {number}")
            actions.add_line(unit, actor(unit, "mina"), form)
    refused = mina.send("/journal/plan", heading="helps", text="one more")
    assert refused.status_code == 409
    assert "Take one away first" in refused.json["error"]["message"]


def test_the_database_holds_no_word_of_it_and_a_seal_opens_in_its_own_place_alone(sit, lasting):
    mina, paul = sit("mina"), sit("paul")
    line, other = written(mina), written(paul, "Mine.")
    database = workshop(lasting).database
    with database.unit() as unit:
        sealed = unit.session.scalar(select(PlanLine.sealed).where(PlanLine.id == line))
        assert b"water" not in sealed
        unit.session.execute(update(PlanLine).where(PlanLine.id == other).values(sealed=sealed))
    assert lines(paul) == []
    assert lines(mina) == [HELPS]


def test_a_person_takes_it_along_and_it_goes_with_them(sit, lasting):
    mina = sit("mina")
    written(mina)
    assert HELPS in mina.get("/account/export", headers=JSON).text
    with workshop(lasting).database.unit() as unit:
        actions.PlanMemory().erase(unit, actor(unit, "mina").id)
    assert lines(mina) == []


def test_in_trouble_it_stands_under_the_numbers_and_a_yes_shows_it_to_who_helps(sit, lasting):
    mina, mo = sit("mina"), sit("mo")
    with workshop(lasting).database.unit() as unit:
        crisis.add_shift(unit, None, ShiftForm("mo", 0, "00:00", 7 * 1440, "UTC"))
    page = mina.get("/help/now", headers={"Accept": "text/html"}).text
    assert HELPS not in page
    assert 'href="/journal/plan"' in page
    written(mina)
    case = mina.send("/help/now").json["case"]
    page = mina.get("/help/now", headers={"Accept": "text/html"}).text
    assert page.index("112") < page.index(HELPS)

    def shown():
        return mo.get(f"/crisis/cases/{case}", headers={"Accept": "text/html"}).text

    assert mo.send(f"/crisis/cases/{case}/ack").status_code == 200
    assert HELPS not in shown()
    assert mo.send(f"/crisis/cases/{case}/plan").status_code == 200
    assert HELPS not in shown()
    assert mina.send("/help/plan", answer="yes").status_code == 200
    assert HELPS in shown()
    assert mina.send("/help/plan", answer="no").status_code == 200
    assert HELPS not in shown()
