import { runCampaign } from "./campaign.ts";
const t0 = performance.now();
const { findings, tally, sent } = await runCampaign({ seed: Number(process.argv[3] ?? 1), requests: Number(process.argv[2] ?? 500) });
for (const f of findings) console.log(`- ${f.operation}: ${f.fault}\n    ${f.request}`.slice(0, 1500));
console.log(sent, Math.round(performance.now() - t0), "ms");
console.log(tally.table());
