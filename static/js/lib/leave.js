/** Leave fast: the button works without us; with us also Escape three times, and Back does not return. */
import { csrfToken, stored } from "./page.js";

const WITHIN_MS = 1500;

/** Takes every draft and every unsent word off this device. */
function forget() {
  stored()?.clear();
  try {
    indexedDB.deleteDatabase("handrail");
  } catch { /* storage is forbidden here: nothing was kept */ }
  document.dispatchEvent(new CustomEvent("handrail:leaving"));
}

/** Ends the session without waiting for the answer, forgets drafts, and shows the empty page. */
export function leave() {
  forget();
  const form = new URLSearchParams({ csrf_token: csrfToken() });
  fetch("/leave", { method: "POST", body: form, keepalive: true, redirect: "manual", credentials: "same-origin" })
    .catch(() => undefined);
  document.documentElement.hidden = true;
  document.title = "";
  window.location.replace("/blank");
}

/** Finds the button and listens for the three Escapes. */
export function watchLeave() {
  for (const part of document.querySelectorAll("[data-leave]")) {
    part.addEventListener(part.tagName === "FORM" ? "submit" : "click", (event) => {
      event.preventDefault();
      leave();
    });
  }
  // Whoever is asked to log in may not be who was here before.
  if (document.querySelector('main form[action="/login"]') && !document.querySelector('form[action="/leave"]')) forget();
  for (const form of document.querySelectorAll('form[action="/logout"], form[action="/account/delete"]')) {
    form.addEventListener("submit", forget);
  }
  let presses = [];
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.repeat) return;
    const now = Date.now();
    presses = [...presses.filter((at) => now - at < WITHIN_MS), now];
    if (presses.length >= 3) leave();
  });
  // A page kept whole by the browser for Back is shown again only if it is still allowed to be.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) window.location.reload();
  });
}
