"""The chain: each entry's hash covers its facts and the hash before it."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime

START = "0" * 64


def link(
    before: str,
    number: int,
    at: datetime,
    deed: tuple[str | None, str, str],
    detail: Mapping[str, object],
) -> str:
    """The hash of an entry whose deed is (actor id, verb, subject)."""
    facts = [before, number, at.isoformat(), *deed, dict(sorted(detail.items()))]
    text = json.dumps(facts, separators=(",", ":"), sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()
