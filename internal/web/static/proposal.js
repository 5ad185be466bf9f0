// The budgetary half beside the financial one: proposed by the server while a person types, until he changes it; then it
// is his, and the page says whether it takes a reason.
import { linesOf, setLines, sums, total } from "./lines.js";

const wait = 350; // ms after a key before the server is asked

const core = (lines) => JSON.stringify(lines.map((l) => [l.summary, l.account, l.function, l.economic, l.project, l.fund, l.party, l.debit, l.credit]
  .map((v) => (v || "").replace(/,/g, "").split(" ")[0])));

export class Proposal {
  constructor(grid, financial, budgetary) {
    this.grid = grid;
    this.financial = financial;
    this.table = budgetary;
    this.state = budgetary.previousElementSibling.querySelector("[data-state]");
    this.reason = grid.form.querySelector("[data-reason]");
    this.note = this.reason.querySelector("input");
    this.own = false; // changed by the person, or not known to be the proposed one
    this.asked = 0;
    this.say("借贷平衡后自动生成,可改,改动须写明原因");
    this.altered(false);
  }

  say(text) {
    this.state.textContent = text;
  }

  altered(yes) {
    this.state.classList.toggle("diff", yes);
    this.reason.hidden = !yes && this.note.value === "" && !this.note.classList.contains("wrong");
  }

  // begin finds out whose the budgetary lines of a form are that did not begin blank: at once, of the financial lines as
  // they stand, and before anything that is keyed meanwhile is asked.
  begin() {
    clearTimeout(this.timer);
    this.due = false;
    this.own = linesOf(this.table).length > 0;
    this.first = true;
    this.asking = this.own ? this.ask() : null;
  }

  edited() {
    this.own = linesOf(this.table).length > 0;
    this.first = false;
    this.soon();
  }

  soon() {
    clearTimeout(this.timer);
    this.due = true;
    this.timer = setTimeout(() => this.settle(), wait);
  }

  // settle asks what is still to be asked, and ends when the answer stands in the lines.
  async settle() {
    await this.asking;
    if (this.due) {
      this.due = false;
      clearTimeout(this.timer);
      this.asking = this.ask();
    }
    await this.asking;
  }

  // restore puts the proposed lines in the place of what is there.
  restore() {
    this.own = false;
    return this.ask(true);
  }

  async ask(pressed = false) {
    const { debit, credit } = sums(this.financial);
    if (!pressed && (debit !== credit || debit === 0n)) return;
    const asked = ++this.asked;
    let said;
    try {
      const answer = await fetch(`/books/${this.grid.book}/proposal`, {
        method: "POST", body: new URLSearchParams(new FormData(this.grid.form)), headers: { Accept: "application/json" },
      });
      if (!answer.ok) return;
      said = await answer.json();
    } catch (broken) {
      return; // proposed again after the next key, and by the server when the voucher is sent
    }
    if (asked === this.asked) this.show(said, pressed);
  }

  show(said, pressed) {
    if (!said.ready) {
      if (pressed) this.say("财务会计分录还不完整,补齐后自动生成");
      return;
    }
    const written = linesOf(this.table);
    if (this.first && core(written) === core(said.lines)) this.own = false;
    this.first = false;
    if (!this.own) {
      if (core(written) !== core(said.lines)) setLines(this.table, said.lines);
      total(this.table);
      this.say(said.needed ? "由财务会计分录生成,可改,改动须写明原因" : "没有动用纳入预算管理的资金,不需要预算会计分录");
      this.altered(false);
      this.grid.keep();
      return;
    }
    this.say(said.altered ? "已手工填写,与生成的不同,请在下面写明原因" : "已手工填写,与生成的一致");
    this.altered(said.altered);
  }
}
