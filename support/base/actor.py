"""Who is acting, as one immutable fact sheet loaded afresh for every request and socket event."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

NEWCOMER_AGE = timedelta(hours=24)
NEWCOMER_MESSAGES = 5


class Role(StrEnum):
    MEMBER = "member"
    MENTOR = "mentor"
    MODERATOR = "moderator"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A person as the database knows them now, not as their cookie remembers them."""

    id: str
    handle: str
    role: Role
    country: str
    timezone: str
    created_at: datetime
    session_id: str | None = None
    shown_messages: int = 0
    muted_until: datetime | None = None
    on_rota: bool = False

    @property
    def is_admin(self) -> bool:
        """An admin is a moderator who also runs the site."""
        return self.role is Role.ADMIN

    @property
    def is_staff(self) -> bool:
        """Moderators and admins."""
        return self.role in (Role.MODERATOR, Role.ADMIN)

    @property
    def is_responder(self) -> bool:
        """All staff, and mentors whom an admin put on the crisis rota."""
        return self.is_staff or self.on_rota

    def is_newcomer(self, now: datetime) -> bool:
        """Under 24 hours old and fewer than 5 shown messages."""
        return now - self.created_at < NEWCOMER_AGE and self.shown_messages < NEWCOMER_MESSAGES

    def said(self, messages: int) -> "Actor":
        """The same person as they were when so many messages of theirs had been shown."""
        return replace(self, shown_messages=messages)
