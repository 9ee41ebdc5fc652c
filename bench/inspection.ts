/**
 * `npm run bench -- truth [--base CHECKOUT] [--rounds N]`: what inspections cost. Jobs without one, `quick` and `full` by turns, each by a service
 * with an index of its own, and by that of another checkout beside it when one is named. Prints, judges nothing.
 */
import { Type } from "typebox";
import { Value } from "typebox/value";
import { BARE, PICTURES, THUMBNAILS } from "./field-photo.ts";
import { startProgram } from "./measured-program.ts";
import { awaitCompletion, type Host, median, startHost, timed } from "./parts.ts";
import { takenBy } from "./process-tree.ts";

const CHECKOUT = new URL("..", import.meta.url).pathname;
const LOOK_MS = 100;
const IMAGES_A_VISIT = 10;
/** Threads and decoding processes are there when it is measured. */
const WARM = 20;
const Accepted = Type.Object({ job_id: Type.Number() });

type Level = "off" | "quick" | "full";
type Case = { readonly level: Level; readonly gpu: string; readonly images: number; readonly from?: number };

/** Quick ones are told by thumbnails alone, of which there are more than pictures. */
const CASES: readonly Case[] = [
  { level: "off", gpu: "0", images: THUMBNAILS - WARM },
  { level: "quick", gpu: "0", images: THUMBNAILS - WARM },
  { level: "off", gpu: "100-400", images: THUMBNAILS - WARM },
  { level: "quick", gpu: "100-400", images: THUMBNAILS - WARM },
  { level: "quick", gpu: "100-400", images: THUMBNAILS - WARM, from: BARE },
  { level: "full", gpu: "0", images: PICTURES - WARM },
];

type Reading = {
  readonly perSecond: number;
  readonly cpuMs: number;
  readonly rss: number;
  readonly pss: number;
  readonly idlePss: number;
};

export async function inspectionBench(
  say: (line: string) => void,
  { base, rounds }: { readonly base?: string | undefined; readonly rounds: number },
): Promise<void> {
  const host = await startHost("./field-host.ts");
  const checkouts = base === undefined ? [CHECKOUT] : [base, CHECKOUT];
  const readings = new Map<string, Reading[]>();
  for (let round = 0; round < rounds; round++) {
    for (const the of CASES) {
      for (const checkout of checkouts) {
        const name = `${the.level.padEnd(5)} gpu ${the.gpu.padEnd(7)} ${the.from === BARE ? "no EXIF " : ""}${checkout === CHECKOUT ? "" : checkout}`;
        const reading = await measure(host, checkout, the);
        readings.set(name, [...(readings.get(name) ?? []), reading]);
        say(`  round ${round + 1}, ${name}: ${reading.perSecond.toFixed(0)} photos/s`);
      }
    }
  }
  host.stop();
  say(`photos of ${(host.bytes / 1e6).toFixed(2)} MB, medians of ${rounds}; CPU of all processes; memory at most`);
  for (const [name, all] of readings) {
    const of = (value: (reading: Reading) => number) => median(all.map(value));
    const megabytes = (value: (reading: Reading) => number) => Math.round(of(value) / 1e6);
    say(
      `  ${name}: ${of(({ perSecond }) => perSecond).toFixed(0)} photos/s · ${of(({ cpuMs }) => cpuMs).toFixed(2)} ms CPU a photo · ${megabytes(({ pss }) => pss)} MB (${megabytes(({ rss }) => rss)} with what is shared counted for each; idle ${megabytes(({ idlePss }) => idlePss)})`,
    );
  }
}

async function measure(host: Host, checkout: string, { level, gpu, images, from = 0 }: Case): Promise<Reading> {
  const program = await startProgram({
    checkout,
    allowHost: new URL(host.address).host,
    withHeaps: false,
    settings: { STOREWALK_GPU_LATENCY_MS: gpu },
  });
  const idlePss = takenBy(program.pid).pss;
  try {
    await run(program.address, host, { level, from, images: WARM });
    const before = takenBy(program.pid);
    let most = before;
    const watch = setInterval(() => {
      const now = takenBy(program.pid);
      most = { cpuSeconds: 0, rss: Math.max(most.rss, now.rss), pss: Math.max(most.pss, now.pss) };
    }, 250);
    const ms = await timed(() => run(program.address, host, { level, from: from + WARM, images }));
    clearInterval(watch);
    const cpuMs = ((takenBy(program.pid).cpuSeconds - before.cpuSeconds) * 1_000) / images;
    return { perSecond: (images / ms) * 1_000, cpuMs, rss: most.rss, pss: most.pss, idlePss };
  } finally {
    await program.stop();
  }
}

async function run(
  address: string,
  host: Host,
  { level, from, images }: { readonly level: Level; readonly from: number; readonly images: number },
): Promise<void> {
  const lines: string[] = [];
  for (let first = from; first < from + images; first += IMAGES_A_VISIT) {
    const count = Math.min(IMAGES_A_VISIT, from + images - first);
    const image_url = Array.from({ length: count }, (_, i) => `${host.address}/${first + i}.jpg`);
    lines.push(JSON.stringify({ store_id: "B1", visit_time: "2026-01-05T09:00:00Z", image_url }));
  }
  const response = await fetch(`${address}/api/v1/jobs?inspect=${level}`, {
    method: "POST",
    headers: { "content-type": "application/x-ndjson" },
    body: lines.join("\n"),
  });
  if (response.status !== 201) throw new Error(`the submission was refused: ${await response.text()}`);
  const { job_id: jobId } = Value.Parse(Accepted, await response.json());
  await awaitCompletion({ address }, jobId, LOOK_MS);
}
