/** The queue page: the count stays true, and a change is told in one calm line; nothing moves by itself. */
import { watchQueue } from "./watch.js";

const place = document.querySelector("[data-queue]");
if (place) {
  const count = place.querySelector("[data-queue-open]");
  const news = place.querySelector("[data-queue-news]");
  let known = Number(place.dataset.open);
  watchQueue((waiting, isFirst) => {
    count.textContent = String(waiting.open);
    if (!isFirst || waiting.open !== known) news.hidden = false;
    known = waiting.open;
  });
}
