"""Time zones from the packaged database, and how a wall-clock time becomes an instant.

Written down once: a time that does not exist (clocks go forward) is taken later, a time that
exists twice (clocks go back) is taken first. Only IANA names are zones; "BST" is two of them.
"""

from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

_DATA = files("tzdata")


@cache
def zone_names() -> frozenset[str]:
    """Every name we accept: places and UTC. Capitals alone (EST, CET) are abbreviations."""
    names = _DATA.joinpath("zones").read_text(encoding="ascii").split()
    places = {name for name in names if "/" in name or not name.isupper()}
    return frozenset(places - {"Factory"} | {"UTC", "GMT"})


def is_zone(name: str) -> bool:
    """Whether `name` is an IANA zone and not an abbreviation."""
    return name in zone_names()


def zone_file(name: str) -> bytes:
    """The zone's own record, whose last line tells its rule for the years to come."""
    if not is_zone(name):
        raise ValueError(f"{name[:40]} is not a time zone")
    return _DATA.joinpath("zoneinfo", *name.split("/")).read_bytes()


@cache
def zone(name: str) -> ZoneInfo:
    """The zone by its IANA name, from the package and not from the machine."""
    if not is_zone(name):
        raise ValueError(f"{name[:40]} is not a time zone")
    with _DATA.joinpath("zoneinfo", *name.split("/")).open("rb") as record:
        return ZoneInfo.from_file(record, key=name)


def to_utc(local: datetime, name: str) -> datetime:
    """The instant of a wall-clock time: in a gap the later one, in a fold the first."""
    return local.replace(tzinfo=zone(name), fold=0).astimezone(UTC)


def to_local(instant: datetime, name: str) -> datetime:
    """What a clock on the wall shows there at that instant (naive)."""
    return instant.astimezone(zone(name)).replace(tzinfo=None)


def city(name: str) -> str:
    """The zone in words a person knows: the place at its end."""
    return name.rsplit("/", 1)[-1].replace("_", " ")
