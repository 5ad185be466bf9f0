// Goes on with a batch by itself while its page is open. Without it the button does the same.
const form = document.querySelector("form[data-continue]");
if (form) setTimeout(() => form.requestSubmit(), 300);
