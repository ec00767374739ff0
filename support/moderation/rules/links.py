"""Links and e-mail addresses in what people type, told apart by what their domain says."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_LINK = re.compile(r"(https?://)?(?:[^/@\s]*@)?((?:[a-z0-9_-]+\.)+)([a-z]{2,24})(:\d+)?([/?#].*)?")
_EMAIL = re.compile(r"(?:mailto:)?[a-z0-9._%+-]+@(?:[a-z0-9-]+\.)+[a-z]{2,24}")
_SITE_PATH = re.compile(r"/[a-z][a-z0-9_/-]*")
_DOT_INSIDE = re.compile(r"\.\S")  # most words have none: their full stops end them
LONGEST_HOST, MOST_HOSTS = 253, 50
_EDGES = "\"'([{<*_~)]}>.,!?;:"
EMAIL, GOOD, OTHER, OWN_PATH = "emailx", "urlgood", "urlx", "sitepath"


@dataclass(frozen=True, slots=True)
class Links:
    """What a rule set knows of domains: endings, public bodies, and telling words."""

    endings: frozenset[str]
    doubtful_endings: frozenset[str]
    public: frozenset[str]
    kinds: tuple[tuple[str, tuple[str, ...]], ...]

    def word_for(self, piece: str) -> str | None:
        """The word a link or address is read as; nothing for other pieces."""
        if "." not in piece and not piece.startswith("/"):
            return None
        if _SITE_PATH.fullmatch(piece):
            return OWN_PATH
        if "@" in piece and _EMAIL.fullmatch(piece):
            return EMAIL
        domain = self.domain(piece)
        if domain is None:
            return None
        if self._belongs(domain, self.public):
            return GOOD
        for kind, telling in self.kinds:
            if any(word in piece for word in telling):
                return kind
        return OTHER

    def domain(self, piece: str) -> str | None:
        """The domain a piece of text leads to, if it is a link."""
        link = _LINK.fullmatch(piece)
        if link is None:
            return None
        sure = bool(link[1] or link[5] or piece.startswith("www."))
        if link[3] not in self.endings and not link[1]:
            return None
        if link[3] in self.doubtful_endings and not sure:
            return None
        return f"{link[2]}{link[3]}".removeprefix("www.")

    def unlisted(self, text: str, allowed: Iterable[str]) -> list[tuple[int, int]]:
        """Where links stand whose domain is not on the operator's list."""
        if not _DOT_INSIDE.search(text) or not any(map(self._may_lead, text.split())):
            return []
        listed = frozenset(domain.lower().removeprefix("www.") for domain in allowed)
        found = []
        for match in re.finditer(r"\S+", text):
            if "." not in match[0]:
                continue
            piece = match[0].lower().strip(_EDGES)
            domain = self.domain(piece) if "." in piece else None
            if domain and not self._belongs(domain, listed) and not _EMAIL.fullmatch(piece):
                found.append(match.span())
        return found

    def _may_lead(self, word: str) -> bool:
        """Whether a typed word is a link; most words are told apart by having no dot inside."""
        if "." not in word:
            return False
        piece = word.lower().strip(_EDGES)
        return "." in piece and self.domain(piece) is not None

    @staticmethod
    def _belongs(domain: str, known: frozenset[str]) -> bool:
        parts = domain.split(".")
        return any(".".join(parts[at:]) in known for at in range(len(parts)))


def hosts_in(text: str) -> tuple[str, ...]:
    """Everything in a text that may lead somewhere, whatever rules call a link today.

    It is what words are found again by: whoever asks looks at them once more with the live rules.
    """
    if not _DOT_INSIDE.search(text):
        return ()
    found: dict[str, None] = {}
    for match in re.finditer(r"\S+", text):
        piece = match[0].lower().strip(_EDGES)
        link = None if _EMAIL.fullmatch(piece) else _LINK.fullmatch(piece)
        host = f"{link[2]}{link[3]}".removeprefix("www.") if link else ""
        if host and len(host) <= LONGEST_HOST:
            found[host] = None
    return tuple(found)[:MOST_HOSTS]
