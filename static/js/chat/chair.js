/** Who leads the meeting, as the room hears it; what one may do about it is a plain form. */

export class ChairLine {
  /** `people` knows names; without a chair on the page nothing is done. */
  constructor({ root, client, people, you }) {
    this.node = root.querySelector("[data-chair]");
    if (!this.node) return;
    Object.assign(this, { people, you, names: new Map() });
    const { ledBy, sitsBeside } = this.node.dataset;
    this.facts = { leader: ledBy || null, beside: sitsBeside || null };
    client.on("event", (event) => this.take(event)).on("people", () => this.draw());
  }

  find(name) {
    return this.node.querySelector(`[data-chair-${name}]`);
  }

  /** Takes a room event; only meeting events that say who leads count. */
  take(event) {
    if (event.kind !== "meeting" || !("led_by" in event)) return;
    const { led_by: leader, beside, waits } = event;
    this.facts = { leader: waits ? null : leader, beside, isChanged: true };
    this.find("waits").hidden = !waits;
    if (leader === this.you) this.node.dataset.owner = "1";
    this.offer("take", !leader || waits);
    this.offer("back", Boolean(this.node.dataset.owner && leader) && leader !== this.you);
    this.draw();
  }

  offer(name, isShown) {
    const button = this.find(name);
    if (button) button.hidden = !isShown;
  }

  /** The server has drawn the line until something changes; a name may come after its person. */
  draw() {
    const { leader, beside, isChanged } = this.facts;
    if (!isChanged) return;
    const line = this.find("line");
    const { leads, beside: besides, nobody } = line.dataset;
    const parts = [leader ? leads.replace("{who}", this.nameOf(leader)) : nobody];
    if (leader && beside) parts.push(besides.replace("{who}", this.nameOf(beside)));
    line.textContent = parts.join(" ");
  }

  nameOf(id) {
    const here = this.people.byId.get(id)?.handle;
    if (here) this.names.set(id, here);
    return this.names.get(id) ?? this.find("line").dataset.somebody;
  }
}
