/** Fills one message's place on the page; the same node the server draws, so that both look alike. */
import { fillWithLinks } from "../lib/links.js";
import { pageLanguage, words } from "../lib/page.js";

const TAGGED = new Set(["mentor", "moderator", "admin", "host"]);
const clocks = new Map();

/** Hours and minutes in the reader's zone. */
export function clockTime(at, zone) {
  const key = zone || "UTC";
  if (!clocks.has(key)) {
    clocks.set(key, new Intl.DateTimeFormat(pageLanguage(), {
      hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: key,
    }));
  }
  const moment = new Date(at);
  return Number.isNaN(moment.getTime()) ? "" : clocks.get(key).format(moment);
}

/** The role as a tag; plain members have none. */
export function roleTag(role) {
  if (!TAGGED.has(role)) return [];
  const tag = document.createElement("span");
  tag.className = "tag tag--role";
  tag.textContent = words(role, role);
  return [tag];
}

export class MessageView {
  /** `room`: {id, you, zone, store, hiddenPeople, reported}. */
  constructor(template, room) {
    Object.assign(this, { template, room });
  }

  /** A new node for a message. */
  make(message) {
    const node = this.template.content.firstElementChild.cloneNode(true);
    this.fill(node, message);
    return node;
  }

  /** Writes the message into its node; every part each time, so nothing old stays. */
  fill(node, message) {
    const isGone = message.state === "removed" || message.state === "withdrawn";
    const why = this.whyFolded(message);
    const part = (name) => node.querySelector(`.msg__${name}`);
    node.id = message.id ? `m-${message.id}` : "";
    Object.assign(node.dataset, {
      message: message.id ?? "", seq: message.seq ?? "", author: message.author?.id ?? "", state: message.state ?? "visible",
      role: message.author?.role ?? "",
    });
    node.classList.toggle("msg--own", message.author?.id === this.room.you);
    node.classList.toggle("msg--held", message.state === "held");
    node.classList.toggle("msg--gone", isGone);
    part("name").textContent = message.author?.handle ?? "";
    part("role").replaceChildren(...roleTag(message.author?.role));
    part("at").dateTime = message.at ?? "";
    part("at").textContent = clockTime(message.at, this.room.zone);
    part("edited").hidden = !message.edited_at || isGone;
    part("held").hidden = message.state !== "held";
    this.fillMore(part("more"), message, isGone);
    this.fillReply(part("reply"), message, isGone);
    this.fillBody(node, part, message, { isGone, why });
    this.fillReactions(part("reactions"), message);
  }

  /** What stands on the fold of these words; nothing where they lie open. */
  whyFolded(message) {
    if (this.room.hiddenPeople.has(message.author?.id)) return words("hidden", "");
    if (this.room.reported.has(message.id)) return words("told", "");
    return message.warning ?? "";
  }

  fillMore(link, message, isGone) {
    link.hidden = isGone || !message.id || message.state === "held";
    link.href = `/rooms/${this.room.id}?about=${message.id}#m-${message.id}`;
    link.querySelector(".sr-only").textContent = ` ${words("about", "", { who: message.author?.handle ?? "" })}`;
  }

  fillReply(line, message, isGone) {
    const id = typeof message.reply_to === "object" ? message.reply_to?.id : message.reply_to;
    line.hidden = !id || isGone;
    if (!id) return;
    const target = this.room.store.get(id);
    const link = line.querySelector("a");
    link.href = `#m-${id}`;
    if (target?.body && !this.room.hiddenPeople.has(target.author?.id)) {
      link.textContent = `${target.author?.handle}: ${target.warning ? "…" : target.body.slice(0, 60)}`;
    }
  }

  fillBody(node, part, message, { isGone, why }) {
    const fold = part("fold");
    const isFolded = Boolean(why) && !isGone;
    let body = part("body");
    if (!body) {
      body = document.createElement("div");
      body.className = "msg__body";
    }
    if (isFolded) fold.append(body);
    else fold.after(body);
    fold.hidden = !isFolded;
    fold.querySelector(".msg__warning").textContent = why;
    body.classList.toggle("meta", isGone);
    if (isGone) body.textContent = words("gone", "");
    else fillWithLinks(body, message.body ?? "");
  }

  fillReactions(line, message) {
    const shown = Object.entries(message.reactions ?? {}).map(([name, found]) => [name, found?.count ?? found?.length ?? found]);
    line.textContent = shown.filter(([, count]) => count > 0).map(([name, count]) => `${words(name, name)} ${count}`).join(" · ");
    line.hidden = !line.textContent;
  }
}

/** Reads what the server drew, so that the script starts from the same facts. */
export function readMessage(node) {
  const text = (selector) => node.querySelector(selector)?.textContent ?? "";
  return {
    id: node.dataset.message, seq: Number(node.dataset.seq) || null, state: node.dataset.state,
    author: { id: node.dataset.author, handle: text(".msg__name"), role: node.dataset.role },
    at: node.querySelector(".msg__at").dateTime, body: text(".msg__body"), warning: node.dataset.warning || null,
    edited_at: node.querySelector(".msg__edited").hidden ? null : "before",
    reply_to: node.querySelector("[data-reply]")?.dataset.reply || null,
    reactions: JSON.parse(node.dataset.reactions || "{}"),
  };
}
