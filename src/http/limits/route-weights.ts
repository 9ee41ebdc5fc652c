/** What a route weighs when there is too much to do. A route that is not named here is shed first; a test checks that each one named exists. */

export type Weight =
  /** Answered while the process can answer anything: where things stand, and what relieves it. */
  | "light"
  | "usual"
  /** Brings more work. */
  | "work";

/** Asked by machines that decide about the process; nobody's quota is spent on them. */
const HEALTH = ["GET /healthz", "GET /readyz", "GET /metrics"] as const;

export const LIGHT_ROUTES = [
  ...HEALTH,
  "GET /api/status",
  "GET /api/v1/jobs/:id",
  "POST /api/v1/jobs/:id/cancel",
  "POST /api/v1/jobs/:id/pause",
] as const;

export const WORK_ROUTES = [
  "POST /api/submit",
  "POST /api/v1/jobs",
  "POST /api/v1/jobs/:id/retry",
  "POST /api/v1/jobs/:id/visits",
  "POST /api/v1/schedules/files",
] as const;

/** Answers that go on for as long as their reader likes. */
export const LONG_ROUTES = {
  "GET /api/v1/jobs/:id/results": "reports",
  "GET /api/v1/events": "events",
  "GET /api/v1/jobs/:id/events": "events",
} as const;

const light: ReadonlySet<string> = new Set(LIGHT_ROUTES);
const work: ReadonlySet<string> = new Set(WORK_ROUTES);
const health: ReadonlySet<string> = new Set(HEALTH);
const long: ReadonlyMap<string, LongKind> = new Map(Object.entries(LONG_ROUTES));

export type LongKind = (typeof LONG_ROUTES)[keyof typeof LONG_ROUTES];

type Route = { readonly method: string; readonly url: string };

// HEAD is answered by GET's handler.
const nameOf = ({ method, url }: Route) => `${method === "HEAD" ? "GET" : method} ${url}`;

export function weightOf(route: Route): Weight {
  const name = nameOf(route);
  if (light.has(name)) return "light";
  return work.has(name) ? "work" : "usual";
}

export const isHealth = (route: Route): boolean => health.has(nameOf(route));

export const longKindOf = (route: Route): LongKind | null => long.get(nameOf(route)) ?? null;
