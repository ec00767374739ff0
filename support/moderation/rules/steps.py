"""Who may become a moderator, and whose names must stand under it."""

from support.base.actor import Role
from support.base.errors import Conflict, Forbidden


def check_may_promote(role: Role, *, admin_signs: bool, is_asking: bool) -> None:
    """A member or mentor can be made moderator; one of the two who sign is an admin."""
    if role in (Role.MODERATOR, Role.ADMIN):
        raise Conflict("They are a moderator already.")
    if not is_asking and not admin_signs:
        raise Forbidden("One of the two who sign has to be an admin.")
