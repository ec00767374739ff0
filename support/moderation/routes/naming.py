"""What a rule may name: every context and word list, to look through while one is written."""

from flask.typing import ResponseReturnValue

from support.moderation.forms import NamesFilter
from support.moderation.queries import rulebook as read
from support.moderation.routes import ruleshapes
from support.moderation.routes.blueprint import bp
from support.web.access import STAFF, allow
from support.web.answers import asked, show
from support.web.work import current_actor, reading


@bp.get("/moderation/rules/names")
@allow(STAFF)
def rule_names() -> ResponseReturnValue:
    """Contexts and word lists that say a word, the first thirty of each."""
    sought = NamesFilter.parse(asked())
    with reading() as unit:
        found = read.names_saying(unit, current_actor(unit), sought.q)
    return show("moderation/names.html", ruleshapes.names(found), found=found, sought=sought)
