"""Who may be asked to lead when a host is missing."""

from support.base.actor import Actor, Role
from support.base.errors import Conflict, Forbidden
from support.groups.rules.words import Belonging, Policy

MAY_LEAD = (Role.MENTOR, Role.MODERATOR, Role.ADMIN)


def check_may_stand_by(
    actor: Actor, policy: Policy, belonging: Belonging | None, *, is_host: bool
) -> None:
    """Mentors and the team stand by; in a closed group only those who are in it."""
    if is_host:
        raise Conflict("You host this group, so you are asked anyway.")
    if actor.role not in MAY_LEAD:
        raise Forbidden("Mentors stand by for hosts. You can apply to become one.")
    if belonging is Belonging.REMOVED:
        raise Forbidden("You were taken out of this group. You can ask a moderator why.")
    if policy is not Policy.OPEN and belonging is not Belonging.MEMBER:
        raise Forbidden("This group is for its members. You can ask to join it first.")
