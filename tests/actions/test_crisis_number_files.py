"""The file of numbers: the team's own where it is good, the shipped one in every other case."""

import json
import os
from datetime import timedelta

import pytest

from support.accounts import queries as people
from support.base.errors import NotFound
from support.crisis import actions, queries
from support.crisis.forms import Decided, NumberForm
from support.crisis.queries import numbers
from support.notify import queries as notify
from tests.people import actor

LINE = "pt-crisis-linha-nacional-de-preven-o-do-suic-dio"
EMERGENCY = "pt-emergency"


@pytest.fixture
def folder(trial, tmp_path, monkeypatch):
    """A data folder without a file of the team's own yet, and nothing remembered."""
    cache = numbers._Cache()
    cache.folder = tmp_path
    monkeypatch.setattr(numbers, "_cache", cache)
    return tmp_path


@pytest.fixture
def today(trial):
    return trial.now.date()


def write(folder, text):
    (folder / numbers.NAME).write_text(text, encoding="utf-8")


def test_without_a_file_of_its_own_the_house_shows_the_shipped_one(folder, today):
    assert numbers.current_data(today) == numbers.shipped_data()
    assert numbers.numbers_folder() == folder


def test_without_any_folder_too(folder, today):
    numbers.keep_numbers_in(None)
    assert numbers.current_data(today) == numbers.shipped_data()


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", "7", '"x"', "{}", '{"countries": []}', "\x00\x01"]
)
def test_a_file_that_is_none_is_passed_over_and_help_goes_on(folder, today, text, caplog):
    write(folder, text)
    assert numbers.current_data(today) == numbers.shipped_data()
    assert numbers.directory(today).countries["PT"].services
    assert "crisis.json" in caplog.text
    assert "crisis numbers" in caplog.text


def test_a_file_that_is_no_text_is_passed_over(folder, today, caplog):
    (folder / numbers.NAME).write_bytes(b"\xff\xfe\xff")
    assert numbers.current_data(today) == numbers.shipped_data()
    assert "unreadable" in caplog.text


def test_a_folder_of_that_name_is_no_file(folder, today):
    (folder / numbers.NAME).mkdir()
    assert numbers.current_data(today) == numbers.shipped_data()


def test_a_good_file_is_the_one_that_counts(folder, today):
    data = numbers.shipped_data()
    data["note"] = "our own"
    write(folder, json.dumps(data))
    assert numbers.current_data(today).get("note") == "our own"


def test_a_file_that_is_spoilt_later_gives_way_and_comes_back_when_mended(folder, today):
    data = numbers.shipped_data() | {"note": "our own"}
    write(folder, json.dumps(data))
    assert "note" in numbers.current_data(today)
    write(folder, "{")
    assert "note" not in numbers.current_data(today)
    write(folder, json.dumps(data | {"note": "mended"}))
    assert numbers.current_data(today)["note"] == "mended"


def test_an_unchanged_file_is_read_once(folder, today, monkeypatch):
    loads = []
    load = numbers._load
    monkeypatch.setattr(numbers, "_load", lambda *given: loads.append(given) or load(*given))
    for _ in range(3):
        numbers.current_data(today)
    assert len(loads) == 1


def test_a_directory_is_made_for_one_day_and_anew_for_the_next(folder, today):
    made = numbers.directory(today)
    assert numbers.directory(today) is made
    assert numbers.directory(today + timedelta(days=1)) is not made


def test_a_file_that_was_touched_is_read_again(folder, today):
    write(folder, json.dumps(numbers.shipped_data()))
    made = numbers.directory(today)
    later = (folder / numbers.NAME).stat().st_mtime + 5
    os.utime(folder / numbers.NAME, (later, later))
    assert numbers.directory(today) is not made


# ------------------------------------------------------------------ what the team says


def decides(unit, state, name=LINE, handle="ada"):
    actions.decide_number(unit, actor(unit, handle).id, NumberForm(name, state))
    unit.session.flush()


def test_a_word_of_the_team_is_in_the_file_that_help_reads(folder, trial, today):
    decides(trial, Decided.HIDDEN)
    assert (folder / numbers.NAME).is_file()
    shown = [one.id for one in queries.help_for("PT", trial.now).resources]
    assert LINE not in shown
    decides(trial, Decided.UNDECIDED)
    decides(trial, Decided.CONFIRMED)
    assert LINE in [one.id for one in queries.help_for("PT", trial.now).resources]


def test_no_draft_is_left_beside_the_file(folder, trial):
    decides(trial, Decided.CONFIRMED)
    decides(trial, Decided.HIDDEN)
    assert [path.name for path in folder.iterdir()] == [numbers.NAME]


def test_the_last_word_counts_with_who_said_it_and_when(folder, trial):
    decides(trial, Decided.HIDDEN)
    trial.now += timedelta(days=1)
    decides(trial, Decided.CONFIRMED, handle="mo")
    (found,) = queries.decisions(trial).values()
    assert (found.resource_id, found.state, found.by) == (LINE, "confirmed", "mo")
    assert found.at == trial.now


def test_taking_back_what_nobody_said_leaves_nothing(folder, trial):
    decides(trial, Decided.UNDECIDED)
    assert queries.decisions(trial) == {}


@pytest.mark.parametrize("name", ["", "no-such", "zz-emergency", "pt-", LINE.upper()])
def test_a_number_nobody_knows_is_not_decided(folder, trial, name):
    with pytest.raises(NotFound):
        decides(trial, Decided.CONFIRMED, name)
    assert queries.decisions(trial) == {}


def test_a_country_is_confirmed_with_its_emergency_number_and_all_it_shows(folder, trial):
    card = queries.help_for("PT", trial.now)
    ids = actions.confirm_country(trial, actor(trial, "ada").id, "PT")
    trial.session.flush()
    assert ids == [EMERGENCY, *(one.id for one in card.resources)]
    found = queries.decisions(trial)
    assert set(found) == set(ids)
    assert {one.state for one in found.values()} == {"confirmed"}


def test_numbers_fall_due_only_for_countries_that_the_site_serves(folder, trial):
    assert queries.numbers_due(trial) == []
    trial.now += timedelta(days=3650)
    assert queries.numbers_due(trial) == []
    decides(trial, Decided.CONFIRMED, EMERGENCY)
    trial.now += timedelta(days=3650)
    due = queries.numbers_due(trial)
    assert due
    assert {one.id[:3] for one in due} == {"pt-"}


def test_the_admins_hear_of_it_once_a_week(folder, trial):
    decides(trial, Decided.CONFIRMED, EMERGENCY)
    trial.now += timedelta(days=3650)
    ada = people.admin_ids(trial)[0]

    def told():
        trial.session.flush()
        return [one.kind for one in notify.notices_of(trial, ada)].count("numbers_due")

    assert actions.tell_of_numbers(trial) > 0
    assert actions.tell_of_numbers(trial) > 0
    assert told() == 1
    trial.now += timedelta(days=7)
    actions.tell_of_numbers(trial)
    assert told() == 2


def test_with_nothing_due_nobody_is_told(folder, trial):
    assert actions.tell_of_numbers(trial) == 0
