"""The list of erased people: added to once, read whatever was cut off, and gathered from many."""

import stat

import pytest

from support.accounts import actions, ports, queries
from support.accounts.actions import PersonErased, journal
from support.accounts.broadcast import person_erased
from support.base.actor import Role
from support.base.clock import wire
from support.base.errors import Conflict, NotFound
from tests.people import actor

WHEN = "2030-01-01T00:00:00Z"


@pytest.fixture
def path(tmp_path):
    return tmp_path / journal.NAME


def test_where_there_is_no_list_nobody_was_erased(path):
    assert journal.read(path) == {}
    path.mkdir()
    assert journal.read(path) == {}


def test_whom_one_adds_one_reads(path):
    journal.add(path, {"a1": WHEN, "b2": WHEN})
    assert journal.read(path) == {"a1": WHEN, "b2": WHEN}


def test_nobody_is_written_down_twice_and_the_first_time_counts(path):
    journal.add(path, {"a1": WHEN})
    journal.add(path, {"a1": "2031-01-01T00:00:00Z", "b2": WHEN})
    assert path.read_text().splitlines() == [f"{WHEN} a1", f"{WHEN} b2"]


def test_nobody_new_leaves_the_file_alone(path):
    journal.add(path, {})
    assert not path.exists()
    journal.add(path, {"a1": WHEN})
    before = path.stat().st_mtime_ns
    journal.add(path, {"a1": WHEN})
    assert path.stat().st_mtime_ns == before


def test_the_list_is_for_the_house_alone(path):
    journal.add(path, {"a1": WHEN})
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "torn",
    ["2030-01-0", f"{WHEN} ", "\n", f"{WHEN} a1 more", "   ", f"{WHEN}\n"],
)
def test_a_line_that_was_cut_off_hides_no_other(path, torn):
    path.write_text(f"{WHEN} before\n{torn}\n{WHEN} after\n", encoding="ascii")
    assert set(journal.read(path)) == {"before", "after"}


def test_several_lists_are_one(tmp_path):
    first, second = tmp_path / "one", tmp_path / "two"
    journal.add(first, {"a1": WHEN, "b2": WHEN})
    journal.add(second, {"b2": WHEN, "c3": WHEN})
    assert set(journal.gather([first, second, tmp_path / "none"])) == {"a1", "b2", "c3"}
    assert journal.gather([]) == {}


def test_the_list_is_brought_up_to_what_the_database_knows(trial, tmp_path):
    mina = actor(trial, "mina")
    actions.erase(trial, mina)
    trial.session.flush()
    journal.keep(trial, tmp_path)
    journal.keep(trial, tmp_path)
    assert journal.read(tmp_path / journal.NAME) == {mina.id: wire(trial.now)}


def test_it_is_noted_when_it_is_told_and_without_a_folder_nowhere(trial, tmp_path, monkeypatch):
    fact = PersonErased("a1", trial.now)
    monkeypatch.setattr(ports.joined, "folder", None)
    person_erased(fact)
    monkeypatch.setattr(ports.joined, "folder", tmp_path)
    person_erased(fact)
    assert journal.read(tmp_path / journal.NAME) == {"a1": wire(trial.now)}


# ------------------------------------------------------------------ again after a restore


def test_who_is_back_is_erased_again_and_who_is_not_is_left(trial):
    mina, otto = actor(trial, "mina"), actor(trial, "otto")
    actions.erase(trial, otto)
    trial.session.flush()
    assert actions.erase_again(trial, {mina.id, otto.id, "never-here"}) == 1
    trial.session.flush()
    assert queries.by_handle(trial, "mina") is None
    assert queries.by_handle(trial, "rae") is not None
    assert {one for one, _ in queries.erased(trial)} == {mina.id, otto.id}


def test_erasing_nobody_again_is_nought(trial):
    assert actions.erase_again(trial, []) == 0
    assert queries.not_erased(trial, []) == []


def test_an_erasure_is_told_once_and_again_after_a_restore_not_at_all(trial):
    mina, otto = actor(trial, "mina"), actor(trial, "otto")
    actions.erase(trial, mina)
    actions.erase_again(trial, [otto.id])
    told = [one for one in trial.announced if isinstance(one, PersonErased)]
    assert told == [PersonErased(mina.id, trial.now)]


def test_the_last_admin_cannot_erase_themselves_and_a_second_one_can(trial):
    ada = actor(trial, "ada")
    with pytest.raises(Conflict, match="last admin"):
        actions.erase(trial, ada)
    actions.set_role(trial, actor(trial, "mo").id, Role.ADMIN)
    actions.erase(trial, ada)
    trial.session.flush()
    assert queries.actor_by_id(trial, ada.id) is None


def test_nobody_is_erased_twice(trial):
    mina = actor(trial, "mina")
    actions.erase(trial, mina)
    with pytest.raises(NotFound):
        actions.erase(trial, mina)


def test_an_area_that_cannot_forget_stops_the_whole_erasure(trial, monkeypatch):
    class Fails:
        """An area that breaks while it forgets."""

        def erase(self, unit, account_id):
            raise RuntimeError("no")

    monkeypatch.setattr(ports, "ERASERS", [Fails()])
    with pytest.raises(RuntimeError):
        actions.erase(trial, actor(trial, "mina"))
    assert not [one for one in trial.announced if isinstance(one, PersonErased)]
    assert queries.by_handle(trial, "mina") is not None
