/** Made from the service's OpenAPI document by scripts/write-sdk-types.ts; a test fails when it is out of date. Never edit. */

export type Added = {
  readonly visits: number;
  readonly images: number;
  readonly already_there: number;
};

/** What people want to be told of */
export type Alert = {
  readonly id: number;
  readonly name: string;
  readonly kind: AlertKind;
  readonly threshold: AlertThreshold;
  readonly webhooks: readonly number[];
  readonly quiet_hours: QuietHours | null;
  readonly tells_end: boolean;
  readonly enabled: boolean;
  readonly state: AlertState;
  readonly firing_since: string | null;
  readonly firing: number;
  readonly waiting: number;
  readonly causes: readonly AlertCause[];
  readonly checked_at: string | null;
  readonly told_at: string | null;
  readonly created_at: string;
};

/** What it tells of */
export type AlertCause = {
  readonly detail: string;
  readonly since: string;
  readonly ended_at: string | null;
  readonly told_at: string | null;
};

export type AlertChanges = {
  readonly name?: string;
  readonly threshold?: AlertThreshold;
  readonly webhooks?: readonly number[];
  readonly quiet_hours?: QuietHours | null;
  readonly tells_end?: boolean;
  readonly enabled?: boolean;
};

export type AlertFacts = {
  readonly alert_id: number;
  readonly name: string;
  readonly kind: AlertKind;
  readonly threshold: AlertThreshold;
};

/** What it tells: a job ended with too many failed images; a host that images wait for is in trouble; signed URLs end before the backlog is done; a store was not visited; too many images wait */
export type AlertKind = "job_failed" | "host_trouble" | "urls_end" | "store_not_visited" | "backlog";

/** All alerts */
export type AlertList = {
  readonly data: readonly Alert[];
};

/** Something that an alert watches is the case, or is over */
export type AlertMessage = {
  readonly type: "alert.firing" | "alert.over";
  readonly timestamp: string;
  readonly data: AlertNews;
};

export type AlertNews = AlertFacts & {
  readonly headline: string;
  readonly place: string;
  readonly count: number;
  readonly causes: readonly ToldCause[];
};

/** Waiting: there is a cause that is not told yet, in quiet hours or not for long enough */
export type AlertState = "off" | "calm" | "waiting" | "firing";

/** A message to try an alert */
export type AlertTest = {
  readonly type: "alert.test";
  readonly timestamp: string;
  readonly data: AlertFacts;
};

/** By kind: per cent of a job's images (0 to 99.9); minutes in trouble (0 to 1440); minutes to spare (0 to 1440); days (1 to 3660); images (1 to 1000000000) */
export type AlertThreshold = number;

/** An image of any job, and its result */
export type AnyImage = Image & {
  readonly job_id: number;
  readonly visit_date: string | null;
  readonly store_name: string | null;
  readonly area: string | null;
};

/** A page of images of all jobs */
export type AnyImagePage = {
  readonly data: readonly AnyImage[];
  readonly next_cursor: string | null;
  readonly has_more: boolean;
};

export type Area = {
  readonly area: string;
  readonly stores: number;
  readonly visited_stores: number;
  readonly visits: number;
  readonly images: number;
  readonly failed: number;
  readonly last_visit_date: string | null;
};

/** All areas */
export type AreaList = {
  readonly data: readonly Area[];
};

export type AzureAccess = {
  readonly account: string;
  readonly endpoint: string | null;
  readonly by: "key" | "sas";
};

/** What would become of it, and what was found */
export type BucketDryRun = {
  readonly check: DryRun;
  readonly listing: ListedKeys;
};

/** The job, and what was found */
export type BucketJob = {
  readonly job: JobWithWarnings;
  readonly listing: ListedKeys | null;
};

export type BucketSource = {
  readonly from: string;
  readonly visits: string;
};

/** A change that was made */
export type Change = {
  readonly no: number;
  readonly at: string;
  readonly tenant: string;
  readonly key_id: string | null;
  readonly action: string;
  readonly target: string;
  readonly address: string;
  readonly request_id: string;
};

/** A page of changes */
export type ChangePage = {
  readonly data: readonly Change[];
  readonly next_cursor: string | null;
  readonly has_more: boolean;
};

export type ContractError = {
  readonly error: string;
  readonly errors?: readonly { readonly pointer: string; readonly detail: string; }[];
  readonly unknown_stores?: readonly string[];
};

/** Failed images by error code */
export type CountsByCode = {
  readonly unknown_store?: number;
  readonly invalid_url?: number;
  readonly blocked_address?: number;
  readonly dns_failed?: number;
  readonly connect_failed?: number;
  readonly tls_failed?: number;
  readonly timeout?: number;
  readonly too_many_redirects?: number;
  readonly not_found?: number;
  readonly forbidden?: number;
  readonly url_expired?: number;
  readonly archived?: number;
  readonly rate_limited?: number;
  readonly http_error?: number;
  readonly host_unavailable?: number;
  readonly body_too_large?: number;
  readonly empty_body?: number;
  readonly not_an_image?: number;
  readonly unsupported_format?: number;
  readonly truncated?: number;
  readonly corrupt?: number;
  readonly zero_dimension?: number;
  readonly too_many_pixels?: number;
  readonly poisoned?: number;
  readonly internal?: number;
};

/** What became of each */
export type Decided = {
  readonly changed: number;
  readonly unchanged: number;
  readonly not_found: readonly { readonly job_id: number; readonly image: number; }[];
};

export type Decision = {
  readonly state: "accepted" | "dismissed";
  readonly note: string | null;
  readonly by: string | null;
  readonly at: string;
};

export type Decisions = {
  readonly images: readonly ImagePlace[];
  readonly decision: "accepted" | "dismissed" | "open";
  readonly note?: string;
};

export type DeletedJob = Deletion & {
  readonly external_id: string | null;
  readonly status: JobStatus;
  readonly counts: { readonly visits: number; readonly images: number; };
  readonly created_at: string;
};

export type DeletedJobs = {
  readonly data: readonly DeletedJob[];
};

/** A deleted job, and until when it can be restored */
export type Deletion = {
  readonly job_id: number;
  readonly restorable_until: string;
};

/** One telling */
export type Delivery = {
  readonly no: number;
  readonly webhook_id: number | null;
  readonly job_id: number | null;
  readonly alert_id: number | null;
  readonly event: string;
  readonly url: string;
  readonly status: "pending" | "delivered" | "failed";
  readonly attempts: number;
  readonly most_attempts: number;
  readonly next_attempt_at: string | null;
  readonly last_status: number | null;
  readonly last_error: string | null;
  readonly last_body: string | null;
  readonly created_at: string;
  readonly finished_at: string | null;
};

export type DeliveryAttempt = {
  readonly attempt: number;
  readonly ended_at: string;
  readonly took_ms: number | null;
  readonly status: number | null;
  readonly error: string | null;
  readonly body: string | null;
};

/** One telling: what is sent, and every attempt */
export type DeliveryInFull = Delivery & {
  readonly format: WebhookFormat;
  readonly message: string;
  readonly attempts_made: readonly DeliveryAttempt[];
};

/** The deliveries, to be followed in their list */
export type DeliveryList = {
  readonly data: readonly Delivery[];
};

/** A page of deliveries */
export type DeliveryPage = {
  readonly data: readonly Delivery[];
  readonly next_cursor: string | null;
  readonly has_more: boolean;
};

/** What would become of the submission */
export type DryRun = {
  readonly would_be_accepted: boolean;
  readonly visits: number;
  readonly images: number;
  readonly problems: readonly ProblemPlace[];
  readonly problems_total: number;
  readonly unknown_stores: readonly string[];
  readonly ignored_columns: readonly string[];
  readonly columns: readonly TableColumn[];
  readonly open_dates: { readonly count: number; readonly orders: readonly ("dmy" | "mdy" | "ymd")[]; readonly example: string; } | null;
  readonly warnings: readonly Warning[];
  readonly warnings_total: number;
};

export type EarlierPhoto = {
  readonly image_url: string;
  readonly job_id: number;
  readonly image: number;
  readonly store_id: string;
  readonly store_name: string | null;
  readonly area: string | null;
  readonly visit_time: string;
  readonly kind: ReuseKind;
  readonly score: number;
  readonly why: string;
  readonly thumbnail_url: string | null;
  readonly lay_over: readonly [number, number, number, number, number, number, number, number, number] | null;
};

/** Why an image failed; for programs, stays when words change */
export type ErrorCode = "unknown_store" | "invalid_url" | "blocked_address" | "dns_failed" | "connect_failed" | "tls_failed" | "timeout" | "too_many_redirects" | "not_found" | "forbidden" | "url_expired" | "archived" | "rate_limited" | "http_error" | "host_unavailable" | "body_too_large" | "empty_body" | "not_an_image" | "unsupported_format" | "truncated" | "corrupt" | "zero_dimension" | "too_many_pixels" | "poisoned" | "internal";

export type Evidence = {
  readonly flag: Flag;
  readonly why: string;
  readonly measure: "sharpness" | "smear" | "p95" | "p5" | "shorter_side" | "hours_apart" | "metres_apart" | "likeness" | null;
  readonly figure: number | null;
  readonly threshold: number | null;
  readonly weight: Weight;
};

export type FailureGroup = {
  readonly code: ErrorCode;
  readonly about: string;
  readonly images: number;
  readonly hosts: readonly HostFailures[];
  readonly more_hosts: number;
};

/** Failed images by code, host and store, the biggest groups first */
export type Failures = {
  readonly total: number;
  readonly groups: readonly FailureGroup[];
};

/** What kind of thing is wrong; for programs, stays when words change */
export type FaultCode = "missing" | "malformed" | "not_allowed" | "too_long" | "repeated" | "unknown" | "unused" | "mismatch" | "misplaced";

export type Finding = {
  readonly flag: Flag;
  readonly why: string;
};

export type Flag = "reused" | "blurred" | "dark" | "bright" | "small" | "wrong_time" | "wrong_place" | "edited" | "screen";

/** Images by flag */
export type FlagCounts = {
  readonly reused: number;
  readonly blurred: number;
  readonly dark: number;
  readonly bright: number;
  readonly small: number;
  readonly wrong_time: number;
  readonly wrong_place: number;
  readonly edited: number;
  readonly screen: number;
};

/** Flagged images; `flags` leaves dismissed ones out */
export type FlaggedImages = {
  readonly images: number;
  readonly dismissed: number;
  readonly flags: FlagCounts;
};

export type FlaggedShare = {
  readonly store_id?: string;
  readonly store_name?: string | null;
  readonly area: string | null;
  readonly visits: number;
  readonly flagged_visits: number;
  readonly share: number;
};

/** Visits of inspected jobs, and those of them with a flag that nobody dismissed */
export type FlaggedShares = {
  readonly visits: number;
  readonly flagged_visits: number;
  readonly share: number;
  readonly data: readonly FlaggedShare[];
  readonly more: number;
};

/** It is alive */
export type Health = {
  readonly status: "ok";
};

/** A host in trouble that images wait for */
export type Host = {
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

/** Credentials for hosts or buckets, without what is secret */
export type HostAccess = {
  readonly id: string;
  readonly tenant: string;
  readonly pattern: string;
  readonly kind: "web" | "s3" | "azure";
  readonly headers: readonly string[];
  readonly query: readonly string[];
  readonly user_agent: string | null;
  readonly over_http: boolean;
  readonly s3: S3Access | null;
  readonly azure: AzureAccess | null;
  readonly problem: string | null;
  readonly created_at: string;
  readonly rotated_at: string;
};

/** What is left out stays as it is; s3 and azure are given whole */
export type HostAccessChange = {
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly user_agent?: string | null;
  readonly over_http?: boolean;
  readonly s3?: NewS3Access;
  readonly azure?: NewAzureAccess;
};

/** By their patterns */
export type HostAccessList = {
  readonly data: readonly HostAccess[];
};

/** What came of asking for it */
export type HostAccessTest = {
  readonly pattern: string | null;
  readonly sends: readonly string[];
  readonly outcome: "measured" | "failed";
  readonly format: string | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly code: ErrorCode | null;
  readonly detail: string | null;
};

export type HostAccessToTest = {
  readonly url: string;
  readonly tenant?: string;
};

export type HostFailures = {
  readonly host: string;
  readonly images: number;
  readonly stores: readonly { readonly store_id: string; readonly images: number; readonly first_image: number; }[];
  readonly more_stores: number;
};

/** A host that was given up */
export type HostGivenUp = {
  readonly host: string;
  readonly jobs: readonly number[];
  readonly detail: string;
};

/** Hosts in trouble, the most waited for first; at most 50 a process, as of at most 5 s ago */
export type HostList = {
  readonly data: readonly Host[];
};

/** An image and its result */
export type Image = {
  readonly image: number;
  readonly visit: number;
  readonly store_id: string;
  readonly visit_time: string;
  readonly image_url: string;
  readonly external_id: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly outcome: "pending" | "measured" | "failed";
  readonly width: number | null;
  readonly height: number | null;
  readonly perimeter: number | null;
  readonly format: "jpeg" | "png" | "gif" | "webp" | "bmp" | "tiff" | "avif" | "heic" | "jxl" | "ico" | "psd" | null;
  readonly bytes: number | null;
  readonly code: ErrorCode | null;
  readonly detail: string | null;
  readonly attempts: number | null;
  readonly fetch_ms: number | null;
  readonly finished_at: string | null;
  readonly integrity: "header" | "complete" | "decode" | null;
  readonly not_decoded: string | null;
  readonly not_inspected: string | null;
  readonly flags: readonly Flag[];
  readonly findings: readonly Finding[];
  readonly reuse_of: readonly Reuse[];
  readonly decision: "accepted" | "dismissed" | null;
};

/** A page of images */
export type ImagePage = {
  readonly data: readonly Image[];
  readonly next_cursor: string | null;
  readonly has_more: boolean;
};

export type ImagePlace = {
  readonly job_id: number;
  readonly image: number;
};

/** An image, its visit, its result and those before */
export type ImageWithPast = Image & {
  readonly store_name: string | null;
  readonly area: string | null;
  readonly visit_external_id: string | null;
  readonly visit_metadata: Readonly<Record<string, string>>;
  readonly reused_by: readonly Reuse[];
  readonly past_results: readonly PastResult[];
};

/** Sums over jobs */
export type Insight = {
  readonly from: string;
  readonly to: string;
  readonly previous: { readonly from: string; readonly to: string; };
  readonly periods: readonly string[];
  readonly total: InsightTotal;
  readonly rows: readonly InsightRow[];
  readonly more: number;
  readonly undated: Sums;
  readonly pending: number;
};

/** An area, store, host or agent */
export type InsightRow = InsightTotal & {
  readonly key: string;
  readonly name: string | null;
};

/** By the answer's periods; `cause` of the one that was asked for */
export type InsightSeries = {
  readonly visits: readonly number[];
  readonly images: readonly number[];
  readonly failed: readonly number[];
  readonly perimeter: readonly number[];
  readonly flagged: readonly number[];
  readonly cause: readonly number[];
};

/** All of it */
export type InsightTotal = Sums & {
  readonly causes: Readonly<Record<string, number>>;
  readonly previous: Sums;
  readonly series: InsightSeries;
};

/** How far its photos are inspected */
export type InspectionLevel = "off" | "quick" | "full";

/** A job and where it stands */
export type Job = {
  readonly job_id: number;
  readonly external_id: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly callback_url: string | null;
  readonly store_master_version: number | null;
  readonly run: number;
  readonly status: JobStatus;
  readonly outcome: JobOutcome | null;
  readonly priority: number;
  readonly counts: JobCounts;
  readonly progress: number;
  readonly images_per_second: number;
  readonly eta_seconds: number | null;
  readonly failures_by_code: CountsByCode;
  readonly inspect: InspectionLevel;
  readonly thresholds: Thresholds | null;
  readonly flagged: FlaggedImages;
  readonly created_at: string;
  readonly started_at: string | null;
  readonly finished_at: string | null;
};

export type JobCounts = VisitCounts & {
  readonly visits: number;
};

/** The end of a job; a job that is retried ends again */
export type JobEnd = {
  readonly type: WebhookEvent;
  readonly timestamp: string;
  readonly data: Job;
};

export type JobOutcome = "all" | "partial" | "none";

/** A page of jobs */
export type JobPage = {
  readonly data: readonly Job[];
  readonly next_cursor: string | null;
  readonly has_more: boolean;
};

/** ongoing or paused until every image has a result; then completed, failed (at least one image failed) or cancelled */
export type JobStatus = "ongoing" | "paused" | "completed" | "failed" | "cancelled";

/** A job and where it stands, with what was added to it */
export type JobWithAdded = JobWithWarnings & {
  readonly added: Added | null;
};

/** A job and where it stands, with what may go wrong with it or not be meant */
export type JobWithWarnings = Job & {
  readonly warnings: readonly Warning[];
  readonly warnings_total: number;
};

/** Kept while a schedule names it; {date} in it stands for the run's day, but in a workbook */
export type KeptFile = {
  readonly file: string;
  readonly name?: string;
};

export type KeptScheduleFile = {
  readonly file: string;
  readonly bytes: number;
  readonly format: "json" | "ndjson" | "csv" | "xlsx";
};

/** An API key, without its secret */
export type Key = {
  readonly id: string;
  readonly name: string;
  readonly tenant: string;
  readonly scopes: readonly Scope[];
  readonly status: "active" | "expired" | "revoked";
  readonly created_at: string;
  readonly expires_at: string | null;
  readonly revoked_at: string | null;
  readonly last_used_at: string | null;
};

/** All keys */
export type KeyList = {
  readonly data: readonly Key[];
};

export type KeyRotation = {
  readonly overlap_hours?: number;
};

/** An API key with its text */
export type KeyWithText = Key & {
  readonly key: string;
};

export type LineProblem = {
  readonly line: number;
  readonly detail: string;
};

/** What was found below the prefix */
export type ListedKeys = {
  readonly keys: number;
  readonly matched: number;
  readonly first: readonly ({ readonly store_id: string; readonly visit_time: string; readonly name: string | null; readonly image_url: string; })[];
  readonly first_others: readonly { readonly key: string; readonly why: string; }[];
};

/** Fetched at each run; {date} stands for the run's day */
export type ManifestUrl = {
  readonly url: string;
};

export type NewAlert = {
  readonly name: string;
  readonly kind: AlertKind;
  readonly threshold?: AlertThreshold;
  readonly webhooks?: readonly number[];
  readonly quiet_hours?: QuietHours | null;
  readonly tells_end?: boolean;
};

/** For az:// */
export type NewAzureAccess = {
  readonly account: string;
  readonly account_key?: string;
  readonly sas?: string;
  readonly endpoint?: string;
  readonly over_http?: boolean;
};

export type NewHostAccess = {
  readonly pattern: string;
  readonly tenant?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly user_agent?: string | null;
  readonly over_http?: boolean;
  readonly s3?: NewS3Access;
  readonly azure?: NewAzureAccess;
};

export type NewKey = {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly tenant?: string;
  readonly expires_in_days?: number;
};

export type NewPriority = {
  readonly priority: number;
};

/** For s3:// and, with interoperability keys, gs:// */
export type NewS3Access = {
  readonly access_key_id: string;
  readonly secret_access_key: string;
  readonly session_token?: string;
  readonly endpoint?: string;
  readonly region?: string;
  readonly path_style?: boolean;
  readonly requester_pays?: boolean;
  readonly over_http?: boolean;
};

export type NewSchedule = {
  readonly name: string;
  readonly cron: string;
  readonly time_zone?: string;
  readonly source: ScheduleSource;
  readonly format?: "json" | "ndjson" | "csv" | "xlsx";
  readonly options?: ScheduleOptions;
};

/** What is left out is not known */
export type NewTimeSettings = {
  readonly dates?: "dmy" | "mdy" | "ymd" | null;
  readonly time_zone?: string | null;
};

/** What is left out gets its usual value */
export type NewTruthSettings = {
  readonly reuse?: { readonly other_store?: ReuseRule; readonly other_day?: ReuseRule; readonly same_day?: ReuseRule; readonly same_visit?: ReuseRule; };
  readonly quality?: { readonly least_sharpness?: number; readonly most_smear?: number; readonly dark_below?: number; readonly bright_above?: number; readonly least_side?: number; };
  readonly time_tolerance_h?: number;
  readonly place_tolerance_m?: number;
  readonly agent_key?: string;
  readonly changed_by?: unknown;
  readonly changed_at?: unknown;
};

export type NewWebhook = {
  readonly url: string;
  readonly format?: WebhookFormat;
  readonly events?: readonly WebhookEvent[];
  readonly description?: string;
};

/** The whole service at one look */
export type Overview = {
  readonly images_per_second: number;
  readonly backlog: { readonly jobs: number; readonly images: number; readonly chunks: { readonly pending: number; readonly queued: number; readonly running: number; }; readonly oldest_queued_ms: number; readonly eta_seconds: number | null; };
  readonly throughput: { readonly from: string; readonly step_seconds: 10; readonly images: readonly number[]; };
  readonly last_hour: { readonly done: number; readonly failed: number; readonly failures_by_code: CountsByCode; };
  readonly gpu: { readonly places: number; readonly busy: number; readonly utilisation: number | null; };
  readonly hosts_in_trouble: readonly { readonly host: string; readonly code: ErrorCode; readonly failed: number; }[];
  readonly fleet: { readonly members: number; readonly threads: number; };
  readonly stores: number;
  readonly running: readonly Job[];
};

export type PastResult = {
  readonly run: number;
  readonly code: ErrorCode;
  readonly detail: string | null;
  readonly attempts: number;
  readonly finished_at: string;
  readonly image_url: string;
};

/** A message to try a webhook */
export type Ping = {
  readonly type: "ping";
  readonly timestamp: string;
  readonly data: Readonly<Record<string, unknown>>;
};

/** RFC 9457 problem details */
export type Problem = {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ProblemCode;
  readonly detail: string;
  readonly request_id: string;
  readonly problems?: readonly ProblemPlace[];
  readonly problems_total?: number;
  readonly columns?: readonly TableColumn[];
  readonly unknown_stores?: readonly string[];
};

/** For programs; stays when words change */
export type ProblemCode = "bad_request" | "invalid_parameter" | "invalid_body" | "invalid_submission" | "invalid_fresh_urls" | "invalid_store_master" | "request_broken_off" | "unauthenticated" | "missing_scope" | "cross_site" | "not_found" | "job_not_found" | "image_not_found" | "store_not_found" | "thumbnail_unavailable" | "webhook_not_found" | "schedule_not_found" | "alert_not_found" | "key_not_found" | "host_access_not_found" | "delivery_not_found" | "version_not_found" | "method_not_allowed" | "request_timeout" | "job_over" | "job_not_over" | "nothing_to_retry" | "too_many_webhooks" | "host_access_exists" | "host_access_unavailable" | "too_many_host_access" | "too_many_schedules" | "too_many_alerts" | "version_not_latest" | "key_over" | "keys_unavailable" | "idempotency_running" | "body_too_large" | "path_too_long" | "unsupported_media_type" | "expectation_failed" | "behind_proxy" | "wrong_host" | "idempotency_mismatch" | "bucket_unreadable" | "headers_too_large" | "too_many_requests" | "too_many_images" | "internal" | "ledger_unavailable" | "uploads_unavailable" | "bucket_unavailable" | "overloaded" | "similar_busy" | "host_tests_busy" | "thumbnails_busy" | "draining";

export type ProblemPlace = {
  readonly pointer: string;
  readonly code: FaultCode;
  readonly detail: string;
};

/** How the figures of a job's photos are spread */
export type Quality = {
  readonly images: number;
  readonly looked_at: number;
  readonly not_inspected: { readonly images: number; readonly causes: readonly { readonly why: string; readonly images: number; }[]; };
  readonly figures: readonly ({ readonly figure: "sharpness" | "smear" | "p95" | "p5" | "shorter_side" | "hours_apart" | "metres_apart"; readonly flag: Flag; readonly option: "least_sharpness" | "most_smear" | "dark_below" | "bright_above" | "least_side" | "time_tolerance_h" | "place_tolerance_m"; readonly flagged_when: "below" | "above"; readonly threshold: number; readonly least: number | null; readonly most: number | null; readonly images: number; readonly flagged: number; readonly bins: readonly { readonly from: number; readonly to: number; readonly images: number; }[]; })[];
};

export type QualityThresholds = {
  readonly least_sharpness: number;
  readonly most_smear: number;
  readonly dark_below: number;
  readonly bright_above: number;
  readonly least_side: number;
};

export type QuietHours = {
  readonly from: string;
  readonly to: string;
  readonly time_zone?: string | null;
};

/** Whether it takes requests */
export type Readiness = {
  readonly status: "ready" | "draining" | "not_ready";
  readonly reasons: readonly string[];
};

/** Nothing for all failed images; several limits hold all at once */
export type Retry = {
  readonly codes?: readonly ErrorCode[];
  readonly host?: string;
  readonly store_id?: string;
};

export type Reuse = {
  readonly image_url: string;
  readonly job_id: number;
  readonly image: number;
  readonly store_id: string;
  readonly visit_time: string;
  readonly kind: ReuseKind;
  readonly score: number;
  readonly why: string;
};

export type ReuseKind = "same_bytes" | "same_picture" | "mirrored" | "turned";

export type ReuseRule = {
  readonly weight: "strong" | "likely" | "note" | "off";
  readonly least_score: number;
};

export type ReuseRules = {
  readonly other_store: ReuseRule;
  readonly other_day: ReuseRule;
  readonly same_day: ReuseRule;
  readonly same_visit: ReuseRule;
};

/** A flagged image */
export type Review = {
  readonly job_id: number;
  readonly image: number;
  readonly visit: number;
  readonly store_id: string;
  readonly store_name: string | null;
  readonly area: string | null;
  readonly visit_time: string;
  readonly visit_date: string | null;
  readonly agent: string | null;
  readonly visit_metadata: Readonly<Record<string, string>>;
  readonly visit_external_id: string | null;
  readonly image_url: string;
  readonly thumbnail_url: string | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly flags: readonly Flag[];
  readonly evidence: readonly Evidence[];
  readonly reuse_of: readonly ReviewedReuse[];
  readonly not_inspected: string | null;
  readonly state: ReviewState;
  readonly decision: Decision | null;
};

/** Flagged images by state, flag and kind of re-use */
export type ReviewCounts = {
  readonly images: number;
  readonly complete: boolean;
  readonly states: { readonly open: number; readonly accepted: number; readonly dismissed: number; };
  readonly flags: FlagCounts;
  readonly kinds: { readonly same_bytes: number; readonly same_picture: number; readonly mirrored: number; readonly turned: number; };
};

export type ReviewEvent = {
  readonly state: ReviewState;
  readonly why: "decided" | "undone" | "new_evidence";
  readonly note: string | null;
  readonly by: string | null;
  readonly at: string;
};

/** A page of flagged images */
export type ReviewPage = {
  readonly data: readonly Review[];
  readonly next_cursor: string | null;
  readonly has_more: boolean;
};

export type ReviewState = "open" | "accepted" | "dismissed";

/** A flagged image and what became of it */
export type ReviewWithHistory = Review & {
  readonly history: readonly ReviewEvent[];
};

export type ReviewedReuse = EarlierPhoto & {
  readonly weight: Weight;
};

export type S3Access = {
  readonly access_key_id: string;
  readonly has_session_token: boolean;
  readonly endpoint: string | null;
  readonly region: string | null;
  readonly path_style: boolean | null;
  readonly requester_pays: boolean;
};

/** The manifest itself; {date} stands for the run's day */
export type SavedManifest = {
  readonly text: string;
};

/** A job that repeats */
export type Schedule = {
  readonly id: number;
  readonly name: string;
  readonly cron: string;
  readonly time_zone: string;
  readonly source: ScheduleSource;
  readonly format: "json" | "ndjson" | "csv" | "xlsx" | null;
  readonly options: ScheduleOptions;
  readonly enabled: boolean;
  readonly next_run_at: string | null;
  readonly created_at: string;
  readonly runs: readonly ScheduleRun[];
};

/** Listed at each run; {date} in `from` stands for the run's day */
export type ScheduleBucket = {
  readonly from: string;
  readonly visits: string;
  readonly take?: "new" | "all";
};

export type ScheduleChanges = {
  readonly name?: string;
  readonly cron?: string;
  readonly time_zone?: string;
  readonly source?: ScheduleSource;
  readonly format?: "json" | "ndjson" | "csv" | "xlsx";
  readonly options?: ScheduleOptions;
  readonly enabled?: boolean;
};

/** What a schedule would submit now, and when it runs */
export type ScheduleDryRun = {
  readonly day: string;
  readonly outcome: "made" | "nothing_new" | "failed";
  readonly error: string | null;
  readonly next_runs: readonly string[];
  readonly check: DryRun | null;
  readonly listing: ListedKeys | null;
  readonly wanted: number | null;
};

/** All schedules */
export type ScheduleList = {
  readonly data: readonly Schedule[];
};

/** Of its jobs, as of a submission; {date} in external_id stands for the run's day */
export type ScheduleOptions = {
  readonly integrity?: "header" | "complete" | "decode";
  readonly inspect?: InspectionLevel;
  readonly least_sharpness?: number;
  readonly most_smear?: number;
  readonly dark_below?: number;
  readonly bright_above?: number;
  readonly least_side?: number;
  readonly time_tolerance_h?: number;
  readonly place_tolerance_m?: number;
  readonly priority?: number;
  readonly external_id?: string;
  readonly metadata?: string;
  readonly callback_url?: string;
  readonly unknown_stores?: "fail" | "reject";
  readonly columns?: string;
  readonly dates?: "dmy" | "mdy" | "ymd";
  readonly unread_times?: "keep" | "reject";
};

/** What became of a run */
export type ScheduleRun = {
  readonly due_at: string;
  readonly ended_at: string;
  readonly outcome: "made" | "nothing_new" | "failed";
  readonly job_id: number | null;
  readonly error: string | null;
};

/** Where the visits come from */
export type ScheduleSource = ManifestUrl | SavedManifest | KeptFile | ScheduleBucket;

export type Scope = "jobs:read" | "jobs:write" | "stores:read" | "stores:write" | "webhooks:manage" | "reviews:decide" | "truth:manage" | "hosts:manage" | "keys:manage" | "admin";

/** Who calls */
export type Session = {
  readonly keys_needed: boolean;
  readonly key_id: string | null;
  readonly tenant: string;
  readonly all_tenants: boolean;
  readonly scopes: readonly Scope[];
};

export type SignIn = {
  readonly key: string;
};

/** Whether a photo was seen before */
export type Similar = {
  readonly inspected: boolean;
  readonly not_inspected: string | null;
  readonly matches: readonly EarlierPhoto[];
};

/** Where a job stands */
export type Status = {
  readonly status: JobStatus;
  readonly job_id: number;
  readonly counts: JobCounts;
  readonly progress: number;
  readonly images_per_second: number;
  readonly eta_seconds: number | null;
  readonly created_at: string;
  readonly started_at: string | null;
  readonly finished_at: string | null;
  readonly failures_by_code: CountsByCode;
  readonly error?: readonly { readonly store_id: string; readonly error: string; }[];
};

/** A store and what was visited of it, in jobs that are not removed */
export type Store = {
  readonly store_id: string;
  readonly store_name: string;
  readonly area: string;
  readonly route: string | null;
  readonly type: string | null;
  readonly opened: string | null;
  readonly closed: string | null;
  readonly visits: number;
  readonly images: number;
  readonly failed: number;
  readonly last_visit_date: string | null;
};

export type StoreChange = {
  readonly kind: "added" | "changed" | "closed" | "reopened";
  readonly store: StoreMasterEntry;
  readonly before: StoreMasterEntry | null;
};

/** What an import did, or would do */
export type StoreImport = {
  readonly imported: boolean;
  readonly added: number;
  readonly changed: number;
  readonly closed: number;
  readonly reopened: number;
  readonly unchanged: number;
  readonly version: number | null;
  readonly columns?: readonly TableColumn[];
  readonly warnings: readonly LineProblem[];
  readonly changes?: readonly StoreChange[];
};

export type StoreMasterEntry = {
  readonly store_id: string;
  readonly store_name: string;
  readonly area: string;
  readonly route: string | null;
  readonly type: string | null;
  readonly opened: string | null;
  readonly closed: string | null;
  readonly latitude: number | null;
  readonly longitude: number | null;
};

/** What an import, or taking one back, made of the store master */
export type StoreMasterVersion = {
  readonly version: number;
  readonly kind: "merge" | "replace" | "undo";
  readonly undoes: number | null;
  readonly by: string | null;
  readonly at: string;
  readonly added: number;
  readonly changed: number;
  readonly closed: number;
  readonly reopened: number;
  readonly removed: number;
  readonly stores: number;
};

/** A page of versions */
export type StoreMasterVersionPage = {
  readonly data: readonly StoreMasterVersion[];
  readonly next_cursor: string | null;
  readonly has_more: boolean;
};

/** A page of stores */
export type StorePage = {
  readonly data: readonly Store[];
  readonly next_cursor: string | null;
  readonly has_more: boolean;
};

/** A store and the days on which it was visited */
export type StoreWithDays = Store & {
  readonly days: readonly { readonly date: string; readonly visits: number; readonly images: number; readonly failed: number; }[];
};

/** What a job is made of */
export type Submission = {
  readonly count: number;
  readonly visits: readonly SubmittedVisit[];
  readonly callback_url?: string;
  readonly external_id?: string | null;
  readonly metadata?: Readonly<Record<string, string>> | null;
};

/** A submission with its photos */
export type SubmissionForm = {
  readonly job: string;
  readonly photos: readonly string[];
};

/** The job is accepted */
export type Submitted = {
  readonly job_id: number;
};

export type SubmittedImage = {
  readonly url: string;
  readonly external_id?: string | null;
  readonly metadata?: Readonly<Record<string, string>> | null;
};

export type SubmittedVisit = {
  readonly store_id: string;
  readonly image_url: readonly (string | SubmittedImage)[];
  readonly visit_time: string;
  readonly external_id?: string | null;
  readonly metadata?: Readonly<Record<string, string>> | null;
};

/** What was visited, in figures */
export type Sums = {
  readonly visits: number;
  readonly images: number;
  readonly failed: number;
  readonly perimeter: number;
  readonly flagged: number;
};

export type TableColumn = {
  readonly header: string;
  readonly means: string | null;
};

/** What inspected photos are judged by */
export type Thresholds = {
  readonly least_sharpness: number;
  readonly most_smear: number;
  readonly dark_below: number;
  readonly bright_above: number;
  readonly least_side: number;
  readonly time_tolerance_h: number;
  readonly place_tolerance_m: number;
};

/** How a tenant writes times, where a submission does not say it */
export type TimeSettings = {
  readonly dates: "dmy" | "mdy" | "ymd" | null;
  readonly time_zone: string | null;
};

/** What is the case, with the facts of the alert's kind */
export type ToldCause = {
  readonly detail: string;
  readonly since: string;
  readonly ended_at: string | null;
  readonly job_id?: number;
  readonly images?: number;
  readonly failed?: number;
  readonly jobs?: number;
  readonly host?: string;
  readonly images_waiting?: number;
  readonly urls_end_at?: string;
  readonly done_at?: string | null;
  readonly store_id?: string;
  readonly area?: string | null;
  readonly last_visit?: string | null;
};

/** What a tenant's photos are judged by */
export type TruthSettings = {
  readonly reuse: ReuseRules;
  readonly quality: QualityThresholds;
  readonly time_tolerance_h: number;
  readonly place_tolerance_m: number;
  readonly agent_key: string;
  readonly changed_by: string | null;
  readonly changed_at: string | null;
};

export type Verdict = {
  readonly decision: "accepted" | "dismissed";
  readonly note?: string;
};

/** A visit and where its images stand */
export type Visit = {
  readonly visit: number;
  readonly store_id: string;
  readonly store_known: boolean;
  readonly visit_time: string;
  readonly visit_date: string | null;
  readonly external_id: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly counts: VisitCounts;
};

export type VisitCounts = {
  readonly images: number;
  readonly done: number;
  readonly succeeded: number;
  readonly failed: number;
};

/** A page of visits */
export type VisitPage = {
  readonly data: readonly Visit[];
  readonly next_cursor: string | null;
  readonly has_more: boolean;
};

/** Perimeters by store and visit date */
export type VisitSums = {
  readonly results: readonly { readonly store_id: string; readonly area: string; readonly store_name: string; readonly data: readonly { readonly date: string; readonly perimeter: number; }[]; }[];
};

export type Warning = {
  readonly pointer: string;
  readonly code: WarningCode;
  readonly detail: string;
};

/** The code that images would get, or a warning's own */
export type WarningCode = "time_unread" | "id_spoiled" | "near_store" | "read_as" | "columns_ignored" | "sheets_unread" | "unknown_store" | "invalid_url" | "blocked_address" | "dns_failed" | "connect_failed" | "tls_failed" | "timeout" | "too_many_redirects" | "not_found" | "forbidden" | "url_expired" | "archived" | "rate_limited" | "http_error" | "host_unavailable" | "body_too_large" | "empty_body" | "not_an_image" | "unsupported_format" | "truncated" | "corrupt" | "zero_dimension" | "too_many_pixels" | "poisoned" | "internal";

/** An endpoint that is told of the ends of jobs */
export type Webhook = {
  readonly id: number;
  readonly url: string;
  readonly format: WebhookFormat;
  readonly events: readonly WebhookEvent[];
  readonly description: string;
  readonly enabled: boolean;
  readonly disabled_reason: string | null;
  readonly old_secret_until: string | null;
  readonly created_at: string;
};

export type WebhookChanged = Webhook & {
  readonly warning: string | null;
};

export type WebhookChanges = {
  readonly url?: string;
  readonly events?: readonly WebhookEvent[];
  readonly description?: string;
  readonly enabled?: boolean;
};

export type WebhookEvent = "job.completed" | "job.failed" | "job.cancelled";

/** The signed JSON; a message of Slack or Microsoft Teams, at the address of its incoming webhook; or a mail */
export type WebhookFormat = "json" | "slack" | "teams" | "email";

/** All endpoints */
export type WebhookList = {
  readonly data: readonly Webhook[];
};

/** A new endpoint with its secret */
export type WebhookMade = WebhookChanged & {
  readonly secret: string;
};

/** An endpoint with its secret */
export type WebhookWithSecret = Webhook & {
  readonly secret: string;
};

export type Weight = "strong" | "likely" | "note";

export type Operations = {
  /** Keep credentials for hosts or buckets */
  readonly addHostAccess: {
    readonly method: "POST";
    readonly path: "/api/v1/hosts/access";
    readonly query: Record<string, never>;
    readonly body: NewHostAccess;
    readonly answer: HostAccess;
  };
  /** Add visits to a job */
  readonly addVisits: {
    readonly method: "POST";
    readonly path: "/api/v1/jobs/{id}/visits";
    readonly query: { readonly unknown_stores?: "fail" | "reject"; readonly columns?: string; readonly dates?: "dmy" | "mdy" | "ymd"; readonly unread_times?: "keep" | "reject"; readonly dry_run?: boolean; };
    readonly body: Submission;
    readonly answer: DryRun | JobWithAdded;
  };
  /** Cancel a job */
  readonly cancelJob: {
    readonly method: "POST";
    readonly path: "/api/v1/jobs/{id}/cancel";
    readonly query: Record<string, never>;
    readonly body: undefined;
    readonly answer: Job;
  };
  /** Change an alert, or switch it off and on */
  readonly changeAlert: {
    readonly method: "PATCH";
    readonly path: "/api/v1/alerts/{id}";
    readonly query: Record<string, never>;
    readonly body: AlertChanges;
    readonly answer: Alert;
  };
  /** Set a secret anew, or change how it is sent */
  readonly changeHostAccess: {
    readonly method: "PATCH";
    readonly path: "/api/v1/hosts/access/{id}";
    readonly query: Record<string, never>;
    readonly body: HostAccessChange;
    readonly answer: HostAccess;
  };
  /** Change a schedule, or switch it off and on */
  readonly changeSchedule: {
    readonly method: "PATCH";
    readonly path: "/api/v1/schedules/{id}";
    readonly query: Record<string, never>;
    readonly body: ScheduleChanges;
    readonly answer: Schedule;
  };
  /** Change an endpoint, or switch it off and on */
  readonly changeWebhook: {
    readonly method: "PATCH";
    readonly path: "/api/v1/webhooks/{id}";
    readonly query: Record<string, never>;
    readonly body: WebhookChanges;
    readonly answer: WebhookChanged;
  };
  /** How many images are flagged, by state, flag and kind */
  readonly countReviews: {
    readonly method: "GET";
    readonly path: "/api/v1/reviews/counts";
    readonly query: { readonly job?: number; readonly flag?: Flag; readonly kind?: ReuseKind; readonly state?: ReviewState; readonly store_id?: string; readonly area?: string; readonly agent?: string; readonly from?: string; readonly to?: string; };
    readonly body: undefined;
    readonly answer: ReviewCounts;
  };
  /** Let people be told of something */
  readonly createAlert: {
    readonly method: "POST";
    readonly path: "/api/v1/alerts";
    readonly query: Record<string, never>;
    readonly body: NewAlert;
    readonly answer: Alert;
  };
  /** Submit a job */
  readonly createJob: {
    readonly method: "POST";
    readonly path: "/api/v1/jobs";
    readonly query: { readonly integrity?: "header" | "complete" | "decode"; readonly inspect?: InspectionLevel; readonly least_sharpness?: number; readonly most_smear?: number; readonly dark_below?: number; readonly bright_above?: number; readonly least_side?: number; readonly time_tolerance_h?: number; readonly place_tolerance_m?: number; readonly priority?: number; readonly external_id?: string; readonly metadata?: string; readonly callback_url?: string; readonly unknown_stores?: "fail" | "reject"; readonly columns?: string; readonly dates?: "dmy" | "mdy" | "ymd"; readonly unread_times?: "keep" | "reject"; readonly dry_run?: boolean; };
    readonly body: Submission;
    readonly answer: DryRun | JobWithWarnings;
  };
  /** Submit the photos in a bucket */
  readonly createJobFromBucket: {
    readonly method: "POST";
    readonly path: "/api/v1/jobs/from-bucket";
    readonly query: { readonly integrity?: "header" | "complete" | "decode"; readonly inspect?: InspectionLevel; readonly least_sharpness?: number; readonly most_smear?: number; readonly dark_below?: number; readonly bright_above?: number; readonly least_side?: number; readonly time_tolerance_h?: number; readonly place_tolerance_m?: number; readonly priority?: number; readonly external_id?: string; readonly metadata?: string; readonly callback_url?: string; readonly unknown_stores?: "fail" | "reject"; readonly dates?: "dmy" | "mdy" | "ymd"; readonly unread_times?: "keep" | "reject"; readonly dry_run?: boolean; };
    readonly body: BucketSource;
    readonly answer: BucketDryRun | BucketJob;
  };
  /** Make an API key */
  readonly createKey: {
    readonly method: "POST";
    readonly path: "/api/v1/keys";
    readonly query: Record<string, never>;
    readonly body: NewKey;
    readonly answer: KeyWithText;
  };
  /** Let a job repeat */
  readonly createSchedule: {
    readonly method: "POST";
    readonly path: "/api/v1/schedules";
    readonly query: { readonly dry_run?: boolean; };
    readonly body: NewSchedule;
    readonly answer: ScheduleDryRun | Schedule;
  };
  /** Register an endpoint */
  readonly createWebhook: {
    readonly method: "POST";
    readonly path: "/api/v1/webhooks";
    readonly query: Record<string, never>;
    readonly body: NewWebhook;
    readonly answer: WebhookMade;
  };
  /** Accept or dismiss the flags of an image */
  readonly decideReview: {
    readonly method: "PUT";
    readonly path: "/api/v1/jobs/{id}/images/{image}/review";
    readonly query: Record<string, never>;
    readonly body: Verdict;
    readonly answer: ReviewWithHistory;
  };
  /** Decide about many flagged images at once */
  readonly decideReviews: {
    readonly method: "POST";
    readonly path: "/api/v1/reviews/decisions";
    readonly query: Record<string, never>;
    readonly body: Decisions;
    readonly answer: Decided;
  };
  /** Delete a job that is over */
  readonly deleteJob: {
    readonly method: "DELETE";
    readonly path: "/api/v1/jobs/{id}";
    readonly query: Record<string, never>;
    readonly body: undefined;
    readonly answer: Deletion;
  };
  /** Have we seen this photo before? */
  readonly findSimilarToPhoto: {
    readonly method: "POST";
    readonly path: "/api/v1/images/similar";
    readonly query: Record<string, never>;
    readonly body: undefined;
    readonly answer: Similar;
  };
  /** Have we seen the photo at this URL before? */
  readonly findSimilarToUrl: {
    readonly method: "GET";
    readonly path: "/api/v1/images/similar";
    readonly query: { readonly url: string; };
    readonly body: undefined;
    readonly answer: Similar;
  };
  /** One alert */
  readonly getAlert: {
    readonly method: "GET";
    readonly path: "/api/v1/alerts/{id}";
    readonly query: Record<string, never>;
    readonly body: undefined;
    readonly answer: Alert;
  };
  /** What was sent, and what came of each attempt */
  readonly getDelivery: {
    readonly method: "GET";
    readonly path: "/api/v1/webhook-deliveries/{no}";
    readonly query: Record<string, never>;
    readonly body: undefined;
    readonly answer: DeliveryInFull;
  };
  /** Why images of a job failed, by code, host and store */
  readonly getFailures: {
    readonly method: "GET";
    readonly path: "/api/v1/jobs/{id}/failures";
    readonly query: { readonly format?: "json" | "csv" | "xlsx"; readonly bom?: number; };
    readonly body: undefined;
    readonly answer: Failures;
  };
  /** Share of flagged visits by store or area */
  readonly getFlaggedShares: {
    readonly method: "GET";
    readonly path: "/api/v1/reviews/shares";
    readonly query: { readonly by?: "store" | "area"; readonly job?: number; readonly flag?: Flag; readonly limit?: number; readonly from?: string; readonly to?: string; readonly format?: "json" | "csv" | "xlsx"; readonly bom?: number; };
    readonly body: undefined;
    readonly answer: FlaggedShares;
  };
  /** Credentials for one pattern of hosts, without what is secret */
  readonly getHostAccess: {
    readonly method: "GET";
    readonly path: "/api/v1/hosts/access/{id}";
    readonly query: Record<string, never>;
    readonly body: undefined;
    readonly answer: HostAccess;
  };
  /** One image with all that is known of it */
  readonly getImage: {
    readonly method: "GET";
    readonly path: "/api/v1/jobs/{id}/images/{image}";
    readonly query: Record<string, never>;
    readonly body: undefined;
    readonly answer: ImageWithPast;
  };
  /** What was visited, over all jobs */
  readonly getInsight: {
    readonly method: "GET";
    readonly path: "/api/v1/insight";
    readonly query: { readonly of?: "all" | "area" | "store" | "host" | "agent"; readonly by?: "day" | "week"; readonly from?: string; readonly to?: string; readonly area?: string; readonly only?: string; readonly cause?: "unknown_store" | "invalid_url" | "blocked_address" | "dns_failed" | "connect_failed" | "tls_failed" | "timeout" | "too_many_redirects" | "not_found" | "forbidden" | "url_expired" | "archived" | "rate_limited" | "http_error" | "host_unavailable" | "body_too_large" | "empty_body" | "not_an_image" | "unsupported_format" | "truncated" | "corrupt" | "zero_dimension" | "too_many_pixels" | "poisoned" | "internal" | "flag:reused" | "flag:blurred" | "flag:dark" | "flag:bright" | "flag:small" | "flag:wrong_time" | "flag:wrong_place" | "flag:edited" | "flag:screen"; readonly rank?: "visits" | "images" | "failed" | "perimeter" | "flagged" | "failed_share" | "cause"; readonly limit?: number; readonly format?: "json" | "csv" | "xlsx"; readonly bom?: number; };
    readonly body: undefined;
    readonly answer: Insight;
  };
  /** Where a job stands */
  readonly getJob: {
    readonly method: "GET";
    readonly path: "/api/v1/jobs/{id}";
    readonly query: Record<string, never>;
    readonly body: undefined;
    readonly answer: Job;
  };
  /** The whole service at one look */
  readonly getOverview: {
    readonly method: "GET";
    readonly path: "/api/v1/overview";
    readonly query: { readonly format?: "json" | "csv" | "xlsx"; readonly bom?: number; };
    readonly body: undefined;
    readonly answer: Overview;
  };
  /** How the figures of a job's photos are spread */
  readonly getQuality: {
    readonly method: "GET";
    readonly path: "/api/v1/jobs/{id}/quality";
    readonly query: { readonly format?: "json" | "csv" | "xlsx"; readonly bom?: number; };
    readonly body: undefined;
    readonly answer: Quality;
  };
  /** A job's results as NDJSON, CSV, XLSX or JSON */
  readonly getResults: {
    readonly method: "GET";
    readonly path: "/api/v1/jobs/{id}/results";
    readonly query: { readonly format?: "ndjson" | "csv" | "json" | "xlsx"; readonly outcome?: "failed"; readonly flags?: string; readonly bom?: number; };
    readonly body: undefined;
    readonly answer: readonly Readonly<Record<string, unknown>>[];
  };
  /** A flagged image with what became of it */
  readonly getReview: {
    readonly method: "GET";
    readonly path: "/api/v1/jobs/{id}/images/{image}/review";
    readonly query: Record<string, never>;
    readonly body: undefined;
    readonly answer: ReviewWithHistory;
  };
  /** One schedule */
  readonly getSchedule: {
    readonly method: "GET";
    readonly path: "/api/v1/schedules/{id}";
    readonly query: Record<string, never>;
    readonly body: undefined;
    readonly answer: Schedule;
  };
  /** Who calls, and what they may do */
  readonly getSession: {
    readonly method: "GET";
    readonly path: "/api/v1/session";
    readonly query: Record<string, never>;
    readonly body: undefined;
    readonly answer: Session;
  };
  /** One store, with the days on which it was visited */
  readonly getStore: {
    readonly method: "GET";
    readonly path: "/api/v1/stores/{store}";
    readonly query: Record<string, never>;
    readonly body: undefined;
    readonly answer: StoreWithDays;
  };
  /** A job on one page, to print */
  readonly getSummary: {
    readonly method: "GET";
    readonly path: "/api/v1/jobs/{id}/summary";
    readonly query: { readonly time_zone?: string; };
    readonly body: undefined;
    readonly answer: undefined;
  };
  /** A picture of a measured image */
  readonly getThumbnail: {
    readonly method: "GET";
    readonly path: "/api/v1/jobs/{id}/images/{image}/thumbnail";
    readonly query: { readonly size?: "small" | "large"; };
    readonly body: undefined;
    readonly answer: undefined;
  };
  /** How times of visits are read */
  readonly getTimeSettings: {
    readonly method: "GET";
    readonly path: "/api/v1/submission/times";
    readonly query: Record<string, never>;
    readonly body: undefined;
    readonly answer: TimeSettings;
  };
  /** What photos are judged by */
  readonly getTruthSettings: {
    readonly method: "GET";
    readonly path: "/api/v1/truth/settings";
    readonly query: Record<string, never>;
    readonly body: undefined;
    readonly answer: TruthSettings;
  };
  /** One endpoint */
  readonly getWebhook: {
    readonly method: "GET";
    readonly path: "/api/v1/webhooks/{id}";
    readonly query: Record<string, never>;
    readonly body: undefined;
    readonly answer: Webhook;
  };
  /** Wait no longer for a host */
  readonly giveUpHost: {
    readonly method: "POST";
    readonly path: "/api/v1/hosts/{host}/give-up";
    readonly query: Record<string, never>;
    readonly body: undefined;
    readonly answer: HostGivenUp;
  };
  /** Import a store master */
  readonly importStores: {
    readonly method: "POST";
    readonly path: "/api/v1/stores/import";
    readonly query: { readonly dry_run?: boolean; readonly mode?: "merge" | "replace"; readonly columns?: string; };
    readonly body: undefined;
    readonly answer: StoreImport;
  };
  /** Keep a file for a schedule */
  readonly keepScheduleFile: {
    readonly method: "POST";
    readonly path: "/api/v1/schedules/files";
    readonly query: Record<string, never>;
    readonly body: Submission;
    readonly answer: KeptScheduleFile;
  };
  /** What people are told of, and what is the case now */
  readonly listAlerts: {
    readonly method: "GET";
    readonly path: "/api/v1/alerts";
    readonly query: Record<string, never>;
    readonly body: undefined;
    readonly answer: AlertList;
  };
  /** Images of all jobs with their results */
  readonly listAnyImages: {
    readonly method: "GET";
    readonly path: "/api/v1/images";
    readonly query: { readonly area?: string; readonly store?: string; readonly host?: string; readonly agent?: string; readonly outcome?: "measured" | "failed"; readonly code?: ErrorCode; readonly flag?: Flag; readonly from?: string; readonly to?: string; readonly undated?: boolean; readonly job?: number; readonly limit?: number; readonly cursor?: string; readonly format?: "json" | "csv" | "xlsx"; readonly bom?: number; };
    readonly body: undefined;
    readonly answer: AnyImagePage;
  };
  /** Areas with what was visited of their stores */
  readonly listAreas: {
    readonly method: "GET";
    readonly path: "/api/v1/areas";
    readonly query: { readonly format?: "json" | "csv" | "xlsx"; readonly bom?: number; };
    readonly body: undefined;
    readonly answer: AreaList;
  };
  /** Who changed what, newest first */
  readonly listChanges: {
    readonly method: "GET";
    readonly path: "/api/v1/audit";
    readonly query: { readonly limit?: number; readonly cursor?: string; readonly format?: "json" | "csv" | "xlsx"; readonly bom?: number; };
    readonly body: undefined;
    readonly answer: ChangePage;
  };
  /** Deleted jobs that can be restored */
  readonly listDeletedJobs: {
    readonly method: "GET";
    readonly path: "/api/v1/deleted-jobs";
    readonly query: Record<string, never>;
    readonly body: undefined;
    readonly answer: DeletedJobs;
  };
  /** What was told to whom, newest first */
  readonly listDeliveries: {
    readonly method: "GET";
    readonly path: "/api/v1/webhook-deliveries";
    readonly query: { readonly webhook_id?: number; readonly job_id?: number; readonly status?: "pending" | "delivered" | "failed"; readonly limit?: number; readonly cursor?: string; readonly format?: "json" | "csv" | "xlsx"; readonly bom?: number; };
    readonly body: undefined;
    readonly answer: DeliveryPage;
  };
  /** Credentials for hosts, without what is secret */
  readonly listHostAccess: {
    readonly method: "GET";
    readonly path: "/api/v1/hosts/access";
    readonly query: Record<string, never>;
    readonly body: undefined;
    readonly answer: HostAccessList;
  };
  /** Hosts in trouble that images wait for */
  readonly listHosts: {
    readonly method: "GET";
    readonly path: "/api/v1/hosts";
    readonly query: Record<string, never>;
    readonly body: undefined;
    readonly answer: HostList;
  };
  /** Images of a job with their results */
  readonly listImages: {
    readonly method: "GET";
    readonly path: "/api/v1/jobs/{id}/images";
    readonly query: { readonly outcome?: "pending" | "measured" | "failed"; readonly code?: ErrorCode; readonly store_id?: string; readonly visit?: number; readonly flags?: string; readonly host?: string; readonly limit?: number; readonly cursor?: string; readonly format?: "json" | "csv" | "xlsx"; readonly bom?: number; };
    readonly body: undefined;
    readonly answer: ImagePage;
  };
  /** Stores that nobody visited for some days */
  readonly listInactiveStores: {
    readonly method: "GET";
    readonly path: "/api/v1/stores/inactive";
    readonly query: { readonly days?: number; readonly q?: string; readonly area?: string; readonly limit?: number; readonly cursor?: string; readonly format?: "json" | "csv" | "xlsx"; readonly bom?: number; };
    readonly body: undefined;
    readonly answer: StorePage;
  };
  /** Jobs, newest first */
  readonly listJobs: {
    readonly method: "GET";
    readonly path: "/api/v1/jobs";
    readonly query: { readonly status?: string; readonly store_id?: string; readonly area?: string; readonly external_id?: string; readonly created_after?: string; readonly created_before?: string; readonly limit?: number; readonly cursor?: string; readonly format?: "json" | "csv" | "xlsx"; readonly bom?: number; };
    readonly body: undefined;
    readonly answer: JobPage;
  };
  /** API keys, oldest first */
  readonly listKeys: {
    readonly method: "GET";
    readonly path: "/api/v1/keys";
    readonly query: Record<string, never>;
    readonly body: undefined;
    readonly answer: KeyList;
  };
  /** Flagged images of all jobs */
  readonly listReviews: {
    readonly method: "GET";
    readonly path: "/api/v1/reviews";
    readonly query: { readonly job?: number; readonly flag?: Flag; readonly kind?: ReuseKind; readonly state?: ReviewState; readonly store_id?: string; readonly area?: string; readonly agent?: string; readonly from?: string; readonly to?: string; readonly limit?: number; readonly cursor?: string; readonly format?: "json" | "csv" | "xlsx"; readonly bom?: number; };
    readonly body: undefined;
    readonly answer: ReviewPage;
  };
  /** Jobs that repeat */
  readonly listSchedules: {
    readonly method: "GET";
    readonly path: "/api/v1/schedules";
    readonly query: Record<string, never>;
    readonly body: undefined;
    readonly answer: ScheduleList;
  };
  /** Versions of the store master, newest first */
  readonly listStoreVersions: {
    readonly method: "GET";
    readonly path: "/api/v1/stores/versions";
    readonly query: { readonly limit?: number; readonly cursor?: string; readonly format?: "json" | "csv" | "xlsx"; readonly bom?: number; };
    readonly body: undefined;
    readonly answer: StoreMasterVersionPage;
  };
  /** Stores by id, with what was visited of them */
  readonly listStores: {
    readonly method: "GET";
    readonly path: "/api/v1/stores";
    readonly query: { readonly q?: string; readonly area?: string; readonly state?: "open" | "closed"; readonly limit?: number; readonly cursor?: string; readonly format?: "json" | "csv" | "xlsx"; readonly bom?: number; };
    readonly body: undefined;
    readonly answer: StorePage;
  };
  /** Visits of a job */
  readonly listVisits: {
    readonly method: "GET";
    readonly path: "/api/v1/jobs/{id}/visits";
    readonly query: { readonly store_id?: string; readonly limit?: number; readonly cursor?: string; readonly format?: "json" | "csv" | "xlsx"; readonly bom?: number; };
    readonly body: undefined;
    readonly answer: VisitPage;
  };
  /** Endpoints that are told of the ends of jobs */
  readonly listWebhooks: {
    readonly method: "GET";
    readonly path: "/api/v1/webhooks";
    readonly query: Record<string, never>;
    readonly body: undefined;
    readonly answer: WebhookList;
  };
  /** Hold a job back */
  readonly pauseJob: {
    readonly method: "POST";
    readonly path: "/api/v1/jobs/{id}/pause";
    readonly query: Record<string, never>;
    readonly body: undefined;
    readonly answer: Job;
  };
  /** Send an endpoint a message to try it */
  readonly pingWebhook: {
    readonly method: "POST";
    readonly path: "/api/v1/webhooks/{id}/ping";
    readonly query: Record<string, never>;
    readonly body: undefined;
    readonly answer: Delivery;
  };
  /** Set how times of visits are read */
  readonly putTimeSettings: {
    readonly method: "PUT";
    readonly path: "/api/v1/submission/times";
    readonly query: Record<string, never>;
    readonly body: NewTimeSettings;
    readonly answer: TimeSettings;
  };
  /** Set what photos are judged by */
  readonly putTruthSettings: {
    readonly method: "PUT";
    readonly path: "/api/v1/truth/settings";
    readonly query: Record<string, never>;
    readonly body: NewTruthSettings;
    readonly answer: TruthSettings;
  };
  /** Remove an alert */
  readonly removeAlert: {
    readonly method: "DELETE";
    readonly path: "/api/v1/alerts/{id}";
    readonly query: Record<string, never>;
    readonly body: undefined;
    readonly answer: undefined;
  };
  /** Forget credentials */
  readonly removeHostAccess: {
    readonly method: "DELETE";
    readonly path: "/api/v1/hosts/access/{id}";
    readonly query: Record<string, never>;
    readonly body: undefined;
    readonly answer: undefined;
  };
  /** Remove a schedule */
  readonly removeSchedule: {
    readonly method: "DELETE";
    readonly path: "/api/v1/schedules/{id}";
    readonly query: Record<string, never>;
    readonly body: undefined;
    readonly answer: undefined;
  };
  /** Remove an endpoint with its deliveries */
  readonly removeWebhook: {
    readonly method: "DELETE";
    readonly path: "/api/v1/webhooks/{id}";
    readonly query: Record<string, never>;
    readonly body: undefined;
    readonly answer: undefined;
  };
  /** Tell it once more, as a new delivery */
  readonly replayDelivery: {
    readonly method: "POST";
    readonly path: "/api/v1/webhook-deliveries/{no}/replay";
    readonly query: Record<string, never>;
    readonly body: undefined;
    readonly answer: Delivery;
  };
  /** Take the deletion of a job back */
  readonly restoreJob: {
    readonly method: "POST";
    readonly path: "/api/v1/deleted-jobs/{id}/restore";
    readonly query: Record<string, never>;
    readonly body: undefined;
    readonly answer: Job;
  };
  /** Let a paused job go on */
  readonly resumeJob: {
    readonly method: "POST";
    readonly path: "/api/v1/jobs/{id}/resume";
    readonly query: Record<string, never>;
    readonly body: undefined;
    readonly answer: Job;
  };
  /** Run failed images of a job again */
  readonly retryJob: {
    readonly method: "POST";
    readonly path: "/api/v1/jobs/{id}/retry";
    readonly query: Record<string, never>;
    readonly body: Retry;
    readonly answer: JobWithWarnings;
  };
  /** End an API key now */
  readonly revokeKey: {
    readonly method: "POST";
    readonly path: "/api/v1/keys/{id}/revoke";
    readonly query: Record<string, never>;
    readonly body: undefined;
    readonly answer: Key;
  };
  /** Replace an API key */
  readonly rotateKey: {
    readonly method: "POST";
    readonly path: "/api/v1/keys/{id}/rotate";
    readonly query: Record<string, never>;
    readonly body: KeyRotation;
    readonly answer: KeyWithText;
  };
  /** Give an endpoint a new secret */
  readonly rotateWebhook: {
    readonly method: "POST";
    readonly path: "/api/v1/webhooks/{id}/rotate";
    readonly query: Record<string, never>;
    readonly body: undefined;
    readonly answer: WebhookWithSecret;
  };
  /** Run a schedule now */
  readonly runSchedule: {
    readonly method: "POST";
    readonly path: "/api/v1/schedules/{id}/run";
    readonly query: { readonly dry_run?: boolean; };
    readonly body: undefined;
    readonly answer: ScheduleDryRun | Schedule;
  };
  /** Change a job's priority */
  readonly setJobPriority: {
    readonly method: "POST";
    readonly path: "/api/v1/jobs/{id}/priority";
    readonly query: Record<string, never>;
    readonly body: NewPriority;
    readonly answer: Job;
  };
  /** Sign in with a key */
  readonly signIn: {
    readonly method: "POST";
    readonly path: "/api/v1/session";
    readonly query: Record<string, never>;
    readonly body: SignIn;
    readonly answer: Session;
  };
  /** Sign out */
  readonly signOut: {
    readonly method: "DELETE";
    readonly path: "/api/v1/session";
    readonly query: Record<string, never>;
    readonly body: undefined;
    readonly answer: undefined;
  };
  /** What changes in all jobs, as it happens */
  readonly streamEvents: {
    readonly method: "GET";
    readonly path: "/api/v1/events";
    readonly query: Record<string, never>;
    readonly body: undefined;
    readonly answer: undefined;
  };
  /** What changes in one job, as it happens */
  readonly streamJobEvents: {
    readonly method: "GET";
    readonly path: "/api/v1/jobs/{id}/events";
    readonly query: Record<string, never>;
    readonly body: undefined;
    readonly answer: undefined;
  };
  /** Send an alert's webhooks a message to try it */
  readonly testAlert: {
    readonly method: "POST";
    readonly path: "/api/v1/alerts/{id}/test";
    readonly query: Record<string, never>;
    readonly body: undefined;
    readonly answer: DeliveryList;
  };
  /** Ask for one image with the credentials that are kept for it */
  readonly testHostAccess: {
    readonly method: "POST";
    readonly path: "/api/v1/hosts/access/test";
    readonly query: Record<string, never>;
    readonly body: HostAccessToTest;
    readonly answer: HostAccessTest;
  };
  /** Take the decision about a flagged image back */
  readonly undoReview: {
    readonly method: "DELETE";
    readonly path: "/api/v1/jobs/{id}/images/{image}/review";
    readonly query: Record<string, never>;
    readonly body: undefined;
    readonly answer: ReviewWithHistory;
  };
  /** Take an import of the store master back */
  readonly undoStoreVersion: {
    readonly method: "POST";
    readonly path: "/api/v1/stores/versions/{version}/undo";
    readonly query: Record<string, never>;
    readonly body: undefined;
    readonly answer: StoreMasterVersion;
  };
};
