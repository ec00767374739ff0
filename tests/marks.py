"""Which lines of support/ a run passes: each statement leaves a mark in a file they share.

A tracer is asked about every line of every library, and made the run more than twice as long. Here
only our own modules are looked at: as they are loaded, a mark is set before each statement. The
marks lie in one mapped file, so those of a process that is killed count too. coverage.py draws the
report from them; `./handrail test --cov …` still measures with its own tracer.
"""

import ast
import builtins
import marshal
import mmap
import os
from collections.abc import Iterator
from importlib.machinery import SourceFileLoader
from itertools import pairwise
from pathlib import Path
from types import CodeType
from typing import Any

HOME = Path(__file__).resolve().parent.parent
FOLDER = "LINE_MARKS"  # not HANDRAIL_…: no setting of the site
MARKS = "__marks__"
_read = SourceFileLoader.get_code
_starts: dict[str, int] = {}
_folder = Path()


def starts(package: Path) -> dict[str, int]:
    """Where in the file of marks each module's lines begin: the same answer in every process."""
    found, line = {}, 0
    for path in sorted(package.rglob("*.py")):
        found[str(path)] = line
        line += path.read_bytes().count(b"\n") + 2
    return {**found, "": line}


def prepare(folder: Path, package: Path = HOME / "support") -> dict[str, str]:
    """Make the empty file of marks; what a process that is to be measured needs to know."""
    (folder / "marks").write_bytes(bytes(starts(package)[""]))
    (folder / "package").write_text(str(package), encoding="utf-8")
    path = os.pathsep.join([str(HOME / "tests" / "marked"), str(HOME)])
    return {FOLDER: str(folder), "PYTHONPATH": path}


def begin() -> None:
    """From now on the package's modules are loaded with marks, if this run is measured."""
    if not os.environ.get(FOLDER):
        return
    global _folder
    _folder = Path(os.environ[FOLDER])
    _starts.update(starts(Path((_folder / "package").read_text(encoding="utf-8"))))
    with (_folder / "marks").open("r+b") as file:
        setattr(builtins, MARKS, mmap.mmap(file.fileno(), 0))
    SourceFileLoader.get_code = _with_marks  # type: ignore[method-assign]


def _with_marks(loader: Any, fullname: str) -> CodeType | None:
    start = _starts.get(os.path.abspath(loader.path))
    if start is None:
        return _read(loader, fullname)
    kept = _folder / f"{start}.code"
    if kept.exists():
        code: CodeType = marshal.loads(kept.read_bytes())
        return code
    tree = ast.parse(loader.get_data(loader.path))
    for block in list(_blocks(tree)):
        block[:] = [part for statement in block for part in _marked(statement, start)]
    code = compile(ast.fix_missing_locations(tree), loader.path, "exec", dont_inherit=True)
    draft = kept.with_suffix(f".{os.getpid()}")
    draft.write_bytes(marshal.dumps(code))
    draft.replace(kept)
    return code


def _blocks(tree: ast.AST) -> Iterator[list[ast.stmt]]:
    """Every list of statements, with the lines that lead into it as a first statement."""
    for node in ast.walk(tree):
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list):
                if isinstance(node, ast.ExceptHandler):
                    block.insert(0, _at(ast.Pass(), node.lineno))
                if isinstance(node, ast.match_case):
                    block.insert(0, _at(ast.Pass(), node.pattern.lineno))
                yield block


def _at(statement: ast.stmt, line: int) -> ast.stmt:
    statement.lineno = statement.end_lineno = line
    statement.col_offset = statement.end_col_offset = 0
    return ast.fix_missing_locations(statement)


def _marked(statement: ast.stmt, start: int) -> Iterator[ast.stmt]:
    """The statement behind its marks. What must stand first in a block, or never runs, has none."""
    is_word = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    is_future = isinstance(statement, ast.ImportFrom) and statement.module == "__future__"
    if not (is_word or is_future or isinstance(statement, ast.Global | ast.Nonlocal)):
        decorators = getattr(statement, "decorator_list", [])
        for line in sorted({statement.lineno, *(each.lineno for each in decorators)}):
            where = ast.Constant(start + line)
            target = ast.Subscript(ast.Name(MARKS, ast.Load()), where, ast.Store())
            yield _at(ast.Assign([target], ast.Constant(1)), line)
    yield statement


def passed(folder: Path, package: Path = HOME / "support") -> dict[str, list[int]]:
    """The lines that were passed, by module; every module is named."""
    marks = (folder / "marks").read_bytes()
    edges = sorted(starts(package).items(), key=lambda pair: pair[1])
    return {
        path: [line for line in range(following - start) if marks[start + line]]
        for (path, start), (_, following) in pairwise(edges)
    }
