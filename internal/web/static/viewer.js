// Shows the files of a voucher beside it: a picture or a PDF at a time, loaded when it is asked for and kept while the
// page is open. Keys: F4 opens and closes, Alt+PageUp and Alt+PageDown turn, wherever the caret stands; Escape closes
// where it stands in the pane.

const make = (tag, fields, ...inner) => {
  const node = Object.assign(document.createElement(tag), fields);
  node.append(...inner);
  return node;
};

export class Viewer {
  // links gives the links of the files that can be shown, in order.
  constructor(links) {
    this.links = links;
    this.loaded = new Map(); // by address
    this.at = 0;
    this.name = make("b", {});
    this.count = make("span", { className: "small muted" });
    this.name.setAttribute("role", "status");
    const button = (text, title, act) => {
      const b = make("button", { type: "button", className: "btn small", textContent: text, title });
      b.addEventListener("click", act);
      return b;
    };
    this.turner = button("转向", "顺时针转 90 度", () => this.rotate());
    this.body = make("div", { className: "body", tabIndex: 0 });
    this.pane = make("aside", { className: "viewer", hidden: true },
      make("div", { className: "bar" }, this.name, this.count, make("span", { className: "sp" }),
        button("上一个", "Alt+PageUp", () => this.show(this.at - 1)), button("下一个", "Alt+PageDown", () => this.show(this.at + 1)),
        this.turner, button("关闭", "F4", () => this.close())),
      this.body);
    this.pane.setAttribute("aria-label", "附件");
    document.body.append(this.pane);
    this.body.addEventListener("click", (event) => event.target.tagName === "IMG" && event.target.classList.toggle("full"));
    addEventListener("keydown", (event) => this.key(event), true);
  }

  get open() {
    return !this.pane.hidden;
  }

  key(event) {
    if (document.querySelector("dialog[open]")) return;
    if (event.key === "F4" && !event.altKey && !event.ctrlKey) {
      event.preventDefault();
      if (this.open) this.close();
      else this.show(this.at);
    } else if (this.open && event.altKey && (event.key === "PageDown" || event.key === "PageUp")) {
      event.preventDefault();
      this.show(this.at + (event.key === "PageDown" ? 1 : -1));
    } else if (this.open && event.key === "Escape" && this.pane.contains(document.activeElement)) {
      event.preventDefault();
      event.stopPropagation();
      this.close();
    }
  }

  show(at) {
    const links = this.links();
    if (links.length === 0) return;
    this.at = (at + links.length) % links.length;
    const link = links[this.at];
    this.pane.hidden = false;
    document.body.classList.add("viewing");
    this.name.textContent = link.textContent;
    this.count.textContent = `${this.at + 1}/${links.length}`;
    this.turner.hidden = link.dataset.shown !== "picture";
    for (const shown of this.loaded.values()) shown.hidden = true;
    let shown = this.loaded.get(link.href);
    if (!shown) {
      shown = link.dataset.shown === "pdf" ? make("iframe", { src: `${link.href}#navpanes=0&view=FitH`, title: link.textContent }) : make("img", { src: link.href, alt: link.textContent });
      shown.addEventListener("error", () => {
        this.loaded.delete(link.href);
        shown.remove();
        this.name.textContent = `${link.textContent}:没有取到,请检查网络后再打开`;
      });
      this.loaded.set(link.href, shown);
      this.body.append(shown);
    }
    shown.hidden = false;
    for (const each of links) each.removeAttribute("aria-current");
    link.setAttribute("aria-current", "true");
  }

  rotate() {
    const link = this.links()[this.at];
    const image = this.loaded.get(link.href);
    image.dataset.turn = String((Number(image.dataset.turn || 0) + 1) % 4);
  }

  close() {
    const inside = this.pane.contains(document.activeElement);
    this.pane.hidden = true;
    document.body.classList.remove("viewing");
    const link = this.links()[this.at];
    if (inside && link) link.focus();
  }
}
