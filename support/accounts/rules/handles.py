"""Which names a person may go by: one script, no impostors, nothing that finds them outside."""

import hashlib
import unicodedata

from support.base.text import skeleton

NOT_FREE = "This name is not free. Please pick another one."
_LENGTH = "Please use 2 to 30 characters."
_CHARACTERS = "Please use only letters, digits and these signs: _ - . '"
_EDGES = "Please begin and end with a letter or a digit, and use at least one letter."
_ONE_SCRIPT = "Please keep to the letters of one alphabet."
_MAIL = "This looks like an e-mail address. Pick a made-up name, so nobody can find you by it."
_PHONE = "This looks like a phone number. Pick a made-up name, so nobody can find you by it."

WORDS_FOR_OFFERS = (
    ("quiet", "slow", "soft", "calm", "early", "late", "small", "kind", "still", "warm"),
    ("moss", "fern", "wren", "rowan", "heron", "birch", "tide", "pebble", "cloud", "robin"),
)

SHORTEST, LONGEST = 2, 30
_SIGNS = "_-.'"
_MAIL_WORDS = ("@", "gmail", "hotmail", "outlook", "yahoo", "icloud", "protonmail")
_MAIL_ENDS = (
    *(".com", ".net", ".org", ".info", ".io", ".eu", ".us", ".uk", ".ca", ".au"),
    *(".de", ".fr", ".pt", ".es", ".it", ".nl", ".be", ".ch", ".at", ".br"),
)
_PHONE_DIGITS = 7
_TOGETHER = ({"HIRAGANA", "KATAKANA", "CJK"}, {"HANGUL", "CJK"})

# Words that only the house may use. Long ones are refused inside a name too ("theadmin7").
_WORDS = (
    *("admin", "administrator", "sysadmin", "root", "system", "operator", "owner", "official"),
    *("mod", "mods", "moderator", "moderators", "moderation", "staff", "team", "crew"),
    *("support", "help", "helper", "helpnow", "helpline", "hotline", "crisis", "emergency"),
    *("mentor", "mentors", "host", "cohost", "responder", "handrail", "security", "abuse"),
    *("doctor", "dr", "nurse", "therapist", "counsellor", "counselor", "pharmacist", "pharmacy"),
    *("everyone", "everybody", "nobody", "anonymous", "deleted", "erased", "removed", "left"),
    *("bot", "me", "you", "postmaster", "webmaster", "hostmaster", "null", "undefined"),
)
_ANYWHERE = ("admin", "moderator", "handrail", "official", "helpline", "sysadmin", "responder")
_DIGIT_LETTERS = str.maketrans("0134578@$|", "oleastbasl")


def tidy_handle(handle: str) -> str:
    """The handle as it is kept: one form of every letter, a plain apostrophe."""
    return unicodedata.normalize("NFKC", handle.replace("\u2019", "'")).strip()


def handle_key(handle: str) -> str:
    """One key for all names that look alike; signs between the letters do not make a new name."""
    return skeleton("".join(c for c in tidy_handle(handle) if c not in _SIGNS and not c.isspace()))


def plain_key(handle: str) -> str:
    """The key of a name that staff gave although a look-alike was there already."""
    return "=" + tidy_handle(handle).casefold()


def gone_key(handle: str) -> str:
    """The key of an erased person: the name itself is gone, but nobody can take their place."""
    return "gone:" + hashlib.sha256(handle_key(handle).encode()).hexdigest()


def lookup_keys(handle: str) -> tuple[str, str]:
    """The keys a typed name may stand under, the exact one first."""
    return plain_key(handle), handle_key(handle)


def is_reserved(handle: str) -> bool:
    """Whether the name looks like the house, its staff or a clinician, in any lettering."""
    looks = [tidy_handle(handle).casefold(), _without_signs(handle)]
    folded = {_bare(part) for look in looks for part in _parts(look)}
    folded |= {_bare(part.translate(_DIGIT_LETTERS)) for look in looks for part in _parts(look)}
    if folded & _RESERVED:
        return True
    whole = _bare(_without_signs(handle).translate(_DIGIT_LETTERS))
    return any(word in whole for word in _RESERVED_ANYWHERE)


def handle_problem(handle: str) -> str | None:
    """Why a person may not choose this name, as a sentence for them; None if it is fine."""
    folded = handle.casefold()
    if any(word in folded for word in _MAIL_WORDS) or folded.endswith(_MAIL_ENDS):
        return _MAIL
    if _longest_run_of_digits(handle) >= _PHONE_DIGITS:
        return _PHONE
    if not SHORTEST <= len(handle) <= LONGEST:
        return _LENGTH
    return _letters_problem(handle) or (NOT_FREE if is_reserved(handle) else None)


def _letters_problem(handle: str) -> str | None:
    letters = [c for c in handle if unicodedata.category(c) in {"Lu", "Ll", "Lo", "Lt"}]
    marks = [c for c in handle if unicodedata.category(c) in {"Mn", "Mc"}]
    others = [c for c in handle if c not in letters and c not in marks]
    if not all(c in _SIGNS or (c.isascii() and c.isdigit()) for c in others):
        return _CHARACTERS
    scripts = {_script(c) for c in letters + marks}
    if "COMBINING" in scripts:
        return _CHARACTERS
    if not letters or handle[0] in (*_SIGNS, *marks) or handle[-1] in _SIGNS:
        return _EDGES
    if len(scripts) > 1 and not any(scripts <= set(family) for family in _TOGETHER):
        return _ONE_SCRIPT
    return None


def _longest_run_of_digits(handle: str) -> int:
    longest = run = 0
    for character in handle:
        if character not in _SIGNS and not character.isspace() and character not in "+()/":
            run = run + 1 if character.isdigit() else 0
            longest = max(longest, run)
    return longest


def _script(character: str) -> str:
    return unicodedata.name(character, "UNKNOWN").split()[0].split("-")[0]


def _without_signs(handle: str) -> str:
    return "".join(c for c in tidy_handle(handle).casefold() if c not in _SIGNS)


def _parts(look: str) -> list[str]:
    for sign in _SIGNS:
        look = look.replace(sign, " ")
    return [part.strip("0123456789") for part in look.split()] + look.split()


def _bare(part: str) -> str:
    """Skeleton with doubled letters made single, so that `adminn` and `moderat0r` are caught."""
    bare = skeleton(part)
    return "".join(c for i, c in enumerate(bare) if i == 0 or bare[i - 1] != c)


_RESERVED = frozenset(_bare(word) for word in _WORDS)
_RESERVED_ANYWHERE = tuple(_bare(word) for word in _ANYWHERE)
