/** Made from the service's OpenAPI document by scripts/write-sdk-types.ts; a test fails when it is out of date. Never edit. */

export type Operations = {
  /** Cancel a job */
  readonly cancelJob: {
    readonly method: "POST";
    readonly path: "/api/v1/jobs/{id}/cancel";
    readonly query: Record<string, never>;
    readonly body: undefined;
    readonly answer: { readonly job_id: number; readonly external_id: string | null; readonly metadata: Readonly<Record<string, string>>; readonly callback_url: string | null; readonly run: number; readonly status: "ongoing" | "paused" | "completed" | "failed" | "cancelled"; readonly priority: number; readonly counts: { readonly visits: number; readonly images: number; readonly done: number; readonly succeeded: number; readonly failed: number; }; readonly progress: number; readonly images_per_second: number; readonly eta_seconds: number | null; readonly failures_by_code: { readonly unknown_store?: number; readonly invalid_url?: number; readonly blocked_address?: number; readonly dns_failed?: number; readonly connect_failed?: number; readonly tls_failed?: number; readonly timeout?: number; readonly too_many_redirects?: number; readonly not_found?: number; readonly forbidden?: number; readonly url_expired?: number; readonly rate_limited?: number; readonly http_error?: number; readonly host_unavailable?: number; readonly body_too_large?: number; readonly empty_body?: number; readonly not_an_image?: number; readonly unsupported_format?: number; readonly truncated?: number; readonly corrupt?: number; readonly zero_dimension?: number; readonly too_many_pixels?: number; readonly poisoned?: number; readonly internal?: number; }; readonly inspect: "off" | "quick" | "full"; readonly thresholds: { readonly least_sharpness: number; readonly most_smear: number; readonly dark_below: number; readonly bright_above: number; readonly least_side: number; readonly time_tolerance_h: number; readonly place_tolerance_m: number; } | null; readonly flagged: { readonly images: number; readonly dismissed: number; readonly flags: { readonly reused: number; readonly blurred: number; readonly dark: number; readonly bright: number; readonly small: number; readonly wrong_time: number; readonly wrong_place: number; readonly edited: number; readonly screen: number; }; }; readonly created_at: string; readonly started_at: string | null; readonly finished_at: string | null; };
  };
  /** Change an endpoint, or switch it off and on */
  readonly changeWebhook: {
    readonly method: "PATCH";
    readonly path: "/api/v1/webhooks/{id}";
    readonly query: Record<string, never>;
    readonly body: { readonly url?: string; readonly events?: readonly ("job.completed" | "job.failed" | "job.cancelled")[]; readonly description?: string; readonly enabled?: boolean; };
    readonly answer: { readonly id: number; readonly url: string; readonly events: readonly ("job.completed" | "job.failed" | "job.cancelled")[]; readonly description: string; readonly enabled: boolean; readonly disabled_reason: string | null; readonly old_secret_until: string | null; readonly created_at: string; };
  };
  /** How many images are flagged, by state, flag and kind */
  readonly countReviews: {
    readonly method: "GET";
    readonly path: "/api/v1/reviews/counts";
    readonly query: { readonly job?: number; readonly flag?: "reused" | "blurred" | "dark" | "bright" | "small" | "wrong_time" | "wrong_place" | "edited" | "screen"; readonly kind?: "same_bytes" | "same_picture" | "mirrored" | "turned"; readonly state?: "open" | "accepted" | "dismissed"; readonly store_id?: string; readonly area?: string; readonly agent?: string; readonly from?: string; readonly to?: string; };
    readonly body: undefined;
    readonly answer: { readonly images: number; readonly complete: boolean; readonly states: { readonly open: number; readonly accepted: number; readonly dismissed: number; }; readonly flags: { readonly reused: number; readonly blurred: number; readonly dark: number; readonly bright: number; readonly small: number; readonly wrong_time: number; readonly wrong_place: number; readonly edited: number; readonly screen: number; }; readonly kinds: { readonly same_bytes: number; readonly same_picture: number; readonly mirrored: number; readonly turned: number; }; };
  };
  /** Submit a job */
  readonly createJob: {
    readonly method: "POST";
    readonly path: "/api/v1/jobs";
    readonly query: { readonly unknown_stores?: "fail" | "reject"; readonly integrity?: "header" | "complete" | "decode"; readonly inspect?: "off" | "quick" | "full"; readonly least_sharpness?: number; readonly most_smear?: number; readonly dark_below?: number; readonly bright_above?: number; readonly least_side?: number; readonly time_tolerance_h?: number; readonly place_tolerance_m?: number; readonly priority?: number; readonly external_id?: string; readonly metadata?: string; readonly callback_url?: string; readonly dry_run?: boolean; };
    readonly body: { readonly count: number; readonly visits: readonly ({ readonly store_id: string; readonly image_url: readonly (string | { readonly url: string; readonly external_id?: string | null; readonly metadata?: Readonly<Record<string, string>> | null; })[]; readonly visit_time: string; readonly external_id?: string | null; readonly metadata?: Readonly<Record<string, string>> | null; })[]; readonly callback_url?: string; readonly external_id?: string | null; readonly metadata?: Readonly<Record<string, string>> | null; };
    readonly answer: { readonly would_be_accepted: boolean; readonly visits: number; readonly images: number; readonly problems: readonly ({ readonly pointer: string; readonly code: "missing" | "malformed" | "not_allowed" | "too_long" | "repeated" | "unknown" | "unused" | "mismatch" | "misplaced"; readonly detail: string; })[]; readonly problems_total: number; readonly unknown_stores: readonly (string)[]; readonly ignored_columns: readonly (string)[]; } | { readonly job_id: number; readonly external_id: string | null; readonly metadata: Readonly<Record<string, string>>; readonly callback_url: string | null; readonly run: number; readonly status: "ongoing" | "paused" | "completed" | "failed" | "cancelled"; readonly priority: number; readonly counts: { readonly visits: number; readonly images: number; readonly done: number; readonly succeeded: number; readonly failed: number; }; readonly progress: number; readonly images_per_second: number; readonly eta_seconds: number | null; readonly failures_by_code: { readonly unknown_store?: number; readonly invalid_url?: number; readonly blocked_address?: number; readonly dns_failed?: number; readonly connect_failed?: number; readonly tls_failed?: number; readonly timeout?: number; readonly too_many_redirects?: number; readonly not_found?: number; readonly forbidden?: number; readonly url_expired?: number; readonly rate_limited?: number; readonly http_error?: number; readonly host_unavailable?: number; readonly body_too_large?: number; readonly empty_body?: number; readonly not_an_image?: number; readonly unsupported_format?: number; readonly truncated?: number; readonly corrupt?: number; readonly zero_dimension?: number; readonly too_many_pixels?: number; readonly poisoned?: number; readonly internal?: number; }; readonly inspect: "off" | "quick" | "full"; readonly thresholds: { readonly least_sharpness: number; readonly most_smear: number; readonly dark_below: number; readonly bright_above: number; readonly least_side: number; readonly time_tolerance_h: number; readonly place_tolerance_m: number; } | null; readonly flagged: { readonly images: number; readonly dismissed: number; readonly flags: { readonly reused: number; readonly blurred: number; readonly dark: number; readonly bright: number; readonly small: number; readonly wrong_time: number; readonly wrong_place: number; readonly edited: number; readonly screen: number; }; }; readonly created_at: string; readonly started_at: string | null; readonly finished_at: string | null; };
  };
  /** Make an API key */
  readonly createKey: {
    readonly method: "POST";
    readonly path: "/api/v1/keys";
    readonly query: Record<string, never>;
    readonly body: { readonly name: string; readonly scopes: readonly ("jobs:read" | "jobs:write" | "stores:read" | "stores:write" | "webhooks:manage" | "reviews:decide" | "truth:manage" | "keys:manage" | "admin")[]; readonly tenant?: string; readonly expires_in_days?: number; };
    readonly answer: { readonly id: string; readonly name: string; readonly tenant: string; readonly scopes: readonly ("jobs:read" | "jobs:write" | "stores:read" | "stores:write" | "webhooks:manage" | "reviews:decide" | "truth:manage" | "keys:manage" | "admin")[]; readonly status: "active" | "expired" | "revoked"; readonly created_at: string; readonly expires_at: string | null; readonly revoked_at: string | null; readonly last_used_at: string | null; readonly key: string; };
  };
  /** Register an endpoint */
  readonly createWebhook: {
    readonly method: "POST";
    readonly path: "/api/v1/webhooks";
    readonly query: Record<string, never>;
    readonly body: { readonly url: string; readonly events?: readonly ("job.completed" | "job.failed" | "job.cancelled")[]; readonly description?: string; };
    readonly answer: { readonly id: number; readonly url: string; readonly events: readonly ("job.completed" | "job.failed" | "job.cancelled")[]; readonly description: string; readonly enabled: boolean; readonly disabled_reason: string | null; readonly old_secret_until: string | null; readonly created_at: string; readonly secret: string; };
  };
  /** Accept or dismiss the flags of an image */
  readonly decideReview: {
    readonly method: "PUT";
    readonly path: "/api/v1/jobs/{id}/images/{image}/review";
    readonly query: Record<string, never>;
    readonly body: { readonly decision: "accepted" | "dismissed"; readonly note?: string; };
    readonly answer: { readonly job_id: number; readonly image: number; readonly visit: number; readonly store_id: string; readonly store_name: string | null; readonly area: string | null; readonly visit_time: string; readonly visit_date: string | null; readonly agent: string | null; readonly visit_metadata: Readonly<Record<string, string>>; readonly visit_external_id: string | null; readonly image_url: string; readonly thumbnail_url: string | null; readonly width: number | null; readonly height: number | null; readonly flags: readonly ("reused" | "blurred" | "dark" | "bright" | "small" | "wrong_time" | "wrong_place" | "edited" | "screen")[]; readonly evidence: readonly ({ readonly flag: "reused" | "blurred" | "dark" | "bright" | "small" | "wrong_time" | "wrong_place" | "edited" | "screen"; readonly why: string; readonly measure: "sharpness" | "smear" | "p95" | "p5" | "shorter_side" | "hours_apart" | "metres_apart" | "likeness" | null; readonly figure: number | null; readonly threshold: number | null; readonly weight: "strong" | "likely" | "note"; })[]; readonly reuse_of: readonly ({ readonly image_url: string; readonly job_id: number; readonly image: number; readonly store_id: string; readonly store_name: string | null; readonly area: string | null; readonly visit_time: string; readonly kind: "same_bytes" | "same_picture" | "mirrored" | "turned"; readonly score: number; readonly why: string; readonly thumbnail_url: string | null; readonly lay_over: readonly (number)[] | null; readonly weight: "strong" | "likely" | "note"; })[]; readonly state: "open" | "accepted" | "dismissed"; readonly decision: { readonly state: "accepted" | "dismissed"; readonly note: string | null; readonly by: string | null; readonly at: string; } | null; readonly history: readonly ({ readonly state: "open" | "accepted" | "dismissed"; readonly why: "decided" | "undone" | "new_evidence"; readonly note: string | null; readonly by: string | null; readonly at: string; })[]; };
  };
  /** Decide about many flagged images at once */
  readonly decideReviews: {
    readonly method: "POST";
    readonly path: "/api/v1/reviews/decisions";
    readonly query: Record<string, never>;
    readonly body: { readonly images: readonly ({ readonly job_id: number; readonly image: number; })[]; readonly decision: "accepted" | "dismissed" | "open"; readonly note?: string; };
    readonly answer: { readonly changed: number; readonly unchanged: number; readonly not_found: readonly ({ readonly job_id: number; readonly image: number; })[]; };
  };
  /** Have we seen this photo before? */
  readonly findSimilarToPhoto: {
    readonly method: "POST";
    readonly path: "/api/v1/images/similar";
    readonly query: Record<string, never>;
    readonly body: undefined;
    readonly answer: { readonly inspected: boolean; readonly not_inspected: string | null; readonly matches: readonly ({ readonly image_url: string; readonly job_id: number; readonly image: number; readonly store_id: string; readonly store_name: string | null; readonly area: string | null; readonly visit_time: string; readonly kind: "same_bytes" | "same_picture" | "mirrored" | "turned"; readonly score: number; readonly why: string; readonly thumbnail_url: string | null; readonly lay_over: readonly (number)[] | null; })[]; };
  };
  /** Have we seen the photo at this URL before? */
  readonly findSimilarToUrl: {
    readonly method: "GET";
    readonly path: "/api/v1/images/similar";
    readonly query: { readonly url: string; };
    readonly body: undefined;
    readonly answer: { readonly inspected: boolean; readonly not_inspected: string | null; readonly matches: readonly ({ readonly image_url: string; readonly job_id: number; readonly image: number; readonly store_id: string; readonly store_name: string | null; readonly area: string | null; readonly visit_time: string; readonly kind: "same_bytes" | "same_picture" | "mirrored" | "turned"; readonly score: number; readonly why: string; readonly thumbnail_url: string | null; readonly lay_over: readonly (number)[] | null; })[]; };
  };
  /** Why images of a job failed, by code, host and store */
  readonly getFailures: {
    readonly method: "GET";
    readonly path: "/api/v1/jobs/{id}/failures";
    readonly query: Record<string, never>;
    readonly body: undefined;
    readonly answer: { readonly total: number; readonly groups: readonly ({ readonly code: "unknown_store" | "invalid_url" | "blocked_address" | "dns_failed" | "connect_failed" | "tls_failed" | "timeout" | "too_many_redirects" | "not_found" | "forbidden" | "url_expired" | "rate_limited" | "http_error" | "host_unavailable" | "body_too_large" | "empty_body" | "not_an_image" | "unsupported_format" | "truncated" | "corrupt" | "zero_dimension" | "too_many_pixels" | "poisoned" | "internal"; readonly about: string; readonly images: number; readonly hosts: readonly ({ readonly host: string; readonly images: number; readonly stores: readonly ({ readonly store_id: string; readonly images: number; })[]; readonly more_stores: number; })[]; readonly more_hosts: number; })[]; };
  };
  /** Share of flagged visits by store or area */
  readonly getFlaggedShares: {
    readonly method: "GET";
    readonly path: "/api/v1/reviews/shares";
    readonly query: { readonly by?: "store" | "area"; readonly job?: number; readonly flag?: "reused" | "blurred" | "dark" | "bright" | "small" | "wrong_time" | "wrong_place" | "edited" | "screen"; readonly limit?: number; readonly from?: string; readonly to?: string; };
    readonly body: undefined;
    readonly answer: { readonly visits: number; readonly flagged_visits: number; readonly share: number; readonly data: readonly ({ readonly store_id?: string; readonly store_name?: string | null; readonly area: string | null; readonly visits: number; readonly flagged_visits: number; readonly share: number; })[]; readonly more: number; };
  };
  /** One image, with what retries replaced */
  readonly getImage: {
    readonly method: "GET";
    readonly path: "/api/v1/jobs/{id}/images/{image}";
    readonly query: Record<string, never>;
    readonly body: undefined;
    readonly answer: { readonly image: number; readonly visit: number; readonly store_id: string; readonly visit_time: string; readonly image_url: string; readonly external_id: string | null; readonly metadata: Readonly<Record<string, string>>; readonly outcome: "pending" | "measured" | "failed"; readonly width: number | null; readonly height: number | null; readonly perimeter: number | null; readonly format: "jpeg" | "png" | "gif" | "webp" | "bmp" | "tiff" | "avif" | "heic" | "jxl" | "ico" | "psd" | null; readonly bytes: number | null; readonly code: "unknown_store" | "invalid_url" | "blocked_address" | "dns_failed" | "connect_failed" | "tls_failed" | "timeout" | "too_many_redirects" | "not_found" | "forbidden" | "url_expired" | "rate_limited" | "http_error" | "host_unavailable" | "body_too_large" | "empty_body" | "not_an_image" | "unsupported_format" | "truncated" | "corrupt" | "zero_dimension" | "too_many_pixels" | "poisoned" | "internal" | null; readonly detail: string | null; readonly attempts: number | null; readonly fetch_ms: number | null; readonly finished_at: string | null; readonly integrity: "header" | "complete" | "decode" | null; readonly not_decoded: string | null; readonly flags: readonly ("reused" | "blurred" | "dark" | "bright" | "small" | "wrong_time" | "wrong_place" | "edited" | "screen")[]; readonly findings: readonly ({ readonly flag: "reused" | "blurred" | "dark" | "bright" | "small" | "wrong_time" | "wrong_place" | "edited" | "screen"; readonly why: string; })[]; readonly reuse_of: readonly ({ readonly image_url: string; readonly job_id: number; readonly image: number; readonly store_id: string; readonly visit_time: string; readonly kind: "same_bytes" | "same_picture" | "mirrored" | "turned"; readonly score: number; readonly why: string; })[]; readonly decision: "accepted" | "dismissed" | null; readonly past_results: readonly ({ readonly run: number; readonly code: "unknown_store" | "invalid_url" | "blocked_address" | "dns_failed" | "connect_failed" | "tls_failed" | "timeout" | "too_many_redirects" | "not_found" | "forbidden" | "url_expired" | "rate_limited" | "http_error" | "host_unavailable" | "body_too_large" | "empty_body" | "not_an_image" | "unsupported_format" | "truncated" | "corrupt" | "zero_dimension" | "too_many_pixels" | "poisoned" | "internal"; readonly detail: string | null; readonly attempts: number; readonly finished_at: string; })[]; };
  };
  /** Where a job stands */
  readonly getJob: {
    readonly method: "GET";
    readonly path: "/api/v1/jobs/{id}";
    readonly query: Record<string, never>;
    readonly body: undefined;
    readonly answer: { readonly job_id: number; readonly external_id: string | null; readonly metadata: Readonly<Record<string, string>>; readonly callback_url: string | null; readonly run: number; readonly status: "ongoing" | "paused" | "completed" | "failed" | "cancelled"; readonly priority: number; readonly counts: { readonly visits: number; readonly images: number; readonly done: number; readonly succeeded: number; readonly failed: number; }; readonly progress: number; readonly images_per_second: number; readonly eta_seconds: number | null; readonly failures_by_code: { readonly unknown_store?: number; readonly invalid_url?: number; readonly blocked_address?: number; readonly dns_failed?: number; readonly connect_failed?: number; readonly tls_failed?: number; readonly timeout?: number; readonly too_many_redirects?: number; readonly not_found?: number; readonly forbidden?: number; readonly url_expired?: number; readonly rate_limited?: number; readonly http_error?: number; readonly host_unavailable?: number; readonly body_too_large?: number; readonly empty_body?: number; readonly not_an_image?: number; readonly unsupported_format?: number; readonly truncated?: number; readonly corrupt?: number; readonly zero_dimension?: number; readonly too_many_pixels?: number; readonly poisoned?: number; readonly internal?: number; }; readonly inspect: "off" | "quick" | "full"; readonly thresholds: { readonly least_sharpness: number; readonly most_smear: number; readonly dark_below: number; readonly bright_above: number; readonly least_side: number; readonly time_tolerance_h: number; readonly place_tolerance_m: number; } | null; readonly flagged: { readonly images: number; readonly dismissed: number; readonly flags: { readonly reused: number; readonly blurred: number; readonly dark: number; readonly bright: number; readonly small: number; readonly wrong_time: number; readonly wrong_place: number; readonly edited: number; readonly screen: number; }; }; readonly created_at: string; readonly started_at: string | null; readonly finished_at: string | null; };
  };
  /** The whole service at one look */
  readonly getOverview: {
    readonly method: "GET";
    readonly path: "/api/v1/overview";
    readonly query: Record<string, never>;
    readonly body: undefined;
    readonly answer: { readonly images_per_second: number; readonly backlog: { readonly jobs: number; readonly images: number; readonly chunks: { readonly pending: number; readonly queued: number; readonly running: number; }; readonly oldest_queued_ms: number; readonly eta_seconds: number | null; }; readonly last_hour: { readonly done: number; readonly failed: number; readonly failures_by_code: { readonly unknown_store?: number; readonly invalid_url?: number; readonly blocked_address?: number; readonly dns_failed?: number; readonly connect_failed?: number; readonly tls_failed?: number; readonly timeout?: number; readonly too_many_redirects?: number; readonly not_found?: number; readonly forbidden?: number; readonly url_expired?: number; readonly rate_limited?: number; readonly http_error?: number; readonly host_unavailable?: number; readonly body_too_large?: number; readonly empty_body?: number; readonly not_an_image?: number; readonly unsupported_format?: number; readonly truncated?: number; readonly corrupt?: number; readonly zero_dimension?: number; readonly too_many_pixels?: number; readonly poisoned?: number; readonly internal?: number; }; }; readonly gpu: { readonly places: number; readonly busy: number; readonly utilisation: number | null; }; readonly hosts_in_trouble: readonly ({ readonly host: string; readonly code: "unknown_store" | "invalid_url" | "blocked_address" | "dns_failed" | "connect_failed" | "tls_failed" | "timeout" | "too_many_redirects" | "not_found" | "forbidden" | "url_expired" | "rate_limited" | "http_error" | "host_unavailable" | "body_too_large" | "empty_body" | "not_an_image" | "unsupported_format" | "truncated" | "corrupt" | "zero_dimension" | "too_many_pixels" | "poisoned" | "internal"; readonly failed: number; })[]; readonly fleet: { readonly members: number; readonly threads: number; }; readonly stores: number; readonly running: readonly ({ readonly job_id: number; readonly external_id: string | null; readonly metadata: Readonly<Record<string, string>>; readonly callback_url: string | null; readonly run: number; readonly status: "ongoing" | "paused" | "completed" | "failed" | "cancelled"; readonly priority: number; readonly counts: { readonly visits: number; readonly images: number; readonly done: number; readonly succeeded: number; readonly failed: number; }; readonly progress: number; readonly images_per_second: number; readonly eta_seconds: number | null; readonly failures_by_code: { readonly unknown_store?: number; readonly invalid_url?: number; readonly blocked_address?: number; readonly dns_failed?: number; readonly connect_failed?: number; readonly tls_failed?: number; readonly timeout?: number; readonly too_many_redirects?: number; readonly not_found?: number; readonly forbidden?: number; readonly url_expired?: number; readonly rate_limited?: number; readonly http_error?: number; readonly host_unavailable?: number; readonly body_too_large?: number; readonly empty_body?: number; readonly not_an_image?: number; readonly unsupported_format?: number; readonly truncated?: number; readonly corrupt?: number; readonly zero_dimension?: number; readonly too_many_pixels?: number; readonly poisoned?: number; readonly internal?: number; }; readonly inspect: "off" | "quick" | "full"; readonly thresholds: { readonly least_sharpness: number; readonly most_smear: number; readonly dark_below: number; readonly bright_above: number; readonly least_side: number; readonly time_tolerance_h: number; readonly place_tolerance_m: number; } | null; readonly flagged: { readonly images: number; readonly dismissed: number; readonly flags: { readonly reused: number; readonly blurred: number; readonly dark: number; readonly bright: number; readonly small: number; readonly wrong_time: number; readonly wrong_place: number; readonly edited: number; readonly screen: number; }; }; readonly created_at: string; readonly started_at: string | null; readonly finished_at: string | null; })[]; };
  };
  /** How the figures of a job's photos are spread */
  readonly getQuality: {
    readonly method: "GET";
    readonly path: "/api/v1/jobs/{id}/quality";
    readonly query: Record<string, never>;
    readonly body: undefined;
    readonly answer: { readonly images: number; readonly looked_at: number; readonly figures: readonly ({ readonly figure: "sharpness" | "smear" | "p95" | "p5" | "shorter_side" | "hours_apart" | "metres_apart"; readonly flag: "reused" | "blurred" | "dark" | "bright" | "small" | "wrong_time" | "wrong_place" | "edited" | "screen"; readonly option: "least_sharpness" | "most_smear" | "dark_below" | "bright_above" | "least_side" | "time_tolerance_h" | "place_tolerance_m"; readonly flagged_when: "below" | "above"; readonly threshold: number; readonly least: number | null; readonly most: number | null; readonly images: number; readonly flagged: number; readonly bins: readonly ({ readonly from: number; readonly to: number; readonly images: number; })[]; })[]; };
  };
  /** A job's results as NDJSON, CSV or JSON */
  readonly getResults: {
    readonly method: "GET";
    readonly path: "/api/v1/jobs/{id}/results";
    readonly query: { readonly format?: "ndjson" | "csv" | "json"; readonly outcome?: "failed"; readonly flags?: string; };
    readonly body: undefined;
    readonly answer: readonly (Readonly<Record<string, unknown>>)[];
  };
  /** A flagged image with what became of it */
  readonly getReview: {
    readonly method: "GET";
    readonly path: "/api/v1/jobs/{id}/images/{image}/review";
    readonly query: Record<string, never>;
    readonly body: undefined;
    readonly answer: { readonly job_id: number; readonly image: number; readonly visit: number; readonly store_id: string; readonly store_name: string | null; readonly area: string | null; readonly visit_time: string; readonly visit_date: string | null; readonly agent: string | null; readonly visit_metadata: Readonly<Record<string, string>>; readonly visit_external_id: string | null; readonly image_url: string; readonly thumbnail_url: string | null; readonly width: number | null; readonly height: number | null; readonly flags: readonly ("reused" | "blurred" | "dark" | "bright" | "small" | "wrong_time" | "wrong_place" | "edited" | "screen")[]; readonly evidence: readonly ({ readonly flag: "reused" | "blurred" | "dark" | "bright" | "small" | "wrong_time" | "wrong_place" | "edited" | "screen"; readonly why: string; readonly measure: "sharpness" | "smear" | "p95" | "p5" | "shorter_side" | "hours_apart" | "metres_apart" | "likeness" | null; readonly figure: number | null; readonly threshold: number | null; readonly weight: "strong" | "likely" | "note"; })[]; readonly reuse_of: readonly ({ readonly image_url: string; readonly job_id: number; readonly image: number; readonly store_id: string; readonly store_name: string | null; readonly area: string | null; readonly visit_time: string; readonly kind: "same_bytes" | "same_picture" | "mirrored" | "turned"; readonly score: number; readonly why: string; readonly thumbnail_url: string | null; readonly lay_over: readonly (number)[] | null; readonly weight: "strong" | "likely" | "note"; })[]; readonly state: "open" | "accepted" | "dismissed"; readonly decision: { readonly state: "accepted" | "dismissed"; readonly note: string | null; readonly by: string | null; readonly at: string; } | null; readonly history: readonly ({ readonly state: "open" | "accepted" | "dismissed"; readonly why: "decided" | "undone" | "new_evidence"; readonly note: string | null; readonly by: string | null; readonly at: string; })[]; };
  };
  /** Who calls, and what they may do */
  readonly getSession: {
    readonly method: "GET";
    readonly path: "/api/v1/session";
    readonly query: Record<string, never>;
    readonly body: undefined;
    readonly answer: { readonly keys_needed: boolean; readonly key_id: string | null; readonly tenant: string; readonly all_tenants: boolean; readonly scopes: readonly ("jobs:read" | "jobs:write" | "stores:read" | "stores:write" | "webhooks:manage" | "reviews:decide" | "truth:manage" | "keys:manage" | "admin")[]; };
  };
  /** One store, with the days on which it was visited */
  readonly getStore: {
    readonly method: "GET";
    readonly path: "/api/v1/stores/{store}";
    readonly query: Record<string, never>;
    readonly body: undefined;
    readonly answer: { readonly store_id: string; readonly store_name: string; readonly area: string; readonly visits: number; readonly images: number; readonly failed: number; readonly last_visit_date: string | null; readonly days: readonly ({ readonly date: string; readonly visits: number; readonly images: number; readonly failed: number; })[]; };
  };
  /** A job on one page, to print */
  readonly getSummary: {
    readonly method: "GET";
    readonly path: "/api/v1/jobs/{id}/summary";
    readonly query: Record<string, never>;
    readonly body: undefined;
    readonly answer: undefined;
  };
  /** A small picture of a measured image */
  readonly getThumbnail: {
    readonly method: "GET";
    readonly path: "/api/v1/jobs/{id}/images/{image}/thumbnail";
    readonly query: Record<string, never>;
    readonly body: undefined;
    readonly answer: undefined;
  };
  /** What photos are judged by */
  readonly getTruthSettings: {
    readonly method: "GET";
    readonly path: "/api/v1/truth/settings";
    readonly query: Record<string, never>;
    readonly body: undefined;
    readonly answer: { readonly reuse: { readonly other_store: { readonly weight: "strong" | "likely" | "note" | "off"; readonly least_score: number; }; readonly other_day: { readonly weight: "strong" | "likely" | "note" | "off"; readonly least_score: number; }; readonly same_day: { readonly weight: "strong" | "likely" | "note" | "off"; readonly least_score: number; }; readonly same_visit: { readonly weight: "strong" | "likely" | "note" | "off"; readonly least_score: number; }; }; readonly quality: { readonly least_sharpness: number; readonly most_smear: number; readonly dark_below: number; readonly bright_above: number; readonly least_side: number; }; readonly time_tolerance_h: number; readonly place_tolerance_m: number; readonly agent_key: string; readonly changed_by: string | null; readonly changed_at: string | null; };
  };
  /** One endpoint */
  readonly getWebhook: {
    readonly method: "GET";
    readonly path: "/api/v1/webhooks/{id}";
    readonly query: Record<string, never>;
    readonly body: undefined;
    readonly answer: { readonly id: number; readonly url: string; readonly events: readonly ("job.completed" | "job.failed" | "job.cancelled")[]; readonly description: string; readonly enabled: boolean; readonly disabled_reason: string | null; readonly old_secret_until: string | null; readonly created_at: string; };
  };
  /** Wait no longer for a host */
  readonly giveUpHost: {
    readonly method: "POST";
    readonly path: "/api/v1/hosts/{host}/give-up";
    readonly query: Record<string, never>;
    readonly body: undefined;
    readonly answer: { readonly host: string; readonly jobs: readonly (number)[]; readonly detail: string; };
  };
  /** Import a store master */
  readonly importStores: {
    readonly method: "POST";
    readonly path: "/api/v1/stores/import";
    readonly query: { readonly dry_run?: boolean; };
    readonly body: undefined;
    readonly answer: { readonly imported: boolean; readonly added: number; readonly changed: number; readonly unchanged: number; readonly warnings: readonly ({ readonly line: number; readonly detail: string; })[]; readonly changes?: readonly ({ readonly kind: "added" | "changed"; readonly store: { readonly store_id: string; readonly store_name: string; readonly area: string; }; readonly before: { readonly store_id: string; readonly store_name: string; readonly area: string; } | null; })[]; };
  };
  /** Areas with what was visited of their stores */
  readonly listAreas: {
    readonly method: "GET";
    readonly path: "/api/v1/areas";
    readonly query: Record<string, never>;
    readonly body: undefined;
    readonly answer: { readonly data: readonly ({ readonly area: string; readonly stores: number; readonly visited_stores: number; readonly visits: number; readonly images: number; readonly failed: number; readonly last_visit_date: string | null; })[]; };
  };
  /** Who changed what, newest first */
  readonly listChanges: {
    readonly method: "GET";
    readonly path: "/api/v1/audit";
    readonly query: { readonly limit?: number; readonly cursor?: string; };
    readonly body: undefined;
    readonly answer: { readonly data: readonly ({ readonly no: number; readonly at: string; readonly tenant: string; readonly key_id: string | null; readonly action: string; readonly target: string; readonly address: string; readonly request_id: string; })[]; readonly next_cursor: string | null; readonly has_more: boolean; };
  };
  /** What was told to whom, newest first */
  readonly listDeliveries: {
    readonly method: "GET";
    readonly path: "/api/v1/webhook-deliveries";
    readonly query: { readonly webhook_id?: number; readonly job_id?: number; readonly status?: "pending" | "delivered" | "failed"; readonly limit?: number; readonly cursor?: string; };
    readonly body: undefined;
    readonly answer: { readonly data: readonly ({ readonly no: number; readonly webhook_id: number | null; readonly job_id: number | null; readonly event: string; readonly url: string; readonly status: "pending" | "delivered" | "failed"; readonly attempts: number; readonly next_attempt_at: string | null; readonly last_status: number | null; readonly last_error: string | null; readonly last_body: string | null; readonly created_at: string; readonly finished_at: string | null; })[]; readonly next_cursor: string | null; readonly has_more: boolean; };
  };
  /** Hosts in trouble that images wait for */
  readonly listHosts: {
    readonly method: "GET";
    readonly path: "/api/v1/hosts";
    readonly query: Record<string, never>;
    readonly body: undefined;
    readonly answer: { readonly data: readonly ({ readonly host: string; readonly at_once: number; readonly per_second: number | null; readonly under_way: number; readonly refusals: number; readonly waits_until: string | null; readonly last_failure: string | null; readonly troubled_seconds: number; readonly given_up: boolean; readonly images_waiting: number; readonly jobs: readonly (number)[]; })[]; };
  };
  /** Images of a job with their results */
  readonly listImages: {
    readonly method: "GET";
    readonly path: "/api/v1/jobs/{id}/images";
    readonly query: { readonly outcome?: "pending" | "measured" | "failed"; readonly code?: "unknown_store" | "invalid_url" | "blocked_address" | "dns_failed" | "connect_failed" | "tls_failed" | "timeout" | "too_many_redirects" | "not_found" | "forbidden" | "url_expired" | "rate_limited" | "http_error" | "host_unavailable" | "body_too_large" | "empty_body" | "not_an_image" | "unsupported_format" | "truncated" | "corrupt" | "zero_dimension" | "too_many_pixels" | "poisoned" | "internal"; readonly store_id?: string; readonly visit?: number; readonly flags?: string; readonly host?: string; readonly limit?: number; readonly cursor?: string; };
    readonly body: undefined;
    readonly answer: { readonly data: readonly ({ readonly image: number; readonly visit: number; readonly store_id: string; readonly visit_time: string; readonly image_url: string; readonly external_id: string | null; readonly metadata: Readonly<Record<string, string>>; readonly outcome: "pending" | "measured" | "failed"; readonly width: number | null; readonly height: number | null; readonly perimeter: number | null; readonly format: "jpeg" | "png" | "gif" | "webp" | "bmp" | "tiff" | "avif" | "heic" | "jxl" | "ico" | "psd" | null; readonly bytes: number | null; readonly code: "unknown_store" | "invalid_url" | "blocked_address" | "dns_failed" | "connect_failed" | "tls_failed" | "timeout" | "too_many_redirects" | "not_found" | "forbidden" | "url_expired" | "rate_limited" | "http_error" | "host_unavailable" | "body_too_large" | "empty_body" | "not_an_image" | "unsupported_format" | "truncated" | "corrupt" | "zero_dimension" | "too_many_pixels" | "poisoned" | "internal" | null; readonly detail: string | null; readonly attempts: number | null; readonly fetch_ms: number | null; readonly finished_at: string | null; readonly integrity: "header" | "complete" | "decode" | null; readonly not_decoded: string | null; readonly flags: readonly ("reused" | "blurred" | "dark" | "bright" | "small" | "wrong_time" | "wrong_place" | "edited" | "screen")[]; readonly findings: readonly ({ readonly flag: "reused" | "blurred" | "dark" | "bright" | "small" | "wrong_time" | "wrong_place" | "edited" | "screen"; readonly why: string; })[]; readonly reuse_of: readonly ({ readonly image_url: string; readonly job_id: number; readonly image: number; readonly store_id: string; readonly visit_time: string; readonly kind: "same_bytes" | "same_picture" | "mirrored" | "turned"; readonly score: number; readonly why: string; })[]; readonly decision: "accepted" | "dismissed" | null; })[]; readonly next_cursor: string | null; readonly has_more: boolean; };
  };
  /** Stores that nobody visited for some days */
  readonly listInactiveStores: {
    readonly method: "GET";
    readonly path: "/api/v1/stores/inactive";
    readonly query: { readonly days?: number; readonly q?: string; readonly area?: string; readonly limit?: number; readonly cursor?: string; };
    readonly body: undefined;
    readonly answer: { readonly data: readonly ({ readonly store_id: string; readonly store_name: string; readonly area: string; readonly visits: number; readonly images: number; readonly failed: number; readonly last_visit_date: string | null; })[]; readonly next_cursor: string | null; readonly has_more: boolean; };
  };
  /** Jobs, newest first */
  readonly listJobs: {
    readonly method: "GET";
    readonly path: "/api/v1/jobs";
    readonly query: { readonly status?: string; readonly store_id?: string; readonly area?: string; readonly external_id?: string; readonly created_after?: string; readonly created_before?: string; readonly limit?: number; readonly cursor?: string; };
    readonly body: undefined;
    readonly answer: { readonly data: readonly ({ readonly job_id: number; readonly external_id: string | null; readonly metadata: Readonly<Record<string, string>>; readonly callback_url: string | null; readonly run: number; readonly status: "ongoing" | "paused" | "completed" | "failed" | "cancelled"; readonly priority: number; readonly counts: { readonly visits: number; readonly images: number; readonly done: number; readonly succeeded: number; readonly failed: number; }; readonly progress: number; readonly images_per_second: number; readonly eta_seconds: number | null; readonly failures_by_code: { readonly unknown_store?: number; readonly invalid_url?: number; readonly blocked_address?: number; readonly dns_failed?: number; readonly connect_failed?: number; readonly tls_failed?: number; readonly timeout?: number; readonly too_many_redirects?: number; readonly not_found?: number; readonly forbidden?: number; readonly url_expired?: number; readonly rate_limited?: number; readonly http_error?: number; readonly host_unavailable?: number; readonly body_too_large?: number; readonly empty_body?: number; readonly not_an_image?: number; readonly unsupported_format?: number; readonly truncated?: number; readonly corrupt?: number; readonly zero_dimension?: number; readonly too_many_pixels?: number; readonly poisoned?: number; readonly internal?: number; }; readonly inspect: "off" | "quick" | "full"; readonly thresholds: { readonly least_sharpness: number; readonly most_smear: number; readonly dark_below: number; readonly bright_above: number; readonly least_side: number; readonly time_tolerance_h: number; readonly place_tolerance_m: number; } | null; readonly flagged: { readonly images: number; readonly dismissed: number; readonly flags: { readonly reused: number; readonly blurred: number; readonly dark: number; readonly bright: number; readonly small: number; readonly wrong_time: number; readonly wrong_place: number; readonly edited: number; readonly screen: number; }; }; readonly created_at: string; readonly started_at: string | null; readonly finished_at: string | null; })[]; readonly next_cursor: string | null; readonly has_more: boolean; };
  };
  /** API keys, oldest first */
  readonly listKeys: {
    readonly method: "GET";
    readonly path: "/api/v1/keys";
    readonly query: Record<string, never>;
    readonly body: undefined;
    readonly answer: { readonly data: readonly ({ readonly id: string; readonly name: string; readonly tenant: string; readonly scopes: readonly ("jobs:read" | "jobs:write" | "stores:read" | "stores:write" | "webhooks:manage" | "reviews:decide" | "truth:manage" | "keys:manage" | "admin")[]; readonly status: "active" | "expired" | "revoked"; readonly created_at: string; readonly expires_at: string | null; readonly revoked_at: string | null; readonly last_used_at: string | null; })[]; };
  };
  /** Flagged images of all jobs */
  readonly listReviews: {
    readonly method: "GET";
    readonly path: "/api/v1/reviews";
    readonly query: { readonly job?: number; readonly flag?: "reused" | "blurred" | "dark" | "bright" | "small" | "wrong_time" | "wrong_place" | "edited" | "screen"; readonly kind?: "same_bytes" | "same_picture" | "mirrored" | "turned"; readonly state?: "open" | "accepted" | "dismissed"; readonly store_id?: string; readonly area?: string; readonly agent?: string; readonly from?: string; readonly to?: string; readonly limit?: number; readonly cursor?: string; };
    readonly body: undefined;
    readonly answer: { readonly data: readonly ({ readonly job_id: number; readonly image: number; readonly visit: number; readonly store_id: string; readonly store_name: string | null; readonly area: string | null; readonly visit_time: string; readonly visit_date: string | null; readonly agent: string | null; readonly visit_metadata: Readonly<Record<string, string>>; readonly visit_external_id: string | null; readonly image_url: string; readonly thumbnail_url: string | null; readonly width: number | null; readonly height: number | null; readonly flags: readonly ("reused" | "blurred" | "dark" | "bright" | "small" | "wrong_time" | "wrong_place" | "edited" | "screen")[]; readonly evidence: readonly ({ readonly flag: "reused" | "blurred" | "dark" | "bright" | "small" | "wrong_time" | "wrong_place" | "edited" | "screen"; readonly why: string; readonly measure: "sharpness" | "smear" | "p95" | "p5" | "shorter_side" | "hours_apart" | "metres_apart" | "likeness" | null; readonly figure: number | null; readonly threshold: number | null; readonly weight: "strong" | "likely" | "note"; })[]; readonly reuse_of: readonly ({ readonly image_url: string; readonly job_id: number; readonly image: number; readonly store_id: string; readonly store_name: string | null; readonly area: string | null; readonly visit_time: string; readonly kind: "same_bytes" | "same_picture" | "mirrored" | "turned"; readonly score: number; readonly why: string; readonly thumbnail_url: string | null; readonly lay_over: readonly (number)[] | null; readonly weight: "strong" | "likely" | "note"; })[]; readonly state: "open" | "accepted" | "dismissed"; readonly decision: { readonly state: "accepted" | "dismissed"; readonly note: string | null; readonly by: string | null; readonly at: string; } | null; })[]; readonly next_cursor: string | null; readonly has_more: boolean; };
  };
  /** Stores by id, with what was visited of them */
  readonly listStores: {
    readonly method: "GET";
    readonly path: "/api/v1/stores";
    readonly query: { readonly q?: string; readonly area?: string; readonly limit?: number; readonly cursor?: string; };
    readonly body: undefined;
    readonly answer: { readonly data: readonly ({ readonly store_id: string; readonly store_name: string; readonly area: string; readonly visits: number; readonly images: number; readonly failed: number; readonly last_visit_date: string | null; })[]; readonly next_cursor: string | null; readonly has_more: boolean; };
  };
  /** Visits of a job */
  readonly listVisits: {
    readonly method: "GET";
    readonly path: "/api/v1/jobs/{id}/visits";
    readonly query: { readonly store_id?: string; readonly limit?: number; readonly cursor?: string; };
    readonly body: undefined;
    readonly answer: { readonly data: readonly ({ readonly visit: number; readonly store_id: string; readonly store_known: boolean; readonly visit_time: string; readonly visit_date: string | null; readonly external_id: string | null; readonly metadata: Readonly<Record<string, string>>; readonly counts: { readonly images: number; readonly done: number; readonly succeeded: number; readonly failed: number; }; })[]; readonly next_cursor: string | null; readonly has_more: boolean; };
  };
  /** Endpoints that are told of the ends of jobs */
  readonly listWebhooks: {
    readonly method: "GET";
    readonly path: "/api/v1/webhooks";
    readonly query: Record<string, never>;
    readonly body: undefined;
    readonly answer: { readonly data: readonly ({ readonly id: number; readonly url: string; readonly events: readonly ("job.completed" | "job.failed" | "job.cancelled")[]; readonly description: string; readonly enabled: boolean; readonly disabled_reason: string | null; readonly old_secret_until: string | null; readonly created_at: string; })[]; };
  };
  /** Hold a job back */
  readonly pauseJob: {
    readonly method: "POST";
    readonly path: "/api/v1/jobs/{id}/pause";
    readonly query: Record<string, never>;
    readonly body: undefined;
    readonly answer: { readonly job_id: number; readonly external_id: string | null; readonly metadata: Readonly<Record<string, string>>; readonly callback_url: string | null; readonly run: number; readonly status: "ongoing" | "paused" | "completed" | "failed" | "cancelled"; readonly priority: number; readonly counts: { readonly visits: number; readonly images: number; readonly done: number; readonly succeeded: number; readonly failed: number; }; readonly progress: number; readonly images_per_second: number; readonly eta_seconds: number | null; readonly failures_by_code: { readonly unknown_store?: number; readonly invalid_url?: number; readonly blocked_address?: number; readonly dns_failed?: number; readonly connect_failed?: number; readonly tls_failed?: number; readonly timeout?: number; readonly too_many_redirects?: number; readonly not_found?: number; readonly forbidden?: number; readonly url_expired?: number; readonly rate_limited?: number; readonly http_error?: number; readonly host_unavailable?: number; readonly body_too_large?: number; readonly empty_body?: number; readonly not_an_image?: number; readonly unsupported_format?: number; readonly truncated?: number; readonly corrupt?: number; readonly zero_dimension?: number; readonly too_many_pixels?: number; readonly poisoned?: number; readonly internal?: number; }; readonly inspect: "off" | "quick" | "full"; readonly thresholds: { readonly least_sharpness: number; readonly most_smear: number; readonly dark_below: number; readonly bright_above: number; readonly least_side: number; readonly time_tolerance_h: number; readonly place_tolerance_m: number; } | null; readonly flagged: { readonly images: number; readonly dismissed: number; readonly flags: { readonly reused: number; readonly blurred: number; readonly dark: number; readonly bright: number; readonly small: number; readonly wrong_time: number; readonly wrong_place: number; readonly edited: number; readonly screen: number; }; }; readonly created_at: string; readonly started_at: string | null; readonly finished_at: string | null; };
  };
  /** Send an endpoint a message to try it */
  readonly pingWebhook: {
    readonly method: "POST";
    readonly path: "/api/v1/webhooks/{id}/ping";
    readonly query: Record<string, never>;
    readonly body: undefined;
    readonly answer: { readonly no: number; readonly webhook_id: number | null; readonly job_id: number | null; readonly event: string; readonly url: string; readonly status: "pending" | "delivered" | "failed"; readonly attempts: number; readonly next_attempt_at: string | null; readonly last_status: number | null; readonly last_error: string | null; readonly last_body: string | null; readonly created_at: string; readonly finished_at: string | null; };
  };
  /** Set what photos are judged by */
  readonly putTruthSettings: {
    readonly method: "PUT";
    readonly path: "/api/v1/truth/settings";
    readonly query: Record<string, never>;
    readonly body: { readonly reuse?: { readonly other_store?: { readonly weight: "strong" | "likely" | "note" | "off"; readonly least_score: number; }; readonly other_day?: { readonly weight: "strong" | "likely" | "note" | "off"; readonly least_score: number; }; readonly same_day?: { readonly weight: "strong" | "likely" | "note" | "off"; readonly least_score: number; }; readonly same_visit?: { readonly weight: "strong" | "likely" | "note" | "off"; readonly least_score: number; }; }; readonly quality?: { readonly least_sharpness?: number; readonly most_smear?: number; readonly dark_below?: number; readonly bright_above?: number; readonly least_side?: number; }; readonly time_tolerance_h?: number; readonly place_tolerance_m?: number; readonly agent_key?: string; };
    readonly answer: { readonly reuse: { readonly other_store: { readonly weight: "strong" | "likely" | "note" | "off"; readonly least_score: number; }; readonly other_day: { readonly weight: "strong" | "likely" | "note" | "off"; readonly least_score: number; }; readonly same_day: { readonly weight: "strong" | "likely" | "note" | "off"; readonly least_score: number; }; readonly same_visit: { readonly weight: "strong" | "likely" | "note" | "off"; readonly least_score: number; }; }; readonly quality: { readonly least_sharpness: number; readonly most_smear: number; readonly dark_below: number; readonly bright_above: number; readonly least_side: number; }; readonly time_tolerance_h: number; readonly place_tolerance_m: number; readonly agent_key: string; readonly changed_by: string | null; readonly changed_at: string | null; };
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
    readonly answer: { readonly no: number; readonly webhook_id: number | null; readonly job_id: number | null; readonly event: string; readonly url: string; readonly status: "pending" | "delivered" | "failed"; readonly attempts: number; readonly next_attempt_at: string | null; readonly last_status: number | null; readonly last_error: string | null; readonly last_body: string | null; readonly created_at: string; readonly finished_at: string | null; };
  };
  /** Let a paused job go on */
  readonly resumeJob: {
    readonly method: "POST";
    readonly path: "/api/v1/jobs/{id}/resume";
    readonly query: Record<string, never>;
    readonly body: undefined;
    readonly answer: { readonly job_id: number; readonly external_id: string | null; readonly metadata: Readonly<Record<string, string>>; readonly callback_url: string | null; readonly run: number; readonly status: "ongoing" | "paused" | "completed" | "failed" | "cancelled"; readonly priority: number; readonly counts: { readonly visits: number; readonly images: number; readonly done: number; readonly succeeded: number; readonly failed: number; }; readonly progress: number; readonly images_per_second: number; readonly eta_seconds: number | null; readonly failures_by_code: { readonly unknown_store?: number; readonly invalid_url?: number; readonly blocked_address?: number; readonly dns_failed?: number; readonly connect_failed?: number; readonly tls_failed?: number; readonly timeout?: number; readonly too_many_redirects?: number; readonly not_found?: number; readonly forbidden?: number; readonly url_expired?: number; readonly rate_limited?: number; readonly http_error?: number; readonly host_unavailable?: number; readonly body_too_large?: number; readonly empty_body?: number; readonly not_an_image?: number; readonly unsupported_format?: number; readonly truncated?: number; readonly corrupt?: number; readonly zero_dimension?: number; readonly too_many_pixels?: number; readonly poisoned?: number; readonly internal?: number; }; readonly inspect: "off" | "quick" | "full"; readonly thresholds: { readonly least_sharpness: number; readonly most_smear: number; readonly dark_below: number; readonly bright_above: number; readonly least_side: number; readonly time_tolerance_h: number; readonly place_tolerance_m: number; } | null; readonly flagged: { readonly images: number; readonly dismissed: number; readonly flags: { readonly reused: number; readonly blurred: number; readonly dark: number; readonly bright: number; readonly small: number; readonly wrong_time: number; readonly wrong_place: number; readonly edited: number; readonly screen: number; }; }; readonly created_at: string; readonly started_at: string | null; readonly finished_at: string | null; };
  };
  /** Run failed images of a job again */
  readonly retryJob: {
    readonly method: "POST";
    readonly path: "/api/v1/jobs/{id}/retry";
    readonly query: Record<string, never>;
    readonly body: { readonly codes?: readonly ("unknown_store" | "invalid_url" | "blocked_address" | "dns_failed" | "connect_failed" | "tls_failed" | "timeout" | "too_many_redirects" | "not_found" | "forbidden" | "url_expired" | "rate_limited" | "http_error" | "host_unavailable" | "body_too_large" | "empty_body" | "not_an_image" | "unsupported_format" | "truncated" | "corrupt" | "zero_dimension" | "too_many_pixels" | "poisoned" | "internal")[]; readonly host?: string; readonly store_id?: string; };
    readonly answer: { readonly job_id: number; readonly external_id: string | null; readonly metadata: Readonly<Record<string, string>>; readonly callback_url: string | null; readonly run: number; readonly status: "ongoing" | "paused" | "completed" | "failed" | "cancelled"; readonly priority: number; readonly counts: { readonly visits: number; readonly images: number; readonly done: number; readonly succeeded: number; readonly failed: number; }; readonly progress: number; readonly images_per_second: number; readonly eta_seconds: number | null; readonly failures_by_code: { readonly unknown_store?: number; readonly invalid_url?: number; readonly blocked_address?: number; readonly dns_failed?: number; readonly connect_failed?: number; readonly tls_failed?: number; readonly timeout?: number; readonly too_many_redirects?: number; readonly not_found?: number; readonly forbidden?: number; readonly url_expired?: number; readonly rate_limited?: number; readonly http_error?: number; readonly host_unavailable?: number; readonly body_too_large?: number; readonly empty_body?: number; readonly not_an_image?: number; readonly unsupported_format?: number; readonly truncated?: number; readonly corrupt?: number; readonly zero_dimension?: number; readonly too_many_pixels?: number; readonly poisoned?: number; readonly internal?: number; }; readonly inspect: "off" | "quick" | "full"; readonly thresholds: { readonly least_sharpness: number; readonly most_smear: number; readonly dark_below: number; readonly bright_above: number; readonly least_side: number; readonly time_tolerance_h: number; readonly place_tolerance_m: number; } | null; readonly flagged: { readonly images: number; readonly dismissed: number; readonly flags: { readonly reused: number; readonly blurred: number; readonly dark: number; readonly bright: number; readonly small: number; readonly wrong_time: number; readonly wrong_place: number; readonly edited: number; readonly screen: number; }; }; readonly created_at: string; readonly started_at: string | null; readonly finished_at: string | null; };
  };
  /** End an API key now */
  readonly revokeKey: {
    readonly method: "POST";
    readonly path: "/api/v1/keys/{id}/revoke";
    readonly query: Record<string, never>;
    readonly body: undefined;
    readonly answer: { readonly id: string; readonly name: string; readonly tenant: string; readonly scopes: readonly ("jobs:read" | "jobs:write" | "stores:read" | "stores:write" | "webhooks:manage" | "reviews:decide" | "truth:manage" | "keys:manage" | "admin")[]; readonly status: "active" | "expired" | "revoked"; readonly created_at: string; readonly expires_at: string | null; readonly revoked_at: string | null; readonly last_used_at: string | null; };
  };
  /** Replace an API key */
  readonly rotateKey: {
    readonly method: "POST";
    readonly path: "/api/v1/keys/{id}/rotate";
    readonly query: Record<string, never>;
    readonly body: { readonly overlap_hours?: number; };
    readonly answer: { readonly id: string; readonly name: string; readonly tenant: string; readonly scopes: readonly ("jobs:read" | "jobs:write" | "stores:read" | "stores:write" | "webhooks:manage" | "reviews:decide" | "truth:manage" | "keys:manage" | "admin")[]; readonly status: "active" | "expired" | "revoked"; readonly created_at: string; readonly expires_at: string | null; readonly revoked_at: string | null; readonly last_used_at: string | null; readonly key: string; };
  };
  /** Give an endpoint a new secret */
  readonly rotateWebhook: {
    readonly method: "POST";
    readonly path: "/api/v1/webhooks/{id}/rotate";
    readonly query: Record<string, never>;
    readonly body: undefined;
    readonly answer: { readonly id: number; readonly url: string; readonly events: readonly ("job.completed" | "job.failed" | "job.cancelled")[]; readonly description: string; readonly enabled: boolean; readonly disabled_reason: string | null; readonly old_secret_until: string | null; readonly created_at: string; readonly secret: string; };
  };
  /** Change a job's priority */
  readonly setJobPriority: {
    readonly method: "POST";
    readonly path: "/api/v1/jobs/{id}/priority";
    readonly query: Record<string, never>;
    readonly body: { readonly priority: number; };
    readonly answer: { readonly job_id: number; readonly external_id: string | null; readonly metadata: Readonly<Record<string, string>>; readonly callback_url: string | null; readonly run: number; readonly status: "ongoing" | "paused" | "completed" | "failed" | "cancelled"; readonly priority: number; readonly counts: { readonly visits: number; readonly images: number; readonly done: number; readonly succeeded: number; readonly failed: number; }; readonly progress: number; readonly images_per_second: number; readonly eta_seconds: number | null; readonly failures_by_code: { readonly unknown_store?: number; readonly invalid_url?: number; readonly blocked_address?: number; readonly dns_failed?: number; readonly connect_failed?: number; readonly tls_failed?: number; readonly timeout?: number; readonly too_many_redirects?: number; readonly not_found?: number; readonly forbidden?: number; readonly url_expired?: number; readonly rate_limited?: number; readonly http_error?: number; readonly host_unavailable?: number; readonly body_too_large?: number; readonly empty_body?: number; readonly not_an_image?: number; readonly unsupported_format?: number; readonly truncated?: number; readonly corrupt?: number; readonly zero_dimension?: number; readonly too_many_pixels?: number; readonly poisoned?: number; readonly internal?: number; }; readonly inspect: "off" | "quick" | "full"; readonly thresholds: { readonly least_sharpness: number; readonly most_smear: number; readonly dark_below: number; readonly bright_above: number; readonly least_side: number; readonly time_tolerance_h: number; readonly place_tolerance_m: number; } | null; readonly flagged: { readonly images: number; readonly dismissed: number; readonly flags: { readonly reused: number; readonly blurred: number; readonly dark: number; readonly bright: number; readonly small: number; readonly wrong_time: number; readonly wrong_place: number; readonly edited: number; readonly screen: number; }; }; readonly created_at: string; readonly started_at: string | null; readonly finished_at: string | null; };
  };
  /** Sign in with a key */
  readonly signIn: {
    readonly method: "POST";
    readonly path: "/api/v1/session";
    readonly query: Record<string, never>;
    readonly body: { readonly key: string; };
    readonly answer: { readonly keys_needed: boolean; readonly key_id: string | null; readonly tenant: string; readonly all_tenants: boolean; readonly scopes: readonly ("jobs:read" | "jobs:write" | "stores:read" | "stores:write" | "webhooks:manage" | "reviews:decide" | "truth:manage" | "keys:manage" | "admin")[]; };
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
  /** Take the decision about a flagged image back */
  readonly undoReview: {
    readonly method: "DELETE";
    readonly path: "/api/v1/jobs/{id}/images/{image}/review";
    readonly query: Record<string, never>;
    readonly body: undefined;
    readonly answer: { readonly job_id: number; readonly image: number; readonly visit: number; readonly store_id: string; readonly store_name: string | null; readonly area: string | null; readonly visit_time: string; readonly visit_date: string | null; readonly agent: string | null; readonly visit_metadata: Readonly<Record<string, string>>; readonly visit_external_id: string | null; readonly image_url: string; readonly thumbnail_url: string | null; readonly width: number | null; readonly height: number | null; readonly flags: readonly ("reused" | "blurred" | "dark" | "bright" | "small" | "wrong_time" | "wrong_place" | "edited" | "screen")[]; readonly evidence: readonly ({ readonly flag: "reused" | "blurred" | "dark" | "bright" | "small" | "wrong_time" | "wrong_place" | "edited" | "screen"; readonly why: string; readonly measure: "sharpness" | "smear" | "p95" | "p5" | "shorter_side" | "hours_apart" | "metres_apart" | "likeness" | null; readonly figure: number | null; readonly threshold: number | null; readonly weight: "strong" | "likely" | "note"; })[]; readonly reuse_of: readonly ({ readonly image_url: string; readonly job_id: number; readonly image: number; readonly store_id: string; readonly store_name: string | null; readonly area: string | null; readonly visit_time: string; readonly kind: "same_bytes" | "same_picture" | "mirrored" | "turned"; readonly score: number; readonly why: string; readonly thumbnail_url: string | null; readonly lay_over: readonly (number)[] | null; readonly weight: "strong" | "likely" | "note"; })[]; readonly state: "open" | "accepted" | "dismissed"; readonly decision: { readonly state: "accepted" | "dismissed"; readonly note: string | null; readonly by: string | null; readonly at: string; } | null; readonly history: readonly ({ readonly state: "open" | "accepted" | "dismissed"; readonly why: "decided" | "undone" | "new_evidence"; readonly note: string | null; readonly by: string | null; readonly at: string; })[]; };
  };
};

/** Every code that an error of the service can have. */
export type ProblemCode = "bad_request" | "behind_proxy" | "body_too_large" | "cross_site" | "delivery_not_found" | "draining" | "expectation_failed" | "headers_too_large" | "idempotency_mismatch" | "idempotency_running" | "image_not_found" | "internal" | "invalid_body" | "invalid_parameter" | "invalid_store_master" | "invalid_submission" | "job_not_found" | "job_not_over" | "job_over" | "key_not_found" | "key_over" | "keys_unavailable" | "ledger_unavailable" | "method_not_allowed" | "missing_scope" | "not_found" | "nothing_to_retry" | "overloaded" | "path_too_long" | "request_broken_off" | "request_timeout" | "similar_busy" | "store_not_found" | "thumbnail_unavailable" | "thumbnails_busy" | "too_many_images" | "too_many_requests" | "too_many_webhooks" | "unauthenticated" | "unsupported_media_type" | "webhook_not_found" | "wrong_host";

/** Every code that a single problem of a submission or of parameters can have. */
export type FaultCode = "missing" | "malformed" | "not_allowed" | "too_long" | "repeated" | "unknown" | "unused" | "mismatch" | "misplaced";
