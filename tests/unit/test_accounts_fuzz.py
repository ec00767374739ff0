"""Whatever is typed, forms answer with a form or with Invalid, and the keys of names hold."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.accounts import forms, rules
from support.base.errors import Invalid
from support.base.hashing import code_digest, digest
from support.base.text import clean
from tests.people import CHEAP

ANY_TEXT = st.text(st.characters(), max_size=80)
ANY_VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_TEXT, inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from(
    ["handle", "password", "email", "country", "timezone", "adult", "agree", "code", "current",
     "remember", "person", "on", "next", "csrf_token", "role"]
)  # fmt: skip
ANY_FORM = st.dictionaries(NAMES | ANY_TEXT, ANY_VALUE, max_size=9)
GOOD = {
    "handle": "wren",
    "password": "four plain words here",
    "country": "PT",
    "timezone": "Europe/Lisbon",
    "adult": "1",
    "agree": "1",
}


@pytest.mark.parametrize(
    "parse",
    [
        forms.RegisterForm.parse,
        forms.LoginForm.parse,
        forms.RecoverForm.parse,
        forms.PlaceForm.parse,
        forms.ConfirmForm.parse,
        forms.HideForm.parse,
        lambda data: forms.PassphraseForm.parse(data, "mina"),
    ],
)
@given(data=ANY_FORM)
def test_any_object_is_a_form_or_invalid(parse, data):
    fields = refused(parse, data)
    assert all(isinstance(sentence, str) and sentence for sentence in fields.values())


def refused(parse, data):
    """The sentences of a refusal; none for a form that is taken."""
    try:
        parse(data)
    except Invalid as refusal:
        return refusal.fields or {"": ""}
    return {}


@given(handle=ANY_TEXT)
def test_a_name_that_is_taken_is_one_that_everybody_can_type_read_and_store(handle):
    try:
        form = forms.RegisterForm.parse({**GOOD, "handle": handle})
    except Invalid:
        return
    kept = form.handle
    assert 2 <= len(kept) <= 30
    assert kept == unicodedata.normalize("NFKC", kept)
    assert kept == clean(kept)
    assert not any(unicodedata.category(c).startswith(("C", "Z", "S")) for c in kept)
    assert rules.handle_key(kept)
    kept.encode()


@given(handle=ANY_TEXT)
def test_dressing_a_name_up_does_not_make_it_another(handle):
    key = rules.handle_key(handle)
    for dressed in (
        f" {handle} ",
        "-".join(handle),
        "\u200b".join(handle),
        unicodedata.normalize("NFD", handle),
        rules.tidy_handle(handle),
    ):
        assert rules.handle_key(dressed) == key


@given(handle=st.from_regex(r"[a-z0-9]{2,20}", fullmatch=True))
def test_capitals_and_full_width_letters_do_not_make_a_name_another(handle):
    wide = "".join(chr(ord(c) + 0xFEE0) for c in handle)
    assert rules.handle_key(handle.upper()) == rules.handle_key(handle)
    assert rules.handle_key(wide) == rules.handle_key(handle)


@given(
    word=st.sampled_from(["admin", "moderator", "handrail", "staff", "mod", "mentor", "doctor"]),
    signs=st.lists(st.sampled_from(["", "-", "_", ".", "1", "22"]), min_size=2, max_size=2),
)
def test_staff_words_stay_reserved_between_signs_and_digits(word, signs):
    first, second = signs
    assert rules.is_reserved(f"{first}{word}{second}")
    assert rules.is_reserved(f"{first}{word.upper()}{second}")


@given(passphrase=st.text(st.characters(), min_size=1, max_size=60), other=ANY_TEXT)
def test_any_passphrase_fits_itself_and_no_other(passphrase, other):
    kept = CHEAP.hash(passphrase)
    assert CHEAP.verify(passphrase, kept)
    same = unicodedata.normalize("NFKC", other) == unicodedata.normalize("NFKC", passphrase)
    assert CHEAP.verify(other, kept) is same


@given(passphrase=ANY_TEXT, handle=ANY_TEXT)
def test_a_passphrase_is_judged_whatever_it_is(passphrase, handle):
    problem = rules.passphrase_problem(passphrase, handle)
    assert problem is None or problem.endswith(".")
    if len(passphrase) < 10:
        assert problem


@given(code=ANY_TEXT, agent=ANY_TEXT, languages=st.lists(ANY_TEXT, max_size=4))
def test_what_a_browser_says_of_itself_is_never_a_fault(code, agent, languages):
    assert len(code_digest(code)) == len(digest("")) == 64
    assert len(rules.device_words(agent)) < 40
    guessed = rules.guess_country(languages)
    assert guessed == "" or rules.is_country(guessed)
    assert rules.is_timezone(rules.guess_timezone(guessed))
