"""Laws of planning: what holds for every rule, every day word and every listing."""

from contextlib import suppress
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.base.errors import Conflict, Forbidden, Invalid
from support.base.zones import to_local
from support.groups.rules.days import (
    NAMES,
    SMALL_HOURS,
    WEEKS_AHEAD,
    is_day,
    read_edge,
    spans_of,
    tonight,
)
from support.groups.rules.feeds_in.listing import (
    BadRow,
    Listing,
    Reading,
    between,
    clock_time,
    joined,
    length,
    public_words,
    word,
    zone_for,
)
from support.groups.rules.feeds_in.reader import read_feed
from support.groups.rules.joining import after_asking, check_may_leave, check_may_take_part
from support.groups.rules.recurrence import (
    DAYS,
    LONGEST_LOOK,
    MOST_TIMES,
    Freq,
    Pattern,
    dates,
    first_date,
    read_rule,
)
from support.groups.rules.words import (
    FOCUS,
    LANGUAGE,
    SLUG,
    Belonging,
    Format,
    MeetingState,
    Policy,
    focus_word,
)

START = datetime.fromisoformat("2026-11-24T19:00")
ZONES = st.sampled_from(["Europe/Lisbon", "America/New_York", "Asia/Kathmandu", "Pacific/Apia"])
some = settings(max_examples=60, deadline=None)
STARTS = st.datetimes(
    datetime.fromisoformat("2020-01-01"), datetime.fromisoformat("2030-12-31")
).map(lambda moment: moment.replace(second=0, microsecond=0))


@st.composite
def rules(draw) -> str:
    """A rule that people may plan by."""
    every = draw(st.integers(1, 6))
    end = draw(st.sampled_from(["", ";COUNT=9", ";UNTIL=20330101"]))
    shape = draw(st.sampled_from(["week", "nth", "date"]))
    if shape == "week":
        days = draw(st.lists(st.sampled_from(DAYS), unique=True, min_size=1))
        return f"FREQ=WEEKLY;INTERVAL={every};BYDAY={','.join(days)}{end}"
    if shape == "nth":
        nth, day = draw(st.sampled_from([-1, 1, 2, 3, 4])), draw(st.sampled_from(DAYS))
        return f"FREQ=MONTHLY;INTERVAL={every};BYDAY={nth}{day}{end}"
    return f"FREQ=MONTHLY;BYMONTHDAY={draw(st.integers(1, 28))}{end}"


@some
@given(rules(), STARTS)
def test_a_rule_reads_back_as_the_same_pattern(rule, start):
    pattern = read_rule(rule, start, "UTC")
    assert read_rule(pattern.as_rrule(), start, "UTC") == pattern
    assert read_rule(f" rrule:{rule.lower()} ", start, "UTC") == pattern


@some
@given(rules(), STARTS, st.integers(0, 700))
def test_looking_from_a_later_day_finds_the_very_same_dates(rule, start, days_on):
    pattern = read_rule(rule, start, "UTC")
    after = start + timedelta(days=days_on)
    end = start + timedelta(days=1060)
    piecewise, at = [], start
    while at < end:
        until = min(at + timedelta(days=180), end)
        piecewise += dates(pattern, start, at, until)
        at = until
    before = min(end, after + LONGEST_LOOK)
    assert dates(pattern, start, after, end) == [d for d in piecewise if after <= d < before]


@some
@given(rules(), STARTS)
def test_every_date_is_at_the_planned_hour_on_a_planned_day(rule, start):
    pattern = read_rule(rule, start, "UTC")
    found = dates(pattern, start, start, start + LONGEST_LOOK)
    assert found == sorted(set(found))
    for date in found:
        assert date.time() == start.time()
        if pattern.month_day:
            assert date.day == pattern.month_day
        else:
            assert date.weekday() in pattern.weekdays
        if pattern.nth and pattern.nth > 0:
            assert (date.day - 1) // 7 + 1 == pattern.nth
        if pattern.nth == -1:
            assert (date + timedelta(days=7)).month != date.month
    assert pattern.count is None or len(found) <= pattern.count


@some
@given(rules(), STARTS)
def test_the_first_date_is_the_first_of_all_dates(rule, start):
    pattern = read_rule(rule, start, "UTC")
    found = dates(pattern, start, start, start + LONGEST_LOOK)
    assert first_date(pattern, start) == (found[0] if found else None)


@some
@given(st.lists(st.sampled_from(DAYS), unique=True, min_size=1), st.integers(1, 8), STARTS)
def test_weeks_apart_are_counted_from_the_week_it_began(days, every, start):
    pattern = read_rule(f"FREQ=WEEKLY;INTERVAL={every};BYDAY={','.join(days)}", start, "UTC")
    monday = start.date() - timedelta(days=start.weekday())
    for date in dates(pattern, start, start, start + LONGEST_LOOK):
        assert (date.date() - monday).days // 7 % every == 0


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ("FREQ=WEEKLY;COUNT=0", "COUNT must be a number from 1 to 500."),
        ("FREQ=WEEKLY;COUNT=501", "COUNT must be a number from 1 to 500."),
        ("FREQ=WEEKLY;COUNT=000000000001999999", "COUNT must be a number from 1 to 500."),
        ("FREQ=WEEKLY;INTERVAL=0000000000011999", "INTERVAL must be a number from 1 to 52."),
        ("FREQ=WEEKLY;INTERVAL=53", "INTERVAL must be a number from 1 to 52."),
        ("FREQ=WEEKLY;INTERVAL=-1", "INTERVAL must be a number from 1 to 52."),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "BYMONTHDAY must be a number from 1 to 31."),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "BYMONTHDAY must be a number from 1 to 31."),
        ("FREQ=MONTHLY;BYMONTHDAY=00000000000130", "BYMONTHDAY must be a number from 1 to 31."),
        ("FREQ=WEEKLY;UNTIL=20271331", "UNTIL must be a date such as 20271231."),
        ("FREQ=WEEKLY;UNTIL=2027-12-31", "UNTIL must be a date such as 20271231."),
        ("FREQ=WEEKLY;UNTIL=20271231T250000", "UNTIL must be a date such as 20271231."),
        ("FREQ=WEEKLY;UNTIL=00000101", "UNTIL must be a date such as 20271231."),
        ("FREQ=WEEKLY;BYDAY=2TU", "A weekly meeting names plain days such as MO."),
        ("FREQ=WEEKLY;BYDAY=", "A rule gives each of its parts once."),
        ("FREQ=WEEKLY;BYDAY=TU,,WE", "BYDAY must name days such as MO or 2TU."),
        ("FREQ=WEEKLY;FREQ=WEEKLY", "A rule gives each of its parts once."),
        ("FREQ=WEEKLY;BYMONTHDAY=3", "A weekly meeting is planned by weekdays."),
        ("FREQ=WEEKLY;" + "X" * 200, "This rule is too long."),
        (
            "FREQ=MONTHLY;BYDAY=5TU",
            "A monthly meeting names one day such as 2TU (second) or -1FR (last).",
        ),
        (
            "FREQ=MONTHLY;BYDAY=-2TU",
            "A monthly meeting names one day such as 2TU (second) or -1FR (last).",
        ),
        (
            "FREQ=WEEKLY;COUNT=3;UNTIL=20271231",
            "A rule ends after a number of times or on a date, not both.",
        ),
        (
            "FREQ=DAILY;INTERVAL=2",
            "A meeting repeats weekly, every few weeks, or monthly by weekday or date.",
        ),
        (
            "COUNT=3",
            "A meeting repeats weekly, every few weeks, or monthly by weekday or date.",
        ),
        (
            "FREQ=WEEKLY;BYHOUR=3",
            "A rule holds only FREQ, INTERVAL, BYDAY, BYMONTHDAY, COUNT and UNTIL.",
        ),
    ],
)
def test_each_rule_that_cannot_be_has_its_own_sentence_beside_its_field(rule, sentence):
    with pytest.raises(Invalid) as wrong:
        read_rule(rule, START, "UTC")
    assert wrong.value.fields == {"rrule": sentence}


@pytest.mark.parametrize(
    ("rule", "pattern"),
    [
        ("", Pattern()),
        ("RRULE:", Pattern()),
        ("FREQ=WEEKLY;WKST=SU", Pattern(freq=Freq.WEEKLY, weekdays=(1,))),
        ("FREQ=WEEKLY;COUNT=0500", Pattern(freq=Freq.WEEKLY, weekdays=(1,), count=500)),
        ("FREQ=WEEKLY;BYDAY=WE,MO,WE", Pattern(freq=Freq.WEEKLY, weekdays=(0, 2))),
        ("FREQ=DAILY", Pattern(freq=Freq.WEEKLY, weekdays=tuple(range(7)))),
        ("FREQ=MONTHLY", Pattern(freq=Freq.MONTHLY, month_day=24)),
        ("FREQ=MONTHLY;BYDAY=+2TU", Pattern(freq=Freq.MONTHLY, weekdays=(1,), nth=2)),
    ],
)
def test_what_a_rule_leaves_out_comes_from_the_first_date(rule, pattern):
    assert read_rule(rule, START, "UTC") == pattern


@pytest.mark.parametrize(
    ("until", "wall_clock"),
    [
        ("20270101", "2027-01-01T23:59:59"),
        ("20270101T190000", "2027-01-01T19:00:00"),
        ("20270101T190000Z", "2027-01-01T14:00:00"),
        ("20270701T190000Z", "2027-07-01T15:00:00"),
    ],
)
def test_an_end_in_utc_is_told_by_the_clock_of_the_place(until, wall_clock):
    pattern = read_rule(f"FREQ=WEEKLY;UNTIL={until}", START, "America/New_York")
    assert pattern.until == datetime.fromisoformat(wall_clock)


def test_a_date_at_the_very_end_counts_and_one_at_the_edge_of_a_look_does_not():
    pattern = read_rule("FREQ=WEEKLY;UNTIL=20261208T190000", START, "UTC")
    ends = START + timedelta(days=14)
    assert dates(pattern, START, START, ends + timedelta(days=90))[-1] == ends
    assert dates(pattern, START, START, ends)[-1] == ends - timedelta(days=7)
    assert dates(Pattern(), START, START, START) == []
    assert len(dates(read_rule("FREQ=DAILY", START, "UTC"), START, START, ends)) <= MOST_TIMES


@some
@given(ZONES, st.integers(0, 8759))
def test_tonight_is_now_or_still_to_come_and_ends_at_four(name, hour):
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hour)
    night = tonight(name, now)
    assert night.start < night.end
    assert now < night.end
    assert night.start - now < timedelta(hours=18)
    assert to_local(night.end, name).time() == SMALL_HOURS


@some
@given(ZONES, st.integers(0, 8759), st.sampled_from(NAMES))
def test_a_weekday_is_the_next_five_of_them_and_today_counts(name, hour, day):
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hour)
    spans = spans_of(day, name, now)
    assert len(spans) == WEEKS_AHEAD
    for span in spans:
        here = to_local(span.start, name)
        assert (here.weekday(), here.time()) == (NAMES.index(day), time())
        assert timedelta(hours=23) <= span.end - span.start <= timedelta(hours=25)
    assert now < spans[0].end <= now + timedelta(days=8)


@pytest.mark.parametrize("text", ["mo", "Mon", "7", "-1", "mondays", "2026-2-3", "1999-12-31", "٣"])
def test_what_is_no_day_is_refused_beside_its_field(text):
    assert not is_day(text)
    with pytest.raises(Invalid) as wrong:
        spans_of(text, "UTC", START.replace(tzinfo=UTC))
    assert wrong.value.fields == {"day": "Please pick a day."}


@pytest.mark.parametrize(
    "text", ["", "today", "tomorrow", "tonight", "wed", "0", "6", "2100-12-31"]
)
def test_what_is_a_day_is_told_to_be_one(text):
    assert is_day(text)


def test_an_edge_without_an_offset_is_by_the_viewers_clock_and_a_last_day_counts_whole():
    name = "Europe/Lisbon"
    assert read_edge("2026-07-01T10:00", name, is_end=True) == datetime(2026, 7, 1, 9, tzinfo=UTC)
    first = read_edge("2026-07-01", name, is_end=False)
    assert read_edge("2026-07-01", name, is_end=True) - first == timedelta(days=1)


@pytest.mark.parametrize(
    "text", ["1999-12-31T00:00", "2101-01-01T00:00Z", "soon", "", "2026-13-01"]
)
def test_an_edge_that_is_no_time_of_ours_is_refused(text):
    with pytest.raises(ValueError, match=r"isoformat|month|1999|2101"):
        read_edge(text, "UTC", is_end=False)


@given(st.sampled_from(Policy), st.none() | st.sampled_from(Belonging))
def test_who_may_sit_down_could_also_have_come_in(policy, now):
    with suppress(Forbidden):
        check_may_take_part(policy, now)
        assert after_asking(policy, now) is Belonging.MEMBER


def test_only_a_host_is_kept_from_leaving():
    check_may_leave(is_host=False)
    with pytest.raises(Conflict, match="Hand it to another host first"):
        check_may_leave(is_host=True)


@pytest.mark.parametrize("state", MeetingState)
def test_only_closed_debriefed_and_cancelled_meetings_are_over(state):
    assert state.is_over == (state.value in ("closed", "debriefed", "cancelled"))


@pytest.mark.parametrize("typed", ["Z-Drugs", " z_drugs ", "z drugs", "Z \t DRUGS", "z__drugs"])
def test_one_focus_has_one_spelling(typed):
    assert focus_word(typed) == "z-drugs"


@given(st.from_regex(SLUG, fullmatch=True) | st.from_regex(FOCUS, fullmatch=True))
def test_no_slug_begins_or_ends_with_a_dash_or_holds_an_odd_sign(slug):
    assert slug.strip("-") == slug
    assert set(slug) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert 1 <= len(slug) <= 64


@pytest.mark.parametrize(
    ("text", "is_language"),
    [
        ("en", True),
        ("pt-BR", True),
        ("zh-Hant-TW", True),
        ("EN", False),
        ("e", False),
        ("en_GB", False),
    ],
)
def test_language_codes(text, is_language):
    assert bool(LANGUAGE.fullmatch(text)) is is_language


@given(st.integers(0, 23), st.integers(0, 59), st.integers(0, 23), st.integers(0, 59))
def test_the_time_between_two_clocks_is_within_a_day(hour, minute, to_hour, to_minute):
    start, end = f"{hour:02}:{minute:02}", f"{to_hour:02}:{to_minute:02}"
    minutes = between(start, end)
    assert 1 <= minutes < 24 * 60
    assert (hour * 60 + minute + minutes) % 1440 == to_hour * 60 + to_minute or start == end
    assert clock_time(start) == clock_time(f"{start}:59") == start


@pytest.mark.parametrize(
    "text", ["24:00", "7", "7:5", "07:60", "07:00 pm", "٠٧:٠٠", "-7:00", "7:00:0"]
)
def test_what_is_no_time_of_day(text):
    with pytest.raises(BadRow, match="is no time of day"):
        clock_time(text)


@pytest.mark.parametrize("text", ["24:01", "99:00", "1:60", "90", "1:00:00:00", "one hour"])
def test_what_is_no_length(text):
    with pytest.raises(BadRow, match="is no length of a meeting"):
        length(text)


@pytest.mark.parametrize(
    ("text", "minutes"), [("", 60), ("00:00", 60), ("24:00", 1440), ("1:30:00", 90), ("0:01", 1)]
)
def test_lengths(text, minutes):
    assert length(text) == minutes


@pytest.mark.parametrize(
    "secret",
    [
        "ada@postbox.example",
        "https://meet.example/j/123?pwd=x",
        "www.meet.example/room",
        "+44 7700 900123",
        "(020) 7946 0123",
        "passcode: 12-34 ab",
        "Meeting ID: 123 456 789",
        "PWD=secret",
    ],
)
def test_no_way_to_a_person_or_into_a_room_is_taken_over(secret):
    notes = public_words({"notes": f"Ring the bell, {secret} and wait"}, "notes")
    assert notes.startswith("Ring the bell, …")
    assert secret not in notes


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, ""),
        ([1], ""),
        ({"a": 1}, ""),
        (7, "7"),
        (" a \n b ", "a b"),
        ("x" * 300, "x" * 255),
    ],
)
def test_every_value_of_a_row_reads_as_one_line_of_text(value, text):
    assert word({"name": value}, "name") == text


def test_a_zone_is_never_guessed_for_what_is_online():
    reading = Reading("there", "Europe/Lisbon")
    assert zone_for("", Format.IN_PERSON, reading) == "Europe/Lisbon"
    assert zone_for("", Format.ONLINE, reading) == ""
    assert zone_for("GMT+1", Format.IN_PERSON, reading) == ""
    assert zone_for("Asia/Tokyo", Format.ONLINE, reading) == "Asia/Tokyo"
    assert joined("Mill", "", "Mill", "Bristol") == "Mill, Bristol"


@pytest.mark.parametrize(
    "changed", [{"name": "B"}, {"minutes": 61}, {"newcomers": True}, {"notes": "n"}]
)
def test_any_change_changes_the_fingerprint_and_only_a_change_does(changed):
    facts = {"source": "s", "key": "k", "name": "A"}
    first = Listing(**facts)
    assert first.fingerprint == Listing(**facts).fingerprint
    assert first.fingerprint != Listing(**{**facts, **changed}).fingerprint
    assert first.identity == Listing(**{**facts, **changed}).identity
    assert not first.has_time
    assert Listing(**facts, weekday=0, start="19:00", timezone="UTC").has_time


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (
            b'{"name": "A", "slug": "a", "day": 1, "duration": "0000019999"}',
            "duration '0000019999'",
        ),
        (b'{"name": "A", "slug": "a", "day": 8}', "day '8'"),
        (b'{"name": "A", "slug": "a", "day": true}', "day 'True'"),
        (b'{"name": "", "slug": "a", "day": 1}', "no name"),
        (b'{"name": "A", "day": 1}', "no slug"),
        (
            b'{"meeting_name": "A", "id_bigint": 1, "weekday_tinyint": "0011111"}',
            "weekday '0011111'",
        ),
        (b'{"meeting_name": "A", "id_bigint": 1, "weekday_tinyint": "8"}', "weekday '8'"),
    ],
)
def test_a_row_that_would_be_told_on_a_wrong_day_or_too_long_is_skipped(row, why):
    feed = read_feed(b"[" + row + b"]", source="there")
    assert feed.listings == ()
    assert [skipped.row for skipped in feed.skipped] == [1]
    assert why in feed.skipped[0].why
