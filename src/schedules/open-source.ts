/**
 * What a run submits: the manifest at a URL, a text or a file that is kept, or the photos in a bucket. Opens it and keeps nothing of it; which photos of a
 * bucket are new the ledger says, through whoever opens it.
 */
import { createHash } from "node:crypto";
import { type BucketAddress, bucketAddressOf } from "../domain/bucket-address.ts";
import { readKeyPattern } from "../intake/key-pattern.ts";
import { createListing, type ListedRow, type ListingSoFar } from "../intake/listing.ts";
import type { SubmissionFormat } from "../intake/submission.ts";
import type { NewSchedule } from "../ledger/port/schedule-ledger.ts";
import { dated, datedBytes } from "./dated.ts";

type Bytes = AsyncIterable<Uint8Array>;

/** Where sources are. Each rejects with a sentence for people when what it is asked for cannot be had, the iterables while they are read. */
export type SourcePlaces = {
  fetchManifest(url: string, signal: AbortSignal): Promise<Bytes>;
  /** With the tenant's credentials. */
  listBucket(
    tenant: string,
    from: BucketAddress,
    signal: AbortSignal,
  ): AsyncIterable<readonly { readonly key: string }[]>;
  readFile(file: string, signal: AbortSignal): Promise<Bytes>;
};

export type OpenedSource = {
  readonly format: SubmissionFormat;
  /** To be read once. */
  readonly bytes: Bytes;
  /** Once all of it was read: there was nothing to submit, and nothing is wrong with that. */
  hasNothingNew(): boolean;
  /** Of a bucket, as far as it was read; null of a manifest. */
  listing(): ListingSoFar | null;
};

export type Opening = {
  /** The run's day. */
  readonly day: string;
  readonly signal: AbortSignal;
  /** Those of the digests of keys that no run took. */
  readonly newKeys: (digests: readonly string[]) => Promise<readonly string[]>;
};

/** A manifest must have come by then, and all of a bucket be listed: ten million keys take a quarter of an hour. */
const MANIFEST_MS = 9 * 60_000;
const LISTING_MS = 2 * 3_600_000;
const FORMATS: readonly SubmissionFormat[] = ["json", "ndjson", "csv", "xlsx"];
const DIGEST_BYTES = 16;

type Below = { readonly address: string; readonly visits: string; readonly take: "new" | "all" };

type Sourced = Pick<NewSchedule, "tenant" | "source" | "format">;

export function createOpenSource(places: SourcePlaces): (of: Sourced, opening: Opening) => Promise<OpenedSource> {
  function openBucket(tenant: string, { address, visits, take }: Below, opening: Opening): OpenedSource {
    const from = bucketAddressOf(address);
    const pattern = readKeyPattern(visits);
    if (from === null || "fault" in from) throw new Error(`${address} is no address in a bucket`);
    if (typeof pattern !== "function") throw new Error(`the pattern ${pattern.faults.join(", ")}`);
    const pages = places.listBucket(tenant, from, within(LISTING_MS, opening.signal));
    const isNew = (rows: readonly ListedRow[]) => newOnes(opening, rows);
    const listing = createListing({ from, pattern, pages, ...(take === "new" ? { onlyNew: isNew } : {}) });
    return {
      format: "ndjson",
      bytes: listing.bytes,
      hasNothingNew() {
        const { keys, matched, wanted } = listing.soFar();
        return wanted === 0 && (keys === 0 || matched > 0);
      },
      listing: listing.soFar,
    };
  }

  async function newOnes({ newKeys }: Opening, rows: readonly ListedRow[]): Promise<readonly ListedRow[]> {
    if (rows.length === 0) return rows;
    const digests = rows.map(({ url }) => createHash("sha256").update(url).digest().toString("hex", 0, DIGEST_BYTES));
    const fresh = new Set(await newKeys(digests));
    return rows.filter((_, at) => fresh.has(digests[at] ?? ""));
  }

  return async ({ tenant, source, format: given }, opening) => {
    const { day } = opening;
    if (source.kind === "bucket") return openBucket(tenant, { ...source, address: dated(source.from, day) }, opening);
    const format = FORMATS.find((known) => known === given) ?? "csv";
    const signal = within(MANIFEST_MS, opening.signal);
    const manifest = (bytes: Bytes): OpenedSource => ({
      format,
      bytes,
      hasNothingNew: () => false,
      listing: () => null,
    });
    switch (source.kind) {
      case "url":
        return manifest(await places.fetchManifest(dated(source.url, day), signal));
      case "file":
        return manifest(datedBytes(await places.readFile(source.file, signal), day));
      case "text":
        return manifest(bytesOf(dated(source.text, day)));
    }
  };
}

const within = (ms: number, stopping: AbortSignal) => AbortSignal.any([AbortSignal.timeout(ms), stopping]);

async function* bytesOf(text: string): Bytes {
  yield new TextEncoder().encode(text);
}
