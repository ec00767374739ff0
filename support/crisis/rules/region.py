"""Guess a country from what a browser says, and never from less than that."""

import re
from collections.abc import Collection

# Languages spoken nearly only in one country; others say nothing about where somebody is.
_HOMES = {
    "bg": "BG", "cs": "CZ", "da": "DK", "et": "EE", "fi": "FI", "he": "IL", "hu": "HU", "is": "IS",
    "ja": "JP", "ko": "KR", "lt": "LT", "lv": "LV", "nb": "NO", "nn": "NO", "no": "NO", "pl": "PL",
    "sk": "SK", "sl": "SI", "th": "TH", "uk": "UA", "vi": "VN",
}  # fmt: skip
_TAG = re.compile(r"([a-zA-Z]{2,3})(?:-[a-zA-Z]{4})?(?:-([a-zA-Z]{2}))?(?:-[a-zA-Z0-9]+)*")


def chosen_country(text: str | None, known: Collection[str]) -> str | None:
    """A two-letter code that the directory knows, or None."""
    code = (text or "").strip().upper()
    return code if code in known else None


def region_of_browser(header: str | None, known: Collection[str]) -> str | None:
    """The country of the browser's first language that names one."""
    for tag in _by_preference(header or ""):
        match = _TAG.fullmatch(tag)
        if match is None:
            continue
        language, region = match.group(1).lower(), (match.group(2) or "").upper()
        code = region or _HOMES.get(language, "")
        if code in known:
            return code
    return None


def _by_preference(header: str) -> list[str]:
    weighed = []
    for place, part in enumerate(header[:500].split(",")):
        tag, _, weight = part.strip().partition(";q=")
        weighed.append((-_weight(weight), place, tag.strip()))
    return [tag for weight, _, tag in sorted(weighed) if weight < 0]


def _weight(text: str) -> float:
    if not text:
        return 1.0
    return float(text) if re.fullmatch(r"[01](\.[0-9]{1,3})?", text) else 0.0
