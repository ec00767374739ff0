"""The serving process as outsiders meet it: real HTTP, real sockets, killed and started again."""

from collections.abc import Callable

from tests.serve import Site

Serve = Callable[..., Site]


def test_the_cast_logs_in_and_talks_over_a_real_line(site: Site) -> None:
    mina, paul = site.member("mina").socket(), site.member("paul").socket()
    assert mina.join(site.lounge)["ok"]
    assert paul.join(site.lounge)["ok"]
    said = mina.says(site.lounge, "day 12, bad night", "a1")["message"]
    heard = paul.expect("room:event")
    assert (heard["seq"], heard["message"]["body"]) == (said["seq"], "day 12, bad night")
    mina.close()
    paul.close()


def test_what_was_acknowledged_is_there_after_a_kill(serve: Serve) -> None:
    site = serve(cold=True)
    browser = site.member("mina")
    said = browser.socket().says(site.lounge, "before", "a1")["message"]
    site.kill()
    site.restart()
    line = browser.socket()
    assert [event["message"]["id"] for event in line.join(site.lounge, after=0)["events"]] == [
        said["id"]
    ]
    assert line.says(site.lounge, "before", "a1")["message"] == said
    line.close()
    site.stop()
    assert "Traceback" not in site.log()
