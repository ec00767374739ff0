/** The list of messages: follows who reads the end, counts for who reads further up, and never moves by itself. */
import { words } from "../lib/page.js";
import { MOST, Pane } from "./pane.js";

const NEAR = 96; // pixels from the end that still count as the end
const AHEAD = 600; // pixels before an edge at which the next stretch is drawn

export class MessageList extends Pane {
  /** parts: {list, log, empty, later, fresh} nodes; view: MessageView; store: MessageStore; `more` draws older words. */
  constructor({ parts, view, store, more = () => this.drawOlder() }) {
    super({ ...parts, view, store });
    Object.assign(this, { more, due: new Set(), unread: 0, follows: true, frame: 0, isOwnDue: false });
    this.later.addEventListener("click", () => this.drawLater());
    this.fresh.addEventListener("click", () => this.toEnd());
    for (const box of [this.log, window]) box.addEventListener("scroll", () => this.scrolled(), { passive: true });
    new ResizeObserver(() => this.resized()).observe(this.log);
  }

  /** Somebody looks at one place: nothing is scrolled from under their eyes until they come to the end again. */
  stay() {
    this.follows = false;
  }

  isAtEnd() {
    const { scrollTop, scrollHeight, clientHeight } = this.box;
    return this.shownTo() && scrollHeight - scrollTop - clientHeight < NEAR;
  }

  shownTo() {
    return this.later.hidden;
  }

  resized() {
    super.resized();
    if (this.follows) this.scrollToEnd();
  }

  scrolled() {
    this.follows = this.isAtEnd();
    if (this.follows) this.seenAll();
    const { scrollTop, scrollHeight, clientHeight } = this.box;
    const isUpwards = scrollTop < this.wasAt;
    this.wasAt = scrollTop;
    if (isUpwards && scrollTop < AHEAD) this.more();
    else if (!isUpwards && !this.shownTo() && scrollHeight - scrollTop - clientHeight < AHEAD) this.drawLater();
  }

  /** Shows what an event changed, with all else that comes in the same frame; `isOwn` words always come into view. */
  show({ id, change }, isOwn) {
    if (change === "changed") return this.nodes.has(id) && this.view.fill(this.nodes.get(id), this.store.get(id));
    if (change === "moved" && this.nodes.has(id)) this.forget(this.nodes.get(id));
    if (change === "moved") this.nodes.delete(id);
    this.due.add(id);
    this.isOwnDue ||= isOwn;
    if (isOwn) return this.flush();
    this.frame ||= document.hidden ? setTimeout(() => this.flush(), 200) : requestAnimationFrame(() => this.flush());
    return undefined;
  }

  flush() {
    const [isOwn, count] = [this.isOwnDue, this.due.size];
    this.due.clear();
    Object.assign(this, { frame: 0, isOwnDue: false });
    if (this.follows || isOwn) return this.toEnd();
    const [from, to] = this.edges;
    if (this.shownTo()) this.still(() => this.draw(from, Math.max(to, from + MOST)));
    return this.count(count);
  }

  /** Something of one's own that has no seq yet (on its way, or held) stays at the end. */
  addTail(node) {
    const { follows } = this;
    this.tail.push(node);
    this.list.append(node);
    this.empty.hidden = true;
    if (follows) this.scrollToEnd();
  }

  dropTail(node) {
    this.tail = this.tail.filter((other) => other !== node);
    node.remove();
    this.empty.hidden = this.list.children.length > 0;
  }

  count(number) {
    this.unread += number;
    this.fresh.textContent = this.unread === 1 ? words("new_one", "1") : words("new_many", "", { count: this.unread });
    this.fresh.hidden = this.unread === 0;
  }

  seenAll() {
    this.unread = 0;
    this.fresh.hidden = true;
  }

  toEnd() {
    this.draw(this.store.order.length - MOST, this.store.order.length);
    this.scrollToEnd();
  }

  scrollToEnd() {
    this.follows = true;
    this.box.scrollTop = this.box.scrollHeight;
    this.wasAt = this.box.scrollTop;
    this.seenAll();
  }
}
