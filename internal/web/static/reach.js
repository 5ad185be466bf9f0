// What scrolls within the page can be scrolled by keyboard: a frame wider than its place takes the focus. Of a list wider
// than its place, the part is shown that the page belongs to.
const frames = document.querySelectorAll(".sheet, .voucher, .scroll, .tabs, .side");

function reach() {
  for (const frame of frames) {
    if (frame.scrollWidth > frame.clientWidth) {
      frame.tabIndex = 0;
      const here = frame.tagName === "NAV" && frame.querySelector("a[aria-current]");
      if (here) frame.scrollLeft = here.offsetLeft - (frame.clientWidth - here.offsetWidth) / 2;
    } else frame.removeAttribute("tabindex");
  }
}

reach();
addEventListener("resize", reach);
