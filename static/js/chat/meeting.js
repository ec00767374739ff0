/** The room's own state on the page: the meeting's clock, slow mode, lock, topic and what is pinned. */
import { pageLanguage, words } from "../lib/page.js";

const TICK_MS = 15000;
const RUNNING = new Set(["open", "step", "extend"]);
const WAITING = new Set(["planned", "lobby", "paused", "cancelled"]);

function dayTime(at, zone) {
  const moment = new Date(at);
  const isToday = Math.abs(moment - Date.now()) < 12 * 3600 * 1000;
  return new Intl.DateTimeFormat(pageLanguage(), {
    ...(isToday ? {} : { weekday: "short", day: "numeric", month: "short" }),
    hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone || "UTC",
  }).format(moment);
}

export class RoomState {
  /** `root` is the room's element; `composer` is shut while nobody may write. */
  constructor({ root, store, composer, isHost }) {
    Object.assign(this, { root, store, composer, isHost });
    this.line = root.querySelector("[data-meeting-line]");
    this.topic = root.querySelector("[data-topic-line]");
    this.pin = root.querySelector("[data-pin]");
    this.facts = {
      meeting: root.dataset.meeting || null, ends: root.dataset.ends || null, starts: root.dataset.starts || null,
      slow: 0, locked: false,
    };
    if (this.pin.dataset.pin) this.setPin(this.pin.dataset.pin);
    setInterval(() => this.draw(), TICK_MS);
    this.draw();
  }

  /** Takes a room event of kind settings, pinned or meeting; false where it is another. */
  take(event) {
    const settings = event.settings ?? event;
    if (event.kind === "meeting") {
      Object.assign(this.facts, { meeting: event.state, ends: event.ends_at ?? this.facts.ends });
    } else if (event.kind === "settings") this.set(settings);
    else if (event.kind === "pinned") this.setPin(event.pinned ?? event.message);
    else return false;
    this.draw();
    return true;
  }

  set({ slow_seconds: slow, locked, topic, pinned }) {
    if (slow !== undefined) this.facts.slow = slow ?? 0;
    if (locked !== undefined) this.facts.locked = Boolean(locked);
    if (topic !== undefined) {
      this.topic.querySelector("span").textContent = topic ?? "";
      this.topic.hidden = !topic;
    }
    if (pinned !== undefined) this.setPin(pinned);
    this.draw();
  }

  /** Takes the room as a join gives it. */
  settle(room) {
    const { settings, meeting } = room ?? {};
    if (meeting) Object.assign(this.facts, { meeting: meeting.state, ends: meeting.ends_at, starts: meeting.starts_at });
    if (settings) this.set(settings);
  }

  setPin(pinned) {
    const id = pinned?.id ?? pinned;
    const message = this.store.get(id) ?? (pinned?.body ? pinned : null);
    if (id && !message) return;
    const isShown = Boolean(message?.body) && message.state !== "removed";
    this.pin.hidden = !isShown;
    if (!isShown) return;
    const link = this.pin.querySelector("a");
    link.href = `#m-${id}`;
    link.textContent = `${message.author?.handle ?? ""}: ${message.body.slice(0, 120)}`;
  }

  minutesLeft() {
    const end = new Date(this.facts.ends ?? "").getTime();
    return Number.isNaN(end) ? null : Math.ceil((end - Date.now()) / 60000);
  }

  clock(left) {
    if (left === null || left > 120) return words("state_step", "");
    return left > 0 ? words("state_open", "", { minutes: left }) : words("state_over", "");
  }

  sentence(meeting) {
    const { starts } = this.facts;
    return words(`state_${meeting}`, "", { time: starts ? dayTime(starts, this.root.dataset.zone) : "" });
  }

  draw() {
    const { meeting, slow, locked } = this.facts;
    const parts = [];
    if (RUNNING.has(meeting)) parts.push(this.clock(this.minutesLeft()));
    else if (meeting) parts.push(this.sentence(meeting));
    if (slow) parts.push(words("slow_on", "", { seconds: slow }));
    if (locked) parts.push(words("locked_short", ""));
    this.line.textContent = parts.join(" ");
    for (const tool of this.root.querySelectorAll("[data-when]")) {
      tool.hidden = !tool.dataset.when.split(" ").includes(meeting);
    }
    this.shut(meeting, locked);
  }

  shut(meeting, locked) {
    const isWaiting = WAITING.has(meeting) || locked;
    const isShut = meeting === "closed" || (isWaiting && !this.isHost);
    const reason = locked && meeting !== "closed" ? "locked" : `shut_${meeting}`;
    if (isShut) this.composer.shut(words(reason, "") || this.sentence(meeting), { isCalm: true });
    else if (this.wasShut) this.composer.open();
    this.wasShut = isShut;
  }
}
