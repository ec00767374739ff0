/** On every page of somebody who may be called: one calm line while a case they were called to waits. */

import { lineTeller } from "../lib/line.js";
import { stored } from "../lib/page.js";
import { SOUND, chime } from "./sound.js";

const EVERY_MS = 8000;
const PATIENCE_MS = 20000;

async function calls() {
  return fetch("/crisis/calling", {
    headers: { Accept: "application/json" },
    credentials: "same-origin",
    signal: AbortSignal.timeout?.(10000),
  });
}

/** Looks for ever who calls. `down` says when it cannot look: a page that hears nothing must not seem to say that all is well. */
export function watchCalls({ place, down, every = EVERY_MS, patience = PATIENCE_MS, fetcher = calls }) {
  const title = document.title;
  const known = new Set();
  const line = lineTeller(down, patience);

  function show(cases) {
    const isNew = cases.some((id) => !known.has(id));
    for (const id of cases) known.add(id);
    if (isNew && stored("local")?.getItem(SOUND) === "on") chime();
    place.hidden = cases.length === 0;
    document.title = cases.length ? `\u2022 ${title}` : title;
    const link = place.querySelector("a");
    link.href = cases.length === 1 ? `/crisis/cases/${encodeURIComponent(cases[0])}` : "/crisis/cases";
  }

  /** The session is over: nothing will be told here any more. */
  function over() {
    line("up");
    if (!down) return;
    down.textContent = down.dataset.over;
    down.hidden = false;
  }

  async function look() {
    try {
      const answer = await fetcher();
      if (answer.status === 401) return over();
      if (!answer.ok) throw new Error(String(answer.status));
      show((await answer.json()).cases);
      line("up");
    } catch {
      line("down"); // the next look may get through
    }
    window.setTimeout(look, every);
  }
  return look();
}

const found = document.querySelector("[data-paged]");
if (found) watchCalls({ place: found, down: document.querySelector("[data-paged-down]") });
