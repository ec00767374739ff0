/** The server's time on a device whose own clock may be wrong, and how time that is left is said. */
import { pageLanguage, words } from "../lib/page.js";

const MINUTE = 60000;
const GROWS_OLD = 10 * MINUTE;

export class ServerClock {
  /** `now`: the server's time as the page was made, good enough until the first answer. */
  constructor(now) {
    const made = Date.parse(now ?? "");
    this.best = { skew: Number.isNaN(made) ? 0 : made - Date.now(), took: 10000, at: 0 };
  }

  /** The surest measure counts: the one whose answer came quickest. */
  hear({ skew, took }) {
    const at = performance.now();
    if (took <= this.best.took || at - this.best.at > GROWS_OLD) this.best = { skew, took, at };
  }

  now() {
    return Date.now() + this.best.skew;
  }

  /** Milliseconds until an instant of the wire; null where there is none. */
  until(at) {
    const end = Date.parse(at ?? "");
    return Number.isNaN(end) ? null : end - this.now();
  }
}

export function dayTime(at, zone, now = Date.now()) {
  const moment = new Date(at);
  const isToday = Math.abs(moment - now) < 12 * 3600 * 1000;
  return new Intl.DateTimeFormat(pageLanguage(), {
    ...(isToday ? {} : { weekday: "short", day: "numeric", month: "short" }),
    hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone || "UTC",
  }).format(moment);
}

/** "4 min left, until 22:25": whole minutes, so that nothing on the page ticks. */
export function sayLeft(left, time, over = "time_over") {
  if (left <= 0) return words(over, "");
  if (left < MINUTE) return words("time_last", "");
  return words("time_left", "", { minutes: Math.ceil(left / MINUTE), time });
}

/** How long what `sayLeft` says stays true. */
export function staysTrue(left) {
  if (left === null || left <= 0) return Infinity;
  return left % MINUTE || MINUTE;
}
