"""How an event that was refused, or failed, is answered: a code and words, at next to no cost."""

import logging
from collections.abc import Callable
from typing import Any

from flask import Flask
from flask_babel import gettext

from support.base.errors import Declined
from support.base.ids import new_id
from support.web.answers import error_of
from support.web.errors import where

log = logging.getLogger("handrail.sockets")
_SAID = "handrail.said"
_MOST_SAID = 500


def refusal(app: Flask, event: str, error: BaseException) -> dict[str, Any]:
    """What the other side hears; of a fault the log has a number, a kind and a place."""
    if isinstance(error, Declined):
        return {"ok": False, "error": error_of(error, _in_words(app))}
    number, kind = new_id(), type(error).__name__
    log.error("fault id=%s event=%s kind=%s where=%s", number, event, kind, where(error))
    words = "Something went wrong on our side. Please try again."
    return {"ok": False, "error": {"code": "server_error", "message": words}}


def _in_words(app: Flask) -> Callable[[str], str]:
    """Sentences in the site's language, each made once: saying no must cost less than asking.

    A socket has no language of its own; the page is in the reader's.
    """
    said: dict[str, str] = app.extensions.setdefault(_SAID, {})

    def say(text: str) -> str:
        if text not in said:
            if len(said) >= _MOST_SAID:
                said.clear()
            with app.test_request_context("/"):
                said[text] = str(gettext(text))
        return said[text]

    return say
