"""In which order a serving process begins: whoever is due to be called waits for nothing else."""

import resource
from types import SimpleNamespace

import pytest

from support import cli, serve
from support.serve.many import Place


def test_people_are_called_before_templates_are_loaded_and_the_door_opens(monkeypatch):
    done = []

    def step(name, answer=None):
        return lambda *_, **__: done.append(name) or answer

    monkeypatch.setattr(cli, "create_app", step("app"))
    monkeypatch.setattr(cli, "join", step("ears"))
    monkeypatch.setattr(cli, "warm_up", step("templates"))
    monkeypatch.setattr(cli, "serve", step("door"))
    ticking = SimpleNamespace(start=step("call"), look_again=step("model"))
    monkeypatch.setattr(cli, "worker", ticking)
    cli._serve_one(SimpleNamespace(host="127.0.0.1", port=0), Place(1, "here"), demo=False)
    assert done == ["app", "ears", "call", "templates", "model", "door"]


ENDLESS = resource.RLIM_INFINITY


@pytest.mark.parametrize(
    ("soft", "hard", "set_to"),
    [
        (1024, 524_288, (524_288, 524_288)),
        (1024, ENDLESS, (serve.MOST_FILES, ENDLESS)),
        (1024, 4 * serve.MOST_FILES, (serve.MOST_FILES, 4 * serve.MOST_FILES)),
        (20_000, 20_000, None),
        (ENDLESS, ENDLESS, None),
        (2 * serve.MOST_FILES, 4 * serve.MOST_FILES, None),
    ],
)
def test_a_shells_thousand_files_do_not_bound_how_many_people_may_come(
    monkeypatch, soft, hard, set_to
):
    given = []
    monkeypatch.setattr(serve.resource, "getrlimit", lambda _: (soft, hard))
    monkeypatch.setattr(serve.resource, "setrlimit", lambda _, both: given.append(both))
    serve.open_wide()
    assert given == ([set_to] if set_to else [])
