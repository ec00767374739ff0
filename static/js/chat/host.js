/** The host's tools: the page's own forms, sent as events; what was done by mistake can be undone for ten seconds. */
import { byPage, words } from "../lib/page.js";
import { watchKeys } from "./keys.js";
import { asSent, asSwitched, fieldsOf } from "./switches.js";
import { offerUndo } from "./undo.js";

const LOOK_MS = 10000;

export class HostPanel {
  constructor({ root, client, can, store, say }) {
    Object.assign(this, { root, client, store, say, isHost: can.has("host"), settings: {} });
    this.panel = root.querySelector("[data-host-panel]");
    root.addEventListener("submit", (event) => this.submitted(event));
    if (!this.panel) return;
    for (const control of this.panel.querySelectorAll("[data-key][name]:is(select, input)")) this.watch(control);
    this.panel.addEventListener("click", (event) => this.begin(event));
    this.panel.addEventListener("toggle", () => this.look());
    setInterval(() => this.look(), LOOK_MS);
    watchKeys(this.panel, root);
  }

  /** A switch tells the room only what it is itself: the others may be on their way to something else. */
  watch(control) {
    const { name, value } = control;
    this.settings[name] = asSent(name, value);
    control.dataset.told = value;
    if (control.tagName !== "SELECT") return;
    control.addEventListener("change", async () => {
      const ack = await this.set({ [name]: asSent(name, control.value) });
      if (!ack) control.value = control.dataset.told;
    });
  }

  /** Asks how much waits, while a host looks. */
  look() {
    if (this.panel.open && !document.hidden) this.client.catchUp();
  }

  async submitted(event) {
    const name = event.target.dataset.hostForm;
    if (!name || !this.client.socket?.isUp) return;
    event.preventDefault();
    const fields = fieldsOf(event.target, event.submitter);
    if (fields.to === "extend") fields.minutes = 5;
    if (name === "hide") return this.hide(event.target.action, fields);
    const ack = name === "host:set" ? await this.set(fields) : await this.run(name, fields);
    if (!ack) return;
    const folded = event.target.closest("details:not([data-host-panel])");
    if (folded && this.panel.contains(folded)) this.fold(folded);
    if (name === "host:backup") this.answer(words("backup", ""));
    if (fields.person) this.offerPerson(name, fields, ack.undo);
  }

  fold(folded) {
    folded.open = false;
    folded.querySelector("form").reset();
    folded.querySelector("summary").focus();
  }

  /** Puts the first words of a card into the place to write; nothing is sent. */
  begin(event) {
    const card = event.target.closest("[data-card]");
    if (!card) return;
    event.preventDefault();
    const box = this.root.querySelector("#say-body");
    box.value = [box.value.trim(), card.dataset.card].filter(Boolean).join("\n");
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.focus();
  }

  answer(sentence) {
    const line = this.panel?.querySelector("[data-host-answer]");
    if (line && this.panel.open) line.textContent = sentence;
    else this.say(sentence);
  }

  /** Words out of sight: by page, since the wire has no word for it; and back again for ten seconds. */
  async hide(path, fields) {
    if (!await this.run(path, fields)) return;
    this.say(words("put_away", ""));
    const shown = path.replace(/hide$/, "unhide");
    this.offer(this.root.querySelector("[data-offer]"), () => this.run(shown, fields), this.say);
  }

  async run(event, fields) {
    try {
      const isPage = event.includes("/");
      const ack = await (isPage ? byPage(event, fields) : this.client.ask(event, fields, event !== "host:undo"));
      this.answer(words("done", ""));
      return ack;
    } catch (error) {
      this.say(error.code ? error.message : words("offline_act", ""));
      return null;
    }
  }

  /** Sets the room, and offers to set it back as it was. */
  async set(fields) {
    const before = Object.fromEntries(Object.keys(fields).map((name) => [name, this.settings[name] ?? ""]));
    const ack = await this.run("host:set", fields);
    const isNew = Object.entries(fields).some(([name, value]) => String(value) !== String(before[name]));
    if (ack && isNew && this.panel?.open) {
      this.offer(this.panel.querySelector("[data-host-answer]"), () => this.run("host:set", before));
    }
    return ack;
  }

  offerPerson(name, { person, minutes }, undo) {
    const who = this.store.order.find((message) => message.author?.id === person)?.author.handle ?? "";
    this.say(words(name === "host:mute" ? "paused_person" : "removed_person", "", { who, minutes }));
    if (undo) this.offer(this.root.querySelector("[data-offer]"), () => this.run("host:undo", { undo }), this.say);
  }

  /** Offers to take back what was just done. */
  offer(line, takeBack, say = (sentence) => this.answer(sentence)) {
    offerUndo(line, async () => {
      if (await takeBack()) say(words("done", ""));
    });
  }

  /** Shows how many words wait for a host. */
  count(holds) {
    const node = this.panel?.querySelector("[data-holds]");
    if (node && holds !== undefined) node.textContent = String(holds);
  }

  /** Shows on the switches what the room is set to now; what a host is just writing stays. */
  reflect(settings) {
    this.settings = { ...this.settings, ...asSwitched(settings) };
    for (const [name, value] of Object.entries(this.settings)) {
      const control = this.panel?.querySelector(`[data-key][name="${CSS.escape(name)}"]`);
      if (!control) continue;
      const told = name === "locked" ? String(Number(Boolean(value))) : String(value ?? "");
      const isWriting = control === document.activeElement && ![told, control.dataset.told].includes(control.value);
      if (isWriting) continue;
      control.value = told;
      control.dataset.told = told;
    }
  }
}
