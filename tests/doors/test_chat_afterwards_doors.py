"""After a meeting, by page: refusals, the form again with its error, what each side reads."""

import pytest

from support.chat.actions import course
from support.chat.forms import MoveForm
from support.chat.jobs import ChairSweep
from support.groups.models import Meeting
from tests.groups_world import plan_meeting
from tests.people import actor

ADVICE = "you should drop to 2 mg tonight"


@pytest.fixture
def meeting(database, cast, clock):
    """A meeting that Paul opened and closed. Its id."""
    sweep = ChairSweep()
    with database.unit() as unit:
        meeting_id = plan_meeting(unit, cast.group)
        room = unit.session.get_one(Meeting, meeting_id).room_id
    clock.forward(minutes=60)
    sweep(database)
    with database.unit() as unit:
        for to in ("open", "closed"):
            course.move(unit, actor(unit, "paul"), MoveForm.parse({"room": room, "to": to}))
    clock.forward(seconds=10)
    sweep(database)
    return meeting_id


@pytest.mark.parametrize("page", ["debrief", "feedback"])
def test_strangers_log_in_and_outsiders_find_nothing(stranger, browser, meeting, page):
    assert stranger.ask(f"/meetings/{meeting}/{page}").status_code == 401
    for there in (f"/meetings/{meeting}/{page}", f"/meetings/{'0' * 20}/{page}"):
        assert browser("otto").ask(there).status_code == 404
        assert browser("otto").send(there, body="x").status_code in (400, 404)


def test_each_side_has_its_own_page(browser, meeting):
    mina, paul = browser("mina"), browser("paul")
    assert mina.ask(f"/meetings/{meeting}/debrief").status_code == 403
    assert paul.ask(f"/meetings/{meeting}/feedback").status_code == 403
    assert f'href="/meetings/{meeting}/feedback"' in mina.get(f"/meetings/{meeting}").text
    assert f'href="/meetings/{meeting}/debrief"' in paul.get(f"/meetings/{meeting}").text


def test_paul_looks_back_by_the_form_and_reads_what_guests_told(browser, meeting):
    mina, paul, page = browser("mina"), browser("paul"), f"/meetings/{meeting}"
    told = mina.send(f"{page}/feedback", body="It was kind.")
    assert told.json == {"state": "visible"}
    assert "Your name is not shown" in mina.get(f"{page}/feedback").text
    seen = paul.get(f"{page}/debrief").text
    assert "It was kind." in seen
    assert "mina" not in seen
    too_long = paul.fill(f"{page}/debrief", well="x" * 1001)
    assert too_long.status_code == 400
    assert 'id="f-well-error"' in too_long.text
    done = paul.fill(f"{page}/debrief", well="Calm", worry="Somebody was very low.")
    assert done.headers["Location"] == f"{page}/debrief"
    again = paul.get(f"{page}/debrief").text
    assert "Calm</textarea>" in again
    assert "The moderators have your worry." in again
    assert paul.ask(page).json["state"] == "debriefed"
    (item,) = browser("mo").ask("/moderation").json["items"]
    shown = browser("mo").get(f"/moderation/items/{item['id']}").text
    assert "A host is worried after a meeting" in shown
    assert "Somebody was very low." in shown


def test_held_feedback_says_why_to_its_author_and_is_nowhere_on_the_hosts_page(browser, meeting):
    mina, paul, page = browser("mina"), browser("paul"), f"/meetings/{meeting}"
    assert mina.fill(f"{page}/feedback", body="").status_code == 400
    told = mina.send(f"{page}/feedback", body=ADVICE).json
    assert told["state"] == "held"
    assert "We leave doses to doctors." in told["notice"]["text"]
    assert "We leave doses to doctors." in mina.get(f"{page}/feedback").text
    assert paul.ask(f"{page}/debrief").json["feedback"] == []


def test_danger_in_feedback_shows_the_numbers_at_once(browser, meeting):
    page = f"/meetings/{meeting}/feedback"
    told = browser("mina").send(page, body="I want to kill myself tonight").json
    assert told["notice"]["resources"]
    assert 'href="tel:112"' in browser("mina").get(page).text


def test_my_meetings_lists_what_waits_to_be_looked_back_at(browser, meeting):
    paul = browser("paul")
    assert [one["meeting"] for one in paul.ask("/chair").json["look_back"]] == []
    page = paul.get(f"/meetings/{meeting}/debrief").text
    assert "People who came" in page
    assert "of 6 hours" in page
