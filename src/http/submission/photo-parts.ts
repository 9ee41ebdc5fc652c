/**
 * A submission with its photos, multipart/form-data: the part `job` is the submission in any format, every other part is a photo, named by its
 * filename. Photos go to disk as they come; nothing of them is left when the body breaks off or is refused.
 */
import { pipeline } from "node:stream/promises";
import { Busboy, type BusboyFileStream, type BusboyInstance } from "@fastify/busboy";
import { UPLOAD_SCHEME, uploadUrl } from "../../domain/upload.ts";
import { type Photos, photoPlace } from "../../intake/photo-names.ts";
import type { Problem } from "../../intake/problems.ts";
import type { SubmissionFormat } from "../../intake/submission.ts";
import type { Incoming } from "../../uploads/upload-store.ts";
import type { Uploads } from "../../uploads/uploads.ts";
import { ApiError, RequestBrokenOff } from "../problems/api-error.ts";
import { quoted } from "../query.ts";
import { FORMAT_OF_TYPE, SUBMISSION_TYPES } from "./submission-format.ts";

export type PhotoLimits = {
  /** Photos of one submission. */
  readonly files: number;
  /** Bytes of one photo. */
  readonly bytes: number;
};

export type TakenParts = {
  readonly format: SubmissionFormat;
  readonly submission: Uint8Array;
  /** For a check: the addresses lead nowhere. */
  readonly photos: Photos;
  /** The same for two requests that bring the same. */
  identity(): AsyncIterable<Uint8Array>;
  /** Keeps the photos; resolves to their addresses. */
  keep(): Promise<Photos>;
  /** Removes what was not kept. */
  end(): Promise<void>;
};

/** The submission itself is held in memory; its photos are not. */
const MOST_JOB_BYTES = 16 * 2 ** 20;
const MOST_NAME_CHARACTERS = 255;
/** Types that clients give to a part when they know of none. */
const TYPELESS = ["", "text/plain", "application/octet-stream"];

/** The body is not multipart/form-data as it should be. */
class MalformedParts extends Error {}

/** `uploads` is null for a check: the photos are counted and thrown away. Rejects with an ApiError when the body cannot be used at all. */
export async function takeParts(
  body: { readonly contentType: string; readonly bytes: AsyncIterable<Uint8Array> },
  {
    limits,
    uploads,
    tenant,
  }: { readonly limits: PhotoLimits; readonly uploads: Uploads | null; readonly tenant: string },
): Promise<TakenParts> {
  const problems: Problem[] = [];
  const incoming = new Map<string, Incoming | null>();
  let hasJob = false;
  let job: { readonly format: SubmissionFormat; readonly bytes: Uint8Array } | null = null;

  async function end(): Promise<void> {
    for (const photo of incoming.values()) if (photo) await uploads?.drop(photo);
  }

  async function takePhoto(bytes: AsyncIterable<Uint8Array>, filename: string | undefined, part: string) {
    if (filename === undefined || filename === "" || filename.length > MOST_NAME_CHARACTERS) {
      problems.push({
        pointer: `part ${quoted(part)}`,
        code: "malformed",
        detail: `must be named job, or have a filename of 1 to ${MOST_NAME_CHARACTERS} characters`,
      });
      return await discard(bytes);
    }
    if (incoming.has(filename)) {
      problems.push({
        pointer: photoPlace(filename),
        code: "repeated",
        detail: "comes more than once; each must have a name of its own",
      });
      return await discard(bytes);
    }
    if (incoming.size >= limits.files) {
      throw tooLarge(`a submission may bring at most ${limits.files} photos; send more in another`);
    }
    incoming.set(filename, null);
    const limited = atMost(
      bytes,
      limits.bytes,
      `${photoPlace(filename)} has more than the ${limits.bytes} bytes allowed`,
    );
    if (uploads) incoming.set(filename, await uploads.takeIn(limited));
    else await discard(limited);
  }

  async function takePart({ name, stream, filename, type }: Part): Promise<void> {
    const bytes = wellFormed(stream);
    if (name !== "job") return await takePhoto(bytes, filename, name);
    const format = TYPELESS.includes(type) ? "json" : FORMAT_OF_TYPE[type];
    if (!format) {
      throw new ApiError("unsupported_media_type", `the part job must be ${SUBMISSION_TYPES}, got ${quoted(type)}`);
    }
    if (hasJob) throw new ApiError("invalid_body", "the part job must come once");
    hasJob = true;
    const most = `the part job has more than ${MOST_JOB_BYTES} bytes; split the job`;
    job = { format, bytes: await whole(atMost(bytes, MOST_JOB_BYTES, most)) };
  }

  try {
    await readParts(body, takePart);
    if (!job) throw new ApiError("invalid_body", "the body has no part named job, which is the submission");
  } catch (error) {
    await end();
    throw error;
  }
  const { format, bytes: submission }: { format: SubmissionFormat; bytes: Uint8Array } = job;
  const names = [...incoming.keys()].toSorted();

  return {
    format,
    submission,
    photos: { urls: new Map(names.map((name) => [name, UPLOAD_SCHEME])), problems },
    async *identity() {
      yield submission;
      yield Buffer.from(JSON.stringify(names.map((name) => [name, incoming.get(name)?.sha256])));
    },
    async keep() {
      const urls = new Map<string, string>();
      for (const [name, photo] of incoming) {
        if (!photo || !uploads) throw new Error("a photo that was only checked cannot be kept");
        urls.set(name, uploadUrl(await uploads.keep(photo, tenant), name));
      }
      return { urls, problems };
    },
    end,
  };
}

type Part = {
  readonly name: string;
  readonly stream: BusboyFileStream;
  readonly filename: string | undefined;
  readonly type: string;
};

/** Reads the body to its end, each part as it comes. The first fault ends it; no part is in hand any more when this rejects. */
async function readParts(
  { contentType, bytes }: { readonly contentType: string; readonly bytes: AsyncIterable<Uint8Array> },
  take: (part: Part) => Promise<void>,
): Promise<void> {
  const parser = openParser(contentType);
  const fault = new AbortController();
  const inHand: Promise<void>[] = [];
  const streams: BusboyFileStream[] = [];
  parser.on("file", (given, stream, filename: string | undefined, _encoding, type: string | undefined) => {
    // A part need not have a name, whatever the parser's types say.
    const name: string | undefined = given;
    // Without a listener an error of the stream would end the process before anybody iterates over it.
    stream.on("error", () => {});
    streams.push(stream);
    const taken = take({ name: name ?? "", stream, filename, type: type?.toLowerCase() ?? "" });
    inHand.push(taken.catch((error: unknown) => fault.abort(error)));
  });
  const faultOfBody = await pipeline(bytes, parser, { signal: fault.signal }).then(
    () => null,
    (error: unknown) => error,
  );
  if (faultOfBody !== null) for (const stream of streams) stream.destroy(new MalformedParts("the body ended"));
  await Promise.all(inHand);
  const faultOfPart: unknown = fault.signal.aborted ? fault.signal.reason : null;
  // Parts that the body took down with it have no cause of their own.
  if (faultOfPart !== null && !(faultOfPart instanceof MalformedParts)) throw faultOfPart;
  if (faultOfBody instanceof ApiError || faultOfBody instanceof RequestBrokenOff) throw faultOfBody;
  const malformed = faultOfPart ?? faultOfBody;
  if (malformed === null) return;
  const reason = malformed instanceof Error ? malformed.message : String(malformed);
  throw new ApiError("invalid_body", `the body is no multipart/form-data as it should be: ${reason}`, {
    headers: CLOSE,
  });
}

function openParser(contentType: string): BusboyInstance {
  try {
    // Every part as a stream: `job` may be longer than the parser would hold, and need not have a filename.
    return new Busboy({ headers: { "content-type": contentType }, preservePath: true, isPartAFile: () => true });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ApiError("invalid_body", `Content-Type cannot be used: ${reason}`, { headers: CLOSE });
  }
}

const CLOSE = { connection: "close" } as const;

const tooLarge = (sentence: string) => new ApiError("body_too_large", sentence, { headers: CLOSE });

async function* wellFormed(stream: BusboyFileStream): AsyncIterable<Uint8Array> {
  try {
    yield* stream;
  } catch (cause) {
    throw new MalformedParts(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

async function* atMost(bytes: AsyncIterable<Uint8Array>, most: number, sentence: string): AsyncIterable<Uint8Array> {
  let count = 0;
  for await (const chunk of bytes) {
    count += chunk.length;
    if (count > most) throw tooLarge(sentence);
    yield chunk;
  }
}

async function discard(bytes: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of bytes);
}

async function whole(bytes: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks);
}
