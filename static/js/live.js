// Keeps a page current over one WebSocket (messages: docs/realtime.md). Without it the page still
// works; it only has to be loaded anew to see what changed.
//
// What the page provides:
//   <body data-live="/ws/dashboard">            the socket to open, or /ws/downloads/42
//   [data-download="42"]                        one running download; inside it
//     progress                                  its bar (indeterminate while the size is unknown)
//     [data-field=percent|bytes|total|speed|eta|stage]   texts, written in the page's language
//   [data-sync="7"]                             one running synchronisation; inside it progress
//                                               and [data-field=done|total|reading]
//   [data-live-mark]                            gets the value live, delayed or offline; inside it
//     [data-live-word=live|delayed|offline]     the word for each, of which one is shown
//     [data-live-retry]                         a button to try again now, shown when offline
//     [data-live-sign-in]                       a link to sign in, shown when the session has ended
//     data-stage-resolving, -downloading, -merging, -storing, -starting   (attributes) stage words
//     data-left="{time} left"                   (attribute) how the time left is said
//
// What the page gets: the DOM event `live:changed` on body, at most every 300 ms, when something
// came, went or changed its state, and after every connect. Parts of the page refresh themselves
// by it (htmx: hx-trigger="live:changed from:body"). Progress is written in place, without it; what
// sums it up can follow the event `live:progress` (hx-trigger="live:progress from:body throttle:2s").
(() => {
  "use strict";

  const path = document.body.dataset.live;
  if (!path) return;

  const FIRST_WAIT_MS = 500;
  const LONGEST_WAIT_MS = 15_000;
  const CONNECT_MS = 15_000;
  const PING_MS = 20_000;
  const SILENT_MS = 45_000;
  const DEAD_MS = 60_000;
  const CHANGED_MS = 300;
  const SIGN_IN = 4401;
  const NOT_FOUND = 4404;

  const language = document.documentElement.lang || undefined;
  const mark = document.querySelector("[data-live-mark]");
  const words = mark ? mark.dataset : {};

  let socket = null;
  let failures = 0;
  let refusals = 0;
  let heardAt = 0;
  let timer = 0;
  let over = false;

  // -- the connection

  function connect() {
    clearTimeout(timer);
    if (over || (socket && socket.readyState <= WebSocket.OPEN)) return;
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const own = new WebSocket(`${scheme}//${location.host}${path}`);
    let greeted = false;
    socket = own;
    heardAt = Date.now();
    own.onmessage = ({ data }) => {
      if (own !== socket) return;
      heardAt = Date.now();
      show("live");
      const message = JSON.parse(data);
      if (!MESSAGES[message.type]) return;
      MESSAGES[message.type](message.data);
      if (!greeted) {
        greeted = true;
        failures = refusals = 0;
        changed();
      }
    };
    own.onclose = ({ code }) => {
      if (own === socket) lost(code);
    };
  }

  function lost(code) {
    socket = null;
    refusals = code === SIGN_IN ? refusals + 1 : 0;
    // A new password or a new sign-in in another tab changes the cookie: the second try has it.
    over = refusals > 1 || code === NOT_FOUND;
    show("offline", refusals > 1);
    if (code === NOT_FOUND) changed();
    if (over) return;
    const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures);
    failures += 1;
    timer = setTimeout(connect, Math.random() * longest);
  }

  function reconnectNow() {
    if (socket && socket.readyState === WebSocket.OPEN) return ping();
    if (socket) return;
    if (refusals) [over, refusals] = [false, 1]; // signed in again in another tab, perhaps
    failures = 0;
    connect();
  }

  function ping() {
    socket.send('{"type":"ping"}');
  }

  // A network that went away without a word is noticed by its silence alone.
  setInterval(() => {
    if (!socket) return;
    const silence = Date.now() - heardAt;
    const open = socket.readyState === WebSocket.OPEN;
    if (silence > (open ? DEAD_MS : CONNECT_MS)) {
      socket.close();
      lost(0);
    } else if (open) {
      if (silence > SILENT_MS) show("delayed");
      if (silence > PING_MS) ping();
    }
  }, 5_000);

  addEventListener("online", reconnectNow);
  addEventListener("pageshow", (event) => event.persisted && reconnectNow());
  document.addEventListener("visibilitychange", () => document.hidden || reconnectNow());
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-live-retry]")) reconnectNow();
  });

  function show(state, signedOut = false) {
    if (!mark) return;
    mark.dataset.liveMark = state;
    for (const word of mark.querySelectorAll("[data-live-word]")) {
      word.hidden = word.dataset.liveWord !== state;
    }
    const reveal = (selector, visible) => {
      const element = mark.querySelector(selector);
      if (element) element.hidden = !visible;
    };
    reveal("[data-live-retry]", state === "offline" && !over);
    reveal("[data-live-sign-in]", signedOut);
  }

  // -- what comes over it

  let known = "";

  const MESSAGES = {
    download_update(update) {
      draw(update);
      note([signature(update)]);
    },
    dashboard_update(dashboard) {
      latest.clear();
      dashboard.downloads_in_progress.forEach(draw);
      note([dashboard.queue_stats, ...dashboard.downloads_in_progress.map(signature)]);
      document.body.dispatchEvent(new CustomEvent("live:progress"));
    },
    sync_update(sync) {
      drawSync(sync);
      if (syncs.get(sync.id) !== sync.status) changed();
      syncs.set(sync.id, sync.status);
    },
    course_update: changed,
    credential_update: changed,
    batch_update: changed,
    subscription_changed: changed,
    downloads_update: changed,
    listing_update: changed,
  };

  const syncs = new Map(); // the status of each, as it was last told

  function drawSync(sync) {
    const texts = {
      done: String(sync.courses_done),
      total: String(sync.courses_total),
      reading: sync.now_reading || "",
    };
    for (const part of document.querySelectorAll(`[data-sync="${Number(sync.id)}"]`)) {
      const bar = part.querySelector("progress");
      if (bar && sync.courses_total) bar.value = (100 * sync.courses_done) / sync.courses_total;
      for (const [name, text] of Object.entries(texts)) {
        for (const field of part.querySelectorAll(`[data-field="${name}"]`)) {
          field.textContent = text;
        }
      }
    }
  }

  // All that a part of the page shows besides progress; when it differs, the part is outdated.
  function signature({ id, status, title, thumbnail, wait_reason, error_code, attempt }) {
    return [id, status, title, thumbnail, wait_reason, error_code, attempt];
  }

  function note(state) {
    const now = JSON.stringify(state);
    if (known && now !== known) changed();
    known = now;
  }

  let changedAt = 0;
  let announcing = 0;

  function changed() {
    if (announcing) return;
    const wait = Math.max(0, changedAt + CHANGED_MS - Date.now());
    announcing = setTimeout(() => {
      announcing = 0;
      changedAt = Date.now();
      document.body.dispatchEvent(new CustomEvent("live:changed"));
    }, wait);
  }

  // A part that was just drawn anew comes from the database, which may be a second behind.
  const latest = new Map();
  document.body.addEventListener("htmx:afterSettle", () => latest.forEach(paint));

  function draw(update) {
    if (update.status === "running") latest.set(update.id, update);
    else latest.delete(update.id);
    paint(update);
  }

  function paint(update) {
    for (const card of document.querySelectorAll(`[data-download="${Number(update.id)}"]`)) {
      const bar = card.querySelector("progress");
      if (bar && update.total_bytes) bar.value = update.progress;
      else if (bar) bar.removeAttribute("value");
      for (const [name, text] of Object.entries(texts(update))) {
        for (const field of card.querySelectorAll(`[data-field="${name}"]`)) {
          if (text !== null && field.textContent !== text) field.textContent = text;
        }
      }
    }
  }

  function texts(update) {
    const left = update.eta_seconds === null ? "" : span(update.eta_seconds);
    return {
      percent: update.total_bytes ? `${Math.floor(update.progress)}%` : "",
      bytes: update.downloaded_bytes ? filesize(update.downloaded_bytes) : "",
      total: filesize(update.total_bytes),
      speed: update.speed_bytes_per_second ? `${filesize(update.speed_bytes_per_second)}/s` : "",
      eta: left && (words.left || "{time}").replace("{time}", left),
      stage: stageWord(update.stage || "starting"),
    };
  }

  function stageWord(stage) {
    return words[`stage${stage[0].toUpperCase()}${stage.slice(1)}`] ?? null; // null: leave it be
  }

  // -- numbers as core/templatetags/format.py writes them

  const UNITS = ["B", "kB", "MB", "GB", "TB"];

  function filesize(size) {
    if (size === null) return "";
    let unit = 0;
    while (size >= 999.5 && unit < UNITS.length - 1) {
      size /= 1000;
      unit += 1;
    }
    const digits = unit && size < 9.95 ? 1 : 0;
    const format = { minimumFractionDigits: digits, maximumFractionDigits: digits };
    return `${size.toLocaleString(language, format)}\u00a0${UNITS[unit]}`;
  }

  function span(seconds) {
    const whole = Math.max(0, Math.round(seconds));
    if (whole < 60) return `${whole}\u00a0s`;
    const minutes = Math.round(whole / 60);
    const hours = Math.floor(minutes / 60);
    if (!hours) return `${minutes}\u00a0min`;
    const rest = minutes % 60;
    return rest ? `${hours}\u00a0h ${rest}\u00a0min` : `${hours}\u00a0h`;
  }

  connect();
})();
