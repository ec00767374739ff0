"""Who comes into a group, and how."""

from support.base.errors import Conflict, Forbidden
from support.groups.rules.words import Belonging, Policy


def after_asking(policy: Policy, now: Belonging | None) -> Belonging:
    """What asking to join makes of a person; Forbidden says why it makes nothing."""
    if now is Belonging.REMOVED:
        raise Forbidden("You were taken out of this group. You can ask a moderator why.")
    if now is Belonging.MEMBER or now is Belonging.INVITED or policy is Policy.OPEN:
        return Belonging.MEMBER
    if policy is Policy.REQUEST:
        return Belonging.REQUESTED
    raise Forbidden("This group is by invitation. A host has to invite you first.")


def check_may_take_part(policy: Policy, now: Belonging | None) -> None:
    """A seat is for members; an open group is joined by taking one."""
    if now is Belonging.MEMBER:
        return
    if now is Belonging.REMOVED:
        raise Forbidden("You were taken out of this group. You can ask a moderator why.")
    if policy is not Policy.OPEN and now is not Belonging.INVITED:
        raise Forbidden("This meeting is for the group's members. You can ask to join the group.")


def check_may_leave(*, is_host: bool) -> None:
    """A host who left would leave meetings without anybody in the chair."""
    if is_host:
        raise Conflict("You host this group. Hand it to another host first.")


def check_may_decide(*, is_host: bool, is_staff: bool) -> None:
    """Hosts say who comes in; moderators may too."""
    if not (is_host or is_staff):
        raise Forbidden("Only the group's hosts can do this.")


def check_is_waiting(now: Belonging | None) -> None:
    """A request can be answered once."""
    if now is not Belonging.REQUESTED:
        raise Conflict("This request was already answered.")
