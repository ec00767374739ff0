/** The page of somebody who asked for help: who is reading is shown as soon as it is true. */
import { SocketWire } from "../chat/wire.js";
import { csrfToken, words } from "../lib/page.js";

const place = document.querySelector("[data-own-case]");
if (place?.dataset.ownCase) {
  const reading = place.querySelector("[data-reading]");
  const called = place.querySelector("[data-called]");
  const wire = new SocketWire({
    token: csrfToken(),
    hear(name, data) {
      if (name === "session:ended" && data.side_room) window.location.assign(data.side_room);
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
