"""The whole test run of `./handrail test`: lint, types, walls, then pytest in three passes."""

import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

HOME = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
LEAST_COVERAGE = 90

CHECKS = (
    ("lint", ["ruff", "check", "--quiet", "."]),
    ("types", ["mypy", "--no-error-summary"]),
    ("walls", ["lint-imports"]),
)
TWO = ["-n", "2"]
# Measured where it tells something new: on PostgreSQL the same lines run again.
MEASURED = ["--cov", "--cov-report=", "--cov-append"]
PASSES = (
    ("SQLite", "sqlite", ["unit", "architecture", "actions", "doors"], [*TWO, *MEASURED]),
    ("PostgreSQL", "postgres", ["actions", "doors"], TWO),
    ("browsers and load", "sqlite", ["journeys", "load"], MEASURED),
)


def lint() -> bool:
    """Run the linters side by side; what a clean one prints is of no interest."""
    running = [
        (
            name,
            subprocess.Popen(
                [BIN / words[0], *words[1:]],
                cwd=HOME,
                text=True,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
            ),
        )
        for name, words in CHECKS
    ]
    clean = True
    for name, process in running:
        output, _ = process.communicate()
        print(f"{name}: {'clean' if process.returncode == 0 else 'NOT CLEAN'}", flush=True)
        if process.returncode:
            print(output, flush=True)
            clean = False
    return clean


def tests(number: int, scratch: Path) -> tuple[bool, Counter[str]]:
    """Run one pass; whether it went well and how many tests passed, failed and were skipped."""
    name, database, folders, words = PASSES[number]
    present = [f"tests/{folder}" for folder in folders if any(HOME.glob(f"tests/{folder}/test_*"))]
    if not present:
        return True, Counter()
    report = scratch / f"{number}.xml"
    print(f"\n== {name}: {' '.join(present)}", flush=True)
    began = time.monotonic()
    status = subprocess.call(
        [
            *(sys.executable, "-m", "pytest", "--quiet", "--no-header", *present, *words),
            *(f"--junitxml={report}", "--hypothesis-profile=ci", "--randomly-seed=20261123"),
        ],
        cwd=HOME,
        env={**os.environ, "HANDRAIL_TEST_DATABASE": database},
    )
    print(f"== {name} took {time.monotonic() - began:.0f} s", flush=True)
    return status == 0, counted(report)


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


def covered() -> bool:
    """Join what the passes and their server processes measured, and hold it against the bound."""
    coverage = [sys.executable, "-m", "coverage"]
    late = [*coverage, "combine", "--append", "--quiet"]
    subprocess.call(late, cwd=HOME, stderr=subprocess.DEVNULL)
    return not subprocess.call(
        [*coverage, "report", f"--fail-under={LEAST_COVERAGE}", "--sort=cover"], cwd=HOME
    )


def main() -> int:
    """Everything, or with words of one's own pytest alone."""
    os.chdir(HOME)
    if sys.argv[1:]:
        os.execv(sys.executable, [sys.executable, "-m", "pytest", *sys.argv[1:]])
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="handrail-test-") as folder:
        os.environ["COVERAGE_FILE"] = str(Path(folder, "coverage"))
        good = lint()
        totals: Counter[str] = Counter()
        for number in range(len(PASSES)):
            went_well, counts = tests(number, Path(folder))
            good = good and went_well
            totals += counts
        good = covered() and good
    print(
        f"\n{totals['passed']} passed, {totals['failed']} failed, {totals['skipped']} skipped"
        f" in {time.monotonic() - began:.0f} s: {'all is well' if good else 'NOT GOOD'}"
    )
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
