"""Keep passphrases as argon2id hashes, and other secrets as SHA-256 of many random bits."""

import hashlib
import hmac
import secrets
import unicodedata

from argon2 import PasswordHasher as Argon2
from argon2 import Type
from argon2.exceptions import InvalidHashError, VerificationError

_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
_GROUPS, _GROUP = 5, 5


class PasswordHasher:
    """argon2id; the cost is an argument so that whoever builds the app decides it."""

    def __init__(self, *, passes: int = 2, memory_kib: int = 19_456) -> None:
        self._argon2 = Argon2(time_cost=passes, memory_cost=memory_kib, parallelism=1, type=Type.ID)
        self._nobody = self._argon2.hash(secrets.token_hex())

    def hash(self, passphrase: str) -> str:
        """A salted hash to keep; the same words typed on another keyboard give the same one."""
        return self._argon2.hash(_normal(passphrase))

    def verify(self, passphrase: str, kept: str | None) -> bool:
        """Whether the words fit; with nothing kept, the same time is spent and they never do."""
        try:
            return self._argon2.verify(kept or self._nobody, _normal(passphrase)) and bool(kept)
        except (VerificationError, InvalidHashError):
            return False

    def is_outdated(self, kept: str) -> bool:
        """Whether a hash was made at another cost than today's."""
        return self._argon2.check_needs_rehash(kept)


def _normal(passphrase: str) -> bytes:
    return unicodedata.normalize("NFKC", passphrase).encode("utf-8", "surrogatepass")


def digest(token: str) -> str:
    """The form in which a random token or code is kept: it cannot be used, only compared."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_code() -> str:
    """A recovery code of over 120 random bits, in letters that are hard to mistake."""
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


def code_digest(code: str) -> str:
    """A code's digest, however it was spaced, cased or copied from paper."""
    return digest("".join(c for c in code.upper() if c.isalnum()))


def same(first: str, second: str) -> bool:
    """Compare two digests in a time that tells nothing."""
    return hmac.compare_digest(first.encode(), second.encode())
