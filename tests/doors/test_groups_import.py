"""`handrail import meetings` and what becomes of the listings on the pages."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import click
import pytest
from click.testing import CliRunner

from support.demo.cli import demo_command, load_command
from support.demo.filling import DATA
from support.groups import actions, jobs, queries
from support.groups.cli import bring_in, meetings
from support.groups.models import ImportedMeeting
from tests.groups_world import filters

ROW = {
    "id_bigint": "7",
    "meeting_name": "Night Light",
    "weekday_tinyint": "4",
    "start_time": "19:30:00",
    "duration_time": "01:30:00",
    "location_text": "Town hall",
    "root_server_uri": "https://bmlt.example/main_server",
}
VIRTUAL = {**ROW, "id_bigint": "8", "meeting_name": "Far Light", "venue_type": "2"}


@pytest.fixture
def run(settings):
    """The command at a shell; gives exit status, output and what was said on standard error."""

    def at_shell(command, *words):
        result = CliRunner().invoke(command, list(words), obj=settings, standalone_mode=False)
        error = result.exception
        if isinstance(error, click.UsageError):
            return 2, result.output, error.format_message()
        if isinstance(error, click.ClickException):
            return 1, result.output, error.format_message()
        assert error is None, error
        return 0, result.output, ""

    return at_shell


@pytest.fixture
def list_them(run, feed, database):
    """Import rows in New York's time, and let the clock of the site find their next dates."""

    def write(*rows):
        run(meetings, feed(*rows), "--apply", "--timezone", "America/New_York")
        jobs.keep_next(database)

    return write


@pytest.fixture
def feed(tmp_path):
    """Write rows to a file; gives its path."""

    def write(*rows, name="feed.json"):
        path = tmp_path / name
        path.write_text(json.dumps(list(rows)), encoding="utf-8")
        return str(path)

    return write


def listed(database):
    with database.read() as unit:
        return sorted(row.name for row in unit.session.query(ImportedMeeting))


def test_a_dry_run_writes_nothing_and_says_what_would_be(run, feed, database):
    status, said, _ = run(meetings, feed(ROW, VIRTUAL, {**ROW, "id_bigint": "9",
                                                        "weekday_tinyint": "9"}),
                          "--timezone", "America/New_York")  # fmt: skip
    assert status == 0
    for line in ("new: 2", "changed: 0", "gone: 0", "skipped: 1", "row 3 'Night Light': weekday",
                 "time zone not known: 1", "nothing was written"):  # fmt: skip
        assert line in said
    assert listed(database) == []


def test_applied_twice_it_changes_nothing_the_second_time(run, feed, database):
    path = feed(ROW, VIRTUAL)
    assert "2 changes written" in run(meetings, path, "--apply")[1]
    assert "0 changes written" in run(meetings, path, "--apply")[1]
    assert listed(database) == ["Far Light", "Night Light"]


def test_what_changed_and_what_is_gone(run, feed, database):
    run(meetings, feed(ROW, VIRTUAL), "--apply")
    said = run(meetings, feed({**ROW, "meeting_name": "Late Light"}), "--apply")[1]
    assert "changed: 1" in said
    assert "gone: 1" in said
    assert listed(database) == ["Late Light"]


@pytest.mark.parametrize(
    ("text", "where"),
    [('[{"id_bigint": "1"},\n', "Line 2"), ('["oops"]', "Row 1"), ('{"a": 1}', "list"),
     ('[{"a": 1}]', "Row 1")],
)  # fmt: skip
def test_a_broken_file_writes_nothing_and_says_where(run, tmp_path, database, text, where):
    path = tmp_path / "broken.json"
    path.write_text(text, encoding="utf-8")
    status, _, complaint = run(meetings, str(path), "--apply")
    assert status == 1
    assert where in complaint
    assert "Nothing was written" in complaint
    assert listed(database) == []


def test_one_broken_row_among_good_ones_writes_none_of_them(run, tmp_path, database):
    path = tmp_path / "half.json"
    path.write_text(json.dumps([ROW, 7]), encoding="utf-8")
    status, _, complaint = run(meetings, str(path), "--apply")
    assert (status, "Row 2" in complaint, listed(database)) == (1, True, [])


def test_files_zones_and_servers_that_are_not_there(run, feed):
    assert run(meetings, "/nowhere/feed.json")[0] == 1
    assert run(meetings, feed(ROW), "--timezone", "BST")[0] == 2
    assert run(meetings, "http://127.0.0.1:9/feed")[0] == 1


def test_a_feed_is_fetched_from_a_server(run, database):
    class Server(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps([{k: v for k, v in ROW.items()
                                          if k != "root_server_uri"}]).encode())  # fmt: skip

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        address = f"http://127.0.0.1:{server.server_port}/client_interface/json/?switcher=X"
        assert "1 changes written" in run(meetings, address, "--apply")[1]
    finally:
        server.shutdown()
        server.server_close()
    with database.read() as unit:
        (row,) = queries.list_meetings(unit, filters(), "UTC").elsewhere
    assert row.source == address.split("?")[0]


def test_listings_stand_on_the_page_with_their_source_and_nothing_of_ours(list_them, stranger):
    list_them(ROW, VIRTUAL)
    shown = {one["title"]: one for one in stranger.ask("/meetings").json["meetings"]}
    light = shown["Night Light"]
    assert light["source"] == "https://bmlt.example/main_server"
    assert light["local_start"] == "2030-01-02T19:30"
    assert light["starts_at"].startswith("2030-01-03T00:30")
    assert not {"room", "seats", "seats_left"} & set(light)
    assert (shown["Far Light"]["starts_at"], shown["Far Light"]["timezone"]) == (None, None)
    page = stranger.get("/meetings?tz=America/New_York").text
    assert "bmlt.example" in page
    assert "We do not know its time." in page
    one = stranger.get(light["url"])
    assert "not ours" in one.text
    assert stranger.ask(light["url"]).json["place"] == "Town hall"
    for path in ("/feeds/meetings.json", "/feeds/meetings.ics"):
        assert "Light" not in stranger.get(path).text


def test_nobody_takes_a_seat_at_somebody_elses_meeting(run, feed, stranger, browser):
    run(meetings, feed(ROW), "--apply")
    (one,) = stranger.ask("/meetings").json["meetings"]
    assert browser("mina").send(one["url"] + "/rsvp").status_code == 404


def test_listings_go_on_to_next_week(list_them, database, clock):
    list_them(ROW)
    clock.forward(days=3)
    with database.unit() as unit:
        assert actions.refresh_listings(unit) == 1
        assert actions.refresh_listings(unit) == 0
        (row,) = queries.list_meetings(unit, filters(), "UTC").elsewhere
    assert f"{row.next_at:%m-%d %H:%M}" == "01-10 00:30"


@pytest.mark.parametrize(
    "asked",
    [
        "stage=tapering",
        "focus=sleep",
        "listening=1",
        "format=text",
        "format=online",
        "q=zebra",
        "newcomers=1",
        "language=pt",
        "day=friday",
        "to=2030-01-02",
    ],
)
def test_filters_leave_out_listings_that_do_not_fit(list_them, database, asked):
    list_them(ROW)
    with database.read() as unit:
        form = filters(**dict([asked.split("=")]))
        assert queries.list_meetings(unit, form, "UTC").elsewhere == ()


@pytest.mark.parametrize("asked", ["q=town", "format=in_person", "day=thursday", "to=2030-01-09"])
def test_filters_keep_listings_that_fit(list_them, database, asked):
    list_them(ROW)
    with database.read() as unit:
        form = filters(**dict([asked.split("=")]))
        assert len(queries.list_meetings(unit, form, "UTC").elsewhere) == 1


def test_three_hundred_listings_come_page_by_page_each_once(database, stranger):
    text = DATA.joinpath("na_new_york.json").read_bytes()
    bring_in(database, text, "file:x", "America/New_York", is_real=True)
    seen, path = [], "/meetings"
    while path:
        page = stranger.ask(path).json
        seen += [one["id"] for one in page["meetings"]]
        path = page.get("next")
    assert (len(seen), len(set(seen))) == (300, 300)


def test_the_shipped_feed_names_nobody_and_no_way_to_reach_them():
    rows = json.loads(DATA.joinpath("na_new_york.json").read_bytes())["meetings"]
    for name in ("email_contact", "phone_meeting_number", "virtual_meeting_link"):
        assert {row[name] for row in rows} == {""}


def test_load_prints_ids_and_nothing_else(run, tmp_path):
    path = tmp_path / "world.json"
    path.write_text('{"people": [{"handle": "mod1", "password": "x"}]}', encoding="utf-8")
    status, said, _ = run(load_command, str(path))
    assert (status, list(json.loads(said)["people"])) == (0, ["mod1"])
    status, said, complaint = run(load_command, str(path))
    assert (status, said) == (1, "")
    assert "people[0]" in complaint


def test_the_demo_is_written_once(run):
    status, said, _ = run(demo_command)
    assert (status, "passphrase" in said) == (0, True)
    assert run(demo_command)[0] == 1


def test_the_evening_needs_a_server(run, settings):
    status, _, complaint = run(demo_command, "--play", "--pace", "0")
    assert status == 1
    assert "answers" in complaint or "open" in complaint
