/** Each operation of the OpenAPI document, asked once as it wants to be asked, in each form that its body may have. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { operationsOf, readApiDocument, type Schema } from "../../testing/api-document.ts";
import type { HttpService } from "../../testing/http-service.ts";
import { createSchemaJudge } from "../../testing/schema-judge.ts";
import { startServiceWithWork } from "../../testing/service-with-work.ts";
import { XLSX_TYPE } from "../submission/submission-format.ts";
import { EXAMPLE_ACCESS_ID } from "./api-examples.ts";

type Request = {
  /** With what is in the path and the query. KEY_ID stands for a key that there is. */
  readonly path: string;
  readonly status: number;
  readonly type?: string;
  readonly body?: string | FormData | object;
  /** For a stream that has no end: it is left when it has begun. */
  readonly endless?: true;
};
type Operation = {
  readonly method: string;
  readonly operationId: string;
  readonly bodies: readonly string[];
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: Schema }>> }>
  >;
};

const VISIT = { store_id: "S1", image_url: ["http://photos.example/1.jpg"], visit_time: "2024-05-01T10:00:00Z" };
const SUBMISSION = { count: 1, visits: [VISIT] };
const CSV = "store_id,image_url,visit_time\nS1,http://photos.example/1.jpg,2024-05-01\n";
const HOOK = { url: "https://hooks.example/storewalk" };

function submissions(path: string, status: number): readonly Request[] {
  const form = new FormData();
  form.append("job", new Blob([CSV], { type: "text/csv" }));
  return [
    { path, status, body: SUBMISSION },
    { path, status, body: JSON.stringify(VISIT), type: "application/x-ndjson" },
    { path, status, body: CSV, type: "text/csv" },
    // Whichever of both it is called, the bytes say what it is.
    { path, status, body: CSV, type: XLSX_TYPE },
    { path, status, body: form },
  ];
}

/** In this order. Jobs 1 to 3 are over, open, and cancelled by it, jobs 4 and 5 failed; webhook 1 is removed by it. */
const REQUESTS: Readonly<Record<string, readonly Request[]>> = {
  health: [{ path: "/healthz", status: 200 }],
  readiness: [{ path: "/readyz", status: 200 }],
  metrics: [{ path: "/metrics", status: 200 }],
  status: [{ path: "/api/status?jobid=1", status: 200 }],
  visits: [{ path: "/api/visits?area=A1&startdate=2024-05-01", status: 200 }],
  listJobs: [{ path: "/api/v1/jobs?status=failed,ongoing&store_id=S1&area=A1&limit=1", status: 200 }],
  getJob: [{ path: "/api/v1/jobs/1", status: 200 }],
  pauseJob: [{ path: "/api/v1/jobs/2/pause", status: 200 }],
  resumeJob: [{ path: "/api/v1/jobs/2/resume", status: 200 }],
  setJobPriority: [{ path: "/api/v1/jobs/2/priority", status: 200, body: { priority: 9 } }],
  cancelJob: [{ path: "/api/v1/jobs/3/cancel", status: 200 }],
  listImages: [{ path: "/api/v1/jobs/1/images?outcome=failed&code=timeout&host=photos.example", status: 200 }],
  listAnyImages: [{ path: "/api/v1/images?area=A1&code=timeout&from=2024-05-01&to=2024-05-31&limit=1", status: 200 }],
  getInsight: ["of=store&area=A1&cause=timeout&rank=cause", "of=all&by=day&format=csv"].map((query) => ({
    path: `/api/v1/insight?from=2024-05-01&to=2024-05-31&${query}`,
    status: 200,
  })),
  getImage: [{ path: "/api/v1/jobs/1/images/1", status: 200 }],
  getThumbnail: [{ path: "/api/v1/jobs/1/images/0/thumbnail", status: 200 }],
  listVisits: [{ path: "/api/v1/jobs/1/visits?store_id=S1", status: 200 }],
  getResults: ["ndjson", "csv&outcome=failed", "json"].map((format) => ({
    path: `/api/v1/jobs/1/results?format=${format}`,
    status: 200,
  })),
  getSummary: [{ path: "/api/v1/jobs/1/summary", status: 200 }],
  getFailures: [{ path: "/api/v1/jobs/1/failures", status: 200 }],
  retryJob: [
    { path: "/api/v1/jobs/1/retry", status: 200, body: { codes: ["timeout"], host: "photos.example" } },
    { path: "/api/v1/jobs/4/retry", status: 200, body: "image,url\n0,http://photos.example/3\n", type: "text/csv" },
    { path: "/api/v1/jobs/5/retry", status: 400, body: "no workbook", type: XLSX_TYPE },
    { path: "/api/v1/jobs/5/retry", status: 200, body: '{"image":0,"url":"http://x/"}', type: "application/x-ndjson" },
  ],
  streamEvents: [{ path: "/api/v1/events", status: 200, endless: true }],
  streamJobEvents: [{ path: "/api/v1/jobs/2/events", status: 200, endless: true }],
  listStores: [{ path: "/api/v1/stores?q=s&area=A1", status: 200 }],
  listInactiveStores: [{ path: "/api/v1/stores/inactive?days=7", status: 200 }],
  getStore: [{ path: "/api/v1/stores/S1", status: 200 }],
  listAreas: [{ path: "/api/v1/areas", status: 200 }],
  importStores: ["text/csv", XLSX_TYPE].map((type) => ({
    path: "/api/v1/stores/import?dry_run=true",
    status: 200,
    type,
    body: "store_id,store_name,area_code\nS1,Corner shop,A9\n",
  })),
  listStoreVersions: [{ path: "/api/v1/stores/versions?limit=1", status: 200 }],
  undoStoreVersion: [{ path: "/api/v1/stores/versions/1/undo", status: 200 }],
  listReviews: [{ path: "/api/v1/reviews?flag=dark&state=open&agent=Anna&from=2024-05-01&limit=1", status: 200 }],
  countReviews: [{ path: "/api/v1/reviews/counts?job=1&kind=turned&area=A1", status: 200 }],
  getReview: [{ path: "/api/v1/jobs/1/images/0/review", status: 200 }],
  decideReview: [
    { path: "/api/v1/jobs/1/images/0/review", status: 200, body: { decision: "dismissed", note: "lights out" } },
  ],
  decideReviews: [
    {
      path: "/api/v1/reviews/decisions",
      status: 200,
      body: {
        images: [
          { job_id: 1, image: 0 },
          { job_id: 1, image: 5 },
        ],
        decision: "accepted",
      },
    },
  ],
  undoReview: [{ path: "/api/v1/jobs/1/images/0/review", status: 200 }],
  findSimilarToUrl: [{ path: "/api/v1/images/similar?url=http://photos.example/9.jpg", status: 200 }],
  findSimilarToPhoto: [{ path: "/api/v1/images/similar", status: 200, type: "image/*", body: "a photo" }],
  getFlaggedShares: ["store", "area"].map((by) => ({ path: `/api/v1/reviews/shares?by=${by}&job=1`, status: 200 })),
  getQuality: [{ path: "/api/v1/jobs/1/quality", status: 200 }],
  getTruthSettings: [{ path: "/api/v1/truth/settings", status: 200 }],
  putTruthSettings: [
    {
      path: "/api/v1/truth/settings",
      status: 200,
      body: { quality: { dark_below: 80 }, reuse: { same_visit: { weight: "off", least_score: 0.99 } } },
    },
  ],
  getTimeSettings: [{ path: "/api/v1/submission/times", status: 200 }],
  putTimeSettings: [
    { path: "/api/v1/submission/times", status: 200, body: { dates: "dmy", time_zone: "Asia/Kolkata" } },
  ],
  createSchedule: [201, 200].map((status) => ({
    path: `/api/v1/schedules?dry_run=${status === 200}`,
    status,
    body: {
      name: "Mondays",
      cron: "0 6 * * 1",
      time_zone: "Asia/Kolkata",
      source: { text: "store_id,image_url,visit_time\nS1,https://photos.example/{date}.jpg,{date}\n" },
      options: { inspect: "quick", priority: 7 },
    },
  })),
  keepScheduleFile: ["application/json", "application/x-ndjson", "text/csv", XLSX_TYPE].map((type) => ({
    path: "/api/v1/schedules/files",
    status: 201,
    body: CSV,
    type,
  })),
  listSchedules: [{ path: "/api/v1/schedules", status: 200 }],
  getSchedule: [{ path: "/api/v1/schedules/1", status: 200 }],
  changeSchedule: [{ path: "/api/v1/schedules/1", status: 200, body: { cron: "0 7 * * *", enabled: false } }],
  runSchedule: [
    { path: "/api/v1/schedules/1/run?dry_run=true", status: 200 },
    { path: "/api/v1/schedules/1/run", status: 202 },
  ],
  removeSchedule: [{ path: "/api/v1/schedules/1", status: 204 }],
  createWebhook: [{ path: "/api/v1/webhooks", status: 201, body: HOOK }],
  listWebhooks: [{ path: "/api/v1/webhooks", status: 200 }],
  getWebhook: [{ path: "/api/v1/webhooks/1", status: 200 }],
  changeWebhook: [{ path: "/api/v1/webhooks/1", status: 200, body: { enabled: false } }],
  rotateWebhook: [{ path: "/api/v1/webhooks/1/rotate", status: 200 }],
  pingWebhook: [{ path: "/api/v1/webhooks/1/ping", status: 202 }],
  listDeliveries: [{ path: "/api/v1/webhook-deliveries?webhook_id=1&status=pending", status: 200 }],
  getDelivery: [{ path: "/api/v1/webhook-deliveries/1", status: 200 }],
  replayDelivery: [{ path: "/api/v1/webhook-deliveries/1/replay", status: 202 }],
  createAlert: [
    {
      path: "/api/v1/alerts",
      status: 201,
      body: {
        name: "Hosts",
        kind: "host_trouble",
        threshold: 5,
        webhooks: [1],
        quiet_hours: { from: "22:00", to: "07:00", time_zone: "Asia/Kolkata" },
        tells_end: true,
      },
    },
  ],
  listAlerts: [{ path: "/api/v1/alerts", status: 200 }],
  getAlert: [{ path: "/api/v1/alerts/1", status: 200 }],
  changeAlert: [{ path: "/api/v1/alerts/1", status: 200, body: { threshold: 0, enabled: false } }],
  testAlert: [{ path: "/api/v1/alerts/1/test", status: 202 }],
  removeAlert: [{ path: "/api/v1/alerts/1", status: 204 }],
  removeWebhook: [{ path: "/api/v1/webhooks/1", status: 204 }],
  createKey: [{ path: "/api/v1/keys", status: 201, body: { name: "nightly import", scopes: ["jobs:read"] } }],
  listKeys: [{ path: "/api/v1/keys", status: 200 }],
  rotateKey: [{ path: "/api/v1/keys/KEY_ID/rotate", status: 201, body: { overlap_hours: 0 } }],
  revokeKey: [{ path: "/api/v1/keys/KEY_ID/revoke", status: 200 }],
  listChanges: [{ path: "/api/v1/audit?limit=5", status: 200 }],
  getSession: [{ path: "/api/v1/session", status: 200 }],
  signIn: [{ path: "/api/v1/session", status: 200, body: { key: "any, where none is needed" } }],
  signOut: [{ path: "/api/v1/session", status: 204 }],
  listHosts: [{ path: "/api/v1/hosts", status: 200 }],
  giveUpHost: [{ path: "/api/v1/hosts/photos.example:8080/give-up", status: 200 }],
  addHostAccess: [
    { path: "/api/v1/hosts/access", status: 201, body: { pattern: "a.example", headers: { "X-Key": "a secret" } } },
  ],
  listHostAccess: [{ path: "/api/v1/hosts/access", status: 200 }],
  getHostAccess: [{ path: `/api/v1/hosts/access/${EXAMPLE_ACCESS_ID}`, status: 200 }],
  changeHostAccess: [
    { path: `/api/v1/hosts/access/${EXAMPLE_ACCESS_ID}`, status: 200, body: { query: { token: "a secret" } } },
  ],
  testHostAccess: [{ path: "/api/v1/hosts/access/test", status: 200, body: { url: "https://photos.example/1.jpg" } }],
  removeHostAccess: [{ path: `/api/v1/hosts/access/${EXAMPLE_ACCESS_ID}`, status: 204 }],
  getOverview: [{ path: "/api/v1/overview", status: 200 }],
  submit: submissions("/api/submit", 201),
  addVisits: [
    ...submissions("/api/v1/jobs/2/visits", 201),
    ...submissions("/api/v1/jobs/2/visits?unknown_stores=reject&dry_run=true", 200),
  ],
  createJobFromBucket: [201, 200].map((status) => ({
    path: `/api/v1/jobs/from-bucket?dry_run=${status === 200}`,
    status,
    body: { from: "s3://photos/2026/", visits: "{store}/{date}/{name}.jpg" },
  })),
  deleteJob: [{ path: "/api/v1/jobs/3", status: 200 }],
  listDeletedJobs: [{ path: "/api/v1/deleted-jobs", status: 200 }],
  restoreJob: [{ path: "/api/v1/deleted-jobs/3/restore", status: 200 }],
  createJob: [...submissions("/api/v1/jobs?metadata=%7B%7D", 201), ...submissions("/api/v1/jobs?dry_run=true", 200)],
};

async function operationsFrom(service: HttpService): Promise<readonly Operation[]> {
  return operationsOf(await readApiDocument(service)).map(({ method, operation }) => ({
    method,
    operationId: operation.operationId ?? "",
    responses: operation.responses,
    bodies: Object.keys(operation.requestBody?.content ?? {}),
  }));
}

/** As fetch fills it in for a form. */
function typeOf({ body, type }: Request): string | undefined {
  if (body instanceof FormData) return "multipart/form-data";
  return type ?? (body === undefined ? undefined : "application/json");
}

describe("each operation of the OpenAPI document", () => {
  it("answers as it says, in each form that its body may have", async (t) => {
    const { service, keyId } = await startServiceWithWork(t);
    const operations = await operationsFrom(service);
    assert.deepEqual(operations.map(({ operationId }) => operationId).toSorted(), Object.keys(REQUESTS).toSorted());
    const judge = createSchemaJudge();
    for (const [operationId, requests] of Object.entries(REQUESTS)) {
      const operation = operations.find((known) => known.operationId === operationId);
      assert.ok(operation);
      assert.deepEqual([...new Set(requests.flatMap((request) => typeOf(request) ?? []))], operation.bodies);
      for (const given of requests) {
        const request = { ...given, path: given.path.replace("KEY_ID", keyId) };
        const answer = await ask(service, operation.method, request);
        const name = `${operationId} ${request.path}: ${answer.status} ${answer.text}`;
        assert.equal(answer.status, request.status, name);
        const { content = {} } = operation.responses[answer.status] ?? assert.fail(`${name} is not documented`);
        if (answer.text === "") continue;
        const schema = content[answer.type]?.schema;
        assert.ok(schema, `${name} as ${answer.type} is not documented`);
        if (answer.type !== "application/json" || operationId === "getResults") continue;
        const fault = judge(schema, JSON.parse(answer.text));
        assert.ok(fault === null, `${name}: ${fault}`);
      }
    }
  });
});

async function ask({ address }: HttpService, method: string, request: Request) {
  const { body, endless } = request;
  const type = body instanceof FormData ? undefined : typeOf(request);
  const sent = body instanceof FormData || typeof body === "string" ? body : JSON.stringify(body);
  const leave = new AbortController();
  const response = await fetch(address + request.path, {
    method,
    signal: leave.signal,
    headers: type === undefined ? {} : { "content-type": type },
    ...(sent === undefined ? {} : { body: sent }),
  });
  const text = endless ? await beginning(response) : await response.text();
  leave.abort();
  return { status: response.status, type: response.headers.get("content-type")?.split(";", 1)[0] ?? "", text };
}

async function beginning({ body }: Response): Promise<string> {
  for await (const bytes of body ?? []) return Buffer.from(bytes).toString();
  return "";
}
