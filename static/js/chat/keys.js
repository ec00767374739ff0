/** Two keys to every tool of a host: Alt and H opens the box, then a letter goes to the tool. Nothing is done by going. */

const TYPING = "input:not([type=hidden]), textarea, select";

/** Letters count only while the focus is in the box and not where somebody types. */
export function watchKeys(panel, root) {
  const summary = panel.querySelector("summary");
  summary.removeAttribute("accesskey");
  summary.setAttribute("aria-keyshortcuts", "Alt+H");
  panel.querySelector("[data-keys]").hidden = false;
  document.addEventListener("keydown", (event) => {
    if (!event.altKey || event.ctrlKey || event.metaKey || event.code !== "KeyH") return;
    event.preventDefault();
    panel.open = true;
    summary.focus();
  });
  panel.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.target.matches(TYPING)) return;
    const tools = [...root.querySelectorAll(`[data-key="${CSS.escape(event.key)}"]`)];
    const tool = tools.find((each) => !each.hidden);
    if (!tool) return;
    event.preventDefault();
    tool.focus();
  });
}
