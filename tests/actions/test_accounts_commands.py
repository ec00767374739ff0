"""`handrail user …` and the first admin: what an operator can do, and what is refused."""

import dataclasses

import click
import pytest
from click.testing import CliRunner

from support import cli as house
from support.accounts import actions, cli, ports, queries
from support.base.actor import Role
from support.base.hashing import PasswordHasher, digest
from support.moderation import actions as desk
from support.moderation import queries as desk_queries
from support.notify.queries import notices_of

USER = house.accounts.user  # with what the areas above add to it
SECRET = "four plain words here"


@pytest.fixture
def run(settings, database):
    def command(*words, typed=""):
        return CliRunner().invoke(USER, list(words), obj=settings, input=typed)

    return command


def made(run, handle, role="member"):
    words = ("create", "--handle", handle, "--role", role, "--password-stdin")
    result = run(*words, typed=f"{SECRET}\n")
    assert result.exit_code == 0, result.output
    return result.output.strip()


def person(database, handle):
    with database.read() as unit:
        return queries.by_handle(unit, handle)


def test_a_person_is_made_with_role_place_and_passphrase(run, database):
    result = run(
        *("create", "--handle", "mod1", "--role", "moderator", "--password-stdin"),
        *("--country", "pt", "--timezone", "Europe/Lisbon"),
        typed=f"{SECRET}\n",
    )
    assert result.exit_code == 0
    mod = person(database, "mod1")
    assert result.output.strip() == mod.id
    assert (mod.role, mod.country, mod.timezone) == (Role.MODERATOR, "PT", "Europe/Lisbon")
    with database.read() as unit:
        kept = queries.credentials(unit, "mod1").password_hash
    assert PasswordHasher().verify(SECRET, kept)


def test_reserved_and_look_alike_names_are_the_operator_s_to_give(run, database):
    ids = {made(run, handle) for handle in ("admin1", "mod1", "modl", "m0d1")}
    assert len(ids) == 4
    for handle in ("admin1", "mod1", "modl", "m0d1"):
        assert person(database, handle).handle == handle


def test_a_weak_passphrase_is_taken_with_a_warning(run):
    words = ("create", "--handle", "wren", "--password-stdin")
    result = run(*words, typed="short\n")
    assert result.exit_code == 0
    assert "weak passphrase" in result.stderr
    assert "weak" not in result.stdout


@pytest.mark.parametrize(
    ("words", "typed", "status", "said"),
    [
        (("create", "--handle", "wren", "--password-stdin"), "", 1, "no passphrase"),
        (("create", "--handle", "wren", "--password-stdin"), "\n", 1, "no passphrase"),
        (("create", "--handle", "Mod1", "--password-stdin"), "x\n", 1, "this name already"),
        (("create", "--handle", " ", "--password-stdin"), "x\n", 1, "empty or too long"),
        (("create", "--handle", "x" * 61, "--password-stdin"), "x\n", 1, "empty or too long"),
        (("create", "--handle", "wren"), "x\n", 2, "--password-stdin"),
        (("create", "--password-stdin"), "x\n", 2, "--handle"),
        (("create", "--handle", "w", "--role", "king", "--password-stdin"), "x\n", 2, "king"),
        (("create", "--handle", "w", "--country", "ZZ", "--password-stdin"), "x\n", 2, "3166"),
        (("create", "--handle", "w", "--timezone", "M", "--password-stdin"), "x\n", 2, "IANA"),
        (("role", "mod1"), "", 2, "once"),
        (("role", "mod1", "king"), "", 2, "the role is one of"),
        (("role", "mod1", "admin", "more"), "", 2, "once"),
        (("role", "nobody-there", "admin"), "", 1, "no person"),
        (("ban",), "", 2, "once"),
        (("ban", "nobody-there"), "", 1, "no person"),
        (("ban", "mod1", "--rule", "be_nice"), "", 2, "be_nice"),
        (("ban", "mod1", "--until", "soon"), "", 2, "soon"),
        (("lift", "mod1", "hug"), "", 2, "hug"),
        (("lift", "nobody-there", "ban"), "", 1, "no person"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(run, words, typed, status, said):
    made(run, "mod1")
    result = run(*words, typed=typed)
    assert result.exit_code == status
    assert said in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    "words",
    [
        ("role", "wren", "moderator"),
        ("role", "--handle", "wren", "--role", "moderator"),
        ("role", "--role", "moderator", "wren"),
        ("role", "--handle", "WREN", "moderator"),
    ],
)
def test_a_role_is_given_by_words_or_options(run, database, words):
    made(run, "wren")
    assert run(*words).exit_code == 0
    assert person(database, "wren").role is Role.MODERATOR


def test_the_last_admin_is_neither_demoted_nor_banned(run, database):
    made(run, "ada", "admin")
    for words in (("role", "ada", "member"), ("ban", "ada")):
        result = run(*words)
        assert result.exit_code == 1
        assert "last admin" in result.stderr
    made(run, "eve", "admin")
    assert run("role", "ada", "member").exit_code == 0


def test_a_ban_by_the_command_line_ends_sessions_and_is_read_by_every_process(run, database):
    wren = made(run, "wren")
    with database.unit() as unit:
        token = actions.begin_session(unit, wren, actions.Stay())
        before = queries.last_revocation_id(unit)
    result = run("ban", "--handle", "wren", "--reason", "selling", "--rule", "no_trading")
    assert result.exit_code == 0
    with database.read() as unit:
        assert queries.actor_for_session(unit, digest(token)) is None
        assert {one.reason for one in queries.revocations_after(unit, before)} == {"banned"}
        standing = queries.standing(unit, wren)
    assert (standing.kind, standing.reason, standing.rule) == ("ban", "selling", "no_trading")
    assert run("lift", "wren", "ban").exit_code == 0
    with database.read() as unit:
        assert queries.standing(unit, wren).kind is None


def test_a_ban_by_the_command_line_is_a_record_that_can_be_appealed(run, database):
    wren = made(run, "wren")
    assert run("ban", "wren", "--reason", "selling", "--rule", "no_trading").exit_code == 0
    with database.unit() as unit:
        kept = desk_queries.what_keeps_out(unit, wren)
        assert (kept.kind, kept.state, kept.by_id, kept.until) == ("ban", "in_force", None, None)
        assert [one.kind for one in notices_of(unit, wren)] == ["sanction"]
        due_at = desk.appeal(unit, wren, kept.id, "It was not me.")
        assert due_at > unit.now
    assert run("lift", "wren", "ban").exit_code == 0
    with database.read() as unit:
        assert desk_queries.what_keeps_out(unit, wren) is None
        record = desk_queries.record_of(unit, wren).sanctions
        assert [(one.state, one.by) for one in record] == [("ended", "")]
        assert queries.standing(unit, wren).kind is None


def test_a_ban_whose_end_is_over_is_refused_and_changes_nothing(run, database):
    wren = made(run, "wren")
    result = run("ban", "wren", "--until", "2001-01-01T00:00:00")
    assert result.exit_code == 1
    assert "over already" in result.stderr
    with database.read() as unit:
        assert queries.standing(unit, wren).kind is None


def test_a_mentor_banned_by_the_command_line_leaves_nobody_waiting(run, database, monkeypatch):
    told = []
    monkeypatch.setattr(ports, "banned", lambda _unit, person_id: told.append(person_id))
    wren = made(run, "wren", "mentor")
    monkeypatch.setattr(ports, "MENTOR_LEAVERS", [])
    assert run("ban", "wren").exit_code == 0
    assert told == [wren]
    assert ports.MENTOR_LEAVERS  # the areas were joined before the deed


def test_a_ban_may_have_an_end(run, database):
    wren = made(run, "wren")
    assert run("ban", "wren", "--until", "2999-01-02T03:04:05").exit_code == 0
    with database.read() as unit:
        assert queries.standing(unit, wren).until.isoformat() == "2999-01-02T03:04:05+00:00"


def test_a_database_that_cannot_be_reached_is_named_in_one_line(settings, tmp_path):
    away = dataclasses.replace(settings, database_url=f"sqlite:///{tmp_path}/away/site.db")
    result = CliRunner().invoke(USER, ["ban", "wren"], obj=away)
    assert result.exit_code == 1
    assert "the database cannot be used" in result.stderr


def test_an_empty_data_folder_gets_its_database_with_the_first_person(settings, tmp_path):
    data = tmp_path / "new"
    new = dataclasses.replace(settings, data=data, database_url=f"sqlite:///{data}/site.db")
    words = ["create", "--handle", "ada", "--role", "admin", "--password-stdin"]
    result = CliRunner().invoke(USER, words, obj=new, input="a long quiet evening 7\n")
    assert result.exit_code == 0, result.stderr
    assert (data / "site.db").is_file()
    assert data.stat().st_mode & 0o077 == 0


def test_the_first_admin_comes_from_the_settings_once(settings, database):
    given = dataclasses.replace(settings, admin_handle="admin", admin_password=SECRET)
    assert cli.ensure_admin(given)
    assert cli.ensure_admin(given)
    with database.read() as unit:
        assert queries.admin_ids(unit) == [queries.by_handle(unit, "admin").id]
        assert queries.profile(unit, queries.by_handle(unit, "admin").id).rules_version == 1


@pytest.mark.parametrize(
    ("handle", "password"), [("admin", None), (None, SECRET), ("admin", ""), ("", SECRET)]
)
def test_half_an_admin_is_refused(settings, database, handle, password):
    half = dataclasses.replace(settings, admin_handle=handle, admin_password=password)
    with pytest.raises(click.ClickException, match="HANDRAIL_ADMIN_PASSWORD"):
        cli.ensure_admin(half)


def test_a_name_that_somebody_has_is_not_made_admin_by_the_settings(settings, database, people):
    with database.unit() as unit:
        actions.create(unit, "eve", Role.ADMIN, "hash")
        actions.set_role(unit, people["ada"], Role.MEMBER)
        actions.set_on_rota(unit, people["ada"], False)
    taken = dataclasses.replace(settings, admin_handle="mina", admin_password=SECRET)
    assert cli.ensure_admin(taken)
    assert person(database, "mina").role is Role.MEMBER


def test_without_a_terminal_nobody_is_asked(settings, database, monkeypatch):
    assert cli.ensure_admin(settings) is False
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    assert cli.ensure_admin(dataclasses.replace(settings, open=True)) is False


def test_at_a_terminal_the_operator_is_asked_until_the_passphrase_is_good(settings, database):
    @click.command()
    def ask():
        click.echo(cli._ask())

    typed = "boss\nshort\nshort\nfour plain words here\nfour plain words here\n"
    result = CliRunner().invoke(ask, input=typed)
    assert result.exit_code == 0
    assert "at least 10 characters" in result.output
    assert "('boss', 'four plain words here')" in result.output
