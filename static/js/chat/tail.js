/** One's own words without a place in the room yet: on their way, not sent, or held for a moderator. */
import { words } from "../lib/page.js";

export class Tail {
  /** `me`: {id, handle, role}. */
  constructor({ list, view, me, composer, client }) {
    Object.assign(this, { list, view, me, composer, client, sending: new Map(), held: new Map() });
  }

  record(item) {
    return {
      author: this.me, body: item.fields.body, warning: item.fields.warning ?? null, reply_to: item.fields.reply_to ?? null,
      at: new Date(item.at).toISOString(), state: "pending",
    };
  }

  /** Shows words on their way, or renews what is said about them. */
  pending(item, state) {
    let node = this.sending.get(item.client_id);
    if (!node) {
      node = this.view.make(this.record(item));
      this.sending.set(item.client_id, node);
      this.list.addTail(node);
    }
    const line = node.querySelector(".msg__sending");
    line.hidden = false;
    line.textContent = words(state === "unsent" ? "unsent" : "sending", state);
    node.classList.toggle("msg--unsent", state === "unsent");
  }

  take(clientId) {
    const node = this.sending.get(clientId);
    this.sending.delete(clientId);
    if (node) this.list.dropTail(node);
  }

  /** The server has them: they go to their place by the room's event, or wait as held. */
  sent(item, ack, store) {
    this.take(item.client_id);
    const message = { ...this.record(item), ...ack.message };
    if (message.state === "held") this.hold(message, ack.notice);
    else if (message.seq && !store.get(message.id)) return message;
    return null;
  }

  /** The room's own event was faster than the acknowledgement: the copy that is on its way goes. */
  arrived(message) {
    this.release(message.id);
    if (message.author?.id !== this.me.id) return;
    for (const [clientId, node] of this.sending) {
      if (node.querySelector(".msg__body").textContent !== message.body) continue;
      this.take(clientId);
      return;
    }
  }

  hold(message, notice) {
    this.release(message.id);
    const node = this.view.make(message);
    node.querySelector(".msg__why").textContent = notice?.text ?? "";
    this.held.set(message.id, { message, node });
    this.list.addTail(node);
  }

  /** Takes over a held message the server drew. */
  adopt(message, node) {
    this.view.fill(node, message);
    this.held.set(message.id, { message, node });
    this.list.tail.push(node);
  }

  explain(id, text) {
    const line = this.held.get(id)?.node.querySelector(".msg__why");
    if (line) line.textContent = text;
  }

  release(id) {
    const found = this.held.get(id);
    this.held.delete(id);
    if (found) this.list.dropTail(found.node);
  }

  refused(item, error) {
    if (this.composer.giveBack(item.fields, error)) {
      this.take(item.client_id);
      return;
    }
    const line = this.sending.get(item.client_id)?.querySelector(".msg__sending");
    if (line) line.textContent = `${words("refused", "")} ${error.message}`;
  }
}
