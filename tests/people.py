"""The cast as accounts, and the browser each of them sits at."""

from typing import Any

from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from support.accounts import actions, queries
from support.base.actor import Actor, Role
from support.base.hashing import PasswordHasher
from support.base.ids import new_token
from support.db.unit import Unit

CHEAP = PasswordHasher(passes=1, memory_kib=8)
PASSPHRASE = "four plain words here"
ROLES = {
    "mina": Role.MEMBER,
    "paul": Role.MENTOR,
    "mo": Role.MODERATOR,
    "rae": Role.MODERATOR,
    "ada": Role.ADMIN,
    "otto": Role.MEMBER,
}
JSON = {"Accept": "application/json"}


def make_people(unit: Unit) -> dict[str, str]:
    """Everybody of the cast, settled and in Lisbon; gives their ids by handle."""
    kept = CHEAP.hash(PASSPHRASE)
    about = actions.About("PT", "Europe/Lisbon", settled=True)
    return {
        handle: actions.create(unit, handle, role, kept, about) for handle, role in ROLES.items()
    }


def people_of(unit: Unit) -> dict[str, str]:
    """The same, where they may be there already."""
    found = {handle: account.id for handle in ROLES if (account := queries.by_handle(unit, handle))}
    return found if len(found) == len(ROLES) else make_people(unit)


def actor(unit: Unit, handle: str) -> Actor:
    """One of the cast as an actor, as they stand now."""
    found = queries.by_handle(unit, handle)
    assert found is not None, handle
    known = queries.actor_by_id(unit, found.id)
    assert known is not None, handle
    return known


class Browser(FlaskClient):
    """A test client that knows the page's CSRF token, and how to ask for JSON."""

    @property
    def csrf(self) -> str:
        """The token that a form of this browser carries."""
        with self.session_transaction() as session:
            raw = session.setdefault("csrf_token", new_token())
        signer = URLSafeTimedSerializer(str(self.application.secret_key), salt="wtf-csrf-token")
        return str(signer.dumps(raw))

    def become(self, token: str) -> "Browser":
        """Sit down with a session token in the cookie."""
        with self.session_transaction() as session:
            session["_user_id"] = token
        return self

    def fill(self, path: str, **fields: Any) -> TestResponse:
        """Send a form as a page does."""
        return self.post(path, data={**fields, "csrf_token": self.csrf})

    def send(self, path: str, **fields: Any) -> TestResponse:
        """Send the same as JSON, and ask for JSON."""
        return self.post(path, json=fields, headers={**JSON, "X-CSRFToken": self.csrf})

    def ask(self, path: str) -> TestResponse:
        """Ask for the JSON of a page."""
        return self.get(path, headers=JSON)
