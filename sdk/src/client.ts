/** The client of Storewalk: one object for one service. No dependencies; runs wherever there is fetch. */
import { Alerts } from "./alerts.ts";
import type {
  AnyImage,
  Change,
  Insight,
  NewTimeSettings,
  Operations,
  Overview,
  Session,
  TimeSettings,
} from "./api-types.ts";
import { Hosts } from "./hosts.ts";
import { Jobs } from "./jobs.ts";
import { Keys } from "./keys.ts";
import { type Pages, pagesOf } from "./pages.ts";
import { Schedules } from "./schedules.ts";
import { Stores } from "./stores.ts";
import { createTransport, type Transport, type TransportOptions, withJson } from "./transport.ts";
import { Truth } from "./truth.ts";
import { Deliveries, Webhooks } from "./webhooks.ts";

export type {
  Alert,
  AnyImage,
  Area,
  BucketDryRun,
  BucketJob,
  BucketSource,
  Change,
  Decided,
  DeletedJob,
  Delivery,
  DeliveryInFull,
  DryRun,
  ErrorCode,
  Failures,
  Flag,
  Host,
  HostAccess,
  HostAccessChange,
  HostAccessTest,
  HostGivenUp,
  Image,
  Insight,
  Job,
  JobStatus,
  JobWithAdded,
  JobWithWarnings,
  KeptScheduleFile,
  Key as ApiKey,
  KeyWithText as NewApiKey,
  NewHostAccess,
  NewTimeSettings,
  Overview,
  ProblemCode,
  Quality,
  Review,
  ReviewWithHistory,
  Schedule,
  ScheduleDryRun,
  Scope,
  Session,
  Similar,
  Store,
  StoreImport,
  StoreMasterVersion,
  StoreWithDays,
  TimeSettings,
  TruthSettings,
  Visit,
  Webhook,
} from "./api-types.ts";
export { StorewalkError } from "./errors.ts";
export type { Result } from "./jobs.ts";
export type { Page, Pages } from "./pages.ts";
export type { Submission, SubmissionFile, SubmissionOptions } from "./submission.ts";
export type { ReviewFilter } from "./truth.ts";
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
    return await this.#transport.json("/api/v1/submission/times", withJson("PUT", times, true));
  }

  /** Who changed what, newest first. */
  changes(): Pages<Change> {
    return pagesOf(this.#transport, "/api/v1/audit", {});
  }
}
