"""The host's cable is cut, with no goodbye: how long until the chair is offered or the room pauses.

`python -m tests.load.lost_host` waits in real time, once with a stand-by and once without. Counted
from the last sign of life that the server has had; the rule is 20 s to the offer, 30 s more for an
answer, and a sweep each second.
"""

import argparse
import json
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select

from support.chat.models import Chair, ChairOffer, HostLine, Room
from support.db.unit import Database
from tests.load.cable import Cable
from tests.load.test_chair_kill import until
from tests.serve import Site, serving, world
from tests.wire import Wire

BEATS = 24.0  # a dead line is noticed after two beats at most
GONE, ANSWER, SWEEP = 20.0, 30.0, 4.0


def evening() -> dict[str, object]:
    """A meeting that begins now."""
    document = world()
    start = datetime.now(UTC) + timedelta(seconds=1)
    slot = {"title": "Slow taper", "start": f"{start:%Y-%m-%dT%H:%M}", "timezone": "UTC"}
    document["groups"][0]["meetings"] = [{**slot, "minutes": 120}]
    document["rota"] = []
    return document


def lose(site: Site, *, stands_by: bool) -> float:
    """Cut the cable; the seconds from then until the house has done what is due."""
    meeting = site.ids["groups"]["night-owls"]["meetings"][0]
    paul, database = site.member("paul"), site.database()
    if stands_by:
        assert site.member("rae").post(f"/meetings/{meeting['id']}/stand-by").status == 200
    cable = Cable(site.port)
    token = paul.csrf
    line = Wire(cable.port, paul.cookie(), origin=site.origin).connect(token)
    assert line.join(meeting["room"])["ok"]
    assert line.ask("meeting:move", room=meeting["room"], to="open")["ok"]
    until(database, select(func.count()).select_from(HostLine), lambda found: found > 0)
    cut_at = time.time()
    cable.cut()
    found = _offered(database) if stands_by else _paused(database, meeting["room"])
    database.dispose()
    cable.close()
    return found.timestamp() - cut_at


def _offered(database: Database) -> datetime:
    asked = select(ChairOffer.at).where(ChairOffer.why == "lost")
    return until(database, asked, lambda found: found is not None, 90)


def _paused(database: Database, room: str) -> datetime:
    at = until(database, select(Chair.paused_at), lambda found: found is not None, 120)
    with database.read() as unit:
        assert unit.session.get_one(Room, room).state == "paused"
    return at


def main() -> int:
    """The command."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    figures = {}
    for name, stands_by in (("offered", True), ("paused", False)):
        with (
            tempfile.TemporaryDirectory() as folder,
            serving(Path(folder), evening(), rates="off") as site,
        ):
            figures[name] = round(lose(site, stands_by=stands_by), 1)
    print(json.dumps(figures))
    within = all(seconds <= BEATS + SWEEP for seconds in figures.values())
    return 0 if within else 1


if __name__ == "__main__":
    sys.exit(main())
