"""Who may sign in, for how long, and who may be given which role."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from support.base.actor import Role
from support.base.errors import Banned, Conflict

RULES_VERSION = 1
HOUSE_RULES = (
    "We share what we have lived. We do not give doses. Only your doctor can change your dose.",
    "We do not buy, sell, swap or give pills. We do not say where to get them.",
    "We are kind. We do not shame, push or preach.",
    "No real names, phone numbers, addresses or e-mails here. What is said here stays here.",
    "In danger? Press Help now. Call the emergency number first. A moderator is told too.",
    "Moderators read what is reported or held back. If they step in, they say why.",
)
FOREVER = datetime(9999, 1, 1, tzinfo=UTC)

REMEMBERED_FOR = timedelta(days=30)
IDLE_FOR = timedelta(hours=24)
AT_MOST = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether a person is kept out now, until when (None: without end), and why."""

    kind: str | None
    until: datetime | None
    reason: str
    rule: str
    account_id: str = ""


def session_end(created_at: datetime, seen_at: datetime, *, remembered: bool) -> datetime:
    """A remembered session lives 30 days; another a day from its last use, a week at most."""
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


class KeptOut(Banned):
    """A person with the right passphrase who is banned or suspended; `standing` says the rest."""

    def __init__(self, message: str, standing: Standing) -> None:
        super().__init__(message)
        self.standing = standing


def check_may_sign_in(standing: Standing) -> None:
    """Raise for a person who is kept out, with what they have a right to know."""
    if standing.kind == "ban":
        raise KeptOut("You are banned from this place.", standing)
    if standing.kind == "suspend":
        raise KeptOut("You cannot come in for a while.", standing)


def check_may_lose(role: Role, admins: int) -> None:
    """The last admin stays, or nobody could run the site."""
    if role is Role.ADMIN and admins <= 1:
        raise Conflict("This is the last admin. Make another person admin first.")


def may_stay_long(role: Role) -> bool:
    """Staff hold others' secrets: their sessions end with the day, however they ticked the box."""
    return role not in (Role.MODERATOR, Role.ADMIN)


def is_loss(role: Role, new: Role) -> bool:
    """Whether a change of role takes rights away; then every session ends."""
    ranks = list(Role)
    return ranks.index(new) < ranks.index(role)
