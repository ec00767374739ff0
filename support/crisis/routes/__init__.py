"""HTTP doors: help for everybody, the desk for responders, rota and numbers for admins."""

from support.crisis.routes import around, desk, help_now, ladder, numbers, rota, side_door
from support.crisis.routes.side_door import SideRoomWay

__all__ = ["BLUEPRINTS", "SideRoomWay"]

BLUEPRINTS = (help_now.bp, side_door.bp, desk.bp, around.bp, rota.bp, ladder.bp, numbers.bp)
