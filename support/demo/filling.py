"""Fill an empty site with the demo world, and tell who is in it."""

from functools import cache
from importlib.resources import files

from support.accounts import queries as people
from support.base.hashing import PasswordHasher
from support.db.unit import Database
from support.demo.load import load
from support.demo.world import World, read_world
from support.groups import queries
from support.groups.cli import bring_in
from support.groups.forms import FilterForm

DATA = files("support.demo") / "data"
LISTED_ZONE = "America/New_York"
ROLES = ("admin", "moderator", "mentor", "member")


@cache
def demo_world() -> World:
    """The people and groups of our own invention."""
    return read_world(DATA.joinpath("world.json").read_bytes())


def fill(database: Database, hasher: PasswordHasher | None = None) -> bool:
    """Write the demo world and its listings of others; False where somebody lives already."""
    with database.read() as unit:
        groups = queries.list_groups(unit, FilterForm.parse({}), "UTC").groups
        if groups or people.staff_ids(unit):
            return False
    load(database, demo_world(), hasher or PasswordHasher())
    feed = DATA.joinpath("na_new_york.json").read_bytes()
    bring_in(database, feed, "file:na_new_york.json", LISTED_ZONE, is_real=True)
    return True


def introduction() -> list[str]:
    """Who is in the demo, by role, and the passphrase they share, as lines to print."""
    world = demo_world()
    lines = ["People of the demo, all with the passphrase: " + world.people[0].password]
    for role in ROLES:
        names = ", ".join(each.handle for each in world.people if each.role == role)
        lines.append(f"  {role:<10} {names}")
    return lines
