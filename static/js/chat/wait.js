/** How long until one may write again, in seconds: shown, not spoken, for a screen reader has heard it once. */
import { words } from "../lib/page.js";

export class Wait {
  /** `done` is called when the time is over. */
  constructor(node, done) {
    Object.assign(this, { node, done, until: 0, timer: null });
  }

  start(seconds) {
    if (!seconds || !this.node) return;
    this.until = Math.max(this.until, Date.now() + seconds * 1000);
    clearInterval(this.timer);
    this.timer = setInterval(() => this.draw(), 1000);
    this.draw();
  }

  draw() {
    const left = Math.ceil((this.until - Date.now()) / 1000);
    this.node.hidden = left <= 0;
    this.node.textContent = left > 0 ? words("wait_left", `${left} s`, { seconds: left }) : "";
    if (left > 0) return;
    clearInterval(this.timer);
    this.done();
  }
}
