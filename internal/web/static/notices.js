// What the grid has to say above the voucher, each kind in one place: a sentence, buttons, and text that is kept.

export class Notices {
  constructor(place) {
    this.place = place;
    this.shown = new Map();
  }

  // show puts a notice in the place of the one of its kind; bad ones are read out at once.
  show(kind, text, { bad = false, acts = [], kept = "" } = {}) {
    this.hide(kind);
    const box = document.createElement("div");
    box.className = bad ? "say" : "note";
    box.dataset.notice = kind;
    box.setAttribute("role", bad ? "alert" : "status");
    box.append(text);
    if (kept) {
      const area = document.createElement("textarea");
      area.readOnly = true;
      area.rows = Math.min(kept.split("\n").length, 5);
      area.value = kept;
      area.setAttribute("aria-label", "保留的内容");
      box.append(area);
    }
    for (const act of acts) {
      const button = document.createElement(act.to ? "a" : "button");
      button.className = "btn small";
      button.textContent = act.text;
      if (act.to) button.href = act.to;
      else {
        button.type = "button";
        button.addEventListener("click", act.do);
      }
      box.append(" ", button);
    }
    this.place.append(box);
    this.shown.set(kind, box);
  }

  hide(kind) {
    const box = this.shown.get(kind);
    if (box) box.remove();
    this.shown.delete(kind);
  }
}
