// What every page has: toasts, dialogs, the colour choice, keyboard shortcuts and calm swaps.
// Everything here makes pages nicer; nothing needs it.
(() => {
  "use strict";

  const YEAR_SECONDS = 365 * 24 * 3600;
  const TOAST_MS = 6000;
  const toasts = document.querySelector("[data-toasts]");
  const announcer = document.querySelector("[data-announcer]");

  // -- toasts: those the server wrote, and those an answer to htmx names in its HX-Trigger header

  function show(toast) {
    const close = toast.querySelector("[data-dismiss]");
    close.hidden = false;
    close.addEventListener("click", () => toast.remove());
    const leave = () => {
      if (!toast.matches(":hover, :focus-within")) toast.remove();
      else setTimeout(leave, TOAST_MS);
    };
    setTimeout(leave, TOAST_MS);
  }

  function say(level, text) {
    const template =
      document.querySelector(`template[data-toast="${CSS.escape(level)}"]`) ??
      document.querySelector("template[data-toast]");
    const toast = template.content.firstElementChild.cloneNode(true);
    toast.querySelector("p").textContent = text;
    for (const other of [...toasts.children]) {
      if (other.querySelector("p").textContent === text) other.remove();
    }
    toasts.append(toast);
    show(toast);
  }

  document.body.addEventListener("toast", (event) => say(event.detail.level, event.detail.text));
  for (const toast of toasts.children) show(toast);

  // -- no answer, or one that says nothing: an older "it is done" must not pass for the answer

  const AWAY = [502, 503, 504];

  function unanswered({ detail }) {
    const background = detail.requestConfig?.triggeringEvent?.type === "live:changed";
    const said = detail.xhr?.getResponseHeader("HX-Trigger");
    if (background || said) return;
    const status = detail.xhr?.status ?? 0;
    if (status && status < 500) return;
    toasts.replaceChildren();
    const away = !status || AWAY.includes(status);
    say("warning", away ? toasts.dataset.away : toasts.dataset.broken);
  }

  for (const name of ["sendError", "timeout", "responseError"]) {
    document.body.addEventListener(`htmx:${name}`, unanswered);
  }

  // -- a change of state is read out once; progress never is

  let announced = new Map();

  function announcements() {
    const parts = document.querySelectorAll("[data-announce]");
    return new Map([...parts].map((part) => [part.dataset.id, part.dataset.announce]));
  }

  function announce() {
    const now = announcements();
    const news = [...now].filter(([id, text]) => announced.has(id) && announced.get(id) !== text);
    if (news.length) announcer.textContent = news.map(([, text]) => text).join(". ");
    announced = now;
  }

  announced = announcements();
  document.body.addEventListener("htmx:afterSettle", announce);

  // -- dialogs: a link marked so opens what it leads to in the page's dialog

  const dialog = document.getElementById("dialog");
  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target === dialog && !dialog.open) dialog.showModal();
  });
  document.addEventListener("click", (event) => {
    const open = event.target.closest("dialog[open]");
    if (!open) return;
    const outside = event.target === open && !inside(open, event);
    const closing = event.target.closest("[data-close]");
    if (outside || closing) {
      event.preventDefault();
      open.close();
    }
  });

  function inside(element, point) {
    const box = element.getBoundingClientRect();
    return (
      point.clientX >= box.left &&
      point.clientX <= box.right &&
      point.clientY >= box.top &&
      point.clientY <= box.bottom
    );
  }

  // -- colours: a cookie, so that the server draws the page right at once

  for (const form of document.querySelectorAll("[data-theme-choice]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const theme = event.submitter.value;
      document.cookie = `theme=${theme}; path=/; max-age=${YEAR_SECONDS}; samesite=lax`;
      document.documentElement.dataset.theme = theme;
      document.dispatchEvent(new Event("theme:chosen"));
      for (const button of document.querySelectorAll("[data-theme-choice] button")) {
        button.setAttribute("aria-pressed", String(button.value === theme));
      }
    });
  }

  // -- passwords: the eye shows what was typed

  for (const eye of document.querySelectorAll("[data-reveal]")) {
    const input = eye.parentElement.querySelector("input");
    eye.hidden = false;
    eye.addEventListener("click", () => {
      const shown = input.type === "password";
      input.type = shown ? "text" : "password";
      eye.setAttribute("aria-pressed", String(shown));
    });
  }

  // -- keyboard: n, / and ?, unless somebody types or has switched them off

  const shortcuts = document.getElementById("shortcuts");
  const shortcutsSwitch = document.querySelector("[data-shortcuts-switch]");

  function withStorage(action) {
    try {
      return action(localStorage);
    } catch {
      return null; // a browser that keeps nothing
    }
  }

  if (shortcutsSwitch) {
    shortcutsSwitch.checked = withStorage((store) => store.getItem("shortcuts")) !== "off";
    shortcutsSwitch.addEventListener("change", () => {
      withStorage((store) => store.setItem("shortcuts", shortcutsSwitch.checked ? "on" : "off"));
    });
  }

  function typing(element) {
    return element.matches("input:not([type=checkbox]), textarea, select, [contenteditable]");
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (!shortcutsSwitch || document.querySelector("dialog[open]")) return;
    if (event.key === "?") {
      event.preventDefault();
      shortcuts.showModal();
    } else if (shortcutsSwitch.checked && (event.key === "n" || event.key === "/")) {
      press(event);
    }
  });

  function press(event) {
    const wanted = event.key === "n" ? "[data-new-download]" : "input[type=search]";
    const target = document.querySelector(wanted);
    if (!target) return;
    event.preventDefault();
    if (target.matches("a")) target.click();
    else target.focus();
  }

  // -- a part that would be replaced by the very same thing is left alone: nothing flickers,
  //    and whoever is about to press a button in it keeps it under the finger

  const drawn = new Map();

  function isNews(id, html) {
    if (drawn.get(id) === html) return false;
    drawn.set(id, html);
    return true;
  }

  document.body.addEventListener("htmx:oobBeforeSwap", ({ detail }) => {
    detail.shouldSwap = isNews(detail.target.id, detail.fragment.firstElementChild.outerHTML);
  });

  document.body.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.elt.hasAttribute("data-refreshes") && !isNews(detail.target.id, detail.serverResponse)) {
      detail.shouldSwap = false;
    }
  });
})();
