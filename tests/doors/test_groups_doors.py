"""Groups over HTTP: what anybody sees, who may come in, and every no."""

import re
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from support.groups import actions
from tests.groups_world import found_group, plan_meeting
from tests.people import actor


@pytest.fixture
def world(database, people):
    """Night owls (open), Small hours (ask first), Inner ring (invited); Paul hosts all."""
    ids = {}
    with database.unit() as unit:
        paul, mina = actor(unit, "paul"), actor(unit, "mina")
        for slug, policy in (
            ("night-owls", "open"),
            ("small-hours", "request"),
            ("inner-ring", "invited"),
        ):
            ids[slug] = found_group(
                unit, [paul], [mina], slug=slug, name=slug.replace("-", " ").capitalize(),
                policy=policy, about="We *listen*. <script>alert(1)</script> [x](http://x.test)",
            )  # fmt: skip
        ids["meeting"] = plan_meeting(unit, ids["night-owls"])
    return ids


@pytest.fixture
def statements(database):
    """What is asked of the database meanwhile."""

    @contextmanager
    def watch():
        made = []

        def note(_connection, _cursor, statement, *_rest):
            made.append(statement)

        event.listen(database.engine, "before_cursor_execute", note)
        yield made
        event.remove(database.engine, "before_cursor_execute", note)

    return watch


def test_strangers_and_outsiders_change_nothing(world, stranger, browser):
    for path in ("join", "leave", "invite", "requests/accept", "requests/decline"):
        answer = stranger.send(f"/groups/night-owls/{path}", handle="mina")
        assert answer.status_code == 401, path
    otto = browser("otto")
    for path in ("invite", "requests/accept", "requests/decline"):
        assert otto.send(f"/groups/small-hours/{path}", handle="mina").status_code == 403, path
    assert otto.ask("/groups/small-hours/requests").status_code == 403


def test_a_form_without_its_token_is_refused(world, browser):
    answer = browser("otto").post("/groups/night-owls/join", headers={"Accept": "application/json"})
    assert answer.status_code == 400


def test_an_invited_group_says_why_it_is_closed(world, browser):
    otto = browser("otto")
    answer = otto.send("/groups/inner-ring/join")
    assert answer.status_code == 403
    assert "by invitation" in answer.json["error"]["message"]
    assert "by invitation" in otto.get("/groups/inner-ring").text


@pytest.mark.parametrize("path", ["/groups/nowhere", "/groups/nowhere/calendar.ics"])
def test_a_group_that_is_not_there(world, stranger, path):
    assert stranger.ask(path).status_code == 404


def test_a_field_nobody_asked_for_is_refused(world, browser):
    answer = browser("otto").send("/groups/night-owls/join", role="host")
    assert answer.status_code == 400
    assert "role" in answer.json["error"]["fields"]


def test_a_host_does_not_leave(world, browser):
    assert browser("paul").send("/groups/night-owls/leave").status_code == 409


def test_all_groups_are_listed_for_everybody_and_their_rooms_are_not(world, stranger):
    page = stranger.ask("/groups").json
    assert page["groups"][0]["slug"] == "night-owls"
    assert len(page["groups"]) == 3
    assert page["groups"][0]["next"]["id"] == world["meeting"]
    assert page["groups"][0]["next"]["starts_at"].endswith("Z")
    assert "next" not in page
    one = stranger.ask("/groups/night-owls").json
    assert (one["lounge"], one["hosts"]) == (None, ["paul"])
    assert one["meetings"][0]["other_time"] is None or "Lisbon" in one["meetings"][0]["other_time"]


def test_a_groups_own_words_never_become_a_script_or_a_link(world, stranger):
    text = stranger.get("/groups/night-owls").text
    assert "<em>listen</em>" in text
    assert "<script>alert" not in text
    assert "x.test" not in re.sub(r"<script type=.application/ld.*?</script>", "", text)


def test_joining_an_open_group_and_leaving_it(world, browser):
    otto = browser("otto")
    for _ in range(2):
        answer = otto.send("/groups/night-owls/join")
        assert (answer.status_code, answer.json) == (200, {"state": "joined"})
    assert otto.ask("/groups/night-owls").json["you"]["belonging"] == "member"
    assert otto.ask("/groups/night-owls").json["member_count"] == 2
    for _ in range(2):
        assert otto.send("/groups/night-owls/leave").json == {"state": "left"}
    assert otto.ask("/groups/night-owls").json["member_count"] == 1


def test_a_form_goes_back_to_the_group(world, browser):
    answer = browser("otto").fill("/groups/night-owls/join")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/groups/night-owls")


def test_asking_to_join_waits_for_a_host(world, browser):
    otto, paul = browser("otto"), browser("paul")
    assert otto.send("/groups/small-hours/join").json == {"state": "requested"}
    assert "A host will answer" in otto.get("/groups/small-hours").text
    waiting = paul.ask("/groups/small-hours/requests").json["requests"]
    assert [one["handle"] for one in waiting] == ["otto"]
    assert "otto" in paul.get("/groups/small-hours/requests").text
    assert "(1)" in paul.get("/groups/small-hours").text
    assert paul.send("/groups/small-hours/requests/accept", handle="otto").status_code == 200
    assert otto.ask("/groups/small-hours").json["you"]["belonging"] == "member"
    again = paul.send("/groups/small-hours/requests/decline", handle="otto")
    assert again.status_code == 409


def test_a_host_says_no_and_the_person_may_ask_again(world, browser):
    otto, paul = browser("otto"), browser("paul")
    otto.send("/groups/small-hours/join")
    assert paul.send("/groups/small-hours/requests/decline", handle="otto").status_code == 200
    assert otto.ask("/groups/small-hours").json["you"]["belonging"] is None
    assert otto.send("/groups/small-hours/join").json == {"state": "requested"}
    unknown = paul.send("/groups/small-hours/requests/accept", handle="nobody")
    assert unknown.status_code == 404


def test_an_invitation_opens_the_door_and_does_not_tell_who_exists(world, browser):
    otto, paul = browser("otto"), browser("paul")
    known = paul.send("/groups/inner-ring/invite", handle="otto")
    unknown = paul.send("/groups/inner-ring/invite", handle="nobody-at-all")
    assert known.json == unknown.json == {"state": "invited"}
    assert otto.send("/groups/inner-ring/join").json == {"state": "joined"}


def test_an_invitation_to_nobody_shows_the_form_again(world, browser):
    answer = browser("paul").fill("/groups/inner-ring/invite", handle="")
    assert answer.status_code == 400
    assert "Please fill this in." in answer.text


def test_who_was_taken_out_is_told_so(world, browser, database, people):
    mina = browser("mina")
    with database.unit() as unit:
        actions.remove_member(unit, world["night-owls"], people["mina"])
    assert mina.send("/groups/night-owls/join").status_code == 403
    assert "taken out" in mina.get("/groups/night-owls").text


def test_moderators_enter_but_are_no_members(world, browser):
    mo = browser("mo").ask("/groups/inner-ring").json["you"]
    assert (mo["may_enter"], mo["belonging"], mo["may_decide"]) == (True, None, True)


@pytest.mark.parametrize(
    "query",
    ["q=night", "focus=diazepam", "stage=tapering", "language=en", "format=text", "listening=1",
     "day=2030-01-01", "day=tuesday", "q=N%C3%8FGHT"],
)  # fmt: skip
def test_filters_that_fit(world, stranger, query):
    slugs = [group["slug"] for group in stranger.ask(f"/groups?{query}").json["groups"]]
    assert "night-owls" in slugs


@pytest.mark.parametrize(
    "query",
    ["q=zebra", "q=%25", "focus=sleep", "stage=finished", "language=pt", "format=online",
     "newcomers=1", "day=2030-01-03", "focus=diaz"],
)  # fmt: skip
def test_filters_that_do_not_fit(world, stranger, query):
    assert stranger.ask(f"/groups?{query}").json == {"groups": []}
    assert "Nothing fits." in stranger.get(f"/groups?{query}").text


@pytest.mark.parametrize("query", ["stage=x", "format=x", "day=someday", "tz=BST", "page=x_"])
def test_filters_that_mean_nothing_are_named(world, stranger, query):
    for path in ("/groups", "/meetings"):
        answer = stranger.ask(f"{path}?{query}")
        assert answer.status_code == 400
        assert query.split("=")[0] in answer.json["error"]["fields"]
        assert stranger.get(f"{path}?{query}").status_code == 400


def test_pages_follow_one_another_and_hold_each_group_once(database, people, stranger):
    with database.unit() as unit:
        paul = actor(unit, "paul")
        for number in range(120):
            found_group(unit, [paul], slug=f"g{number}", name=f"Group {number}")
    seen, path = [], "/groups?stage=tapering"
    while path:
        page = stranger.ask(path).json
        seen += [group["slug"] for group in page["groups"]]
        path = page.get("next")
    assert (len(seen), len(set(seen))) == (120, 120)
    assert len(stranger.ask("/groups?page=3").json["groups"]) == 20
    assert stranger.ask("/groups?page=4").json == {"groups": []}
    assert "page=" in stranger.get("/groups").text


def test_the_list_is_one_statement_however_long(database, people, stranger, statements):
    with database.unit() as unit:
        paul = actor(unit, "paul")
        for number in range(60):
            found_group(unit, [paul], slug=f"g{number}", name=f"Group {number}")
    with statements() as made:
        assert stranger.ask("/groups").status_code == 200
    assert len([each for each in made if "circle" in each]) == 1


def test_a_person_sees_their_own_time_zone_named(world, browser, stranger):
    assert "Europe/Lisbon" in browser("mina").get("/groups").text
    guess = stranger.get("/groups").text
    assert "UTC" in guess
    assert "That is a guess" in guess
    assert "Asia/Tokyo" in stranger.get("/groups?tz=Asia/Tokyo").text


def test_a_group_page_carries_its_dates_for_programs(world, stranger):
    text = stranger.get("/groups/night-owls").text
    assert '"@type": "Event"' in text or '"@type":"Event"' in text
    date = stranger.get(f"/meetings/{world['meeting']}").text
    assert "application/ld+json" in date
    for page in (text, date):
        assert 'rel="alternate" type="text/calendar"' in page
        assert 'rel="alternate" type="application/json"' in page
