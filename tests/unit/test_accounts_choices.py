"""Passphrases, places, devices and standing: the small decisions at the door."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from support.accounts import forms, rules
from support.base.actor import Role
from support.base.errors import Conflict, Invalid
from support.base.hashing import code_digest, new_code

NOW = datetime(2030, 1, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    "passphrase",
    [
        "four plain words here",
        "correct-battery-staple9",
        "ǆ ünïcødé wörds",
        "7yh$kLm2!qpz",
    ],
)
def test_a_passphrase_of_ten_characters_or_more_will_do(passphrase):
    assert rules.passphrase_problem(passphrase, "mina") is None


@pytest.mark.parametrize("passphrase", ["", "short", "123456789", "x" * 1001])
def test_too_short_and_endless_passphrases_are_refused(passphrase):
    assert "characters" in (rules.passphrase_problem(passphrase, "mina") or "")


@pytest.mark.parametrize(
    "passphrase",
    [
        *("password123", "Password2030", "passwordpassword", "1234567890", "0987654321"),
        *("qwertyuiop", "QWERTYUIOP", "letmein123", "aaaaaaaaaaaa", "abababababab", "abcdefghijk"),
        *(
            "a b c d e f",
            "diazepam2024",
            "benzodiazepine",
            "handrail2026",
            "correct horse battery staple",
        ),
    ],
)
def test_a_passphrase_that_many_use_is_refused(passphrase):
    assert "Many people use this one" in (rules.passphrase_problem(passphrase, "mina") or "")


@pytest.mark.parametrize(
    "passphrase", ["mina-rivers", "Mina Rivers", "MINARIVERS!", "minariversminarivers"]
)
def test_one_s_own_name_is_no_passphrase(passphrase):
    assert "your name" in (rules.passphrase_problem(passphrase, "Mina.Rivers") or "")


def test_there_are_249_countries_and_no_groups_of_them():
    assert len(rules.countries()) == 249
    assert {"PT", "US", "GB", "DE", "AX"} <= rules.countries()
    assert not {"EU", "UN", "ZZ", "XK", "UK", "001"} & rules.countries()


def test_every_zone_that_can_be_picked_is_known():
    for zone in rules.timezones():
        assert rules.is_timezone(zone)
        ZoneInfo(zone)
    assert "Europe/Lisbon" in rules.timezones()
    assert "UTC" in rules.timezones()
    assert not rules.is_timezone("Europe/Atlantis")
    assert not rules.is_timezone("")


@pytest.mark.parametrize(
    ("languages", "country"),
    [
        (["pt-PT", "en-US"], "PT"),
        (["pt", "en-GB"], "GB"),
        (["en_us"], "US"),
        (["zh-Hant-TW"], "TW"),
        (["pt"], ""),
        (["en-001"], ""),
        (["de-EU"], ""),
        ([], ""),
    ],
)
def test_a_country_is_guessed_only_where_the_browser_names_one(languages, country):
    assert rules.guess_country(languages) == country


@pytest.mark.parametrize(
    ("country", "zone"),
    [("PT", "Europe/Lisbon"), ("US", "America/New_York"), ("DE", "Europe/Berlin"), ("", "UTC")],
)
def test_the_zone_follows_from_the_country_as_a_guess(country, zone):
    assert rules.guess_timezone(country) == zone


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (
            "Mozilla/5.0 (Android 14; Mobile; rv:130.0) Gecko/130.0 Firefox/130.0",
            "Firefox, Android",
        ),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/126.0 Safari/537.36", "Chrome, Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/126.0 Safari/537.36 Edg/126.0", "Edge, Linux"),
        ("curl/8.5.0", ""),
        ("", ""),
    ],
)
def test_a_device_is_two_words_and_never_the_whole_name_of_a_browser(agent, words):
    assert rules.device_words(agent) == words


@pytest.mark.parametrize(
    ("banned", "suspended", "expected"),
    [
        ((None, None), None, (None, None)),
        ((NOW - HOUR, None), None, ("ban", None)),
        ((NOW - HOUR, NOW + HOUR), None, ("ban", NOW + HOUR)),
        ((NOW - HOUR, NOW), None, (None, None)),
        ((None, None), NOW + HOUR, ("suspend", NOW + HOUR)),
        ((None, None), NOW, (None, None)),
        ((None, None), rules.FOREVER, ("suspend", None)),
        ((NOW - HOUR, None), NOW + HOUR, ("ban", None)),
        ((NOW - HOUR, NOW - HOUR), NOW + HOUR, ("suspend", NOW + HOUR)),
    ],
)
def test_which_measure_is_in_force(banned, suspended, expected):
    assert rules.measure_in_force(NOW, banned, suspended) == expected


def test_who_is_kept_out_is_told_and_who_is_not_comes_in():
    rules.check_may_sign_in(rules.Standing(None, None, "", ""))
    for kind in ("ban", "suspend"):
        standing = rules.Standing(kind, NOW, "selling", "no_trading")
        with pytest.raises(rules.KeptOut) as refusal:
            rules.check_may_sign_in(standing)
        assert refusal.value.standing is standing
        assert refusal.value.code == "banned"


@pytest.mark.parametrize(
    ("old", "new", "loss"),
    [
        (Role.ADMIN, Role.MODERATOR, True),
        (Role.MODERATOR, Role.MENTOR, True),
        (Role.MENTOR, Role.MEMBER, True),
        (Role.MEMBER, Role.MENTOR, False),
        (Role.MODERATOR, Role.ADMIN, False),
        (Role.MENTOR, Role.MENTOR, False),
    ],
)
def test_what_counts_as_losing_a_role(old, new, loss):
    assert rules.is_loss(old, new) is loss


def test_only_the_last_admin_is_bound_to_stay():
    rules.check_may_lose(Role.ADMIN, 2)
    rules.check_may_lose(Role.MODERATOR, 1)
    with pytest.raises(Conflict):
        rules.check_may_lose(Role.ADMIN, 1)


def test_a_session_s_end_is_moved_by_use_but_not_past_its_limit():
    end = rules.session_end(NOW, NOW + HOUR, remembered=False)
    assert end == NOW + 25 * HOUR
    assert rules.session_end(NOW, NOW + timedelta(days=7), remembered=False) == NOW + timedelta(
        days=7
    )
    assert rules.session_end(NOW, NOW + HOUR, remembered=True) == NOW + timedelta(days=30)


def test_a_code_is_long_easy_to_read_and_forgiving_to_type():
    codes = {new_code() for _ in range(200)}
    assert len(codes) == 200
    for code in codes:
        assert len(code.replace("-", "")) == 25
        assert not set(code) & set("01ILOU")
        assert code_digest(code) == code_digest(f" {code.lower().replace('-', ' ')}")


def test_no_form_with_a_secret_prints_it():
    secret = "four plain words here"
    login = forms.LoginForm.parse({"handle": "mina", "password": secret})
    recover = forms.RecoverForm.parse({"handle": "mina", "code": "CODE-X", "password": secret})
    for form in (login, recover):
        assert secret not in repr(form)
        assert "CODE-X" not in repr(form)


def test_whom_to_hide_must_be_an_id():
    assert forms.HideForm.parse({"person": "abc"}) == forms.HideForm("abc", True)
    assert forms.HideForm.parse({"person": "abc", "on": False}).on is False
    for person in ("", None, 7, "a b", "x" * 65):
        with pytest.raises(Invalid):
            forms.HideForm.parse({"person": person})
