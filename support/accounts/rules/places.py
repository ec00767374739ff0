"""Which countries and time zones there are, and a guess at a stranger's country."""

from functools import cache
from importlib.resources import files
from zoneinfo import available_timezones

from babel import Locale

# What CLDR lists beside ISO 3166-1: groups of countries, test codes, unofficial codes.
_NOT_COUNTRIES = frozenset(
    (
        *("AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC"),
        *("QO", "TA", "UN", "XA", "XB", "XK", "ZZ"),
    )
)
_CODE_LENGTH = 2


@cache
def countries() -> frozenset[str]:
    """The codes of ISO 3166-1 alpha-2."""
    codes = {str(code) for code in Locale("en").territories} - _NOT_COUNTRIES
    return frozenset(code for code in codes if len(code) == _CODE_LENGTH and code.isalpha())


@cache
def _known_zones() -> frozenset[str]:
    return frozenset(available_timezones())


@cache
def timezones() -> tuple[str, ...]:
    """The zones people may pick, by name; the old aliases without a region are left out."""
    skip = ("Etc/", "US/", "Canada/", "Brazil/", "Mexico/", "Chile/", "posix/", "right/")
    return (*sorted(z for z in _known_zones() if "/" in z and not z.startswith(skip)), "UTC")


def is_country(code: str) -> bool:
    """Whether this is a country of ISO 3166-1."""
    return code in countries()


def is_timezone(name: str) -> bool:
    """Whether the zone database knows this zone."""
    return name in _known_zones()


def guess_country(languages: list[str]) -> str:
    """The first country named in a browser's languages ("pt-BR"), or nothing."""
    for language in languages:
        region = language.replace("_", "-").split("-")[-1].upper()
        if "-" in language.replace("_", "-") and is_country(region):
            return region
    return ""


@cache
def _zones_of_countries() -> dict[str, str]:
    table = files("tzdata.zoneinfo").joinpath("zone.tab").read_text(encoding="utf-8")
    found: dict[str, str] = {}
    for line in table.splitlines():
        if not line.startswith("#"):
            country, _, zone = line.split("\t")[:3]
            found.setdefault(country, zone)
    return found


def guess_timezone(country: str) -> str:
    """The zone listed first for a country, or UTC: only a guess, and marked as one."""
    return _zones_of_countries().get(country, "UTC")
