"""HTTP doors: help for everybody, the desk for responders, rota and numbers for admins."""

from support.crisis.routes import desk, help_now, ladder, numbers, rota

BLUEPRINTS = (help_now.bp, desk.bp, rota.bp, ladder.bp, numbers.bp)
