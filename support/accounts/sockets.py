"""Hide a person from where their words are read."""

from typing import Any

from support.accounts import actions
from support.accounts.forms import HideForm
from support.base.actor import Actor
from support.db.unit import Unit
from support.web.access import MEMBERS
from support.web.sockets import on


@on("person:hide", HideForm, allow=MEMBERS)
def hide(unit: Unit, actor: Actor, form: HideForm) -> dict[str, Any]:
    """Fold a person's words away, or unfold them; events still arrive."""
    actions.hide(unit, actor, form.person, form.on)
    return {"person": form.person, "on": form.on}
