// The editors of a draft add up while they are filled in: what a standard comes to, and how each kind of money stands.
import { fen, yuan } from "./money.js";

const form = document.getElementById("fill");

const field = (row, name) => row.querySelector(`[name^="${name}-"]`);
const value = (row, name) => {
  const f = field(row, name);
  return f ? f.value : "";
};

// amount gives what a line comes to, and shows it where a standard computes it.
const amount = (row) => {
  const select = field(row, "standard");
  const chosen = select && select.selectedOptions[0];
  const typed = field(row, "amount");
  const out = row.querySelector("[data-amount]");
  if (!chosen || chosen.value === "") {
    if (out) out.hidden = Boolean(typed);
    if (typed) typed.hidden = false;
    return fen(value(row, "amount"));
  }
  const heads = chosen.dataset.heads;
  const quantity = field(row, "quantity");
  if (heads !== "" && quantity) quantity.value = heads;
  const count = /^\d+$/.test(quantity.value.trim()) ? BigInt(quantity.value.trim()) : 0n;
  const sum = fen(chosen.dataset.rate) * count;
  if (typed) {
    typed.hidden = true;
    typed.value = "";
  }
  out.hidden = false;
  out.textContent = yuan(sum);
  return sum;
};

const show = (cell, sum, low) => {
  if (!cell) return;
  cell.textContent = yuan(sum);
  cell.classList.toggle("low", low);
};

const add = () => {
  const sums = {};
  for (const row of form.querySelectorAll("[data-row]")) {
    const drop = field(row, "drop");
    if (!field(row, "fund") || (drop && drop.checked)) continue;
    const key = value(row, "fund") + (value(row, "side") || "");
    sums[key] = (sums[key] || 0n) + amount(row);
  }
  for (const row of form.querySelectorAll("[data-fund]")) {
    const fund = row.dataset.fund;
    if (row.dataset.lines !== undefined) {
      const [income, outlay] = [sums[fund + "income"] || 0n, sums[fund + "outlay"] || 0n];
      const left = income - outlay - fen(row.dataset.lines);
      show(row.querySelector("[data-income]"), income, false);
      show(row.querySelector("[data-outlay]"), outlay, false);
      show(row.querySelector("[data-left]"), left, left < 0n);
      continue;
    }
    const sum = sums[fund] || 0n;
    show(row.querySelector("[data-sum]"), sum, false);
    show(row.querySelector("[data-more]"), sum - fen(row.dataset.last), false);
    if (row.dataset.control !== "") show(row.querySelector("[data-left]"), fen(row.dataset.control) - sum, sum > fen(row.dataset.control));
  }
};

// The list of classes that a row offers follows its side.
const list = (row) => {
  const side = field(row, "side");
  const input = field(row, "class");
  if (side && input) input.setAttribute("list", side.value === "outlay" ? "outlays" : "revenues");
};

if (form && form.querySelector('button[name="do"]')) {
  form.addEventListener("input", (e) => {
    const row = e.target.closest("[data-row]");
    if (row) list(row);
    add();
  });
  add();
}
