// Buttons that copy the field they name. Without scripts the field is selected by hand.
(() => {
  "use strict";

  const SHOWN_MS = 2000;

  async function copy(field) {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      document.execCommand("copy"); // a site without https has no clipboard
    }
  }

  for (const button of document.querySelectorAll("[data-copy]")) {
    const word = button.querySelector("span");
    const before = word.textContent;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await copy(document.getElementById(button.dataset.copy));
      word.textContent = button.dataset.copied;
      document.querySelector("[data-announcer]").textContent = button.dataset.copied;
      setTimeout(() => {
        word.textContent = before;
      }, SHOWN_MS);
    });
  }
})();
