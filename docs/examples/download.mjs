// Brings one video home: node download.mjs LINK FILE. Set SITE and KEY.
import { createHash, randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { argv, env, exit } from "node:process";
import { setTimeout as sleep } from "node:timers/promises";

const [link, file] = argv.slice(2);

async function api(method, path, body) {
  const answer = await fetch(`${env.SITE}/api/v1${path}`, {
    method,
    headers: {
      Authorization: `Bearer ${env.KEY}`,
      ...(body && { "Content-Type": "application/json", "Idempotency-Key": randomUUID() }),
    },
    body: body && JSON.stringify(body),
  });
  if (answer.ok) return answer;
  const problem = await answer.json();
  throw new Error(`${problem.status} ${problem.code}: ${problem.detail}`);
}

async function ended(id) {
  for (;;) {
    const download = await (await api("GET", `/downloads/${id}`)).json();
    if (!["queued", "running"].includes(download.status)) return download;
    await sleep(1000);
  }
}

async function bringHome() {
  const { id } = await (await api("POST", "/downloads", { url: link })).json();
  const download = await ended(id);
  if (download.status !== "completed") {
    throw new Error(download.error ? `${download.error.message} ${download.error.advice}` : "Cancelled.");
  }
  const bytes = new Uint8Array(await (await api("GET", `/videos/${download.video_id}/file`)).arrayBuffer());
  if (createHash("sha256").update(bytes).digest("hex") !== download.file.sha256) {
    throw new Error("The file did not arrive whole.");
  }
  await writeFile(file, bytes);
  console.log(file);
}

bringHome().catch((failure) => {
  console.error(failure.message);
  exit(1);
});
