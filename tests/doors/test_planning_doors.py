"""The planning page: hosts plan, change and end by form and by JSON; nobody else sees the page."""

from datetime import timedelta

import pytest

from support.base.zones import to_local
from support.groups import queries
from support.web.work import workshop
from tests.groups_world import found_group
from tests.house import signed_in
from tests.lines import gather
from tests.people import ROLES, actor

PAGE = "/groups/night-owls/series"


@pytest.fixture(scope="module")
def house(lasting):
    database = workshop(lasting).database
    with database.read() as unit:
        ids = {handle: actor(unit, handle).id for handle in ROLES}
    return lasting, gather(database, ids)


@pytest.fixture
def sit(house):
    return lambda handle: signed_in(house[0], house[1][handle])


@pytest.fixture
def unit(house):
    with workshop(house[0]).database.read() as unit:
        yield unit


@pytest.fixture
def plan(unit):
    start = to_local(unit.now + timedelta(days=1), "Europe/Lisbon").replace(hour=19, minute=0)
    return {
        "title": "Slow taper",
        "start": f"{start:%Y-%m-%dT%H:%M}",
        "timezone": "Europe/Lisbon",
        "minutes": "60",
        "repeat": "weekly",
        "until": "",
        "seats": "",
        "script": "check_in",
    }


def planned(browser):
    return browser.ask(PAGE).json["series"]


def test_a_plan_by_form_stands_on_the_page_and_is_changed_and_ended_there(sit, plan):
    paul = sit("paul")
    assert "Nothing is planned yet" in paul.get(PAGE).text
    assert "Plan meetings" in paul.get("/groups/night-owls").text
    assert 'value="Europe/Lisbon"' in paul.get(PAGE + "/new").text
    made = paul.fill(PAGE, **plan)
    assert (made.status_code, made.location) == (302, PAGE)
    page = paul.get(PAGE).text
    for words in ("Slow taper", "Every week", "by the clock of Europe/Lisbon", "Move or cancel"):
        assert words in page
    (one,) = planned(paul)
    assert (one["repeat"], one["steps"], one["seats"], one["until"]) == ("weekly", 5, None, None)
    assert one["meetings"][0]["local_start"] == plan["start"]

    form = paul.get(f"/series/{one['id']}").text
    assert "As it is: 5 steps" in form
    assert f'value="{plan["start"]}"' in form
    changed = paul.fill(
        f"/series/{one['id']}", **{**plan, "repeat": "fortnightly", "seats": "12", "script": "keep"}
    )
    assert changed.status_code == 302
    (two,) = planned(paul)
    assert (two["id"], two["repeat"], two["seats"]) == (one["id"], "fortnightly", 12)
    assert "Cancelled" in paul.get(PAGE).text

    assert paul.fill(f"/series/{one['id']}/end").status_code == 302
    assert planned(paul) == []


def test_what_is_wrong_comes_back_with_all_that_was_typed(sit, plan):
    paul = sit("paul")
    wrong = paul.fill(PAGE, **{**plan, "timezone": "BST", "title": "My own words"})
    assert wrong.status_code == 400
    assert "such as Europe/Lisbon" in wrong.text
    assert 'value="My own words"' in wrong.text
    past = paul.send(PAGE, **{**plan, "start": "2020-01-01T10:00"})
    assert (past.status_code, list(past.json["error"]["fields"])) == (400, ["start"])
    assert planned(paul) == []


def test_a_program_plans_too_and_a_wrong_change_keeps_the_series(sit, plan):
    mo = sit("mo")
    made = mo.send(PAGE, **{**plan, "repeat": "once"})
    series = made.json["series"]
    assert made.status_code == 200
    assert mo.send(f"/series/{series}", **{**plan, "until": "soon"}).status_code == 400
    assert mo.ask(f"/series/{series}").json["series"]["repeat"] == "once"
    assert mo.send(f"/series/{series}", **{**plan, "repeat": "once"}).json["state"] == "changed"
    assert mo.send(f"/series/{series}/end").json == {"series": series, "state": "ended"}


@pytest.mark.parametrize(("handle", "status"), [("otto", 403), ("mina", 403), ("mo", 200)])
def test_the_page_and_its_deeds_are_for_hosts_and_the_team(sit, plan, unit, handle, status):
    paul, other = sit("paul"), sit(handle)
    series = paul.send(PAGE, **{**plan, "repeat": "once"}).json["series"]
    for path in (PAGE, PAGE + "/new", f"/series/{series}"):
        assert other.ask(path).status_code == status, path
    assert other.send(f"/series/{series}", **{**plan, "repeat": "once"}).status_code == status
    assert other.send(f"/series/{series}/end").status_code == status
    assert other.send(PAGE, **plan).status_code == status
    for one in planned(paul):
        paul.send(f"/series/{one['id']}/end")
    assert other.ask("/series/" + "0" * 20).status_code == 404


def test_a_mentor_is_asked_to_host_and_finds_it_where_all_they_are_asked_stands(sit, house):
    paul, mo = sit("paul"), sit("mo")
    with workshop(house[0]).database.unit() as unit:
        found_group(unit, [actor(unit, "paul")], slug="two-hosts", name="Two hosts")
    asked = paul.fill("/groups/two-hosts/hosts/ask", handle="mo")
    assert asked.location == "/groups/two-hosts/series"
    assert "mo was asked and has not answered" in paul.get("/groups/two-hosts/series").text
    assert "Nobody should lead alone" in paul.get("/groups/two-hosts/series").text
    assert mo.ask("/chair").json["to_host"] == [
        {"group": "two-hosts", "name": "Two hosts", "by": "paul"}
    ]
    assert "paul asks you to host it together" in mo.get("/chair").text
    assert paul.send("/groups/two-hosts/hosts/take-back", handle="mo").json == {"state": "none"}
    assert mo.send("/groups/two-hosts/hosts/answer", yes="1").status_code == 404
    paul.fill("/groups/two-hosts/hosts/ask", handle="mo")
    assert mo.fill("/groups/two-hosts/hosts/answer", yes="1").status_code == 302
    assert paul.ask("/groups/two-hosts/series").json["hosts"] == ["mo", "paul"]
    assert "Yes, I step down" in paul.get("/groups/two-hosts/series").text
    assert paul.send("/groups/two-hosts/hosts/step-down").json == {"state": "stepped_down"}
    assert mo.send("/groups/two-hosts/hosts/step-down").status_code == 409
    assert paul.send("/groups/two-hosts/hosts/ask", handle="otto").status_code == 403
    assert mo.send("/groups/two-hosts/hosts/ask", handle="otto").status_code == 400


def test_cancelling_asks_once_more_and_says_what_people_will_read(sit, plan, unit):
    paul = sit("paul")
    series = paul.send(PAGE, **plan).json["series"]
    (one,) = planned(paul)
    page = paul.get(f"/meetings/{one['meetings'][0]['id']}/move").text
    assert "A meeting is off this time. We are sorry." in page
    assert "Yes, call this one off" in page
    paul.send(f"/series/{series}/end")
    assert queries.series_by_id(unit, series).rule.startswith("FREQ=WEEKLY")
