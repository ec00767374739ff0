"""Rooms by page: the same facts and the same cursor where script or WebSocket is missing."""

from support.chat.routes.afterwards import bp as afterwards_bp
from support.chat.routes.chair import bp as chair_bp
from support.chat.routes.course import bp as course_bp
from support.chat.routes.host import bp as host_bp
from support.chat.routes.keeping import bp as keeping_bp
from support.chat.routes.message import bp as message_bp
from support.chat.routes.planning import bp as planning_bp
from support.chat.routes.room import bp as room_bp
from support.chat.routes.tools import bp as tools_bp

BLUEPRINTS = (
    room_bp,
    message_bp,
    host_bp,
    course_bp,
    chair_bp,
    afterwards_bp,
    tools_bp,
    planning_bp,
    keeping_bp,
)
