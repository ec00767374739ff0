/** What is said to one person alone: why words wait, and the card with help when somebody may be in danger. */
import { words } from "../lib/page.js";
import { clockTime } from "./message.js";

function make(tag, className, text = "") {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.textContent = text;
  return node;
}

/** Only addresses that call, text, or open a web page. */
function safeHref(href) {
  return /^(tel:|sms:|https?:\/\/|\/)/i.test(href ?? "") ? href : null;
}

function callLine(resource, isFirst) {
  const line = make("div", "call");
  const text = make("div");
  text.append(make("strong", "", resource.name ?? ""));
  if (resource.note) text.append(document.createElement("br"), make("span", "meta", resource.note));
  line.append(text);
  const href = safeHref(resource.href ?? (resource.phone ? `tel:${resource.phone.replace(/[^\d+*#]/g, "")}` : null));
  if (href) {
    const call = make("a", `btn${isFirst ? " btn--urgent" : " btn--quiet"}`,
      resource.phone ? words("call", "{phone}").replace("{phone}", resource.phone) : words("open", "Open"));
    call.href = href;
    if (/^https?:/i.test(href)) call.rel = "noopener noreferrer";
    line.append(call);
  }
  return line;
}

export class Notices {
  constructor({ holder, zone, tail }) {
    Object.assign(this, { holder, zone, tail, byCase: new Map() });
  }

  /** Shows a notice right above where the person writes; a card with numbers stays until it is closed. */
  show(notice) {
    const isHelp = Boolean(notice.resources?.length || notice.case);
    const about = notice.message ?? notice.case ?? notice.label ?? "";
    this.holder.querySelector(`[data-about="${CSS.escape(about)}"]`)?.remove();
    if (!isHelp && notice.message && this.tail.held.has(notice.message)) {
      this.tail.explain(notice.message, notice.text);
      return;
    }
    const card = make("section", `card ${isHelp ? "card--urgent" : "card--warn"}`);
    card.dataset.about = about;
    for (const line of String(notice.text ?? "").split("\n").filter(Boolean)) card.append(make("p", "", line));
    (notice.resources ?? []).forEach((resource, place) => card.append(callLine(resource, place === 0)));
    const status = make("p", "notice__status");
    const row = make("p", "row");
    if (isHelp) {
      const help = make("a", "linklike", words("help", "Help"));
      help.href = "/help";
      row.append(help);
    }
    const close = make("button", "linklike", words("close", "Close"));
    close.type = "button";
    close.addEventListener("click", () => card.remove());
    row.append(close);
    card.append(status, row);
    this.holder.append(card);
    if (notice.case) this.byCase.set(notice.case, status);
    card.scrollIntoView({ block: "nearest" });
  }

  /** Somebody was called, somebody is reading: said on the card of that case. */
  follow({ case: id, called_at: calledAt, reading_by: readingBy }) {
    const status = this.byCase.get(id);
    if (!status) return;
    const parts = [];
    if (calledAt) parts.push(words("called", "", { time: clockTime(calledAt, this.zone) }));
    const reader = readingBy?.handle ?? readingBy;
    if (reader) parts.push(words("reading", "", { who: reader }));
    if (parts.length) status.textContent = parts.join(" ");
  }
}
