"""The parts of the room's client one by one in a real browser: what each promises the others."""

import random

import pytest

from tests.journeys.test_client_module import origin, stage, tab

__all__ = ["origin", "stage", "tab"]

STORE = """
const { MessageStore } = await import("/static/js/chat/store.js");
const by = { id: "p", handle: "paul" };
const store = new MessageStore();
"""
ORDER = """
const { EventOrder } = await import("/static/js/chat/order.js");
"""
SENDING = """
const { Sender } = await import("/static/js/chat/sender.js");
const { Outbox, newClientId } = await import("/static/js/chat/outbox.js");
"""
HTTP = """
const { HttpWire } = await import("/static/js/chat/wire.js");
const calls = [];
const answering = (status, body, isJson = true) => async (path, options) => {
  calls.push([path, options.method ?? "GET", options.headers, options.body ?? null]);
  const json = async () => { if (!isJson) throw new SyntaxError("no"); return body; };
  return { ok: status < 300, status, json };
};
const wire = (fetcher) => new HttpWire({ room: "a/b", token: "t", fetcher });
const outcome = async (work) => {
  try { return await work(); } catch (error) {
    return [error.constructor.name, error.code ?? null, error.message];
  }
};
"""


def test_the_store_keeps_its_order_whatever_comes_when(stage):
    """The order found by halving is the order that sorting gives, with repeats and moves."""
    luck = random.Random(20261126)
    arrivals = [(f"m{seq}", seq) for seq in luck.sample(range(1, 400), 300)]
    arrivals += luck.sample(arrivals, 60)
    arrivals += [(name, seq + 1000) for name, seq in luck.sample(arrivals, 20)]
    found = stage(
        STORE
        + """
        const changes = {};
        for (const [id, seq] of arrivals) {
          const change = store.put({ id, seq, author: by });
          changes[change] = (changes[change] ?? 0) + 1;
        }
        const places = store.order.every((message, place) => store.indexOf(message.id) === place);
        return [store.order.map(({ id, seq }) => [id, seq]), changes, places, store.byId.size];
        """,
        arrivals=arrivals,
    )
    last = dict(arrivals)
    assert found[0] == [[name, seq] for name, seq in sorted(last.items(), key=lambda one: one[1])]
    assert found[1]["added"] == 300
    assert found[2] is True
    assert found[3] == len(last)


def test_the_store_takes_a_released_message_to_its_new_place(stage):
    found = stage(
        STORE
        + """
        for (const seq of [1, 2, 3]) store.put({ id: "m" + seq, seq, author: by });
        const moved = store.put({ id: "m1", seq: 9, author: by, body: "let through" });
        const unknown = store.apply({ kind: "reaction", message: "nobody", reaction: "hug" });
        const counted = store.apply({ kind: "reaction", message: "m2", reaction: "hug", on: true });
        const again = store.apply({ kind: "reaction", message: "m2", reaction: "hug", on: true });
        const off = store.apply({ kind: "reaction", message: "m2", reaction: "hug", on: false });
        store.reset([{ id: "x", seq: 5 }, { id: "held", seq: null }]);
        return [moved, unknown, counted.change, again.change, off.change,
          store.order.length, store.oldestSeq, store.newestSeq, store.get("m1")];
        """
    )
    assert found == ["moved", None, "changed", "changed", "changed", 1, 5, 5, None]


def test_an_empty_store_has_no_first_and_no_last(stage):
    assert stage(STORE + "return [store.newestSeq, store.oldestSeq, store.indexOf('x')];") == [
        0,
        0,
        -1,
    ]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_events_in_any_order_with_repeats_come_out_once_each_and_ascending(stage, seed):
    luck = random.Random(seed)
    arrivals = [*range(1, 121), *luck.sample(range(1, 121), 40)]
    luck.shuffle(arrivals)
    found = stage(
        ORDER
        + """
        const order = new EventOrder(0);
        const out = [];
        for (const seq of arrivals) out.push(...order.take([{ seq }]).map((event) => event.seq));
        return [out, order.hasGap, order.cursor];
        """,
        arrivals=arrivals,
    )
    assert found == [list(range(1, 121)), False, 120]


def test_events_without_a_number_or_from_before_are_passed_over(stage):
    found = stage(
        ORDER
        + """
        const order = new EventOrder(10);
        const odd = [{ seq: 10 }, { seq: "11" }, { seq: 11.5 }, {}, null, { seq: -1 }];
        const first = order.take(odd).length;
        order.take([{ seq: 13 }]);
        const hasGap = order.hasGap;
        const behind = order.jump(12).map((event) => event.seq);
        return [first, hasGap, behind, order.cursor, order.jump(5).length, order.cursor];
        """
    )
    assert found == [0, True, [13], 13, 0, 13]


def test_a_flood_of_far_events_does_not_fill_the_memory(stage):
    waiting = stage(
        ORDER
        + """
        const order = new EventOrder(0);
        for (let seq = 10; seq < 6000; seq += 1) order.take([{ seq }]);
        return order.waiting.size;
        """
    )
    assert waiting <= 2000


def test_messages_go_one_at_a_time_in_the_order_they_were_written(stage):
    found = stage(
        SENDING
        + """
        const outbox = await Outbox.open("mina", "one room");
        const order = [];
        let atOnce = 0, most = 0;
        const sender = new Sender(outbox, async ({ body }) => {
          most = Math.max(most, atOnce += 1);
          await new Promise((resolve) => setTimeout(resolve, 5));
          atOnce -= 1;
          order.push(body);
          return { message: { id: body } };
        });
        for (const body of ["a", "b", "c", "d"]) sender.send({ body, warning: "", reply_to: null });
        await until(() => order.length === 4);
        sender.stop();
        return [order, most, outbox.items.length];
        """
    )
    assert found == [["a", "b", "c", "d"], 1, 0]


def test_a_refused_message_makes_way_for_the_next(stage):
    found = stage(
        SENDING
        + """
        const outbox = await Outbox.open("mina", "one room");
        const out = [];
        const sender = new Sender(outbox, async ({ body }) => {
          if (body === "bad") throw new Refusal({ code: "too_long", message: "Too long." });
          return { message: { id: body } };
        });
        sender.on("sent", (item) => out.push(["sent", item.fields.body]));
        sender.on("refused", (item, error) => out.push([error.code, item.fields.body]));
        for (const body of ["good", "bad", "better"]) await sender.send({ body });
        await until(() => out.length === 3);
        return [out, outbox.items.length];
        """
    )
    assert found == [[["sent", "good"], ["too_long", "bad"], ["sent", "better"]], 0]


def test_words_that_queued_are_never_given_back_because_they_are_many(stage):
    """Too many at once, or a slow room: what waited goes on waiting, in its order, none lost."""
    found = stage(
        SENDING
        + """
        Math.random = () => 0;
        const outbox = await Outbox.open("mina", "one room");
        const out = [], tries = [];
        const soon = (code) => new Refusal({ code, message: "Soon.", retry_after: 0.01 });
        const many = soon("rate_limited"), slow = soon("slow_mode");
        const fates = [null, many, null, slow, null, slow];
        const sender = new Sender(outbox, async ({ body }) => {
          tries.push(body);
          const fate = fates.shift();
          if (fate) throw fate;
          return { message: { id: body } };
        });
        sender.on("sent", (item) => out.push(["sent", item.fields.body]));
        sender.on("refused", (item, error) => out.push([error.code, item.fields.body]));
        const at = Date.now();
        for (const body of ["a", "b", "c"]) {
          await outbox.put({ client_id: body, at: at - 60000, fields: { body } });
        }
        sender.resume();
        await until(() => out.length === 3);
        const kept = outbox.items.length;
        await sender.send({ body: "live" });
        await until(() => out.length === 4);
        sender.stop();
        return [out, tries, kept];
        """
    )
    assert found == [
        [["sent", "a"], ["sent", "b"], ["sent", "c"], ["slow_mode", "live"]],
        ["a", "b", "b", "c", "c", "live"],
        0,
    ]


def test_where_the_devices_shelf_never_answers_the_room_opens_all_the_same(stage):
    found = stage(
        SENDING
        + """
        const request = {};
        Object.defineProperty(window, "indexedDB", { value: { open: () => request } });
        const outbox = await Outbox.open("mina", "one room", 0);
        await outbox.put({ client_id: "a", at: 1, fields: { body: "still here" } });
        let isClosed = false;
        request.result = { close() { isClosed = true; } };
        request.onsuccess();
        await until(() => isClosed);
        return [outbox.first().client_id, (await Outbox.open("mina", "one room", 0)).items.length];
        """
    )
    assert found == ["a", 1]


def test_where_the_device_keeps_nothing_the_tab_does(stage):
    found = stage(
        SENDING
        + """
        Object.defineProperty(window, "indexedDB", { value: {
          open() { throw new DOMException("forbidden", "SecurityError"); } } });
        const first = await Outbox.open("mina", "one room");
        await first.put({ client_id: "a", at: 2, fields: { body: "later" } });
        await first.put({ client_id: "b", at: 1, fields: { body: "sooner" } });
        await (await Outbox.open("mina", "other room")).put({ client_id: "c", at: 3, fields: {} });
        const again = await Outbox.open("mina", "one room");
        const names = again.items.map((item) => item.client_id);
        await again.remove("a");
        const left = (await Outbox.open("mina", "one room")).items.length;
        const others = (await Outbox.open("otto", "one room")).items.length;
        const gone = (await Outbox.open("mina", "one room")).items.length;
        return [names, left, others, gone];
        """
    )
    assert found == [["b", "a"], 1, 0, 0]


def test_names_of_messages_are_never_the_same_and_fit_the_contract(stage):
    names = stage(SENDING + "return [...Array(200)].map(() => newClientId());")
    assert len(set(names)) == 200
    assert all(len(name) == 32 and name.isalnum() for name in names)


def test_plain_http_asks_with_the_cursor_and_sends_with_the_token(stage):
    calls = stage(
        HTTP
        + """
        const line = wire(answering(200, { events: [] }));
        await line.since(41);
        await line.before(7, 50);
        await line.send({ body: "hello", client_id: "c" });
        return calls;
        """
    )
    assert [call[0] for call in calls] == [
        "/rooms/a%2Fb?after=41&limit=500",
        "/rooms/a%2Fb?before=7&limit=50",
        "/rooms/a%2Fb/messages",
    ]
    assert calls[0][2]["Accept"] == "application/json"
    assert calls[2][1:] == [
        "POST",
        {"Accept": "application/json", "Content-Type": "application/json", "X-CSRFToken": "t"},
        '{"body":"hello","client_id":"c"}',
    ]


@pytest.mark.parametrize(
    ("status", "body", "is_json", "expected"),
    [
        (401, {"error": {"code": "sign_in_needed", "message": "Log in."}}, True, "ended_session"),
        (401, None, False, "ended_session"),
        (403, {"error": {"code": "muted", "message": "Not now."}}, True, "muted"),
        (403, None, False, "forbidden"),
        (404, {"error": {"code": "not_found", "message": "No room."}}, True, "not_found"),
        (429, {"error": {"code": "rate_limited", "message": "Wait."}}, True, "rate_limited"),
        (503, None, False, "server_error"),
        (200, None, False, "server_error"),
    ],
)
def test_each_refusal_by_http_has_its_code(stage, status, body, is_json, expected):
    found = stage(
        HTTP + "return outcome(() => wire(answering(status, body, isJson)).since(0));",
        status=status,
        body=body,
        isJson=is_json,
    )
    assert found[:2] == ["Refusal", expected]


def test_a_line_that_is_down_is_no_refusal(stage):
    found = stage(
        HTTP
        + """
        const down = async () => { throw new TypeError("Failed to fetch"); };
        return outcome(() => wire(down).since(0));
        """
    )
    assert found[:2] == ["Unreached", None]


def test_something_later_is_done_once_and_can_be_called_off(stage):
    found = stage(
        """
        const { Teller } = await import("/static/js/lib/teller.js");
        const teller = new Teller();
        const done = [];
        teller.on("news", (one, two) => done.push(one + two)).on("news", () => done.push("too"));
        teller.tell("news", "a", "b");
        teller.tell("nothing");
        teller.later("x", 10, () => done.push("replaced"));
        teller.later("x", 10, () => done.push("x"));
        teller.later("y", 10, () => done.push("y"));
        const isDue = [teller.isDue("x"), teller.isDue("z")];
        teller.cancel("y");
        await until(() => done.includes("x"));
        teller.later("z", 5, () => done.push("z"));
        teller.cancelAll();
        await new Promise((resolve) => setTimeout(resolve, 30));
        return [done, ...isDue, teller.isDue("x")];
        """
    )
    assert found == [["ab", "too", "x"], True, False, False]


def test_the_clock_is_the_servers_and_the_quickest_answer_is_believed(stage):
    found = stage("""
        const { ServerClock, staysTrue } = await import("/static/js/chat/clock.js");
        const clock = new ServerClock(new Date(Date.now() - 60000).toISOString());
        const off = () => Math.round((clock.now() - Date.now()) / 1000);
        const seen = [off()];
        clock.hear({ skew: -420000, took: 40 });
        seen.push(off());
        clock.hear({ skew: -300000, took: 900 });
        seen.push(off());
        const left = Math.round(clock.until(new Date(clock.now() + 90000).toISOString()) / 1000);
        return [seen, left, clock.until(null), [staysTrue(90000), staysTrue(60000), staysTrue(-1)]];
    """)
    assert found[0] == [-60, -420, -420]
    assert found[1:] == [90, None, [30000, 60000, float("inf")]]


def test_whose_turn_it_is_is_said_once_for_each_change_and_its_end_gently(stage):
    found = stage("""
        const { Turns } = await import("/static/js/chat/turns.js");
        const { ServerClock } = await import("/static/js/chat/clock.js");
        const page = new DOMParser().parseFromString(`
          <template data-words><span data-word="turn_yours">Yours.</span>
          <span data-word="turn_yours_over">Yours, and over.</span>
          <span data-word="turn_theirs">{who} speaks.</span>
          <span data-word="turn_place">Number {n}.</span>
          <span data-word="turn_someone">somebody</span>
          <span data-word="turn_listening">Just here.</span></template>
          <div data-you="me" data-zone="UTC" data-kind="meeting"><section data-turns>
          <span data-turn-now></span><span data-turn-clock></span>
          <p data-turn-hands><b data-turn-names></b></p>
          </section></div>`, "text/html");
        document.body.replaceChildren(...page.head.children, ...page.body.children);
        const root = document.querySelector("[data-you]");
        let looks = 0;
        const client = { catchUp: () => { looks += 1; } };
        const clock = new ServerClock();
        const nameOf = (id) => ({ m: "mina", me: "me" })[id];
        const turns = new Turns({ root, clock, client, nameOf, say() {} });
        const now = root.querySelector("[data-turn-now]");
        const at = (ms) => new Date(clock.now() + ms).toISOString();
        const seen = [];
        for (const turn of [
          { holder: "m", queue: ["me", "x"] }, { holder: "x", queue: [] },
          { holder: "x", queue: [], people: [{ id: "x", handle: "xenia" }] },
          { holder: "me", ends_at: at(60000) }, { holder: "me", ends_at: at(-1000) },
          { holder: null, listening: ["me"] }, {},
        ]) {
          turns.take(turn);
          seen.push(now.textContent);
        }
        return [seen, looks, root.querySelector("[data-turn-hands]").hidden];
    """)
    assert found == [
        ["mina speaks. Number 1.", "somebody speaks.", "xenia speaks.", "Yours.",
         "Yours, and over.", "Just here.", ""],
        1,
        True,
    ]  # fmt: skip


def test_a_desk_says_that_its_line_is_down_after_a_while_and_takes_it_back(stage):
    """A short break is not worth a word; one that was told may have hidden something."""
    found = stage(
        """
        const { lineTeller } = await import("/static/js/lib/line.js");
        const place = { hidden: true };
        const line = lineTeller(place, 0);
        const after = () => new Promise((resolve) => window.setTimeout(resolve, 0));
        const seen = [];
        const see = (what) => seen.push([what, place.hidden]);
        line("down");
        see(line("up"));
        await after();
        see("short");
        line("down");
        line("down");
        see(line("queue:changed"));
        await after();
        see("long");
        see(line("up"));
        see(line("up"));
        return seen;
        """
    )
    assert found == [
        [False, True],
        ["short", True],
        [False, True],
        ["long", False],
        [True, True],
        [False, True],
    ]


def test_a_page_without_a_place_for_it_hears_all_the_same(stage):
    found = stage(
        """
        const { lineTeller } = await import("/static/js/lib/line.js");
        const line = lineTeller(null, 0);
        line("down");
        await new Promise((resolve) => window.setTimeout(resolve, 0));
        return [line("up"), line("up")];
        """
    )
    assert found == [True, False]


def test_who_may_be_called_is_told_when_the_page_cannot_hear_it(stage):
    """A page that cannot look must not seem to say that nobody calls; a short break is no word."""
    found = stage(
        """
        const { watchCalls } = await import("/static/js/crisis/paged.js");
        const place = document.createElement("p"), down = document.createElement("p");
        place.append(document.createElement("a"));
        place.hidden = down.hidden = true;
        down.textContent = "cannot reach";
        down.dataset.over = "logged out";
        const answers = [
          { ok: true, status: 200, json: async () => ({ cases: [] }) },
          new TypeError("no line"), { ok: false, status: 503 }, new TypeError("no line"),
          { ok: true, status: 200, json: async () => ({ cases: ["c1"] }) },
          { ok: false, status: 401 },
        ];
        const seen = [];
        const fetcher = async () => {
          seen.push([place.hidden, down.hidden]);
          const answer = answers.shift();
          if (answer instanceof Error) throw answer;
          return answer;
        };
        const timers = [];
        window.setTimeout = (act, delay) => timers.push([delay, act]);
        window.clearTimeout = () => timers.splice(0, timers.length);
        const next = async (delay) => {
          const [, act] = timers.splice(timers.findIndex(([each]) => each === delay), 1)[0];
          await act();
        };
        await watchCalls({ place, down, every: 8, patience: 20, fetcher });
        await next(8);
        await next(8);
        await next(20);
        await next(8);
        await next(8);
        await next(8);
        const href = new URL(place.querySelector("a").href).pathname;
        return [seen, href, place.hidden, down.hidden, down.textContent, timers.length];
        """
    )
    assert found == [
        [[True, True], [True, True], [True, True], [True, False], [True, False], [False, True]],
        "/crisis/cases/c1",
        False,
        False,
        "logged out",
        0,
    ]
