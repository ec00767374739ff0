"""Everything an operator can set, read once at start; every wrong value is named at once."""

import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

PORTS = range(1, 65536)
MOST_PROXIES, MOST_WORKERS = 20, 64
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
DEFAULT_LADDER = (0, 120, 300)
DIALECTS = ("", "ntfy+", "slack+", "pagerduty+")
WEBHOOKS = tuple(f"{dialect}{scheme}" for dialect in DIALECTS for scheme in ("http", "https"))


class WrongSettings(SystemExit):
    """The start is refused; the text names every variable that is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One frozen sheet of settings; names and meanings as in the public contract."""

    data: Path
    database_url: str
    bind: str = "127.0.0.1:8000"
    public_url: str = "http://127.0.0.1:8000"
    queue_url: str | None = None
    secret_key: str = field(repr=False)
    proxies: int = 0
    ladder_seconds: tuple[int, ...] = DEFAULT_LADDER
    ladder_is_set: bool = False
    tier2: bool = True
    admin_handle: str | None = None
    admin_password: str | None = field(default=None, repr=False)
    workers: int = 1
    rates: bool = True
    open: bool = False
    smtp_url: str | None = field(default=None, repr=False)
    mail_from: str | None = None
    webhook_url: str | None = field(default=None, repr=False)
    webhook_secret: str | None = field(default=None, repr=False)
    metrics_token: str | None = field(default=None, repr=False)

    @property
    def host(self) -> str:
        """The address to listen on, without the port."""
        return self.bind.rsplit(":", 1)[0].strip("[]")

    @property
    def port(self) -> int:
        """The port to listen on."""
        return int(self.bind.rsplit(":", 1)[1])

    @property
    def is_https(self) -> bool:
        """Whether the public address is https: then cookies are Secure and HSTS is sent."""
        return self.public_url.startswith("https://")

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is a file of this machine: then one process serves."""
        return self.database_url.startswith("sqlite")

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> "Settings":
        """Read the environment and `.env` of the working folder; raise naming every fault."""
        if env is None:
            env = {**_dotenv(Path(".env")), **os.environ}
        reader = _Reader(env)
        values = reader.values()
        reader.stop_if_wrong()
        return cls(**values, secret_key=_secret_key(env, values["data"]))


class _Reader:
    def __init__(self, env: Mapping[str, str]) -> None:
        self.env = env
        self.faults: list[str] = []

    def values(self) -> dict[str, Any]:
        data = Path(self.env.get("HANDRAIL_DATA") or "data").resolve()
        bind = self.take("BIND", "127.0.0.1:8000", _bind)
        public_url = self.take("PUBLIC_URL", f"http://{bind}", _origin)
        database = self.take("DATABASE_URL", f"sqlite:///{data / 'handrail.db'}", _database)
        texts = (
            "ADMIN_HANDLE",
            "ADMIN_PASSWORD",
            "MAIL_FROM",
            "WEBHOOK_SECRET",
            "METRICS_TOKEN",
        )
        found = {
            "data": data,
            "bind": bind,
            "public_url": public_url,
            "database_url": database,
            "queue_url": self.take("QUEUE_URL", None, _queue),
            "proxies": self.take("PROXIES", 0, _count),
            "ladder_seconds": self.take("LADDER_SECONDS", DEFAULT_LADDER, _ladder),
            "ladder_is_set": bool(self.env.get("HANDRAIL_LADDER_SECONDS")),
            "tier2": self.take("TIER2", True, _switch),
            "workers": self.take("WORKERS", 1, _workers),
            "rates": self.take("RATES", True, _switch),
            "open": self.take("OPEN", False, _switch),
            "smtp_url": self.take("SMTP_URL", None, _address("smtp", "smtps")),
            "webhook_url": self.take("WEBHOOK_URL", None, _address(*WEBHOOKS)),
            **{name.lower(): self.env.get(f"HANDRAIL_{name}") or None for name in texts},
        }
        self.together(found)
        return found

    def take(self, name: str, default: Any, read: Callable[[str], Any]) -> Any:
        raw = self.env.get(f"HANDRAIL_{name}", "").strip()
        if not raw:
            return default
        try:
            return read(raw)
        except ValueError as wrong:
            self.faults.append(f"HANDRAIL_{name}: {wrong}")
            return default

    def together(self, found: dict[str, Any]) -> None:
        self.faults += _faults(found["database_url"], found["queue_url"], found["workers"])
        if not found["rates"] and urlsplit(found["public_url"]).hostname not in LOOPBACK:
            self.faults.append("HANDRAIL_RATES: can be off only while the site is on loopback")

    def stop_if_wrong(self) -> None:
        if self.faults:
            raise WrongSettings("Wrong settings:\n  " + "\n  ".join(self.faults))


def faults_together(settings: Settings) -> list[str]:
    """What does not fit together, after the command line has had its word too."""
    return _faults(settings.database_url, settings.queue_url, settings.workers)


def _faults(database_url: str, queue_url: str | None, workers: int) -> list[str]:
    is_sqlite = database_url.startswith("sqlite")
    faults = []
    if queue_url == "postgres" and is_sqlite:
        faults.append("HANDRAIL_QUEUE_URL: postgres needs HANDRAIL_DATABASE_URL=postgresql://…")
    if workers > 1 and is_sqlite:
        faults.append(
            "HANDRAIL_WORKERS: more than 1 needs PostgreSQL (HANDRAIL_DATABASE_URL); "
            "SQLite serves with one process"
        )
    elif workers > 1 and not queue_url:
        faults.append(
            "HANDRAIL_WORKERS: more than 1 needs HANDRAIL_QUEUE_URL, redis://… or postgres"
        )
    return faults


def _dotenv(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    found = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        name, equals, value = line.strip().removeprefix("export ").partition("=")
        if equals and not name.startswith("#"):
            found[name.strip()] = value.strip().strip("'\"")
    return found


def _bind(raw: str) -> str:
    host, colon, port = raw.rpartition(":")
    if not colon or not host or not port.isdecimal() or int(port) not in PORTS:
        raise ValueError("must be address:port, such as 127.0.0.1:8000")
    return raw


def _origin(raw: str) -> str:
    parts = urlsplit(raw)
    has_more = parts.path.strip("/") or parts.query or parts.fragment or parts.username
    if parts.scheme not in ("http", "https") or not parts.hostname or has_more:
        raise ValueError("must be an origin such as https://handrail.example")
    return raw.rstrip("/")


def _database(raw: str) -> str:
    if raw.startswith(("postgresql://", "postgres://")):
        return "postgresql+psycopg://" + raw.split("://", 1)[1]
    if raw.startswith(("sqlite:///", "postgresql+psycopg://")):
        return raw
    raise ValueError("must begin with sqlite:/// or postgresql://")


def _queue(raw: str) -> str:
    if raw == "postgres" or raw.startswith("redis://"):
        return raw
    raise ValueError("must be redis://… or postgres")


def _count(raw: str) -> int:
    if not raw.isdecimal() or int(raw) > MOST_PROXIES:
        raise ValueError("must be a number from 0 to 20")
    return int(raw)


def _workers(raw: str) -> int:
    if not raw.isdecimal() or not 1 <= int(raw) <= MOST_WORKERS:
        raise ValueError("must be a number from 1 to 64")
    return int(raw)


def _ladder(raw: str) -> tuple[int, ...]:
    parts = [part.strip() for part in raw.split(",")]
    if not all(part.isdecimal() for part in parts):
        raise ValueError("must be seconds with commas, such as 0,120,300")
    steps = tuple(int(part) for part in parts)
    if list(steps) != sorted(steps) or steps[-1] < 1:
        raise ValueError("must rise, and the last must be 1 or more")
    return steps


def _switch(raw: str) -> bool:
    known = {
        "on": True,
        "1": True,
        "true": True,
        "off": False,
        "0": False,
        "false": False,
    }
    if raw.lower() not in known:
        raise ValueError("must be on or off")
    return known[raw.lower()]


def _address(*schemes: str) -> Callable[[str], str]:
    def read(raw: str) -> str:
        if urlsplit(raw).scheme not in schemes or not urlsplit(raw).hostname:
            raise ValueError(f"must be an address that begins with {schemes[0]}://")
        return raw

    return read


def _secret_key(env: Mapping[str, str], data: Path) -> str:
    """The given key, else one made once and kept in the data folder for its owner alone."""
    if given := env.get("HANDRAIL_SECRET_KEY"):
        return given
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = data / "secret.key"
    if not path.exists():
        _keep_new_key(path)
    return path.read_text(encoding="ascii").strip()


def _keep_new_key(path: Path) -> None:
    """Write the whole key beside its place and then give it its name: nobody reads half of it."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(48))
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()
