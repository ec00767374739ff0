"""What a rule names: the contexts it asks for and the word lists it uses, for people to read."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from support.moderation.rules.overlay import Documents, contexts_in
from support.moderation.rules.vocabulary import section
from support.moderation.rules.written import NAMES, in_effect

_LIST = re.compile(r"<(\w+)>")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Named:
    """A context or list by its name, what it is for, where it looks, and its lines."""

    name: str
    lines: tuple[str, ...]
    about: str = ""
    where: str = ""
    unless: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Around:
    """Everything a rule leans on that is written elsewhere in the files."""

    contexts: tuple[Named, ...]
    lists: tuple[Named, ...]
    medicines: tuple[Named, ...]


def named_by(documents: Documents, rule: Mapping[str, Any]) -> Around:
    """The contexts a rule names and those that undo them, and all lists these are written with."""
    raw = in_effect(rule)
    known = contexts_in(documents)
    wanted = [name for field in NAMES for name in raw[field]]
    wanted += [name for when in raw["raise"].values() for name in when]
    contexts = [known[name] | {"name": name} for name in _reached(wanted, known)]
    lines = [*raw["say"], *(line for one in contexts for line in one.get("say", ()))]
    lists = _lists(documents, lines)
    lines += [line for one in lists for line in one.lines]
    said = {word for line in lines for word in _WORD.findall(line)}
    drugs = section(documents, "drugs")
    return Around(
        tuple(_context(one) for one in contexts),
        tuple(lists),
        tuple(Named(name, tuple(names)) for name, names in drugs.items() if name in said),
    )


def found_by(documents: Documents, wanted: str) -> tuple[list[Named], list[Named]]:
    """All contexts and all word lists with a word in their name, purpose or lines, by name."""
    sought = wanted.strip("<>").casefold()
    contexts = [_context(raw | {"name": name}) for name, raw in contexts_in(documents).items()]
    lists = _lists(documents, (f"<{name}>" for name in _list_names(documents)))
    return _with(contexts, sought), _with(lists, sought)


def _with(named: Iterable[Named], sought: str) -> list[Named]:
    """Those that say it, who are called so first."""
    called = re.sub(r"[\s-]+", "_", sought)
    found = [one for one in named if called in one.name or any(map(_says(sought), _said(one)))]
    return sorted(found, key=lambda one: (called not in one.name, one.name))


def _says(sought: str) -> Callable[[str], bool]:
    return lambda said: sought in said


def _said(one: Named) -> Iterable[str]:
    return (said.casefold() for said in (one.about, *one.lines))


def _list_names(documents: Documents) -> list[str]:
    return [name for document in documents.values() for name in document.get("list", {})]


def _reached(wanted: Iterable[str], known: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """These contexts in order, then those that undo one of them, and so on."""
    found: dict[str, None] = {}
    names = [name for name in wanted if name in known]
    while names:
        found |= dict.fromkeys(names)
        undoing = (other for name in names for other in known[name].get("unless", ()))
        names = [name for name in undoing if name in known and name not in found]
    return list(found)


def _lists(documents: Documents, lines: Iterable[str]) -> list[Named]:
    known = {
        name: entries
        for document in documents.values()
        for name, entries in document.get("list", {}).items()
    }
    found: dict[str, Named] = {}
    names = _LIST.findall("\n".join(lines))
    while names:
        found |= {name: Named(name, tuple(known[name])) for name in names if name in known}
        inside = _LIST.findall("\n".join(line for name in names for line in known.get(name, ())))
        names = [name for name in inside if name not in found and name in known]
    return list(found.values())


def _context(raw: Mapping[str, Any]) -> Named:
    return Named(
        name=raw["name"],
        lines=tuple(raw.get("say", ())),
        about=raw.get("about", ""),
        where=raw.get("where", "sentence"),
        unless=tuple(raw.get("unless", ())),
    )
