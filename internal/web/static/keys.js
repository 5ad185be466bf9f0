// Keys that save an accountant's hands in the voucher's grid. Everything here only hurries what the form does without
// it: Enter goes to the next cell, Space flips debit and credit, = balances, .. and // repeat a summary, F12 or Ctrl+S
// sends. An account is found by the beginning of its code or of its pinyin initials, or by a part of its name.

const fen = (text) => {
  const plain = text.replace(/[,,\s¥¥]/g, "");
  if (!/^-?\d*(\.\d{0,2})?$/.test(plain) || plain === "" || plain === "-" || plain === ".") return 0n;
  const negative = plain.startsWith("-");
  const [whole, cents = ""] = plain.replace("-", "").split(".");
  const value = BigInt(whole || "0") * 100n + BigInt((cents + "00").slice(0, 2));
  return negative ? -value : value;
};

const yuan = (value) => {
  const sign = value < 0n ? "-" : "";
  const digits = String(value < 0n ? -value : value).padStart(3, "0");
  return sign + digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ",") + "." + digits.slice(-2);
};

const field = (row, name) => row.querySelector(`input[name$=".${name}"]`);
const rowsOf = (table) => [...table.tBodies[0].rows].filter((row) => field(row, "account"));

const sums = (table) => {
  let debit = 0n;
  let credit = 0n;
  for (const row of rowsOf(table)) {
    debit += fen(field(row, "debit").value);
    credit += fen(field(row, "credit").value);
  }
  return { debit, credit };
};

// show writes totals and difference of a half while they change.
const show = (table) => {
  const { debit, credit } = sums(table);
  table.querySelector("[data-sum=debit]").textContent = debit ? yuan(debit) : "";
  table.querySelector("[data-sum=credit]").textContent = credit ? yuan(credit) : "";
  const words = table.previousElementSibling.querySelector("[data-diff]");
  if (!words) return;
  const difference = debit - credit;
  words.className = difference === 0n ? "diff0" : "diff";
  if (difference === 0n) words.textContent = debit ? "借贷平衡" : "";
  else words.textContent = difference > 0n ? `借方多 ${yuan(difference)} 元` : `贷方多 ${yuan(-difference)} 元`;
  const capitals = table.querySelector(".capitals");
  if (capitals) capitals.textContent = "";
};

const cells = (table) => [...table.querySelectorAll("tbody input")];

const next = (input) => {
  const all = cells(input.closest("table"));
  const at = all.indexOf(input) + 1;
  if (at < all.length) {
    all[at].focus();
    all[at].select();
  }
};

// balance puts what is missing on this side of the half.
const balance = (input, table) => {
  const own = fen(input.value);
  const { debit, credit } = sums(table);
  const missing = input.name.endsWith(".debit") ? credit - (debit - own) : debit - (credit - own);
  input.value = missing === 0n ? "" : yuan(missing);
  show(table);
};

const flip = (input, table) => {
  const row = input.closest("tr");
  const debit = field(row, "debit");
  const credit = field(row, "credit");
  [debit.value, credit.value] = [credit.value, debit.value];
  (input === debit ? credit : debit).focus();
  show(table);
};

const repeat = (input, table) => {
  const rows = rowsOf(table);
  const at = rows.indexOf(input.closest("tr"));
  if (input.value === ".." && at > 0) input.value = field(rows[at - 1], "summary").value;
  if (input.value === "//" && at > 0) input.value = field(rows[0], "summary").value;
};

// find completes what was typed from the list that the field offers, where only one line fits best.
const find = (input) => {
  const list = input.list;
  const typed = input.value.trim().toLowerCase();
  if (!list || typed === "") return;
  const options = [...list.options];
  if (options.some((o) => o.value === input.value)) return;
  const exact = options.filter((o) => o.value.split(" ")[0] === typed || o.label.split(" ").pop() === typed);
  const found = exact.length ? exact : options.filter((o) => o.label.split(" ").pop().startsWith(typed) || o.value.startsWith(typed) || o.value.includes(typed));
  if (found.length === 1) input.value = found[0].value;
};

const onKey = (event) => {
  const input = event.target;
  if (input.tagName !== "INPUT" || event.isComposing) return;
  const table = input.closest("table.grid");
  if (!table) return;
  const amount = input.name.endsWith(".debit") || input.name.endsWith(".credit");
  if (event.key === "Enter") {
    event.preventDefault();
    repeat(input, table);
    find(input);
    next(input);
  } else if (amount && event.key === " ") {
    event.preventDefault();
    flip(input, table);
  } else if (amount && event.key === "=") {
    event.preventDefault();
    balance(input, table);
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    if (input.list && input.value === "") return;
    const step = event.key === "ArrowDown" ? 1 : -1;
    const rows = rowsOf(table);
    const row = rows[rows.indexOf(input.closest("tr")) + step];
    if (!row || input.list) return;
    event.preventDefault();
    row.querySelector(`input[name="${input.name}"]`).focus();
  }
};

// onPress keeps the characters of those keys out of the fields, also where a device sends them apart from the key.
const onPress = (event) => {
  const input = event.target;
  if (input.tagName !== "INPUT" || !input.closest("table.grid")) return;
  const amount = input.name.endsWith(".debit") || input.name.endsWith(".credit");
  if (event.key === "Enter" || (amount && (event.key === " " || event.key === "="))) event.preventDefault();
};

// paste fills cells from a block of a spreadsheet, row by row from the cell that has the caret.
const onPaste = (event) => {
  const input = event.target;
  const table = input.closest && input.closest("table.grid");
  const text = event.clipboardData ? event.clipboardData.getData("text/plain") : "";
  if (!table || !/[\t\n]/.test(text.trim())) return;
  event.preventDefault();
  const rows = rowsOf(table);
  const top = rows.indexOf(input.closest("tr"));
  const left = [...input.closest("tr").querySelectorAll("input")].indexOf(input);
  text.replace(/\r/g, "").replace(/\n$/, "").split("\n").forEach((line, i) => {
    if (!rows[top + i]) return;
    const inputs = rows[top + i].querySelectorAll("input");
    line.split("\t").forEach((value, j) => {
      if (inputs[left + j]) inputs[left + j].value = value.trim();
    });
  });
  show(table);
};

// insert writes lines into the first blank rows of their halves, and adds rows where there are too few.
const insert = (lines) => {
  for (const line of lines) {
    const table = entry.querySelector(`table.grid[data-half="${line.half}"]`) || entry.querySelector("table.grid");
    const rows = rowsOf(table);
    const blank = (row) => [...row.querySelectorAll("input")].every((input) => input.value === "");
    let row = rows.find(blank);
    if (!row) {
      row = rows[rows.length - 1].cloneNode(true);
      for (const input of row.querySelectorAll("input")) input.value = "";
      table.tBodies[0].append(row);
    }
    for (const input of row.querySelectorAll("input")) input.value = line[input.name.split(".")[1]] || "";
    show(table);
  }
};

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false; // without script the browser's own menu prints
  button.addEventListener("click", () => print());
}

const entry = document.querySelector("form.entry");
if (entry) {
  entry.addEventListener("keydown", onKey);
  entry.addEventListener("keypress", onPress);
  entry.addEventListener("paste", onPaste);
  entry.addEventListener("input", (event) => {
    const table = event.target.closest("table.grid");
    if (table) show(table);
  });
  entry.addEventListener("change", (event) => {
    const table = event.target.closest("table.grid");
    if (!table) return;
    if (event.target.name.endsWith(".summary")) repeat(event.target, table);
    else find(event.target);
  });
  let sent = false;
  entry.addEventListener("submit", (event) => {
    if (sent) event.preventDefault(); // a double press; the server knows the document anyway
    sent = true;
  });
  addEventListener("pageshow", () => {
    sent = false;
  });
  const press = (name) => entry.querySelector(`button[value="${name}"]`).click();
  addEventListener("keydown", (event) => {
    if (event.key === "F12") {
      event.preventDefault();
      press("another");
    } else if (event.key === "s" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      press("save");
    } else if (event.key === "F8") {
      event.preventDefault();
      entry.dispatchEvent(new CustomEvent("xz-template"));
    }
  });
  entry.addEventListener("xz-insert-lines", (event) => insert(event.detail.lines));
  const first = entry.querySelector("td.wrong input") || entry.querySelector("tbody input");
  if (first) first.focus();
}
