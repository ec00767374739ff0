"""The rule desk: what each rule does, a draft tried on the past, and a second moderator's yes."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from flask import flash, redirect
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from gevent import get_hub

from support.base.errors import Conflict, Declined, Invalid, NotFound
from support.base.fields import NothingForm
from support.moderation.actions import drafts, moving, rulepage, ruling
from support.moderation.actions.rewriting import rewritten
from support.moderation.forms import DraftFilter, RuleForm, VersionForm
from support.moderation.queries import rulebook as read
from support.moderation.queries.ruling import Source
from support.moderation.routes import ruleshapes
from support.moderation.routes.blueprint import bp
from support.moderation.rules.builtin import BUILT_IN_IDS, is_built_in
from support.moderation.rules.live import live
from support.moderation.rules.overlay import book_of
from support.moderation.rules.rehearsal import Past, Rehearsal, faults, rehearse
from support.moderation.rules.rulebook import HOLDING, LABELS, BadRules
from support.web.access import STAFF, allow
from support.web.answers import asked, done, reshow, show, submitted, wants_json
from support.web.work import current_actor, reading, unit_of_work

T = TypeVar("T")
DRAFT = "/moderation/rules/draft"


@bp.get("/moderation/rules")
@allow(STAFF)
def rules() -> ResponseReturnValue:
    """Every rule with how often it was right, what is live, and what was before."""
    with reading() as unit:
        found = read.shelf(unit, current_actor(unit))
    shown = {"found": found, "labels": LABELS, "holding": HOLDING, "built_in": BUILT_IN_IDS}
    return show("moderation/rules.html", ruleshapes.shelf(found), **shown)


@bp.get("/moderation/rules/new")
@allow(STAFF)
def new_rule() -> ResponseReturnValue:
    """An empty rule."""
    return show("moderation/rule.html", {"rule": {}}, **_blank())


@bp.get("/moderation/rules/<rule_id>")
@allow(STAFF)
def rule(rule_id: str) -> ResponseReturnValue:
    """One rule: what it looks for, its examples, its last hits; and the form to change it."""
    facts, furniture = _page_of(rule_id)
    return show("moderation/rule.html", facts, **furniture)


@bp.post("/moderation/rules")
@allow(STAFF)
def save_rule() -> ResponseReturnValue:
    """Put a rule into the draft, if it can be used and does what its examples say."""
    typed = submitted()
    try:
        form = RuleForm.parse(typed)
        with reading() as unit:
            written = read.as_drafted(unit, current_actor(unit))
        raw = rewritten(form, written)
        wrong = _aside(faults, written.documents, written.base, written.overlay, raw)
        if wrong:
            raise Invalid("Please check what is marked.", fields=wrong)
        with unit_of_work() as unit:
            actor = current_actor(unit)
            version = ruling.edit_rule(unit, actor, written.version, raw, form.note)
    except Declined as declined:
        return _shown_again(typed, declined)
    flash(gettext("The rule is in the draft. Try it on past words next."), "ok")
    return done({"draft": version, "rule": form.id}, DRAFT)


@bp.get("/moderation/rules/draft")
@allow(STAFF)
def draft() -> ResponseReturnValue:
    """The draft beside what is in force, what trying it showed, and the button for a second."""
    try:
        with reading() as unit:
            found = drafts.draft_page(unit, current_actor(unit), DraftFilter.parse(asked()))
    except NotFound:
        if wants_json():
            raise
        flash(gettext("There is no draft now. Change a rule, and one begins."), "ok")
        return redirect("/moderation/rules")
    return show("moderation/draft.html", ruleshapes.draft(found), found=found)


@bp.post("/moderation/rules/draft/rehearse")
@allow(STAFF)
def try_draft() -> ResponseReturnValue:
    """Review what people wrote in the last thirty days with the draft, and all examples."""
    NothingForm.parse(submitted())
    try:
        with reading() as unit:
            actor = current_actor(unit)
            ruling.check_on_live(unit, read.draft(unit, actor))
            source, past = read.draft_source(unit, actor), ruling.past_words(unit, actor)
        outcome = _aside(_rehearsed, source, past)
        with unit_of_work() as unit:
            ruling.keep_rehearsal(unit, current_actor(unit), source.version, outcome)
    except Declined as declined:
        return _draft_again(declined)
    return done(ruleshapes.rehearsal(outcome, source.version), DRAFT)


@bp.post("/moderation/rules/draft/approve")
@allow(STAFF)
def approve_draft() -> ResponseReturnValue:
    """A second moderator agrees: live in every process within seconds."""
    form = VersionForm.parse(submitted())
    try:
        with unit_of_work() as unit:
            version = ruling.approve(unit, current_actor(unit), form.version)
    except Declined as declined:
        return _draft_again(declined)
    flash(gettext("Approved. These rules are in force within seconds."), "ok")
    return done({"version": version, "state": "live"}, "/moderation/rules")


@bp.post("/moderation/rules/draft/move")
@allow(STAFF)
def move_draft() -> ResponseReturnValue:
    """Other rules are in force now: lay the draft's changes on them."""
    NothingForm.parse(submitted())
    with unit_of_work() as unit:
        version = moving.move_draft(unit, current_actor(unit))
    flash(gettext("The draft stands on the rules in force. Please look at it and try it."), "ok")
    return done({"draft": version, "state": "moved"}, DRAFT)


@bp.post("/moderation/rules/draft/drop")
@allow(STAFF)
def drop_draft() -> ResponseReturnValue:
    """Throw the draft away."""
    NothingForm.parse(submitted())
    with unit_of_work() as unit:
        ruling.drop_draft(unit, current_actor(unit))
    flash(gettext("The draft is gone. The rules in force are as they were."), "ok")
    return done({"state": "dropped"}, "/moderation/rules")


@bp.post("/moderation/rules/versions/<set_id>/back")
@allow(STAFF)
def go_back(set_id: str) -> ResponseReturnValue:
    """Make an earlier version live again."""
    NothingForm.parse(submitted())
    with unit_of_work() as unit:
        version = ruling.go_back(unit, current_actor(unit), set_id)
    flash(gettext("The earlier rules are in force again within seconds."), "ok")
    return done({"version": version, "state": "live"}, "/moderation/rules")


def _rehearsed(source: Source, past: list[Past]) -> Rehearsal:
    try:
        book = book_of(source.documents, source.base, source.overlay)
    except BadRules as wrong:
        raise Conflict("This draft cannot be used: %(why)s.", why=str(wrong)) from wrong
    return rehearse(live(), book, past)


def _aside(work: Callable[..., T], *given: Any) -> T:
    """Long work in a thread: rooms go on meanwhile."""
    outcome: T = get_hub().threadpool.apply(work, given)
    return outcome


def _page_of(rule_id: str) -> tuple[dict[str, Any], dict[str, Any]]:
    with reading() as unit:
        found = rulepage.read_rule(unit, current_actor(unit), rule_id)
    return ruleshapes.rule(found), {"found": found.page, "labels": LABELS, "words": found.words}


def _blank() -> dict[str, Any]:
    with reading() as unit:
        written = read.as_drafted(unit, current_actor(unit))
    return {"found": read.empty_page(written), "labels": LABELS}


def _draft_again(declined: Declined) -> ResponseReturnValue:
    """The draft as it stands, with what was refused said first."""
    if wants_json() or declined.status not in (400, Conflict.status):
        raise declined
    with reading() as unit:
        found = drafts.draft_page(unit, current_actor(unit))
    return reshow("moderation/draft.html", declined, found=found)


def _shown_again(typed: Mapping[str, Any], declined: Declined) -> ResponseReturnValue:
    """The form as it was typed, beside the rule it is about if there is one."""
    rule_id = str(typed.get("id", ""))
    if typed.get("new") or is_built_in(rule_id):
        return reshow("moderation/rule.html", declined, **_blank())
    try:
        facts = _page_of(rule_id)[1]
    except NotFound:
        facts = _blank()
    return reshow("moderation/rule.html", declined, **facts)
