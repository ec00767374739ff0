"""Who may sign in, for how long, and who may be given which role."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from support.base.actor import Role
from support.base.errors import Banned, Conflict

RULES_VERSION = 1
FOREVER = datetime(9999, 1, 1, tzinfo=UTC)

REMEMBERED_FOR = timedelta(days=30)
IDLE_FOR = timedelta(hours=12)
AT_MOST = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether a person is kept out now, until when (None: without end), and why."""

    kind: str | None
    until: datetime | None
    reason: str
    rule: str


def session_end(created_at: datetime, seen_at: datetime, *, remembered: bool) -> datetime:
    """A remembered session lives 30 days; another 12 hours from its last use, a week at most."""
    if remembered:
        return created_at + REMEMBERED_FOR
    return min(seen_at + IDLE_FOR, created_at + AT_MOST)


def measure_in_force(
    now: datetime,
    banned: tuple[datetime | None, datetime | None],
    suspended_until: datetime | None,
) -> tuple[str | None, datetime | None]:
    """Which measure keeps a person out now and until when; a ban (since, until) goes first."""
    since, until = banned
    if since is not None and (until is None or until > now):
        return "ban", until
    if suspended_until is not None and suspended_until > now:
        return "suspend", None if suspended_until >= FOREVER else suspended_until
    return None, None


def check_may_sign_in(standing: Standing) -> None:
    """Raise Banned, with the kind of measure, for a person who is kept out."""
    if standing.kind == "ban":
        raise Banned("You are banned from this place.")
    if standing.kind == "suspend":
        raise Banned("You cannot come in for a while.")


def check_may_lose(role: Role, admins: int) -> None:
    """The last admin stays, or nobody could run the site."""
    if role is Role.ADMIN and admins <= 1:
        raise Conflict("This is the last admin. Make another person admin first.")


def is_loss(role: Role, new: Role) -> bool:
    """Whether a change of role takes rights away; then every session ends."""
    ranks = list(Role)
    return ranks.index(new) < ranks.index(role)
