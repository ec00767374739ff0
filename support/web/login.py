"""Flask-Login glue: the signed cookie holds a random session token; its row can be revoked."""

from dataclasses import dataclass

from flask import Flask, session
from flask_login import LoginManager, UserMixin, login_user, logout_user

from support.web.work import forget_viewer

login_manager = LoginManager()
login_manager.session_protection = None
REMEMBER_DAYS = 30


@dataclass(frozen=True, slots=True)
class Ticket(UserMixin):
    """A session token on its way to or from the cookie."""

    token: str

    def get_id(self) -> str:
        """What Flask-Login keeps in the signed cookie."""
        return self.token


@login_manager.user_loader
def _load(value: str) -> Ticket:
    return Ticket(value)


def sign_in(token: str, country: str, *, remember: bool) -> None:
    """Start a fresh cookie for a new session row."""
    session.clear()
    session.permanent = remember
    login_user(Ticket(token))
    session["country"] = country
    forget_viewer()


def sign_out() -> None:
    """Empty the cookie; the row is ended by the caller."""
    logout_user()
    session.clear()
    forget_viewer()


def init_app(app: Flask) -> None:
    """Join Flask-Login to the app; its test switches stay off."""
    login_manager.init_app(app)
