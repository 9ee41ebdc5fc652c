/** A service that has something for each operation of its API: job 1 is over with a dark photo and a failed image, jobs 2 and 3 run, jobs 4 and 5 are over with an expired URL, there is a key. */
import assert from "node:assert/strict";
import { DEFAULT_TENANT } from "../domain/scopes.ts";
import { NO_UPLOAD } from "../domain/upload.ts";
import { EXAMPLE_ACCESS_ID } from "../http/v1/api-examples.ts";
import { startHttpService } from "./http-service.ts";
import { aFinding, claimNext, failed, measured } from "./ledger-builders.ts";

const VISIT = { store_id: "S1", image_url: ["http://photos.example/1.jpg"], visit_time: "2024-05-01T10:00:00Z" };

export async function startServiceWithWork(t: Parameters<typeof startHttpService>[0]) {
  const service = await startHttpService(t, {
    auth: "off",
    listBucket: async function* () {
      yield [{ key: "2026/S1/2026-11-27/1.jpg" }];
    },
    thumbnails: { get: async () => ({ kind: "picture", bytes: Buffer.from("a picture") }) },
    uploads: () => ({
      async takeIn(bytes) {
        for await (const _ of bytes);
        return { sha256: "", path: "", bytes: 1 };
      },
      keep: async () => NO_UPLOAD,
      read: async () => assert.fail("no schedule runs"),
      drop: async () => {},
      sweep: async () => {},
    }),
  });
  const two = {
    count: 1,
    inspect: "full",
    visits: [{ ...VISIT, image_url: [...VISIT.image_url, "http://photos.example/2.jpg"] }],
  };
  await service.call("POST", "/api/v1/jobs", two);
  const results = [{ ...measured(0), findings: aFinding("dark") }, failed(1, "timeout")];
  await service.ledger.record((await claimNext(service.ledger)).lease, results, 60_000);
  await service.ledger.addUpSums();
  for (let job = 2; job <= 3; job += 1) await service.call("POST", "/api/v1/jobs", { count: 1, visits: [VISIT] });
  for (let job = 4; job <= 5; job += 1) {
    await service.call("POST", "/api/v1/jobs", { count: 1, visits: [VISIT], priority: 9 });
    await service.ledger.record((await claimNext(service.ledger)).lease, [failed(0, "url_expired")], 60_000);
  }
  await service.ledger.addAccess({
    id: EXAMPLE_ACCESS_ID,
    tenant: DEFAULT_TENANT,
    pattern: "photos.example",
    settings: { kind: "web", headerNames: [], queryNames: [], userAgent: "Acme photos", overHttp: false },
    sealed: null,
  });
  const { body } = await service.call("POST", "/api/v1/keys", { name: "dashboard", scopes: ["jobs:read"] });
  return { service, keyId: String(body.id) };
}
