"""The cast's group, and a live line for each of them."""

from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask_socketio.test_client import SocketIOTestClient

from support.base.errors import NotFound
from support.db.unit import Database
from support.groups import actions as groups
from support.groups import queries as group_queries
from support.groups.forms import GroupForm
from support.web.sockets import socketio
from tests.people import Browser

SLUG = "night-owls"


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody by handle, and where they meet: Night owls. Paul hosts, Mina belongs, Otto not."""

    ids: dict[str, str]
    group: str
    slug: str
    lounge: str

    def __getitem__(self, handle: str) -> str:
        return self.ids[handle]


def gathered(database: Database, people: dict[str, str]) -> Cast:
    """Everybody with their group, which may be there already."""
    try:
        with database.read() as unit:
            found = group_queries.group_by_slug(unit, SLUG)
    except NotFound:
        return gather(database, people)
    return Cast(people, found.id, SLUG, found.lounge_id or "")


def gather(database: Database, people: dict[str, str]) -> Cast:
    """Found the group of the cast."""
    with database.unit() as unit:
        form = GroupForm.parse(
            {
                "slug": SLUG,
                "name": "Night owls",
                "focus": ["diazepam"],
                "stage": "tapering",
                "language": "en",
                "policy": "open",
            }
        )
        group = groups.found(unit, form, [people["paul"]])
        groups.take_in(unit, group, [people["mina"]])
        lounge = group_queries.group_by_id(unit, group).lounge_id or ""
    return Cast(people, group, SLUG, lounge)


class Line:
    """A person's Socket.IO line, by the library's test client."""

    def __init__(self, app: Flask, browser: Browser) -> None:
        self.browser = browser
        self.client: SocketIOTestClient = socketio.test_client(
            app, flask_test_client=browser, auth={"csrf_token": browser.csrf}
        )

    @property
    def is_connected(self) -> bool:
        """Whether the server let it in, and has not ended it."""
        return bool(self.client.is_connected())

    def ask(self, event: str, **data: Any) -> dict[str, Any]:
        """Send an event; its acknowledgement."""
        answer: dict[str, Any] = self.client.emit(event, data, callback=True)
        return answer

    def says(self, room: str, body: str, client_id: str, **more: Any) -> dict[str, Any]:
        """Say something in a room."""
        return self.ask("message:send", room=room, body=body, client_id=client_id, **more)

    def heard(self, name: str | None = None) -> list[dict[str, Any]]:
        """What arrived since the last look, of one kind or of all."""
        packets = self.client.get_received()
        return [each["args"][0] for each in packets if name in (None, each["name"])]
