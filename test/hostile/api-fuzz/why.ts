import fc from "fast-check";
import { operationsOf, readApiDocument } from "../../../src/testing/api-document.ts";
import { startFuzzedService } from "./fuzzed-service.ts";
import { outgoingOf } from "./outgoing.ts";
import { requestsTo } from "./requests.ts";
import { createConnection } from "./wire.ts";
const ends: (() => Promise<void>)[] = [];
const s = await startFuzzedService({ after: (e) => void ends.unshift(e) }, "off");
const doc = await readApiDocument(s.service);
const any = requestsTo(operationsOf(doc).filter((o) => process.argv[2]!.split(",").includes(o.operation.operationId!)));
let t = performance.now();
const rs = fc.sample(any, { seed: 5, numRuns: 500 });
console.log("generate", Math.round(performance.now() - t) / 500, "ms each");
const c = createConnection(s.port);
const why = new Map<string, number>();
t = performance.now();
let alone = 0;
for (const r of rs) {
  const o = outgoingOf(r, s.names);
  if (o.kind !== "plain") { alone++; continue; }
  const x = await c.exchange(o);
  const a = x.answers[0]!;
  let k = String(a.status);
  if (a.status >= 400) { const b = a.body.toString(); let j: any = {}; try { j = JSON.parse(b); } catch {} k += " " + (j.detail ?? j.error ?? b).replace(/\d+/g, "#").replace(/"(?:[^"\\]|\\.)*"/g, "Q").slice(0, 70); }
  why.set(k, (why.get(k) ?? 0) + 1);
}
console.log("send", Math.round(performance.now() - t) / 500, "ms each", "not plain", alone);
for (const [k, n] of [...why].toSorted((a, b) => b[1] - a[1]).slice(0, 30)) console.log(n, k);
c.close();
for (const e of ends) await e();
