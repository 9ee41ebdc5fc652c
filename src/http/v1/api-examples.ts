/** How an operation is asked, as the OpenAPI document shows it. Each is run as it stands by a test; one is needed wherever something must be filled in. */

export type Example = {
  readonly path?: Readonly<Record<string, string | number>>;
  readonly query?: Readonly<Record<string, string | number | boolean>>;
  /** By its type. */
  readonly body?: Readonly<Record<string, unknown>>;
};

const JOB = { path: { id: 1 } };
const IMAGE = { path: { id: 1, image: 0 } };
const WEBHOOK = { path: { id: 1 } };
const ALERT = { path: { id: 1 } };
const SCHEDULE = { path: { id: 1 } };
const json = (value: object) => ({ body: { "application/json": value } });

/** Stands for a key that there is. */
export const EXAMPLE_KEY_ID = "2f6c1b9e";
const KEY = { path: { id: EXAMPLE_KEY_ID } };

const VISIT = {
  store_id: "S00339218",
  image_url: ["https://photos.example/2024/05/shelf-1.jpg", "https://photos.example/2024/05/shelf-2.jpg"],
  visit_time: "2024-05-31T10:00:00Z",
};
const SUBMISSIONS = {
  body: {
    "application/json": { count: 1, visits: [VISIT] },
    "application/x-ndjson": `${JSON.stringify(VISIT)}\n`,
    "text/csv": `store_id,image_url,visit_time\nS00339218,${VISIT.image_url[0]},2024-05-31T10:00:00Z\n`,
  },
};

/** Stands for credentials that there are. */
export const EXAMPLE_ACCESS_ID = "5f0c3a9e1b7d";
const ACCESS = { path: { id: EXAMPLE_ACCESS_ID } };

export const EXAMPLES: Readonly<Record<string, Example>> = {
  addHostAccess: json({ pattern: "*.photos.example", headers: { Authorization: "Token 4b3c2d1e" } }),
  addVisits: { path: { id: 2 }, ...SUBMISSIONS },
  cancelJob: { path: { id: 3 } },
  changeHostAccess: { ...ACCESS, ...json({ headers: { Authorization: "Token 5e6f7a8b" } }) },
  changeAlert: { ...ALERT, ...json({ threshold: 5, quiet_hours: null }) },
  changeSchedule: { ...SCHEDULE, ...json({ cron: "0 6 * * 1", enabled: true }) },
  changeWebhook: { ...WEBHOOK, ...json({ events: ["job.failed"], description: "the night shift" }) },
  countReviews: { query: { job: 1, state: "open" } },
  createJob: { query: { priority: 7, external_id: "week-22" }, ...SUBMISSIONS },
  createJobFromBucket: {
    query: { dry_run: true },
    ...json({ from: "s3://acme-photos/2026/", visits: "{store}/{date}/{name}.jpg" }),
  },
  createKey: json({ name: "nightly import", scopes: ["jobs:read", "jobs:write"], expires_in_days: 90 }),
  createAlert: json({
    name: "Jobs that fail",
    kind: "job_failed",
    threshold: 10,
    webhooks: [1],
    quiet_hours: { from: "22:00", to: "07:00", time_zone: "Asia/Kolkata" },
  }),
  createSchedule: json({
    name: "Monday round",
    cron: "0 7 * * 1",
    time_zone: "Asia/Kolkata",
    source: { url: "https://files.example/visits-{date}.csv" },
  }),
  keepScheduleFile: { body: { "text/csv": SUBMISSIONS.body["text/csv"] } },
  createWebhook: json({ url: "https://hooks.example/storewalk", events: ["job.completed", "job.failed"] }),
  decideReview: { ...IMAGE, ...json({ decision: "dismissed", note: "the lights were out that day" }) },
  decideReviews: json({ images: [{ job_id: 1, image: 0 }], decision: "accepted" }),
  deleteJob: { path: { id: 3 } },
  findSimilarToUrl: { query: { url: "https://photos.example/2024/05/shelf-1.jpg" } },
  getDelivery: { path: { no: 1 } },
  getFailures: JOB,
  getFlaggedShares: { query: { by: "area", from: "2024-05-01" } },
  getHostAccess: ACCESS,
  getImage: IMAGE,
  getJob: JOB,
  getQuality: JOB,
  getResults: { ...JOB, query: { format: "csv", outcome: "failed" } },
  getReview: IMAGE,
  getAlert: ALERT,
  getSchedule: SCHEDULE,
  getStore: { path: { store: "S00339218" } },
  getSummary: JOB,
  getThumbnail: IMAGE,
  getWebhook: WEBHOOK,
  giveUpHost: { path: { host: "photos.example" } },
  importStores: { body: { "text/csv": "store_id,store_name,area_code\nS00339218,Corner shop,7100015\n" } },
  listDeliveries: { query: { status: "pending", limit: 20 } },
  listImages: { ...JOB, query: { outcome: "failed", code: "timeout" } },
  listInactiveStores: { query: { days: 14 } },
  listJobs: { query: { status: "failed,ongoing", limit: 20 } },
  listReviews: { query: { flag: "dark", state: "open" } },
  listStores: { query: { q: "S003" } },
  listVisits: { ...JOB, query: { store_id: "S1" } },
  pauseJob: { path: { id: 2 } },
  pingWebhook: WEBHOOK,
  putTimeSettings: json({ dates: "dmy", time_zone: "Asia/Kolkata" }),
  putTruthSettings: json({ quality: { dark_below: 80 }, reuse: { same_visit: { weight: "off", least_score: 0.99 } } }),
  removeHostAccess: ACCESS,
  removeAlert: ALERT,
  removeSchedule: SCHEDULE,
  removeWebhook: WEBHOOK,
  replayDelivery: { path: { no: 1 } },
  restoreJob: { path: { id: 3 } },
  resumeJob: { path: { id: 2 } },
  retryJob: { ...JOB, ...json({ codes: ["timeout"], host: "photos.example" }) },
  revokeKey: KEY,
  rotateKey: { ...KEY, ...json({ overlap_hours: 24 }) },
  rotateWebhook: WEBHOOK,
  testAlert: ALERT,
  runSchedule: SCHEDULE,
  setJobPriority: { path: { id: 2 }, ...json({ priority: 9 }) },
  signIn: json({ key: "swk_live_…" }),
  status: { query: { jobid: 1 } },
  streamJobEvents: { path: { id: 2 } },
  submit: SUBMISSIONS,
  testHostAccess: json({ url: "https://photos.example/2024/05/shelf-1.jpg" }),
  undoReview: IMAGE,
  undoStoreVersion: { path: { version: 2 } },
  visits: { query: { area: "A1", startdate: "2024-05-01" } },
};

/** Of schemas whose shape says less than one of them. A test checks each against its schema. */
export const SCHEMA_EXAMPLES: Readonly<Record<string, unknown>> = {
  Problem: {
    type: "urn:storewalk:problem:job_not_found",
    title: "There is no such job",
    status: 404,
    code: "job_not_found",
    detail: "there is no job 17",
    request_id: "6d1f3c0a-7b52-4a86-9a61-0c6f7c1f3b2e",
  },
  ContractError: { error: "there is no job 17" },
};
