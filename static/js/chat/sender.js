/** Sends what is in the outbox, one at a time and in order, until the server has it or says no. */
import { Teller } from "../lib/teller.js";
import { backoff } from "./order.js";
import { newClientId } from "./outbox.js";
import { Unreached } from "./wire.js";

/** Codes after which sending the same again is right. */
export const PATIENT = new Set(["server_error", "conflict"]);

const OLD_MS = 10000;

/** Tells: pending (item, "pending" or "unsent"), sent (item, acknowledgement), refused (item, error). */
export class Sender extends Teller {
  /** `transmit(fields)` resolves to an acknowledgement, or throws Refusal or Unreached. */
  constructor(outbox, transmit) {
    super();
    Object.assign(this, { outbox, transmit, tries: 0, isBusy: false, isStopped: false });
  }

  /** Queues words; they are kept on the device until the server has them. */
  async send(fields) {
    const given = Object.entries(fields).filter(([, value]) => value !== null && value !== undefined && value !== "");
    const item = { client_id: newClientId(), at: Date.now(), fields: Object.fromEntries(given) };
    this.tell("pending", item, "pending");
    await this.outbox.put(item);
    this.flush();
    return item.client_id;
  }

  /** Shows what an earlier visit left and sends it. */
  resume() {
    for (const item of this.outbox.items) this.tell("pending", item, "unsent");
    this.flush();
  }

  async flush() {
    if (this.isBusy || this.isStopped) return;
    this.isBusy = true;
    try {
      for (let item = this.outbox.first(); item && !this.isStopped; item = this.outbox.first()) {
        if (!(await this.dispatch(item))) break;
      }
    } finally {
      this.isBusy = false;
    }
  }

  /** True when the next one may go. */
  async dispatch(item) {
    try {
      const ack = await this.transmit({ ...item.fields, client_id: item.client_id });
      this.tries = 0;
      await this.outbox.remove(item.client_id);
      this.tell("sent", item, ack);
      return true;
    } catch (error) {
      if (error.code === "ended_session") return false;
      if (error instanceof Unreached || PATIENT.has(error.code)) {
        this.tell("pending", item, "unsent");
        this.later("flush", backoff(this.tries += 1), () => this.flush());
        return false;
      }
      if (this.isOnlyTooSoon(item, error)) {
        this.tell("pending", item, "unsent");
        this.later("flush", error.retryAfter * 1000 + Math.random() * 1000, () => this.flush());
        return false;
      }
      await this.outbox.remove(item.client_id);
      this.tell("refused", item, error);
      return true;
    }
  }

  /** Words that queued while the line was away may be too many at once: they wait their turn, none is given back for it. */
  isOnlyTooSoon(item, { code, retryAfter }) {
    if (!retryAfter || !["rate_limited", "slow_mode"].includes(code)) return false;
    return code === "rate_limited" || this.outbox.items.length > 1 || Date.now() - item.at > OLD_MS;
  }

  stop() {
    this.isStopped = true;
    this.cancelAll();
  }
}
