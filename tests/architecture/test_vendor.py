"""What is copied from others is the very file its README names, with its licence beside it."""

import hashlib
import re
from pathlib import Path

import pytest

HOME = Path(__file__).resolve().parents[2]
ROW = re.compile(r"^\| (\S+) \| (\S+) .*\| ([0-9a-f]{64}) \|$", re.MULTILINE)
FOLDERS = [HOME / "static/vendor", HOME / "tests/vendor"]
ROWS = [
    pytest.param(folder, *row, id=row[0])
    for folder in FOLDERS
    for row in ROW.findall((folder / "README.md").read_text())
]


@pytest.mark.parametrize(("folder", "name", "package", "digest"), ROWS)
def test_a_vendored_file_is_the_pinned_one(folder, name, package, digest):
    assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest


@pytest.mark.parametrize(("folder", "name", "package", "digest"), ROWS)
def test_a_vendored_file_names_no_source_map(folder, name, package, digest):
    assert "sourceMappingURL" not in (folder / name).read_text()


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.parent.name)
def test_every_vendored_file_is_in_the_readme_or_is_a_licence(folder):
    named = {row[0] for row in ROW.findall((folder / "README.md").read_text())}
    others = {path.name for path in folder.iterdir()} - named - {"README.md"}
    assert named
    assert all(".LICENSE" in name for name in others), others


def test_the_pages_fetch_nothing_from_elsewhere_in_what_they_vendor():
    script = (HOME / "static/vendor/socket.io.esm.min.js").read_text()
    assert "cdn" not in script.lower()
