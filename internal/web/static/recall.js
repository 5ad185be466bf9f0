// Brings back what was left unsent: by this tab, by another one, by a sign-in that ran out. The drafts are the browser's
// (drafts.js); the grid writes them and fills itself from them.
import { isBlank, rowsOf } from "./lines.js";

export class Recall {
  constructor(grid) {
    this.grid = grid;
  }

  // begin brings back what this tab or another one left unsent.
  begin() {
    const { grid } = this;
    const query = new URLSearchParams(location.search);
    const resume = query.get("resume");
    if (resume) {
      history.replaceState(null, "", location.pathname);
      const draft = grid.drafts.get(resume);
      if (draft && !draft.pending && draft.document === grid.value("document")) {
        this.own(draft);
        return;
      }
      if (draft) {
        grid.restore(draft);
        if (draft.pending) grid.sender.send(draft.pending);
        return;
      }
      grid.notices.show("draft", "没有找到未送出的草稿:可能已经送出,或由另一位人员填写。");
    }
    const own = grid.drafts.get(grid.value("document"));
    if (own) {
      this.own(own);
      return;
    }
    const ofTab = grid.value("version") === "0" && grid.tables.every((t) => rowsOf(t).every(isBlank)) ? grid.drafts.ofTab() : null;
    if (ofTab && ofTab.version > 0) {
      this.take(ofTab); // it opens with its files
      return;
    }
    if (ofTab) {
      this.tab(ofTab);
      return;
    }
    this.offer();
  }

  // own restores what this browser holds of the very voucher, unless the voucher was saved since.
  own(draft) {
    const { grid } = this;
    const fresh = grid.written();
    if (draft.version !== fresh.version) {
      grid.notices.show("draft", "浏览器中留有本凭证未保存的改动,但凭证后来又保存过。", {
        bad: true, acts: [
          { text: "把改动另存为新凭证", do: () => { grid.restore(draft); grid.sender.copy(); grid.notices.hide("draft"); } },
          { text: "删去改动", do: () => { grid.drafts.drop(draft.document); grid.notices.hide("draft"); } },
        ],
      });
      return;
    }
    grid.restore(draft);
    grid.notices.show("draft", "已恢复浏览器中未保存的改动。", {
      acts: [{ text: "放弃改动", do: () => { grid.drafts.drop(draft.document); grid.restore(fresh); grid.notices.hide("draft"); } }],
    });
  }

  // tab restores what this tab had begun and never saved.
  tab(draft) {
    const { grid } = this;
    const fresh = grid.written();
    grid.restore(draft);
    grid.notices.show("draft", "已恢复本页未提交的草稿。", {
      acts: [{ text: "另起一张", do: () => { sessionStorage.removeItem(grid.drafts.here); grid.restore(fresh); grid.notices.hide("draft"); this.offer(); } }],
    });
  }

  // take goes on with a draft that was left; one that the server has too opens with its files.
  take(draft) {
    const { grid } = this;
    if (draft.version > 0 && !draft.pending) {
      location.assign(`/vouchers/${draft.document}/edit?resume=${draft.document}`);
      return;
    }
    grid.restore(draft);
    grid.keep();
    grid.begin();
  }

  // offer names the drafts of the book that were left in this browser.
  offer() {
    const { grid } = this;
    const left = grid.drafts.all().filter((d) => d.document !== grid.value("document"));
    left.slice(0, 5).forEach((draft, i) => {
      const [line = {}] = draft.halves.f || [];
      const at = new Date(draft.at);
      const when = `${at.getMonth() + 1}月${at.getDate()}日 ${at.toTimeString().slice(0, 5)}`;
      const kind = `left-${i}`;
      grid.notices.show(kind, `浏览器中有未提交的凭证草稿:${when} ${line.summary || ""} ${line.debit || line.credit || ""}`, {
        acts: [
          { text: "继续填写", do: () => { left.forEach((_, j) => grid.notices.hide(`left-${j}`)); this.take(draft); } },
          { text: "删去", do: () => { grid.drafts.drop(draft.document); grid.notices.hide(kind); } },
        ],
      });
    });
  }
}
