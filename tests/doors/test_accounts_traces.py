"""After erasing oneself no byte of one's words is left: not in the file, not in its log."""

import pytest

from support.accounts import jobs
from support.db.unit import Database
from tests.people import PASSPHRASE

MARKER = "marker7f3aq"


def bytes_of(settings):
    """Every file of the data folder, read raw."""
    files = [path for path in settings.data.iterdir() if path.is_file()]
    return b"".join(path.read_bytes() for path in files)


@pytest.fixture
def wren(app, stranger, database, cast):
    """Somebody who said things, in the group of the cast."""
    if not database.is_sqlite:
        pytest.skip("PostgreSQL keeps its files to itself")
    form = {
        "handle": f"wren-{MARKER}",
        "password": PASSPHRASE,
        "email": f"{MARKER}@example.org",
        "country": "PT",
        "timezone": "Europe/Lisbon",
        "adult": "1",
        "agree": "1",
    }
    assert stranger.send("/register", **form).status_code == 200
    assert stranger.send(f"/groups/{cast.slug}/join").status_code == 200
    for number in range(30):
        said = stranger.send(
            f"/rooms/{cast.lounge}/messages",
            body=f"{MARKER} a bad night, number {number}. " * 20,
            client_id=f"one-{number}",
        )
        assert said.status_code in (200, 429), said.text
    return stranger


def test_no_byte_of_an_erased_person_stays_on_the_disk(wren, settings):
    assert MARKER.encode() in bytes_of(settings)
    assert wren.send("/account/delete", password=PASSPHRASE).status_code == 200
    assert MARKER.encode() not in bytes_of(settings)


def test_no_byte_of_a_passphrase_or_code_ever_lies_on_the_disk(stranger, settings, database):
    form = {
        "handle": "rowan-b",
        "password": f"a phrase {MARKER}",
        "country": "PT",
        "timezone": "UTC",
        "adult": "1",
        "agree": "1",
    }
    code = stranger.send("/register", **form).json["recovery_code"]
    stranger.send("/logout")
    stranger.send("/login", handle="rowan-b", password=f"a phrase {MARKER}")
    seen = bytes_of(settings)
    assert MARKER.encode() not in seen
    assert code.encode() not in seen


def test_a_long_reader_only_delays_it(wren, settings, database):
    other = Database(settings.database_url, database.clock)
    with other.read() as reading:
        reading.session.connection().exec_driver_sql("SELECT count(*) FROM account").fetchone()
        assert wren.send("/account/delete", password=PASSPHRASE).status_code == 200
        assert database.scrub() is False
    other.dispose()
    jobs.forget(database)
    assert MARKER.encode() not in bytes_of(settings)
