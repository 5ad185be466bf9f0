// The list that opens under a cell: options of a combination field, one of which may be chosen. What it lists, and which
// keys open it and take from it, is its owner's affair (lookup.js, summary.js).
export const node = (tag, name, text = "") => {
  const made = document.createElement(tag);
  made.className = name;
  made.textContent = text;
  return made;
};

export class Offered {
  // take is called with the place of an option that was clicked.
  constructor(id, label, take) {
    this.at = -1; // the option that is chosen
    this.list = node("ul", "offers");
    this.list.id = id;
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", label);
    this.list.hidden = true;
    document.body.append(this.list);
    this.list.addEventListener("mousedown", (event) => {
      event.preventDefault(); // the caret stays in the cell
      const row = event.target.closest("[data-at]");
      if (row) take(Number(row.dataset.at));
    });
    addEventListener("scroll", (event) => event.target !== this.list && this.close(), true);
  }

  get open() {
    return !this.list.hidden;
  }

  // attach makes a cell what a screen reader calls a combination field.
  attach(input) {
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-controls", this.list.id);
    input.setAttribute("aria-expanded", "false");
  }

  // show lists options, each the nodes that it is drawn with, and notes beneath them. None of the options is chosen yet.
  show(input, options, notes = []) {
    this.input = input;
    const rows = options.map((nodes, i) => {
      const row = node("li", "");
      row.id = `${this.list.id}-${i}`;
      row.setAttribute("role", "option");
      row.dataset.at = String(i);
      row.append(...nodes);
      return row;
    });
    this.list.replaceChildren(...rows, ...notes.map((text) => node("li", "muted", text)));
    this.list.hidden = false;
    const box = input.getBoundingClientRect();
    this.list.style.minWidth = `${box.width}px`;
    const below = innerHeight - box.bottom > Math.min(this.list.offsetHeight, 200);
    this.list.style.left = `${Math.min(box.left, Math.max(innerWidth - this.list.offsetWidth - 8, 0))}px`;
    this.list.style.top = `${below ? box.bottom + 1 : Math.max(box.top - this.list.offsetHeight - 1, 0)}px`;
    this.attach(input);
    input.setAttribute("aria-expanded", "true");
    this.choose(-1);
  }

  // choose marks an option; -1 none.
  choose(at) {
    const rows = [...this.list.querySelectorAll("[data-at]")];
    this.at = Math.max(-1, Math.min(at, rows.length - 1));
    rows.forEach((row, i) => row.setAttribute("aria-selected", String(i === this.at)));
    if (this.at < 0) {
      this.input.removeAttribute("aria-activedescendant");
      return;
    }
    rows[this.at].scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", rows[this.at].id);
  }

  close() {
    if (!this.open) return;
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }
}
