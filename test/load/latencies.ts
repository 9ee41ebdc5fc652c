/** Times of answers, and what they come to. */

export type Latencies = {
  add(ms: number): void;
  readonly count: number;
  /** 0.5 for the median; 0 when there is none. */
  quantile(share: number): number;
};

export function createLatencies(): Latencies {
  const times: number[] = [];
  return {
    add: (ms) => void times.push(ms),
    get count() {
      return times.length;
    },
    quantile(share) {
      const sorted = Float64Array.from(times).sort();
      return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
    },
  };
}

export function shownMs(latencies: Latencies): string {
  const [p50, p99, most] = [0.5, 0.99, 1].map((share) => `${Math.round(latencies.quantile(share))} ms`);
  return `${latencies.count} answers, p50 ${p50}, p99 ${p99}, slowest ${most}`;
}

export const shownMb = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MB`;
