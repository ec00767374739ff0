"""O7 with real processes: a backup of a served site, a second machine, and people who come back."""

import json
import stat
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serve import Site, serving

MARKER = "heron-over-the-quiet-weir"


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The machine that is served, with something said in its lounge."""
    with serving(tmp_path_factory.mktemp("first"), rates="off") as site:
        paul = site.member("paul").socket()
        assert paul.says(site.lounge, f"{MARKER} of Paul", "p1")["ok"]
        mina = site.member("mina").socket()
        assert mina.says(site.lounge, f"{MARKER} of Mina", "m1")["ok"]
        yield site


@pytest.fixture(scope="module")
def kept(first: Site) -> Path:
    """The backup, made while the site is served and somebody is in the room."""
    file = first.folder / "site.backup"
    talker = first.member("paul").socket()
    done = first.command("backup", str(file))
    assert done.returncode == 0, done.stderr
    assert talker.says(first.lounge, "said after the backup", "p2")["ok"]
    assert MARKER not in done.stdout + done.stderr
    return file


def bodies(site: Site, room: str, handle: str) -> list[str | None]:
    """What somebody reads in a room."""
    answer = site.member(handle).socket().join(room)
    return [message.get("body") for message in answer["snapshot"]]


def test_the_backup_is_for_its_owner_alone(kept: Path) -> None:
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_a_served_site_is_not_overwritten_and_goes_on(first: Site, kept: Path) -> None:
    for flags in ((), ("--replace",)):
        told = first.command("restore", str(kept), *flags)
        assert told.returncode == 1
        assert len(told.stderr.strip().splitlines()) == 1
        assert "stop it first" in told.stderr
    assert "said after the backup" in bodies(first, first.lounge, "paul")


def test_an_unknown_file_and_a_missing_word_end_with_their_own_status(
    first: Site, tmp_path: Path
) -> None:
    second = Site(tmp_path / "none")
    second.folder.mkdir()
    told = second.command("restore", str(tmp_path / "no-such"))
    assert (told.returncode, "there is no file" in told.stderr) == (1, True)
    assert second.command("restore").returncode == 2
    assert second.command("backup").returncode == 2
    told = second.command("backup", str(tmp_path / "x"))
    assert (told.returncode, "nothing to back up yet" in told.stderr) == (1, True)


def test_people_come_back_to_a_second_machine_and_the_erased_do_not(
    first: Site, kept: Path, tmp_path: Path
) -> None:
    mina = first.member("mina")
    gone = mina.post("/account/delete", password="four plain words here")
    assert gone.status == 200, gone
    second = Site(tmp_path / "second", rates="off")
    second.folder.mkdir()
    lists = first.folder / "erased.list"
    assert len(lists.read_text().split()) == 2
    done = second.command("restore", str(kept), "--erased", str(lists))
    assert done.returncode == 0, done.stderr
    assert "erased again: 1 people" in done.stdout
    assert second.command("audit", "verify").returncode == 0
    second.start()
    try:
        read = bodies(second, first.lounge, "paul")
        assert read == [f"{MARKER} of Paul", None]
        refused = second.visitor().post("/login", handle="mina", password="four plain words here")
        assert refused.status in {400, 401}
        assert second.visitor().get("/help/pt").status == 200
        again = second.folder / "again.backup"
        assert second.command("backup", str(again)).returncode == 0
    finally:
        second.stop()
    for path in second.folder.glob("handrail.db*"):
        assert f"{MARKER} of Mina".encode() not in path.read_bytes(), path.name


def test_retention_says_in_numbers_what_it_would_do(first: Site) -> None:
    told = first.command("retention")
    assert told.returncode == 0, told.stderr
    assert "lounge" in told.stdout
    assert "keeps  30 days" in told.stdout
    assert "Nothing was taken." in told.stdout
    taken = first.command("retention", "--apply")
    assert taken.returncode == 0, taken.stderr
    assert "Gone: 0 messages" in taken.stdout
    assert first.command("retention", "--all").returncode == 2


def test_the_manifest_names_every_member_and_no_words(kept: Path) -> None:
    head = json.loads(first_member(kept))
    assert {"database/handrail.db", "data/secret.key"} <= set(head["hashes"])
    assert MARKER not in json.dumps(head)
    assert all(len(each) == 64 for each in head["hashes"].values())


def first_member(file: Path) -> bytes:
    """The first member of the tar, read by the outside tool."""
    with tarfile.open(file, "r:gz") as tar:
        member = next(iter(tar))
        source = tar.extractfile(member)
        assert source is not None
        return source.read()
