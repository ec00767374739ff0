"""How long the desk's pages take with 10,000 entries open and 1,000,000 closed.

Run from the repository root: `python -m tests.load.bench_desk [OPEN] [CLOSED]`. It fills a
throw-away SQLite file, asks each page ten times through the whole app, and prints a table and one
line of JSON. Times are processor time of the server, so that a busy machine changes them little.
Then two moderators claim and decide 200 entries at the same time, each in a thread of its own.
"""

import gc
import json
import logging
import statistics
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from support.accounts import actions as accounts
from support.app import create_app
from support.base.errors import Conflict, Declined
from support.chat.actions import speaking
from support.chat.forms import SendForm
from support.db.unit import Unit
from support.db.upgrade import upgrade
from support.groups import actions as groups
from support.moderation import actions
from support.moderation.forms import DecideForm
from support.moderation.rules.appeals import RANK
from support.settings import Settings
from support.web.work import workshop
from tests.lines import gather
from tests.people import CHEAP, Browser, actor, make_people

OPEN, CLOSED, TIMES, BUDGET_MS = 10_000, 1_000_000, 10, 50.0
PARALLEL, APPEALS = 200, 300
LABELS = ("sourcing", "dosing_advice", "harassment", "self_promo", "personal_info")
AT = "strftime('%Y-%m-%d %H:%M:%f000', 'now', (-({})) || ' seconds')"
COUNT = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :rows)"


def world(folder: Path) -> tuple[Flask, dict[str, str]]:
    """A house with the cast in it."""
    url = f"sqlite:///{folder}/bench.db"
    settings = Settings(
        data=folder, database_url=url, secret_key="for a benchmark only", open=True, rates=False
    )
    app = create_app(settings, hasher=CHEAP)
    app.test_client_class = Browser
    database = workshop(app).database
    upgrade(database.engine)
    with database.unit() as unit:
        people = make_people(unit)
    return app, people


def fill(app: Flask, people: dict[str, str], opened: int, closed: int) -> None:
    """Entries and decisions, straight into the tables."""
    label = "CASE n.i % 5 " + " ".join(f"WHEN {at} THEN '{name}'" for at, name in enumerate(LABELS))
    columns = (
        "id, target_kind, target_id, author_id, labels, label, severity, rank, state, opened_at,"
        " due_at, decided_by, decided_at, decision, reason, rule"
    )
    about = f"'message', 't' || n.i, :otto, {label} END, {label} END, 'none', 40 + n.i % 50"
    run: dict[str, Any] = {"otto": people["otto"], "mo": people["mo"], "rae": people["rae"]}
    run["ada"] = people["ada"]
    open_sql = (
        f"{COUNT} INSERT INTO review_item ({columns}) SELECT 'o' || n.i, {about}, 'open',"
        f" {AT.format('n.i')}, {AT.format('n.i - 86400')}, NULL, NULL, NULL, NULL, NULL FROM n"
    )
    by = "CASE n.i % 2 WHEN 0 THEN :mo ELSE :rae END"
    closed_sql = (
        f"{COUNT} INSERT INTO review_item ({columns}) SELECT 'c' || n.i, {about}, 'decided',"
        f" {AT.format('n.i * 60')}, {AT.format('n.i * 60')}, {by}, {AT.format('n.i * 59')},"
        " 'remove', 'It sells.', 'no_trading' FROM n"
    )
    decisions = (
        f"{COUNT} INSERT INTO decision (id, item_id, by_id, verdict, reason, rule, at,"
        f" state_before) SELECT 'd' || n.i, 'c' || n.i, {by}, 'remove', 'It sells.',"
        f" 'no_trading', {AT.format('n.i * 59')}, 'visible' FROM n"
    )
    with workshop(app).database.unit() as unit:
        unit.session.execute(text(open_sql), {**run, "rows": opened})
        unit.session.execute(text(closed_sql), {**run, "rows": closed})
        unit.session.execute(text(decisions), {**run, "rows": closed})
    with workshop(app).database.unit() as unit:
        appeals(unit, run, min(APPEALS, closed // 10), "open")
        appeals(unit, run, closed // 100, "decided")
        unit.session.execute(text("ANALYZE"))


def appeals(unit: Unit, run: dict[str, Any], count: int, state: str) -> None:
    """Appeals against decisions of two moderators: waiting, or answered by a third long ago."""
    waits = state == "open"
    answered = "NULL, NULL, NULL, NULL" if waits else f"'keep', 'No.', :ada, {AT.format('n.i')}"
    decided = "NULL, NULL, NULL" if waits else f":ada, {AT.format('n.i')}, 'keep'"
    away = 0 if waits else APPEALS
    items = (
        f"{COUNT} INSERT INTO review_item (id, target_kind, target_id, author_id, labels, label,"
        " severity, rank, state, opened_at, due_at, decided_by, decided_at, decision)"
        f" SELECT '{state}' || n.i, 'appeal', 'p' || (n.i + {away}), :otto, 'appeal', 'appeal',"
        f" 'none', {RANK}, '{state}', {AT.format('n.i')}, {AT.format('n.i - 86400')}, {decided}"
        " FROM n"
    )
    words = (
        f"{COUNT} INSERT INTO appeal (id, account_id, decision_id, item_id, against_id, rule,"
        " text, at, outcome, reply, answered_by, answered_at)"
        f" SELECT 'p' || (n.i + {away}), :otto, 'd' || (n.i + {away}), '{state}' || n.i,"
        " CASE n.i % 2 WHEN 0 THEN :mo ELSE :rae END, 'no_trading', 'I asked, I sold nothing.',"
        f" {AT.format('n.i')}, {answered} FROM n"
    )
    for statement in (items, words):
        unit.session.execute(text(statement), {**run, "rows": count})


def held(app: Flask, people: dict[str, str]) -> str:
    """An entry about words that are there, with a link, by the one whom all others are about."""
    database = workshop(app).database
    cast = gather(database, people)
    with database.unit() as unit:
        groups.take_in(unit, cast.group, [people["otto"]])
    words = "cheap ones at https://pill-house.example/a, no prescription"
    with database.unit() as unit:
        for number in range(20):
            body = f"slept a little, {number}" if number else words
            sent = {"room": cast.lounge, "client_id": f"c{number}", "body": body}
            speaking.post(unit, actor(unit, "otto"), SendForm.parse(sent))
        unit.session.flush()
        return str(
            unit.session.scalar(text("SELECT id FROM review_item ORDER BY opened_at LIMIT 1"))
        )


def pages(client: Browser, with_words: str) -> dict[str, str]:
    """Every page of the desk, deep ones too."""
    onward = client.ask("/moderation").json["next"]
    earlier = client.ask("/moderation?show=decided").json["next"]
    return {
        "queue": "/moderation",
        "queue, page 2": onward,
        "queue, one label": "/moderation?label=harassment",
        "queue, free": "/moderation?show=free",
        "queue, mine": "/moderation?show=mine",
        "queue, appeals": "/moderation?show=appeals",
        "queue, decided": "/moderation?show=decided",
        "queue, decided, page 2": earlier,
        "queue, decided, label": "/moderation?show=decided&label=sourcing",
        "an entry": "/moderation/items/o17",
        "an appeal": "/moderation/items/open1",
        "an entry with words": f"/moderation/items/{with_words}",
        "similar words": f"/moderation/items/{with_words}/similar",
        "the same link": f"/moderation/items/{with_words}/similar?everybody=1",
        "a decided entry": "/moderation/items/c500",
        "a record": "/moderation/people/otto",
        "in force": "/moderation/sanctions",
        "to sign": "/moderation/signing",
        "a shift": "/moderation/shift",
        "the log": "/moderation/audit",
    }


def timed(client: Browser, path: str) -> tuple[float, float]:
    """Median and worst processor time of the page, in milliseconds."""
    taken = []
    for _ in range(TIMES + 1):
        started = time.process_time()
        answer = client.get(path)
        taken.append((time.process_time() - started) * 1000)
        assert answer.status_code == 200, (path, answer.status_code)
    return statistics.median(taken[1:]), max(taken[1:])


def together(app: Flask, most: int) -> dict[str, int]:
    """Two moderators work off the queue at once; how much each decided, doubled and lost."""
    database = workshop(app).database
    form = DecideForm.parse({"decision": "keep", "reason": "It sells.", "rule": "no_trading"})
    done: Counter[str] = Counter()
    busy: list[int] = []

    def work(handle: str) -> int:
        mine = 0
        while sum(done.values()) < most:
            try:
                with database.unit() as unit:
                    item = actions.take_next(unit, actor(unit, handle))
                with database.unit() as unit:
                    actions.decide(unit, actor(unit, handle), item, form)
            except Conflict:
                continue
            except OperationalError:
                busy.append(1)  # the server answers 503 and the page asks again
                continue
            except Declined:
                break
            done[item] += 1
            mine += 1
        return mine

    with ThreadPoolExecutor(2) as pool:
        mo, rae = pool.map(work, ("mo", "rae"))
    with database.read() as unit:
        decided = unit.session.scalar(
            text(
                "SELECT count(*) FROM review_item WHERE state = 'decided'"
                " AND NOT (id LIKE 'c%' AND target_id LIKE 't%') AND id NOT LIKE 'decided%'"
            )
        )
    doubled = sum(count - 1 for count in done.values())
    lost = len(done) - int(decided or 0)
    return {"mo": mo, "rae": rae, "doubled": doubled, "lost": lost, "busy": len(busy)}


def main() -> None:
    """Fill, ask, print."""
    logging.disable()
    sizes = [int(word) for word in sys.argv[1:]]
    opened, closed = (*sizes, OPEN, CLOSED)[:2] if len(sizes) != 1 else (sizes[0], CLOSED)
    with tempfile.TemporaryDirectory() as folder:
        app, people = world(Path(folder))
        entry = held(app, people)
        fill(app, people, opened, closed)
        with workshop(app).database.unit() as unit:
            token = accounts.begin_session(unit, people["mo"], accounts.Stay())
        client = app.test_client()
        assert isinstance(client, Browser)
        client.become(token)
        gc.collect()
        gc.freeze()  # as whoever serves does: else a page now and then pays for the whole house
        found = {name: timed(client, path) for name, path in pages(client, entry).items()}
        say = sys.stdout.write
        say(f"{opened} open, {closed} closed\n{'page':28} median ms  worst ms\n")
        for name, (median, worst) in found.items():
            say(f"{name:28} {median:9.1f} {worst:9.1f}\n")
        pair = together(app, PARALLEL)
        say(f"two at once, {PARALLEL} entries: {pair}\n")
        facts = {name: {"median": m, "worst": w} for name, (m, w) in found.items()}
        say(json.dumps({"open": opened, "closed": closed, "pages": facts, "two": pair}) + "\n")
        slow = [name for name, (median, _) in found.items() if median > BUDGET_MS]
        workshop(app).database.dispose()
    sys.exit(f"over {BUDGET_MS} ms: {slow}" if slow else 0)


if __name__ == "__main__":
    main()
