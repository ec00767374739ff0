/** Where words are written: keeps the draft, sends, says kindly what went wrong and never loses what was typed. */
import { stored, words } from "../lib/page.js";
import { Wait } from "./wait.js";

const TYPING_MS = 3000;
const LONG_SECONDS = 90;

export class Composer {
  /** `client` sends; `store` knows what is answered. */
  constructor({ form, client, store, room }) {
    Object.assign(this, { form, client, store, room, typedAt: 0 });
    this.body = form.elements.body;
    this.warning = form.elements.warning;
    this.answered = form.elements.reply_to;
    this.wait = new Wait(form.querySelector("[data-wait]"), () => this.waited());
    this.problem = form.querySelector("[data-problem]");
    this.replying = form.querySelector("[data-replying]");
    this.key = `draft ${room.you} ${room.id}`;
    form.addEventListener("submit", (event) => this.submit(event));
    form.querySelector("[data-no-reply]").addEventListener("click", (event) => {
      event.preventDefault();
      this.answer(null);
      this.body.focus();
    });
    this.body.addEventListener("input", () => this.changed());
    this.body.addEventListener("keydown", (event) => this.pressed(event));
    this.warning.addEventListener("input", () => this.keep());
    document.addEventListener("handrail:leaving", () => this.forget());
    this.restore();
  }

  /** Enter sends where there is a keyboard; Shift+Enter makes a new line; on a phone Enter is a new line. */
  pressed(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    if (window.matchMedia("(pointer: coarse)").matches) return;
    event.preventDefault();
    this.form.requestSubmit();
  }

  submit(event) {
    event.preventDefault();
    const body = this.body.value.trim();
    if (!body) return;
    this.say("");
    this.client.send({ body, warning: this.warning.value.trim(), reply_to: this.answered.value });
    this.put({});
    this.answer(null);
    this.forget();
    this.body.focus();
  }

  changed() {
    this.grow();
    this.keep();
    const now = Date.now();
    if (!this.body.value || now - this.typedAt < TYPING_MS) return;
    this.typedAt = now;
    this.client.ask("typing", {}, true).catch(() => undefined);
  }

  grow() {
    const lines = this.body.value.split("\n").length + Math.floor(this.body.value.length / 60);
    this.body.rows = Math.min(6, Math.max(1, lines));
  }

  put({ body = "", warning = "" }) {
    this.body.value = body;
    this.warning.value = warning;
    this.warning.closest("details").open = Boolean(warning);
    this.grow();
  }

  /** Answers a message, or none. */
  answer(id) {
    this.answered.value = id ?? "";
    this.replying.hidden = !id;
    const message = id ? this.store.get(id) : null;
    this.replying.querySelector("[data-reply-words]").textContent = message?.author?.handle ?? "";
    this.keep();
    if (id) this.body.focus();
  }

  keep() {
    try {
      stored()?.setItem(this.key, JSON.stringify({
        body: this.body.value, warning: this.warning.value, reply_to: this.answered.value,
      }));
    } catch { /* storage is full: the words are still in the box */ }
  }

  restore() {
    let kept = {};
    try {
      kept = JSON.parse(stored()?.getItem(this.key) ?? "{}") ?? {};
    } catch { /* nothing readable was kept */ }
    if (!this.body.value && kept.body) this.put(kept);
    if (kept.reply_to && !this.answered.value) this.answered.value = kept.reply_to;
    this.replying.hidden = !this.answered.value;
    this.grow();
  }

  forget() {
    stored()?.removeItem(this.key);
  }

  /** A sentence under the words; empty takes it away. */
  say(sentence, { isCalm = false } = {}) {
    this.problem.classList.toggle("field__error", !isCalm);
    this.problem.textContent = sentence;
    this.problem.hidden = !sentence;
    if (sentence && !isCalm) this.body.setAttribute("aria-invalid", "true");
    else this.body.removeAttribute("aria-invalid");
  }

  /** The server said no for good: the words come back into the box, with the reason; false when the box is in use. */
  giveBack(fields, error) {
    this.say(this.reason(error));
    this.tooSoon = this.problem.textContent;
    if (error.retryAfter && error.retryAfter <= LONG_SECONDS) this.wait.start(error.retryAfter);
    if (this.body.value.trim()) return false;
    this.put(fields);
    this.answer(fields.reply_to ?? null);
    this.keep();
    return true;
  }

  reason({ message, retryAfter: wait }) {
    if (!wait) return message || words("try_again", "");
    if (wait > LONG_SECONDS) return `${message} ${words("too_soon_minutes", "", { minutes: Math.ceil(wait / 60) })}`;
    return words("too_soon", message, { seconds: wait });
  }

  /** The wait is over: its sentence goes, another one stays. */
  waited() {
    if (this.tooSoon && this.problem.textContent === this.tooSoon) this.say("");
  }

  /** Nothing can be written now; what is typed stays to be copied. */
  shut(sentence, how) {
    this.say(sentence, how);
    this.form.querySelector("button[type=submit]").disabled = true;
  }

  open() {
    this.say("");
    this.form.querySelector("button[type=submit]").disabled = false;
  }
}
