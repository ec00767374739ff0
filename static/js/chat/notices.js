/** What is said to one person alone: why words wait, and the card with help when somebody may be in danger. */
import { words } from "../lib/page.js";
import { clockTime } from "./message.js";

const MOST = 3;

function make(tag, className, text = "") {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.textContent = text;
  return node;
}

/** Only addresses that call, text, or open a web page. */
function hrefOf({ href, tel, phone, sms, url }) {
  const number = tel ?? phone;
  if (number) return `tel:${number.replace(/[^\d+*#]/g, "")}`;
  if (sms) return `sms:${sms.replace(/[^\d+]/g, "")}`;
  const address = href ?? url ?? "";
  return /^(tel:|sms:|https?:\/\/|\/)/i.test(address) ? address : null;
}

function callLine(resource, isFirst) {
  const line = make("div", "call");
  const text = make("div");
  const isEmergency = resource.kind === "emergency";
  text.append(make("strong", "", isEmergency ? words("emergency", "Emergency") : resource.name ?? ""));
  const note = resource.note ?? (resource.hours === "24/7" ? words("always", "24/7") : resource.hours);
  if (note) text.append(document.createElement("br"), make("span", "meta", note));
  line.append(text);
  const href = hrefOf(resource);
  const number = resource.number ?? resource.phone ?? resource.sms;
  if (href) {
    const call = make("a", `btn ${isFirst || isEmergency ? "btn--urgent" : "btn--quiet"}`,
      number ? words("call", "{phone}", { phone: number }) : words("open", "Open"));
    call.href = href;
    if (/^https?:/i.test(href)) call.rel = "noopener noreferrer";
    line.append(call);
  }
  return line;
}

/** The emergency numbers and the first few others; the rest is one tap away on the help page. */
function chosen(resources) {
  const first = resources.filter((each) => each.kind === "emergency");
  return [...first, ...resources.filter((each) => each.kind !== "emergency").slice(0, MOST)];
}

export class Notices {
  constructor({ holder, zone, tail }) {
    Object.assign(this, { holder, zone, tail, byCase: new Map(), told: new Map() });
  }

  /** Shows a notice right above where the person writes; a card with numbers stays until it is closed. */
  show(notice) {
    const isHelp = Boolean(notice.resources?.length);
    const about = notice.message || notice.case || notice.id || (notice.label ?? "").replace(/_undone$/, "");
    this.drop(about);
    if (!isHelp && notice.message && this.tail.held.has(notice.message)) {
      this.tail.explain(notice.message, notice.text);
      return;
    }
    const card = make("section", `card ${isHelp ? "card--urgent" : "card--warn"}`);
    card.dataset.about = about;
    for (const line of String(notice.text ?? "").split("\n").filter(Boolean)) card.append(make("p", "", line));
    chosen(notice.resources ?? []).forEach((resource, place) => card.append(callLine(resource, place === 0)));
    const status = make("p", "notice__status");
    const row = make("p", "row");
    if (isHelp) {
      for (const [word, address] of [["plan", "/journal/plan"], ["help", "/help"]]) {
        const link = make("a", "linklike", words(word, word));
        link.href = address;
        row.append(link);
      }
    }
    if (/^\/(?!\/)/.test(notice.to ?? "")) {
      const onward = make("a", "btn btn--small", words("open", "Open"));
      onward.href = notice.to;
      row.append(onward);
    }
    const close = make("button", "linklike", words("close", "Close"));
    close.type = "button";
    close.addEventListener("click", () => card.remove());
    row.append(close);
    card.append(status, row);
    this.holder.append(card);
    if (notice.case && isHelp) {
      this.byCase.set(notice.case, status);
      if (this.told.has(notice.case)) this.follow(this.told.get(notice.case));
    }
    card.scrollIntoView({ block: "nearest" });
  }

  /** Takes a card away that is no longer true. */
  drop(about) {
    this.holder.querySelector(`[data-about="${CSS.escape(about)}"]`)?.remove();
  }

  /** Takes over a card the server drew, so that it can be closed and followed. */
  adopt(card) {
    const status = card.querySelector(".notice__status");
    if (card.dataset.case && status) this.byCase.set(card.dataset.case, status);
    const close = card.querySelector("[data-close]");
    if (!close) return;
    close.hidden = false;
    close.addEventListener("click", () => card.remove());
  }

  /** Somebody was called, somebody is reading: said on the card of that case, also where it comes later. */
  follow(change) {
    const { case: id, called_at: calledAt, reading_by: readingBy, room } = change;
    this.told.set(id, change);
    const status = this.byCase.get(id);
    if (!status) return;
    const parts = [];
    if (calledAt) parts.push(words("called", "", { time: clockTime(calledAt, this.zone) }));
    const reader = readingBy?.handle ?? readingBy;
    if (reader) parts.push(words("reading", "", { who: reader }));
    if (!parts.length) parts.push(words("nobody", ""));
    status.textContent = `${parts.join(" ")} `;
    if (!room || !reader) return;
    const link = make("a", "linklike", words("side_room", "Room"));
    link.href = `/rooms/${encodeURIComponent(room)}`;
    status.append(link);
  }
}
