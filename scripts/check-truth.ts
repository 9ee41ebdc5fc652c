/**
 * Runs a set of photos through the real service (HTTP host, job, report) and judges what it says of them.
 * Usage: npm run check:truth -- [FOLDER], a folder with manifest.tsv, visits.json, stores.csv, evaluate.mjs and images/.
 * `DATABASE_URL` chooses PostgreSQL, as everywhere. The pictures never enter the repository; without them nothing is checked, loudly.
 */
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startApp } from "../src/app/app.ts";
import { createLog } from "../src/process/log.ts";
import { loadConfig } from "../src/settings/config.ts";
import { importStoreMaster } from "../src/stores/import-stores.ts";

const folder = process.argv[2] ?? "../shared/field-truth";
if (!existsSync(join(folder, "manifest.tsv"))) {
  console.log(`SKIPPED: no set of photos at ${folder}: nothing was checked.`);
  process.exit(0);
}

const work = mkdtempSync(join(tmpdir(), "storewalk-truth-"));
const host = createServer((request, response) => {
  const file = join(folder, "images", basename(decodeURIComponent(request.url ?? "")));
  if (existsSync(file)) response.end(readFileSync(file));
  else response.writeHead(404).end();
}).listen(0, "127.0.0.1");
await once(host, "listening");
const address = host.address();
const port = typeof address === "object" && address ? address.port : 0;
const config = loadConfig({
  port: "0",
  host: "127.0.0.1",
  dataDir: join(work, "data"),
  allowHosts: `127.0.0.1:${port}`,
  gpuLatencyMs: "0",
});
const app = await startApp(config, createLog("error"));
try {
  await importStoreMaster({ ledger: app.ledger }, [readFileSync(join(folder, "stores.csv"))]);
  const begun = performance.now();
  const jobId = await submitted(readFileSync(join(folder, "visits.json"), "utf8").replaceAll("PORT", String(port)));
  await overOf(jobId);
  const seconds = (performance.now() - begun) / 1000;
  const report = await (await fetch(`${app.address}/api/v1/jobs/${jobId}/results?format=ndjson`)).text();
  const run = join(work, "run.ndjson");
  writeFileSync(run, report);
  console.log(`job ${jobId}: ${report.trim().split("\n").length} photos in ${seconds.toFixed(1)} s`);
  const judged = spawnSync(process.execPath, [join(folder, "evaluate.mjs"), join(folder, "manifest.tsv"), run], {
    stdio: "inherit",
  });
  process.exitCode = judged.status ?? 1;
} finally {
  await app.stop();
  host.close();
  host.closeAllConnections();
  rmSync(work, { recursive: true });
}

async function submitted(body: string): Promise<number> {
  const answer = await fetch(`${app.address}/api/v1/jobs?inspect=full`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  });
  const { job_id: jobId }: { readonly job_id?: number } = JSON.parse(await answer.text());
  if (jobId === undefined) throw new Error(`the submission was refused with ${answer.status}`);
  return jobId;
}

async function overOf(jobId: number): Promise<void> {
  for (;;) {
    const { status }: { readonly status: string } = JSON.parse(
      await (await fetch(`${app.address}/api/status?jobid=${jobId}`)).text(),
    );
    if (status !== "ongoing") return;
    await sleep(200);
  }
}
