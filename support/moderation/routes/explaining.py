"""Ask the rules: what they would find in some words, and why they would let them be."""

from flask.typing import ResponseReturnValue

from support.base.errors import Declined
from support.moderation.forms import WordsForm
from support.moderation.queries import rulebook as read
from support.moderation.routes import ruleshapes
from support.moderation.routes.blueprint import bp
from support.moderation.rules.explaining import explained
from support.moderation.rules.live import live
from support.moderation.rules.screening import screen
from support.web.access import STAFF, allow
from support.web.answers import reshow, show, submitted
from support.web.work import current_actor, reading

_PAGE = "moderation/why.html"


@bp.get("/moderation/rules/why")
@allow(STAFF)
def ask_rules() -> ResponseReturnValue:
    """An empty box for words."""
    return show(_PAGE, {"rules": []}, found=None)


@bp.post("/moderation/rules/why")
@allow(STAFF)
def explain() -> ResponseReturnValue:
    """What the rules in force say of the words. Nothing is stored, and nobody hears of it."""
    try:
        form = WordsForm.parse(submitted())
    except Declined as declined:
        return reshow(_PAGE, declined, found=None)
    with reading() as unit:
        about = read.context_words(unit, current_actor(unit))
    looks = explained(form.words, live())
    facts = ruleshapes.explanation(screen(form.words), looks)
    return show(_PAGE, facts, found=facts, looks=looks, words=form.words, about=about)
