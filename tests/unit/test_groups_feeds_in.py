"""Other fellowships' lists, with every pitfall met in real feeds."""

import json
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.base.errors import Invalid
from support.groups.rules.feeds_in import Feed, Listing, compare, read_feed
from support.groups.rules.words import Format

BMLT = {
    "id_bigint": "7",
    "meeting_name": "Night Light",
    "weekday_tinyint": "1",
    "start_time": "19:30:00",
    "duration_time": "01:30:00",
    "time_zone": "",
    "venue_type": "",
    "formats": "",
    "location_text": "Town hall",
    "location_municipality": "Albany",
    "published": "1",
    "root_server_uri": "https://bmlt.example/main_server",
}
GUIDE = {"name": "Dawn", "slug": "dawn", "day": 1, "time": "06:00", "types": ["O"]}
FORMATS = [
    {"id": "30", "key_string": "VM", "world_id": "VM"},
    {"id": "31", "key_string": "HYB", "world_id": "HY"},
    {"id": "1", "key_string": "B", "world_id": "BEG"},
    {"id": "2", "key_string": "O", "world_id": "OPEN"},
]


def feed(*rows: object, formats: object = None, timezone: str = "America/New_York") -> Feed:
    document = list(rows) if formats is None else {"meetings": list(rows), "formats": formats}
    return read_feed(json.dumps(document).encode(), source="file:test.json", timezone=timezone)


def bmlt(**changes: object) -> Listing:
    found = feed({**BMLT, **changes}, formats=FORMATS)
    assert not found.skipped, found.skipped
    return found.listings[0]


def guide(**changes: object) -> Listing:
    found = feed({**GUIDE, **changes})
    assert not found.skipped, found.skipped
    return found.listings[0]


def why_skipped(row: dict) -> str:
    found = feed(row)
    assert not found.listings
    return found.skipped[0].why


@pytest.mark.parametrize(("stated", "weekday"), [("1", 6), ("2", 0), ("7", 5)])
def test_in_the_semantic_feed_sunday_is_one(stated, weekday):
    assert bmlt(weekday_tinyint=stated).weekday == weekday


@pytest.mark.parametrize(("stated", "weekday"), [(0, 6), (1, 0), (6, 5)])
def test_in_the_admin_feed_sunday_is_nought(stated, weekday):
    row = {"id": 5, "name": "X", "day": stated, "startTime": "18:00", "duration": "01:30",
           "formatIds": [], "venueType": 1, "timeZone": None, "published": True}  # fmt: skip
    (found,) = feed(row).listings
    assert (found.weekday, found.start, found.minutes) == (weekday, "18:00", 90)
    assert found.timezone == "America/New_York"


@pytest.mark.parametrize(("stated", "weekday"), [(0, 6), (7, 6), ("7", 6), (1, 0), (6, 5)])
def test_meeting_guide_has_sunday_at_nought_and_its_dialect_at_seven(stated, weekday):
    assert guide(day=stated).weekday == weekday


@pytest.mark.parametrize("stated", ["0", "8", "", "Sunday", "1.5", "-1"])
def test_a_semantic_row_on_no_weekday_is_skipped(stated):
    assert "weekday" in why_skipped({**BMLT, "weekday_tinyint": stated})


@pytest.mark.parametrize("stated", [8, "x", True, -1, [1, 9]])
def test_a_guide_row_on_no_weekday_is_skipped(stated):
    assert "day" in why_skipped({**GUIDE, "day": stated})


@pytest.mark.parametrize(
    ("stated", "minutes"),
    [("01:30:00", 90), ("1:00:00", 60), ("01:00", 60), ("", 60), ("00:00:00", 60),
     ("24:00:00", 1440)],
)  # fmt: skip
def test_durations(stated, minutes):
    assert bmlt(duration_time=stated).minutes == minutes


@pytest.mark.parametrize("stated", ["25:00:00", "an hour", "-1:00", "24:30:00"])
def test_a_length_that_is_none_is_skipped(stated):
    assert "duration" in why_skipped({**BMLT, "duration_time": stated})


@pytest.mark.parametrize("stated", ["24:00:00", "7pm", "19:60", "19"])
def test_a_start_that_is_no_time_of_day_is_skipped(stated):
    assert "time of day" in why_skipped({**BMLT, "start_time": stated})


def test_a_place_without_a_zone_gets_the_operators():
    assert bmlt().timezone == "America/New_York"
    assert bmlt(venue_type="3").timezone == "America/New_York"


def test_a_virtual_meeting_without_a_zone_stays_unknown():
    for changes in (
        {"venue_type": "2"},
        {"formats": "VM"},
        {"format_shared_id_list": "30"},
        {"virtual_meeting_link": "https://zoom.example/j/1?pwd=x", "location_text": ""},
    ):
        found = bmlt(**changes)
        assert (found.format, found.timezone, found.has_time) == (Format.ONLINE, "", False)


def test_a_stated_zone_is_taken_and_an_abbreviation_is_not_guessed_at():
    assert bmlt(venue_type="2", time_zone="Europe/London").has_time
    assert bmlt(time_zone="BST").timezone == ""


def test_without_the_operators_zone_a_place_is_unknown_too():
    assert not feed(BMLT, timezone="").listings[0].has_time


def test_venues_by_number_and_by_the_servers_own_format_keys():
    assert bmlt(venue_type="1").format is Format.IN_PERSON
    assert bmlt(venue_type="3").format is Format.HYBRID
    assert bmlt(formats="HYB,B").format is Format.HYBRID
    assert bmlt(formats="HYB,B").newcomers
    assert bmlt(formats="O").is_open is True
    assert bmlt().is_open is None
    assert bmlt(virtual_meeting_link="https://zoom.example/1").format is Format.HYBRID


def test_nothing_that_reaches_a_person_is_taken_over():
    found = bmlt(
        email_contact="jo@example.org",
        contact_phone_1="212-555-0100",
        virtual_meeting_link="https://zoom.example/j/99?pwd=secret",
        virtual_meeting_additional_info="passcode 4242",
        comments="Call Jo 212-555-0100 or jo@example.org, passcode: 4242 (ring bell)",
        location_info="Side door, www.example.org/door",
    )
    kept = json.dumps(found.notes + found.place)
    for secret in ("555", "example.org", "4242", "secret", "zoom"):
        assert secret not in kept
    assert "ring bell" in found.notes
    assert "Side door" in found.notes


def test_the_address_is_one_line():
    found = bmlt(location_street="1 Main St", location_province="NY", location_nation="USA")
    assert found.place == "Town hall, 1 Main St, Albany, NY, USA"


def test_names_repeat_but_ids_do_not():
    same_name = feed(BMLT, {**BMLT, "id_bigint": "8"})
    assert len(same_name.listings) == 2
    same_id = feed(BMLT, {**BMLT, "meeting_name": "Other"})
    assert same_id.skipped[0].why == "the id '7' came before"


def test_two_servers_may_use_one_number():
    other = {**BMLT, "root_server_uri": "https://other.example"}
    assert len(feed(BMLT, other).listings) == 2


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ({**BMLT, "id_bigint": ""}, "no id"),
        ({**BMLT, "meeting_name": ""}, "no name"),
        ({**BMLT, "published": "0"}, "not published"),
        ({**GUIDE, "name": None}, "no name"),
        ({**GUIDE, "slug": "", "id": ""}, "no slug"),
        ({**GUIDE, "attendance_option": "inactive"}, "inactive"),
        ({**GUIDE, "duration": "long"}, "duration"),
        ({"id": 1, "name": "", "startTime": "18:00", "formatIds": []}, "no name"),
        ({"id": "", "name": "X", "startTime": "18:00", "formatIds": []}, "no id"),
        (
            {"id": 1, "name": "X", "startTime": "1", "formatIds": [], "published": False},
            "not published",
        ),
    ],
)
def test_rows_are_skipped_with_their_reason(row, why):
    assert why in why_skipped(row)


def test_a_guide_row_on_several_days_is_several_slots():
    slots = feed({**GUIDE, "day": [1, 3, 3]}).listings
    assert [(slot.key, slot.weekday) for slot in slots] == [("dawn-0", 0), ("dawn-2", 2)]


def test_a_guide_row_without_a_day_is_listed_without_a_time():
    assert not guide(day=None).has_time
    assert guide(day="").weekday is None


def test_ends_and_lengths_of_guide_rows():
    assert guide(end_time="07:15").minutes == 75
    assert guide(time="23:30", end_time="00:30").minutes == 60
    assert guide(duration=90).minutes == 90
    assert guide(time="06:00:00").start == "06:00"
    assert guide().minutes == 60


def test_online_guide_rows():
    link = {"conference_url": "https://zoom.example/1"}
    assert guide(**link).format is Format.ONLINE
    assert guide(**link).timezone == ""
    assert guide(**link, timezone="Europe/Paris").has_time
    assert guide(**link, formatted_address="1 Main St, Albany").format is Format.HYBRID
    assert guide(types=None).format is Format.IN_PERSON
    assert guide(types=["ONL", "BE", "ES", "C"]).newcomers
    assert guide(types=["ONL", "ES"]).language == "es"
    assert guide(types=["C"]).is_open is False


@pytest.mark.parametrize(
    ("text", "where"),
    [
        (b"[{},\n{]", "Line 2"),
        (b"", "Line 1"),
        (b'[\n"\xff"]', "Line 2 is not UTF-8"),
        (b'{"error": "no"}', "A feed is a list"),
        (b'{"meetings": {}, "formats": []}', "A feed is a list"),
        (b'"meetings"', "A feed is a list"),
        (b"[" * 100_000, "cannot|can be read"),
        (b"[NaN]", "can be read"),
        (b'[{"a": 1}]', "none of the fields"),
    ],
)
def test_a_broken_feed_says_where(text, where):
    with pytest.raises(Invalid) as no:
        read_feed(text, source="file:x")
    said = no.value.message % no.value.params if no.value.params else no.value.message
    assert any(part in said for part in where.split("|"))


def test_a_row_that_is_no_object_breaks_the_feed_and_is_named():
    with pytest.raises(Invalid) as no:
        feed(BMLT, "oops")
    assert no.value.params == {"row": 2}


def test_a_feed_that_is_too_large_is_refused(monkeypatch):
    monkeypatch.setattr("support.groups.rules.feeds_in.reader.LARGEST", 10)
    with pytest.raises(Invalid, match="larger"):
        feed(BMLT)
    monkeypatch.setattr("support.groups.rules.feeds_in.reader.LARGEST", 10_000)
    monkeypatch.setattr("support.groups.rules.feeds_in.reader.MOST_ROWS", 1)
    with pytest.raises(Invalid, match="more than"):
        feed(BMLT, BMLT)


@pytest.mark.parametrize("text", [b"[]", b'{"meetings":[],"formats":[]}', b"\xef\xbb\xbf[]"])
def test_empty_feeds_are_feeds(text):
    found = read_feed(text, source="file:x")
    assert (found.kind, found.listings) == ("empty", ())


def test_the_plan_tells_new_changed_gone_and_same():
    before = feed(BMLT, {**BMLT, "id_bigint": "8"}, {**BMLT, "id_bigint": "9"})
    listed = {each.identity: each.fingerprint for each in before.listings}
    after = feed(BMLT, {**BMLT, "id_bigint": "8", "start_time": "20:00:00"},
                 {**BMLT, "id_bigint": "10"})  # fmt: skip
    plan = compare(after, listed)
    assert [each.key for each in plan.new] == ["10"]
    assert [each.key for each in plan.changed] == ["8"]
    assert plan.gone == (("https://bmlt.example/main_server", "9"),)
    assert (plan.same, plan.changes) == (1, 3)


def test_the_same_feed_twice_changes_nothing():
    found = feed(BMLT, {**BMLT, "id_bigint": "8"})
    listed = {each.identity: each.fingerprint for each in found.listings}
    assert compare(found, listed).changes == 0


def test_an_empty_answer_removes_nothing():
    listed = {("https://bmlt.example/main_server", "7"): "x"}
    assert compare(feed(), listed).changes == 0


def test_another_servers_rows_are_left_alone():
    listed = {("https://other.example", "7"): "x"}
    assert compare(feed(BMLT), listed).gone == ()


VALUES = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=30),
                   st.lists(st.integers(), max_size=3))  # fmt: skip


@settings(max_examples=300, deadline=timedelta(seconds=1))
@given(st.dictionaries(st.sampled_from(sorted({*BMLT, *GUIDE, "end_time", "duration",
                                                "timezone", "comments"})), VALUES))  # fmt: skip
def test_whatever_a_row_holds_it_is_listed_or_skipped(changes):
    for row in (BMLT, GUIDE):
        found = feed({**row, **changes})
        assert len(found.skipped) + len(found.listings) >= 1
