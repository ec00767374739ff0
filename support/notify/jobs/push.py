"""One neutral wake-up to one browser by web push, and the site's own keys for it."""

import functools
import json
import os
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from support.base.clock import SystemClock
from support.notify.actions import Errand
from support.notify.rules import kind_of, sealing
from support.settings import Settings

TIMEOUT = 10
OK, GONE = range(200, 300), (404, 410)
KEPT_SECONDS = 3600
FILE = "vapid.pem"


class Refused(Exception):
    """The push service answered, and not with yes."""


class DeviceGone(Exception):
    """The browser is not there any more: nobody need try again."""


def send(errand: Errand, house: Settings) -> None:
    """Seal the words for this very browser and hand them to its push service, or raise."""
    device = errand.device
    if device is None:
        raise DeviceGone
    kind = kind_of(errand.kind)
    words = json.dumps({"text": kind.text, "url": kind.to}).encode()
    own = ec.generate_private_key(sealing.CURVE)
    body = sealing.seal(words, device, own, os.urandom(sealing.SALT_BYTES))
    address = urlsplit(device.endpoint)
    line_of = HTTPSConnection if address.scheme == "https" else HTTPConnection
    line = line_of(address.hostname or "", address.port, timeout=TIMEOUT)
    path = (address.path or "/") + (f"?{address.query}" if address.query else "")
    try:
        line.request("POST", path, body, _headers(device, house))
        status = line.getresponse().status
    finally:
        line.close()
    if status in GONE:
        raise DeviceGone
    if status not in OK:
        raise Refused(str(status))


def _headers(device: sealing.Device, house: Settings) -> dict[str, str]:
    now = SystemClock().now()
    contact = f"mailto:{house.mail_from}" if house.mail_from else house.public_url
    return {
        "Authorization": sealing.vouch(device.endpoint, contact, site_key(house.data), now),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(KEPT_SECONDS),
        "Urgency": "high",
    }


def public_key(folder: Path) -> str:
    """What a browser must know to subscribe."""
    return sealing.encode(sealing.public_bytes(site_key(folder)))


@functools.cache
def site_key(folder: Path) -> ec.EllipticCurvePrivateKey:
    """The site's own key, made once at set-up and kept in the data folder with mode 0600."""
    path = folder / FILE
    if not path.exists():
        _make(path)
    found = load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(found, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{FILE} holds another kind of key")
    return found


def _make(path: Path) -> None:
    """Whole or not at all; of two processes that start together one wins and both use its key."""
    key = ec.generate_private_key(sealing.CURVE)
    text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(text)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass  # somebody else was first: theirs is the site's key
    finally:
        draft.unlink()
