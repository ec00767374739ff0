"""Whatever is sent, the reader of fields says what is wrong with it and never breaks."""

from datetime import UTC, datetime
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.base.errors import Invalid, Unreadable
from support.base.fields import Fields


class Colour(StrEnum):
    GREEN = "green"
    BLUE = "blue"


SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=40)
)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)
READERS = {
    "text": lambda f: f.text("x", longest=10),
    "secret": lambda f: f.secret("x", longest=10),
    "choice": lambda f: f.choice("x", Colour),
    "integer": lambda f: f.integer("x", 1, 9),
    "optional_integer": lambda f: f.optional_integer("x", 1, 9),
    "flag": lambda f: f.flag("x"),
    "optional_flag": lambda f: f.optional_flag("x"),
    "identifier": lambda f: f.identifier("x"),
    "moment": lambda f: f.moment("x"),
    "words": lambda f: f.words("x", longest=5, most=2),
}


def refused(data, read):
    """The sentence for field x, or None if it was taken."""
    fields = Fields(data)
    read(fields)
    try:
        fields.done()
    except Invalid as wrong:
        return wrong.fields.get("x")
    return None


@pytest.mark.parametrize("kind", READERS)
@given(value=ANYTHING)
def test_anything_at_all_is_read_or_refused_with_a_sentence(kind, value):
    sentence = refused({"x": value}, READERS[kind])
    assert sentence is None or sentence.endswith(".")


@given(text=st.text(alphabet="-0123456789.e+_ \u0661\u00b2", max_size=25))
def test_text_that_looks_a_little_like_a_number_never_breaks_the_reader(text):
    fields = Fields({"x": text})
    number = fields.integer("x", -5, 5)
    assert -5 <= number <= 5


@pytest.mark.parametrize("text", ["--5", "-", "5-", "1e3", "5.0", "0x5", "", " ", "9" * 5000])
def test_what_is_no_whole_number_is_refused(text):
    assert refused({"x": text}, READERS["integer"])


@pytest.mark.parametrize(("raw", "number"), [("3", 3), (3, 3), ("09", 9), (9, 9), (1, 1)])
def test_a_whole_number_may_come_as_text_or_as_a_number(raw, number):
    assert Fields({"x": raw}).integer("x", 1, 9) == number


@pytest.mark.parametrize("number", [0, 10, "0", "10", True, 2.0, 10**30])
def test_a_number_out_of_bounds_or_of_another_kind_is_refused(number):
    assert refused({"x": number}, READERS["integer"])


def test_a_number_that_may_be_left_out_is_none_then():
    assert Fields({}).optional_integer("x", 1, 9) is None
    assert Fields({"x": ""}).optional_integer("x", 1, 9) is None
    assert Fields({"x": "7"}).optional_integer("x", 1, 9) == 7


def test_text_is_trimmed_and_bounded():
    assert Fields({"x": "  calm  "}).text("x", longest=4) == "calm"
    assert refused({"x": "calmer"}, lambda f: f.text("x", longest=4))
    assert refused({"x": "   "}, lambda f: f.text("x", longest=4))
    assert refused({}, lambda f: f.text("x", longest=4))
    assert Fields({}).text("x", longest=4, required=False) == ""


def test_a_passphrase_is_taken_as_it_was_typed():
    assert Fields({"x": "  two spaces  "}).secret("x") == "  two spaces  "


@pytest.mark.parametrize("sign", ["1", "true", "on", "yes", True, 1])
def test_a_switch_is_on_for_these(sign):
    assert Fields({"x": sign}).flag("x") is True


@pytest.mark.parametrize("sign", ["0", "false", "off", "no", "", False, 0])
def test_a_switch_is_off_for_these(sign):
    assert Fields({"x": sign}).flag("x", default=True) is False


def test_a_switch_that_was_not_sent_is_as_the_form_wants_it():
    assert Fields({}).flag("x", default=True) is True
    assert Fields({}).flag("x") is False
    assert Fields({}).optional_flag("x") is None
    assert Fields({"x": "off"}).optional_flag("x") is False


def test_a_choice_is_one_of_those_offered():
    assert Fields({"x": "blue"}).choice("x", Colour) is Colour.BLUE
    assert Fields({}).choice("x", Colour, Colour.BLUE) is Colour.BLUE
    assert refused({"x": "red"}, READERS["choice"])
    assert refused({}, READERS["choice"])


@pytest.mark.parametrize("text", ["", "a b", "a/b", "é", "a" * 65, "a\n"])
def test_what_is_no_id_is_refused(text):
    assert refused({"x": text}, READERS["identifier"])


def test_an_id_may_be_left_out_where_the_form_allows_it():
    assert Fields({}).identifier("x", required=False) == ""
    assert Fields({"x": "abc-1_2.3"}).identifier("x") == "abc-1_2.3"


def test_a_moment_without_an_offset_counts_as_utc():
    wanted = datetime(2026, 11, 23, 22, 0, tzinfo=UTC)
    assert Fields({"x": "2026-11-23T22:00"}).moment("x") == wanted
    assert Fields({"x": "2026-11-23T23:00+01:00"}).moment("x") == wanted
    assert Fields({"x": "2026-11-23T22:00:00Z"}).moment("x") == wanted


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01", "0001-01-01T00:00+14:00"])
def test_what_is_no_moment_is_refused(text):
    assert refused({"x": text}, READERS["moment"])


def test_words_come_as_a_list_or_with_commas():
    assert Fields({"x": "a, b"}).words("x", longest=5, most=2) == ("a", "b")
    assert Fields({"x": ["a", " b "]}).words("x", longest=5, most=2) == ("a", "b")
    assert Fields({}).words("x", longest=5, most=2) == ()
    assert refused({"x": "a,b,c"}, READERS["words"])
    assert refused({"x": "abcdef"}, READERS["words"])
    assert refused({"x": [1]}, READERS["words"])


def test_a_field_nobody_asked_for_is_an_error_with_its_name():
    fields = Fields({"x": "1", "role": "admin", "csrf_token": "t"})
    fields.text("x", longest=5)
    with pytest.raises(Invalid) as wrong:
        fields.done()
    assert set(wrong.value.fields) == {"role"}


@pytest.mark.parametrize(
    ("data", "is_strange"),
    [
        ({"words": ""}, False),
        ({"words": "  "}, False),
        ({"words": "far too long"}, False),
        ({"words": "ok", "list": "a,b,c"}, False),
        ({}, True),
        ({"words": 7}, True),
        ({"words": "ok", "number": "x"}, True),
        ({"words": "ok", "id": "a b"}, True),
        ({"words": "ok", "role": "admin"}, True),
        ({"words": "", "role": "admin"}, True),
    ],
    ids=str,
)
def test_what_people_do_wrong_at_a_page_is_told_from_what_no_page_sends(data, is_strange):
    fields = Fields(data)
    fields.text("words", longest=5)
    fields.words("list", longest=5, most=2)
    fields.integer("number", 1, 2, 1)
    fields.identifier("id", required=False)
    with pytest.raises(Invalid) as wrong:
        fields.done()
    assert isinstance(wrong.value, Unreadable) is is_strange
    assert (wrong.value.status, wrong.value.code) == (400, "bad_request")


def test_a_rule_of_a_form_s_own_is_about_what_somebody_wrote():
    fields = Fields({})
    fields.reject("start", "This day is over.")
    with pytest.raises(Invalid) as wrong:
        fields.done()
    assert not isinstance(wrong.value, Unreadable)


def test_a_query_string_may_carry_what_nobody_asked_for():
    fields = Fields({"x": "1", "utm_source": "elsewhere"}, strict=False)
    fields.text("x", longest=5)
    fields.done()


def test_everything_that_is_wrong_is_said_at_once():
    fields = Fields({"a": "", "b": "no number"})
    fields.text("a", longest=5)
    fields.integer("b", 1, 2)
    fields.reject("c", "This does not fit.")
    with pytest.raises(Invalid) as wrong:
        fields.done()
    assert set(wrong.value.fields) == {"a", "b", "c"}
