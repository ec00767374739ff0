/** What can be done about one message: opens under it, sends by socket, says thank you; one menu at a time. */
import { words } from "../lib/page.js";

export class MessageMenu {
  /** `room` {id, you, store, hiddenPeople}; `say` tells the line under the list. */
  constructor({ template, log, room, client, composer, tail, list, say }) {
    Object.assign(this, { template, room, client, composer, tail, list, say, open: null });
    log.addEventListener("click", (event) => this.clicked(event));
    log.addEventListener("submit", (event) => this.submitted(event));
  }

  clicked(event) {
    const more = event.target.closest(".msg__more");
    const doing = event.target.closest("[data-do]")?.dataset.do;
    const node = event.target.closest("[data-message]");
    if (more || doing) event.preventDefault();
    if (more) this.toggle(node, more);
    else if (doing === "close") this.close();
    else if (doing === "reply") this.run(() => this.composer.answer(this.open.id));
    else if (doing === "withdraw") this.withdraw(node.dataset.message);
    else if (doing === "reword") this.reword(node);
  }

  run(act) {
    act();
    this.close(false);
  }

  toggle(node, button) {
    const wasOpen = this.open?.id === node.dataset.message;
    this.close();
    if (wasOpen) return;
    this.show(node, button);
  }

  show(node, button) {
    const id = node.dataset.message;
    const message = this.room.store.get(id) ?? this.tail.held.get(id)?.message;
    const menu = this.template.content.firstElementChild.cloneNode(true);
    const isOwn = message?.author?.id === this.room.you;
    menu.querySelector('[data-for="own"]').hidden = !isOwn;
    menu.querySelector('[data-for="others"]').hidden = isOwn;
    const isHid = this.room.hiddenPeople.has(message?.author?.id);
    menu.querySelector('[data-act="hide"] [name="on"]').value = isHid ? "0" : "1";
    menu.querySelector('[data-act="hide"] button').textContent = words(isHid ? "unhide" : "hide", "");
    this.fillHost(menu.querySelector('[data-for="host"]'), message, isOwn);
    const box = menu.querySelector("textarea");
    box.id = `edit-${id}`;
    box.value = message?.body ?? "";
    box.parentElement.querySelector("label").htmlFor = box.id;
    const title = menu.querySelector('[id^="report-"]');
    title.id = `report-${id}`;
    title.nextElementSibling.setAttribute("aria-labelledby", title.id);
    const place = document.createElement("li");
    place.append(menu);
    node.after(place);
    button?.setAttribute("aria-expanded", "true");
    this.open = { id, node: place, button };
    this.list.stay();
    place.scrollIntoView({ block: "start" });
    menu.querySelector(isOwn ? "textarea" : "a, button").focus();
  }

  fillHost(part, message, isOwn) {
    if (!part) return;
    part.hidden = isOwn;
    for (const field of part.querySelectorAll('[name="person"]')) field.value = message?.author?.id ?? "";
    for (const field of part.querySelectorAll('[name="pinned"], [name="message"]')) field.value = message?.id ?? "";
  }

  close(backToButton = true) {
    if (!this.open) return;
    this.open.node.remove();
    this.open.button?.removeAttribute("aria-expanded");
    if (backToButton) this.open.button?.focus();
    this.open = null;
  }

  reword(node) {
    this.close();
    this.show(node, null);
  }

  async submitted(event) {
    if (event.target.dataset.hostForm) setTimeout(() => this.close());
    const form = event.target.closest("[data-act]");
    if (!form || !this.open) return;
    event.preventDefault();
    const { id } = this.open;
    const fields = Object.fromEntries(new FormData(form, event.submitter));
    const acts = {
      react: () => this.client.ask("message:react", { message: id, reaction: fields.reaction, on: true }),
      report: () => this.report(id, fields.reason),
      hide: () => this.hide(id, fields.on === "1"),
      edit: () => this.edit(id, fields.body),
      withdraw: () => this.withdraw(id),
    };
    await this.attempt(acts[form.dataset.act]);
  }

  async attempt(act) {
    try {
      await act();
      this.close();
    } catch (error) {
      this.say(error.code ? error.message : words("offline_act", ""));
    }
  }

  async report(id, reason) {
    await this.client.ask("message:report", { message: id, reason });
    this.close(false);
    if (reason !== "crisis") this.room.reported.add(id);
    this.list.drawAll();
    this.say(words("reported", ""));
  }

  async hide(id, on) {
    const person = this.room.store.get(id)?.author?.id;
    await this.client.ask("person:hide", { person, on });
    if (on) this.room.hiddenPeople.add(person);
    else this.room.hiddenPeople.delete(person);
    this.close(false);
    this.list.drawAll();
    this.say(words(on ? "hid" : "shown_again", ""));
  }

  async edit(id, body) {
    const ack = await this.client.ask("message:edit", { message: id, body });
    const message = { ...(this.tail.held.get(id)?.message ?? this.room.store.get(id)), body, ...ack.message };
    if (message.state === "held") this.tail.hold(message, ack.notice);
  }

  async withdraw(id) {
    await this.client.ask("message:withdraw", { message: id });
    this.tail.release(id);
  }
}
