"""Help now: numbers first, for everybody, with no log-in, cookie, script or database."""

import re
import shutil
import sqlite3
from dataclasses import replace

import pytest

from support.app import create_app
from support.crisis import actions, queries
from support.crisis.forms import Decided, NumberForm, ShiftForm
from tests.people import JSON


def text(answer):
    """What a reader sees, without marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


def on_call(database, handle="mo"):
    with database.unit() as unit:
        actions.add_shift(unit, None, ShiftForm(handle, 0, "00:00", 7 * 1440, "UTC"))


@pytest.mark.parametrize("path", ["/help/PT", "/help/pt", "/help/PT/", "/help?country=PT"])
def test_the_emergency_number_is_the_first_thing_to_call(stranger, path):
    answer = stranger.get(path, follow_redirects=True)
    assert answer.status_code == 200
    calls = re.findall(r'href="tel:([^"]+)"', answer.get_data(as_text=True))
    assert calls[:2] == ["112", "1411"]


@pytest.mark.parametrize(
    "path", ["/help", "/help/PT", "/help/zz", "/help/choose", "/help?country=PT", "/help?country=x"]
)
def test_no_cookie_is_set_for_strangers(stranger, path):
    answer = stranger.get(path)
    assert "Set-Cookie" not in answer.headers
    assert stranger.get(path, headers=JSON).headers.get("Set-Cookie") is None


def test_no_cookie_is_set_for_mina_either(browser):
    mina = browser("mina")
    assert mina.csrf
    assert "Set-Cookie" not in mina.get("/help").headers


def test_the_page_says_all_that_it_must(stranger):
    page = text(stranger.get("/help/PT"))
    for words in (
        "Are you safe right now?",
        "you may act on thoughts of dying",
        "a fit",
        "chest pain",
        "seeing or hearing things",
        "mixed with opioids or alcohol",
        "Last seen in a source: 2025-09-10",
        "Stopped all at once, or ran out?",
        "SNS 24",
        "We do not know where you are. We cannot send help to you.",
    ):
        assert words in page
    assert "Tell a moderator quietly" not in page


def test_levels_d_and_e_are_not_on_the_page(stranger):
    page = text(stranger.get("/help/PT"))
    assert "Linha Vida" not in page
    assert "CIAV" not in page


def test_json_has_the_same_facts(stranger):
    found = stranger.ask("/help/PT").json
    assert found["country"] == "PT"
    assert found["emergency"]["number"] == "112"
    assert [one["number"] for one in found["resources"][:2]] == ["112", "1411"]
    assert {one.get("level", "A") for one in found["resources"]} <= set("ABC")


@pytest.mark.parametrize("path", ["/help", "/help/zz", "/help/choose", "/help/pt-PT"])
def test_an_unknown_country_is_asked_for_and_112_and_911_explained(stranger, path):
    answer = stranger.get(path)
    assert answer.status_code == 200
    assert "Which country are you in?" in text(answer)
    assert re.findall(r'href="tel:([^"]+)"', answer.get_data(as_text=True))[:2] == ["112", "911"]
    assert stranger.ask(path).json["country"] is None


def test_the_browsers_language_is_a_guess_and_says_so(stranger):
    answer = stranger.get("/help", headers={"Accept-Language": "pt-PT,pt;q=0.9"})
    assert "These are numbers for Portugal" in text(answer)
    assert "We guessed this from your browser" in text(answer)
    assert "We guessed this" not in text(stranger.get("/help/PT"))


def test_the_accounts_country_goes_before_the_browsers(browser):
    mina = browser("mina")
    with mina.session_transaction() as session:
        session["country"] = "PT"
    found = mina.get("/help", headers={**JSON, "Accept-Language": "en-GB"}).json
    assert (found["country"], found["is_guess"]) == ("PT", False)


def test_a_country_in_a_cookie_nobody_signed_in_with_counts_for_nothing(stranger):
    with stranger.session_transaction() as session:
        session["country"] = "PT"
    assert stranger.ask("/help").json["country"] is None


def test_where_sources_differ_every_number_is_a_button(stranger):
    answer = stranger.get("/help/AF")
    calls = re.findall(r'href="tel:([^"]+)"', answer.get_data(as_text=True))
    assert calls[:5] == ["112", "119", "102", "100", "020112"]
    assert "Our sources differ" in text(answer)


def test_a_country_without_a_line_gets_links_that_help_find_one(stranger):
    page = stranger.get("/help/AD").get_data(as_text=True)
    assert "https://findahelpline.com" in page
    assert 'rel="noreferrer noopener"' in page


def test_numbers_past_their_date_are_flagged(stranger, clock):
    assert "It should have been checked again by" in text(stranger.get("/help/PT"))


def test_help_is_there_while_the_database_is_away(settings, tmp_path, clock):
    away = create_app(replace(settings, database_url="sqlite:////no/such/folder/x.db"), clock)
    away.config["PROPAGATE_EXCEPTIONS"] = False
    client = away.test_client()
    assert client.get("/readyz").status_code == 503
    for path in ("/help", "/help/PT"):
        assert client.get(path).status_code == 200
        assert client.get(path, headers=JSON).status_code == 200


def test_help_is_there_for_mina_too_while_the_database_is_locked(browser, settings):
    if not settings.is_sqlite:
        pytest.skip("only a file can be locked whole")
    mina = browser("mina")
    assert mina.csrf
    keeper = sqlite3.connect(settings.database_url.removeprefix("sqlite:///"))
    keeper.execute("BEGIN IMMEDIATE")
    answer = mina.get("/help/PT")
    assert answer.status_code == 200
    assert "Tell a moderator quietly" in text(answer)
    assert mina.fill("/help/now").status_code == 503
    keeper.rollback()
    keeper.close()


def test_the_teams_own_file_is_read_as_soon_as_it_is_there(stranger, database, people):
    assert "Linha Vida" not in text(stranger.get("/help/PT"))
    with database.unit() as unit:
        form = NumberForm("pt-drug-linha-vida", Decided.CONFIRMED)
        actions.decide_number(unit, people["ada"], form)
    assert "Linha Vida" in text(stranger.get("/help/PT"))
    assert "Checked by this site's team on 2030-01-01." in stranger.get("/help/PT").get_data(
        as_text=True
    ).replace("&#39;", "'")


@pytest.mark.parametrize("content", ["", "{", "[]", '{"countries": []}', '{"countries": [{}]}'])
def test_a_broken_file_is_passed_over_for_the_shipped_one(stranger, settings, content):
    (settings.data / "crisis.json").write_text(content, encoding="utf-8")
    assert stranger.ask("/help/PT").json["resources"][1]["number"] == "1411"


def test_a_file_with_a_wrong_digit_is_passed_over(stranger, settings):
    shutil.copyfile(queries.SHIPPED, settings.data / "crisis.json")
    path = settings.data / "crisis.json"
    spoilt = path.read_text("utf-8").replace("+351213544545", "+351213544546")
    path.write_text(spoilt, encoding="utf-8")
    numbers = [one["tel"] for one in stranger.ask("/help/PT").json["resources"]]
    assert "+351213544545" in numbers


def test_a_stranger_cannot_call_but_has_the_numbers(stranger):
    assert stranger.send("/help/now").status_code == 401
    assert stranger.fill("/help/now").headers["Location"].startswith("/login")
    assert stranger.get("/help/now").headers["Location"] == "/help"


def test_asking_needs_the_pages_token(browser):
    assert browser("mina").post("/help/now", headers=JSON).status_code == 400


def test_a_foreign_field_is_refused_by_name(browser):
    answer = browser("mina").send("/help/now", severity="critical")
    assert answer.status_code == 400
    assert "severity" in answer.json["error"]["fields"]


def test_mina_asks_and_is_told_who_was_called_and_when(browser, database, people):
    on_call(database)
    mina = browser("mina")
    found = mina.send("/help/now", note="I am shaking").json
    assert found["responders"] == {"on_call": 1, "called_at": "2030-01-01T00:00:00.000Z"}
    assert found["resources"][0]["number"] == "112"
    assert mina.send("/help/now").json["case"] == found["case"]
    page = text(mina.get("/help/now"))
    assert "We have called people." in page
    assert "Called: mo" in page
    assert "Call 112" in page


def test_an_empty_rota_is_told_at_once_numbers_first(browser, people):
    mina = browser("mina")
    found = mina.send("/help/now").json
    assert found["responders"] == {"on_call": 0, "called_at": None}
    assert "Nobody is on duty right now." in found["text"]
    page = text(mina.get("/help/now"))
    assert page.index("Call 112") < page.index("Nobody is on duty right now.")


def test_mina_sees_who_is_reading(browser, database, people):
    on_call(database)
    mina = browser("mina")
    case = mina.send("/help/now").json["case"]
    assert browser("mo").send(f"/crisis/cases/{case}/ack").status_code == 200
    assert mina.ask("/help/now").json["responders"]["reading_by"] == "mo"
    assert "mo is reading this." in text(mina.get("/help/now"))


def test_who_has_not_asked_is_offered_to(browser):
    mina = browser("mina")
    assert mina.ask("/help/now").json["case"] is None
    assert "You have not asked anybody here yet." in text(mina.get("/help/now"))


def test_after_the_form_comes_the_page_that_says_who_knows(browser, people):
    answer = browser("mina").fill("/help/now")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/help/now")
