"""Security headers on every answer, Socket.IO's too (after_request never sees those)."""

from collections.abc import Callable, Iterable
from typing import Any

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'none'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types handrail",
    )
)
ALWAYS = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), microphone=(), geolocation=(), interest-cohort=()"),
)
YEAR = 31_536_000
FRAMED = "/embed/meetings"


class Headers:
    """WSGI middleware around everything."""

    def __init__(self, app: Callable[..., Iterable[bytes]], *, is_https: bool) -> None:
        self._app = app
        self._extra = list(ALWAYS)
        if is_https:
            self._extra.append(("Strict-Transport-Security", f"max-age={YEAR}; includeSubDomains"))

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Add what is missing; an answer's own header wins."""
        frames = "*" if environ.get("PATH_INFO") == FRAMED else "'none'"
        policy = ("Content-Security-Policy", f"{POLICY}; frame-ancestors {frames}")

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            there = {name.lower() for name, _ in headers}
            added = [pair for pair in (policy, *self._extra) if pair[0].lower() not in there]
            if "cache-control" not in there:
                added.append(("Cache-Control", "no-store"))
            return start_response(status, headers + added, *rest)

        return self._app(environ, start)
