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

  /** Its place in the order, found by halving: a long room costs no more than a short one. */
  indexOf(id) {
    const known = this.byId.get(id);
    const place = known ? this.placeOf(known.seq) : -1;
    return this.order[place] === known ? place : -1;
  }

  /** Where a seq stands, or would stand. */
  placeOf(seq) {
    let [low, high] = [0, this.order.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.order[middle].seq < seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Adds or renews one message; returns "added", "changed" or "moved". */
  put(message) {
    const known = this.byId.get(message.id);
    if (known && (message.seq ?? known.seq) === known.seq) {
      Object.assign(known, message);
      return "changed";
    }
    if (known) this.order.splice(this.indexOf(known.id), 1);
    const record = { ...known, ...message };
    this.byId.set(record.id, record);
    if (record.seq > this.newestSeq) this.order.push(record);
    else this.order.splice(this.placeOf(record.seq), 0, record);
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
