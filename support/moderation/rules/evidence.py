"""Sealed evidence: how long it is kept, what its hash covers, and who may open it."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from support.base.errors import Forbidden

KEPT_AFTER = timedelta(days=90)
OPEN_FOR = timedelta(hours=24)
SIGN_WITHIN = timedelta(hours=24)


class Step(StrEnum):
    """The grave steps, beside sanctions, that take two people."""

    UNSEAL = "unseal"
    ERASE = "erase_evidence"
    MAKE_MODERATOR = "make_moderator"


class StepState(StrEnum):
    """Waiting for the second signature, agreed, refused, or nobody signed in time."""

    PENDING = "pending"
    AGREED = "agreed"
    REFUSED = "refused"
    LAPSED = "lapsed"


def place_of(evidence_id: str, place: int, author_id: str) -> str:
    """What a sealed line is bound to: moved to another seal, place or author it does not open."""
    return f"{evidence_id}:{place}:{author_id}"


def line_hash(bound: str, said_at: datetime, sealed: bytes) -> str:
    """The hash of one sealed line."""
    return _hash([bound, said_at.isoformat(), hashlib.sha256(sealed).hexdigest()])


def root_hash(
    about: tuple[str, str, str], taken_at: datetime, key: tuple[str, str], lines: Sequence[str]
) -> str:
    """The hash of a whole seal: (its id, item, author), (key, mark), and every line's hash."""
    return _hash([*about, taken_at.isoformat(), *key, *lines])


def may_open(actor_id: str, signers: Sequence[str | None], until: datetime | None,
             now: datetime) -> bool:  # fmt: skip
    """The two who signed may read for a day; nobody else, and nobody later."""
    return until is not None and now < until and actor_id in signers


def check_may_open(*, may: bool) -> None:
    """Raise for anybody whom two signatures do not let in."""
    if not may:
        raise Forbidden("Two moderators have to agree before this is opened.")


def _hash(facts: list[str]) -> str:
    return hashlib.sha256(json.dumps(facts, separators=(",", ":")).encode()).hexdigest()
