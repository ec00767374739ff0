"""One signed call to the operator's own address."""

import json
from http.client import HTTPConnection, HTTPSConnection

from support.base.clock import wire
from support.notify.actions import Errand
from support.notify.rules import formats, kind_of, signature
from support.settings import Settings

TIMEOUT = 10
OK = range(200, 300)


class Refused(Exception):
    """The far end answered, and not with yes."""


def send(errand: Errand, house: Settings) -> None:
    """POST ids and codes in the far end's dialect; anything but 2xx raises; no redirects."""
    dialect, address = formats.split(house.webhook_url or "")
    told = news(errand, house)
    said = formats.DIALECTS[dialect].body(told, address)
    body = (said if isinstance(said, str) else json.dumps(said, sort_keys=True)).encode()
    headers = _headers(errand, house, body) | formats.DIALECTS[dialect].headers(told, address)
    kind = HTTPSConnection if address.scheme == "https" else HTTPConnection
    line = kind(address.hostname or "", address.port, timeout=TIMEOUT)
    path = (address.path or "/") + (f"?{address.query}" if address.query else "")
    try:
        line.request("POST", path, body, headers)
        status = line.getresponse().status
    finally:
        line.close()
    if status not in OK:
        raise Refused(str(status))


def news(errand: Errand, house: Settings) -> formats.News:
    """What the far end is told: a neutral text and ids."""
    kind = kind_of(errand.kind)
    url, at = house.public_url + kind.to, wire(errand.at)
    return formats.News(errand.key, errand.kind, kind.text, url, at, errand.payload)


def _headers(errand: Errand, house: Settings, body: bytes) -> dict[str, str]:
    """The key tells a second delivery from a second event; the signature covers time and body."""
    stamp = wire(errand.at)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Handrail",
        "Idempotency-Key": errand.key,
        "X-Handrail-Timestamp": stamp,
    }
    if house.webhook_secret:
        headers["X-Handrail-Signature"] = signature(house.webhook_secret, stamp, body)
    return headers
