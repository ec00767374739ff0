"""Turn every refusal and every fault into a page or a JSON body: one place, two dresses."""

import logging
from urllib.parse import quote

from flask import Flask, current_app, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from jinja2 import TemplateError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from support.base.errors import (
    Declined,
    Forbidden,
    Invalid,
    NotFound,
    RateLimited,
    SignInNeeded,
    TooLong,
    Unavailable,
)
from support.base.ids import new_id
from support.db.unit import is_outage
from support.web.answers import problem, retry, sentence, wants_json

log = logging.getLogger("handrail.errors")
_BY_STATUS: dict[int, type[Declined]] = {
    401: SignInNeeded,
    403: Forbidden,
    404: NotFound,
    413: TooLong,
    429: RateLimited,
}
_WORDS = {
    404: "We cannot find this page.",
    405: "This page cannot be used in this way.",
    413: "This is too much to send at once.",
    415: "This kind of content is not taken.",
}


def declined_page(declined: Declined) -> ResponseReturnValue:
    """The answer for a refusal that no form shows itself."""
    if wants_json():
        return problem(declined)
    if isinstance(declined, SignInNeeded) and request.method in ("GET", "HEAD"):
        return redirect(f"/login?next={quote(_here(), safe='/?=&')}")
    if isinstance(declined, SignInNeeded):
        return redirect("/login")
    template = {404: "errors/404.html", 503: "errors/503.html"}.get(
        declined.status, "errors/declined.html"
    )
    page = render_template(template, declined=declined, reason=sentence(declined))
    return page, declined.status, retry(declined)


def _here() -> str:
    return request.full_path.rstrip("?")


def _http(error: HTTPException) -> ResponseReturnValue:
    """Werkzeug's own refusals, in our words."""
    if error.code is None or error.code < 400:  # noqa: PLR2004 - a redirect is no refusal
        return error
    words = _WORDS.get(error.code, "This did not work.")
    declined = _BY_STATUS.get(error.code, Invalid)(words)
    answer = current_app.make_response(declined_page(declined))
    answer.status_code = error.code
    return answer


def _csrf(_: CSRFError) -> ResponseReturnValue:
    return declined_page(Invalid("This form is too old. Go back, load the page again, and resend."))


def _fault(error: Exception) -> ResponseReturnValue:
    """Our own error, or the database's: the log gets an id and codes, the person a calm page."""
    number = new_id()
    if isinstance(error, SQLAlchemyError) and is_outage(error):
        log.error("outage id=%s endpoint=%s kind=%s", number, request.endpoint, _kind(error))
        return declined_page(_outage())
    log.error("fault id=%s endpoint=%s kind=%s", number, request.endpoint, _kind(error))
    log.error("fault id=%s where=%s", number, _where(error))
    if wants_json():
        words = gettext("Something went wrong on our side.")
        return jsonify({"error": {"code": "server_error", "message": words}}), 500
    try:
        return render_template("errors/500.html", number=number), 500
    except (TemplateError, SQLAlchemyError):
        return "Something went wrong on our side. Help is at /help", 500


def _outage() -> Unavailable:
    return Unavailable(
        "Handrail cannot reach its records just now. Please try again.", retry_after=5
    )


def _kind(error: BaseException) -> str:
    return type(error).__name__


def _where(error: BaseException) -> str:
    """File and line of each step, never a value: messages of errors may hold people's words."""
    steps, trace = [], error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        steps.append(f"{code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}")
        trace = trace.tb_next
    return " ".join(steps[-6:])


where = _where


def init_app(app: Flask) -> None:
    """Register the translations; nothing else catches these."""
    app.register_error_handler(Declined, declined_page)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _fault)
