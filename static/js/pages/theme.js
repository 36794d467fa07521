// Loaded in the head, before anything is drawn: the wrong colours never flash.
(() => {
  "use strict";
  const root = document.documentElement;
  const systemIsDark = matchMedia("(prefers-color-scheme: dark)");

  function apply() {
    const choice = root.dataset.theme;
    const dark = choice === "dark" || (choice !== "light" && systemIsDark.matches);
    root.dataset.bsTheme = dark ? "dark" : "light";
  }

  systemIsDark.addEventListener("change", apply);
  document.addEventListener("theme:chosen", apply);
  apply();
})();
