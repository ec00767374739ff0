"""Hear the kept facts of other processes from their rows: each once, also those that come late."""

import logging
import time
from collections import deque
from collections.abc import Callable

from sqlalchemy import BigInteger, bindparam, func, select

from support.db.crossing import Fact, Piece, pieces
from support.db.prepared import Prepared
from support.db.unit import Database, is_outage

log = logging.getLogger("handrail.queue")

LATEST_SECONDS = 15.0
_AFTER = Prepared(
    select(Fact.id).where(Fact.id > bindparam("floor", type_=BigInteger())).order_by(Fact.id)
)


class Lookout:
    """Reads what other processes wrote down since the last look.

    A transaction may take its number early and commit late, so each look goes back to what was the
    newest number fifteen seconds ago and leaves out what was heard already.
    """

    def __init__(
        self, database: Database, is_anybody_here: Callable[[], bool] = lambda: True
    ) -> None:
        self._database = database
        self._is_anybody_here = is_anybody_here
        with database.read() as unit:
            newest = unit.session.scalar(select(func.max(Fact.id))) or 0
            self._heard = set(unit.session.scalars(select(Fact.id)))
        self._marks: deque[tuple[float, int]] = deque([(time.monotonic(), newest)])

    def look(self) -> int:
        """Tell the listeners of this process what is new; returns how much that was.

        A fact that cannot be read takes no other with it: while the database is away it is asked
        for again at the next look, and what nobody can read is named in the log and left.
        """
        with self._database.look() as unit:
            there = [row[0] for row in _AFTER.rows(unit.session, floor=self._floor)]
        fresh = [one for one in there if one not in self._heard]
        rows = self._rows(fresh) if fresh else []
        others = [row for row in rows if row.origin != self._database.origin]
        self._heard.update(set(fresh) - {row.id for row in others})
        there_are = self._is_anybody_here()
        told = pieces(self._database.read, others, is_anybody_here=there_are)
        faults = [fault for piece in told if (fault := self._tell(piece))]
        if faults:
            raise faults[0]
        self._move_on(there)
        return len(rows)

    def _tell(self, piece: Piece) -> Exception | None:
        """Tell it; the fault because of which it has to be told later."""
        try:
            for fact in piece.read():
                self._database.hear(fact)
        except Exception as error:
            if is_outage(error):
                return error
            log.error("fact cannot be read name=%s kind=%s", piece.name, type(error).__name__)
        self._heard.update(piece.ids)
        return None

    def _rows(self, ids: list[int]) -> list[Fact]:
        with self._database.read() as unit:
            wanted = select(Fact).where(Fact.id.in_(ids)).order_by(Fact.id)
            return list(unit.session.scalars(wanted))

    @property
    def _floor(self) -> int:
        return self._marks[0][1]

    def _move_on(self, ids: list[int]) -> None:
        """Everything up to here is told: look back from here no further than need be."""
        now = time.monotonic()
        self._marks.append((now, max([*ids[-1:], self._marks[-1][1]])))
        while len(self._marks) > 1 and self._marks[1][0] < now - LATEST_SECONDS:
            self._marks.popleft()
        self._heard = {one for one in self._heard if one > self._floor}
