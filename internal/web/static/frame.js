// Keys of the top line: "/" goes to the search, F2 opens the list of books, F3 that of months; arrows move in a list, Esc
// closes it. While a person types into the list of books, the server sends the books that fit. Without script the lists
// open by pressing them, and the form leads to a page of its own.

const pickers = [...document.querySelectorAll(".picker")];

const typing = (target) => target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);

const close = (picker, back) => {
  picker.open = false;
  if (back) picker.querySelector("summary").focus();
};

const open = (picker) => {
  for (const other of pickers) if (other !== picker) close(other, false);
  picker.open = true;
  const first = picker.querySelector("input[type=search]") || picker.querySelector(".drop [aria-current]") || picker.querySelector(".drop a, .drop button");
  if (first) first.focus();
};

// fill asks for the books that fit what was typed; a later answer never gives way to an earlier one.
let asked = 0;
const fill = async (form) => {
  const turn = ++asked;
  const query = new URLSearchParams(new FormData(form));
  const answer = await fetch(`${form.dataset.part}&${query}`, { credentials: "same-origin" }).catch(() => null);
  if (!answer || !answer.ok || answer.redirected || turn !== asked) return; // the list stays, and the form still works
  form.parentElement.querySelector(".drop-list").innerHTML = await answer.text();
};

for (const picker of pickers) {
  const form = picker.querySelector("form[data-part]");
  picker.addEventListener("toggle", () => {
    if (picker.open && form && !form.dataset.filled) {
      form.dataset.filled = "yes";
      fill(form);
    }
  });
  if (form) {
    let soon = 0;
    form.addEventListener("input", () => {
      clearTimeout(soon);
      soon = setTimeout(() => fill(form), 120);
    });
    form.addEventListener("submit", (event) => {
      const link = form.parentElement.querySelector(".picks a");
      if (!form.dataset.filled || !link) return;
      event.preventDefault();
      fill(form).then(() => {
        const best = form.parentElement.querySelector(".picks a");
        if (best) location.assign(best.href);
      });
    });
  }
  picker.addEventListener("keydown", (event) => {
    const links = [...picker.querySelectorAll(".drop a, .drop button[name=to]")];
    const at = links.indexOf(document.activeElement);
    const step = { ArrowDown: 1, ArrowRight: form ? 0 : 1, ArrowUp: -1, ArrowLeft: form ? 0 : -1 }[event.key] || 0;
    if (step && links.length) {
      event.preventDefault();
      links[(at + step + links.length) % links.length].focus();
    }
  });
}

// A device may send the character apart from the key: it must not end up in the field that the key led to.
let swallow = false;
addEventListener("keypress", (event) => {
  if (swallow && event.key === "/") event.preventDefault();
  swallow = false;
});

addEventListener("keydown", (event) => {
  swallow = false;
  if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
  const picker = pickers.find((p) => p.dataset.key === event.key);
  if (picker) {
    event.preventDefault();
    if (picker.open) close(picker, true);
    else open(picker);
  } else if (event.key === "Escape") {
    for (const p of pickers) if (p.open) close(p, true);
  } else if (event.key === "/" && !typing(event.target)) {
    const find = document.querySelector(".search .find");
    if (!find) return;
    event.preventDefault();
    swallow = true;
    find.focus();
    find.select();
  }
});

addEventListener("click", (event) => {
  for (const p of pickers) if (p.open && !p.contains(event.target)) close(p, false);
});
