/** The desk's pages: one calm line says that something has changed; nothing moves by itself. */
import { SocketWire } from "../chat/wire.js";
import { lineTeller } from "../lib/line.js";
import { csrfToken } from "../lib/page.js";

const news = document.querySelector("[data-desk-news]");
if (news) {
  const only = news.dataset.deskNews;
  const title = document.title;
  const line = lineTeller(document.querySelector("[data-line-down]"));
  const wire = new SocketWire({
    token: csrfToken(),
    hear(name, data) {
      if (line(name)) news.hidden = false;
      if (name !== "case:changed" || !data.severity || (only && data.case !== only)) return;
      news.hidden = false;
      document.title = `\u2022 ${title}`;
    },
  });
  window.addEventListener("pagehide", () => wire.close());
}
