/** Knows how far somebody has read: a line before what is new, and a word to the server, seldom. */
import { words } from "../lib/page.js";

const EVERY_MS = 4000;

function drawMark(list, after) {
  document.querySelector("[data-unread-mark]")?.remove();
  const next = [...list.list.querySelectorAll("[data-seq]")].find((node) => Number(node.dataset.seq) > after);
  if (!next) return;
  const mark = document.createElement("li");
  mark.dataset.unreadMark = "yes";
  mark.className = "msg-mark meta";
  mark.textContent = words("unread", "");
  next.before(mark);
}

/** Watches the page; `seen` is the seq this person had read before; `away(seq)` is told when something was missed. */
export function watchReading({ list, client, store, seen, away }) {
  let told = seen ?? 0;
  let leftAt = null;
  const mark = (after) => {
    drawMark(list, after);
    away(after);
  };
  if (seen !== null && seen < store.newestSeq) mark(seen);

  const tell = () => {
    const now = store.newestSeq;
    if (document.hidden || now <= told || !list.isAtEnd()) return;
    told = now;
    client.ask("room:seen", { seq: now }, true).catch(() => { told = 0; });
  };
  setInterval(tell, EVERY_MS);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) leftAt = store.newestSeq;
    else if (leftAt !== null && leftAt < store.newestSeq) mark(leftAt);
  });
}
