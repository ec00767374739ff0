"""What moderators send to the rule desk, read and checked."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from support.base.errors import Invalid
from support.base.fields import Fields
from support.base.severity import Severity
from support.moderation.rules.rehearsal import GROUPS
from support.moderation.rules.rulebook import LABELS
from support.moderation.rules.written import LINES, NAMES, OFF, RAISED, as_typed, in_effect

NOTE = 300
LONGEST_BOX = 60_000
MOST_LINES = 300
MOST_PAGES = 9_999
MOST_WORDS = 2_000
LONGEST_SOUGHT = 60
_ID = re.compile(r"[a-z0-9_]{2,20}\.[a-z0-9_]{2,40}")
_NO_LINE = "Please write at least one line."
_CHECK = "Please check what is marked."


@dataclass(frozen=True, slots=True)
class RuleForm:
    """What a moderator wants of one rule; None is what was not sent, and stays as it is."""

    id: str
    label: str
    severity: Severity | None
    lines: Mapping[str, tuple[str, ...] | None]
    names: Mapping[str, tuple[str, ...] | None]
    raised: Mapping[str, tuple[str, ...] | None]
    holds: bool | None
    newcomers: bool | None
    off: bool
    note: str
    version: str
    seen: str
    is_new: bool

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read a rule; `version` is the draft it was written in, `seen` the rule's mark then."""
        fields = Fields(data)
        off = fields.flag("off")
        form = cls(
            id=fields.text("id", longest=64),
            label=fields.text("label", longest=40),
            severity=_severity(fields, data),
            lines={name: _lines(fields, data, name, may_lack=off) for name in LINES},
            names={name: _names(fields, data, name) for name in NAMES},
            raised={to.value: _names(fields, data, f"raise_{to.value}") for to in RAISED},
            holds=_switch(fields, data, "holds"),
            newcomers=_switch(fields, data, "newcomers"),
            off=off,
            note=fields.text("note", longest=NOTE),
            version=fields.text("version", longest=20, required=False),
            seen=fields.text("seen", longest=20, required=False),
            is_new=fields.flag("new"),
        )
        if not _ID.fullmatch(form.id):
            fields.reject("id", "Please use a name such as dosing.night, in small letters.")
        if form.label not in LABELS:
            fields.reject("label", "Please pick one of the choices.")
        fields.done()
        return form

    def written(self, before: Mapping[str, Any] | None) -> dict[str, Any]:
        """The rule as the files write it: what was sent is changed, everything else is carried."""
        raw = {name: value for name, value in (before or {}).items() if name != OFF}
        was = in_effect(before if before is not None else {"label": self.label})
        raw |= {"id": self.id, "label": self.label}
        raw["severity"] = self.severity.value if self.severity else was["severity"]
        raw["holds"] = was["holds"] if self.holds is None else self.holds
        raw["newcomers"] = was["newcomers"] if self.newcomers is None else self.newcomers
        for name, typed in self.lines.items():
            raw[name] = was[name] if typed is None else as_typed(typed, was[name])
        for name, chosen in self.names.items():
            raw[name] = was[name] if chosen is None else list(chosen)
        raised = {to: list(when) for to, when in self.raised.items() if when is not None}
        raw["raise"] = {to: when for to, when in {**was["raise"], **raised}.items() if when}
        lacking = {name: _NO_LINE for name in LINES if not raw[name]}
        if lacking and before is None:
            raise Invalid(_CHECK, fields=lacking)
        return raw | {OFF: True} if self.off else raw


def _severity(fields: Fields, data: Mapping[str, Any]) -> Severity | None:
    sent = fields.choice("severity", Severity, Severity.WATCH)
    if sent is Severity.NONE:
        fields.reject("severity", "Please pick one of the choices. To stop a rule, switch it off.")
    return sent if data.get("severity") else None


def _switch(fields: Fields, data: Mapping[str, Any], name: str) -> bool | None:
    """Yes or no; nothing picked is nothing sent, and leaves it to the kind of the rule."""
    sent = fields.optional_flag(name)
    return None if data.get(name) == "" else sent


def _names(fields: Fields, data: Mapping[str, Any], name: str) -> tuple[str, ...] | None:
    sent = fields.words(name, longest=60, most=60)
    return None if data.get(name) is None else sent


def _lines(
    fields: Fields, data: Mapping[str, Any], name: str, *, may_lack: bool
) -> tuple[str, ...] | None:
    text = fields.text(name, longest=LONGEST_BOX, required=False)
    lines = tuple(line.strip() for line in text.splitlines() if line.strip())
    if len(lines) > MOST_LINES:
        fields.reject(name, f"Please use at most {MOST_LINES} lines.")
    if data.get(name) is None or (may_lack and not lines):
        return None
    if not lines:
        fields.reject(name, _NO_LINE)
    return lines


@dataclass(frozen=True, slots=True)
class WordsForm:
    """Words that a moderator asks the rules about; nobody said them."""

    words: str

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read `{words}`."""
        fields = Fields(data)
        form = cls(words=fields.text("words", longest=MOST_WORDS))
        fields.done()
        return form


@dataclass(frozen=True, slots=True)
class NamesFilter:
    """Which contexts and word lists are looked for: those that say a word."""

    q: str

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read the query string `q=tired`; what is not known is passed over."""
        fields = Fields(data, strict=False)
        form = cls(q=fields.text("q", longest=LONGEST_SOUGHT, required=False))
        fields.done()
        return form


@dataclass(frozen=True, slots=True)
class VersionForm:
    """Which draft is meant: one that changed meanwhile is not approved unseen."""

    version: str

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read `{version}`."""
        fields = Fields(data)
        form = cls(version=fields.text("version", longest=20))
        fields.done()
        return form


@dataclass(frozen=True, slots=True)
class DraftFilter:
    """Which page of each list of the draft's page is looked at."""

    pages: Mapping[str, int]

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read the query string, such as `newly_held=2`; what is not known is passed over."""
        fields = Fields(data, strict=False)
        names = ("changes", *GROUPS)
        form = cls({name: fields.integer(name, 1, MOST_PAGES, 1) for name in names})
        fields.done()
        return form
