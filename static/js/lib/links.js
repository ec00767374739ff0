/** Turns the addresses in plain text into links, by nodes only; anything but http and https stays text. */

const ADDRESS = /https?:\/\/[^\s<>"']+/gi;
const TRAILING = /[.,;:!?)\]}]+$/;

function anchor(text) {
  let address;
  try {
    address = new URL(text);
  } catch {
    return null;
  }
  if (address.protocol !== "http:" && address.protocol !== "https:") return null;
  const link = document.createElement("a");
  link.href = address.href;
  link.rel = "noopener noreferrer nofollow";
  link.target = "_blank";
  link.textContent = text;
  return link;
}

/** Replaces what is in `node` by `text`, with its links. */
export function fillWithLinks(node, text) {
  const parts = [];
  let from = 0;
  for (const found of text.matchAll(ADDRESS)) {
    const shown = found[0].replace(TRAILING, "");
    const link = anchor(shown);
    if (!link) continue;
    parts.push(text.slice(from, found.index), link);
    from = found.index + shown.length;
  }
  node.replaceChildren(...parts, text.slice(from));
}
