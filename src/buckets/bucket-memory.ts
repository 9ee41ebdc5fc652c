/** What the services said of buckets and of the time, so that each is told once. Bounded; lost with the process, which costs a request. */
import type { S3Access } from "./bucket-access.ts";
import { createS3Signer, type SignS3 } from "./sign-s3.ts";

export type BucketMemory = {
  /** Null until the service has told it. */
  regionOf(bucket: string): string | null;
  isIn(bucket: string, region: string): void;
  /** How far the service's clock is ahead of ours, in milliseconds. */
  aheadOf(origin: string): number;
  isAhead(origin: string, ms: number): void;
  /** The same for the same credentials: it keeps the day's key. */
  signerOf(access: S3Access): SignS3;
};

const MOST_KEPT = 4_096;

export function createBucketMemory(): BucketMemory {
  const regions = new Map<string, string>();
  const clocks = new Map<string, number>();
  const signers = new WeakMap<S3Access, SignS3>();

  function keep<T>(map: Map<string, T>, name: string, value: T): void {
    map.delete(name);
    map.set(name, value);
    const [oldest] = map.keys();
    if (map.size > MOST_KEPT && oldest !== undefined) map.delete(oldest);
  }

  return {
    regionOf: (bucket) => regions.get(bucket) ?? null,
    isIn: (bucket, region) => keep(regions, bucket, region),
    aheadOf: (origin) => clocks.get(origin) ?? 0,
    isAhead: (origin, ms) => keep(clocks, origin, ms),
    signerOf(access) {
      const signer = signers.get(access) ?? createS3Signer(access);
      signers.set(access, signer);
      return signer;
    },
  };
}
