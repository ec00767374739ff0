"""The list of erased people beside the database: no backup from before may bring them back."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from support.accounts import queries
from support.base.clock import wire
from support.db.unit import Unit

NAME = "erased.list"


def read(path: Path) -> dict[str, str]:
    """When each person was erased, by id; a line that was cut off is passed over."""
    if not path.is_file():
        return {}
    pairs = (line.split() for line in path.read_text(encoding="ascii").splitlines())
    return {pair[1]: pair[0] for pair in pairs if len(pair) == 2}  # noqa: PLR2004 - when and who


def add(path: Path, erased: Mapping[str, str]) -> None:
    """Write down who is not there yet; on the disk before this returns."""
    known = read(path)
    lines = [f"{at} {account_id}\n" for account_id, at in erased.items() if account_id not in known]
    if not lines:
        return
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "w") as file:
        file.write("".join(lines))
        file.flush()
        os.fsync(file.fileno())


def keep(unit: Unit, folder: Path) -> None:
    """Bring the list up to what the database knows."""
    add(folder / NAME, {account_id: wire(at) for account_id, at in queries.erased(unit)})


def gather(paths: Iterable[Path]) -> dict[str, str]:
    """Everybody of several lists."""
    found: dict[str, str] = {}
    for path in paths:
        found |= read(path)
    return found
