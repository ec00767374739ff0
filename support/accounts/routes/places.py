"""The lists of countries and time zones, in the reader's language, with a guess to start from."""

from functools import cache
from typing import Any

from babel import Locale
from flask_babel import get_locale, gettext

from support.accounts import rules
from support.accounts.routes.blueprint import languages
from support.base.text import fold


def place_choices() -> dict[str, Any]:
    """What the two selects offer, and what we guess from the browser's language."""
    country = rules.guess_country(languages())
    return {
        "countries": _countries(str(get_locale() or "en")),
        "timezones": [(zone, zone.replace("_", " ")) for zone in rules.timezones()],
        "house_rules": [gettext(line) for line in rules.HOUSE_RULES],
        "guess": {"country": country, "timezone": rules.guess_timezone(country)},
    }


@cache
def _countries(language: str) -> list[tuple[str, str]]:
    names = Locale.parse(language).territories
    named = [(code, str(names.get(code, code))) for code in rules.countries()]
    return sorted(named, key=lambda pair: fold(pair[1]))
