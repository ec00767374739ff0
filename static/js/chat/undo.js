/** A button that takes back what was just done: for ten seconds, and without losing one's place. */
import { words } from "../lib/page.js";

const UNDO_MS = 10000;

/** Puts the button at the end of `line`, in the place of an older one; who presses it is where they were before. */
export function offerUndo(line, takeBack) {
  const from = document.activeElement;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "linklike";
  button.dataset.key = "z";
  button.textContent = words("undo", "Undo");
  for (const older of line.querySelectorAll("button")) older.remove();
  line.append(" ", button);
  const timer = setTimeout(() => button.remove(), UNDO_MS);
  button.addEventListener("click", () => {
    clearTimeout(timer);
    from?.focus();
    button.remove();
    takeBack();
  });
}
