"""The few ways a request can be turned down. Doors translate them; nothing else catches them."""

from typing import ClassVar


class Declined(Exception):
    """The request was understood and is not going to happen; `message` tells the person why."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "bad_request"

    def __init__(
        self,
        message: str,
        *,
        fields: dict[str, str] | None = None,
        retry_after: int | None = None,
        **params: str | int,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.fields = fields or {}
        self.retry_after = retry_after
        self.params = params


class Invalid(Declined):
    """What was sent cannot be read or breaks a rule of its form."""


class Unreadable(Invalid):
    """Not even its shape is one that a page of ours sends; people's own mistakes are `Invalid`."""


class SignInNeeded(Declined):
    """Nobody is signed in, or the session has ended."""

    status, code = 401, "sign_in_needed"


class Forbidden(Declined):
    """This person may not do this."""

    status, code = 403, "forbidden"


class Banned(Declined):
    """The person is banned, suspended, or was removed from this room."""

    status, code = 403, "banned"


class Muted(Declined):
    """The person may read but not write for now."""

    status, code = 403, "muted"


class Locked(Declined):
    """Nobody but hosts may write here for now."""

    status, code = 403, "locked"


class NotFound(Declined):
    """It is not there, or this person may not know that it is."""

    status, code = 404, "not_found"


class Conflict(Declined):
    """Somebody else was first, or things have moved on."""

    status, code = 409, "conflict"


class Ended(Declined):
    """The meeting, room or case is over."""

    status, code = 409, "ended"


class TooLong(Declined):
    """More was sent than is taken."""

    status, code = 413, "too_long"


class SlowMode(Declined):
    """The room is slowed down; `retry_after` says for how many seconds."""

    status, code = 429, "slow_mode"


class RateLimited(Declined):
    """Too many tries; `retry_after` says for how many seconds to wait."""

    status, code = 429, "rate_limited"


class Unavailable(Declined):
    """The house has a fault of its own: the database is away, full or locked."""

    status, code = 503, "server_error"
