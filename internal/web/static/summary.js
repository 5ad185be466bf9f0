// Offers summaries under the summary cells of a voucher: what the person used of late in the book, his own library and
// the book's, by code, words or pinyin initials. The list is asked for once and narrowed here, so that a weak line does
// not hold up the typing; only where the server has more than it gave is it asked again.
//
// Keys: typing narrows; the first line is chosen beforehand where what is typed is its code or initials; arrows move,
// Enter and Tab take, Escape closes, F7 or Alt+Down opens. Where nothing is chosen the keys are the grid's as ever.

const shown = 8;
const cell = (node) => node.tagName === "INPUT" && /^[fb]\.summary$/.test(node.name);
const letters = /^[a-z]+$/i;

const fits = (offer, q) =>
  (offer.code || "").toLowerCase().startsWith(q) || offer.initials.startsWith(q) || offer.words.toLowerCase().includes(q);

class Offers {
  constructor(form) {
    this.url = form.getAttribute("action").replace(/\/vouchers$/, "/summaries");
    this.all = null;
    this.more = false;
    this.cell = null;
    this.at = -1; // the line that is chosen
    this.rows = [];
    this.list = document.createElement("ul");
    this.list.className = "offers";
    this.list.id = "summary-offers";
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", "摘要");
    this.list.hidden = true;
    document.body.append(this.list);
    form.addEventListener("focusin", (event) => cell(event.target) && this.enter(event.target));
    form.addEventListener("focusout", (event) => event.target === this.cell && this.close());
    form.addEventListener("input", (event) => cell(event.target) && !this.taking && !event.isComposing && this.open(event.target));
    form.addEventListener("compositionend", (event) => cell(event.target) && this.open(event.target));
    form.addEventListener("keydown", (event) => this.key(event), true); // before the grid
    this.list.addEventListener("mousedown", (event) => {
      event.preventDefault(); // the caret stays in the cell
      const row = event.target.closest("li");
      if (row) this.take(this.rows[[...this.list.children].indexOf(row)]);
    });
    addEventListener("scroll", () => this.close(), true);
  }

  // enter makes a cell what a screen reader calls a combination field.
  enter(input) {
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-controls", this.list.id);
    input.setAttribute("aria-expanded", "false");
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
      this.close();
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
      this.close();
      return;
    }
    this.draw(input, found);
    const byName = letters.test(q) && ((found[0].code || "").toLowerCase().startsWith(q) || found[0].initials.startsWith(q));
    this.choose(q !== "" && (exact.length > 0 || byName) ? 0 : -1);
  }

  draw(input, found) {
    this.cell = input;
    this.rows = found;
    this.list.replaceChildren(...found.map((offer, i) => {
      const row = document.createElement("li");
      row.id = `summary-offer-${i}`;
      row.setAttribute("role", "option");
      const code = document.createElement("span");
      code.className = "code";
      code.textContent = offer.code || "";
      const words = document.createElement("span");
      words.textContent = offer.words;
      row.append(code, words);
      if (offer.recent) {
        const mark = document.createElement("span");
        mark.className = "muted small";
        mark.textContent = "最近";
        row.append(mark);
      }
      return row;
    }));
    const box = input.getBoundingClientRect();
    this.list.hidden = false;
    this.list.style.left = `${box.left + scrollX}px`;
    this.list.style.minWidth = `${Math.max(box.width, 260)}px`;
    const below = innerHeight - box.bottom;
    const up = below < this.list.offsetHeight + 8 && box.top > below;
    this.list.style.top = `${(up ? box.top - this.list.offsetHeight : box.bottom) + scrollY}px`;
    input.setAttribute("aria-expanded", "true");
  }

  choose(at) {
    this.at = at;
    [...this.list.children].forEach((row, i) => row.setAttribute("aria-selected", String(i === at)));
    if (at < 0) this.cell.removeAttribute("aria-activedescendant");
    else this.cell.setAttribute("aria-activedescendant", this.list.children[at].id);
  }

  close() {
    if (this.list.hidden) return;
    this.list.hidden = true;
    this.cell.setAttribute("aria-expanded", "false");
    this.cell.removeAttribute("aria-activedescendant");
  }

  take(offer) {
    const input = this.cell;
    this.close();
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
    if (this.list.hidden) return;
    const count = this.rows.length;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      stop();
      const next = event.key === "ArrowDown" ? this.at + 1 : this.at - 1;
      this.choose(next >= count ? 0 : next < 0 ? count - 1 : next);
    } else if (event.key === "Escape") {
      stop();
      this.close();
    } else if (event.key === "Enter" || event.key === "Tab") {
      if (this.at >= 0) this.take(this.rows[this.at]);
      else this.close();
    }
  }
}

for (const form of document.querySelectorAll("form.entry")) new Offers(form);
