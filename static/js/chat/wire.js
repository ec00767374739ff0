/** The two ways to the server: a WebSocket, and plain HTTP with the same cursor and the same client_id. */
import { returning } from "./order.js";
import { io } from "../../vendor/socket.io.esm.min.js";

const ACK_MS = 5000;
const HEARD = ["room:event", "room:people", "room:typing", "notice", "case:changed", "queue:changed", "session:ended"];

/** The server said no: code and a sentence a person can read. */
export class Refusal extends Error {
  constructor({ code = "server_error", message = "", retry_after: retryAfter = null, fields = {} } = {}) {
    super(message);
    Object.assign(this, { code, retryAfter, fields });
  }
}

/** The line is down or slow; trying again is right. */
export class Unreached extends Error {}

/** An answer that says the server's time, with how far our clock is from it and how sure that is. */
function timed(answer, asked) {
  const now = Date.parse(answer.now ?? "");
  if (Number.isNaN(now)) return answer;
  const took = Date.now() - asked;
  return { ...answer, time: { skew: now - asked - took / 2, took } };
}

export class SocketWire {
  /** `hear(name, data)` gets every event of the server, and "up" and "down" for the line itself. */
  constructor({ token, hear, url = "/", wait = returning }) {
    Object.assign(this, { failures: 0, wait, timer: null });
    this.socket = io(url, {
      transports: ["websocket"],
      auth: { csrf_token: token },
      reconnection: false,
      timeout: 10000,
    });
    this.socket.on("connect", () => {
      this.failures = 0;
      hear("up");
    });
    this.socket.on("disconnect", (reason) => this.lost(reason, hear));
    this.socket.on("connect_error", () => this.lost("connect_error", hear));
    for (const name of HEARD) this.socket.on(name, (data) => hear(name, data));
  }

  /** The line is down: told, and tried again after a while unless we closed it ourselves. */
  lost(reason, hear) {
    hear("down", { reason });
    if (reason === "io client disconnect") return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.socket.connect(), this.wait(this.failures));
    this.failures += 1;
  }

  get isUp() {
    return this.socket.connected;
  }

  /** One event and its acknowledgement; throws Refusal or Unreached, never waits for ever. */
  ask(event, fields) {
    if (!this.isUp) return Promise.reject(new Unreached("no line"));
    const asked = Date.now();
    return new Promise((resolve, reject) => {
      this.socket.timeout(ACK_MS).emit(event, fields, (late, ack) => {
        if (late) reject(new Unreached("no answer in time"));
        else if (ack?.ok) resolve(timed(ack, asked));
        else reject(new Refusal(ack?.error));
      });
    });
  }

  /** Tries at once again, for instance when the device says it is online. */
  nudge() {
    if (this.isUp) return;
    clearTimeout(this.timer);
    this.socket.disconnect();
    this.socket.connect();
  }

  close() {
    clearTimeout(this.timer);
    this.socket.disconnect();
  }
}

export class HttpWire {
  constructor({ room, token, fetcher = (...all) => window.fetch(...all) }) {
    Object.assign(this, { path: `/rooms/${encodeURIComponent(room)}`, token, fetcher });
  }

  async call(path, options = {}) {
    const asked = Date.now();
    let answer;
    try {
      answer = await this.fetcher(path, {
        credentials: "same-origin",
        signal: AbortSignal.timeout?.(15000),
        ...options,
        headers: { Accept: "application/json", ...options.headers },
      });
    } catch {
      throw new Unreached("no line");
    }
    const body = await answer.json().catch(() => null);
    if (answer.ok && body) return timed(body, asked);
    const codes = { 401: "ended_session", 404: "not_found", 403: "forbidden" };
    throw new Refusal(body?.error ? { ...body.error, code: answer.status === 401 ? "ended_session" : body.error.code }
      : { code: codes[answer.status] ?? "server_error" });
  }

  /** What happened after `cursor`: {events, seq, more} or {snapshot, seq}. */
  since(cursor) {
    return this.call(`${this.path}?after=${cursor}&limit=500`);
  }

  /** Older messages: {messages, more}. */
  before(seq, limit) {
    return this.call(`${this.path}?before=${seq}&limit=${limit}`);
  }

  send(fields) {
    return this.call(`${this.path}/messages`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": this.token },
      body: JSON.stringify(fields),
    });
  }
}
