// What scrolls within the page can be scrolled by keyboard: a frame wider than its place takes the focus.
const frames = document.querySelectorAll(".sheet, .voucher, .scroll, .tabs, .side");

function reach() {
  for (const frame of frames) {
    if (frame.scrollWidth > frame.clientWidth) frame.tabIndex = 0;
    else frame.removeAttribute("tabindex");
  }
}

reach();
addEventListener("resize", reach);
