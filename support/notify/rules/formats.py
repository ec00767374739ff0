"""What the operator's own address is told, in the dialect it speaks; ids and neutral words only."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

GENERIC = "generic"
LOUD = {"case_page", "case_page_outside", "rota_empty"}


@dataclass(frozen=True, slots=True)
class News:
    """One event for the outside: ids, codes, a neutral sentence and where to look."""

    key: str
    kind: str
    text: str
    url: str
    at: str
    payload: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one kind of far end wants to be told."""

    body: Callable[[News, SplitResult], dict[str, Any] | str]
    headers: Callable[[News, SplitResult], dict[str, str]]


def split(address: str) -> tuple[str, SplitResult]:
    """The dialect an address names before a plus (ntfy+https://…), and the address itself."""
    dialect, plus, rest = address.partition("+")
    if plus and dialect in DIALECTS:
        return dialect, urlsplit(rest)
    return GENERIC, urlsplit(address)


def _generic(news: News, _: SplitResult) -> dict[str, Any]:
    told = {"id": news.key, "kind": news.kind, "text": news.text, "url": news.url, "at": news.at}
    return {**told, **news.payload}


def _slack(news: News, _: SplitResult) -> dict[str, Any]:
    return {"text": f"{news.text} <{news.url}>"}


def _pagerduty(news: News, address: SplitResult) -> dict[str, Any]:
    """Events API v2; the routing key stands before the @ of the address."""
    return {
        "routing_key": unquote(address.username or ""),
        "event_action": "trigger",
        "dedup_key": str(news.payload.get("case", news.key)),
        "payload": {
            "summary": news.text,
            "source": urlsplit(news.url).hostname or "handrail",
            "severity": "critical" if news.kind in LOUD else "info",
            "timestamp": news.at,
            "class": news.kind,
        },
        "links": [{"href": news.url, "text": "Handrail"}],
    }


def _ntfy(news: News, _: SplitResult) -> str:
    return news.text


def _ntfy_headers(news: News, address: SplitResult) -> dict[str, str]:
    found = {
        "Title": "Handrail",
        "Priority": "urgent" if news.kind in LOUD else "default",
        "Click": news.url,
        "Content-Type": "text/plain; charset=utf-8",
    }
    if address.password:
        found["Authorization"] = f"Bearer {unquote(address.password)}"
    return found


def _no_headers(_news: News, _address: SplitResult) -> dict[str, str]:
    return {}


DIALECTS: Mapping[str, Dialect] = {
    GENERIC: Dialect(_generic, _no_headers),
    "ntfy": Dialect(_ntfy, _ntfy_headers),
    "slack": Dialect(_slack, _no_headers),
    "pagerduty": Dialect(_pagerduty, _no_headers),
}
