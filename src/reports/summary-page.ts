/** A job's summary as one HTML page that prints well: no script, nothing loaded, every text escaped. */
import { createHash } from "node:crypto";
import { ERROR_CODES } from "../domain/error-codes.ts";
import type { JobSnapshot } from "../ledger/port/job-reader.ts";
import { escaped } from "./escaped.ts";
import type { SizeClass, Summary } from "./read-summary.ts";

const SHOWN = { hosts: 5, stores: 5 } as const;

const STYLE = `
:root { --text: #17211f; --quiet: #566360; --line: #dce2e0; --accent: #0f6b5c; --part: #c27c0e; --bad: #b3261e;
  color-scheme: light; font: 14px/1.45 system-ui, sans-serif; color: var(--text); }
@media screen and (prefers-color-scheme: dark) {
  :root { --text: #e6ecea; --quiet: #9fadaa; --line: #2d3a37; --accent: #4fc3ad; --part: #f0b95b; --bad: #ff8a80; color-scheme: dark; background: #18211f; }
}
body { max-width: 820px; margin: 24px auto; padding: 0 20px; }
h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.05rem; margin: 22px 0 6px; }
p { margin: 4px 0; } small { color: var(--quiet); }
table { border-collapse: collapse; width: 100%; break-inside: auto; }
th, td { text-align: left; padding: 3px 10px 3px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td { overflow-wrap: anywhere; } th:last-child, td:last-child { padding-right: 0; }
h2 { break-after: avoid; } tr { break-inside: avoid; } td.n { white-space: nowrap; overflow-wrap: normal; } .n { text-align: right; font-variant-numeric: tabular-nums; }
.host td:first-child { padding-left: 18px; } .store td:first-child { padding-left: 36px; color: var(--quiet); }
.bar { width: min(320px, 40vw); margin-top: 5px; } svg { display: block; } rect { fill: var(--accent); } .part { fill: var(--part); } .failed { fill: var(--bad); }
@media (max-width: 400px) { body { padding: 0 14px; } th, td { padding-right: 6px; } }
@page { margin: 15mm; }
@media print { body { margin: 0; padding: 0; max-width: none; } }
`;

/** For the header: the page may use its own style and nothing else. */
export const SUMMARY_POLICY = `default-src 'none'; img-src 'self'; style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'; frame-ancestors 'none'`;

const WHOLE = new Intl.NumberFormat("en");
const number = (value: number) => WHOLE.format(value);

/** `at` is when it is made, `timeZone` by whose clock its times are. */
export function summaryPage(
  job: JobSnapshot,
  summary: Summary,
  { at, timeZone }: { readonly at: number; readonly timeZone: string },
): string {
  const instant = instantIn(timeZone);
  const name = job.labels.externalId === null ? "" : ` <small>${escaped(job.labels.externalId)}</small>`;
  const done = job.succeeded + job.failed;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Job ${job.jobId}: summary</title><link rel="icon" href="/icon.svg" type="image/svg+xml"><style>${STYLE}</style></head><body><main>
<h1>Job ${job.jobId}${name}</h1>
<p>${statusOf(job)}, run ${job.run}. Submitted ${instant(job.createdAt)}, ${job.finishedAt === null ? "not over yet" : `ended ${instant(job.finishedAt)}`}.
<small>As of ${instant(at)}. Times are those of ${escaped(timeZone.replaceAll("_", " "))}.</small></p>
${metadata(job)}
${table(
  ["Visits", "Images", "Done", "Measured", "Failed"],
  [[job.visits, job.images, done, job.succeeded, job.failed].map(number)],
)}
${shareBar(job)}
<h2>Why images failed</h2>
${causes(summary)}
<h2>Size of the measured images</h2>
${histogram("Megapixels", summary.megapixels)}
<h2>Formats</h2>
${histogram("Format", summary.formats)}
<h2>Slowest hosts</h2>
${
  summary.slowestHosts.length === 0
    ? "<p>No image was fetched.</p>"
    : table(
        ["Host", "Images", "Mean, ms", "Worst, ms"],
        summary.slowestHosts.map(({ host, images, meanMs, worstMs }) => [
          escaped(host),
          number(images),
          number(meanMs),
          number(worstMs),
        ]),
      )
}
</main></body></html>
`;
}

/** As the dashboard says it: a job is failed where nothing was measured, else in part. */
function statusOf({ status, succeeded, failed }: JobSnapshot): string {
  if (status !== "failed" || succeeded === 0) return status;
  return `${((100 * failed) / (succeeded + failed)).toFixed(1)}% failed`;
}

function metadata({ labels }: JobSnapshot): string {
  const entries = Object.entries(labels.metadata).map(([key, value]) => `${escaped(key)}: ${escaped(value)}`);
  return entries.length === 0 ? "" : `<p>${entries.join(" · ")}</p>`;
}

function shareBar({ images, succeeded, failed }: JobSnapshot): string {
  const percent = (part: number) => ((100 * part) / images).toFixed(2);
  return `<svg width="100%" height="14" role="img" aria-label="${percent(succeeded)} % measured, ${percent(failed)} % failed">
<rect width="${percent(succeeded)}%" height="14"/><rect class="${succeeded > 0 ? "part" : "failed"}" x="${percent(succeeded)}%" width="${percent(failed)}%" height="14"/></svg>`;
}

function causes({ failures }: Summary): string {
  if (failures.total === 0) return "<p>None failed.</p>";
  const rows: string[] = [];
  const row = (kind: string, name: string, images: number) =>
    rows.push(`<tr class="${kind}"><td>${name}</td><td class="n">${number(images)}</td></tr>`);
  for (const { code, images, hosts, moreHosts } of failures.list(SHOWN)) {
    row("code", `<b>${code}</b> <small>${escaped(ERROR_CODES[code].about)}</small>`, images);
    for (const { host, images: ofHost, stores, moreStores } of hosts) {
      // No host was asked.
      const isAsked = code !== "unknown_store";
      if (isAsked) row("host", host === "" ? "no host" : escaped(host), ofHost);
      for (const { storeId, images: ofStore } of stores)
        row(isAsked ? "store" : "host", `store ${escaped(storeId)}`, ofStore);
      if (moreStores > 0) rows.push(`<tr class="store"><td>and ${number(moreStores)} more stores</td><td></td></tr>`);
    }
    if (moreHosts > 0) rows.push(`<tr class="host"><td>and ${number(moreHosts)} more hosts</td><td></td></tr>`);
  }
  return `<table><thead><tr><th scope="col">Cause, host, store</th><th scope="col" class="n">Images</th></tr></thead><tbody>${rows.join("\n")}</tbody></table>`;
}

function histogram(name: string, classes: readonly SizeClass[]): string {
  const most = Math.max(1, ...classes.map(({ count }) => count));
  if (classes.every(({ count }) => count === 0)) return "<p>None.</p>";
  return table(
    [name, "Images", ""],
    classes.map(({ label, count }) => [
      escaped(label),
      number(count),
      `<svg class="bar" height="10" aria-hidden="true"><rect width="${((100 * count) / most).toFixed(1)}%" height="10"/></svg>`,
    ]),
  );
}

/** Cells are HTML; all but the first column are numbers or pictures. */
function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = (tag: string, texts: readonly string[]) =>
    texts
      .map((text, at) => `<${tag}${at === 0 && heads[0] !== "Visits" ? "" : ' class="n"'}>${text}</${tag}>`)
      .join("");
  const body = rows.map((row) => `<tr>${cells("td", row)}</tr>`).join("\n");
  return `<table><thead><tr>${cells("th", heads).replace(/<th[^>]*><\/th>/, "<td></td>")}</tr></thead><tbody>${body}</tbody></table>`;
}

/** As the dashboard writes them, the exact one on hover. */
function instantIn(timeZone: string): (at: number) => string {
  const text = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short", timeZone });
  return (at) => {
    const exact = new Date(at).toISOString();
    return `<time datetime="${exact}" title="${exact}">${text.format(at)}</time>`;
  };
}
