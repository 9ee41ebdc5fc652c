/** A campaign in a thread of its own, with services of its own: two of them use both cores. */
import { parentPort, workerData } from "node:worker_threads";
import { runCampaign } from "./campaign.ts";

const { seed, requests }: { seed: number; requests: number } = workerData;
const { findings, tally, sent } = await runCampaign({ seed, requests });
parentPort?.postMessage({ findings, sent, rows: tally.rows() });
