import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { findProgram, needs } from "../../src/testing/test-services.ts";
import { isWhole, sizeOf } from "../campaigns.ts";
import { cutPower, leftByACut } from "./cut-power.ts";
import { canTrace, type Mutation, type Recording, recordWorkload } from "./record-workload.ts";

const CUTS = sizeOf("powerCuts");
const SEED = Number(process.env.POWER_CUT_SEED ?? Date.now() % 1_000_000);
/** In the whole campaign two at least: each begins with what a cut of the one before has left. */
const RECORDINGS = Math.max(isWhole ? 2 : 1, Math.ceil(CUTS / 500));
const CUTS_A_RECORDING = Math.ceil(CUTS / RECORDINGS);
const ROUNDS = 8;
/** Methods of the ledger that write, and its opening. */
const KINDS_OF_CALL = 25;
/** As many as bring a photo back under its old name. */
const ROUNDS_A_MUTATION = 2;
/** Enough to find what each of the faults below loses. */
const CUTS_A_FAULT = 60;
/** A fault that loses something once is found; the whole campaign counts how often. */
const FAULTY = { cuts: CUTS_A_FAULT, enough: isWhole ? CUTS_A_FAULT : 1 };

const strace = findProgram("/usr/bin/strace", "apt-get install strace");
const { skip } = strace.skip
  ? strace
  : needs(canTrace(), "no right to trace a process; run the tests as root or with CAP_SYS_PTRACE");

let previous: Recording | undefined;
/** The one that began with nothing: a data folder that is there already needs no sync of the folder above it. */
let first: Recording | undefined;

describe("what the embedded service acknowledged, after a power cut", { skip }, () => {
  for (let no = 1; no <= RECORDINGS; no++) {
    it(`is there, whole and once, and work goes on to its end: ${CUTS_A_RECORDING} cuts of recording ${no}`, async (t) => {
      const seed = SEED + no;
      const start = previous ? await leftByACut(previous, seed) : new Map();
      const recording = await recordWorkload({ seed, rounds: ROUNDS, start });
      previous = recording;
      first ??= recording;
      const restarts = countWalRestarts(recording);
      t.diagnostic(
        `POWER_CUT_SEED=${SEED}: ${recording.calls.length} calls, ${recording.acknowledgements.length} acknowledgements, ${restarts} restarts of the WAL`,
      );
      assert.ok(restarts >= 1, "the workload must write enough for checkpoints, or nothing is tested of them");
      assert.equal(kindsOfCall(recording), KINDS_OF_CALL, "the workload must make every call that is acknowledged");
      assert.deepEqual(await cutPower(recording, { seed, cuts: CUTS_A_RECORDING }), []);
    });
  }
});

/** Taken out of the log, as if the service had forgotten them. */
const FORGOTTEN_SYNCS = {
  "the write-ahead log": (path) => path === "data/storewalk.db-wal",
  "the database at a checkpoint": (path) => path === "data/storewalk.db",
  "the data folder, for the names in it": (path) => path === "data",
  "the folder above the data folder": (path) => path === ".",
  "the bytes of a photo": (path) => path.startsWith("data/uploads/incoming/"),
  "the folder of a photo, for its name": (path) => /^data\/uploads\/[0-9a-f]{2}$/.test(path),
  "the folder of the photos' folders": (path) => path === "data/uploads",
} as const satisfies Record<string, (path: string) => boolean>;

/** Written into the service's own source. */
const MUTATIONS: Readonly<Record<string, Mutation>> = {
  "synchronous = normal": {
    file: "/src/ledger/sqlite/database.ts",
    from: "pragma synchronous = full",
    to: "pragma synchronous = normal",
  },
  "synchronous = off": {
    file: "/src/ledger/sqlite/database.ts",
    from: "pragma synchronous = full",
    to: "pragma synchronous = off",
  },
  "a photo that comes back under its old name, not durably": {
    file: "/src/uploads/upload-folder.ts",
    from: "await syncFolder(dirname(pathOf(to)));",
    to: "",
  },
  "a folder that was found taken for one that is sure": {
    file: "/src/uploads/upload-folder.ts",
    from: "await readyShard(shard);",
    to: "if (await mkdir(shard, { recursive: true })) await syncFolder(folder);",
  },
};

describe("the power-cut test finds losses", { skip }, () => {
  let recording: Recording;
  before(async () => {
    recording = first ?? (await recordWorkload({ seed: SEED, rounds: ROUNDS }));
  });

  for (const [name, skips] of Object.entries(FORGOTTEN_SYNCS)) {
    it(`when the sync is forgotten of ${name}`, async (t) => {
      const losses = await cutPower(recording, { seed: SEED, ...FAULTY, skips });
      t.diagnostic(`${losses.length} of ${CUTS_A_FAULT} cuts at most, the first: ${losses[0]}`);
      assert.ok(losses.length > 0);
    });
  }

  for (const [name, mutation] of Object.entries(MUTATIONS)) {
    it(`with ${name}`, async (t) => {
      const mutated = await recordWorkload({ seed: SEED, rounds: ROUNDS_A_MUTATION, mutation });
      const losses = await cutPower(mutated, { seed: SEED, ...FAULTY });
      t.diagnostic(`${losses.length} of ${CUTS_A_FAULT} cuts at most, the first: ${losses[0]}`);
      assert.ok(losses.length > 0);
    });
  }
});

function kindsOfCall({ acknowledgements }: Recording): number {
  return new Set(acknowledgements.flatMap(({ call, isOfLedger }) => (isOfLedger ? [call] : []))).size;
}

/** A WAL begins again from its first byte once a checkpoint has brought all of it into the database. */
function countWalRestarts({ calls }: Recording): number {
  const headers = new Map<number, number>();
  let restarts = 0;
  for (const call of calls) {
    if (call.kind === "open") {
      if (call.path.endsWith("-wal")) headers.set(call.fd, 0);
      else headers.delete(call.fd);
    }
    if (call.kind !== "write" || call.at !== 0) continue;
    const written = headers.get(call.fd);
    if (written === undefined) continue;
    if (written > 0) restarts += 1;
    headers.set(call.fd, written + 1);
  }
  return restarts;
}
