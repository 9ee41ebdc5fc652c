/**
 * `npm run bench:memory -- [--images N] [--jobs N] [--heaps] [CHECKOUT …]`: memory of the program as `npm run serve` starts it, idle and after large
 * jobs, and how long a status read waits meanwhile, for each checkout in turn (this one without any). A bare server is asked as often: what the machine
 * itself adds to an answer. With `--heaps` V8's heap of each thread, which costs some memory itself. Prints, judges nothing. A million images take some
 * three minutes.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type MeasuredProgram, startProgram } from "./measured-program.ts";
import { awaitCompletion, type Host, quantile, readStatus, startHost, submitImages, timed } from "./parts.ts";

const HERE = fileURLToPath(new URL("..", import.meta.url));
const SETTLE_MS = 3_000;
const ASK_EVERY_MS = 100;
/** Until the threads of the pipeline have ended, and V8 has given back the pages that they had. */
const REST_MS = 45_000;

const say = (line: string) => console.log(line);
const shownMb = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MB`;
const shownMs = (times: readonly number[]) =>
  `p50 ${quantile(times, 0.5).toFixed(1)}, p99 ${quantile(times, 0.99).toFixed(0)}, slowest ${quantile(times, 1).toFixed(0)} ms`;

/** Asks again and again until `isOver`; returns how long each answer took. */
async function askUntil(isOver: () => boolean, ask: () => Promise<unknown>): Promise<readonly number[]> {
  const times: number[] = [];
  while (!isOver()) {
    times.push(await timed(ask));
    await sleep(ASK_EVERY_MS);
  }
  return times;
}

async function runJob(program: MeasuredProgram, host: Host, images: number): Promise<void> {
  const cpuBefore = program.cpuSeconds();
  let isOver = false;
  let jobId = 0;
  const submitMs = await timed(async () => {
    jobId = await submitImages(program, host, images);
  });
  const status = askUntil(
    () => isOver,
    () => readStatus(program, jobId),
  );
  const bare = askUntil(
    () => isOver,
    async () => await (await fetch(host.address)).arrayBuffer(),
  );
  const ms = await timed(() => awaitCompletion(program, jobId, 250));
  isOver = true;
  const { rss, peak } = program.memory();
  const cpu = (1e6 * (program.cpuSeconds() - cpuBefore)) / images;
  say(
    `    job of ${images} images: submitted in ${(submitMs / 1_000).toFixed(1)} s, done in ${(ms / 1_000).toFixed(0)} s, ${cpu.toFixed(0)} µs of CPU an image; at its end ${shownMb(rss)}, at most ${shownMb(peak)}`,
  );
  say(`        status ${shownMs(await status)}; a bare server ${shownMs(await bare)}`);
}

async function account(program: MeasuredProgram, when: string, withHeaps: boolean): Promise<void> {
  const { rss, files } = program.memory();
  say(`    ${when}: ${shownMb(rss)}, ${shownMb(files)} of it Node's files`);
  if (!withHeaps) return;
  const heaps = await program.heaps();
  const rest = rss - files - heaps.reduce((sum, { heapBytes }) => sum + heapBytes, 0);
  say(`        heaps: ${heaps.map(({ thread, heapBytes }) => `${thread} ${shownMb(heapBytes)}`).join(" · ")}`);
  say(`        the rest (malloc, SQLite's pages, stacks, pages that V8 keeps): ${shownMb(rest)}`);
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    images: { type: "string", default: "1000000" },
    jobs: { type: "string", default: "1" },
    heaps: { type: "boolean", default: false },
  },
});
const host = await startHost("./tiny-host.ts");
for (const checkout of positionals.length > 0 ? positionals : [HERE]) {
  say(checkout === HERE ? "this checkout" : checkout);
  const allowHost = new URL(host.address).host;
  const program = await startProgram({ checkout, allowHost, withHeaps: values.heaps });
  await sleep(SETTLE_MS);
  await account(program, "idle", values.heaps);
  for (let job = 0; job < Number(values.jobs); job++) await runJob(program, host, Number(values.images));
  await account(program, "after them", values.heaps);
  await sleep(REST_MS);
  await account(program, "after a rest", values.heaps);
  await program.stop();
}
host.stop();
