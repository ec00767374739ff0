"""The queue between processes: facts leave as JSON, by Redis or by PostgreSQL's LISTEN/NOTIFY."""

from support.db.queue.bus import Bus
from support.db.queue.line import Line, QueueAway
from support.db.queue.lines import line_for

__all__ = ["Bus", "Line", "QueueAway", "line_for"]
