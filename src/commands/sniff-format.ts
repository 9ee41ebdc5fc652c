/** What a file is by its first bytes, where its name does not tell. Must never read further than it is given. */
import type { SubmitFormat } from "./choices.ts";

/** `old-workbook` is Excel 97's, or one with a password; `page` is HTML, which some exports call `.xls`. */
export type Sniffed = SubmitFormat | "old-workbook" | "page" | "empty" | "unknown";

const ZIP = "504b0304";
const OLD_CONTAINER = "d0cf11e0";
/** UTF-16 in either order: a spreadsheet's "Unicode text". */
const WIDE_MARKS = ["fffe", "feff"];
/** Names of members by which a whole job and a line of one are told apart. */
const OF_A_JOB = /"visits"\s*:/;
const OF_A_VISIT = /"(?:store_id|image_url|visit_time)"\s*:/;
const SEPARATOR = /[,;\t|]/;

export function sniffFormat(head: Uint8Array): Sniffed {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  const magic = bytes.toString("hex", 0, 4);
  if (magic === ZIP) return "xlsx";
  if (magic === OLD_CONTAINER) return "old-workbook";
  if (WIDE_MARKS.some((mark) => magic.startsWith(mark))) return "csv";
  if (bytes.includes(0)) return "unknown";
  const text = bytes
    .toString("utf8")
    .replace(/^\ufeff/, "")
    .trimStart();
  if (text === "") return "empty";
  if (text.startsWith("<")) return "page";
  if (text.startsWith("[")) return "json";
  if (text.startsWith("{")) return jsonOrLines(text);
  const [firstLine = ""] = text.split(/\r?\n|\r/, 1);
  return SEPARATOR.test(firstLine) ? "csv" : "unknown";
}

/** A job's visits stand within it, a line of NDJSON is a visit. */
function jsonOrLines(text: string): "json" | "ndjson" {
  const job = text.search(OF_A_JOB);
  const visit = text.search(OF_A_VISIT);
  return visit !== -1 && (job === -1 || visit < job) ? "ndjson" : "json";
}
