/** A session has ended while its person is in danger: the way into their side room stays, as a link they may take. */

export function offerWay(path, text) {
  const line = document.createElement("p");
  line.className = "notice";
  line.setAttribute("role", "status");
  const link = document.createElement("a");
  link.href = path;
  link.textContent = text;
  line.append(link);
  document.querySelector("main")?.prepend(line);
}
