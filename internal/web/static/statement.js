// A row unfolds in its place. Without script the same link draws the page anew and comes back to the row.
document.addEventListener("click", async (event) => {
  const link = event.target.closest("a.fold");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  const row = link.closest("tr").id;
  try {
    const answer = await fetch(link.href, { credentials: "same-origin" });
    if (!answer.ok) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("statement");
    const asked = page.querySelector("form.asked");
    if (!fresh || !asked) throw new Error("another page");
    const old = document.getElementById("statement");
    const left = old.scrollLeft;
    old.replaceWith(fresh);
    fresh.scrollLeft = left;
    document.querySelector("form.asked").replaceWith(asked);
    for (const [i, to] of [...page.querySelectorAll("main > .bar a")].entries()) document.querySelectorAll("main > .bar a")[i].href = to.href;
    history.replaceState(null, "", link.href);
    const again = document.getElementById(row);
    if (again) again.querySelector("a.fold").focus({ preventScroll: true });
  } catch (error) {
    location.href = link.href;
  }
});
