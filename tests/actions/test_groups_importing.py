"""Others' meetings come in by their feed: new, changed, gone; nobody else's is touched."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from support.audit.models import Entry
from support.base.errors import Invalid
from support.base.zones import to_local
from support.groups import queries
from support.groups.actions.upcoming import next_date, refresh_listings
from support.groups.cli import bring_in, import_
from support.groups.models import NEVER, ImportedMeeting, ImportSource

ZONE = "Europe/Lisbon"
NEW_YEAR = datetime(2030, 1, 1, tzinfo=UTC)


def row(slug: str, **changes: object) -> dict[str, object]:
    return {"name": f"Meeting {slug}", "slug": slug, "day": 2, "time": "19:00", **changes}


def feed(*rows: object) -> bytes:
    return json.dumps(rows).encode()


def listed(database, source: str = "there") -> dict[str, ImportedMeeting]:
    with database.read() as unit:
        wanted = select(ImportedMeeting).where(ImportedMeeting.source_uri == source)
        return {each.source_key: each for each in unit.session.scalars(wanted)}


def bring(database, *rows: object, source: str = "there", is_real: bool = True):
    return bring_in(database, feed(*rows), source, ZONE, is_real=is_real)[1]


def entries(database) -> list[dict[str, object]]:
    with database.read() as unit:
        rows = select(Entry).where(Entry.verb == "groups.meetings_imported").order_by(Entry.id)
        return [each.detail for each in unit.session.scalars(rows)]


def test_a_look_writes_nothing_and_the_real_thing_all(database):
    assert bring(database, row("a"), row("b"), is_real=False).changes == 2
    assert listed(database) == {}
    assert bring(database, row("a"), row("b")).changes == 2
    assert set(listed(database)) == {"a", "b"}


def test_the_same_feed_again_keeps_every_row_as_it_was(database):
    bring(database, row("a"), row("b"))
    before = {key: each.id for key, each in listed(database).items()}
    plan = bring(database, row("b"), row("a"))
    assert (plan.changes, plan.same) == (0, 2)
    assert {key: each.id for key, each in listed(database).items()} == before


def test_what_changed_keeps_its_id_and_what_is_gone_goes(database):
    bring(database, row("a"), row("b"))
    kept = listed(database)["a"].id
    plan = bring(database, row("a", time="20:30", name="Evening ténor"), row("c"))
    assert (len(plan.new), len(plan.changed), plan.gone) == (1, 1, (("there", "b"),))
    now = listed(database)
    assert set(now) == {"a", "c"}
    assert (now["a"].id, now["a"].start) == (kept, "20:30")
    assert now["a"].search.startswith("evening tenor")


def test_another_servers_meetings_stay_though_they_have_the_same_names(database):
    bring(database, row("a"), row("b"))
    bring(database, row("a", name="Theirs"), source="elsewhere")
    bring(database, row("a"))
    assert set(listed(database)) == {"a"}
    assert listed(database, "elsewhere")["a"].name == "Theirs"


def test_an_empty_answer_takes_nothing_away(database):
    bring(database, row("a"))
    assert bring(database).changes == 0
    assert set(listed(database)) == {"a"}


def test_a_broken_feed_changes_nothing_at_all(database):
    bring(database, row("a"))
    with pytest.raises(Invalid, match="is no object"):
        bring(database, row("b"), "not a row")
    assert set(listed(database)) == {"a"}


def test_the_source_is_kept_with_the_time_it_was_last_read(database, clock):
    bring(database, row("a"))
    clock.forward(days=1)
    bring(database, row("a"))
    with database.read() as unit:
        (source,) = unit.session.scalars(select(ImportSource))
        assert (source.uri, source.kind, source.read_at) == ("there", "meeting-guide", clock.now())


def test_only_an_import_that_changed_something_is_in_the_log(database):
    bring(database, row("a"), row("b"))
    bring(database, row("a"), row("b"))
    bring(database, row("a", time="20:00"))
    counts = [(each["new"], each["changed"], each["gone"]) for each in entries(database)]
    assert counts == [(2, 0, 0), (0, 1, 1)]


def test_more_rows_than_one_statement_takes_all_arrive(database):
    assert bring(database, *(row(f"m{number}") for number in range(1101))).changes == 1101
    with database.read() as unit:
        assert unit.session.scalar(select(func.count()).select_from(ImportedMeeting)) == 1101
        assert queries.listings_in_all(unit) == 1101


def test_a_language_too_long_for_its_column_is_left_out_and_the_meeting_stays(database):
    rows = [
        {"id_bigint": str(number), "meeting_name": "A", "weekday_tinyint": "1", "lang_enum": code}
        for number, code in enumerate(["pt-BR", "zh-abcdefgh-abcdefgh", "?"], start=1)
    ]
    bring_in(database, feed(*rows), "there", ZONE, is_real=True)
    assert [each.language for each in listed(database).values()] == ["pt-BR", "", ""]


def test_a_listing_moves_on_to_next_week_when_it_is_over_and_not_before(database, clock):
    bring(database, row("a"))
    first = listed(database)["a"].next_at
    assert first == datetime(2030, 1, 1, 19, tzinfo=UTC)
    for hours, wanted in ((19.5, first), (0.5, first + timedelta(weeks=1))):
        clock.forward(hours=hours)
        with database.unit() as unit:
            refresh_listings(unit)
        assert listed(database)["a"].next_at == wanted


@pytest.mark.parametrize(
    ("weekday", "start", "zone"), [(None, "19:00", ZONE), (1, "", ZONE), (1, "19:00", "")]
)
def test_where_the_time_is_not_known_there_is_no_next_date(weekday, start, zone):
    assert next_date(weekday, start, zone, 60, NEW_YEAR) == (NEVER, NEVER)


@given(
    st.integers(0, 6),
    st.times(),
    st.sampled_from([ZONE, "America/New_York", "Pacific/Apia", "Asia/Kathmandu"]),
    st.integers(5, 1440),
    st.integers(0, 24 * 366),
)
def test_the_next_date_is_on_its_day_not_over_and_at_most_a_week_away(
    weekday, at, zone, minutes, hour
):
    now = NEW_YEAR + timedelta(hours=hour)
    starts_at, ends_at = next_date(weekday, f"{at:%H:%M}", zone, minutes, now)
    assert ends_at - starts_at == timedelta(minutes=minutes)
    assert now < ends_at
    assert starts_at <= now + timedelta(days=7, hours=1)
    assert to_local(starts_at, zone).weekday() == weekday


@pytest.fixture
def command(settings, tmp_path):
    def run(text: bytes, *words: str):
        file = tmp_path / "feed.json"
        file.write_bytes(text)
        return CliRunner().invoke(import_, ["meetings", str(file), *words], obj=settings)

    return run


def test_the_command_says_what_it_would_do_and_how_to_do_it(command, database):
    told = command(feed(*(row(f"m{number}") for number in range(12)), row("x", day=9)))
    assert told.exit_code == 0
    assert "meeting-guide feed: 12 meetings, 1 skipped" in told.output
    assert "  … and 2 more" in told.output
    assert "row 13 'Meeting x': day '9' is not from 0 to 7" in told.output
    assert "listed without a date, time zone not known: 12" in told.output
    assert "dry run: nothing was written; --apply would make 12 changes" in told.output
    assert listed(database, "file:feed.json") == {}


def test_the_command_writes_when_it_is_told_to(command, database):
    told = command(feed(row("a")), "--apply", "--timezone", ZONE)
    assert "1 changes written" in told.output
    assert listed(database, "file:feed.json")["a"].timezone == ZONE


@pytest.mark.parametrize(
    ("text", "words", "status", "complaint"),
    [
        (b"[]", ["--timezone", "CET"], 2, "--timezone takes an IANA name"),
        (b"[,]", [], 1, "Line 1, column 2 is not JSON. Nothing was written."),
        (b"[5]", [], 1, "Row 1 has none of the fields"),
        (b"{}", [], 1, "A feed is a list of meetings"),
    ],
)
def test_what_cannot_be_brought_in_is_refused_in_one_line(command, text, words, status, complaint):
    told = command(text, *words)
    assert told.exit_code == status
    assert complaint in told.output


def test_a_file_that_is_not_there_is_said_by_its_name(settings):
    told = CliRunner().invoke(import_, ["meetings", "/nowhere/feed.json"], obj=settings)
    assert told.exit_code == 1
    assert "/nowhere/feed.json: No such file or directory" in told.output
