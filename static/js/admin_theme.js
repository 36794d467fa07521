// The colours of the back office: what the reader chose on the other pages, which keep it in a
// cookie, or the system's. (Their own script reads it from <html>, which is Django's here.)
(() => {
  "use strict";
  const chosen = /(?:^|; )theme=(light|dark)(?:;|$)/.exec(document.cookie)?.[1];
  const systemIsDark = matchMedia("(prefers-color-scheme: dark)");

  function apply() {
    document.documentElement.dataset.bsTheme = chosen ?? (systemIsDark.matches ? "dark" : "light");
  }

  systemIsDark.addEventListener("change", apply);
  apply();
})();
