// Attaches files to a voucher without leaving its page: chosen, dropped anywhere on the page, pasted, or taken by a
// telephone's camera. Photos are made small first; each file is sent once, one after another, with its progress. A
// voucher that is not saved yet becomes a draft by its first file.
import { refusal, shrunk } from "./photo.js";
import { Viewer } from "./viewer.js";

const hex = (buffer) => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

// digest names a file as the server does; without a secure connection the browser gives none, and the server tells.
const digest = async (file) => (crypto.subtle ? hex(await crypto.subtle.digest("SHA-256", await file.arrayBuffer())) : "");

class Files {
  constructor(section) {
    this.section = section;
    this.list = section.querySelector("[data-list]");
    this.said = section.querySelector("[data-said]");
    this.entry = document.querySelector("form.entry");
    this.sheets = this.entry && this.entry.elements.attachments;
    if (this.sheets) this.sheets.addEventListener("input", () => this.compare());
    this.viewer = new Viewer(() => [...this.list.querySelectorAll("a[data-shown]")]);
    this.list.addEventListener("click", (event) => {
      const link = event.target.closest("a[data-shown]");
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.viewer.show([...this.list.querySelectorAll("a[data-shown]")].indexOf(link));
    });
    this.list.addEventListener("submit", (event) => {
      event.preventDefault();
      this.remove(event.target);
    });
    this.form = section.querySelector("form[enctype]");
    if (this.form) this.accept();
    else for (const kind of ["dragover", "drop"]) addEventListener(kind, (event) => event.preventDefault()); // the page stays
  }

  accept() {
    this.queue = Promise.resolve();
    this.form.hidden = false;
    this.form.querySelector("button").hidden = true; // choosing sends
    this.section.querySelector("[data-hint]").hidden = false;
    this.input = this.form.querySelector("input[type=file]");
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.input.addEventListener("change", () => {
      this.add([...this.input.files]);
      this.input.value = "";
    });
    const photo = Object.assign(document.createElement("input"), { type: "file", accept: "image/jpeg" });
    photo.setAttribute("capture", "environment");
    photo.addEventListener("change", () => {
      this.add([...photo.files]);
      photo.value = "";
    });
    this.form.append(this.label("选择文件", this.input), this.label("拍照", photo));
    photo.parentElement.classList.add("camera");
    const files = (event) => event.dataTransfer && [...event.dataTransfer.types].includes("Files");
    addEventListener("dragover", (event) => {
      if (!files(event)) return;
      event.preventDefault();
      document.body.classList.add("dropping");
    });
    addEventListener("dragleave", (event) => !event.relatedTarget && document.body.classList.remove("dropping"));
    addEventListener("drop", (event) => {
      if (!files(event)) return;
      event.preventDefault();
      document.body.classList.remove("dropping");
      this.add([...event.dataTransfer.files]);
    });
    addEventListener("paste", (event) => {
      const pictures = event.clipboardData ? [...event.clipboardData.files] : [];
      if (pictures.length === 0 || event.clipboardData.types.includes("text/plain")) return;
      event.preventDefault();
      this.add(pictures);
    });
  }

  // label is a button around a file field, whose own words are in the language of the browser.
  label(text, input) {
    const label = Object.assign(document.createElement("label"), { className: "btn pick-file", textContent: text });
    input.className = "hear";
    input.removeAttribute("aria-label");
    label.append(input);
    return label;
  }

  add(files) {
    for (const file of files) {
      const row = document.createElement("li");
      row.append(file.name, " ");
      const state = Object.assign(document.createElement("span"), { className: "small muted", textContent: "等候" });
      row.append(state);
      this.list.append(row);
      this.queue = this.queue.then(() => this.one(file, row, state));
    }
  }

  // one sends a file and turns its row into a link, or into what is wrong with it.
  async one(file, row, state) {
    const refused = (sentence, again) => {
      row.className = "bad-text";
      state.className = "small";
      state.textContent = sentence;
      if (again) row.append(this.button("重试", () => {
        row.className = "";
        [...row.querySelectorAll("button")].forEach((b) => b.remove());
        this.queue = this.queue.then(() => this.one(file, row, state));
      }));
      row.append(this.button("移去", () => row.remove()));
      this.said.textContent = `${file.name}:${sentence}`;
    };
    const no = await refusal(file);
    if (no) {
      refused(no);
      return;
    }
    state.textContent = "处理中";
    const small = await shrunk(file);
    const sha = await digest(small);
    if (sha && this.list.querySelector(`li[data-sha="${sha}"]`)) {
      row.remove();
      this.said.textContent = `${file.name} 已经上传过,不再重传。`;
      return;
    }
    const bar = Object.assign(document.createElement("progress"), { max: 1, value: 0 });
    bar.setAttribute("aria-label", `${file.name} 上传进度`);
    state.textContent = "";
    row.append(bar);
    const answer = await this.send(small, (share) => { bar.value = share; });
    bar.remove();
    if (answer.message) refused(answer.message, answer.again);
    else this.added(row, answer);
  }

  button(text, act) {
    const b = Object.assign(document.createElement("button"), { type: "button", className: "btn small", textContent: text });
    b.addEventListener("click", act);
    return b;
  }

  get made() {
    return "made" in this.section.dataset || (this.entry && this.entry.elements.version.value !== "0");
  }

  // send gives what the server says; the whole entry goes along where it has no draft yet.
  send(file, progress) {
    const id = this.entry ? this.entry.elements.document.value : this.section.dataset.document;
    const to = this.made ? `/vouchers/${id}/attachments` : `/books/${this.section.dataset.book}/vouchers/attach`;
    const body = this.made ? new FormData() : new FormData(this.entry);
    body.set("csrf", this.form.elements.csrf.value);
    body.append("file", file, file.name);
    return new Promise((done) => {
      const request = new XMLHttpRequest();
      request.open("POST", to);
      request.setRequestHeader("Accept", "application/json");
      request.upload.addEventListener("progress", (event) => event.lengthComputable && progress(event.loaded / event.total));
      request.addEventListener("load", () => {
        try {
          const said = JSON.parse(request.responseText);
          done(request.status < 300 ? said : { message: `${said.message}。`, again: request.status >= 500 });
        } catch (page) {
          done({ message: "没有上传:登录可能已过期。请在另一页登录后重试。", again: true });
        }
      });
      request.addEventListener("error", () => done({ message: "没有上传:网络不通。", again: true }));
      request.send(body);
    });
  }

  added(row, said) {
    const before = this.list.querySelectorAll("li[data-sha]").length;
    const file = said.files[0];
    if (said.version) this.draft(said.version);
    if (this.list.querySelector(`li[data-sha="${file.sha}"]`)) {
      row.remove(); // the same content under another name
      this.said.textContent = `${file.name} 已经上传过。`;
      return;
    }
    row.dataset.sha = file.sha;
    const link = Object.assign(document.createElement("a"), { href: file.path, textContent: file.name });
    if (file.shown) link.dataset.shown = file.shown;
    const about = Object.assign(document.createElement("span"), { className: "small muted", textContent: ` ${file.kind} ${file.size}` });
    row.replaceChildren(link, about);
    if ("remove" in this.section.dataset) row.append(this.removal(file));
    this.said.textContent = `${file.name} 已上传。`;
    this.count(before, before + 1);
  }

  // removal is the form beside a file that takes it away.
  removal(file) {
    const form = Object.assign(document.createElement("form"), { method: "post", action: `${file.path}/remove`, className: "inline" });
    const button = Object.assign(document.createElement("button"), { type: "submit", className: "btn small", textContent: "移去" });
    button.setAttribute("aria-label", `移去 ${file.name}`);
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "csrf", value: this.form.elements.csrf.value }), button);
    return form;
  }

  // remove takes a file away without leaving the page, on which more may have been typed.
  async remove(form) {
    const row = form.closest("li");
    const name = row.querySelector("a").textContent;
    const button = form.querySelector("button");
    if (button.disabled) return;
    button.disabled = true;
    let sentence = "没有移去:网络不通。";
    try {
      const response = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), headers: { Accept: "application/json" } });
      const said = await response.json().catch(() => ({ message: "没有移去:登录可能已过期,请在另一页登录后重试" }));
      sentence = response.ok ? "" : `${said.message}。`;
    } catch (broken) { /* the sentence says it */ }
    if (sentence) {
      button.disabled = false;
      this.said.textContent = `${name}:${sentence}`;
      return;
    }
    const before = this.list.querySelectorAll("li[data-sha]").length;
    const next = row.nextElementSibling || row.previousElementSibling;
    row.remove();
    this.said.textContent = `${name} 已移去。`;
    this.count(before, before - 1);
    const to = (next && next.querySelector("form button")) || this.input;
    if (to) to.focus();
  }

  // draft takes the page over to the draft that the first file has made: loaded anew it opens with its files.
  draft(version) {
    this.entry.elements.version.value = version;
    history.replaceState(null, "", `/vouchers/${this.entry.elements.document.value}/edit`);
    this.sheets.dispatchEvent(new Event("input", { bubbles: true })); // what is kept in the browser learns of it
  }

  // count lets the sheets of the voucher follow as long as they are as many as the files.
  count(before, after) {
    if (this.sheets && (Number(this.sheets.value) || 0) === before) {
      this.sheets.value = after;
      this.sheets.dispatchEvent(new Event("input", { bubbles: true }));
    }
    this.compare();
  }

  // compare says where the files are not as many as the voucher says.
  compare() {
    const words = this.section.querySelector("[data-count]");
    const files = this.list.querySelectorAll("li[data-sha]").length;
    const sheets = this.sheets ? Number(this.sheets.value) || 0 : Number(words.textContent.match(/填写 (\d+)/)[1]);
    const differs = files > 0 && files !== sheets;
    words.textContent = `${files} 个文件,凭证填写 ${sheets} 张${differs ? ",数目不同" : ""}`;
    words.className = differs ? "bad-text" : "";
  }
}

for (const section of document.querySelectorAll("section.files")) new Files(section);
