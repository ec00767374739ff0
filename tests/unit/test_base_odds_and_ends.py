"""The small tools everything stands on: names, hashes, zones, refusals, the clock, who one is."""

import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.base import errors
from support.base.actor import NEWCOMER_AGE, NEWCOMER_MESSAGES, Actor, Role
from support.base.clock import SystemClock, wire
from support.base.hashing import PasswordHasher, code_digest, digest, new_code, same
from support.base.ids import new_id, new_token
from support.base.sealing import CannotOpen, sealer_for
from support.base.severity import Severity, gravest
from support.base.text import clean, fold, skeleton, without_marks
from support.base.zones import city, is_zone, to_local, to_utc, zone, zone_file, zone_names

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
YEAR_2000, YEAR_2100 = map(datetime.fromisoformat, ("2000-01-01", "2100-01-01"))
CHEAP = PasswordHasher(passes=1, memory_kib=8)


def test_names_of_things_are_opaque_and_never_the_same_twice():
    names = {new_id() for _ in range(500)}
    assert len(names) == 500
    assert all(re.fullmatch(r"[0-9a-f]{20}", name) for name in names)


def test_a_token_fits_an_address_as_it_is():
    tokens = {new_token() for _ in range(200)}
    assert len(tokens) == 200
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", token) for token in tokens)


def test_a_recovery_code_has_no_letter_that_is_mistaken_for_another():
    for _ in range(100):
        groups = new_code().split("-")
        assert [len(group) for group in groups] == [5] * 5
        assert not set("".join(groups)) & set("ILOU01")


@pytest.mark.parametrize(
    "as_copied",
    [
        "abcde-fghjk-mnpqr-stvwx-yz234",
        " ABCDE FGHJK MNPQR STVWX YZ234 ",
        "ABCDEFGHJKMNPQRSTVWXYZ234",
        "abcde–fghjk–mnpqr–stvwx–yz234",
        "“abcde.fghjk.mnpqr.stvwx.yz234”",
    ],
)
def test_a_code_copied_from_paper_is_the_same_code(as_copied):
    assert code_digest(as_copied) == code_digest("ABCDE-FGHJK-MNPQR-STVWX-YZ234")


def test_another_code_is_another_code():
    assert code_digest("ABCDE") != code_digest("ABCDF")
    assert code_digest("ABCDE") != "ABCDE"


def test_a_token_is_kept_as_its_digest_and_case_counts():
    assert digest("Token") != digest("token")
    assert len(digest("")) == 64
    assert same(digest("a"), digest("a"))
    assert not same(digest("a"), digest("b"))
    assert not same(digest("a"), "")


@pytest.mark.parametrize(
    ("chosen", "typed_later"),
    [
        ("three warm cups of tea", "three warm cups of tea"),
        ("caf\u00e9 at the corner", "cafe\u0301 at the corner"),
        ("\uff54\uff45\uff41 time", "tea time"),
        ("ﬁve calm minutes", "five calm minutes"),
        ("half \ud800 a character", "half \ud800 a character"),
        ("", ""),
    ],
)
def test_the_same_words_from_another_keyboard_open_the_door(chosen, typed_later):
    assert CHEAP.verify(typed_later, CHEAP.hash(chosen))


@pytest.mark.parametrize("wrong", ["", "Three warm cups", "three warm cups ", "three  warm cups"])
def test_other_words_do_not(wrong):
    assert not CHEAP.verify(wrong, CHEAP.hash("three warm cups"))


@pytest.mark.parametrize("kept", [None, "", "plain", "$argon2id$", "$2b$12$abc"])
def test_where_nothing_usable_is_kept_no_words_fit(kept):
    assert not CHEAP.verify("anything", kept)
    assert not CHEAP.verify("", kept)


def test_one_passphrase_is_never_hashed_alike_twice():
    assert CHEAP.hash("tea") != CHEAP.hash("tea")


def test_a_hash_of_a_cheaper_time_is_told_to_be_outdated():
    kept = CHEAP.hash("tea")
    assert kept.startswith("$argon2id$")
    assert not CHEAP.is_outdated(kept)
    assert PasswordHasher(passes=2, memory_kib=8).is_outdated(kept)


REFUSALS = {
    errors.Invalid: (400, "bad_request"),
    errors.SignInNeeded: (401, "sign_in_needed"),
    errors.Forbidden: (403, "forbidden"),
    errors.Banned: (403, "banned"),
    errors.Muted: (403, "muted"),
    errors.Locked: (403, "locked"),
    errors.NotFound: (404, "not_found"),
    errors.Conflict: (409, "conflict"),
    errors.Ended: (409, "ended"),
    errors.TooLong: (413, "too_long"),
    errors.SlowMode: (429, "slow_mode"),
    errors.RateLimited: (429, "rate_limited"),
    errors.Unavailable: (503, "server_error"),
}


@pytest.mark.parametrize(("kind", "answer"), REFUSALS.items())
def test_each_refusal_has_its_number_and_its_word(kind, answer):
    no = kind("Not now.", retry_after=7, most=3)
    assert (no.status, no.code) == answer
    assert (str(no), no.message) == ("Not now.", "Not now.")
    assert (no.fields, no.retry_after, no.params) == ({}, 7, {"most": 3})


def test_no_refusal_is_left_out_of_the_list():
    assert set(errors.Declined.__subclasses__()) == set(REFUSALS)


def test_two_refusals_do_not_share_their_fields():
    first, second = errors.Invalid("No."), errors.Invalid("No.")
    first.fields["x"] = "Wrong."
    assert second.fields == {}


@pytest.mark.parametrize(
    ("moment", "told"),
    [
        (NOON, "2026-11-23T12:00:00.000Z"),
        (NOON.replace(microsecond=999_999), "2026-11-23T12:00:00.999Z"),
        (NOON.astimezone(timezone(timedelta(hours=5, minutes=45))), "2026-11-23T12:00:00.000Z"),
    ],
)
def test_a_time_on_the_wire_has_one_form(moment, told):
    assert wire(moment) == told


@given(st.datetimes(YEAR_2000, YEAR_2100, timezones=st.timezones()))
def test_times_on_the_wire_sort_as_they_happened(moment):
    later = moment.astimezone(UTC) + timedelta(milliseconds=1)
    assert wire(moment) < wire(later)
    assert wire(moment).endswith("Z")


def test_the_machines_clock_speaks_utc():
    assert SystemClock().now().utcoffset() == timedelta(0)


def person(role: Role = Role.MEMBER, **facts) -> Actor:
    about = {"id": "a1", "handle": "mina", "country": "PT", "timezone": "Europe/Lisbon"}
    return Actor(**about, role=role, created_at=NOON, **facts)


@pytest.mark.parametrize(
    ("role", "on_rota", "staff", "admin", "responder"),
    [
        (Role.MEMBER, False, False, False, False),
        (Role.MENTOR, False, False, False, False),
        (Role.MENTOR, True, False, False, True),
        (Role.MODERATOR, False, True, False, True),
        (Role.ADMIN, False, True, True, True),
    ],
)
def test_who_may_what_follows_from_the_role(role, on_rota, staff, admin, responder):
    who = person(role, on_rota=on_rota)
    assert (who.is_staff, who.is_admin, who.is_responder) == (staff, admin, responder)


@pytest.mark.parametrize(
    ("age", "shown", "newcomer"),
    [
        (timedelta(0), 0, True),
        (NEWCOMER_AGE - timedelta(microseconds=1), NEWCOMER_MESSAGES - 1, True),
        (NEWCOMER_AGE, 0, False),
        (timedelta(0), NEWCOMER_MESSAGES, False),
        (NEWCOMER_AGE, NEWCOMER_MESSAGES, False),
    ],
)
def test_a_newcomer_is_new_and_has_said_little(age, shown, newcomer):
    assert person(shown_messages=shown).is_newcomer(NOON + age) is newcomer


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "", "BST", "Europe", "europe/lisbon", "a" * 99]
)
def test_what_is_no_zone_opens_no_file(name):
    assert not is_zone(name)
    for opened in (zone, zone_file):
        with pytest.raises(ValueError, match="is not a time zone"):
            opened(name)


def test_a_long_wrong_name_is_cut_in_the_refusal():
    with pytest.raises(ValueError, match=r"^x{40} is not a time zone$"):
        zone("x" * 5000)


def test_every_zone_we_accept_can_be_opened_and_has_a_rule_or_an_end():
    for name in sorted(zone_names())[::7]:
        assert zone(name).key == name
        assert zone_file(name).startswith(b"TZif")


@given(
    st.datetimes(YEAR_2000, YEAR_2100, timezones=st.just(UTC)),
    st.sampled_from(["Europe/Lisbon", "America/New_York", "Asia/Kathmandu", "Pacific/Apia", "UTC"]),
)
def test_an_instant_comes_back_from_the_wall_but_for_the_hour_told_twice(instant, name):
    back = to_utc(to_local(instant, name), name)
    assert instant - back in (timedelta(0), timedelta(hours=1))
    assert to_local(back, name) == to_local(instant, name)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("America/Argentina/Buenos_Aires", "Buenos Aires"),
        ("UTC", "UTC"),
        ("America/Port-au-Prince", "Port-au-Prince"),
    ],
)
def test_the_last_part_of_a_zone_is_its_place(name, words):
    assert city(name) == words


@given(st.lists(st.sampled_from(Severity)))
def test_the_gravest_is_one_of_them_and_none_is_graver(several):
    most = gravest(iter(several))
    assert most in several or (not several and most is Severity.NONE)
    assert all(each.rank <= most.rank for each in several)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("a\u2028b\u2029c", "a\nb\nc"),
        ("old\rmac", "old\nmac"),
        ("a\x1cb\x85c", "a b c"),
        ("\u2066aside\u2069", "aside"),
        ("\u061carabic mark", "arabic mark"),
        ("\x7fgone\x9f", "gone"),
        ("zero\u200bwidth", "zero\u200bwidth"),
        ("", ""),
    ],
)
def test_lines_and_spaces_of_other_machines_become_ours(typed, stored):
    assert clean(typed) == stored


@given(st.text(max_size=80))
def test_what_is_stored_is_always_one_spelling_of_its_letters(typed):
    assert unicodedata.is_normalized("NFC", clean(typed))


@given(st.text(max_size=60))
def test_search_and_the_looks_of_names_care_for_no_spaces_at_the_ends(typed):
    assert fold(f"  {typed}\n") == fold(typed)
    assert skeleton(f" {typed} ") == skeleton(typed)


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("ÀÉÎ", "aei"),
        ("ﬂat", "flat"),
        ("soft\u00adhyphen", "softhyphen"),
        ("ß", "ss"),
        ("Mo", "mo"),
    ],
)
def test_letters_without_marks(typed, plain):
    assert without_marks(typed) == plain


def test_keys_of_two_purposes_do_not_open_each_others_seals():
    plan, note = sealer_for("house", "plan"), sealer_for("house", "note")
    sealed = plan.seal("call Ada", "p1")
    for other, place in ((note, "p1"), (plan, "p2"), (sealer_for("other", "plan"), "p1")):
        with pytest.raises(CannotOpen):
            other.open(sealed, place)
    assert sealer_for("house", "plan").open(sealed, "p1") == "call Ada"
    assert plan.id != note.id
    assert plan.id == sealer_for("house", "plan").id


def test_a_mark_is_the_same_for_the_same_words_and_the_same_key_alone():
    plan = sealer_for("house", "plan")
    assert plan.mark("mina@postbox.example") == plan.mark("mina@postbox.example")
    assert plan.mark("mina") != plan.mark("Mina")
    assert plan.mark("mina") != sealer_for("house", "note").mark("mina")
    assert re.fullmatch(r"[0-9a-f]{64}", plan.mark("mina"))
