"""Which domains moderators let through or block, and texts that are alike."""

import re
from enum import StrEnum

from support.base.errors import Invalid

_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}")
ALIKE = 0.5
_THREE = 3


class DomainKind(StrEnum):
    """Shown at once, or always held."""

    ALLOW = "allow"
    BLOCK = "block"


def as_domain(written: str) -> str:
    """The bare domain of what somebody typed or pasted; no path, no name before an @."""
    bare = written.strip().lower().removeprefix("https://").removeprefix("http://")
    bare = bare.split("/")[0].split("@")[-1].split(":")[0].removeprefix("www.").rstrip(".")
    if not _DOMAIN.fullmatch(bare):
        raise Invalid(
            "Please check what is marked.",
            fields={"domain": "Please give a domain, such as example.org."},
        )
    return bare


def alike(first: str, second: str) -> float:
    """How much two texts share, from 0 to 1: their runs of three letters, spaces left out."""
    one, other = _threes(first), _threes(second)
    if not one or not other:
        return 0.0
    return len(one & other) / len(one | other)


def _threes(text: str) -> frozenset[str]:
    plain = re.sub(r"[\W_]+", "", text.casefold())
    return frozenset(plain[at : at + _THREE] for at in range(len(plain) - _THREE + 1))
