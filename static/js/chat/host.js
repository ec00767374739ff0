/** The host's tools: the page's own forms, sent as events; what touches a person can be undone for ten seconds. */
import { words } from "../lib/page.js";

const UNDO_MS = 10000;
const NUMBERS = new Set(["slow_seconds", "minutes", "step", "turn_seconds"]);

/** The fields of a form as an event wants them. */
function fieldsOf(form, submitter) {
  const given = [...new FormData(form, submitter)].filter(([name]) => name !== "csrf_token");
  return Object.fromEntries(given.map(([name, value]) => {
    if (NUMBERS.has(name)) return [name, Number(value)];
    return [name, name === "locked" ? value === "1" : value];
  }));
}

export class HostPanel {
  constructor({ root, client, can, store, say }) {
    Object.assign(this, { root, client, store, say, isHost: can.has("host") });
    this.panel = root.querySelector("[data-host-panel]");
    root.addEventListener("submit", (event) => this.submitted(event));
    this.panel?.querySelectorAll("select").forEach((choice) => {
      choice.addEventListener("change", () => this.run("host:set", fieldsOf(choice.form)));
    });
  }

  async submitted(event) {
    const name = event.target.dataset.hostForm;
    if (!name || !this.client.socket?.isUp) return;
    event.preventDefault();
    const fields = fieldsOf(event.target, event.submitter);
    if (fields.to === "extend") fields.minutes = 5;
    const ack = await this.run(name, fields);
    if (!ack) return;
    if (name === "host:backup") this.answer(words("backup", ""));
    if (fields.person) this.offerUndo(name, fields, ack.undo);
  }

  answer(sentence) {
    const line = this.panel?.querySelector("[data-host-answer]");
    if (line && this.panel.open) line.textContent = sentence;
    else this.say(sentence);
  }

  async run(event, fields) {
    try {
      const ack = await this.client.ask(event, fields, event !== "host:undo");
      this.answer(words("done", ""));
      return ack;
    } catch (error) {
      this.say(error.code ? error.message : words("offline_act", ""));
      return null;
    }
  }

  offerUndo(name, { person, minutes }, undo) {
    const who = this.store.order.find((message) => message.author?.id === person)?.author.handle ?? "";
    this.say(words(name === "host:mute" ? "paused_person" : "removed_person", "", { who, minutes }));
    if (!undo) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "linklike";
    button.textContent = words("undo", "Undo");
    this.root.querySelector("[data-line]").append(" ", button);
    const timer = setTimeout(() => button.remove(), UNDO_MS);
    button.addEventListener("click", async () => {
      clearTimeout(timer);
      button.remove();
      if (await this.run("host:undo", { undo })) this.say(words("done", ""));
    });
  }

  /** Shows on the switches what the room is set to now. */
  reflect(settings) {
    for (const [name, value] of Object.entries(settings)) {
      const control = this.panel?.querySelector(`[name="${CSS.escape(name)}"]`);
      if (!control || control === document.activeElement) continue;
      control.value = name === "locked" ? (value ? "1" : "0") : String(value ?? "");
    }
  }
}
