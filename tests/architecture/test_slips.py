"""Words that would be a slip wherever they stand, and the one place where some may."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

HOME = Path(__file__).resolve().parents[2]
BINARY = {".png", ".woff2", ".ico", ".webp", ".jpg", ".npz"}


def tracked(*folders: str) -> list[Path]:
    """Files of the repository; in a copy without git, every file of these folders."""
    asked = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", *folders],
        cwd=HOME,
        capture_output=True,
        text=True,
        check=False,
    )
    if asked.returncode:
        found = [path for folder in folders or ["."] for path in (HOME / folder).rglob("*")]
    else:
        found = [HOME / line for line in asked.stdout.splitlines()]
    return [
        path
        for path in found
        if path.is_file() and path.suffix not in BINARY and "vendor" not in path.parts
    ]


def hits(pattern: str, *folders: str, suffix: str = "", but: tuple[str, ...] = ()) -> list[str]:
    """Where a pattern stands, as `path: line`, outside the places where it may."""
    sought = re.compile(pattern)
    return [
        f"{path.relative_to(HOME).as_posix()}: {line.strip()[:100]}"
        for path in tracked(*folders)
        if path.name.endswith(suffix) and path.relative_to(HOME).as_posix() not in but
        for line in path.read_text(encoding="utf-8").splitlines()
        if sought.search(line)
    ]


def test_only_the_unit_of_work_commits():
    found = hits(r"(?<!savepoint\.)\bcommit\(", "support", suffix=".py")
    assert {hit.split(":")[0] for hit in found} == {"support/db/unit.py"}


def test_the_time_is_asked_for_in_one_place():
    pattern = r"datetime\.now\(|utcnow\(|datetime\.today\(|date\.today\("
    assert hits(pattern, "support", suffix=".py", but=("support/base/clock.py",)) == []


def test_nothing_is_left_for_later_and_no_check_is_switched_off_in_passing():
    pattern = "TO" + "DO|FIX" + "ME|XX" + "X|NotImplemented" + "Error|pragma: no " + "cover"
    spanish = ("support/moderation/corpus/t2_9_tongues.tsv",)  # there it is a word, shouted
    assert hits(pattern, "support", "static", "templates", "tests", but=spanish) == []


def test_no_failure_is_swallowed_unseen():
    swallow = re.compile(r"except( Exception| BaseException)?:\s*\n\s*pass\b")
    found = [path for path in tracked("support") if swallow.search(_text(path))]
    assert found == []


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.suffix == ".py" else ""


def test_words_of_people_never_become_markup_by_hand():
    pages = hits(r"\|\s*safe\b|\{%-?\s*autoescape false", "templates")
    code = hits(r"\bMarkup\(|render_template_string", "support", suffix=".py")
    scripts = hits(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function",
        "static/js",
        suffix=".js",
    )
    assert (pages, scripts) == ([], [])
    assert [hit for hit in code if not hit.startswith(("support/web/", "support/groups/"))] == []


def test_pages_and_scripts_name_no_other_host():
    schemas = ("http://www.w3.org/", "https://schema.org", "http://127.0.0.1")
    found = hits(r"https?://|src=[\"']//", "templates", "static")
    assert [hit for hit in found if not any(schema in hit for schema in schemas)] == []


def test_pages_carry_no_inline_script_style_or_handler():
    pattern = r"\son[a-z]+\s*=\s*[\"']|\sstyle\s*=\s*[\"']|javascript:"
    assert hits(pattern, "templates", suffix=".html") == []


def test_the_repository_names_no_machine_path_and_no_package_index():
    machine, index = r"/wo" + "rk/|/fa" + "rm/", "(extra-)?index-" + "url|--find-" + "links"
    assert hits(f"{machine}|{index}|regist" + "ry *=") == []


def test_a_pin_holds_a_hash_and_no_address():
    for name in ("base", "test"):
        text = (HOME / f"requirements/{name}.txt").read_text(encoding="utf-8")
        pins = re.findall(r"^[a-z0-9].*==.*$", text, re.MULTILINE)
        assert pins
        assert all(pin.endswith("\\") for pin in pins), "a pin without a hash"
        assert "://" not in text


def test_carriers_that_the_server_would_pick_up_by_accident_are_not_pinned():
    text = (HOME / "requirements/test.txt").read_text(encoding="utf-8")
    assert not re.search(r"^(gevent-websocket|eventlet)==", text, re.MULTILINE)


PROJECT = tomllib.loads((HOME / "pyproject.toml").read_text(encoding="utf-8"))
IMPORTED_AS = {
    "python-socketio": "socketio",
    "psycopg": "postgresql",
    "python-dateutil": "dateutil",
    "argon2-cffi": "argon2",
    "google-re2": "re2",
    "tzdata": "tzdata|zoneinfo",
    "markdown-it-py": "markdown_it",
}


@pytest.mark.parametrize("line", PROJECT["project"]["dependencies"])
def test_every_package_asked_for_is_used(line):
    package = re.split(r"[\[<>=]", line)[0]
    module = IMPORTED_AS.get(package, package.replace("-", "_"))
    assert hits(rf"\b({module})\b", "support", suffix=".py"), f"{package} is not used"
