"""Each setting's edges: the last value that is taken, the first that is not, and what it says."""

from dataclasses import replace
from pathlib import Path

import pytest

from support.settings import DIALECTS, Settings, WrongSettings, faults_together

ORIGIN = "must be an origin such as https://handrail.example"
BIND = "must be address:port, such as 127.0.0.1:8000"
LADDER = (
    "must be seconds with commas, such as 0,120,300",
    "must rise, and the last must be 1 or more",
)
WEBHOOK = "must be an address that begins with http://"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def read(**variables: str) -> Settings:
    return Settings.from_env({f"HANDRAIL_{name}": value for name, value in variables.items()})


@pytest.mark.parametrize(
    ("name", "raw", "complaint"),
    [
        ("PUBLIC_URL", "https://handrail.example?from=mail", ORIGIN),
        ("PUBLIC_URL", "https://handrail.example/#top", ORIGIN),
        ("PUBLIC_URL", "https://ada@handrail.example", ORIGIN),
        ("PUBLIC_URL", "//handrail.example", ORIGIN),
        ("PUBLIC_URL", "https://handrail.example/app/", ORIGIN),
        ("BIND", "127.0.0.1:", BIND),
        ("BIND", "127.0.0.1:+80", BIND),
        ("BIND", "127.0.0.1:80 80", BIND),
        ("BIND", "127.0.0.1:99999", BIND),
        ("PROXIES", "21", "must be a number from 0 to 20"),
        ("PROXIES", "1.5", "must be a number from 0 to 20"),
        ("WORKERS", "65", "must be a number from 1 to 64"),
        ("WORKERS", "two", "must be a number from 1 to 64"),
        ("LADDER_SECONDS", "0,two", LADDER[0]),
        ("LADDER_SECONDS", "0,120,60", LADDER[1]),
        ("LADDER_SECONDS", "0,0", LADDER[1]),
        ("DATABASE_URL", "sqlite://", "must begin with sqlite:/// or postgresql://"),
        ("DATABASE_URL", "handrail.db", "must begin with sqlite:/// or postgresql://"),
        ("QUEUE_URL", "rediss://x", "must be redis://… or postgres"),
        ("QUEUE_URL", "postgresql://x", "must be redis://… or postgres"),
        ("TIER2", "yes", "must be on or off"),
        ("RATES", "no", "must be on or off"),
        ("OPEN", "2", "must be on or off"),
        ("SMTP_URL", "http://mail.example", "must be an address that begins with smtp://"),
        ("SMTP_URL", "smtp://", "must be an address that begins with smtp://"),
        ("WEBHOOK_URL", "irc+https://x.example", WEBHOOK),
        ("WEBHOOK_URL", "ntfy+ftp://x.example", WEBHOOK),
        ("WEBHOOK_URL", "ntfy+https://", WEBHOOK),
    ],
)
def test_what_is_wrong_is_named_with_the_way_to_put_it_right(name, raw, complaint):
    with pytest.raises(WrongSettings) as wrong:
        read(**{name: raw})
    assert str(wrong.value) == f"Wrong settings:\n  HANDRAIL_{name}: {complaint}"


@pytest.mark.parametrize(
    ("name", "raw", "field", "value"),
    [
        ("PROXIES", "20", "proxies", 20),
        ("PROXIES", "0", "proxies", 0),
        ("BIND", "0.0.0.0:65535", "port", 65535),
        ("BIND", "[::]:1", "host", "::"),
        ("BIND", "localhost:8000", "public_url", "http://localhost:8000"),
        ("PUBLIC_URL", "http://[::1]:8000/", "public_url", "http://[::1]:8000"),
        ("TIER2", "OFF", "tier2", False),
        ("TIER2", "True", "tier2", True),
        ("OPEN", "1", "open", True),
        ("LADDER_SECONDS", "0,0,1", "ladder_seconds", (0, 0, 1)),
        (
            "SMTP_URL",
            "smtps://me:pw@mail.example:465",
            "smtp_url",
            "smtps://me:pw@mail.example:465",
        ),
        ("QUEUE_URL", "redis://127.0.0.1/3", "queue_url", "redis://127.0.0.1/3"),
        ("DATABASE_URL", "sqlite:////tmp/x.db", "is_sqlite", True),
        ("METRICS_TOKEN", "t", "metrics_token", "t"),
        ("MAIL_FROM", "", "mail_from", None),
    ],
)
def test_what_is_right_at_the_edge_is_taken(name, raw, field, value):
    assert getattr(read(**{name: raw}), field) == value


@pytest.mark.parametrize("dialect", DIALECTS)
def test_each_dialect_of_the_far_end_may_be_called(dialect):
    address = f"{dialect}https://far.example/hook"
    assert read(WEBHOOK_URL=address).webhook_url == address


def test_nothing_is_written_while_anything_is_wrong(folder):
    with pytest.raises(WrongSettings):
        read(DATA=str(folder / "house"), PROXIES="x")
    assert not (folder / "house").exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"workers": 2}, ["HANDRAIL_WORKERS: more than 1 needs PostgreSQL"]),
        ({"queue_url": "postgres"}, ["HANDRAIL_QUEUE_URL: postgres needs"]),
        (
            {"workers": 2, "queue_url": "postgres"},
            [
                "HANDRAIL_QUEUE_URL: postgres needs",
                "HANDRAIL_WORKERS: more than 1 needs PostgreSQL",
            ],
        ),
        (
            {"workers": 2, "database_url": "postgresql+psycopg://x/y"},
            ["HANDRAIL_WORKERS: more than 1 needs HANDRAIL_QUEUE_URL"],
        ),
        (
            {"workers": 64, "database_url": "postgresql+psycopg://x/y", "queue_url": "postgres"},
            [],
        ),
        ({"queue_url": "redis://x"}, []),
    ],
)
def test_what_the_command_line_changes_must_fit_together_too(changes, words):
    faults = faults_together(replace(read(), **changes))
    assert len(faults) == len(words)
    for fault, begins in zip(faults, words, strict=True):
        assert fault.startswith(begins)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000", "http://localhost", "http://[::1]:8000"])
def test_without_limits_a_site_stays_on_its_own_machine(url):
    assert not read(RATES="off", PUBLIC_URL=url).rates
    with pytest.raises(WrongSettings, match="HANDRAIL_RATES: can be off only"):
        read(RATES="off", PUBLIC_URL="https://handrail.example")
    with pytest.raises(WrongSettings, match="HANDRAIL_RATES"):
        read(RATES="off", BIND="0.0.0.0:8000")


@pytest.mark.parametrize(
    ("line", "port"),
    [
        ("HANDRAIL_BIND=127.0.0.1:9001", 9001),
        ("export HANDRAIL_BIND='127.0.0.1:9002'", 9002),
        ('  HANDRAIL_BIND = "127.0.0.1:9003"  ', 9003),
        ("# HANDRAIL_BIND=127.0.0.1:9004", 8000),
        ("HANDRAIL_BIND", 8000),
        ("", 8000),
    ],
)
def test_a_line_of_the_file_in_the_folder_is_read_as_shells_read_it(
    folder, monkeypatch, line, port
):
    for name in ("HANDRAIL_BIND", "HANDRAIL_DATA", "HANDRAIL_PUBLIC_URL"):
        monkeypatch.delenv(name, raising=False)
    (folder / ".env").write_text(f"# ours\n{line}\nHANDRAIL_SECRET_KEY=k=v==\n", "utf-8")
    settings = Settings.from_env()
    assert settings.port == port
    assert settings.secret_key == "k=v=="


def test_a_kept_key_is_read_again_and_no_draft_lies_beside_it(folder):
    first = read(DATA="house")
    assert read(DATA="house").secret_key == first.secret_key
    assert [path.name for path in (folder / "house").iterdir()] == ["secret.key"]
    assert first.data == Path.cwd() / "house"
    assert len(first.secret_key) >= 64
