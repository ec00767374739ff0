/** The host's tools: each switch is one event; what touches a person can be undone for ten seconds. */
import { words } from "../lib/page.js";

const UNDO_MS = 10000;

export class HostPanel {
  constructor({ root, client, can, say }) {
    Object.assign(this, { root, client, say, isHost: can.has("host") });
    this.panel = root.querySelector("[data-host-panel]");
    this.answer = root.querySelector("[data-host-answer]");
    this.panel.hidden = !this.isHost;
    if (this.isHost) this.watch();
  }

  watch() {
    for (const button of this.panel.querySelectorAll("[data-move]")) {
      button.addEventListener("click", () => this.move(button.dataset.move));
    }
    for (const control of this.panel.querySelectorAll("[data-set]")) {
      control.addEventListener("change", () => this.set(control));
    }
    this.panel.querySelector("[data-topic]").addEventListener("submit", (event) => {
      event.preventDefault();
      this.run("host:set", { topic: event.target.querySelector("input").value.trim() });
    });
    this.panel.querySelector("[data-backup]").addEventListener("click", () => {
      this.run("host:backup", {}, words("backup", ""));
    });
  }

  move(to) {
    return this.run("meeting:move", to === "extend" ? { to, minutes: 5 } : { to });
  }

  set(control) {
    const name = control.dataset.set;
    const value = control.type === "checkbox" ? control.checked : name === "slow_seconds" ? Number(control.value) : control.value;
    return this.run("host:set", { [name]: value });
  }

  async run(event, fields, done = words("done", "")) {
    try {
      const ack = await this.client.ask(event, fields, true);
      this.answer.textContent = done;
      return ack;
    } catch (error) {
      const sentence = error.code ? error.message : words("offline_act", "");
      this.answer.textContent = sentence;
      this.say(sentence);
      return null;
    }
  }

  /** A tool used from a message's menu. */
  async about(message, tool, minutes) {
    if (!message) return;
    if (tool === "pin") {
      await this.run("host:set", { pinned: message.id });
      return;
    }
    const isMute = tool === "mute";
    const fields = { person: message.author.id, reason: "host", ...(isMute ? { minutes } : {}) };
    const ack = await this.run(isMute ? "host:mute" : "host:remove", fields);
    if (!ack) return;
    const sentence = words(isMute ? "paused_person" : "removed_person", "", { who: message.author.handle, minutes });
    this.offerUndo(sentence, ack.undo);
  }

  offerUndo(sentence, undo) {
    this.say(sentence);
    if (!undo) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "linklike";
    button.textContent = words("undo", "Undo");
    const line = this.root.querySelector("[data-line]");
    line.append(" ", button);
    const timer = setTimeout(() => button.remove(), UNDO_MS);
    button.addEventListener("click", async () => {
      clearTimeout(timer);
      button.remove();
      if (await this.run("host:undo", { undo })) this.say(words("done", ""));
    });
  }

  /** Shows on the switches what the room is set to now. */
  reflect(settings) {
    for (const control of this.panel.querySelectorAll("[data-set]")) {
      const value = settings[control.dataset.set];
      if (value === undefined) continue;
      if (control.type === "checkbox") control.checked = Boolean(value);
      else control.value = String(value);
    }
  }
}
