/** One job through the whole service whose images lie on every host of the tables that misbehaves, healthy ones among them. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it, type TestContext } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { type Static, Type } from "typebox";
import { Value } from "typebox/value";
import { isErrorCode } from "../src/domain/error-codes.ts";
import { deadlinesFor, HOSTILE_HOSTS, HOSTILE_LIMITS, type HostileHost } from "../src/testing/hostile-hosts.ts";
import { hostileTlsHosts } from "../src/testing/hostile-tls.ts";
import { aPng } from "../src/testing/image-bytes.ts";
import { startImageHost } from "../src/testing/image-host.ts";
import { startRawHost } from "../src/testing/raw-host.ts";
import { readStatus } from "./numbered-job.ts";
import { aLedgerOf, startService } from "./storewalk-process.ts";

/** Images on each host that misbehaves, and healthy ones between them. */
const IMAGES_A_HOST = 3;
const HEALTHY_A_HOST = 10;
/** Every endless body, bomb and flood at once; the service alone takes some 150 MB. */
const MOST_MEMORY_KB = 700_000;

const Result = Type.Object({
  image: Type.Integer(),
  outcome: Type.String(),
  width: Type.Union([Type.Integer(), Type.Null()]),
  code: Type.Union([Type.String(), Type.Null()]),
  detail: Type.Union([Type.String(), Type.Null()]),
});

type Expected = {
  readonly url: string;
  readonly name: string;
  readonly ends: HostileHost["ends"];
  readonly width: number;
};

/** Nobody vouches for our hosts at the service, so that TLS ends there where it would not end before. */
function endsAtService({ ends, host }: HostileHost): HostileHost["ends"] {
  return ends === "measured" && host.kind === "answer" && host.tls !== undefined ? "tls_failed" : ends;
}

async function startHosts(t: TestContext): Promise<readonly Expected[]> {
  const healthy = await startImageHost({});
  t.after(() => healthy.close());
  const expected: Expected[] = [];
  let width = 0;
  for (const hostile of [...HOSTILE_HOSTS, ...hostileTlsHosts()]) {
    const raw = await startRawHost(hostile.host);
    t.after(() => raw.close());
    const isSecure = "ca" in hostile;
    for (let no = 0; no < IMAGES_A_HOST; no++) {
      const url = `${isSecure ? "https" : "http"}://127.0.0.1:${raw.port}/${no}.png`;
      expected.push({ url, name: hostile.name, ends: endsAtService(hostile), width: 21 });
    }
    for (let no = 0; no < HEALTHY_A_HOST; no++) {
      width += 1;
      healthy.route(`/${width}.png`, { kind: "file", bytes: aPng({ width, height: 2 }) });
      expected.push({ url: healthy.url(`/${width}.png`), name: "is healthy", ends: "measured", width });
    }
  }
  return expected;
}

/** The most that the process ever held, null where the system does not tell. */
function mostMemoryKb(pid: number | undefined): number | null {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
  } catch {
    return null;
  }
}

/** A service that gives each image as long as hosts with this end are given. */
async function aService(t: TestContext, ends: HostileHost["ends"]) {
  const { imageDeadlineMs, connectMs } = deadlinesFor({ ends });
  const service = startService(t, {
    STOREWALK_PORT: "0",
    ...aLedgerOf(t),
    STOREWALK_ALLOW_HOSTS: "127.0.0.1",
    STOREWALK_GPU_LATENCY_MS: "0",
    STOREWALK_WORKER_THREADS: "2",
    STOREWALK_CONNECT_MS: String(connectMs),
    STOREWALK_IMAGE_DEADLINE_MS: String(imageDeadlineMs),
    STOREWALK_MAX_IMAGE_BYTES: String(HOSTILE_LIMITS.maxImageBytes),
    STOREWALK_MAX_ATTEMPTS: String(HOSTILE_LIMITS.maxAttempts),
  });
  const address = await service.ready;
  assert.ok(address);
  return { service, address };
}

/** Submits the images as one job; returns its number. */
async function submitted(address: string, images: readonly Expected[]): Promise<number> {
  const visits = [{ store_id: "S1", visit_time: "2024-05-01", image_url: images.map(({ url }) => url) }];
  const response = await fetch(`${address}/api/submit`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ count: 1, visits }),
  });
  return Value.Parse(Type.Object({ job_id: Type.Integer() }), await response.json()).job_id;
}

/**
 * The results of these images, when they are all there. On a slow machine one that never ends may be over before them: by its deadline, or since
 * what drips to it was all.
 */
async function resultsWith(address: string, jobId: number, awaited: readonly number[]) {
  while (true) {
    if ((await readStatus(address, jobId)).counts.done >= awaited.length) {
      const text = await (await fetch(`${address}/api/v1/jobs/${jobId}/results`)).text();
      const results = text
        .trimEnd()
        .split("\n")
        .map((line) => Value.Parse(Result, JSON.parse(line)));
      const there = new Map(results.map((result) => [result.image, result]));
      assert.equal(there.size, results.length, "no image has two");
      const wanted = awaited.flatMap((image) => there.get(image) ?? []);
      if (wanted.length === awaited.length) return wanted;
    }
    await pause(50);
  }
}

/** The results that are otherwise than they must be, as sentences. */
function wrongAmong(results: readonly Static<typeof Result>[], images: readonly Expected[]): readonly string[] {
  return results.flatMap(({ image, outcome, width, code, detail }) => {
    const wanted = images[image];
    const isRight =
      wanted?.ends === "measured"
        ? outcome === "measured" && width === wanted.width
        : code === wanted?.ends && isErrorCode(code) && detail !== null && detail !== "";
    return isRight
      ? []
      : [`a host that ${wanted?.name}: ${outcome} ${width} ${code} (${detail}), wanted ${wanted?.ends}`];
  });
}

const isEndless = ({ ends }: Expected) => ends === "timeout";

describe("a job over every host that misbehaves", () => {
  it("has the right code for each of their images, the right size for each of the healthy ones, in bounded memory, while some never end", async (t) => {
    const images = await startHosts(t);
    const { service, address } = await aService(t, "measured");
    const jobId = await submitted(address, images);
    const results = await resultsWith(
      address,
      jobId,
      images.flatMap((image, no) => (isEndless(image) ? [] : [no])),
    );
    const memory = mostMemoryKb(service.process.pid);
    assert.deepEqual(wrongAmong(results, images), []);
    t.diagnostic(`${images.length} images, at most ${memory} kB`);
    if (memory !== null) assert.ok(memory < MOST_MEMORY_KB, `${memory} kB`);
    assert.equal((await fetch(`${address}/readyz`)).status, 200);
  });

  it("ends where hosts never do: each of their images after its deadline", async (t) => {
    const images = (await startHosts(t)).filter(isEndless);
    const { address } = await aService(t, "timeout");
    const jobId = await submitted(address, images);
    assert.deepEqual(wrongAmong(await resultsWith(address, jobId, [...images.keys()]), images), []);
    assert.equal((await readStatus(address, jobId)).status, "failed");
  });
});
