// What scrolls within the page can be scrolled by keyboard: a frame wider than its place takes the focus. Of a list wider
// than its place, the part is shown that the page belongs to.
const frames = document.querySelectorAll(".sheet, .voucher, .scroll, .tabs, .side, .months");

// On a telephone the columns that a table is read for are in sight first, and a line says that others are beside them.
function aside(frame) {
  if (!phone.matches || frame.dataset.aside || !frame.querySelector(":scope > table")) return;
  frame.dataset.aside = "1";
  const line = document.createElement("p");
  line.className = "aside small muted no-print";
  line.textContent = "← 左右推动表格,看其余各栏 →";
  frame.before(line);
  const first = frame.querySelector("th[data-first]");
  if (first) frame.scrollLeft = first.offsetLeft + first.offsetWidth - frame.clientWidth;
}

function reach() {
  for (const frame of frames) {
    if (frame.scrollWidth > frame.clientWidth) {
      frame.tabIndex = 0;
      aside(frame);
      const here = frame.tagName === "NAV" && frame.querySelector("a[aria-current]");
      if (here) frame.scrollLeft = here.offsetLeft - (frame.clientWidth - here.offsetWidth) / 2;
    } else frame.removeAttribute("tabindex");
  }
}

// On a telephone a table of many columns becomes cards: its rows break their lines, and each cell says its column's name.
// One of three columns or fewer finds room as it is.
const phone = matchMedia("(max-width: 900px)");
const tables = document.querySelectorAll("main .sheet table:not([class]), .checks, .history, .beside > .dense");

function cards() {
  for (const table of tables) {
    const heads = table.tHead && table.tHead.rows.length === 1 ? [...table.tHead.rows[0].cells].map(th => th.textContent.trim()) : [];
    table.classList.toggle("cards", phone.matches && heads.length > 3);
    table.classList.toggle("slim", phone.matches && heads.length <= 3);
    for (const row of heads.length > 3 ? table.rows : []) {
      let column = 0;
      for (const cell of row.cells) {
        const says = cell.textContent.trim() || cell.querySelector("input, button");
        cell.classList.toggle("blank", !says);
        if (cell.tagName === "TD" && cell.colSpan === 1 && heads[column]) cell.dataset.head = heads[column];
        column += cell.colSpan;
      }
    }
  }
}

function fit() {
  cards();
  reach();
}

fit();
addEventListener("resize", fit);
