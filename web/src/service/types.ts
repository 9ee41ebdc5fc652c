/** The service's answers as the dashboard reads them: names and shapes are those of /openapi.json. */
import type { PhotoFlag, PhotoName, Verdict } from "./truth-types.ts";

export type JobStatus = "ongoing" | "paused" | "completed" | "failed" | "cancelled";
export type Metadata = Readonly<Record<string, string>>;

export type Job = {
  readonly job_id: number;
  readonly external_id: string | null;
  readonly metadata: Metadata;
  readonly run: number;
  readonly status: JobStatus;
  readonly priority: number;
  readonly counts: {
    readonly visits: number;
    readonly images: number;
    readonly done: number;
    readonly succeeded: number;
    readonly failed: number;
  };
  readonly progress: number;
  readonly images_per_second: number;
  readonly eta_seconds: number | null;
  readonly failures_by_code: Readonly<Record<string, number>>;
  readonly inspect: "off" | "quick" | "full";
  readonly flagged: {
    readonly images: number;
    readonly dismissed: number;
    readonly flags: Readonly<Record<PhotoFlag, number>>;
  };
  readonly created_at: string;
  readonly started_at: string | null;
  readonly finished_at: string | null;
};

/** What was added to a job. */
export type Added = { readonly visits: number; readonly images: number; readonly already_there: number };

/** What is taken all the same and may fail later, or not be meant so. */
export type Warned = { readonly warnings: readonly ProblemPlace[]; readonly warnings_total: number };

export type Schedule = {
  readonly id: number;
  readonly name: string;
  readonly cron: string;
  readonly time_zone: string;
  readonly source:
    | { readonly url: string }
    | { readonly text: string }
    | { readonly file: string; readonly name?: string }
    | { readonly from: string; readonly visits: string; readonly take?: "new" | "all" };
  readonly enabled: boolean;
  readonly next_run_at: string | null;
  readonly runs: readonly {
    readonly ended_at: string;
    readonly outcome: "made" | "nothing_new" | "failed";
    readonly job_id: number | null;
    readonly error: string | null;
  }[];
};

export type DeletedJob = {
  readonly job_id: number;
  readonly restorable_until: string;
  readonly external_id: string | null;
  readonly status: JobStatus;
  readonly counts: { readonly visits: number; readonly images: number };
};

export type Page<T> = { readonly data: readonly T[]; readonly next_cursor: string | null; readonly has_more: boolean };

export type Image = {
  readonly image: number;
  readonly visit: number;
  readonly store_id: string;
  readonly visit_time: string;
  readonly image_url: string;
  readonly external_id: string | null;
  readonly metadata: Metadata;
  readonly outcome: "pending" | "measured" | "failed";
  readonly width: number | null;
  readonly height: number | null;
  readonly perimeter: number | null;
  readonly format: string | null;
  readonly bytes: number | null;
  readonly code: string | null;
  readonly detail: string | null;
  readonly attempts: number | null;
  readonly fetch_ms: number | null;
  readonly flags: readonly PhotoFlag[];
  readonly decision: Verdict | null;
};

/** Another photo that shows what an image does. */
export type SamePhoto = PhotoName & {
  readonly store_id: string;
  readonly visit_time: string;
  readonly score: number;
  readonly why: string;
};

export type ImageInFull = Image & {
  readonly finished_at: string | null;
  readonly integrity: "header" | "complete" | "decode" | null;
  readonly not_decoded: string | null;
  readonly not_inspected: string | null;
  readonly store_name: string | null;
  readonly area: string | null;
  readonly visit_external_id: string | null;
  readonly visit_metadata: Metadata;
  readonly reused_by: readonly SamePhoto[];
  readonly past_results: readonly {
    readonly run: number;
    readonly code: string;
    readonly detail: string | null;
    readonly attempts: number;
    readonly finished_at: string;
    readonly image_url: string;
  }[];
};

export type Visit = {
  readonly visit: number;
  readonly store_id: string;
  readonly store_known: boolean;
  readonly visit_time: string;
  readonly external_id: string | null;
  readonly metadata: Metadata;
  readonly counts: {
    readonly images: number;
    readonly done: number;
    readonly succeeded: number;
    readonly failed: number;
  };
};

export type StoreGroup = { readonly store_id: string; readonly images: number; readonly first_image: number };
export type HostGroup = {
  readonly host: string;
  readonly images: number;
  readonly stores: readonly StoreGroup[];
  readonly more_stores: number;
};
export type CodeGroup = {
  readonly code: string;
  readonly about: string;
  readonly images: number;
  readonly hosts: readonly HostGroup[];
  readonly more_hosts: number;
};
export type Failures = { readonly total: number; readonly groups: readonly CodeGroup[] };

export type Backlog = {
  readonly jobs: number;
  readonly images: number;
  readonly chunks: { readonly pending: number; readonly queued: number; readonly running: number };
  readonly oldest_queued_ms: number;
};

export type WaitingHost = {
  readonly host: string;
  readonly at_once: number;
  readonly per_second: number | null;
  readonly under_way: number;
  readonly refusals: number;
  readonly waits_until: string | null;
  readonly last_failure: string | null;
  readonly troubled_seconds: number;
  readonly given_up: boolean;
  readonly images_waiting: number;
  readonly jobs: readonly number[];
};

export type Overview = {
  readonly images_per_second: number;
  readonly backlog: Backlog & { readonly eta_seconds: number | null };
  readonly throughput: {
    readonly from: string;
    readonly step_seconds: number;
    readonly images: readonly number[];
  };
  readonly last_hour: {
    readonly done: number;
    readonly failed: number;
    readonly failures_by_code: Readonly<Record<string, number>>;
  };
  readonly gpu: { readonly places: number; readonly busy: number; readonly utilisation: number | null };
  readonly hosts_in_trouble: readonly { readonly host: string; readonly code: string; readonly failed: number }[];
  readonly fleet: { readonly members: number; readonly threads: number };
  readonly stores: number;
  readonly running: readonly Job[];
};

export type Sums = {
  readonly visits: number;
  readonly images: number;
  readonly failed: number;
  readonly last_visit_date: string | null;
};
export type Store = Sums & {
  readonly store_id: string;
  readonly store_name: string;
  readonly area: string;
  readonly route: string | null;
  readonly type: string | null;
  readonly opened: string | null;
  readonly closed: string | null;
};
export type VisitDay = {
  readonly date: string;
  readonly visits: number;
  readonly images: number;
  readonly failed: number;
};
export type StoreWithDays = Store & { readonly days: readonly VisitDay[] };
export type Area = Sums & { readonly area: string; readonly stores: number; readonly visited_stores: number };

export type ProblemPlace = { readonly pointer: string; readonly detail: string };
export type Problem = {
  readonly code: string;
  readonly detail: string;
  readonly request_id: string;
  readonly problems?: readonly ProblemPlace[];
  readonly problems_total?: number;
  readonly columns?: readonly TableColumn[];
};

/** A header of a table, and which of the service's columns it was taken for. */
export type TableColumn = { readonly header: string; readonly means: string | null };

/** What was found below a prefix of a bucket. */
export type ListedKeys = {
  readonly keys: number;
  readonly matched: number;
  readonly first: readonly {
    readonly store_id: string;
    readonly visit_time: string;
    readonly name: string | null;
    readonly image_url: string;
  }[];
  readonly first_others: readonly { readonly key: string; readonly why: string }[];
};

export type BucketDryRun = { readonly check: DryRun; readonly listing: ListedKeys };

export type StoreImport = {
  readonly imported: boolean;
  readonly added: number;
  readonly changed: number;
  readonly closed: number;
  readonly reopened: number;
  readonly unchanged: number;
  readonly version: number | null;
  readonly columns?: readonly TableColumn[];
  readonly warnings: readonly { readonly line: number; readonly detail: string }[];
  readonly changes?: readonly {
    readonly kind: "added" | "changed" | "closed" | "reopened";
    readonly store: StoreEntry;
    readonly before: StoreEntry | null;
  }[];
};
type StoreEntry = { readonly store_id: string; readonly store_name: string; readonly area: string };

export type StoreVersion = {
  readonly version: number;
  readonly kind: "merge" | "replace" | "undo";
  readonly undoes: number | null;
  readonly at: string;
  readonly added: number;
  readonly changed: number;
  readonly closed: number;
  readonly stores: number;
};

export type DryRun = Warned & {
  readonly would_be_accepted: boolean;
  readonly visits: number;
  readonly images: number;
  readonly problems: readonly ProblemPlace[];
  readonly problems_total: number;
  readonly unknown_stores: readonly string[];
  readonly ignored_columns: readonly string[];
  readonly columns: readonly TableColumn[];
  readonly open_dates: {
    readonly count: number;
    readonly orders: readonly ("dmy" | "mdy" | "ymd")[];
    readonly example: string;
  } | null;
};

export type Readiness = { readonly status: "ready" | "draining" | "not_ready"; readonly reasons: readonly string[] };

export type Webhook = {
  readonly id: number;
  readonly format: "json" | "slack" | "teams" | "email";
  readonly url: string;
  readonly enabled: boolean;
  readonly disabled_reason: string | null;
};

export type Alert = {
  readonly id: number;
  readonly name: string;
  readonly kind: string;
  readonly threshold: number;
  readonly quiet_hours: { readonly from: string; readonly to: string; readonly time_zone?: string | null } | null;
  readonly enabled: boolean;
  readonly state: "off" | "calm" | "waiting" | "firing";
  readonly firing: number;
  readonly firing_since: string | null;
  readonly waiting: number;
  readonly told_at: string | null;
  readonly causes: readonly { readonly detail: string }[];
};

export type Delivery = {
  readonly no: number;
  readonly job_id: number | null;
  readonly event: string;
  readonly url: string;
  readonly status: "pending" | "delivered" | "failed";
  readonly attempts: number;
  readonly most_attempts: number;
  readonly next_attempt_at: string | null;
  readonly last_status: number | null;
  readonly last_error: string | null;
};

export type DeliveryInFull = Delivery & {
  readonly webhook_id: number | null;
  readonly alert_id: number | null;
  readonly created_at: string;
  readonly finished_at: string | null;
  readonly format: Webhook["format"];
  readonly message: string;
  readonly attempts_made: readonly {
    readonly attempt: number;
    readonly ended_at: string;
    readonly took_ms: number | null;
    readonly status: number | null;
    readonly error: string | null;
    readonly body: string | null;
  }[];
};

export type HostAccess = {
  readonly id: string;
  readonly tenant: string;
  readonly pattern: string;
  readonly kind: "web" | "s3" | "azure";
  readonly headers: readonly string[];
  readonly query: readonly string[];
  readonly user_agent: string | null;
  readonly over_http: boolean;
  readonly s3: {
    readonly access_key_id: string;
    readonly endpoint: string | null;
    readonly region: string | null;
    readonly path_style: boolean | null;
    readonly requester_pays: boolean;
  } | null;
  readonly azure: {
    readonly account: string;
    readonly endpoint: string | null;
    readonly by: "key" | "sas";
  } | null;
  readonly problem: string | null;
  readonly rotated_at: string;
};

export type TriedHost = {
  readonly pattern: string | null;
  readonly sends: readonly string[];
  readonly outcome: "measured" | "failed";
  readonly format: string | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly code: string | null;
  readonly detail: string | null;
};

export const SCOPES = [
  "jobs:read",
  "jobs:write",
  "stores:read",
  "stores:write",
  "webhooks:manage",
  "reviews:decide",
  "truth:manage",
  "hosts:manage",
  "keys:manage",
  "admin",
] as const;
export type Scope = (typeof SCOPES)[number];

export type Session = {
  readonly keys_needed: boolean;
  readonly key_id: string | null;
  readonly tenant: string;
  readonly all_tenants: boolean;
  readonly scopes: readonly Scope[];
};

export type ApiKey = {
  readonly id: string;
  readonly name: string;
  readonly tenant: string;
  readonly scopes: readonly Scope[];
  readonly status: "active" | "expired" | "revoked";
  readonly expires_at: string | null;
  readonly last_used_at: string | null;
};

export type Change = {
  readonly no: number;
  readonly at: string;
  readonly key_id: string | null;
  readonly action: string;
  readonly target: string;
  readonly address: string;
};
