/** A meeting's step on the page: its name, its words, and until when, by the server's clock. */
import { words } from "../lib/page.js";
import { dayTime, sayLeft, staysTrue } from "./clock.js";

const ON = new Set(["open", "paused"]);

export class Stage {
  constructor({ root, clock }) {
    Object.assign(this, { root, clock });
    const find = (name) => root.querySelector(`[data-step-${name}]`);
    Object.assign(this, { name: find("name"), time: find("clock"), words: find("words") });
    this.facts = null;
  }

  /** Takes a meeting as the room or its log tells it; `words` belong to the step or to the end. */
  take(meeting) {
    if (!this.name) return;
    this.facts = meeting;
    const { state, step = 0, steps = [] } = meeting;
    const now = ON.has(state) ? steps[step] : null;
    this.name.hidden = !now;
    this.name.textContent = now ? words("step_name", "", { n: step + 1, all: steps.length, title: now.title }) : "";
    this.words.textContent = meeting.words ?? "";
    this.words.hidden = !meeting.words;
    for (const field of this.root.querySelectorAll("[data-next-step]")) field.value = step + 1;
    for (const field of this.root.querySelectorAll("[data-last-step]")) field.value = Math.max(0, step - 1);
    this.draw();
  }

  /** Draws the clock; how many milliseconds that stays true. */
  draw() {
    if (!this.facts) return Infinity;
    const { state, step_ends_at: ends } = this.facts;
    const left = this.clock.until(ends);
    const isShown = left !== null && state === "open";
    this.time.hidden = !isShown;
    if (!isShown) return Infinity;
    this.time.dataset.ends = ends;
    const said = sayLeft(left, dayTime(ends, this.root.dataset.zone, this.clock.now()));
    if (this.time.textContent !== said) this.time.textContent = said;
    return staysTrue(left);
  }
}
