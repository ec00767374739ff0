"""Where to go next: only to a path of our own."""

import re

_OWN = re.compile(r"/(?!/)[A-Za-z0-9_/?=&.-]*\Z")


def own_path(asked: object, otherwise: str) -> str:
    """`asked` if it is a path of this site, else `otherwise`."""
    return asked if isinstance(asked, str) and _OWN.match(asked) else otherwise
