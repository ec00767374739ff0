"""The room's client module in a real browser: order, sending again, a reload, no socket."""

import json
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

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


@pytest.fixture
def stage(window, origin):
    """Run a script with the client, a line one can cut, and what was heard and asked."""
    here = window(origin)
    here.open("/")

    def play(script: str, **facts: Any) -> Any:
        given = "".join(f"const {name} = {json.dumps(value)};" for name, value in facts.items())
        return here.page.evaluate(f"async () => {{ {STAGE} {given} {script} }}")

    play.page = here.page
    return play


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
      const [client, line] = await make(async () => { throw new Unreached("down"); }, http);
      const name = await client.send({ body: "by the slow way" });
      line.hear("down", { reason: "connect_error" });
      await until(() => cursors.length === 2, 14000);
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
const breathe = () => new Promise((resolve) => setTimeout(resolve, 60));
for (let seq = 1; seq <= 450; seq += 1) come(seq);
await breathe();
"""


@pytest.fixture
def windowed(stage):
    """Run a script with a list of 450 messages that came one by one."""
    return lambda script: stage(WINDOWED + script)


def test_the_list_draws_at_most_300_and_follows_who_reads_the_end(windowed):
    drawn, at_end = windowed("return [drawn(), page.isAtEnd()];")
    assert drawn == list(range(151, 451))
    assert at_end


def test_who_reads_further_up_is_not_moved_and_is_told_how_many_came(windowed):
    answer = windowed("""
      log.scrollTop = 1000;
      await breathe();
      come(451);
      come(452);
      return [log.scrollTop, fresh.hidden, fresh.textContent, drawn().length];
    """)
    assert answer == [1000, False, "2 new", 302]


def test_older_words_come_on_top_and_the_eye_stays_where_it_was(windowed):
    answer = windowed("""
      log.scrollTop = 0;
      await breathe();
      page.drawOlder();
      await breathe();
      const seen = drawn();
      const wasAtTop = log.scrollTop / 40;
      later.click();
      const now = drawn();
      return [seen[0], seen.length, Math.round(wasAtTop), later.hidden, now.at(-1), now.length];
    """)
    assert answer == [51, 300, 100, True, 450, 300]


def test_while_the_end_is_not_drawn_new_words_are_counted_and_own_words_go_there(windowed):
    answer = windowed("""
      log.scrollTop = 0;
      await breathe();
      page.drawOlder();
      come(451);
      const counted = [fresh.hidden, drawn().at(-1)];
      come(452, true);
      return [...counted, drawn().at(-1), page.isAtEnd()];
    """)
    assert answer == [False, 350, 452, True]


def test_words_on_their_way_stay_behind_what_came_meanwhile(windowed):
    answer = windowed("""
      const waiting = draw({ id: "", seq: "" });
      page.addTail(waiting);
      come(451);
      const order = [...list.children].slice(-2).map((node) => node === waiting);
      page.dropTail(waiting);
      return [order, drawn().at(-1)];
    """)
    assert answer == [[False, True], 451]
