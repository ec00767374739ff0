"""Short answers: yes, no, a name, a switch, a button."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from support.base.fields import Fields

REASON = 500


@dataclass(frozen=True, slots=True)
class VoteForm:
    """Yes or no to an application, and why."""

    yes: bool
    reason: str

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read `{yes, reason}`."""
        fields = Fields(data)
        form = cls(yes=fields.flag("yes"), reason=fields.text("reason", longest=REASON))
        fields.done()
        return form


@dataclass(frozen=True, slots=True)
class VoiceForm:
    """Yes or no, without a reason."""

    yes: bool

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read `{yes}`."""
        fields = Fields(data)
        form = cls(yes=fields.flag("yes"))
        fields.done()
        return form


@dataclass(frozen=True, slots=True)
class SignForm:
    """The code, signed."""

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read `{agree}`, which has to be yes."""
        fields = Fields(data)
        if not fields.flag("agree"):
            fields.reject("agree", "Please read the code and agree to it.")
        fields.done()
        return cls()


@dataclass(frozen=True, slots=True)
class HandleForm:
    """The name of somebody."""

    handle: str

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read `{handle}`."""
        fields = Fields(data)
        form = cls(handle=fields.text("handle", longest=40))
        fields.done()
        return form


@dataclass(frozen=True, slots=True)
class SwitchForm:
    """On or off."""

    on: bool

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read `{on}`."""
        fields = Fields(data)
        form = cls(on=fields.flag("on"))
        fields.done()
        return form
