/** The room's own state on the page: the meeting's clock, slow mode, lock, topic and what is pinned. */
import { words } from "../lib/page.js";
import { ServerClock, dayTime } from "./clock.js";
import { Stage } from "./stage.js";
import { Turns } from "./turns.js";

const TICK_MS = 15000;
const RUNNING = new Set(["open", "step", "extend"]);
const WAITING = new Set(["planned", "lobby", "paused", "cancelled"]);
const OVER = new Set(["closed", "debriefed"]);

export class RoomState {
  /** `root` is the room's element; `composer` is shut while nobody may write; `host` has the host's switches. */
  constructor({ root, store, composer, host, client, nameOf, say }) {
    Object.assign(this, { root, store, composer, host, isHost: host.isHost });
    this.clock = new ServerClock(root.querySelector("[data-stage]")?.dataset.now);
    this.stage = new Stage({ root, clock: this.clock });
    this.turns = new Turns({ root, clock: this.clock, client, nameOf, say });
    this.line = root.querySelector("[data-meeting-line]");
    this.topic = root.querySelector("[data-topic-line]");
    this.pin = root.querySelector("[data-pin]");
    this.facts = {
      meeting: root.dataset.meeting || null, ends: root.dataset.ends || null, starts: root.dataset.starts || null,
      slow: 0, locked: false, quiet: false, isReadFirst: false, few: 0,
    };
    if (this.pin.dataset.pin) this.setPin(this.pin.dataset.pin);
    this.draw();
  }

  /** Takes a room event of kind settings, pinned, meeting or turn; false where it is another. */
  take(event) {
    if (event.kind === "meeting") this.move(event);
    else if (event.kind === "settings") this.set(event.settings ?? event);
    else if (event.kind === "pinned") this.setPin(event.pinned ?? event.message);
    else if (event.kind === "turn") this.turns.take(event.turn);
    else return false;
    this.draw();
    return true;
  }

  move(meeting) {
    const { state, ends_at: ends, starts_at: starts } = meeting;
    Object.assign(this.facts, { meeting: state, ends: ends ?? this.facts.ends, starts: starts ?? this.facts.starts });
    this.root.dataset.meeting = state;
    this.turns.isPaused = state === "paused";
    this.stage.take(meeting);
  }

  set(settings) {
    const { slow_seconds: slow, locked, hold, topic, pinned, cross_talk: talk } = settings;
    if (hold !== undefined) this.facts.isReadFirst = hold === "all";
    if (settings.most_writers !== undefined) this.facts.few = settings.most_writers;
    if (slow !== undefined) this.facts.slow = slow ?? 0;
    if (locked !== undefined) this.facts.locked = Boolean(locked);
    if (talk !== undefined) this.facts.quiet = !talk;
    if (topic !== undefined) {
      this.topic.querySelector("span").textContent = topic ?? "";
      this.topic.hidden = !topic;
    }
    if (pinned !== undefined) this.setPin(pinned);
    this.turns.setQuiet(this.facts.quiet);
    this.host.reflect(settings);
    this.draw();
  }

  /** Takes the room as a join gives it. */
  settle(room) {
    const { settings, meeting, turn } = room ?? {};
    if (meeting) this.move(meeting);
    if (settings) this.set(settings);
    this.turns.take(turn);
    this.draw();
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

  minutes(at) {
    const left = this.clock.until(at);
    return left === null ? null : Math.ceil(left / 60000);
  }

  ending() {
    const left = this.minutes(this.facts.ends);
    if (left === null || left > 120) return words("state_step", "");
    return left > 0 ? words("state_open", "", { minutes: left }) : words("state_over", "");
  }

  sentence(meeting) {
    const { starts } = this.facts;
    const minutes = this.minutes(starts);
    const name = meeting === "lobby" && minutes > 0 ? "lobby_soon" : meeting;
    return words(`state_${name}`, "", { time: starts ? dayTime(starts, this.root.dataset.zone) : "", minutes });
  }

  /** How one may write, while anybody may. */
  limits() {
    const { slow, locked, few, isReadFirst } = this.facts;
    const said = [];
    if (slow) said.push(words("slow_on", "", { seconds: slow }));
    if (locked) said.push(words("locked_short", ""));
    if (few) said.push(words("few_write", ""));
    if (isReadFirst) said.push(words("read_first", ""));
    return said;
  }

  /** Draws all that depends on the time, and again as soon as any of it is not true any more. */
  draw() {
    const { meeting, locked } = this.facts;
    const parts = [];
    if (RUNNING.has(meeting)) parts.push(this.ending());
    else if (meeting) parts.push(this.sentence(meeting));
    if (!OVER.has(meeting)) parts.push(...this.limits());
    const line = parts.join(" ");
    if (this.line.textContent !== line) this.line.textContent = line;
    for (const tool of this.root.querySelectorAll("[data-when]")) {
      tool.hidden = !tool.dataset.when.split(" ").includes(meeting);
    }
    this.shut(meeting, locked);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.draw(), Math.min(TICK_MS, this.stage.draw(), this.turns.draw()) + 20);
  }

  shut(meeting, locked) {
    const isWaiting = WAITING.has(meeting) || locked;
    const isOthers = this.facts.quiet && this.turns.standing !== "yours";
    const isShut = OVER.has(meeting) || ((isWaiting || isOthers) && !this.isHost);
    const reason = locked && !OVER.has(meeting) ? "locked" : `shut_${isOthers && !isWaiting ? "turn" : meeting}`;
    if (isShut) this.composer.shut(words(reason, "") || this.sentence(meeting), { isCalm: true });
    else if (this.wasShut) this.composer.open();
    this.wasShut = isShut;
  }
}
