"""Seal words so that only this house can open them: AES-GCM, with a key for each purpose."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_KEY_BYTES, _NONCE_BYTES, _ID_CHARS = 32, 12, 12


class CannotOpen(ValueError):
    """The seal was made with another key, or somebody changed it or moved it elsewhere."""


@dataclass(frozen=True, slots=True, repr=False)
class Sealer:
    """One purpose's key; `bound` ties a seal to its place, so that it opens nowhere else."""

    key: bytes

    @property
    def id(self) -> str:
        """Names the key without telling it."""
        return hashlib.sha256(b"id" + self.key).hexdigest()[:_ID_CHARS]

    def seal(self, words: str, bound: str) -> bytes:
        """The words, closed."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + AESGCM(self.key).encrypt(nonce, words.encode(), bound.encode())

    def open(self, sealed: bytes, bound: str) -> str:
        """The words again; raises CannotOpen for anything that is not exactly as it was sealed."""
        nonce, rest = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            return AESGCM(self.key).decrypt(nonce, rest, bound.encode()).decode()
        except (InvalidTag, ValueError) as wrong:
            raise CannotOpen("This seal cannot be opened.") from wrong

    def mark(self, words: str) -> str:
        """The same words always have the same mark; without the key nobody can guess from it."""
        return hmac.new(self.key, words.encode(), hashlib.sha256).hexdigest()


def sealer_for(secret: str, purpose: str) -> Sealer:
    """The key of one purpose, derived from the secret of the house."""
    made = HKDF(SHA256(), _KEY_BYTES, salt=None, info=b"handrail " + purpose.encode())
    return Sealer(made.derive(secret.encode()))
