"""Web push: the worked example of RFC 8291, who vouches for it, and which browsers are taken."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from support.base.errors import Invalid
from support.notify.rules.sealing import (
    CURVE,
    Device,
    check_device,
    decode,
    encode,
    public_bytes,
    seal,
    vouch,
)

# Appendix A of RFC 8291, from the standard's own text.
WORDS = b"When I grow up, I want to be a watermelon"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
OWN = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
THEIRS = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
SEALED = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIg"
    "Dll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVB"
    "St2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)
PUSH = "https://push.example.net/push/abc"
NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)


def own_key():
    return ec.derive_private_key(int.from_bytes(decode(OWN), "big"), CURVE)


def test_the_worked_example_of_the_standard_comes_out_letter_by_letter():
    device = Device(PUSH, THEIRS, AUTH)
    assert encode(seal(WORDS, device, own_key(), decode(SALT))) == SEALED


def test_another_salt_or_key_gives_another_text():
    device = Device(PUSH, THEIRS, AUTH)
    once = seal(WORDS, device, own_key(), decode(SALT))
    assert seal(WORDS, device, own_key(), b"\x00" * 16) != once
    assert seal(WORDS, device, ec.generate_private_key(CURVE), decode(SALT)) != once
    assert WORDS not in once


def test_the_site_vouches_for_half_a_day_to_this_push_service_alone():
    key = own_key()
    header = vouch(PUSH, "mailto:house@example.org", key, NOW)
    token, shown = header.removeprefix("vapid t=").split(", k=")
    head, claims, signature = token.split(".")
    assert json.loads(decode(head)) == {"typ": "JWT", "alg": "ES256"}
    assert json.loads(decode(claims)) == {
        "aud": "https://push.example.net",
        "exp": int((NOW + timedelta(hours=12)).timestamp()),
        "sub": "mailto:house@example.org",
    }
    raw = decode(signature)
    r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    public = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, decode(shown))
    signed = f"{head}.{claims}".encode()
    public.verify(encode_dss_signature(r, s), signed, ec.ECDSA(hashes.SHA256()))
    assert decode(shown) == public_bytes(key)


@pytest.mark.parametrize("raw", [b"", b"a", b"ab", b"abc", b"abcd", bytes(range(256))])
def test_what_is_encoded_comes_back_with_padding_or_without(raw):
    assert decode(encode(raw)) == raw
    assert "=" not in encode(raw)


def test_a_browser_at_a_push_service_is_taken():
    check_device(Device(PUSH, THEIRS, AUTH), is_loopback=False)


def test_a_site_on_loopback_may_push_to_itself_and_no_other_may():
    device = Device("http://127.0.0.1:9/push", THEIRS, AUTH)
    check_device(device, is_loopback=True)
    with pytest.raises(Invalid):
        check_device(device, is_loopback=False)


@pytest.mark.parametrize(
    ("endpoint", "p256dh", "auth", "field"),
    [
        ("http://push.example.net/a", THEIRS, AUTH, "endpoint"),
        ("https://10.0.0.1/a", THEIRS, AUTH, "endpoint"),
        ("https://[::1]/a", THEIRS, AUTH, "endpoint"),
        ("https://localhost/a", THEIRS, AUTH, "endpoint"),
        ("https://intranet/a", THEIRS, AUTH, "endpoint"),
        ("file:///etc/passwd", THEIRS, AUTH, "endpoint"),
        ("https://push.example.net/" + "a" * 1000, THEIRS, AUTH, "endpoint"),
        (PUSH, "", AUTH, "p256dh"),
        (PUSH, "!!", AUTH, "p256dh"),
        (PUSH, THEIRS[:-4], AUTH, "p256dh"),
        (PUSH, encode(b"\x04" + b"\x01" * 64), AUTH, "p256dh"),
        (PUSH, encode(bytes([2 + decode(THEIRS)[-1] % 2]) + decode(THEIRS)[1:33]), AUTH, "p256dh"),
        (PUSH, THEIRS, "", "auth"),
        (PUSH, THEIRS, AUTH + AUTH, "auth"),
    ],
)
def test_an_address_inside_or_a_key_that_is_none_is_refused(endpoint, p256dh, auth, field):
    with pytest.raises(Invalid) as refused:
        check_device(Device(endpoint, p256dh, auth), is_loopback=False)
    assert set(refused.value.fields) == {field}
