"""The one blueprint of this area."""

from flask import Blueprint

bp = Blueprint("groups", __name__)
