"""The whole test run of `./handrail test`: lint, types, walls, and pytest in four passes."""

import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from xml.etree import ElementTree

from coverage import CoverageData

from tests.marks import passed, prepare

HOME = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
LEAST_COVERAGE = 90

CHECKS = (
    ("lint", ["ruff", "check", "--quiet", "."]),
    ("types", ["mypy", "--no-error-summary"]),
    ("walls", ["lint-imports"]),
)
# Not for what it says: what is read and rewritten here, no worker has to read again.
READ_FIRST = ("every test can be read", ["pytest", "-qq", "--collect-only", "tests"])
SLOWEST = 10
# Who is done takes from the others.
SHARED = ["-n", "2", "--dist", "worksteal"]
# Journeys of one file share a house and find it as the one before left it: they stay together.
BY_FILE = ["-n", "2", "--dist", "loadfile"]
# Of thousands of tests that take a moment each, handing them over would be a third.
ALONE: list[str] = []
PASSES = {
    "SQLite": ("sqlite", ["actions", "doors"], SHARED),
    "PostgreSQL": ("postgres", ["actions", "doors"], SHARED),
    "browsers, processes, load": ("sqlite", ["journeys", "processes", "load"], BY_FILE),
    "rules and plan": ("sqlite", ["unit", "architecture"], ALONE),
    "once": ("sqlite", ["once"], ALONE),
}
# Side by side: what computes takes the cores while the other waits for a page or a process. What
# happens in the first is seen as it comes, the other is shown when it is done.
LANES = (("SQLite", "PostgreSQL"), ("browsers, processes, load", "rules and plan", "once"))
MEMORY = Path("/dev/shm")
ROOM = 3 << 30  # bytes that a run's databases and logs may take


@dataclass(frozen=True, slots=True)
class Check:
    """A linter at work beside everything else; what a clean one says is of no interest."""

    name: str
    process: subprocess.Popen[str]

    @classmethod
    def begin(cls, name: str, words: Sequence[str], env: dict[str, str]) -> Self:
        """Start it; what it says is read when it is waited for."""
        process = subprocess.Popen(
            [BIN / words[0], *words[1:]],
            cwd=HOME,
            env=env,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        return cls(name, process)

    def is_clean(self) -> bool:
        """Wait for its end and say how it went."""
        output, _ = self.process.communicate()
        print(f"{self.name}: {'NOT CLEAN' if self.process.returncode else 'clean'}", flush=True)
        if self.process.returncode:
            print(output, flush=True)
        return not self.process.returncode


def tests(name: str, scratch: Path, env: dict[str, str]) -> tuple[bool, Counter[str]]:
    """Run one pass; whether it went well and how many tests passed, failed and were skipped."""
    database, folders, workers = PASSES[name]
    present = [f"tests/{folder}" for folder in folders if any(HOME.glob(f"tests/{folder}/test_*"))]
    if not present:
        return True, Counter()
    report = scratch / f"{name}.xml"
    began, is_seen = time.monotonic(), name in LANES[0]
    if is_seen:
        print(f"\n== {name}: {' '.join(present)}", flush=True)
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "--quiet", "--no-header", *present, *workers),
            *(f"--junitxml={report}", "--hypothesis-profile=ci", "--randomly-seed=20261123"),
        ],
        cwd=HOME,
        env={**env, "HANDRAIL_TEST_DATABASE": database},
        text=True,
        stdout=None if is_seen else subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if not is_seen:
        print(f"\n== {name}: {' '.join(present)}\n{done.stdout}")
    print(f"== {name} took {time.monotonic() - began:.0f} s", flush=True)
    return done.returncode == 0, counted(report)


def lane(
    names: tuple[str, ...], scratch: Path, env: dict[str, str]
) -> list[tuple[bool, Counter[str]]]:
    """Run some passes one after the other."""
    return [tests(name, scratch, env) for name in names]


def counted(report: Path) -> Counter[str]:
    """The tests of one pass by outcome, as pytest's own report has them."""
    if not report.exists():
        return Counter(failed=1)
    counts: Counter[str] = Counter()
    for suite in ElementTree.parse(report).getroot().iter("testsuite"):
        wrong = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        skipped = int(suite.get("skipped", 0))
        counts.update(
            failed=wrong, skipped=skipped, passed=int(suite.get("tests", 0)) - wrong - skipped
        )
    return counts


def beside() -> str | None:
    """Where the run's files lie: in memory where there is room, for nothing of them is to last."""
    with suppress(OSError):
        room = os.statvfs(MEMORY)
        if os.access(MEMORY, os.W_OK) and room.f_bavail * room.f_frsize > ROOM:
            return str(MEMORY)
    return None


def slowest(scratch: Path) -> list[str]:
    """The files that took longest, all their passes together, as pytest's reports have them."""
    seconds: Counter[str] = Counter()
    for report in scratch.glob("*.xml"):
        for case in ElementTree.parse(report).getroot().iter("testcase"):
            file = case.get("classname", "").split(".test_")
            name = file[0].replace(".", "/") + "/test_" + file[-1].split(".")[0] + ".py"
            seconds[name] += round(1000 * float(case.get("time", 0)))
    return [f"{spent / 1000:6.0f} s  {name}" for name, spent in seconds.most_common(SLOWEST)]


def covered(scratch: Path) -> bool:
    """Draw coverage's report from the marks all processes left, and hold it against the bound."""
    data = CoverageData(basename=str(scratch / "coverage"))
    lines = passed(scratch)
    data.add_lines({path: found for path, found in lines.items() if found})
    data.touch_files(lines)
    data.write()
    words = ["report", f"--fail-under={LEAST_COVERAGE}", "--sort=cover"]
    return not subprocess.call(
        [sys.executable, "-m", "coverage", *words],
        cwd=HOME,
        env={**os.environ, "COVERAGE_FILE": str(scratch / "coverage")},
    )


def main() -> int:
    """Everything, or with words of one's own pytest alone."""
    os.chdir(HOME)
    if sys.argv[1:]:
        os.execv(sys.executable, [sys.executable, "-m", "pytest", *sys.argv[1:]])
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="handrail-test-", dir=beside()) as folder:
        scratch = Path(folder)
        scratch.chmod(0o711)  # PostgreSQL is run by a user of its own
        env = {
            **os.environ,
            **prepare(scratch),
            "TMPDIR": str(scratch),
            "PYTHONDONTWRITEBYTECODE": "",  # each worker would read and rewrite every test anew
            "HANDRAIL_BUSY": "1",
        }
        linters = [Check.begin(name, words, env) for name, words in CHECKS]
        good = Check.begin(*READ_FIRST, env).is_clean()
        totals: Counter[str] = Counter()
        with ThreadPoolExecutor() as crew:
            lanes = [crew.submit(lane, names, scratch, env) for names in LANES]
            good = all([good, *(each.is_clean() for each in linters)])
        for went_well, counts in (one for each in lanes for one in each.result()):
            good = good and went_well
            totals += counts
        good = covered(scratch) and good
        print("\nThe slowest files (CONTRIBUTING.md says how to keep a test fast):")
        print("\n".join(slowest(scratch)))
    print(
        f"\n{totals['passed']} passed, {totals['failed']} failed, {totals['skipped']} skipped"
        f" in {time.monotonic() - began:.0f} s: {'all is well' if good else 'NOT GOOD'}"
    )
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
