/** The page of somebody who asked for help: who is reading is shown as soon as it is true. */
import { SocketWire } from "../chat/wire.js";
import { csrfToken, words } from "../lib/page.js";
import { offerWay } from "./way.js";

const place = document.querySelector("[data-own-case]");
if (place?.dataset.ownCase) {
  const reading = place.querySelector("[data-reading]");
  const called = place.querySelector("[data-called]");
  const wire = new SocketWire({
    token: csrfToken(),
    hear(name, data) {
      if (name === "session:ended" && data.side_room) offerWay(data.side_room, words("way", "Your side room is still open."));
      if (name !== "case:changed" || data.case !== place.dataset.ownCase || data.severity) return;
      reading.hidden = !data.reading_by;
      if (data.reading_by) {
        reading.textContent = words("reading", "{name} is reading this.", { name: data.reading_by });
        called.textContent = words("read", "Somebody is reading this now.");
      } else if (data.called_at) {
        called.textContent = words("called", "We have called people.");
      }
    },
  });
  window.addEventListener("pagehide", () => wire.close());
}
