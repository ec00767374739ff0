"""What the desk hears while things move: the entry itself only for who may see it."""

import pytest

from support.groups import actions as groups
from tests.lines import Line
from tests.people import PASSPHRASE

WHY = "I was joking with a friend, who knows me."


@pytest.fixture
def watching(app, browser, cast):
    """Moderators with a live line that watches the queue."""

    def sit_down(handle):
        line = Line(app, browser(handle))
        assert line.ask("queue:watch")["ok"]
        line.heard()
        return line

    return sit_down


@pytest.fixture
def item(socket, cast, browser):
    """Mina said something, and Paul reported it."""
    mina, paul = socket("mina"), socket("paul")
    message = mina.says(cast.lounge, "paul talks too much here", "a1")["message"]["id"]
    assert paul.ask("message:report", message=message, reason="harassment")["ok"]
    return browser("mo").ask("/moderation").json["items"][0]["id"]


def newest(line):
    return line.heard("queue:changed")[-1]


def test_who_passes_on_hears_one_less_and_nothing_of_the_entry(watching, item, browser):
    mo, ada = watching("mo"), watching("ada")
    assert browser("mo").send(f"/moderation/items/{item}/skip").status_code == 200
    assert newest(mo)["open"] == 0
    assert "item" not in newest_of(browser, mo, item)
    told = newest(ada)
    assert (told["open"], told["item"]) == (1, item)


def newest_of(browser, line, item):
    """What this line hears of the next change of the same entry."""
    browser("ada").send(f"/moderation/items/{item}/claim")
    return newest(line)


def test_a_hand_over_is_heard_by_everybody_who_may_see_it(watching, item, browser):
    mo, ada = watching("mo"), watching("ada")
    sent = browser("mo").send(f"/moderation/items/{item}/hand-over", to="ada")
    assert sent.status_code == 200
    assert newest(mo)["item"] == newest(ada)["item"] == item
    assert browser("ada").ask("/moderation?show=mine").json["items"][0]["id"] == item


def test_an_appeal_is_heard_by_all_but_who_decided(watching, browser, cast):
    browser("mo").send(
        "/moderation/people/mina/sanction",
        kind="mute",
        minutes=60,
        reason="Shouting.",
        rule="no_harassment",
    )
    mo, ada = watching("mo"), watching("ada")
    mina = browser("mina")
    (told,) = mina.ask("/account/decisions").json["decisions"]
    assert mina.send(f"/account/decisions/{told['id']}/appeal", text=WHY).status_code == 200
    heard = newest(ada)
    assert heard["open"] == 1
    assert newest(mo) == {"open": 0, "oldest_at": None}
    answered = browser("ada").send(
        f"/moderation/items/{heard['item']}/answer", outcome="lift", reply="You were right."
    )
    assert answered.status_code == 200
    assert newest(ada)["open"] == 0
    assert newest(mo)["open"] == 0


def test_a_lifted_mute_is_felt_at_once_in_the_room(watching, browser, socket, cast):
    mina = socket("mina")
    browser("mo").send(
        "/moderation/people/mina/sanction",
        kind="mute",
        reason="Shouting.",
        rule="no_harassment",
    )
    refused = mina.says(cast.lounge, "hello?", "a1")
    assert refused["error"]["code"] == "muted"
    (told,) = browser("mina").ask("/account/decisions").json["decisions"]
    browser("mina").send(f"/account/decisions/{told['id']}/appeal", text=WHY)
    item = browser("ada").ask("/moderation").json["items"][0]["id"]
    browser("ada").send(f"/moderation/items/{item}/answer", outcome="lift", reply="Yes.")
    assert mina.says(cast.lounge, "hello again", "a2")["ok"]


def test_a_suspension_that_is_lifted_lets_the_person_in_again(stranger, browser, cast):
    browser("mo").send(
        "/moderation/people/otto/sanction",
        kind="suspend",
        minutes=600,
        reason="Shouting.",
        rule="no_harassment",
    )
    refused = stranger.send("/login", handle="otto", password=PASSPHRASE)
    way = refused.json["error"]["ways"]["appeal"]
    assert stranger.send(way["url"], token=way["token"], text=WHY).status_code == 200
    item = browser("ada").ask("/moderation").json["items"][0]["id"]
    browser("ada").send(f"/moderation/items/{item}/answer", outcome="lift", reply="Yes.")
    assert stranger.send("/login", handle="otto", password=PASSPHRASE).status_code == 200


@pytest.mark.parametrize("show", ["waiting", "free", "mine", "appeals", "decided"])
def test_every_part_of_the_queue_answers_when_it_is_empty(browser, cast, show):
    found = browser("mo").ask(f"/moderation?show={show}")
    assert found.json == {"items": []}
    page = browser("mo").get(f"/moderation?show={show}").text
    assert "Nothing waits." in page or "Nothing fits." in page


def test_links_are_held_until_a_moderator_lists_their_domain(socket, browser, cast):
    mina = socket("mina")
    words = "we talk at https://night-friends.example/page"
    assert mina.says(cast.lounge, words, "a1")["message"]["state"] == "held"
    mo = browser("mo")
    listed = mo.send("/moderation/domains", domain="night-friends.example", kind="allow")
    assert listed.status_code == 200
    assert mina.says(cast.lounge, words, "a2")["message"]["state"] == "visible"
    mo.send("/moderation/domains", domain="night-friends.example", kind="block")
    assert mina.says(cast.lounge, words, "a3")["message"]["state"] == "held"


def test_a_member_of_the_group_leaves_it_to_somebody_else(database, browser, item, cast):
    with database.unit() as unit:
        groups.take_in(unit, cast.group, [cast["mo"]])
    mo = browser("mo")
    page = mo.get(f"/moderation/items/{item}").text
    assert "You are in this group yourself." in page
    assert "data-decide" not in page
    assert mo.send(f"/moderation/items/{item}/claim").status_code == 403
    assert mo.send("/moderation/next").status_code == 404
    assert browser("ada").send("/moderation/next").json["item"] == item


def test_a_sellers_link_is_blocked_from_the_entry_and_who_else_gave_it_is_found(
    socket, browser, cast
):
    for name in ("mina", "paul"):
        socket(name).says(cast.lounge, "cheap ones at https://pill-house.example/a", "p1")
    mo = browser("mo")
    theirs = next(one for one in mo.ask("/moderation").json["items"] if one["author"] == "mina")
    path = f"/moderation/items/{theirs['id']}"
    page = mo.get(path).text
    assert "Always hold links to pill-house.example" in page
    others = mo.ask(f"{path}/similar?everybody=1").json["alike"]
    assert [(one["author"], one["shares_link"]) for one in others] == [("paul", True)]
    assert "Others with the same link" in mo.get(f"{path}/similar?everybody=1").text
    form = {"domain": "pill-house.example", "kind": "block", "why": "", "item": theirs["id"]}
    sent = mo.post("/moderation/domains", data={**form, "csrf_token": mo.csrf})
    assert (sent.status_code, sent.location) == (302, path)
    (line,) = mo.ask("/moderation/domains").json["domains"]
    assert (line["domain"], line["kind"]) == ("pill-house.example", "block")
    assert browser("mina").get(f"{path}/similar?everybody=1").status_code == 403


def test_similar_words_are_listed_for_an_entry(socket, browser, cast, item, clock):
    mina = socket("mina")
    mina.says(cast.lounge, "paul talks too much, here!", "b1")
    clock.forward(seconds=1)
    mina.says(cast.lounge, "slept five hours", "b2")
    mo = browser("mo")
    found = mo.ask(f"/moderation/items/{item}/similar").json["alike"]
    assert [one["body"] for one in found] == ["paul talks too much, here!"]
    page = mo.get(f"/moderation/items/{item}/similar").text
    assert "in a hundred alike" in page
    assert "All their last words" in page
    past = mo.ask(f"/moderation/items/{item}/similar?past=1").json["alike"]
    assert [one["body"] for one in past] == ["slept five hours", "paul talks too much, here!"]
    shown = mo.get(f"/moderation/items/{item}/similar?past=1").text
    assert shown.index("data-veil") < shown.index("slept five hours")
    assert browser("mina").get(f"/moderation/items/{item}/similar").status_code == 403
    assert mo.ask("/moderation/items/nothing/similar").status_code == 404
