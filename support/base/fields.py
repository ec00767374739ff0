"""Read untrusted input field by field, from an HTTP form, a JSON body or a socket object alike."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Self, TypeVar

from support.base.errors import Invalid, Unreadable
from support.base.text import clean

E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")
_DIGITS = 18
_IDENTIFIER = re.compile(r"[A-Za-z0-9._-]{1,64}\Z")
_TRUE = {"1", "true", "on", "yes", True}
_FALSE = {"0", "false", "off", "no", "", False, None}
_IGNORED = {"csrf_token"}


class Fields:
    """Reads each field once, gathers what is wrong with any, and says it all at the end."""

    def __init__(self, data: Mapping[str, Any], *, strict: bool = True) -> None:
        self._data = data
        self._strict = strict
        self._seen: set[str] = set(_IGNORED)
        self._is_strange = False
        self.errors: dict[str, str] = {}

    def text(self, name: str, *, longest: int, required: bool = True, default: str = "") -> str:
        """Clean text without spaces at its ends; what is missing reads as `default`."""
        given = self._take(name)
        value = default if given is None else given
        if not isinstance(value, str):
            return self._wrong(name, "This must be text.", default)
        value = clean(value).strip()
        if required and not value:
            return self._wrong(name, "Please fill this in.", default, is_strange=given is None)
        if len(value) > longest:
            sentence = f"Please use at most {longest} characters."
            return self._wrong(name, sentence, default, is_strange=False)
        return value

    def secret(self, name: str, *, longest: int = 1000) -> str:
        """A passphrase or code, taken as it was typed."""
        value = self._take(name)
        if not isinstance(value, str) or not value:
            return self._wrong(name, "Please fill this in.", "")
        if len(value) > longest:
            return self._wrong(name, f"Please use at most {longest} characters.", "")
        return value

    def choice(self, name: str, options: type[E], default: E | None = None) -> E:
        """One of the options; without a default the field must be there."""
        value = self._take(name)
        first = next(iter(options))
        if value in (None, "") and default is not None:
            return default
        try:
            return options(value)
        except ValueError:
            return self._wrong(name, "Please pick one of the choices.", default or first)

    def integer(self, name: str, least: int, most: int, default: int | None = None) -> int:
        """A whole number from `least` to `most`."""
        value = self._take(name)
        if value in (None, "") and default is not None:
            return default
        if isinstance(value, str) and len(value) <= _DIGITS and value.removeprefix("-").isdecimal():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            return self._wrong(name, "This must be a whole number.", least)
        if not least <= value <= most:
            return self._wrong(name, f"Please use a number from {least} to {most}.", least)
        return value

    def optional_integer(self, name: str, least: int, most: int) -> int | None:
        """A whole number, or None where nothing was sent."""
        if self._data.get(name) in (None, ""):
            self._seen.add(name)
            return None
        return self.integer(name, least, most)

    def flag(self, name: str, *, default: bool = False) -> bool:
        """A switch: 1, true, on or yes; or nothing."""
        value = self._take(name)
        if value is None:
            return default
        if isinstance(value, (str, int)) and value in _TRUE:
            return True
        if isinstance(value, (str, int)) and value in _FALSE:
            return False
        return self._wrong(name, "This must be yes or no.", default)

    def optional_flag(self, name: str) -> bool | None:
        """A switch, or None where nothing was sent."""
        if self._data.get(name) is None:
            self._seen.add(name)
            return None
        return self.flag(name)

    def identifier(self, name: str, *, required: bool = True) -> str:
        """An opaque id: letters, digits, dot, dash or underscore."""
        value = self._take(name)
        if value in (None, "") and not required:
            return ""
        if not isinstance(value, str) or not _IDENTIFIER.match(value):
            return self._wrong(name, "This is not an id.", "")
        return value

    def moment(self, name: str, *, required: bool = True) -> datetime | None:
        """A time in RFC 3339; without an offset it counts as UTC."""
        value = self._take(name)
        if value in (None, "") and not required:
            return None
        try:
            moment = datetime.fromisoformat(str(value))
            return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
        except (ValueError, OverflowError):
            return self._wrong(name, "Please give a date and time.", None)

    def words(self, name: str, *, longest: int, most: int) -> tuple[str, ...]:
        """Several short texts: a list, or one text with commas."""
        value = self._take(name)
        parts = value.split(",") if isinstance(value, str) else (value or [])
        if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
            return self._wrong(name, "This must be a list of words.", tuple[str, ...]())
        nothing: tuple[str, ...] = ()
        kept = tuple(word for part in parts if (word := clean(part).strip()))
        if len(kept) > most or any(len(part) > longest for part in kept):
            sentence = f"Please use at most {most} short words."
            return self._wrong(name, sentence, nothing, is_strange=False)
        return kept

    def reject(self, name: str, sentence: str) -> None:
        """Add an error that a form found by a rule of its own."""
        self.errors.setdefault(name, sentence)

    def done(self) -> None:
        """Raise Invalid with every field's error, if there is any."""
        if self._strict:
            for name in self._data:
                if name not in self._seen:
                    self._wrong(str(name)[:40], "This field is not known.", None)
        if self.errors:
            kind = Unreadable if self._is_strange else Invalid
            raise kind("Please check what is marked.", fields=self.errors)

    def _take(self, name: str) -> Any:
        self._seen.add(name)
        return self._data.get(name)

    def _wrong(self, name: str, sentence: str, instead: T, *, is_strange: bool = True) -> T:
        """Note an error; a strange one is none that people make at a page of ours."""
        self.errors.setdefault(name, sentence)
        self._is_strange |= is_strange
        return instead


@dataclass(frozen=True, slots=True)
class NothingForm:
    """An event or a button that says all by itself."""

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read `{}`."""
        Fields(data).done()
        return cls()
