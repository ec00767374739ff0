"""What each way outside carries, without a far end: letters, calls, wake-ups, and their words."""

import ast
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given, settings
from hypothesis import strategies as st

import support
from support.base.errors import Invalid
from support.notify import jobs
from support.notify.actions import Errand
from support.notify.forms import DeviceForm
from support.notify.jobs import mail, push, webhook
from support.notify.rules import (
    KINDS,
    Channel,
    check_payload,
    kind_of,
    next_try,
    row_key,
    signature,
)
from support.notify.rules.formats import DIALECTS, News, split
from support.notify.rules.sealing import (
    CURVE,
    Device,
    check_device,
    decode,
    encode,
    public_bytes,
    seal,
)
from support.settings import Settings

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)
HOUSE = Settings(
    data=Path("/nowhere"),
    database_url="sqlite://",
    secret_key="for tests only",
    public_url="https://help.example.org",
)
AUTH = encode(b"a" * 16)


def errand(channel=Channel.EMAIL, kind="case_page_outside", **more):
    given_ = {
        "id": "e1",
        "key": f"case:c1:1:2:{channel}:-",
        "address": "ada@example.org",
        "payload": {"case": "c1", "rung": 2},
        "at": NOW,
    } | more
    return Errand(kind=kind, channel=channel, **given_)


# ------------------------------------------------------------------ the words


def _kinds_that_are_put():
    """Every kind that the code hands to the outbox by name."""
    for path in Path(support.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                for word in node.keywords:
                    if word.arg == "kind" and isinstance(word.value, ast.Constant):
                        called = ast.unparse(node.func)
                        if called in ("notify.put", "notify.Message", "put", "Message"):
                            yield word.value.value


def test_whatever_the_house_says_it_has_words_for():
    used = set(_kinds_that_are_put())
    assert len(used) > 15
    assert used - set(KINDS) == set()


@pytest.mark.parametrize("name", KINDS)
def test_each_kind_is_one_short_calm_sentence_or_two_and_says_where_to_look(name):
    kind = KINDS[name]
    assert kind.text.endswith((".", "?"))
    assert kind.text[0].isupper()
    assert len(kind.text) <= 80
    assert "!" not in kind.text
    assert kind.to.startswith("/")
    assert kind.channels[0] is Channel.PAGE
    assert len(set(kind.channels)) == len(kind.channels)


@pytest.mark.parametrize("name", [name for name in KINDS if name.startswith("mentor")])
def test_news_of_mentoring_stays_in_the_house(name):
    assert kind_of(name).channels == (Channel.PAGE,)


@given(st.text(max_size=80))
def test_a_text_travels_only_if_it_is_short_and_of_one_line(text):
    if len(text) <= 64 and "\n" not in text:
        check_payload({"label": text})
    else:
        with pytest.raises(ValueError, match="label must be"):
            check_payload({"label": text})


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a", "b:1", "c"]),
            st.sampled_from(list(Channel)),
            st.one_of(st.none(), st.sampled_from(["mo", "rae"])),
        ),
        unique=True,
    )
)
def test_no_two_messages_share_a_key(rows):
    assert len({row_key(*row) for row in rows}) == len(rows)


# ------------------------------------------------------------------ trying again


@given(st.integers(1, 500), st.integers(0, 86_399))
def test_the_next_try_comes_soon_and_never_later_than_five_minutes(attempts, since):
    again = next_try(NOW, NOW - timedelta(seconds=since), attempts)
    assert timedelta(seconds=5) <= again - NOW <= timedelta(minutes=5)


@given(st.integers(1, 500))
def test_a_later_try_is_never_sooner_than_an_earlier_one(attempts):
    assert next_try(NOW, NOW, attempts + 1) >= next_try(NOW, NOW, attempts)


@given(st.integers(1, 500), st.integers(86_400, 10_000_000))
def test_after_a_day_nobody_tries_by_themselves(attempts, since):
    assert next_try(NOW, NOW - timedelta(seconds=since), attempts) is None


def test_a_message_is_tried_hundreds_of_times_in_its_day():
    tries, now = 1, NOW
    while (again := next_try(now, NOW, tries)) is not None:
        tries, now = tries + 1, again
    assert 280 < tries < 310
    assert timedelta(hours=24) <= now - NOW < timedelta(hours=24, minutes=6)


# ------------------------------------------------------------------ letters


def test_a_letter_is_neutral_and_the_same_however_often_it_is_tried():
    letter, again = mail.letter(errand(), HOUSE), mail.letter(errand(), HOUSE)
    assert letter["Subject"] == "Please look in"
    assert letter["To"] == "ada@example.org"
    assert letter["From"] == "handrail@help.example.org"
    assert letter["Message-ID"] == again["Message-ID"] == "<e1@help.example.org>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter.get_content() == (
        "Somebody may need you now. Please look.\n\nhttps://help.example.org/crisis/cases\n"
    )


def test_the_operators_own_sender_is_used_where_there_is_one():
    house = replace(HOUSE, mail_from="team@example.org")
    assert mail.letter(errand(), house)["From"] == "team@example.org"


@pytest.mark.parametrize("kind", [name for name in KINDS if Channel.EMAIL in KINDS[name].channels])
def test_no_letter_names_the_case_or_its_rung(kind):
    whole = mail.letter(errand(kind=kind, payload={"case": "c4711", "rung": 9}), HOUSE).as_string()
    assert "c4711" not in whole
    assert kind not in whole


def test_an_address_with_a_line_break_cannot_add_a_header():
    with pytest.raises(ValueError, match=r"linefeed|newline"):
        mail.letter(errand(address="a@b.example\nBcc: all@example.org"), HOUSE)


class Post:
    """A mail server that only notes what is asked of it."""

    def __init__(self, *args, **more):
        self.made, self.deeds = (args, more), []
        Post.last = self

    def ehlo(self):
        self.deeds.append("ehlo")

    def has_extn(self, name):
        return Post.offers_tls

    def starttls(self, context):
        self.deeds.append(f"tls {context.check_hostname}")

    def login(self, name, secret):
        self.deeds.append(f"login {name} {secret}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.deeds.append("bye")

    def send_message(self, message):
        self.deeds.append(f"send {message['To']}")


@pytest.mark.parametrize(
    ("url", "tls", "where", "deeds"),
    [
        ("smtp://mail.example", True, ("mail.example", 587), ["ehlo", "tls True"]),
        ("smtp://mail.example:25", False, ("mail.example", 25), ["ehlo"]),
        ("smtps://mail.example", True, ("mail.example", 465), []),
        ("smtps://mail.example:4465", True, ("mail.example", 4465), []),
        (
            "smtp://us%40er:p%3Aw@mail.example",
            True,
            ("mail.example", 587),
            ["ehlo", "tls True", "login us@er p:w"],
        ),
    ],
)
def test_a_letter_goes_over_tls_wherever_it_is_offered(monkeypatch, url, tls, where, deeds):
    monkeypatch.setattr("smtplib.SMTP", Post)
    monkeypatch.setattr("smtplib.SMTP_SSL", Post)
    Post.offers_tls = tls
    mail.send(errand(), replace(HOUSE, smtp_url=url))
    assert Post.last.made[0] == where
    assert Post.last.deeds == [*deeds, "send ada@example.org", "bye"]
    assert Post.last.made[1]["timeout"] == 10
    assert ("context" in Post.last.made[1]) is url.startswith("smtps")


# ------------------------------------------------------------------ which way is open


@pytest.mark.parametrize(
    ("channel", "house", "is_open"),
    [
        (Channel.EMAIL, HOUSE, False),
        (Channel.EMAIL, replace(HOUSE, smtp_url="smtp://m.example"), True),
        (Channel.WEBHOOK, HOUSE, False),
        (Channel.WEBHOOK, replace(HOUSE, webhook_url="https://w.example"), True),
        (Channel.PUSH, HOUSE, True),
    ],
)
def test_a_way_is_open_where_the_operator_has_set_it_up(channel, house, is_open):
    assert jobs.is_open(channel, house) is is_open


@pytest.mark.parametrize("channel", jobs.OUTSIDE)
def test_a_message_goes_its_own_way_and_no_other(monkeypatch, channel):
    sent = []
    for name, way in ((Channel.EMAIL, mail), (Channel.WEBHOOK, webhook), (Channel.PUSH, push)):
        monkeypatch.setattr(way, "send", lambda errand, _, name=name: sent.append(name))
    jobs.send(errand(channel, address="a@b.example"), HOUSE)
    assert sent == [channel]


# ------------------------------------------------------------------ calls to the operator


class Far:
    """A web address that only notes what is asked of it."""

    status = 200
    calls: ClassVar[list] = []

    def __init__(self, host, port, timeout):
        self.where = (host, port, timeout)

    def request(self, method, path, body, headers):
        Far.calls.append((self.where, method, path, body, headers))

    def getresponse(self):
        return self

    def close(self):
        Far.calls.append("closed")


@pytest.fixture
def far(monkeypatch):
    Far.calls, Far.status = [], 200
    for module in (webhook, push):
        monkeypatch.setattr(module, "HTTPSConnection", Far)
        monkeypatch.setattr(module, "HTTPConnection", Far)
    return Far


@pytest.mark.parametrize(
    ("address", "where", "path"),
    [
        ("https://w.example", ("w.example", None), "/"),
        ("https://w.example:8443/a/b?room=1&x", ("w.example", 8443), "/a/b?room=1&x"),
        ("ntfy+https://:tk@n.example/topic", ("n.example", None), "/topic"),
        ("slack+http://127.0.0.1:9/x#never", ("127.0.0.1", 9), "/x"),
    ],
)
def test_a_call_goes_to_the_address_with_its_question_and_without_its_secrets(
    far, address, where, path
):
    webhook.send(errand(Channel.WEBHOOK), replace(HOUSE, webhook_url=address))
    ((host, port, timeout), method, asked, _, _), closed = far.calls
    assert ((host, port), method, asked, timeout) == (where, "POST", path, 10)
    assert closed == "closed"


@pytest.mark.parametrize("status", [100, 199, 300, 301, 302, 400, 404, 410, 429, 500, 503])
def test_whatever_is_no_yes_is_a_refusal_and_the_line_is_closed(far, status):
    far.status = status
    with pytest.raises(webhook.Refused, match=str(status)):
        webhook.send(errand(Channel.WEBHOOK), replace(HOUSE, webhook_url="https://w.example"))
    assert far.calls[-1] == "closed"


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_every_yes_is_a_yes(far, status):
    far.status = status
    webhook.send(errand(Channel.WEBHOOK), replace(HOUSE, webhook_url="https://w.example"))
    assert len(far.calls) == 2


@pytest.mark.parametrize("dialect", DIALECTS)
def test_in_each_dialect_the_signature_is_over_the_very_bytes_that_are_sent(far, dialect):
    prefix = "" if dialect == "generic" else f"{dialect}+"
    house = replace(HOUSE, webhook_url=f"{prefix}https://w.example/x", webhook_secret="shared")
    webhook.send(errand(Channel.WEBHOOK), house)
    (_, _, _, body, headers), _ = far.calls
    stamp = headers["X-Handrail-Timestamp"]
    assert headers["X-Handrail-Signature"] == signature("shared", stamp, body)
    assert headers["Idempotency-Key"] == "case:c1:1:2:webhook:-"
    assert headers["User-Agent"] == "Handrail"
    kind = "text/plain; charset=utf-8" if dialect == "ntfy" else "application/json"
    assert headers["Content-Type"] == kind


def test_without_a_secret_nothing_is_signed(far):
    webhook.send(errand(Channel.WEBHOOK), replace(HOUSE, webhook_url="https://w.example"))
    (_, _, _, _, headers), _ = far.calls
    assert "X-Handrail-Signature" not in headers


def test_a_second_try_says_the_same_word_for_word(far):
    house = replace(HOUSE, webhook_url="https://w.example", webhook_secret="shared")
    for _ in range(2):
        webhook.send(errand(Channel.WEBHOOK), house)
    first, _, second, _ = far.calls
    assert first[3:] == second[3:]


def test_a_payload_cannot_hide_what_kind_of_news_it_is():
    told = webhook.news(errand(Channel.WEBHOOK), HOUSE)
    body = DIALECTS["generic"].body(told, split("https://w.example")[1])
    assert (body["kind"], body["url"]) == (
        "case_page_outside",
        "https://help.example.org/crisis/cases",
    )
    assert body["at"] == "2026-11-23T03:00:00.000Z"


@pytest.mark.parametrize("kind", KINDS)
def test_only_cases_and_an_empty_rota_are_loud(kind):
    news = News("k", kind, kind_of(kind).text, "https://help.example.org/x", "now")
    loud = kind in {"case_page", "case_page_outside", "rota_empty"}
    pager = DIALECTS["pagerduty"].body(news, split("pagerduty+https://k@p.example")[1])
    bell = DIALECTS["ntfy"].headers(news, split("ntfy+https://n.example/t")[1])
    assert pager["payload"]["severity"] == ("critical" if loud else "info")
    assert bell["Priority"] == ("urgent" if loud else "default")


@pytest.mark.parametrize(
    "address", ["carrier+https://a.example/x", "+https://a.example/x", "NTFY+https://a.example/x"]
)
def test_a_dialect_nobody_speaks_is_part_of_the_address(address):
    dialect, parts = split(address)
    assert dialect == "generic"
    assert parts.geturl().lower() == address.lower()


# ------------------------------------------------------------------ wake-ups


def browser(endpoint="https://push.example.net/send/abc?n=1"):
    key = ec.generate_private_key(CURVE)
    return key, Device(endpoint, encode(public_bytes(key)), AUTH)


def unsealed(body, key, device):
    """What the browser reads: RFC 8188 and 8291 from its side, by a library's own HKDF."""
    salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
    theirs, sealed = body[21 : 21 + length], body[21 + length :]
    shared = key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, theirs))
    info = b"WebPush: info\0" + decode(device.p256dh) + theirs

    def derive(salt, secret, info, length):
        return HKDF(hashes.SHA256(), length, salt, info).derive(secret)

    secret = derive(decode(device.auth), shared, info, 32)
    cek = derive(salt, secret, b"Content-Encoding: aes128gcm\0", 16)
    nonce = derive(salt, secret, b"Content-Encoding: nonce\0", 12)
    plain = AESGCM(cek).decrypt(nonce, sealed, None)
    assert size == 4096
    assert plain.endswith(b"\x02")
    return plain[:-1]


@settings(max_examples=25, deadline=None)
@given(st.binary(max_size=300), st.binary(min_size=16, max_size=16))
def test_what_is_sealed_for_a_browser_only_that_browser_reads(words, salt):
    key, device = browser()
    body = seal(words, device, ec.generate_private_key(CURVE), salt)
    assert unsealed(body, key, device) == words
    other, _ = browser()
    with pytest.raises(InvalidTag):
        unsealed(body, other, device)


def test_a_wake_up_says_the_neutral_words_and_where_to_look(far, tmp_path):
    key, device = browser()
    house = replace(HOUSE, data=tmp_path)
    push.send(errand(Channel.PUSH, device=device), house)
    ((host, port, timeout), method, path, body, headers), closed = far.calls
    assert (host, port, timeout, method, path) == (
        "push.example.net",
        None,
        10,
        "POST",
        "/send/abc?n=1",
    )
    assert json.loads(unsealed(body, key, device)) == {
        "text": "Somebody may need you now. Please look.",
        "url": "/crisis/cases",
    }
    assert (headers["TTL"], headers["Urgency"]) == ("3600", "high")
    assert closed == "closed"


@pytest.mark.parametrize(
    ("sender", "contact"),
    [(None, "https://help.example.org"), ("team@example.org", "mailto:team@example.org")],
)
def test_a_push_service_is_told_whom_to_ask(far, tmp_path, sender, contact):
    _, device = browser()
    push.send(errand(Channel.PUSH, device=device), replace(HOUSE, data=tmp_path, mail_from=sender))
    token = far.calls[0][4]["Authorization"].removeprefix("vapid t=").split(",")[0]
    claims = json.loads(decode(token.split(".")[1]))
    assert (claims["sub"], claims["aud"]) == (contact, "https://push.example.net")


def test_each_wake_up_is_sealed_anew(far, tmp_path):
    _, device = browser()
    for _ in range(2):
        push.send(errand(Channel.PUSH, device=device), replace(HOUSE, data=tmp_path))
    first, _, second, _ = far.calls
    assert first[3] != second[3]
    assert first[3][:16] != second[3][:16]


@pytest.mark.parametrize(
    ("status", "fault"),
    [
        (404, push.DeviceGone),
        (410, push.DeviceGone),
        (400, push.Refused),
        (403, push.Refused),
        (413, push.Refused),
        (429, push.Refused),
        (500, push.Refused),
        (301, push.Refused),
    ],
)
def test_a_browser_that_is_gone_is_told_from_a_service_that_is_unwell(far, tmp_path, status, fault):
    far.status = status
    _, device = browser()
    with pytest.raises(fault):
        push.send(errand(Channel.PUSH, device=device), replace(HOUSE, data=tmp_path))
    assert far.calls[-1] == "closed"


def test_a_browser_that_was_taken_away_meanwhile_is_gone_and_nobody_is_called(far):
    with pytest.raises(push.DeviceGone):
        push.send(errand(Channel.PUSH), HOUSE)
    assert far.calls == []


def test_a_file_with_another_kind_of_key_stops_push_with_its_name(tmp_path):
    other = ed25519.Ed25519PrivateKey.generate()
    text = other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / push.FILE).write_bytes(text)
    with pytest.raises(TypeError, match=r"vapid\.pem"):
        push.site_key(tmp_path)


# ------------------------------------------------------------------ which browsers are taken


@pytest.mark.parametrize(
    "endpoint",
    [
        "",
        "push.example.net/x",
        "//push.example.net/x",
        "ftp://push.example.net/x",
        "https:///x",
        "https://127.0.0.1/x",
        "https://192.168.1.1:8443/x",
        "https://[fe80::1]/x",
        "https://[abc/x",
        "https://push.example.net:port/x",
        "https://push.example.net:99999/x",
        "https://user@localhost/x",
        "https://localhost./x",
        "https://push.localhost/x",
        "https://0x7f.1/x",
        "https://127.0.0.0x1/x",
        "https://127.0.0.1./x",
    ],
)
def test_an_address_that_is_no_push_service_is_refused_by_its_name(endpoint):
    _, device = browser(endpoint)
    with pytest.raises(Invalid) as refused:
        check_device(device, is_loopback=False)
    assert list(refused.value.fields) == ["endpoint"]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_a_site_on_loopback_may_be_its_own_push_service(host):
    _, device = browser(f"http://{host}:9/x")
    check_device(device, is_loopback=True)
    with pytest.raises(Invalid):
        check_device(device, is_loopback=False)


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"endpoint": ""}, "endpoint"),
        ({"endpoint": 7}, "endpoint"),
        ({"endpoint": "h" * 1001}, "endpoint"),
        ({"p256dh": ""}, "p256dh"),
        ({"p256dh": "p" * 121}, "p256dh"),
        ({"auth": ""}, "auth"),
        ({"auth": ["a"]}, "auth"),
        ({"expirationTime": None}, "expirationTime"),
    ],
)
def test_a_browser_sends_its_three_parts_and_no_more(sent, field):
    whole = {"endpoint": "https://push.example.net/x", "p256dh": "p", "auth": "a"}
    assert DeviceForm.parse(whole).device == Device(**whole)
    with pytest.raises(Invalid) as refused:
        DeviceForm.parse({**whole, **sent})
    assert list(refused.value.fields) == [field]


@pytest.mark.parametrize(
    "host",
    ["fcm.googleapis.com", "updates.push.services.mozilla.com", "web.push.apple.com", "p.xn--p1ai"],
)
def test_push_services_with_a_name_of_their_own_are_taken(host):
    _, device = browser(f"https://{host}/x")
    check_device(device, is_loopback=False)
