/** "Catch me up": reads what happened after a seq and says it in numbers; works on events alone, without a page. */

const MOST_PAGES = 10;

/** Pages of events after a seq; `isWhole` is false where older ones are no longer kept or there are too many. */
export async function readMissed(fetchPage, after) {
  const events = [];
  let cursor = after;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const found = await fetchPage(cursor);
    if (found.snapshot) return { events: found.snapshot.map((message) => ({ kind: "message", seq: message.seq, message })), isWhole: false };
    events.push(...found.events);
    cursor = found.events.at(-1)?.seq ?? cursor;
    if (!found.more) return { events, isWhole: true };
  }
  return { events, isWhole: false };
}

/** Who spoke, the most first. */
function speakers(messages) {
  const counts = new Map();
  for (const { author } of messages) {
    const known = counts.get(author.id) ?? { ...author, count: 0 };
    counts.set(author.id, { ...known, count: known.count + 1 });
  }
  return [...counts.values()].sort((one, other) => other.count - one.count);
}

/**
 * Counts, people, what is pinned, where the meeting went. `me` is one's own id: own words are not news.
 * Words that were taken away are counted apart; people who are hidden are not named. `pinned` is an id.
 */
export function summarise(events, { me = "", hidden = new Set() } = {}) {
  const latest = new Map();
  let pinned = null;
  const steps = [];
  for (const event of events) {
    if (event.message?.id) latest.set(event.message.id, { first: event.kind === "message", ...latest.get(event.message.id), message: event.message });
    if (event.kind === "pinned") pinned = event.pinned?.id ?? event.pinned ?? null;
    const step = event.kind === "meeting" ? `${event.state} ${event.step ?? ""}` : null;
    if (step && steps.at(-1)?.key !== step) steps.push({ key: step, state: event.state, step: event.step ?? null });
  }
  const fresh = [...latest.values()].filter(({ first, message }) => first && message.author?.id !== me).map(({ message }) => message);
  const shown = fresh.filter((message) => message.state !== "removed");
  return {
    messages: shown.length, removed: fresh.length - shown.length, first: shown[0]?.id ?? null, pinned,
    people: speakers(shown.filter((message) => !hidden.has(message.author?.id))),
    steps: steps.map(({ state, step }) => ({ state, step })),
  };
}
