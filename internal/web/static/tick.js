// One tick for all of a table or a section. Without it each is ticked by hand.
for (const all of document.querySelectorAll("input[data-all]")) {
  const within = all.closest("table") || all.closest("section");
  const ticks = () => [...within.querySelectorAll("tbody input[type=checkbox], .ticks input[type=checkbox]")].filter((t) => !t.disabled);
  const show = () => {
    const on = ticks().filter((t) => t.checked).length;
    all.checked = on > 0 && on === ticks().length;
    all.indeterminate = on > 0 && on < ticks().length;
    const words = within.querySelector("[data-ticked]");
    if (words) words.textContent = String(on);
  };
  all.hidden = ticks().length === 0;
  all.addEventListener("change", () => {
    for (const t of ticks()) t.checked = all.checked;
    show();
  });
  within.addEventListener("change", show);
  show();
}
