"""Hear the kept facts of other processes from their rows: each once, also those that come late."""

import time
from collections import deque

from sqlalchemy import BigInteger, bindparam, func, select

from support.db.crossing import Fact, told
from support.db.prepared import Prepared
from support.db.unit import Database

LATEST_SECONDS = 15.0
_AFTER = Prepared(
    select(Fact.id).where(Fact.id > bindparam("floor", type_=BigInteger())).order_by(Fact.id)
)


class Lookout:
    """Reads what other processes wrote down since the last look.

    A transaction may take its number early and commit late, so each look goes back to what was the
    newest number fifteen seconds ago and leaves out what was heard already.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        with database.read() as unit:
            newest = unit.session.scalar(select(func.max(Fact.id))) or 0
            self._heard = set(unit.session.scalars(select(Fact.id)))
        self._marks: deque[tuple[float, int]] = deque([(time.monotonic(), newest)])

    def look(self) -> int:
        """Tell the listeners of this process what is new; returns how much that was."""
        with self._database.look() as unit:
            ids = self._fresh([row[0] for row in _AFTER.rows(unit.session, floor=self._floor)])
        rows = self._rows(ids) if ids else []
        others = [row for row in rows if row.origin != self._database.origin]
        for fact in told(self._database.read, sorted(others, key=lambda row: row.id)):
            self._database.hear(fact)
        return len(rows)

    def _rows(self, ids: list[int]) -> list[Fact]:
        with self._database.read() as unit:
            return list(unit.session.scalars(select(Fact).where(Fact.id.in_(ids))))

    @property
    def _floor(self) -> int:
        return self._marks[0][1]

    def _fresh(self, ids: list[int]) -> list[int]:
        fresh = [one for one in ids if one not in self._heard]
        self._heard.update(fresh)
        now = time.monotonic()
        self._marks.append((now, max([*ids[-1:], self._marks[-1][1]])))
        while len(self._marks) > 1 and self._marks[1][0] < now - LATEST_SECONDS:
            self._marks.popleft()
        self._heard = {one for one in self._heard if one > self._floor}
        return fresh
