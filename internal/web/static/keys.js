// Keys of every page: what carries data-key is pressed, or given the caret, by that key; a form is sent once, however
// often its button is pressed.

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false; // without script the browser's own menu prints
  button.addEventListener("click", () => print());
}

addEventListener("keydown", (event) => {
  if (!/^F\d+$/.test(event.key) || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
  const found = [...document.querySelectorAll(`[data-key="${event.key}"]`)].find((node) => !node.hidden && !node.disabled);
  if (!found) return;
  event.preventDefault();
  if (found.tagName === "INPUT") found.focus();
  else found.click();
});

const sent = new Set();
addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.method !== "post") return;
  if (sent.has(event.target)) event.preventDefault(); // a double press; the server knows the document anyway
  sent.add(event.target);
});
addEventListener("pageshow", () => sent.clear());
