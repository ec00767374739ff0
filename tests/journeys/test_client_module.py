"""The room's client module in a real browser: order, sending again, a reload, no socket."""

import json
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.browsers import DESK, Window

HOME = Path(__file__).parents[2]

STAGE = """
const { RoomClient } = await import("/static/js/chat/client.js");
const { Refusal, Unreached } = await import("/static/js/chat/wire.js");
const heard = [], asked = [], posted = [];
class Line {
  constructor(hear, answer) { Object.assign(this, { hear, answer, isUp: false }); }
  up() { this.isUp = true; this.hear("up"); }
  down() { this.isUp = false; this.hear("down", { reason: "transport close" }); }
  async ask(event, fields) {
    asked.push([event, fields]);
    if (!this.isUp) throw new Unreached("down");
    return this.answer(event, fields);
  }
  nudge() {}
  close() { this.isUp = false; }
}
const until = async (test, patience = 6000) => {
  for (let waited = 0; !test(); waited += 20) {
    if (waited > patience) {
      throw new Error("waited in vain: " + test + JSON.stringify({ heard, asked, posted }));
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};
const make = async (answer, http = {}, more = {}) => {
  const down = async () => { throw new Unreached("down"); };
  const stand = { since: down, send: down };
  let line;
  const client = new RoomClient({
    room: "r", owner: "mina", ...more,
    wires: { socket: (hear) => (line = new Line(hear, answer)), http: { ...stand, ...http } },
  });
  const names = ["event", "snapshot", "pending", "sent", "refused", "state", "shut", "ended"];
  for (const name of names) {
    client.on(name, (...facts) => heard.push([name, ...facts]));
  }
  await client.start();
  return [client, line];
};
const say = (seq) => ({ room: "r", seq, kind: "message", message: { id: "m" + seq, seq } });
const told = (wanted) => heard.filter(([name]) => name === wanted);
const wanted = (name) => asked.filter(([event]) => event === name).map(([, fields]) => fields);
const joins = () => wanted("room:join").map((fields) => fields.after);
const seqs = () => told("event").map(([, event]) => event.seq);
const sends = () => wanted("message:send");
const isUnsent = () => told("pending").some(([, , how]) => how === "unsent");
"""

# A device that knows of nothing yet.
FORGET = """async () => {
  localStorage.clear();
  sessionStorage.clear();
  for (const { name } of await indexedDB.databases()) {
    const asked = indexedDB.deleteDatabase(name);
    await new Promise((resolve, reject) => {
      [asked.onsuccess, asked.onerror, asked.onblocked] = [resolve, reject, reject];
    });
  }
}"""


class Files(SimpleHTTPRequestHandler):
    """The static files of the house and one empty page."""

    def do_GET(self) -> None:
        if self.path.startswith("/static/"):
            super().do_GET()
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(b"<!doctype html><html lang=en><title>Stage</title><main></main>")

    def log_message(self, *words: object) -> None:
        """Keep the test's output quiet."""


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Files, directory=str(HOME)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def tab(chromium, origin):
    """One tab for the module: what it has read it need not read again."""
    here = Window(chromium, origin, DESK, {})
    yield here
    here.close()


@pytest.fixture
def stage(tab):
    """Run a script with the client, a line one can cut, and what was heard and asked."""
    here = tab
    here.open("/")
    here.page.evaluate(FORGET)

    def play(script: str, **facts: Any) -> Any:
        given = "".join(f"const {name} = {json.dumps(value)};" for name, value in facts.items())
        return here.page.evaluate(f"async () => {{ {STAGE} {given} {script} }}")

    play.page = here.page
    yield play
    assert here.let_go() == []


def test_events_that_come_in_disorder_or_twice_are_told_once_and_in_order(stage):
    told = stage("""
      const [client, line] = await make(async () => ({ ok: true, seq: 0, events: [] }));
      line.up();
      await until(() => joins().length === 1);
      for (const seq of [2, 1, 1, 3, 2, 5, 4]) line.hear("room:event", say(seq));
      client.stop();
      return seqs();
    """)
    assert told == [1, 2, 3, 4, 5]


def test_a_hole_in_the_numbers_is_filled_by_asking_after_the_last_known(stage):
    answer = stage("""
      const log = [1, 2, 3, 4].map(say);
      const [client, line] = await make(async (event, { after }) => {
        const newest = joins().length > 1 ? 4 : 1;
        const events = log.filter(({ seq }) => seq > after && seq <= newest);
        return { ok: true, seq: newest, events };
      });
      line.up();
      await until(() => seqs().length === 1);
      line.hear("room:event", say(4));
      await until(() => seqs().length === 4);
      client.stop();
      return [seqs(), joins()];
    """)
    assert answer == [[1, 2, 3, 4], [0, 1]]


def test_a_long_absence_is_read_page_by_page(stage):
    answer = stage("""
      const [client, line] = await make(async (event, { after }) => {
        const events = [after + 1, after + 2].filter((seq) => seq < 6).map(say);
        return { ok: true, seq: 5, more: after < 4, events };
      });
      line.up();
      await until(() => seqs().length === 5);
      client.stop();
      return [seqs(), joins()];
    """)
    assert answer == [[1, 2, 3, 4, 5], [0, 2, 4]]


def test_a_snapshot_starts_the_page_anew_behind_it(stage):
    answer = stage("""
      const [client, line] = await make(async () => (
        { ok: true, seq: 90, events: [], snapshot: [{ id: "m90", seq: 90 }] }));
      line.up();
      await until(() => heard.some(([name]) => name === "snapshot"));
      line.hear("room:event", say(90));
      line.hear("room:event", say(91));
      client.stop();
      return seqs();
    """)
    assert answer == [91]


def test_words_without_an_answer_go_out_again_under_the_same_name(stage):
    answer = stage("""
      const [client, line] = await make(async (event, fields) => {
        if (event !== "message:send") return { ok: true, seq: 0, events: [] };
        if (sends().length === 1) throw new Unreached("no answer in time");
        return { ok: true, message: { id: "m1", seq: 1, state: "visible" } };
      });
      line.up();
      await client.send({ body: "a small win", warning: "" });
      await until(() => heard.some(([name]) => name === "sent"));
      client.stop();
      return [sends(), told("pending").map(([, , how]) => how)];
    """)
    first, second = answer[0]
    assert first == second
    assert first["body"] == "a small win"
    assert "warning" not in first
    assert answer[1] == ["pending", "unsent"]


def test_words_said_offline_wait_through_a_reload_and_go_out_once(stage):
    before = stage("""
      const [client] = await make(async () => ({ ok: true }));
      const name = await client.send({ body: "still here" });
      await until(isUnsent);
      client.stop();
      return name;
    """)
    stage.page.reload()
    again = """
      const answer = async (event) => (event === "message:send"
        ? { ok: true, message: { id: "m1", seq: 1, state: "visible" } }
        : { ok: true, seq: 0, events: [] });
      const [client, line] = await make(answer);
      const shown = client.sender.outbox.items.map((item) => item.fields.body);
      line.up();
      await until(() => heard.some(([name]) => name === "sent") || !shown.length);
      client.stop();
      return [shown, sends().map((fields) => fields.client_id)];
    """
    assert stage(again) == [["still here"], [before]]
    stage.page.reload()
    assert stage(again) == [[], []]


def test_what_one_person_left_is_never_sent_by_the_next(stage):
    stage("""
      const [client] = await make(async () => ({ ok: true }));
      await client.send({ body: "mine alone" });
      await until(isUnsent);
      client.stop();
    """)
    stage.page.reload()
    look = """
      const [client] = await make(async () => ({ ok: true }), {}, { owner: who });
      client.stop();
      return client.sender.outbox.items.length;
    """
    assert stage(look, who="otto") == 0
    assert stage(look, who="mina") == 0


def test_a_refusal_is_told_once_and_the_words_are_not_sent_again(stage):
    answer = stage("""
      const [client, line] = await make(async (event) => {
        if (event !== "message:send") return { ok: true, seq: 0, events: [] };
        throw new Refusal({ code: "slow_mode", message: "Please wait.", retry_after: 9 });
      });
      line.up();
      await client.send({ body: "too soon" });
      await until(() => heard.some(([name]) => name === "refused"));
      client.stop();
      const [, item, error] = heard.find(([name]) => name === "refused");
      const left = client.sender.outbox.items.length;
      return [item.fields.body, error.code, error.retryAfter, sends().length, left];
    """)
    assert answer == ["too soon", "slow_mode", 9, 1, 0]


def test_without_a_socket_the_same_cursor_and_name_go_by_http(stage):
    answer = stage("""
      const cursors = [];
      const http = {
        since: async (cursor) => {
          cursors.push(cursor);
          return { seq: 2, events: [1, 2].filter((seq) => seq > cursor).map(say) };
        },
        send: async (fields) => {
          posted.push(fields);
          return { message: { id: "m3", seq: 3, state: "visible" } };
        },
      };
      const down = async () => { throw new Unreached("down"); };
      const [client, line] = await make(down, http, { pace: 200 });
      const name = await client.send({ body: "by the slow way" });
      line.hear("down", { reason: "connect_error" });
      await until(() => cursors.length === 2);
      client.stop();
      const isPolling = told("state").some(([, how]) => how === "polling");
      return [seqs(), cursors, posted.map((each) => each.client_id === name), isPolling];
    """)
    assert answer == [[1, 2], [0, 2], [True], True]


def test_a_session_that_is_over_ends_the_client_and_closes_the_line(stage):
    answer = stage("""
      const [client, line] = await make(async () => ({ ok: true, seq: 0, events: [] }));
      line.up();
      await until(() => joins().length === 1);
      line.hear("session:ended", { reason: "banned" });
      return [told("ended"), line.isUp, client.isClosed];
    """)
    assert answer == [[["ended", "banned"]], False, True]


def test_a_room_that_is_closed_to_the_person_is_told_and_not_asked_again(stage):
    answer = stage("""
      const [client, line] = await make(async () => {
        throw new Refusal({ code: "not_found", message: "There is no such room." });
      });
      line.up();
      await until(() => heard.some(([name]) => name === "shut"));
      await new Promise((resolve) => setTimeout(resolve, 800));
      client.stop();
      return joins().length;
    """)
    assert answer == 1


def test_waiting_grows_but_never_over_half_a_minute_and_never_the_same_for_all(stage):
    answer = stage("""
      const { backoff } = await import("/static/js/chat/order.js");
      return [0, 1, 3, 20].map((tries) => [0, 1].map((luck) => (
        backoff(tries, { random: () => luck }))));
    """)
    assert answer == [[250, 500], [500, 1000], [2000, 4000], [15000, 30000]]


def test_the_store_follows_removal_change_and_signs(stage):
    answer = stage("""
      const { MessageStore } = await import("/static/js/chat/store.js");
      const store = new MessageStore();
      const by = { author: { id: "p" }, state: "visible" };
      store.put({ id: "b", seq: 5, body: "second", ...by });
      store.put({ id: "a", seq: 2, body: "first", ...by });
      const events = [
        { kind: "reaction", message: "a", reactions: { thanks: 2 } },
        { kind: "edited", message: { id: "b", seq: 5, body: "second, said better", ...by } },
        { kind: "removed", message: { id: "a", state: "removed" } },
        { kind: "removed", message: { id: "unknown" } },
        { kind: "message", message: { id: "c", seq: 9, body: "third", ...by } },
      ];
      const changes = events.map((event) => store.apply(event)?.change ?? null);
      return [changes, store.order.map(({ id, body, state }) => [id, body, state])];
    """)
    assert answer[0] == ["changed", "changed", "changed", None, "added"]
    assert answer[1] == [
        ["a", "", "removed"],
        ["b", "second, said better", "visible"],
        ["c", "third", "visible"],
    ]


@pytest.mark.parametrize(
    ("said", "links", "text"),
    [
        (
            "see https://example.org/a?b=1.",
            ["https://example.org/a?b=1"],
            "see https://example.org/a?b=1.",
        ),
        ("(http://example.org)", ["http://example.org/"], "(http://example.org)"),
        ("javascript:alert(1) data:text/html,x", [], "javascript:alert(1) data:text/html,x"),
        ("<img src=x onerror=alert(1)>", [], "<img src=x onerror=alert(1)>"),
        ('https://x.org/"onmouseover="y', ["https://x.org/"], 'https://x.org/"onmouseover="y'),
        ("https://[broken and http://", [], "https://[broken and http://"),
    ],
)
def test_only_web_addresses_become_links_and_everything_else_stays_text(stage, said, links, text):
    answer = stage(
        """
      const { fillWithLinks } = await import("/static/js/lib/links.js");
      const node = document.createElement("p");
      fillWithLinks(node, said);
      const links = [...node.querySelectorAll("a")];
      const isSafe = links.every((link) => link.rel === "noopener noreferrer nofollow");
      const others = node.querySelectorAll("*:not(a)").length;
      return [links.map((link) => link.href), node.textContent, others, isSafe];
    """,
        said=said,
    )
    assert answer == [links, text, 0, True]


WINDOWED = """
const { MessageList } = await import("/static/js/chat/list.js");
const { MessageStore } = await import("/static/js/chat/store.js");
document.querySelector("main").replaceChildren();
const holder = document.createElement("template");
holder.dataset.words = "";
const many = document.createElement("span");
many.dataset.word = "new_many";
many.textContent = "{count} new";
holder.content.append(many);
document.body.append(holder);
const log = document.createElement("div");
const list = document.createElement("ol");
const [empty, later, fresh] = ["p", "button", "button"].map((tag) => document.createElement(tag));
later.hidden = fresh.hidden = true;
const rules = new CSSStyleSheet();
rules.replaceSync("div { height: 300px; overflow-y: auto } li { height: 40px }");
document.adoptedStyleSheets = [rules];
log.append(list);
document.querySelector("main").append(log, empty, later, fresh);
const store = new MessageStore();
const fill = (node, message) => {
  Object.assign(node.dataset, { message: message.id, seq: message.seq });
  node.textContent = message.seq;
};
const draw = (message) => {
  const node = document.createElement("li");
  fill(node, message);
  return node;
};
const parts = { list, log, empty, later, fresh };
const page = new MessageList({ parts, view: { make: draw, fill }, store });
const come = (seq, isOwn = false) => {
  const change = store.put({ id: `m${seq}`, seq });
  page.show({ id: `m${seq}`, change }, isOwn);
};
const drawn = () => [...list.children].map((node) => Number(node.dataset.seq));
const top = () => Number([...list.children].find((node) => (
  node.getBoundingClientRect().bottom > log.getBoundingClientRect().top)).dataset.seq);
const frame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 4)));
const breathe = async () => {  // a scroll is told with a frame, however late that one comes
  await frame();
  await frame();
  return new Promise((resolve) => setTimeout(resolve, 60));
};
for (let seq = 1; seq <= 450; seq += 1) come(seq);
await breathe();
"""


@pytest.fixture
def windowed(stage):
    """Run a script with a list of 450 messages that came one by one."""
    return lambda script: stage(WINDOWED + script)


def test_the_list_draws_at_most_150_and_follows_who_reads_the_end(windowed):
    drawn, at_end = windowed("return [drawn(), page.isAtEnd()];")
    assert drawn == list(range(301, 451))
    assert at_end


def test_who_reads_further_up_is_not_moved_and_is_told_how_many_came(windowed):
    answer = windowed("""
      log.scrollTop = 1000;
      await breathe();
      const was = top();
      come(451);
      come(452);
      await breathe();
      const first = [top() === was, fresh.hidden, fresh.textContent, drawn().length];
      for (let seq = 453; seq <= 600; seq += 1) come(seq);
      await breathe();
      return [...first, top() === was, fresh.textContent, drawn().length];
    """)
    assert answer == [True, False, "2 new", 150, True, "150 new", 150]


def test_older_words_come_on_top_and_the_eye_stays_where_it_was(windowed):
    answer = windowed("""
      log.scrollTop = 1200;
      await breathe();
      const was = top();
      page.drawOlder();
      const up = [drawn()[0], drawn().length, top() === was, later.hidden];
      later.click();
      return [...up, top() === was, later.hidden, drawn().at(-1), drawn().length];
    """)
    assert answer == [251, 150, True, False, True, True, 450, 150]


def test_scrolling_up_to_the_very_first_word_and_back_down_draws_each_stretch_in_turn(windowed):
    answer = windowed("""
      const seen = new Set();
      for (let turn = 0; turn < 400 && drawn()[0] > 1; turn += 1) {
        log.scrollTop -= 250;
        drawn().forEach((seq) => seen.add(seq));
        await frame();
      }
      drawn().forEach((seq) => seen.add(seq));
      const most = [drawn()[0], drawn().length];
      for (let turn = 0; turn < 400 && !page.isAtEnd(); turn += 1) {
        log.scrollTop += 250;
        await frame();
      }
      return [...most, seen.size, drawn().at(-1), later.hidden, list.children.length];
    """)
    assert answer == [1, 150, 450, 450, True, 150]


def test_focus_is_never_lost_when_what_had_it_leaves_the_window(windowed):
    answer = windowed("""
      log.tabIndex = 0;
      const kept = list.children[140];
      kept.tabIndex = -1;
      kept.focus();
      page.drawOlder();
      const moved = document.activeElement === log;
      const first = list.children[2];
      first.tabIndex = -1;
      first.focus();
      come(451, true);
      return [moved, document.activeElement === log, document.activeElement === document.body];
    """)
    assert answer == [True, True, False]


def test_what_has_focus_and_stays_in_the_window_keeps_it(windowed):
    answer = windowed("""
      const node = list.children[20];
      node.tabIndex = -1;
      node.focus();
      page.drawOlder();
      return [document.activeElement === node, log.hasAttribute("aria-busy")];
    """)
    assert answer == [True, False]


def test_while_the_end_is_not_drawn_new_words_are_counted_and_own_words_go_there(windowed):
    answer = windowed("""
      log.scrollTop = 0;
      await breathe();
      page.drawOlder();
      const last = drawn().at(-1);
      come(451);
      await breathe();
      const counted = [fresh.hidden, drawn().at(-1) === last];
      come(452, true);
      return [...counted, drawn().at(-1), page.isAtEnd(), fresh.hidden];
    """)
    assert answer == [False, True, 452, True, True]


def test_words_on_their_way_stay_behind_what_came_meanwhile(windowed):
    answer = windowed("""
      const waiting = draw({ id: "", seq: "" });
      page.addTail(waiting);
      come(451);
      await breathe();
      const order = [...list.children].slice(-2).map((node) => node === waiting);
      page.dropTail(waiting);
      return [order, drawn().at(-1)];
    """)
    assert answer == [[False, True], 451]


def test_going_to_an_old_message_draws_it_with_its_neighbours(windowed):
    answer = windowed("""
      page.goTo("m60");
      await breathe();
      const node = list.querySelector("[data-message=m60]");
      const below = node.getBoundingClientRect().top - log.getBoundingClientRect().top;
      const seen = [drawn()[0], drawn().length, later.hidden, Math.round(below)];
      page.goTo("never said");
      page.toEnd();
      return [...seen, drawn().at(-1)];
    """)
    assert answer == [10, 150, False, 8, 450]


def test_ten_thousand_messages_are_never_more_nodes_than_a_few(windowed):
    answer = windowed("""
      for (let seq = 451; seq <= 10000; seq += 1) come(seq);
      await breathe();
      store.put({ id: "late", seq: 5000.5 });
      return [drawn().length, store.order.length, store.indexOf("m9999"), store.indexOf("late"),
        store.indexOf("nobody")];
    """)
    assert answer == [150, 10001, 9999, 5000, -1]


def test_a_thousand_people_coming_back_at_once_arrive_spread_out(stage):
    """The module's own waiting, for a server that is back at once, after 5 and after 30 seconds."""
    busiest = stage("""
      const { returning } = await import("/static/js/chat/order.js");
      let seed = 7;
      const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
      return [0, 5000, 30000].map((away) => {
        const seconds = new Map();
        for (let person = 0; person < 1000; person += 1) {
          let at = 0;
          for (let tries = 0; at <= away; tries += 1) at += returning(tries, { random });
          seconds.set(Math.floor(at / 1000), (seconds.get(Math.floor(at / 1000)) ?? 0) + 1);
        }
        const last = Math.max(...seconds.keys()) + 1;
        return [Math.max(...seconds.values()), last - away / 1000];
      });
    """)
    for most, last in busiest:
        assert most <= 300
        assert last <= 31
    assert busiest[0][1] <= 5


SUMMARY = """
const { readMissed, summarise } = await import("/static/js/chat/missed.js");
const by = (handle) => ({ id: handle, handle, role: "member" });
const words = (seq, handle, more = {}) => ({ kind: "message", seq, message: {
  id: "m" + seq, seq, author: by(handle), body: "b" + seq, state: "visible", ...more } });
"""


def test_catch_me_up_counts_people_steps_and_what_is_pinned(stage):
    found = stage(
        SUMMARY
        + """
      return summarise([
        words(1, "mina"), words(2, "paul"), words(3, "paul"), words(4, "otto"),
        words(5, "rae", { state: "removed", body: undefined }),
        { kind: "meeting", seq: 6, state: "open", step: 0 },
        { kind: "meeting", seq: 7, state: "open", step: 1 },
        { kind: "meeting", seq: 8, state: "open", step: 1 },
        { kind: "pinned", seq: 9, pinned: "m2" },
        { kind: "reaction", seq: 10, message: "m2", reactions: { hug: 1 } },
        { kind: "edited", seq: 11, message: { ...words(1, "mina").message, body: "new" } },
        { kind: "edited", seq: 12, message: { ...words(0, "paul").message } },
      ], { me: "mina", hidden: new Set(["otto"]) });
    """
    )
    assert found["messages"] == 3
    assert found["removed"] == 1
    assert [(one["handle"], one["count"]) for one in found["people"]] == [("paul", 2)]
    assert found["steps"] == [{"state": "open", "step": 0}, {"state": "open", "step": 1}]
    assert (found["first"], found["pinned"]) == ("m2", "m2")


def test_catch_me_up_reads_page_by_page_and_says_when_it_is_not_whole(stage):
    answer = stage(
        SUMMARY
        + """
      const cursors = [];
      const pages = async (cursor) => {
        cursors.push(cursor);
        return { events: [words(cursor + 1, "paul"), words(cursor + 2, "paul")], more: cursor < 4 };
      };
      const whole = await readMissed(pages, 0);
      const endless = await readMissed(async (cursor) => (
        { events: [words(cursor + 1, "paul")], more: true }), 0);
      const forgotten = await readMissed(async () => (
        { seq: 90, events: [], snapshot: [words(90, "paul").message] }), 3);
      const nothing = summarise((await readMissed(async () => ({ events: [] }), 3)).events);
      return [cursors, whole.events.length, whole.isWhole, endless.events.length, endless.isWhole,
        forgotten.events.length, forgotten.isWhole, nothing.messages, nothing.first];
    """
    )
    assert answer == [[0, 2, 4], 6, True, 10, False, 1, False, 0, None]


def test_when_the_session_is_over_no_unsent_word_stays_on_the_device(stage):
    stage("""
      const [client, line] = await make(async () => ({ ok: true }));
      await client.send({ body: "for nobody else" });
      await until(isUnsent);
      line.hear("session:ended", { reason: "logged out" });
      await new Promise((resolve) => setTimeout(resolve, 100));
    """)
    stage.page.reload()
    left = stage("""
      const [client] = await make(async () => ({ ok: true }));
      client.stop();
      return client.sender.outbox.items.length;
    """)
    assert left == 0


def test_the_seconds_of_slow_mode_count_down_and_then_the_way_is_free(stage):
    answer = stage("""
      const { Wait } = await import("/static/js/chat/wait.js");
      const node = document.createElement("p");
      let isFree = false;
      const wait = new Wait(node, () => { isFree = true; });
      wait.start(0);
      const before = [node.textContent, isFree];
      wait.start(2);
      const during = [node.hidden, node.textContent];
      await until(() => isFree);
      return [...before, ...during, node.hidden, node.textContent];
    """)
    assert answer == ["", False, False, "2 s", True, ""]
