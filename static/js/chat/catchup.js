/** "Catch me up" on the page: what was missed, in a few lines, and a way to the first of it. */
import { words } from "../lib/page.js";
import { readMissed, summarise } from "./missed.js";

const NAMES = 4;

export class CatchUp {
  constructor({ node, client, store, list, room }) {
    Object.assign(this, { node, client, store, list, room, after: null });
    this.words = node.querySelector("[data-missed-words]");
    node.addEventListener("toggle", () => node.open && this.read());
  }

  /** Something was missed after this seq: offered, never opened by itself. */
  offer(after) {
    Object.assign(this.node, { hidden: false, open: false });
    this.after = after;
    this.words.replaceChildren();
  }

  async read() {
    this.words.textContent = words("missed_wait", "");
    try {
      const { events, isWhole } = await readMissed((cursor) => this.client.http.since(cursor), this.after);
      for (const event of events) if (event.kind === "message") this.store.put(event.message);
      this.draw(summarise(events, { me: this.room.you, hidden: this.room.hiddenPeople }), isWhole);
    } catch {
      this.words.textContent = words("offline_act", "");
    }
  }

  draw(found, isWhole) {
    const list = document.createElement("ul");
    for (const line of this.lines(found, isWhole)) {
      const item = document.createElement("li");
      item.textContent = line;
      list.append(item);
    }
    this.words.replaceChildren(list);
    if (found.first) this.words.append(this.way(found.first));
  }

  lines({ messages, removed, people, pinned, steps }, isWhole) {
    const plural = (name, count) => words(count === 1 ? `${name}_one` : name, "", { count });
    const lines = [messages ? words(messages === 1 ? "missed_one" : "missed_many", "", { count: messages }) : words("missed_none", "")];
    if (!isWhole) lines.push(words("missed_part", ""));
    if (people.length) {
      const names = people.slice(0, NAMES).map(({ handle, count }) => `${handle} (${count})`).join(", ");
      const others = people.length - NAMES;
      lines.push(words(others > 0 ? "missed_others" : "missed_people", "", { names, count: others }));
    }
    const quoted = this.store.get(pinned);
    if (quoted?.body && !this.room.hiddenPeople.has(quoted.author?.id)) {
      lines.push(words("missed_pinned", "", { who: quoted.author?.handle ?? "", words: quoted.warning ? "…" : quoted.body.slice(0, 120) }));
    }
    if (steps.length) lines.push(words("missed_meeting", "", { steps: this.course(steps) }));
    if (removed) lines.push(plural("missed_removed", removed));
    return lines;
  }

  course(steps) {
    return steps.map(({ state, step }) => words(state === "open" && step ? "went_step" : `went_${state}`, state, { step })).join(", ");
  }

  way(id) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn--quiet btn--small";
    button.textContent = words("missed_go", "");
    button.addEventListener("click", () => {
      this.node.open = false;
      this.list.goTo(id);
      const node = this.list.nodes.get(id);
      if (!node) return;
      node.tabIndex = -1;
      node.focus({ preventScroll: true });
    });
    return button;
  }
}
