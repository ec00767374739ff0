"""Up to where each serving process has looked a second time, so that a killed one loses nothing."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from support.db.tables import Base


class LookMark(Base):
    """One process: what was said before `looked_to` is done with; `beat_at` says that it lives."""

    __tablename__ = "look_mark"

    process: Mapped[str] = mapped_column(primary_key=True)
    looked_to: Mapped[datetime]
    beat_at: Mapped[datetime]
