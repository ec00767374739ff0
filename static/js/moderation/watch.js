/** Hears the queue: one socket a page, and the count in the page's header kept true. */
import { SocketWire } from "../chat/wire.js";
import { lineTeller } from "../lib/line.js";
import { csrfToken } from "../lib/page.js";

/** Shows how much waits beside the word Moderation, wherever the page has it. */
function showCount(open) {
  for (const node of document.querySelectorAll("[data-queue-count]")) {
    node.textContent = open ? `\u00a0(${open})` : "";
  }
}

/** Calls `changed({open, oldest_at, item?}, isFirst)` at every change; after a lost line it asks anew. */
export function watchQueue(changed) {
  const take = (waiting, isFirst) => {
    showCount(waiting.open);
    changed(waiting, isFirst);
  };
  const line = lineTeller(document.querySelector("[data-line-down]"));
  let isFirst = true;
  const hear = (name, data) => {
    line(name);
    if (name === "queue:changed") take(data, false);
    if (name !== "up") return;
    wire.ask("queue:watch", {}).then((waiting) => {
      take(waiting, isFirst);
      isFirst = false;
    }).catch(() => undefined);
  };
  const wire = new SocketWire({ token: csrfToken(), hear });
  window.addEventListener("pagehide", () => wire.close());
  return wire;
}
