/**
 * The inside of a pipeline thread: runs images as the parent asks and sends results back in batches.
 * Holds no truth: whatever is lost with the thread is done again under a new lease.
 */
import type { MessagePort } from "node:worker_threads";
import { type AccessTable, createAccessTable } from "../domain/access-table.ts";
import type { Pipeline } from "../pipeline/create-pipeline.ts";
import type { Places } from "../pipeline/host-lines.ts";
import { stepBack } from "../process/step-back.ts";
import { neverAsked } from "./given-up-hosts.ts";
import { hostsInTrouble } from "./hosts-in-trouble.ts";
import type { RunResult } from "./judge.ts";
import type { FromThread, ToThread } from "./thread-messages.ts";

/** Results that finish within so short a time share one message. */
const GATHER_MS = 5;

/** How often is looked which lines are slow. */
const LOOK_MS = 250;

/** At every so many of these looks it is told which hosts are in trouble. */
const LOOKS_TO_TELL_HOSTS = 8;

type Run = {
  readonly lane: string;
  /** What is sent to hosts for it now. */
  accessTable: AccessTable;
  /** Of its images, in the order of its URLs. */
  readonly numbers: ArrayLike<number>;
  places: Places | null;
  /** How many of its images were last said to be in slow lines. */
  parked: number;
  readonly begun: Set<AbortController>;
  /** So many images less to wait for. */
  over: (images: number) => void;
  aborted: boolean;
};

export function runInThread({ port, ...deps }: Pipeline & { readonly port: MessagePort }): void {
  stepBack();
  const runs = new Map<number, Run>();
  let gathered = new Map<number, RunResult[]>();
  let gathering: NodeJS.Timeout | null = null;
  let looks = 0;
  let toldHosts = false;

  function send(message: FromThread): void {
    port.postMessage(message);
  }

  function sendGathered(): void {
    if (gathering) clearTimeout(gathering);
    gathering = null;
    const batches = gathered;
    gathered = new Map();
    for (const [id, results] of batches) send({ kind: "results", id, results });
  }

  function gather(id: number, result: RunResult): void {
    const results = gathered.get(id);
    if (results) results.push(result);
    else gathered.set(id, [result]);
    gathering ??= setTimeout(sendGathered, GATHER_MS);
  }

  function tellParked(): void {
    deps.hostLines.look();
    for (const [id, run] of runs) {
      const images = run.places?.slow() ?? 0;
      if (images === run.parked) continue;
      run.parked = images;
      send({ kind: "parked", id, images });
    }
  }

  function tellHosts(): void {
    const hosts = hostsInTrouble(deps.hosts.readings(), deps.hostLines.waiting, Date.now());
    if (hosts.length > 0 || toldHosts) send({ kind: "hosts", hosts });
    toldHosts = hosts.length > 0;
  }

  const look = () => {
    tellParked();
    looks += 1;
    if (looks % LOOKS_TO_TELL_HOSTS === 0) tellHosts();
  };
  setInterval(look, LOOK_MS).unref();

  /** Those in line fail at once; those that have begun when they would ask again. */
  function giveUp({ lane, host, sentence }: Extract<ToThread, { kind: "give-up" }>): void {
    const ofLane = [...runs].filter(([, run]) => run.lane === lane);
    if (ofLane.length === 0) return;
    deps.hosts.giveUp(lane, host, sentence);
    for (const [id, run] of ofLane) {
      const neverBegun = run.places?.leaveHost(host) ?? [];
      for (const image of neverBegun) gather(id, neverAsked(run.numbers[image] ?? 0, sentence, Date.now()));
      deps.countWaiting(-neverBegun.length);
      run.over(neverBegun.length);
    }
  }

  function changeAccess({ lane, access }: Extract<ToThread, { kind: "access" }>): void {
    const table = createAccessTable(access);
    for (const run of runs.values()) if (run.lane === lane) run.accessTable = table;
  }

  function abort(id: number): void {
    const run = runs.get(id);
    if (!run) return;
    run.aborted = true;
    for (const image of run.begun) image.abort();
    const neverBegun = run.places?.leave() ?? 0;
    deps.countWaiting(-neverBegun);
    run.over(neverBegun);
  }

  function run({
    id,
    lane,
    access: rows,
    integrity,
    inspect,
    numbers,
    urls,
  }: Extract<ToThread, { kind: "run" }>): void {
    let left = urls.length;
    const state: Run = {
      lane,
      accessTable: createAccessTable(rows),
      numbers,
      places: null,
      parked: 0,
      begun: new Set(),
      over(images) {
        left -= images;
        if (left === 0 && runs.delete(id)) end();
      },
      aborted: false,
    };
    runs.set(id, state);
    const access = () => state.accessTable;

    function end(): void {
      if (![...runs.values()].some((run) => run.lane === lane)) deps.hosts.forgetLane(lane);
      sendGathered();
      send({ kind: "over", id, aborted: state.aborted });
    }

    // A signal of its own for each image: on one signal for all, adding a listener walks through those of all others.
    async function process(image: number, host: string, leaveLine: () => void): Promise<void> {
      const aborting = new AbortController();
      state.begun.add(aborting);
      try {
        const url = urls[image] ?? "";
        const order = { url, lane, access, integrity, inspect, leaveLine };
        const { outcome, attempts, fetchMs, inspected } = await deps.processImage(order, aborting.signal);
        const no = numbers[image] ?? 0;
        gather(id, { no, host, outcome, attempts, fetchMs, inspected: inspected ?? null, finishedAt: Date.now() });
      } catch {
        // Cut short: it is done again under another lease.
      } finally {
        state.begun.delete(aborting);
        state.over(1);
      }
    }

    // Places are shared inside the pipeline, so all images of the chunk may stand in line at once.
    deps.countWaiting(urls.length);
    state.places = deps.hostLines.lineUp(urls, lane, (image, host, leaveLine) => {
      deps.countWaiting(-1);
      void process(image, host, leaveLine);
    });
  }

  port.on("message", async (message: ToThread) => {
    if (message.kind === "run") run(message);
    else if (message.kind === "abort") abort(message.id);
    else if (message.kind === "give-up") giveUp(message);
    else if (message.kind === "access") changeAccess(message);
    else if (message.kind === "limit-per-host") deps.limitPerHost(message.connections);
    else {
      await deps.close();
      port.close();
    }
  });
}
