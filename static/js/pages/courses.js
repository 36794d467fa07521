// Counts what is ticked, says how large it is, ticks many at once; filters apply by themselves.
// Without it the boxes and the buttons work as they are.
(() => {
  "use strict";

  const filters = document.querySelector("form[data-submits]");
  if (filters) {
    filters.querySelector("[data-submit]").hidden = true;
    filters.addEventListener("change", () => filters.requestSubmit());
    filters.addEventListener("submit", () => {
      for (const field of filters.elements) field.disabled = !field.value;
    });
    addEventListener("pageshow", () => {
      for (const field of filters.elements) field.disabled = false;
    });
  }

  // A page that waits for its first posts shows them as soon as they are there.
  document.body.addEventListener("htmx:oobAfterSwap", () => {
    const news = document.querySelector("[data-news]");
    if (news && document.querySelector("[data-waits]")) location.assign(news.href);
  });

  const form = document.getElementById("pick");
  if (!form) return;

  const language = document.documentElement.lang || undefined;
  const picked = form.querySelector("[data-picked]");
  const none = form.querySelector("[data-pick-none]");
  const all = document.querySelector("[data-pick-all]");
  const groups = [...document.querySelectorAll("[data-pick-group]")];

  const boxes = (within = document) => [...within.querySelectorAll("[data-pick]")];
  const advisable = (box) => !("doubtful" in box.dataset);

  function tick(within, on) {
    for (const box of boxes(within)) box.checked = on && (advisable(box) || box.checked);
  }

  function reflect(label, within) {
    const inside = boxes(within).filter(advisable);
    const ticked = inside.filter((box) => box.checked).length;
    const control = label.querySelector("input");
    label.hidden = inside.length === 0;
    control.checked = inside.length > 0 && ticked === inside.length;
    control.indeterminate = ticked > 0 && ticked < inside.length;
  }

  function count() {
    const chosen = boxes().filter((box) => box.checked);
    const bytes = chosen.reduce((sum, box) => sum + Number(box.dataset.bytes), 0);
    const unknown = chosen.some((box) => !box.dataset.bytes);
    const size = bytes ? ` · ${filesize(bytes)}${unknown ? "+" : ""}` : "";
    picked.textContent = chosen.length ? `(${chosen.length}${size})` : "";
    form.classList.toggle("is-idle", chosen.length === 0);
    none.hidden = chosen.length === 0;
    if (all) reflect(all, document);
    for (const group of groups) reflect(group, group.closest("section"));
  }

  if (all) all.addEventListener("change", (event) => tick(document, event.target.checked));
  for (const group of groups) {
    group.addEventListener("change", (event) => {
      tick(group.closest("section"), event.target.checked);
    });
  }
  document.addEventListener("change", count);
  form.addEventListener("reset", () => setTimeout(count));
  addEventListener("pageshow", count); // a browser that goes back ticks them again
  count();

  // Sizes as core/templatetags/format.py writes them.
  function filesize(size) {
    const units = ["B", "kB", "MB", "GB", "TB"];
    let unit = 0;
    while (size >= 999.5 && unit < units.length - 1) {
      size /= 1000;
      unit += 1;
    }
    const digits = unit && size < 9.95 ? 1 : 0;
    const shape = { minimumFractionDigits: digits, maximumFractionDigits: digits };
    return `${size.toLocaleString(language, shape)}\u00a0${units[unit]}`;
  }
})();
