"""What else the same person said that is like this, and who else gave the same link."""

from dataclasses import dataclass
from datetime import datetime

from support.accounts import queries as accounts
from support.audit import actions as audit
from support.base.actor import Actor
from support.base.errors import NotFound
from support.db.unit import Unit
from support.moderation import queries
from support.moderation.ports import target
from support.moderation.rules.domains import ALIKE, alike
from support.moderation.rules.live import live

MOST_READ, MOST_SHOWN = 500, 50


@dataclass(frozen=True, slots=True)
class Alike:
    """Words that are like those in question, or share a link with them."""

    target_id: str
    body: str
    at: datetime
    state: str
    likeness: int
    shares_link: bool
    author: str = ""


def similar(unit: Unit, actor: Actor, item_id: str) -> tuple[Alike, ...]:
    """Earlier words of the same account: those most alike first, then those with the same link."""
    item = queries.item_for(unit, actor, item_id)
    content = target(item.target_kind)
    words = content.snapshot(unit, item.target_id)
    if not words.body:
        raise NotFound("The message itself is gone.")
    links = domains_in(words.body)
    found = []
    for said in content.said_by(unit, item.author_id, MOST_READ):
        if said.id == item.target_id or not said.body:
            continue
        likeness, shares = alike(words.body, said.body), bool(links & domains_in(said.body))
        if likeness >= ALIKE or shares:
            whole = round(likeness * 100)
            found.append(Alike(said.id, said.body, said.at, said.state, whole, shares))
    found.sort(key=lambda one: (one.likeness, one.at), reverse=True)
    return tuple(found[:MOST_SHOWN])


def past(unit: Unit, actor: Actor, item_id: str) -> tuple[Alike, ...]:
    """The last words of the same account, newest first; that somebody looked is logged."""
    item = queries.item_for(unit, actor, item_id)
    said = target(item.target_kind).said_by(unit, item.author_id, MOST_SHOWN)
    found = [one for one in said if one.id != item.target_id and one.body]
    audit.record(unit, actor.id, "moderation.past_read", f"item:{item_id}", found=len(found))
    return tuple(Alike(one.id, one.body, one.at, one.state, 0, False) for one in found)


def same_link(unit: Unit, actor: Actor, item_id: str) -> tuple[Alike, ...]:
    """Who else gave a link to the same domain, newest first; that somebody looked is logged.

    Words of those who stand close to this moderator are left to others, as everywhere at the desk.
    """
    item = queries.item_for(unit, actor, item_id)
    content = target(item.target_kind)
    body = content.snapshot(unit, item.target_id).body
    links = domains_in(body)
    hidden = queries.near(unit, actor.id) | {actor.id, item.author_id}
    said = [
        one
        for one in content.naming(unit, links, MOST_READ)
        if one.author_id not in hidden and links & domains_in(one.body)
    ][:MOST_SHOWN]
    people = accounts.people(unit, {one.author_id for one in said})
    audit.record(unit, actor.id, "moderation.same_link_read", f"item:{item_id}", found=len(said))
    return tuple(
        Alike(
            one.id,
            one.body,
            one.at,
            one.state,
            round(alike(body, one.body) * 100),
            shares_link=True,
            author=people[one.author_id].handle,
        )
        for one in said
    )


def domains_in(words: str) -> frozenset[str]:
    """The domains that the links of a text lead to, as they stand on the lists."""
    links = live().spelling.links
    pieces = (words[start:end].lower().strip("\"'([{<*_~)]}>.,!?;:") for start, end in
              links.unlisted(words, ()))  # fmt: skip
    return frozenset(domain for piece in pieces if (domain := links.domain(piece)))
