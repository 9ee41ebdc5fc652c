/**
 * The campaigns: suites whose proof grows with their size. `npm test` takes a taste of each, `npm run test:campaigns` the whole of it; a variable of the
 * campaign's own name asks for any other size. Nothing else may make a test longer or shorter.
 */

export type Campaign = {
  readonly file: string;
  /** What its size counts. */
  readonly unit: string;
  readonly setting: string;
  readonly taste: number;
  readonly whole: number;
};

/** Those that take longest first: the runner takes them in this order. */
export const CAMPAIGNS = {
  inspectedKills: {
    file: "test/crash/inspected-kills.test.ts",
    unit: "kills in each ledger",
    setting: "INSPECTED_KILLS",
    taste: 3,
    whole: 100,
  },
  simulation: {
    file: "test/simulation/simulation.test.ts",
    unit: "seeds",
    setting: "SIMULATION_SEEDS",
    taste: 200,
    whole: 5_000,
  },
  postgresFaults: {
    file: "test/faults/postgres-faults.test.ts",
    unit: "images in each job",
    setting: "POSTGRES_FAULT_IMAGES",
    taste: 1_000,
    whole: 4_000,
  },
  rabbitmqFaults: {
    file: "test/faults/rabbitmq-faults.test.ts",
    unit: "images in each job",
    setting: "RABBITMQ_FAULT_IMAGES",
    taste: 1_000,
    whole: 4_000,
  },
  underFire: {
    file: "test/faults/under-fire.test.ts",
    unit: "of the seeds, over each queue",
    setting: "UNDER_FIRE_SEEDS",
    taste: 1,
    whole: 5,
  },
  plans: {
    file: "test/plans/plans.test.ts",
    unit: "jobs of 1,000 images",
    setting: "PLAN_JOBS",
    taste: 200,
    whole: 10_000,
  },
  powerCuts: {
    file: "test/power-cut/power-cut.test.ts",
    unit: "cuts",
    setting: "POWER_CUTS",
    taste: 60,
    whole: 300,
  },
  kills: { file: "test/crash/kill-loop.test.ts", unit: "kills", setting: "CRASH_KILLS", taste: 3, whole: 30 },
  fleetKills: {
    file: "test/faults/worker-faults.test.ts",
    unit: "images while workers are killed",
    setting: "FLEET_IMAGES",
    taste: 2_000,
    whole: 20_000,
  },
  fairness: {
    file: "test/fleet.e2e.test.ts",
    unit: "images of the large job",
    setting: "FAIRNESS_IMAGES",
    taste: 10_000,
    whole: 100_000,
  },
  million: {
    file: "test/faults/million.test.ts",
    unit: "images of one job",
    setting: "MILLION_IMAGES",
    taste: 5_000,
    whole: 50_000,
  },
  apiFuzz: {
    file: "test/hostile/api-fuzz/api-fuzz.test.ts",
    unit: "requests",
    setting: "FUZZ_REQUESTS",
    taste: 2_000,
    whole: 50_000,
  },
  fuzz: { file: "test/fuzz/fuzz.test.ts", unit: "inputs", setting: "FUZZ_INPUTS", taste: 2_000, whole: 200_000 },
  wireFuzz: {
    file: "test/fuzz/wire/wire-fuzz.test.ts",
    unit: "runs of each promise",
    setting: "WIRE_FUZZ_RUNS",
    taste: 2_000,
    whole: 50_000,
  },
  sickImages: {
    file: "test/sick-images.e2e.test.ts",
    unit: "images",
    setting: "SICK_IMAGES",
    taste: 2_000,
    whole: 10_000,
  },
  overload: {
    file: "test/load/overload.test.ts",
    unit: "ms of the crowd",
    setting: "OVERLOAD_MS",
    taste: 2_000,
    whole: 8_000,
  },
  soak: { file: "test/load/soak.test.ts", unit: "ms", setting: "SOAK_MS", taste: 8_000, whole: 15_000 },
} as const satisfies Record<string, Campaign>;

/** Set by `npm run test:campaigns`. */
const RING = "TEST_RING";
export const WHOLE_CAMPAIGNS = { [RING]: "campaigns" } as const;

/** Whether this is the long ring, for what a taste leaves out as a whole. */
export const isWhole = process.env[RING] === WHOLE_CAMPAIGNS[RING];

export function sizeOf(name: keyof typeof CAMPAIGNS): number {
  const { setting, taste, whole }: Campaign = CAMPAIGNS[name];
  const asked = process.env[setting];
  if (asked === undefined) return isWhole ? whole : taste;
  const size = Number(asked);
  if (!Number.isInteger(size) || size < 1) throw new Error(`${setting} must be a whole number from 1, got "${asked}"`);
  return size;
}
