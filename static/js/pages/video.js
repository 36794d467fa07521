// Chapters jump within the player, and #t=83 in the address starts there; subtitles come up in
// the language of the page.
(() => {
  "use strict";
  const player = document.getElementById("player");
  if (!player) return;

  function seek(seconds) {
    if (!Number.isFinite(seconds)) return;
    if (player.readyState > 0) player.currentTime = seconds;
    else player.addEventListener("loadedmetadata", () => (player.currentTime = seconds), { once: true });
  }

  for (const link of document.querySelectorAll("[data-seek]")) {
    link.addEventListener("click", () => {
      seek(Number(link.dataset.seek));
      player.play().catch(() => {}); // a browser that wants another click first
      player.focus();
    });
  }

  const chapters = [...document.querySelectorAll("[data-seek]")];
  player.addEventListener("timeupdate", () => {
    const now = chapters.findLast((link) => Number(link.dataset.seek) <= player.currentTime);
    for (const link of chapters) link.toggleAttribute("aria-current", link === now);
  });

  const start = /^#t=(\d+(?:\.\d+)?)$/.exec(location.hash);
  if (start) seek(Number(start[1]));
})();
