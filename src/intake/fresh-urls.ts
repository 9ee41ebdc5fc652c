/**
 * A list of fresh URLs from its bytes to a job whose failed images run again at them, or to everything that is wrong with it. Reads on after a problem
 * to find the others. All of it or nothing; never holds more than a thousand rows.
 */
import type { FaultCode } from "../domain/fault-codes.ts";
import { keptUrl } from "../domain/image-url.ts";
import type { FreshUrl, FreshUrlFault, FreshUrlLedger } from "../ledger/port/fresh-url-ledger.ts";
import type { IntakeLedger } from "../ledger/port/intake-ledger.ts";
import { type FreshUrlFormat, type FreshUrlRow, freshUrlRows } from "./fresh-url-rows.ts";
import { type Bytes, UnreadableBody } from "./pieces.ts";
import { createProblems, type Problem, type Problems, shown } from "./problems.ts";
import { textFault } from "./text-rules.ts";
import { createUrlEnds, type UrlEnds } from "./url-ends.ts";

const ROWS_A_BATCH = 1_000;
const MOST_NAME_CHARACTERS = 128;

export type FreshUrlsTaken =
  /** When the URLs end says `ends`. */
  | { readonly kind: "retried"; readonly images: number; readonly ends: UrlEnds }
  | { readonly kind: "refused"; readonly problems: readonly Problem[]; readonly total: number }
  /** The job is not at the end of that run any more: nothing happened. */
  | { readonly kind: "overtaken" };

export type TakeFreshUrls = (
  job: { readonly jobId: number; readonly run: number },
  list: { readonly format: FreshUrlFormat; readonly bytes: Bytes },
) => Promise<FreshUrlsTaken>;

/** Rejects when the bytes or the ledger fail; nothing is left then. */
export function createTakeFreshUrls(deps: {
  readonly ledger: FreshUrlLedger & Pick<IntakeLedger, "openDraft" | "discardJob">;
}): TakeFreshUrls {
  const { ledger } = deps;

  return async ({ jobId, run }, list) => {
    const draft = await ledger.openDraft(jobId);
    if (draft === null) return { kind: "overtaken" };
    const problems = createProblems();
    const ends = createUrlEnds(Date.now());
    try {
      const urls = await readInto(draft, jobId, list, { problems, ends });
      if (urls === 0 && problems.total === 0) problems.add("", "missing", "no row has a fresh URL");
      if (problems.total > 0) return { kind: "refused", problems: problems.kept, total: problems.total };
      const images = await ledger.retryWithFreshUrls(jobId, run, draft);
      return images === 0 ? { kind: "overtaken" } : { kind: "retried", images, ends };
    } finally {
      // What cannot be removed now is swept later.
      await ledger.discardJob(draft).catch(() => {});
    }
  };

  /** Returns how many rows had a URL. */
  async function readInto(
    draft: number,
    jobId: number,
    list: { readonly format: FreshUrlFormat; readonly bytes: Bytes },
    { problems, ends }: { readonly problems: Problems; readonly ends: UrlEnds },
  ): Promise<number> {
    let batch: FreshUrl[] = [];
    let urls = 0;

    async function write(): Promise<void> {
      const full = batch;
      batch = [];
      const faults = await ledger.addFreshUrls(draft, jobId, full);
      const given = new Map(full.map((url) => [url.line, url]));
      for (const fault of faults) addFault(fault, given.get(fault.line), jobId, problems);
    }

    try {
      for await (const rows of freshUrlRows(list.format, list.bytes)) {
        for (const row of rows) {
          const url = checkRow(row, jobId, problems);
          if (url === "left out") continue;
          urls += 1;
          if (url === null) continue;
          ends.note(url.url);
          batch.push(url);
          if (batch.length === ROWS_A_BATCH) await write();
        }
      }
    } catch (error) {
      if (!(error instanceof UnreadableBody)) throw error;
      problems.add(error.pointer, error.code, error.message);
    }
    if (batch.length > 0) await write();
    return urls;
  }
}

/** Null for a row with a problem, which is added. */
function checkRow(row: FreshUrlRow, jobId: number, problems: Problems): FreshUrl | null | "left out" {
  const { line } = row;
  if (row.kind === "problem") {
    problems.add(`line ${line}`, row.code, row.detail);
    return null;
  }
  if (isEmpty(row.url)) return "left out";
  const before = problems.total;
  const add = (field: string, code: FaultCode, detail: string) => problems.add(`line ${line}, ${field}`, code, detail);
  const fault = textFault(row.url, Number.POSITIVE_INFINITY);
  if (fault !== null) add("url", fault.code, fault.detail);
  if (!isEmpty(row.jobId) && String(row.jobId).trim() !== String(jobId)) {
    add("job_id", "mismatch", `is of job ${shown(row.jobId)}, not of job ${jobId}`);
  }
  const image = isEmpty(row.image) ? null : imageNumber(row.image);
  if (image === undefined) add("image", "malformed", `must be the number of an image, got ${shown(row.image)}`);
  const externalId = isEmpty(row.externalId) ? null : row.externalId;
  const nameFault = externalId === null ? null : textFault(externalId, MOST_NAME_CHARACTERS);
  if (nameFault !== null) add("external_id", nameFault.code, nameFault.detail);
  if (image === null && externalId === null) {
    problems.add(`line ${line}`, "missing", "must name its image, by image or external_id");
  }
  if (problems.total > before || image === undefined) return null;
  const name = externalId === null ? null : String(externalId);
  const isProof = image === null || (name !== null && !MAY_BE_CHANGED.test(name));
  return { line, image, externalId: isProof ? name : null, url: keptUrl(String(row.url)) };
}

/** Beside a number a name only proves that the rows are in order. Spreadsheets make 00123 and 1E5 something else, and our report marks what steers terminals. */
const MAY_BE_CHANGED = /^[\d\s.,:/+Ee-]+$|\ufffd/;

const isEmpty = (value: unknown) =>
  value === undefined || value === null || (typeof value === "string" && value.trim() === "");

function imageNumber(value: unknown): number | undefined {
  const isNumber = typeof value === "number" || (typeof value === "string" && /^\s*\d{1,10}\s*$/.test(value));
  const number = isNumber ? Number(value) : -1;
  return Number.isInteger(number) && number >= 0 && number < 2 ** 31 ? number : undefined;
}

function addFault(fault: FreshUrlFault, url: FreshUrl | undefined, jobId: number, problems: Problems): void {
  const byNumber = url !== undefined && url.image !== null;
  const pointer = `line ${fault.line}, ${byNumber && fault.kind !== "misnamed" ? "image" : "external_id"}`;
  const named = byNumber ? `image ${url.image}` : `image called ${shown(url?.externalId)}`;
  const [code, detail] = sentenceOf(fault, { named, given: shown(url?.externalId), jobId });
  problems.add(pointer, code, detail);
}

function sentenceOf(
  fault: FreshUrlFault,
  { named, given, jobId }: { readonly named: string; readonly given: string; readonly jobId: number },
): readonly [FaultCode, string] {
  switch (fault.kind) {
    case "no_such_image":
      return ["unknown", `job ${jobId} has no ${named}`];
    case "misnamed": {
      const name = fault.externalId === null ? "nothing" : shown(fault.externalId);
      return ["mismatch", `image ${fault.image} is called ${name}, got ${given}`];
    }
    case "not_failed":
      return ["not_allowed", `no failed ${named} is there; only failed images take a fresh URL`];
    case "ambiguous":
      return ["not_allowed", "several failed images have this name; give the image's number"];
    case "repeated":
      return ["repeated", `image ${fault.image} has its fresh URL on line ${fault.firstLine}`];
  }
}
