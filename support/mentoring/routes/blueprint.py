"""The blueprint every door of mentoring is registered on."""

from flask import Blueprint

bp = Blueprint("mentors", __name__)
