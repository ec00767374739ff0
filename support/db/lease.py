"""A name held by one process for a while, so that a job runs in one place; claimed, never kept."""

from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from support.db.insert import insert_new
from support.db.tables import Base
from support.db.unit import Unit


class Lease(Base):
    """Who does a job, and until when nobody else may."""

    __tablename__ = "lease"

    name: Mapped[str] = mapped_column(primary_key=True)
    holder: Mapped[str]
    until: Mapped[datetime]


def take(unit: Unit, name: str, holder: str, seconds: float, *, by_force: bool = False) -> bool:
    """Take or renew a lease; False while another process holds it, unless it is taken by force."""
    until = unit.now + timedelta(seconds=seconds)
    claimed = (
        update(Lease)
        .where(Lease.name == name)
        .values(holder=holder, until=until)
        .returning(Lease.name)
    )
    if not by_force:
        claimed = claimed.where(or_(Lease.holder == holder, Lease.until <= unit.now))
    if unit.session.scalar(claimed) is not None:
        return True
    return insert_new(unit, Lease, {"name": name, "holder": holder, "until": until})


def give_back(unit: Unit, name: str, holder: str) -> None:
    """Let others have it at once; a holder that ends without this is waited for."""
    unit.session.execute(delete(Lease).where(Lease.name == name, Lease.holder == holder))


def held_until(unit: Unit, name: str) -> datetime | None:
    """Until when a lease is held, by whomever; None if by nobody."""
    until = unit.session.scalar(select(Lease.until).where(Lease.name == name))
    return until if until is not None and until > unit.now else None
