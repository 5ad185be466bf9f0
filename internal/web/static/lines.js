// The lines of a voucher's half as rows of a table, and what the head and the totals of a half say.
import { fen, yuan, capital } from "./money.js";

export const fields = ["summary", "account", "function", "economic", "project", "fund", "party", "debit", "credit"];
export const dimensions = ["function", "economic", "project", "fund", "party"];

export const field = (row, name) => row.querySelector(`input[name$=".${name}"]`);
export const nameOf = (input) => input.name.split(".")[1] || input.name;
export const isAmount = (input) => nameOf(input) === "debit" || nameOf(input) === "credit";
export const rowsOf = (table) => [...table.tBodies[0].rows].filter((row) => field(row, "account"));
export const inputsOf = (row) => [...row.querySelectorAll("input")];
export const isBlank = (row) => inputsOf(row).every((input) => input.value.trim() === "");

// lineOf gives what stands in a row, with what is known of its account.
export const lineOf = (row) => {
  const line = { takes: row.dataset.takes || "", full: field(row, "account").title };
  for (const input of inputsOf(row)) line[nameOf(input)] = input.value;
  return line;
};

export const linesOf = (table) => rowsOf(table).filter((row) => !isBlank(row)).map(lineOf);

// settle shows the dimensions that the row's account takes, and whatever was typed into others; the rest is not there,
// neither for the eye nor for the keyboard.
export const settle = (row) => {
  const takes = (row.dataset.takes || "").split(" ");
  for (const input of inputsOf(row)) {
    const name = nameOf(input);
    if (!dimensions.includes(name)) continue;
    const demanded = takes.includes(`${name}!`);
    input.hidden = !demanded && !takes.includes(name) && input.value === "";
    input.toggleAttribute("aria-required", demanded);
    input.classList.toggle("asked", demanded && input.value === "");
  }
};

// grouped writes an amount as people read it; what is none stays as typed.
export const grouped = (text) => (fen(text) === 0n ? text : yuan(fen(text)));

// setLine writes a line into a row; only names those fields, all of them where it is left out.
export const setLine = (row, line, only = fields) => {
  for (const input of inputsOf(row)) {
    const name = nameOf(input);
    if (only.includes(name)) input.value = isAmount(input) ? grouped(line[name] || "") : line[name] || "";
  }
  if (only.includes("account")) {
    row.dataset.takes = line.takes || (line.account && !line.full ? "?" : "");
    field(row, "account").title = line.full || "";
  }
  settle(row);
};

export const addRow = (table) => {
  const rows = rowsOf(table);
  const row = rows[rows.length - 1].cloneNode(true);
  unmark(row);
  table.tBodies[0].append(row);
  setLine(row, {});
  return row;
};

// blankRow gives the first blank row from a place on, a new one where there is none.
export const blankRow = (table, from = 0) => rowsOf(table).slice(from).find(isBlank) || addRow(table);

// setLines puts lines in the place of all that a half has.
export const setLines = (table, lines) => {
  clearMarks(table);
  while (rowsOf(table).length < lines.length) addRow(table);
  rowsOf(table).forEach((row, i) => setLine(row, lines[i] || {}));
};

export const sums = (table) => {
  let debit = 0n;
  let credit = 0n;
  for (const row of rowsOf(table)) {
    debit += fen(field(row, "debit").value);
    credit += fen(field(row, "credit").value);
  }
  return { debit, credit };
};

const write = (node, text) => {
  if (node && node.textContent !== text) node.textContent = text;
};

// total writes the sums, the difference and the capitals of a half while they change.
export const total = (table) => {
  const { debit, credit } = sums(table);
  write(table.querySelector("[data-sum=debit]"), debit ? yuan(debit) : "");
  write(table.querySelector("[data-sum=credit]"), credit ? yuan(credit) : "");
  const difference = debit - credit;
  write(table.querySelector("[data-capitals]"), difference === 0n && debit ? capital(debit) : "");
  const words = table.previousElementSibling.querySelector("[data-diff]");
  words.className = difference === 0n ? "diff0" : "diff";
  if (difference === 0n) write(words, debit ? "借贷平衡" : "");
  else write(words, difference > 0n ? `借方多 ${yuan(difference)} 元` : `贷方多 ${yuan(-difference)} 元`);
};

const wrongCell = (row, name) => {
  const input = field(row, name);
  if (!input) return [];
  if (dimensions.includes(name)) return [input];
  return [input.closest("td"), ...(name === "debit" ? [field(row, "credit").closest("td")] : [])];
};

// mark writes everything that is wrong with a row under it, and shows which cells.
export const mark = (row, place, problems) => {
  unmark(row);
  if (problems.length === 0) return;
  const error = document.createElement("tr");
  error.className = "err";
  const cell = error.insertCell();
  cell.colSpan = 5;
  cell.textContent = `${place}:${problems.map((p) => p.message).join(";")}`;
  cell.id = `wrong-${field(row, "account").name}-${place.replace(/\D/g, "")}`;
  row.after(error);
  for (const p of problems) {
    for (const node of wrongCell(row, p.field)) node.classList.add("wrong");
    const input = field(row, p.field);
    if (input) {
      input.hidden = false;
      input.setAttribute("aria-invalid", "true");
      input.setAttribute("aria-describedby", cell.id);
    }
  }
};

export const unmark = (row) => {
  for (const node of row.querySelectorAll(".wrong")) node.classList.remove("wrong");
  for (const input of inputsOf(row)) {
    input.removeAttribute("aria-invalid");
    input.removeAttribute("aria-describedby");
  }
  const next = row.nextElementSibling;
  if (next && next.classList.contains("err")) next.remove();
};

// mended takes the mark off a cell that is being changed, and the sentence away with the last of them.
export const mended = (input) => {
  const row = input.closest("tr");
  for (const node of wrongCell(row, nameOf(input))) node.classList.remove("wrong");
  input.closest("td").classList.remove("wrong");
  input.removeAttribute("aria-invalid");
  if (!row.querySelector(".wrong")) unmark(row);
};

export const clearMarks = (table) => rowsOf(table).forEach(unmark);
