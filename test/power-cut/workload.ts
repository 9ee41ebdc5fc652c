/**
 * The process whose power is cut: `workload.ts FOLDER ACKNOWLEDGEMENTS SEED ROUNDS` runs a service's ledger and uploads below FOLDER and uses all
 * that writes. Ends by SIGKILL, so that the log ends in the middle of things as well.
 */

import { createHash } from "node:crypto";
import { mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { ledgerPath, openServiceLedger } from "../../src/app/adapters.ts";
import { DEFAULT_TENANT } from "../../src/domain/scopes.ts";
import { uploadUrl } from "../../src/domain/upload.ts";
import type { Ledger } from "../../src/ledger/port/ledger.ts";
import type { Claim } from "../../src/ledger/port/work-ledger.ts";
import { openDatabase } from "../../src/ledger/sqlite/database.ts";
import { createRandom } from "../../src/pipeline/gpu/random.ts";
import { createLog } from "../../src/process/log.ts";
import { loadConfig } from "../../src/settings/config.ts";
import { aStore, aVisit, dispatchAll, failed, jobOptions, measured } from "../../src/testing/ledger-builders.ts";
import { openUploadFolder } from "../../src/uploads/upload-folder.ts";
import { createUploads } from "../../src/uploads/uploads.ts";
import { createAcknowledgements } from "./acknowledged-ledger.ts";

const [folder = "", acknowledgements = "", seed = "", rounds = ""] = process.argv.slice(2);
const random = createRandom(Number(seed));
const upTo = (limit: number) => Math.floor(random() * limit);
const config = loadConfig({ dataDir: join(folder, "data"), logLevel: "silent" }, {});
const uploadsFolder = join(config.dataDir, "uploads");
const fd = openSync(acknowledgements, "a");
const LEASE_MS = 600_000;
/** Photos that were kept, over all starts of the service. */
const photos = new Set<string>();

async function openService() {
  const opened = await openServiceLedger(config, createLog("silent"));
  const look = openDatabase(ledgerPath(config.dataDir), "read");
  const { tellLedger, tellPhotos, acknowledged } = createAcknowledgements({ fd, look, photos });
  const ledger = acknowledged(opened);
  const uploadFolder = openUploadFolder(uploadsFolder);
  const uploads = createUploads({ store: uploadFolder, ledger });
  tellLedger("open");
  return {
    ledger,
    look,
    tellPhotos,
    uploads,
    uploadFolder,
    async close() {
      look.close();
      await opened.close();
    },
  };
}

type Service = Awaited<ReturnType<typeof openService>>;

/** A photo whose name begins as those of its round do, so that they come into one folder. */
function aPhoto(round: number, no: number): Buffer {
  for (let salt = 0; ; salt++) {
    const content = Buffer.alloc(20_000 + no * 500, `photo ${round} ${no} ${salt}`);
    if (createHash("sha256").update(content).digest()[0] === round % 256) return content;
  }
}

/** As a process leaves it that dies once it has made the folder of these photos, before that is sure. */
function leaveFolder(round: number): void {
  mkdirSync(join(uploadsFolder, (round % 256).toString(16).padStart(2, "0")), { recursive: true });
}

async function keepPhoto({ uploads, tellPhotos }: Service, content: Buffer): Promise<string> {
  async function* pieces() {
    yield content.subarray(0, 9_000);
    yield content.subarray(9_000);
  }
  const file = await uploads.keep(await uploads.takeIn(pieces()), DEFAULT_TENANT);
  photos.add(file);
  tellPhotos("keep a photo");
  return file;
}

/** Somebody removes a kept photo's file, and the photo comes once more. */
async function keepAgain(service: Service, file: string, content: Buffer): Promise<void> {
  photos.delete(file);
  service.tellPhotos("a photo is removed by hand");
  await service.uploadFolder.remove(file);
  await keepPhoto(service, content);
}

async function submit(ledger: Ledger, key: string, batches: number, files: readonly string[]): Promise<number> {
  const request = { key, holder: "workload" };
  await ledger.beginRequest(request, LEASE_MS);
  const jobId = await ledger.openJob(jobOptions({ priority: upTo(10), callbackUrl: "http://callback.example/" }));
  const urls = files.map((file) => uploadUrl(file, "1.jpg"));
  await ledger.addVisits(jobId, [
    aVisit({ storeId: "unknown", images: 3 }),
    ...urls.map((url) => aVisit({ imageUrls: [url] })),
  ]);
  for (let batch = 0; batch < batches; batch++) {
    await ledger.addVisits(
      jobId,
      Array.from({ length: 40 }, (_, no) => aVisit({ storeId: `S${no}`, images: 1 + upTo(6) })),
    );
  }
  await ledger.sealJob(jobId, { ...request, fingerprint: key });
  return jobId;
}

/** Records some of the claimed images, or all; a few of them failed. */
async function work(ledger: Ledger, claim: Claim, share: number): Promise<void> {
  const images = claim.images.slice(0, Math.ceil(claim.images.length * share));
  for (let from = 0; from < images.length; from += 40) {
    const results = images
      .slice(from, from + 40)
      .map(({ no }) => (no % 17 === 5 ? failed(no) : measured(no, { width: no + 1, height: upTo(900) + 1 })));
    await ledger.record(claim.lease, results, LEASE_MS);
  }
}

async function runChunks(ledger: Ledger): Promise<void> {
  for (const [no, ref] of (await dispatchAll(ledger)).entries()) {
    const claim = await ledger.claim(ref, LEASE_MS);
    if (!claim) continue;
    const isHandedBack = no % 4 === 3;
    await ledger.renew([claim.lease], LEASE_MS);
    await work(ledger, claim, isHandedBack ? 0.5 : 1);
    if (isHandedBack) await ledger.release(claim.lease, no % 8 === 3 ? "crashed" : "handed-back");
  }
}

async function steer(ledger: Ledger, jobId: number, round: number): Promise<void> {
  await ledger.pauseJob(jobId);
  await ledger.setPriority(jobId, upTo(10));
  if (round % 2 === 0) await ledger.resumeJob(jobId);
  if (round % 3 === 0) await ledger.cancelJob(jobId);
}

async function tellOfEnds(ledger: Ledger): Promise<void> {
  for (const end of await ledger.readUnannounced(10)) await ledger.announceEnd(end, `job.${end.status}`, "{}");
  for (const due of await ledger.takeDue(3, LEASE_MS)) {
    const outcome = { waitMs: 0, tookMs: 1, status: 200, error: null, body: null, disableReason: null };
    await ledger.recordAttempt(due, { ...outcome, state: "delivered" });
  }
}

async function removeTheOld({ ledger, look, tellPhotos, uploads }: Service): Promise<void> {
  while ((await ledger.prune(0)).more);
  const used = new Set(
    look
      .prepare("select file from upload_uses")
      .all()
      .map(({ file }) => file),
  );
  for (const file of photos) if (!used.has(file)) photos.delete(file);
  tellPhotos("photos without a job may go");
  await uploads.sweep(0);
}

async function oneRound(service: Service, round: number): Promise<void> {
  const { ledger } = service;
  await ledger.importStores(
    Array.from({ length: 60 }, (_, no) => aStore({ id: `S${no}`, name: `Store ${no} of round ${round}` })),
  );
  if (round % 2 === 0) leaveFolder(round);
  const contents = [0, 1, 2].map((no) => aPhoto(round, no));
  const files = await Promise.all(contents.map((content) => keepPhoto(service, content)));
  const [file] = files;
  const [content] = contents;
  if (round % 4 === 0 && file && content) await keepAgain(service, file, content);
  const jobId = await submit(ledger, `round ${round} of ${seed}`, 3, files);
  const other = await submit(ledger, `other of round ${round} of ${seed}`, 1, []);
  const unsealed = await ledger.openJob(jobOptions());
  await ledger.addVisits(unsealed, [aVisit({ images: 50 })]);
  await steer(ledger, other, round);
  await runChunks(ledger);
  if (round % 2 === 0) await ledger.discardJob(unsealed);
  await dispatchAll(ledger);
  await ledger.sweep({ queuedMs: 0, preparingMs: LEASE_MS });
  await runChunks(ledger);
  await ledger.retryImages(jobId, 1, [5, 22, 39, 56]);
  if (round % 3 === 0) await runChunks(ledger);
  await tellOfEnds(ledger);
  if (round % 2 === 1) await removeTheOld(service);
}

let service = await openService();
await service.ledger.addEndpoint({
  tenant: DEFAULT_TENANT,
  url: "http://hook.example/",
  events: ["job.failed"],
  description: "",
  secret: "whsec_AAAA",
});
for (let round = 0; round < Number(rounds); round++) {
  await oneRound(service, round);
  if (round % 5 !== 3) continue;
  await service.close();
  service = await openService();
}
process.kill(process.pid, "SIGKILL");
