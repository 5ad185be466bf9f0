// The voucher grid: one element around the plain form, which works without it. It hurries the keys (Enter goes on, Space
// flips debit and credit, = balances, .. and // repeat a summary, F7 looks up, F12 and Ctrl+S send), asks dimensions only
// where an account takes them, and keeps a draft in the browser. The form says xz-template where a template is wanted,
// and takes lines with xz-insert-lines, detail {lines}, as the server gives them (lineData in grid.go).
import { after, balance, beside, flip, repeat } from "./cells.js";
import { addRow, blankRow, dimensions, field, fields, grouped, inputsOf, isAmount, linesOf, mended, nameOf, rowsOf, setLine, setLines, settle, total } from "./lines.js";
import { Drafts } from "./drafts.js";
import { Lookup } from "./lookup.js";
import { Notices } from "./notices.js";
import { Paste } from "./paste.js";
import { Proposal } from "./proposal.js";
import { Recall } from "./recall.js";
import { Sender } from "./send.js";

const heads = ["word", "date", "attachments", "note"];

class VoucherGrid extends HTMLElement {
  connectedCallback() {
    if (this.form) return;
    this.form = this.querySelector("form");
    this.tables = [...this.querySelectorAll("table.grid")];
    this.book = this.dataset.book;
    this.notices = new Notices(this.querySelector("[data-notices]"));
    this.lookup = new Lookup(this);
    this.drafts = new Drafts(this.dataset.person, this.book);
    if (this.tables.length > 1) this.proposal = new Proposal(this, this.tables[0], this.tables[1]);
    this.paste = new Paste(this);
    this.dress();
    this.listen();
    this.first = JSON.stringify(this.written());
    if (this.proposal) this.proposal.begin();
    this.sender = new Sender(this);
    new Recall(this).begin();
    if (!this.contains(document.activeElement)) this.begin();
  }

  // dress makes the plain form the grid: no lists, no cells that nobody is asked for.
  dress() {
    this.classList.add("live");
    for (const input of this.querySelectorAll("input[list]")) input.removeAttribute("list");
    for (const shown of this.querySelectorAll("[data-keys]")) shown.hidden = false;
    for (const plain of this.querySelectorAll("[data-plain]")) plain.hidden = true;
    for (const table of this.tables) for (const row of rowsOf(table)) settle(row);
  }

  begin() {
    const wrong = this.querySelector("td.wrong input, input.wrong");
    (wrong || field(rowsOf(this.tables[0])[0], "summary")).focus();
  }

  listen() {
    this.form.addEventListener("keydown", (event) => this.key(event));
    this.form.addEventListener("keypress", (event) => this.press(event));
    this.form.addEventListener("input", (event) => this.input(event.target));
    this.form.addEventListener("focusout", (event) => this.leave(event.target));
    this.form.addEventListener("focusin", () => this.lookup.open && document.activeElement !== this.lookup.input && this.lookup.close());
    this.form.addEventListener("xz-insert-lines", (event) => this.insert(event.detail.lines));
    addEventListener("keydown", (event) => this.window(event));
    addEventListener("pagehide", () => this.keep());
    document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && this.keep());
  }

  value(name) {
    return this.form.elements[name].value;
  }

  get period() {
    const typed = this.value("date").replace(/[/.]/g, "-").match(/^(\d{4})-(\d{1,2})-/);
    return typed ? `${typed[1]}-${typed[2].padStart(2, "0")}` : this.dataset.period;
  }

  // Keys.

  window(event) {
    if (event.key === "s" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.flush().then(() => this.form.querySelector("button[value=save]").click());
    } else if (event.key === "F12") {
      event.preventDefault();
      this.flush().then(() => this.form.querySelector("button[value=another]").click());
    } else if (event.key === "F8") {
      event.preventDefault();
      this.template();
    }
  }

  // flush looks up what the caret's cell still holds unread, before the voucher goes.
  flush() {
    const input = document.activeElement;
    return input && input.tagName === "INPUT" && input.closest("table.grid") && this.lookup.serves(input) ? this.lookup.resolve(input) : Promise.resolve();
  }

  template() {
    this.form.dispatchEvent(new CustomEvent("xz-template", { bubbles: true }));
  }

  key(event) {
    const input = event.target;
    if (event.isTrusted) this.swallow = false;
    if (input.tagName !== "INPUT" || event.isComposing) return;
    if (this.held) {
      this.hold(event);
      return;
    }
    const table = input.closest("table.grid");
    if (!table) {
      if (event.key === "Enter") this.enterHead(event, input);
      return;
    }
    const looks = this.lookup.serves(input);
    if (event.key === "Enter") {
      event.preventDefault();
      this.enter(input);
    } else if (event.key === "F7") {
      event.preventDefault();
      const cell = looks ? input : field(input.closest("tr"), "account");
      cell.focus();
      this.lookup.show(cell);
    } else if (event.key === "Escape" && this.lookup.open) {
      event.preventDefault();
      this.lookup.close();
    } else if (event.key === "Tab" && looks) {
      this.lookup.resolve(input);
    } else if (isAmount(input) && event.key === " ") {
      event.preventDefault();
      flip(input).focus();
      this.changed(input);
    } else if (event.key === "=" && this.balances(input)) {
      event.preventDefault();
      const cell = balance(isAmount(input) ? input : field(input.closest("tr"), "debit"));
      cell.focus();
      this.changed(cell);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      if (this.lookup.open && this.lookup.input === input) this.lookup.move(step);
      else this.go(beside(input, step));
    }
  }

  // balances tells whether = in a cell means the amount: there, and in a dimension that is passed over.
  balances(input) {
    return isAmount(input) || (dimensions.includes(nameOf(input)) && input.value === "" && !input.classList.contains("asked"));
  }

  // press keeps the characters of those keys out of the fields, also where a device sends them apart from the key.
  press(event) {
    const input = event.target;
    if (input.tagName !== "INPUT" || !input.closest("table.grid")) return;
    if (this.swallow || event.key === "Enter" || (isAmount(input) && event.key === " ") || (event.key === "=" && this.balances(input))) event.preventDefault();
  }

  enterHead(event, input) {
    if (!heads.includes(input.name)) return;
    event.preventDefault();
    if (input.name !== "note") field(rowsOf(this.tables[0])[0], "summary").focus();
  }

  // enter reads the cell and goes on; keys that are struck while the server is asked wait for the next cell.
  async enter(input) {
    if (nameOf(input) === "summary") this.repeat(input);
    if (!this.lookup.serves(input) || this.lookup.settled(input)) {
      this.lookup.close();
      this.onward(input);
      return;
    }
    this.held = [];
    const found = await this.lookup.resolve(input);
    const struck = this.held;
    this.held = null;
    if (found) this.onward(input);
    for (const key of found ? struck : []) this.replay(key);
  }

  hold(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || (event.key.length > 1 && event.key !== "Enter")) return;
    event.preventDefault();
    this.swallow = true;
    this.held.push(event.key);
  }

  replay(key) {
    const input = document.activeElement;
    if (this.held) {
      this.held.push(key); // the struck Enter asks in its turn
      return;
    }
    const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
    if (!input.dispatchEvent(event) || key.length > 1) return;
    input.setRangeText(key, input.selectionStart, input.selectionEnd, "end");
    this.input(input);
  }

  // go moves the caret to a cell, where there is one.
  go(cell) {
    if (!cell) return;
    cell.focus();
    cell.select();
  }

  onward(input) {
    this.go(after(input));
  }

  repeat(input) {
    if (repeat(input)) this.changed(input);
  }

  // What happens to the cells.

  input(input) {
    if (!input.closest("table.grid")) {
      this.keepSoon();
      return;
    }
    if (nameOf(input) === "account" && input.value.trim() === "") this.account(input.closest("tr"), "");
    if (this.lookup.serves(input)) this.lookup.typed(input);
    this.changed(input);
  }

  leave(input) {
    if (input.tagName !== "INPUT" || !input.closest("table.grid") || this.held) return;
    if (nameOf(input) === "summary") this.repeat(input);
    else if (this.lookup.serves(input) && !this.lookup.settled(input)) this.lookup.resolve(input);
    else if (isAmount(input)) input.value = grouped(input.value);
  }

  // account tells a row what its account takes; dimensions of the one before go.
  account(row, takes) {
    row.dataset.takes = takes;
    const names = takes.split(" ").map((name) => name.replace("!", ""));
    for (const input of inputsOf(row)) {
      if (fields.slice(2, 7).includes(nameOf(input)) && !names.includes(nameOf(input))) input.value = "";
    }
    settle(row);
  }

  // changed follows every change of a cell, whoever made it.
  changed(input) {
    const table = input.closest("table");
    mended(input);
    settle(input.closest("tr"));
    total(table);
    if (this.proposal) {
      if (table.dataset.half === "b") this.proposal.edited();
      else this.proposal.soon();
    }
    this.keepSoon();
  }

  more() {
    for (const table of this.tables) for (let i = 0; i < 3; i++) addRow(table);
  }

  insert(lines) {
    for (const line of lines) {
      const table = this.tables.find((t) => t.dataset.half === line.half) || this.tables[0];
      setLine(blankRow(table), line);
    }
    this.pasted(lines.some((l) => l.half === "b"));
  }

  // pasted follows lines that came from elsewhere.
  pasted(budgetary) {
    this.tables.forEach(total);
    if (this.proposal && budgetary) this.proposal.begin();
    else if (this.proposal) this.proposal.soon();
    this.keepSoon();
  }

  // Drafts.

  written() {
    const draft = { document: this.value("document"), version: Number(this.value("version")), halves: {}, number: this.querySelector("[data-number]").textContent };
    for (const name of heads) draft[name] = this.form.elements[name] ? this.value(name) : "";
    for (const table of this.tables) draft.halves[table.dataset.half] = linesOf(table);
    return draft;
  }

  restore(draft) {
    this.form.elements.document.value = draft.document;
    this.form.elements.version.value = draft.version;
    this.querySelector("[data-number]").textContent = draft.number;
    for (const name of heads) if (this.form.elements[name]) this.form.elements[name].value = draft[name];
    for (const table of this.tables) {
      setLines(table, draft.halves[table.dataset.half] || []);
      total(table);
    }
    if (this.proposal) this.proposal.begin();
  }

  keepSoon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.keep(), 300);
  }

  // keep puts what is written into the browser, with what the person wants done with it as soon as it can be sent.
  keep() {
    clearTimeout(this.timer);
    const draft = this.written();
    if (this.gone || (JSON.stringify(draft) === this.first && !this.pending)) return;
    if (Object.values(draft.halves).every((lines) => lines.length === 0) && !draft.note) return;
    draft.at = Date.now();
    draft.pending = this.pending || "";
    this.kept = this.drafts.keep(draft);
    const said = this.querySelector("[data-kept]");
    said.textContent = this.kept ? `草稿已存 ${new Date().toTimeString().slice(0, 8)}` : "浏览器不能保存草稿,请及时保存";
  }
}

customElements.define("xz-grid", VoucherGrid);
