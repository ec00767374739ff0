"""The wheel carries everything that a site needs beside its packages."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

HOME = Path(__file__).resolve().parents[2]
START = """
from pathlib import Path
from support.app import create_app
from support.settings import Settings
from support.web.paths import STATIC
here = Path.cwd()
url = f"sqlite:///{here / 'x.db'}"
app = create_app(Settings(data=here, database_url=url, secret_key="x" * 40))
assert here in STATIC.parents, STATIC
print(app.test_client().get("/help").status_code)
"""


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(build, cwd=HOME, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        wheel.extractall(folder / "site")
    return folder / "site"


@pytest.mark.parametrize("part", ["support", "templates", "static"])
def test_every_file_of_the_product_is_in_the_wheel(unpacked, part):
    root = unpacked if part == "support" else unpacked / "support" / "_ui"
    owed = {
        path.relative_to(HOME)
        for path in (HOME / part).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert {path for path in owed if not (root / path).is_file()} == set()


def test_the_command_is_named(unpacked):
    entries = next(unpacked.glob("*.dist-info")) / "entry_points.txt"
    assert "handrail = support.__main__:main" in entries.read_text()


def test_the_help_page_is_served_from_the_wheel_alone(unpacked):
    done = subprocess.run(
        [sys.executable, "-P", "-c", START],
        cwd=unpacked,
        env={**os.environ, "PYTHONPATH": str(unpacked)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == "200", done.stderr
