/** Whose turn it is, who waits in which place, and the buttons for it; spoken politely when it changes. */
import { words } from "../lib/page.js";
import { dayTime, sayLeft, staysTrue } from "./clock.js";

const NOBODY = { holder: null, queue: [], listening: [], ends_at: null };

export class Turns {
  /** `nameOf(id)` is a handle, or nothing where nobody here knows it. */
  constructor({ root, clock, client, nameOf, say }) {
    Object.assign(this, { root, clock, client, nameOf, say, you: root.dataset.you, turn: NOBODY, names: new Map() });
    this.box = root.querySelector("[data-turns]");
    this.isMeeting = root.dataset.kind === "meeting";
    this.isQuiet = false;
    this.box?.addEventListener("submit", (event) => this.submitted(event));
  }

  find(name) {
    return this.box.querySelector(`[data-turn-${name}]`);
  }

  async submitted(event) {
    if (!event.target.matches("[data-turn-form]") || !this.client.socket?.isUp) return;
    event.preventDefault();
    const fields = { do: event.submitter.value };
    const person = new FormData(event.target).get("person");
    if (person) fields.person = person;
    try {
      const { turn } = await this.client.ask("turn:set", fields, true);
      this.take(turn);
    } catch (error) {
      this.say(error.code ? error.message : words("offline_act", ""));
    }
  }

  /** Takes a turn as the room or its log tells it; `people` names whom it speaks of. */
  take(turn) {
    if (!this.box || !turn) return;
    for (const { id, handle } of turn.people ?? []) this.names.set(id, handle);
    this.turn = { ...NOBODY, ...turn };
    this.show();
  }

  setQuiet(isQuiet) {
    this.isQuiet = isQuiet;
    this.show();
  }

  /** Who came without script is not among the people here: the room is asked once who that is. */
  who(id) {
    const name = this.nameOf(id) || this.names.get(id);
    if (!name && !this.names.has(id)) {
      this.names.set(id, "");
      this.client.catchUp();
    }
    return name || words("turn_someone", "");
  }

  get standing() {
    const { holder, queue, listening } = this.turn;
    if (holder === this.you) return "yours";
    if (queue.includes(this.you)) return "waiting";
    return listening.includes(this.you) ? "listening" : "free";
  }

  sentence() {
    const { holder, queue } = this.turn;
    const { standing } = this;
    if (standing === "yours") return words(this.isOver ? "turn_yours_over" : "turn_yours", "");
    const place = standing === "waiting" ? words("turn_place", "", { n: queue.indexOf(this.you) + 1 }) : "";
    if (holder) return `${words("turn_theirs", "", { who: this.who(holder) })} ${place}`.trim();
    if (place) return place;
    if (standing === "listening") return words("turn_listening", "");
    return this.isQuiet ? words("turn_quiet", "") : "";
  }

  show() {
    if (!this.box) return;
    const { holder, queue } = this.turn;
    this.box.hidden = !this.isMeeting && !this.isQuiet && !holder && queue.length === 0;
    this.find("hands").hidden = queue.length === 0;
    this.find("names").textContent = queue.map((id, place) => `${place + 1} ${this.who(id)}`).join(", ");
    for (const button of this.box.querySelectorAll("[data-turn-if]")) {
      button.hidden = !button.dataset.turnIf.split(" ").includes(this.standing);
    }
    this.showHost(holder, queue);
    this.draw();
  }

  showHost(holder, queue) {
    if (!this.find("next")) return;
    for (const field of this.box.querySelectorAll("[data-turn-next]")) field.value = queue[0] ?? "";
    this.find("next-name").textContent = queue.length ? this.who(queue[0]) : "";
    for (const button of this.box.querySelectorAll("[data-turn-give]")) button.hidden = queue.length === 0;
    this.find("take").hidden = !holder || holder === this.you;
  }

  /** Draws the time of the turn, with a sign and no alarm; how many milliseconds that stays true. */
  draw() {
    if (!this.box) return Infinity;
    const { holder, ends_at: ends } = this.turn;
    const left = holder ? this.clock.until(ends) : null;
    this.isOver = left !== null && left <= 0;
    const now = this.sentence();
    if (this.find("now").textContent !== now) this.find("now").textContent = now;
    const time = left === null ? "" : dayTime(ends, this.root.dataset.zone, this.clock.now());
    const said = left === null || this.isPaused ? "" : sayLeft(left, time, "turn_over");
    const node = this.find("clock");
    if (node.textContent !== said) node.textContent = said;
    node.dataset.ends = ends ?? "";
    return staysTrue(left);
  }
}
