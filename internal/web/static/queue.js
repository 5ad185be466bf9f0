// Keys of the lists of vouchers that wait: up and down move, Enter opens, Space ticks, A takes the step and goes on to
// the next, R sends back with a reason. Everything here only hurries what links, ticks and buttons do without it.
const table = document.querySelector("table[data-queue]");
const one = document.getElementById("one");
const dialog = document.getElementById("return");

const rows = () => [...table.querySelectorAll("tr[data-document]")];
const here = () => table.querySelector("tr.here");

const go = (row) => {
  if (!row) return;
  const before = here();
  if (before) {
    before.classList.remove("here");
    before.tabIndex = -1;
  }
  row.classList.add("here");
  row.tabIndex = 0;
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
};

const step = (by) => {
  const all = rows();
  const at = all.indexOf(here());
  go(all[Math.min(Math.max(at + by, 0), all.length - 1)]);
};

// send takes a step on the row's voucher with the one form that the page keeps for it.
const send = (row, name, reason) => {
  one.action = `/vouchers/${row.dataset.document}/${name}`;
  one.elements.version.value = row.dataset.version;
  one.elements.reason.value = reason;
  one.submit();
};

const sendBack = (row) => {
  const field = dialog.querySelector("input");
  dialog.querySelector("[data-label]").textContent = `${row.cells[2].textContent} ${row.querySelector("[data-open]").textContent}`;
  dialog.addEventListener("close", () => {
    if (dialog.returnValue === "ok" && field.value.trim()) send(row, "return", field.value.trim());
    else go(row);
  }, { once: true });
  dialog.returnValue = "";
  // When the key is let go, so that it is not typed into the reason.
  document.addEventListener("keyup", () => {
    dialog.showModal();
    field.focus();
  }, { once: true });
};

const press = (event) => {
  const within = event.target;
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || dialog.open) return;
  if (within.closest("input:not([type=checkbox]), select, textarea, button")) return;
  const row = here();
  const does = {
    ArrowDown: () => step(1),
    ArrowUp: () => step(-1),
    Enter: () => row && row.querySelector("[data-open]").click(),
    " ": () => row && row.querySelector("input[type=checkbox]").click(),
    a: () => row && send(row, one.dataset.step, ""),
    r: () => row && one.dataset.step === "check" && sendBack(row),
  }[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!does || (event.key === "Enter" && within.closest("a"))) return;
  event.preventDefault();
  does();
};

if (table && rows().length) {
  document.querySelectorAll("[data-keys]").forEach((words) => { words.hidden = false; });
  for (const row of rows()) {
    row.tabIndex = -1;
    row.addEventListener("focusin", () => { if (row !== here()) { const b = here(); if (b) b.classList.remove("here"); row.classList.add("here"); } });
  }
  document.addEventListener("keydown", press);
  go(table.querySelector("tr[data-at]") || rows()[0]);
}
