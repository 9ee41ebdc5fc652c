/** The services under fire: with something of everything in them, a worker that ends jobs now and then, and what must still be true of them afterwards. */
import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createAccessSeal } from "../../../src/access/seal.ts";
import { READ_ONLY, SCOPES, type Scope } from "../../../src/domain/scopes.ts";
import { digestOf, newApiKey, newToken } from "../../../src/keys/api-key.ts";
import { createKeyRing } from "../../../src/keys/key-ring.ts";
import { ANY_JOB, type JobSnapshot } from "../../../src/ledger/port/job-reader.ts";
import type { Ledger } from "../../../src/ledger/port/ledger.ts";
import { AUTH_SECRET, type HttpService, startHttpService } from "../../../src/testing/http-service.ts";
import {
  aFinding,
  aVisit,
  claimNext,
  failed,
  jobOptions,
  measured,
  submitJob,
} from "../../../src/testing/ledger-builders.ts";
import { openUploadFolder } from "../../../src/uploads/upload-folder.ts";
import { createUploads } from "../../../src/uploads/uploads.ts";
import type { Names } from "./outgoing.ts";
import { ACCESS_ROWS, FUZZ_SECRET } from "./values.ts";

/** So little that a body of the fuzz can pass it. */
const MAX_BODY_BYTES = 200_000;
const HOUR_MS = 3_600_000;

export type FuzzedService = {
  readonly port: number;
  readonly service: HttpService;
  readonly names: Names;
  /** Ends what jobs there are to end, and signs the person in again who may have signed out. */
  work(): Promise<void>;
  /** What must be true whatever was sent. */
  assertSound(): Promise<void>;
};

export async function startFuzzedService(
  t: { after(end: () => Promise<void>): void },
  auth: "off" | "required",
): Promise<FuzzedService> {
  const path = await mkdtemp(join(tmpdir(), "storewalk-fuzz-"));
  const folder = openUploadFolder(path);
  const service = await startHttpService(t, {
    auth,
    maxBodyBytes: MAX_BODY_BYTES,
    callbacks: true,
    uploads: (ledger) => createUploads({ store: folder, ledger }),
    thumbnails: { get: async () => ({ kind: "picture", bytes: Buffer.from("a picture") }) },
  });
  t.after(async () => await rm(path, { recursive: true }));
  const { ledger } = service;
  const tenant = auth === "off" ? "default" : "a";
  await fillWithJobs(ledger, tenant);
  await fillWithWebhooks(ledger, tenant);
  await fillWithAccess(ledger, tenant);
  await fillWithAlerts(ledger, tenant);
  await fillWithSchedules(ledger, tenant);
  const { names, signIn } = await fillWithKeys(ledger, tenant);
  await signIn();

  return {
    port: Number(new URL(service.address).port),
    service,
    names,
    async work() {
      await workOff(ledger);
      await signIn();
    },
    async assertSound() {
      await cleared(async () => [...(await readdir(join(path, "incoming"))), ...jobsInPreparation(service)]);
      await workOff(ledger);
      await assertSumsOfJobs(ledger);
      assertDatabase(service);
      assertLog(service, names);
    },
  };
}

/** As many as there are numbers that the fuzz makes up. */
const SCHEDULES = 12;
const ALERTS = 12;

/** Jobs 1 to 8: done with flags, failed, partly so, cancelled, paused, two open ones, and one of another tenant; 9 to 12: partly failed. */
async function fillWithJobs(ledger: Ledger, tenant: string): Promise<void> {
  const options = { tenant, labels: { externalId: "order-7", metadata: { a: "b" } } };
  const visits = [aVisit({ images: 2 }), aVisit({ storeId: "S404", visitTime: "yesterday", visitDate: null })];
  for (const results of [
    [0, 1, 2].map((no) => ({ ...measured(no), findings: aFinding("dark") })),
    [failed(0, "timeout"), failed(1), failed(2, "not_an_image")],
    [measured(0), failed(1, "timeout"), measured(2)],
  ]) {
    await submitJob(ledger, visits, options);
    await ledger.record((await claimNext(ledger)).lease, results, HOUR_MS);
  }
  const cancelled = await submitJob(ledger, visits, options);
  await ledger.cancelJob(cancelled);
  const paused = await submitJob(ledger, visits, options);
  await ledger.pauseJob(paused);
  for (const owner of [tenant, tenant, "b"]) await submitJob(ledger, visits, jobOptions({ ...options, tenant: owner }));
  for (let no = 9; no <= 12; no += 1) await submitJob(ledger, visits, options);
  await workOff(ledger);
}

async function fillWithWebhooks(ledger: Ledger, tenant: string): Promise<void> {
  for (const owner of [tenant, tenant, tenant, tenant, "b", tenant]) {
    const { id } = await ledger.addEndpoint({
      tenant: owner,
      url: "https://hooks.example/storewalk",
      events: ["job.completed", "job.failed"],
      description: "",
      secret: "whsec_of the fuzz",
    });
    await ledger.addPing(id, "{}");
  }
}

async function fillWithAlerts(ledger: Ledger, tenant: string): Promise<void> {
  for (let no = 1; no <= ALERTS; no += 1) {
    const { id } = await ledger.addAlert({
      tenant: no % 10 === 0 ? "b" : tenant,
      name: `alert ${no}`,
      kind: "backlog",
      threshold: 1_000_000,
      webhooks: [1],
      quiet: { from: "22:00", to: "07:00", timeZone: null },
      tellsEnd: true,
    });
    await ledger.noteCauses({ id, token: 0 }, [{ cause: "backlog", detail: "many images wait", facts: {} }], 0);
  }
}

/** Due once a year, in a year: none runs under fire. */
async function fillWithSchedules(ledger: Ledger, tenant: string): Promise<void> {
  for (let no = 1; no <= SCHEDULES; no += 1) {
    await ledger.addSchedule({
      tenant: no % 10 === 0 ? "b" : tenant,
      name: `yearly ${no}`,
      cron: "0 6 1 1 *",
      timeZone: "Asia/Kolkata",
      source: { kind: "url", url: "https://files.example/manifest.csv" },
      format: "csv",
      options: {},
      dueAt: Date.now() + 365 * 24 * HOUR_MS,
    });
  }
}

async function fillWithAccess(ledger: Ledger, tenant: string): Promise<void> {
  const seal = createAccessSeal(AUTH_SECRET);
  for (let no = 1; no <= ACCESS_ROWS; no += 1) {
    const place = { id: `access${no}`, tenant: no % 10 === 0 ? "b" : tenant, pattern: `given${no}.example` };
    await ledger.addAccess({
      ...place,
      settings: { kind: "web", headerNames: ["X-Key"], queryNames: [], userAgent: null, overHttp: false },
      sealed: seal.seal(place, { kind: "web", headers: [["X-Key", FUZZ_SECRET]], query: [] }),
    });
  }
}

async function fillWithKeys(ledger: Ledger, tenant: string) {
  const ring = createKeyRing({ ledger, authSecret: AUTH_SECRET, now: Date.now });
  const names = new Map<string, string>();
  const make = async (
    caller: string,
    wish: { tenant?: string; scopes?: readonly Scope[]; expiresInMs?: number } = {},
  ) => {
    const scopes = SCOPES.filter((scope) => scope !== "admin");
    const made = await ring.make({ tenant, name: caller, scopes, expiresInMs: null, ...wish });
    names.set(`KEY_${caller}_`, made.text);
    return made.key;
  };
  const all = await make("all");
  await make("admin", { tenant: "operators", scopes: ["admin"] });
  await make("reader", { scopes: READ_ONLY });
  await make("other", { tenant: "b" });
  await make("expired", { expiresInMs: -1 });
  await ring.revoke((await make("revoked")).id);
  names.set("KEY_misspelt_", newApiKey().text.replace(/.$/, "!"));
  for (let no = 1; no <= 6; no += 1)
    names.set(`ID_${no}_`, (await make(`spare${no}`, no > 5 ? { tenant: "b" } : {})).id);
  const token = newToken();
  names.set("SESSION_1_", token);
  const session = { digest: digestOf(token, AUTH_SECRET), keyId: all.id, lastsMs: HOUR_MS };
  return {
    names,
    async signIn() {
      await ledger.removeSession(session.digest);
      await ledger.addSession(session);
    },
  };
}

/** Some images fail, most do not. Jobs 5 to 8 stay open, for those who ask for them. */
async function workOff(ledger: Ledger): Promise<void> {
  const refs = await ledger.dispatch({ windowImages: 100_000, windowChunks: 100_000, maxChunks: 1_000 });
  for (const ref of refs.filter(({ jobId }) => jobId > 8)) {
    const claim = await ledger.claim(ref, HOUR_MS);
    if (!claim) continue;
    const results = claim.images.map(({ no }) => (no % 3 === 2 ? failed(no, "timeout") : measured(no)));
    await ledger.record(claim.lease, results, HOUR_MS);
  }
}

async function assertSumsOfJobs(ledger: Ledger): Promise<void> {
  const everything = { ...ANY_JOB, tenant: null };
  let seen = 0;
  for (let before: number | null = null, isLast = false; !isLast; ) {
    const { jobs, next }: Awaited<ReturnType<Ledger["listJobs"]>> = await ledger.listJobs(everything, {
      before,
      limit: 200,
    });
    for (const job of jobs) await assertSumsOf(ledger, job);
    seen += jobs.length;
    before = next;
    isLast = next === null;
  }
  assert.ok(seen >= 8);
}

/** A job's counts are those of its rows, one by one. */
async function assertSumsOf(
  ledger: Ledger,
  { jobId, visits, images, succeeded, failed: lost, status, failuresByCode }: JobSnapshot,
) {
  const all = { outcome: null, code: null, storeId: null, visit: null };
  const { rows } = await ledger.readImages(jobId, all, { after: -1, limit: 100_000 });
  const count = (outcome: string) => rows.filter(({ result }) => result?.outcome === outcome).length;
  const ofVisits = await ledger.readVisitRows(jobId, { storeId: null }, { after: -1, limit: 100_000 });
  const codes = Object.values(failuresByCode).reduce((sum, ofCode) => sum + ofCode, 0);
  assert.deepEqual(
    { visits: ofVisits.rows.length, images: rows.length, succeeded: count("measured"), failed: count("failed"), codes },
    { visits, images, succeeded, failed: lost, codes: lost },
    `job ${jobId} (${status})`,
  );
  if (status === "completed" || status === "failed") assert.equal(succeeded + lost, images, `job ${jobId}`);
  if (status === "completed") assert.equal(lost, 0, `job ${jobId}`);
}

function jobsInPreparation({ database }: HttpService): string[] {
  const jobs = database.prepare("select id from jobs where status = 'preparing'").all();
  return jobs.map(({ id }) => `job ${id} in preparation`);
}

/** Of a submission that was refused, or broke off, nothing is left when its end was dealt with. */
async function cleared(left: () => Promise<readonly string[]>): Promise<void> {
  for (let turn = 0; turn < 200 && (await left()).length > 0; turn += 1) await sleep(50);
  assert.deepEqual(await left(), [], "something of refused submissions is left");
}

function assertDatabase({ database }: HttpService): void {
  assert.deepEqual(
    database
      .prepare("pragma integrity_check")
      .all()
      .map((row) => row.integrity_check),
    ["ok"],
  );
  assert.deepEqual(database.prepare("pragma foreign_key_check").all(), []);
}

function assertLog({ log }: HttpService, names: Names): void {
  const faults = log.lines.filter(({ level }) => Number(level) >= 50);
  assert.deepEqual(faults, [], "the log has faults of ours");
  const text = JSON.stringify(log.lines);
  for (const [name, secret] of names) {
    if (!name.startsWith("ID_")) assert.ok(!text.includes(secret), `the log has ${name}`);
  }
  assert.ok(!text.includes(FUZZ_SECRET), "the log has what is kept for a host");
}
