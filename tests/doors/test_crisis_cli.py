"""Set-up from the shell: check the numbers, confirm them, make a rota; refusals are one line."""

import json
import shutil

import pytest
from click.testing import CliRunner

from support.cli import handrail
from support.crisis import queries


@pytest.fixture
def shell(settings, people, monkeypatch):
    """The command line of this site."""
    monkeypatch.setenv("HANDRAIL_DATA", str(settings.data))
    monkeypatch.setenv("HANDRAIL_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("HANDRAIL_SECRET_KEY", "for tests")

    def run(*words):
        return CliRunner().invoke(handrail, words)

    return run


SHIFT = {"--handle": "mo", "--weekday": "0", "--start": "00:00", "--minutes": "1440"}


def add(shell, **changes):
    given = {**SHIFT, **{f"--{name}": value for name, value in changes.items()}}
    return shell("rota", "add", *(word for pair in given.items() for word in pair))


def missing(database):
    with database.read() as unit:
        return queries.ready_to_open(unit)


def test_the_shipped_numbers_pass_the_check(shell):
    found = shell("crisis", "check")
    assert found.exit_code == 0
    assert "244 countries, 191 services, 0 errors" in found.output


def test_a_wrong_digit_fails_the_check_and_is_named(shell, tmp_path):
    path = tmp_path / "spoilt.json"
    shutil.copyfile(queries.SHIPPED, path)
    path.write_text(path.read_text("utf-8").replace("+351213544545", "+351213544546"), "utf-8")
    found = shell("crisis", "check", str(path))
    assert found.exit_code == 1
    assert "error    pt-crisis-sos-voz-amiga: 213 544 545 and +351213544546" in found.output


def test_a_file_that_is_no_json_fails_the_check(shell, tmp_path):
    path = tmp_path / "x.json"
    path.write_text("{", "utf-8")
    assert shell("crisis", "check", str(path)).exit_code == 1


def test_the_check_reads_the_teams_own_file_where_there_is_one(shell, settings):
    (settings.data / "crisis.json").write_text(json.dumps({"countries": []}), "utf-8")
    found = shell("crisis", "check")
    assert str(settings.data / "crisis.json") in found.output


def test_a_site_is_ready_to_open_once_numbers_are_confirmed_and_somebody_is_on_call(
    shell, database
):
    first = missing(database)
    assert len(first) == 2
    assert "handrail crisis confirm" in first[0]
    assert "handrail rota add" in first[1]
    found = shell("crisis", "confirm", "--country", "pt", "--by", "ada")
    assert found.exit_code == 0
    assert "confirmed  pt-emergency" in found.output
    assert len(missing(database)) == 1
    assert add(shell).exit_code == 0
    assert missing(database) == []


def test_what_was_confirmed_is_in_the_file_help_reads(shell, settings, stranger):
    shell("crisis", "confirm", "--country", "PT", "--by", "ada")
    data = json.loads((settings.data / "crisis.json").read_text("utf-8"))
    portugal = next(one for one in data["countries"] if one["iso2"] == "PT")
    assert portugal["emergency"]["operator"]["state"] == "confirmed"
    assert stranger.ask("/help/PT").json["emergency"]["confirmed_on"]
    assert "ada" not in json.dumps(portugal)


def test_only_numbers_that_are_shown_are_confirmed_with_the_country(shell):
    found = shell("crisis", "confirm", "--country", "PT", "--by", "ada")
    assert "pt-drug-linha-vida" not in found.output
    named = shell(
        "crisis", "confirm", "--country", "PT", "--by", "ada", "--id", "pt-drug-linha-vida"
    )
    assert named.output == "confirmed  pt-drug-linha-vida\n"


def test_a_number_can_be_hidden_from_the_shell(shell, stranger):
    words = ("--country", "PT", "--by", "ada", "--id", "pt-crisis-sos-voz-amiga", "--hide")
    assert shell("crisis", "confirm", *words).exit_code == 0
    names = [one["name"] for one in stranger.ask("/help/PT").json["resources"]]
    assert "SOS Voz Amiga" not in names


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("--country", "ZZ", "--by", "ada"), 1),
        (("--country", "PT", "--by", "nobody"), 1),
        (("--country", "PT", "--by", "ada", "--id", "no-such"), 1),
        (("--country", "PT", "--by", "ada", "--hide"), 2),
        (("--country", "PT"), 2),
    ],
)
def test_a_confirmation_that_cannot_be_is_refused(shell, words, status, database):
    assert shell("crisis", "confirm", *words).exit_code == status
    assert len(missing(database)) == 2


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"handle": "nobody"}, "There is nobody with this name."),
        ({"handle": "mina"}, "Only mentors, moderators and admins"),
        ({"weekday": "7"}, "weekday"),
        ({"start": "25:00"}, "start"),
        ({"minutes": "0"}, "minutes"),
        ({"timezone": "Nowhere/Land"}, "timezone"),
    ],
)
def test_a_shift_that_cannot_be_is_refused_in_one_line(shell, change, said):
    found = add(shell, **change)
    assert found.exit_code == 1
    assert said in found.output


def test_the_rota_is_listed_with_its_gaps_and_a_shift_removed(shell):
    shift = add(shell, timezone="Europe/Lisbon").output.strip()
    listed = shell("rota", "list").output
    assert f"{shift}  mo  0  00:00  1440  Europe/Lisbon" in listed
    assert "gap  " in listed
    assert shell("rota", "remove", shift).exit_code == 0
    assert shell("rota", "remove", shift).exit_code == 1
    assert shift not in shell("rota", "list").output


def test_a_database_that_is_not_there_is_one_clear_line(shell, monkeypatch):
    monkeypatch.setenv("HANDRAIL_DATABASE_URL", "sqlite:////no/such/folder/x.db")
    found = add(shell)
    assert found.exit_code == 1
    assert "the database did not take it" in found.output
