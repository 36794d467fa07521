// The newest downloads of whoever is signed in, followed while the component is shown.
//
//   <DownloadList site="https://videos.escola.example" token={accessToken} onExpired={renew} />
//
// `token` is an access token of POST /api/v1/auth/login; `onExpired` is called when it has run out.
// Written without JSX, so that it needs no build step.
import { createElement as h, useEffect, useState } from "react";

const UNDER_WAY = ["queued", "running"];

async function ask(site, token, path, options = {}) {
  const answer = await fetch(`${site}/api/v1${path}`, {
    ...options,
    headers: { Authorization: `Bearer ${token}` },
  });
  if (answer.ok) return answer.status === 204 ? null : answer.json();
  const problem = await answer.json();
  throw Object.assign(new Error(problem.detail), problem);
}

function useDownloads(site, token, every, onExpired) {
  const [downloads, setDownloads] = useState(null);
  const [wrong, setWrong] = useState(null);

  useEffect(() => {
    let timer;
    const gone = new AbortController();

    async function look() {
      try {
        const page = await ask(site, token, "/downloads?limit=20", { signal: gone.signal });
        setDownloads(page.results);
        setWrong(null);
      } catch (failure) {
        if (gone.signal.aborted) return;
        if (failure.status === 401) {
          onExpired?.();
          return;
        }
        setWrong(failure.message);
      }
      timer = setTimeout(look, every);
    }

    look();
    return () => {
      gone.abort();
      clearTimeout(timer);
    };
  }, [site, token, every, onExpired]);

  return { downloads, wrong, setWrong };
}

export function DownloadList({ site, token, every = 1000, onExpired }) {
  const { downloads, wrong, setWrong } = useDownloads(site, token, every, onExpired);

  function cancel(id) {
    ask(site, token, `/downloads/${id}`, { method: "DELETE" }).catch((refused) => setWrong(refused.message));
  }

  if (!downloads) return h("p", { role: wrong ? "alert" : "status" }, wrong ?? "Loading…");
  return h(
    "section",
    null,
    wrong && h("p", { role: "alert" }, wrong),
    downloads.length === 0
      ? h("p", null, "No downloads yet.")
      : h(
          "ul",
          null,
          downloads.map((one) => h(Row, { key: one.id, download: one, onCancel: () => cancel(one.id) })),
        ),
  );
}

function Row({ download, onCancel }) {
  const { title, url, status, progress_percent: percent, error } = download;
  return h(
    "li",
    { "data-status": status },
    h("strong", null, title ?? url),
    " ",
    error ? `${error.message} ${error.advice}` : status,
    UNDER_WAY.includes(status) && h("progress", { max: 100, value: percent }),
    UNDER_WAY.includes(status) && h("button", { onClick: onCancel }, "Cancel"),
  );
}
