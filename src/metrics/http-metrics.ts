/** Requests by route, method and status: never by URL, so their number is bounded whatever is asked for. */
import { Histogram, type Registry } from "prom-client";

const BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];
const METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

export type AnsweredRequest = {
  /** The route's pattern; null when no route answered. */
  readonly route: string | null;
  readonly method: string;
  /** Null when the client was gone before its answer. */
  readonly status: number | null;
  readonly ms: number;
};

export type HttpMetrics = {
  requestOver(request: AnsweredRequest): void;
};

export function addHttpMetrics(registry: Registry): HttpMetrics {
  const seconds = new Histogram({
    name: "storewalk_http_request_seconds",
    help: "Time from a request's headers to the end of its answer",
    labelNames: ["route", "method", "status"],
    buckets: BUCKETS_SECONDS,
    registers: [registry],
  });
  return {
    requestOver({ route, method, status, ms }) {
      const labels = {
        route: route ?? "none",
        method: METHODS.has(method) ? method : "other",
        status: status === null ? "none" : String(status),
      };
      seconds.observe(labels, ms / 1_000);
    },
  };
}
