/** One's own ways to be called: web push for this browser, and a soft sound, both off until turned on. */
import { post, stored, words } from "../lib/page.js";
import { SOUND, chime } from "./sound.js";

const place = document.querySelector("[data-wake]");

function say(name, fallback) {
  const line = place.querySelector("[data-wake-words]");
  line.textContent = words(name, fallback);
  line.hidden = false;
}

function bytes(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

async function wake() {
  if ((await Notification.requestPermission()) !== "granted") return say("refused", "The browser said no.");
  const worker = await navigator.serviceWorker.ready;
  const key = bytes(place.dataset.key);
  const found = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  const { endpoint, keys } = found.toJSON();
  const answer = await post("/account/push", { endpoint, p256dh: keys.p256dh, auth: keys.auth });
  return answer.status === 200 ? say("woken", "This browser will be woken.") : say("no_push", "Not here.");
}

if (place) {
  const button = place.querySelector("[data-wake-on]");
  if ("serviceWorker" in navigator && "PushManager" in window && "Notification" in window) {
    button.hidden = false;
    button.addEventListener("click", () => wake().catch(() => say("no_push", "This browser cannot be woken here.")));
  }
  const sound = place.querySelector("[data-sound]");
  const kept = stored("local");
  sound.hidden = !kept;
  sound.setAttribute("aria-pressed", String(kept?.getItem(SOUND) === "on"));
  sound.addEventListener("click", () => {
    const on = sound.getAttribute("aria-pressed") !== "true";
    sound.setAttribute("aria-pressed", String(on));
    if (on) kept.setItem(SOUND, "on");
    else kept.removeItem(SOUND);
    if (on) chime();
  });
}
