"""What an operator sets is read once, and everything that is wrong with it is said at once."""

import stat

import pytest

from support.settings import DEFAULT_LADDER, Settings, WrongSettings


@pytest.fixture
def read(tmp_path, monkeypatch):
    """Settings from these variables alone, in a working folder of their own."""
    monkeypatch.chdir(tmp_path)

    def with_variables(**variables: str) -> Settings:
        named = {f"HANDRAIL_{name}": value for name, value in variables.items()}
        return Settings.from_env(named)

    return with_variables


def faults(read, **variables: str) -> str:
    with pytest.raises(WrongSettings) as wrong:
        read(**variables)
    return str(wrong.value)


def test_nothing_needs_to_be_set(read, tmp_path):
    settings = read()
    assert settings.data == tmp_path / "data"
    assert settings.database_url == f"sqlite:///{tmp_path / 'data' / 'handrail.db'}"
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert settings.public_url == "http://127.0.0.1:8000"
    assert settings.ladder_seconds == DEFAULT_LADDER == (0, 120, 300)
    assert settings.workers == 1
    assert settings.proxies == 0
    assert settings.rates
    assert settings.tier2
    assert not settings.open
    assert settings.is_sqlite
    assert not settings.is_https


def test_an_empty_variable_is_one_that_was_not_set(read):
    settings = read(BIND="", LADDER_SECONDS="", SMTP_URL="", ADMIN_HANDLE="", QUEUE_URL=" ")
    assert settings.port == 8000
    assert settings.smtp_url is None
    assert settings.admin_handle is None
    assert settings.queue_url is None
    assert not settings.ladder_is_set


def test_every_wrong_variable_is_named_at_once(read):
    text = faults(
        read,
        BIND="8000",
        PUBLIC_URL="handrail.example/path",
        DATABASE_URL="mysql://elsewhere",
        QUEUE_URL="valkey://here",
        PROXIES="-1",
        LADDER_SECONDS="300,120",
        TIER2="perhaps",
        WORKERS="0",
        SMTP_URL="mail.example",
        WEBHOOK_URL="ftp://x",
    )
    for name in (
        "BIND",
        "PUBLIC_URL",
        "DATABASE_URL",
        "QUEUE_URL",
        "PROXIES",
        "LADDER_SECONDS",
        "TIER2",
        "WORKERS",
        "SMTP_URL",
        "WEBHOOK_URL",
    ):
        assert f"HANDRAIL_{name}:" in text


@pytest.mark.parametrize(
    "bind", ["8000", ":8000", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:65536", "a:b"]
)
def test_an_address_to_listen_on_has_a_host_and_a_port(read, bind):
    assert "HANDRAIL_BIND" in faults(read, BIND=bind)


def test_the_public_address_follows_the_one_listened_on(read):
    assert read(BIND="127.0.0.1:8765").public_url == "http://127.0.0.1:8765"


def test_an_address_of_the_sixth_kind_may_be_listened_on(read):
    settings = read(BIND="[::1]:8000")
    assert (settings.host, settings.port) == ("::1", 8000)


@pytest.mark.parametrize(
    "url", ["handrail.example", "ftp://handrail.example", "https://x/y", "https://"]
)
def test_the_public_address_is_an_origin(read, url):
    assert "HANDRAIL_PUBLIC_URL" in faults(read, PUBLIC_URL=url)


def test_the_public_address_has_no_slash_at_its_end_and_says_if_cookies_are_secure(read):
    settings = read(PUBLIC_URL="https://handrail.example/")
    assert settings.public_url == "https://handrail.example"
    assert settings.is_https


@pytest.mark.parametrize("scheme", ["postgresql://", "postgres://", "postgresql+psycopg://"])
def test_a_postgresql_address_is_read_as_people_write_it(read, scheme):
    settings = read(DATABASE_URL=f"{scheme}me@127.0.0.1:5432/handrail")
    assert settings.database_url == "postgresql+psycopg://me@127.0.0.1:5432/handrail"
    assert not settings.is_sqlite


@pytest.mark.parametrize(
    ("raw", "steps"), [("0,120,300", (0, 120, 300)), (" 0, 1 ,2", (0, 1, 2)), ("5", (5,))]
)
def test_the_ladder_is_seconds_that_rise(read, raw, steps):
    settings = read(LADDER_SECONDS=raw)
    assert settings.ladder_seconds == steps
    assert settings.ladder_is_set


@pytest.mark.parametrize("raw", ["a", "1,,2", "300,120", "0", "-1,5", "1.5", ","])
def test_a_ladder_that_does_not_rise_or_never_ends_is_refused(read, raw):
    assert "HANDRAIL_LADDER_SECONDS" in faults(read, LADDER_SECONDS=raw)


@pytest.mark.parametrize("word", ["off", "0", "false", "OFF"])
def test_limits_are_lifted_on_loopback_only(read, word):
    assert not read(RATES=word).rates
    assert not read(RATES=word, PUBLIC_URL="http://localhost:9000").rates
    public = faults(read, RATES=word, PUBLIC_URL="https://handrail.example")
    assert "HANDRAIL_RATES" in public
    assert "loopback" in public


def test_more_than_one_process_needs_postgresql(read):
    assert "HANDRAIL_WORKERS" in faults(read, WORKERS="2")
    assert read(WORKERS="2", DATABASE_URL="postgresql://x/y", QUEUE_URL="postgres").workers == 2
    assert read(WORKERS="2", DATABASE_URL="postgresql://x/y", QUEUE_URL="redis://r").workers == 2


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"WORKERS": "2"}, ["HANDRAIL_WORKERS", "SQLite serves with one process"]),
        ({"WORKERS": "2", "QUEUE_URL": "redis://r"}, ["HANDRAIL_WORKERS", "SQLite"]),
        ({"WORKERS": "2", "QUEUE_URL": "postgres"}, ["HANDRAIL_WORKERS", "HANDRAIL_QUEUE_URL"]),
        ({"QUEUE_URL": "postgres"}, ["HANDRAIL_QUEUE_URL", "HANDRAIL_DATABASE_URL=postgresql"]),
        ({"WORKERS": "2", "DATABASE_URL": "postgresql://x/y"}, ["HANDRAIL_WORKERS", "QUEUE_URL"]),
        ({"QUEUE_URL": "rediss://r"}, ["HANDRAIL_QUEUE_URL"]),
        ({"QUEUE_URL": "valkey://r"}, ["HANDRAIL_QUEUE_URL"]),
        ({"QUEUE_URL": "postgresql://x/y"}, ["HANDRAIL_QUEUE_URL", "postgres"]),
        ({"WORKERS": "65", "DATABASE_URL": "postgresql://x/y"}, ["HANDRAIL_WORKERS"]),
    ],
)
def test_a_set_of_processes_that_cannot_work_is_refused_with_the_reason(read, variables, named):
    text = faults(read, **variables)
    assert all(word in text for word in named)


def test_one_process_may_have_a_queue_or_none_on_postgres_and_redis_on_sqlite(read):
    assert read(DATABASE_URL="postgresql://x/y").queue_url is None
    assert read(DATABASE_URL="postgresql://x/y", QUEUE_URL="postgres").workers == 1
    assert read(QUEUE_URL="redis://127.0.0.1:6379/0").is_sqlite


@pytest.mark.parametrize("count", ["x", "-1", "21", "1.0"])
def test_proxies_are_counted(read, count):
    assert "HANDRAIL_PROXIES" in faults(read, PROXIES=count)


def test_a_secret_key_is_made_once_for_its_owner_alone(read, tmp_path):
    first = read().secret_key
    assert len(first) >= 40
    assert read().secret_key == first
    mode = stat.S_IMODE((tmp_path / "data" / "secret.key").stat().st_mode)
    assert mode == 0o600


def test_a_given_secret_key_is_used_and_none_is_kept(read, tmp_path):
    assert read(SECRET_KEY="given by the operator").secret_key == "given by the operator"
    assert not (tmp_path / "data" / "secret.key").exists()


def test_secrets_are_not_in_what_settings_print(read):
    settings = read(
        SECRET_KEY="key-of-the-house",
        ADMIN_PASSWORD="words of the admin",
        SMTP_URL="smtp://me:mailword@mail.example",
        WEBHOOK_URL="https://hooks.example/hidden-path",
        WEBHOOK_SECRET="hook-word",
        METRICS_TOKEN="metrics-word",
    )
    printed = repr(settings)
    for secret in ("key-of", "words of", "mailword", "hidden-path", "hook-word", "metrics-word"):
        assert secret not in printed


def test_a_file_in_the_working_folder_is_read_and_the_environment_is_stronger(
    tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text(
        "# our own\n\nHANDRAIL_BIND=127.0.0.1:9001\n"
        "export HANDRAIL_PUBLIC_URL='https://handrail.example'\nHANDRAIL_PROXIES=1\nnonsense\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("HANDRAIL_PROXIES", "2")
    monkeypatch.delenv("HANDRAIL_BIND", raising=False)
    settings = Settings.from_env()
    assert settings.port == 9001
    assert settings.public_url == "https://handrail.example"
    assert settings.proxies == 2


def test_settings_do_not_change_after_they_were_read(read):
    settings = read()
    with pytest.raises(AttributeError):
        settings.open = True
