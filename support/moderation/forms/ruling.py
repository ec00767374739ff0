"""What moderators send to the rule desk, read and checked."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from support.base.fields import Fields
from support.base.severity import Severity
from support.moderation.rules.rulebook import LABELS

NOTE = 300
LONGEST_BOX = 60_000
MOST_LINES = 300
_ID = re.compile(r"[a-z0-9_]{2,20}\.[a-z0-9_]{2,40}")


@dataclass(frozen=True, slots=True)
class RuleForm:
    """One rule as a moderator wants it: lines to look for, what excuses them, and examples."""

    id: str
    label: str
    severity: Severity
    say: tuple[str, ...]
    when: tuple[str, ...]
    unless: tuple[str, ...]
    hit: tuple[str, ...]
    miss: tuple[str, ...]
    holds: bool
    newcomers: bool
    off: bool
    note: str
    version: str

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read the whole rule; `version` is the draft it was written in ("" for the first)."""
        fields = Fields(data)
        form = cls(
            id=fields.text("id", longest=64),
            label=fields.text("label", longest=40),
            severity=fields.choice("severity", Severity, Severity.WATCH),
            say=_lines(fields, "say"),
            when=fields.words("when", longest=60, most=40),
            unless=fields.words("unless", longest=60, most=60),
            hit=_lines(fields, "hit"),
            miss=_lines(fields, "miss"),
            holds=fields.flag("holds"),
            newcomers=fields.flag("newcomers"),
            off=fields.flag("off"),
            note=fields.text("note", longest=NOTE),
            version=fields.text("version", longest=20, required=False),
        )
        if not _ID.fullmatch(form.id):
            fields.reject("id", "Please use a name such as dosing.night, in small letters.")
        if form.label not in LABELS:
            fields.reject("label", "Please pick one of the choices.")
        for name, lines in (("say", form.say), ("hit", form.hit), ("miss", form.miss)):
            if not lines and not form.off:
                fields.reject(name, "Please write at least one line.")
        fields.done()
        return form

    def written(self, before: Mapping[str, Any] | None) -> dict[str, Any]:
        """The rule as the files write it; what a form cannot say stays as it was."""
        if self.off:
            return {"id": self.id, "off": True}
        raw = {name: value for name, value in (before or {}).items() if name in ("raise", "about")}
        raw |= {"id": self.id, "label": self.label, "severity": self.severity.value}
        raw |= {"say": list(self.say), "hit": list(self.hit), "miss": list(self.miss)}
        raw |= {"when": list(self.when), "unless": list(self.unless)}
        return raw | {"holds": self.holds, "newcomers": self.newcomers}


def _lines(fields: Fields, name: str) -> tuple[str, ...]:
    text = fields.text(name, longest=LONGEST_BOX, required=False)
    lines = tuple(line.strip() for line in text.splitlines() if line.strip())
    if len(lines) > MOST_LINES:
        fields.reject(name, f"Please use at most {MOST_LINES} lines.")
    return lines


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
