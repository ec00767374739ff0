"""The token of a form: in its field, in a header, or as a field of a form sent as JSON."""

from flask import request
from flask_wtf.csrf import CSRFProtect

from support.web.answers import submitted


class Guard(CSRFProtect):
    """Flask-WTF's own check, which looks for the field in forms sent as JSON too."""

    def _get_csrf_token(self) -> str | None:
        found = super()._get_csrf_token()
        if found is None and request.is_json:
            given = submitted().get("csrf_token")
            return given if isinstance(given, str) else None
        return found if isinstance(found, str) else None
