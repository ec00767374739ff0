/** What the page knows of a room's messages: one record each, in order of seq, changed by the room's events. */

export class MessageStore {
  constructor() {
    this.byId = new Map();
    this.order = [];
  }

  get(id) {
    return this.byId.get(id) ?? null;
  }

  get newestSeq() {
    return this.order.at(-1)?.seq ?? 0;
  }

  get oldestSeq() {
    return this.order[0]?.seq ?? 0;
  }

  indexOf(id) {
    return this.order.findIndex((message) => message.id === id);
  }

  /** Adds or renews one message; returns "added", "changed" or "moved". */
  put(message) {
    const known = this.byId.get(message.id);
    if (known && (message.seq ?? known.seq) === known.seq) {
      Object.assign(known, message);
      return "changed";
    }
    if (known) this.order.splice(this.order.indexOf(known), 1);
    const record = { ...known, ...message };
    this.byId.set(record.id, record);
    let at = this.order.length;
    while (at > 0 && this.order[at - 1].seq > record.seq) at -= 1;
    this.order.splice(at, 0, record);
    return known ? "moved" : "added";
  }

  /** Starts anew with a snapshot. */
  reset(messages) {
    this.byId.clear();
    this.order = [];
    for (const message of messages) if (message.seq) this.put(message);
  }

  /** Applies one room event about messages; returns {id, change} or null where it is about something else. */
  apply(event) {
    const id = event.message?.id ?? event.message;
    if (event.kind === "message" || event.kind === "edited") {
      return { id, change: this.put(event.message) };
    }
    const known = this.byId.get(id);
    if (!known) return null;
    if (event.kind === "removed") {
      Object.assign(known, { state: "removed", body: "", warning: null, reactions: {} });
      return { id, change: "changed" };
    }
    if (event.kind === "reaction") {
      known.reactions = event.reactions ?? counted(known.reactions, event);
      return { id, change: "changed" };
    }
    return null;
  }
}

/** The counts after one reaction came or went. */
function counted(before, { reaction, on = true, count = null }) {
  const now = count ?? Math.max(0, (before?.[reaction] ?? 0) + (on ? 1 : -1));
  return { ...before, [reaction]: now };
}
