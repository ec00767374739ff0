/** One item: the claim is renewed while the page is open and put back when it closes. */
import { csrfToken, post } from "../lib/page.js";
import { watchQueue } from "./watch.js";

const RENEW_MS = 45000;
const place = document.querySelector("[data-item]");

/** Keeps the claim alive; says so when another moderator has the item. */
function keepClaim(path, lost) {
  let isOurs = true;
  const renew = async () => {
    if (!isOurs) return;
    const answer = await post(`${path}/claim`, {}).catch(() => null);
    if (answer?.status === 409 || answer?.status === 404) {
      isOurs = false;
      lost.hidden = false;
    }
  };
  const timer = window.setInterval(renew, RENEW_MS);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) renew();
  });
  return {
    stop() {
      isOurs = false;
      window.clearInterval(timer);
    },
    /** A closing page cannot wait for an answer; a form's own sending goes first. */
    giveBack() {
      if (!isOurs) return;
      const form = new URLSearchParams({ csrf_token: csrfToken() });
      navigator.sendBeacon?.(`${path}/release`, form);
    },
  };
}

/** The undo button goes when its ten seconds are over. */
function watchUndo() {
  for (const form of document.querySelectorAll("[data-undo]")) {
    window.setTimeout(() => form.remove(), Number(form.dataset.undo) * 1000);
  }
}

/** Another moderator's claim or decision is told in one line. */
function watchOthers(id, lost) {
  watchQueue(async (waiting) => {
    if (waiting.item !== id) return;
    const answer = await fetch(`/moderation/items/${id}`, { headers: { Accept: "application/json" } });
    const item = answer.ok ? await answer.json() : null;
    lost.hidden = Boolean(item && (item.yours || item.state === "open"));
  });
}

if (place) {
  const path = `/moderation/items/${place.dataset.item}`;
  const lost = document.querySelector("[data-lost]");
  watchUndo();
  watchOthers(place.dataset.item, lost);
  if (place.dataset.mine) {
    const claim = keepClaim(path, lost);
    for (const form of document.querySelectorAll('form[method="post"]')) {
      form.addEventListener("submit", () => claim.stop());
    }
    // A look at the record or the room is not a closed tab: the claim holds its two minutes.
    for (const link of document.querySelectorAll("[data-keep-claim]")) {
      link.addEventListener("click", () => claim.stop());
    }
    window.addEventListener("pagehide", () => claim.giveBack());
  }
}
