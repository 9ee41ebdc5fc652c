import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { startHttpService } from "../../testing/http-service.ts";
import { claimNext, failed, measured } from "../../testing/ledger-builders.ts";
import type { ThumbnailAnswer } from "../../thumbnails/thumbnails.ts";

const VISIT = { store_id: "S1", image_url: ["http://x/0", "http://x/1", "http://x/2"], visit_time: "2024-05-01" };

describe("GET /api/v1/jobs/{id}/images/{image}/thumbnail", () => {
  it("shows a measured image, and says why another has none", async (t) => {
    let answer: ThumbnailAnswer = { kind: "picture", bytes: new Uint8Array([1, 2, 3]) };
    const service = await startHttpService(t, { thumbnails: { get: async () => answer } });
    await service.call("POST", "/api/v1/jobs", { count: 1, visits: [VISIT] });
    const { lease } = await claimNext(service.ledger);
    await service.ledger.record(lease, [measured(0), failed(1)], 1_000);
    const picture = await fetch(`${service.address}/api/v1/jobs/1/images/0/thumbnail`);
    assert.equal(picture.headers.get("content-type"), "image/webp");
    assert.deepEqual(new Uint8Array(await picture.arrayBuffer()), answer.bytes);
    const codeAt = async (path: string) => {
      const { status, body } = await service.call("GET", `/api/v1/jobs/${path}/thumbnail`);
      return [status, body.code];
    };
    assert.deepEqual(await codeAt("1/images/1"), [404, "thumbnail_unavailable"]);
    assert.deepEqual(await codeAt("1/images/2"), [404, "thumbnail_unavailable"]);
    assert.deepEqual(await codeAt("1/images/3"), [404, "image_not_found"]);
    assert.deepEqual(await codeAt("2/images/0"), [404, "job_not_found"]);
    answer = { kind: "busy" };
    assert.deepEqual(await codeAt("1/images/0"), [503, "thumbnails_busy"]);
    answer = { kind: "unavailable", detail: "it does not decode" };
    assert.deepEqual(await codeAt("1/images/0"), [404, "thumbnail_unavailable"]);
  });
});
