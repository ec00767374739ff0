"""One blueprint for every door of the desk."""

from flask import Blueprint

bp = Blueprint("moderation", __name__)
