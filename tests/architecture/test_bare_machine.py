"""What a bare machine needs of a fresh clone: no link out of it, and pins that pip can follow."""

import os
import re
import subprocess
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

HOME = Path(__file__).resolve().parents[2]
PINS = ("base", "test")
PROJECT = tomllib.loads((HOME / "pyproject.toml").read_text(encoding="utf-8"))
ASKED = {
    "base": PROJECT["project"]["dependencies"],
    "test": PROJECT["project"]["dependencies"] + PROJECT["dependency-groups"]["test"],
}
LINK = "120000"


def git(*words: str) -> list[str]:
    """What git says of this tree; a copy without git has nothing to say of it."""
    asked = subprocess.run(["git", *words], cwd=HOME, capture_output=True, text=True, check=False)
    return asked.stdout.splitlines() if asked.returncode == 0 else []


def links() -> list[str]:
    """Links in the tree as a clone gets it; in a copy without git, in its folders."""
    if (HOME / ".git").exists():
        return [line for line in git("ls-files", "--stage") if line.startswith(LINK)]
    return [
        str(path)
        for folder in ("support", "tests", "static", "templates", "docs", "requirements")
        for path in (HOME / folder).rglob("*")
        if path.is_symlink()
    ]


def pins(name: str) -> dict[str, Requirement]:
    """The pins of one file that count on this machine, by name."""
    text = (HOME / f"requirements/{name}.txt").read_text(encoding="utf-8")
    found = [
        Requirement(line.split("--hash")[0].rstrip("\\ "))
        for line in text.replace("\\\n", " ").splitlines()
        if re.match(r"[A-Za-z0-9]", line)
    ]
    return {canonicalize_name(pin.name): pin for pin in found if not counts_not(pin, {""})}


def counts_not(wanted: Requirement, extras: set[str]) -> bool:
    """Whether a requirement is only for other machines, or for extras nobody asked for."""
    marker = wanted.marker
    return marker is not None and not any(marker.evaluate({"extra": each}) for each in extras)


def version(pin: Requirement) -> str:
    (only,) = pin.specifier
    assert only.operator == "==", f"{pin} is no pin"
    return only.version


def unmet(wanted: Requirement, pinned: dict[str, Requirement]) -> str | None:
    """What the pins lack of a requirement."""
    pin = pinned.get(canonicalize_name(wanted.name))
    if pin is None:
        return f"{wanted} is not pinned"
    if not wanted.extras <= pin.extras:
        return f"{wanted} is asked for, {pin} is pinned"
    if not wanted.specifier.contains(version(pin), prereleases=True):
        return f"{wanted} does not allow {pin}"
    return None


def test_a_clone_holds_no_link():
    assert links() == []


def test_nothing_that_is_made_here_is_in_the_tree():
    assert git("ls-files", "--cached", "--ignored", "--exclude-standard") == []
    assert [path for path in git("ls-files") if path.split("/")[0] == ".venv"] == []


@pytest.mark.parametrize("name", PINS)
def test_every_pin_has_a_version_and_a_hash(name):
    text = (HOME / f"requirements/{name}.txt").read_text(encoding="utf-8")
    blocks = re.split(r"\n(?=[A-Za-z0-9])", text)
    assert len(pins(name)) > 10
    for block in blocks:
        assert re.match(r"[\w.\-]+(\[[\w, \-]+\])?==\S+", block), block[:80]
        assert "--hash=sha256:" in block, block[:80]


@pytest.mark.parametrize("name", PINS)
def test_what_the_project_asks_for_is_pinned_as_it_is_asked_for(name):
    pinned = pins(name)
    assert [fault for each in ASKED[name] if (fault := unmet(Requirement(each), pinned))] == []


@pytest.mark.parametrize("name", PINS)
def test_what_a_pinned_package_asks_for_is_pinned_with_its_extras(name):
    """pip, which takes nothing without a hash, would otherwise look for a newer release."""
    pinned = pins(name)
    faults = []
    for pin in pinned.values():
        for line in metadata.distribution(pin.name).requires or []:
            wanted = Requirement(line)
            if not counts_not(wanted, {"", *pin.extras}) and (fault := unmet(wanted, pinned)):
                faults.append(f"{pin.name}: {fault}")
    assert faults == []


def test_the_pins_of_the_tests_hold_those_of_the_product():
    base, test = pins("base"), pins("test")
    assert {name: (test[name].extras, version(test[name])) for name in base} == {
        name: (pin.extras, version(pin)) for name, pin in base.items()
    }


def test_a_pin_without_the_extra_it_is_asked_for_is_a_fault():
    pinned = {"coverage": Requirement("coverage==7.17.3")}
    assert unmet(Requirement("coverage[toml]>=7.10"), pinned)
    assert unmet(Requirement("coverage>=8"), pinned)
    assert unmet(Requirement("pluggy"), pinned)
    assert unmet(Requirement("coverage>=7.10"), pinned) is None


@pytest.mark.parametrize("script", ["handrail", ".ci/run"])
def test_the_commands_can_be_run(script):
    path = HOME / script
    assert os.access(path, os.X_OK)
    shell = subprocess.run(["bash", "-n", path], capture_output=True, text=True, check=False)
    assert (shell.returncode, shell.stderr) == (0, "")
