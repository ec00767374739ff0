/** One calm sentence about the link, and short answers to what somebody just did. */
import { words } from "../lib/page.js";

const PATIENCE_MS = 400;
const SLOW_MS = 10000;
const KEEP_MS = 12000;

export class StatusLine {
  constructor(node) {
    Object.assign(this, { node, state: "", timer: null, slow: null, isSaying: false });
  }

  /** Says something for a while. */
  say(sentence) {
    clearTimeout(this.timer);
    this.node.textContent = sentence;
    this.isSaying = true;
    this.timer = setTimeout(() => {
      this.isSaying = false;
      this.link(this.state);
    }, KEEP_MS);
  }

  /** The state of the link: nothing is said while all is well, and an answer just given stays. */
  link(state) {
    this.state = state;
    clearTimeout(this.slow);
    if (this.isSaying && state === "live") return;
    this.isSaying = false;
    clearTimeout(this.timer);
    const sentences = { live: "", polling: words("polling", ""), offline: words("lost", "") };
    if (state in sentences) {
      this.node.textContent = sentences[state];
      return;
    }
    if (state !== "connecting") return;
    this.timer = setTimeout(() => { this.node.textContent = words("opening", ""); }, PATIENCE_MS);
    this.slow = setTimeout(() => { this.node.textContent = words("slow", ""); }, SLOW_MS);
  }
}
