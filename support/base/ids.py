"""Opaque names for things: nothing can be guessed from them."""

import secrets


def new_id() -> str:
    """A fresh identifier of 80 random bits, 20 hex characters."""
    return secrets.token_hex(10)


def new_token() -> str:
    """A fresh secret of 256 random bits, 43 url-safe characters."""
    return secrets.token_urlsafe(32)
