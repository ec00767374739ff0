/** Words on their way: kept on the device until the server has them, across a reload, and only for their author. */

const NAME = "handrail";
const SHELF = "outbox";

function asked(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** Some old phones never answer: what comes too late counts as forbidden. */
async function soon(promise, patience) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error("too late")), patience);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

async function openDatabase() {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(SHELF, { keyPath: "client_id" });
  return asked(request);
}

/** Where IndexedDB is forbidden (some private windows) or silent: the tab's own storage, the same four calls. */
class TabShelf {
  constructor() {
    this.items = new Map();
    try {
      for (const item of JSON.parse(sessionStorage.getItem(SHELF) ?? "[]")) this.items.set(item.client_id, item);
    } catch { /* nothing kept */ }
  }

  async all() {
    return [...this.items.values()];
  }

  async put(item) {
    this.items.set(item.client_id, item);
    this.keep();
  }

  async remove(key) {
    this.items.delete(key);
    this.keep();
  }

  async clear() {
    this.items.clear();
    this.keep();
  }

  keep() {
    try {
      sessionStorage.setItem(SHELF, JSON.stringify([...this.items.values()]));
    } catch { /* it stays in memory */ }
  }
}

class DeviceShelf {
  constructor(database) {
    this.database = database;
    database.onversionchange = () => database.close();
  }

  shelf(mode) {
    return this.database.transaction(SHELF, mode).objectStore(SHELF);
  }

  all() {
    return asked(this.shelf("readonly").getAll());
  }

  put(item) {
    return asked(this.shelf("readwrite").put(item));
  }

  remove(key) {
    return asked(this.shelf("readwrite").delete(key));
  }

  clear() {
    return asked(this.shelf("readwrite").clear());
  }
}

export class Outbox {
  constructor(shelf, owner, room, items) {
    Object.assign(this, { shelf, owner, room, items });
  }

  /** Opens what is kept for this person in this room; what another person left behind is thrown away. */
  static async open(owner, room, patience = 3000) {
    const opening = openDatabase();
    let shelf;
    try {
      shelf = new DeviceShelf(await soon(opening, patience));
    } catch {
      opening.then((database) => database.close(), () => undefined);
      shelf = new TabShelf();
    }
    const kept = await shelf.all().catch(() => []);
    for (const item of kept) if (item.owner !== owner) await shelf.remove(item.client_id).catch(() => undefined);
    const mine = kept.filter((item) => item.owner === owner && item.room === room);
    return new Outbox(shelf, owner, room, mine.sort((one, other) => one.at - other.at));
  }

  /** The oldest that still has to go. */
  first() {
    return this.items[0] ?? null;
  }

  async put(item) {
    this.items.push(item);
    await this.shelf.put({ ...item, owner: this.owner, room: this.room }).catch(() => undefined);
  }

  async remove(clientId) {
    this.items = this.items.filter((item) => item.client_id !== clientId);
    await this.shelf.remove(clientId).catch(() => undefined);
  }

  async clear() {
    this.items = [];
    await this.shelf.clear().catch(() => undefined);
  }
}

/** A name for a message that nobody else uses; it makes sending again harmless. */
export function newClientId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
