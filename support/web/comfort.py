"""Comfort settings: theme, text size and motion, kept in a cookie, no script and no account."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from support.base.fields import Fields
from support.web.access import EVERYONE, allow
from support.web.answers import done, submitted, wants_json
from support.web.ownpath import own_path
from support.web.work import settings

bp = Blueprint("comfort", __name__)
COOKIE = "comfort"
YEAR = 31_536_000


class Theme(StrEnum):
    AUTO = "auto"
    SOFT = "soft"
    DIM = "dim"
    NIGHT = "night"
    CONTRAST = "contrast"


class Size(StrEnum):
    NORMAL = "1"
    LARGER = "2"
    LARGE = "3"
    LARGEST = "4"


class Motion(StrEnum):
    OFF = "off"
    ON = "on"


@dataclass(frozen=True, slots=True)
class Comfort:
    """How somebody likes to read; the default is calm."""

    theme: Theme = Theme.AUTO
    text: Size = Size.NORMAL
    motion: Motion = Motion.OFF

    @classmethod
    def parse(cls, data: dict[str, object]) -> Self:
        """Read the form; what is missing is calm."""
        fields = Fields(data)
        fields.text("next", longest=300, required=False)
        chosen = cls(
            theme=fields.choice("theme", Theme, Theme.AUTO),
            text=fields.choice("text", Size, Size.NORMAL),
            motion=fields.choice("motion", Motion, Motion.OFF),
        )
        fields.done()
        return chosen

    @classmethod
    def read(cls, cookie: str) -> Self:
        """Read the cookie; whatever is odd in it is calm."""
        theme, text, motion, *_ = (*cookie.split("."), "", "", "")
        return cls(
            Theme(theme) if theme in set(Theme) else Theme.AUTO,
            Size(text) if text in set(Size) else Size.NORMAL,
            Motion(motion) if motion in set(Motion) else Motion.OFF,
        )


def comfort() -> Comfort:
    """This reader's settings."""
    return Comfort.read(request.cookies.get(COOKIE, ""))


@bp.get("/comfort")
@allow(EVERYONE)
def form() -> ResponseReturnValue:
    """The switches."""
    return render_template("comfort.html", back=own_path(request.args.get("next"), "/"))


@bp.post("/comfort")
@allow(EVERYONE)
def save() -> ResponseReturnValue:
    """Keep the choice and go back to where the reader was."""
    data = submitted()
    chosen = Comfort.parse(data)
    facts = {"theme": chosen.theme, "text": chosen.text, "motion": chosen.motion}
    answer = redirect(own_path(data.get("next"), "/comfort"))
    if wants_json():
        answer = done(facts, "/comfort")  # type: ignore[assignment]
    value = ".".join(facts.values())
    answer.set_cookie(
        COOKIE, value, max_age=YEAR, httponly=True, samesite="Lax", secure=settings().is_https
    )
    return answer
