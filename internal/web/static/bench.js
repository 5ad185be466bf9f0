// The reconciliation bench by keys: up and down move, left and right change sides, space picks, Enter matches when both
// sides come to the same; what is picked is added up as one goes. Without it the ticks and the button do the same.
const bench = document.querySelector("[data-bench]");
const output = bench && bench.querySelector("[data-difference]");

const yuan = (fen) => {
  const text = String(Math.abs(fen)).padStart(3, "0");
  const whole = text.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ",");
  return (fen < 0 ? "-" : "") + whole + "." + text.slice(-2);
};

const rows = (side) => [...bench.querySelectorAll(`[data-side="${side}"] tbody tr[data-fen]`)];
const tick = (row) => row.querySelector("input[type=checkbox]");

const sum = (side) => rows(side).filter((row) => tick(row).checked).reduce((all, row) => all + Number(row.dataset.fen), 0);

const show = () => {
  let count = 0;
  for (const side of ["bank", "book"]) {
    for (const row of rows(side)) {
      const on = tick(row).checked;
      row.classList.toggle("picked", on);
      if (on) count += 1;
    }
  }
  if (!output) return;
  const bank = sum("bank");
  const book = sum("book");
  output.hidden = count === 0;
  output.textContent = `已选 ${count} 笔:银行 ${yuan(bank)},单位账 ${yuan(book)},差 ${yuan(bank - book)} 元`;
  output.className = bank === book ? "diff0" : "diff";
};

const here = () => {
  const row = document.activeElement && document.activeElement.closest("tr[data-fen]");
  if (!row || !bench.contains(row)) return null;
  const side = row.closest("[data-side]").dataset.side;
  return { side, at: rows(side).indexOf(row) };
};

const go = (side, at) => {
  const all = rows(side);
  if (all.length === 0) return;
  tick(all[Math.max(0, Math.min(at, all.length - 1))]).focus();
};

if (bench) {
  const keys = bench.querySelector("[data-keys]");
  if (keys) keys.hidden = false;
  bench.addEventListener("change", show);
  bench.addEventListener("focusin", () => {
    for (const row of bench.querySelectorAll("tr.here")) row.classList.remove("here");
    const row = document.activeElement.closest("tr[data-fen]");
    if (row) row.classList.add("here");
  });
  bench.addEventListener("keydown", (event) => {
    const place = here();
    if (!place || event.ctrlKey || event.altKey || event.metaKey || event.target.tagName === "A") return;
    const other = place.side === "bank" ? "book" : "bank";
    const moves = { ArrowDown: [place.side, place.at + 1], ArrowUp: [place.side, place.at - 1], ArrowRight: [other, place.at], ArrowLeft: [other, place.at] };
    if (moves[event.key]) {
      event.preventDefault();
      go(...moves[event.key]);
    }
  });
  bench.addEventListener("submit", (event) => { // Enter in a tick sends the form, as its button does
    if (!output || output.className === "diff0" && !output.hidden) return;
    event.preventDefault();
    if (output.hidden) output.textContent = "还没有选";
    output.hidden = false;
  });
  show();
  const first = rows("bank")[0] || rows("book")[0];
  if (first && !document.querySelector("[role=alert]")) tick(first).focus({ preventScroll: true });
}
