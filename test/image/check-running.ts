/** Runs the image: its job, its health check, what it may do, how it stops, and what a new container finds on the volume. */
import assert from "node:assert/strict";
import { chownSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { Job } from "../../sdk/src/client.ts";
import { createServiceClient } from "../../src/commands/service-client.ts";
import { drawDemoPhoto, PHOTO_NAMES } from "../../src/demo/draw-photo.ts";
import { openPhotoAlbum } from "../../src/demo/photo-album.ts";
import { type PhotoHost, startPhotoHost } from "../../src/demo/photo-host.ts";
import { type Container, type Environment, type Image, startContainer } from "./container.ts";
import type { Proofs } from "./proofs.ts";

const service = createServiceClient({ url: "http://127.0.0.1:8080", apiKey: null });
const STORE = "S00339218";
const EXAMPLE_STORES = "/app/examples/store_master.csv";
const PHOTOS = 8;
const LONG_JOB_IMAGES = 300;
/** What the README and compose.yaml promise. */
const STOP_MS = 30_000;
const JOB_MS = 60_000;
const READ_ONLY = /Read-only file system/;

export async function checkRunning(proofs: Proofs, image: Image, work: string): Promise<void> {
  const host = await startPhotoHost(
    openPhotoAlbum(join(work, "photos"), PHOTO_NAMES.slice(0, PHOTOS), drawDemoPhoto),
    0,
  );
  const dataDir = aVolume(image, work);
  const settings: Environment = {
    STOREWALK_ALLOW_HOSTS: new URL(host.address).host,
    STOREWALK_STORE_MASTER: EXAMPLE_STORES,
    STOREWALK_LOG_LEVEL: "error",
    // It listens on all addresses of a network that has nothing but loopback.
    STOREWALK_AUTH: "off",
  };
  try {
    // So slow that the long job cannot end before the stop.
    await checkFirst(proofs, host, () =>
      startContainer(image, dataDir, { ...settings, STOREWALK_GPU_DEVICES: "1", STOREWALK_GPU_STREAMS: "2" }),
    );
    await checkSecond(proofs, () => startContainer(image, dataDir, { ...settings, STOREWALK_GPU_LATENCY_MS: "0" }));
  } finally {
    await host.close();
  }
}

/** A fresh volume takes owner and rights of the folder that the image has at its place. */
function aVolume({ root }: Image, work: string): string {
  const folder = join(work, "volume");
  const { uid, gid, mode } = statSync(join(root, "data"));
  mkdirSync(folder, mode);
  chownSync(folder, uid, gid);
  return folder;
}

async function withContainer(
  { prove }: Proofs,
  statement: string,
  start: () => Promise<Container>,
  check: (container: Container) => Promise<void>,
): Promise<void> {
  let container: Container | undefined;
  await prove(statement, async () => {
    container = await start();
    return `${container.readyAfterMs} ms`;
  });
  if (!container) return;
  try {
    await check(container);
  } finally {
    container.kill();
  }
}

async function checkFirst(proofs: Proofs, host: PhotoHost, start: () => Promise<Container>): Promise<void> {
  const { prove } = proofs;
  await withContainer(proofs, "a container is ready on a fresh volume and has the stores", start, async (container) => {
    await checkBounds(proofs, container);
    await checkHealth(proofs, container);
    await prove(
      "a job over HTTP ends: every photo is decoded, and the one that is missing names its cause",
      async () => {
        const photos = Array.from({ length: PHOTOS }, (_, no) => `${host.address}/photos/${no}.jpg`);
        const jobId = await submit([...photos, `${host.address}/broken/missing.jpg`]);
        const { status, counts, failures_by_code } = await untilOver(jobId);
        assert.deepEqual([status, counts.succeeded, failures_by_code], ["failed", PHOTOS, { not_found: 1 }]);
        return `${PHOTOS} measured, 1 × not_found`;
      },
    );
    await prove("the command line works beside it: storewalk results 1", async () => {
      const { code, stdout, stderr } = await container.exec(["storewalk", "results", "1"]);
      assert.deepEqual([code, stdout.trim().split("\n").length], [0, PHOTOS + 1], stderr);
    });
    await prove("stores are imported beside it, into the ledger that it has open", async () => {
      const { code, stderr } = await container.exec(["storewalk", "stores", "import", EXAMPLE_STORES]);
      assert.equal(code, 0, stderr);
      assert.match(stderr, /0 stores added, 0 changed, \d+ unchanged/);
    });
    await prove(`SIGTERM in the middle of a job ends it within ${STOP_MS / 1_000} s with exit code 0`, async () => {
      const url = `${host.address}/photos/0.jpg`;
      const jobId = await submit(Array<string>(LONG_JOB_IMAGES).fill(url));
      while ((await service.status(jobId)).counts.done === 0) await sleep(50);
      const { code, tookMs } = await container.stop();
      assert.equal(code, 0);
      assert.ok(tookMs <= STOP_MS, `${tookMs} ms`);
      return `${tookMs} ms, as the first process and without --init`;
    });
  });
}

async function checkSecond(proofs: Proofs, start: () => Promise<Container>): Promise<void> {
  const { prove } = proofs;
  await withContainer(proofs, "a new container is ready on the same volume", start, async (container) => {
    await prove("it brings the job of the one before it to its end, each image once", async () => {
      const { counts } = await untilOver(2);
      assert.deepEqual([counts.images, counts.done, counts.succeeded], Array(3).fill(LONG_JOB_IMAGES));
      return `${LONG_JOB_IMAGES} images`;
    });
    await prove("at rest it stops at once with exit code 0", async () => {
      const { code, tookMs } = await container.stop();
      assert.equal(code, 0);
      return `${tookMs} ms`;
    });
  });
}

async function checkBounds({ prove }: Proofs, container: Container): Promise<void> {
  await prove("it runs without root, without capabilities and cannot gain any", () => {
    const status = readFileSync(`/proc/${container.pid}/status`, "utf8");
    const fields = Object.fromEntries(status.split("\n").map((line) => line.split(/:\s+/)));
    const { Uid, CapPrm, CapEff, CapBnd, CapAmb, NoNewPrivs } = fields;
    const none = "0".repeat(16);
    assert.deepEqual(
      { Uid, CapPrm, CapEff, CapBnd, CapAmb, NoNewPrivs },
      {
        Uid: Array(4).fill("1000").join("\t"),
        CapPrm: none,
        CapEff: none,
        CapBnd: none,
        CapAmb: none,
        NoNewPrivs: "1",
      },
    );
  });
  await prove("its root file system is read-only; /data and /tmp can be written", async () => {
    for (const path of ["/app/x", "/home/node/x", "/etc/x"]) {
      const { code, stderr } = await container.exec(["touch", path]);
      assert.notEqual(code, 0, `${path} was written`);
      // The user may not write most of it anyway; only its own home shows that the mount forbids it.
      if (path.startsWith("/home/")) assert.match(stderr, READ_ONLY);
    }
    for (const path of ["/data/x", "/tmp/x"]) assert.equal((await container.exec(["touch", path])).code, 0, path);
    await container.exec(["rm", "/data/x"]);
  });
}

async function checkHealth({ prove }: Proofs, container: Container): Promise<void> {
  const { command, timeoutMs } = container.health;
  await prove("its own health check passes", async () => {
    const startedAt = Date.now();
    const { code, stderr } = await container.exec(command);
    assert.equal(code, 0, stderr);
    const tookMs = Date.now() - startedAt;
    assert.ok(tookMs < timeoutMs, `${tookMs} ms`);
    return `${tookMs} ms`;
  });
  await prove("its own health check fails where nobody answers", async () => {
    const { code } = await container.exec(command, { STOREWALK_PORT: "9" });
    assert.equal(code, 1);
  });
}

async function submit(urls: readonly string[]): Promise<number> {
  const visit = { store_id: STORE, image_url: urls, visit_time: "2026-01-05T09:00:00Z" };
  const body = JSON.stringify({ count: 1, integrity: "decode", visits: [visit] });
  const { jobId } = await service.submit({ format: "json", bytes: Readable.from([Buffer.from(body)]) });
  return jobId;
}

async function untilOver(jobId: number): Promise<Job> {
  const late = Date.now() + JOB_MS;
  while (Date.now() < late) {
    const status = await service.status(jobId);
    if (status.status !== "ongoing") return status;
    await sleep(100);
  }
  throw new Error(`job ${jobId} was not over within ${JOB_MS / 1_000} s`);
}
