"""One set of facts, two dresses: a page for people, JSON for programs."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import current_app, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.datastructures import MIMEAccept, MultiDict

from support.base.errors import Declined, Invalid

MOST_BODY = 256 * 1024


def wants_json() -> bool:
    """Whether the asker wants JSON more than a page."""
    asked_for = request.accept_mimetypes
    types = MIMEAccept([(kind.partition(";")[0], quality) for kind, quality in asked_for])
    return bool(types) and types.best_match(("text/html", "application/json")) == "application/json"


def show(template: str, facts: Mapping[str, Any], **only_html: Any) -> ResponseReturnValue:
    """The facts as JSON, or as a page that may use some more for its furniture."""
    if wants_json():
        return jsonify(dict(facts))
    return render_template(template, **{**facts, **only_html})


def done(facts: Mapping[str, Any], to: str) -> ResponseReturnValue:
    """A form has succeeded: JSON with the facts, or on to the next page."""
    return jsonify(dict(facts)) if wants_json() else redirect(to)


def submitted() -> dict[str, Any]:
    """What was sent, as form fields or as a JSON object; a repeated name gives a list."""
    if request.is_json:
        body = _json_body()
        if not isinstance(body, dict):
            raise Invalid("This is not a JSON object.")
        return body
    return _flat(request.form)


def _json_body() -> Any:
    try:
        return request.get_json(silent=True)
    except RecursionError:
        raise Invalid("This is not a JSON object.") from None


def asked() -> dict[str, Any]:
    """The query string, one value a name, the first wins."""
    return request.args.to_dict()


def reshow(template: str, declined: Declined, **facts: Any) -> ResponseReturnValue:
    """The form again: what was typed, the field's error, the right status. JSON: the error."""
    if wants_json():
        return problem(declined)
    page = render_template(
        template,
        values=_typed(),
        errors={name: gettext(text) for name, text in declined.fields.items()},
        problem=sentence(declined),
        **facts,
    )
    return page, declined.status, retry(declined)


def problem(declined: Declined) -> ResponseReturnValue:
    """The error as the contract's JSON object."""
    return jsonify({"error": error_of(declined)}), declined.status, retry(declined)


def error_of(declined: Declined, say: Callable[[str], str] = gettext) -> dict[str, Any]:
    """`{code, message, fields?, retry_after?}`, the same by HTTP and by socket."""
    error: dict[str, Any] = {"code": declined.code, "message": sentence(declined, say)}
    if declined.fields:
        error["fields"] = {name: say(text) for name, text in declined.fields.items()}
    if declined.retry_after is not None:
        error["retry_after"] = declined.retry_after
    return error


def sentence(declined: Declined, say: Callable[[str], str] = gettext) -> str:
    """The reason in the reader's language."""
    text: str = say(declined.message)
    return text % declined.params if declined.params else text


def retry(declined: Declined) -> dict[str, str]:
    """The Retry-After header, where there is one to give."""
    return {} if declined.retry_after is None else {"Retry-After": str(declined.retry_after)}


def _typed() -> dict[str, Any]:
    secret = ("password", "code", "csrf_token")
    try:
        values = submitted()
    except Invalid:
        return {}
    return {name: value for name, value in values.items() if name not in secret}


def _flat(values: MultiDict[str, str]) -> dict[str, Any]:
    lists = values.to_dict(flat=False)
    return {name: found[0] if len(found) == 1 else list(found) for name, found in lists.items()}


def init_app() -> None:
    """Bound what a request may carry."""
    current_app.config["MAX_CONTENT_LENGTH"] = MOST_BODY
