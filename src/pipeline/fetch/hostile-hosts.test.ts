/** Every host of the tables that misbehaves, through the real fetcher and measurer: the code it ends with, in time, and nothing left open. */
import assert from "node:assert/strict";
import { after, before, describe, it, type TestContext } from "node:test";
import { deadlinesFor, HOSTILE_HOSTS, HOSTILE_LIMITS, type HostileHost, PHOTO } from "../../testing/hostile-hosts.ts";
import { hostileTlsHosts } from "../../testing/hostile-tls.ts";
import { startFetching } from "../../testing/image-fetching.ts";
import { type ImageHost, startImageHost } from "../../testing/image-host.ts";
import { startRawHost } from "../../testing/raw-host.ts";
import { createImageMeasurer } from "../measure/measure-image.ts";

const MOST_WIRE_BYTES = 1_400_000;
/** For all attempts of one image, on a machine that is busy with something else. */
const IN_TIME_MS = 60_000;

const never = new AbortController().signal;
const measurer = createImageMeasurer({ maxPixels: 1e9, maxHeaderBytes: 2 ** 21, decoder: null });
let healthy: ImageHost;
before(async () => {
  healthy = await startImageHost({ "/good.png": { kind: "file", bytes: PHOTO } });
});
after(async () => await healthy.close());

async function meet(t: TestContext, hostile: HostileHost, ca: string | null) {
  const raw = await startRawHost(hostile.host);
  const { imageDeadlineMs, connectMs } = deadlinesFor(hostile);
  const fetching = startFetching({
    settings: { ...HOSTILE_LIMITS, imageDeadlineMs },
    maxWireBytes: MOST_WIRE_BYTES,
    connectMs,
    ...(ca === null ? {} : { ca }),
  });
  t.after(async () => {
    await fetching.close();
    await raw.close();
  });
  return { raw, fetching, port: raw.port };
}

/** What production makes of it: an outcome, or the code of the fault that ended it. */
async function outcomeOf(fetching: ReturnType<typeof startFetching>, url: string) {
  const image = fetching.open(url);
  try {
    const outcome = await measurer.measure(image, "complete", never);
    return { ends: outcome.kind === "measured" ? "measured" : outcome.code, detail: "", outcome };
  } catch (error) {
    assert.ok(error instanceof Error && "code" in error, String(error));
    return { ends: error.code, detail: error.message, outcome: null };
  } finally {
    image.release();
  }
}

function itEnds(hostile: HostileHost, ca: string | null, scheme: string): void {
  it(`${hostile.name} ends as ${hostile.ends}, and the next image is fetched as if nothing had been`, async (t) => {
    const { raw, fetching, port } = await meet(t, hostile, ca);
    const begun = performance.now();
    const { ends, detail, outcome } = await outcomeOf(fetching, `${scheme}://127.0.0.1:${port}/a.png`);
    assert.equal(ends, hostile.ends, detail);
    assert.ok(performance.now() - begun < IN_TIME_MS);
    assert.equal(outcome === null && detail === "", false);
    if (ends === "measured") assert.deepEqual([outcome?.width, outcome?.height], [21, 13]);
    assert.equal((await outcomeOf(fetching, healthy.url("/good.png"))).ends, "measured");
    assert.ok(raw.connections().made <= 2 * HOSTILE_LIMITS.maxAttempts);
  });
}

describe("a host that", { concurrency: 8 }, () => {
  for (const hostile of HOSTILE_HOSTS) itEnds(hostile, null, "http");
});

describe("a host of TLS that", { concurrency: 8 }, () => {
  for (const hostile of hostileTlsHosts()) itEnds(hostile, hostile.ca, "https");
});

describe("the tables of hosts that misbehave", () => {
  it("name each one once", () => {
    const names = [...HOSTILE_HOSTS, ...hostileTlsHosts()].map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
  });
});
