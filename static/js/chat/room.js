/** Joins the parts of the room page; without this file the page still reads and sends by plain forms. */
import { csrfToken, words } from "../lib/page.js";
import { ChairLine } from "./chair.js";
import { RoomClient } from "./client.js";
import { Composer } from "./composer.js";
import { HostPanel } from "./host.js";
import { StatusLine } from "./line.js";
import { MessageList } from "./list.js";
import { RoomState } from "./meeting.js";
import { MessageMenu } from "./menu.js";
import { MessageView, readMessage } from "./message.js";
import { Notices } from "./notices.js";
import { People } from "./people.js";
import { CatchUp } from "./catchup.js";
import { MessageStore } from "./store.js";
import { Tail } from "./tail.js";
import { watchReading } from "./reading.js";
import { offerWay } from "../crisis/way.js";

const UNDONE = /_undone$/;
const root = document.querySelector("[data-room]");
const find = (name) => root.querySelector(`[data-${name}]`);
const facts = root.dataset;
const store = new MessageStore();
const ids = (words) => new Set((words ?? "").split(" ").filter(Boolean));
const room = {
  id: facts.room, you: facts.you, zone: facts.zone, store,
  hiddenPeople: ids(facts.hiddenPeople), reported: ids(facts.reported),
};
const me = { id: facts.you, handle: facts.handle, role: facts.role };
const can = new Set(facts.can.split(" "));
const client = new RoomClient({ room: room.id, owner: room.you, after: Number(facts.seq) || 0, token: csrfToken() });
const status = new StatusLine(find("line"));
const say = (sentence) => status.say(sentence);
const view = new MessageView(document.querySelector("[data-message-template]"), room);
const list = new MessageList({
  more: () => older(),
  parts: { list: find("list"), log: find("log"), empty: find("empty"), later: find("later"), fresh: find("new") }, view, store,
});
const composer = new Composer({ form: find("composer"), client, store, room });
const tail = new Tail({ list, view, me, composer, client });
const host = new HostPanel({ root, client, can, store, say });
const notices = new Notices({ holder: find("notices"), zone: room.zone, tail });
const people = new People({
  list: document.querySelector("[data-people-list]"), count: document.querySelector("[data-people-count]"),
  typing: find("typing"), handle: me.handle,
});
const nameOf = (id) => people.byId.get(id)?.handle ?? store.order.findLast(({ author }) => author?.id === id)?.author.handle;
const state = new RoomState({ root, store, composer, host, client, nameOf, say });
new MessageMenu({
  template: document.querySelector("[data-menu-template]"), log: find("log"), room, client, composer, tail, list, say,
});

let hasMore = !find("older").hidden;
for (const item of find("list").querySelectorAll(":scope > li:not([data-message])")) item.remove();
const drawn = [...find("list").querySelectorAll("[data-message]")].map((node) => [readMessage(node), node]);
for (const [message] of drawn) if (message.seq) store.put(message);
for (const [message, node] of drawn) {
  if (message.seq) list.adopt(message, node);
  else tail.adopt(message, node);
}

for (const card of find("notices").children) notices.adopt(card);

function take(event) {
  if (event.kind === "message" || event.kind === "edited") tail.arrived(event.message);
  const change = store.apply(event);
  if (change) list.show(change, event.message?.author?.id === room.you && event.kind === "message");
  if (event.message?.author) people.quiet(event.message.author.handle);
  state.take(event);
}

function shut(sentence, { isOver = false } = {}) {
  composer.shut(sentence);
  say(sentence);
  if (!isOver) return;
  composer.forget();
  find("list").replaceChildren();
  const link = document.createElement("a");
  link.href = "/login";
  link.textContent = words("login", "Log in");
  find("line").append(" ", link);
}

let reach = null;

/** Older words: from the store, else from the server; asked for once at a time. */
async function older(event) {
  event?.preventDefault();
  if (reach || (!event && find("older").hidden)) return;
  reach = (async () => {
    if (list.edges[0] === 0) {
      const page = await client.history(store.oldestSeq || store.newestSeq + 1);
      for (const message of page.messages) store.put(message);
      hasMore = page.more;
    }
    list.drawOlder();
    find("older").hidden = !hasMore && list.edges[0] === 0;
  })();
  await reach.catch((error) => event && say(error.code ? error.message : words("offline_act", "")));
  reach = null;
}

client
  .on("event", take)
  .on("snapshot", (page) => { store.reset(page.snapshot); list.drawAll(); list.scrollToEnd(); state.settle(page.room); })
  .on("time", (time) => state.clock.hear(time))
  .on("joined", (page) => {
    people.reset(page.people);
    state.settle(page.room);
    host.count(page.you?.holds);
  })
  .on("pending", (item, how) => tail.pending(item, how))
  .on("sent", (item, ack) => {
    const shown = tail.sent(item, ack, store);
    if (shown) list.show({ id: shown.id, change: store.put(shown) }, true);
    if (!host.isHost && ack.message.state === "visible") composer.wait.start(state.facts.slow);
    if (ack.notice) notices.show({ message: ack.message.id, ...ack.notice });
  })
  .on("refused", (item, error) => tail.refused(item, error))
  .on("people", (change) => { people.change(change); state.turns.show(); })
  .on("typing", (writer) => people.hear(writer))
  .on("notice", (notice) => {
    notices.show(notice);
    if (notice.room !== room.id) return;
    if (notice.label === "remove") shut(words("shut", ""));
    if (!UNDONE.test(notice.label)) return;
    composer.open();
    client.catchUp();
  })
  .on("case", (change) => notices.follow(change))
  .on("state", (now) => { root.dataset.link = now; status.link(now); })
  .on("shut", (error) => shut(error.message || words("shut", "")))
  .on("ended", (reason, way) => {
    shut(words(/ban|suspend/.test(reason) ? "banned" : "ended", ""), { isOver: true });
    if (way) offerWay(way, words("way", ""));
  });

new ChairLine({ root, client, people, you: room.you });
find("older").addEventListener("click", older);
window.addEventListener("online", () => client.socket?.nudge());
document.addEventListener("handrail:leaving", () => client.stop());
const missed = new CatchUp({ node: find("missed"), client, store, list, room });
watchReading({ list, client, store, away: (after) => missed.offer(after), seen: Number(facts.seen) || null });
status.link("connecting");
list.scrollToEnd();
client.start();
