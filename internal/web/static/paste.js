// A block of a spreadsheet into the grid: the server reads and checks it, the grid takes every line, marks every cell
// that is wrong and says what had no place. Nothing is lost: what cannot be sent stays to be tried again, and one press
// takes the whole block out again.
import { blankRow, mark, nameOf, rowsOf, setLine, total } from "./lines.js";

export class Paste {
  constructor(grid) {
    this.grid = grid;
    grid.form.addEventListener("paste", (event) => this.take(event));
  }

  take(event) {
    const input = event.target;
    const table = input.closest && input.closest("table.grid");
    const text = event.clipboardData ? event.clipboardData.getData("text/plain") : "";
    if (!table || !/[\t\n]/.test(text.trim())) return;
    event.preventDefault();
    this.send(input, text);
  }

  async send(input, text) {
    const { grid } = this;
    const body = new URLSearchParams({
      csrf: grid.value("csrf"), date: grid.value("date"), half: input.closest("table").dataset.half, field: nameOf(input), text,
    });
    const again = { text: "再试一次", do: () => this.send(input, text) };
    grid.notices.show("paste", "正在核对粘贴的内容……");
    let said;
    try {
      const answer = await fetch(`/books/${grid.book}/block`, { method: "POST", body, headers: { Accept: "application/json" } });
      said = await answer.json();
      if (!answer.ok) {
        grid.notices.show("paste", said.message, { bad: true, acts: [again], kept: text });
        return;
      }
    } catch (broken) {
      grid.notices.show("paste", "粘贴的内容没有送到,网络不通或服务器没有应答。内容在下面。", { bad: true, acts: [again], kept: text });
      return;
    }
    const before = grid.written();
    this.put(input, said);
    const undo = { text: "撤销粘贴", do: () => { grid.restore(before); grid.notices.hide("paste"); } };
    const words = [`已粘贴 ${said.lines.length} 行`, ...(said.marks.length ? [`${said.marks.length} 处须改,已在格中标出`] : []), ...said.notes];
    grid.notices.show("paste", `${words.join("。")}。${said.left.length ? "以下内容在凭证中没有位置:" : ""}`,
      { bad: said.marks.length + said.notes.length + said.left.length > 0, acts: [undo], kept: said.left.join("\n") });
    grid.pasted(said.lines.some((l) => l.half === "b"));
  }

  put(input, said) {
    const { grid } = this;
    const start = input.closest("tr");
    const whole = said.fields.includes("account");
    const rows = said.lines.map((line, i) => {
      const table = grid.tables.find((t) => t.dataset.half === line.half) || grid.tables[0];
      const from = table.contains(start) ? Math.max(rowsOf(table).indexOf(start), 0) : 0;
      while (!whole && rowsOf(table).length <= from + i) blankRow(table, rowsOf(table).length);
      const row = whole ? blankRow(table, from) : rowsOf(table)[from + i];
      setLine(row, line, said.fields.concat(whole ? ["account"] : []));
      return row;
    });
    rows.forEach((row, i) => {
      mark(row, `粘贴的第 ${i + 1} 行`, said.marks.filter((m) => m.line === i + 1));
    });
    for (const [name, value] of Object.entries(said.head)) {
      const field = grid.form.elements[name];
      if (value && field && (field.tagName !== "SELECT" || [...field.options].some((o) => o.value === value))) field.value = value;
    }
    grid.tables.forEach(total);
  }
}
