/** On every page of somebody who may be called: one calm line while a case they were called to waits. */

import { stored } from "../lib/page.js";
import { SOUND, chime } from "./sound.js";

const EVERY_MS = 8000;
const place = document.querySelector("[data-paged]");
const title = document.title;

const known = new Set();

function show(cases) {
  const isNew = cases.some((id) => !known.has(id));
  for (const id of cases) known.add(id);
  if (isNew && stored("local")?.getItem(SOUND) === "on") chime();
  place.hidden = cases.length === 0;
  document.title = cases.length ? `\u2022 ${title}` : title;
  const link = place.querySelector("a");
  link.href = cases.length === 1 ? `/crisis/cases/${encodeURIComponent(cases[0])}` : "/crisis/cases";
}

async function look() {
  try {
    const answer = await fetch("/crisis/calling", { headers: { Accept: "application/json" }, credentials: "same-origin" });
    if (answer.ok) show((await answer.json()).cases);
    if (answer.status === 401) return;
  } catch { /* the line is down: the next look may get through */ }
  window.setTimeout(look, EVERY_MS);
}

if (place) look();
