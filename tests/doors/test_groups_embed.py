"""The schedule in somebody else's page: a stranger's view for everybody, and nothing but that."""

import pytest

from tests.groups_world import found_group, plan_meeting
from tests.people import JSON, actor

PAGE = "/embed/meetings"


@pytest.fixture
def owls(database, people):
    """Night owls meets in New York, with Paul as its host."""
    with database.unit() as unit:
        group = found_group(unit, [actor(unit, "paul")], [actor(unit, "mina")])
        return plan_meeting(unit, group, title="Slow <taper>", timezone="America/New_York")


def test_a_page_elsewhere_may_frame_it_and_nothing_of_a_person_is_in_it(owls, stranger, browser):
    mina = browser("mina")
    seen = [each.get(PAGE) for each in (stranger, mina)]
    assert seen[0].text == seen[1].text
    for answer in seen:
        assert answer.status_code == 200
        assert answer.headers["Content-Security-Policy"].endswith("frame-ancestors *")
        assert "Set-Cookie" not in answer.headers
        assert "public" in answer.headers["Cache-Control"]
        for word in ("<script", "csrf", "mina", 'style="', "<form"):
            assert word not in answer.text, word


def test_it_shows_what_when_in_which_zone_and_who_hosts(owls, stranger):
    page = stranger.get(PAGE + "?tz=Europe/Lisbon").text
    assert "Slow &lt;taper&gt;" in page
    assert f'href="/meetings/{owls}"' in page
    for words in ("Times use Europe/Lisbon", "New York", "paul", "Night owls", 'href="/help"'):
        assert words in page, words
    assert '<base target="_blank">' in page


def test_a_site_without_meetings_says_so(database, people, stranger):
    assert "No meetings are planned just now." in stranger.get(PAGE).text


def test_programs_get_the_same_facts_and_filters(owls, stranger):
    facts = stranger.ask(PAGE).json
    assert facts["meetings"][0]["id"] == owls
    assert facts["timezone"] == "UTC"
    assert stranger.ask(PAGE + "?focus=zolpidem").json["meetings"] == []
    assert stranger.ask(PAGE + "?anything=else").status_code == 200


def test_a_long_schedule_goes_on_inside_the_frame(owls, database, stranger, people):
    with database.unit() as unit:
        group = found_group(unit, [actor(unit, "paul")], slug="daily", name="Daily")
        for number in range(60):
            start = f"2030-01-02T{number // 4:02}:00"
            plan_meeting(unit, group, title=f"Number {number}", start=start, rrule="")
    following = stranger.ask(PAGE).json["next"]
    assert following.startswith(PAGE + "?")
    assert 'target="_self">Later meetings' in stranger.get(PAGE).text
    assert stranger.get(following).status_code == 200


def test_a_zone_that_is_none_is_a_clear_word_and_is_not_kept(owls, stranger):
    answer = stranger.get(PAGE + "?tz=BST")
    assert answer.status_code == 400
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Slow" in answer.text
    assert stranger.get(PAGE + "?tz=BST", headers=JSON).json["error"]["code"] == "bad_request"


def test_what_is_beside_it_is_not_to_be_framed(owls, stranger):
    for path in ("/meetings", "/embed/meetings/", "/embed/other"):
        policy = stranger.get(path).headers["Content-Security-Policy"]
        assert policy.endswith("frame-ancestors 'none'"), path
