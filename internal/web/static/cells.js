// What the keys of the voucher grid do to its cells, and which cell they go to next. The grid moves the caret and tells
// whoever follows its changes.
import { addRow, dimensions, field, inputsOf, isAmount, nameOf, rowsOf, sums } from "./lines.js";
import { fen, yuan } from "./money.js";

// after gives the next cell: past what is not demanded where a person leaves a dimension blank, past the credit where
// there is a debit, in a new row at the end.
export const after = (input) => {
  const table = input.closest("table");
  const row = input.closest("tr");
  const cells = inputsOf(row).filter((cell) => !cell.hidden);
  let next = cells[cells.indexOf(input) + 1];
  if (nameOf(input) === "debit" && input.value.trim() !== "") next = undefined;
  if (dimensions.includes(nameOf(input)) && input.value.trim() === "" && !input.classList.contains("asked")) {
    next = cells.slice(cells.indexOf(input) + 1).find((cell) => cell.classList.contains("asked") || isAmount(cell));
  }
  if (next) return next;
  const rows = rowsOf(table);
  return field(rows[rows.indexOf(row) + 1] || addRow(table), "summary");
};

// beside gives the same cell so many rows down, the account's where it is not asked for there; undefined past an end.
export const beside = (input, step) => {
  const rows = rowsOf(input.closest("table"));
  const row = rows[rows.indexOf(input.closest("tr")) + step];
  if (!row) return undefined;
  const same = row.querySelector(`input[name="${input.name}"]`);
  return same.hidden ? field(row, "account") : same;
};

// repeat puts the summary of the line above in place of .., that of the first in place of //; it tells whether it did.
export const repeat = (input) => {
  const rows = rowsOf(input.closest("table"));
  const at = rows.indexOf(input.closest("tr"));
  const from = input.value === ".." ? at - 1 : input.value === "//" ? 0 : -1;
  if (from < 0 || at === 0) return false;
  input.value = field(rows[from], "summary").value;
  return true;
};

// flip changes debit and credit of a row, and gives the other cell.
export const flip = (input) => {
  const row = input.closest("tr");
  const [debit, credit] = [field(row, "debit"), field(row, "credit")];
  [debit.value, credit.value] = [credit.value, debit.value];
  return input === debit ? credit : debit;
};

// balance puts what the half lacks into the cell; from a blank cell into the other one where that is filled, as in a
// copied row, or where it lacks on that side. It gives the cell that was filled.
export const balance = (input) => {
  const row = input.closest("tr");
  const [debit, credit] = [field(row, "debit"), field(row, "credit")];
  const other = input === debit ? credit : debit;
  const all = sums(input.closest("table"));
  const rest = all.debit - fen(debit.value) - (all.credit - fen(credit.value)); // of the other rows
  const lacks = input === debit ? -rest : rest;
  const cell = input.value.trim() === "" && (other.value.trim() !== "" || lacks < 0n) ? other : input;
  cell.value = rest === 0n ? "" : yuan(cell === debit ? -rest : rest);
  return cell;
};
