"""Our own count of passed lines agrees with coverage.py's, line by line."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.marks import passed, prepare

HOME = Path(__file__).resolve().parents[2]
STORY = '''
"""A module with one of everything."""
from __future__ import annotations
import functools
import gc as _gc

CASES = [
    1,
    2,
]


def twice(word):
    """Says it twice."""
    return (
        word
        + word
    )


@functools.cache
@functools.wraps(
    twice
)
def decorated(number=1):
    global SEEN
    SEEN = number
    try:
        if number == 1:
            raise KeyError(number)
        elif number == 2:
            return "two"
        else:
            pass
    except ValueError:
        never = True
    except KeyError as error:
        kept = str(error)
    else:
        kept = "no error"
    finally:
        done = True
    return kept


class Person:
    """With a method."""

    name: str = "mina"

    @property
    def hello(self):
        for letter in self.name:
            if letter == "n":
                continue
            while True:
                break
        else:
            letter = ""
        with open(__file__) as file:
            pass
        return [
            each
            for each in self.name
        ]

    async def later(self):
        return 1


def which(thing):
    match thing:
        case int():
            return "number"
        case str() if thing:
            return "word"
        case _:
            return "neither"


def steps():
    yield 1
    yield 2


def silent(): return 1


decorated(), decorated(2), Person().hello, which("x"), next(steps())
twice("a"); SEEN = 3
try:
    assert not SEEN, (
        "said"
    )
except AssertionError:
    pass
'''


def run(words: list[str], folder: Path, **env: str) -> None:
    done = subprocess.run(
        [sys.executable, *words], cwd=folder, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture
def story(tmp_path: Path) -> Path:
    """A package of one module, and a folder for what is measured."""
    package = tmp_path / "house"
    package.mkdir()
    package.joinpath("__init__.py").write_text("")
    package.joinpath("story.py").write_text(STORY.lstrip())
    return package


def by_coverage(story: Path, folder: Path) -> tuple[set[int], set[int]]:
    """The lines coverage.py holds to be passed, and those it holds to be missed."""
    kept = {"COVERAGE_FILE": str(folder / "kept")}
    run(["-m", "coverage", "run", "--source=house", "-m", "house.story"], folder, **kept)
    run(["-m", "coverage", "json", "-q", "-o", "lines.json"], folder, **kept)
    found = json.loads(folder.joinpath("lines.json").read_text())["files"]["house/story.py"]
    return set(found["executed_lines"]), set(found["missing_lines"])


def test_the_marks_say_what_coverage_says(story, tmp_path):
    known, missed = by_coverage(story, tmp_path)
    env = prepare(tmp_path, story)
    run(["-m", "house.story"], tmp_path, **env)
    found = set(passed(tmp_path, story)[str(story / "story.py")])
    text = STORY.lstrip().splitlines()
    assert found & missed == set()
    # An arm that was looked at and not taken has no mark: we count too few lines, never too many.
    assert [text[number - 1].strip() for number in sorted(known - found)] == [
        "from __future__ import annotations",
        "except ValueError:",
        "case int():",
    ]
    assert len(known & found) > 40


def test_marks_survive_a_process_that_is_killed(story, tmp_path):
    story.joinpath("end.py").write_text("import os, signal\nhere = 1\nos.kill(os.getpid(), 9)\n0\n")
    env = prepare(tmp_path, story)
    done = subprocess.run([sys.executable, "-m", "house.end"], cwd=tmp_path, env=env, check=False)
    assert done.returncode == -9
    assert passed(tmp_path, story)[str(story / "end.py")] == [1, 2, 3]


def test_a_run_that_is_not_measured_leaves_modules_as_they_are(story, tmp_path):
    env = prepare(tmp_path, story)
    run(["-m", "house.story"], tmp_path, PYTHONPATH=env["PYTHONPATH"])
    assert passed(tmp_path, story)[str(story / "story.py")] == []
