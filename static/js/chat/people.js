/** Who is here and in which role, and who is writing just now. */
import { words } from "../lib/page.js";
import { roleTag } from "./message.js";

const TYPING_MS = 5000;

export class People {
  constructor({ list, count, typing, handle }) {
    Object.assign(this, { list, count, typing, handle, byId: new Map(), writing: new Map() });
  }

  reset(people) {
    this.byId = new Map((people ?? []).map((person) => [person.id, person]));
    this.draw(this.byId.size);
  }

  change({ joined = [], left = [], count }) {
    for (const person of joined) if (person.id) this.byId.set(person.id, person);
    for (const person of left) this.byId.delete(person.id ?? person);
    this.draw(count ?? this.byId.size);
  }

  draw(count) {
    this.count.textContent = String(count);
    this.list.replaceChildren(...[...this.byId.values()].map((person) => {
      const item = document.createElement("li");
      item.dataset.person = person.id;
      item.append(`${person.handle} `, ...roleTag(person.role));
      return item;
    }));
  }

  /** Somebody writes; it is forgotten after five seconds. */
  hear({ handle }) {
    if (!handle || handle === this.handle) return;
    clearTimeout(this.writing.get(handle));
    this.writing.set(handle, setTimeout(() => this.quiet(handle), TYPING_MS));
    this.say();
  }

  quiet(handle) {
    clearTimeout(this.writing.get(handle));
    this.writing.delete(handle);
    this.say();
  }

  say() {
    const names = [...this.writing.keys()];
    if (names.length === 0) this.typing.textContent = "";
    else if (names.length === 1) this.typing.textContent = words("typing_one", "", { who: names[0] });
    else this.typing.textContent = words("typing_many", "");
  }
}
