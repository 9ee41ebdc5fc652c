/** What an alert watches, and what its threshold means. */

export const ALERT_KINDS = ["job_failed", "host_trouble", "urls_end", "store_not_visited", "backlog"] as const;
export type AlertKind = (typeof ALERT_KINDS)[number];

type Threshold = {
  readonly unit: string;
  readonly least: number;
  readonly most: number;
  readonly isWhole: boolean;
  readonly usual: number;
  /** When it tells, for people; `n` is the threshold. */
  readonly when: (n: number) => string;
  /** Several causes at once, for people. */
  readonly several: (count: string, n: number) => string;
};

const MINUTES_A_DAY = 1_440;

export const THRESHOLDS = {
  job_failed: {
    unit: "% of a job's images",
    least: 0,
    most: 99.9,
    isWhole: false,
    usual: 10,
    when: (n) => `a job ends with more than ${n}% of its images failed`,
    several: (count, n) => `${count} jobs ended with more than ${n}% of their images failed`,
  },
  host_trouble: {
    unit: "minutes in trouble",
    least: 0,
    most: MINUTES_A_DAY,
    isWhole: true,
    usual: 5,
    when: (n) => `a host that images wait for is in trouble for ${n} minutes`,
    several: (count) => `${count} hosts are in trouble`,
  },
  urls_end: {
    unit: "minutes to spare",
    least: 0,
    most: MINUTES_A_DAY,
    isWhole: true,
    usual: 15,
    when: (n) => `signed URLs of a running job end less than ${n} minutes after the backlog's ETA`,
    several: (count) => `Signed URLs of ${count} jobs end before their images' turn comes`,
  },
  store_not_visited: {
    unit: "days without a visit",
    least: 1,
    most: 3_660,
    isWhole: true,
    usual: 14,
    when: (n) => `an open store has no visit for ${n} days`,
    several: (count, n) => `${count} stores were not visited for ${n} days`,
  },
  backlog: {
    unit: "images",
    least: 1,
    most: 1_000_000_000,
    isWhole: true,
    usual: 100_000,
    when: (n) => `more than ${n} images wait`,
    several: (count) => `${count} backlogs`,
  },
} as const satisfies Record<AlertKind, Threshold>;

/** What is wrong with a threshold, for people; null when nothing is. */
export function thresholdFault(kind: AlertKind, threshold: number): string | null {
  const { least, most, isWhole, unit } = THRESHOLDS[kind];
  if (threshold >= least && threshold <= most && (!isWhole || Number.isInteger(threshold))) return null;
  return `must be a ${isWhole ? "whole " : ""}number from ${least} to ${most} (${unit}) for ${kind}, got ${threshold}`;
}
