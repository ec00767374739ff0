/** A whole client of one room, without a page: joins, keeps order, sends again, falls back to HTTP. Others may use it. */
import { Teller } from "../lib/teller.js";
import { EventOrder, backoff, returning } from "./order.js";
import { Outbox } from "./outbox.js";
import { PATIENT, Sender } from "./sender.js";
import { HttpWire, Refusal, SocketWire } from "./wire.js";

const POLL_MS = 4000;
const GAP_MS = 300;
const PASSED_ON = {
  "room:people": "people", "room:typing": "typing", notice: "notice", "case:changed": "case", "queue:changed": "queue",
};

/**
 * Tells: joined (ack), event (room event, in order), snapshot (page), pending, sent, refused (see Sender),
 * state ("connecting", "live", "polling", "offline", "ended"), shut (refusal), ended (reason), people, typing, notice, case.
 */
export class RoomClient extends Teller {
  /** `owner`: the person's id; `after`: the seq shown already; `pace`: ms between looks by HTTP; `wires`: only for tests. */
  constructor({ room, owner, after = 0, token = "", pace = POLL_MS, wires = {} }) {
    super();
    Object.assign(this, { room, owner, pace, state: "connecting", tries: 0, fails: 0, isClosed: false, isCatching: false });
    this.order = new EventOrder(after);
    this.http = wires.http ?? new HttpWire({ room, token });
    this.openSocket = wires.socket ?? ((hear) => new SocketWire({ token, hear }));
  }

  async start() {
    this.sender = new Sender(await Outbox.open(this.owner, this.room), (fields) => this.transmit(fields));
    for (const name of ["pending", "sent", "refused"]) this.sender.on(name, (...facts) => this.tell(name, ...facts));
    this.socket = this.openSocket((name, data) => this.hear(name, data));
    this.later("poll", this.pace * 2, () => this.poll());
    this.sender.resume();
  }

  hear(name, data = {}) {
    if (data?.room && data.room !== this.room && name.startsWith("room:")) return;
    if (name === "up") this.arrive();
    else if (name === "down") this.drop(data);
    else if (name === "room:event") this.deliver(this.order.take([data]));
    else if (name === "session:ended") this.end(data.reason, data.side_room);
    else if (PASSED_ON[name]) this.tell(PASSED_ON[name], data);
  }

  async arrive() {
    this.cancel("poll");
    await this.catchUp();
    this.sender.flush();
  }

  /** The socket tries again by itself; if that takes long, words come and go by HTTP: a dearer way, so not at once. */
  drop() {
    if (this.isClosed) return;
    if (this.state === "live") this.become("connecting");
    if (!this.isDue("poll")) this.later("poll", this.pace * 2 * (1 + Math.random()), () => this.poll());
  }

  /** The session is over: what was not sent must not lie on the device for whoever takes it next. */
  end(reason, way) {
    this.stop();
    this.sender?.outbox.clear();
    this.become("ended");
    this.tell("ended", reason, ...(way ? [way] : []));
  }

  stop() {
    this.isClosed = true;
    this.cancelAll();
    this.sender?.stop();
    this.socket?.close();
  }

  become(state) {
    if (state === this.state) return;
    this.state = state;
    this.tell("state", state);
  }

  /** Hands on what is in order; asks for what is missing. */
  deliver(events) {
    for (const event of events) this.tell("event", event);
    if (this.order.hasGap && !this.isDue("gap")) this.later("gap", GAP_MS, () => this.catchUp());
  }

  /** Takes one page of events or a snapshot; true when there is more to ask for. */
  absorb(page) {
    const isFresh = Array.isArray(page.snapshot);
    if (page.time) this.tell("time", page.time);
    if (isFresh) this.tell("snapshot", page);
    this.deliver(this.order.take(page.events ?? []));
    if (isFresh || !page.more) this.deliver(this.order.jump(page.seq ?? 0));
    return Boolean(page.more) && !isFresh;
  }

  async catchUp() {
    if (this.isCatching || this.isClosed || !this.socket.isUp) return;
    this.isCatching = true;
    try {
      for (let more = true; more;) {
        const page = await this.socket.ask("room:join", { room: this.room, after: this.order.cursor });
        more = this.absorb(page);
        this.tell("joined", page);
      }
      this.tries = 0;
      this.become("live");
    } catch (error) {
      if (error instanceof Refusal && !PATIENT.has(error.code)) this.tell("shut", error);
      else this.later("gap", backoff(this.tries += 1), () => this.catchUp());
    } finally {
      this.isCatching = false;
    }
  }

  /** The way without WebSocket: the same cursor over HTTP every few seconds. */
  async poll() {
    if (this.isClosed || this.socket.isUp) return;
    try {
      for (let more = true; more;) more = this.absorb(await this.http.since(this.order.cursor));
      this.fails = 0;
      this.become("polling");
      this.sender.flush();
    } catch (error) {
      if (error.code === "ended_session") return this.end("logged out");
      if (error instanceof Refusal && !PATIENT.has(error.code)) this.tell("shut", error);
      else this.become("offline");
      this.fails += 1;
    }
    const wait = this.fails ? returning(this.fails) : this.pace * (1 + Math.random() / 4);
    if (!this.isClosed && !this.socket.isUp) this.later("poll", wait, () => this.poll());
  }

  transmit(fields) {
    if (this.socket.isUp) return this.socket.ask("message:send", { room: this.room, ...fields });
    return this.http.send(fields);
  }

  send(fields) {
    return this.sender.send(fields);
  }

  /** Any event by socket; throws Refusal or Unreached. `inRoom` adds this room to the fields. */
  ask(event, fields, inRoom = false) {
    return this.socket.ask(event, inRoom ? { room: this.room, ...fields } : fields);
  }

  /** Older messages, by whichever way is up. */
  history(before, limit = 50) {
    return this.socket.isUp ? this.ask("room:history", { before, limit }, true) : this.http.before(before, limit);
  }
}
