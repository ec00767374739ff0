"""The house's budgets: small functions, small modules, and as many lines of tests as are owed."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

HOME = Path(__file__).resolve().parents[2]
SUPPORT = sorted((HOME / "support").rglob("*.py"))
CODE = [path for path in SUPPORT if "versions" not in path.parts]
SCRIPTS = sorted((HOME / "static/js").rglob("*.js"))
TESTS = sorted((HOME / "tests").rglob("*.py"))

LONGEST_FUNCTION = 35
LONGEST_MODULE = 300
LONGEST_SCRIPT = 150
TESTS_FOR_CODE = 1.2


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def name(path: Path) -> str:
    return path.relative_to(HOME).as_posix()


def functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) and len(node.body) > 1 else node.body
            yield node.name, (node.end_lineno or 0) - body[0].lineno + 1


@pytest.mark.parametrize("path", CODE, ids=name)
def test_a_module_is_small_and_so_are_its_functions(path):
    assert lines(path) <= LONGEST_MODULE
    long = {called: length for called, length in functions(path) if length > LONGEST_FUNCTION}
    assert long == {}


@pytest.mark.parametrize("path", SCRIPTS, ids=name)
def test_a_script_module_is_small(path):
    assert lines(path) <= LONGEST_SCRIPT


@pytest.mark.parametrize("path", CODE, ids=name)
def test_a_module_opens_with_one_sentence(path):
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert docstring
    assert docstring.rstrip().endswith((".", "…", "!", "?", "`"))


def test_there_are_as_many_lines_of_tests_as_the_house_owes():
    code, tests = sum(map(lines, CODE)), sum(map(lines, TESTS))
    assert tests >= TESTS_FOR_CODE * code, f"{tests} lines of tests for {code} of code"


def test_no_two_test_files_share_a_name():
    names = Counter(path.name for path in TESTS if path.name.startswith("test_"))
    assert [called for called, times in names.items() if times > 1] == []


def test_the_migrations_are_one_line():
    """Two that follow the same one, written side by side, stop every start: re-point the later."""
    found = [
        re.findall(r'^(?:down_)?revision = "?(\w+)"?', path.read_text(encoding="utf-8"), re.M)
        for path in (HOME / "support/migrations/versions").glob("0*.py")
    ]
    before = Counter(words[1] for words in found)
    assert [name for name, times in before.items() if times > 1] == []
    assert before["None"] == 1
