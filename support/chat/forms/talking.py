"""What people say, read and sign in a room."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self, TypeGuard

from support.base.errors import TooLong
from support.base.fields import Fields
from support.chat.rules.places import LONGEST_BODY, LONGEST_WARNING, Reaction

_CLIENT_ID = re.compile(r"[A-Za-z0-9._-]{1,64}\Z")
PLAIN_FIELDS = 3
MOST_SEQ = 2**31 - 1  # what a column of PostgreSQL holds; 2**53 there is an error, not nothing
MOST_EVENTS, MOST_HISTORY, SNAPSHOT = 500, 100, 50


@dataclass(frozen=True, slots=True)
class RoomForm:
    """Just a room."""

    room: str

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read `{room}`."""
        fields = Fields(data)
        form = cls(fields.identifier("room"))
        fields.done()
        return form


@dataclass(frozen=True, slots=True)
class JoinForm:
    """A room, and the last event already known."""

    room: str
    after: int | None

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read `{room, after?}`."""
        fields = Fields(data)
        form = cls(fields.identifier("room"), fields.optional_integer("after", 0, MOST_SEQ))
        fields.done()
        return form


@dataclass(frozen=True, slots=True)
class HistoryForm:
    """Older messages, before a seq."""

    room: str
    before: int
    limit: int

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read `{room, before, limit}`."""
        fields = Fields(data)
        form = cls(
            room=fields.identifier("room"),
            before=fields.integer("before", 0, MOST_SEQ),
            limit=fields.integer("limit", 1, MOST_HISTORY, SNAPSHOT),
        )
        fields.done()
        return form


@dataclass(frozen=True, slots=True)
class SeenForm:
    """How far somebody has read."""

    room: str
    seq: int

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read `{room, seq}`."""
        fields = Fields(data)
        form = cls(fields.identifier("room"), fields.integer("seq", 0, MOST_SEQ))
        fields.done()
        return form


@dataclass(frozen=True, slots=True)
class SendForm:
    """Something to say; the same `client_id` is the same message, however often it comes."""

    room: str
    body: str
    client_id: str
    reply_to: str
    warning: str

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read `{room, body, client_id, reply_to?, warning?}`; most are plain, and read at once."""
        room, body, client_id = data.get("room"), data.get("body"), data.get("client_id")
        if _is_name(room) and _is_plain(body) and _is_name(client_id) and len(data) == PLAIN_FIELDS:
            return cls(room, body, client_id, "", "")
        return cls._parse_field_by_field(data)

    @classmethod
    def _parse_field_by_field(cls, data: Mapping[str, Any]) -> Self:
        fields = Fields(data)
        client_id = fields.text("client_id", longest=64)
        if client_id and not _CLIENT_ID.match(client_id):
            fields.reject("client_id", "This may hold letters, digits, dot, dash and underscore.")
        form = cls(
            room=fields.identifier("room"),
            body=_body(fields, data),
            client_id=client_id,
            reply_to=fields.identifier("reply_to", required=False),
            warning=fields.text("warning", longest=LONGEST_WARNING, required=False),
        )
        fields.done()
        return form


@dataclass(frozen=True, slots=True)
class EditForm:
    """Own words, said another way."""

    message: str
    body: str

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read `{message, body}`."""
        fields = Fields(data)
        form = cls(fields.identifier("message"), _body(fields, data))
        fields.done()
        return form


@dataclass(frozen=True, slots=True)
class MessageForm:
    """Just a message."""

    message: str

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read `{message}`."""
        fields = Fields(data)
        form = cls(fields.identifier("message"))
        fields.done()
        return form


@dataclass(frozen=True, slots=True)
class ReactForm:
    """A calm sign, put on or taken off."""

    message: str
    reaction: Reaction
    on: bool

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read `{message, reaction, on}`."""
        fields = Fields(data)
        form = cls(
            message=fields.identifier("message"),
            reaction=fields.choice("reaction", Reaction),
            on=fields.flag("on", default=True),
        )
        fields.done()
        return form


def _is_name(value: Any) -> TypeGuard[str]:
    """Whether this is an id, ours or a client's."""
    return isinstance(value, str) and _CLIENT_ID.match(value) is not None


def _is_plain(value: Any) -> TypeGuard[str]:
    """Whether these are words that reading would leave as they are: no marks, no odd spaces."""
    return (
        isinstance(value, str)
        and 0 < len(value) <= LONGEST_BODY
        and value.isascii()
        and value.isprintable()
        and value[0] != " " != value[-1]
    )


def _body(fields: Fields, data: Mapping[str, Any]) -> str:
    raw = data.get("body")
    if isinstance(raw, str) and len(raw) > LONGEST_BODY:
        raise TooLong("Please use at most 2,000 characters.", fields={"body": "This is too long."})
    return fields.text("body", longest=LONGEST_BODY)
