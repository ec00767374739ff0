/** Kindness in plain forms: no double sending, and a guess of the time zone where the page asks for one. */

/** A form that is on its way is not sent again by a second press. */
function sendOnce(form) {
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    window.setTimeout(() => delete form.dataset.sent, 8000);
  });
}

/** Without a link a long form is not sent into nothing: it says so, and what was typed stays. */
function keepTyped(form) {
  const line = document.createElement("p");
  line.className = "field__error";
  line.setAttribute("role", "alert");
  const tell = () => {
    line.textContent = form.dataset.kept;
    form.append(line);
  };
  window.addEventListener("offline", tell);
  window.addEventListener("online", () => line.remove());
  form.addEventListener("submit", (event) => {
    if (navigator.onLine) return;
    event.preventDefault();
    tell();
  }, { capture: true });
}

/** An empty [data-guess-zone] field gets the device's zone; the person can change it. */
function guessZone(field) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!zone || field.dataset.chosen) return;
  if (field.tagName === "SELECT" && ![...field.options].some((option) => option.value === zone)) return;
  field.value = zone;
}

/** Watches every form of the page. */
export function watchForms() {
  for (const form of document.querySelectorAll("form[data-kept]")) keepTyped(form);
  for (const form of document.querySelectorAll('form[method="post"]')) sendOnce(form);
  for (const field of document.querySelectorAll("[data-guess-zone]")) guessZone(field);
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
}
