/** Offers the zone of this device where the page had to guess one; nothing moves by itself. */

/** Fills the zone field, and leaves the choice to the person. */
export function offerZone() {
  const place = document.querySelector("[data-zone-guess]");
  const field = place?.querySelector("[data-zone-field]");
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!field || !own || field.value || own === place.dataset.zone) return;
  field.value = own;
}
