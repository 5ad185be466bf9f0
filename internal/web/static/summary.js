// Offers summaries under the summary cells of a voucher: what the person used of late in the book, his own library and
// the book's, by code, words or pinyin initials. The list is asked for once and narrowed here, so that a weak line does
// not hold up the typing; only where the server has more than it gave is it asked again.
//
// Keys: typing narrows; the first line is chosen beforehand where what is typed is its code or initials; arrows move,
// Enter and Tab take, Escape closes, F7 or Alt+Down opens. Where nothing is chosen the keys are the grid's as ever.

import { Offered, node } from "./offered.js";

const shown = 8;
const cell = (input) => input.tagName === "INPUT" && /^[fb]\.summary$/.test(input.name);
const letters = /^[a-z]+$/i;

const fits = (offer, q) =>
  (offer.code || "").toLowerCase().startsWith(q) || offer.initials.startsWith(q) || offer.words.toLowerCase().includes(q);

class Offers {
  constructor(form) {
    this.url = form.getAttribute("action").replace(/\/vouchers$/, "/summaries");
    this.all = null;
    this.more = false;
    this.rows = [];
    this.offered = new Offered("summary-offers", "摘要", (at) => this.take(this.rows[at]));
    form.addEventListener("focusin", (event) => cell(event.target) && this.enter(event.target));
    form.addEventListener("focusout", (event) => event.target === this.offered.input && this.offered.close());
    form.addEventListener("input", (event) => cell(event.target) && !this.taking && !event.isComposing && this.open(event.target));
    form.addEventListener("compositionend", (event) => cell(event.target) && this.open(event.target));
    form.addEventListener("keydown", (event) => this.key(event), true); // before the grid
  }

  enter(input) {
    this.offered.attach(input);
    if (!this.all) this.ask("");
  }

  async ask(q) {
    try {
      const answer = await fetch(`${this.url}?q=${encodeURIComponent(q)}`, { headers: { Accept: "application/json" } });
      if (!answer.ok || !(answer.headers.get("Content-Type") || "").startsWith("application/json")) return [];
      const got = await answer.json();
      if (q === "") {
        this.all = got.summaries;
        this.more = got.more;
      }
      return got.summaries;
    } catch (broken) {
      return []; // the line is down: the cell takes what is typed
    }
  }

  async open(input, all) {
    const typed = input.value.trim();
    if ((typed === "" && !all) || /^[./]{1,2}$/.test(typed)) {
      this.offered.close();
      return;
    }
    const q = typed.toLowerCase();
    if (!this.all) await this.ask("");
    let found = (this.all || []).filter((offer) => q === "" || fits(offer, q));
    if (this.more && q !== "" && found.length < shown) found = await this.ask(typed);
    if (document.activeElement !== input || input.value.trim() !== typed) return;
    const exact = found.filter((offer) => (offer.code || "").toLowerCase() === q);
    found = [...exact, ...found.filter((offer) => !exact.includes(offer))].slice(0, shown);
    if (found.length === 0 || (found.length === 1 && found[0].words === input.value)) {
      this.offered.close();
      return;
    }
    this.rows = found;
    this.offered.show(input, found.map((offer) => {
      const nodes = [node("span", "code", offer.code || ""), node("span", "", offer.words)];
      return offer.recent ? [...nodes, node("span", "muted small", "最近")] : nodes;
    }));
    const byName = letters.test(q) && ((found[0].code || "").toLowerCase().startsWith(q) || found[0].initials.startsWith(q));
    this.offered.choose(q !== "" && (exact.length > 0 || byName) ? 0 : -1);
  }

  take(offer) {
    const input = this.offered.input;
    this.offered.close();
    input.value = offer.words;
    this.taking = true;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    this.taking = false;
  }

  key(event) {
    if (!cell(event.target) || event.isComposing) return;
    const stop = () => {
      event.preventDefault();
      event.stopPropagation();
    };
    if (event.key === "F7" || (event.key === "ArrowDown" && event.altKey)) {
      stop();
      this.open(event.target, true);
      return;
    }
    if (!this.offered.open) return;
    const count = this.rows.length;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      stop();
      const next = this.offered.at + (event.key === "ArrowDown" ? 1 : -1);
      this.offered.choose(next >= count ? 0 : next < 0 ? count - 1 : next);
    } else if (event.key === "Escape") {
      stop();
      this.offered.close();
    } else if (event.key === "Enter" || event.key === "Tab") {
      if (this.offered.at >= 0) this.take(this.rows[this.offered.at]);
      else this.offered.close();
    }
  }
}

for (const form of document.querySelectorAll("form.entry")) new Offers(form);
