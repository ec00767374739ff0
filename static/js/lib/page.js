/** Small things every module needs of the page it is on: the CSRF token, a POST, a translated word. */

/** The token that state changes carry. */
export function csrfToken() {
  return document.querySelector('meta[name="csrf-token"]')?.content ?? "";
}

/** A JSON POST to our own server; resolves to {status, body} and never throws for a 4xx. */
export async function post(path, fields, extra = {}) {
  const answer = await fetch(path, {
    method: "POST",
    credentials: "same-origin",
    headers: {
      "Content-Type": "application/json",
      Accept: "application/json",
      "X-CSRFToken": csrfToken(),
    },
    body: JSON.stringify(fields),
    ...extra,
  });
  return { status: answer.status, body: await answer.json().catch(() => ({})) };
}

/** A POST that throws the server's own sentence where it says no. */
export async function byPage(path, fields) {
  const { status, body } = await post(path, fields);
  if (status < 400) return body;
  throw Object.assign(new Error(body.error?.message ?? ""), { code: body.error?.code ?? "server_error" });
}

/** Words of the page in its own language: the server writes them into <template data-words>. */
export function words(name, fallback, facts = {}) {
  const holder = document.querySelector("[data-words]");
  const source = holder?.content ?? holder;
  const found = source?.querySelector(`[data-word="${name}"]`)?.textContent ?? fallback;
  return Object.entries(facts).reduce((text, [key, value]) => text.replaceAll(`{${key}}`, String(value)), found);
}

/** The page's language for dates; plain English writes the day first, as the server does. */
export function pageLanguage() {
  const language = document.documentElement.lang || "en";
  return language === "en" ? "en-GB" : language;
}

/** Storage that is full, forbidden or absent must never break the page. */
export function stored(kind = "session") {
  try {
    return kind === "local" ? window.localStorage : window.sessionStorage;
  } catch {
    return null;
  }
}
