"""In which order a serving process begins: whoever is due to be called waits for nothing else."""

from types import SimpleNamespace

from support import cli
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
