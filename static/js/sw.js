/** The service worker, served at /sw.js: Help now and its looks work offline. Nothing else is ever kept. */

const LOOKS = "__STATIC__"; // the server writes the versioned folder here
const SHELF = `handrail-help ${LOOKS}`;
const IS_HELP = /^\/help(\/[a-z]{2})?\/?$/i;
const IS_LOOKS = /^\/static\/[^/]+\/(css\/[a-z]+\.css|img\/icon\.svg)$/;

/** Only pages a stranger sees too: fetched without cookies, so that nothing of an account is in them. */
async function shelve(path, country) {
  const address = country && path === "/help" ? `/help/${country.toLowerCase()}` : path;
  const answer = await fetch(address, { credentials: "omit", headers: { Accept: "text/html" } });
  if (!answer.ok) return;
  const shelf = await caches.open(SHELF);
  const text = await answer.clone().text();
  await shelf.put(path, answer);
  const looks = [...text.matchAll(/(?:href|src)="(\/static\/[^"]+)"/g)].map((found) => found[1]);
  await Promise.all(looks.filter((path) => IS_LOOKS.test(path)).map((path) => shelf.add(path)));
}

/** The help page says which country it is for; the account's own choice counts, its page is kept as a stranger sees it. */
async function countryOf(answer) {
  return /data-help-country="([A-Za-z]{2})"/.exec(await answer.text())?.[1] ?? null;
}

self.addEventListener("install", (event) => {
  self.skipWaiting();
  const looks = caches.open(SHELF).then((shelf) => shelf.addAll([`${LOOKS}/css/base.css`, "/offline"]));
  const first = fetch("/help").then(countryOf).then((country) => shelve("/help", country));
  event.waitUntil(Promise.allSettled([looks, first]));
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name !== SHELF) await caches.delete(name);
    await self.clients.claim();
  })());
});

/** Help: the line first, the shelf when it is down or slow to answer. */
async function help(event, path) {
  const shelf = await caches.open(SHELF);
  const kept = (await shelf.match(path)) ?? (await shelf.match("/help"));
  const live = fetch(event.request).then((answer) => {
    if (answer.ok) event.waitUntil(countryOf(answer.clone()).then((country) => shelve(path, country)).catch(() => undefined));
    return answer;
  });
  if (!kept) return live;
  const patience = new Promise((resolve) => setTimeout(resolve, 4000, kept.clone()));
  return Promise.race([live.catch(() => kept), patience]);
}

async function offline() {
  return (await caches.match("/offline")) ?? Response.error();
}

async function looks(request) {
  const kept = await caches.match(request);
  return kept ?? fetch(request);
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode === "navigate" && IS_HELP.test(pathname)) event.respondWith(help(event, pathname));
  else if (request.mode === "navigate") event.respondWith(fetch(request).catch(offline));
  else if (IS_LOOKS.test(pathname)) event.respondWith(looks(request));
});

/** A wake-up says no name and no words; it opens the page where its person can look. */
self.addEventListener("push", (event) => {
  const { text, url } = event.data?.json() ?? {};
  const said = { body: text ?? "", tag: "handrail", data: { url: url ?? "/" } };
  event.waitUntil(self.registration.showNotification("Please look in", said));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow(new URL(event.notification.data.url, self.location.origin).href));
});
