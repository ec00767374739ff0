"""What people send to come in, to come back, and to look after their account."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from support.accounts import rules
from support.base.fields import Fields

_LONGEST_HANDLE = 60
_LONGEST_EMAIL = 254
_LONGEST_ZONE = 64


@dataclass(frozen=True, slots=True, repr=False)
class RegisterForm:
    """A new person's choices; like every form with a passphrase it does not print itself."""

    handle: str
    password: str
    email: str | None
    country: str
    timezone: str

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read the form, and say everything that is wrong with it at once."""
        fields = Fields(data)
        handle = rules.tidy_handle(fields.text("handle", longest=_LONGEST_HANDLE))
        password = fields.secret("password")
        form = cls(handle, password, _email(fields), _country(fields), _timezone(fields))
        if handle and (problem := rules.handle_problem(handle)):
            fields.reject("handle", problem)
        _judge_passphrase(fields, password, handle)
        if not fields.flag("adult"):
            fields.reject("adult", "This place is for people of 18 and over.")
        if not fields.flag("agree"):
            fields.reject("agree", "Please read the house rules and agree to them.")
        fields.done()
        return form


@dataclass(frozen=True, slots=True, repr=False)
class LoginForm:
    """Who wants to come in, and for how long they wish to stay known."""

    handle: str
    password: str
    remember: bool

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read the form; `next` is read by the door, which alone knows paths."""
        fields = Fields({name: value for name, value in data.items() if name != "next"})
        form = cls(
            handle=fields.text("handle", longest=_LONGEST_HANDLE),
            password=fields.secret("password"),
            remember=fields.flag("remember"),
        )
        fields.done()
        return form


@dataclass(frozen=True, slots=True, repr=False)
class RecoverForm:
    """A way back in for somebody who lost the passphrase and kept the code."""

    handle: str
    code: str
    password: str

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read the form; the new passphrase is judged before anybody is looked up."""
        fields = Fields(data)
        handle = fields.text("handle", longest=_LONGEST_HANDLE)
        form = cls(handle, fields.secret("code", longest=100), fields.secret("password"))
        _judge_passphrase(fields, form.password, handle)
        fields.done()
        return form


@dataclass(frozen=True, slots=True)
class PlaceForm:
    """Where a person is, and an address for mail if they want any."""

    country: str
    timezone: str
    email: str | None

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read the form of the account page."""
        fields = Fields(data)
        form = cls(_country(fields), _timezone(fields), _email(fields))
        fields.done()
        return form


@dataclass(frozen=True, slots=True, repr=False)
class PassphraseForm:
    """A change of passphrase by somebody who knows the old one."""

    current: str
    password: str

    @classmethod
    def parse(cls, data: Mapping[str, Any], handle: str) -> Self:
        """Read the form for the person of this handle."""
        fields = Fields(data)
        form = cls(fields.secret("current"), fields.secret("password"))
        _judge_passphrase(fields, form.password, handle)
        fields.done()
        return form


@dataclass(frozen=True, slots=True, repr=False)
class ConfirmForm:
    """The passphrase again, before something that cannot be taken back."""

    password: str

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read the one field."""
        fields = Fields(data)
        form = cls(fields.secret("password"))
        fields.done()
        return form


@dataclass(frozen=True, slots=True)
class HideForm:
    """Fold a person's words away, or unfold them."""

    person: str
    on: bool

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read the form or the socket object."""
        fields = Fields(data)
        form = cls(person=fields.identifier("person"), on=fields.flag("on", default=True))
        fields.done()
        return form


def _judge_passphrase(fields: Fields, passphrase: str, handle: str) -> None:
    problem = rules.passphrase_problem(passphrase, handle) if passphrase else None
    if problem:
        fields.reject("password", problem)


def _country(fields: Fields) -> str:
    country = fields.text("country", longest=2).upper()
    if country and not rules.is_country(country):
        fields.reject("country", "Please pick a country from the list.")
    return country


def _timezone(fields: Fields) -> str:
    zone = fields.text("timezone", longest=_LONGEST_ZONE)
    if zone and not rules.is_timezone(zone):
        fields.reject("timezone", "Please pick a time zone from the list.")
    return zone


def _email(fields: Fields) -> str | None:
    email = fields.text("email", longest=_LONGEST_EMAIL, required=False)
    name, at, host = email.rpartition("@")
    if email and not (at and name and "." in host.strip(".") and len(email.split()) == 1):
        fields.reject("email", "This is not a whole e-mail address. You may leave it empty.")
    return email or None
