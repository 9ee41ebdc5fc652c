/** Fires requests at fresh services, round after round, and gathers what went wrong with the request that shows it best. Stops by itself: at its number of requests, or at enough findings. */
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { operationsOf, readApiDocument } from "../../../src/testing/api-document.ts";
import { type FuzzedService, startFuzzedService } from "./fuzzed-service.ts";
import { createOracle, type Oracle, type Verdict } from "./oracle.ts";
import { outgoingOf } from "./outgoing.ts";
import { type FuzzRequest, requestsTo } from "./requests.ts";
import { createTally, type Tally } from "./tally.ts";
import { type Connection, createConnection, type Exchange } from "./wire.ts";

/** Services grow with what is sent to them: new ones keep every list short. */
const ROUND = 5_000;
const BATCH = 250;
const IN_FLIGHT = 12;
const ENOUGH_FINDINGS = 10;
const SHRINK_MS = 10_000;

export type Finding = { readonly operation: string; readonly fault: string; readonly request: string };

export type Campaign = { readonly findings: readonly Finding[]; readonly tally: Tally; readonly sent: number };

type Services = Readonly<Record<FuzzRequest["service"], FuzzedService>>;
type Fuzz = {
  readonly any: fc.Arbitrary<FuzzRequest>;
  readonly oracle: Oracle;
  /** By what tells two of them apart. */
  readonly findings: Map<string, Finding>;
  readonly tally: Tally;
};
type Exchanged = Verdict & { readonly exchange: Exchange };

export async function runCampaign({
  seed,
  requests,
}: {
  readonly seed: number;
  readonly requests: number;
}): Promise<Campaign> {
  // Once: services of a kind have one document, and what is made from it costs a second or two.
  const document = await withServices(({ open }) => readApiDocument(open.service));
  const fuzz: Fuzz = {
    any: requestsTo(operationsOf(document)),
    oracle: createOracle(document),
    findings: new Map(),
    tally: createTally(),
  };
  const { findings, tally } = fuzz;
  let sent = 0;
  for (let round = 0; sent < requests && findings.size < ENOUGH_FINDINGS; round += 1) {
    const count = Math.min(ROUND, requests - sent);
    await withServices(async (services) => {
      await fireRound(services, fuzz, { seed: seed + round * ROUND, count });
      for (const [name, service] of Object.entries(services)) {
        await service.assertSound().catch((error: unknown) => {
          const fault = String(error).slice(0, 3_000);
          findings.set(fault, { operation: `the ${name} service afterwards`, fault, request: `round ${round}` });
        });
      }
    });
    sent += count;
  }
  return { findings: [...findings.values()], tally, sent };
}

async function withServices<T>(use: (services: Services) => Promise<T>): Promise<T> {
  const ends: (() => Promise<void>)[] = [];
  const t = { after: (end: () => Promise<void>) => void ends.unshift(end) };
  try {
    return await use({ open: await startFuzzedService(t, "off"), keyed: await startFuzzedService(t, "required") });
  } finally {
    for (const end of ends) await end();
  }
}

async function fireRound(
  services: Services,
  { any, oracle, findings, tally }: Fuzz,
  { seed, count }: { readonly seed: number; readonly count: number },
): Promise<void> {
  const timersBefore = timers();
  const connections = Array.from({ length: IN_FLIGHT }, () => ({
    open: createConnection(services.open.port),
    keyed: createConnection(services.keyed.port),
  }));
  for (let first = 0; first < count && findings.size < ENOUGH_FINDINGS; first += BATCH) {
    const draw = { seed: seed + first, numRuns: Math.min(BATCH, count - first) };
    const requests = fc.sample(any, draw);
    let next = 0;
    const suspects: { readonly no: number; readonly verdict: Verdict }[] = [];
    await Promise.all(
      connections.map(async (pair) => {
        while (next < requests.length) {
          const no = next;
          next += 1;
          const request = requests[no];
          if (!request) return;
          const verdict = await fire(request, { connection: pair[request.service], services, oracle });
          tally.add(verdict.operation, verdict.exchange);
          if (verdict.faults.length > 0) suspects.push({ no, verdict });
        }
      }),
    );
    for (const { no, verdict } of suspects) {
      const request = requests[no];
      const key = `${verdict.operation}: ${verdict.faults[0]?.replaceAll(/\d+/g, "#").slice(0, 80)}`;
      if (!request || findings.has(key)) continue;
      const smallest = await shrunk(any, { seed: draw.seed, no }, { services, oracle });
      findings.set(key, {
        operation: verdict.operation,
        fault: verdict.faults.join("; "),
        request: described(smallest ?? request, services, smallest ? "" : "; alone it is answered well"),
      });
    }
    for (const fault of pollution())
      findings.set(fault, { operation: "the batch", fault, request: `seed ${draw.seed}` });
    for (const service of Object.values(services)) await service.work();
  }
  for (const pair of connections) for (const connection of Object.values(pair)) connection.close();
  const left = await timersLeft(timersBefore);
  if (left > 0)
    findings.set("timers", { operation: "the round", fault: `${left} timers go on`, request: `seed ${seed}` });
}

const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;

/** Timers that go on though every client has gone: of somebody who is still told something, or of a request that never ends. */
async function timersLeft(before: number): Promise<number> {
  for (let turn = 0; turn < 600 && timers() > before; turn += 1) await sleep(50);
  return timers() - before;
}

async function fire(
  request: FuzzRequest,
  { connection, services, oracle }: { connection: Connection; services: Services; oracle: Oracle },
): Promise<Exchanged> {
  const outgoing = outgoingOf(request, services[request.service].names);
  const exchange = await connection.exchange(outgoing);
  const { operation, faults } = oracle.judge(request, exchange);
  const isUnanswered = exchange.answers.length === 0 && exchange.fault === null && outgoing.kind !== "unclear";
  return { operation, exchange, faults: isUnanswered ? [...faults, "there was no answer"] : faults };
}

/** The smallest request that shows the same, sent alone; null where it does not show then. */
async function shrunk(
  any: fc.Arbitrary<FuzzRequest>,
  { seed, no }: { readonly seed: number; readonly no: number },
  { services, oracle }: { services: Services; oracle: Oracle },
): Promise<FuzzRequest | null> {
  const holds = async (request: FuzzRequest) => {
    const connection = createConnection(services[request.service].port);
    const { faults } = await fire(request, { connection, services, oracle });
    connection.close();
    return faults.length === 0;
  };
  const { counterexample } = await fc.check(fc.asyncProperty(any, holds), {
    seed,
    path: String(no),
    interruptAfterTimeLimit: SHRINK_MS,
  });
  return counterexample?.[0] ?? null;
}

function described(request: FuzzRequest, services: Services, note: string): string {
  const { pieces } = outgoingOf(request, services[request.service].names);
  const bytes = Buffer.concat(pieces);
  const shown = JSON.stringify(bytes.toString("latin1", 0, 2_000));
  return `to the ${request.service} service as ${request.caller}, ${bytes.length} bytes${note}: ${shown}`;
}

/** What our runtime's own prototypes had before anything was sent. */
const PROTOTYPES: readonly object[] = [
  Object,
  Array,
  Function,
  String,
  Number,
  Boolean,
  Promise,
  Map,
  Set,
  Error,
  Buffer,
  RegExp,
].map((made) => made.prototype);
const keysOf = (prototype: object) => Reflect.ownKeys(prototype).map(String).toSorted().join();
const KEYS_BEFORE = PROTOTYPES.map(keysOf);

function pollution(): string[] {
  const faults = PROTOTYPES.flatMap((prototype, no) =>
    keysOf(prototype) === KEYS_BEFORE[no] ? [] : [`${prototype.constructor.name}.prototype has other members`],
  );
  for (const name in {}) faults.push(`every object has ${name} now`);
  return faults;
}
