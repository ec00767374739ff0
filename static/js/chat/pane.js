/** A window of at most 150 nodes on a store of however many messages; what the eye is on stays where it is. */

export const MOST = 150;
const STEP = 50;
const BREATH = 8; // pixels left above what one was taken to

export class Pane {
  /** `list`, `log`, `empty`, `later` are nodes; `view` makes and fills one message; `store` knows all of them. */
  constructor(parts) {
    Object.assign(this, parts, { nodes: new Map(), tail: [], wasAt: 0 });
  }

  /** The log itself scrolls on tall screens, the page on short ones. */
  get box() {
    this.known ??= /auto|scroll/.test(getComputedStyle(this.log).overflowY) ? this.log : document.scrollingElement;
    return this.known;
  }

  /** The window was turned or the text made larger: what scrolls may be another box now. */
  resized() {
    this.known = null;
  }

  get drawn() {
    return [...this.nodes.keys()].map((id) => this.store.indexOf(id)).filter((place) => place >= 0);
  }

  /** Where the window begins and ends in the store. */
  get edges() {
    const places = this.drawn;
    return places.length ? [Math.min(...places), Math.max(...places) + 1] : [this.store.order.length, this.store.order.length];
  }

  /** Draws this stretch of the store and nothing else; nodes that stay are kept, so that focus stays. */
  draw(from, to) {
    const shown = this.store.order.slice(Math.max(0, from), to);
    const kept = new Map(shown.map((message) => [message.id, this.nodes.get(message.id)]));
    const hadFocus = this.list.contains(document.activeElement);
    for (const [id, node] of this.nodes) if (!kept.has(id)) this.forget(node);
    let next = this.tail[0] ?? null;
    for (const message of [...shown].reverse()) {
      const node = kept.get(message.id) ?? this.view.make(message);
      kept.set(message.id, node);
      if (!node.isConnected) this.list.insertBefore(node, next);
      next = node;
    }
    this.nodes = kept;
    this.later.hidden = to >= this.store.order.length;
    this.empty.hidden = this.list.children.length > 0;
    if (hadFocus && !this.list.contains(document.activeElement)) this.log.focus({ preventScroll: true });
  }

  /** A node leaves with what hangs on it, such as its menu. */
  forget(node) {
    while (node.nextElementSibling && !node.nextElementSibling.matches(".msg, [data-message]")) node.nextElementSibling.remove();
    node.remove();
  }

  /** Changes the window and keeps what the eye is on where it is. */
  still(change) {
    const edge = this.log.getBoundingClientRect().top;
    const seen = [...this.nodes.values()].find((node) => node.getBoundingClientRect().bottom > edge);
    const was = seen?.getBoundingClientRect().top;
    this.log.setAttribute("aria-busy", "true");
    change();
    if (seen?.isConnected) this.box.scrollTop += seen.getBoundingClientRect().top - was;
    this.wasAt = this.box.scrollTop;
    this.log.removeAttribute("aria-busy");
  }

  drawAll() {
    for (const [id, node] of this.nodes) if (this.store.get(id)) this.view.fill(node, this.store.get(id));
    this.draw(this.store.order.length - MOST, this.store.order.length);
  }

  drawOlder() {
    const from = Math.max(0, this.edges[0] - STEP);
    this.still(() => this.draw(from, from + MOST));
  }

  drawLater() {
    const to = Math.min(this.store.order.length, this.edges[1] + STEP);
    this.still(() => this.draw(to - MOST, to));
  }

  /** Shows a message that may be far from what is drawn; the person asked for it. */
  goTo(id) {
    const place = this.store.indexOf(id);
    if (place < 0) return;
    this.draw(place - STEP, place - STEP + MOST);
    // Only our own box scrolls: scrollIntoView would move everything round it too.
    const edge = this.box === this.log ? this.log.getBoundingClientRect().top : 0;
    this.box.scrollTop += this.nodes.get(id).getBoundingClientRect().top - edge - BREATH;
    this.wasAt = this.box.scrollTop;
    this.follows = false;
  }

  /** Takes over a node the server drew. */
  adopt(message, node) {
    this.nodes.set(message.id, node);
    this.view.fill(node, message);
  }
}
