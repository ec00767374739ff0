"""Which passphrases are too easy to guess."""

import unicodedata

SHORTEST, LONGEST = 10, 1000
_COMMON = frozenset(
    {
        *("password", "passwort", "passphrase", "letmein", "welcome", "iloveyou", "qwerty"),
        *("admin", "user", "login", "master", "access"),
        *("qwertyuiop", "qwertzuiop", "azertyuiop", "asdfghjkl", "zxcvbnm", "changeme"),
        *("1q2w3e4r5t", "q1w2e3r4t5", "1qaz2wsx3edc", "trustno", "sunshine", "football"),
        *("superman", "handrail", "benzodiazepine", "diazepam", "valium", "xanax", "klonopin"),
        *("correcthorsebatterystaple", "monkey", "dragon", "baseball", "michael", "hello"),
    }
)
_RUNS = ("01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "98765432109876543210")
_FEW = 4


def is_like_passphrase(first: str, second: str) -> bool:
    """Whether two texts are the same but for case, spaces and signs."""
    return _letters(first) == _letters(second)


def passphrase_problem(passphrase: str, handle: str) -> str | None:
    """Why this passphrase is too weak, as a sentence; None if it will do."""
    if len(passphrase) < SHORTEST:
        return "Please use at least 10 characters. Four plain words work well."
    if len(passphrase) > LONGEST:
        return "Please use at most 1000 characters."
    letters = _letters(passphrase)
    if letters in {"", _letters(handle)} or _letters(handle) * 2 == letters:
        return "Please do not use your name as the passphrase."
    if _is_common(letters) or len(set(passphrase)) <= _FEW:
        return "Many people use this one, so it is easy to guess. Please pick another."
    return None


def _letters(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in folded if c.isalnum())


def _is_common(letters: str) -> bool:
    if any(letters in run for run in _RUNS):
        return True
    bare = letters.strip("0123456789")
    half = bare[: len(bare) // 2]
    return letters in _COMMON or bare in _COMMON or (half * 2 == bare and half in _COMMON)
