/** Tries out light, text size and fading at once; the form's Save keeps them in a cookie. */

const ATTRIBUTES = { theme: "theme", text: "text" };

/** Watches the comfort form on this page, if there is one. */
export function watchComfort() {
  const form = document.querySelector("form[data-comfort]");
  if (!form) return;
  form.addEventListener("change", () => {
    const chosen = new FormData(form);
    const root = document.documentElement;
    for (const [field, attribute] of Object.entries(ATTRIBUTES)) {
      root.dataset[attribute] = String(chosen.get(field) ?? "");
    }
    root.dataset.motion = chosen.get("motion") === "on" ? "on" : "off";
  });
}
