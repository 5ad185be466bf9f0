// The list under a cell: accounts by code, name or initials with path and balance, and the values of a dimension. The
// server answers; what was asked once is remembered for a minute.
import { nameOf, field, dimensions } from "./lines.js";
import { Offered, node } from "./offered.js";

const wait = 70; // ms after a key before the server is asked
const fresh = 60000;

export class Lookup {
  constructor(grid) {
    this.grid = grid;
    this.asked = new Map();
    this.offered = new Offered("looked", "可选的科目和分类", (at) => this.take(this.input, this.found[at], true));
  }

  // serves tells whether a cell has something to look up.
  serves(input) {
    return nameOf(input) === "account" || dimensions.includes(nameOf(input));
  }

  get open() {
    return this.offered.open;
  }

  // typed asks for what stands in the cell, a moment after the last key.
  typed(input) {
    clearTimeout(this.timer);
    this.input = input;
    if (input.value.trim() === "") {
      this.close();
      return;
    }
    this.timer = setTimeout(() => this.show(input), wait);
  }

  async show(input) {
    clearTimeout(this.timer);
    const query = input.value.trim();
    let answer;
    try {
      answer = await this.ask(input, query);
    } catch (broken) {
      this.close();
      return;
    }
    if (document.activeElement !== input || input.value.trim() !== query) return;
    this.draw(input, answer);
  }

  // ask gives the server's answer for a cell and what is typed in it.
  ask(input, query) {
    const params = new URLSearchParams({ q: /^\d+ /.test(query) ? query.split(" ")[0] : query, period: this.grid.period });
    const name = nameOf(input);
    const row = input.closest("tr");
    if (name === "account") {
      if (this.grid.tables.length > 1) params.set("half", input.closest("table").dataset.half);
    } else {
      params.set("of", name);
      params.set("account", field(row, "account").value.split(" ")[0]);
    }
    const url = `/books/${this.grid.book}/lookup?${params}`;
    const known = this.asked.get(url);
    if (known && Date.now() - known.at < fresh) return known.answer;
    const answer = fetch(url, { headers: { Accept: "application/json" } }).then((said) => {
      if (!said.ok) throw new Error(String(said.status));
      return said.json();
    });
    this.asked.set(url, { at: Date.now(), answer });
    answer.catch(() => this.asked.delete(url));
    return answer;
  }

  draw(input, answer) {
    this.input = input;
    this.query = input.value.trim();
    this.found = answer.found || [];
    const notes = [];
    if (this.found.length === 0) notes.push(nameOf(input) === "account" ? "没有符合的科目,请改填编码、名称或拼音首字母" : "没有符合的内容");
    if (answer.left) notes.push(`另有 ${answer.left} 个,请再多键一个字母`);
    this.offered.show(input, this.found.map((f) => [node("b", "", f.code), node("span", "path", f.full || f.name || ""), node("span", "num", f.balance || "")]), notes);
    this.offered.choose(this.words(input) && input.value !== "" ? -1 : 0);
  }

  // words tells whether a cell takes words of the county's own, which no list is complete for.
  words(input) {
    return nameOf(input) !== "account" && this.found.length > 0 && !this.found[0].name;
  }

  move(step) {
    this.offered.choose(this.offered.at + step);
  }

  close() {
    clearTimeout(this.timer);
    this.offered.close();
  }

  // settled tells whether what stands in a cell needs no look-up: it is blank or was taken from a list.
  settled(input) {
    return input.value.trim() === "" || input.value === input.dataset.taken || (input.value === input.defaultValue && input.closest("tr").dataset.takes !== "?");
  }

  // resolve makes of what is typed the row that the list would offer; it gives false where nothing fits.
  async resolve(input) {
    if (this.settled(input)) {
      this.close();
      return true;
    }
    const query = input.value.trim();
    let answer;
    try {
      answer = await this.ask(input, query);
    } catch (broken) {
      return true; // without the line the server reads it when the voucher is sent
    }
    const found = answer.found || [];
    const words = nameOf(input) !== "account" && !(found[0] && found[0].name);
    const chosen = this.open && this.input === input && this.query === query ? this.offered.at : words ? -1 : 0;
    if (found[chosen]) {
      this.take(input, found[chosen]);
      return true;
    }
    if (words) {
      this.close();
      return true;
    }
    if (document.activeElement === input) this.draw(input, answer);
    return false;
  }

  take(input, found, onward = false) {
    const row = input.closest("tr");
    input.value = found.name ? `${found.code} ${found.full || found.name}` : found.code;
    input.dataset.taken = input.value;
    input.title = found.full ? `${found.code} ${found.full}` : input.title;
    if (nameOf(input) === "account") this.grid.account(row, found.takes || "");
    this.close();
    this.grid.changed(input);
    if (onward) this.grid.onward(input);
  }
}
