/** Puts a room's events in order: each once, none skipped, whatever way and in whatever order they came. */

const MOST_WAITING = 2000;

export class EventOrder {
  /** `cursor` is the seq of the last event that was delivered. */
  constructor(cursor = 0) {
    this.cursor = cursor;
    this.waiting = new Map();
  }

  /** Takes events as they come and returns those that are next, ascending; others wait for what is missing. */
  take(events) {
    for (const event of events) {
      if (Number.isInteger(event?.seq) && event.seq > this.cursor) this.waiting.set(event.seq, event);
    }
    const ready = [];
    while (this.waiting.has(this.cursor + 1)) {
      this.cursor += 1;
      ready.push(this.waiting.get(this.cursor));
      this.waiting.delete(this.cursor);
    }
    if (this.waiting.size > MOST_WAITING) this.waiting.clear();
    return ready;
  }

  /** Whether something is missing before what waits. */
  get hasGap() {
    return this.waiting.size > 0;
  }

  /** Starts again after a snapshot that holds everything up to `seq`; returns what waited just behind it. */
  jump(seq) {
    this.cursor = Math.max(this.cursor, seq);
    for (const key of [...this.waiting.keys()]) if (key <= this.cursor) this.waiting.delete(key);
    return this.take([]);
  }
}

/**
 * How long to wait before connecting again, in milliseconds. A server that starts again is met by everybody at once, so
 * even the first try is spread over four seconds; each one that fails makes the span half as long again, up to 30 seconds.
 */
export function returning(tries, { random = Math.random } = {}) {
  const span = Math.min(30000, 4000 * 1.5 ** Math.min(tries, 16));
  return Math.round(span / 16 + (random() * span * 15) / 16);
}

/** How long to wait before the next try, in milliseconds: twice as long each time, never all at the same moment. */
export function backoff(tries, { first = 500, most = 30000, random = Math.random } = {}) {
  const whole = Math.min(most, first * 2 ** Math.min(tries, 16));
  return Math.round(whole / 2 + (random() * whole) / 2);
}
