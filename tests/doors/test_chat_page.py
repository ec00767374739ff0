"""The room's page without script: whose words are whose, why they wait, and the numbers at once."""

import re
from collections.abc import Callable

from support.chat.actions import speaking
from support.chat.forms import SendForm
from support.db.unit import Database
from tests.clocks import FrozenClock
from tests.lines import Cast, Line
from tests.people import Browser, actor

Sit = Callable[[str], Browser]
ADVICE = "you should drop to 2 mg tonight"
DANGER = "I stopped cold turkey yesterday and my hands keep jerking"


def said(browser: Browser, cast: Cast, body: str, **more: str) -> str:
    """Say something by the page's form; the page one lands on."""
    answer = browser.fill(f"/rooms/{cast.lounge}/messages", body=body, **more)
    assert answer.status_code == 302, answer.text
    return browser.get(f"/rooms/{cast.lounge}").text


def test_words_are_said_by_a_form_and_shown_to_all(browser: Sit, cast: Cast) -> None:
    mina, paul = browser("mina"), browser("paul")
    assert "a small win" in said(mina, cast, "a small win")
    assert "a small win" in paul.get(f"/rooms/{cast.lounge}").text


def test_the_page_says_how_long_words_stay_and_who_may_host(browser: Sit, cast: Cast) -> None:
    for handle, hosts in (("mina", False), ("paul", True), ("mo", True)):
        page = browser(handle).get(f"/rooms/{cast.lounge}").text
        assert "Kept for 30 days." in page
        assert ("data-host-panel" in page) is hosts, handle


def test_somebody_outside_hears_that_there_is_no_such_room(browser: Sit, cast: Cast) -> None:
    otto = browser("otto")
    assert otto.get(f"/rooms/{cast.lounge}").status_code == 404
    assert otto.fill(f"/rooms/{cast.lounge}/messages", body="let me in").status_code == 404


def test_held_words_and_why_are_on_the_page_of_their_author_alone(browser: Sit, cast: Cast) -> None:
    own = said(browser("mina"), cast, ADVICE)
    assert ADVICE in own
    assert "Only you can see it." in own
    assert "We leave doses to doctors." in own
    for other in ("paul", "mo"):
        page = browser(other).get(f"/rooms/{cast.lounge}").text
        assert ADVICE not in page
        assert "We leave doses to doctors." not in page


def test_danger_brings_the_numbers_to_the_author_without_script(browser: Sit, cast: Cast) -> None:
    own = said(browser("mina"), cast, DANGER)
    card = own[own.index("data-notices") :]
    assert card.index("Stopping fast can cause a fit.") < card.index('href="tel:112"')
    assert 'href="/help"' in card
    assert "tel:" not in browser("paul").get(f"/rooms/{cast.lounge}").text


def test_the_card_of_danger_knows_its_case_so_that_later_news_finds_it(
    browser: Sit, cast: Cast
) -> None:
    own = said(browser("mina"), cast, DANGER)
    assert re.search(r'data-case="[0-9a-f]{20}"', own)


def test_the_card_says_at_once_that_nobody_is_on_duty_and_who_was_called(
    browser: Sit, cast: Cast
) -> None:
    """Paul hosts and is called for Mina; for himself there is nobody on an empty rota."""
    hers, his = (said(browser(handle), cast, DANGER) for handle in ("mina", "paul"))
    assert "Someone was called at" in hers
    assert (
        "Nobody is on duty right now."
        not in hers[hers.index("data-notices") :].split("<template")[0]
    )
    card = his[his.index("data-notices") :].split("<template")[0]
    assert card.index('href="tel:112"') < card.index("Nobody is on duty right now.")


def test_the_card_goes_when_the_moment_is_long_past(
    browser: Sit, cast: Cast, clock: FrozenClock
) -> None:
    mina = browser("mina")
    said(mina, cast, DANGER)
    clock.forward(hours=3)
    assert 'href="tel:112"' not in mina.get(f"/rooms/{cast.lounge}").text


def test_the_largest_number_is_a_place_to_read_from_and_a_larger_one_is_refused(
    browser: Sit, cast: Cast
) -> None:
    mina, room = browser("mina"), f"/rooms/{cast.lounge}"
    said(mina, cast, "a small win")
    (found,) = mina.ask(f"{room}?before={2**31 - 1}").json["messages"]
    assert found["body"] == "a small win"
    assert mina.ask(f"{room}?after={2**31 - 1}").json["snapshot"]
    assert mina.ask(room).json["snapshot"]
    assert mina.ask(f"{room}?before={2**31}").status_code == 400
    assert mina.send(f"{room}/messages", body="hi", reply_to="no id!").status_code == 400


def test_words_that_are_refused_come_back_into_the_form(browser: Sit, cast: Cast) -> None:
    browser("paul").fill(f"/rooms/{cast.lounge}/set", locked="1")
    answer = browser("mina").fill(f"/rooms/{cast.lounge}/messages", body="not lost", warning="sad")
    assert answer.status_code == 403
    assert "not lost</textarea>" in answer.text
    assert 'value="sad"' in answer.text
    assert "You can still read." in answer.text


def test_a_menu_opens_under_one_message_by_a_plain_link(browser: Sit, cast: Cast) -> None:
    paul = browser("paul")
    page = said(browser("mina"), cast, "bad night")
    (found,) = set(re.findall(r'id="m-([0-9a-f]{20})"', page))
    menu = paul.get(f"/rooms/{cast.lounge}?about={found}").text
    for path in ("react", "report"):
        assert f'action="/messages/{found}/{path}"' in menu
    assert f'action="/people/{cast["mina"]}/hide"' in menu
    assert f'action="/rooms/{cast.lounge}/mute"' in menu
    own = browser("mina").get(f"/rooms/{cast.lounge}?about={found}").text
    assert f'action="/messages/{found}/edit"' in own
    assert f'action="/rooms/{cast.lounge}/mute"' not in own


def test_an_answer_is_begun_by_a_link_and_sent_by_the_form(browser: Sit, cast: Cast) -> None:
    page = said(browser("mina"), cast, "bad night")
    (found,) = set(re.findall(r'id="m-([0-9a-f]{20})"', page))
    paul = browser("paul")
    assert (
        f'name="reply_to" value="{found}"' in paul.get(f"/rooms/{cast.lounge}?reply={found}").text
    )
    assert f'href="#m-{found}"' in said(paul, cast, "I hear you", reply_to=found)


def test_what_is_typed_is_shown_as_text_and_never_as_markup(browser: Sit, cast: Cast) -> None:
    page = said(browser("mina"), cast, "<script>alert(1)</script> & 'so' on", warning='"><b>')
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert '"><b>' not in page


def test_words_of_somebody_hidden_are_folded_away(browser: Sit, cast: Cast) -> None:
    said(browser("mina"), cast, "a long story")
    paul = browser("paul")
    paul.fill(f"/people/{cast['mina']}/hide", on="1", next=f"/rooms/{cast.lounge}")
    page = paul.get(f"/rooms/{cast.lounge}").text
    assert page.index("Words of someone you hide.") < page.index("a long story")
    assert "Words of someone you hide." not in re.sub(
        r"(?s)<template.*?</template>", "", browser("mo").get(f"/rooms/{cast.lounge}").text
    )


def test_what_came_after_the_last_look_is_marked(
    browser: Sit, socket: Callable[[str], Line], cast: Cast
) -> None:
    said(browser("mina"), cast, "before")
    assert socket("paul").ask("room:seen", room=cast.lounge, seq=1)["ok"]
    paul = browser("paul")
    assert "msg-mark" not in paul.get(f"/rooms/{cast.lounge}").text
    said(browser("mina"), cast, "after")
    page = paul.get(f"/rooms/{cast.lounge}").text
    assert page.index(">before<") < page.index("msg-mark") < page.index(">after<")


def test_older_words_are_behind_a_link(browser: Sit, cast: Cast, database: Database) -> None:
    for number in range(52):
        form = SendForm(cast.lounge, f"word {number}.", f"a{number}", "", "")
        with database.unit() as unit:
            speaking.post(unit, actor(unit, "mina"), form)
    mina = browser("mina")
    page = mina.get(f"/rooms/{cast.lounge}").text
    assert "word 1." not in page
    (before,) = re.findall(r'data-older\s+href="([^"]+)"', page)
    assert "word 1." in mina.get(before).text
