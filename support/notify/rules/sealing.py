"""Web push: seal words for one browser (RFC 8291) and say who sends them (RFC 8292)."""

import base64
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import SplitResult, urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from support.base.errors import Invalid

CURVE = ec.SECP256R1()
POINT_BYTES, AUTH_BYTES, SALT_BYTES, KEY_BYTES, NONCE_BYTES = 65, 16, 16, 32, 12
RECORD_SIZE = 4096
VALID_FOR = timedelta(hours=12)
LONGEST_ENDPOINT = 1000
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True, slots=True)
class Device:
    """One browser that may be woken: where, and with which keys of its own."""

    endpoint: str
    p256dh: str
    auth: str


def encode(raw: bytes) -> str:
    """Base64 for addresses, without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """The same back; padding may be there or not."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def public_bytes(key: ec.EllipticCurvePrivateKey) -> bytes:
    """A key's public half as browsers write it."""
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def check_device(device: Device, *, is_loopback: bool) -> None:
    """Only https to a named host, and keys that are keys; a site on loopback may push to itself."""
    address = _address(device.endpoint)
    host = address.hostname or ""
    _, dot, last = host.rstrip(".").rpartition(".")
    is_named = bool(dot) and last[:1].isalpha() and last != "localhost" and ":" not in host
    is_own = is_loopback and host in LOOPBACK
    if len(device.endpoint) > LONGEST_ENDPOINT or not (
        is_own or (address.scheme == "https" and is_named)
    ):
        raise _wrong("endpoint", "This address cannot be called.")
    try:
        point = decode(device.p256dh)
        ec.EllipticCurvePublicKey.from_encoded_point(CURVE, point)
        fits = len(decode(device.auth)) == AUTH_BYTES
    except ValueError:
        raise _wrong("p256dh", "This key is not a key.") from None
    if (
        len(point) != POINT_BYTES
    ):  # a short form of it is a point, but what is sent names the long one
        raise _wrong("p256dh", "This key is not a key.")
    if not fits:
        raise _wrong("auth", "This key is not a key.")


def _address(endpoint: str) -> SplitResult:
    """The parts of an address; what cannot be taken apart, or names no port there is, is none."""
    try:
        address = urlsplit(endpoint)
        _ = address.port
    except ValueError:
        raise _wrong("endpoint", "This address cannot be called.") from None
    return address


def seal(words: bytes, device: Device, own: ec.EllipticCurvePrivateKey, salt: bytes) -> bytes:
    """The whole body of a push message; `own` and `salt` are fresh for every one."""
    theirs = decode(device.p256dh)
    peer = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, theirs)
    shared = own.exchange(ec.ECDH(), peer)
    mine = public_bytes(own)
    secret = _derive(decode(device.auth), shared, b"WebPush: info\0" + theirs + mine, KEY_BYTES)
    key = _derive(salt, secret, b"Content-Encoding: aes128gcm\0", SALT_BYTES)
    nonce = _derive(salt, secret, b"Content-Encoding: nonce\0", NONCE_BYTES)
    sealed = AESGCM(key).encrypt(nonce, words + b"\x02", None)
    head = salt + RECORD_SIZE.to_bytes(4, "big") + bytes([POINT_BYTES]) + mine
    return head + sealed


def vouch(endpoint: str, contact: str, key: ec.EllipticCurvePrivateKey, now: datetime) -> str:
    """The Authorization header: this site sends it, for half a day, to this push service alone."""
    address = urlsplit(endpoint)
    claims = {
        "aud": f"{address.scheme}://{address.netloc}",
        "exp": int((now + VALID_FOR).timestamp()),
        "sub": contact,
    }
    parts = [{"typ": "JWT", "alg": "ES256"}, claims]
    signed = ".".join(encode(json.dumps(part, separators=(",", ":")).encode()) for part in parts)
    r, s = decode_dss_signature(key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
    half = KEY_BYTES
    signature = encode(r.to_bytes(half, "big") + s.to_bytes(half, "big"))
    return f"vapid t={signed}.{signature}, k={encode(public_bytes(key))}"


def _derive(salt: bytes, secret: bytes, info: bytes, length: int) -> bytes:
    """HKDF of one block: extract, then expand."""
    return _mac(_mac(salt, secret), info + b"\x01")[:length]


def _mac(key: bytes, text: bytes) -> bytes:
    mac = HMAC(key, hashes.SHA256())
    mac.update(text)
    return mac.finalize()


def _wrong(name: str, sentence: str) -> Invalid:
    return Invalid("Please check what is marked.", fields={name: sentence})
