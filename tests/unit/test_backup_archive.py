"""The backup's file: what is packed comes out the same, and whatever was done to it is noticed."""

import gzip
import io
import json
import stat
import tarfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.backup import archive
from support.backup.archive import BadArchive

FACTS = {"made_at": "2026-11-26T00:00:00.000Z", "version": "1", "revision": "0001", "has_key": True}
NAMES = st.from_regex(r"[a-z]{1,8}(/[a-z]{1,8}){0,2}", fullmatch=True)
calm = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


def laid(folder: Path, contents: dict[str, bytes]) -> dict[str, Path]:
    """These contents as files."""
    folder.mkdir(parents=True, exist_ok=True)
    members = {}
    for number, (name, raw) in enumerate(contents.items()):
        members[name] = folder / f"source{number}"
        members[name].write_bytes(raw)
    return members


def packed(folder: Path, contents: dict[str, bytes]) -> Path:
    file = folder / "x.backup"
    archive.pack(file, FACTS, laid(folder / "sources", contents))
    return file


def rewritten(file: Path, members: list[tuple[str, bytes]]) -> Path:
    """A tar of these members under our manifest's name or any other."""
    out = file.with_name("rewritten.backup")
    with tarfile.open(out, "w:gz") as tar:
        for name, raw in members:
            member = tarfile.TarInfo(name)
            member.size = len(raw)
            tar.addfile(member, io.BytesIO(raw))
    return out


def manifest(**changes: object) -> bytes:
    return json.dumps({"format": archive.FORMAT, **FACTS, "hashes": {}, **changes}).encode()


@calm
@given(
    contents=st.dictionaries(
        st.sampled_from(["data/a", "data/b/c", "database/rows.jsonl"]),
        st.binary(max_size=5_000),
        max_size=3,
    )
)
def test_what_is_packed_comes_out_the_same(contents, tmp_path_factory):
    folder = tmp_path_factory.mktemp("pack")
    file = packed(folder, contents)
    found = archive.unpack(file, folder / "out")
    for name, raw in contents.items():
        place = folder / "out" / name
        assert place.read_bytes() == raw
        assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert set(found.hashes) == set(contents)
    assert (found.revision, found.has_key) == ("0001", True)
    assert found.has_rows == ("database/rows.jsonl" in contents)
    assert archive.is_backup(file)


@calm
@given(where=st.floats(0, 1, exclude_max=True), flip=st.integers(1, 255))
def test_one_flipped_byte_is_noticed_or_harms_nothing(where, flip, tmp_path_factory):
    folder = tmp_path_factory.mktemp("flip")
    contents = {"data/a": bytes(range(256)) * 8, "database/handrail.db": b"words" * 300}
    file = packed(folder, contents)
    raw = bytearray(file.read_bytes())
    raw[int(where * len(raw))] ^= flip
    file.write_bytes(bytes(raw))
    try:
        archive.unpack(file, folder / "out")
    except BadArchive:
        return
    for name, expected in contents.items():
        assert (folder / "out" / name).read_bytes() == expected


@calm
@given(share=st.floats(0, 0.999))
def test_a_file_that_was_cut_off_is_always_refused(share, tmp_path_factory):
    folder = tmp_path_factory.mktemp("cut")
    file = packed(folder, {"data/a": bytes(range(256)) * 40})
    raw = file.read_bytes()
    file.write_bytes(raw[: int(share * (len(raw) - 8))])
    with pytest.raises(BadArchive):
        archive.unpack(file, folder / "out")


@pytest.mark.parametrize("short", range(1, 60))
def test_a_file_that_only_lacks_its_last_bytes_is_refused_too(short, tmp_path):
    file = packed(tmp_path, {"data/a": bytes(range(256)) * 40})
    file.write_bytes(file.read_bytes()[:-short])
    with pytest.raises(BadArchive):
        archive.unpack(file, tmp_path / "out")


@calm
@given(raw=st.binary(max_size=400))
def test_anything_else_is_no_backup(raw, tmp_path_factory):
    folder = tmp_path_factory.mktemp("any")
    for name, content in (("plain", raw), ("zipped", gzip.compress(raw))):
        file = folder / name
        file.write_bytes(content)
        assert not archive.is_backup(file)
        with pytest.raises(BadArchive):
            archive.unpack(file, folder / f"{name}.out")


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ([], "no backup of Handrail"),
        ([("data/a", b"x")], "no backup of Handrail"),
        ([(archive.MANIFEST, b"not json")], "damaged"),
        ([(archive.MANIFEST, b"[]")], "damaged"),
        ([(archive.MANIFEST, manifest(format=99))], "another version"),
        ([(archive.MANIFEST, manifest(hashes={"data/a": "0"}))], "data/a is missing"),
        ([(archive.MANIFEST, manifest()), ("data/a", b"x")], "does not name"),
        ([(archive.MANIFEST, manifest(hashes={"../a": "0"})), ("../a", b"x")], "does not name"),
        ([(archive.MANIFEST, manifest(hashes={"/a": "0"})), ("/a", b"x")], "does not name"),
        ([(archive.MANIFEST, manifest(hashes={"a": "0"})), ("a", b"x")], "not what was put in"),
    ],
)
def test_each_way_to_be_wrong_has_its_own_sentence(members, words, tmp_path):
    file = rewritten(tmp_path / "x", members)
    with pytest.raises(BadArchive, match=words):
        archive.unpack(file, tmp_path / "out")


def test_a_link_is_never_followed(tmp_path):
    file = tmp_path / "linked.backup"
    head = manifest(hashes={"data/a": "0"})
    with tarfile.open(file, "w:gz") as tar:
        member = tarfile.TarInfo(archive.MANIFEST)
        member.size = len(head)
        tar.addfile(member, io.BytesIO(head))
        link = tarfile.TarInfo("data/a")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    with pytest.raises(BadArchive, match="does not name"):
        archive.unpack(file, tmp_path / "out")
    assert not (tmp_path / "out" / "data" / "a").exists()


def test_a_failed_write_leaves_the_earlier_backup_and_no_draft(tmp_path):
    file = packed(tmp_path, {"data/a": b"first"})
    before = file.read_bytes()
    with pytest.raises(FileNotFoundError):
        archive.pack(file, FACTS, {"data/a": tmp_path / "no such source"})
    assert file.read_bytes() == before
    assert [path.name for path in tmp_path.glob(".*")] == []


def test_a_draft_that_a_kill_left_behind_is_written_over(tmp_path, monkeypatch):
    monkeypatch.setattr(archive.os, "getpid", lambda: 7)
    (tmp_path / ".x.backup.7.part").write_bytes(b"half a backup")
    file = packed(tmp_path, {"data/a": b"whole"})
    assert archive.is_backup(file)
    assert not list(tmp_path.glob(".*.part"))
