// Drafts in the browser: what a person types outlives a closed tab, a lost line and an expired sign-in. A draft belongs
// to a person and a book and goes by its document's id; it goes when the server has acknowledged the document, and other
// tabs that have it learn of that.

const days = 24 * 3600 * 1000;
const kept = 30 * days; // longer, a forgotten draft would only confuse

export class Drafts {
  constructor(person, book) {
    this.prefix = `xz-draft:${person}:${book}:`;
    this.here = `xz-here:${person}:${book}`;
    this.sweep();
  }

  get(id) {
    try {
      return JSON.parse(localStorage.getItem(this.prefix + id));
    } catch (broken) {
      return null;
    }
  }

  // keep gives false where the browser has no room or no leave to keep anything.
  keep(draft) {
    try {
      localStorage.setItem(this.prefix + draft.document, JSON.stringify(draft));
      sessionStorage.setItem(this.here, draft.document);
      return true;
    } catch (full) {
      return false;
    }
  }

  drop(id) {
    localStorage.removeItem(this.prefix + id);
    if (sessionStorage.getItem(this.here) === id) sessionStorage.removeItem(this.here);
  }

  // done drops a draft that the server has, and tells the other tabs where it is.
  done(id, to) {
    this.drop(id);
    try {
      localStorage.setItem(`xz-done:${id}`, JSON.stringify({ to, at: Date.now() }));
    } catch (full) {
      // the other tabs learn of it when they send
    }
  }

  // whenDone calls f where another tab has had the document acknowledged.
  whenDone(f) {
    addEventListener("storage", (event) => {
      if (event.key && event.key.startsWith("xz-done:") && event.newValue) f(event.key.slice("xz-done:".length), JSON.parse(event.newValue).to);
    });
  }

  // ofTab is the document that this tab was writing when it was left or loaded anew.
  ofTab() {
    const id = sessionStorage.getItem(this.here);
    return id ? this.get(id) : null;
  }

  all() {
    const found = [];
    for (let i = 0; i < localStorage.length; i++) {
      const key = localStorage.key(i);
      if (!key.startsWith(this.prefix)) continue;
      const draft = this.get(key.slice(this.prefix.length));
      if (draft) found.push(draft);
    }
    return found.sort((a, b) => b.at - a.at);
  }

  sweep() {
    const now = Date.now();
    for (const key of Object.keys(localStorage)) {
      if (!key.startsWith("xz-draft:") && !key.startsWith("xz-done:")) continue;
      try {
        if (now - JSON.parse(localStorage.getItem(key)).at > kept) localStorage.removeItem(key);
      } catch (broken) {
        localStorage.removeItem(key);
      }
    }
  }
}

// newID makes an id as the program makes them (UUIDv7), for a copy of a draft.
export const newID = () => {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let now = BigInt(Date.now());
  for (let i = 5; i >= 0; i--) {
    bytes[i] = Number(now & 255n);
    now >>= 8n;
  }
  bytes[6] = (bytes[6] & 15) | 112;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map((b) => b.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
};
