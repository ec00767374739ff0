/** A thing that tells others what happened, and that can do something later by name. */

export class Teller {
  constructor() {
    this.listeners = new Map();
    this.timers = new Map();
  }

  /** Calls `listener` at every `name`. */
  on(name, listener) {
    this.listeners.set(name, [...(this.listeners.get(name) ?? []), listener]);
    return this;
  }

  tell(name, ...facts) {
    for (const listener of this.listeners.get(name) ?? []) listener(...facts);
  }

  /** Does `act` after `delay` milliseconds; a second call under the same name replaces the first. */
  later(name, delay, act) {
    this.cancel(name);
    this.timers.set(name, setTimeout(() => {
      this.timers.delete(name);
      act();
    }, delay));
  }

  isDue(name) {
    return this.timers.has(name);
  }

  cancel(name) {
    clearTimeout(this.timers.get(name));
    this.timers.delete(name);
  }

  cancelAll() {
    for (const name of [...this.timers.keys()]) this.cancel(name);
  }
}
