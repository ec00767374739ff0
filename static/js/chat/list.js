/** The list of messages: at most a few hundred nodes, never moving by itself while somebody reads further up. */
import { words } from "../lib/page.js";

const MOST = 300;
const STEP = 100;
const NEAR = 96; // pixels from the end that still count as the end

export class MessageList {
  /** parts: {list, log, empty, later, fresh} nodes; view: MessageView; store: MessageStore. */
  constructor({ parts, view, store }) {
    Object.assign(this, { ...parts, view, store, nodes: new Map(), tail: [], unread: 0, follows: true });
    this.later.addEventListener("click", () => this.toEnd());
    this.fresh.addEventListener("click", () => this.toEnd());
    for (const box of [this.log, window]) box.addEventListener("scroll", () => this.scrolled(), { passive: true });
    new ResizeObserver(() => this.follows && this.scrollToEnd()).observe(this.log);
  }

  /** The log itself scrolls on tall screens, the page on short ones. */
  get box() {
    const own = getComputedStyle(this.log).overflowY;
    return own === "auto" || own === "scroll" ? this.log : document.scrollingElement;
  }

  isAtEnd() {
    const { scrollTop, scrollHeight, clientHeight } = this.box;
    return this.shownTo() && scrollHeight - scrollTop - clientHeight < NEAR;
  }

  scrolled() {
    this.follows = this.isAtEnd();
    if (this.follows) this.seenAll();
  }

  shownTo() {
    return this.later.hidden;
  }

  /** Draws the newest messages from the store. */
  drawAll() {
    const shown = this.store.order.slice(-MOST);
    this.nodes = new Map(shown.map((message) => [message.id, this.nodes.get(message.id) ?? this.view.make(message)]));
    for (const message of shown) this.view.fill(this.nodes.get(message.id), message);
    this.list.replaceChildren(...this.nodes.values(), ...this.tail);
    this.later.hidden = true;
    this.afterChange();
  }

  /** Takes over a node the server drew. */
  adopt(message, node) {
    this.nodes.set(message.id, node);
    this.view.fill(node, message);
  }

  /** Shows what an event changed; `isOwn` words always come into view. */
  show({ id, change }, isOwn) {
    const follows = this.isAtEnd();
    const message = this.store.get(id);
    if (change === "changed") return this.nodes.has(id) && this.view.fill(this.nodes.get(id), message);
    if (!this.shownTo()) return this.count(isOwn);
    const node = this.nodes.get(id) ?? this.view.make(message);
    this.view.fill(node, message);
    this.nodes.set(id, node);
    this.place(node, id);
    this.trimTop(follows || isOwn);
    this.afterChange();
    if (follows || isOwn) this.scrollToEnd();
    else this.count(false);
    return undefined;
  }

  /** Puts a node where its seq belongs, before what is still on its way. */
  place(node, id) {
    const next = this.store.order.slice(this.store.indexOf(id) + 1).find((message) => this.nodes.has(message.id));
    const before = next ? this.nodes.get(next.id) : this.tail[0] ?? null;
    this.list.insertBefore(node, before);
  }

  /** Something of one's own that has no seq yet (on its way, or held) stays at the end. */
  addTail(node) {
    const follows = this.isAtEnd();
    this.tail.push(node);
    this.list.append(node);
    this.afterChange();
    if (follows) this.scrollToEnd();
  }

  dropTail(node) {
    this.tail = this.tail.filter((other) => other !== node);
    node.remove();
    this.afterChange();
  }

  trimTop(mayTrim) {
    while (mayTrim && this.nodes.size > MOST) this.forget(this.list.querySelector("[data-message]"));
  }

  forget(node) {
    this.nodes.delete(node.dataset.message);
    node.remove();
  }

  /** Older words came in: they are put on top and the eye stays where it was. */
  drawOlder() {
    const first = this.list.querySelector("[data-message]")?.dataset.message;
    const until = first ? this.store.indexOf(first) : this.store.order.length;
    const older = this.store.order.slice(Math.max(0, until - STEP), until);
    const height = this.box.scrollHeight;
    this.log.setAttribute("aria-busy", "true");
    const made = older.map((message) => this.view.make(message));
    older.forEach((message, place) => this.nodes.set(message.id, made[place]));
    this.list.prepend(...made);
    this.box.scrollTop += this.box.scrollHeight - height;
    const known = [...this.list.querySelectorAll("[data-seq]:not([data-seq=''])")];
    for (const node of known.slice(MOST)) this.forget(node);
    this.later.hidden = known.length <= MOST && this.shownTo();
    this.log.removeAttribute("aria-busy");
    this.afterChange();
    return older.length;
  }

  count(isOwn) {
    if (isOwn) return this.toEnd();
    this.unread += 1;
    this.fresh.textContent = this.unread === 1 ? words("new_one", "1") : words("new_many", "", { count: this.unread });
    this.fresh.hidden = false;
    return undefined;
  }

  seenAll() {
    this.unread = 0;
    this.fresh.hidden = true;
  }

  toEnd() {
    if (!this.shownTo()) this.drawAll();
    this.scrollToEnd();
  }

  scrollToEnd() {
    this.follows = true;
    this.box.scrollTop = this.box.scrollHeight;
    this.seenAll();
  }

  afterChange() {
    this.empty.hidden = this.list.children.length > 0;
  }
}
