"""Facts that every process must hear: how each crosses, and the rows that keep it from being lost.

A fact marked here is heard by the listeners of its type in every process, whoever announced it.
A kept one is a row written in the transaction that makes it true: the queue is only how it becomes
known quickly, the row is how it becomes known for certain, also when a process is killed between.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import BigInteger, Integer, delete, insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from support.db.session import Unit
from support.db.tables import Base

F = TypeVar("F", bound=type)
Looking = Callable[[], AbstractContextManager[Unit]]
KEPT_FOR = timedelta(minutes=10)
MOST_TOGETHER = 200


class Fact(Base):
    """One fact on its way to the other processes; ids and codes, gone after ten minutes."""

    __tablename__ = "fact"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    at: Mapped[datetime] = mapped_column(index=True)
    origin: Mapped[str]
    name: Mapped[str]
    body: Mapped[dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """How facts of one type cross; `small` is how they cross where there is little room.

    With `gather` only what they are about crosses, and how it stands is read on the other side:
    many are one row and one reading, also when a thousand came true in one second. Such facts are
    for open pages alone: where nobody has one open, nothing is read.
    """

    name: str
    pack: Callable[[Any], dict[str, Any]]
    unpack: Callable[[Looking, dict[str, Any]], object | None] = lambda _looking, _body: None
    small: Callable[[Any], dict[str, Any]] | None = None
    kept: bool = True
    gather: Callable[[Looking, Sequence[dict[str, Any]]], Iterable[object]] | None = None


CROSSINGS: dict[type, Crossing] = {}
NAMED: dict[str, Crossing] = {}


def crosses(fact: type, crossing: Crossing) -> None:
    """Facts of this type are heard in every process."""
    CROSSINGS[fact] = NAMED[crossing.name] = crossing


def everywhere(fact: F) -> F:
    """Mark a flat fact (texts, numbers, tuples of them): kept, and heard in every process."""
    crosses(fact, _plain(fact, kept=True))
    return fact


def in_passing(fact: F) -> F:
    """Mark a flat fact that is worth nothing a second later: heard in every process, not kept."""
    crosses(fact, _plain(fact, kept=False))
    return fact


def _plain(fact: type, *, kept: bool) -> Crossing:
    names = [field.name for field in fields(fact)]

    def pack(told: object) -> dict[str, Any]:
        return {name: getattr(told, name) for name in names}

    def unpack(_looking: Looking, body: dict[str, Any]) -> object:
        return fact(**{name: _as_was(body[name]) for name in names})

    return Crossing(name=fact.__name__, pack=pack, unpack=unpack, kept=kept)


def _as_was(value: Any) -> Any:
    """JSON knows no tuples; facts hold no lists."""
    return tuple(value) if isinstance(value, list) else value


def unpacked(looking: Looking, name: str, body: dict[str, Any]) -> object | None:
    """The fact as listeners know it; None for what is unknown here or no longer true."""
    crossing = NAMED.get(name)
    return crossing.unpack(looking, body) if crossing else None


@dataclass(frozen=True, slots=True)
class Piece:
    """Rows that are told together, and how what they tell is read."""

    name: str
    ids: tuple[int, ...]
    read: Callable[[], Iterable[object | None]]


def pieces(looking: Looking, rows: Sequence[Fact], *, is_anybody_here: bool = True) -> list[Piece]:
    """What these rows tell: what stands in them first, then what has to be read, once each."""
    together: dict[str, list[Fact]] = {}
    found = []
    for row in rows:
        crossing = NAMED.get(row.name)
        if crossing and crossing.gather:
            together.setdefault(row.name, []).append(row)
        else:
            found.append(Piece(row.name, (row.id,), partial(_alone, looking, row)))
    for name, some in together.items():
        ids = tuple(row.id for row in some)
        read = partial(_gathered, looking, name, some) if is_anybody_here else tuple
        found.append(Piece(name, ids, read))
    return found


def _alone(looking: Looking, row: Fact) -> Iterable[object | None]:
    yield unpacked(looking, row.name, row.body)


def _gathered(looking: Looking, name: str, rows: Sequence[Fact]) -> Iterable[object | None]:
    bodies = [body for row in rows for body in row.body.get("all", [row.body])]
    if gather := NAMED[name].gather:
        for some in _in_parts(_each_once(bodies)):
            yield from gather(looking, some)


def keep(session: Session, origin: str, now: datetime, announced: Sequence[object]) -> None:
    """Write down, in the same transaction, what the other processes must hear."""
    found: list[tuple[str, dict[str, Any]]] = []
    together: dict[str, list[dict[str, Any]]] = {}
    for fact in announced:
        crossing = CROSSINGS.get(type(fact))
        if crossing is None or not crossing.kept:
            continue
        if crossing.gather:
            together.setdefault(crossing.name, []).append(crossing.pack(fact))
        else:
            found.append((crossing.name, crossing.pack(fact)))
    for name, bodies in together.items():
        found += [(name, {"all": some}) for some in _in_parts(_each_once(bodies))]
    if found:
        rows = [{"at": now, "origin": origin, "name": name, "body": body} for name, body in found]
        session.execute(insert(Fact), rows)


def any_kept(announced: Sequence[object]) -> bool:
    """Whether any of this is written down for the other processes."""
    found = (CROSSINGS.get(type(fact)) for fact in announced)
    return any(crossing is not None and crossing.kept for crossing in found)


def _each_once(bodies: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """What is told twice is read once."""
    return list({repr(body): body for body in bodies}.values())


def _in_parts(bodies: Sequence[dict[str, Any]]) -> Iterable[Sequence[dict[str, Any]]]:
    return (bodies[at : at + MOST_TOGETHER] for at in range(0, len(bodies), MOST_TOGETHER))


def forget_old(unit: Unit) -> None:
    """Every process has heard these long ago."""
    unit.session.execute(delete(Fact).where(Fact.at < unit.now - KEPT_FOR))
