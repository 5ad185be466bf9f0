// Usual vouchers on the form of a voucher. The form says xz-template (F8); a dialog lists what the person is offered,
// asks the quantities of the one that is picked, and hands the computed lines to the form with xz-insert-lines, detail
// {lines}, as the server gives them (lineData in grid.go).

const make = (tag, fields, ...inner) => {
  const node = Object.assign(document.createElement(tag), fields);
  node.append(...inner);
  return node;
};

// ask gives what a page of the server says to a script; a page of words instead means that signing in has run out.
const ask = async (url) => {
  let answer;
  try {
    answer = await fetch(url, { headers: { Accept: "application/json" } });
  } catch (broken) {
    throw new Error("网络不通,没有取到。请检查网络后重试。");
  }
  if (!(answer.headers.get("Content-Type") || "").startsWith("application/json")) {
    throw new Error("没有取到。可能登录已过期或权限有变,请在另一页登录后重试。");
  }
  const said = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(`${said.message}。`), { field: said.field });
  return said;
};

class Templates {
  constructor(form) {
    this.form = form;
    this.url = form.getAttribute("action").replace(/\/vouchers$/, "/templates");
    this.all = [];
    this.rows = [];
    this.at = 0;
    this.build();
    form.addEventListener("xz-template", () => this.open());
    for (const link of form.querySelectorAll("a[data-template]")) {
      link.addEventListener("click", (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        this.open();
      });
    }
  }

  build() {
    this.say = make("p", { className: "say", hidden: true });
    this.say.setAttribute("role", "alert");
    this.find = make("input", { type: "text", autocomplete: "off", placeholder: "代码、名称或拼音首字母" });
    this.list = make("ul", { className: "picks", id: "template-picks" });
    for (const [name, value] of [["role", "combobox"], ["aria-label", "代码、名称或拼音首字母"], ["aria-expanded", "true"], ["aria-controls", "template-picks"], ["aria-autocomplete", "list"]]) {
      this.find.setAttribute(name, value);
    }
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", "常用凭证");
    this.pick = make("div", {}, this.find, this.list);
    this.asks = make("div", { className: "stack" });
    this.fill = make("button", { type: "button", className: "btn do", textContent: "填入凭证" });
    this.back = make("button", { type: "button", className: "btn", textContent: "重选" });
    this.answers = make("div", { hidden: true }, this.asks, make("p", {}, this.fill, this.back));
    this.title = make("h2", { id: "template-title", textContent: "常用凭证" });
    this.dialog = make("dialog", { className: "usual" }, this.title, this.say, this.pick, this.answers,
      make("p", { className: "small muted", textContent: "上下键选择,回车确定,Esc 关闭。金额四舍五入到分,填入后还可修改。" }));
    this.dialog.setAttribute("aria-labelledby", "template-title");
    document.body.append(this.dialog);
    this.find.addEventListener("input", () => this.narrow());
    this.find.addEventListener("keydown", (event) => this.key(event));
    this.list.addEventListener("click", (event) => {
      const row = event.target.closest("li");
      if (row) this.take(this.rows[[...this.list.children].indexOf(row)]);
    });
    this.asks.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      const inputs = [...this.asks.querySelectorAll("input")];
      const next = inputs[inputs.indexOf(event.target) + 1];
      if (next) next.focus();
      else this.insert();
    });
    this.fill.addEventListener("click", () => this.insert());
    this.back.addEventListener("click", () => this.choose());
    this.dialog.addEventListener("keydown", (event) => event.stopPropagation()); // the form's keys are not for here
    this.dialog.addEventListener("close", () => this.from && this.from.focus());
  }

  tell(sentence) {
    this.say.hidden = !sentence;
    this.say.textContent = sentence || "";
  }

  async open() {
    if (this.dialog.open) return;
    this.from = document.activeElement;
    this.find.value = "";
    this.all = [];
    this.dialog.showModal();
    this.choose();
    try {
      this.all = await ask(`${this.url}/offer`);
      this.narrow();
      if (this.all.length === 0) this.tell("还没有常用凭证。可在任何一张凭证上按「存为常用凭证」。");
    } catch (wrong) {
      this.tell(wrong.message);
    }
  }

  // choose shows the list again.
  choose() {
    this.tell("");
    this.title.textContent = "常用凭证";
    this.pick.hidden = false;
    this.answers.hidden = true;
    this.narrow();
    this.find.focus();
  }

  narrow() {
    const q = this.find.value.trim().toLowerCase();
    this.rows = this.all.filter((t) => t.code.toLowerCase().startsWith(q) || t.initials.startsWith(q) || t.name.toLowerCase().includes(q));
    this.list.replaceChildren(...this.rows.map((t, i) => {
      const row = make("li", { id: `template-pick-${i}` }, make("span", { className: "code", textContent: t.code }), make("b", { textContent: t.name }),
        make("span", { className: "muted small", textContent: t.whose }));
      if (t.problems.length) row.append(make("span", { className: "small bad-text", textContent: t.problems[0] }));
      row.setAttribute("role", "option");
      return row;
    }));
    this.move(0);
  }

  move(at) {
    this.at = this.rows.length ? (at + this.rows.length) % this.rows.length : 0;
    [...this.list.children].forEach((row, i) => row.setAttribute("aria-selected", String(i === this.at)));
    const row = this.list.children[this.at];
    if (row) {
      this.find.setAttribute("aria-activedescendant", row.id);
      row.scrollIntoView({ block: "nearest" });
    } else this.find.removeAttribute("aria-activedescendant");
  }

  key(event) {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      this.move(this.at + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (this.rows[this.at]) this.take(this.rows[this.at]);
    }
  }

  // take asks the quantities of a template, or fills it at once where it has none and nothing stands against it.
  take(template) {
    this.template = template;
    this.tell(template.problems.join(""));
    this.asks.replaceChildren(...template.asks.map((name) => {
      const input = make("input", { name, className: "num", autocomplete: "off" });
      input.inputMode = "decimal";
      return make("label", {}, name, input);
    }));
    if (template.asks.length === 0 && template.problems.length === 0) {
      this.insert();
      return;
    }
    this.title.textContent = template.name;
    this.pick.hidden = true;
    this.answers.hidden = false;
    (this.asks.querySelector("input") || this.fill).focus();
  }

  async insert() {
    const query = new URLSearchParams();
    for (const input of this.asks.querySelectorAll("input")) {
      query.set(`q.${input.name}`, input.value);
      input.classList.remove("wrong");
    }
    try {
      const filled = await ask(`${this.url}/${this.template.id}/lines?${query}`);
      this.dialog.close();
      if (this.form.elements.word) this.form.elements.word.value = filled.word;
      this.form.dispatchEvent(new CustomEvent("xz-insert-lines", { detail: { lines: filled.lines } }));
      if (this.form.elements.source) this.form.elements.source.value = this.template.id;
    } catch (wrong) {
      this.tell(wrong.message);
      const input = wrong.field && [...this.asks.querySelectorAll("input")].find((i) => i.name === wrong.field);
      if (input) {
        input.classList.add("wrong");
        input.focus();
      }
    }
  }
}

for (const form of document.querySelectorAll("form.entry")) new Templates(form);
