/**
 * One bucket as its user sees it: its keys in order, a page at a time, and objects that are put, read, looked at and removed. Asks again where the service is
 * busy, and says by an ImageFault what it refused. Never holds more than one page.
 */
import type { BucketAddress } from "../domain/bucket-address.ts";
import { ImageFault } from "../domain/error-codes.ts";
import type { Clock } from "../process/clock.ts";
import type { BucketAccess } from "./bucket-access.ts";
import type { BucketMemory } from "./bucket-memory.ts";
import { openEntrance } from "./entrance.ts";
import { type ListedObject, type ListPage, pageOfAzure, pageOfS3 } from "./list-page.ts";
import { answeredBy } from "./refusals.ts";
import type { UnsignedRequest } from "./signed-request.ts";

/** A file of this machine that becomes an object. */
export type FileToPut = { readonly path: string; readonly bytes: number };

export type BucketReply = {
  readonly status: number;
  /** Empty when it is absent. */
  readonly header: (name: string) => string;
  readonly body: string;
  /** In place of the body, where it was asked for and all is well. Must be read or left at once. */
  readonly bytes?: AsyncIterable<Uint8Array>;
};

/** Sends as it is; rejects with an ImageFault when no answer comes. */
export type SendToBucket = (
  request: {
    readonly method: UnsignedRequest["method"];
    readonly origin: string;
    readonly target: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly file: FileToPut | null;
    /** The answer is an object, of any length. */
    readonly asBytes?: boolean;
  },
  signal: AbortSignal,
) => Promise<BucketReply>;

export type Bucket = {
  /** Objects whose keys begin so, in the order of their keys. Markers of folders are left out. */
  list(prefix: string, signal: AbortSignal): AsyncIterable<readonly ListedObject[]>;
  /** All of it or nothing, in place of what has the key. */
  put(key: string, file: FileToPut): Promise<void>;
  /** Its bytes as they come. Rejects with an ImageFault when it is not there; the bytes reject when the signal says so. */
  read(key: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
  /** How long ago it was put, by the service's own clock; null when it is not there. */
  ageMs(key: string): Promise<number | null>;
  remove(key: string): Promise<void>;
};

const MOST_ATTEMPTS = 5;
const FIRST_WAIT_MS = 250;
/** As a rule a service that is busy says so with these (S3's SlowDown, Azure's ServerBusy). */
const BUSY = new Set([408, 429, 500, 502, 503, 504]);
const NO_SIGNAL = new AbortController().signal;

export function openBucket(deps: {
  readonly access: BucketAccess;
  readonly bucket: Pick<BucketAddress, "scheme" | "bucket">;
  readonly memory: BucketMemory;
  readonly send: SendToBucket;
  readonly clock: Clock;
  readonly random: () => number;
}): Bucket {
  const { access, bucket, memory, clock } = deps;

  async function ask(
    key: string,
    request: Pick<UnsignedRequest, "method" | "query" | "headers"> & {
      readonly file?: FileToPut;
      readonly asBytes?: boolean;
    },
    signal: AbortSignal = NO_SIGNAL,
  ): Promise<BucketReply> {
    const entrance = openEntrance({ access, address: { ...bucket, key }, memory, now: clock.now });
    for (let attempt = 1; ; ) {
      const signed = await entrance.sign(request, access);
      const { origin } = entrance.place();
      const { method, file = null, asBytes = false } = request;
      const reply = await deps.send({ method, origin, ...signed, file, asBytes }, signal).catch((error: unknown) => {
        if (attempt >= MOST_ATTEMPTS || !(error instanceof ImageFault) || !WORTH_ANOTHER.has(error.code)) throw error;
        return null;
      });
      signal.throwIfAborted();
      if (reply !== null && reply.status < 300) return reply;
      if (reply !== null && (!BUSY.has(reply.status) || attempt >= MOST_ATTEMPTS)) {
        const heard = entrance.hear(answeredBy(reply.status, reply.header, reply.body));
        if (heard === "again") continue;
        throw heard ?? faultOfStatus(reply.status, origin);
      }
      await clock.sleep(deps.random() * FIRST_WAIT_MS * 2 ** attempt, signal);
      signal.throwIfAborted();
      attempt += 1;
    }
  }

  function queryOf(prefix: string, next: string | null): Readonly<Record<string, string>> {
    if (access.kind === "azure") {
      return { comp: "list", restype: "container", prefix, ...(next === null ? {} : { marker: next }) };
    }
    return {
      ...(next === null ? {} : { "continuation-token": next }),
      "encoding-type": "url",
      "list-type": "2",
      prefix,
    };
  }

  async function pageFrom(prefix: string, next: string | null, signal: AbortSignal): Promise<ListPage> {
    const { body } = await ask("", { method: "GET", query: queryOf(prefix, next), headers: {} }, signal);
    return access.kind === "azure" ? pageOfAzure(body) : pageOfS3(body);
  }

  return {
    async *list(prefix, signal) {
      let next: string | null = null;
      do {
        const page: ListPage = await pageFrom(prefix, next, signal);
        yield page.objects;
        next = page.next;
      } while (next !== null);
    },

    async put(key, file) {
      const headers = {
        "content-length": String(file.bytes),
        ...(access.kind === "azure" ? { "x-ms-blob-type": "BlockBlob" } : {}),
      };
      await ask(key, { method: "PUT", query: {}, headers, file });
    },

    async read(key, signal) {
      const { bytes } = await ask(key, { method: "GET", query: {}, headers: {}, asBytes: true }, signal);
      if (bytes === undefined) throw new Error("an object that was asked for must come as bytes");
      return bytes;
    },

    async ageMs(key) {
      try {
        const { header } = await ask(key, { method: "HEAD", query: {}, headers: {} });
        const age = Date.parse(header("date")) - Date.parse(header("last-modified"));
        return Number.isNaN(age) ? 0 : Math.max(0, age);
      } catch (error) {
        if (error instanceof ImageFault && error.code === "not_found") return null;
        throw error;
      }
    },

    async remove(key) {
      try {
        await ask(key, { method: "DELETE", query: {}, headers: {} });
      } catch (error) {
        if (!(error instanceof ImageFault) || error.code !== "not_found") throw error;
      }
    },
  };
}

const WORTH_ANOTHER = new Set<string>(["connect_failed", "dns_failed", "timeout"]);

/** Of an answer without a code, as HEAD's are. */
function faultOfStatus(status: number, origin: string): ImageFault {
  const answered = `${new URL(origin).hostname} answered ${status}`;
  if (status === 404) return new ImageFault("not_found", answered);
  if (status === 401 || status === 403) return new ImageFault("forbidden", answered);
  return new ImageFault(status === 429 ? "rate_limited" : "http_error", answered);
}
