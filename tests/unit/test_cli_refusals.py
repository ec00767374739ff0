"""Commands at the edge: one clear line, the right exit status, and nothing done by halves."""

import sys
from dataclasses import replace

import click
import pytest
from click.testing import CliRunner

import support
from support import cli
from support.backup.cli import _lines, backup, restore
from support.backup.restoring import Restored
from support.backup.retaining import sentence
from support.chat.queries.retention import Forecast
from support.serve import AlreadyServing, claim
from support.serve.many import CannotServe
from support.settings import Settings, WrongSettings

CAME = Restored(made_at="2030-01-01", has_key=True, erased_again=2, expired=3, entries=4)
PAST = Forecast(kind="lounge", days=30, rooms=2, messages=7, events=9, sealed=0)


@pytest.fixture
def house(tmp_path, monkeypatch) -> Settings:
    monkeypatch.chdir(tmp_path)
    return Settings.from_env({"HANDRAIL_DATA": str(tmp_path / "house")})


@pytest.fixture
def typed(monkeypatch, tmp_path, capsys):
    """Type a command as a person does; its exit status and what stood on standard error."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HANDRAIL_DATA", str(tmp_path / "house"))
    monkeypatch.setattr(cli.logs, "configure", lambda: None)

    def run(*words: str) -> tuple[object, str]:
        monkeypatch.setattr(sys, "argv", ["handrail", *words])
        status: object = 0
        try:
            cli.main()
        except SystemExit as end:
            status = end.code
        return status, capsys.readouterr().err

    return run


@pytest.mark.parametrize(
    "words",
    [
        ["nonsense"],
        ["up", "--workers", "0"],
        ["up", "--workers", "65"],
        ["db", "down"],
        ["up", "x"],
    ],
)
def test_a_command_nobody_knows_shows_how_to_ask_and_ends_with_two(typed, words):
    status, said = typed(*words)
    assert status == 2
    assert said.startswith("Usage: handrail")


def test_more_processes_than_the_database_can_serve_is_one_line_and_nothing_is_made(
    typed, tmp_path
):
    status, said = typed("up", "--workers", "2")
    assert status == 1
    assert said.startswith("handrail: HANDRAIL_WORKERS: more than 1 needs PostgreSQL")
    assert said.count("\n") == 1
    assert not (tmp_path / "house" / "handrail.db").exists()


def test_wrong_settings_stop_any_command_with_their_names(typed, monkeypatch):
    monkeypatch.setenv("HANDRAIL_PROXIES", "many")
    status, _ = typed("db", "upgrade")
    assert str(status) == "Wrong settings:\n  HANDRAIL_PROXIES: must be a number from 0 to 20"
    assert issubclass(WrongSettings, SystemExit)


def test_a_person_who_breaks_off_ends_with_one_and_no_words(typed, monkeypatch):
    def breaks_off(*_args, **_more):
        raise click.exceptions.Abort

    monkeypatch.setattr(cli, "handrail", breaks_off)
    assert typed("up") == (1, "")


def test_every_area_has_its_commands_under_one_roof():
    assert {
        "up", "worker", "db", "load", "demo", "import", "backup", "restore", "retention", "audit",
    } <= set(cli.handrail.commands)  # fmt: skip
    for command in cli.handrail.commands.values():
        assert command.help, command.name


def test_an_address_that_is_not_to_be_had_is_one_line():
    with pytest.raises(click.ClickException, match=r"^the port is taken$"), cli.clear_refusal():
        raise CannotServe("the port is taken")
    with pytest.raises(KeyError), cli.clear_refusal():
        raise KeyError("another fault is not hidden")


def test_a_folder_is_served_from_once_and_is_free_again_afterwards(house):
    held = claim(house)
    with pytest.raises(AlreadyServing, match="Stop it, or set HANDRAIL_DATA"):
        claim(house)
    other = claim(replace(house, data=house.data / "other"))
    held.close()
    again = claim(house)
    again.close()
    other.close()


def test_a_folder_made_to_be_served_from_is_its_owners_alone(tmp_path, house):
    fresh = replace(house, data=tmp_path / "fresh")
    claim(fresh).close()
    assert (tmp_path / "fresh").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("command", "words", "complaint"),
    [
        (backup, ["nowhere/b.tar.gz"], "there is no folder"),
        (backup, ["house"], "is a directory"),
        (restore, ["gone.tar.gz"], "there is no file gone.tar.gz. Nothing was changed."),
        (restore, ["gone.tar.gz", "--erased", "no.list"], "does not exist"),
    ],
)
def test_a_backup_that_cannot_be_made_or_brought_back_says_why(house, command, words, complaint):
    told = CliRunner().invoke(command, words, obj=house)
    assert told.exit_code in (1, 2)
    assert complaint in told.output


def test_a_file_of_another_kind_is_not_written_over(house, tmp_path):
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear Ada", "utf-8")
    told = CliRunner().invoke(backup, [str(letter)], obj=house)
    assert told.exit_code == 1
    assert "is no backup of Handrail: choose another name" in told.output
    assert letter.read_text("utf-8") == "Dear Ada"


def test_what_came_back_is_told_in_four_lines_and_a_fifth_where_the_key_is_missing():
    lines = _lines(CAME)
    assert len(lines) == 4
    assert "2030-01-01" in lines[0]
    assert [line.split(": ")[1][0] for line in lines[1:]] == ["2", "3", "4"]
    missing = _lines(replace(CAME, has_key=False))
    assert missing[:4] == lines
    assert "HANDRAIL_SECRET_KEY" in missing[4]


def test_what_is_past_its_date_is_told_by_kind_and_what_is_sealed_only_where_something_is():
    told = sentence(PAST)
    assert told.startswith("lounge     keeps  30 days: 2 rooms, 7 messages and 9 lines")
    assert "sealed" not in told
    assert sentence(replace(PAST, sealed=1)) == f"{told}, 1 sealed for open matters"


@pytest.mark.parametrize("words", [("audit", "verify"), ("rota", "list")])
def test_a_folder_without_a_site_is_one_line_and_no_trace(typed, tmp_path, words):
    (tmp_path / "house").mkdir()
    status, told = typed(*words)
    assert status == 1
    assert told.startswith("handrail: the database ")
    assert told.count("\n") == 1


class TestByFlask:
    """`flask --app support …` is the same as `handrail …`."""

    def test_every_command_is_there(self, house, monkeypatch):
        monkeypatch.setenv("HANDRAIL_DATA", str(house.data))
        assert set(cli.handrail.commands) <= set(support.create_app().cli.commands)

    def test_words_go_on_as_they_are(self, house, monkeypatch):
        monkeypatch.setenv("HANDRAIL_DATA", str(house.data))
        begun = []
        monkeypatch.setattr(cli.os, "execv", lambda _program, words: begun.append(words[1:]))
        user = support.create_app().cli.commands["user"]
        user.main(["create", "--handle", "x", "--help"], standalone_mode=False)
        assert begun == [["-m", "support", "user", "create", "--handle", "x", "--help"]]
