/** Where a page guesses the time zone and nobody has chosen one, the device's own zone is put in its place, once. */

/** A list of dates in a guessed zone is loaded again in the device's own. */
export function useOwnZone() {
  const guess = document.querySelector("[data-zone-guess]");
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!guess || !own || own === guess.dataset.zone) return;
  const address = new URL(window.location.href);
  if (address.searchParams.has("tz")) return;
  address.searchParams.set("tz", own);
  window.location.replace(address);
}
