/** The values of the host's switches and forms, as events want them and as the room tells them. */

const NUMBERS = new Set(["slow_seconds", "minutes", "step", "turn_seconds"]);

/** A field of a form as an event wants it. */
export function asSent(name, value) {
  if (NUMBERS.has(name)) return Number(value);
  return name === "locked" ? value === "1" : value;
}

/** The fields of a form as an event wants them. */
export function fieldsOf(form, submitter) {
  const given = [...new FormData(form, submitter)].filter(([name]) => name !== "csrf_token");
  return Object.fromEntries(given.map(([name, value]) => [name, asSent(name, value)]));
}

/** The room's settings as the switches name them. */
export function asSwitched(settings) {
  const talk = settings.reactions ? "reactions" : "off";
  return { ...settings, cross_talk: settings.cross_talk ? "on" : talk };
}
