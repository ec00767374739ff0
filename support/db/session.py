"""What an action sees of its transaction: a session, the time, and what to tell afterwards."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.orm import Session

DRIVER = "handrail.driver"  # where a session keeps its driver's cursor while a transaction lasts

BARE = "handrail.bare"  # set where there is no session, only its driver


class Driver(NamedTuple):
    """The driver's own cursor in the transaction of a session, and which words it understands."""

    dialect: Dialect
    cursor: Any


@dataclass(slots=True)
class Unit:
    """One transaction seen from an action: a session, the time, and what to tell afterwards."""

    session: Session
    now: datetime
    announced: list[object] = field(default_factory=list)

    def announce(self, fact: object) -> None:
        """Tell the outside world about `fact`, but only once it is really true."""
        self.announced.append(fact)

    @property
    def is_bare(self) -> bool:
        """Whether this is a quick look, which knows prepared statements alone."""
        return BARE in self.session.info

    def look_again(self) -> None:
        """In a read-only unit: drop the snapshot; the next query sees what is true now."""
        self.session.rollback()
        self.session.info.pop(DRIVER, None)
