// Sends the voucher and deals with every way in which that can end: taken, refused with marks in the cells, another tab
// or person was first, signing in has run out, the line is cut. The document's id makes a second sending harmless.
import { clearMarks, isBlank, mark, rowsOf, setLines, total } from "./lines.js";
import { newID } from "./drafts.js";

const patience = 60000; // ms
const proposing = 3000; // ms that a voucher waits for its budgetary half; the server looks after it anyway

const halfTitles = { f: "财务会计", b: "预算会计" };

export class Sender {
  constructor(grid) {
    this.grid = grid;
    this.busy = false;
    grid.form.addEventListener("submit", (event) => {
      const act = event.submitter ? event.submitter.value : "save";
      if (act === "lists") return;
      event.preventDefault();
      if (act === "propose") grid.proposal.restore();
      else if (act === "more") grid.more();
      else this.send(act);
    });
    grid.drafts.whenDone((id, to) => {
      if (id === grid.value("document") && !this.busy) this.conflict({ to, label: "", state: "" });
    });
  }

  async send(act) {
    const { grid } = this;
    if (this.busy) return;
    this.busy = true;
    grid.classList.add("busy");
    grid.pending = act; // until the server has answered
    grid.keep();
    for (const kind of ["send", "draft"]) grid.notices.hide(kind);
    const old = grid.querySelector("[role=alert].say:not([data-notice])");
    if (old) old.remove();
    if (grid.proposal) await Promise.race([grid.proposal.settle(), new Promise((late) => setTimeout(late, proposing))]);
    const document = grid.value("document");
    const body = new URLSearchParams(new FormData(grid.form));
    body.set("do", act);
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), patience);
    try {
      const answer = await fetch(grid.form.action, { method: "POST", body, headers: { Accept: "application/json" }, signal: stop.signal });
      const said = await answer.json();
      if (answer.ok) {
        grid.drafts.done(document, said.to.startsWith("/vouchers/") ? said.to : `/vouchers/${document}`);
        grid.gone = true;
        location.assign(said.to);
        return;
      }
      this.refused(answer.status, said, act);
    } catch (broken) {
      this.lost(act);
    } finally {
      clearTimeout(timer);
      this.busy = false;
      grid.classList.remove("busy");
    }
  }

  lost(act) {
    const where = this.grid.kept ? "已存在本机浏览器,关掉页面也不会丢" : "请不要关闭本页";
    this.grid.notices.show("send", `没有送到:网络不通或服务器没有应答。填写的内容都在,${where}。重复发送不会重复记账。`, {
      bad: true, acts: [{ text: "再次发送", do: () => this.send(act) }],
    });
  }

  refused(status, said, act) {
    const { grid } = this;
    if (status === 401 || (status === 403 && said.field === "csrf")) {
      this.expired(status, said);
      return;
    }
    grid.pending = status >= 500 ? act : "";
    if (said.conflict) {
      this.conflict(said.conflict);
      return;
    }
    if (said.version) grid.form.elements.version.value = said.version;
    if (said.number) grid.querySelector("[data-number]").textContent = said.number;
    if (said.lines && grid.proposal) {
      setLines(grid.proposal.table, said.lines);
      total(grid.proposal.table);
    }
    this.marks(said.marks || []);
    if (grid.proposal && said.field === "note") {
      grid.proposal.note.classList.add("wrong");
      grid.proposal.altered(true);
      grid.proposal.note.focus();
    }
    grid.keep();
    grid.notices.show("send", said.message, { bad: true, acts: status >= 500 ? [{ text: "再次发送", do: () => this.send(act) }] : [] });
    const first = grid.querySelector("td.wrong input, input.wrong");
    if (first) first.focus();
    grid.querySelector("[data-notice=send]").scrollIntoView({ block: "nearest" });
  }

  // marks shows everything that is wrong at once, each in its cell.
  marks(all) {
    const { grid } = this;
    for (const name of ["date", "word", "attachments"]) {
      grid.form.elements[name].classList.toggle("wrong", all.some((m) => m.half === "" && m.field === name));
    }
    for (const table of grid.tables) {
      clearMarks(table);
      const half = table.dataset.half;
      rowsOf(table).filter((row) => !isBlank(row)).forEach((row, i) => {
        const title = grid.tables.length > 1 ? halfTitles[half] : "";
        mark(row, `${title}第 ${i + 1} 行`, all.filter((m) => m.half === half && m.line === i + 1));
      });
    }
  }

  // expired keeps the voucher and goes to sign in; the page that follows sends it.
  expired(status, said) {
    const { grid } = this;
    const resume = `${location.pathname}?resume=${grid.value("document")}`;
    grid.notices.show("send", status === 401
      ? `${said.message}。填写的内容已存在本机浏览器,重新登录后自动送出。`
      : "已在另一窗口重新登录。填写的内容已存在本机浏览器,刷新后自动送出。", {
      bad: true, acts: [{ text: status === 401 ? "重新登录并送出" : "刷新并送出", to: status === 401 ? `/sign-in?next=${encodeURIComponent(resume)}` : resume }],
    });
  }

  // conflict tells that the document was saved from elsewhere with other content; the person opens that or keeps a copy.
  conflict(there) {
    const { grid } = this;
    const what = [there.label, there.state].filter(Boolean).join(",");
    grid.notices.show("send", `本凭证已在另一窗口或由他人保存${what ? `(${what})` : ""},本页的内容没有保存。可以打开已保存的凭证,或把本页另存为一张新凭证。`, {
      bad: true, acts: [
        { text: "打开已保存的凭证", do: () => { grid.drafts.drop(grid.value("document")); grid.gone = true; location.assign(there.to); } },
        { text: "另存为新凭证", do: () => this.copy() },
      ],
    });
  }

  copy() {
    const { grid } = this;
    grid.drafts.drop(grid.value("document"));
    grid.form.elements.document.value = newID();
    grid.form.elements.version.value = 0;
    const number = grid.querySelector("[data-number]");
    number.textContent = "提交时自动编号";
    grid.keep();
    grid.notices.show("send", "本页已是一张新凭证,尚未保存。请核对后保存或提交。");
  }
}
