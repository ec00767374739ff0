"""Logs hold ids and codes only: never what people said, what they take, or who they are."""

import logging
import sys
import time

import structlog
from flask import Flask, Response, g, request

QUIET = ("engineio", "socketio", "werkzeug", "geventwebsocket", "urllib3", "alembic")
SILENT = logging.CRITICAL + 1
access = logging.getLogger("handrail.access")


def configure(level: int = logging.INFO) -> None:
    """One line of JSON an event, to standard error; the libraries are silenced."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processor=structlog.processors.JSONRenderer(),
            foreign_pre_chain=[
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    silence()


def silence() -> None:
    """Libraries write frames, addresses and queries into their logs; they may not."""
    for name in QUIET:
        logging.getLogger(name).setLevel(SILENT)


def _start() -> None:
    g.started = time.perf_counter()


def _finish(response: Response) -> Response:
    spent = (time.perf_counter() - g.get("started", time.perf_counter())) * 1000
    rule = request.url_rule.rule if request.url_rule else "-"
    access.info("%s %s %s %.0fms", request.method, rule, response.status_code, spent)
    return response


def init_app(app: Flask) -> None:
    """Log each request by its rule, never by its address, query or sender."""
    silence()
    app.before_request(_start)
    app.after_request(_finish)
