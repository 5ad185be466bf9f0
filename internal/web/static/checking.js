// On a voucher's own page: A takes the step that stands first (check, post), R goes to the reason for sending back.
const main = document.querySelector(".voucher-head .btn.do");
const back = document.querySelector('form[action$="/return"] input[name=reason]');
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.repeat) return;
  if (event.target.closest("input, select, textarea, dialog")) return;
  const key = event.key.toLowerCase();
  if (key === "a" && main && main.form && /\/(check|post)$/.test(main.form.action)) {
    event.preventDefault();
    main.click();
  }
  if (key === "r" && back) {
    event.preventDefault();
    back.focus();
  }
});
