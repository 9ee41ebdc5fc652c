/** The client of Storewalk: one object for one service. No dependencies; runs wherever there is fetch. */
import type {
  Alert,
  AnyImage,
  Area,
  Change,
  Delivery,
  DeliveryInFull,
  Insight,
  KeptScheduleFile,
  Key,
  KeyWithText,
  NewTimeSettings,
  Operations,
  Overview,
  Schedule,
  ScheduleDryRun,
  Session,
  Store,
  StoreImport,
  StoreMasterVersion,
  StoreWithDays,
  TimeSettings,
  Webhook,
} from "./api-types.ts";
import { Hosts } from "./hosts.ts";
import { Jobs, type SubmissionFile, TYPES, UPLOAD_MS } from "./jobs.ts";
import { Pages } from "./pages.ts";
import { createTransport, type Query, type Transport, type TransportOptions } from "./transport.ts";
import { Truth } from "./truth.ts";

export type {
  Alert,
  AnyImage,
  Area,
  Change,
  Delivery,
  DeliveryInFull,
  ErrorCode,
  Flag,
  Insight,
  JobStatus,
  KeptScheduleFile,
  Key as ApiKey,
  KeyWithText as NewApiKey,
  NewTimeSettings,
  Overview,
  ProblemCode,
  Schedule,
  ScheduleDryRun,
  Scope,
  Session,
  Store,
  StoreImport,
  StoreMasterVersion,
  StoreWithDays,
  TimeSettings,
  Webhook,
} from "./api-types.ts";
export { StorewalkError } from "./errors.ts";
export type {
  Host,
  HostAccess,
  HostAccessChange,
  HostAccessTest,
  HostGivenUp,
  NewHostAccess,
} from "./hosts.ts";
export type {
  BucketDryRun,
  BucketJob,
  BucketSource,
  DeletedJob,
  DryRun,
  Failures,
  Image,
  Job,
  JobWithAdded,
  JobWithWarnings,
  Result,
  Submission,
  SubmissionFile,
  SubmissionOptions,
  Visit,
} from "./jobs.ts";
export type { Page, Pages } from "./pages.ts";
export type { Decided, Quality, Review, ReviewFilter, ReviewWithHistory, Similar, TruthSettings } from "./truth.ts";
export { verifyWebhook, WebhookRefused } from "./verify-webhook.ts";

export class Storewalk {
  readonly jobs: Jobs;
  readonly stores: Stores;
  readonly webhooks: Webhooks;
  readonly deliveries: Deliveries;
  readonly keys: Keys;
  readonly truth: Truth;
  readonly hosts: Hosts;
  readonly schedules: Schedules;
  readonly alerts: Alerts;
  readonly #transport: Transport;

  constructor(options: TransportOptions) {
    this.#transport = createTransport(options);
    this.jobs = new Jobs(this.#transport);
    this.stores = new Stores(this.#transport);
    this.webhooks = new Webhooks(this.#transport);
    this.deliveries = new Deliveries(this.#transport);
    this.keys = new Keys(this.#transport);
    this.truth = new Truth(this.#transport);
    this.hosts = new Hosts(this.#transport);
    this.alerts = new Alerts(this.#transport);
    this.schedules = new Schedules(this.#transport);
  }

  /** The whole service at one look. */
  async overview(): Promise<Overview> {
    return await this.#transport.json("/api/v1/overview");
  }

  /** What was visited over all jobs: sums by area, store, host or agent, and by day or week. */
  async insight(question: Omit<Operations["getInsight"]["query"], "format" | "bom"> = {}): Promise<Insight> {
    return await this.#transport.json("/api/v1/insight", { query: question });
  }

  /** The same as a CSV or a workbook, to be saved or passed on. */
  async insightFile(
    question: Operations["getInsight"]["query"] & { readonly format: "csv" | "xlsx" },
  ): Promise<Response> {
    return await this.#transport.send("/api/v1/insight", { query: question });
  }

  /** Images with a result, of all jobs, the latest visits first. */
  images(filter: Omit<Operations["listAnyImages"]["query"], "cursor"> = {}): Pages<AnyImage> {
    return pagesOf(this.#transport, "/api/v1/images", filter);
  }

  /** Who calls, and what they may do: nobody, with no key or one that is none. */
  async session(): Promise<Session> {
    return await this.#transport.json("/api/v1/session");
  }

  /** How times of visits are read where a submission does not say it. */
  async times(): Promise<TimeSettings> {
    return await this.#transport.json("/api/v1/submission/times");
  }

  /** What is left out is not known from then on. */
  async setTimes(times: NewTimeSettings): Promise<TimeSettings> {
    return await this.#transport.json("/api/v1/submission/times", {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(times),
      repeatable: true,
    });
  }

  /** Who changed what, newest first. */
  changes(): Pages<Change> {
    return pagesOf(this.#transport, "/api/v1/audit", {});
  }
}

class Stores {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  list(filter: Omit<Operations["listStores"]["query"], "cursor"> = {}): Pages<Store> {
    return pagesOf(this.#transport, "/api/v1/stores", filter);
  }

  /** Stores that nobody visited for some days. */
  inactive(filter: Omit<Operations["listInactiveStores"]["query"], "cursor"> = {}): Pages<Store> {
    return pagesOf(this.#transport, "/api/v1/stores/inactive", filter);
  }

  async get(storeId: string): Promise<StoreWithDays> {
    return await this.#transport.json(`/api/v1/stores/${encodeURIComponent(storeId)}`);
  }

  async areas(): Promise<readonly Area[]> {
    const { data } = await this.#transport.json<Operations["listAreas"]["answer"]>("/api/v1/areas");
    return data;
  }

  /** What imports made of the store master, newest first. */
  versions(): Pages<StoreMasterVersion> {
    return pagesOf(this.#transport, "/api/v1/stores/versions", {});
  }

  /** Takes the latest version back, as a version of its own. Not sent twice by itself: the second would take that back. */
  async undo(version: number): Promise<StoreMasterVersion> {
    return await this.#transport.json(`/api/v1/stores/versions/${version}/undo`, { method: "POST" });
  }

  /** A store master as CSV or XLSX, as the bytes say: all of it or nothing. With `dryRun` it says what would change. */
  async import(
    table: string | Blob,
    {
      dryRun = false,
      columns,
      mode,
    }: { readonly dryRun?: boolean; readonly columns?: string; readonly mode?: "merge" | "replace" } = {},
  ): Promise<StoreImport> {
    return await this.#transport.json("/api/v1/stores/import", {
      method: "POST",
      query: { dry_run: dryRun ? true : undefined, columns, mode },
      headers: { "content-type": "text/csv" },
      body: table,
      repeatable: true,
    });
  }
}

class Webhooks {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** The answer has the secret, this once. Not sent twice by itself: it would be two endpoints. */
  async create(webhook: Operations["createWebhook"]["body"]): Promise<Operations["createWebhook"]["answer"]> {
    return await this.#transport.json("/api/v1/webhooks", withJson("POST", webhook, false));
  }

  async list(): Promise<readonly Webhook[]> {
    const { data } = await this.#transport.json<Operations["listWebhooks"]["answer"]>("/api/v1/webhooks");
    return data;
  }

  async change(id: number, changes: Operations["changeWebhook"]["body"]): Promise<Webhook> {
    return await this.#transport.json(`/api/v1/webhooks/${id}`, withJson("PATCH", changes, true));
  }

  async remove(id: number): Promise<void> {
    await this.#transport.send(`/api/v1/webhooks/${id}`, { method: "DELETE" });
  }

  /** A new secret, shown this once; the one before signs as well for 24 hours. */
  async rotate(id: number): Promise<Operations["rotateWebhook"]["answer"]> {
    return await this.#transport.json(`/api/v1/webhooks/${id}/rotate`, { method: "POST" });
  }

  async ping(id: number): Promise<Delivery> {
    return await this.#transport.json(`/api/v1/webhooks/${id}/ping`, { method: "POST" });
  }
}

class Deliveries {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Newest first. */
  list(filter: Omit<Operations["listDeliveries"]["query"], "cursor"> = {}): Pages<Delivery> {
    return pagesOf(this.#transport, "/api/v1/webhook-deliveries", filter);
  }

  /** What is sent, and every attempt. */
  async get(no: number): Promise<DeliveryInFull> {
    return await this.#transport.json(`/api/v1/webhook-deliveries/${no}`);
  }

  async replay(no: number): Promise<Delivery> {
    return await this.#transport.json(`/api/v1/webhook-deliveries/${no}/replay`, { method: "POST" });
  }
}

class Keys {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Oldest first. */
  async list(): Promise<readonly Key[]> {
    const { data } = await this.#transport.json<Operations["listKeys"]["answer"]>("/api/v1/keys");
    return data;
  }

  /** The answer has the key, this once. Not sent twice by itself: it would be two keys. */
  async create(key: Operations["createKey"]["body"]): Promise<KeyWithText> {
    return await this.#transport.json("/api/v1/keys", withJson("POST", key, false));
  }

  /** A key that takes this one's place, which works for the overlap beside it: 24 hours if not given. */
  async rotate(id: string, rotation: Operations["rotateKey"]["body"] = {}): Promise<KeyWithText> {
    return await this.#transport.json(
      `/api/v1/keys/${encodeURIComponent(id)}/rotate`,
      withJson("POST", rotation, false),
    );
  }

  /** Ends it now. */
  async revoke(id: string): Promise<Key> {
    return await this.#transport.json(`/api/v1/keys/${encodeURIComponent(id)}/revoke`, {
      method: "POST",
      repeatable: true,
    });
  }
}

class Alerts {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Oldest first, with what is the case now. */
  async list(): Promise<readonly Alert[]> {
    const { data } = await this.#transport.json<Operations["listAlerts"]["answer"]>("/api/v1/alerts");
    return data;
  }

  /** Not sent twice by itself: it would be two alerts. */
  async create(alert: Operations["createAlert"]["body"]): Promise<Alert> {
    return await this.#transport.json("/api/v1/alerts", withJson("POST", alert, false));
  }

  async change(id: number, changes: Operations["changeAlert"]["body"]): Promise<Alert> {
    return await this.#transport.json(`/api/v1/alerts/${id}`, withJson("PATCH", changes, true));
  }

  /** A message to each of its webhooks, to try it. */
  async test(id: number): Promise<readonly Delivery[]> {
    const path = `/api/v1/alerts/${id}/test`;
    const { data } = await this.#transport.json<Operations["testAlert"]["answer"]>(path, { method: "POST" });
    return data;
  }

  async remove(id: number): Promise<void> {
    await this.#transport.send(`/api/v1/alerts/${id}`, { method: "DELETE" });
  }
}

class Schedules {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Oldest first, with their last runs. */
  async list(): Promise<readonly Schedule[]> {
    const { data } = await this.#transport.json<Operations["listSchedules"]["answer"]>("/api/v1/schedules");
    return data;
  }

  /** Not sent twice by itself: it would be two schedules. */
  async create(schedule: Operations["createSchedule"]["body"]): Promise<Schedule> {
    return await this.#transport.json("/api/v1/schedules", withJson("POST", schedule, false));
  }

  /** What it would submit now and when it would run; nothing is kept. */
  async check(schedule: Operations["createSchedule"]["body"]): Promise<ScheduleDryRun> {
    return await this.#transport.json("/api/v1/schedules?dry_run=true", withJson("POST", schedule, true));
  }

  /** The same of one that is kept. */
  async checkRun(id: number): Promise<ScheduleDryRun> {
    return await this.#transport.json(`/api/v1/schedules/${id}/run?dry_run=true`, { method: "POST", repeatable: true });
  }

  /** For the source of a schedule that is made, or changed, within an hour. */
  async keepFile({ type, content }: SubmissionFile): Promise<KeptScheduleFile> {
    return await this.#transport.json("/api/v1/schedules/files", {
      method: "POST",
      headers: { "content-type": TYPES[type] },
      body: content,
      repeatable: true,
      timeoutMs: UPLOAD_MS,
    });
  }

  async change(id: number, changes: Operations["changeSchedule"]["body"]): Promise<Schedule> {
    return await this.#transport.json(`/api/v1/schedules/${id}`, withJson("PATCH", changes, true));
  }

  /** Within seconds, beside its own times. */
  async run(id: number): Promise<Schedule> {
    return await this.#transport.json(`/api/v1/schedules/${id}/run`, { method: "POST" });
  }

  /** Its jobs stay. */
  async remove(id: number): Promise<void> {
    await this.#transport.send(`/api/v1/schedules/${id}`, { method: "DELETE" });
  }
}

function pagesOf<T>(transport: Transport, path: string, filter: Query): Pages<T> {
  return new Pages<T>((cursor) => transport.json(path, { query: { ...filter, cursor } }));
}

function withJson(method: string, body: object, repeatable: boolean) {
  return { method, headers: { "content-type": "application/json" }, body: JSON.stringify(body), repeatable };
}
