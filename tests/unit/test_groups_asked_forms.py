"""What hosts and readers send about groups: each field's bound and sentence, and what is kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.base.errors import Invalid
from support.groups.forms import EmptyForm, FilterForm, GroupForm, MoveForm, PersonForm, SeriesForm
from support.groups.rules.recurrence import Freq
from support.groups.rules.words import Format, Policy, Stage

GROUP = {"slug": "night-owls", "name": "Night owls"}
SERIES = {"title": "Slow taper", "start": "2026-11-24T19:00", "timezone": "Europe/Lisbon"}
CHOICE = "Please pick one of the choices."
START = "Please give a date and time such as 2026-11-23T22:00."
ZONE = "Please use a time zone such as Europe/Lisbon."


def wrong(form, data) -> dict[str, str]:
    with pytest.raises(Invalid) as no:
        form.parse(data)
    return no.value.fields


def test_a_group_needs_a_name_and_a_slug_and_the_rest_has_a_kind_default():
    form = GroupForm.parse(GROUP)
    assert (form.stage, form.format, form.policy) == (Stage.TAPERING, Format.TEXT, Policy.OPEN)
    assert (form.language, form.about, form.focus) == ("en", "", ())
    assert form.listening
    assert not form.newcomers


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("slug", "Night", "Please use small letters, digits and dashes."),
        ("slug", "-owls", "Please use small letters, digits and dashes."),
        ("slug", "owls-", "Please use small letters, digits and dashes."),
        ("slug", "a/b", "Please use small letters, digits and dashes."),
        ("slug", "a" * 65, "Please use at most 64 characters."),
        ("name", "n" * 81, "Please use at most 80 characters."),
        ("name", " \n ", "Please fill this in."),
        ("about", "a" * 2001, "Please use at most 2000 characters."),
        ("focus", "ä", "Please use plain words."),
        ("focus", "-", "Please use plain words."),
        ("focus", ["x"] * 13, "Please use at most 12 short words."),
        ("stage", "done", CHOICE),
        ("language", "English", "Please use a language code such as en."),
        ("language", "e", "Please use a language code such as en."),
        ("format", "video", CHOICE),
        ("policy", "secret", CHOICE),
        ("newcomers", "maybe", "This must be yes or no."),
        ("member_count", 5, "This field is not known."),
        ("lounge_id", "x", "This field is not known."),
    ],
)
def test_a_group_that_cannot_be_is_refused_with_its_sentence(field, value, sentence):
    assert wrong(GroupForm, {**GROUP, field: value}) == {field: sentence}


def test_names_are_one_line_and_focuses_one_of_each():
    form = GroupForm.parse(
        {**GROUP, "name": " Night \n  owls ", "focus": "Z-Drugs, z drugs,z_drugs, diazepam"}
    )
    assert form.name == "Night owls"
    assert form.focus == ("z-drugs", "diazepam")


def test_everything_that_is_wrong_with_a_group_is_said_at_once():
    assert set(wrong(GroupForm, {"slug": "A", "stage": "x", "language": "?"})) == {
        "slug",
        "name",
        "stage",
        "language",
    }


def test_a_series_is_an_hour_without_a_number_of_seats_unless_said_otherwise():
    form = SeriesForm.parse(SERIES)
    assert (form.minutes, form.seats, form.pattern.freq) == (60, None, Freq.ONCE)
    weekly = SeriesForm.parse({**SERIES, "rrule": "freq=weekly", "seats": "12", "minutes": "90"})
    assert (weekly.minutes, weekly.seats, weekly.pattern.weekdays) == (90, 12, (1,))


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("title", "t" * 121, "Please use at most 120 characters."),
        ("start", "", "Please fill this in."),
        ("start", "tomorrow", START),
        ("start", "2026-11-24", START),
        ("start", "2026-02-30T19:00", START),
        ("start", "2026-11-24T24:00", START),
        ("timezone", "CET", ZONE),
        ("timezone", "Nowhere/Land", ZONE),
        ("minutes", 4, "Please use a number from 5 to 1440."),
        ("minutes", 1441, "Please use a number from 5 to 1440."),
        ("minutes", "an hour", "This must be a whole number."),
        ("seats", 0, "Please use a number from 1 to 500."),
        ("seats", 501, "Please use a number from 1 to 500."),
        ("seats", True, "This must be a whole number."),
        ("rrule", "FREQ=WEEKLY;" + "X" * 200, "Please use at most 200 characters."),
        ("rrule", "FREQ=MONTHLY;BYMONTHDAY=31;UNTIL=20261201", "This rule never comes true."),
        ("state", "open", "This field is not known."),
    ],
)
def test_a_series_that_cannot_be_is_refused_with_its_sentence(field, value, sentence):
    assert wrong(SeriesForm, {**SERIES, field: value}) == {field: sentence}


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("2026-11-24T19:00", "2026-11-24T19:00"),
        ("2026-11-24T19:00:59", "2026-11-24T19:00"),
        ("2026-11-24T19:00:00+05:00", "2026-11-24T19:00"),
        ("2028-02-29T00:00", "2028-02-29T00:00"),
    ],
)
def test_a_start_is_what_the_clock_on_the_wall_shows_to_the_minute(sent, kept):
    for form in (SeriesForm.parse({**SERIES, "start": sent}), MoveForm.parse({"start": sent})):
        assert form.start.isoformat(timespec="minutes") == kept
        assert form.start.tzinfo is None


@pytest.mark.parametrize("data", [{}, {"start": "soon"}, {"start": "2026-11-24T19:00", "by": "1"}])
def test_a_move_that_cannot_be_is_refused(data):
    assert wrong(MoveForm, data)


def test_a_person_is_named_and_a_button_sends_nothing():
    assert PersonForm.parse({"handle": " mina "}).handle == "mina"
    assert wrong(PersonForm, {}) == {"handle": "Please fill this in."}
    assert wrong(PersonForm, {"handle": "m" * 61}) == {
        "handle": "Please use at most 60 characters."
    }
    assert EmptyForm.parse({"csrf_token": "t"}) == EmptyForm()
    assert wrong(EmptyForm, {"all": "1"}) == {"all": "This field is not known."}


def test_no_filter_at_all_is_a_filter_and_gives_an_empty_address():
    assert FilterForm.parse({}).as_query() == {}
    assert FilterForm.parse({"utm_source": "elsewhere", "fbclid": "1"}).as_query() == {}


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("stage", "done", CHOICE),
        ("format", "video", CHOICE),
        ("tz", "CET", ZONE),
        ("day", "someday", "Please pick a day."),
        ("day", "2026-02-30", "Please pick a day."),
        ("q", "q" * 101, "Please use at most 100 characters."),
        ("newcomers", "maybe", "This must be yes or no."),
        ("tonight", "perhaps", "This must be yes or no."),
    ],
)
def test_a_filter_that_means_nothing_is_refused_with_its_sentence(field, value, sentence):
    assert wrong(FilterForm, {field: value}) == {field: sentence}


def test_tonight_is_stronger_than_a_day():
    assert FilterForm.parse({"tonight": "1", "day": "monday"}).day == "tonight"
    assert FilterForm.parse({"tonight": "0", "day": "MONDAY"}).day == "monday"


FILTERS = st.fixed_dictionaries(
    {},
    optional={
        "q": st.text("abc äé", max_size=20),
        "focus": st.sampled_from(["Z Drugs", "diazepam", ""]),
        "stage": st.sampled_from(["tapering", "HOLDING", ""]),
        "language": st.sampled_from(["en", "PT", ""]),
        "day": st.sampled_from(["tonight", "wed", "2026-11-24", ""]),
        "format": st.sampled_from(["text", "Hybrid", ""]),
        "tz": st.sampled_from(["Europe/Lisbon", ""]),
        "from": st.sampled_from(["2026-11-24", ""]),
        "newcomers": st.sampled_from(["1", "0", ""]),
        "listening": st.sampled_from(["on", "off"]),
    },
)


@given(FILTERS)
def test_a_filter_that_stands_in_an_address_reads_back_as_the_same_filter(data):
    form = FilterForm.parse(data)
    assert FilterForm.parse(form.as_query()) == form
    assert "page" not in form.as_query()
    assert all(form.as_query().values())
